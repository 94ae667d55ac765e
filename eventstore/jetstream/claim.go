package jetstream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrClaimed says that another process is to hold the folder next.
var ErrClaimed = errors.New("another process is to hold the folder next")

// nextFile is locked by the process that is to hold the folder next. Its content means nothing.
const nextFile = "next"

// Claim says that this process is to hold a whole folder next, until release is called or the process ends, however it does. It keeps
// nobody out by itself: whoever goes by Claimed leaves the folder to it. Its errors are ErrClaimed, and those of Open that concern the
// folder.
func Claim(dir string) (release func() error, err error) {
	if err := lookAt(dir, false); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	lock := flock.New(filepath.Join(dir, nextFile), flock.SetPermissions(0o644))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", dir, unwritable(err))
	case !locked:
		return nil, fmt.Errorf("%s: %w", dir, ErrClaimed)
	}
	return lock.Close, nil
}

// Claimed says whether a process is to hold a folder next. It may make a Claim at the same moment fail.
func Claimed(dir string) bool {
	lock := flock.New(filepath.Join(dir, nextFile), flock.SetFlag(os.O_RDONLY))
	locked, err := lock.TryRLock()
	_ = lock.Close() // it was only read
	return err == nil && !locked
}
