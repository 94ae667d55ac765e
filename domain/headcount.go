package domain

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// MaxHeadcount is the largest headcount that a line can have.
const MaxHeadcount = 999_999

// A Headcount is the pupils of a school on one line of an order form: 0 to MaxHeadcount, or unknown, which is never 0. The
// zero value is unknown.
type Headcount uint32

// UnknownHeadcount stands on a line whose pupils nobody has counted, or may be told of.
const UnknownHeadcount Headcount = 0

// NewHeadcount is a known headcount. It fails with ErrNegative or ErrTooLarge.
func NewHeadcount(pupils int) (Headcount, error) {
	switch {
	case pupils < 0:
		return UnknownHeadcount, ErrNegative
	case pupils > MaxHeadcount:
		return UnknownHeadcount, ErrTooLarge
	}
	return Headcount(pupils + 1), nil
}

// Pupils is the number of pupils; known is false where it is unknown, and pupils then 0.
func (h Headcount) Pupils() (pupils int, known bool) {
	if h == UnknownHeadcount {
		return 0, false
	}
	return int(h - 1), true
}

// ParseHeadcount reads digits, without zeros in front, or "?" for an unknown headcount. For every s that it accepts,
//
//	ParseHeadcount(s).String() == s
//
// Its error is a *TextError, which matches ErrMalformed.
func ParseHeadcount(s string) (Headcount, error) {
	h, ok := readHeadcount(s)
	if !ok {
		return UnknownHeadcount, &TextError{What: "headcount", Text: s, Err: fmt.Errorf("%w: want 0 to %d, or ? where it is unknown", ErrMalformed, MaxHeadcount)}
	}
	return h, nil
}

// String is h in digits, "?" where it is unknown.
func (h Headcount) String() string { return string(h.append(nil)) }

func (h Headcount) append(b []byte) []byte {
	if h == UnknownHeadcount {
		return append(b, '?')
	}
	return strconv.AppendUint(b, uint64(h-1), 10)
}

// Headcounts is a packed list of schools and their headcounts, as it stands in an event: "0680034T 412,0680035U ?". The
// schools ascend, none stands there twice, and there is one.
type Headcounts string

// All gives the schools and their headcounts, ascending. It allocates nothing. What ParseHeadcounts does not accept it
// gives as far as it goes.
func (h Headcounts) All() iter.Seq2[UAI, Headcount] {
	return func(yield func(UAI, Headcount) bool) {
		for rest := string(h); rest != ""; {
			school, count, n := readEntry(rest)
			if n == 0 || !yield(school, count) {
				return
			}
			rest = rest[min(n+1, len(rest)):]
		}
	}
}

// readEntry reads the entry at the beginning of s, which has n bytes and ends at a comma or with s; n is 0 where there is
// none. Every line of every order form passes through here.
func readEntry(s string) (school UAI, count Headcount, n int) {
	if n = strings.IndexByte(s, ','); n < 0 {
		n = len(s)
	}
	if n < len(uaiForm)+2 || s[7] < 'A' || s[7] > 'Z' || s[8] != ' ' {
		return 0, 0, 0
	}
	var digits uint32
	for i := range 7 {
		d := uint32(s[i]) - '0'
		if d > 9 {
			return 0, 0, 0
		}
		digits = 10*digits + d
	}
	count, ok := readHeadcount(s[9:n])
	if !ok {
		return 0, 0, 0
	}
	return UAI(digits*uaiLetters+uint32(s[7]-'A')) + 1, count, n
}

func readHeadcount(s string) (Headcount, bool) {
	if s == "?" {
		return UnknownHeadcount, true
	}
	if s == "" || len(s) > 6 || s[0] == '0' && s != "0" {
		return UnknownHeadcount, false
	}
	var n uint32
	for i := range len(s) {
		d := uint32(s[i]) - '0'
		if d > 9 {
			return UnknownHeadcount, false
		}
		n = 10*n + d
	}
	return Headcount(n + 1), true
}

// Len is the number of schools.
func (h Headcounts) Len() int {
	if h == "" {
		return 0
	}
	return strings.Count(string(h), ",") + 1
}

// ParseHeadcounts checks a packed list. Its error is a *TextError, which matches ErrMalformed.
func ParseHeadcounts(s string) (Headcounts, error) {
	var last UAI
	for rest := s; ; {
		school, _, n := readEntry(rest)
		switch {
		case n == 0:
			entry, _, _ := strings.Cut(rest, ",")
			return "", &TextError{What: "headcounts", Text: entry, Err: fmt.Errorf("%w: want a school and its headcount or ?, as in 0680034T 412", ErrMalformed)}
		case school <= last:
			return "", &TextError{What: "headcounts", Text: rest[:n], Err: fmt.Errorf("%w: the schools ascend, and none stands there twice", ErrMalformed)}
		case n == len(rest):
			return Headcounts(s), nil
		}
		last, rest = school, rest[n+1:]
	}
}
