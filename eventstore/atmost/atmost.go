// Package atmost reads what somebody else has written, up to a limit: a file may have grown without end, or be no file at all but a
// device or a pipe. Whoever reads a whole file into memory in this module reads it here, which is a test (domain/house_test.go).
//
// # Guarantees
//
//   - No more than the limit and one byte is read, and no more than twice that is held.
//   - What is longer is never cut: it is refused, with an [Error].
//   - What the operating system says of a file is passed on as [os.ReadFile] does.
package atmost

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// Line is the limit of a small text of one line: a key, a number, the version of a format.
const Line = 4 << 10

// An Error says that something is longer than it can be.
type Error struct {
	Path string // of the file; "" where it is none
	Most int64  // bytes
}

func (e *Error) Error() string {
	said := fmt.Sprintf("more than %d bytes, which are the most that it can have", e.Most)
	if e.Path != "" {
		return e.Path + ": " + said
	}
	return said
}

// File reads a file of at most so many bytes. Its error is an *Error where there are more, and otherwise what [os.ReadFile] gives.
func File(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var room bytes.Buffer
	if err := into(&room, file, path, most); err != nil {
		return nil, err
	}
	return room.Bytes(), nil
}

// Read reads to the end of r, which has at most so many bytes. Its error is an *Error where there are more, and otherwise what r gives.
func Read(r io.Reader, most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(text)) > most {
		return nil, &Error{Most: most}
	}
	return text, err
}

// Into is File in a room that others were read into before: it is filled anew.
func Into(room *bytes.Buffer, path string, most int64) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return into(room, file, path, most)
}

func into(room *bytes.Buffer, file *os.File, path string, most int64) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() && info.Size() > most {
		return &Error{path, most}
	}
	room.Reset()
	room.Grow(int(min(info.Size(), most)) + bytes.MinRead)
	if n, err := room.ReadFrom(io.LimitReader(file, most+1)); err != nil || n <= most {
		return err
	}
	return &Error{path, most}
}
