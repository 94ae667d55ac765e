package domain

import (
	"cmp"
	"slices"
)

// Two lines have the same pupils where their order forms differ, their cycle is the same, and so is their school on the
// first day on which both count. Then the line of the later order counts, and the other does not: of the later day, and of
// two on one day that with the higher number in the register. Schools that merge on a later day bring their own pupils
// along, and take none away.

// standing is a line that counts now.
type standingLine struct {
	line   uint32
	school *countedSchool
	issue  *countedIssue
	spell
}

// later reports whether a is of a later order than b.
func (a *standingLine) later(b *standingLine) bool {
	return cmp.Or(cmp.Compare(a.issue.day, b.issue.day), cmp.Compare(a.issue.number, b.issue.number)) > 0
}

// meet reports whether two lines have the same pupils.
func (c *lineCounts) meet(a, b *standingLine) bool {
	first := max(a.from, b.from)
	return first < min(a.until, b.until) && a.issue.order != b.issue.order && c.schoolOn(a.school, first).as == c.schoolOn(b.school, first).as
}

// spellOf is how a line counts now.
func (c *lineCounts) spellOf(l uint32) spell {
	b := &c.blocks[c.lines[l].block]
	if a := c.apart(l); a != nil {
		return b.endedOn(a.ends)
	}
	return b.spell
}

// related gives the keys of the schools that a key's school ever goes on as, or went on from, in its cycle; itself too.
func (c *lineCounts) related(key uint32, to []uint32) []uint32 {
	k := &c.keys[key]
	kin := c.kin[c.schools[k.school].uai]
	if kin == nil {
		return append(to, key)
	}
	for _, u := range kin {
		if s, ok := c.schoolOf[u]; ok {
			if i, ok := c.keyOf(s, k.cycle); ok {
				to = append(to, i)
			}
		}
	}
	return to
}

// contests calls do once for each set of related keys where lines of several orders may meet, among those of keys.
func (c *lineCounts) contests(keys []uint32, do func(related []uint32)) {
	var done map[uint32]bool
	var local [8]uint32
	for _, key := range keys {
		if !c.keys[key].contested || done[key] {
			continue
		}
		if done == nil {
			done = make(map[uint32]bool)
		}
		related := c.related(key, local[:0])
		for _, k := range related {
			done[k] = true
		}
		do(related)
	}
}

// forgetTakes takes back what is taken from the lines of some keys.
func (c *lineCounts) forgetTakes(keys []uint32, known uint64) {
	if len(c.open) == 0 {
		return
	}
	c.contests(keys, func(related []uint32) {
		for _, key := range related {
			for l := c.keys[key].last; l > 0; l = c.lines[l-1].prev {
				for _, i := range c.open[l-1] {
					c.putTake(&c.takes.rows[i], -1)
					c.takes.end(i, known)
				}
				delete(c.open, l-1)
			}
		}
	})
}

// findTakes looks for lines that do not count, among those of some keys.
func (c *lineCounts) findTakes(keys []uint32, known uint64) {
	c.contests(keys, func(related []uint32) {
		lines := c.standing(related)
		for i := range lines {
			c.take(&lines[i], c.rivals(lines, i), known)
		}
	})
}

// standing gives the lines of some keys that count now, by their first days.
func (c *lineCounts) standing(keys []uint32) (lines []standingLine) {
	for _, key := range keys {
		for l := c.keys[key].last; l > 0; l = c.lines[l-1].prev {
			if p := c.spellOf(l - 1); p.counts() {
				lines = append(lines, standingLine{l - 1, &c.schools[c.keys[key].school], &c.issues[p.issue-1], p})
			}
		}
	}
	slices.SortFunc(lines, func(a, b standingLine) int { return cmp.Compare(a.from, b.from) })
	return lines
}

// rivals gives the lines of later orders that have the pupils of one, the latest order first.
func (c *lineCounts) rivals(lines []standingLine, i int) (rivals []*standingLine) {
	for j := range lines {
		if lines[j].from >= lines[i].until {
			break
		}
		if lines[j].later(&lines[i]) && c.meet(&lines[j], &lines[i]) {
			rivals = append(rivals, &lines[j])
		}
	}
	slices.SortFunc(rivals, func(a, b *standingLine) int {
		if a.later(b) {
			return -1
		}
		return 1
	})
	return rivals
}

// take takes from a line the days on which rivals have its pupils. Each day goes to the first of them that has it.
func (c *lineCounts) take(l *standingLine, rivals []*standingLine, known uint64) {
	if len(rivals) == 0 {
		return
	}
	var days []Day
	for _, r := range rivals {
		days = append(days, max(r.from, l.from), min(r.until, l.until))
	}
	slices.Sort(days)
	days = slices.Compact(days)
	var pieces []span
	var of []uint32 // the rivals that have them
	for i, from := range days[:len(days)-1] {
		j := slices.IndexFunc(rivals, func(r *standingLine) bool { return r.from <= from && from < r.until })
		if j < 0 {
			continue
		}
		if n := len(pieces); n > 0 && pieces[n-1].until == from && of[n-1] == rivals[j].line {
			pieces[n-1].until = days[i+1]
			continue
		}
		pieces = append(pieces, span{of: l.line, issue: l.spell.issue - 1, from: from, until: days[i+1]})
		of = append(of, rivals[j].line)
	}
	for i, s := range pieces {
		c.addTake(s, of[i], known)
	}
}

func (c *lineCounts) addTake(s span, rival uint32, known uint64) {
	if c.open == nil {
		c.open, c.taken = make(map[uint32][]uint32), make(map[uint32]uint32)
	}
	s.since, s.before = momentOf(known), c.taken[s.of]
	c.putTake(&s, +1)
	i := c.takes.add(s)
	c.instead = append(c.instead, rival)
	c.open[s.of], c.taken[s.of] = append(c.open[s.of], i), i+1
}

// putTake puts into the cells what is taken from a line.
func (c *lineCounts) putTake(s *span, sign int) {
	line, p := &c.lines[s.of], c.spellOf(s.of)
	p.from, p.until = s.from, s.until
	by := line.count.lineSum().times(sign)
	c.putKinds(line, p, true, by)
	c.put(cellID{of: ofAll}, p.from, p.until, true, by)
}

// reschool changes what schools are, by mark, and counts their lines anew.
func (p *pen) reschool(u UAI, mark func()) {
	c := &p.g.counts
	var places []uint32
	var keys []uint32
	for _, kin := range c.kinOf(u) {
		if s, ok := c.schoolOf[kin]; ok {
			places = append(places, s)
			keys = slices.AppendSeq(keys, c.keysOf(s))
		}
	}
	c.forgetTakes(keys, p.known)
	c.putKindsOf(keys, -1)
	mark()
	for _, s := range places {
		c.goes(&c.schools[s], p.g.pathOf(c.schools[s].uai))
		c.schools[s].since = momentOf(p.known)
	}
	for _, k := range keys {
		c.keys[k].contested = c.keys[k].contested || len(places) > 1
	}
	c.putKindsOf(keys, +1)
	c.findTakes(keys, p.known)
	c.flush(p.known)
}

// putKindsOf puts the lines of some keys into the cells of kinds of school, or takes them out again.
func (c *lineCounts) putKindsOf(keys []uint32, sign int) {
	for _, key := range keys {
		for l := c.keys[key].last; l > 0; l = c.lines[l-1].prev {
			if p := c.spellOf(l - 1); p.counts() {
				c.putKinds(&c.lines[l-1], p, false, c.lines[l-1].count.lineSum().times(sign))
			}
		}
	}
}
