package domain

import (
	"iter"
	"slices"
)

// A LineEver is a line of an order form, with the days on which it counts, and the knowns for which it does so: the events
// from Since on and before Ended.
type LineEver struct {
	Line
	Order     OrderNumber
	Event     uint64 // that says it: the issue, or an amendment
	Issue     uint64 // the event that issued the order form
	Agreement AgreementID
	Member    MemberID // that ordered it
	Begins    Day      // on which something of the order form first counts: its heirs are those of what the member had then
	From      Day
	Until     Day // the day after the last
	Since     uint64
	Ended     uint64 // 0 where it still holds
}

// EveryLine gives all lines that ever counted, as known ever. For every pair q, those that hold at q are those in force then:
// the lines of Enrolment. What counts in the same way for knowns that follow each other is one of them. No list is made of all.
// The group must not change meanwhile.
func (g *Group) EveryLine() iter.Seq[LineEver] {
	return func(yield func(LineEver) bool) {
		c := &g.counts
		var blocks, all []span
		for i := range c.blocks {
			b := &c.blocks[i]
			blocks = c.spans.ofLast(b.spans, blocks[:0])
			for l := range b.lines() {
				all = append(all[:0], blocks...)
				if a := c.apart(l); a != nil {
					first := slices.IndexFunc(all, func(s span) bool { return s.since >= a.since })
					if first >= 0 {
						all = all[:first]
					}
					all = c.singles.ofLast(a.spans, all)
				}
				var last LineEver
				for i := range all {
					next := g.lineEver(l, &all[i])
					if last.Ended > 0 && last.goesOnAs(next) {
						last.Ended = next.Ended
						continue
					}
					if last.Event > 0 && !yield(last) {
						return
					}
					last = next
				}
				if last.Event > 0 && !yield(last) {
					return
				}
			}
		}
	}
}

// goesOnAs reports whether a line goes on as another, from where it ends in what is known.
func (l LineEver) goesOnAs(next LineEver) bool {
	l.Since, l.Ended, next.Ended = l.Ended, 0, 0
	return l == next
}

// ofLast adds the spans of one block, or of one line, whose last has that place, plus 1: in their order.
func (t *spans) ofLast(last uint32, to []span) []span {
	n := len(to)
	for s := range t.back(last) {
		if s.since != s.ever {
			to = append(to, *s)
		}
	}
	slices.Reverse(to[n:])
	return to
}

// A DuplicateEver is a line that counts in gross and not in distinct, with the days and the knowns for which that is so.
type DuplicateEver struct {
	LineEver
	Later uint64 // the event that says the line which has its pupils
}

// EveryDuplicate gives all double counts there ever were, as known ever. For every pair q, and every line in force then, at
// most one of them holds.
func (g *Group) EveryDuplicate() iter.Seq[DuplicateEver] {
	return func(yield func(DuplicateEver) bool) {
		c := &g.counts
		var takes []uint32
		for l := range uint32(len(c.lines)) {
			takes = takes[:0]
			for i := c.taken[l]; i > 0; i = c.takes.rows[i-1].before {
				takes = append(takes, i-1)
			}
			slices.Reverse(takes)
			for n, i := range takes {
				s := c.takes.rows[i]
				if s.since == s.ever || n > 0 && c.goesOn(takes[:n], i) {
					continue
				}
				for _, j := range takes[n+1:] {
					if c.sameTake(&s, c.instead[i], j) {
						s.ever = c.takes.rows[j].ever
					}
				}
				if !yield(DuplicateEver{g.lineEver(l, &s), uint64(c.blocks[c.lines[c.instead[i]].block].event)}) {
					return
				}
			}
		}
	}
}

// sameTake reports whether a take goes on, in what is known, where another that says the same has ended.
func (c *lineCounts) sameTake(s *span, instead, next uint32) bool {
	n := &c.takes.rows[next]
	return n.since == s.ever && n.since != n.ever && n.issue == s.issue && n.from == s.from && n.until == s.until && c.instead[next] == instead
}

// goesOn reports whether a take goes on where one before it has ended.
func (c *lineCounts) goesOn(before []uint32, i uint32) bool {
	return slices.ContainsFunc(before, func(p uint32) bool {
		s := &c.takes.rows[p]
		return s.since != s.ever && c.sameTake(s, c.instead[p], i)
	})
}

func (g *Group) lineEver(l uint32, s *span) LineEver {
	c := &g.counts
	line := &c.lines[l]
	b, i := &c.blocks[line.block], &c.issues[s.issue]
	e := LineEver{
		Line: Line{
			LineKey: LineKey{c.schools[c.keys[line.key].school].uai, b.source.Cycle}, Headcount: line.count,
			Kind: b.source.Kind, Day: b.source.Day, UnitPrice: b.source.UnitPrice,
		},
		Order: g.orders.ids[i.order], Event: uint64(b.event), Issue: uint64(i.number), Agreement: g.agreements.ids[i.agreement],
		Member: g.members.ids[i.member], Begins: i.begin, From: s.from, Until: s.until, Since: uint64(s.since),
	}
	if s.ever != ever {
		e.Ended = uint64(s.ever)
	}
	return e
}

// EveryOrderer gives the members that ever ordered, as known ever, each with the days on which something of its order forms
// first counts.
func (g *Group) EveryOrderer() map[MemberID]map[Day]bool {
	all := map[MemberID]map[Day]bool{}
	for i := range g.counts.issues {
		issue := &g.counts.issues[i]
		m := g.members.ids[issue.member]
		if all[m] == nil {
			all[m] = map[Day]bool{}
		}
		all[m][issue.begin] = true
	}
	return all
}

// Restless are the members of which it depends on the day of an order form who their heirs are, as known: those that became
// one again, and those that such a one succeeded to.
func (g *Group) Restless(known uint64) (all []MemberID) {
	for i, is := range g.restless(known) {
		if is {
			all = append(all, g.members.ids[i])
		}
	}
	return all
}

// SpokenOf is the sitting of which an act speaks, and the item; "" where it speaks of none.
func SpokenOf(a Act) (SittingID, ItemID) { return sittingOf(a) }
