package archive

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"registre/domain"
	"registre/eventstore"
)

var errUntold = errors.New("what is kept does not tell how the register ends")

// Records gives the events of a group as they were verified, each with the bytes that were signed for: the entries of a bundle are
// hashed once more, and held to the tree of the group, before the first of them is given. Its error is a *DamageError, or a
// *eventstore.DamageError where the group ends otherwise than was signed for. The archive must not be written to meanwhile.
func (v *Verification) Records(ctx context.Context, group domain.GroupID) iter.Seq2[eventstore.Record, error] {
	return v.read(ctx, group, false)
}

// Scan is Records for who keeps nothing: a body is overwritten when the next is taken.
func (v *Verification) Scan(ctx context.Context, group domain.GroupID) iter.Seq2[eventstore.Record, error] {
	return v.read(ctx, group, true)
}

func (v *Verification) read(ctx context.Context, group domain.GroupID, reuse bool) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		g := v.groups[group]
		if g == nil {
			return
		}
		if err := g.records(ctx, reuse, yield); err != nil {
			yield(eventstore.Record{}, fmt.Errorf("reading %s: %w", group, err))
		}
	}
}

func (g *kept) records(ctx context.Context, reuse bool, yield func(eventstore.Record, error) bool) error {
	c := &snapshot{group: g.group, log: g.chain.log, published: g.chain.published, bodies: g.chain.bodies, end: g.chain.tree.size}
	number := uint64(0)
	give := func(body []byte) bool {
		number++
		return yield(eventstore.Record{Group: g.group, Number: number, Body: body}, nil)
	}
	held, err := hold(c)
	if err != nil {
		return err
	}
	var bodies [][]byte
	var file []byte
	for index := uint64(0); index<<tileHeight < c.published.size; index++ {
		if !reuse {
			file = nil
		}
		if bodies, file, err = held.view.bundle(bodies[:0], file, index); err == nil {
			err = errors.Join(held.check(index, file, bodies), ctx.Err())
		}
		if err != nil {
			return err
		}
		for _, body := range bodies {
			if !give(body) {
				return nil
			}
		}
	}
	for _, body := range c.bodies {
		if !give(body) {
			return nil
		}
	}
	if g.lost {
		return &eventstore.DamageError{Group: g.group, Number: number + 1, Cause: errUntold}
	}
	return nil
}

// Kept tells how many events each group had at the checkpoint that was kept elsewhere. It fails where the log of heads does not go
// on from it, or was not read: only a full verification reads it.
func (v *Verification) Kept() (map[domain.GroupID]uint64, error) {
	older, _, _, err := v.Keys().Signer(v.options.Kept)
	if err == nil {
		err = v.goesOnFrom(older)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRewritten, err)
	}
	sizes := map[domain.GroupID]uint64{}
	for group, g := range v.groups {
		for _, h := range g.heads {
			if h.index < older.Size {
				sizes[group] = max(sizes[group], h.size)
			}
		}
	}
	return sizes, nil
}

// Root is the hash of the tree of a group as it ends; the zero hash where there is none.
func (v *Verification) Root(group domain.GroupID) (root Hash) {
	if g := v.groups[group]; g != nil && !g.lost {
		root = g.chain.tree.Root()
	}
	return root
}
