package archive

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// stretch is how many leaves are fetched, checked and landed at a time: those below one tile of level 1. It bounds what is
// begun and not landed, and what a source can have fetched that is signed for and still not what it must be.
const stretch = tileWidth * tileWidth

// continues says whether the log at the source begins with an older one, of the same name: ErrRewritten.
func (r *remote) continues(older Checkpoint) error {
	if older.Size > r.at.Size {
		return fmt.Errorf("%w: it ends at %d, and was at %d", ErrRewritten, r.at.Size, older.Size)
	}
	tree, err := treeOf(r, 0, older.Size)
	if err != nil {
		return err
	}
	if tree.Root() != older.Root {
		return fmt.Errorf("%w: %w: at size %d it has another root", ErrRewritten, ErrNotProven, older.Size)
	}
	return nil
}

// shorter says, as an *Alarm, when the log at the source is not longer than the copy and not the same. An older state of the copy
// is told from another history. It needs nothing from the source.
func (r *remote) shorter() error {
	if r.at.Size > r.held.Size || r.at == r.held {
		return nil
	}
	tree, err := treeOf(r.to.At(r.held.Size), 0, r.at.Size)
	cause := fmt.Errorf("%w: %w: at size %d it has another root than it had", ErrRewritten, ErrNotProven, r.at.Size)
	if err == nil && tree.Root() == r.at.Root {
		cause = fmt.Errorf("%w: it ends at %d, and was at %d", ErrRolledBack, r.at.Size, r.held.Size)
	}
	return r.alarm(checkpointPath, 0, cause, nil)
}

// follow gets the edge of the log at the source. It is an *Alarm when that does not lead to the root, or the log does not
// continue the copy.
func (r *remote) follow() error {
	if err := r.shorter(); err != nil {
		return err
	}
	if err := r.takeEdge(); err != nil {
		return err
	}
	err := r.continues(r.held)
	if errors.Is(err, ErrRewritten) {
		return r.alarm(checkpointPath, 0, err, nil)
	}
	return err
}

// fetch gets all leaves from from on, and the tiles above them. each is told of a stretch when it has landed, in order;
// what it refuses with a *LeafError is an *Alarm.
func (r *remote) fetch(from uint64, each func(from, to uint64) error) error {
	for from < r.at.Size {
		to := min((from/stretch+1)*stretch, r.at.Size)
		if err := r.stretch(from, to); err != nil {
			return err
		}
		if err := r.refused(each(from, to)); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// refused makes an alarm of a leaf that is signed for, and not what it must be.
func (r *remote) refused(err error) error {
	at := new(LeafError)
	if !errors.As(err, &at) {
		return err
	}
	t := tileOf(entries, at.Index>>tileHeight, r.at.Size)
	received, _ := readFile(nil, r.to.at(t.path())) // it has just been written
	return r.alarm(t.path(), at.Index+1, at.Cause, received)
}

// stretch gets the leaves from from up to to, which lie below one tile of level 1, and lands them.
func (r *remote) stretch(from, to uint64) error {
	for level := 1; level < tileLevels; level++ {
		t := tileOf(level, from>>tile{level: level}.span(), r.at.Size)
		if t.width == 0 {
			break
		}
		if _, err := r.hashes(t.level, t.index); err != nil {
			return err
		}
	}
	if err := r.bundles(from>>tileHeight, (to-1)>>tileHeight); err != nil {
		return err
	}
	err := r.x.Land()
	r.begin()
	return err
}

// bundles gets the bundles from first to last, and the tiles of their hashes, several at once.
func (r *remote) bundles(first, last uint64) error {
	roots := make([]Hash, last-first+1)
	for i := range roots {
		if t := tileOf(0, first+uint64(i), r.at.Size); t.width == tileWidth {
			var err error
			if roots[i], err = r.Hash(tileHeight, t.index); err != nil {
				return err
			}
		}
	}
	var next, failed atomic.Int64
	errs := make([]error, len(roots))
	var workers sync.WaitGroup
	for range min(cap(r.slots), len(roots)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(roots) && failed.Load() == 0; i = next.Add(1) - 1 {
				if errs[i] = r.leaves(first+uint64(i), roots[i]); errs[i] != nil {
					failed.Add(1)
				}
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// leaves gets one bundle, and the tile of its hashes if it is full: the partial one is known.
func (r *remote) leaves(index uint64, root Hash) error {
	t := tileOf(0, index, r.at.Size)
	hashes := r.edge[0]
	if t.width == tileWidth {
		var err error
		if hashes, err = r.tile(t, root); err != nil {
			return err
		}
	}
	if err := r.bundle(index, hashes); err != nil {
		return err
	}
	r.tick(t.width)
	return nil
}
