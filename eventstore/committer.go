package eventstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"registre/domain"
)

// A committer is the one place where commands become events. Two goroutines work on successive rounds at once: one
// decides what waits into the open round, the other writes the round before, syncs once for all its commands, and answers
// them. A round is handed on when the other has its hands free; until then it goes on taking what comes. (Writing
// while the round before is being synced would gain nothing: the file system has the two wait for each other.)
//
// What is decided ahead of the disk stands on appends that may fail. It is never written then: what was decided on a book
// of which anything failed is left out. Where somebody else's event can take the place of ours, nothing is decided ahead
// of the round at all.
type committer struct {
	ledger *Ledger
	others *courtesy
	open   *round // what is being decided
	ahead  int    // the turns that were handed on in parts, with which it will be synced
	pace   pace
	room   []byte // in which bodies are written, one behind the other; never twice in the same place
}

// A piece of room is so large, and left when so little is free that most bodies would outgrow it.
const (
	roomSize = 64 << 10
	roomLeft = 2 << 10
)

// run works until the ledger is closed and nobody waits any more.
func (c *committer) run(closing context.Context) {
	rounds, kept := make(chan *round), make(chan keeping)
	go c.keep(rounds, kept)
	c.decideAll(closing, rounds, kept)
	c.others.close()
	close(rounds)
	for range kept {
	}
	close(c.ledger.done)
}

// decideAll decides what waits into the open round, and hands it on when it is time. Yielding once lets those who were just
// answered come back first, so that they share the sync.
func (c *committer) decideAll(closing context.Context, rounds chan<- *round, kept <-chan keeping) {
	last := newRound()
	close(last.over)
	c.open = newRound()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	look := time.NewTimer(time.Hour)
	defer look.Stop()
	for {
		runtime.Gosched()
		c.others.attendUntil(look)
		left := c.decideWaiting()
		hand, end := rounds, closing.Done()
		if c.open.empty() && c.ahead == 0 {
			hand = nil
		} else {
			end = nil
		}
		if hand != nil && !c.due(left, timer) {
			hand = nil
		}
		select {
		case hand <- c.open:
			last, c.open = c.open, c.after(c.open)
		case k := <-kept:
			c.pace.kept(k, len(c.open.turns))
		case <-c.ledger.wake:
		case <-timer.C:
		case <-look.C:
		case <-end:
			c.others.close()
			if c.ends(last, kept) {
				return
			}
		}
	}
}

// A round is handed on in parts where others are still to join it: so the first of it are being written while the last are
// being decided, and all share one sync. A part has so many turns at least, and all parts together so many at most.
const (
	partTurns  = 32
	roundTurns = 1024
)

// due reports whether the open round, or a part of it, is to be handed on, and says to the round which of them it is. left says
// whether somebody waits to be decided. Where a book is decided on in one round at a time, no round goes in parts.
func (c *committer) due(left bool, timer *time.Timer) bool {
	turns := len(c.open.turns)
	wait := c.pace.wait(c.ahead + turns)
	c.open.part = (left || wait > 0) && c.ahead+turns < roundTurns && !c.ledger.options.Shared
	switch {
	case c.open.part && turns >= partTurns:
		return true
	case left:
		return false
	case wait > 0:
		timer.Reset(wait)
		return false
	}
	return true
}

// after gives the round that follows one that was handed on.
func (c *committer) after(r *round) *round {
	c.ahead += len(r.turns)
	if !r.part {
		c.ahead = 0
	}
	return newRound()
}

// ends waits until a round has been kept, and reports whether nobody waits then.
func (c *committer) ends(last *round, kept <-chan keeping) bool {
	for {
		select {
		case <-last.over:
			return !c.ledger.waits()
		case <-kept:
		}
	}
}

// decideWaiting decides as many of those who wait as make a part, and reports whether others are left.
func (c *committer) decideWaiting() (left bool) {
	waiting, left := c.ledger.takeWaiting(partTurns)
	begun := time.Now()
	for _, r := range waiting {
		c.decide(r)
	}
	c.pace.decided(len(waiting), time.Since(begun))
	return left
}

// decide takes one request's turn: it is answered at once when there is nothing to write, otherwise joins the round. What
// would be answered on the strength of events still in flight waits until they have settled.
func (c *committer) decide(r *request) {
	if err := r.ctx.Err(); err != nil && r.attempts == 0 {
		r.reply(Result{}, fmt.Errorf("%w: %w", ErrNotWritten, err))
		return
	}
	if !c.others.admits(r, time.Now()) {
		return
	}
	var b *book
	err := c.ledger.failed()
	if err == nil {
		r.fresh = r.fresh || c.ledger.stale(r.command.Group)
		b, err = c.ledger.take(context.WithoutCancel(r.ctx), r.command.Group, r.fresh)
	}
	if err != nil {
		r.reply(Result{}, r.unread(err))
		return
	}
	again := !c.others.overstays(r, time.Now()) && c.judge(r, b)
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
	if t, ok := b.commands.find(r.command.ID); ok {
		c.repeat(r, b, t)
		return false
	}
	before := b.written()
	if r.ends != nil && *r.ends != before {
		return c.refuse(r, b, &MovedError{Group: b.id, Expected: *r.ends, Ends: before})
	}
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
	var moved *MovedError
	switch refused := errors.As(err, &refusal) || errors.As(err, &moved); {
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
		b.invented.add(first+uint64(i), command.Illustrative)
		b.fold(event.Act)
	}
	b.commands.add(command.ID, told{first: first, by: surroundingsOf(command)})
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
