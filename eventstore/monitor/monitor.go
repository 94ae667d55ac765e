package monitor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// What lies in a monitor's folder.
const (
	ArchiveDir  = "archive"
	keyFile     = "key.pub"
	evidenceDir = "evidence"
	lockFile    = "lock"
)

var (
	// ErrLocked says that another process follows with this folder.
	ErrLocked = errors.New("another process holds the folder")
	// ErrForeign says that the folder holds something else than a monitor's.
	ErrForeign = errors.New("the folder holds something else than a monitor's files")
)

// maxKey bounds the file of a public key, in bytes.
const maxKey = 1 << 10

// Options say how a monitor works; the zero value will do.
type Options struct {
	Key      archive.PublicKey        // whom to trust; the zero value takes what was trusted before, or else what the source says
	Kept     []byte                   // a signed checkpoint from elsewhere, which the source must continue; nil for none
	Workers  int                      // how many files are fetched at a time; 0 for 8
	Pause    time.Duration            // before the first look again, doubled for each that follows; 0 for 200 ms
	Progress func(done, total uint64) // told now and then how many leaves were looked at; may be nil
}

const (
	defaultPause = 200 * time.Millisecond
	longestPause = 5 * time.Second
)

// A Monitor follows one house. It is for one goroutine.
type Monitor struct {
	dir     string
	source  archive.Source
	key     archive.PublicKey
	onTrust bool
	options Options
	mirror  *archive.Mirror
	lock    *flock.Flock
}

// Open opens a monitor's folder, or makes it. Its error is ErrLocked, ErrForeign, archive.ErrOtherKey when another key is trusted
// there than the one given, archive.ErrMalformed for a key or a kept checkpoint that is none, archive.ErrNotSigned or
// ErrOtherLog for one that is not of that key, archive.ErrUnreachable when the key is to be taken from a source that cannot
// be asked, or fs.ErrNotExist when it has none.
func Open(ctx context.Context, dir string, source archive.Source, options Options) (*Monitor, error) {
	m := &Monitor{dir: dir, source: source, options: options}
	err := m.open(ctx)
	if err == nil {
		return m, nil
	}
	if m.lock != nil {
		err = errors.Join(err, m.Close())
	}
	return nil, fmt.Errorf("opening the monitor's folder %s: %w", dir, err)
}

func (m *Monitor) open(ctx context.Context) error {
	if err := m.hold(); err != nil {
		return err
	}
	if err := m.trust(ctx); err != nil {
		return err
	}
	if m.options.Kept != nil {
		if _, _, err := archive.OpenCheckpoint(m.options.Kept, m.key.Name(), m.key.Ring()); err != nil {
			return fmt.Errorf("the checkpoint that was kept: %w", err)
		}
	}
	m.mirror = archive.NewMirror(m.source, filepath.Join(m.dir, ArchiveDir), m.key, archive.MirrorOptions{
		Kept: m.options.Kept, Workers: m.options.Workers, Progress: m.options.Progress, Leaves: checkEvents,
	})
	return nil
}

// hold makes the folder, where there is none, and locks it.
func (m *Monitor) hold() error {
	there, err := os.ReadDir(m.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range there {
		switch strings.TrimSuffix(entry.Name(), partSuffix) {
		case ArchiveDir, keyFile, evidenceDir, lockFile:
		default:
			return fmt.Errorf("%w: %s", ErrForeign, entry.Name())
		}
	}
	if err := os.MkdirAll(m.dir, 0o755); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(m.dir, lockFile))
	got, err := lock.TryLock()
	if err != nil {
		return err
	}
	if !got {
		return ErrLocked
	}
	m.lock = lock
	return nil
}

// trust settles whose archive it is, for good. What was settled before stays.
func (m *Monitor) trust(ctx context.Context) error {
	text, err := atmost.File(filepath.Join(m.dir, keyFile), atmost.Line)
	given := m.options.Key.Name() != ""
	switch {
	case err == nil:
		if m.key, err = parseKey(text); err != nil {
			return err
		}
		if given && archive.FormatPublicKey(m.options.Key) != archive.FormatPublicKey(m.key) {
			return fmt.Errorf("%w: %s", archive.ErrOtherKey, archive.FormatPublicKey(m.key))
		}
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case given:
		m.key = m.options.Key
	default:
		if text, err = m.source.Get(ctx, keyFile, maxKey); err != nil {
			return fmt.Errorf("the public key of %s: %w", m.source, err)
		}
		if m.key, err = parseKey(text); err != nil {
			return err
		}
		m.onTrust = true
	}
	return placeFile(filepath.Join(m.dir, keyFile), []byte(archive.FormatPublicKey(m.key)+"\n"))
}

func parseKey(text []byte) (archive.PublicKey, error) {
	return archive.ParsePublicKey(strings.TrimSpace(string(text)))
}

// Key is the public key that is trusted.
func (m *Monitor) Key() archive.PublicKey { return m.key }

// OnTrust says whether the key was taken from the source just now: whoever serves the archive could have given any.
func (m *Monitor) OnTrust() bool { return m.onTrust }

// Close lets other processes follow.
func (m *Monitor) Close() error { return m.lock.Close() }

// An Alarm is one that was given: what was found, and the folder that holds the evidence.
type Alarm struct {
	*archive.Alarm
	Evidence string
	Lost     error // why the evidence could not be kept; nil when it was
}

// Unwrap gives the alarm of the archive.
func (a *Alarm) Unwrap() error { return a.Alarm }

// How often is looked again before it is believed: that a source cannot be reached, that what it shows is wrong, and that it shows
// what no checkpoint covers.
const (
	againUnreachable = 2
	againWrong       = 2
	againMoved       = 8
)

// Round brings the copy to what the source has now, and looks again, with growing pauses, where that fails. Its error is an *Alarm,
// or it matches archive.ErrUnreachable, archive.ErrMoved, or what else [archive.Mirror.Update] gives.
func (m *Monitor) Round(ctx context.Context, look archive.Look) (archive.Update, error) {
	pause, first := cmp.Or(m.options.Pause, defaultPause), []byte(nil)
	for again := 0; ; again++ {
		update, err := m.mirror.Update(ctx, look)
		if err == nil || ctx.Err() != nil {
			return update, cmp.Or(ctx.Err(), err)
		}
		moved := new(archive.MovedError)
		if errors.As(err, &moved) && again == 0 {
			first = moved.Else.Held
		}
		if again >= patience(err) {
			if moved.Else != nil && string(first) == string(moved.Else.Held) {
				err = moved.Else // it is no move: there was no other checkpoint in all that time
			}
			return update, m.settle(err)
		}
		select {
		case <-ctx.Done():
			return update, ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// patience is how often is looked again after an error.
func patience(err error) int {
	alarm := new(archive.Alarm)
	switch {
	case errors.Is(err, archive.ErrMoved):
		return againMoved
	case errors.As(err, &alarm):
		return againWrong
	case errors.Is(err, archive.ErrUnreachable):
		return againUnreachable
	}
	return 0
}

// settle keeps the evidence of an alarm, and only then gives it.
func (m *Monitor) settle(err error) error {
	alarm := new(archive.Alarm)
	if !errors.As(err, &alarm) {
		return err
	}
	dir, err := m.keep(alarm)
	return &Alarm{Alarm: alarm, Evidence: dir, Lost: err}
}

// Since is when the copy last got a new checkpoint, or the zero time when it has none yet.
func (m *Monitor) Since() time.Time {
	info, err := os.Stat(filepath.Join(m.dir, ArchiveDir, "heads", "checkpoint"))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// Witnessed gets the checkpoint that the source has with its witnesses' cosignatures; see [archive.Mirror.Witnessed]. Its error is
// an *Alarm, with the evidence kept, when it is of another history than the copy.
func (m *Monitor) Witnessed(ctx context.Context) (signed []byte, at archive.Checkpoint, ahead bool, err error) {
	if signed, at, ahead, err = m.mirror.Witnessed(ctx); err != nil {
		err = m.settle(err)
	}
	return signed, at, ahead, err
}
