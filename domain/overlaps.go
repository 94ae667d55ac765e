package domain

import (
	"iter"
	"slices"
)

// An Overlap is a line that is to be ordered, and the line of another order form that has the same pupils on some of its days.
type Overlap struct {
	Key   LineKey
	Order OrderNumber // that has them
}

// overlaps gives the overlaps that an order form would make.
func (a *OrderIssued) overlaps(g *Group) iter.Seq[Overlap] {
	return g.overlaps(a.Lines, a.Number, a.From, a.Until)
}

// overlaps gives those of the lines that an amendment adds on a day. A line that it replaces had them before.
func (a *OrderAmended) overlaps(g *Group, day Day) iter.Seq[Overlap] {
	o := g.orders.find(a.Number)
	if o == nil || o.issue(Latest) == nil {
		return func(func(Overlap) bool) {}
	}
	issue := o.issue(Latest).Value
	return g.overlaps(a.Added, a.Number, max(issue.From, day), issue.Until)
}

func (g *Group) overlaps(lines Lines, order OrderNumber, from, until Day) iter.Seq[Overlap] {
	return func(yield func(Overlap) bool) {
		for key := range lines.Keys() {
			for other := range g.ordered(key, from, until) {
				if other != order && !yield(Overlap{key, other}) {
					return
				}
			}
		}
	}
}

// ordered gives the order forms, each once, that now have the pupils of a school in a cycle, on one of the days from from on
// and before until.
func (g *Group) ordered(key LineKey, from, until Day) iter.Seq[OrderNumber] {
	return func(yield func(OrderNumber) bool) {
		c := &g.counts
		cycle, ok := c.cycles.find(key.Cycle)
		if !ok {
			return
		}
		var told []uint32
		for _, u := range c.kinOf(key.School) {
			school, known := c.schoolOf[u]
			k, ok := c.keyOf(school, uint16(cycle))
			if !known || !ok || c.keys[k].end <= from {
				continue
			}
			for l := c.keys[k].last; l > 0; l = c.lines[l-1].prev {
				p := c.spellOf(l - 1)
				first := max(p.from, from)
				if !p.counts() || first >= min(p.until, until) || c.schoolOn(&c.schools[school], first).as != g.SchoolAt(key.School, Now(first)) {
					continue
				}
				if order := c.issues[p.issue-1].order; !slices.Contains(told, order) {
					told = append(told, order)
					if !yield(g.orders.ids[order]) {
						return
					}
				}
			}
		}
	}
}

func (j *judgement) overlaps(all iter.Seq[Overlap]) {
	for o := range all {
		j.breaks(OverlapUnsaid, o.Key.String()+", "+string(o.Order))
		return
	}
}

// ordering weighs what an order form of a day brings.
func (a *OrderIssued) ordering(g *Group, day Day) (excursion, bool) {
	return g.ordering(a.Agreement, day, a.Lines.All(), func(func(Line) bool) {})
}

// ordering weighs what an amendment brings: the lines that it adds and puts in, without those that these replace, and those
// that it takes out.
func (a *OrderAmended) ordering(g *Group, day Day) (e excursion, ok bool) {
	o := g.orders.find(a.Number)
	if o == nil || o.issue(Latest) == nil {
		return e, false
	}
	issue := o.issue(Latest)
	more := func(yield func(Line) bool) {
		for _, lines := range [...]Lines{a.Added, a.Replaced} {
			for l := range lines.All() {
				if !yield(l) {
					return
				}
			}
		}
	}
	gone := make(map[LineKey]bool)
	for _, keys := range [...]iter.Seq[LineKey]{a.Replaced.Keys(), a.Removed.All()} {
		for k := range keys {
			gone[k] = true
		}
	}
	less := func(yield func(Line) bool) {
		for _, l := range o.lines(max(day, issue.Value.From), Latest) {
			if gone[l.LineKey] && !yield(l.Line) {
				return
			}
		}
	}
	return g.ordering(issue.Value.Agreement, issue.Place.Day, more, less)
}

func (j *judgement) ceiling(e excursion, ok bool) {
	if ok && e.pastBy() {
		j.breaks(CeilingPassed, string(e.after.Agreement))
	}
}
