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
		uai, day, since := uint32(v.uai), zigzag(v.day), uint32(v.since)
		path, kind := v.path, v.kind
		s.four(&uai, &day, &path, &kind)
		natural(s, &since)
		if s.reading {
			*v = countedSchool{uai: UAI(uai), day: Day(unzigzag(day)), since: moment(since)}
			v.path, v.kind = s.below(path, len(c.paths)+1), s.below(kind, max(len(c.schoolKinds.all), 1))
		}
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
		school, cycle, contested, end := k.school, uint32(k.cycle), uint32(0), zigzag(k.end)
		if !s.reading && k.contested {
			contested = 1
		}
		s.four(&school, &cycle, &contested, &end)
		if s.reading {
			*k = countedKey{cycle: uint16(s.below(cycle, 1<<16)), contested: s.below(contested, 2) > 0, end: Day(unzigzag(end))}
			k.school = s.below(school, len(c.schools))
		}
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
	first, n, event, spans := b.first, b.n, b.event, b.spans
	s.four(&first, &n, &event, &spans)
	cycle, kind, issue, from := uint32(b.cycle), uint32(b.kind), b.issue, zigzag(b.from)
	s.four(&cycle, &kind, &issue, &from)
	until, made, undone, none := zigzag(b.until-b.from), zigzag(b.made-b.from), zigzag(b.undone-(LastDay+1)), uint32(0) // mostly never undone
	s.four(&until, &made, &undone, &none)
	if !s.reading {
		return
	}
	b.first, b.n, b.event, b.spans, b.loose = first, n, event, spans, none
	b.cycle, b.kind = uint16(s.below(cycle, len(c.cycles.all))), uint16(s.below(kind, len(c.kinds.all)))
	day := Day(unzigzag(from))
	b.spell = spell{issue: s.below(issue, len(c.issues)+1), from: day, until: day + Day(unzigzag(until)), made: day + Day(unzigzag(made)), undone: LastDay + 1 + Day(unzigzag(undone))}
	if none > 0 {
		s.fail("a block with more than that")
	}
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
	if n != len(c.lines) && !s.reading {
		s.fail("%d lines in the blocks", n)
	}
	if !s.believes((n + 1) / 2) {
		return
	}
	if s.reading && n > 0 {
		c.lines = make([]countedLine, n)
	}
	s.pairsOfLines(c)
	for i := 0; s.reading && s.err == nil && i < len(c.blocks); i++ {
		b := &c.blocks[i]
		for l := b.first; l < b.first+b.n; l++ {
			line := &c.lines[l]
			k := &c.keys[s.below(line.key, len(c.keys))]
			line.block, line.prev = uint32(i), k.last
			k.last = l + 1
		}
	}
}

// pairsOfLines are what each line says of itself, two lines in four numbers. A key is told from the one before it.
func (s *scribe) pairsOfLines(c *lineCounts) {
	var none countedLine
	last := uint32(0)
	for l := 0; l < len(c.lines) && s.err == nil; l += 2 {
		one, two := &c.lines[l], &none
		if l+1 < len(c.lines) {
			two = &c.lines[l+1]
		}
		if s.reading {
			a, n, b, m := s.readFour()
			one.key, one.count = last+uint32(unzigzag(a)), Headcount(n)
			two.key, two.count = one.key+uint32(unzigzag(b)), Headcount(m)
			last = two.key
			continue
		}
		second := *two
		if two == &none {
			second.key = one.key
		}
		a, n, b, m := zigzag(int32(one.key-last)), uint32(one.count), zigzag(int32(second.key-one.key)), uint32(second.count)
		s.four(&a, &n, &b, &m)
		last = second.key
	}
}

// spans are the days and the knowns of blocks or lines, of which there are so many.
func (s *scribe) spans(t *spans, of int, c *lineCounts) {
	list(s, &t.rows, func(s *scribe, v *span) {
		if !s.reading {
			s.writeSpan(v)
			return
		}
		what, issue, before, from := s.readFour()
		until, since, left, none := s.readFour()
		day := Day(unzigzag(from))
		*v = span{of: s.below(what, of), issue: s.below(issue, len(c.issues)), before: s.below(before, len(t.rows)+1), from: day, until: day + Day(unzigzag(until)), since: moment(since), ever: ever}
		if left > 0 {
			v.ever = v.since + moment(left) - 1
		}
		if none > 0 {
			s.fail("a span with more than that")
		}
	})
	if s.reading && s.err == nil {
		t.refile()
	}
}

func (s *scribe) writeSpan(v *span) {
	of, issue, before, from := v.of, v.issue, v.before, zigzag(v.from)
	s.four(&of, &issue, &before, &from)
	until, since, left, none := zigzag(v.until-v.from), uint32(v.since), uint32(0), uint32(0)
	if v.ever != ever {
		left = uint32(v.ever-v.since) + 1
	}
	s.four(&until, &since, &left, &none)
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
		line, since, ends, spans := a.line, uint32(a.since), uint32(a.ends), a.spans
		s.four(&line, &since, &ends, &spans)
		if s.reading {
			*a = apart{line: s.below(line, len(c.lines)), since: moment(since), ends: Day(ends), spans: s.below(spans, len(c.singles.rows)+1)}
		}
	})
	if !s.reading || s.err != nil {
		return
	}
	room := 0 // of what detach fills
	for i := range c.aparts {
		if b := &c.blocks[c.lines[c.aparts[i].line].block]; b.loose == 0 {
			b.loose = uint32(room) + 1
			room += int(b.n)
		}
	}
	if room > 0 {
		c.apartOf = make([]uint32, room)
	}
	for i := range c.aparts {
		l := c.aparts[i].line
		b := &c.blocks[c.lines[l].block]
		of := &c.apartOf[b.loose-1+l-b.first]
		if *of > 0 {
			s.fail("a line stands apart twice")
			return
		}
		*of = uint32(i) + 1
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
		optional(s, &v.taken, (*scribe).sums)
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
	steps := len(v.last.deltas) > 0
	if !s.whether(&steps) {
		return
	}
	optional(s, &v.before, func(s *scribe, all *[]block) { list(s, all, (*scribe).block) })
	s.block(&v.last)
}

func (s *scribe) block(b *block) {
	var day Day
	list(s, &b.ahead, func(s *scribe, l *level) {
		dayFrom(s, &l.day, day)
		s.lineSum(&l.sum)
		day = l.day
	})
	var since moment
	list(s, &b.deltas, func(s *scribe, d *delta) {
		if s.reading {
			after, later, sum, lines := s.readFour()
			day, since = day+Day(unzigzag(after)), since+moment(later)
			*d = delta{day, since, unzigzag(sum), int16(unzigzag(lines & (1<<16 - 1))), int16(unzigzag(lines >> 16))}
			return
		}
		after, later, sum, lines := zigzag(d.day-day), uint32(d.since-since), zigzag(d.sum), zigzag(d.lines)&(1<<16-1)|zigzag(d.unknown)<<16
		s.four(&after, &later, &sum, &lines)
		day, since = d.day, d.since
	})
	if len(b.deltas) == 0 {
		s.fail("sums that never step")
	}
}
