package eventstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"registre/domain"
)

// A committer is the one place where commands become events. Three goroutines work on successive rounds at once: one
// decides what waits into the open round, one writes the round before, and one syncs the round before that, for all its
// commands, and answers them. A round is handed on as soon as the next one has its hands free; until then it goes on
// taking what comes.
//
// What is decided ahead of the disk stands on appends that may fail. It is never written then: the writer, which sees
// failures first, leaves out what was decided on a book of which anything failed. Where somebody else's event can take the
// place of ours, nothing is decided ahead of the round at all.
type committer struct {
	ledger *Ledger
	open   *round // what is being decided
	room   []byte // in which bodies are written, one behind the other; never twice in the same place
}

// A piece of room is so large, and left when so little is free that most bodies would outgrow it.
const (
	roomSize = 64 << 10
	roomLeft = 2 << 10
)

// run works until the ledger is closed and nobody waits any more.
func (c *committer) run(closing context.Context) {
	writing, syncing, ended := make(chan *round), make(chan *round), make(chan struct{})
	go c.write(writing, syncing)
	go c.keep(syncing, ended)
	c.decideAll(closing, writing)
	close(writing)
	<-ended
	close(c.ledger.done)
}

// decideAll decides what waits into the open round, and hands it on when it can. Yielding once lets those who were just
// answered come back first, so that they share the sync.
func (c *committer) decideAll(closing context.Context, writing chan<- *round) {
	last := newRound()
	close(last.over)
	c.open = newRound()
	for {
		runtime.Gosched()
		for _, r := range c.ledger.takeWaiting() {
			c.decide(r)
		}
		hand, end := writing, closing.Done()
		if c.open.empty() {
			hand = nil
		} else {
			end = nil
		}
		select {
		case hand <- c.open:
			last, c.open = c.open, newRound()
		case <-c.ledger.wake:
		case <-end:
			<-last.over
			if !c.ledger.waits() {
				return
			}
		}
	}
}

// decide takes one request's turn: it is answered at once when there is nothing to write, otherwise joins the round. What
// would be answered on the strength of events still in flight waits until they have settled.
func (c *committer) decide(r *request) {
	if err := r.ctx.Err(); err != nil && r.attempts == 0 {
		r.reply(Result{}, fmt.Errorf("%w: %w", ErrNotWritten, err))
		return
	}
	var b *book
	err := c.ledger.failed()
	if err == nil {
		b, err = c.ledger.take(context.WithoutCancel(r.ctx), r.command.Group, r.fresh)
	}
	if err != nil {
		r.reply(Result{}, r.unread(err))
		return
	}
	again := c.judge(r, b)
	b.mu.Unlock()
	if again {
		r.fresh = true
		c.decide(r)
	}
}

// judge decides a request on a book, which the caller has locked. It reports whether the book has to be read anew first.
func (c *committer) judge(r *request, b *book) (again bool) {
	if c.waits(b) {
		c.open.later = append(c.open.later, r)
		return false
	}
	if t, ok := b.commands[r.command.ID]; ok {
		c.repeat(r, b, t)
		return false
	}
	before := b.written()
	bodies, err := c.enact(r.command, b)
	if err != nil {
		return c.refuse(r, b, err)
	}
	in := c.enlist(b, before, bodies)
	result := Result{Group: b.id, Command: r.command.ID, First: before + 1, Last: b.written(), Recorded: b.last()}
	c.open.turns = append(c.open.turns, turn{request: r, book: b, result: result, since: b.recorded[before], in: in})
	return false
}

// waits reports whether nothing can be decided on a book before what of it is in flight has settled: it holds what will not
// be written, or it is in flight alone, and not in the open round or with no room left there.
func (c *committer) waits(b *book) bool {
	switch {
	case b.spoilt || b.failed:
		return true
	case !c.alone(b):
		return false
	}
	return b.flight != c.open || len(c.open.appends[b.in].Bodies) >= maxTogether
}

// alone reports whether what is decided on a book in flight must be one append with what of it is in flight. Where
// somebody else's events, or late ones, can take the place of ours, an append must not find its number on top of them.
func (c *committer) alone(b *book) bool {
	return b.flight != nil && (c.ledger.options.Shared || c.ledger.doubtful(b.id))
}

// enlist puts events into the open round and gives the place of their append in it.
func (c *committer) enlist(b *book, after uint64, bodies [][]byte) int {
	if c.alone(b) {
		c.open.appends[b.in].Bodies = append(c.open.appends[b.in].Bodies, bodies...)
		return b.in
	}
	b.flight, b.in = c.open, len(c.open.appends)
	c.open.appends = append(c.open.appends, Append{Group: b.id, After: after, Bodies: bodies})
	c.open.books = append(c.open.books, b)
	return b.in
}

// refuse answers a command that cannot be recorded: on a book in flight, once that has settled well; where others write to
// the same registers, once it was judged on what they have written (again).
func (c *committer) refuse(r *request, b *book, err error) (again bool) {
	var refusal *domain.Refusal
	switch refused := errors.As(err, &refusal); {
	case refused && b.flight != nil:
		c.open.turns = append(c.open.turns, turn{request: r, book: b, refusal: err})
	case refused && c.ledger.options.Shared && !r.fresh:
		return true
	default:
		r.reply(Result{}, err)
	}
	return false
}

// repeat answers a command whose id stands in the book: with its first result, once that is durable.
func (c *committer) repeat(r *request, b *book, t told) {
	switch {
	case t.first > b.committed:
		r.doubtful = true
		c.open.later = append(c.open.later, r)
	case !b.same(r.command, t):
		r.reply(Result{}, &ReusedError{Group: b.id, Command: r.command.ID, Number: t.first})
	default:
		last := b.lastOf(t.first)
		r.reply(Result{
			Group: b.id, Command: r.command.ID, First: t.first, Last: last,
			Recorded: b.recorded[last-1], Repeated: r.attempts == 0,
		}, nil)
	}
}

// enact decides a command, evolves the book ahead of the store, and gives the bodies of its events.
func (c *committer) enact(command *domain.Command, b *book) ([][]byte, error) {
	first := b.written() + 1
	events, err := domain.Enact(b.state, *command)
	if err != nil {
		return nil, err
	}
	bodies := make([][]byte, len(events))
	now, answered := domain.InstantOf(c.ledger.options.Now()), c.ledger.closedUntil()
	for i, event := range events {
		at := b.stamp(now, answered)
		if bodies[i], err = c.body(command, event, first+uint64(i), at); err != nil {
			c.spoil(b)
			return nil, fmt.Errorf("%w: %w", ErrNotWritten, err)
		}
		b.recorded = append(b.recorded, at)
	}
	b.commands[command.ID] = told{first: first, by: surroundingsOf(command)}
	return bodies, nil
}

// spoil gives up a book that is ahead of what will be written. While something of it is in flight it stays on the shelf:
// nobody must read the register anew before that has settled.
func (c *committer) spoil(b *book) {
	b.spoilt = true
	if b.flight == nil {
		c.ledger.forget(b)
	}
}

func (c *committer) body(command *domain.Command, event domain.Event, number uint64, at domain.Instant) ([]byte, error) {
	id, err := c.ledger.options.NewID()
	if err != nil {
		return nil, err
	}
	e := NewEnvelope(command, event, number, id, at)
	if cap(c.room)-len(c.room) < roomLeft {
		c.room = make([]byte, 0, roomSize)
	}
	before := len(c.room)
	room, err := e.Append(c.room)
	if err != nil {
		return nil, err
	}
	c.room = room
	return room[before:len(room):len(room)], nil
}
