package eventstore

import (
	"encoding/binary"
	"errors"
	"fmt"

	"registre/domain"
)

// MaxAppend bounds the events of one append.
const MaxAppend = 1000

// An Append is what one command adds to one register: its events, together or not at all.
type Append struct {
	Group  domain.GroupID
	After  uint64   // the number of the register's last event; 0 for an empty register
	Bodies [][]byte // the events After+1, After+2, …: 1 to MaxAppend of them, each 1 to MaxBody bytes
}

// Check says, as ErrNotWritten, why no store can take a: its group is not an id, or its events are too many, too few, empty or too big.
func (a Append) Check() error {
	if !domain.ValidID(string(a.Group)) {
		return fmt.Errorf("%w: %q is not the id of a group", ErrNotWritten, a.Group)
	}
	if n := len(a.Bodies); n < 1 || n > MaxAppend {
		return fmt.Errorf("%w: an append has 1 to %d events, not %d", ErrNotWritten, MaxAppend, n)
	}
	for i, body := range a.Bodies {
		if n := len(body); n < 1 || n > MaxBody {
			return fmt.Errorf("%w: event %d has %d bytes, not 1 to %d", ErrNotWritten, a.After+uint64(i)+1, n, MaxBody)
		}
	}
	return nil
}

// AppendTo appends to dst how an append is noted in a file: its group, the number that it follows on, and its bodies, each
// text with its length before it, as unsigned varints. It gives where each body lies in what it has written.
//
//	CutAppend(a.AppendTo(nil)) == a
func (a Append) AppendTo(dst []byte) (noted []byte, bodies [][]byte) {
	dst = putText(dst, []byte(a.Group))
	dst = binary.AppendUvarint(dst, a.After)
	dst = binary.AppendUvarint(dst, uint64(len(a.Bodies)))
	bodies = make([][]byte, len(a.Bodies))
	for i, body := range a.Bodies {
		dst = putText(dst, body)
		bodies[i] = dst[len(dst)-len(body) : len(dst) : len(dst)]
	}
	return dst, bodies
}

func putText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// errNoAppend says that what was to be an append is none.
var errNoAppend = errors.New("not an append")

// CutAppend reads an append from the front of b, and gives what follows it. The bodies lie in b. Whether a store takes such
// an append is for Check to say.
func CutAppend(b []byte) (a Append, rest []byte, err error) {
	r := cutter{rest: b}
	a.Group, a.After = domain.GroupID(r.text()), r.number()
	for n := r.number(); n > 0 && r.err == nil; n-- {
		a.Bodies = append(a.Bodies, r.text())
	}
	if r.err != nil {
		return Append{}, b, r.err
	}
	return a, r.rest, nil
}

// A cutter takes numbers and texts from the front of rest, until one is missing.
type cutter struct {
	rest []byte
	err  error
}

func (r *cutter) number() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.rest, r.err = nil, errNoAppend
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *cutter) text() []byte {
	size := r.number()
	if size > uint64(len(r.rest)) {
		r.rest, r.err = nil, errNoAppend
		return nil
	}
	text := r.rest[:size:size]
	r.rest = r.rest[size:]
	return text
}
