// Package harmless makes text from a register, a file or another machine harmless where it leaves the program: to a terminal, in
// a table, on a page.
//
// What is kept is never changed: an event's bytes, their proof and the JSON that answers programs hold what was written. Only
// what people look at is.
//
//	controls         ESC, BEL, the C1 controls and the others move the cursor, name links, set titles and clipboards
//	marks            that turn the writing round, or isolate it, let a text look like another
//	what is unseen   zero-width spaces and joiners, fillers and tags let two texts look alike that are not
//	ends of lines    inside a text let it pass for a line of the program's own
//
// Each stands as U+FFFD, so that a reader sees that something was there; an end of a line and a tab, which an honest text can
// hold, as a space. Letters, accents, the spaces of French typography and whatever else is seen stay as they are.
package harmless

import (
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// Spoils reports whether a character can do harm where people read it. Ends of lines and tabs are not among them: where these do, depends on the place.
func Spoils(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\n' && r != '\t'
	case r < 0x7f:
		return false
	case r < 0xa0, r == 0xad, r == 0x34f, r == 0x61c, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r >= 0x180b && r <= 0x180f,
		r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0x3164, r == 0xfeff, r == 0xffa0,
		r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// Line is a text as it can stand within a line.
func Line(s string) string {
	return changed(s, func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return shown(r)
	})
}

// Text is a text of several lines, as a cell of a table can hold it.
func Text(s string) string { return changed(s, shown) }

func shown(r rune) rune {
	if Spoils(r) {
		return utf8.RuneError
	}
	return r
}

// plain reports whether there are only characters that are seen, of ASCII, and its space: most texts are that, and soon looked through.
func plain(s string) bool {
	for i := range len(s) {
		if s[i]-0x20 >= 0x5f {
			return false
		}
	}
	return true
}

// changed gives s itself where nothing is to be changed. What is no UTF-8 comes to U+FFFD.
func changed(s string, to func(rune) rune) string {
	if plain(s) {
		return s
	}
	for i, r := range s {
		if to(r) != r || r == utf8.RuneError {
			var b strings.Builder
			b.WriteString(s[:i])
			for _, r := range s[i:] {
				b.WriteRune(to(r))
			}
			return b.String()
		}
	}
	return s
}

// A Manner is what a Writer does with what does harm.
type Manner uint8

// What it does.
const (
	Replaced Manner = iota // U+FFFD stands in its place
	Escaped                // as JSON escapes it, which changes no value: in JSON it stands in texts alone
	Kept                   // all passes as it is
)

// A Writer hands on what is harmless. It is the last guard, behind those that know where a text begins and ends: ends of
// lines and tabs it lets pass.
//
// A character that is cut between two calls is put together. Several goroutines may write at once.
type Writer struct {
	To io.Writer
	As func() Manner // nil for Replaced

	mu    sync.Mutex
	begun []byte // a character
	out   []byte
	wrong atomic.Pointer[error] // the first; whoever asks for it waits for no writing
}

// Err is what went wrong first where something was handed on; nil if nothing did.
func (w *Writer) Err() error {
	if err := w.wrong.Load(); err != nil {
		return *err
	}
	return nil
}

// handOn hands on, and keeps what goes wrong first.
func (w *Writer) handOn(p []byte) (int, error) {
	n, err := w.To.Write(p)
	if err != nil {
		w.wrong.CompareAndSwap(nil, &err)
	}
	return n, err
}

// Write writes p. It reports all of it as written, or none.
func (w *Writer) Write(p []byte) (int, error) {
	manner := Replaced
	if w.As != nil {
		manner = w.As()
	}
	if manner == Kept {
		return w.handOn(p)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	text := p
	if len(w.begun) > 0 {
		text = append(w.begun, p...)
		w.begun = nil
	}
	w.out = w.out[:0]
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && !utf8.FullRune(text) {
			w.begun = append([]byte(nil), text...)
			break
		}
		w.put(r, text[:size], manner)
		text = text[size:]
	}
	if _, err := w.handOn(w.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (w *Writer) put(r rune, as []byte, manner Manner) {
	switch {
	case !Spoils(r) && (r != utf8.RuneError || len(as) > 1):
		w.out = append(w.out, as...)
	case manner == Escaped && r != utf8.RuneError:
		w.out = appendEscaped(w.out, r)
	default:
		w.out = utf8.AppendRune(w.out, utf8.RuneError)
	}
}

// appendEscaped writes a character as JSON can: in one or two units of UTF-16.
func appendEscaped(b []byte, r rune) []byte {
	unit := func(u rune) {
		const digits = "0123456789abcdef"
		b = append(b, '\\', 'u', digits[u>>12&15], digits[u>>8&15], digits[u>>4&15], digits[u&15])
	}
	if r < 0x10000 {
		unit(r)
		return b
	}
	r -= 0x10000
	unit(0xd800 + r>>10)
	unit(0xdc00 + r&0x3ff)
	return b
}

// Under is the writer that a Writer stands before; w itself where it is none.
func Under(w io.Writer) io.Writer {
	if h, ok := w.(*Writer); ok {
		return h.To
	}
	return w
}
