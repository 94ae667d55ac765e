package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// A data folder that is made whole or not at all is built aside, in a part beside the place where it will stand, and renamed.
// Whoever is at that holds a shared lock of the folder in which both are; whoever gets that lock alone knows that nobody is, and that
// the parts that lie there were left by some who were killed. The lock is the folder's own: no file is needed for it.
const partMark = ".part-"

// buildAside makes a part for a folder, and builds it; where that fails the part goes again. The folder may be there, empty. What was
// left of earlier tries goes first.
func buildAside(dir string, build func(part string) error) error {
	dir = filepath.Clean(dir)
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return failure("read-only", dir, err)
	}
	sweepParts(dir)
	lock := flock.New(parent, flock.SetFlag(os.O_RDONLY))
	_ = lock.RLock() // where there are no such locks, parts stay where they were left
	defer lock.Close()
	part, err := os.MkdirTemp(parent, filepath.Base(dir)+partMark)
	if err != nil {
		return failure("read-only", dir, err)
	}
	if err = os.Chmod(part, 0o755); err != nil {
		err = failure("read-only", part, err)
	} else {
		err = build(part)
	}
	if err == nil {
		_ = os.Remove(dir) // an empty folder gives way; any other stays, and the renaming fails
		if err = os.Rename(part, dir); err == nil {
			return syncFolder(parent)
		}
		err = failure("read-only", dir, err)
	}
	return errors.Join(err, os.RemoveAll(part))
}

// sweepParts removes what those who were killed have left beside a folder, unless somebody is building one there.
func sweepParts(dir string) {
	parent := filepath.Dir(dir)
	lock := flock.New(parent, flock.SetFlag(os.O_RDONLY))
	if alone, err := lock.TryLock(); err != nil || !alone {
		return
	}
	defer lock.Close()
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		chance, ok := strings.CutPrefix(e.Name(), filepath.Base(dir)+partMark)
		if ok && e.IsDir() && chance != "" && strings.Trim(chance, "0123456789") == "" {
			_ = os.RemoveAll(filepath.Join(parent, e.Name()))
		}
	}
}
