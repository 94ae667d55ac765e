package web

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"registre/web/operation"
)

// allNoticesTake is what the stream of the notices of all groups takes.
var allNoticesTake = []operation.Parameter{
	{Name: "body", Form: operation.ID, Says: "that concern a body of this name"},
	{Name: "follow", Form: operation.Flag, Says: "those to come as well, until the connection ends"},
	{Name: "kind", Form: operation.Lines, Says: "of a kind, as decision-proclaimed"},
	{Name: "member", Form: operation.ID, Says: "that are above all the affair of a member of this name"},
	{Name: "since", Form: operation.Word, Says: "those of the events recorded behind an instant, or behind the end of a day in Paris; one to come stands for now"},
}

// AllNoticesAsked says which notices of all groups are wanted.
type AllNoticesAsked struct {
	Told   map[string]string // body, kind, member and since
	Last   string            // the ID of the last item that whoever asks has; "" for none
	Follow bool
}

// toHear is what whoever is told of a group must be allowed.
func toHear(group string) Right {
	return Right{What: ToRead, Operation: "notices-stream", Group: group}
}

// allNotices serves the notices of all groups as they come.
func (s *Server) allNotices() {
	op := &huma.Operation{
		OperationID: "all-notices-stream", Method: http.MethodGet, Path: "/v1/notices/stream", Summary: "The notices of all groups that one may read, as CloudEvents, and those to come",
		Description: "In the order in which their events were recorded. As JSON Lines; or with Accept: text/event-stream as server-sent events. The last notice of an event has an id, so that Last-Event-ID goes on where the connection broke and none is missed. What an audit finds stands in the streams of the groups.",
		Tags:        []string{"register"},
		Parameters: []*huma.Param{{
			Name: "Last-Event-ID", In: "header", Description: "with server-sent events: the last id that came", Schema: &huma.Schema{Type: huma.TypeString, Pattern: `^[0-9TZ:.-]{27}(/[a-z0-9-]{1,64}/[0-9]{1,16})?$`},
		}},
		Responses: map[string]*huma.Response{"200": {
			Description: "The notices",
			Content:     map[string]*huma.MediaType{jsonLines: {Schema: &huma.Schema{Description: "a CloudEvent a line"}}, eventStream: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}
	for i := range allNoticesTake {
		op.Parameters = append(op.Parameters, parameterOf(&operation.Question{}, &allNoticesTake[i]))
	}
	s.mayFail(op, http.StatusBadRequest, http.StatusNotAcceptable)
	s.add(op, Right{What: ToRead}, s.streamAllNotices)
}

// streamAllNotices gives the notices of all groups. Who does not follow has registers read as whole questions do.
func (s *Server) streamAllNotices(w http.ResponseWriter, r *http.Request) error {
	told, err := toldOf(r, allNoticesTake)
	if err != nil {
		return err
	}
	to, err := senderTo(w, r)
	if err != nil {
		return err
	}
	asked := AllNoticesAsked{Told: told, Last: lastID(r), Follow: told["follow"] != "" || !to.lines}
	delete(told, "follow")
	items, err := s.Desk.AllNotices(asked)
	if err != nil {
		return err
	}
	send := func() error { return s.flow(to, r, 0, 1<<53, asked.Follow, items) }
	if asked.Follow || r.Method == http.MethodHead {
		return send()
	}
	return s.slowly(r.Context(), send)
}
