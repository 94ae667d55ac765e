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
	if len(s) != 64 {
		return h, &TextError{What: "sha-256", Text: s, Err: ErrMalformed}
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil || h.String() != s {
		return Hash{}, &TextError{What: "sha-256", Text: s, Err: ErrMalformed}
	}
	return h, nil
}
