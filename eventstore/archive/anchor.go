package archive

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"

	"registre/domain"
)

// What is derived from a register, and kept beside it so that it need not be derived again, is bound to it in two ways: by the
// root of the group's tree that it was derived from, and by a seal that only the holder of the key can make.

// RootAt is the root of a group's tree after event number, which the tree as it now stands is proven to go on from. It is
// ErrNotProven where that tree is smaller.
//
//	RootAt(g, n) == r, and later RootAt(g, n) == r    the events 1 to n of g are what they were
func (s *Store) RootAt(group domain.GroupID, number uint64) (Hash, error) {
	s.mu.Lock()
	c := s.groups[group]
	if c == nil {
		s.mu.Unlock()
		return Hash{}, fmt.Errorf("%w: %s has no tree", ErrNotProven, group)
	}
	now, hashes := c.checkpoint(), c.hashes()
	s.mu.Unlock()
	if number == now.Size {
		return now.Root, nil
	}
	proof, err := ProveConsistency(hashes, number, now.Size)
	if err != nil {
		return Hash{}, err
	}
	tree, err := treeOf(hashes, 0, number)
	if err != nil {
		return Hash{}, err
	}
	then := Checkpoint{Origin: now.Origin, Size: number, Root: tree.Root()}
	return then.Root, CheckConsistency(proof, then, now)
}

// Sealer gives hashes for one purpose that nobody can make without the key in force; with another key they are others. What is
// sealed is shown to nobody, so the purpose must be none of those for which the key signs.
func (s *Store) Sealer(purpose string) func() hash.Hash {
	s.mu.Lock()
	defer s.mu.Unlock()
	mac := hmac.New(sha256.New, s.key.secret.Seed())
	mac.Write([]byte(purpose))
	secret := mac.Sum(nil)
	return func() hash.Hash { return hmac.New(sha256.New, secret) }
}
