package domain

import (
	"iter"
	"slices"
)

// byMember is what members have done about one text: a timeline for each of them, of which nearly all have one entry. Those of all who
// have no more of them than stand on a page stand together, and another member who does nothing takes no room.
type byMember[V any] struct {
	members []int32     // of each entry, the place of the member; ascending
	entries []entry[V]  // those of one member as on a page
	longer  []lineOf[V] // of those who have more, in the order of their places
}

// lineOf is the timeline of one member.
type lineOf[V any] struct {
	member int32
	line   Timeline[V]
}

// run is where the entries of member m stand.
func (a *byMember[V]) run(m int) (from, until int) {
	from, _ = slices.BinarySearch(a.members, int32(m))
	for until = from; until < len(a.members) && a.members[until] == int32(m); {
		until++
	}
	return from, until
}

func (a *byMember[V]) long(m int) (i int, is bool) {
	return slices.BinarySearchFunc(a.longer, int32(m), func(l lineOf[V], m int32) int { return int(l.member) - int(m) })
}

// of is the timeline of member m, to be read, until one is changed.
func (a *byMember[V]) of(m int) Timeline[V] {
	if len(a.longer) > 0 {
		if i, is := a.long(m); is {
			return a.longer[i].line
		}
	}
	from, until := a.run(m)
	return Timeline[V]{entries: a.entries[from:until:until]}
}

// all are the timelines that there are, to be read.
func (a *byMember[V]) all() iter.Seq[Timeline[V]] {
	return func(yield func(Timeline[V]) bool) {
		for i := 0; i < len(a.members); {
			_, until := a.run(int(a.members[i]))
			if !yield(Timeline[V]{entries: a.entries[i:until:until]}) {
				return
			}
			i = until
		}
		for i := range a.longer {
			if !yield(a.longer[i].line) {
				return
			}
		}
	}
}

// mark marks the timeline of member m, or erases it.
func (a *byMember[V]) mark(p *pen, m int, v V) {
	if i, is := a.long(m); is {
		mark(p, &a.longer[i].line, v)
		return
	}
	from, until := a.run(m)
	own := a.entries[from:until]
	expire(own, p.place(), momentOf(p.known))
	switch {
	case p.erase:
	case len(own) < pageSize:
		i := from + beyond(own, p.place())
		a.members = slices.Insert(roomy(a.members), i, int32(m))
		a.entries = slices.Insert(roomy(a.entries), i, entry[V]{Place: p.place(), since: momentOf(p.known), until: ever, Value: v})
	default:
		a.leave(m, from, until)
		a.mark(p, m, v)
	}
}

// leave gives a member a timeline apart.
func (a *byMember[V]) leave(m, from, until int) {
	i, _ := a.long(m)
	a.longer = slices.Insert(a.longer, i, lineOf[V]{int32(m), Timeline[V]{entries: append(room[V](), a.entries[from:until]...)}})
	a.members, a.entries = slices.Delete(a.members, from, until), slices.Delete(a.entries, from, until)
}

// floor is the last entry of member m at or before p, as known; nil where there is none.
func (a *byMember[V]) floor(m int, p Place, known uint64) *entry[V] {
	l := a.of(m)
	return l.floor(p, known)
}
