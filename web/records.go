package web

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"registre/domain"
	"registre/web/operation"
)

var recordsTake = []operation.Parameter{
	{Name: "after", Form: operation.Count, Says: "those behind this number; 0, as where it is left out, for all"},
	{Name: "limit", Form: operation.Count, Says: "so many at most, of " + strconv.Itoa(maxPage) + "; Link names the next page"},
	{Name: "follow", Form: operation.Flag, Says: "those to come as well, until the connection ends"},
}

// records serves the register itself: its events, byte for byte as they are signed for.
func (s *Server) records() {
	op := &huma.Operation{
		OperationID: "events", Method: http.MethodGet, Path: "/v1/groups/{group}/events", Summary: "The register: its events, byte for byte as they are signed for",
		Description: "As JSON Lines; or with Accept: text/event-stream as server-sent events, whose id is the number of the event, so that Last-Event-ID goes on where the connection broke.",
		Tags:        []string{"register"},
		Parameters: []*huma.Param{groupParameter(), {
			Name: "Last-Event-ID", In: "header", Description: "with server-sent events: as after", Schema: &huma.Schema{Type: huma.TypeString, Pattern: "^[0-9]{1,16}$"},
		}},
		Responses: map[string]*huma.Response{"200": {
			Description: "The events, in the order of their numbers",
			Headers:     map[string]*huma.Param{"Link": {Description: "the next page, where the limit cut this one", Schema: &huma.Schema{Type: huma.TypeString}}},
			Content:     map[string]*huma.MediaType{jsonLines: {Schema: &huma.Schema{Description: "an event a line"}}, eventStream: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}
	for i := range recordsTake {
		op.Parameters = append(op.Parameters, parameterOf(&operation.Question{}, &recordsTake[i]))
	}
	s.mayFail(op, http.StatusBadRequest, http.StatusNotFound, http.StatusNotAcceptable)
	s.add(op, Right{What: ToRead}, s.stream)
}

// stream gives the events of a register.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	after, limit, follow, err := rangeOf(r)
	if err != nil {
		return err
	}
	to, err := senderTo(w, r)
	if err != nil {
		return err
	}
	if !to.lines {
		limit, follow = 0, true
	}
	group := r.PathValue("group")
	resolved, err := s.Desk.Resolve(r.Context(), Asked{Name: "pair", Group: group})
	if err != nil {
		return err
	}
	if !follow && after+limit < resolved.Head { // the page ends before the register does
		next := url.Values{"after": {strconv.FormatUint(after+limit, 10)}, "limit": {strconv.FormatUint(limit, 10)}}
		w.Header().Set("Link", "<"+r.URL.Path+"?"+next.Encode()+`>; rel="next"`)
	}
	return s.flow(to, r, resolved.Head, limit, follow, func(ctx context.Context) iter.Seq2[Item, error] {
		items := func(yield func(Item, error) bool) {
			for record, err := range s.Desk.Records(ctx, domain.GroupID(group), after, follow) {
				if !yield(Item{ID: strconv.FormatUint(record.Number, 10), Kind: "event", Body: record.Body}, err) || err != nil {
					return
				}
			}
		}
		if follow {
			return resting(ctx, items)
		}
		return items
	})
}

// rangeOf reads which events a request wants.
func rangeOf(r *http.Request) (after, limit uint64, follow bool, err error) {
	told, err := toldOf(r, recordsTake)
	if err != nil {
		return 0, 0, false, err
	}
	after, limit = rangeIn(told)
	if last := lastID(r); last != "" {
		if after, err = strconv.ParseUint(last, 10, 53); err != nil {
			return 0, 0, false, BadLastID(last)
		}
	}
	return after, limit, told["follow"] != "", nil
}

// rangeIn is a page of events, as Told has read it.
func rangeIn(told map[string]string) (after, limit uint64) {
	after, _ = strconv.ParseUint(told["after"], 10, 53)
	limit, _ = strconv.ParseUint(told["limit"], 10, 53)
	if limit == 0 || limit > maxPage {
		limit = maxPage
	}
	return after, limit
}
