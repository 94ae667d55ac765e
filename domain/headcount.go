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
	if s == "?" {
		return UnknownHeadcount, nil
	}
	if s == "" || len(s) > 6 || !allDigits(s) || s[0] == '0' && s != "0" {
		return UnknownHeadcount, &TextError{What: "headcount", Text: s, Err: fmt.Errorf("%w: want 0 to %d, or ? where it is unknown", ErrMalformed, MaxHeadcount)}
	}
	return Headcount(number(s) + 1), nil
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
		for rest := string(h); len(rest) > len(uaiForm)+1; {
			end := strings.IndexByte(rest, ',')
			if end < 0 {
				end = len(rest)
			}
			school, err := ParseUAI(rest[:len(uaiForm)])
			if err != nil || end < len(uaiForm)+2 {
				return
			}
			count, err := ParseHeadcount(rest[len(uaiForm)+1 : end])
			if err != nil || !yield(school, count) {
				return
			}
			rest = rest[min(end+1, len(rest)):]
		}
	}
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
	for entry := range strings.SplitSeq(s, ",") {
		school, count, ok := strings.Cut(entry, " ")
		if !ok {
			return "", &TextError{What: "headcounts", Text: entry, Err: fmt.Errorf("%w: want a school and its headcount, as in 0680034T 412", ErrMalformed)}
		}
		u, err := ParseUAI(school)
		if err != nil {
			return "", err
		}
		if _, err := ParseHeadcount(count); err != nil {
			return "", err
		}
		if u <= last {
			return "", &TextError{What: "headcounts", Text: entry, Err: fmt.Errorf("%w: the schools ascend, and none stands there twice", ErrMalformed)}
		}
		last = u
	}
	return Headcounts(s), nil
}
