package eventstore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// readString reads a JSON string that is written canonically, or nearly so.
func (c *coder) readString() (string, bool) {
	if c.err != nil {
		return "", false
	}
	if c.next() != '"' {
		c.fail("", WrongKind, fmt.Errorf("want a string, not %s", c.kindHere()))
		return "", false
	}
	if s, ok := c.readPlain(); ok {
		return s, true
	}
	return c.readEscaped(c.pos + 1)
}

// readEscaped reads on from behind the opening quote, whatever stands in the string.
func (c *coder) readEscaped(from int) (string, bool) {
	var b []byte
	for i := from; i < len(c.in); i++ {
		switch ch := c.in[i]; {
		case ch == '"':
			s := c.in[from:i]
			if b != nil {
				s = string(append(b, s...))
			}
			c.pos = i + 1
			return s, true
		case ch == '\\':
			r, n := unescape(c.in[i:])
			if n == 0 {
				c.pos = i
				c.fail("", NotCanonical, fmt.Errorf("%w: only \\\" \\\\ \\b \\t \\n \\f \\r and \\u00.. for control characters are escaped", ErrNotCanonical))
				return "", false
			}
			b = append(append(b, c.in[from:i]...), r)
			from, i = i+n, i+n-1
		case ch < ' ':
			c.pos = i
			c.fail("", Syntax, errors.New("a control character in a string"))
			return "", false
		}
	}
	c.pos = len(c.in)
	c.fail("", Syntax, errors.New("a string without an end"))
	return "", false
}

const escapes = "\b\t\n\f\r\"\\"

// unescape reads the escape at the beginning of s; n is its length, 0 where it is none that is ever written.
func unescape(s string) (r byte, n int) {
	if len(s) > 1 {
		if i := strings.IndexByte(`btnfr"\`, s[1]); i >= 0 {
			return escapes[i], 2
		}
	}
	if len(s) < 6 || s[:4] != `\u00` {
		return 0, 0
	}
	x, err := strconv.ParseUint(s[4:6], 16, 8)
	if err != nil || x >= ' ' {
		return 0, 0
	}
	return byte(x), 6
}

// parseText is s, if it is text.
func parseText(s string) (string, error) {
	if plain(s) {
		return s, nil
	}
	if !utf8.ValidString(s) {
		return "", &WireError{Problem: BadUTF8}
	}
	if !isNFC(s) {
		return "", &WireError{Problem: NotNFC, Cause: fmt.Errorf("write %+.80q", norm.NFC.String(s))}
	}
	return s, nil
}

// isNFC reports whether s is in Unicode normalisation form C.
func isNFC(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xCC { // what lies below U+0300 is always normal (Unicode Standard Annex 15, Quick_Check)
			return norm.NFC.IsNormalString(s)
		}
	}
	return true
}

// appendText appends s as RFC 8785, section 3.2.2.2, writes it, without the quotes.
func appendText(s string, dst []byte) ([]byte, error) {
	if plain(s) {
		return append(dst, s...), nil
	}
	if _, err := parseText(s); err != nil {
		return dst, err
	}
	from := 0
	for i := range len(s) {
		ch := s[i]
		if ch >= ' ' && ch != '"' && ch != '\\' {
			continue
		}
		dst = append(append(dst, s[from:i]...), '\\')
		from = i + 1
		if at := strings.IndexByte(escapes, ch); at >= 0 {
			dst = append(dst, `btnfr"\`[at])
		} else {
			dst = append(dst, 'u', '0', '0', '0'+ch>>4, "0123456789abcdef"[ch&15])
		}
	}
	return append(dst, s[from:]...), nil
}

// plain reports whether s stands for itself in JSON and is ASCII.
func plain(s string) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for len(s) >= 8 {
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		quote, slash := x^('"'*ones), x^('\\'*ones)
		if (x|(x-' '*ones)|(quote-ones)|(slash-ones))&highs != 0 { // no byte borrows unless one is found
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if ch := s[i]; ch < ' ' || ch >= utf8.RuneSelf || ch == '"' || ch == '\\' {
			return false
		}
	}
	return true
}
