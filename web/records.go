package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"registre/domain"
	"registre/eventstore"
	"registre/web/operation"
)

const (
	jsonLines   = "application/x-ndjson"
	eventStream = "text/event-stream"

	maxPage   = 10_000           // events in one answer that does not follow
	heartbeat = 10 * time.Second // a comment, so that what lies between keeps the connection, and a lost right ends it
	patience  = 30 * time.Second // how long 64 KB of an answer, or one event, may take to go out
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

// A sender writes events, one after the other.
type sender struct {
	w     http.ResponseWriter
	out   *http.ResponseController
	lines bool // JSON Lines; otherwise server-sent events
}

// stream gives the events of a register.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	after, limit, follow, err := rangeOf(r)
	if err != nil {
		return err
	}
	to := &sender{w: w, out: http.NewResponseController(w), lines: accepts(r, jsonLines)}
	if !to.lines && !accepts(r, eventStream) {
		return &Fault{Status: http.StatusNotAcceptable, Name: "media-unwanted", Subject: r.Header.Get("Accept"), Detail: jsonLines + ", " + eventStream}
	}
	if !to.lines {
		limit, follow = 0, true
	}
	group := r.PathValue("group")
	resolved, err := s.Desk.Resolve(r.Context(), Asked{Name: "pair", Group: group})
	if err != nil {
		return err
	}
	send := func() error {
		to.begin(r, group, after, limit, follow, resolved.Head)
		if r.Method == http.MethodHead {
			return nil
		}
		ctx, stop := context.WithCancel(r.Context())
		defer stop()
		if follow {
			defer context.AfterFunc(s.Stopping, stop)()
		}
		return to.all(ctx, s, domain.GroupID(group), after, limit, follow)
	}
	if follow {
		return s.goesOn(r, send)
	}
	return send()
}

// begin sends the head of the answer. Where a page ends before the register does, it names the next one.
func (to *sender) begin(r *http.Request, group string, after, limit uint64, follow bool, head uint64) {
	h := to.w.Header()
	h.Set("Registre-Head", strconv.FormatUint(head, 10))
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", eventStream)
	if to.lines {
		h.Set("Content-Type", jsonLines)
	}
	if !follow && after+limit < head {
		next := url.Values{"after": {strconv.FormatUint(after+limit, 10)}, "limit": {strconv.FormatUint(limit, 10)}}
		h.Set("Link", "<"+r.URL.Path+"?"+next.Encode()+`>; rel="next"`)
	}
	to.w.WriteHeader(http.StatusOK)
	_ = to.out.Flush()
}

// all sends events until there are no more, or whoever asks is gone or too slow. What is wrong by then ends the connection
// before its time, so that nobody takes a part for the whole.
func (to *sender) all(ctx context.Context, s *Server, group domain.GroupID, after, limit uint64, follow bool) error {
	records, beat := make(chan eventstore.Record, 8), time.NewTicker(heartbeat)
	defer beat.Stop()
	var failed error
	go func() {
		defer close(records)
		for record, err := range s.Desk.Records(ctx, group, after, follow) {
			if err != nil {
				failed = err
				return
			}
			select {
			case records <- record:
			case <-ctx.Done():
				return
			}
		}
	}()
	for sent := uint64(0); follow || sent < limit; sent++ {
		select {
		case record, ok := <-records:
			if !ok {
				if failed != nil && ctx.Err() == nil {
					s.Log.Error("a stream broke off", "group", group, "error", failed)
					panic(http.ErrAbortHandler)
				}
				return nil
			}
			if !mayStill(ctx) || to.send(&record, follow && len(records) == 0) != nil {
				return nil
			}
		case <-beat.C:
			if follow && (!mayStill(ctx) || to.beat() != nil) {
				return nil
			}
			sent--
		}
	}
	return nil
}

// send sends one event, and at once where none waits behind it.
func (to *sender) send(record *eventstore.Record, now bool) error {
	var err error
	if to.lines {
		_, err = fmt.Fprintf(to.w, "%s\n", record.Body)
	} else {
		_, err = fmt.Fprintf(to.w, "id: %d\nevent: event\ndata: %s\n\n", record.Number, record.Body)
	}
	if err == nil && now {
		err = to.out.Flush()
	}
	return err
}

func (to *sender) beat() error {
	mark := ": still here\n\n"
	if to.lines {
		mark = "\n"
	}
	if _, err := fmt.Fprint(to.w, mark); err != nil {
		return err
	}
	return to.out.Flush()
}

// rangeOf reads which events a request wants.
func rangeOf(r *http.Request) (after, limit uint64, follow bool, err error) {
	told, err := toldOf(r, recordsTake)
	if err != nil {
		return 0, 0, false, err
	}
	after, _ = strconv.ParseUint(told["after"], 10, 53) // Told has read them
	limit, _ = strconv.ParseUint(told["limit"], 10, 53)
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		if after, err = strconv.ParseUint(last, 10, 53); err != nil {
			return 0, 0, false, &Fault{Status: http.StatusBadRequest, Name: "parameter-unreadable", Subject: "Last-Event-ID", Detail: last}
		}
	}
	if limit == 0 || limit > maxPage {
		limit = maxPage
	}
	return after, limit, told["follow"] != "", nil
}

// toldOf reads what the address of a request tells, beside its path.
func toldOf(r *http.Request, takes []operation.Parameter) (map[string]string, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &Fault{Status: http.StatusBadRequest, Name: "parameter-unreadable", Subject: "?", Detail: r.URL.RawQuery}
	}
	told := map[string]string{}
	for name, given := range values {
		if len(given) > 1 {
			return nil, twice(name, given)
		}
		told[name] = given[0]
	}
	return operation.Told(takes, told)
}
