package archive

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// levels are the hashes of a tree in memory, a row for each level.
type levels [][]Hash

func levelsOf(size uint64) levels {
	rows := levels{nil}
	for i := range size {
		rows[0] = append(rows[0], LeafHash(body(i)))
	}
	for below := rows[0]; len(below) > 1; {
		var row []Hash
		for pair := range slices.Chunk(below, 2) {
			if len(pair) == 2 {
				row = append(row, NodeHash(pair[0], pair[1]))
			}
		}
		rows, below = append(rows, row), row
	}
	return rows
}

var errNoSuchHash = errors.New("the tree has no such hash")

func (l levels) Hash(level int, index uint64) (Hash, error) {
	if level >= len(l) || index >= uint64(len(l[level])) {
		return Hash{}, errNoSuchHash
	}
	return l[level][index], nil
}

// at is the state of the tree of the first n leaves.
func (l levels) at(t require.TestingT, n uint64) Checkpoint {
	root, err := rootOf(l, 0, n)
	require.NoError(t, err)
	return Checkpoint{Origin: ours, Size: n, Root: root}
}

// slicesOf turns hashes into what transparency-dev takes.
func slicesOf(hashes []Hash) [][]byte {
	var out [][]byte
	for _, h := range hashes {
		out = append(out, h[:])
	}
	return out
}

// requireInclusion proves a leaf, and has it checked by us and by two others, whose proofs must be the same.
func requireInclusion(t require.TestingT, l levels, stored hashList, index, size uint64) {
	p, err := ProveInclusion(l, index, size)
	require.NoError(t, err)
	at, leaf := l.at(t, size), l[0][index]
	require.NoError(t, CheckInclusion(p, index, leaf, at))
	theirs, err := tlog.ProveRecord(int64(size), int64(index), stored)
	require.NoError(t, err)
	require.Equal(t, []Hash(theirs), append([]Hash{}, p...))
	require.NoError(t, tlog.CheckRecord(p, int64(size), at.Root, int64(index), leaf))
	require.NoError(t, proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, leaf[:], slicesOf(p), at.Root[:]))
}

func requireConsistency(t require.TestingT, l levels, stored hashList, older, newer uint64) {
	p, err := ProveConsistency(l, older, newer)
	require.NoError(t, err)
	was, is := l.at(t, older), l.at(t, newer)
	require.NoError(t, CheckConsistency(p, was, is))
	if older == 0 {
		return // the others prove nothing of the empty tree
	}
	theirs, err := tlog.ProveTree(int64(newer), int64(older), stored)
	require.NoError(t, err)
	require.Equal(t, append([]Hash{}, theirs...), append([]Hash{}, p...))
	require.NoError(t, tlog.CheckTree(p, int64(newer), is.Root, int64(older), was.Root))
	require.NoError(t, proof.VerifyConsistency(rfc6962.DefaultHasher, older, newer, slicesOf(p), was.Root[:], is.Root[:]))
}

func storedOf(t require.TestingT, l levels) (stored hashList) {
	for i, leaf := range l[0] {
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaf, stored)
		require.NoError(t, err)
		stored = append(stored, more...)
	}
	return stored
}

// TestProofsOfAllSmallTrees proves everything that there is to prove.
func TestProofsOfAllSmallTrees(t *testing.T) {
	const most = 40
	l := levelsOf(most)
	stored := storedOf(t, l)
	for size := range uint64(most + 1) {
		for other := range size {
			requireInclusion(t, l, stored, other, size)
			requireConsistency(t, l, stored, other, size)
		}
		requireConsistency(t, l, stored, size, size)
	}
}

var (
	large       = levelsOf(5000)
	largeStored = storedOf(panicking{}, large)
)

func TestProofsOfLargerTrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Uint64Range(1, 5000).Draw(t, "size")
		other := rapid.Uint64Range(0, size-1).Draw(t, "other")
		requireInclusion(t, large, largeStored, other, size)
		requireConsistency(t, large, largeStored, other, size)
	})
}

// spoiled gives hashes with each bit flipped in turn, one left out, one twice, one too many, and in another order.
func spoiled(hashes []Hash, check func(what string, hashes []Hash)) {
	for i := range hashes {
		for bit := range len(Hash{}) * 8 {
			hashes[i][bit/8] ^= 1 << (bit % 8)
			check(fmt.Sprintf("bit %d of hash %d", bit, i), hashes)
			hashes[i][bit/8] ^= 1 << (bit % 8)
		}
		check(fmt.Sprintf("without hash %d", i), slices.Delete(slices.Clone(hashes), i, i+1))
		check(fmt.Sprintf("hash %d twice", i), slices.Insert(slices.Clone(hashes), i, hashes[i]))
		if i > 0 {
			swapped := slices.Clone(hashes)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			check(fmt.Sprintf("hash %d earlier", i), swapped)
		}
	}
	check("one more", append(slices.Clone(hashes), Hash{}))
}

// TestNoOtherProofHolds spoils the proofs of small trees, and asks of them what they do not prove.
func TestNoOtherProofHolds(t *testing.T) {
	const most = 17
	l := levelsOf(most)
	for size := uint64(1); size <= most; size++ {
		at := l.at(t, size)
		for index := range size {
			p, err := ProveInclusion(l, index, size)
			require.NoError(t, err)
			spoiled(p, func(what string, p []Hash) {
				require.ErrorIs(t, CheckInclusion(p, index, l[0][index], at), ErrNotProven, "%s, %d in %d", what, index, size)
			})
			for other := range uint64(most + 2) {
				if other != index {
					require.ErrorIs(t, CheckInclusion(p, other, l[0][index], at), ErrNotProven)
				}
			}
			require.ErrorIs(t, CheckInclusion(p, index, Hash{}, at), ErrNotProven)
			require.ErrorIs(t, CheckInclusion(p, index, l[0][index], Checkpoint{Origin: ours, Size: size}), ErrNotProven)
		}
	}
}

func TestNoOtherConsistencyHolds(t *testing.T) {
	const most = 17
	l := levelsOf(most)
	for newer := range uint64(most + 1) {
		for older := range newer + 1 {
			p, err := ProveConsistency(l, older, newer)
			require.NoError(t, err)
			was, is := l.at(t, older), l.at(t, newer)
			check := func(what string, p []Hash, was, is Checkpoint) {
				require.ErrorIs(t, CheckConsistency(p, was, is), ErrNotProven, "%s: %d to %d", what, older, newer)
			}
			spoiled(p, func(what string, p []Hash) { check(what, p, was, is) })
			check("another beginning", p, Checkpoint{ours, older, Hash{1}}, is)
			if older > 0 {
				check("another end", p, was, Checkpoint{ours, newer, Hash{1}})
			}
			if older < newer {
				check("backwards", p, is, was)
			}
			require.ErrorIs(t, CheckConsistency(p, Checkpoint{house, older, was.Root}, is), ErrOtherLog)
		}
	}
}

// TestSizesThatLie gives a root under another size than it has, as only a log that cheats would sign it: what holds then is
// what holds for somebody else's code too.
func TestSizesThatLie(t *testing.T) {
	const most = 17
	l := levelsOf(most)
	for size := uint64(1); size <= most; size++ {
		root := l.at(t, size).Root
		for index := range size {
			included, err := ProveInclusion(l, index, size)
			require.NoError(t, err)
			consistent, err := ProveConsistency(l, index, size)
			require.NoError(t, err)
			was, leaf := l.at(t, index), l[0][index]
			for said := range uint64(2 * most) {
				is := Checkpoint{ours, said, root}
				theirs := proof.VerifyInclusion(rfc6962.DefaultHasher, index, said, leaf[:], slicesOf(included), root[:])
				require.Equal(t, theirs == nil, CheckInclusion(included, index, leaf, is) == nil, "%d in %d, said %d", index, size, said)
				if index > 0 && index <= said {
					theirs = proof.VerifyConsistency(rfc6962.DefaultHasher, index, said, slicesOf(consistent), was.Root[:], root[:])
					require.Equal(t, theirs == nil, CheckConsistency(consistent, was, is) == nil, "%d to %d, said %d", index, size, said)
				}
			}
		}
	}
}

// TestProofsEndAtTheRoot goes on beyond it, to the root of a larger tree: the hashes would fold, but the size has no such path.
func TestProofsEndAtTheRoot(t *testing.T) {
	a, b, c := Hash{1}, Hash{2}, Hash{3}
	require.NoError(t, CheckInclusion([]Hash{a}, 1, b, Checkpoint{ours, 2, NodeHash(a, b)}))
	require.ErrorIs(t, CheckInclusion([]Hash{a}, 0, b, Checkpoint{ours, 1, NodeHash(a, b)}), ErrNotProven)
	was, is := Checkpoint{ours, 3, NodeHash(a, b)}, Checkpoint{ours, 4, NodeHash(a, NodeHash(b, c))}
	require.NoError(t, CheckConsistency([]Hash{b, c, a}, was, is))
	was.Root, is.Root = NodeHash(c, was.Root), NodeHash(c, is.Root)
	require.ErrorIs(t, CheckConsistency([]Hash{b, c, a, c}, was, is), ErrNotProven)
}

func TestProveRefuses(t *testing.T) {
	l := levelsOf(10)
	_, err := ProveInclusion(l, 10, 10)
	require.ErrorIs(t, err, ErrNotProven)
	_, err = ProveInclusion(l, 0, 0)
	require.ErrorIs(t, err, ErrNotProven)
	_, err = ProveConsistency(l, 10, 9)
	require.ErrorIs(t, err, ErrNotProven)
	_, err = ProveConsistency(l, 0, MaxSize+1)
	require.ErrorIs(t, err, ErrNotProven)
	_, err = ProveInclusion(l, 3, 20)
	require.ErrorIs(t, err, errNoSuchHash, "the outside world's error comes through")
	_, err = ProveConsistency(l, 3, 20)
	require.ErrorIs(t, err, errNoSuchHash)
}

// FuzzCheckProofs agrees with somebody else on proofs of any kind, and never panics.
func FuzzCheckProofs(f *testing.F) {
	p, err := ProveInclusion(large, 1234, 5000)
	require.NoError(f, err)
	var whole []byte
	for _, h := range p {
		whole = append(whole, h[:]...)
	}
	f.Add(uint64(1234), uint64(5000), whole)
	f.Add(uint64(1<<63), ^uint64(0), whole)
	root := large.at(f, 5000).Root
	f.Fuzz(func(t *testing.T, small, big uint64, data []byte) {
		var hashes []Hash
		for h := range slices.Chunk(data, 32) {
			if len(h) == 32 {
				hashes = append(hashes, Hash(h))
			}
		}
		at := Checkpoint{Origin: ours, Size: big, Root: root}
		leaf := large[0][1234]
		require.Equal(t, proof.VerifyInclusion(rfc6962.DefaultHasher, small, big, leaf[:], slicesOf(hashes), root[:]) == nil,
			CheckInclusion(hashes, small, leaf, at) == nil)
		if small > 0 && small < big {
			require.Equal(t, proof.VerifyConsistency(rfc6962.DefaultHasher, small, big, slicesOf(hashes), leaf[:], root[:]) == nil,
				CheckConsistency(hashes, Checkpoint{ours, small, leaf}, at) == nil)
		}
	})
}

func BenchmarkProof(b *testing.B) {
	p, err := ProveInclusion(large, 1234, 5000)
	require.NoError(b, err)
	at := large.at(b, 5000)
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			CheckInclusion(p, 1234, large[0][1234], at)
		}
	})
	b.Run("prove", func(b *testing.B) {
		for b.Loop() {
			ProveInclusion(large, 1234, 5000)
		}
	})
}

// panicking stands in where there is no test yet.
type panicking struct{}

func (panicking) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (panicking) FailNow()                          { panic("failed") }
