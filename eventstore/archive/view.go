package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"registre/eventstore"
)

// A View reads a log as it was at a size, from the files that a reader of the checkpoint of that size looks for. Where a
// partial file has gone since, the full one stands in for it (C2SP tlog-tiles, "Partial Tiles").
//
// It gives what the files say. Whether they say the truth is for who holds a checkpoint: see [Log.Check], or compare
// with its root. Damage that shows without a checkpoint is a *DamageError.
//
// A View remembers tiles, and is not for several goroutines at once; make one for each.
type View struct {
	log  *Log
	size uint64
	file []byte               // that a tile was read into
	seen [tileLevels]struct { // the last tile that was read at each level
		tile
		hashes []Hash // nil for none
		room   []Hash // in which they are
	}
}

// At views the log at a size that was published, or has landed.
func (l *Log) At(size uint64) *View { return &View{log: l, size: size} }

// adopt takes over what another view, which is not used any more, was read into.
func (v *View) adopt(other *View) {
	v.file = other.file
	for level := range other.seen {
		v.seen[level].room = other.seen[level].room
	}
}

// Size is the number of leaves.
func (v *View) Size() uint64 { return v.size }

// Tree is the tree of the view, by the tiles of its right edge.
func (v *View) Tree() (Tree, error) { return v.TreeAt(v.size) }

// TreeAt is the tree that it was at a smaller size.
func (v *View) TreeAt(size uint64) (Tree, error) {
	if size > v.size {
		return Tree{}, fmt.Errorf("%w: a tree of %d leaves was never one of %d", ErrNotProven, v.size, size)
	}
	return treeOf(v, 0, size)
}

// Hash implements [Hashes].
func (v *View) Hash(level int, index uint64) (Hash, error) {
	if index >= v.size>>level {
		return Hash{}, fmt.Errorf("%w: a tree of %d leaves has no node %d at level %d", ErrNotProven, v.size, index, level)
	}
	up := level % tileHeight
	from := index << up
	hashes, err := v.hashes(level/tileHeight, from>>tileHeight)
	if err != nil {
		return Hash{}, err
	}
	at := from % tileWidth
	return fold(hashes[at : at+1<<up]), nil
}

// hashes gives a tile. It counts until another of the same level is asked for.
func (v *View) hashes(level int, index uint64) ([]Hash, error) {
	seen := &v.seen[level]
	t := tileOf(level, index, v.size)
	if seen.hashes != nil && seen.tile == t {
		return seen.hashes, nil
	}
	var found tile
	var err error
	if v.file, found, err = v.log.readTile(v.file, t); err != nil {
		return nil, err
	}
	seen.hashes = nil
	hashes, err := parseTileInto(seen.room, v.file, found.width)
	if err != nil {
		return nil, &DamageError{Path: found.path(), Index: found.first(), Cause: err}
	}
	seen.tile, seen.hashes, seen.room = t, hashes[:t.width], hashes
	return seen.hashes, nil
}

// Entries gives the bodies of the leaves from from up to to, which must not be beyond the size of the view. A bundle is read
// in one piece and looked through before its first entry is given; the bodies are parts of it, and are not overwritten:
// the caller may keep and must not change them. The reading stops at the first error.
func (v *View) Entries(from, to uint64) iter.Seq2[[]byte, error] { return v.read(from, to, false) }

// Scan is Entries for who keeps nothing: a body is overwritten when the next is taken. It needs no memory, and with large
// logs a fraction of the time.
func (v *View) Scan(from, to uint64) iter.Seq2[[]byte, error] { return v.read(from, to, true) }

func (v *View) read(from, to uint64, reuse bool) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if from > to || to > v.size {
			yield(nil, fmt.Errorf("%w: a log of %d leaves has none from %d to %d", ErrNotProven, v.size, from, to))
			return
		}
		var bodies [][]byte
		var file []byte
		for at := from; at < to; {
			if !reuse {
				file = nil
			}
			var err error
			if bodies, file, err = v.bundle(bodies[:0], file, at>>tileHeight); err != nil {
				yield(nil, err)
				return
			}
			for last := min(to, (at>>tileHeight+1)<<tileHeight); at < last; at++ {
				if !yield(bodies[at%tileWidth], nil) {
					return
				}
			}
		}
	}
}

// bundle appends the entries of a bundle to dst. They lie in file, which is read into buf if there is room.
func (v *View) bundle(dst [][]byte, buf []byte, index uint64) (bodies [][]byte, file []byte, err error) {
	t := tileOf(entries, index, v.size)
	file, found, err := v.log.readTile(buf, t)
	if err != nil {
		return dst, file, err
	}
	bodies, err = parseBundle(dst, file, found.width)
	if err == nil {
		return bodies[:len(dst)+t.width], file, nil
	}
	damage := &DamageError{Path: found.path(), Index: found.first(), Cause: err}
	if at := new(bundleError); errors.As(err, &at) {
		damage.Index += uint64(at.entry)
	}
	return dst, file, damage
}

// readTile reads the file of a tile, or of the full one that has taken its place, into buf if there is room.
func (l *Log) readTile(buf []byte, t tile) (file []byte, found tile, err error) {
	file, err = readFile(buf, l.at(t.path()))
	if err == nil {
		return file, t, nil
	}
	if t.width < tileWidth && errors.Is(err, fs.ErrNotExist) {
		if file, err := readFile(buf, l.at(t.whole().path())); err == nil {
			return file, t.whole(), nil
		}
	}
	return buf, t, unread(t.path(), t.first(), err)
}

// maxBundle is as long as a bundle can be.
const maxBundle = tileWidth * (lengthBytes + eventstore.MaxBody)

// readFile is os.ReadFile into buf, if there is room. It reads no more than could be in a file of the layout.
func readFile(buf []byte, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return buf, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return buf, err
	}
	if stat.Size() > maxBundle {
		return buf, fmt.Errorf("%w: %d bytes, and no file here has more than %d", ErrMalformed, stat.Size(), maxBundle)
	}
	buf = slices.Grow(buf[:0], int(stat.Size()))[:stat.Size()]
	n, err := io.ReadFull(f, buf)
	return buf[:n], err
}

// at is where a file of the log lies.
func (l *Log) at(path string) string { return filepath.Join(l.dir, filepath.FromSlash(path)) }
