package main

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/web"
)

// A guest is the desk of a verb that holds the folder as long as no server wants it. When one asks it to give way, it carries through what
// it is answering and recording, ends what is followed, and gives the folder back. From then on it is as a process that has gone: whoever
// asks it is told so, once the folder is free, and goes on with the next one.
type guest struct {
	held    noticingDesk
	staying context.Context // ends when it begins to leave
	leave   context.CancelFunc
	asks    context.Context // ends when what its own verb asks has had its time
	cutAsks context.CancelFunc
	gone    chan struct{} // closed when the folder is given back
	closed  error         // what came of that

	mu      sync.Mutex // held while it is opened, and while a call is begun
	calls   sync.WaitGroup
	working bool // its verb works on the state itself, and it stays until that has ended
	work    work
}

// A noticingDesk also tells the notices of all groups.
type noticingDesk interface {
	desk
	allNoticing
}

var errGaveWay = errors.New("it gave way to a server")

func newGuest(held noticingDesk, verb string) *guest {
	g := &guest{held: held, gone: make(chan struct{}), work: work{Verb: verb, Since: time.Now()}}
	g.staying, g.leave = context.WithCancel(context.Background())
	g.asks, g.cutAsks = context.WithCancel(context.Background())
	return g
}

// giveWay begins to leave, once; where its verb works on the state itself, when that has ended.
func (g *guest) giveWay() gaveWay {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.working {
		return gaveWay{Work: &g.work}
	}
	g.begins()
	return gaveWay{}
}

// begins begins to leave, once. The caller holds the lock.
func (g *guest) begins() {
	if g.staying.Err() == nil {
		g.leave()
		go g.giveBack()
	}
}

// local is the desk itself, for a verb that works on the state; nil where it leaves already.
func (g *guest) local() *local {
	g.mu.Lock()
	defer g.mu.Unlock()
	l, ok := g.held.(*local)
	if !ok || g.staying.Err() != nil {
		return nil
	}
	g.working = true
	return l
}

// giveBack closes the desk when its own verb's calls are through. What is asked can be asked again of the next one, and may not keep that
// waiting for long.
func (g *guest) giveBack() {
	defer close(g.gone)
	late := time.AfterFunc(patience, g.cutAsks)
	g.calls.Wait()
	late.Stop()
	g.cutAsks()
	g.closed = g.held.Close()
}

// Close implements desk.
func (g *guest) Close() error {
	g.mu.Lock()
	g.begins()
	g.mu.Unlock()
	<-g.gone
	return g.closed
}

// begin begins a call, unless it leaves already.
func (g *guest) begin() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.staying.Err() != nil {
		return false
	}
	g.calls.Add(1)
	return true
}

// lost waits until the folder is given back, and is what they are told who asked for something that nothing came of.
func (g *guest) lost() error {
	<-g.gone
	if g.closed != nil && !errors.Is(g.closed, context.DeadlineExceeded) { // others through the socket have taken long: they ask again
		return g.closed
	}
	return failure("unreachable", "", errGaveWay)
}

// Record implements desk.
func (g *guest) Record(ctx context.Context, command []byte) (Recorded, error) {
	if !g.begin() {
		return Recorded{}, g.lost()
	}
	defer g.calls.Done()
	return g.held.Record(ctx, command)
}

// Ask implements desk.
func (g *guest) Ask(ctx context.Context, q Question) (json.RawMessage, error) {
	if !g.begin() {
		return nil, g.lost()
	}
	within, done := endingWith(ctx, g.asks)
	answer, err := g.held.Ask(within, q)
	cut := err != nil && within.Err() != nil && ctx.Err() == nil
	done()
	if g.calls.Done(); cut {
		return nil, g.lost()
	}
	return answer, err
}

// Records implements desk.
func (g *guest) Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error] {
	return staying(ctx, g, func(within context.Context) iter.Seq2[eventstore.Record, error] {
		return g.held.Records(within, group, after, follow)
	})
}

// TellAll implements allNoticing.
func (g *guest) TellAll(ctx context.Context, q web.AllNoticesAsked) iter.Seq2[web.Item, error] {
	return staying(ctx, g, func(within context.Context) iter.Seq2[web.Item, error] { return g.held.TellAll(within, q) })
}

// staying gives what a guest gives as long as it stays; then that it has left. Nobody waits for whoever takes what is given: he may ask
// for something else meanwhile, or take his time.
func staying[T any](ctx context.Context, g *guest, given func(context.Context) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		within, done := endingWith(ctx, g.staying)
		defer done()
		if g.staying.Err() == nil {
			for x, err := range given(within) {
				if err != nil && g.staying.Err() != nil {
					break
				}
				if !yield(x, err) || err != nil {
					return
				}
			}
		}
		if g.staying.Err() != nil && ctx.Err() == nil {
			var none T
			yield(none, g.lost())
		}
	}
}

// endingWith is a context that ends with either.
func endingWith(ctx, other context.Context) (context.Context, context.CancelFunc) {
	within, end := context.WithCancel(ctx)
	stop := context.AfterFunc(other, end)
	return within, func() { stop(); end() }
}
