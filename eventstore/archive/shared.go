package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
)

// Where several processes write to one stream, each that commits keeps an archive of its own, with its own key. The logs of
// the groups are then the same everywhere, since the stream has one order; how they were put into heads differs.
//
//	Write   first takes up what others have written to the group, as far as the append says that it ends
//	Sync    as alone; then the fence is moved to the checkpoint, and only then anybody is answered
//	behind  whatever others write is taken up, in large steps, and signed for as anything else
//
// What is taken up must follow on what is there: the last event that both copies have is compared first. A stream that lacks
// what was signed for is never filled up by itself, and nothing more is written to that group (ErrStreamLacks) until it has it
// again, or Restore has given it back. Reading gives what the archive has, and beyond that what the stream has.

// How others' events are taken up.
const (
	followPause = time.Second          // how long they may wait to be looked for, unless looking takes more than a tenth of that
	takenBytes  = 1 << 20              // of one group, that join at once
	takenSync   = 4 << 20              // bytes that are brought to the disk together
	lossPause   = 2 * time.Second      // how long a stream may lack events before that is believed: a leader may be a new one
	partingTime = 5 * time.Second      // for what was taken up, when the store is closed
	taken       = eventstore.MaxAppend // events that join at once
)

// others is what a store knows that is not alone.
type others struct {
	following sync.Mutex // held while all groups are taken up
	revision  uint64     // of the fence; guarded by Store.syncing

	// Guarded by Store.mu.
	met     map[domain.GroupID]bool  // whether the last event of both copies was compared since the opening
	refused map[domain.GroupID]error // why a group is not written to
}

// A Lag is by how much an archive is behind the stream that others write to as well.
type Lag struct {
	Events  uint64
	Groups  int
	Refused []*eventstore.DamageError // groups that are not written to: ErrStreamLacks
}

// Lag compares the archive's ends with the stream's. A store that is alone has none.
func (s *Store) Lag(ctx context.Context) (lag Lag, err error) {
	if s.others == nil {
		return lag, nil
	}
	ends, err := s.Store.Heads(ctx)
	if err != nil {
		return lag, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, end := range ends {
		if size := s.sizeOf(end.Group); end.Number > size {
			lag.Groups, lag.Events = lag.Groups+1, lag.Events+end.Number-size
		}
	}
	for _, group := range slices.Sorted(maps.Keys(s.others.refused)) {
		if damage := new(eventstore.DamageError); errors.As(s.others.refused[group], &damage) {
			lag.Refused = append(lag.Refused, damage)
		}
	}
	return lag, nil
}

// sizeOf gives where the log of a group ends. The caller holds s.mu.
func (s *Store) sizeOf(group domain.GroupID) uint64 {
	if c := s.groups[group]; c != nil {
		return c.tree.size
	}
	return 0
}

// writeShared is Write where others write too.
func (s *Store) writeShared(ctx context.Context, appends []eventstore.Append) []error {
	errs := make([]error, len(appends))
	sent := make([]eventstore.Append, 0, len(appends))
	index := make([]int, 0, len(appends))
	first := map[domain.GroupID]error{} // what the first append to each group met with
	for i, a := range appends {
		err, asked := first[a.Group]
		if !asked && a.Check() == nil {
			err = s.meetBefore(ctx, a)
			first[a.Group] = err
		}
		if errs[i] = err; err == nil {
			sent, index = append(sent, a), append(index, i)
		}
	}
	if len(sent) == 0 {
		return errs
	}
	for k, err := range s.write(ctx, sent) {
		if errors.Is(err, eventstore.ErrOvertaken) {
			err = cmp.Or(s.refusal(s.overtaken(ctx, sent[k])), err)
		}
		errs[index[k]] = err
	}
	return errs
}

// meetBefore takes up what a group has before an append, or says why the append must not be written.
func (s *Store) meetBefore(ctx context.Context, a eventstore.Append) error {
	s.mu.Lock()
	refused, size, met := s.others.refused[a.Group], s.sizeOf(a.Group), s.others.met[a.Group]
	s.mu.Unlock()
	if refused != nil {
		return s.refusal(refused)
	}
	if a.After <= size && (met || size == 0) {
		return nil
	}
	return s.refusal(s.takeUpGroup(ctx, a.Group, a.After, s.syncTaken))
}

// refusal is what keeps an append from being written.
func (s *Store) refusal(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", eventstore.ErrNotWritten, err)
}

// overtaken looks why an append was overtaken: by somebody else, as a rule; or because the stream has lost what it followed on.
func (s *Store) overtaken(ctx context.Context, a eventstore.Append) error {
	s.mu.Lock()
	atEnd := a.After == s.sizeOf(a.Group)
	s.mu.Unlock()
	if !atEnd {
		return nil
	}
	if err := s.lacking(ctx, a.Group); errors.Is(err, ErrStreamLacks) {
		return err
	}
	return nil
}

// resolveShared takes up what may have been written without having been acknowledged. The caller holds s.syncing.
func (s *Store) resolveShared(ctx context.Context) error {
	s.mu.Lock()
	doubtful := maps.Clone(s.doubtful)
	s.mu.Unlock()
	for group, after := range doubtful {
		var end eventstore.Head
		err := s.patiently(ctx, func() (done bool, err error) {
			if end, err = s.Store.Head(ctx, group); err == nil {
				err = s.takeUpGroup(ctx, group, end.Number, nil)
			}
			return errors.Is(err, eventstore.ErrDamaged) || errors.Is(err, eventstore.ErrClosed), err
		})
		switch {
		case errors.Is(err, ErrStreamLacks):
		case err != nil:
			return err
		case end.Number > after:
			s.mu.Lock()
			if s.doubtful[group] == after {
				delete(s.doubtful, group)
			}
			s.mu.Unlock()
		}
	}
	return nil
}
