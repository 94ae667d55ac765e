package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"

	"registre/domain"
	"registre/eventstore"
)

// Reading goes to the archive, which is files read one after the other, and not to the other store. Nothing is given that
// was not checked: a bundle's entries are hashed, and compared with a tree whose root is the group's, before the first of
// them is given. Where they do not fit, the other store is asked for them, and held to the same tree.

// Read implements eventstore.Store. What has been altered is taken from the other copy, and is a *DamageError where that does
// not have it either.
func (s *Store) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		if err := s.readGroup(ctx, group, after, yield); err != nil {
			yield(eventstore.Record{}, fmt.Errorf("reading %s: %w", group, err))
		}
	}
}

func (s *Store) readGroup(ctx context.Context, group domain.GroupID, after uint64, yield func(eventstore.Record, error) bool) error {
	if s.others != nil {
		end, err := s.headShared(ctx, group)
		if err == nil {
			_, err = s.readShared(ctx, end, after, yield)
		}
		return err
	}
	c, err := s.snapshot(ctx, group)
	if err == nil && c != nil {
		_, err = s.read(ctx, c, after, yield)
	}
	return err
}

// ReadAll implements eventstore.Store. It gives one group after the other, in the order of their ids.
func (s *Store) ReadAll(ctx context.Context) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		if err := s.readAll(ctx, yield); err != nil {
			yield(eventstore.Record{}, fmt.Errorf("reading all registers: %w", err))
		}
	}
}

func (s *Store) readAll(ctx context.Context, yield func(eventstore.Record, error) bool) error {
	heads, err := s.Heads(ctx)
	if err != nil {
		return err
	}
	if s.others != nil {
		for _, h := range heads {
			if more, err := s.readShared(ctx, h, 0, yield); err != nil || !more {
				return err
			}
		}
		return nil
	}
	all := make([]*snapshot, 0, len(heads))
	for _, h := range heads {
		c, err := s.snapshot(ctx, h.Group)
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	for _, c := range all {
		if more, err := s.read(ctx, c, 0, yield); err != nil || !more {
			return err
		}
	}
	return nil
}

// Head implements eventstore.Store.
func (s *Store) Head(ctx context.Context, group domain.GroupID) (eventstore.Head, error) {
	if s.others != nil {
		return s.headShared(ctx, group)
	}
	c, err := s.snapshot(ctx, group)
	if err != nil || c == nil {
		return eventstore.Head{Group: group}, err
	}
	return eventstore.Head{Group: group, Number: c.end}, nil
}

// Heads implements eventstore.Store.
func (s *Store) Heads(ctx context.Context) ([]eventstore.Head, error) {
	if s.others != nil {
		return s.headsShared(ctx)
	}
	if err := s.resolve(ctx, ""); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.readable(ctx); err != nil {
		return nil, err
	}
	var heads []eventstore.Head
	for group, c := range s.groups {
		if c.tree.size > 0 {
			heads = append(heads, eventstore.Head{Group: group, Number: c.tree.size})
		}
	}
	slices.SortFunc(heads, func(a, b eventstore.Head) int { return cmp.Compare(a.Group, b.Group) })
	return heads, nil
}

// A snapshot is a group's log as it stood at one moment.
type snapshot struct {
	group     domain.GroupID
	log       *Log
	published Tree
	bodies    [][]byte // beyond the published ones
	end       uint64   // the number up to which it is read
}

// snapshot gives the present state of a group's log; nil where there is none.
func (s *Store) snapshot(ctx context.Context, group domain.GroupID) (*snapshot, error) {
	if err := s.resolve(ctx, group); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.readable(ctx); err != nil {
		return nil, err
	}
	c := s.groups[group]
	if c == nil {
		return nil, nil
	}
	return &snapshot{group: group, log: c.log, published: c.published, bodies: c.bodies, end: c.tree.size}, nil
}

// readable says why nothing can be read. The caller holds s.mu.
func (s *Store) readable(ctx context.Context) error {
	if errors.Is(s.broken, eventstore.ErrClosed) {
		return s.broken
	}
	return ctx.Err()
}

// read gives the events of a group beyond a number, those in files first. It reports whether the caller wants more. Files
// that have given way to those of a later state are looked for there.
func (s *Store) read(ctx context.Context, c *snapshot, after uint64, yield func(eventstore.Record, error) bool) (more bool, err error) {
	give := func(body []byte) bool {
		after++
		return yield(eventstore.Record{Group: c.group, Number: after, Body: body}, nil)
	}
	for end := c.end; after < min(end, c.published.size); {
		more, err := s.readFiles(ctx, c, after, end, give)
		if !errors.Is(err, fs.ErrNotExist) {
			if err != nil || !more {
				return more, err
			}
			break
		}
		if !s.moved(ctx, c) {
			return false, err
		}
		if c, err = s.snapshot(ctx, c.group); err != nil {
			return false, err
		}
		c.end = end
	}
	for after < c.end {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if !give(c.bodies[after-c.published.size]) {
			return false, nil
		}
	}
	return true, nil
}

// readFiles gives the published events of a group beyond a number and up to another, bundle by bundle.
func (s *Store) readFiles(ctx context.Context, c *snapshot, after, end uint64, give func([]byte) bool) (more bool, err error) {
	held, err := hold(c)
	if err != nil {
		return false, err
	}
	var bodies [][]byte
	end = min(end, c.published.size)
	for index := after >> tileHeight; index<<tileHeight < end; index++ {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if bodies, err = s.bundle(ctx, c, held, index, bodies[:0]); err != nil {
			return false, err
		}
		first := index << tileHeight
		for _, body := range bodies[max(after, first)-first : min(end-first, uint64(len(bodies)))] {
			if !give(body) {
				return false, nil
			}
		}
	}
	return true, nil
}

// bundle gives the entries of a bundle, checked: those of the archive, or of the other store where they are damaged.
func (s *Store) bundle(ctx context.Context, c *snapshot, held *held, index uint64, dst [][]byte) ([][]byte, error) {
	bodies, file, err := held.view.bundle(dst, nil, index)
	if err == nil {
		err = held.check(index, file, bodies)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) && s.moved(ctx, c) {
		return bodies, err
	}
	return s.fromOther(ctx, c, held, index, err)
}

// moved reports whether a later state of a group has been published meanwhile.
func (s *Store) moved(ctx context.Context, c *snapshot) bool {
	later, err := s.snapshot(ctx, c.group)
	return err == nil && later.published.size > c.published.size
}

// fromOther reads the entries of a damaged bundle from the other store.
func (s *Store) fromOther(ctx context.Context, c *snapshot, held *held, index uint64, damage error) ([][]byte, error) {
	s.log.Error("an event in the archive is not as it was written: it is read from the stream", "group", c.group, "cause", damage)
	var bodies [][]byte
	end := min((index+1)<<tileHeight, c.published.size)
	for r, err := range s.Store.Read(ctx, c.group, index<<tileHeight) {
		if err != nil {
			return nil, errors.Join(damage, err)
		}
		if bodies = append(bodies, r.Body); r.Number == end {
			break
		}
	}
	if err := held.check(index, nil, bodies); err != nil {
		return nil, errors.Join(damage, fmt.Errorf("the stream: %w", err))
	}
	return bodies, nil
}

// A held log is one whose hashes above the bundles lead to its root.
type held struct {
	view  *View
	roots []Hash // of the full bundles
	edge  []Hash // the leaves of the last bundle, where it is not full

	leaves  []Hash // of the bundle that was checked last
	pyramid pyramid
}

// hold reads the hashes above the bundles and holds them to the root.
func hold(c *snapshot) (*held, error) {
	h := &held{view: c.log.At(c.published.size)}
	full := c.published.size >> tileHeight
	h.roots = make([]Hash, 0, full)
	var above Tree
	for index := range full {
		root, err := h.view.Hash(tileHeight, index)
		if err != nil {
			return nil, err
		}
		h.roots = append(h.roots, root)
		above.Append(root)
	}
	tree := above.raised(tileHeight)
	if c.published.size%tileWidth != 0 {
		edge, err := h.view.hashes(0, full)
		if err != nil {
			return nil, err
		}
		h.edge = slices.Clone(edge)
	}
	for _, leaf := range h.edge {
		tree.Append(leaf)
	}
	if tree.Root() != c.published.Root() {
		return nil, &DamageError{Path: "tile", Cause: errNotInTree}
	}
	return h, nil
}

// check says whether the entries of a bundle are those of the tree. They lie in file, which is written to meanwhile; nil where they
// lie in none.
func (h *held) check(index uint64, file []byte, bodies [][]byte) error {
	h.leaves = h.leaves[:0]
	if file != nil {
		h.leaves = h.pyramid.leaves(h.leaves, file, len(bodies))
	} else {
		for _, body := range bodies {
			h.leaves = append(h.leaves, LeafHash(body))
		}
	}
	if index == uint64(len(h.roots)) {
		for i, leaf := range h.leaves {
			if i >= len(h.edge) || leaf != h.edge[i] {
				return h.altered(index, i)
			}
		}
		if len(bodies) < len(h.edge) {
			return h.altered(index, len(bodies))
		}
		return nil
	}
	if h.pyramid.over(h.leaves); len(h.leaves) == tileWidth && h.pyramid.top() == h.roots[index] {
		return nil
	}
	return h.altered(index, 0)
}

func (h *held) altered(index uint64, entry int) error {
	t := tileOf(entries, index, h.view.size)
	return &DamageError{Path: t.path(), Index: t.first() + uint64(entry), Cause: errNotInTree}
}
