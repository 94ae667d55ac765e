package witness

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/mod/sumdb/note"

	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// Why a checkpoint is not cosigned, beside archive.ErrMalformed, ErrNotSigned and ErrNotProven.
var (
	// ErrUnknownLog says that the witness does not watch a log of this origin.
	ErrUnknownLog = errors.New("this log is not watched")
	// ErrContradiction says that the log's key has signed two checkpoints of one size with different roots: two histories.
	ErrContradiction = errors.New("another checkpoint of this size was cosigned")
	// ErrConflict is what every *ConflictError matches.
	ErrConflict = errors.New("the witness has cosigned another size")
)

// A ConflictError says that the size which a submission begins with is not the one that was cosigned last.
type ConflictError struct{ Size uint64 } // that was; 0 where none was

func (e *ConflictError) Error() string { return fmt.Sprintf("%v: %d", ErrConflict, e.Size) }

// Is matches ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// A Witness cosigns checkpoints. It may be used by several goroutines at once.
type Witness struct {
	dir  string
	key  *archive.CosignKey
	log  *slog.Logger
	now  func() time.Time
	disk disk
	lock *flock.Flock

	mu      sync.Mutex // guards what follows
	watched watched
	stamp   stamp // of the file of logs
	states  map[string]*state
	closed  bool
}

// A state is that of one log.
type state struct {
	mu     sync.Mutex // held while a checkpoint is judged and brought to the disk
	last   State
	read   bool  // last is what the disk says
	broken error // either of two checkpoints may stand on the disk
}

// Options of a witness; the zero value is for earnest use.
type Options struct {
	Logger *slog.Logger
	Now    func() time.Time // nil for time.Now

	disk *disk // nil for this machine's
}

// Open opens the witness in a folder, which no other process may have open. What it has cosigned is read, and brought to the
// disk once more: whoever wrote it may have been killed before it was. Its errors: ErrNoFolder, ErrLocked, ErrDamaged,
// archive.ErrKeyExposed, and what the file system gives.
func Open(dir string, options Options) (*Witness, error) {
	w := &Witness{
		dir: dir, log: cmp.Or(options.Logger, slog.New(slog.DiscardHandler)), now: options.Now,
		disk: *cmp.Or(options.disk, &thisDisk), states: map[string]*state{},
	}
	if w.now == nil {
		w.now = time.Now
	}
	if err := w.open(); err != nil {
		return nil, fmt.Errorf("open the witness in %s: %w", dir, err)
	}
	return w, nil
}

func (w *Witness) open() (err error) {
	path := filepath.Join(w.dir, keyFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ErrNoFolder
	}
	if w.lock, err = hold(w.dir); err != nil {
		return err
	}
	if w.key, err = archive.ReadCosignKey(path); err == nil {
		err = w.takeUp()
	}
	if err != nil {
		return errors.Join(err, w.lock.Unlock())
	}
	return nil
}

// takeUp reads what was cosigned, and the list of logs.
func (w *Witness) takeUp() error {
	dir := filepath.Join(w.dir, checkpointsDir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("%w: what was cosigned is not there: %w", ErrDamaged, err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), tempSuffix) {
			if err := w.disk.remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
			continue
		}
		last, err := readState(w.dir, e.Name(), w.key.CosignPublicKey)
		if err != nil {
			return err
		}
		if err := w.disk.fsync(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
		w.states[last.Checkpoint.Origin] = &state{last: last, read: true}
	}
	if err := w.disk.fsync(dir); err != nil {
		return err
	}
	w.stamp = stampOf(filepath.Join(w.dir, logsFile))
	text, err := atmost.File(filepath.Join(w.dir, logsFile), maxLogsFile)
	if err != nil {
		return err
	}
	w.watched, err = parseLogs(text)
	return err
}

// Key is the public key of the witness.
func (w *Witness) Key() archive.CosignPublicKey { return w.key.CosignPublicKey }

// Close gives the folder back. What is being cosigned is finished first.
func (w *Witness) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	all := slices.Collect(maps.Values(w.states))
	w.mu.Unlock()
	for _, s := range all {
		s.mu.Lock()
		s.broken = cmp.Or(s.broken, fs.ErrClosed)
		s.mu.Unlock()
	}
	return w.lock.Unlock()
}

// stateOf gives the state of a log that is watched, and who signs for it. The list of logs is read again when it has changed.
func (w *Witness) stateOf(origin string) (*state, note.Verifiers, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, nil, fs.ErrClosed
	}
	w.reread()
	verifiers := w.watched.verifiers(origin)
	if verifiers == nil {
		return nil, nil, fmt.Errorf("%w: %s", ErrUnknownLog, origin)
	}
	if w.states[origin] == nil {
		w.states[origin] = &state{}
	}
	return w.states[origin], verifiers, nil
}

// reread reads the list of logs where it has changed. One that cannot be read changes nothing. The caller holds w.mu.
func (w *Witness) reread() {
	path := filepath.Join(w.dir, logsFile)
	now := stampOf(path)
	if now == w.stamp {
		return
	}
	w.stamp = now
	text, err := atmost.File(path, maxLogsFile)
	all := w.watched
	if err == nil {
		all, err = parseLogs(text)
	}
	if err != nil {
		w.log.Error("the list of logs cannot be read, and stays as it was", "cause", err)
		return
	}
	w.watched = all
}

// AddCheckpoint judges a submission, and gives the line of the cosignature. What was cosigned is durable by then.
//
// Its errors, in this order: archive.ErrMalformed, ErrUnknownLog, archive.ErrNotSigned; archive.ErrMalformed where it goes back;
// *ConflictError, ErrContradiction, archive.ErrNotProven. Any other says that nothing was cosigned, or that nobody can tell:
// then nothing more of this log is until the folder is opened anew.
func (w *Witness) AddCheckpoint(r Request) ([]byte, error) {
	c, err := archive.UnverifiedCheckpoint(r.Checkpoint)
	if err != nil {
		return nil, err
	}
	s, verifiers, err := w.stateOf(c.Origin)
	if err != nil {
		return nil, err
	}
	_, by, err := archive.OpenCheckpoint(r.Checkpoint, c.Origin, verifiers)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return nil, s.broken
	}
	if err := judge(s.last, r, c); err != nil {
		w.suspect(s.last, r, c, by, err)
		return nil, err
	}
	return w.cosign(s, c, by)
}

// judge says why a checkpoint of the log must not be cosigned after the last one.
func judge(last State, r Request, c archive.Checkpoint) error {
	older := last.Checkpoint
	if last.Signed == nil {
		older = archive.EmptyCheckpoint(c.Origin)
	}
	switch {
	case r.Old > c.Size:
		return fmt.Errorf("%w submission: from size %d back to %d", archive.ErrMalformed, r.Old, c.Size)
	case c.Size == older.Size && c.Root != older.Root:
		if r.Old == older.Size {
			return ErrContradiction
		}
		return &ConflictError{older.Size}
	case r.Old != older.Size:
		return &ConflictError{older.Size}
	}
	return archive.CheckConsistency(r.Proof, older, c)
}

// cosign signs a checkpoint and brings it to the disk. One that was cosigned before is cosigned with the time of today; what
// the disk has says the same but for that. The caller holds s.mu.
func (w *Witness) cosign(s *state, c archive.Checkpoint, by []note.Signature) ([]byte, error) {
	own, err := note.Sign(&note.Note{Text: string(c.Text())}, w.key.Signer(w.now))
	if err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	text, line, _ := bytes.Cut(own, []byte("\n\n"))
	signed := append(bytes.Clone(text), "\n\n"...)
	for _, sig := range by {
		signed = append(signed, "— "+sig.Name+" "+sig.Base64+"\n"...)
	}
	signed = append(signed, line...)
	made, err := archive.Cosignatures(signed, w.key.CosignPublicKey)
	if err != nil || len(made) != 1 {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	if s.last.Signed == nil || s.last.Checkpoint != c {
		if err := w.keep(s, c, signed); err != nil {
			return nil, err
		}
	}
	w.clear(c)
	s.last = State{Checkpoint: c, Signed: signed, Time: made[0].Time}
	return line, nil
}

// keep brings a cosigned checkpoint to the disk. The caller holds s.mu.
func (w *Witness) keep(s *state, c archive.Checkpoint, signed []byte) error {
	err := w.disk.place(filepath.Join(w.dir, checkpointsDir), OriginHash(c.Origin), signed)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("keep a checkpoint of %s: %w", c.Origin, err)
	if doubtful := new(doubtfulError); errors.As(err, &doubtful) {
		s.broken = err
	}
	w.log.Error("a checkpoint could not be kept, and was not cosigned", "origin", c.Origin, "size", c.Size, "cause", err)
	return err
}

// Newest gives what was cosigned last of the log whose origin has that hash; false where there is none.
func (w *Witness) Newest(hash string) (State, bool) {
	for _, last := range w.States() {
		if OriginHash(last.Checkpoint.Origin) == hash {
			return last, true
		}
	}
	return State{}, false
}

// States gives what was cosigned last of each log, in the order of their origins.
func (w *Witness) States() []State {
	w.mu.Lock()
	all := slices.Collect(maps.Values(w.states))
	w.mu.Unlock()
	var states []State
	for _, s := range all {
		s.mu.Lock()
		if s.last.Signed != nil && s.broken == nil {
			states = append(states, s.last)
		}
		s.mu.Unlock()
	}
	return byOrigin(states)
}
