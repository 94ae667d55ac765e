package archive

import (
	"bytes"
	"errors"
	"io/fs"
	"iter"
	"slices"

	"golang.org/x/mod/sumdb/note"
)

// A chain is a log as far as it has grown: what is published lies in files, and what has come since is in memory and in
// the tail, until it is cut into files as well.
type chain struct {
	log       *Log
	signer    note.Signer
	was       []byte // the published checkpoint, nil for none
	tried     []byte // the checkpoint that was last to be published, which may stand although that failed
	published Tree
	tree      Tree
	bodies    [][]byte // of the leaves beyond published
	// rows holds at each level the perfect subtrees that became complete beyond published, in their order. The first one at
	// level l is number published.size>>l.
	rows    [][]Hash
	touched bool // it has grown since its newest head
	head    head // of a group: the newest
	kept    head // of a group: the newest that is durable
}

// A head is where the log of heads has a state of a group.
type head struct {
	size  uint64 // of the group's log; 0 for none
	index uint64 // in the log of heads
}

// openChain takes up a log where it was published.
func openChain(log *Log, signer note.Signer) (*chain, error) {
	c := &chain{log: log, signer: signer}
	at, signed, err := log.Checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	if c.published, err = log.At(at.Size).Tree(); err != nil {
		return nil, err
	}
	if c.published.Root() != at.Root {
		return nil, &DamageError{Path: checkpointPath, Index: at.Size, Cause: errWrongRoot}
	}
	c.was, c.tree = signed, c.published
	return c, nil
}

// append adds a leaf. It keeps the body.
func (c *chain) append(body []byte) { c.add(body, LeafHash(body)) }

// add is append for who has the leaf's hash.
func (c *chain) add(body []byte, h Hash) {
	c.bodies = append(c.bodies, body)
	for level := 0; ; level++ {
		if level == len(c.rows) {
			c.rows = append(c.rows, nil)
		}
		c.rows[level] = append(c.rows[level], h)
		left := c.tree.last[level]
		c.tree.last[level] = h
		if c.tree.size>>level&1 == 0 {
			break
		}
		h = NodeHash(left, h)
	}
	c.tree.size++
}

// checkpoint is the state that the chain has reached.
func (c *chain) checkpoint() Checkpoint {
	return Checkpoint{Origin: c.log.origin, Size: c.tree.size, Root: c.tree.Root()}
}

// hashes gives the hashes of the chain as it stands now, for a reader who does not see it grow. They can be used as long as
// no later state is published.
func (c *chain) hashes() Hashes {
	return &grownHashes{view: c.log.At(c.published.size), rows: slices.Clone(c.rows)}
}

// grownHashes finds hashes in the published files, and in memory what lies beyond.
type grownHashes struct {
	view *View
	rows [][]Hash
}

// Hash implements [Hashes].
func (g *grownHashes) Hash(level int, index uint64) (Hash, error) {
	first := g.view.size >> level
	if index < first {
		return g.view.Hash(level, index)
	}
	if level >= len(g.rows) || index-first >= uint64(len(g.rows[level])) {
		return Hash{}, ErrNotProven
	}
	return g.rows[level][index-first], nil
}

// forget drops from memory what has been published up to a tree.
func (c *chain) forget(to Tree, signed []byte) {
	c.bodies = slices.Clone(c.bodies[to.size-c.published.size:])
	for level := range c.rows {
		n := to.size>>level - c.published.size>>level
		c.rows[level] = slices.Clone(c.rows[level][n:])
	}
	c.published, c.was = to, signed
}

// standing is the checkpoint that is to be replaced: the published one, or that of a publication which failed after it had taken its
// place.
func (c *chain) standing() []byte {
	if c.tried != nil {
		if there, err := readMost(c.log.at(checkpointPath), MaxSigned); err == nil && bytes.Equal(there, c.tried) {
			return c.tried
		}
	}
	return c.was
}

// from gives the leaves from an index on: those that are published from files, the others from memory.
func (c *chain) from(index uint64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if n := c.published.size; index < n {
			for body, err := range c.log.At(n).Entries(index, n) {
				if !yield(body, err) || err != nil {
					return
				}
			}
			index = n
		}
		for _, body := range c.bodies[index-c.published.size:] {
			if !yield(body, nil) {
				return
			}
		}
	}
}
