package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// What is made whole or not at all, a data folder or a file, is built aside, in a part beside the place where it will stand, and renamed.
// Whoever is at that holds a shared lock of the folder in which both are; whoever gets that lock alone knows that nobody is, and that
// the parts that lie there were left by some who were killed. The lock is the folder's own: no file is needed for it.
const partMark = ".part-"

// sweepPatience is longer than anybody sweeps.
const sweepPatience = 2 * time.Second

// buildAside makes a part for a folder, and builds it; where that fails the part goes again. The folder may be there, empty. What was
// left of earlier tries goes first.
func buildAside(dir string, build func(part string) error) error {
	dir = filepath.Clean(dir)
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return failure("read-only", dir, err)
	}
	defer besideParts(parent, filepath.Base(dir), fs.FileMode.IsDir)()
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

// besideParts begins to build a part in a folder, after those were swept that others have left of the same name and kind. done ends it.
func besideParts(parent, name string, kind func(fs.FileMode) bool) (done func()) {
	sweepParts(parent, name, kind)
	lock := flock.New(parent, flock.SetFlag(os.O_RDONLY))
	ctx, cancel := context.WithTimeout(context.Background(), sweepPatience)
	defer cancel()
	_, _ = lock.TryRLockContext(ctx, sweepPatience/100) // where there are no such locks, or others hold theirs, parts stay where they were left
	return func() { _ = lock.Close() }
}

// sweepParts removes the parts of a name and kind that those who were killed have left, unless somebody is building one there.
func sweepParts(parent, name string, kind func(fs.FileMode) bool) {
	lock := flock.New(parent, flock.SetFlag(os.O_RDONLY))
	if alone, err := lock.TryLock(); err != nil || !alone {
		return
	}
	defer lock.Close()
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		chance, ok := strings.CutPrefix(e.Name(), name+partMark)
		if ok && kind(e.Type()) && chance != "" && strings.Trim(chance, "0123456789") == "" {
			_ = os.RemoveAll(filepath.Join(parent, e.Name()))
		}
	}
}
