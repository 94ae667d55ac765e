package domain

import (
	"encoding/binary"
	"io"
)

// A snapshot is read through two windows, of what is not text and of the row of texts behind it, so that no more of it is held than
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
	s.behind = unread{from, 0, from.Size()}
	s.ahead(binary.MaxVarintLen64)
	n, length := binary.Uvarint(s.in)
	if s.err == nil && (length <= 0 || n > uint64(from.Size())-uint64(length)) {
		s.fail("%d bytes", from.Size())
	}
	if s.err != nil {
		s.release()
		return nil, s.err
	}
	end := int64(length) + int64(n)
	s.texted = unread{from, end, from.Size()}
	s.at = length
	if s.behind.end = end; s.behind.at > end { // the window reaches into the row
		s.in, s.behind.at = s.in[:end], end
	}
	return s, nil
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
	s.row = string(room)
}
