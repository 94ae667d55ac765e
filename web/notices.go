package web

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"registre/web/operation"
)

// noticesTake is what the stream of notices takes.
var noticesTake = []operation.Parameter{
	{Name: "after", Form: operation.Count, Says: "those of the events behind this number"},
	{Name: "body", Form: operation.ID, Says: "that concern one body"},
	{Name: "findings", Form: operation.Flag, Says: "also what an audit of each past day finds"},
	{Name: "follow", Form: operation.Flag, Says: "those to come as well, until the connection ends"},
	{Name: "kind", Form: operation.Lines, Says: "of a kind, as decision-proclaimed"},
	{Name: "member", Form: operation.ID, Says: "that are above all one member's affair"},
}

// NoticesAsked says which notices are wanted.
type NoticesAsked struct {
	Group  string
	Told   map[string]string // body, findings, kind, member and after, as the question "notices" takes them
	Last   string            // the ID of the last item that whoever asks has; "" for none
	Head   uint64            // where the register ends now
	Follow bool
}

// notices serves the notices of a group as they come.
func (s *Server) notices() {
	op := &huma.Operation{
		OperationID: "notices-stream", Method: http.MethodGet, Path: "/v1/groups/{group}/notices/stream", Summary: "The notices of a group, as CloudEvents, and those to come",
		Description: "As JSON Lines; or with Accept: text/event-stream as server-sent events. The last notice of an event has an id, so that Last-Event-ID goes on where the connection broke and none is missed.",
		Tags:        []string{"register"},
		Parameters: []*huma.Param{groupParameter(), {
			Name: "Last-Event-ID", In: "header", Description: "with server-sent events: the last id that came", Schema: &huma.Schema{Type: huma.TypeString, Pattern: `^[0-9]{1,16}(\.[0-9]{1,16})?$`},
		}},
		Responses: map[string]*huma.Response{"200": {
			Description: "The notices, in the order of the register",
			Content:     map[string]*huma.MediaType{jsonLines: {Schema: &huma.Schema{Description: "a CloudEvent a line"}}, eventStream: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}
	for i := range noticesTake {
		op.Parameters = append(op.Parameters, parameterOf(&operation.Question{}, &noticesTake[i]))
	}
	s.mayFail(op, http.StatusBadRequest, http.StatusNotFound, http.StatusNotAcceptable)
	s.add(op, Right{What: ToRead}, s.streamNotices)
}

// streamNotices gives the notices of a group.
func (s *Server) streamNotices(w http.ResponseWriter, r *http.Request) error {
	told, err := toldOf(r, noticesTake)
	if err != nil {
		return err
	}
	to, err := senderTo(w, r)
	if err != nil {
		return err
	}
	asked := NoticesAsked{Group: r.PathValue("group"), Told: told, Last: lastID(r), Follow: told["follow"] != "" || !to.lines}
	delete(told, "follow")
	resolved, err := s.Desk.Resolve(r.Context(), Asked{Name: "notices", Group: asked.Group, Told: told})
	if err != nil {
		return err
	}
	asked.Head = resolved.Head
	items, err := s.Desk.Notices(asked)
	if err != nil {
		return err
	}
	return s.flow(to, r, resolved.Head, 1<<53, asked.Follow, func(ctx context.Context) iter.Seq2[Item, error] {
		if asked.Follow {
			return resting(ctx, items(ctx))
		}
		return items(ctx)
	})
}

// joined are the values of a parameter that may stand several times.
func joined(values []string) string { return strings.Join(values, "\n") }
