package archive

import (
	"errors"
	"fmt"
	"math/bits"
)

// ErrNotProven says that a proof does not prove what it was given for. It is true for every proof of something false, and
// for every proof in which a bit has changed.
var ErrNotProven = errors.New("the proof does not hold")

// Hashes are the hashes of a tree. They need not be right: who builds a proof from them checks it, or gives it to
// somebody who does.
type Hashes interface {
	// Hash gives the root of the perfect subtree of the leaves from index<<level up to (index+1)<<level, all of which the
	// tree has.
	Hash(level int, index uint64) (Hash, error)
}

// ProveInclusion proves that a tree of that size has its leaf at index, counted from 0: RFC 9162, section 2.1.3.1. The
// proof has as many hashes as the leaf's path to the root has siblings, from below. It is a fault of the caller's,
// ErrNotProven, when index is not below size.
//
//	CheckInclusion(ProveInclusion(tree, i, n), i, LeafHash(body i), Checkpoint{Size: n, Root: tree.Root()}) == nil
func ProveInclusion(tree Hashes, index, size uint64) ([]Hash, error) {
	if index >= size || size > MaxSize {
		return nil, fmt.Errorf("%w: a tree of %d leaves has none at %d", ErrNotProven, size, index)
	}
	return siblings(nil, tree, 0, index, size)
}

// siblings appends the siblings on the path from the subtree at level and index to the root of the tree of that size.
func siblings(proof []Hash, tree Hashes, level int, index, size uint64) ([]Hash, error) {
	for last := (size - 1) >> level; last > 0; level, index, last = level+1, index>>1, last>>1 {
		var h Hash
		var err error
		switch {
		case index&1 == 1:
			h, err = tree.Hash(level, index-1)
		case index < last:
			h, err = rightOf(tree, level, index, size)
		default:
			continue // the right edge has no sibling here
		}
		if err != nil {
			return nil, err
		}
		proof = append(proof, h)
	}
	return proof, nil
}

// rightOf is the hash of the right sibling of a left node, as far as the tree of that size goes.
func rightOf(tree Hashes, level int, index, size uint64) (Hash, error) {
	from := (index + 1) << level
	return rootOf(tree, from, min(from+1<<level, size))
}

// rootOf is the hash of the subtree of the leaves from from up to to, where from is a multiple of a power of two that is
// not less than their number.
func rootOf(tree Hashes, from, to uint64) (Hash, error) {
	part, err := treeOf(tree, from, to)
	return part.Root(), err
}

// treeOf is that subtree.
func treeOf(tree Hashes, from, to uint64) (Tree, error) {
	part := Tree{size: to - from}
	for rest := part.size; rest != 0; {
		level := bits.Len64(rest) - 1
		h, err := tree.Hash(level, from>>level)
		if err != nil {
			return Tree{}, err
		}
		part.last[level] = h
		from += 1 << level
		rest -= 1 << level
	}
	return part, nil
}

// CheckInclusion says, as ErrNotProven, when proof does not prove that the log has the leaf at index, at the checkpoint:
// RFC 9162, section 2.1.3.2.
func CheckInclusion(proof []Hash, index uint64, leaf Hash, at Checkpoint) error {
	if index >= at.Size {
		return fmt.Errorf("%w: %s has no leaf %d, of %d", ErrNotProven, at.Origin, index, at.Size)
	}
	node, last, root := index, at.Size-1, leaf
	for _, h := range proof {
		if last == 0 {
			return fmt.Errorf("%w: it is too long", ErrNotProven)
		}
		if node&1 == 1 || node == last {
			root = NodeHash(h, root)
			node, last = upFromLeft(node, last)
		} else {
			root = NodeHash(root, h)
		}
		node, last = node>>1, last>>1
	}
	if last != 0 || root != at.Root {
		return fmt.Errorf("%w: leaf %d of %s at size %d", ErrNotProven, index, at.Origin, at.Size)
	}
	return nil
}

// upFromLeft skips the levels at which a node of the right edge has no sibling.
func upFromLeft(node, last uint64) (uint64, uint64) {
	if node == 0 {
		return node, last
	}
	skip := bits.TrailingZeros64(node)
	return node >> skip, last >> skip
}

// ProveConsistency proves that the tree of size newer begins with the tree of size older: RFC 9162, section 2.1.4.1. The
// proof is empty when there is nothing to prove: from the empty tree, or to the same one. It is a fault of the caller's,
// ErrNotProven, when older is larger.
//
//	CheckConsistency(ProveConsistency(tree, m, n), Checkpoint{Size: m, …}, Checkpoint{Size: n, …}) == nil
func ProveConsistency(tree Hashes, older, newer uint64) ([]Hash, error) {
	switch {
	case older > newer || newer > MaxSize:
		return nil, fmt.Errorf("%w: a tree of %d leaves does not begin with one of %d", ErrNotProven, newer, older)
	case older == 0 || older == newer:
		return nil, nil
	}
	level := bits.TrailingZeros64(older)
	index := (older - 1) >> level
	var proof []Hash
	if index > 0 { // else the older tree is perfect, and its root is known
		h, err := tree.Hash(level, index)
		if err != nil {
			return nil, err
		}
		proof = append(proof, h)
	}
	return siblings(proof, tree, level, index, newer)
}

// CheckConsistency says, as ErrNotProven, when proof does not prove that the log at newer begins with what it was at older:
// RFC 9162, section 2.1.4.2. Checkpoints of different logs are ErrOtherLog.
func CheckConsistency(proof []Hash, older, newer Checkpoint) error {
	if older.Origin != newer.Origin {
		return fmt.Errorf("%w: %s, and not %s", ErrOtherLog, newer.Origin, older.Origin)
	}
	holds := false
	switch {
	case older.Size > newer.Size:
	case older.Size == newer.Size:
		holds = len(proof) == 0 && older.Root == newer.Root && (older.Size > 0 || older.Root == emptyRoot)
	case older.Size == 0:
		holds = len(proof) == 0 && older.Root == emptyRoot
	default:
		holds = checkConsistency(proof, older, newer)
	}
	if !holds {
		return fmt.Errorf("%w: %s at size %d begins with what it was at %d", ErrNotProven, newer.Origin, newer.Size, older.Size)
	}
	return nil
}

// checkConsistency folds both roots out of the proof, where 0 < older.Size < newer.Size.
func checkConsistency(proof []Hash, older, newer Checkpoint) bool {
	level := bits.TrailingZeros64(older.Size)
	node, last := (older.Size-1)>>level, (newer.Size-1)>>level
	first := older.Root
	if node > 0 {
		if len(proof) == 0 {
			return false
		}
		first, proof = proof[0], proof[1:]
	}
	begins, whole := first, first
	for _, h := range proof {
		if last == 0 {
			return false
		}
		if node&1 == 1 || node == last {
			begins, whole = NodeHash(h, begins), NodeHash(h, whole)
			node, last = upFromLeft(node, last)
		} else {
			whole = NodeHash(whole, h)
		}
		node, last = node>>1, last>>1
	}
	return last == 0 && begins == older.Root && whole == newer.Root
}
