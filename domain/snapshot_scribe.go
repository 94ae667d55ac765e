package domain

import (
	"encoding/binary"
	"io"
	"sync"
)

// A scribe writes a snapshot, or reads one: what it is shown it writes down, or else fills in. So the two cannot come apart.
// What it writes down it does not touch, not even to leave it as it was: others read it meanwhile.
//
// Whole numbers are varints. Texts stand in one row behind all else: a snapshot is what is not text, the row, and the length of the
// former, in eight bytes. A text is named by its place among those met so far, and so is whatever several things point to: an act, a page of a
// timeline. It is written where it is first met; so what was read shares it as what was written did.
type scribe struct {
	reading bool
	err     error
	depth   int // of things within things

	in     []byte // a window of what is read, or of what was written
	at     int    // up to where it was read
	behind unread // what is read behind the window
	row    string // what is left of a window of the row of texts
	texted unread // what is left of the row behind it
	*meetings

	out    io.Writer
	gone   uint64 // how much was written out of the window
	rowOut []byte
	placed map[string]uint64 // of the texts that were met, the short ones
	seen   map[any]uint64    // what was pointed to
	texts  uint64            // how many were met
	things uint64            // how many were pointed to
}

// meetings are what was met while something is read, and the window through which it is.
type meetings struct {
	met    []string
	known  []any
	window []byte
}

// meetingRooms are for what one snapshot after the other meets.
var meetingRooms = sync.Pool{New: func() any { return new(meetings) }}

// release gives back the room of what was met.
func (s *scribe) release() {
	clear(s.met)
	clear(s.known)
	s.met, s.known = s.met[:0], s.known[:0]
	meetingRooms.Put(s.meetings)
}

const (
	shortText = 64 // a longer one is rarely met twice
	deepest   = 64 // things within things: an act in a correction, a page below a page
)

func newWriter(out io.Writer) *scribe {
	return &scribe{out: out, placed: make(map[string]uint64), seen: make(map[any]uint64)}
}

// number is a whole number from 0 on.
func (s *scribe) number(n uint64) uint64 {
	if s.reading {
		return s.read()
	}
	if len(s.in) >= windowSize {
		s.spill()
	}
	s.in = binary.AppendUvarint(s.in, n)
	return n
}

// read reads a number. Nearly all have one byte or two.
func (s *scribe) read() uint64 {
	if rest := s.in[s.at:]; len(rest) > 1 {
		if low := uint64(rest[0]); low < 0x80 {
			s.at++
			return low
		} else if high := uint64(rest[1]); high < 0x80 && high > 0 {
			s.at += 2
			return low&0x7f | high<<7
		}
	}
	return s.readLong()
}

func (s *scribe) readLong() uint64 {
	s.ahead(binary.MaxVarintLen64)
	n, length := binary.Uvarint(s.in[s.at:])
	if length <= 0 || length > 1 && s.in[s.at+length-1] == 0 {
		s.fail("a number is cut off, or too long")
		return 0
	}
	s.at += length
	return n
}

// What is read does not look at what it fills in: memory that is new, and looked at before it is written, is given out by the
// system twice.

// natural is a number that is never below 0.
func natural[T ~uint8 | ~uint16 | ~uint32 | ~uint64](s *scribe, v *T) {
	if !s.reading {
		s.number(uint64(*v))
		return
	}
	n := s.read()
	t := T(n)
	if *v = t; uint64(t) != n {
		s.fail("%d is too large", n)
	}
}

// signed is a number that can be below 0.
func signed[T ~int | ~int16 | ~int32 | ~int64](s *scribe, v *T) {
	if !s.reading {
		n := int64(*v)
		s.number(uint64(n)<<1 ^ uint64(n>>63))
		return
	}
	u := s.read()
	n := int64(u>>1) ^ -int64(u&1)
	t := T(n)
	if *v = t; int64(t) != n {
		s.fail("%d is too large", n)
	}
}

// dayFrom is a day, mostly near another.
func dayFrom(s *scribe, v *Day, other Day) {
	if !s.reading {
		n := *v - other
		signed(s, &n)
		return
	}
	var n Day
	signed(s, &n)
	*v = other + n
}

// place is a number below a limit.
func place[T ~int | ~int32 | ~uint16 | ~uint32](s *scribe, v *T, below int) {
	var n uint64
	if s.reading {
		n = s.read()
	} else {
		n = uint64(*v)
		s.number(n)
	}
	if n >= uint64(below) {
		s.fail("there is no place %d, of %d", n, below)
		n = 0
	}
	if s.reading {
		*v = T(n)
	}
}

// placeOrNone is a place plus 1, or 0.
func placeOrNone(s *scribe, v *uint32, below int) { place(s, v, below+1) }

// length is that of a list that is written from here on; each of its entries takes a byte at least. A list that is nil is not
// one without entries.
func (s *scribe) length(n int, none bool) (length int, isNil bool) {
	u := uint64(0)
	if !none {
		u = uint64(n) + 1
	}
	if u = s.number(u); u == 0 {
		return 0, true
	}
	if s.reading && u-1 > uint64(s.left()) {
		s.fail("a list of %d", u-1)
		return 0, true
	}
	return int(u - 1), false
}

func (s *scribe) flag(v *bool) {
	if s.reading {
		n := s.read()
		if *v = n == 1; n > 1 {
			s.fail("neither true nor false")
		}
		return
	}
	n := uint64(0)
	if *v {
		n = 1
	}
	s.number(n)
}

// whether is a flag, and gives it.
func (s *scribe) whether(v *bool) bool {
	s.flag(v)
	return *v
}

// bytes are a few, always as many.
func (s *scribe) bytes(v []byte) {
	if !s.reading {
		s.in = append(s.in, v...)
		return
	}
	if s.ahead(len(v)); len(s.in)-s.at < len(v) {
		s.fail("it is cut off")
		return
	}
	s.at += copy(v, s.in[s.at:])
}

func words[T ~string](s *scribe, v *T) {
	if s.reading {
		*v = T(s.readText())
	} else {
		s.writeText(string(*v))
	}
}

func (s *scribe) writeText(t string) {
	if t == "" {
		s.number(0)
		return
	}
	if len(t) <= shortText {
		if n := s.placed[t]; n > 0 {
			s.number(n)
			return
		}
	}
	s.texts++
	if len(t) <= shortText {
		s.placed[t] = s.texts
	}
	s.number(s.texts)
	s.number(uint64(len(t)))
	s.rowOut = append(s.rowOut, t...)
}

func (s *scribe) readText() (t string) {
	n := s.number(0)
	switch met := uint64(len(s.met)); {
	case n == 0:
		return ""
	case n <= met:
		return s.met[n-1]
	case n > met+1:
		s.fail("there is no text %d", n)
		return ""
	}
	length := s.number(0)
	if length == 0 || length > uint64(s.textLeft()) {
		s.fail("a text of %d bytes", length)
		return ""
	}
	if s.textAhead(int(length)); s.err != nil {
		return ""
	}
	t, s.row = s.row[:length], s.row[length:]
	s.met = append(s.met, t)
	return t
}

// list is a list, nil or not.
func list[T any](s *scribe, v *[]T, each func(*scribe, *T)) {
	var all []T
	if !s.reading {
		all = *v
	}
	n, none := s.length(len(all), all == nil)
	if none {
		return
	}
	if s.reading {
		all = make([]T, n)
		*v = all
	}
	var zero T
	for i := range all {
		if s.err != nil {
			return
		}
		if s.reading {
			all[i] = zero // so that it is written before each, which has to know that it is there, looks at it
		}
		each(s, &all[i])
	}
}

// optional is something that nothing else points to, or nothing.
func optional[T any](s *scribe, v **T, body func(*scribe, *T)) {
	there := !s.reading && *v != nil
	if !s.whether(&there) || s.err != nil {
		return
	}
	if s.reading {
		*v = new(T)
	}
	body(s, *v)
}

// made is something that nothing else points to.
func made[T any](s *scribe, v **T, body func(*scribe, *T)) {
	if s.reading {
		*v = new(T)
	}
	body(s, *v)
}

// ref is something that others may point to as well. It is never nil.
func ref[T any](s *scribe, v **T, body func(*scribe, *T)) {
	if !s.reading && *v == nil {
		s.fail("nothing, where there must be something")
		return
	}
	var there *T
	if !s.reading {
		there = *v
	}
	met, again := s.meet(there)
	if again {
		found, ok := met.(*T)
		if !ok {
			s.fail("a %T in another's place", met)
		}
		if s.reading {
			*v = found
		}
		return
	}
	if s.err != nil || !s.deeper() {
		return
	}
	if s.reading {
		there = new(T)
		*v = there
	}
	s.keep(there)
	body(s, there)
	s.depth--
}

func (s *scribe) deeper() bool {
	if s.depth++; s.depth > deepest {
		s.fail("too many things within things")
	}
	return s.err == nil
}

// meet writes or reads the place of what is pointed to. Where it was met before, that is given.
func (s *scribe) meet(v any) (met any, again bool) {
	if !s.reading {
		n := s.seen[v]
		s.number(n)
		return v, n > 0
	}
	n := s.number(0)
	if n > uint64(len(s.known)) {
		s.fail("nothing has the place %d", n)
		return nil, false
	}
	if n == 0 {
		return nil, false
	}
	return s.known[n-1], true
}

// keep lets later ones point to something.
func (s *scribe) keep(v any) {
	if s.reading {
		s.known = append(s.known, v)
	} else {
		s.things++
		s.seen[v] = s.things
	}
}
