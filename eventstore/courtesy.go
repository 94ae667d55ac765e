package eventstore

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"registre/domain"
)

// Of processes that write to the same registers one can overtake another again and again: whoever was overtaken has to read
// before it can write, and meanwhile the other writes on. So who was overtaken calls, and takes its place behind all who have
// called before; who hears that somebody waits for a register calls before it writes there again. Each has a turn of some
// commits.
//
// That is courtesy and no more. Calls may be lost, or come late, and who does not get done in a second is not waited for. What keeps
// two writers apart is the guard.

// A Call tells other processes that one waits to write to a register, or has its turn there.
type Call struct {
	From  string // a name of the process that no other has: 1 to 64 letters, digits and hyphens
	Group domain.GroupID
	Place uint64 // in the queue, the lowest first; 0 for one who waits no more
}

// Calls carry calls from each process to all others that write to the same registers. What is called is heard at most once, and
// in the order in which one process calls, as a rule.
type Calls interface {
	// Call tells the others, and does not wait until they have heard. It does not matter much whether they do.
	Call(c Call)
	// Hear has f called for each call, one at a time, until stop is called. A process may hear its own.
	Hear(f func(Call)) (stop func(), err error)
}

// What is heard beyond these bounds is not taken note of: so many calls that wait for that, and places so high.
const (
	mostHeard    = 4096
	highestPlace = 1 << 53
)

// A courtesy is the queues of the registers that more than one process writes to. All but hear belongs to one goroutine.
type courtesy struct {
	calls  Calls
	me     string
	ledger *Ledger
	queues map[domain.GroupID]*queue
	clock  uint64 // the highest place that was ever heard of
	stop   func()
	closed bool // nobody is waited for any more

	mu    sync.Mutex
	heard []Call
}

// newCourtesy gives the courtesy of a ledger. Where nothing can be heard it waits for nobody.
func newCourtesy(l *Ledger) *courtesy {
	c := &courtesy{calls: l.options.Calls, me: uuid.NewString(), ledger: l, queues: map[domain.GroupID]*queue{}, clock: inUse, stop: func() {}}
	if c.calls == nil || !l.options.Shared {
		c.closed = true
		return c
	}
	stop, err := c.calls.Hear(c.hear)
	if err != nil {
		c.closed = true
		return c
	}
	c.stop = stop
	return c
}

// hear takes another's call. It may be called from anywhere.
func (c *courtesy) hear(call Call) {
	if call.From == c.me {
		return
	}
	c.mu.Lock()
	if len(c.heard) < mostHeard {
		c.heard = append(c.heard, call)
	}
	c.mu.Unlock()
	c.ledger.mu.Lock()
	defer c.ledger.mu.Unlock()
	c.ledger.beckon()
}

// admits says whether a command may be decided now. One that may not is parked until its turn.
func (c *courtesy) admits(r *request, now time.Time) bool {
	group := r.command.Group
	q, overtaken := c.queues[group], r.overtaken
	r.overtaken = false
	switch {
	case c.closed:
		return true
	case q == nil && !overtaken:
		return true
	case q == nil:
		q = newQueue(c.me)
		c.queues[group] = q
	case q.may(now) && (!overtaken || q.place != 0):
		return true
	}
	if q.place == 0 {
		c.takePlace(group, q, now)
	}
	q.parked = append(q.parked, r)
	return false
}

// overstays says whether a command that was admitted has come to be decided too late: reading the register took longer than the others
// have waited. Its next turn finds it read. The command is parked until then.
func (c *courtesy) overstays(r *request, now time.Time) bool {
	q := c.queues[r.command.Group]
	if c.closed || q == nil || q.begun.IsZero() || now.Sub(q.begun) < patience {
		return false
	}
	q.parked = append(q.parked, r)
	return true
}

// takePlace calls.
func (c *courtesy) takePlace(group domain.GroupID, q *queue, now time.Time) {
	c.clock++
	q.call(c.clock, now)
	c.tell(group, q, now)
}

func (c *courtesy) tell(group domain.GroupID, q *queue, now time.Time) {
	q.told = now
	c.calls.Call(Call{From: c.me, Group: group, Place: q.place})
}

// attendUntil attends to what there is, and sets a timer for when to do so again.
func (c *courtesy) attendUntil(look *time.Timer) {
	if c.closed {
		return
	}
	now := time.Now()
	if next := c.attend(now); !next.IsZero() {
		look.Reset(next.Sub(now))
	}
}

// attend takes note of what was heard, and lets time pass in every queue. It gives when to look again; zero for not before
// something happens.
func (c *courtesy) attend(now time.Time) (next time.Time) {
	c.listen(now)
	for group, q := range c.queues {
		at := c.advance(group, q, now)
		if q.place == 0 && len(q.others) == 0 {
			c.release(q)
			delete(c.queues, group)
			continue
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}

// listen puts what was heard into the queues. What concerns a register that is not on the shelf can wait for its repetition.
func (c *courtesy) listen(now time.Time) {
	c.mu.Lock()
	heard := c.heard
	c.heard = nil
	c.mu.Unlock()
	for _, call := range heard {
		if call.Place > highestPlace {
			continue
		}
		c.clock = max(c.clock, call.Place)
		q := c.queues[call.Group]
		if q == nil {
			if call.Place == 0 || !c.ledger.shelved(call.Group) {
				continue
			}
			q = newQueue(c.me)
			c.queues[call.Group] = q
		}
		q.hear(call.From, call.Place, now)
	}
}

// advance lets time pass in one queue.
func (c *courtesy) advance(group domain.GroupID, q *queue, now time.Time) (next time.Time) {
	begins, changed, next := q.step(now, c.ledger.writing(group))
	switch ended := changed && q.place == 0; {
	case begins, ended && !q.again:
		c.release(q)
	case ended && len(q.parked) > 0:
		c.takePlace(group, q, now) // which tells that the old one is free
		return now
	}
	if changed || q.place != 0 && now.Sub(q.told) >= repeating {
		c.tell(group, q, now)
	}
	return next
}

// release lets the parked be decided, on the register as it stands then.
func (c *courtesy) release(q *queue) {
	for _, r := range q.parked {
		r.fresh = true
	}
	c.ledger.again(q.parked)
	q.parked = nil
}

// close waits for nobody any more, and gives up every place.
func (c *courtesy) close() {
	if !c.closed {
		c.stop()
	}
	c.closed = true
	for group, q := range c.queues {
		c.release(q)
		if q.place != 0 {
			q.place = 0
			c.tell(group, q, time.Time{})
		}
		delete(c.queues, group)
	}
}
