package domain

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// vkey is the verifier key of a log, made of 32 bytes of one kind.
func vkey(name string, b byte) VerifierKey {
	typed := append([]byte{1}, bytes.Repeat([]byte{b}, 32)...)
	sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
	return VerifierKey(name + "+" + hex.EncodeToString(sum[:4]) + "+" + base64.StdEncoding.EncodeToString(typed))
}

func aKey(b byte) VerifierKey { return vkey("registre.example/house", b) }

// rotated is a house register in which one key took the place of another.
func rotated(t require.TestingT, from, to VerifierKey) *Group {
	g := &Group{}
	enact(t, g, from, to)
	return g
}

func enact(t require.TestingT, g *Group, from, to VerifierKey) {
	c := anyCommand(t, "2026-01-01", &KeyRotated{NewKey: to, OldKey: from, Reason: "r"})
	c.Group = House
	events, err := Enact(g, c)
	require.NoError(t, err)
	require.Equal(t, []Event{{Effective: c.Effective, Act: c.Act}}, events)
}

// TestRotationsFollowEachOther: each takes the key that the one before brought; one that was never carried out is replaced.
func TestRotationsFollowEachOther(t *testing.T) {
	g := rotated(t, aKey(1), aKey(2))
	enact(t, g, aKey(2), aKey(3))
	enact(t, g, aKey(2), aKey(4))
	enact(t, g, aKey(4), aKey(5))
	for _, old := range []byte{1, 2, 3, 6} {
		c := anyCommand(t, "2026-01-01", &KeyRotated{NewKey: aKey(9), OldKey: aKey(old), Reason: "r"})
		c.Group = House
		_, err := Decide(g, c)
		require.ErrorIs(t, err, &Refusal{Rule: KeyNotInForce}, old)
	}
}

// TestTheHouseStandsAlone: nothing of a group stands in the house register, and nothing of the house in a group's.
func TestTheHouseStandsAlone(t *testing.T) {
	for _, act := range []Act{
		founding(), &MemberJoined{Basis: "x", Member: "m", Name: "M"}, &EventCorrected{Kind: Clerical, Reason: "r", Target: 1},
		anew(1, &KeyRotated{OldKey: aKey(1), NewKey: aKey(3), Reason: "r"}),
	} {
		c := anyCommand(t, "2026-01-01", act)
		c.Group = House
		_, err := Decide(rotated(t, aKey(1), aKey(2)), c)
		require.ErrorIs(t, err, &Refusal{Rule: HouseRegister}, "%T", act)
	}
	_, err := Decide(scene(t), anyCommand(t, "2026-01-01", &KeyRotated{NewKey: aKey(2), OldKey: aKey(1), Reason: "r"}))
	require.ErrorIs(t, err, &Refusal{Rule: HouseRegister})
}

// TestVerifierKeyHasOneSpelling: any other letter makes it none, save in the name, which its number then does not fit.
func TestVerifierKeyHasOneSpelling(t *testing.T) {
	good := string(aKey(7))
	k, err := ParseVerifierKey(good)
	require.NoError(t, err)
	require.Equal(t, "registre.example/house", k.Name())
	for bit := range 8 * len(good) {
		altered := []byte(good)
		altered[bit/8] ^= 1 << (bit % 8)
		_, err := ParseVerifierKey(string(altered))
		require.ErrorIs(t, err, ErrMalformed, "%q", altered)
	}
	for _, bad := range []string{"", "+", "++", good + "\n", " " + good, good[:len(good)-1], string(vkey("", 1)), string(vkey(strings.Repeat("n", 300), 1))} {
		_, err := ParseVerifierKey(bad)
		require.ErrorIs(t, err, ErrMalformed, "%q", bad)
	}
}

// TestRotationForm: keys of other logs, no keys and no reason could be accepted by no register.
func TestRotationForm(t *testing.T) {
	for field, act := range map[string]*KeyRotated{
		"data.new_key": {NewKey: vkey("other.example/house", 2), OldKey: aKey(1), Reason: "r"},
		"data.old_key": {NewKey: aKey(2), OldKey: "registre.example/house", Reason: "r"},
		"data.reason":  {NewKey: aKey(2), OldKey: aKey(1), Reason: " "},
	} {
		c := anyCommand(t, "2026-01-01", act)
		var malformed *Malformed
		require.ErrorAs(t, c.Check(), &malformed, field)
		require.Equal(t, field, malformed.Field)
	}
}
