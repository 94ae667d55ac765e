package archive

import (
	"errors"
	"fmt"

	"registre/eventstore"
)

// InSource is the copy of a Finding that was seen at a source.
const InSource = "source"

// ErrMoved says that a source went on between two looks at it, so that what it gave does not belong together. It is no sign
// of anything wrong: look again.
var ErrMoved = errors.New("the source has moved on meanwhile")

// ErrRolledBack says that the log is what it was before: nothing in it is wrong, and what came since has gone.
var ErrRolledBack = errors.New("it is an older state than what was shown before")

// ErrWrongEvent says that what was signed for is not the event that must stand there.
var ErrWrongEvent = errors.New("it was signed for, and is not the event that must stand there")

// An Alarm is what a source shows and must not: files other than those that were signed for, or a checkpoint that does not
// continue the one before it. It holds what is needed to show it to others. It matches eventstore.ErrDamaged, and what its
// Cause matches: ErrRewritten where history is another, ErrNotSigned, ErrOtherLog, ErrMalformed, fs.ErrNotExist …
//
// A cache in between that has kept an older file looks the same: whoever gets an alarm looks again before believing it.
type Alarm struct {
	Finding
	Held     []byte // the signed checkpoint of the log that was held before; nil for none
	Signed   []byte // the signed checkpoint of the log that was looked at, as it was received; nil for none
	Received []byte // the file at fault, as it was received; nil for none
}

func (a *Alarm) Error() string { return a.String() }

// Unwrap gives eventstore.ErrDamaged and the cause.
func (a *Alarm) Unwrap() []error { return []error{eventstore.ErrDamaged, a.Cause} }

// A LeafError says which leaf of a log is not what it must be, beyond its being signed for.
type LeafError struct {
	Index uint64 // counted from 0: the number in the register less one
	Cause error
}

func (e *LeafError) Error() string { return fmt.Sprintf("leaf %d: %v", e.Index, e.Cause) }
func (e *LeafError) Unwrap() error { return e.Cause }

// A MovedError says that a source showed something that no checkpoint of the log of heads covers, which is so for a moment
// whenever it grows. It matches ErrMoved.
type MovedError struct {
	Else *Alarm // what it is when the source does not grow
}

func (e *MovedError) Error() string { return ErrMoved.Error() + ": " + e.Else.Error() }

// Is matches ErrMoved.
func (e *MovedError) Is(target error) bool { return target == ErrMoved }
