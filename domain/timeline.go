package domain

import (
	"iter"
	"math"
	"sort"
)

// Latest, as a known, means all that the register holds.
const Latest uint64 = math.MaxUint64

// A Place orders what takes effect: by day, then by the number of the event that said it, then by its rank in that event.
// So what is said later about the same day prevails.
type Place struct {
	Day    Day
	Rank   uint32
	Number uint64
}

// endOf is after everything that takes effect on day d, and before the day that follows.
func endOf(d Day) Place { return Place{Day: d, Rank: math.MaxUint32, Number: math.MaxUint64} }

func (p Place) less(q Place) bool {
	if p.Day != q.Day {
		return p.Day < q.Day
	}
	if p.Number != q.Number {
		return p.Number < q.Number
	}
	return p.Rank < q.Rank
}

// before is the last place ahead of p.
func (p Place) before() Place {
	if p.Rank > 0 {
		return Place{p.Day, p.Rank - 1, p.Number}
	}
	return Place{p.Day, math.MaxUint32, p.Number - 1}
}

// weigh gives p its priority in a treap: a fixed function of p, so that the same facts always make the same tree.
func (p Place) weigh() uint64 {
	x := uint64(uint32(p.Day))<<32 ^ uint64(p.Rank)*0x9e3779b97f4a7c15 ^ p.Number*0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// A Timeline keeps, in both times, a value that changes on civil days. What it held for an earlier known is never touched:
// each event that changes it adds a version that shares all but O(log n) nodes with the one before. The zero Timeline is empty.
//
// For all d, k and every event N > k: evolving by N leaves floor(d, k) as it was.
type Timeline[V any] struct {
	versions []version[V] // by known, ascending
}

type version[V any] struct {
	known uint64
	root  *entry[V]
}

// An entry says that from Place on the value is Value.
type entry[V any] struct {
	Place       Place
	Value       V
	left, right *entry[V]
}

// root is the tree as the register told it at known; nil where it told nothing.
func (t *Timeline[V]) root(known uint64) *entry[V] {
	n := len(t.versions)
	if n == 0 {
		return nil
	}
	if last := &t.versions[n-1]; last.known <= known {
		return last.root
	}
	i := sort.Search(n, func(i int) bool { return t.versions[i].known > known })
	if i == 0 {
		return nil
	}
	return t.versions[i-1].root
}

// floor is the last entry at or before p, as known; nil where there is none.
func (t *Timeline[V]) floor(p Place, known uint64) *entry[V] {
	var best *entry[V]
	for n := t.root(known); n != nil; {
		if p.less(n.Place) {
			n = n.left
		} else {
			best, n = n, n.right
		}
	}
	return best
}

// on is the entry in effect on a day, as known.
func (t *Timeline[V]) on(day Day, known uint64) *entry[V] { return t.floor(endOf(day), known) }

// empty reports whether the timeline tells nothing at known.
func (t *Timeline[V]) empty(known uint64) bool { return t.root(known) == nil }

// from gives the entries at or after a day, in their order, as known.
func (t *Timeline[V]) from(day Day, known uint64) iter.Seq[*entry[V]] {
	return func(yield func(*entry[V]) bool) {
		walk(t.root(known), Place{Day: day}, yield)
	}
}

func walk[V any](n *entry[V], from Place, yield func(*entry[V]) bool) bool {
	if n == nil {
		return true
	}
	if n.Place.less(from) {
		return walk(n.right, from, yield)
	}
	return walk(n.left, from, yield) && yield(n) && walk(n.right, from, yield)
}

// set and drop change the timeline for every known from the given one on. Knowns never go back.
func (t *Timeline[V]) set(known uint64, p Place, v V) {
	t.replace(known, insert(t.root(Latest), p, p.weigh(), v))
}

func (t *Timeline[V]) drop(known uint64, p Place) {
	t.replace(known, remove(t.root(Latest), p))
}

func (t *Timeline[V]) replace(known uint64, root *entry[V]) {
	if n := len(t.versions); n > 0 && t.versions[n-1].known == known {
		t.versions[n-1].root = root
		return
	}
	t.versions = append(t.versions, version[V]{known, root})
}

func insert[V any](n *entry[V], p Place, priority uint64, v V) *entry[V] {
	if n == nil {
		return &entry[V]{Place: p, Value: v}
	}
	if n.Place == p {
		return &entry[V]{Place: p, Value: v, left: n.left, right: n.right}
	}
	if w := n.Place.weigh(); priority > w || priority == w && p.less(n.Place) {
		left, right := split(n, p)
		return &entry[V]{Place: p, Value: v, left: left, right: right}
	}
	copied := *n
	if p.less(n.Place) {
		copied.left = insert(n.left, p, priority, v)
	} else {
		copied.right = insert(n.right, p, priority, v)
	}
	return &copied
}

// split parts a tree that does not hold p into what lies before it and what lies after.
func split[V any](n *entry[V], p Place) (before, after *entry[V]) {
	if n == nil {
		return nil, nil
	}
	copied := *n
	if n.Place.less(p) {
		copied.right, after = split(n.right, p)
		return &copied, after
	}
	before, copied.left = split(n.left, p)
	return before, &copied
}

func remove[V any](n *entry[V], p Place) *entry[V] {
	if n == nil {
		return nil
	}
	if n.Place == p {
		return join(n.left, n.right)
	}
	copied := *n
	if p.less(n.Place) {
		copied.left = remove(n.left, p)
	} else {
		copied.right = remove(n.right, p)
	}
	return &copied
}

// join makes one tree of two, all of left lying before all of right.
func join[V any](left, right *entry[V]) *entry[V] {
	if left == nil {
		return right
	}
	if right == nil {
		return left
	}
	if left.Place.weigh() >= right.Place.weigh() { // as insert: of equals, the earlier stands above
		copied := *left
		copied.right = join(left.right, right)
		return &copied
	}
	copied := *right
	copied.left = join(left, right.left)
	return &copied
}
