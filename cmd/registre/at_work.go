package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"registre/eventstore/jetstream"
)

// A work is what a verb does with a folder that it holds.
type work struct {
	Verb  string    `json:"verb"`
	Since time.Time `json:"since"`
	Done  uint64    `json:"done,omitzero"`
	Total uint64    `json:"total,omitzero"` // 0 as long as nobody knows
}

// said is since when it lasts, for how long, and how much of it is done.
func (w work) said(now time.Time) string {
	text := fmt.Sprintf("%s (%s", w.Since.Format(time.RFC3339), now.Sub(w.Since).Round(time.Second))
	if w.Total > 0 {
		text += fmt.Sprintf(", %d %%", 100*min(w.Done, w.Total)/w.Total)
	}
	return text + ")"
}

// A gaveWay is what whoever holds a folder says to a server that wants it: what it ends before, if anything.
type gaveWay struct {
	Work *work `json:"work,omitempty"`
}

// An atWork is a verb that holds the folder, and cannot answer for it meanwhile. Whoever comes is told what it does, and since when. Its
// methods do nothing where it is nil.
type atWork struct {
	socket *socket
	wanted context.Context // ends when a server wants the folder
	want   context.CancelFunc
	stays  bool // all the same, until its verb has ended

	mu   sync.Mutex
	work work
}

// beginWork lets others know what a verb does with the folder, until end. The caller holds it, or has claimed it and nobody holds it.
// Where there can be no socket nobody is told.
func beginWork(verb, data string, since time.Time, stays bool) *atWork {
	w := &atWork{stays: stays, work: work{Verb: verb, Since: since}}
	w.wanted, w.want = context.WithCancel(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+giveWayPath, func(rw http.ResponseWriter, _ *http.Request) { reply(rw, w.giveWay(), nil) })
	mux.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) { reply(rw, nil, w.fault()) })
	w.socket, _ = listenWith(filepath.Join(data, socketName), mux)
	return w
}

func (w *atWork) giveWay() gaveWay {
	if w.stays {
		now := w.now()
		return gaveWay{Work: &now}
	}
	w.want()
	return gaveWay{}
}

func (w *atWork) now() work {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.work
}

func (w *atWork) fault() error {
	now := w.now()
	f := failure("folder-working", now.Verb, nil)
	f.Detail = now.said(time.Now())
	return f
}

// of says how much is done.
func (w *atWork) of(done, total uint64) {
	if w != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.work.Done, w.work.Total = done, total
	}
}

// end lets nobody know any more.
func (w *atWork) end() error {
	if w == nil {
		return nil
	}
	w.want()
	if w.socket == nil {
		return nil
	}
	return w.socket.Close()
}

// A lengthy work is only told of when it takes a while: as a rule a folder is open before anybody has come for it.
type lengthy struct {
	begin func(since time.Time) *atWork

	mu    sync.Mutex
	after *time.Timer
	work  *atWork
}

// held begins to wait; what it gives is over.
func (l *lengthy) held() (leaving func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	since := time.Now()
	l.after = time.AfterFunc(time.Second, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.after != nil {
			l.work = l.begin(since)
		}
	})
	return l.over
}

// over ends it, once.
func (l *lengthy) over() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.after != nil {
		l.after.Stop()
		_ = l.work.end() // others have been told by now
		l.after, l.work = nil, nil
	}
}

// waitedFor is what they are told who have waited for a folder in vain: what holds it, where that says so.
func waitedFor(locked, answered error) error {
	if isAtWork(answered) {
		return answered
	}
	return locked
}

func isAtWork(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.Name == "folder-working"
}

// holdOrAsk does what only reads a folder, while this process holds it (see readHeld); or asks the process that holds it to do so. A server
// that wants the folder meanwhile gets it: what was begun is dropped, and asked of the server.
func holdOrAsk[T any](ctx context.Context, a *app, hold func() (here func(context.Context) (T, error), err error), there func(context.Context, desk) (T, error)) (answer T, err error) {
	for lost := losses(0); ; {
		here, other, err := holdOrReach(ctx, a, hold, lost > 0)
		switch {
		case err != nil:
			return answer, err
		case other != nil:
			answer, err = there(ctx, other)
			_ = other.Close()
		default:
			answer, err = here(ctx)
		}
		var f *Fault
		if !errors.As(err, &f) || f.Name != "unreachable" || !lost.pause(ctx) {
			return answer, err
		}
	}
}

// readHeld reads the folder that this process holds, until a server wants it.
func readHeld[T any](ctx context.Context, a *app, here func(context.Context) (T, error)) (T, error) {
	a.work = beginWork(a.verb, a.data, time.Now(), false)
	within, done := endingWith(ctx, a.work.wanted)
	answer, err := here(within)
	wanted := a.work.wanted.Err() != nil
	done()
	_ = a.work.end()
	a.work = nil
	if err == nil || ctx.Err() != nil || !wanted && !errors.Is(err, jetstream.ErrLocked) { // somebody took it up between two looks
		return answer, err
	}
	if wanted {
		a.sayGaveWay()
	}
	return answer, failure("unreachable", "", errGaveWay)
}
