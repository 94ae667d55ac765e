package archive

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/formats/proof"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"
)

// receiptOf is the receipt of an event of a group of that size, whose head is among as many.
func receiptOf(t require.TestingT, key *Key, index, size, headIndex, headsSize uint64) Receipt {
	group := large.at(t, size)
	heads := levels{slices.Clone(large[0][:headsSize])}
	heads[0][headIndex] = LeafHash(group.Text())
	for below := heads[0]; len(below) > 1; {
		var row []Hash
		for i := 1; i < len(below); i += 2 {
			row = append(row, NodeHash(below[i-1], below[i]))
		}
		heads, below = append(heads, row), row
	}
	at := heads.at(t, headsSize)
	at.Origin = house
	s, err := key.Signer(house)
	require.NoError(t, err)
	signed, err := at.Sign(s)
	require.NoError(t, err)
	r, err := ProveReceipt(group, large, index, signed, heads, headIndex)
	require.NoError(t, err)
	return r
}

func TestReceiptGolden(t *testing.T) {
	golden(t, "receipt.tlog-proof", receiptOf(t, testKey(t), 41, 1000, 7, 20).Format())
	alone := receiptOf(t, testKey(t), 0, 1, 0, 1)
	golden(t, "receipt-alone.tlog-proof", alone.Format())
	require.Empty(t, alone.Path)
}

// TestReceipts proves events, writes the receipts down, and has them checked by us and by somebody else.
func TestReceipts(t *testing.T) { rapid.Check(t, receipts(testKey(t))) }

func receipts(key *Key) func(t *rapid.T) {
	return func(t *rapid.T) {
		size := rapid.Uint64Range(1, 5000).Draw(t, "size")
		index := rapid.Uint64Range(0, size-1).Draw(t, "index")
		headsSize := rapid.Uint64Range(1, 300).Draw(t, "heads")
		headIndex := rapid.Uint64Range(0, headsSize-1).Draw(t, "head")
		r := receiptOf(t, key, index, size, headIndex, headsSize)
		got, err := ParseReceipt(r.Format())
		require.NoError(t, err)
		require.Equal(t, r, got)
		v, err := key.Verifier(house)
		require.NoError(t, err)
		heads, by, err := got.Check(body(index), house, note.VerifierList(v))
		require.NoError(t, err)
		require.Equal(t, headsSize, heads.Size)
		require.Len(t, by, 1)
		requireTheirs(t, r, heads, body(index))
	}
}

// requireTheirs follows a receipt with the libraries of transparency-dev alone.
func requireTheirs(t require.TestingT, r Receipt, heads Checkpoint, event []byte) {
	var theirs proof.TLogProof
	require.NoError(t, theirs.Unmarshal(r.Format()))
	require.Equal(t, string(r.Format()), string(theirs.Marshal()))
	require.Equal(t, r.Signed, theirs.Checkpoint)
	extra := string(theirs.ExtraData)
	head := extra[strings.LastIndex(extra, "\n\n")+2:]
	path := make([][]byte, len(theirs.Hashes))
	for i := range path {
		path[i] = theirs.Hashes[i][:]
	}
	hasher := rfc6962.DefaultHasher
	require.NoError(t, merkle.VerifyInclusion(hasher, theirs.Index, heads.Size, hasher.HashLeaf([]byte(head)), path, heads.Root[:]))
	require.NoError(t, merkle.VerifyInclusion(hasher, r.Index, r.Group.Size, hasher.HashLeaf(event), slicesOf(r.Path), r.Group.Root[:]))
}

// TestEveryBitOfAReceiptCounts flips each in turn: none is read as before, or none is proven.
func TestEveryBitOfAReceiptCounts(t *testing.T) {
	key := testKey(t)
	own := verifiers(t, key.PublicKey, house)
	text := receiptOf(t, key, 5, 11, 3, 6).Format()
	for i := range len(text) * 8 {
		text[i/8] ^= 1 << (i % 8)
		if r, err := ParseReceipt(text); err == nil {
			_, _, err = r.Check(body(5), house, own)
			require.Error(t, err, "bit %d: %q", i, text)
		} else {
			require.ErrorIs(t, err, ErrMalformed)
		}
		text[i/8] ^= 1 << (i % 8)
	}
	event := slices.Clone(body(5))
	r, err := ParseReceipt(text)
	require.NoError(t, err)
	for i := range len(event) * 8 {
		event[i/8] ^= 1 << (i % 8)
		_, _, err := r.Check(event, house, own)
		require.ErrorIs(t, err, ErrNotProven)
		event[i/8] ^= 1 << (i % 8)
	}
}

// TestReceiptSaysWhatFollows gives each error its case.
func TestReceiptSaysWhatFollows(t *testing.T) {
	key := testKey(t)
	good := receiptOf(t, key, 5, 11, 3, 6)
	own := verifiers(t, key.PublicKey, house)
	for name, tc := range map[string]struct {
		spoil     func(r *Receipt)
		origin    string
		verifiers note.Verifiers
		want      error
	}{
		"another house":       {func(*Receipt) {}, "registre.example", own, ErrOtherLog},
		"nobody is known":     {func(*Receipt) {}, house, note.VerifierList(), ErrNotSigned},
		"another key":         {func(*Receipt) {}, house, verifiers(t, generate(t, house).PublicKey, house), ErrNotSigned},
		"group's key only":    {func(*Receipt) {}, house, verifiers(t, key.PublicKey, ours), ErrNotSigned},
		"no checkpoint":       {func(r *Receipt) { r.Signed = nil }, house, own, ErrMalformed},
		"group elsewhere":     {func(r *Receipt) { r.Group.Origin = "registre.example/houses/a" }, house, own, ErrOtherLog},
		"the heads as group":  {func(r *Receipt) { r.Group.Origin = house }, house, own, ErrOtherLog},
		"another group":       {func(r *Receipt) { r.Group.Origin = house + "/other" }, house, own, ErrNotProven},
		"another state":       {func(r *Receipt) { r.Group.Size++ }, house, own, ErrNotProven},
		"another place":       {func(r *Receipt) { r.Index++ }, house, own, ErrNotProven},
		"another head":        {func(r *Receipt) { r.HeadIndex++ }, house, own, ErrNotProven},
		"a path too short":    {func(r *Receipt) { r.Path = r.Path[1:] }, house, own, ErrNotProven},
		"a path of the other": {func(r *Receipt) { r.HeadPath = r.Path }, house, own, ErrNotProven},
	} {
		r := good
		tc.spoil(&r)
		_, _, err := r.Check(body(5), tc.origin, tc.verifiers)
		require.ErrorIs(t, err, tc.want, name)
		for _, other := range []error{ErrMalformed, ErrOtherLog, ErrNotSigned, ErrNotProven} {
			require.Equal(t, other == tc.want, errors.Is(err, other), "%s: %v", name, err)
		}
	}
	_, err := ProveReceipt(good.Group, large, 11, good.Signed, large, 3)
	require.ErrorIs(t, err, ErrNotProven)
	_, err = ProveReceipt(good.Group, large, 5, good.Signed, large, 6)
	require.ErrorIs(t, err, ErrNotProven)
	_, err = ProveReceipt(good.Group, large, 5, nil, large, 3)
	require.ErrorIs(t, err, ErrMalformed)
}

func TestParseReceiptRefuses(t *testing.T) {
	r := receiptOf(t, testKey(t), 5, 11, 3, 6)
	text := string(r.Format())
	line := strings.Split(text, "\n")[1]
	extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(line, "extra "))
	require.NoError(t, err)
	with := func(extra string) string {
		return strings.Replace(text, line, "extra "+base64.StdEncoding.EncodeToString([]byte(extra)), 1)
	}
	require.Equal(t, text, with(string(extra)))
	hash := strings.Split(text, "\n")[3] + "\n"
	for name, bad := range map[string]string{
		"empty":                "",
		"another version":      strings.Replace(text, "@v1", "@v2", 1),
		"no extra":             strings.Replace(text, line+"\n", "", 1),
		"empty extra":          strings.Replace(text, line, "extra ", 1),
		"extra not base64":     strings.Replace(text, line, "extra !", 1),
		"return in extra":      strings.Replace(text, "extra cm", "extra c\rm", 1),
		"another receipt":      with(strings.Replace(string(extra), "@v1", "@v2", 1)),
		"index in words":       strings.Replace(text, "index 3", "index three", 1),
		"leading zero":         strings.Replace(text, "index 3", "index 03", 1),
		"index too large":      strings.Replace(text, "index 3", "index 9007199254740992", 1),
		"no index":             strings.Replace(text, "index 3\n", "", 1),
		"short hash":           strings.Replace(text, hash, hash[1:], 1),
		"too many hashes":      strings.Replace(text, hash, strings.Repeat(hash, maxPath+1), 1),
		"carriage return":      strings.Replace(text, hash, strings.TrimSuffix(hash, "\n")+"\r\n", 1),
		"no checkpoint":        text[:strings.Index(text, "\n\n")+2],
		"cut in the signature": text[:len(text)-10],
		"bytes behind":         text + "x",
		"line behind":          text + "\n",
		"group: signed":        with(string(extra) + "\n— a b\n"),
		"group: leading zero":  with(strings.Replace(string(extra), "index 5", "index 05", 1)),
		"group: line missing":  with(strings.Replace(string(extra), "\n11\n", "\n", 1)),
		"too long":             text + strings.Repeat("x", MaxReceipt),
	} {
		require.NotEqual(t, text, bad, name)
		_, err := ParseReceipt([]byte(bad))
		require.ErrorIs(t, err, ErrMalformed, name)
	}
}

// FuzzParseReceipt takes nothing that it would write otherwise.
func FuzzParseReceipt(f *testing.F) {
	key := testKey(f)
	f.Add(receiptOf(f, key, 5, 11, 3, 6).Format())
	f.Add(receiptOf(f, key, 0, 1, 0, 1).Format())
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := ParseReceipt(text); err == nil {
			require.Equal(t, string(text), string(r.Format()))
		} else {
			require.ErrorIs(t, err, ErrMalformed)
		}
	})
}

func BenchmarkReceipt(b *testing.B) {
	key := testKey(b)
	r := receiptOf(b, key, 41, 5000, 7, 300)
	text := r.Format()
	own := verifiers(b, key.PublicKey, house)
	b.Run("format", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r.Format()
		}
	})
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			ParseReceipt(text)
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			r.Check(body(41), house, own)
		}
	})
}
