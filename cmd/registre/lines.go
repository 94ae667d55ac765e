package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
)

// A line of a file of commands.
type line struct {
	number int    // from 1
	text   []byte // without its end; nil where it is too long
	long   bool   // longer than is read
	blind  bool   // so long that no end of it was looked for: nothing more is read
	cut    bool   // the file ends within it: it has no end of line
	offset int64  // bytes of the file read with it
	err    error  // why the reading ended, other than at the end of the file
}

// lines reads the lines of r, each at most so many bytes long; of a longer one only that much is ever held, and one
// that does not end within maxBlindLine is the last. It reads ahead
// in a goroutine, so that whoever waits for a line can stop waiting when ctx ends: a terminal may never give the next one.
func lines(ctx context.Context, r io.Reader, most int) <-chan line {
	out := make(chan line, 16)
	go func() {
		defer close(out)
		in := bufio.NewReaderSize(r, 64<<10)
		var offset int64
		for number := 1; ; number++ {
			l, read := oneLine(in, most)
			if read == 0 && l.err == nil {
				return
			}
			offset += read
			l.number, l.offset = number, offset
			select {
			case out <- l:
			case <-ctx.Done():
				return
			}
			if l.err != nil || l.cut || l.blind {
				return
			}
		}
	}()
	return out
}

// oneLine reads up to the end of a line, and counts what it read.
func oneLine(in *bufio.Reader, most int) (l line, read int64) {
	for {
		part, err := in.ReadSlice('\n')
		read += int64(len(part))
		ended := err == nil
		if ended {
			part = part[:len(part)-1]
		}
		switch {
		case l.long:
		case len(l.text)+len(part) > most:
			l.text, l.long = nil, true
		default:
			l.text = append(l.text, part...)
		}
		switch {
		case ended:
			return l, read
		case errors.Is(err, bufio.ErrBufferFull):
			if l.blind = read > maxBlindLine; l.blind {
				return l, read
			}
			continue
		case errors.Is(err, io.EOF):
			l.cut = true
			return l, read
		}
		l.err = err
		return l, read
	}
}

// isBlank reports whether a line says nothing.
func (l *line) isBlank() bool { return !l.long && len(bytes.TrimSpace(l.text)) == 0 }
