package domain

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// More reasons why a text, a number or an operation is refused; matched by errors.Is.
var (
	// ErrTooLarge: above the largest value that there can be.
	ErrTooLarge = errors.New("too large")
	// ErrChecksum: the digit or letter that checks the others does not fit them.
	ErrChecksum = errors.New("does not check: a digit is wrong, or two are exchanged")
	// ErrCurrency: amounts of different currencies do not add up, and none is without one.
	ErrCurrency = errors.New("not of one currency")
)

// A Money is an exact amount, never negative, in hundredths of a currency: the code of three capital letters that ISO 4217
// gives it, whose list is not looked up. The zero value is no amount at all, which is not an amount of 0. Two amounts are
// the same if and only if they are ==.
type Money struct {
	cents    int64
	currency [3]byte
}

// NewMoney is an amount of cents, 0 to 2^63-1, of a currency. It fails with ErrNegative or ErrCurrency.
func NewMoney(cents int64, currency string) (Money, error) {
	if cents < 0 {
		return Money{}, ErrNegative
	}
	if !isCurrency(currency) {
		return Money{}, fmt.Errorf("%w: want a code of three capital letters, as EUR", ErrCurrency)
	}
	return Money{cents, [3]byte([]byte(currency))}, nil
}

func isCurrency(s string) bool {
	return len(s) == 3 && strings.IndexFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0
}

// Cents is the amount in hundredths.
func (m Money) Cents() int64 { return m.cents }

// Currency is the code of the currency; "" where there is no amount.
func (m Money) Currency() string {
	if m.IsZero() {
		return ""
	}
	return string(m.currency[:])
}

// IsZero reports whether m is no amount.
func (m Money) IsZero() bool { return m == Money{} }

// Add is m + n, exactly; no amount is as if it were not there. It fails with ErrCurrency or ErrTooLarge.
func (m Money) Add(n Money) (Money, error) {
	switch {
	case n.IsZero():
		return m, nil
	case m.IsZero():
		return n, nil
	case m.currency != n.currency:
		return Money{}, ErrCurrency
	case m.cents > math.MaxInt64-n.cents:
		return Money{}, ErrTooLarge
	}
	return Money{m.cents + n.cents, m.currency}, nil
}

// Times is m taken n times, exactly. It fails with ErrNegative or ErrTooLarge.
func (m Money) Times(n int64) (Money, error) {
	if n < 0 {
		return Money{}, ErrNegative
	}
	high, low := bits.Mul64(uint64(m.cents), uint64(n))
	if high != 0 || low > math.MaxInt64 {
		return Money{}, ErrTooLarge
	}
	return Money{int64(low), m.currency}, nil
}

// ParseMoney reads the one spelling of an amount: two decimals behind a point, a space, and the currency, as in
// "1250.00 EUR". For every s that it accepts, and for every m but the zero one,
//
//	ParseMoney(s).String() == s
//	ParseMoney(m.String()) == m
//
// Its error is a *TextError, which matches ErrMalformed, ErrSpelling (and then says the spelling to use) or ErrTooLarge.
func ParseMoney(s string) (Money, error) {
	m, err := readMoney(s)
	if err != nil {
		return Money{}, &TextError{What: "amount", Text: s, Err: err}
	}
	if text := m.String(); text != s {
		return Money{}, &TextError{What: "amount", Text: s, Instead: text, Err: ErrSpelling}
	}
	return m, nil
}

// readMoney also reads superfluous zeros at the front, and decimals that are left out.
func readMoney(s string) (Money, error) {
	malformed := fmt.Errorf("%w: want an amount and its currency, as in 1250.00 EUR", ErrMalformed)
	amount, currency, _ := strings.Cut(s, " ")
	whole, decimals, point := strings.Cut(amount, ".")
	if !isCurrency(currency) || whole == "" || !allDigits(whole) || !allDigits(decimals) || len(decimals) > 2 || point && decimals == "" {
		return Money{}, malformed
	}
	cents, err := strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	if err != nil {
		return Money{}, ErrTooLarge // all digits they are
	}
	return NewMoney(cents, currency)
}

// String is m written as "1250.00 EUR", "" where it is no amount.
func (m Money) String() string {
	b, _ := m.AppendText(nil)
	return string(b)
}

// AppendText appends m.String() to b. It never fails.
func (m Money) AppendText(b []byte) ([]byte, error) {
	if m.IsZero() {
		return b, nil
	}
	b = append(strconv.AppendInt(b, m.cents/100, 10), '.')
	b = append(appendDigits(b, int(m.cents%100), 2), ' ')
	return append(b, m.currency[:]...), nil
}

// MarshalText is [Money.AppendText] to nothing.
func (m Money) MarshalText() ([]byte, error) { return m.AppendText(nil) }

// UnmarshalText is [ParseMoney], save that "" is no amount.
func (m *Money) UnmarshalText(text []byte) error { return unmarshal(m, text, ParseMoney) }
