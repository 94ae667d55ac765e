package archive

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "add golden files that are missing")

// golden compares with a file, which -update adds and never changes.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if _, err := os.Stat(path); *update && errors.Is(err, os.ErrNotExist) {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

const (
	house    = "registre.example/house"
	ours     = house + "/ent-grand-est"
	testSeed = "PRIVATE+KEY+registre.example/house+655475ec+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
)

// testKey is a key that everybody knows.
func testKey(t testing.TB) *Key {
	t.Helper()
	k, err := ParseKey(testSeed)
	require.NoError(t, err)
	return k
}

// verifiers are those of key for the logs of these names.
func verifiers(t testing.TB, key PublicKey, origins ...string) note.Verifiers {
	t.Helper()
	var list []note.Verifier
	for _, origin := range origins {
		v, err := key.Verifier(origin)
		require.NoError(t, err)
		list = append(list, v)
	}
	return note.VerifierList(list...)
}

// sign signs c with key.
func sign(t testing.TB, key *Key, c Checkpoint) []byte {
	t.Helper()
	s, err := key.Signer(c.Origin)
	require.NoError(t, err)
	signed, err := c.Sign(s)
	require.NoError(t, err)
	return signed
}

func checkpointOf(origin string, tree Tree) Checkpoint {
	return Checkpoint{Origin: origin, Size: tree.Size(), Root: tree.Root()}
}

func TestCheckpointGolden(t *testing.T) {
	c := checkpointOf(ours, grown(1000))
	golden(t, "checkpoint.txt", c.Text())
	golden(t, "checkpoint.note", sign(t, testKey(t), c))
}

func TestCheckpointText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Checkpoint{
			Origin: rapid.StringMatching(`[!-*,-~é]{1,100}`).Draw(t, "origin"),
			Size:   rapid.Uint64Range(0, MaxSize).Draw(t, "size"),
			Root:   Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root")),
		}
		got, err := ParseCheckpointText(c.Text())
		require.NoError(t, err)
		require.Equal(t, c, got)
	})
}

func TestParseCheckpointTextRefuses(t *testing.T) {
	root := "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
	whole := ours + "\n7\n" + root + "\n"
	_, err := ParseCheckpointText([]byte(whole))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"empty":               "",
		"one line":            ours + "\n",
		"two lines":           ours + "\n7\n",
		"no last newline":     strings.TrimSuffix(whole, "\n"),
		"extension":           whole + "more\n",
		"half an extension":   whole + "more",
		"blank line":          whole + "\n",
		"carriage return":     strings.ReplaceAll(whole, "\n", "\r\n"),
		"empty origin":        "\n7\n" + root + "\n",
		"space in origin":     "a b\n7\n" + root + "\n",
		"hard space":          "a\u00a0b\n7\n" + root + "\n",
		"plus in origin":      "a+b\n7\n" + root + "\n",
		"control in origin":   "a\x01b\n7\n" + root + "\n",
		"not UTF-8":           "a\xffb\n7\n" + root + "\n",
		"long origin":         strings.Repeat("a", MaxOrigin+1) + "\n7\n" + root + "\n",
		"leading zero":        ours + "\n07\n" + root + "\n",
		"sign":                ours + "\n+7\n" + root + "\n",
		"minus":               ours + "\n-7\n" + root + "\n",
		"no size":             ours + "\n\n" + root + "\n",
		"underscore":          ours + "\n1_0\n" + root + "\n",
		"hexadecimal":         ours + "\n0x7\n" + root + "\n",
		"size too large":      ours + "\n9007199254740992\n" + root + "\n",
		"size over 64 bits":   ours + "\n99999999999999999999\n" + root + "\n",
		"short root":          ours + "\n7\n" + root[:40] + "\n",
		"long root":           ours + "\n7\n" + root[:43] + "AAAAA\n",
		"root without =":      ours + "\n7\n" + root[:43] + "\n",
		"other spelling":      ours + "\n7\n" + strings.Replace(root, "I=", "J=", 1) + "\n",
		"root of 31 bytes":    ours + "\n7\n" + root[:40] + "q2==\n",
		"root of 33 bytes":    ours + "\n7\n" + root[:43] + "I\n",
		"root in URL letters": ours + "\n7\n" + strings.Replace(root, "/", "_", 1) + "\n",
	} {
		_, err := ParseCheckpointText([]byte(text))
		require.ErrorIs(t, err, ErrMalformed, name)
	}
}

func TestOpenCheckpoint(t *testing.T) {
	key := testKey(t)
	c := checkpointOf(ours, grown(7))
	got, by, err := OpenCheckpoint(sign(t, key, c), ours, verifiers(t, key.PublicKey, ours))
	require.NoError(t, err)
	require.Equal(t, c, got)
	require.Len(t, by, 1)
	unverified, err := UnverifiedCheckpoint(sign(t, key, c))
	require.NoError(t, err)
	require.Equal(t, c, unverified)
}

// TestOpenCheckpointSaysWhatFollows gives each error its case.
func TestOpenCheckpointSaysWhatFollows(t *testing.T) {
	key, other := testKey(t), generate(t, house)
	c := checkpointOf(ours, grown(7))
	signed := sign(t, key, c)
	own := verifiers(t, key.PublicKey, ours)
	text := string(c.Text())
	signature := strings.TrimPrefix(string(signed), text+"\n")
	witness := generate(t, "witness.example")
	witnessed := signedBy(t, text, signerFor(t, witness, "witness.example"))
	for name, tc := range map[string]struct {
		signed    string
		verifiers note.Verifiers
		want      error
	}{
		"no signature":       {text, own, ErrMalformed},
		"blank line only":    {text + "\n", own, ErrNotSigned},
		"extension line":     {signedBy(t, text+"extension\n", signerFor(t, key, ours)), own, ErrMalformed},
		"too long":           {string(signed) + strings.Repeat(signature, 2000), own, ErrMalformed},
		"trailing bytes":     {string(signed) + "x", own, ErrMalformed},
		"newline in base64":  {text + "\n" + signature[:60] + "\n" + signature[60:], own, ErrMalformed},
		"other log":          {string(sign(t, key, checkpointOf(house+"/other", grown(7)))), own, ErrOtherLog},
		"unknown key":        {string(sign(t, other, c)), own, ErrNotSigned},
		"key of other log":   {signedBy(t, text, signerFor(t, key, house)), own, ErrNotSigned},
		"nobody is known":    {string(signed), note.VerifierList(), ErrNotSigned},
		"no verifiers":       {string(signed), nil, ErrNotSigned},
		"only a witness":     {witnessed, verifiers(t, witness.PublicKey, "witness.example"), ErrNotSigned},
		"signature of other": {text + "\n" + strings.TrimPrefix(string(sign(t, key, checkpointOf(ours, grown(8)))), string(checkpointOf(ours, grown(8)).Text())+"\n"), own, ErrNotSigned},
	} {
		_, _, err := OpenCheckpoint([]byte(tc.signed), ours, tc.verifiers)
		require.ErrorIs(t, err, tc.want, name)
		for _, other := range []error{ErrMalformed, ErrOtherLog, ErrNotSigned} {
			require.Equal(t, other == tc.want, errors.Is(err, other), name)
		}
	}
}

// TestSignaturesHaveOneSpelling: base64 that package encoding reads past a carriage return, or with bits that count for
// nothing, is none.
func TestSignaturesHaveOneSpelling(t *testing.T) {
	signed := string(sign(t, testKey(t), checkpointOf(ours, grown(7))))
	at := len(signed) - 20
	for _, bad := range []string{signed[:at] + "\r" + signed[at:], strings.TrimSuffix(signed, "=\n") + "\n", signed[:at] + "=" + signed[at:]} {
		_, err := UnverifiedCheckpoint([]byte(bad))
		require.ErrorIs(t, err, ErrMalformed, "%q", bad)
	}
}

// TestEveryBitOfACheckpointCounts flips each in turn.
func TestEveryBitOfACheckpointCounts(t *testing.T) {
	key := testKey(t)
	signed := sign(t, key, checkpointOf(ours, grown(7)))
	own := verifiers(t, key.PublicKey, ours)
	for i := range len(signed) * 8 {
		signed[i/8] ^= 1 << (i % 8)
		_, _, err := OpenCheckpoint(signed, ours, own)
		require.Error(t, err, "bit %d: %q", i, signed)
		signed[i/8] ^= 1 << (i % 8)
	}
}

// TestOpenCheckpointCountsWitnesses gives the valid signatures of all keys that are known.
func TestOpenCheckpointCountsWitnesses(t *testing.T) {
	key, witness, stranger := testKey(t), generate(t, "witness.example"), generate(t, "stranger.example")
	c := checkpointOf(ours, grown(7))
	signed := signedBy(t, string(c.Text()), signerFor(t, stranger, "stranger.example"), signerFor(t, witness, "witness.example"), signerFor(t, key, ours))
	v, err := key.Verifier(ours)
	require.NoError(t, err)
	w, err := witness.Verifier("witness.example")
	require.NoError(t, err)
	got, by, err := OpenCheckpoint([]byte(signed), ours, note.VerifierList(v, w))
	require.NoError(t, err)
	require.Equal(t, c, got)
	require.Len(t, by, 2)
	forged := strings.Replace(signed, "witness.example ", "witness.example X", 1)
	_, _, err = OpenCheckpoint([]byte(forged), ours, note.VerifierList(v, w))
	require.Error(t, err)
}

func TestSignRefuses(t *testing.T) {
	key := testKey(t)
	_, err := Checkpoint{Origin: ours}.Sign(signerFor(t, key, house))
	require.ErrorIs(t, err, ErrOtherLog)
	_, err = Checkpoint{Origin: "a b"}.Sign(signerFor(t, key, house))
	require.ErrorIs(t, err, ErrMalformed)
	_, err = Checkpoint{Origin: house, Size: MaxSize + 1}.Sign(signerFor(t, key, house))
	require.ErrorIs(t, err, ErrMalformed)
}

// TestTlogReadsOurCheckpoints has somebody else read what we write: package tlog knows one origin only.
func TestTlogReadsOurCheckpoints(t *testing.T) {
	c := checkpointOf("go.sum database tree", grown(1000))
	tree, err := tlog.ParseTree(c.Text())
	require.NoError(t, err)
	require.Equal(t, tlog.Tree{N: 1000, Hash: c.Root}, tree)
}

func signerFor(t testing.TB, key *Key, origin string) note.Signer {
	t.Helper()
	s, err := key.Signer(origin)
	require.NoError(t, err)
	return s
}

func signedBy(t testing.TB, text string, signers ...note.Signer) string {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	require.NoError(t, err)
	return string(signed)
}

func generate(t testing.TB, name string) *Key {
	t.Helper()
	k, err := GenerateKey(name)
	require.NoError(t, err)
	return k
}

// FuzzParseCheckpointText takes nothing that it would write otherwise.
func FuzzParseCheckpointText(f *testing.F) {
	f.Add(checkpointOf(ours, grown(7)).Text())
	f.Add(Checkpoint{Origin: "é", Size: MaxSize}.Text())
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := ParseCheckpointText(text); err == nil {
			require.Equal(t, text, c.Text())
		} else {
			require.ErrorIs(t, err, ErrMalformed)
		}
	})
}

// FuzzOpenCheckpoint takes no text that the key has not signed.
func FuzzOpenCheckpoint(f *testing.F) {
	key := testKey(f)
	c := checkpointOf(ours, grown(7))
	f.Add(sign(f, key, c))
	own := verifiers(f, key.PublicKey, ours)
	f.Fuzz(func(t *testing.T, signed []byte) {
		if got, _, err := OpenCheckpoint(signed, ours, own); err == nil {
			require.Equal(t, c, got)
		}
	})
}
