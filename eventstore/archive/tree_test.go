package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// body is the event i of a made-up register.
func body(i uint64) []byte { return fmt.Appendf(nil, "event %d", i) }

// dumbRoot is the root of RFC 6962 word for word: MTH(D[from:to]).
func dumbRoot(leaf func(uint64) []byte, from, to uint64) Hash {
	switch n := to - from; n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaf(from)...))
	default:
		k := uint64(1) << (bits.Len64(n-1) - 1)
		left, right := dumbRoot(leaf, from, from+k), dumbRoot(leaf, from+k, to)
		return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
	}
}

func TestLeafHash(t *testing.T) {
	for _, n := range []int{0, 1, 55, 300, smallLeaf - 1, smallLeaf, smallLeaf + 1, 5000, 60 << 10} {
		leaf := bytes.Repeat([]byte("é!"), n)[:n]
		require.Equal(t, Hash(sha256.Sum256(append([]byte{0}, leaf...))), LeafHash(leaf), n)
		require.Equal(t, tlog.RecordHash(leaf), LeafHash(leaf), n)
	}
	require.Equal(t, tlog.NodeHash(Hash{1}, Hash{2}), NodeHash(Hash{1}, Hash{2}))
}

// TestTreeRoots knows the roots from the definition, and those of larger trees from tlog.
func TestTreeRoots(t *testing.T) {
	var tree Tree
	var stored hashList
	for n := uint64(0); n < 3000; n++ {
		require.Equal(t, n, tree.Size())
		if n <= 70 {
			require.Equal(t, dumbRoot(body, 0, n), tree.Root(), n)
		}
		want, err := tlog.TreeHash(int64(n), stored)
		require.NoError(t, err)
		require.Equal(t, want, tree.Root(), n)
		more, err := tlog.StoredHashes(int64(n), body(n), stored)
		require.NoError(t, err)
		stored = append(stored, more...)
		tree.Append(LeafHash(body(n)))
	}
}

// hashList is what tlog stores.
type hashList []Hash

func (l hashList) ReadHashes(indexes []int64) ([]Hash, error) {
	hashes := make([]Hash, len(indexes))
	for i, at := range indexes {
		hashes[i] = l[at]
	}
	return hashes, nil
}

// TestTreeGoesOnFromItsEdge stops at any size, and goes on with what was kept.
func TestTreeGoesOnFromItsEdge(t *testing.T) { rapid.Check(t, treeGoesOn) }

func FuzzTreeGoesOnFromItsEdge(f *testing.F) { f.Fuzz(rapid.MakeFuzz(treeGoesOn)) }

func treeGoesOn(t *rapid.T) {
	size := rapid.Uint64Range(0, 1000).Draw(t, "size")
	more := rapid.Uint64Range(0, 1000).Draw(t, "more")
	tree := grown(size)
	edge := tree.Edge()
	kept, err := TreeAt(size, edge)
	require.NoError(t, err)
	require.Equal(t, tree.Root(), kept.Root())
	require.Equal(t, edge, kept.Edge())
	attempt := tree // a copy, given up below
	for i := range more {
		kept.Append(LeafHash(body(size + i)))
		attempt.Append(Hash{})
	}
	whole := grown(size + more)
	require.Equal(t, whole.Root(), kept.Root())
	require.Equal(t, edge, tree.Edge(), "what was tried on a copy is not seen")
}

// grown is the tree of the first n events.
func grown(n uint64) (tree Tree) {
	for i := range n {
		tree.Append(LeafHash(body(i)))
	}
	return tree
}

func TestTreeAtRefuses(t *testing.T) {
	for _, c := range []struct {
		size   uint64
		hashes int
	}{{0, 1}, {1, 0}, {3, 1}, {4, 2}, {255, 7}, {MaxSize + 1, 1}} {
		_, err := TreeAt(c.size, make([]Hash, c.hashes))
		require.ErrorIs(t, err, ErrMalformed, c)
	}
	tree, err := TreeAt(MaxSize, make([]Hash, 53))
	require.NoError(t, err)
	require.NotEqual(t, Hash{}, tree.Root())
}

func TestTreeDoesNotAllocate(t *testing.T) {
	tree := grown(1000)
	small, long := make([]byte, 300), make([]byte, 5000)
	least := 1.0
	for range 20 { // the race detector has a pool lose at random what it was given
		least = min(least, testing.AllocsPerRun(5, func() {
			tree.Append(LeafHash(small))
			tree.Append(LeafHash(long))
			tree.Root()
		}))
	}
	require.Zero(t, least)
}

// BenchmarkTree stands beside the bare SHA-256 of the same bodies.
func BenchmarkTree(b *testing.B) {
	for _, size := range []int{300, 800, 5000} {
		bodies := make([]byte, size)
		run := func(name string, step func()) {
			b.Run(fmt.Sprintf("%d/%s", size, name), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(size))
				for i := 0; b.Loop(); i++ {
					binary.BigEndian.PutUint64(bodies, uint64(i))
					step()
				}
			})
		}
		var tree Tree
		var sink Hash
		run("sha256", func() { sink = sha256.Sum256(bodies) })
		run("leaf", func() { sink = LeafHash(bodies) })
		run("append", func() { tree.Append(LeafHash(bodies)) })
		run("append+root", func() { tree.Append(LeafHash(bodies)); sink = tree.Root() })
		_ = sink
	}
}
