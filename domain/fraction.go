package domain

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxDenominator bounds the denominator of a Fraction.
const MaxDenominator = 1_000_000

// A Fraction is a part of a whole, above 0 and at most 1, such as 1/2 or 2/3, in lowest terms. The zero Fraction is none.
type Fraction struct{ num, den int32 }

// NewFraction is num/den, reduced.
func NewFraction(num, den int64) (Fraction, error) {
	if num <= 0 || num > den || den > MaxDenominator {
		return Fraction{}, fmt.Errorf("%w: a fraction is above 0, at most 1, and its denominator at most %d", ErrMalformed, MaxDenominator)
	}
	g := int64(gcd(uint64(num), uint64(den)))
	return Fraction{int32(num / g), int32(den / g)}, nil
}

// Num is the numerator, 0 for none.
func (f Fraction) Num() int64 { return int64(f.num) }

// Den is the denominator, 1 for none.
func (f Fraction) Den() int64 { return max(int64(f.den), 1) }

// IsZero reports whether f is none.
func (f Fraction) IsZero() bool { return f == Fraction{} }

// String is the one spelling of f, such as 2/3; "" for none.
func (f Fraction) String() string {
	if f.IsZero() {
		return ""
	}
	return strconv.Itoa(int(f.num)) + "/" + strconv.Itoa(int(f.den))
}

// ParseFraction reads the one spelling of a fraction: 1/2, never 2/4 or 0.5.
func ParseFraction(s string) (Fraction, error) {
	wrong := func(instead string, err error) (Fraction, error) {
		return Fraction{}, &TextError{What: "fraction", Text: s, Instead: instead, Err: err}
	}
	above, below, ok := strings.Cut(s, "/")
	if !ok || !allDigits(above) || !allDigits(below) || len(above) > 7 || len(below) > 7 {
		return wrong("", ErrMalformed)
	}
	f, err := NewFraction(int64(number(above)), int64(number(below)))
	if err != nil {
		return wrong("", err)
	}
	if f.String() != s {
		return wrong(f.String(), ErrSpelling)
	}
	return f, nil
}

// MarshalText gives the one spelling of f.
func (f Fraction) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the one spelling of a fraction.
func (f *Fraction) UnmarshalText(text []byte) (err error) {
	*f, err = ParseFraction(string(text))
	return err
}
