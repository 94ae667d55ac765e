package archive

import (
	"golang.org/x/mod/sumdb/note"

	"registre/domain"
	"registre/eventstore"
)

// A signature takes as long as the other store takes to write an event, and both copies wait for it before the tail can be
// synced. So the checkpoint that a record will be closed with is foreseen, and signed while the other store writes. What is not
// as it was foreseen is signed anew, and nobody ever sees the other.

// aheadUpTo is up to how many appends the checkpoint is foreseen. What comes in many is not the whole of a record, as a rule, and its
// signature counts for little.
const aheadUpTo = 24

// A foreseen checkpoint is that of the log of heads as it will be if all that is being written is kept, and nothing else comes.
type foreseen struct {
	at     Checkpoint
	signer note.Signer // who signed it
	signed []byte
}

// foresee signs the checkpoint that a record of these appends alone would be closed with; nil where that cannot be told.
func (s *Store) foresee(appends []eventstore.Append, hashes [][]Hash) *foreseen {
	grown, heads, signer := s.treesFor(appends)
	if signer == nil {
		return nil
	}
	for i, a := range appends {
		g := grown[a.Group]
		if g.tree.size != a.After {
			return nil
		}
		for _, h := range hashes[i] {
			g.tree.Append(h)
		}
	}
	for i := range appends {
		if g := grown[appends[i].Group]; !g.headed {
			g.headed = true
			heads.Append(LeafHash(Checkpoint{Origin: g.origin, Size: g.tree.size, Root: g.tree.Root()}.Text()))
		}
	}
	at := Checkpoint{Origin: signer.Name(), Size: heads.size, Root: heads.Root()}
	signed, err := at.Sign(signer)
	if err != nil {
		return nil // sealing the record will say why
	}
	return &foreseen{at: at, signer: signer, signed: signed}
}

// A growing is the tree of a group, copied.
type growing struct {
	origin string
	tree   Tree
	headed bool
}

// treesFor copies the trees of the groups that are appended to, and that of the heads, and gives who signs for it; nobody where
// there are many, where one is not known yet, or where other appends wait to be put into the record.
func (s *Store) treesFor(appends []eventstore.Append) (grown map[domain.GroupID]*growing, heads Tree, signer note.Signer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frame != nil || len(appends) > aheadUpTo {
		return nil, Tree{}, nil
	}
	grown = make(map[domain.GroupID]*growing, len(appends))
	for _, a := range appends {
		c := s.groups[a.Group]
		if c == nil {
			return nil, Tree{}, nil
		}
		if grown[a.Group] == nil {
			grown[a.Group] = &growing{origin: c.log.origin, tree: c.tree}
		}
	}
	return grown, s.heads.tree, s.heads.signer
}
