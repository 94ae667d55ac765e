package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"registre/domain"
	"registre/eventstore"
)

// ErrStreamLacks says that the stream no longer has events of a group that were signed for, or has others in their place. It
// comes in an *eventstore.DamageError.
var ErrStreamLacks = errors.New("the stream lacks events that were signed for")

// lacking says whether the stream has fewer events of a group than were signed for, and still does after a while.
func (s *Store) lacking(ctx context.Context, group domain.GroupID) error {
	for deadline := time.Now().Add(s.options.lossPause); ; {
		end, err := s.Store.Head(ctx, group)
		if err != nil {
			return err
		}
		s.mu.Lock()
		size := s.sizeOf(group)
		s.mu.Unlock()
		switch {
		case end.Number >= size:
			return nil
		case time.Now().After(deadline):
			return s.refuse(group, end.Number+1, ErrStreamLacks)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.options.lossPause / 10):
		}
	}
}

// refuse lets nothing more be written to a group.
func (s *Store) refuse(group domain.GroupID, number uint64, cause error) error {
	err := &eventstore.DamageError{Group: group, Number: number, Cause: cause}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.others.refused[group] == nil {
		s.log.Error("the stream lacks events that were signed for: the group is not written to", "group", group, "from", number)
	}
	s.others.refused[group] = err
	return err
}

// joinOthers holds the archive to its fence and to the stream, which others may have written to since; that is no damage.
func (s *Store) joinOthers(ctx context.Context, ends []eventstore.Head) error {
	if err := s.standAtFence(ctx); err != nil {
		return err
	}
	for deadline := time.Now().Add(s.options.lossPause); ; {
		lacking := s.lackingIn(ends)
		if len(lacking) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			for group, number := range lacking {
				_ = s.refuse(group, number, ErrStreamLacks) // that is kept, and given to whoever would write there
			}
			return nil
		}
		time.Sleep(s.options.lossPause / 10)
		var err error
		if ends, err = s.Store.Heads(ctx); err != nil {
			return err
		}
	}
}

// lackingIn gives the groups of which a stream with these ends lacks events, and their first.
func (s *Store) lackingIn(ends []eventstore.Head) map[domain.GroupID]uint64 {
	there, lacking := map[domain.GroupID]uint64{}, map[domain.GroupID]uint64{}
	for _, end := range ends {
		there[end.Group] = end.Number
	}
	for group, c := range s.groups {
		if there[group] < c.tree.size {
			lacking[group] = there[group] + 1
		}
	}
	return lacking
}

// Restore gives back to the stream what it lacks of a group that was signed for, under the guard: where it has other events, or
// gets some meanwhile, nothing is written and the error is ErrStreamLacks. It does nothing where the stream lacks nothing.
func (s *Store) Restore(ctx context.Context, group domain.GroupID) error {
	end, err := s.Store.Head(ctx, group)
	if err != nil {
		return err
	}
	s.mu.Lock()
	c, size := s.groups[group], s.sizeOf(group)
	s.mu.Unlock()
	if end.Number >= size {
		return s.takeUpGroup(ctx, group, end.Number, s.syncTaken)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err = s.meet(ctx, group, c, end.Number); err == nil {
		err = s.push(ctx, group, c, end.Number)
	}
	if errors.Is(err, eventstore.ErrOvertaken) || errors.Is(err, eventstore.ErrDamaged) {
		return s.refuse(group, max(end.Number, 1), fmt.Errorf("%w: %w", ErrStreamLacks, err))
	}
	return err
}
