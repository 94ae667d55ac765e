package eventstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"registre/domain"
)

// maxTogether bounds the events that are put together into one append.
const maxTogether = 256

// A round is what is written and synced together. Rounds settle in the order in which they were opened.
type round struct {
	turns   []turn
	appends []Append
	books   []*book       // of each append
	errs    []error       // of each append, once it was written
	later   []*request    // to be tried again once the round has settled
	pause   time.Duration // before that
	part    bool          // another one follows, with which it is synced and settled
	settled chan struct{} // closed when what is in flight in it has been committed or thrown away
	over    chan struct{} // closed when nothing of it is left to be done
}

// A turn is a request that was decided: its events are being written, or it is refused on the strength of what is.
type turn struct {
	request *request
	book    *book
	result  Result
	since   domain.Instant // of its first event
	in      int            // the append of the round that holds its events
	refusal error          // of a command that adds nothing
}

func newRound() *round {
	return &round{settled: make(chan struct{}), over: make(chan struct{})}
}

func (r *round) empty() bool { return len(r.turns) == 0 && len(r.later) == 0 }

// err is what became of a turn's events.
func (r *round) err(t *turn) error { return r.errs[t.in] }

// keep is the committer's second pair of hands: it writes rounds, one after the other, makes each durable, and answers it. What
// comes in parts it makes durable at once.
func (c *committer) keep(rounds <-chan *round, kept chan<- keeping) {
	defer close(kept)
	var parts []*round
	for r := range rounds {
		r.errs = c.written(r)
		c.mark(r)
		if parts = append(parts, r); !r.part {
			c.finish(parts, kept)
			parts = nil
		}
	}
}

// finish makes durable what was written, and answers it.
func (c *committer) finish(parts []*round, kept chan<- keeping) {
	begun := time.Now()
	c.sync(parts)
	k := keeping{sync: time.Since(begun)}
	var later []*request
	var pause time.Duration
	for _, r := range parts {
		c.settle(r)
		k.answered, later, pause = k.answered+len(r.turns), append(later, r.later...), max(pause, r.pause)
	}
	kept <- k
	time.Sleep(pause)
	c.ledger.again(later)
	for _, r := range parts {
		close(r.over)
	}
}

// written writes a round, save what was decided on books of which something has failed meanwhile, and gives the errors of
// its appends.
func (c *committer) written(r *round) []error {
	errs := make([]error, len(r.appends))
	var sent []Append
	for i, b := range r.books {
		if errs[i] = b.fit(); errs[i] == nil {
			sent = append(sent, r.appends[i])
		}
	}
	if len(sent) == 0 {
		return errs
	}
	results := c.ledger.write(context.WithoutCancel(r.turns[0].request.ctx), sent)
	for i := range errs {
		if errs[i] == nil {
			errs[i], results = results[0], results[1:]
		}
	}
	return errs
}

// fit says why nothing more that was decided on a book can be written.
func (b *book) fit() error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.failed {
		return fmt.Errorf("%w: an append to %s before this one failed", ErrOvertaken, b.id)
	}
	return nil
}

// mark takes note of the books of which an append failed, before anything more can be written or decided on them.
func (c *committer) mark(r *round) {
	for i, err := range r.errs {
		if err != nil {
			b := r.books[i]
			b.mu.Lock()
			b.failed = true
			b.mu.Unlock()
		}
	}
	for i := range r.turns {
		if t := &r.turns[i]; t.refusal == nil && errors.Is(r.err(t), ErrUnknown) {
			c.ledger.doubted(t.book.id, t.result.First-1, t.since)
		}
	}
}

// sync makes rounds durable, if anything of them was written.
func (c *committer) sync(parts []*round) {
	at := slices.IndexFunc(parts, func(r *round) bool { return slices.Contains(r.errs, nil) })
	if at < 0 {
		return
	}
	err := c.ledger.sync(context.WithoutCancel(parts[at].turns[0].request.ctx))
	if err == nil {
		return
	}
	err = fmt.Errorf("%w: %w", ErrUnknown, err)
	for _, r := range parts {
		for i := range r.errs {
			r.errs[i] = err
		}
		c.mark(r)
	}
}

// settle ends a round's flight and answers it. A book of which anything failed is thrown away, and with it all that was
// decided on it; but what follows in the register on an unknown outcome proves that it was written.
func (c *committer) settle(r *round) {
	now := time.Now()
	for i := range r.turns {
		t := &r.turns[i]
		b := t.book
		b.mu.Lock()
		if t.refusal == nil && r.err(t) == nil {
			b.committed, b.seen = max(b.committed, t.result.Last), now
		}
		b.mu.Unlock()
	}
	for _, b := range r.books {
		c.release(b, r)
	}
	close(r.settled)
	for i := range r.turns {
		c.answer(r, &r.turns[i])
	}
}

// release ends a book's flight, unless it is in a later round too.
func (c *committer) release(b *book, r *round) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.flight != r {
		return
	}
	b.flight = nil
	if b.failed || b.spoilt {
		c.ledger.forget(b)
		return
	}
	c.ledger.saver.consider(b)
}

// answer replies, or tries again: at once when overtaken, after a pause when nothing is known.
func (c *committer) answer(in *round, t *turn) {
	if t.refusal != nil {
		c.answerRefused(in, t)
		return
	}
	r, err := t.request, in.err(t)
	unknown := errors.Is(err, ErrUnknown)
	r.doubtful, r.overtaken = r.doubtful || unknown, errors.Is(err, ErrOvertaken)
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
			in.pause = max(in.pause, min(time.Duration(r.attempts)*10*time.Millisecond, 200*time.Millisecond))
		}
		in.later = append(in.later, r)
	}
}

// answerRefused refuses what was judged on events that were in flight, now that they are kept; otherwise it is judged again.
func (c *committer) answerRefused(in *round, t *turn) {
	if t.book.fit() != nil {
		in.later = append(in.later, t.request)
		return
	}
	t.request.reply(Result{}, t.refusal)
}
