package domain

import (
	"iter"
	"slices"
)

// How an order form comes to be counted. Whatever is recorded of it, its lines are looked at anew: where a line now counts
// otherwise than before, what it came to is taken away, and what it comes to is added, for every known from then on.

// A writ is the lines of one act of an order form, as one event says it.
type writ struct {
	act      Act
	event    uint32
	first, n uint32 // its blocks
}

// settling is one order form on the way from what it was to what it is.
type settling struct {
	g     *Group
	c     *lineCounts
	order int
	known uint64

	issue   countedIssue
	issued  *writ          // nil where nothing has issued it
	undone  Day            // from which on it is cancelled
	entries map[*writ]Day  // those that stand, with the days of what they say
	ends    map[uint32]Day // of lines that an amendment ends

	blocks  []change // that count otherwise
	singles []ending // lines that stand apart, and count otherwise
	alike   []ending // the same, which count as before, though for another reason
	touched []uint32 // keys
}

// A change is how a block counts from now on.
type change struct {
	of  uint32
	now spell
}

// An ending is the day on which a line that stands apart ends, from now on; neverEnds where no amendment ends it.
type ending struct {
	line uint32
	day  Day
}

// recount counts an order form anew, as it now stands.
func (g *Group) recount(order int, known uint64) {
	s := settling{g: g, c: &g.counts, order: order, known: known, undone: LastDay + 1}
	s.read()
	s.compare()
	if len(s.blocks)+len(s.singles)+len(s.alike) == 0 {
		return
	}
	s.c.forgetTakes(s.touched, known)
	s.apply()
	s.c.findTakes(s.touched, known)
	s.c.flush(known)
}

// read looks at what now is recorded of the order form.
func (s *settling) read() {
	o := s.g.orders.all[s.order]
	issue := o.issue(Latest)
	if issue == nil {
		return
	}
	a := issue.Value
	s.issue = countedIssue{
		order: uint32(s.order), member: uint32(s.g.members.at(a.Member)), agreement: uint32(s.g.agreements.at(a.Agreement)),
		number: uint32(issue.Place.Number), day: issue.Place.Day, begin: begins(issue), year: uint32(schoolYear(a.From)),
	}
	if p, ok := s.g.AgreementPeriod(a.Agreement, Now(issue.Place.Day)); ok {
		s.issue.period = p.From
	}
	s.issued = s.writ(a, issue.Place.Number)
	s.entries = map[*writ]Day{s.issued: issue.Place.Day}
	for e := range o.ends.from(FirstDay, Latest) {
		s.undone = min(s.undone, e.Place.Day)
	}
	var amendments []*writ
	for e := range o.amendments.from(FirstDay, Latest) {
		w := s.writ(e.Value, e.Place.Number)
		s.entries[w] = e.Place.Day
		amendments = append(amendments, w)
	}
	if len(amendments) > 0 {
		s.amend(amendments)
	}
}

// writ is the lines of an act; they are put into columns when it is first met.
func (s *settling) writ(a Act, event uint64) *writ {
	o := s.g.orders.all[s.order]
	for _, w := range o.writs {
		if w.act == a && w.event == uint32(event) {
			return w
		}
	}
	w := &writ{act: a, event: uint32(event), first: uint32(len(s.c.blocks))}
	switch a := a.(type) {
	case *OrderIssued:
		s.put(a.Lines, event)
	case *OrderAmended:
		s.put(a.Added, event)
		s.put(a.Replaced, event)
		for range s.removed(a) { // so that each has a place
		}
	}
	w.n = uint32(len(s.c.blocks)) - w.first
	o.writs = append(o.writs, w)
	return w
}

// removed gives the keys that an amendment takes out.
func (s *settling) removed(a *OrderAmended) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for k := range a.Removed.All() {
			if !yield(s.g.countedKey(k.School, uint16(s.c.cycles.at(k.Cycle)))) {
				return
			}
		}
	}
}

// put adds lines to the columns. Nothing of them counts yet.
func (s *settling) put(lines Lines, event uint64) {
	c := s.c
	for i := range lines.Blocks() {
		source := &lines.Blocks()[i]
		b := countedBlock{
			source: source, first: uint32(len(c.lines)), event: uint32(event),
			cycle: uint16(c.cycles.at(source.Cycle)), kind: uint16(c.kinds.at(source.Kind)),
		}
		for school, count := range source.Headcounts.All() {
			k := s.g.countedKey(school, b.cycle)
			c.lines = append(roomy(c.lines), countedLine{key: k, block: uint32(len(c.blocks)), count: count, prev: c.keys[k].last})
			c.keys[k].last = uint32(len(c.lines))
		}
		b.n = uint32(len(c.lines)) - b.first
		c.blocks = append(roomy(c.blocks), b)
	}
}

// amend finds the days on which lines end since an amendment puts others in their place, or none.
func (s *settling) amend(amendments []*writ) {
	holders := make(map[uint32]uint32) // the line of each key, plus 1
	s.ends = make(map[uint32]Day)
	for _, w := range amendments {
		pass := func(key, to uint32) {
			from, ok := holders[key]
			if !ok {
				from = s.lineOf(s.issued, key)
			}
			if from > 0 {
				s.ends[from-1] = s.entries[w]
			}
			holders[key] = to
		}
		for b := w.first; b < w.first+w.n; b++ {
			for l := range s.c.blocks[b].lines() {
				pass(s.c.lines[l].key, l+1)
			}
		}
		for key := range s.removed(w.act.(*OrderAmended)) {
			pass(key, 0)
		}
	}
}

// lines gives the places of a block's lines.
func (b *countedBlock) lines() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for l := b.first; l < b.first+b.n; l++ {
			if !yield(l) {
				return
			}
		}
	}
}

// lineOf is the line of a key in a writ, plus 1; 0 where there is none.
func (s *settling) lineOf(w *writ, key uint32) uint32 {
	for l := s.c.keys[key].last; l > 0; l = s.c.lines[l-1].prev {
		if b := s.c.lines[l-1].block; w.first <= b && b < w.first+w.n {
			return l
		}
	}
	return 0
}

// compare finds which blocks, and which lines that stand apart, now count otherwise.
func (s *settling) compare() {
	for _, w := range s.g.orders.all[s.order].writs {
		now := s.spell(w)
		for b := w.first; b < w.first+w.n; b++ {
			s.compareBlock(b, now)
		}
	}
}

// spell is how the lines of a writ now count, unless an amendment ends them.
func (s *settling) spell(w *writ) (p spell) {
	day, stands := s.entries[w]
	if !stands {
		return p
	}
	a := s.issued.act.(*OrderIssued)
	p = spell{issue: s.issueNow(), made: day, undone: s.undone, from: a.From, until: min(a.Until, s.undone)}
	if w != s.issued {
		p.from = max(a.From, day)
	}
	return p
}

// issueNow is the place of what the order form now says of all its lines, plus 1.
func (s *settling) issueNow() uint32 {
	o := s.g.orders.all[s.order]
	if o.counted == 0 || s.c.issues[o.counted-1] != s.issue {
		s.c.issues = append(s.c.issues, s.issue)
		o.counted = uint32(len(s.c.issues))
	}
	return o.counted
}

func (s *settling) compareBlock(i uint32, now spell) {
	b := &s.c.blocks[i]
	moves, detaches := b.spell != now, false
	if !moves && b.loose == 0 && len(s.ends) == 0 {
		return
	}
	for l := range b.lines() {
		day, ends := s.ends[l]
		if !ends {
			day = neverEnds
		}
		was, then := b.spell, now.endedOn(day)
		single := s.c.apart(l)
		if single != nil {
			was = b.endedOn(single.ends)
		}
		switch {
		case single == nil && !ends:
		case single == nil:
			detaches = true
			s.singles = append(s.singles, ending{l, day})
		case was != then:
			s.singles = append(s.singles, ending{l, day})
		case single.ends != day:
			s.alike = append(s.alike, ending{l, day})
		}
		if was != then {
			s.touched = append(s.touched, s.c.lines[l].key)
		}
	}
	if moves || detaches {
		s.blocks = append(s.blocks, change{i, now})
	}
}

// apply takes away what no longer counts, and adds what does.
func (s *settling) apply() {
	c := s.c
	for _, m := range s.blocks {
		c.countBlock(m.of, -1)
		c.spans.endLast(c.blocks[m.of].spans, s.known)
	}
	for _, m := range s.singles {
		if a := c.apart(m.line); a != nil {
			c.countLine(m.line, -1)
			c.singles.endLast(a.spans, s.known)
		} else {
			c.detach(m.line, momentOf(s.known))
		}
	}
	for _, m := range s.blocks {
		b := &c.blocks[m.of]
		b.spell = m.now
		if n := c.countBlock(m.of, +1); b.counts() && n > 0 {
			b.spans = 1 + c.spans.add(span{of: m.of, issue: b.issue - 1, before: b.spans, from: b.from, until: b.until, since: momentOf(s.known)})
		}
	}
	for _, m := range s.alike {
		c.apart(m.line).ends = m.day
	}
	for _, m := range s.singles {
		a := c.apart(m.line)
		a.ends = m.day
		c.countLine(m.line, +1)
		if p := c.spellOf(m.line); p.counts() {
			a.spans = 1 + c.singles.add(span{of: m.line, issue: p.issue - 1, before: a.spans, from: p.from, until: p.until, since: momentOf(s.known)})
		}
	}
}

// countBlock counts the lines of a block that do not stand apart, and gives how many there are; with sign -1 it takes them
// away again.
func (c *lineCounts) countBlock(i uint32, sign int) int32 {
	b := &c.blocks[i]
	if b.issue == 0 {
		return 0
	}
	var t LineSum
	var kinds kindSums
	alone := c.alone(b)
	for l := range b.lines() {
		if alone != nil && alone[l-b.first] > 0 {
			continue
		}
		line := &c.lines[l]
		by := line.count.lineSum()
		t = t.Plus(by)
		if b.counts() && !kinds.add(c.lastingKind(line, b.spell), by) {
			c.putKinds(line, b.spell, false, by.times(sign))
		}
		c.reach(line.key, b.spell, sign)
	}
	for _, k := range kinds {
		c.putKind(b, b.spell, k.kind, false, k.LineSum.times(sign))
	}
	c.putBlock(b, b.spell, t.times(sign))
	return t.Lines
}

// countLine counts a line that stands apart, or takes it away again.
func (c *lineCounts) countLine(l uint32, sign int) {
	line, p := &c.lines[l], c.spellOf(l)
	if p.issue == 0 {
		return
	}
	by := line.count.lineSum().times(sign)
	if p.counts() {
		c.putKinds(line, p, false, by)
	}
	c.reach(line.key, p, sign)
	c.putBlock(&c.blocks[line.block], p, by)
}

// reach notes how far the lines of a key go: where one comes before the end of another, they may be of two orders.
func (c *lineCounts) reach(key uint32, p spell, sign int) {
	if sign < 0 || !p.counts() {
		return
	}
	k := &c.keys[key]
	k.contested = k.contested || p.from < k.end
	k.end = max(k.end, p.until)
}

// putBlock puts into the cells what some lines of one block come to.
func (c *lineCounts) putBlock(b *countedBlock, p spell, by LineSum) {
	if by.IsZero() {
		return
	}
	if p.counts() {
		c.put(cellID{of: ofAll}, p.from, p.until, false, by)
	}
	if p.made < p.undone {
		c.putOrdered(b, p, by)
	}
}

// putKinds puts a line's lineSum into the cells of the kinds that its school is of, day by day.
func (c *lineCounts) putKinds(line *countedLine, p spell, taken bool, by LineSum) {
	s := &c.schools[c.keys[line.key].school]
	for i, n := 0, c.turns(s); i < n; i++ {
		piece, t := p, c.turn(s, i)
		piece.from = max(t.day, p.from)
		if i+1 < n {
			piece.until = min(p.until, c.turn(s, i+1).day)
		}
		if piece.from < piece.until {
			c.putKind(&c.blocks[line.block], piece, t.kind, taken, by)
		}
	}
}

// putKind puts what some lines of a block come to, whose schools are all of one kind, into their fold.
func (c *lineCounts) putKind(b *countedBlock, p spell, kind uint32, taken bool, by LineSum) {
	c.putFold(foldOf(b, &c.issues[p.issue-1], kind), p.from, p.until, taken, by)
}

// lastingKind is the kind that a line's school is of as long as the line counts; nobody where that changes.
func (c *lineCounts) lastingKind(line *countedLine, p spell) uint32 {
	s := &c.schools[c.keys[line.key].school]
	i := c.turns(s) - 1
	if c.turn(s, i).day > p.from {
		for i > 0 && c.turn(s, i).day > p.from {
			i--
		}
		if c.turn(s, i+1).day < p.until {
			return nobody
		}
	}
	return c.turn(s, i).kind
}

// kindSums are what the lines of a block come to, by the kinds of their schools.
type kindSums []struct {
	kind uint32
	LineSum
}

// add adds lines of a kind; false where there is none.
func (t *kindSums) add(kind uint32, by LineSum) bool {
	if kind == nobody {
		return false
	}
	for i := range *t {
		if k := &(*t)[i]; k.kind == kind {
			k.LineSum = k.Plus(by)
			return true
		}
	}
	*t = append(*t, struct {
		kind uint32
		LineSum
	}{kind, by})
	return true
}

// putOrdered puts what some lines of a block come to into what is ordered under the agreement within its period: in pupils,
// and in money.
func (c *lineCounts) putOrdered(b *countedBlock, p spell, by LineSum) {
	issue := &c.issues[p.issue-1]
	id := cellID{of: ofPupils, value: issue.agreement, period: issue.period}
	c.put(id, p.made, p.undone, false, by)
	price := b.source.UnitPrice
	if price.IsZero() {
		return
	}
	if !slices.Contains(c.currencies, price.currency) {
		c.currencies = append(c.currencies, price.currency)
	}
	id.of, id.currency = ofMoney, price.currency
	by.Sum *= price.cents
	c.put(id, p.made, p.undone, false, by)
}
