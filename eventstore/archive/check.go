package archive

import (
	"errors"
	"iter"
	"slices"
)

// maxBlame bounds how many hashes may differ between what entries and tiles say for Check still to find out, by trying,
// which of the two is right for each.
const maxBlame = 10

// Check recomputes a log from its entries at the checkpoint c: every leaf, every tile, the root. It gives every damage that
// it finds, as *DamageError, and anything else that kept it from looking; nothing when all is well.
//
// Where entries and tiles do not agree, that side is called damaged which does not fit what lies above, up to the root: so
// Path and Index name the very entry or tile. Where two on one path to the root have suffered, all on it may be named.
// When nothing is found, then all entries and tiles are those of c, and c is to be trusted as far as its signature is.
func (l *Log) Check(c Checkpoint) iter.Seq[error] {
	return func(yield func(error) bool) { l.check(c, yield, watch{}) }
}

// A watch is what else is to be learned from the leaves while they are checked.
type watch struct {
	wanted []uint64                        // sizes, in ascending order,
	rooted func(size uint64, root Hash)    // and what is told of each that can be told
	each   func(index uint64, body []byte) // told of every leaf that is not known to be damaged
	tick   func(leaves int) (goOn bool)    // after each bundle
	room   *room                           // from the check before; nil for none
	keep   bool                            // what each is told of is not overwritten
}

// A room is what one check after the other, but not two at once, can work in.
type room struct {
	bodies  [][]byte // of one bundle, and the file that it is in
	file    []byte
	leaves  []Hash
	pyramid pyramid // over them
	view    View    // of which only what it was read into counts
}

func (l *Log) check(c Checkpoint, yield func(error) bool, w watch) {
	if w.room == nil {
		w.room = &room{}
	}
	k := &checker{view: l.At(c.Size), c: c, yield: yield, watch: w, room: w.room}
	k.view.adopt(&k.room.view)
	k.rows[0] = k.leaves[:0]
	defer func() { k.leaves = k.rows[0]; k.room.view.adopt(k.view) }()
	for index := uint64(0); index<<tileHeight < c.Size && !k.stopped; index++ {
		k.bundle(index)
	}
	if !k.stopped {
		k.edge()
		k.learn(k.c.Size>>tileHeight, k.rows[0])
	}
}

// A checker goes up from the entries.
type checker struct {
	view    *View
	c       Checkpoint
	yield   func(error) bool
	stopped bool // nobody wants more
	lost    bool // there is a hash that neither entries nor tiles can tell, so that the root cannot be right
	known   map[place]bool
	rows    [tileLevels][]Hash // of the unfinished tiles, as they should be
	above   Tree               // of the roots of the full bundles before the present one
	root8   Hash               // of the last full bundle
	built   bool               // the pyramid is that of the present one
	watch   watch
	*room
}

// A place is what is reported once.
type place struct {
	path  string
	index uint64
}

func (k *checker) report(err error) {
	if damage := new(DamageError); errors.As(err, &damage) {
		at := place{damage.Path, damage.Index}
		if k.known[at] {
			return
		}
		if k.known == nil {
			k.known = map[place]bool{}
		}
		k.known[at] = true
	}
	if err != nil && !k.stopped {
		k.stopped = !k.yield(err)
	}
}

func (k *checker) damaged(t tile, index uint64, cause error) {
	k.report(&DamageError{Path: t.path(), Index: index, Cause: cause})
}

// bundle checks the entries of one bundle, and what becomes full above them.
func (k *checker) bundle(index uint64) {
	var err error
	if k.watch.keep {
		k.file = nil
	}
	k.bodies, k.file, err = k.view.bundle(k.bodies[:0], k.file, index)
	k.report(err)
	row := k.rows[0][:0]
	k.built = false
	if err == nil {
		row = k.pyramid.leaves(row, k.file, len(k.bodies))
	} else if stored, err := k.view.hashes(0, index); err == nil {
		row = append(row, stored...)
	} else {
		k.lost = true
		row = append(row, make([]Hash, tileOf(0, index, k.c.Size).width)...)
	}
	k.rows[0] = row
	if len(row) < tileWidth {
		return // it is the last: see edge
	}
	for level := 0; len(k.rows[level]) == tileWidth; level++ {
		k.full(level, index>>(level*tileHeight))
	}
	k.learn(index, row)
	k.above.Append(k.root8)
}

// learn tells the watch of a bundle, when it is settled which of its leaves are right.
func (k *checker) learn(index uint64, row []Hash) {
	first := index << tileHeight
	if k.watch.each != nil && len(row) == len(k.bodies) {
		for i, body := range k.bodies {
			if !k.suspect(index, first+uint64(i)) {
				k.watch.each(first+uint64(i), body)
			}
		}
	}
	if !k.lost {
		k.roots(first, row)
	}
	if k.watch.tick != nil && !k.watch.tick(len(row)) {
		k.stopped = true
	}
}

// suspect says whether a leaf was reported.
func (k *checker) suspect(bundle, leaf uint64) bool {
	return len(k.known) > 0 && k.known[place{tileOf(entries, bundle, k.c.Size).path(), leaf}]
}

// roots tells the roots that are wanted of sizes within a bundle.
func (k *checker) roots(first uint64, row []Hash) {
	if len(k.watch.wanted) == 0 || k.watch.wanted[0] > first+uint64(len(row)) {
		return
	}
	tree := Tree{size: first}
	copy(tree.last[tileHeight:], k.above.last[:])
	if !k.built {
		k.pyramid.over(row)
	}
	for len(k.watch.wanted) > 0 && k.watch.wanted[0] <= first+uint64(len(row)) {
		size := k.watch.wanted[0]
		k.watch.rooted(size, k.rootAt(&tree, int(size-first)))
		k.watch.wanted = k.watch.wanted[1:]
	}
}

// rootAt is the root where the bundle has its first n leaves. tree has the edge of what is before it.
func (k *checker) rootAt(tree *Tree, n int) Hash {
	if n < tileWidth {
		k.pyramid.edge(tree, n)
		return tree.Root()
	}
	all := k.above
	all.Append(k.pyramid.top())
	return all.Root()
}

// full checks the tile whose hashes have been found out, and passes their root on to the level above.
func (k *checker) full(level int, index uint64) {
	t := tile{level: level, index: index, width: tileWidth}
	row := k.rows[level]
	root := k.fold(level, row)
	if stored, err := k.view.hashes(level, index); err != nil {
		k.report(err)
	} else if !slices.Equal(stored, row) {
		above, err := k.view.Hash(t.span(), index)
		root = above
		if err != nil || !k.blame([]tile{t}, [][]Hash{stored}, func() bool { return fold(row) == above }) {
			root = fold(row)
		}
		k.built = false
	}
	if level == 0 {
		k.root8 = root
	}
	k.rows[level] = row[:0]
	k.rows[level+1] = append(k.rows[level+1], root)
}

// fold is the root over the row of a full tile. Of leaves it keeps what lies between.
func (k *checker) fold(level int, row []Hash) (root Hash) {
	if level > 0 {
		return fold(row)
	}
	k.pyramid.over(row)
	if k.built = true; len(row) == tileWidth {
		root = k.pyramid.top()
	}
	return root
}

// edge checks the partial tiles, and the root.
func (k *checker) edge() {
	var tiles []tile
	var stored [][]Hash
	for level, row := range k.rows {
		t := tileOf(level, k.c.Size>>tile{level: level}.span(), k.c.Size)
		if t.width == 0 {
			continue
		}
		hashes, err := k.view.hashes(t.level, t.index)
		if err != nil {
			k.report(err)
		} else if !slices.Equal(hashes, row) {
			tiles, stored = append(tiles, t), append(stored, hashes)
		}
	}
	right := func() bool { return k.root() == k.c.Root }
	switch {
	case len(tiles) > 0 && k.blame(tiles, stored, right):
	case !right() && !k.lost:
		k.report(&DamageError{Path: checkpointPath, Index: k.c.Size, Cause: errWrongRoot})
	}
}

// root is that of the rows.
func (k *checker) root() Hash {
	tree := Tree{size: k.c.Size}
	k.fold(0, k.rows[0])
	k.pyramid.edge(&tree, len(k.rows[0]))
	for level, row := range k.rows[1:] {
		var part Tree
		for _, h := range row {
			part.Append(h)
		}
		copy(tree.last[(level+1)*tileHeight:], part.last[:tileHeight])
	}
	return tree.Root()
}

// A doubt is a hash of which the tile says something else than what was computed for it.
type doubt struct {
	tile
	at               int
	computed, stored Hash
}

// blame finds out which of the hashes that differ from the tiles' make it right, leaves them in the rows, and reports
// the others: a tile whose hash is wrong, or what lies below a hash that was computed wrong. It is false, and reports both
// sides of each, when none do.
func (k *checker) blame(tiles []tile, stored [][]Hash, right func() bool) bool {
	var doubts []doubt
	for i, t := range tiles {
		for at, h := range stored[i] {
			if computed := k.rows[t.level][at]; computed != h {
				doubts = append(doubts, doubt{t, at, computed, h})
			}
		}
	}
	for _, choice := range choices(len(doubts)) {
		for i, d := range doubts {
			k.rows[d.level][d.at] = d.chosen(choice(i))
		}
		if right() {
			for i, d := range doubts {
				k.accuse(d, choice(i), !choice(i))
			}
			return true
		}
	}
	k.lost = true
	for _, d := range doubts {
		k.rows[d.level][d.at] = d.computed
		k.accuse(d, true, true)
	}
	return false
}

// choices are ways to believe the tile for the doubt i, or not: for none, for all, and else for some.
func choices(doubts int) []func(i int) bool {
	ways := []func(int) bool{func(int) bool { return false }, func(int) bool { return true }}
	if doubts <= maxBlame {
		for some := 1; some < 1<<doubts-1; some++ {
			ways = append(ways, func(i int) bool { return some>>i&1 == 1 })
		}
	}
	return ways
}

func (d doubt) chosen(stored bool) Hash {
	if stored {
		return d.stored
	}
	return d.computed
}

// accuse reports what lies below a hash, the tile that it stands in, or both.
func (k *checker) accuse(d doubt, below, here bool) {
	index := d.index<<tileHeight + uint64(d.at)
	if below {
		t := tileOf(d.level-1, index, k.c.Size)
		first := index << d.below()
		if d.level == 0 {
			t, first = tileOf(entries, d.index, k.c.Size), index
		}
		k.damaged(t, first, errNotInTree)
	}
	if here {
		k.damaged(d.tile, index<<d.below(), errDifferent)
	}
}

// FirstDamage is the first error of a check, or nil.
func FirstDamage(check iter.Seq[error]) error {
	for err := range check {
		return err
	}
	return nil
}
