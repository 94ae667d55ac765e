package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"registre/domain"
)

// An Extract is what of a published archive concerns one group: its log, and the log of heads, whole, since only that shows
// each state that the house has noted of the group, and that it has noted no other.
//
// It is of one moment. The archive may be written to meanwhile: the last files of both logs, which give way to fuller ones, are
// read when the extract is made, and the others never change.
type Extract struct {
	Key       PublicKey
	Rotations []Rotation
	Group     Checkpoint // of the group's log,
	Heads     Checkpoint // and of the log of heads,
	// as they are signed. HeadsSigned has the cosignatures that it was kept with, where it is the one that was.
	GroupSigned, HeadsSigned []byte
	Witnessed                []byte // the newest that was kept with cosignatures, where it is an older one; nil for none

	group, heads *excerpt
}

// ErrMoving says that files of an archive were replaced faster than they could be read.
var ErrMoving = errors.New("the archive is being written to")

// extractTries is how often the two checkpoints and their last files are tried to be read before others take their place.
const extractTries = 20

// NewExtract reads what is published of a group in the archive in dir. Its error matches fs.ErrNotExist where nothing of the
// group is published; it is a *DamageError where a checkpoint, a rotation or a last file is not as it was signed, and ErrMoving.
func NewExtract(dir string, group domain.GroupID) (*Extract, error) {
	text, err := readMost(filepath.Join(dir, publicKey), maxKeyFile)
	if err != nil {
		return nil, err
	}
	key, err := ParsePublicKey(string(bytes.TrimSuffix(text, newline)))
	if err != nil {
		return nil, &DamageError{Path: publicKey, Cause: err}
	}
	x := &Extract{Key: key}
	if x.Rotations, err = Rotations(dir); err != nil {
		return nil, err
	}
	for range extractTries {
		if err = x.read(dir, group); !errors.Is(err, ErrMoving) {
			return x, err
		}
	}
	return nil, err
}

// read reads the checkpoints, the group's first: so the log of heads, which is published last, has it.
func (x *Extract) read(dir string, group domain.GroupID) (err error) {
	keys := NewKeychain(x.Rotations, x.Key).ring()
	logOf := func(folder, origin string) *Log { return OpenLog(filepath.Join(dir, folder), origin, keys) }
	name := x.Key.Name()
	groupLog, headsLog := logOf(filepath.Join(groupsDir, string(group)), GroupOrigin(name, string(group))), logOf(headsDir, name)
	if x.Group, x.GroupSigned, err = groupLog.Checkpoint(); err != nil {
		return err
	}
	if x.Heads, x.HeadsSigned, err = headsLog.Checkpoint(); err != nil {
		return err
	}
	if x.group, err = groupLog.excerpt(x.Group); err != nil {
		return err
	}
	if x.heads, err = headsLog.excerpt(x.Heads); err != nil {
		return err
	}
	return x.readWitnessed(dir)
}

// readWitnessed takes the cosignatures of the checkpoint that was kept with some, as far as it is none beyond the others.
func (x *Extract) readWitnessed(dir string) error {
	signed, err := readMost(filepath.Join(dir, witnessedPath), MaxSigned)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	at, _, err := OpenCheckpoint(signed, x.Heads.Origin, NewKeychain(x.Rotations, x.Key).ring())
	switch {
	case err != nil || at.Size > x.Heads.Size: // it can be had again
	case at == x.Heads:
		x.HeadsSigned = signed
	default:
		x.Witnessed = signed
	}
	return nil
}

// Entries are those of both logs.
func (x *Extract) Entries() uint64 { return x.Group.Size + x.Heads.Size }

// WriteGroup gives the files of the group's log, named as below the log's folder, each once and whole: bundles of entries, and
// tiles of hashes made anew from them. Its error is a *DamageError where they do not have the root that is signed, which may be
// known only after all files were given, or that of each or put. Each entry goes to each before the file it is in goes to put;
// its bytes, and those of a file, are overwritten afterwards.
func (x *Extract) WriteGroup(ctx context.Context, each func(index uint64, body []byte) error, put func(path string, file []byte) error) error {
	return x.group.write(ctx, each, put)
}

// WriteHeads is WriteGroup for the log of heads.
func (x *Extract) WriteHeads(ctx context.Context, each func(index uint64, text []byte) error, put func(path string, file []byte) error) error {
	return x.heads.write(ctx, each, put)
}

// An excerpt is a log as it was at a checkpoint.
type excerpt struct {
	at   Checkpoint
	view *View
	last []byte // the bundle that is not full, as long as the checkpoint says; nil for none
}

func (l *Log) excerpt(at Checkpoint) (*excerpt, error) {
	x := &excerpt{at: at, view: l.At(at.Size)}
	index := at.Size >> tileHeight
	if at.Size == index<<tileHeight {
		return x, nil
	}
	bodies, file, err := x.view.bundle(nil, nil, index)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrMoving, err)
	}
	x.last = file[:bundleLength(bodies)]
	return x, err
}

func bundleLength(bodies [][]byte) (n int) {
	for _, body := range bodies {
		n += lengthBytes + len(body)
	}
	return n
}

func (x *excerpt) write(ctx context.Context, each func(uint64, []byte) error, put func(string, []byte) error) error {
	w := &tileWriter{put: put}
	var bodies [][]byte
	var file []byte
	for index := uint64(0); index<<tileHeight < x.at.Size; index++ {
		err := ctx.Err()
		if err == nil {
			bodies, file, err = x.bundle(bodies[:0], file, index)
		}
		if err != nil {
			return err
		}
		for i, body := range bodies {
			if err := each(index<<tileHeight+uint64(i), body); err != nil {
				return err
			}
		}
		if err := put(tileOf(entries, index, x.at.Size).path(), file[:bundleLength(bodies)]); err != nil {
			return err
		}
		if err := w.add(file, bodies); err != nil {
			return err
		}
	}
	if w.root() != x.at.Root {
		return fmt.Errorf("%s: %w", x.at.Origin, &DamageError{Path: "tile/entries", Index: x.at.Size, Cause: errWrongRoot})
	}
	return w.end()
}

func (x *excerpt) bundle(dst [][]byte, buf []byte, index uint64) ([][]byte, []byte, error) {
	if t := tileOf(entries, index, x.at.Size); t.width < tileWidth {
		bodies, err := parseBundle(dst, x.last, t.width)
		return bodies, x.last, err
	}
	return x.view.bundle(dst, buf, index)
}

// A tileWriter makes the tiles of hashes of a log from its bundles. It holds one tile of each level.
type tileWriter struct {
	put     func(path string, file []byte) error
	above   Tree // of the roots of the full bundles
	rows    [tileLevels][]Hash
	next    [tileLevels]uint64
	file    []byte
	pyramid pyramid
}

// add adds a bundle, which is written to meanwhile. Only the last can be less than full.
func (w *tileWriter) add(bundle []byte, bodies [][]byte) error {
	w.rows[0] = w.pyramid.leaves(w.rows[0][:0], bundle, len(bodies))
	if len(bodies) < tileWidth {
		return nil
	}
	w.pyramid.over(w.rows[0])
	root := w.pyramid.top()
	w.above.Append(root)
	return w.full(0, root)
}

// root is that of the log. It is held to what was signed: no hash that was computed wrong leads there.
func (w *tileWriter) root() Hash {
	tree := w.above.raised(tileHeight)
	for _, leaf := range w.rows[0] {
		tree.Append(leaf)
	}
	return tree.Root()
}

// full puts the tile of a level, which is full, and adds what it stands for, its root, to the level above.
func (w *tileWriter) full(level int, root Hash) error {
	if err := w.putTile(level); err != nil {
		return err
	}
	w.next[level]++
	w.rows[level] = w.rows[level][:0]
	above := &w.rows[level+1]
	if *above = append(*above, root); len(*above) < tileWidth {
		return nil
	}
	return w.full(level+1, fold(*above))
}

func (w *tileWriter) putTile(level int) error {
	w.file = appendTile(w.file[:0], w.rows[level])
	return w.put(tile{level: level, index: w.next[level], width: len(w.rows[level])}.path(), w.file)
}

// end puts the tiles that are not full.
func (w *tileWriter) end() error {
	for level, row := range w.rows {
		if len(row) > 0 {
			if err := w.putTile(level); err != nil {
				return err
			}
		}
	}
	return nil
}
