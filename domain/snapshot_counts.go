package domain

import (
	"cmp"
	"maps"
	"slices"
)

// lineCounts are columns. What follows from them, as where the lines of a block stand, is made again.
func (s *scribe) lineCounts(c *lineCounts, g *Group) {
	if len(c.posts) > 0 {
		s.fail("a lineSum on its way")
	}
	s.named(&c.cycles.all, &c.kinds.all, &c.schoolKinds.all)
	if s.reading {
		c.cycles.again()
		c.kinds.again()
		c.schoolKinds.again()
	}
	list(s, &c.currencies, func(s *scribe, v *[3]byte) { s.bytes(v[:]) })
	s.countedSchools(c)
	s.countedKeys(c)
	list(s, &c.issues, func(s *scribe, i *countedIssue) { s.countedIssue(i, g) })
	list(s, &c.blocks, func(s *scribe, b *countedBlock) { s.countedBlock(b, c) })
	s.countedLines(c)
	s.spans(&c.spans, len(c.blocks), c)
	s.spans(&c.singles, len(c.lines), c)
	s.spans(&c.takes, len(c.lines), c)
	s.instead(c)
	s.aparts(c)
	s.open(c)
	s.cells(c)
}

func (s *scribe) named(cycles *[]Cycle, kinds *[]HeadcountKind, schoolKinds *[]SchoolKind) {
	list(s, cycles, words)
	list(s, kinds, words)
	list(s, schoolKinds, words)
}

func (n *names[T]) again() {
	if len(n.all) == 0 {
		return
	}
	n.of = make(map[T]uint32, len(n.all))
	for i, v := range n.all {
		n.of[v] = uint32(i)
	}
}

func (s *scribe) countedSchools(c *lineCounts) {
	list(s, &c.paths, func(s *scribe, path *[]turn) {
		list(s, path, func(s *scribe, t *turn) {
			signed(s, &t.day)
			natural(s, &t.as)
			place(s, &t.kind, len(c.schoolKinds.all))
		})
		if len(*path) == 0 {
			s.fail("a school that is nothing")
		}
	})
	list(s, &c.schools, func(s *scribe, v *countedSchool) {
		natural(s, &v.uai)
		placeOrNone(s, &v.path, len(c.paths))
		signed(s, &v.day)
		place(s, &v.kind, max(len(c.schoolKinds.all), 1))
		natural(s, &v.since)
	})
	if s.reading && len(c.schools) > 0 {
		c.schoolOf = make(map[UAI]uint32, len(c.schools))
		for i := range c.schools {
			c.schoolOf[c.schools[i].uai] = uint32(i)
		}
	}
	s.kin(c)
}

// kin are families of schools. Each of a family's members has the same list.
func (s *scribe) kin(c *lineCounts) {
	var families [][]UAI
	told := make(map[UAI]bool, len(c.kin))
	for _, u := range slices.Sorted(maps.Keys(c.kin)) {
		if told[u] {
			continue
		}
		families = append(families, c.kin[u])
		for _, k := range c.kin[u] {
			if told[k] = true; !slices.Equal(c.kin[k], c.kin[u]) {
				s.fail("a school of two families")
			}
		}
	}
	list(s, &families, func(s *scribe, f *[]UAI) { list(s, f, natural) })
	if s.reading && len(families) > 0 {
		c.kin = make(map[UAI][]UAI)
		for _, f := range families {
			for _, u := range f {
				c.kin[u] = f
			}
		}
	}
}

func (s *scribe) countedKeys(c *lineCounts) {
	list(s, &c.keys, func(s *scribe, k *countedKey) {
		place(s, &k.school, len(c.schools))
		natural(s, &k.cycle)
		s.flag(&k.contested)
		signed(s, &k.end)
	})
	if !s.reading || s.err != nil {
		return
	}
	for i := range c.keys {
		of := &c.schools[c.keys[i].school]
		c.keys[i].next, of.keys = of.keys, uint32(i)+1
	}
}

func (s *scribe) countedIssue(i *countedIssue, g *Group) {
	natural(s, &i.order)
	place(s, &i.member, len(g.members.all))
	place(s, &i.agreement, len(g.agreements.all))
	natural(s, &i.number)
	signed(s, &i.day)
	signed(s, &i.begin)
	natural(s, &i.year)
	signed(s, &i.period)
}

func (s *scribe) countedBlock(b *countedBlock, c *lineCounts) {
	ref(s, &b.source, (*scribe).lineBlock)
	natural(s, &b.first)
	natural(s, &b.n)
	natural(s, &b.event)
	place(s, &b.cycle, len(c.cycles.all))
	place(s, &b.kind, len(c.kinds.all))
	s.spell(&b.spell, c)
	natural(s, &b.spans)
}

func (s *scribe) spell(p *spell, c *lineCounts) {
	placeOrNone(s, &p.issue, len(c.issues))
	signed(s, &p.from)
	dayFrom(s, &p.until, p.from)
	dayFrom(s, &p.made, p.from)
	dayFrom(s, &p.undone, LastDay+1) // mostly never
}

// countedLines are the lines, block by block: each block's stand behind those of the one before it.
func (s *scribe) countedLines(c *lineCounts) {
	n := 0
	for i := range c.blocks {
		if b := &c.blocks[i]; int(b.first) != n {
			s.fail("the lines of block %d begin at %d", i, b.first)
		}
		n += int(c.blocks[i].n)
	}
	if s.reading && n > s.left() || n != len(c.lines) && !s.reading {
		s.fail("%d lines in the blocks", n)
	}
	if s.err != nil {
		return
	}
	if s.reading && n > 0 {
		c.lines = make([]countedLine, n)
	}
	for i := range c.blocks {
		b := &c.blocks[i]
		for l := b.first; l < b.first+b.n; l++ {
			line := &c.lines[l]
			place(s, &line.key, len(c.keys))
			natural(s, &line.count)
			if s.err != nil {
				return
			}
			if s.reading {
				k := &c.keys[line.key]
				line.block, line.prev = uint32(i), k.last
				k.last = l + 1
			}
		}
	}
}

// spans are the days and the knowns of blocks or lines, of which there are so many.
func (s *scribe) spans(t *spans, of int, c *lineCounts) {
	list(s, &t.rows, func(s *scribe, v *span) {
		place(s, &v.of, of)
		place(s, &v.issue, len(c.issues))
		placeOrNone(s, &v.before, len(t.rows))
		signed(s, &v.from)
		dayFrom(s, &v.until, v.from)
		s.moments(&v.since, &v.ever)
	})
	if s.reading && s.err == nil {
		t.refile()
	}
}

func (s *scribe) instead(c *lineCounts) {
	list(s, &c.instead, func(s *scribe, l *uint32) { place(s, l, len(c.lines)) })
	if len(c.instead) != len(c.takes.rows) {
		s.fail("%d lines instead of %d", len(c.instead), len(c.takes.rows))
	}
}

// aparts are the lines that stand apart, in the order in which they came to.
func (s *scribe) aparts(c *lineCounts) {
	list(s, &c.aparts, func(s *scribe, a *apart) {
		place(s, &a.line, len(c.lines))
		natural(s, &a.since)
		signed(s, &a.ends)
		placeOrNone(s, &a.spans, len(c.singles.rows))
	})
	if !s.reading || s.err != nil {
		return
	}
	all := c.aparts
	c.aparts = all[:0]
	for _, a := range all {
		if c.apart(a.line) != nil {
			s.fail("a line stands apart twice")
			return
		}
		*c.detach(a.line, a.since) = a
	}
}

func (s *scribe) open(c *lineCounts) {
	lines := slices.Sorted(maps.Keys(c.open))
	if s.byLine(c, &lines); s.reading && len(lines) > 0 {
		c.open = make(map[uint32][]uint32, len(lines))
	}
	for _, l := range lines {
		takes := c.open[l]
		list(s, &takes, func(s *scribe, i *uint32) { place(s, i, len(c.takes.rows)) })
		if s.reading {
			c.open[l] = takes
		}
	}
	lines = slices.Sorted(maps.Keys(c.taken))
	if s.byLine(c, &lines); s.reading && len(lines) > 0 {
		c.taken = make(map[uint32]uint32, len(lines))
	}
	for _, l := range lines {
		last := c.taken[l]
		if placeOrNone(s, &last, len(c.takes.rows)); s.reading {
			c.taken[l] = last
		}
	}
}

// byLine are the lines that something stands by.
func (s *scribe) byLine(c *lineCounts, lines *[]uint32) {
	list(s, lines, func(s *scribe, l *uint32) { place(s, l, len(c.lines)) })
}

func (s *scribe) cells(c *lineCounts) {
	list(s, &c.cells, func(s *scribe, v *counted) {
		s.sums(&v.gross)
		s.sums(&v.taken)
	})
	ids := slices.SortedFunc(maps.Keys(c.cellOf), func(a, b cellID) int { return cmp.Compare(c.cellOf[a], c.cellOf[b]) })
	list(s, &ids, func(s *scribe, id *cellID) {
		i := c.cellOf[*id]
		place(s, &i, len(c.cells))
		natural(s, &id.of)
		natural(s, &id.value)
		signed(s, &id.period)
		s.bytes(id.currency[:])
		if s.reading && s.err == nil {
			c.nameCell(*id, i)
		}
	})
	list(s, &c.folds, func(s *scribe, f *fold) {
		natural(s, &f.member)
		natural(s, &f.agreement)
		place(s, &f.schoolKind, len(c.schoolKinds.all))
		natural(s, &f.year)
		natural(s, &f.cycle)
		natural(s, &f.kind)
		place(s, &f.cell, len(c.cells))
		signed(s, &f.from)
		signed(s, &f.until)
	})
	if s.reading && len(c.folds) > 0 {
		c.foldOf = make(map[foldID]uint32, len(c.folds))
		for i := range c.folds {
			c.foldOf[c.folds[i].foldID] = uint32(i)
		}
	}
}

func (s *scribe) lineSum(t *LineSum) {
	signed(s, &t.Sum)
	signed(s, &t.Lines)
	signed(s, &t.Unknown)
}

func (s *scribe) sums(v *sums) {
	list(s, &v.blocks, func(s *scribe, b *block) {
		var day Day
		list(s, &b.ahead, func(s *scribe, l *level) {
			dayFrom(s, &l.day, day)
			s.lineSum(&l.sum)
			day = l.day
		})
		var since moment
		list(s, &b.deltas, func(s *scribe, d *delta) {
			dayFrom(s, &d.day, day)
			s.momentFrom(&d.since, since)
			signed(s, &d.sum)
			signed(s, &d.lines)
			signed(s, &d.unknown)
			day, since = d.day, d.since
		})
		if len(b.deltas) == 0 {
			s.fail("sums that never step")
		}
	})
}

// momentFrom is a moment, at another or after it.
func (s *scribe) momentFrom(v *moment, other moment) {
	if s.reading {
		var more moment
		natural(s, &more)
		*v = other + more
		return
	}
	more := *v - other
	natural(s, &more)
}
