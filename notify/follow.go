package notify

import (
	"container/heap"
	"context"
	"iter"
	"maps"
	"slices"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// Wanted says what somebody follows.
type Wanted struct {
	From   Mark // what is behind it
	Takes  func(*projections.Notice) bool
	Of     func(domain.GroupID) bool // whether he is told of a group, asked when past notices are read
	Follow bool                      // also those to come, until ctx ends
	Reach  func() ([]string, bool)   // the groups beyond which he is told of none now, or every; nil for every
}

// Items are the notices that somebody wants, until ctx ends. Of the last that he gets of an event More is false: he can go on from its
// Place.
func (t *Together) Items(ctx context.Context, w Wanted) iter.Seq2[Told, error] {
	return func(yield func(Told, error) bool) {
		f := &following{Together: t, Wanted: w, pass: yield}
		err := t.join(ctx, w.Follow)
		defer t.leave()
		if err == nil {
			err = f.run(ctx)
		}
		if err != nil && ctx.Err() == nil && !f.left {
			yield(Told{}, err)
		}
	}
}

// A following is one follower at work.
type following struct {
	*Together
	Wanted
	pass func(Told, error) bool
	held *Told // of its event more may come
	left bool  // whoever followed

	reach []string // as it was when these rights stood
	every bool
	asOf  uint64
}

// run passes on what was, and what comes.
func (f *following) run(ctx context.Context) error {
	next, there := f.find(f.From)
	for {
		if !there {
			var err error
			if next, err = f.catchUp(ctx); err != nil || f.left {
				return err
			}
		}
		if next, there = f.passKept(ctx, next); there || f.left || ctx.Err() != nil {
			return nil
		}
	}
}

// find is the place of the first notice kept behind a mark, if all of those are.
func (t *Together) find(m Mark) (next uint64, there bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m.Compare(t.behind) < 0 {
		return 0, false
	}
	i := slices.IndexFunc(t.kept, func(x *Told) bool { return m.Compare(x.Mark) < 0 })
	if i < 0 {
		i = len(t.kept)
	}
	return t.first + uint64(i), true
}

// passKept passes on what is kept from a place on, and what comes, to its end; there is false when the place is no longer kept.
func (f *following) passKept(ctx context.Context, next uint64) (_ uint64, there bool) {
	for ctx.Err() == nil {
		f.mu.Lock()
		if next < f.first {
			f.mu.Unlock()
			return next, false
		}
		batch := slices.Clone(wholeEvents(f.kept[next-f.first:]))
		f.mu.Unlock()
		for i := range batch {
			if !f.send(batch[i]) {
				return next, true
			}
		}
		if next += uint64(len(batch)); len(batch) > 0 {
			continue
		}
		if !f.flush(false, true) || !f.Follow {
			return next, true
		}
		next = f.rest(ctx, next)
	}
	return next, true
}

// wholeEvents are some of the first notices: all of each event, so that nobody stands within one when what is kept is let go of.
func wholeEvents(all []*Told) []*Told {
	n := min(maxPassed, len(all))
	for 0 < n && n < len(all) && all[n].Mark == all[n-1].Mark {
		n++
	}
	return all[:n]
}

// send passes a notice on if it is wanted, once it is known whether more of its event comes.
func (f *following) send(x *Told) bool {
	f.From = x.Place
	if !f.Takes(x.Notice) {
		return true
	}
	if f.held != nil && !f.flush(f.held.Mark == x.Mark, false) {
		return false
	}
	f.held = x
	return true
}

// flush passes on what is held.
func (f *following) flush(more, rests bool) bool {
	if f.held == nil {
		return true
	}
	x := *f.held // others have it too
	f.held, x.More, x.Rests = nil, more, rests
	f.left = !f.pass(x, nil)
	return !f.left
}

// catchUp reads for itself what is behind its place, in all registers, up to what is kept, and gives the place to go on from.
func (f *following) catchUp(ctx context.Context) (next uint64, err error) {
	select {
	case f.catching <- struct{}{}:
		defer func() { <-f.catching }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	f.mu.Lock()
	to, until := maps.Clone(f.at), f.until
	next = f.first + uint64(len(f.kept))
	f.mu.Unlock()
	var heads []eventstore.Head
	for group, n := range to {
		if n > 0 && f.Of(group) {
			heads = append(heads, eventstore.Head{Group: group, Number: n})
		}
	}
	from, err := f.places(ctx, heads, f.From)
	if err != nil {
		return 0, err
	}
	m := &merging{Together: f.Together, source: *f.Source, safe: f.safe(until)}
	m.source.Page = uint64(max(4, min(int(pageSize), heldTogether/max(len(heads), 1))))
	for _, h := range heads {
		if err := m.add(ctx, &course{group: h.Group, at: Place{Done: from[h.Group]}, to: h.Number}); err != nil {
			return 0, err
		}
	}
	for len(m.courses) > 0 && ctx.Err() == nil {
		x, err := m.next(ctx)
		if err != nil {
			return 0, err
		}
		if !f.send(x) {
			return 0, nil
		}
	}
	return next, ctx.Err()
}

// A merging brings the notices of several registers in order.
type merging struct {
	*Together
	source  Source // whose pages are so small that one of each register can be held
	safe    Mark
	courses []*course // a heap, by their first notices
}

// A course is what is still to come of one register.
type course struct {
	group domain.GroupID
	at    Place
	to    uint64
	found []Told // of which there is one at least while it is in the heap
}

func (m *merging) Len() int { return len(m.courses) }
func (m *merging) Less(i, j int) bool {
	return m.courses[i].found[0].Compare(m.courses[j].found[0].Mark) < 0
}
func (m *merging) Swap(i, j int) { m.courses[i], m.courses[j] = m.courses[j], m.courses[i] }

// Push implements heap.Interface.
func (m *merging) Push(x any) { m.courses = append(m.courses, x.(*course)) }

// Pop implements heap.Interface.
func (m *merging) Pop() any {
	last := m.courses[len(m.courses)-1]
	m.courses = m.courses[:len(m.courses)-1]
	return last
}

// add adds a register, if there is anything of it.
func (m *merging) add(ctx context.Context, c *course) error {
	if err := m.fill(ctx, c); err != nil || len(c.found) == 0 {
		return err
	}
	heap.Push(m, c)
	return nil
}

// next is the first notice of all.
func (m *merging) next(ctx context.Context) (*Told, error) {
	c := m.courses[0]
	x := c.found[0]
	if c.found = c.found[1:]; len(c.found) == 0 {
		if err := m.fill(ctx, c); err != nil {
			return nil, err
		}
	}
	if len(c.found) == 0 {
		heap.Pop(m)
	} else {
		heap.Fix(m, 0)
	}
	return &x, nil
}

// fill reads on in a register until there is a notice, or nothing more.
func (m *merging) fill(ctx context.Context, c *course) error {
	c.found = nil
	for len(c.found) == 0 && c.at.Done < c.to && ctx.Err() == nil {
		steps, err := m.source.After(ctx, c.group, c.at, false)
		if err != nil || len(steps) == 0 {
			c.at.Done = c.to
			return m.leftOut(c.group, err)
		}
		for i := range steps {
			if c.at.Done >= c.to {
				break
			}
			if err := m.tell(&steps[i], &c.found); err != nil {
				return err
			}
			c.at = steps[i].Behind
		}
	}
	place(c.found, m.safe)
	return ctx.Err()
}
