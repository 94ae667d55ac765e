package domain

import (
	"slices"
	"strings"
)

// What a threshold counts.
const (
	Weights = "weights"
	Heads   = "heads"
)

// What a threshold is a part of.
const (
	Cast    = "cast"    // the votes cast: for and against, without abstentions
	Present = "present" // all who are present or represented, and take part
	Total   = "total"   // the whole roll
)

// A Threshold is what a part must come to: Share of the base, more than it where Strict, and never less than Minimum.
// It is exact: a share of 2/3 of 10 voices is reached by 20/3, and by 7 heads.
//
// Its one spelling has what is counted, the base, the share and the minimum: "weights cast >1/2",
// "heads total >=2/3 min 4", "weights total min 7.5".
type Threshold struct {
	Base    string   // Cast, Present or Total
	Minimum Weight   // 0 where there is none; whole where heads are counted
	Of      string   // Weights or Heads
	Share   Fraction // of the base; none where only Minimum is asked for
	Strict  bool     // more than Share, not exactly it
}

var (
	whole = Fraction{1, 1}
	half  = Fraction{1, 2}
)

func (t *Threshold) check(f *form) {
	f.oneOf("of", t.Of, Weights, Heads)
	f.oneOf("base", t.Base, Cast, Present, Total)
	switch {
	case t.Share.IsZero() && t.Minimum.IsZero():
		f.wrong("share", "or a minimum must be given")
	case t.Strict && t.Share.IsZero():
		f.wrong("strict", "goes with a share only")
	case t.Strict && t.Share == whole:
		f.wrong("share", "nothing is more than the whole")
	case t.Of == Heads && t.Minimum.Den() != 1:
		f.wrong("minimum", "of heads is a whole number")
	}
}

// String is the one spelling of t.
func (t Threshold) String() string {
	s := t.Of + " " + t.Base
	switch {
	case t.Strict:
		s += " >" + t.Share.String()
	case !t.Share.IsZero():
		s += " >=" + t.Share.String()
	}
	if !t.Minimum.IsZero() {
		s += " min " + t.Minimum.String()
	}
	return s
}

// AppendText gives the one spelling of t.
func (t Threshold) AppendText(b []byte) ([]byte, error) { return append(b, t.String()...), nil }

// MarshalText gives the one spelling of t.
func (t Threshold) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// ParseThreshold reads the one spelling of a threshold.
func ParseThreshold(s string) (t Threshold, err error) {
	words := strings.Split(s, " ")
	next := func() (w string) {
		if len(words) > 0 {
			w, words = words[0], words[1:]
		}
		return w
	}
	t.Of, t.Base = same(next(), Weights, Heads), same(next(), Cast, Present, Total)
	if len(words) > 0 && strings.HasPrefix(words[0], ">") {
		share, least := strings.CutPrefix(next()[1:], "=")
		t.Strict = !least
		if t.Share, err = ParseFraction(share); err != nil {
			return Threshold{}, &TextError{What: "threshold", Text: s, Err: err}
		}
	}
	if len(words) == 2 && next() == "min" {
		if t.Minimum, err = ParseWeight(next()); err != nil {
			return Threshold{}, &TextError{What: "threshold", Text: s, Err: err}
		}
	}
	f := form{}
	if t.check(&f); f.err != nil || len(words) > 0 || t.String() != s {
		return Threshold{}, &TextError{What: "threshold", Text: s, Err: ErrMalformed}
	}
	return t, nil
}

// same is the one of some words that a text is, so that no part of the text is kept; "" where it is none.
func same(text string, words ...string) string {
	if i := slices.Index(words, text); i >= 0 {
		return words[i]
	}
	return ""
}

// UnmarshalText reads the one spelling of a threshold.
func (t *Threshold) UnmarshalText(text []byte) (err error) {
	*t, err = ParseThreshold(string(text))
	return err
}
