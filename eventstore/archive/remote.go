package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

	"registre/domain"
	"registre/eventstore"
)

// A remote is a log at a source, held to one checkpoint. Nothing of it is believed, kept or given on that does not lead to the
// checkpoint's root: tiles are checked from the top down, each against the one above it, and entries against the tiles. So
// it is known at once which file is at fault, and no more bytes come to the disk than were signed for.
//
// What was fetched and found right is written under names that nobody looks for; see Log. A remote is for one goroutine,
// save where it says otherwise.
type remote struct {
	*Mirror
	ctx    context.Context // of the one update that it is made for
	group  domain.GroupID  // "" for the log of heads
	dir    string          // below the archive's folder, with slashes
	to     *Log            // the copy
	at     Checkpoint
	signed []byte
	held   Checkpoint // what the copy was published at
	was    []byte     // the same, signed; nil for none
	again  bool       // files that the copy has are fetched all the same

	edge [tileLevels][]Hash // of the partial tiles, which lead to the root together
	seen [tileLevels]struct {
		index  uint64
		hashes []Hash
	}

	mu     sync.Mutex // guards what follows
	x      *Extension
	staged map[string]bool
}

// remote is a log at the source, at the checkpoint that stands there now.
func (u *updating) remote(group domain.GroupID, dir, origin string) (*remote, error) {
	r := &remote{Mirror: u.Mirror, ctx: u.ctx, group: group, dir: dir, to: u.log(dir, origin), again: u.look == Everything}
	r.begin()
	var err error
	if r.held, r.was, err = r.to.Checkpoint(); errors.Is(err, fs.ErrNotExist) {
		r.held, err = Checkpoint{Origin: origin, Root: emptyRoot}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the copy in %s: %w", u.dir, err)
	}
	r.signed, err = r.file(checkpointPath, MaxSigned)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, r.alarm(checkpointPath, 0, errMissing, nil)
	case errors.Is(err, ErrMalformed):
		return r, r.alarm(checkpointPath, 0, err, nil)
	case err != nil:
		return nil, err
	}
	if group == "" {
		r.at, _, _, err = u.keys.Signer(r.signed)
	} else {
		r.at, _, err = OpenCheckpoint(r.signed, origin, u.ring)
	}
	if err != nil {
		return r, r.alarm(checkpointPath, 0, err, r.signed)
	}
	return r, nil
}

// begin begins to gather files that are to land.
func (r *remote) begin() {
	r.x, r.staged = &Extension{log: r.to, folders: map[string]bool{}}, map[string]bool{}
}

// file gets a file of the log.
func (r *remote) file(name string, most int64) ([]byte, error) {
	return r.from.Get(r.ctx, path.Join(r.dir, name), most)
}

// alarm is one at a file of the log; the number is of the first event, or head, that is touched.
func (r *remote) alarm(name string, number uint64, cause error, received []byte) *Alarm {
	return &Alarm{
		Finding: Finding{Copy: InSource, File: path.Join(r.dir, name), Group: r.group, Number: number, Cause: cause},
		Held:    r.was, Signed: r.signed, Received: received,
	}
}

// Hash implements [Hashes]. What it gives leads to the root.
func (r *remote) Hash(level int, index uint64) (Hash, error) {
	if index >= r.at.Size>>level {
		return Hash{}, fmt.Errorf("%w: a tree of %d leaves has no node %d at level %d", ErrNotProven, r.at.Size, index, level)
	}
	up := level % tileHeight
	first := index << up
	hashes, err := r.hashes(level/tileHeight, first>>tileHeight)
	if err != nil {
		return Hash{}, err
	}
	at := first % tileWidth
	return fold(hashes[at : at+1<<up]), nil
}

// hashes gives a tile, after those above it.
func (r *remote) hashes(level int, index uint64) ([]Hash, error) {
	t := tileOf(level, index, r.at.Size)
	if t.width < tileWidth {
		return r.edge[level], nil
	}
	seen := &r.seen[level]
	if seen.hashes != nil && seen.index == index {
		return seen.hashes, nil
	}
	root, err := r.Hash(t.span(), index)
	if err != nil {
		return nil, err
	}
	hashes, err := r.tile(t, root)
	if err != nil {
		return nil, err
	}
	seen.index, seen.hashes = index, hashes
	return hashes, nil
}

// tile gets a full tile of which the root is known. Several goroutines may call it at once.
func (r *remote) tile(t tile, root Hash) (hashes []Hash, err error) {
	err = r.settle(t, func(file []byte) error {
		if hashes, err = parseTile(file, t.width); err != nil {
			return &LeafError{t.first(), err}
		}
		if fold(hashes) != root {
			return &LeafError{t.first(), errDifferent}
		}
		return nil
	})
	return hashes, err
}

// bundle gets the entries of which the hashes are known. Several goroutines may call it at once.
func (r *remote) bundle(index uint64, hashes []Hash) error {
	t := tileOf(entries, index, r.at.Size)
	return r.settle(t, func(file []byte) error { return checkBundle(t, file, hashes) })
}

// checkBundle says, as a *LeafError, which entry of a bundle is not the one with that hash.
func checkBundle(t tile, file []byte, hashes []Hash) error {
	bodies, err := parseBundle(nil, file, t.width)
	if at := new(bundleError); errors.As(err, &at) {
		return &LeafError{t.first() + uint64(at.entry), err}
	}
	for i, body := range bodies {
		if LeafHash(body) != hashes[i] {
			return &LeafError{t.first() + uint64(i), errNotInTree}
		}
	}
	return nil
}

// settle gets a file that holds, from the copy where it has it, and otherwise from the source, to be landed. What does not
// hold there is an *Alarm. Several goroutines may call it at once; some of them wait, so that only so many files are in memory.
func (r *remote) settle(t tile, holds func(file []byte) error) error {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
	if !r.again && r.have(t, holds) {
		return nil
	}
	file, err := r.get(t)
	if err != nil {
		return err
	}
	if err := holds(file); err != nil {
		number, at := t.first()+1, new(LeafError)
		if errors.As(err, &at) {
			number, err = at.Index+1, at.Cause
		}
		return r.alarm(t.path(), number, err, file)
	}
	return r.stage(t, file)
}

// have says whether the copy has a file that holds, in its place or on its way there.
func (r *remote) have(t tile, holds func([]byte) error) bool {
	name := t.path()
	if file, err := readFile(nil, r.to.at(name)); err == nil && holds(file) == nil {
		r.name(name)
		return true
	}
	if file, err := readFile(nil, r.to.at(name)+tempSuffix); err == nil && holds(file) == nil {
		r.land(name)
		return true
	}
	return false
}

// stage writes a file that is to land, unless it is there.
func (r *remote) stage(t tile, file []byte) error {
	name := t.path()
	if there, err := readFile(nil, r.to.at(name)); err == nil && slices.Equal(there, file) {
		r.name(name)
		return nil
	}
	if err := r.to.writeTemp(name, file); err != nil {
		return fmt.Errorf("the copy in %s: %w", r.Mirror.dir, err)
	}
	r.files.Add(1)
	r.bytes.Add(int64(len(file)))
	r.land(name)
	return nil
}

func (r *remote) land(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.x.name(name)
	if !r.staged[name] {
		r.staged[name] = true
		r.x.staged = append(r.x.staged, name)
	}
}

func (r *remote) name(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.x.name(name)
}

// get gets the file of a tile. Where it has gone, since the log has grown, the beginning of a wider one is the same.
func (r *remote) get(t tile) ([]byte, error) {
	missing := r.alarm(t.path(), t.first()+1, errMissing, nil)
	file, err := r.getAs(t, t)
	if !errors.Is(err, fs.ErrNotExist) || t.width == tileWidth {
		return file, told(err, missing)
	}
	file, err = r.getAs(t, t.whole())
	if !errors.Is(err, fs.ErrNotExist) {
		return file, told(err, missing)
	}
	signed, err := r.file(checkpointPath, MaxSigned)
	if err != nil {
		return nil, told(err, missing)
	}
	now, err := UnverifiedCheckpoint(signed)
	wider := tileOf(t.level, t.index, now.Size)
	if err != nil || wider.width <= t.width {
		return nil, missing
	}
	file, err = r.getAs(t, wider)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMoved
	}
	return file, told(err, missing)
}

// told makes an alarm of what a source says of a file.
func told(err error, missing *Alarm) error {
	switch {
	case errors.Is(err, ErrMalformed):
		alarm := *missing
		alarm.Cause = err
		return &alarm
	case errors.Is(err, fs.ErrNotExist):
		return missing
	}
	return err
}

// getAs gets a tile from the file of one that is as wide or wider.
func (r *remote) getAs(t, wide tile) ([]byte, error) {
	if t.level != entries {
		file, err := r.file(wide.path(), int64(wide.width*len(Hash{})))
		if err != nil {
			return nil, err
		}
		if wide != t && len(file) == wide.width*len(Hash{}) {
			file = file[:t.width*len(Hash{})]
		}
		return file, nil
	}
	file, err := r.file(wide.path(), int64(wide.width*(lengthBytes+eventstore.MaxBody)))
	if err != nil || wide == t {
		return file, err
	}
	bodies, err := parseBundle(nil, file, wide.width)
	if err != nil {
		return nil, err
	}
	var narrow []byte
	for _, body := range bodies[:t.width] {
		narrow = appendEntry(narrow, body)
	}
	return narrow, nil
}
