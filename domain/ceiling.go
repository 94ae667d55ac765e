package domain

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxPupils is the highest ceiling in pupils.
const MaxPupils = 999_999_999

const pupils = " pupils"

// ParseCeiling reads an amount of money, as "1250.00 EUR", or a number of pupils, as "90000 pupils". For every s that it
// accepts, and for every valid c but none,
//
//	ParseCeiling(s).String() == s
//	ParseCeiling(c.String()) == c
//
// Its error is a *TextError, which matches ErrMalformed, ErrSpelling or ErrTooLarge.
func ParseCeiling(s string) (Ceiling, error) {
	digits, quantity := strings.CutSuffix(s, pupils)
	if !quantity {
		amount, err := ParseMoney(s)
		return Ceiling{Amount: amount}, err
	}
	if digits == "" || digits[0] == '0' || len(digits) > 9 || !allDigits(digits) {
		return Ceiling{}, &TextError{What: "ceiling", Text: s, Err: fmt.Errorf("%w: want 1 to %d pupils", ErrMalformed, MaxPupils)}
	}
	return Ceiling{Pupils: int64(number(digits))}, nil
}

// IsZero reports whether there is no ceiling.
func (c Ceiling) IsZero() bool { return c == Ceiling{} }

// String is c as [ParseCeiling] reads it, "" for none.
func (c Ceiling) String() string {
	b, err := c.AppendText(nil)
	if err != nil {
		return fmt.Sprintf("Ceiling(%v, %d)", c.Amount, c.Pupils)
	}
	return string(b)
}

// AppendText appends c.String() to b. It fails with ErrMalformed, and appends nothing, for what is neither an amount nor 1 to
// MaxPupils pupils, or both.
func (c Ceiling) AppendText(b []byte) ([]byte, error) {
	switch {
	case c.Pupils == 0:
		return c.Amount.AppendText(b)
	case c.Pupils < 0 || c.Pupils > MaxPupils || !c.Amount.IsZero():
		return b, fmt.Errorf("ceiling: %w: an amount, or 1 to %d pupils", ErrMalformed, MaxPupils)
	}
	return append(strconv.AppendInt(b, c.Pupils, 10), pupils...), nil
}

// MarshalText is [Ceiling.AppendText] to nothing.
func (c Ceiling) MarshalText() ([]byte, error) { return c.AppendText(nil) }

// UnmarshalText is [ParseCeiling], save that "" is none.
func (c *Ceiling) UnmarshalText(text []byte) error { return unmarshal(c, text, ParseCeiling) }
