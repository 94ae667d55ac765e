package archive

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
)

func TestKeyGolden(t *testing.T) {
	key := testKey(t)
	golden(t, "key.vkey", []byte(FormatPublicKey(key.PublicKey)+"\n"))
	named, err := key.Named(ours)
	require.NoError(t, err)
	golden(t, "key-group.vkey", []byte(FormatPublicKey(named)+"\n"))
}

// TestPackageNoteTakesOurKeys has somebody else read what we write, and we read what he writes.
func TestPackageNoteTakesOurKeys(t *testing.T) {
	key := generate(t, house)
	theirs, err := note.NewSigner(FormatKey(key))
	require.NoError(t, err)
	c := checkpointOf(house, grown(3))
	fromThem, err := c.Sign(theirs)
	require.NoError(t, err)
	require.Equal(t, string(sign(t, key, c)), string(fromThem))

	named, err := key.Named(ours)
	require.NoError(t, err)
	v, err := note.NewVerifier(FormatPublicKey(named))
	require.NoError(t, err)
	_, err = note.Open(sign(t, key, checkpointOf(ours, grown(3))), note.VerifierList(v))
	require.NoError(t, err)

	secret, public, err := note.GenerateKey(nil, house)
	require.NoError(t, err)
	read, err := ParseKey(secret)
	require.NoError(t, err)
	require.Equal(t, secret, FormatKey(read))
	require.Equal(t, public, FormatPublicKey(read.PublicKey))
}

func TestParseKeyRefuses(t *testing.T) {
	key := testKey(t)
	for name, text := range map[string]string{
		"empty":         "",
		"public":        FormatPublicKey(key.PublicKey),
		"newline":       testSeed + "\n",
		"wrong number":  strings.Replace(testSeed, "655475ec", "00000000", 1),
		"other case":    strings.Replace(testSeed, "655475ec", "655475EC", 1),
		"other name":    strings.Replace(testSeed, "registre.example", "registre.example.org", 1),
		"other type":    strings.Replace(testSeed, "+AQ", "+Ag", 1),
		"short":         testSeed[:len(testSeed)-4],
		"other base64":  testSeed[:len(testSeed)-1] + "g",
		"space in name": strings.Replace(testSeed, "registre.example", "registre example", 1),
	} {
		_, err := ParseKey(text)
		require.ErrorIs(t, err, ErrMalformed, name)
		if len(text) > 60 {
			require.NotContains(t, err.Error(), text[60:], "a secret must not get into an error")
		}
	}
	public := FormatPublicKey(key.PublicKey)
	for _, bad := range []string{
		"", testSeed, public + "\n", strings.Replace(public, "655475ec", "655475ed", 1), strings.Replace(public, "ec+", "EC+", 1),
		public[:len(public)-4], strings.Replace(public, "+AQ", "+Ag", 1), strings.Replace(public, "655475ec", "", 1),
	} {
		_, err := ParsePublicKey(bad)
		require.ErrorIs(t, err, ErrMalformed, bad)
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", strings.Repeat("a", MaxOrigin+1)} {
		_, err := GenerateKey(name)
		require.ErrorIs(t, err, ErrMalformed, name)
		_, err = key.Signer(name)
		require.ErrorIs(t, err, ErrMalformed, name)
		_, err = key.Verifier(name)
		require.ErrorIs(t, err, ErrMalformed, name)
	}
}

// TestAKeyDoesNotPrintItsSecret prints it in every way, since a log would.
func TestAKeyDoesNotPrintItsSecret(t *testing.T) {
	key := testKey(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%t"} {
		for _, value := range []any{key, *key, struct{ K *Key }{key}, struct{ K Key }{*key}, []*Key{key}} {
			printed := fmt.Sprintf(verb, value)
			for _, secret := range []string{"AQABAgMEBQ", "1 2 3 4 5", "010203040506", "0x1, 0x2, 0x3"} {
				require.NotContains(t, strings.ToLower(printed), strings.ToLower(secret), "%s of %T", verb, value)
			}
		}
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	_, err := ReadKey(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	key := generate(t, house)
	require.NoError(t, WriteKey(path, key))
	stat, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), stat.Mode())
	read, err := ReadKey(path)
	require.NoError(t, err)
	require.Equal(t, FormatKey(key), FormatKey(read))

	require.ErrorIs(t, WriteKey(path, generate(t, house)), fs.ErrExist)
	read, err = ReadKey(path)
	require.NoError(t, err)
	require.Equal(t, FormatKey(key), FormatKey(read), "it is never replaced")
	names, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, names, 1, "nothing else is left")
}

func TestReadKeyRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o644, 0o620, 0o602, 0o601, 0o610} {
		require.NoError(t, os.WriteFile(path, []byte(testSeed+"\n"), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		_, err := ReadKey(path)
		require.ErrorIs(t, err, ErrKeyExposed, mode)
		var exposed *KeyExposedError
		require.ErrorAs(t, err, &exposed)
		require.Equal(t, KeyExposedError{Path: path, Mode: mode}, *exposed)
	}
	require.NoError(t, os.Chmod(path, 0o400))
	_, err := ReadKey(path)
	require.NoError(t, err, "its owner need not be able to change it")
	require.NoError(t, os.Chmod(path, 0o600))
	for _, content := range []string{"", testSeed, testSeed + "\n\n", testSeed + "\r\n", testSeed[:20] + "\n", strings.Repeat("x", 5000)} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := ReadKey(path)
		require.ErrorIs(t, err, ErrMalformed, "%q", content)
	}
}

// FuzzParseKey takes nothing that it would write otherwise.
func FuzzParseKey(f *testing.F) {
	f.Add(testSeed)
	f.Add(FormatPublicKey(testKey(f).PublicKey))
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := ParseKey(text); err == nil {
			require.Equal(t, text, FormatKey(k))
		}
		if k, err := ParsePublicKey(text); err == nil {
			require.Equal(t, text, FormatPublicKey(k))
		}
	})
}

func BenchmarkSign(b *testing.B) {
	key := testKey(b)
	c := checkpointOf(house, grown(1000))
	s := signerFor(b, key, house)
	signed := sign(b, key, c)
	own := verifiers(b, key.PublicKey, house)
	b.Run("sign", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.Sign(s)
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			OpenCheckpoint(signed, house, own)
		}
	})
}
