package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"registre/eventstore"
)

// A DamageError says where the archive is not as it was written. It matches eventstore.ErrDamaged, and what Cause matches.
type DamageError struct {
	Path  string // of the file, below the log's folder, with slashes
	Index uint64 // the first leaf that is touched, counted from 0: the number in the register less one
	Cause error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s, at leaf %d: %v", e.Path, e.Index, e.Cause)
}

func (e *DamageError) Unwrap() []error { return []error{eventstore.ErrDamaged, e.Cause} }

// What is wrong with a file that is there and has its form.
var (
	errDifferent = errors.New("other bytes than those that belong there")
	errNotInTree = errors.New("not what the tree holds")
	errWrongRoot = fmt.Errorf("%w: neither entries nor tiles give its root", ErrNotProven)
)

// unread is the error of a file that could not be read. It is damage, unless it says more of us than of the file.
func unread(path string, index uint64, err error) error {
	for _, ours := range []error{fs.ErrPermission, syscall.EMFILE, syscall.ENFILE} {
		if errors.Is(err, ours) {
			return err
		}
	}
	return &DamageError{Path: path, Index: index, Cause: err}
}
