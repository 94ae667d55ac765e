package domain

import "encoding/hex"

// A Hash is a SHA-256. The zero Hash stands for a document that is not at hand.
type Hash [32]byte

// IsZero reports whether h is no hash.
func (h Hash) IsZero() bool { return h == Hash{} }

// String is h in 64 lower-case hexadecimal digits, "" for no hash.
func (h Hash) String() string {
	if h.IsZero() {
		return ""
	}
	return hex.EncodeToString(h[:])
}

// AppendText appends String to b.
func (h Hash) AppendText(b []byte) ([]byte, error) {
	if h.IsZero() {
		return b, nil
	}
	return hex.AppendEncode(b, h[:]), nil
}

// ParseHash reads what String writes. It fails with a *TextError.
func ParseHash(s string) (h Hash, err error) {
	bad := len(s) != 2*len(h)
	for i := 0; i < len(h) && !bad; i++ {
		high, low := hexValue(s[2*i]), hexValue(s[2*i+1])
		h[i], bad = high<<4|low, high|low > 15
	}
	if bad || h.IsZero() {
		return Hash{}, &TextError{What: "sha-256", Text: s, Err: ErrMalformed}
	}
	return h, nil
}

// hexValue is the value of a lower-case hexadecimal digit, 0xff for any other byte.
func hexValue(b byte) byte {
	switch {
	case '0' <= b && b <= '9':
		return b - '0'
	case 'a' <= b && b <= 'f':
		return b - 'a' + 10
	}
	return 0xff
}
