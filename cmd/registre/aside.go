package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// What is made whole or not at all, a data folder or a file, is built aside, in a part beside the place where it will stand, and renamed.
// Whoever is at that holds a lock of the part; a part that nobody holds was left by one who was killed. The lock is the part's own: no
// file is needed for it. Where there are no such locks, parts stay where they were left.
const partMark = ".part-"

// errPartTaken is met where two begin at the very same time; it can be tried again.
var errPartTaken = errors.New("another program was clearing up there; try again")

// vacant says whether a folder can be made at a place: nothing is there yet, or a folder that holds nothing, or nothing but settings.
func vacant(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return err == nil && (len(entries) == 0 || len(entries) == 1 && entries[0].Name() == configFile && !entries[0].IsDir()), err
}

// buildAside makes a part for a folder, and builds it; where that fails the part goes again. The place of the folder is to be vacant;
// settings that stand there stay. What was left of earlier tries goes first.
func buildAside(dir string, build func(part string) error) error {
	dir = filepath.Clean(dir)
	parent, name := filepath.Dir(dir), filepath.Base(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return failure("read-only", dir, err)
	}
	sweepParts(parent, name, fs.FileMode.IsDir)
	part, err := os.MkdirTemp(parent, name+partMark)
	if err != nil {
		return failure("read-only", dir, err)
	}
	held, ok := holdPart(part)
	defer held.Close()
	if !ok { // somebody who swept has taken it for one that was left
		return errors.Join(failure("read-only", part, errPartTaken), os.RemoveAll(part))
	}
	if err = os.Chmod(part, 0o755); err != nil {
		err = failure("read-only", part, err)
	} else {
		err = build(part)
	}
	if err == nil {
		if err = takePlace(part, dir); err == nil {
			return syncFolder(parent)
		}
		err = failure("read-only", dir, err)
	}
	return errors.Join(err, removePart(part, dir))
}

// takePlace puts a part where its folder is to stand, with the settings that stand there.
func takePlace(part, dir string) error {
	if free, err := vacant(dir); err == nil && free {
		err = os.Rename(filepath.Join(dir, configFile), filepath.Join(part, configFile))
		if err == nil {
			err = syncFolder(part)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	_ = os.Remove(dir) // an empty folder gives way; any other stays, and the renaming fails
	return os.Rename(part, dir)
}

// removePart removes a part of a folder. Settings that it was about to take along stand in the folder first, unless others do by now.
func removePart(part, dir string) error {
	moved, settings := filepath.Join(part, configFile), filepath.Join(dir, configFile)
	if _, err := os.Lstat(moved); err == nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if _, err := os.Lstat(settings); errors.Is(err, fs.ErrNotExist) {
			if err := errors.Join(os.Rename(moved, settings), syncFolder(dir)); err != nil {
				return err
			}
		}
	}
	return os.RemoveAll(part)
}

// holdPart holds a part that was just made, until the lock is closed. It is not held, and ok is false, where somebody who sweeps has
// taken it for one that was left; where there are no locks there is nobody who could.
func holdPart(part string) (held *flock.Flock, ok bool) {
	held = flock.New(part, flock.SetFlag(os.O_RDONLY))
	alone, err := held.TryLock()
	if err != nil {
		return held, true
	}
	_, err = os.Lstat(part)
	return held, alone && err == nil
}

// sweepParts removes the parts of a name and kind that those who were killed have left.
func sweepParts(parent, name string, kind func(fs.FileMode) bool) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		chance, ok := strings.CutPrefix(e.Name(), name+partMark)
		if !ok || !kind(e.Type()) || chance == "" || strings.Trim(chance, "0123456789") != "" {
			continue
		}
		part := filepath.Join(parent, e.Name())
		lock := flock.New(part, flock.SetFlag(os.O_RDONLY))
		if alone, err := lock.TryLock(); err == nil && alone {
			_ = removePart(part, filepath.Join(parent, name))
		}
		_ = lock.Close()
	}
}
