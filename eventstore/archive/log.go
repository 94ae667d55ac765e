package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/note"

	"registre/eventstore"
)

// The modes of what is written: it is made to be served to anybody, by other programs too.
const (
	folderMode = 0o755
	fileMode   = 0o644
)

// checkpointPath is the one file that is replaced.
const checkpointPath = "checkpoint"

// A Log is one log in a folder of its own, in C2SP tlog-tiles layout:
//
//	checkpoint                     the signed checkpoint, the one file that changes
//	tile/<L>/<N>[.p/<W>]           hashes
//	tile/entries/<N>[.p/<W>]       the leaves' bytes
//
// A log grows in three steps, and can be cut off between any two of them and within each. Extend writes the files that a
// larger size needs, under names that nobody looks for. Land brings them to the disk and gives them their names. Publish
// replaces the checkpoint. Readers see nothing of the first two, since they begin with the checkpoint; whoever was cut off
// begins with Extend again, from the published size. Afterwards Prune takes away what no reader needs any more.
//
// There must be one writer at a time, in this process and all others. Readers may come at any time.
type Log struct {
	dir       string
	origin    string
	verifiers note.Verifiers
	before    string // the file with the checkpoint that counts, where it is not the one that stands; see earlier
	disk
}

// OpenLog is the log of that name in a folder, which need not be there yet. Its checkpoints are taken from the keys in
// verifiers that are called like it.
func OpenLog(dir, origin string, verifiers note.Verifiers) *Log {
	return &Log{dir: dir, origin: origin, verifiers: verifiers, disk: thisDisk}
}

// Origin is the name of the log.
func (l *Log) Origin() string { return l.origin }

// Checkpoint gives the published checkpoint, and the bytes that it is in. Where none was published yet, the error matches
// fs.ErrNotExist; one that does not open is a *DamageError.
func (l *Log) Checkpoint() (Checkpoint, []byte, error) {
	signed, err := readMost(l.at(checkpointPath), MaxSigned)
	if l.before != "" {
		signed, err = notNone(readMost(l.before, MaxSigned))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint of %s: %w", l.origin, err)
	}
	if err != nil {
		return Checkpoint{}, nil, unread(checkpointPath, 0, err)
	}
	c, _, err := OpenCheckpoint(signed, l.origin, l.verifiers)
	if err != nil {
		return Checkpoint{}, nil, &DamageError{Path: checkpointPath, Cause: err}
	}
	return c, signed, nil
}

// Publish replaces the checkpoint by signed, durably, if it is was to the byte; nil stands for none. The new one must be
// signed, not smaller and consistent with the old one, and the tiles must say so: it names nothing that cannot be read.
//
// Its error is eventstore.ErrOvertaken when another checkpoint than was stands there; it is eventstore.ErrNotWritten, and
// what else it matches says why, when nothing was replaced; and eventstore.ErrUnknown when either may stand.
func (l *Log) Publish(was, signed []byte) error {
	return publish([]publication{{log: l, was: was, signed: signed}})
}

// A publication is a checkpoint that is to take the place of another.
type publication struct {
	log         *Log
	was, signed []byte
	ours        bool // this process has signed both, or opened them before: the signatures need not be checked again
}

// open reads a checkpoint of the log.
func (p publication) open(signed []byte) (c Checkpoint, err error) {
	if !p.ours {
		c, _, err = OpenCheckpoint(signed, p.log.origin, p.log.verifiers)
		return c, err
	}
	if c, err = UnverifiedCheckpoint(signed); err == nil && c.Origin != p.log.origin {
		err = fmt.Errorf("%w: it is of %s", ErrOtherLog, c.Origin)
	}
	return c, err
}

// publish is Publish for several logs, which takes hardly longer than for one. Its error is that of the first that may not
// be published, and then none is; or it is of all.
func publish(all []publication) error {
	for _, p := range all {
		err := p.mayPublish()
		if errors.Is(err, eventstore.ErrOvertaken) {
			return err
		}
		if err != nil {
			return fmt.Errorf("publish a checkpoint of %s: %w: %w", p.log.origin, eventstore.ErrNotWritten, err)
		}
	}
	var l landing
	for _, p := range all {
		if err := p.log.writeTemp(checkpointPath, p.signed); err != nil {
			return fmt.Errorf("publish a checkpoint of %s: %w: %w", p.log.origin, eventstore.ErrNotWritten, err)
		}
		l.publish(p.log)
	}
	if err := l.sync(l.temps); err != nil {
		return fmt.Errorf("publish checkpoints: %w: %w", eventstore.ErrNotWritten, err)
	}
	if err := l.rename(); err != nil {
		return fmt.Errorf("publish checkpoints: %w: %w", eventstore.ErrUnknown, err)
	}
	return nil
}

func (p publication) mayPublish() error {
	l, was := p.log, p.was
	next, err := p.open(p.signed)
	if err != nil {
		return err
	}
	standing, err := readMost(l.at(checkpointPath), MaxSigned)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if (standing == nil) != (was == nil) || !bytes.Equal(standing, was) {
		return fmt.Errorf("%w: another checkpoint of %s stands than was expected", eventstore.ErrOvertaken, l.origin)
	}
	older := Checkpoint{Origin: l.origin, Root: emptyRoot}
	if was != nil {
		if older, err = p.open(was); err != nil {
			return &DamageError{Path: checkpointPath, Cause: err}
		}
	}
	return l.follows(older, next)
}

// follows says why next must not follow older, by the tiles that a reader of next will find.
func (l *Log) follows(older, next Checkpoint) error {
	view := l.At(next.Size)
	proof, err := ProveConsistency(view, older.Size, next.Size)
	if err != nil {
		return err
	}
	if err := CheckConsistency(proof, older, next); err != nil {
		return err
	}
	tree, err := view.Tree()
	if err != nil {
		return err
	}
	if tree.Root() != next.Root {
		return fmt.Errorf("%w: the tiles of %s have another root at size %d", ErrNotProven, l.origin, next.Size)
	}
	if next.Size == 0 {
		return nil
	}
	_, _, err = view.bundle(nil, nil, (next.Size-1)>>tileHeight)
	return err
}
