package domain

import (
	"cmp"
	"slices"
)

// EnrolledLine is a line that counts at a pair.
type EnrolledLine struct {
	Line                  // under the code with which it was ordered
	As        UAI         // the code that its school has on the day
	Kind      SchoolKind  // of which that is; "" where nothing says it
	Order     OrderNumber // the order form
	Event     uint64      // that says it: the issue, or an amendment
	Agreement AgreementID
	Formerly  MemberID // that ordered it
	Member    MemberID // for whom it counts; "" where that is undetermined
	From      Day      // the first day on which it counts
	Until     Day      // the day after the last
	Taken     bool     // another order form has its pupils: it counts in gross, not in distinct
}

// EnrolledLines gives the lines behind a figure: those in force at q that pass the filters, by school, cycle and order form.
func (g *Group) EnrolledLines(q Pair, where []Filter) (lines []EnrolledLine) {
	v := viewing{g: g, c: &g.counts, q: q}
	if !v.resolve(where) {
		return nil
	}
	taken := make(map[uint32]bool)
	for _, s := range g.counts.takes.on(q) {
		taken[s.of] = true
	}
	v.each(nil, func(l uint32, s *span) {
		b := &v.c.blocks[v.c.lines[l].block]
		for _, w := range v.where {
			if v.valueOf(w.by, b, s.issue, &v.c.lines[l]) != w.value {
				return
			}
		}
		line := v.enrolled(l, s)
		line.Taken = taken[l]
		lines = append(lines, line)
	})
	return sortedEnrolled(lines)
}

// EnrolledForms are the lines in force at a pair that pass some filters, by their order forms. It holds as long as its group does not go on.
type EnrolledForms struct {
	v     viewing
	taken map[uint32]bool
	lines []enrolledAt // those of one order form together
	ends  []int        // where those of each order form end
}

// An enrolledAt is a line that counts, and for how long.
type enrolledAt struct {
	line uint32
	span *span
}

// EnrolledForms parts EnrolledLines by order forms.
func (g *Group) EnrolledForms(q Pair, where []Filter) *EnrolledForms {
	f := &EnrolledForms{v: viewing{g: g, c: &g.counts, q: q}, taken: map[uint32]bool{}, ends: make([]int, len(g.orders.ids)+1)}
	if !f.v.resolve(where) {
		return f
	}
	for _, s := range g.counts.takes.on(q) {
		f.taken[s.of] = true
	}
	all := make([]enrolledAt, 0, f.v.most())
	f.v.each(nil, func(l uint32, s *span) {
		b := &f.v.c.blocks[f.v.c.lines[l].block]
		for _, w := range f.v.where {
			if f.v.valueOf(w.by, b, s.issue, &f.v.c.lines[l]) != w.value {
				return
			}
		}
		all = append(all, enrolledAt{l, s})
		f.ends[f.order(s)+1]++
	})
	f.part(all)
	return f
}

func (f *EnrolledForms) order(s *span) uint32 { return uint32(f.v.c.issues[s.issue].order) }

// part puts the lines of one order form together: ends has, behind the place of each, how many it has, and then where they end.
func (f *EnrolledForms) part(all []enrolledAt) {
	for i := 1; i < len(f.ends); i++ {
		f.ends[i] += f.ends[i-1]
	}
	f.lines = make([]enrolledAt, len(all))
	for _, l := range all {
		o := f.order(l.span)
		f.lines[f.ends[o]] = l
		f.ends[o]++
	}
}

// Append appends the lines of an order form to dst, in no order that counts; SortEnrolled gives them that of EnrolledLines.
func (f *EnrolledForms) Append(dst []EnrolledLine, n OrderNumber) []EnrolledLine {
	i, ok := f.v.g.orders.place[n]
	if !ok || len(f.lines) == 0 {
		return dst
	}
	first := 0
	if i > 0 {
		first = f.ends[i-1]
	}
	dst = slices.Grow(dst, f.ends[i]-first)
	for _, l := range f.lines[first:f.ends[i]] {
		dst = append(dst, f.v.enrolled(l.line, l.span))
		dst[len(dst)-1].Taken = f.taken[l.line]
	}
	return dst
}

// SortEnrolled sorts lines by school, cycle and order form.
func SortEnrolled(lines []EnrolledLine) {
	slices.SortFunc(lines, func(a, b EnrolledLine) int { return compareEnrolled(&a, &b) })
}

// sortedEnrolled sorts lines: their places first, since a line is long to move.
func sortedEnrolled(lines []EnrolledLine) []EnrolledLine {
	places := make([]uint32, len(lines))
	for i := range places {
		places[i] = uint32(i)
	}
	slices.SortFunc(places, func(a, b uint32) int { return compareEnrolled(&lines[a], &lines[b]) })
	if len(lines) == 0 {
		return nil
	}
	sorted := make([]EnrolledLine, len(lines))
	for i, at := range places {
		sorted[i] = lines[at]
	}
	return sorted
}

func compareEnrolled(a, b *EnrolledLine) int {
	c := cmp.Compare(a.As, b.As)
	if c == 0 {
		c = cmp.Compare(a.Cycle, b.Cycle)
	}
	if c == 0 {
		c = cmp.Compare(a.School, b.School)
	}
	if c == 0 {
		c = cmp.Compare(a.Order, b.Order)
	}
	if c == 0 {
		c = cmp.Compare(a.Event, b.Event)
	}
	return c
}

// each calls do with the lines in force, each with its span; where blocks are given, with theirs only.
func (v *viewing) each(only map[uint32]bool, do func(uint32, *span)) {
	for _, s := range v.c.spans.on(v.q) {
		if only != nil && !only[s.of] {
			continue
		}
		for l := range v.c.together(&v.c.blocks[s.of], s) {
			do(l, s)
		}
	}
	for _, s := range v.c.singles.on(v.q) {
		if only == nil || only[v.c.lines[s.of].block] {
			do(s.of, s)
		}
	}
}

// most is how many lines each gives at most.
func (v *viewing) most() (n int) {
	for _, s := range v.c.spans.on(v.q) {
		n += int(v.c.blocks[s.of].n)
	}
	for range v.c.singles.on(v.q) {
		n++
	}
	return n
}

func (v *viewing) enrolled(l uint32, s *span) EnrolledLine {
	line := &v.c.lines[l]
	b, i, at := &v.c.blocks[line.block], &v.c.issues[s.issue], v.school(line)
	said := Line{
		LineKey: LineKey{v.c.schools[v.c.keys[line.key].school].uai, b.source.Cycle}, Headcount: line.count,
		Kind: b.source.Kind, Day: b.source.Day, UnitPrice: b.source.UnitPrice,
	}
	return EnrolledLine{
		Line: said, As: at.as, Kind: valueIn(v.c.schoolKinds.all, at.kind),
		Order: v.g.orders.ids[i.order], Event: uint64(b.event), Agreement: v.g.agreements.ids[i.agreement],
		Formerly: v.g.members.ids[i.member], Member: valueIn(v.g.members.ids, v.heir(i.member, i.begin)),
		From: s.from, Until: s.until,
	}
}

// A Duplicate is a line that another has the pupils of: its school, its cycle, on the same day, in a later order form.
type Duplicate struct {
	Line  EnrolledLine // that counts in gross, not in distinct
	Later EnrolledLine // that counts in both
}

// Duplicates gives every double count at q, by school, cycle and order form.
func (g *Group) Duplicates(q Pair) (all []Duplicate) {
	v := viewing{g: g, c: &g.counts, q: q}
	blocks, lines := make(map[uint32]bool), make(map[uint32]*EnrolledLine)
	for i, s := range v.c.takes.on(q) {
		for _, l := range [...]uint32{s.of, v.c.instead[i]} {
			blocks[v.c.lines[l].block], lines[l] = true, nil
		}
	}
	v.each(blocks, func(l uint32, s *span) {
		if _, is := lines[l]; is {
			line := v.enrolled(l, s)
			lines[l] = &line
		}
	})
	for i, s := range v.c.takes.on(q) {
		if line, later := lines[s.of], lines[v.c.instead[i]]; line != nil && later != nil {
			d := Duplicate{*line, *later}
			d.Line.Taken = true
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b Duplicate) int { return compareEnrolled(&a.Line, &b.Line) })
	return all
}

// EnrolmentStep is what enrolment is from a day on, until the next step.
type EnrolmentStep struct {
	Day   Day
	Total Figure
	Rows  EnrolmentRows
}

// EnrolmentSeries answers Enrolment for each day of a period, which has both its ends, in the steps in which it changes. The
// first is what it is on the first day.
func (g *Group) EnrolmentSeries(p Period, known uint64, s Selection) (steps []EnrolmentStep) {
	for _, day := range g.counts.changes(g, p, known, s) {
		step := EnrolmentStep{Day: day}
		step.Total, step.Rows = g.EnrolmentRows(Pair{day, known}, s)
		if n := len(steps); n == 0 || !sameStep(&steps[n-1], &step) {
			steps = append(steps, step)
		}
	}
	return steps
}

func sameStep(a, b *EnrolmentStep) bool {
	if a.Total != b.Total || a.Rows.Len() != b.Rows.Len() {
		return false
	}
	for i := range a.Rows.Len() {
		x, y := a.Rows.row(i), b.Rows.row(i)
		for j := range a.Rows.by {
			if of := a.Rows.by[j].of; x.keys[j] != y.keys[j] && of(x.keys[j]) == of(y.keys[j]) {
				x.keys[j] = y.keys[j]
			}
		}
		if x != y {
			return false
		}
	}
	return true
}

// changes are the days of a period on which enrolment can become another, ascending.
func (c *lineCounts) changes(g *Group, p Period, known uint64, s Selection) []Day {
	days := []Day{p.From}
	if len(s.By)+len(s.Where) == 0 {
		if i, ok := c.cellOf[cellID{of: ofAll}]; ok {
			for _, sums := range [...]*sums{&c.cells[i].gross, c.cells[i].taken} {
				for day := range sums.steps(p, known) {
					days = append(days, day)
				}
			}
		}
	} else {
		for _, t := range [...]*spans{&c.spans, &c.singles, &c.takes} {
			days = t.days(p, known, days)
		}
		for e := range g.turnover.from(p.From, known) {
			days = append(days, e.Place.Day)
		}
		for _, s := range g.schools.all {
			for e := range s.life.from(p.From, known) {
				days = append(days, e.Place.Day)
			}
		}
	}
	slices.Sort(days)
	return slices.DeleteFunc(slices.Compact(days), func(d Day) bool { return !p.Contains(d) })
}

// EnrolmentEvents gives the events that a figure follows from: those that say the lines in force at q that pass the filters,
// and those that issued their order forms. Ascending, each once.
func (g *Group) EnrolmentEvents(q Pair, where []Filter) (events []uint64) {
	v := viewing{g: g, c: &g.counts, q: q}
	if !v.resolve(where) {
		return nil
	}
	v.each(nil, func(l uint32, s *span) {
		b := &v.c.blocks[v.c.lines[l].block]
		n := len(events)
		if n > 1 && events[n-1] == uint64(b.event) && events[n-2] == uint64(v.c.issues[s.issue].number) {
			return
		}
		for _, w := range v.where {
			if v.valueOf(w.by, b, s.issue, &v.c.lines[l]) != w.value {
				return
			}
		}
		events = append(events, uint64(v.c.issues[s.issue].number), uint64(b.event))
	})
	slices.Sort(events)
	return slices.Compact(events)
}
