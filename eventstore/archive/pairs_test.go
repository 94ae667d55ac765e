package archive

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPairs: two at once are what crypto/sha256 gives for each, of whatever lengths; and nodes are NodeHash.
func TestPairs(t *testing.T) {
	r := rand.NewChaCha8([32]byte{1})
	text := make([]byte, 5000)
	_, _ = r.Read(text)
	p := &pairer{}
	check := func(a, b []byte) {
		x, y := p.sums(a, b)
		if x != sha256.Sum256(a) || y != sha256.Sum256(b) {
			require.Fail(t, "another hash", "of %d and %d bytes", len(a), len(b))
		}
	}
	for a := range 400 {
		for b := range 400 {
			check(text[b:b+a], text[a:a+b])
		}
	}
	check(text, text[:1])
	check(nil, text)
	for i := range 100 {
		of := []Hash{LeafHash(text[i : 2*i]), LeafHash(text[:i]), LeafHash(text[i:]), LeafHash(text[i : 3*i])}
		x, y := p.nodes(of)
		require.Equal(t, []Hash{NodeHash(of[0], of[1]), NodeHash(of[2], of[3])}, []Hash{x, y})
	}
}

// TestLeaves: the hashes of a bundle's entries, however long they are, and the bundle is as it was.
func TestLeaves(t *testing.T) {
	var bundle []byte
	var want []Hash
	p := &pairer{}
	for i, n := range []int{1, 55, 56, 63, 64, 300, 299, 1023, 1024, 60 << 10, 2} {
		body := bytes.Repeat([]byte{byte(i)}, n)
		bundle, want = appendEntry(bundle, body), append(want, LeafHash(body))
		was := bytes.Clone(bundle)
		require.Equal(t, want, p.leaves(nil, bundle, len(want)))
		require.Equal(t, was, bundle)
	}
}

// TestPyramid: the edge of each beginning of a row, behind what stands before it, is that of the tree to which the leaves were appended.
func TestPyramid(t *testing.T) {
	var tree, before Tree
	row := make([]Hash, 0, tileWidth)
	var p pyramid
	for i := range 3 * tileWidth {
		if i%tileWidth == 0 {
			before, row = tree, row[:0]
		}
		h := LeafHash([]byte{byte(i), byte(i >> 8)})
		row = append(row, h)
		tree.Append(h)
		p.over(row)
		if len(row) == tileWidth {
			require.Equal(t, fold(row), p.top())
			continue
		}
		got := before
		p.edge(&got, len(row))
		require.Equal(t, tree.Root(), got.Root(), "%d", i)
		require.Equal(t, tree.size, got.size)
	}
}

func FuzzPairs(f *testing.F) {
	f.Add([]byte(nil), []byte("a"))
	f.Add(make([]byte, 55), make([]byte, 119))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		x, y := (&pairer{}).sums(a, b)
		require.Equal(t, [2]Hash{sha256.Sum256(a), sha256.Sum256(b)}, [2]Hash{x, y})
	})
}

// BenchmarkPairs hashes leaves of 300 bytes and nodes, beside crypto/sha256.
func BenchmarkPairs(b *testing.B) {
	a, c := make([]byte, 301), make([]byte, 301)
	of := make([]Hash, 4)
	p := &pairer{}
	b.Run("leaves", func(b *testing.B) {
		for b.Loop() {
			p.sums(a, c)
		}
	})
	b.Run("leaves one by one", func(b *testing.B) {
		for b.Loop() {
			LeafHash(a)
			LeafHash(c)
		}
	})
	b.Run("nodes", func(b *testing.B) {
		for b.Loop() {
			p.nodes(of)
		}
	})
	b.Run("nodes one by one", func(b *testing.B) {
		for b.Loop() {
			NodeHash(of[0], of[1])
			NodeHash(of[2], of[3])
		}
	})
}
