package domain

import (
	"iter"
	"math"
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

// A Timeline keeps, in both times, a value that changes on civil days. The zero Timeline is empty.
//
// For all d, k and every event N > k: evolving by N leaves on(d, k) as it was.
//
// It is a B-tree whose entries say for which knowns they hold. What changes is added, and what it takes the place of is
// ended: so for an earlier known the one is not there yet, and the other still is. A full page is left to the knowns that
// it has served, and what holds now goes on in new ones (Becker and others, An asymptotically optimal multiversion B-tree,
// 1996). So a change takes the room of a few entries, and of one where places come in their order.
type Timeline[V any] struct {
	entries []entry[V] // as long as one page holds them
	tree    *tree[V]   // from then on
}

// An entry says that from Place on the value is Value, for the knowns from since on and before until.
type entry[V any] struct {
	Value V // not at the end, where a value without any size would take eight bytes
	Place
	since, until moment
}

// A moment is a known as timelines keep it: in four bytes, since no memory holds a register of 2^32 events.
type moment uint32

const (
	present = ever - 1               // what has not ended holds at it
	ever    = moment(math.MaxUint32) // until which an entry holds that has not ended
)

func momentOf(known uint64) moment { return moment(min(known, uint64(present))) }

func (e *entry[V]) holds(k moment) bool { return e.since <= k && k < e.until }

// floor is the last entry at or before p, as known; nil where there is none. It is good until the timeline changes.
func (t *Timeline[V]) floor(p Place, known uint64) *entry[V] {
	k := momentOf(known)
	if t.tree == nil {
		return floor(t.entries, p, k)
	}
	return t.tree.at(k).floor(p, k)
}

// on is the entry in effect on a day, as known.
func (t *Timeline[V]) on(day Day, known uint64) *entry[V] { return t.floor(endOf(day), known) }

// empty reports whether the timeline tells nothing at known.
func (t *Timeline[V]) empty(known uint64) bool { return t.on(math.MaxInt32, known) == nil }

// from gives the entries at or after a day, in their order, as known.
func (t *Timeline[V]) from(day Day, known uint64) iter.Seq[*entry[V]] {
	return t.since(Place{Day: day}, known)
}

// behind gives the entries behind a place of an event, in their order, as known.
func (t *Timeline[V]) behind(p Place, known uint64) iter.Seq[*entry[V]] {
	return t.since(Place{Day: p.Day, Number: p.Number + 1}, known)
}

func (t *Timeline[V]) since(first Place, known uint64) iter.Seq[*entry[V]] {
	return func(yield func(*entry[V]) bool) {
		k := momentOf(known)
		if t.tree == nil {
			walk(t.entries, first, k, yield)
		} else {
			t.tree.at(k).walk(first, k, yield)
		}
	}
}

// set and drop change the timeline for every known from the given one on. Knowns never go back.
func (t *Timeline[V]) set(known uint64, p Place, v V) {
	t.drop(known, p)
	e := entry[V]{Place: p, since: momentOf(known), until: ever, Value: v}
	switch {
	case t.tree != nil:
		t.tree.put(e)
	case len(t.entries) < pageSize:
		t.entries = insert(t.entries, e)
	default:
		t.tree = &tree[V]{tops: []top[V]{{page: &page[V]{entries: t.entries}}}}
		t.entries = nil
		t.tree.put(e)
	}
}

func (t *Timeline[V]) drop(known uint64, p Place) {
	k := momentOf(known)
	if t.tree == nil {
		expire(t.entries, p, k)
	} else {
		t.tree.at(present).drop(p, k)
	}
}
