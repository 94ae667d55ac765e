package domain

import (
	"slices"
	"sort"
)

// pageSize is how many entries stand on a page at most.
const pageSize = 32

// A page of a timeline's tree has entries, or pages below it. Both stand in the order of their places, and at one place in
// that of the moments from which they hold. Of the pages below that hold at a moment, each has the places from its own up
// to that of the next; only the first of them can be blank.
type page[V any] struct {
	entries []entry[V]
	below   []entry[*page[V]]
}

// A tree is what a timeline has in the place of one page: the page at the top, which another follows when it is full.
type tree[V any] struct{ tops []top[V] }

type top[V any] struct {
	since moment
	page  *page[V]
}

// at is the page at the top at moment k. The first was there from the beginning.
func (t *tree[V]) at(k moment) *page[V] {
	n := len(t.tops)
	if last := &t.tops[n-1]; last.since <= k {
		return last.page
	}
	return t.tops[sort.Search(n, func(i int) bool { return t.tops[i].since > k })-1].page
}

// put adds an entry that holds from now on.
func (t *tree[V]) put(e entry[V]) {
	n := t.at(present)
	low, high := n.put(e, true)
	if low == nil {
		low = n
	}
	if high != nil {
		low = &page[V]{below: append(room[*page[V]](), low.from(Place{}, e.since), high.from(high.first(), e.since))}
	}
	if low != n {
		t.tops = append(t.tops, top[V]{e.since, low})
	}
}

// from is n, as it stands on the page above it: for the places from p on.
func (n *page[V]) from(p Place, since moment) entry[*page[V]] {
	return entry[*page[V]]{Place: p, since: since, until: ever, Value: n}
}

// first is the place of the first on the page.
func (n *page[V]) first() Place {
	if n.below != nil {
		return n.below[0].Place
	}
	return n.entries[0].Place
}

func (n *page[V]) floor(p Place, k moment) *entry[V] {
	if n.below == nil {
		return floor(n.entries, p, k)
	}
	for i := beyond(n.below, p) - 1; i >= 0; i-- {
		if b := &n.below[i]; b.holds(k) {
			if e := b.Value.floor(p, k); e != nil {
				return e
			} // it begins later than p, or is blank: then the one before is not
		}
	}
	return nil
}

func floor[V any](entries []entry[V], p Place, k moment) *entry[V] {
	for i := beyond(entries, p) - 1; i >= 0; i-- {
		if e := &entries[i]; e.holds(k) {
			return e
		}
	}
	return nil
}

// beyond is the index of the first entry behind p.
func beyond[V any](entries []entry[V], p Place) int {
	low, high := 0, len(entries)
	for low < high {
		if middle := int(uint(low+high) / 2); p.less(entries[middle].Place) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

func (n *page[V]) walk(from Place, k moment, yield func(*entry[V]) bool) bool {
	if n.below == nil {
		return walk(n.entries, from, k, yield)
	}
	i := beyond(n.below, from) - 1
	for i >= 0 && !n.below[i].holds(k) {
		i--
	}
	for i = max(i, 0); i < len(n.below); i++ {
		if b := &n.below[i]; b.holds(k) && !b.Value.walk(from, k, yield) {
			return false
		}
	}
	return true
}

func walk[V any](entries []entry[V], from Place, k moment, yield func(*entry[V]) bool) bool {
	for i := range entries {
		if e := &entries[i]; e.holds(k) && !e.less(from) && !yield(e) {
			return false
		}
	}
	return true
}

// drop ends the entry at p.
func (n *page[V]) drop(p Place, k moment) {
	if n.below == nil {
		expire(n.entries, p, k)
		return
	}
	b := floor(n.below, p, present)
	b.Value.drop(p, k)
	if b.Value.blank() && b != living(n.below) {
		b.until = k // the page before it has its places
	}
}

func expire[V any](entries []entry[V], p Place, k moment) {
	if e := floor(entries, p, present); e != nil && e.Place == p {
		e.until = k
	}
}

// living is the first entry that has not ended; nil where there is none.
func living[V any](entries []entry[V]) *entry[V] {
	for i := range entries {
		if entries[i].until == ever {
			return &entries[i]
		}
	}
	return nil
}

// blank reports whether all has ended on the page and below it.
func (n *page[V]) blank() bool {
	for i := range n.below {
		if b := &n.below[i]; b.until == ever && !b.Value.blank() {
			return false
		}
	}
	return living(n.entries) == nil
}

// put adds an entry, on the last page of the tree or not. Where the page is full, others go on in its place: low, nil
// where it is the page itself, and behind it high, nil where there is one only.
func (n *page[V]) put(e entry[V], last bool) (low, high *page[V]) {
	if n.below == nil {
		before, behind := add(&n.entries, last, e)
		return leaf(before), leaf(behind)
	}
	b := floor(n.below, e.Place, present)
	low, high = b.Value.put(e, last && !e.less(n.below[len(n.below)-1].Place))
	var turned [2]entry[*page[V]]
	pages := turned[:0]
	if low != nil {
		b.until = e.since
		pages = append(pages, low.from(b.Place, e.since))
	}
	if high != nil {
		pages = append(pages, high.from(high.first(), e.since))
	}
	before, behind := add(&n.below, last, pages...)
	return branch(before), branch(behind)
}

func leaf[V any](entries []entry[V]) *page[V] {
	if entries == nil {
		return nil
	}
	return &page[V]{entries: entries}
}

func branch[V any](below []entry[*page[V]]) *page[V] {
	if below == nil {
		return nil
	}
	return &page[V]{below: below}
}

// add puts more entries on a page. Where it has no room, it gives what goes on elsewhere: in its place what has not ended,
// in two parts where that is much; or, on the last page, only what comes behind all others.
func add[T any](to *[]entry[T], last bool, more ...entry[T]) (low, high []entry[T]) {
	if len(*to)+len(more) <= pageSize {
		for _, e := range more {
			*to = insert(*to, e)
		}
		return nil, nil
	}
	if last && (*to)[len(*to)-1].less(more[0].Place) {
		return nil, append(room[T](), more...)
	}
	all := make([]entry[T], 0, pageSize+len(more))
	for _, e := range *to {
		if e.until == ever {
			all = append(all, e)
		}
	}
	for _, e := range more {
		all = insert(all, e)
	}
	if len(all) <= pageSize*3/4 {
		return append(room[T](), all...), nil
	}
	return append(room[T](), all[:len(all)/2]...), append(room[T](), all[len(all)/2:]...)
}

// room is a page with room for as many as there may be.
func room[T any]() []entry[T] { return make([]entry[T], 0, pageSize) }

// insert puts an entry behind those of its place and before.
func insert[T any](entries []entry[T], e entry[T]) []entry[T] {
	return slices.Insert(entries, beyond(entries, e.Place), e)
}
