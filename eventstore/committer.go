package eventstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"registre/domain"
)

// A request is a command that waits for its answer.
type request struct {
	ctx      context.Context
	command  *domain.Command
	answer   chan answer
	attempts int
	fresh    bool // to be judged on the register as it stands in the store
	doubtful bool // its command may have been written without having been acknowledged
}

type answer struct {
	result Result
	err    error
}

// reply answers. That the last attempt wrote nothing proves nothing of those before it.
func (r *request) reply(result Result, err error) {
	if r.doubtful && errors.Is(err, ErrNotWritten) {
		err = fmt.Errorf("%w: %v", ErrUnknown, err) //nolint:errorlint // it must not match ErrNotWritten
	}
	r.answer <- answer{result, err}
}

// unread says what proves a register's not having been read: where the ledger has stopped, that this attempt wrote nothing.
func (r *request) unread(err error) error {
	switch {
	case !errors.Is(err, ErrBroken):
		return err
	case r.doubtful:
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return fmt.Errorf("%w: %w", ErrNotWritten, err)
}

// A committer is the one place where commands become events. It takes all that wait, decides them one after the other,
// writes them, syncs once for all, and answers.
type committer struct {
	ledger *Ledger
	turns  []turn // of this round, those that have events to write
	round  []Append
	later  []*request    // to be tried again in the next round
	pause  time.Duration // before it
}

// A turn is a request that was decided and is being written.
type turn struct {
	request *request
	book    *book
	result  Result
	since   domain.Instant // of its first event
	in      int            // the append of the round that holds its events
}

// maxTogether bounds the events that are put together into one append.
const maxTogether = 256

func (c *committer) run(ctx context.Context) {
	defer close(c.ledger.done)
	for {
		requests := c.gather(ctx)
		if requests == nil {
			return
		}
		c.commit(requests)
		time.Sleep(c.pause)
		c.pause = 0
	}
}

// gather waits until somebody waits, and takes all who do. Yielding once lets those who were just answered come back
// first, so that they share the sync. It gives nil when the ledger is closed and nobody waits any more.
func (c *committer) gather(ctx context.Context) []*request {
	for {
		runtime.Gosched()
		c.ledger.mu.Lock()
		requests := append(c.later, c.ledger.waiting...)
		c.later, c.ledger.waiting = nil, nil
		c.ledger.mu.Unlock()
		if len(requests) > 0 {
			return requests
		}
		select {
		case <-c.ledger.wake:
		case <-ctx.Done():
			c.ledger.mu.Lock()
			empty := len(c.ledger.waiting) == 0
			c.ledger.mu.Unlock()
			if empty {
				return nil
			}
		}
	}
}

// commit does one round.
func (c *committer) commit(requests []*request) {
	c.turns, c.round = c.turns[:0], c.round[:0]
	for _, r := range requests {
		c.decide(r)
	}
	if len(c.turns) == 0 {
		return
	}
	ctx := context.WithoutCancel(c.turns[0].request.ctx)
	written := c.keep(ctx)
	errs := make([]error, len(c.turns))
	for i, t := range c.turns {
		errs[i] = written[t.in]
	}
	c.settle(errs)
}

// keep writes the round and makes it durable. The errors are those of its appends.
func (c *committer) keep(ctx context.Context) []error {
	c.ledger.storing.Lock()
	defer c.ledger.storing.Unlock()
	if err := c.ledger.failed(); err != nil {
		return slices.Repeat([]error{fmt.Errorf("%w: %w", ErrNotWritten, err)}, len(c.round))
	}
	errs := c.ledger.store.Write(ctx, c.round)
	if err := c.sync(ctx, errs); err != nil {
		return slices.Repeat([]error{fmt.Errorf("%w: %w", ErrUnknown, err)}, len(c.round))
	}
	return errs
}

// sync makes the round durable, if anything of it was written. A second copy of the register, when there is one, is written
// here, between Write and Sync, so that one sync serves both.
func (c *committer) sync(ctx context.Context, errs []error) error {
	for _, err := range errs {
		if err == nil {
			return c.ledger.sync(ctx)
		}
	}
	return nil
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
	defer b.mu.Unlock()
	if b.spoilt || c.together(b) && len(c.round[b.in].Bodies) >= maxTogether {
		c.later = append(c.later, r)
		return
	}
	if t, ok := b.commands[r.command.ID]; ok {
		c.repeat(r, b, t)
		return
	}
	before := b.written()
	bodies, err := c.write(r.command, b)
	if err != nil {
		c.refuse(r, b, err)
		return
	}
	in := c.enlist(b, before, bodies)
	result := Result{Group: b.id, Command: r.command.ID, First: before + 1, Last: b.written(), Recorded: b.last()}
	c.turns = append(c.turns, turn{request: r, book: b, result: result, since: b.recorded[before], in: in})
}

// enlist puts events into the round and gives the place of their append in it.
func (c *committer) enlist(b *book, after uint64, bodies [][]byte) int {
	if c.together(b) {
		c.round[b.in].Bodies = append(c.round[b.in].Bodies, bodies...)
		return b.in
	}
	if b.settled == nil {
		b.settled = make(chan struct{})
	}
	b.in = len(c.round)
	c.round = append(c.round, Append{Group: b.id, After: after, Bodies: bodies})
	return b.in
}

// together reports whether what is decided on a book joins what of it is already in the round, in one append. Where
// somebody else's events, or late ones, can take the place of ours, an append must not find its number on top of them.
func (c *committer) together(b *book) bool {
	return b.settled != nil && (c.ledger.options.Shared || c.ledger.doubtful(b.id))
}

// refuse answers a command that cannot be recorded, once that has been judged on what is durable and, where others write
// to the same registers, on what they have written.
func (c *committer) refuse(r *request, b *book, err error) {
	var refusal *domain.Refusal
	switch stale := c.ledger.options.Shared && !r.fresh; {
	case errors.As(err, &refusal) && (b.settled != nil || stale):
		r.fresh = b.settled == nil
		c.later = append(c.later, r)
	default:
		r.reply(Result{}, err)
	}
}

// repeat answers a command whose id stands in the book: with its first result, once that is durable.
func (c *committer) repeat(r *request, b *book, t told) {
	switch {
	case t.first > b.committed:
		r.doubtful = true
		c.later = append(c.later, r)
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

// write decides a command, evolves the book ahead of the store, and gives the bodies of its events.
func (c *committer) write(command *domain.Command, b *book) ([][]byte, error) {
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
	if b.settled == nil {
		c.ledger.forget(b)
	}
}

func (c *committer) body(command *domain.Command, event domain.Event, number uint64, at domain.Instant) ([]byte, error) {
	id, err := c.ledger.options.NewID()
	if err != nil {
		return nil, err
	}
	e := NewEnvelope(command, event, number, id, at)
	return e.Append(nil)
}

// settle answers a round that has been written. A book of which anything failed is thrown away, and with it all that was
// decided on it; but what follows in the register on an unknown outcome proves that it was written.
func (c *committer) settle(errs []error) {
	for i, t := range c.turns {
		if errors.Is(errs[i], ErrUnknown) {
			c.ledger.doubted(t.book.id, t.result.First-1, t.since)
		}
		t.book.mu.Lock()
		if t.book.failed = errs[i] != nil; !t.book.failed {
			t.book.flown = t.result.Last
		}
		t.book.mu.Unlock()
	}
	for i, t := range c.turns {
		c.release(t.book)
		c.answer(t, errs[i])
	}
}

// release ends a book's flight, and lets those go on who wait for that.
func (c *committer) release(b *book) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.settled == nil {
		return
	}
	b.committed = max(b.committed, b.flown)
	if b.failed || b.spoilt {
		c.ledger.forget(b)
	}
	close(b.settled)
	b.settled = nil
}

// answer replies, or tries again: at once when overtaken, after a pause when nothing is known.
func (c *committer) answer(t turn, err error) {
	r := t.request
	unknown := errors.Is(err, ErrUnknown)
	r.doubtful = r.doubtful || unknown
	switch {
	case err == nil:
		r.reply(t.result, nil)
	case !unknown && !errors.Is(err, ErrOvertaken) || errors.Is(err, ErrBroken):
		r.reply(Result{}, err)
	case r.ctx.Err() != nil:
		r.reply(Result{}, fmt.Errorf("%w: %w", ErrUnknown, r.ctx.Err()))
	case unknown && r.attempts >= c.ledger.options.Attempts:
		r.reply(Result{}, err)
	default:
		if unknown {
			r.attempts++
			c.pause = max(c.pause, min(time.Duration(r.attempts)*10*time.Millisecond, 200*time.Millisecond))
		}
		c.later = append(c.later, r)
	}
}
