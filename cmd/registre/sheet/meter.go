package sheet

import (
	"errors"
	"io"
)

var (
	errMeter  = errors.New("more bytes at once than may be")
	errFolder = errors.New("the folder of the ZIP is too long")
)

// A meter passes so many bytes on until it is told that it may begin again. What reads from it reads a little ahead.
type meter struct {
	io.Reader
	most, left int
}

func (m *meter) again() { m.left = m.most }

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errMeter
	}
	n, err := m.Reader.Read(p[:min(len(p), m.left)])
	m.left -= n
	return n, err
}

// A zipFolder gives only so many bytes of a ZIP until its folder was read: whoever reads it believes what it says there, however many
// parts it names.
type zipFolder struct {
	io.ReaderAt
	left int
	read bool
}

func (z *zipFolder) ReadAt(p []byte, at int64) (int, error) {
	if !z.read {
		if z.left -= len(p); z.left < 0 {
			return 0, errFolder
		}
	}
	return z.ReaderAt.ReadAt(p, at)
}
