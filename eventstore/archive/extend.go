package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"

	"registre/eventstore"
)

// tempSuffix ends the name of a file that has not landed.
const tempSuffix = ".tmp"

// An Extension is what Extend has written of a larger log, and nobody sees yet.
type Extension struct {
	log     *Log
	tree    Tree
	staged  []string        // files to land
	folders map[string]bool // in which names are new, or may not be durable yet
	mended  []string
	broken  error
}

// Tree is the tree that the log will have.
func (x *Extension) Tree() Tree { return x.tree }

// Extend writes what a log needs in order to grow from the tree from, whose files it has, by bodies: the hash tiles and
// bundles that become full, and those that stay partial behind them. It takes over what is in the partial files of from
// after having checked it against from. It reads from bodies as it writes, and keeps none of them.
//
// It can be repeated: a file that is there already with the same bytes is let be. One with other bytes is a *DamageError
// and is never overwritten. A body of no or too many bytes is eventstore.ErrNotWritten. After an error nothing has to be
// cleaned up.
func (l *Log) Extend(from Tree, bodies iter.Seq[[]byte]) (*Extension, error) {
	e := newExtender(l, from)
	if err := e.takeOver(); err != nil {
		return nil, err
	}
	return e.run(bodies)
}

// carry is Extend where an event was lost in both copies: its place in the unfinished bundle keeps the bytes that it has, beside the
// hash of what was signed for. So it stays found, and refused reading, and what came since can be published.
func (l *Log) carry(from Tree, bodies iter.Seq[[]byte]) (*Extension, error) {
	e := newExtender(l, from)
	e.carrying = true
	if err := e.takeOver(); err != nil {
		return nil, err
	}
	return e.run(bodies)
}

// Mend writes the log at c anew from bodies, which were taken from another copy, and tells the files in which it differs
// from what is there. Landing the extension replaces them. The bodies are checked before that: their tree must have the
// size and the root of c, or the error is ErrNotProven and nothing can be landed.
func (l *Log) Mend(c Checkpoint, bodies iter.Seq[[]byte]) (x *Extension, differ []string, err error) {
	e := newExtender(l, Tree{})
	e.mending = true
	x, err = e.run(bodies)
	if err != nil {
		return nil, nil, errors.Join(err, e.drop())
	}
	if x.tree.Size() != c.Size || x.tree.Root() != c.Root {
		return nil, nil, errors.Join(e.drop(), fmt.Errorf("%w: the bodies are not those of %s at size %d", ErrNotProven, c.Origin, c.Size))
	}
	return x, x.mended, nil
}

// drop removes what was staged.
func (x *Extension) drop() error {
	var errs []error
	for _, name := range x.staged {
		if err := x.log.remove(x.log.at(name) + tempSuffix); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// An extender holds the ends of the unfinished tiles.
type extender struct {
	*Extension
	from     uint64
	rows     [tileLevels][]Hash
	bundle   []byte
	file     []byte // reused
	mending  bool
	carrying bool // an entry that is not what its tile says is taken over as it is
}

func newExtender(l *Log, from Tree) *extender {
	return &extender{Extension: &Extension{log: l, tree: from, folders: map[string]bool{}}, from: from.size}
}

// takeOver reads the partial files at from. Tiles are checked against its edge, entries against the tiles.
func (e *extender) takeOver() error {
	view := e.log.At(e.from)
	for _, t := range tilesAt(e.from) {
		if t.level == entries {
			continue
		}
		hashes, err := view.hashes(t.level, t.index)
		if err != nil {
			return err
		}
		if !e.onEdge(t, hashes) {
			return &DamageError{Path: t.path(), Index: t.first(), Cause: errNotInTree}
		}
		e.rows[t.level] = append(make([]Hash, 0, tileWidth), hashes...)
	}
	if e.from%tileWidth == 0 {
		return nil
	}
	bodies, _, err := view.bundle(nil, nil, e.from>>tileHeight)
	if err != nil {
		return err
	}
	for i, body := range bodies {
		if LeafHash(body) != e.rows[0][i] && !e.carrying {
			t := tileOf(entries, e.from>>tileHeight, e.from)
			return &DamageError{Path: t.path(), Index: t.first() + uint64(i), Cause: errNotInTree}
		}
		e.bundle = appendEntry(e.bundle, body)
	}
	return nil
}

// onEdge says whether the hashes of a partial tile fold into what the tree has on its edge.
func (e *extender) onEdge(t tile, hashes []Hash) bool {
	var part Tree
	for _, h := range hashes {
		part.Append(h)
	}
	for level := range tileHeight {
		if part.size>>level&1 == 1 && part.last[level] != e.tree.last[t.below()+level] {
			return false
		}
	}
	return true
}

func (e *extender) run(bodies iter.Seq[[]byte]) (*Extension, error) {
	for body := range bodies {
		if err := e.add(body); err != nil {
			return nil, err
		}
	}
	for _, t := range tilesAt(e.tree.size) {
		if e.from>>t.below() == e.tree.size>>t.below() {
			continue // nothing has come to it
		}
		if err := e.write(t); err != nil {
			return nil, err
		}
	}
	return e.Extension, nil
}

// add puts a body into its bundle, and the hashes that become final into their tiles.
func (e *extender) add(body []byte) error {
	if n := len(body); n < 1 || n > eventstore.MaxBody {
		return fmt.Errorf("%w: leaf %d has %d bytes, not 1 to %d", eventstore.ErrNotWritten, e.tree.size, n, eventstore.MaxBody)
	}
	e.bundle = appendEntry(e.bundle, body)
	e.tree.Append(LeafHash(body))
	for level := 0; level < tileLevels && e.tree.size%(1<<(level*tileHeight)) == 0; level++ {
		e.rows[level] = append(e.rows[level], e.tree.last[level*tileHeight])
		if len(e.rows[level]) < tileWidth {
			break
		}
		if err := e.full(level); err != nil {
			return err
		}
	}
	return nil
}

// full writes the tile that has become full, and its bundle if it is on the lowest level.
func (e *extender) full(level int) error {
	t := tile{level: level, width: tileWidth}
	t.index = e.tree.size>>t.span() - 1
	if err := e.write(t); err != nil {
		return err
	}
	e.rows[level] = e.rows[level][:0]
	if level > 0 {
		return nil
	}
	t.level = entries
	err := e.write(t)
	e.bundle = e.bundle[:0]
	return err
}

func (e *extender) write(t tile) error {
	if t.level == entries {
		return e.stage(t, e.bundle)
	}
	e.file = appendTile(e.file[:0], e.rows[t.level])
	return e.stage(t, e.file)
}

// stage writes a file under a name that nobody looks for, unless it is there.
func (e *extender) stage(t tile, content []byte) error {
	name := t.path()
	e.name(name)
	there, err := readFile(nil, e.log.at(name))
	switch {
	case err == nil && bytes.Equal(there, content):
		return nil
	case e.mending:
		e.mended = append(e.mended, name)
	case err == nil:
		return &DamageError{Path: name, Index: t.first(), Cause: errDifferent}
	case !errors.Is(err, fs.ErrNotExist):
		return unread(name, t.first(), err)
	}
	e.staged = append(e.staged, name)
	return e.log.writeTemp(name, content)
}

// name takes note of the folders in which a name is new, or may not be durable yet.
func (x *Extension) name(file string) {
	for dir := path.Dir(file); !x.folders[dir]; dir = path.Dir(dir) {
		x.folders[dir] = true
	}
}

func (l *Log) writeTemp(name string, content []byte) error {
	temp := l.at(name) + tempSuffix
	err := l.write(temp, content)
	if errors.Is(err, fs.ErrNotExist) {
		if err := l.mkdir(l.at(path.Dir(name))); err != nil {
			return err
		}
		err = l.write(temp, content)
	}
	return err
}
