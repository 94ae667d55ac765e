package domain

import (
	"encoding/binary"
	"io"
	"unsafe"
)

// A snapshot is written through a window, and read through two, of what is not text and of the row of texts behind it, so that no more of it is held than
// these. A text is part of the window in which it stood.

// windowSize is how many bytes a window has. It is more than is ever looked at in one go but for a text, which has a window of its own
// where it is longer.
const windowSize = 1 << 16

// An unread is what is left to be read of a part of something.
type unread struct {
	from    io.ReaderAt
	at, end int64
}

func (p *unread) left() int { return int(p.end - p.at) }

// read fills room with what comes next.
func (p *unread) read(room []byte) error {
	n, err := p.from.ReadAt(room, p.at)
	p.at += int64(n)
	if n == len(room) {
		return nil
	}
	return err
}

func newReader(from *io.SectionReader, window int) (*scribe, error) {
	s := &scribe{reading: true, meetings: meetingRooms.Get().(*meetings)}
	if len(s.window) != window {
		s.window = make([]byte, window)
	}
	var length [lengthSize]byte
	end := max(from.Size()-lengthSize, 0)
	last := unread{from, end, from.Size()}
	if err := last.read(length[:]); err != nil {
		s.fail("%v", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > uint64(end) {
		s.fail("%d bytes", from.Size())
	}
	if s.err != nil {
		s.release()
		return nil, s.err
	}
	s.behind, s.texted = unread{from, 0, int64(n)}, unread{from, int64(n), end}
	return s, nil
}

// lengthSize is how many bytes the length at the end has.
const lengthSize = 8

// spill writes out what is in the window.
func (s *scribe) spill() {
	if s.err == nil {
		_, s.err = s.out.Write(s.in)
	}
	s.gone += uint64(len(s.in))
	s.in = s.in[:0]
}

// end writes out the rest.
func (s *scribe) end() error {
	s.spill()
	for _, rest := range [][]byte{s.rowOut, binary.LittleEndian.AppendUint64(nil, s.gone)} {
		if s.err == nil {
			_, s.err = s.out.Write(rest)
		}
	}
	return s.err
}

// left is how many bytes are left to be read, but for texts.
func (s *scribe) left() int { return len(s.in) - s.at + s.behind.left() }

// ahead has so many bytes in the window, where so many are left.
func (s *scribe) ahead(need int) {
	held := len(s.in) - s.at
	if held >= need || s.behind.left() <= 0 {
		return
	}
	n := copy(s.window, s.in[s.at:])
	room := s.window[:min(len(s.window), n+s.behind.left())]
	if err := s.behind.read(room[n:]); err != nil {
		s.fail("%v", err)
		return
	}
	s.in, s.at = room, 0
}

// textLeft is how many bytes of texts are left.
func (s *scribe) textLeft() int { return len(s.row) + s.texted.left() }

// textAhead has so many bytes of texts in the window. So many are left.
func (s *scribe) textAhead(need int) {
	if need <= len(s.row) {
		return
	}
	room := make([]byte, max(need, min(len(s.window), s.textLeft())))
	n := copy(room, s.row)
	if err := s.texted.read(room[n:]); err != nil {
		s.fail("%v", err)
		return
	}
	s.row = unsafe.String(&room[0], len(room)) // nobody writes to it again
}
