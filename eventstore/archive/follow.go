package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"registre/domain"
	"registre/eventstore"
)

// takeUpGroup takes into the log of a group what the stream has beyond it, up to a number, having compared the last event
// that both have. often is called when much has been taken; nil for not at all.
func (s *Store) takeUpGroup(ctx context.Context, group domain.GroupID, upTo uint64, often func() error) error {
	size, last, err := s.lastLeaf(group)
	if err != nil {
		return err
	}
	t := taking{store: s, group: group, size: size, met: size == 0, often: often}
	for r, err := range s.Store.Read(ctx, group, size-min(size, 1)) {
		switch {
		case err != nil:
			return err
		case r.Number == size && LeafHash(r.Body) != last:
			return s.refuse(group, size, ErrStreamLacks)
		case r.Number == size:
			t.met = true
		case r.Number > max(upTo, size):
			return t.end(ctx)
		default:
			err = t.take(r.Body)
		}
		if err != nil {
			return err
		}
		if r.Number >= upTo {
			break
		}
	}
	return t.end(ctx)
}

// lastLeaf gives where the log of a group ends, and its last leaf.
func (s *Store) lastLeaf(group domain.GroupID) (size uint64, last Hash, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groups[group]
	if c == nil || c.tree.size == 0 {
		return 0, last, nil
	}
	last, err = c.hashes().Hash(0, c.tree.size-1)
	return c.tree.size, last, err
}

// A taking is what is read of a group to be taken up.
type taking struct {
	store  *Store
	group  domain.GroupID
	size   uint64 // of the group, with what has joined
	met    bool   // the last event that both copies have is the same, or there is none
	bodies [][]byte
	bytes  int
	often  func() error
}

func (t *taking) take(body []byte) error {
	t.bodies, t.bytes = append(t.bodies, body), t.bytes+len(body)
	if len(t.bodies) < taken && t.bytes < takenBytes {
		return nil
	}
	if err := t.join(); err != nil || t.often == nil {
		return err
	}
	return t.often()
}

// join lets what was read join the log of the group, unless it is there meanwhile. No append of our own is on its way then.
func (t *taking) join() error {
	s := t.store
	after, bodies := t.size, t.bodies
	t.size, t.bodies, t.bytes = t.size+uint64(len(bodies)), nil, 0
	a := eventstore.Append{Group: t.group, After: after, Bodies: bodies}
	hashes := leafHashes([]eventstore.Append{a})[0]
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.chainOf(t.group)
	if err = errors.Join(s.broken, err); err != nil || len(bodies) == 0 {
		return err
	}
	if there := min(c.tree.size-after, uint64(len(bodies))); there < uint64(len(bodies)) {
		a.After, a.Bodies = after+there, bodies[there:]
		s.enter(c, a, hashes[there:])
	}
	return nil
}

// end lets the rest join. A stream that does not have the last event of the log has lost it.
func (t *taking) end(ctx context.Context) error {
	s := t.store
	if !t.met {
		return s.lacking(ctx, t.group)
	}
	if err := t.join(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others.met[t.group] = true
	delete(s.others.refused, t.group)
	return nil
}

// syncTaken brings to the disk what was taken up, when it is much, and lets it be cut into tiles before more is read.
func (s *Store) syncTaken() error {
	s.mu.Lock()
	much, cut := len(s.frame) >= takenSync, s.pending >= s.options.CutAfter
	s.mu.Unlock()
	if !much {
		return nil
	}
	err := s.Sync(context.Background())
	if err == nil && cut {
		err = s.Cut(context.Background())
	}
	return err
}

// TakeUp takes up what others have written until now, to all groups, and signs for it. Groups that cannot be taken up
// keep no other from it; their error is given in the end. It does nothing where the store is alone.
func (s *Store) TakeUp(ctx context.Context) error {
	if s.others == nil {
		return nil
	}
	s.others.following.Lock()
	defer s.others.following.Unlock()
	ends, err := s.Store.Heads(ctx)
	if err != nil {
		return fmt.Errorf("taking up what others have written: %w", err)
	}
	var damaged []error
	for group, number := range s.behind(ends) {
		err := s.takeUpGroup(ctx, group, number, s.syncTaken)
		switch {
		case errors.Is(err, ErrStreamLacks):
			damaged = append(damaged, err)
		case err != nil:
			return fmt.Errorf("taking up what others have written to %s: %w", group, err)
		}
	}
	return errors.Join(s.Sync(context.WithoutCancel(ctx)), errors.Join(damaged...))
}

// behind gives the groups that have to be looked at, and up to where: those that end elsewhere than in the stream, and those
// that are refused.
func (s *Store) behind(ends []eventstore.Head) map[domain.GroupID]uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	there, behind := map[domain.GroupID]uint64{}, map[domain.GroupID]uint64{}
	for _, end := range ends {
		there[end.Group] = end.Number
		if end.Number != s.sizeOf(end.Group) {
			behind[end.Group] = end.Number
		}
	}
	for group, c := range s.groups {
		if there[group] < c.tree.size || s.others.refused[group] != nil {
			behind[group] = there[group]
		}
	}
	return behind
}

// followOthers takes up what others write, again and again, until the store is closed.
func (s *Store) followOthers() {
	ctx, stop := context.WithCancel(context.Background())
	go func() { <-s.closing; stop() }()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for failing := false; ; {
		select {
		case <-s.closing:
			return
		case <-timer.C:
		}
		begun := time.Now()
		err := s.TakeUp(ctx)
		if failed := err != nil && ctx.Err() == nil; failed != failing {
			failing = failed
			s.log.Warn("taking up what others have written", "failing", failing, "cause", err)
		}
		timer.Reset(max(s.options.FollowAfter, 10*time.Since(begun)))
	}
}

// part brings to the disk what was taken up and not yet signed for. It matters to nobody who was answered: where the server is
// away, it is taken up again at the next opening.
func (s *Store) part() {
	s.mu.Lock()
	nothing := s.others == nil || s.frame == nil || s.broken != nil
	s.mu.Unlock()
	if nothing {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), partingTime)
	defer cancel()
	if err := s.Sync(ctx); err != nil {
		s.log.Warn("what others have written is taken up at the next opening", "cause", err)
	}
}
