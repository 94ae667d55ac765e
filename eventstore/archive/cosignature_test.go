package archive

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

func cosignKey(t testing.TB, name string) *CosignKey {
	t.Helper()
	k, err := GenerateCosignKey(name)
	require.NoError(t, err)
	return k
}

// cosign adds a cosignature to a signed checkpoint.
func cosign(t testing.TB, signed []byte, k *CosignKey, at time.Time) []byte {
	t.Helper()
	text, _, _ := bytes.Cut(signed, blankLine)
	own, err := note.Sign(&note.Note{Text: string(text) + "\n"}, k.Signer(func() time.Time { return at }))
	require.NoError(t, err)
	_, line, _ := bytes.Cut(own, blankLine)
	return append(bytes.Clone(signed), line...)
}

func TestCosignKeyTexts(t *testing.T) {
	k := cosignKey(t, "witness.example/w1")
	again, err := ParseCosignKey(FormatCosignKey(k))
	require.NoError(t, err)
	require.Equal(t, k, again)
	public, err := ParseCosignPublicKey(FormatCosignPublicKey(k.CosignPublicKey))
	require.NoError(t, err)
	require.Equal(t, k.CosignPublicKey, public)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", k, *k, k, k), base64.StdEncoding.EncodeToString(k.secret.Seed())[:20])

	_, err = ParsePublicKey(FormatCosignPublicKey(k.CosignPublicKey))
	require.ErrorIs(t, err, ErrMalformed, "a witness's key is no log's")
	_, err = ParseCosignPublicKey(FormatPublicKey(testKey(t).PublicKey))
	require.ErrorIs(t, err, ErrMalformed, "a log's key is no witness's")
	_, err = ParseCosignKey(testSeed)
	require.ErrorIs(t, err, ErrMalformed)
	_, err = GenerateCosignKey("a witness")
	require.ErrorIs(t, err, ErrMalformed)

	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, WriteCosignKey(path, k))
	read, err := ReadCosignKey(path)
	require.NoError(t, err)
	require.Equal(t, k, read)
	_, err = ReadKey(path)
	require.ErrorIs(t, err, ErrMalformed)
}

// TestCosignatureAgainstFormats has each side check the other: ours, and transparency-dev/formats.
func TestCosignatureAgainstFormats(t *testing.T) {
	k := cosignKey(t, "witness.example/w1")
	theirs, err := f_note.NewSignerForCosignatureV1(FormatCosignKey(k))
	require.NoError(t, err)
	check, err := f_note.NewVerifierForCosignatureV1(FormatCosignPublicKey(k.CosignPublicKey))
	require.NoError(t, err)
	require.Equal(t, k.Verifier().KeyHash(), check.KeyHash())
	require.Equal(t, k.Verifier().KeyHash(), theirs.KeyHash())

	at := time.Date(2026, 1, 2, 3, 4, 5, 999, time.UTC)
	text := checkpointOf(house, grown(7)).Text()
	sig, err := k.Signer(func() time.Time { return at }).Sign(text)
	require.NoError(t, err)
	require.True(t, check.Verify(text, sig))
	sig, err = theirs.Sign(text)
	require.NoError(t, err)
	require.True(t, k.Verifier().Verify(text, sig))

	signed := cosign(t, sign(t, testKey(t), checkpointOf(house, grown(7))), k, at)
	n, err := note.Open(signed, note.VerifierList(check))
	require.NoError(t, err)
	their, err := f_note.CoSigV1Timestamp(n.Sigs[0])
	require.NoError(t, err)
	ours, err := Cosignatures(signed, k.CosignPublicKey)
	require.NoError(t, err)
	require.Equal(t, their.UTC(), ours[0].Time)
	require.Equal(t, at.Truncate(time.Second), ours[0].Time)
}

// TestCosignatureBits flips every bit of a cosignature: none is still one.
func TestCosignatureBits(t *testing.T) {
	k := cosignKey(t, "w")
	text := checkpointOf(house, grown(3)).Text()
	sig, err := k.Signer(time.Now).Sign(text)
	require.NoError(t, err)
	require.True(t, k.Verifier().Verify(text, sig))
	for i := range len(sig) * 8 {
		sig[i/8] ^= 1 << (i % 8)
		require.False(t, k.Verifier().Verify(text, sig), i)
		sig[i/8] ^= 1 << (i % 8)
	}
	require.False(t, k.Verifier().Verify(text, sig[:len(sig)-1]))
	require.False(t, k.Verifier().Verify(checkpointOf(house, grown(4)).Text(), sig))
	_, err = k.Signer(time.Now).Sign([]byte("Please pay 100 to the bearer.\n"))
	require.ErrorIs(t, err, ErrMalformed, "it signs nothing but checkpoints")
}

func TestCosignatures(t *testing.T) {
	w1, w2, w3 := cosignKey(t, "w1"), cosignKey(t, "w2"), cosignKey(t, "w3")
	bare := sign(t, testKey(t), checkpointOf(house, grown(3)))
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

	none, err := Cosignatures(bare, w1.CosignPublicKey)
	require.NoError(t, err)
	require.Empty(t, none)
	both := cosign(t, cosign(t, bare, w2, day), w1, day.Add(time.Hour))
	found, err := Cosignatures(both, w1.CosignPublicKey, w3.CosignPublicKey, w2.CosignPublicKey)
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Equal(t, w2.CosignPublicKey, found[0].Key)
	require.Equal(t, day.Add(time.Hour), found[1].Time)

	forged := bytes.Replace(both, []byte("\n3\n"), []byte("\n4\n"), 1)
	_, err = Cosignatures(forged, w1.CosignPublicKey)
	require.ErrorIs(t, err, ErrNotSigned)
	_, err = Cosignatures([]byte("nonsense"), w1.CosignPublicKey)
	require.ErrorIs(t, err, ErrMalformed)

	// A witness that is called like the log does not stand in for the log's own key.
	like := cosignKey(t, house)
	text, _, _ := bytes.Cut(bare, blankLine)
	only := cosign(t, append(text, "\n\n"...), like, day)
	_, _, err = OpenCheckpoint(only, house, testKey(t).Ring())
	require.ErrorIs(t, err, ErrNotSigned)
}

func TestWithCosignatures(t *testing.T) {
	w1, w2 := cosignKey(t, "w1"), cosignKey(t, "w2")
	bare := sign(t, testKey(t), checkpointOf(house, grown(3)))
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	of := func(signed []byte) []Cosignature {
		all, err := Cosignatures(signed, w1.CosignPublicKey, w2.CosignPublicKey)
		require.NoError(t, err)
		return all
	}
	first := of(cosign(t, bare, w1, day))
	older := WithCosignatures(bare, first...)
	require.Equal(t, string(cosign(t, bare, w1, day)), string(older))
	require.Equal(t, string(older), string(WithCosignatures(older, first...)), "again")

	newer := WithCosignatures(older, of(cosign(t, cosign(t, bare, w1, day.Add(time.Minute)), w2, day))...)
	found := of(newer)
	require.Len(t, found, 2)
	require.Equal(t, day.Add(time.Minute), found[0].Time)
	require.Equal(t, 3, strings.Count(string(newer), "— "))
	_, _, err := OpenCheckpoint(newer, house, testKey(t).Ring())
	require.NoError(t, err)
}
