package jetstream

import (
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"registre/eventstore"
	"registre/eventstore/atmost"
)

// Why a folder cannot be opened. Each is wrapped with the folder's path.
var (
	// ErrNoFolder says that there is no register folder, and that none was to be created.
	ErrNoFolder = errors.New("there is no registre folder")
	// ErrHalfMade says that the creation of the folder was cut short. It holds no event; opening it with Create finishes it.
	ErrHalfMade = errors.New("the creation of the folder was cut short")
	// ErrForeign says that the folder holds something that is not ours. Nothing in it was touched.
	ErrForeign = errors.New("the folder holds something else")
	// ErrNewer says that a later version of this program has made the folder. Nothing in it was touched.
	ErrNewer = errors.New("the folder was made by a newer version")
	// ErrLocked says that a process, this one perhaps, has the folder open.
	ErrLocked = errors.New("the folder is open in another process")
	// ErrFormat says that the file with the folder's format has suffered. It matches eventstore.ErrDamaged; see [MendFormat].
	ErrFormat = fmt.Errorf("%w: the file %s is not as it was written", eventstore.ErrDamaged, formatFile)
	// ErrNoStream says that a server has no stream of registers, and that none was to be made. It matches eventstore.ErrDamaged, since
	// whoever has recorded there has lost it.
	ErrNoStream = fmt.Errorf("%w: the server knows no stream %s", eventstore.ErrDamaged, streamName)
	// ErrReadOnly says that the folder cannot be written to.
	ErrReadOnly = errors.New("the folder cannot be written to")
)

// The folder's layout. The format comes last, so that a folder that has one is whole; what was begun without being
// finished has the mark instead, and may be swept. A folder with neither is never touched.
const (
	formatFile = "format"
	lockFile   = "lock"
	makingFile = "making"     // stands from the first step of the creation to its last
	intentFile = "intent"     // the appends of several events since the last sync
	serverDir  = "jetstream"  // the server's; it chooses this name itself
	tempSuffix = ".registre~" // of files not yet renamed into their place

	// SettingsFile is what whoever runs a program on the folder may put into it before it is made. Nothing here reads or changes it.
	SettingsFile = "registre.yaml"

	confirmedFile = "confirmed" // how far the stream was durable

	formatVersion = 1
	formatPrefix  = "registre "
)

// A folder is a data folder that this process holds.
type folder struct {
	dir   string
	lock  *flock.Flock
	fresh bool // whether it has yet to be finished by finish

	leaving func() // is called before it is given back; nil for nothing
}

// openFolder takes hold of a folder: it is locked, and either whole or begun (fresh).
func openFolder(dir string, create bool) (*folder, error) {
	f, err := takeFolder(dir, create)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := errors.Join(f.prepare(create), f.notBeside()); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, errors.Join(err, f.close()))
	}
	return f, nil
}

// Hold keeps other processes out of a folder without opening it, until release is called: to look at what lies in it beside the
// stream. Its errors are those of Open that concern the folder; nothing is made where there is none.
func Hold(dir string) (release func() error, err error) {
	f, err := takeFolder(dir, false)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return f.close, nil
}

// takeFolder locks the folder, having looked first that it is not somebody else's.
func takeFolder(dir string, create bool) (*folder, error) {
	if err := lookAt(dir, create); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, unwritable(err)
	}
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o644))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, unwritable(err)
	case !locked:
		return nil, ErrLocked
	}
	return &folder{dir: dir, lock: lock}, nil
}

// lookAt says whether dir may be opened, changing nothing.
func lookAt(dir string, create bool) error {
	names, err := entries(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !create:
		return ErrNoFolder
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%w: %w", ErrForeign, err)
	case slices.Contains(names, formatFile):
		return checkFormat(dir)
	case slices.Contains(names, makingFile) && !create:
		return ErrHalfMade
	case slices.Contains(names, makingFile):
		return nil
	case !isEmpty(names):
		return ErrForeign
	case !create:
		return ErrNoFolder
	}
	return nil
}

func entries(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	names := make([]string, 0, len(list))
	for _, entry := range list {
		names = append(names, entry.Name())
	}
	return names, err
}

// isEmpty also allows what a file system puts into its root, what the first steps of a creation leave, and settings.
func isEmpty(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		return name != "lost+found" && name != lockFile && name != makingFile+tempSuffix && name != SettingsFile
	})
}

func checkFormat(dir string) error {
	text, err := atmost.File(filepath.Join(dir, formatFile), atmost.Line)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if oneBitOff(text, formatText(formatVersion)) {
		return ErrFormat
	}
	number, ours := strings.CutPrefix(strings.TrimSuffix(string(text), "\n"), formatPrefix)
	version, err := strconv.Atoi(number)
	switch {
	case !ours || err != nil || version < 1 || string(text) != formatText(version):
		return fmt.Errorf("%w: its file %q is not ours", ErrForeign, formatFile)
	case version > formatVersion:
		return fmt.Errorf("%w: format %d, and this program knows %d", ErrNewer, version, formatVersion)
	}
	return nil
}

// oneBitOff says whether a text is another one of which a bit was flipped. So that this cannot be taken for a newer format, there will
// be no formats 0, 3, 5 and 9.
func oneBitOff(text []byte, of string) bool {
	if len(text) != len(of) {
		return false
	}
	off := 0
	for i := range text {
		off += bits.OnesCount8(text[i] ^ of[i])
	}
	return off == 1
}

// MendFormat writes the format of a folder anew of which a bit was flipped, or which is missing or was cut off where the caller
// knows by other things that the folder is ours. Its error is ErrForeign where it is not so.
func MendFormat(dir string, ours bool) error {
	if err := checkFormat(dir); !errors.Is(err, ErrFormat) && !(ours && formatLost(dir)) {
		return fmt.Errorf("%s: %w", dir, ErrForeign)
	}
	return (&folder{dir: dir}).write(formatFile, formatText(formatVersion))
}

// formatLost says whether a folder that is not being made has no format, or the beginning of one.
func formatLost(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, makingFile)); err == nil {
		return false
	}
	text, err := atmost.File(filepath.Join(dir, formatFile), atmost.Line)
	return errors.Is(err, fs.ErrNotExist) || err == nil && strings.HasPrefix(formatText(formatVersion), string(text))
}

func formatText(version int) string { return formatPrefix + strconv.Itoa(version) + "\n" }

// prepare begins a new folder, or sweeps what an opening cut short has left in a whole one. It looks at the folder
// again, since another process may have finished it before this one had the lock.
func (f *folder) prepare(create bool) error {
	if err := lookAt(f.dir, create); err != nil {
		return err
	}
	if _, err := os.Stat(f.path(formatFile)); err == nil {
		if err := os.WriteFile(f.path("probe"+tempSuffix), nil, 0o600); err != nil {
			return unwritable(err) // a lock can be had on a folder that is mounted read-only
		}
		return f.sweep()
	}
	f.fresh = true
	if err := f.write(makingFile, "this folder is being made; it holds nothing yet\n"); err != nil {
		return unwritable(err)
	}
	for _, name := range []string{serverDir, intentFile, confirmedFile, besideFile} {
		if err := os.RemoveAll(f.path(name)); err != nil {
			return unwritable(err)
		}
	}
	return syncPath(filepath.Dir(f.dir))
}

// sweep removes files that were never renamed into their place, and the mark of a creation that was finished.
func (f *folder) sweep() error {
	names, err := entries(f.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == makingFile || strings.HasSuffix(name, tempSuffix) {
			if err := os.Remove(f.path(name)); err != nil {
				return unwritable(err)
			}
		}
	}
	return nil
}

// finish makes a fresh folder whole. Everything else in it must be durable by now.
func (f *folder) finish() error {
	if !f.fresh {
		return nil
	}
	if err := f.write(formatFile, formatText(formatVersion)); err != nil {
		return err
	}
	f.fresh = false
	return f.sweep()
}

// write puts a file into the folder, durably and whole or not at all.
func (f *folder) write(name, text string) error {
	temp := f.path(name + tempSuffix)
	if err := os.WriteFile(temp, []byte(text), 0o644); err != nil {
		return err
	}
	if err := syncPath(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, f.path(name)); err != nil {
		return err
	}
	return syncPath(f.dir)
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f *folder) close() error {
	if f.leaving != nil {
		f.leaving()
	}
	return f.lock.Close()
}

func unwritable(err error) error { return fmt.Errorf("%w: %w", ErrReadOnly, err) }
