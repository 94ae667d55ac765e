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

// ErrStreamLacks says that the stream no longer has events of a group that were signed for, or has others in their place. It
// comes in an *eventstore.DamageError.
var ErrStreamLacks = errors.New("the stream lacks events that were signed for")

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
