package domain

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A VerifierKey is a public key of the house, as C2SP signed-note writes it (vkey): NAME+NUMBER+BASE64, where NAME is the log
// that it signs, NUMBER the first four bytes of SHA-256(NAME || 0x0A || 0x01 || key) in hexadecimal, and BASE64 the byte 1, for
// Ed25519, with the 32 bytes of the key. So it can be checked by who has nothing but this line.
type VerifierKey string

// MaxVerifierKey bounds a verifier key, in bytes.
const MaxVerifierKey = 310

// ed25519Key is the type of key that C2SP signed-note gives to Ed25519.
const ed25519Key = 1

// ParseVerifierKey reads a verifier key, which has one spelling. It fails with a *TextError.
func ParseVerifierKey(s string) (VerifierKey, error) {
	name, rest, _ := strings.Cut(s, "+")
	number, encoded, _ := strings.Cut(rest, "+")
	typed, err := base64.StdEncoding.Strict().DecodeString(encoded)
	bad := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	ok := err == nil && len(s) <= MaxVerifierKey && name != "" && utf8.ValidString(name) && !strings.ContainsFunc(s, bad) &&
		len(typed) == 33 && typed[0] == ed25519Key
	if ok {
		sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
		ok = hex.EncodeToString(sum[:4]) == number
	}
	if !ok {
		return "", &TextError{What: "verifier key", Text: s, Err: ErrMalformed}
	}
	return VerifierKey(s), nil
}

// Name is the log that k signs.
func (k VerifierKey) Name() string {
	name, _, _ := strings.Cut(string(k), "+")
	return name
}

// KeyRotated puts a new key in the place of the one that signs the house's registers. It stands in the house register, and the
// last checkpoint that the old key signs covers it.
type KeyRotated struct {
	NewKey VerifierKey
	OldKey VerifierKey
	Reason string
}

// ofHouse reports whether an act stands in the house register, and there alone.
func ofHouse(a Act) bool {
	switch a.(type) {
	case *KeyRotated, *RightGranted, *RightEnded, *SubscriptionMade, *SubscriptionEnded, *DeliveryResumed, *NoticeSkipped:
		return true
	}
	return false
}

// correctsHouse reports whether a correction can be of the house register g: all but a rotation can be corrected in it.
func correctsHouse(g *Group, a Act) bool {
	c, ok := a.(*EventCorrected)
	if !ok {
		return false
	}
	if c.Target == 0 || c.Target > g.Head() {
		return true // and no event is there
	}
	_, rotated := g.Original(g.rootOf(c.Target)).Act.(*KeyRotated)
	return !rotated
}

func (a *KeyRotated) check(f *form) {
	for _, k := range []struct {
		field string
		key   VerifierKey
	}{{"new_key", a.NewKey}, {"old_key", a.OldKey}} {
		if _, err := ParseVerifierKey(string(k.key)); err != nil {
			f.wrong(k.field, "%.80q is not NAME+NUMBER+BASE64 of an Ed25519 key", string(k.key))
		}
	}
	if a.NewKey.Name() != a.OldKey.Name() {
		f.wrong("new_key", "signs %.80q, and the old one %.80q", a.NewKey.Name(), a.OldKey.Name())
	}
	f.reason("reason", a.Reason)
}

// judge asks for the key in force. One that was to follow it and never came into force, since the rotation was not carried
// out, takes nothing from it: then the same old key is replaced once more.
func (a *KeyRotated) judge(j *judgement) {
	said := j.g.rotations
	if n := len(said); n > 0 {
		last := said[n-1]
		j.unless(a.OldKey == last.NewKey || a.OldKey == last.OldKey, KeyNotInForce, string(a.OldKey))
	}
	used := slices.ContainsFunc(said, func(r *KeyRotated) bool { return a.NewKey == r.OldKey || a.NewKey == r.NewKey })
	j.unless(!used || a.NewKey == a.OldKey, KeyUsedBefore, string(a.NewKey))
	j.unless(a.NewKey != a.OldKey, NothingChanges, string(a.NewKey))
}

func (a *KeyRotated) mark(p *pen) {
	if p.erase {
		p.g.rotations = slices.DeleteFunc(p.g.rotations, func(r *KeyRotated) bool { return r == a })
	} else {
		p.g.rotations = append(p.g.rotations, a)
	}
}
