package domain

import "fmt"

// A SIRET is the number of an establishment in the French register of businesses (Code de commerce, article R. 123-221):
// fourteen digits, of which nine are the business's SIREN. The zero value is none.
type SIRET uint64

const (
	siretForm = "00000000000000"
	maxSIRET  = SIRET(99_999_999_999_999)

	laPoste     = 356_000_000        // its SIREN
	laPosteSeat = 35_600_000_000_048 // whose own number is like all others
)

// ParseSIRET reads fourteen digits whose last checks the others: by Luhn's formula, or for the establishments of La Poste,
// which are too many for it, by a sum of digits that is a multiple of 5. For every s that it accepts, and for every valid n,
//
//	ParseSIRET(s).String() == s
//	ParseSIRET(n.String()) == n
//
// Its error is a *TextError, which matches ErrMalformed or ErrChecksum.
func ParseSIRET(s string) (SIRET, error) {
	if len(s) != len(siretForm) || !allDigits(s) || number(s) == 0 {
		return 0, &TextError{What: "SIRET", Text: s, Err: fmt.Errorf("%w: want fourteen digits, without spaces", ErrMalformed)}
	}
	n := SIRET(number(s))
	if !n.checks() {
		return 0, &TextError{What: "SIRET", Text: s, Err: ErrChecksum}
	}
	return n, nil
}

// checks reports whether the last digit fits the others.
func (n SIRET) checks() bool {
	sum, doubled := 0, 0
	for rest, i := n, 0; rest > 0; rest, i = rest/10, i+1 {
		d := int(rest % 10)
		sum += d
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		doubled += d
	}
	return doubled%10 == 0 || n.SIREN() == laPoste && n != laPosteSeat && sum%5 == 0
}

// SIREN is the number of the business: the first nine digits, which are below 10^9.
func (n SIRET) SIREN() uint32 { return uint32(n / 100_000) }

// IsZero reports whether n is none.
func (n SIRET) IsZero() bool { return n == 0 }

// String is n in fourteen digits, "" for none.
func (n SIRET) String() string {
	var buf [len(siretForm)]byte
	b, err := n.AppendText(buf[:0])
	if err != nil {
		return fmt.Sprintf("SIRET(%d)", uint64(n))
	}
	return string(b)
}

// AppendText appends n.String() to b. It fails, and appends nothing, for a number that [ParseSIRET] would not read: with
// ErrTooLarge or ErrChecksum.
func (n SIRET) AppendText(b []byte) ([]byte, error) {
	switch {
	case n == 0:
		return b, nil
	case n > maxSIRET:
		return b, fmt.Errorf("SIRET number %d: %w", uint64(n), ErrTooLarge)
	case !n.checks():
		return b, fmt.Errorf("SIRET number %d: %w", uint64(n), ErrChecksum)
	}
	return appendDigits(appendDigits(b, int(n/10_000_000), 7), int(n%10_000_000), 7), nil
}

// MarshalText is [SIRET.AppendText] to nothing.
func (n SIRET) MarshalText() ([]byte, error) { return n.AppendText(nil) }

// UnmarshalText is [ParseSIRET], save that "" is none.
func (n *SIRET) UnmarshalText(text []byte) error { return unmarshal(n, text, ParseSIRET) }
