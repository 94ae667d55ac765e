package web

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"time"

	"registre/web/operation"
)

const (
	jsonLines   = "application/x-ndjson"
	eventStream = "text/event-stream"

	maxPage   = 10_000           // events in one answer that does not follow
	heartbeat = 10 * time.Second // a comment, so that what lies between keeps the connection, and a lost right ends it
	patience  = 30 * time.Second // how long 64 KB of an answer, or one item, may take to go out
)

// An Item is what a stream sends at a time.
type Item struct {
	ID    string // behind which whoever has it can go on; "" for none
	Kind  string // what server-sent events call it
	Body  []byte // JSON, in one line
	Group string // whose notices one must be allowed to read; "" where that is asked of the whole stream
}

// A sender writes items, one after the other.
type sender struct {
	w     http.ResponseWriter
	out   *http.ResponseController
	lines bool // JSON Lines; otherwise server-sent events
}

// senderTo writes in the form that a request wants.
func senderTo(w http.ResponseWriter, r *http.Request) (*sender, error) {
	to := &sender{w: w, out: http.NewResponseController(w), lines: accepts(r, jsonLines)}
	if !to.lines && !accepts(r, eventStream) {
		return nil, &Fault{Status: http.StatusNotAcceptable, Name: "media-unwanted", Subject: r.Header.Get("Accept"), Detail: jsonLines + ", " + eventStream}
	}
	return to, nil
}

// begin sends the head of the answer.
func (to *sender) begin(head uint64) {
	h := to.w.Header()
	if head > 0 { // of one register
		h.Set("Registre-Head", strconv.FormatUint(head, 10))
	}
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", eventStream)
	if to.lines {
		h.Set("Content-Type", jsonLines)
	}
	to.w.WriteHeader(http.StatusOK)
	_ = to.out.Flush()
}

// flow sends items, at most so many unless they are followed, until there are no more or the server stops. What is followed goes on in a
// place of its own.
func (s *Server) flow(to *sender, r *http.Request, head, limit uint64, follow bool, items func(context.Context) iter.Seq2[Item, error]) error {
	send := func() error {
		to.begin(head)
		if r.Method == http.MethodHead {
			return nil
		}
		ctx, stop := context.WithCancel(r.Context())
		defer stop()
		if follow {
			defer context.AfterFunc(s.Stopping, stop)()
		}
		return to.all(ctx, s, r.PathValue("group"), limit, follow, items(ctx))
	}
	if follow {
		return s.goesOn(r, send)
	}
	return send()
}

// all sends items until there are no more, or whoever asks is gone or too slow. What is wrong by then ends the connection
// before its time, so that nobody takes a part for the whole.
func (to *sender) all(ctx context.Context, s *Server, group string, limit uint64, follow bool, items iter.Seq2[Item, error]) error {
	waiting, beat := make(chan Item, 8), time.NewTicker(heartbeat)
	defer beat.Stop()
	var failed error
	go func() {
		defer close(waiting)
		defer func() {
			if broken := recover(); broken != nil { // it ends this stream, as it would end a request, and not the server
				failed = fmt.Errorf("panic: %v\n%s", broken, debug.Stack())
			}
		}()
		for item, err := range items {
			if err != nil {
				failed = err
				return
			}
			select {
			case waiting <- item:
			case <-ctx.Done():
				return
			}
		}
	}()
	for sent := uint64(0); follow || sent < limit; sent++ {
		select {
		case item, ok := <-waiting:
			if !ok {
				if failed != nil && ctx.Err() == nil {
					s.Log.Error("a stream broke off", "group", group, "error", failed)
					panic(http.ErrAbortHandler)
				}
				return nil
			}
			if !mayStill(ctx) || MayHear(ctx, item.Group) && to.send(&item, follow && len(waiting) == 0) != nil {
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

// send sends one item, and at once where none waits behind it.
func (to *sender) send(item *Item, now bool) error {
	head := ""
	if !to.lines {
		if item.ID != "" {
			head = "id: " + item.ID + "\n"
		}
		head += "event: " + item.Kind + "\ndata: "
	}
	tail := "\n"
	if !to.lines {
		tail = "\n\n"
	}
	_, err := fmt.Fprintf(to.w, "%s%s%s", head, item.Body, tail)
	if err == nil && now {
		err = to.out.Flush()
	}
	return err
}

// MayHear reports whether whoever sent a request may be told of a group, now; of none in particular everybody may.
func MayHear(ctx context.Context, group string) bool {
	return group == "" || Allowed(ctx, toHear(group)) == nil
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

// lastID is where the connection of a request broke; "" where none did.
func lastID(r *http.Request) string { return r.Header.Get("Last-Event-ID") }

// badLastID says that a place to go on from cannot be read.
func badLastID(last string) error {
	return &Fault{Status: http.StatusBadRequest, Name: "parameter-unreadable", Subject: "Last-Event-ID", Detail: last}
}

// toldOf reads what the address of a request tells, beside its path.
func toldOf(r *http.Request, takes []operation.Parameter) (map[string]string, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &Fault{Status: http.StatusBadRequest, Name: "parameter-unreadable", Subject: "?", Detail: r.URL.RawQuery}
	}
	return toldIn(values, takes)
}

// toldIn reads what stands beside the names of parameters, through whichever door.
func toldIn(values url.Values, takes []operation.Parameter) (map[string]string, error) {
	told := map[string]string{}
	for name, given := range values {
		told[name] = given[0]
		for _, p := range takes {
			if p.Name == name && p.Form == operation.Lines {
				told[name], given = joined(given), given[:1]
			}
		}
		if len(given) > 1 {
			return nil, twice(name, given)
		}
	}
	return operation.Told(takes, told)
}
