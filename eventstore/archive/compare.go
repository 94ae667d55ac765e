package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"registre/domain"
	"registre/eventstore"
)

// What a comparison of the two copies finds.
var (
	errOnlyArchive = errors.New("the stream does not have it")
	errOnlyStream  = errors.New("no checkpoint covers it: the archive does not have it")
	errNotSame     = errors.New("the stream has other bytes than those that were signed for")
	errTooMany     = errors.New("the stream has an event here that was never signed for")
)

// Compare holds the other copy to what the archive was found to be: in full every event of every register, byte for byte and
// in its order; otherwise how many there are. With growing the other copy may have events that came since. A group of which
// the archive itself cannot tell how it ends is compared as far as its published checkpoint goes.
func (v *Verification) Compare(ctx context.Context, stream eventstore.Store, growing bool) error {
	ends, err := stream.Heads(ctx)
	if err != nil {
		return v.unreadable("", err)
	}
	defer v.excuse()
	there := map[domain.GroupID]uint64{}
	for _, end := range ends {
		there[end.Group] = end.Number
		if v.groups[end.Group] == nil && !growing {
			v.onlyThere(Finding{Copy: InArchive, Group: end.Group, Number: 1, Cause: errOnlyStream}, end.Number)
		}
	}
	var trees map[domain.GroupID]*Tree
	if v.options.Full {
		if trees, err = v.treesIn(ctx, stream); err != nil {
			return err
		}
	}
	for _, g := range v.groups {
		if v.options.Only != "" && v.options.Only != g.group {
			continue
		}
		if err := v.compare(ctx, stream, g, there[g.group], trees, growing); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// excuse takes no offence at events that only the other copy has, where they are no more than were never confirmed there.
func (v *Verification) excuse() {
	only := func(f Finding) bool { return errors.Is(f.Cause, errOnlyStream) }
	if v.beyond == 0 || v.beyond > v.Unanswered {
		return
	}
	for _, f := range v.Findings {
		if only(f) {
			v.Unconfirmed = append(v.Unconfirmed, f)
		}
	}
	v.Findings = slices.DeleteFunc(v.Findings, only)
}

// onlyThere takes note of events that only the other copy has.
func (v *Verification) onlyThere(f Finding, count uint64) {
	v.beyond += count
	v.found(f)
}

// unreadable makes a finding of what the stream says, unless it says it of the caller.
func (v *Verification) unreadable(group domain.GroupID, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, eventstore.ErrClosed) {
		return err
	}
	v.found(Finding{Copy: InStream, Group: group, Cause: err})
	return nil
}

// target is the state of a group that was signed for last: how it ends, or at least what was published.
func (g *kept) target() (size uint64, root Hash) {
	if g.lost {
		return g.at.Size, g.at.Root
	}
	return g.chain.tree.size, g.chain.tree.Root()
}

// treesIn reads the whole stream, and gives the tree of each group up to where the archive ends. It has none where the
// stream cannot be read.
func (v *Verification) treesIn(ctx context.Context, stream eventstore.Store) (map[domain.GroupID]*Tree, error) {
	trees, targets := map[domain.GroupID]*Tree{}, map[domain.GroupID]uint64{}
	for group, g := range v.groups {
		targets[group], _ = g.target()
	}
	v.total.Add(v.Events)
	for r, err := range stream.ReadAll(ctx) {
		if err != nil {
			return nil, v.unreadable("", err)
		}
		tree := trees[r.Group]
		if tree == nil {
			tree = &Tree{}
			trees[r.Group] = tree
		}
		if tree.size < targets[r.Group] {
			tree.Append(LeafHash(r.Body))
		}
		if done := v.done.Add(1); v.options.Progress != nil && done%tileWidth == 0 {
			v.options.Progress(done, v.total.Load())
		}
	}
	return trees, nil
}

// compare compares one group.
func (v *Verification) compare(ctx context.Context, stream eventstore.Store, g *kept, end uint64, trees map[domain.GroupID]*Tree, growing bool) error {
	size, root := g.target()
	if end > size && !g.lost && !growing {
		v.onlyThere(Finding{Copy: InArchive, File: tailDir, Group: g.group, Number: size + 1, Cause: errOnlyStream}, end-size)
	}
	if trees == nil {
		if end < size {
			v.found(Finding{Copy: InStream, Group: g.group, Number: end + 1, Cause: errOnlyArchive})
		}
		return nil
	}
	if tree := trees[g.group]; size == 0 || tree != nil && tree.size == size && tree.Root() == root {
		return nil
	}
	return v.locate(ctx, stream, g, size)
}

// locate says which events of a group the stream does not have as they were signed for.
func (v *Verification) locate(ctx context.Context, stream eventstore.Store, g *kept, size uint64) error {
	numbers, err := g.numbers(size)
	if err != nil {
		v.found(Finding{Copy: InStream, Group: g.group, Cause: fmt.Errorf("%w, and which of them cannot be told: %w", errNotSame, err)})
		return nil
	}
	seen, misplaced := make([]bool, size), uint64(0)
	for r, err := range stream.Read(ctx, g.group, 0) {
		if err != nil {
			if err := v.unreadable(g.group, err); err != nil {
				return err
			}
			break
		}
		h := LeafHash(r.Body)
		switch n, ok := numbers[h]; {
		case ok && !seen[n]:
			if seen[n] = true; n != r.Number-1 && misplaced == 0 {
				misplaced = r.Number
			}
		case r.Number <= size:
			v.found(Finding{Copy: InStream, Group: g.group, Number: r.Number, Cause: errNotSame})
		}
	}
	whole := true
	for n, ok := range seen {
		if !ok {
			whole = false
			v.found(Finding{Copy: InStream, Group: g.group, Number: uint64(n) + 1, Cause: errOnlyArchive})
		}
	}
	if whole {
		v.found(Finding{Copy: InStream, Group: g.group, Number: misplaced, Cause: fmt.Errorf("%w, or in another order", errTooMany)})
	}
	return nil
}

// numbers gives the places of a group's events by the hashes of their leaves.
func (g *kept) numbers(size uint64) (map[Hash]uint64, error) {
	hashes, numbers := g.chain.hashes(), make(map[Hash]uint64, size)
	if g.lost {
		hashes = g.chain.log.At(size)
	}
	for n := range size {
		h, err := hashes.Hash(0, n)
		if err != nil {
			return nil, err
		}
		numbers[h] = n
	}
	return numbers, nil
}
