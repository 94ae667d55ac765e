package domain

import "fmt"

// A UAI is the national code of a school: seven digits and a letter, as in 0680034T (the unité administrative
// immatriculée of the French ministry of education). The first three digits are those of a département, 620 and 720 for
// those of Corsica. UAIs compare as their texts do. The zero value is none.
type UAI uint32

const (
	uaiForm    = "0000000A"
	uaiLetters = 'Z' - 'A' + 1
	maxUAI     = UAI(uaiLetters * 10_000_000) // 9999999Z
)

// ParseUAI reads seven digits and a capital letter, whichever: that the letter is the wrong one is no reason to refuse a
// code, see [UAI.Check]. For every s that it accepts, and for every u but the zero one,
//
//	ParseUAI(s).String() == s
//	ParseUAI(u.String()) == u
//
// Its error is a *TextError, which matches ErrMalformed.
func ParseUAI(s string) (UAI, error) {
	if len(s) != len(uaiForm) || !allDigits(s[:7]) || s[7] < 'A' || s[7] > 'Z' {
		return 0, &TextError{What: "UAI", Text: s, Err: fmt.Errorf("%w: want seven digits and a capital letter, as in 0680034T", ErrMalformed)}
	}
	return UAI(number(s[:7]))*uaiLetters + UAI(s[7]-'A') + 1, nil
}

// checkLetters are the letters that check a UAI, by the rest of its seven digits divided by 23.
const checkLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// Check gives the letter that the seven digits ask for, and whether it is the one that stands there. Among real codes some
// have another, which the ministry lists all the same: so a wrong letter is a warning, and never more.
func (u UAI) Check() (letter byte, right bool) {
	if !u.exists() {
		return 0, false
	}
	letter = checkLetters[uint32(u-1)/uaiLetters%uint32(len(checkLetters))]
	return letter, letter == 'A'+byte(uint32(u-1)%uaiLetters)
}

// Department is the département in which the code was given, as its people write it: "67", "2A", "974"; "" for none. A
// school can have moved to another since.
func (u UAI) Department() string {
	if !u.exists() {
		return ""
	}
	digits := u.String()[:3]
	switch {
	case digits == "620":
		return "2A"
	case digits == "720":
		return "2B"
	case digits[0] == '0':
		return digits[1:]
	}
	return digits
}

func (u UAI) exists() bool { return 0 < u && u <= maxUAI }

// IsZero reports whether u is none.
func (u UAI) IsZero() bool { return u == 0 }

// String is u written as 0680034T, "" for none.
func (u UAI) String() string {
	var buf [len(uaiForm)]byte
	b, err := u.AppendText(buf[:0])
	if err != nil {
		return fmt.Sprintf("UAI(%d)", uint32(u))
	}
	return string(b)
}

// AppendText appends u.String() to b. It fails with ErrTooLarge, and appends nothing, beyond 9999999Z.
func (u UAI) AppendText(b []byte) ([]byte, error) {
	switch {
	case u == 0:
		return b, nil
	case !u.exists():
		return b, fmt.Errorf("UAI number %d: %w", uint32(u), ErrTooLarge)
	}
	digits, letter := uint32(u-1)/uaiLetters, 'A'+byte(uint32(u-1)%uaiLetters)
	a, z := digits/10_000, digits%10_000 // so that no digit waits for another: an answer by school spells tens of thousands
	return append(b, '0'+byte(a/100), '0'+byte(a/10%10), '0'+byte(a%10), '0'+byte(z/1000), '0'+byte(z/100%10), '0'+byte(z/10%10), '0'+byte(z%10), letter), nil
}

// MarshalText is [UAI.AppendText] to nothing.
func (u UAI) MarshalText() ([]byte, error) { return u.AppendText(nil) }

// UnmarshalText is [ParseUAI], save that "" is none.
func (u *UAI) UnmarshalText(text []byte) (err error) { return unmarshal(u, text, ParseUAI) }

// unmarshal reads a text; "" gives the zero value. It leaves v alone when it fails.
func unmarshal[T any](v *T, text []byte, parse func(string) (T, error)) (err error) {
	var read T
	if len(text) > 0 {
		read, err = parse(string(text))
	}
	if err == nil {
		*v = read
	}
	return err
}
