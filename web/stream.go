package web

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"sync"
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
	Round uint64 // the same of items between which no right has to be looked up again; 0 where that is done for each
	Rests bool   // nothing more is at hand behind it, so that it goes out at once
}

// A sender writes items, one after the other.
type sender struct {
	w     http.ResponseWriter
	out   *http.ResponseController
	lines bool // JSON Lines; otherwise server-sent events

	mu    sync.Mutex    // of who writes
	held  *bytes.Buffer // what is to go out with what comes next; nil for nothing
	ended bool          // nothing goes out any more
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
// place of its own, and says where it rests.
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
		return to.all(ctx, stop, s, r.PathValue("group"), limit, follow, items(ctx))
	}
	if follow {
		return s.goesOn(r, send)
	}
	return send()
}

// all sends items until there are no more, or whoever asks is gone or too slow; stop ends ctx. What is wrong by then ends the connection
// before its time, so that nobody takes a part for the whole.
func (to *sender) all(ctx context.Context, stop func(), s *Server, group string, limit uint64, follow bool, items iter.Seq2[Item, error]) (err error) {
	broken := func(err error) {
		_ = to.goOut(false)
		s.Log.Error("a stream broke off", "group", group, "error", err)
		panic(http.ErrAbortHandler)
	}
	defer func() {
		switch what := recover(); what {
		case nil:
		case http.ErrAbortHandler:
			panic(what)
		default: // it ends this stream, as it would end a request, and not the server
			broken(fmt.Errorf("panic: %v\n%s", what, debug.Stack()))
		}
	}()
	if follow {
		defer to.beats(ctx, stop)()
	}
	rights, sent := looked{}, uint64(0)
	for item, err := range items {
		switch {
		case err != nil && ctx.Err() == nil:
			broken(err)
		case err != nil || !to.pass(&item, rights.of(ctx, &item), follow):
			return nil
		}
		if sent++; !follow && sent >= limit {
			break
		}
	}
	_ = to.goOut(false) // whoever is gone misses nothing
	return nil
}

// resting says of each item whether there is one behind it yet.
func resting(ctx context.Context, items iter.Seq2[Item, error]) iter.Seq2[Item, error] {
	type given struct {
		item Item
		err  error
	}
	return func(yield func(Item, error) bool) {
		waiting := make(chan given, 8)
		pass := func(item Item, err error) bool {
			select {
			case waiting <- given{item, err}:
				return true
			case <-ctx.Done():
				return false
			}
		}
		go func() {
			defer close(waiting)
			defer func() {
				if what := recover(); what != nil {
					pass(Item{}, fmt.Errorf("panic: %v\n%s", what, debug.Stack()))
				}
			}()
			items(pass)
		}()
		for g := range waiting {
			g.item.Rests = len(waiting) == 0
			if !yield(g.item, g.err) {
				return
			}
		}
	}
}

// looked are the rights of whoever has a stream, as they were looked up last.
type looked struct {
	Rights
	round uint64
	when  time.Time
}

// lookedLong is how long rights that were looked up count for more items of the same round.
const lookedLong = 100 * time.Millisecond

// of are the rights with which an item is sent; nil where the stream ends.
func (l *looked) of(ctx context.Context, item *Item) Rights {
	if item.Round == 0 || item.Round != l.round || time.Since(l.when) > lookedLong {
		l.round, l.when, l.Rights = item.Round, time.Now(), stillMay(ctx)
	}
	return l.Rights
}

// together is how much goes out at a time.
const together = 8 << 10

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// pass sends one item to whoever has these rights, if they let him hear of it, and reports whether the stream goes on.
func (to *sender) pass(item *Item, rights Rights, follow bool) bool {
	if rights == nil {
		return false
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	if item.Group == "" || rights.May(toHear(item.Group)) {
		to.add(item)
	}
	if now := follow && item.Rests; now || to.held != nil && to.held.Len() >= together {
		return to.send(now) == nil
	}
	return true
}

// add has an item go out with what comes next. The caller holds mu.
func (to *sender) add(item *Item) {
	if to.held == nil {
		to.held = buffers.Get().(*bytes.Buffer)
	}
	b := to.held
	if to.lines {
		_, _ = b.Write(item.Body) // it never fails
		_ = b.WriteByte('\n')
		return
	}
	if item.ID != "" {
		_, _ = b.WriteString("id: ")
		_, _ = b.WriteString(item.ID)
		_ = b.WriteByte('\n')
	}
	_, _ = b.WriteString("event: ")
	_, _ = b.WriteString(item.Kind)
	_, _ = b.WriteString("\ndata: ")
	_, _ = b.Write(item.Body)
	_, _ = b.WriteString("\n\n")
}

// goOut sends what is held.
func (to *sender) goOut(now bool) error {
	to.mu.Lock()
	defer to.mu.Unlock()
	return to.send(now)
}

// send sends what is held, and all that was written before where that is to be now. The caller holds mu.
func (to *sender) send(now bool) (err error) {
	if b := to.held; b != nil {
		to.held = nil
		if _, err = to.w.Write(b.Bytes()); b.Cap() <= 4*together {
			b.Reset()
			buffers.Put(b)
		}
	}
	if err == nil && now {
		err = to.out.Flush()
	}
	return err
}

// beats has something go out again and again until it is ended, as long as whoever asks may have the stream.
func (to *sender) beats(ctx context.Context, stop func()) (end func()) {
	var timer *time.Timer
	beat := func() {
		rights := stillMay(ctx)
		to.mu.Lock()
		defer to.mu.Unlock()
		switch {
		case to.ended:
		case rights == nil || to.beat() != nil:
			stop()
		default:
			timer.Reset(heartbeat)
		}
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	timer = time.AfterFunc(heartbeat, beat)
	return func() {
		to.mu.Lock()
		defer to.mu.Unlock()
		to.ended = true
		timer.Stop()
	}
}

// MayHear reports whether whoever sent a request may be told of a group, now; of none in particular everybody may.
func MayHear(ctx context.Context, group string) bool {
	return group == "" || Allowed(ctx, toHear(group)) == nil
}

// beat says that the connection stands. The caller holds mu.
func (to *sender) beat() error {
	if to.held == nil {
		to.held = buffers.Get().(*bytes.Buffer)
	}
	mark := ": still here\n\n"
	if to.lines {
		mark = "\n"
	}
	_, _ = to.held.WriteString(mark) // it never fails
	return to.send(true)
}

// lastID is where the connection of a request broke; "" where none did.
func lastID(r *http.Request) string { return r.Header.Get("Last-Event-ID") }

// BadLastID says that a place to go on from is none that a stream gave.
func BadLastID(last string) error {
	return &Fault{Status: http.StatusBadRequest, Name: "last-event-id", Subject: "Last-Event-ID", Detail: last}
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
