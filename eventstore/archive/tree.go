package archive

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"math/bits"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// A Hash is a SHA-256.
type Hash = tlog.Hash

// MaxSize bounds the leaves of a tree: a register's numbers end where every reader of JSON still reads them exactly.
const MaxSize = 1<<53 - 1

// The first byte of what is hashed tells leaves from nodes (RFC 6962, section 2.1).
const (
	leafPrefix = 0
	nodePrefix = 1
)

// smallLeaf is the longest body that is hashed from the stack in one call; above it a hasher is cheaper than a copy.
const smallLeaf = 1023

// LeafHash is the hash of a leaf: SHA-256(0x00 || body). It does not allocate.
func LeafHash(body []byte) Hash {
	if len(body) > smallLeaf {
		return longLeafHash(body)
	}
	var buf [1 + smallLeaf]byte
	buf[0] = leafPrefix
	return sha256.Sum256(buf[:1+copy(buf[1:], body)])
}

// A hasher brings along what would otherwise be allocated at each call.
type hasher struct {
	hash.Hash
	sum []byte
}

var hashers = sync.Pool{New: func() any { return &hasher{Hash: sha256.New(), sum: make([]byte, 0, sha256.Size)} }}

var onlyLeafPrefix = []byte{leafPrefix}

func longLeafHash(body []byte) Hash {
	h := hashers.Get().(*hasher)
	defer hashers.Put(h)
	h.Reset()
	h.Write(onlyLeafPrefix)
	h.Write(body)
	return Hash(h.Sum(h.sum))
}

// NodeHash is the hash of a node: SHA-256(0x01 || left || right). It does not allocate.
func NodeHash(left, right Hash) Hash {
	var buf [1 + 2*tlog.HashSize]byte
	buf[0] = nodePrefix
	copy(buf[1:], left[:])
	copy(buf[1+tlog.HashSize:], right[:])
	return sha256.Sum256(buf[:])
}

// emptyRoot is the root of the tree without leaves: the SHA-256 of nothing.
var emptyRoot = Hash(sha256.Sum256(nil))

// A Tree is an RFC 6962 tree, kept as its right edge: the perfect subtrees that its leaves fall into, as many as its size
// has binary ones. That is enough to go on appending and to tell the root. The zero Tree is empty.
//
// A Tree is a value. A copy stands on its own, so that appends can be tried on it and given up. Trees cannot be compared
// with ==; those of the same size and root are equal.
type Tree struct {
	size uint64
	// last holds at each level the newest complete subtree of 2^level leaves. Where size has a one, it belongs to the edge;
	// where it has none, the subtree has gone into a larger one, and is here for those who write it down.
	last [53]Hash
	_    [0]func()
}

// TreeAt is the tree of that size with that edge, which is not checked in any other way than its length.
//
//	TreeAt(t.Size(), t.Edge()) == t
func TreeAt(size uint64, edge []Hash) (Tree, error) {
	if size > MaxSize {
		return Tree{}, fmt.Errorf("%w: a tree of %d leaves, and %d are the most", ErrMalformed, size, uint64(MaxSize))
	}
	if ones := bits.OnesCount64(size); len(edge) != ones {
		return Tree{}, fmt.Errorf("%w: a tree of %d leaves has an edge of %d hashes, not %d", ErrMalformed, size, ones, len(edge))
	}
	t := Tree{size: size}
	for rest := size; rest != 0; edge = edge[1:] {
		level := bits.Len64(rest) - 1
		t.last[level] = edge[0]
		rest -= 1 << level
	}
	return t, nil
}

// Append adds a leaf on the right. It computes one node on the average, and log2(size) at most.
func (t *Tree) Append(leaf Hash) {
	h, level := leaf, 0
	for ; t.size>>level&1 == 1; level++ {
		left := t.last[level]
		t.last[level] = h
		h = NodeHash(left, h)
	}
	t.last[level] = h
	t.size++
}

// Size is the number of leaves.
func (t *Tree) Size() uint64 { return t.size }

// Root is the hash of the whole tree. It computes a node less than the edge has hashes.
func (t *Tree) Root() Hash {
	if t.size == 0 {
		return emptyRoot
	}
	low := bits.TrailingZeros64(t.size)
	root := t.last[low]
	for rest := t.size &^ (1 << low); rest != 0; rest &= rest - 1 {
		root = NodeHash(t.last[bits.TrailingZeros64(rest)], root)
	}
	return root
}

// Edge gives the perfect subtrees, the largest first: all there is to keep of a tree in order to go on with it.
func (t *Tree) Edge() []Hash {
	edge := make([]Hash, 0, bits.OnesCount64(t.size))
	for rest := t.size; rest != 0; {
		level := bits.Len64(rest) - 1
		edge = append(edge, t.last[level])
		rest -= 1 << level
	}
	return edge
}

// raised is the tree whose leaves this one has as subtrees of 2^levels leaves each.
func (t *Tree) raised(levels int) Tree {
	up := Tree{size: t.size << levels}
	copy(up.last[levels:], t.last[:])
	return up
}
