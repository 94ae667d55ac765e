package eventstore

import (
	"context"
	"errors"
	"iter"

	"registre/domain"
)

// What a store says of an append that it did not acknowledge. They are told apart by what they prove.
var (
	// ErrOvertaken proves that nothing was written: the register does not end where the append expected.
	ErrOvertaken = errors.New("the register has moved on")
	// ErrUnknown proves nothing: the append may have been written, may still be, or may never be.
	ErrUnknown = errors.New("the outcome is unknown")
	// ErrNotWritten proves that nothing was written and that nothing will be: no space, read-only, closed.
	ErrNotWritten = errors.New("nothing was written")
	// ErrDamaged says that what is kept can no longer be read as it was written.
	ErrDamaged = errors.New("the register is damaged")
	// ErrClosed says that the store, or what it stands on, was used after Close. A Write then is ErrNotWritten too.
	ErrClosed = errors.New("the store is closed")
)

// MaxBody bounds the body of one event, in bytes.
const MaxBody = 60 << 10

// A Record is one event as it is kept.
type Record struct {
	Group  domain.GroupID
	Number uint64 // its place in the group's register, counted from 1
	Body   []byte // the bytes that were appended; the caller may keep and must not change them
}

// A Head is the end of one register.
type Head struct {
	Group  domain.GroupID
	Number uint64
}

// A Store keeps registers: for each group a row of bodies numbered 1, 2, 3 … without a gap, to which can only be added.
//
// Its methods may be called by several goroutines at once, save Write, which has one caller at a time. Several stores,
// in this process or in others, may stand on the same registers.
type Store interface {
	// Write adds each append to its register, in the order given: the error at i belongs to appends[i]. A nil error says
	// that the append is kept and that every later Read gives it, but not yet that it survives a power cut: for that, Sync.
	// Otherwise errors.Is tells ErrOvertaken, ErrUnknown or ErrNotWritten. Appends to one register may follow each other in
	// one call (the second's After is the first's last number); when one is not written, those that build on it are overtaken.
	// An append that [Append.Check] refuses is ErrNotWritten, and does not keep the others from being written. The bodies
	// must not be changed until Write returns; then the store has no more use for them.
	Write(ctx context.Context, appends []Append) []error
	// Sync returns once everything that Write had acknowledged before it survives kill -9 and a power cut. After an error
	// nothing is known of those appends, and the store must not be written to again before it has been opened anew.
	Sync(ctx context.Context) error
	// Read gives the events of a register in their order, from number after+1 up to the end as it stands at the call.
	// An unknown group gives none. The reading stops at the first error.
	Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Record, error]
	// ReadAll gives the events of all registers up to the end as it stands at the call; within a group they keep their order.
	ReadAll(ctx context.Context) iter.Seq2[Record, error]
	// Follow gives what Read gives, for one register or (group "") for all, and goes on with events as they come, until
	// ctx ends, which is not an error. With group "" after must be 0. Unlike Read it may give the first events of an append
	// before the others are written: what has been given is kept, but who needs whole appends must know them by their contents.
	Follow(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Record, error]
	// Head gives the end of a register; Number is 0 where the group is unknown. Another process may have moved it since.
	Head(ctx context.Context, group domain.GroupID) (Head, error)
	// Heads gives the end of every register, in the order of the group ids.
	Heads(ctx context.Context) ([]Head, error)
	// Close releases what the store holds. Appends that were acknowledged and synced stay. Afterwards all fails with
	// ErrClosed, save Close, which can be called again.
	Close() error
}
