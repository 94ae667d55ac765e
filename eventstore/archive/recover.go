package archive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"registre/domain"
	"registre/eventstore"
)

// Why an archive cannot be opened.
var (
	// ErrNoArchive says that there are events and no archive of them.
	ErrNoArchive = errors.New("the archive is not there")
	// ErrOtherKey says that the archive is signed with another key than the one that was given.
	ErrOtherKey = errors.New("the archive belongs to another key")
)

// Open opens the archive in dir beside another store, which from then on belongs to it, and begins one where neither has
// anything. When it returns both copies hold the same events, durably, under a signed checkpoint.
//
// Every step is one of normal work. The tail is taken up record by record, as it was written; what the other store has
// beyond the archive is taken into it, as by Write; what it lacks is written to it. Such a difference is what a cut in the
// midst of a commit leaves; it is said to the log.
//
// Its errors: ErrNoArchive, ErrOtherKey, a *DamageError, and what the file system and the other store give. Then the other
// store is still the caller's.
func Open(ctx context.Context, dir string, key *Key, other eventstore.Store, options Options) (*Store, error) {
	s := &Store{
		Store: other, dir: dir, origin: key.Name(), key: key, ring: keyring{key.PublicKey},
		log: cmp.Or(options.Logger, slog.New(slog.DiscardHandler)), options: options, disk: *cmp.Or(options.disk, &thisDisk),
		groups: map[domain.GroupID]*chain{}, doubtful: map[domain.GroupID]uint64{},
		due: make(chan struct{}, 1), fresh: make(chan struct{}, 1), closing: make(chan struct{}),
	}
	s.options.CutAfter = cmp.Or(options.CutAfter, defaultCutAfter)
	s.cutAfter = s.options.CutAfter
	if options.Shared {
		s.others = &others{met: map[domain.GroupID]bool{}, refused: map[domain.GroupID]error{}}
		s.options.FollowAfter = cmp.Or(options.FollowAfter, followPause)
		s.options.lossPause = cmp.Or(options.lossPause, lossPause)
	}
	err := s.open(ctx)
	if f, ok := other.(flusher); ok && err == nil && f.Flushes(filepath.Join(dir, tailDir)) {
		s.flusher = f
	}
	if err == nil {
		err = s.finish(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the archive in %s: %w", dir, err)
	}
	s.cutter.Go(s.cutBehind)
	if s.others != nil {
		s.cutter.Go(s.followOthers)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	ends, err := s.Store.Heads(ctx)
	if err != nil {
		return err
	}
	fresh := len(ends) == 0
	if s.others != nil {
		if fresh, err = s.openFence(ctx); err != nil {
			return err
		}
	}
	if err := s.prepare(fresh); err != nil {
		return err
	}
	if s.heads, err = s.openChain(headsDir, s.origin); err != nil {
		return err
	}
	s.signed, s.at = s.heads.was, s.heads.published.size
	if err := s.takeWitnessed(); err != nil {
		return err
	}
	if err := s.openGroups(); err != nil {
		return err
	}
	if err := s.takeUpTail(); err != nil {
		return err
	}
	if err := s.openNewest(); err != nil {
		return err
	}
	level := s.reconcile
	if s.others != nil {
		level = s.joinOthers
	}
	if err := level(ctx, ends); err != nil {
		return err
	}
	return s.noteNewest(s.signed)
}

// prepare makes the folder where there is nothing yet, and looks at whose it is.
func (s *Store) prepare(empty bool) error {
	path := filepath.Join(s.dir, publicKey)
	text, err := readMost(path, maxKeyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && empty:
		return s.create(path)
	case errors.Is(err, fs.ErrNotExist):
		return ErrNoArchive
	case err != nil:
		return err
	}
	if err := s.chooseKey(text); err != nil {
		return err
	}
	if !s.ring.named(text) {
		return fmt.Errorf("%w: %.200q, not %q", ErrOtherKey, text, FormatPublicKey(s.key.PublicKey))
	}
	return nil
}

// create makes an empty archive; the public key comes last, so that one that has it is whole.
func (s *Store) create(path string) error {
	for _, name := range []string{headsDir, groupsDir, tailDir} {
		if err := s.disk.mkdir(filepath.Join(s.dir, name)); err != nil {
			return err
		}
	}
	temp := path + tempSuffix
	if err := s.disk.write(temp, []byte(FormatPublicKey(s.key.PublicKey)+"\n")); err != nil {
		return err
	}
	l := landing{disk: s.disk, temps: []string{temp}, finals: []string{path}, folders: []string{s.dir, filepath.Dir(filepath.Clean(s.dir))}}
	if err := l.sync(l.temps); err != nil {
		return err
	}
	return l.rename()
}

// openGroups takes up the log of every group that has one.
func (s *Store) openGroups() error {
	entries, err := os.ReadDir(filepath.Join(s.dir, groupsDir))
	if err != nil {
		return &DamageError{Path: groupsDir, Cause: err}
	}
	for _, entry := range entries {
		if !domain.ValidID(entry.Name()) || !entry.IsDir() {
			return &DamageError{Path: groupsDir + "/" + entry.Name(), Cause: errDifferent}
		}
		if _, err := s.chainOf(domain.GroupID(entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// takeUpTail replays what was committed and not yet cut, and begins a segment behind it.
func (s *Store) takeUpTail() error {
	numbers, err := segmentsIn(s.dir)
	if err != nil {
		return err
	}
	last := uint64(0)
	for i, number := range numbers {
		if err := s.takeUp(number, i == len(numbers)-1); err != nil {
			return err
		}
		last = number
	}
	if err := s.reaches(); err != nil {
		return err
	}
	if s.segment, err = newSegment(s.disk, s.dir, last+1); err != nil || s.at > s.heads.published.size || len(s.old) == 0 {
		return err
	}
	if err := s.syncCheckpoints(); err != nil {
		return err
	}
	old := s.old // in which nothing is that is not published
	s.old = nil
	return dropAll(old)
}

// syncCheckpoints makes durable that they stand where they do: whoever published them may have been killed before he had.
func (s *Store) syncCheckpoints() error {
	l := landing{disk: s.disk}
	for _, c := range s.groups {
		if c.was != nil {
			l.publish(c.log)
		}
	}
	l.publish(s.heads.log)
	return l.sync(l.folders)
}

// takeUp replays one segment. Only the last one can have been cut off in the midst of a record.
func (s *Store) takeUp(number uint64, last bool) error {
	path := segmentPath(s.dir, number)
	name := filepath.ToSlash(filepath.Join(tailDir, filepath.Base(path)))
	records, end, whole, err := readSegment(path)
	if err != nil {
		return unread(name, uint64(len(records)), err)
	}
	for i, r := range records {
		if err := s.replay(r, i == len(records)-1); err != nil {
			return &DamageError{Path: name, Index: uint64(i), Cause: err}
		}
	}
	if !whole && !last {
		return &DamageError{Path: name, Index: uint64(len(records)), Cause: fmt.Errorf("%w: the segment ends at byte %d", ErrMalformed, end)}
	}
	if !whole {
		s.log.Warn("the end of the tail was cut off in the midst of a record", "file", path, "at", end)
	}
	segment, err := reopenSegment(s.disk, s.dir, number, end)
	if err == nil {
		s.old = append(s.old, segment)
	}
	return err
}

// replay takes up a record. Whatever of it is published already is left; the rest must lead to the checkpoint that closes
// it. Its signature is checked where it is the last, since the log of heads vouches for those before it.
func (s *Store) replay(r record, last bool) error {
	at, err := UnverifiedCheckpoint(r.signed)
	if err == nil && last {
		at, _, err = OpenCheckpoint(r.signed, s.origin, s.ring)
	}
	if err != nil {
		return err
	}
	var touched []*chain
	var sizes []uint64
	for _, a := range r.appends {
		c, size, err := s.replayAppend(a)
		if err != nil {
			return err
		}
		if !c.touched {
			c.touched, touched, sizes = true, append(touched, c), append(sizes, 0)
		}
		for i := range touched {
			if touched[i] == c {
				sizes[i] = size
			}
		}
	}
	return s.replayHeads(at, r.signed, touched, sizes)
}

// replayAppend takes up what of an append is not published, and gives the size of its log behind it.
func (s *Store) replayAppend(a eventstore.Append) (c *chain, size uint64, err error) {
	if c, err = s.chainOf(a.Group); err != nil {
		return nil, 0, err
	}
	size = a.After + uint64(len(a.Bodies))
	if a.After > c.tree.size {
		return nil, 0, fmt.Errorf("%w: %s has no events from %d to %d", ErrMalformed, a.Group, c.tree.size+1, a.After)
	}
	for i, body := range a.Bodies {
		if a.After+uint64(i) == c.tree.size {
			c.append(body)
		}
	}
	return c, size, nil
}

// replayHeads takes up the heads of a record.
func (s *Store) replayHeads(at Checkpoint, signed []byte, touched []*chain, sizes []uint64) error {
	first := at.Size - min(at.Size, uint64(len(touched)))
	for i, c := range touched {
		c.touched = false
		if first+uint64(i) < s.heads.tree.size {
			continue // it is published, and perhaps not the newest of those that are
		}
		c.head = head{size: sizes[i], index: first + uint64(i)}
		c.kept = c.head
		tree, err := treeOf(c.hashes(), 0, sizes[i])
		if err != nil {
			return err
		}
		s.heads.append(Checkpoint{Origin: c.log.origin, Size: sizes[i], Root: tree.Root()}.Text())
	}
	if at.Size < s.heads.tree.size {
		return nil
	}
	if s.heads.checkpoint() != at {
		return fmt.Errorf("%w: the record does not lead to its checkpoint", ErrNotProven)
	}
	s.signed, s.at = signed, at.Size
	return nil
}

// reconcile brings both copies to the same ends.
func (s *Store) reconcile(ctx context.Context, ends []eventstore.Head) error {
	there := map[domain.GroupID]uint64{}
	for _, end := range ends {
		there[end.Group] = end.Number
		if _, err := s.chainOf(end.Group); err != nil {
			return err
		}
	}
	for group, c := range s.groups {
		if err := s.level(ctx, group, c, there[group]); err != nil {
			return fmt.Errorf("bringing both copies of %s to the same end: %w", group, err)
		}
	}
	return s.Sync(ctx)
}

// level brings both copies of a group to the same end, where they do not have it. Before that, the last event that both have
// must be the same: the other store counts what it has, and would count wrongly if something before it had gone.
func (s *Store) level(ctx context.Context, group domain.GroupID, c *chain, number uint64) error {
	if number == c.tree.size {
		return nil
	}
	if err := s.meet(ctx, group, c, min(number, c.tree.size)); err != nil {
		return err
	}
	if number > c.tree.size {
		s.log.Warn("the archive lacks events: they are taken from the stream", "group", group, "from", c.tree.size+1, "to", number)
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.catchUp(ctx, group, number)
	}
	s.log.Warn("the stream lacks events: they are taken from the archive", "group", group, "from", number+1, "to", c.tree.size)
	return s.push(ctx, group, c, number)
}

// meet says whether both copies have the same event at a number.
func (s *Store) meet(ctx context.Context, group domain.GroupID, c *chain, number uint64) error {
	if number == 0 {
		return nil
	}
	var here, there []byte
	all := &snapshot{group: group, log: c.log, published: c.published, bodies: c.bodies, end: number}
	_, err := s.read(ctx, all, number-1, func(r eventstore.Record, _ error) bool { here = r.Body; return false })
	if err != nil {
		return err
	}
	for r, err := range s.Store.Read(ctx, group, number-1) {
		if err != nil {
			return err
		}
		there = r.Body
		break
	}
	if !bytes.Equal(here, there) {
		return fmt.Errorf("%w: the stream's event %d is not the one that was signed for", eventstore.ErrDamaged, number)
	}
	return nil
}

// pushed bounds the events that are written to the other store at once.
const pushed = 256

// push writes to the other store what it lacks of a group, read as everybody reads it: held to the tree.
func (s *Store) push(ctx context.Context, group domain.GroupID, c *chain, after uint64) error {
	a := eventstore.Append{Group: group, After: after}
	flush := func() error {
		if len(a.Bodies) == 0 {
			return nil
		}
		err := s.Store.Write(ctx, []eventstore.Append{a})[0]
		a = eventstore.Append{Group: group, After: a.After + uint64(len(a.Bodies))}
		return err
	}
	var failed error
	all := &snapshot{group: group, log: c.log, published: c.published, bodies: c.bodies, end: c.tree.size}
	_, err := s.read(ctx, all, after, func(r eventstore.Record, _ error) bool {
		if a.Bodies = append(a.Bodies, r.Body); len(a.Bodies) == pushed {
			failed = flush()
		}
		return failed == nil
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	return flush()
}

// mend writes the published files of a group anew from the other store, whose events are checked against the checkpoint
// before anything is replaced.
func (s *Store) mend(ctx context.Context, group domain.GroupID, c *chain) error {
	at, _, err := OpenCheckpoint(c.was, c.log.origin, s.ring)
	if err != nil {
		return err
	}
	var failed error
	x, differ, err := c.log.Mend(at, func(yield func([]byte) bool) {
		for r, err := range s.Store.Read(ctx, group, 0) {
			if failed = err; err != nil || r.Number > at.Size || !yield(r.Body) {
				return
			}
		}
	})
	if err := errors.Join(failed, err); err != nil {
		return fmt.Errorf("mending %s: %w", group, err)
	}
	s.log.Warn("files of the archive were damaged and are written anew from the stream", "group", group, "files", differ)
	return x.Land()
}
