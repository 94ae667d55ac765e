package domain

import (
	"cmp"
	"maps"
	"slices"
)

func nothing(*scribe, *struct{}) {}

// registered are things with ids, whose places follow from them.
func registered[ID cmp.Ordered, T any](s *scribe, r *registry[ID, T], each func(*scribe, *T)) {
	list(s, &r.ids, idOf[ID])
	if s.reading && len(r.ids) > 0 {
		r.again(s)
	}
	for _, v := range r.all {
		if s.err != nil {
			return
		}
		each(s, v)
	}
}

// idOf is a text, the code of a school, or the number of an event.
func idOf[ID cmp.Ordered](s *scribe, id *ID) {
	switch id := any(id).(type) {
	case *UAI:
		natural(s, id)
	case *uint64:
		natural(s, id)
	case *string:
		words(s, id)
	case *MemberID:
		words(s, id)
	case *BodyID:
		words(s, id)
	case *TextID:
		words(s, id)
	case *AgreementID:
		words(s, id)
	case *OrderNumber:
		words(s, id)
	case *PrincipalID:
		words(s, id)
	case *SubscriptionID:
		words(s, id)
	case *SittingID:
		words(s, id)
	default:
		s.fail("a %T is no id", id)
	}
}

// again makes what follows from the ids.
func (r *registry[ID, T]) again(s *scribe) {
	n := len(r.ids)
	all := make([]T, n)
	clear(all) // as list does
	r.place, r.all, r.order = make(map[ID]int, n), make([]*T, n), make([]int, n)
	for i, id := range r.ids {
		r.place[id], r.all[i], r.order[i] = i, &all[i], i
	}
	if len(r.place) != n {
		s.fail("an id stands there twice")
	}
	slices.SortFunc(r.order, func(i, j int) int { return cmp.Compare(r.ids[i], r.ids[j]) })
}

// timelines are such, by a name.
func timelines[K ~string, V any](s *scribe, v *map[K]*Timeline[V], value func(*scribe, *V)) {
	names := slices.Sorted(maps.Keys(*v))
	list(s, &names, words)
	if s.reading && len(names) > 0 {
		*v = make(map[K]*Timeline[V], len(names))
	}
	for _, name := range names {
		t := (*v)[name]
		made(s, &t, func(s *scribe, t *Timeline[V]) { timeline(s, t, value) })
		if s.reading {
			(*v)[name] = t
		}
	}
}

func timeline[V any](s *scribe, t *Timeline[V], value func(*scribe, *V)) {
	entries(s, &t.entries, value)
	optional(s, &t.tree, func(s *scribe, t *tree[V]) {
		list(s, &t.tops, func(s *scribe, t *top[V]) {
			natural(s, &t.since)
			pageOf(s, &t.page, value)
		})
		if len(t.tops) == 0 {
			s.fail("a tree without a top")
		}
	})
}

// pageOf is a page, to which several others can point.
func pageOf[V any](s *scribe, p **page[V], value func(*scribe, *V)) {
	ref(s, p, func(s *scribe, p *page[V]) {
		entries(s, &p.entries, value)
		entries(s, &p.below, func(s *scribe, below **page[V]) { pageOf(s, below, value) })
		if len(p.entries)+len(p.below) == 0 {
			s.fail("a page without anything")
		}
	})
}

// membersOf are the timelines of members.
func membersOf[V any](s *scribe, a *byMember[V], g *Group, value func(*scribe, *V)) {
	members := len(g.members.all)
	list(s, &a.members, func(s *scribe, m *int32) { place(s, m, members) })
	entries(s, &a.entries, value)
	if len(a.members) != len(a.entries) || !slices.IsSorted(a.members) {
		s.fail("%d entries of %d members", len(a.entries), len(a.members))
	}
	list(s, &a.longer, func(s *scribe, l *lineOf[V]) {
		place(s, &l.member, members)
		timeline(s, &l.line, value)
	})
}

func entries[V any](s *scribe, v *[]entry[V], value func(*scribe, *V)) {
	list(s, v, func(s *scribe, e *entry[V]) {
		s.place(&e.Place)
		s.moments(&e.since, &e.until)
		value(s, &e.Value)
	})
}

func (s *scribe) place(p *Place) {
	signed(s, &p.Day)
	natural(s, &p.Rank)
	natural(s, &p.Number)
}

// moments are from when on something holds, and until when; mostly it still does.
func (s *scribe) moments(since, until *moment) {
	if s.reading {
		var from, left moment
		natural(s, &from)
		natural(s, &left)
		*since, *until = from, ever
		if left > 0 {
			*until = from + left - 1
		}
		return
	}
	natural(s, since)
	left := moment(0)
	if *until != ever {
		left = *until - *since + 1
	}
	natural(s, &left)
}
