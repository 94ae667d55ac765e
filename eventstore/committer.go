package eventstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"registre/domain"
)

// A request is a command that waits for its answer.
type request struct {
	ctx      context.Context
	command  *domain.Command
	answer   chan answer
	attempts int
}

type answer struct {
	result Result
	err    error
}

func (r *request) reply(result Result, err error) { r.answer <- answer{result, err} }

// A committer is the one place where commands become events. It takes all that wait, decides them one after the other,
// writes them, syncs once for all, and answers.
type committer struct {
	ledger *Ledger
	broken error
	doubt  bool   // an outcome was unknown once: what the store gives may not be durable yet
	turns  []turn // of this round, those that have events to write
	round  []Append
	later  []*request // to be tried again in the next round
}

// A turn is a request that was decided and is being written.
type turn struct {
	request *request
	book    *book
	result  Result
}

func (c *committer) run(ctx context.Context) {
	defer close(c.ledger.done)
	for {
		requests := c.gather(ctx)
		if requests == nil {
			return
		}
		c.commit(requests)
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
	errs := c.ledger.store.Write(ctx, c.round)
	if err := c.sync(ctx, errs); err != nil {
		c.broken = fmt.Errorf("%w: %w", ErrBroken, err)
		for i := range errs {
			errs[i] = fmt.Errorf("%w: %w", ErrUnknown, c.broken)
		}
	}
	c.settle(errs)
}

// sync makes the round durable, if anything of it was written. A second copy of the register, when there is one, is written
// here, between Write and Sync, so that one sync serves both.
func (c *committer) sync(ctx context.Context, errs []error) error {
	for _, err := range errs {
		if err == nil {
			return c.ledger.store.Sync(ctx)
		}
	}
	return nil
}

// decide takes one request's turn: it is answered at once when there is nothing to write, otherwise joins the round.
func (c *committer) decide(r *request) {
	if c.broken != nil {
		r.reply(Result{}, fmt.Errorf("%w: %w", ErrNotWritten, c.broken))
		return
	}
	if err := r.ctx.Err(); err != nil && r.attempts == 0 {
		r.reply(Result{}, fmt.Errorf("%w: %w", ErrNotWritten, err))
		return
	}
	b, err := c.ledger.open(context.WithoutCancel(r.ctx), r.command.Group, false)
	if err != nil {
		r.reply(Result{}, err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if first, ok := b.commands[r.command.ID]; ok {
		c.repeat(r, b, first)
		return
	}
	before := b.written()
	bodies, err := c.write(r.command, b)
	if err != nil {
		r.reply(Result{}, err)
		return
	}
	if b.settled == nil {
		b.settled = make(chan struct{})
	}
	c.round = append(c.round, Append{Group: b.id, After: before, Bodies: bodies})
	result := Result{Group: b.id, Command: r.command.ID, First: before + 1, Last: b.written(), Recorded: b.last()}
	c.turns = append(c.turns, turn{request: r, book: b, result: result})
}

// repeat answers a command whose id stands in the book: with its first result, once that is durable.
func (c *committer) repeat(r *request, b *book, first uint64) {
	switch {
	case !b.same(r.command, first):
		r.reply(Result{}, &ReusedError{Group: b.id, Command: r.command.ID, Number: first})
	case first > b.committed:
		c.later = append(c.later, r)
	case c.doubt && c.resync() != nil:
		r.reply(Result{}, fmt.Errorf("%w: %w", ErrUnknown, c.broken))
	default:
		last := b.lastOf(first)
		r.reply(Result{
			Group: b.id, Command: r.command.ID, First: first, Last: last,
			Recorded: b.recorded[last-1], Repeated: r.attempts == 0,
		}, nil)
	}
}

// resync makes durable what was found in the store without having been answered.
func (c *committer) resync() error {
	if err := c.ledger.store.Sync(context.Background()); err != nil {
		c.broken = fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return c.broken
}

// write decides a command, evolves the book ahead of the store, and gives the bodies of its events.
func (c *committer) write(command *domain.Command, b *book) ([][]byte, error) {
	before := b.written()
	events, err := domain.Enact(b.state, *command)
	if err != nil {
		return nil, err
	}
	bodies := make([][]byte, len(events))
	now := domain.InstantOf(c.ledger.options.Now())
	for i, event := range events {
		if bodies[i], err = c.body(command, event, b, before+1+uint64(i), b.stamp(now)); err != nil {
			c.ledger.forget(b) // it is ahead of what will be written
			return nil, err
		}
	}
	b.commands[command.ID] = before + 1
	return bodies, nil
}

func (c *committer) body(command *domain.Command, event domain.Event, b *book, number uint64, at domain.Instant) ([]byte, error) {
	id, err := c.ledger.options.NewID()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotWritten, err)
	}
	e := NewEnvelope(command, event, number, id, at)
	body, err := e.Append(nil)
	if err == nil && len(body) > MaxBody {
		err = &domain.Malformed{Field: "data", Problem: fmt.Sprintf("the event would have %d bytes, more than %d", len(body), MaxBody)}
	}
	if err != nil {
		return nil, err
	}
	b.recorded = append(b.recorded, at)
	return body, nil
}

// settle answers a round that has been written. A book of which anything failed is thrown away, and with it all that was
// decided on it.
func (c *committer) settle(errs []error) {
	for i, t := range c.turns {
		switch err := errs[i]; {
		case err == nil:
			t.book.mu.Lock()
			t.book.committed = max(t.book.committed, t.result.Last)
			t.book.mu.Unlock()
			c.ledger.keep(t.book)
		default:
			c.doubt = c.doubt || errors.Is(err, ErrUnknown)
			c.ledger.forget(t.book)
		}
	}
	for i, t := range c.turns {
		c.release(t.book)
		c.answer(t, errs[i])
	}
}

// release lets those go on who wait for what was in flight.
func (c *committer) release(b *book) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.settled != nil {
		close(b.settled)
		b.settled = nil
	}
}

// answer replies, or tries again: at once when overtaken, after a pause when nothing is known.
func (c *committer) answer(t turn, err error) {
	r := t.request
	again := errors.Is(err, ErrOvertaken) || errors.Is(err, ErrUnknown)
	switch {
	case err == nil:
		r.reply(t.result, nil)
	case !again || c.broken != nil:
		r.reply(Result{}, err)
	case r.ctx.Err() != nil:
		r.reply(Result{}, fmt.Errorf("%w: %w", ErrUnknown, r.ctx.Err()))
	case errors.Is(err, ErrUnknown) && r.attempts >= c.ledger.options.Attempts:
		r.reply(Result{}, err)
	default:
		if errors.Is(err, ErrUnknown) {
			r.attempts++
			time.Sleep(min(time.Duration(r.attempts)*10*time.Millisecond, 200*time.Millisecond))
		}
		c.later = append(c.later, r)
	}
}
