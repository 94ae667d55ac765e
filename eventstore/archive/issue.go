package archive

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"registre/domain"
)

// ErrNotDurable says that there is no such event, or that no checkpoint covers it yet.
var ErrNotDurable = errors.New("no checkpoint covers this event")

// Receipt makes a receipt of an event, at the newest checkpoint that is durable; or, where an older one covers the event that
// was kept with cosignatures (KeepWitnessed), at that one. Its error is ErrNotDurable where that does
// not cover the event, or a *DamageError.
//
//	Receipt(group, n).Check(body of event n of group, …) == nil
func (s *Store) Receipt(ctx context.Context, group domain.GroupID, number uint64) (Receipt, error) {
	r, err := s.receipt(group, number)
	if errors.Is(err, ErrNotDurable) && s.others != nil { // somebody else has written it
		if err := s.takeUpGroup(ctx, group, number, s.syncTaken); err != nil {
			return Receipt{}, fmt.Errorf("a receipt of event %d of %s: %w", number, group, err)
		}
		if err := s.Sync(context.WithoutCancel(ctx)); err != nil {
			return Receipt{}, fmt.Errorf("a receipt of event %d of %s: %w", number, group, err)
		}
		r, err = s.receipt(group, number)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrNotDurable) {
		s.cutting.Lock() // the files of an older state may have just given way to those of a newer one
		r, err = s.receipt(group, number)
		s.cutting.Unlock()
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("a receipt of event %d of %s: %w", number, group, err)
	}
	return r, nil
}

func (s *Store) receipt(group domain.GroupID, number uint64) (Receipt, error) {
	g, err := s.standing(group)
	if err != nil {
		return Receipt{}, err
	}
	if number < 1 || number > g.head.size {
		return Receipt{}, ErrNotDurable
	}
	if g, _, err = g.atWitnessed(group, number); err != nil {
		return Receipt{}, err
	}
	tree, err := treeOf(g.hashes, 0, g.head.size)
	if err != nil {
		return Receipt{}, err
	}
	state := Checkpoint{Origin: GroupOrigin(s.origin, string(group)), Size: g.head.size, Root: tree.Root()}
	return ProveReceipt(state, g.hashes, number-1, g.signed, g.heads, g.head.index)
}

// A standing is what a receipt is made of, as it stood at one moment.
type standing struct {
	head          head
	hashes, heads Hashes
	signed        []byte
	at            uint64   // the size that signed says
	witnessed     []byte   // nil for none
	view          *View    // of the log of heads, as far as it is published
	bodies        [][]byte // its leaves beyond that
}

func (s *Store) standing(group domain.GroupID) (standing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groups[group]
	if c == nil {
		return standing{}, ErrNotDurable
	}
	if c.kept.size == 0 && c.published.size > 0 {
		if err := s.findHeads(); err != nil {
			return standing{}, err
		}
	}
	return standing{
		head: c.kept, hashes: c.hashes(), heads: s.heads.hashes(), signed: s.signed, at: s.at, witnessed: s.witnessed,
		view: s.heads.log.At(s.heads.published.size), bodies: s.heads.bodies,
	}, nil
}

// findHeads looks in the published log of heads for the newest head of each group that has none in memory. It goes from the
// end to the beginning, and stops when every group has one. The caller holds s.mu.
func (s *Store) findHeads() error {
	wanted := map[string]*chain{}
	for group, c := range s.groups {
		if c.kept.size == 0 && c.published.size > 0 {
			wanted[string(group)] = c
		}
	}
	view := s.heads.log.At(s.heads.published.size)
	for to := view.Size(); to > 0 && len(wanted) > 0; to = (to - 1) &^ (tileWidth - 1) {
		index := (to - 1) &^ (tileWidth - 1)
		for text, err := range view.Entries(index, to) {
			if err != nil {
				return err
			}
			c, err := ParseCheckpointText(text)
			if err != nil {
				return err
			}
			group := strings.TrimPrefix(c.Origin, GroupOrigin(s.origin, ""))
			if chain := wanted[group]; chain != nil {
				chain.kept = head{size: c.Size, index: index}
			}
			index++
		}
		for group, c := range wanted {
			if c.kept.size > 0 {
				delete(wanted, group)
			}
		}
	}
	return nil
}
