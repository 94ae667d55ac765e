package archive

import (
	"cmp"
	"context"
	"slices"

	"registre/domain"
	"registre/eventstore"
)

// headShared is Head where others write too: the stream's end, or the archive's where an answer of the stream is out of date.
func (s *Store) headShared(ctx context.Context, group domain.GroupID) (eventstore.Head, error) {
	if err := s.readableNow(ctx); err != nil {
		return eventstore.Head{Group: group}, err
	}
	end, err := s.Store.Head(ctx, group)
	if err != nil {
		return end, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endOf(end), nil
}

// endOf gives where reading a group ends, whose end in the stream is given. What the stream has beyond a gap, or in the place of
// what was signed for, is not read. The caller holds s.mu.
func (s *Store) endOf(end eventstore.Head) eventstore.Head {
	size := s.sizeOf(end.Group)
	if s.others.refused[end.Group] != nil {
		end.Number = size
	}
	end.Number = max(end.Number, size)
	return end
}

// headsShared is Heads where others write too.
func (s *Store) headsShared(ctx context.Context) ([]eventstore.Head, error) {
	if err := s.readableNow(ctx); err != nil {
		return nil, err
	}
	heads, err := s.Store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	there := map[domain.GroupID]bool{}
	for i, end := range heads {
		heads[i], there[end.Group] = s.endOf(end), true
	}
	for group, c := range s.groups {
		if c.tree.size > 0 && !there[group] {
			heads = append(heads, eventstore.Head{Group: group, Number: c.tree.size})
		}
	}
	slices.SortFunc(heads, func(a, b eventstore.Head) int { return cmp.Compare(a.Group, b.Group) })
	return heads, nil
}

func (s *Store) readableNow(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readable(ctx)
}

// readShared gives the events of a group beyond a number and up to another: those that the archive has from there, the
// others from the stream. It reports whether the caller wants more.
func (s *Store) readShared(ctx context.Context, end eventstore.Head, after uint64, yield func(eventstore.Record, error) bool) (more bool, err error) {
	c, err := s.snapshot(ctx, end.Group)
	if err != nil {
		return false, err
	}
	if c != nil && after < c.end {
		c.end = min(c.end, end.Number)
		if more, err := s.read(ctx, c, after, yield); err != nil || !more {
			return more, err
		}
		after = max(after, c.end)
	}
	if after >= end.Number {
		return true, nil
	}
	for r, err := range s.Store.Read(ctx, end.Group, after) {
		if err != nil {
			return false, err
		}
		if r.Number > end.Number {
			break
		}
		if !yield(r, nil) {
			return false, nil
		}
	}
	return true, nil
}
