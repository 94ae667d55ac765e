package domain

import "iter"

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
// the lines of Enrolment. No list of them is made. The group must not change meanwhile.
func (g *Group) EveryLine() iter.Seq[LineEver] {
	return func(yield func(LineEver) bool) {
		c := &g.counts
		for i := range c.spans.rows {
			s := &c.spans.rows[i]
			if s.since == s.ever {
				continue
			}
			for l := range c.together(&c.blocks[s.of], s) {
				if !yield(g.lineEver(l, s)) {
					return
				}
			}
		}
		for i := range c.singles.rows {
			if s := &c.singles.rows[i]; s.since != s.ever && !yield(g.lineEver(s.of, s)) {
				return
			}
		}
	}
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
		for i := range c.takes.rows {
			s := &c.takes.rows[i]
			if s.since == s.ever {
				continue
			}
			later := c.blocks[c.lines[c.instead[i]].block].event
			if !yield(DuplicateEver{g.lineEver(s.of, s), uint64(later)}) {
				return
			}
		}
	}
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
