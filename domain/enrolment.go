package domain

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// A Figure is how many pupils some lines are for. Where Unknown is above 0, it is "at least" so many.
type Figure struct {
	Gross    int64 // the known headcounts of all lines that count
	Distinct int64 // of each school in each cycle those of the latest order form only
	Lines    int   // all that count
	Unknown  int   // of the distinct lines, those whose headcount is unknown
}

func figure(gross, taken LineSum) Figure {
	return Figure{gross.Sum, gross.Sum - taken.Sum, int(gross.Lines), int(gross.Unknown - taken.Unknown)}
}

// A Filter keeps the lines that have a value of a dimension, spelled as in the keys of an EnrolmentRow.
type Filter struct {
	By    Dimension
	Value string
}

// A Selection says which lines, and by what they are told apart: by nothing, by one dimension, or by two.
type Selection struct {
	By    []Dimension
	Where []Filter
}

// EnrolmentRow is the lines that share a value of each dimension asked for. A key is "" where none can be said: an order
// form whose member was split belongs to none of its successors until somebody says so; a school may be of no kind.
type EnrolmentRow struct {
	Keys []string // in the order in which the dimensions were asked for
	Figure
}

// Enrolment answers: for how many pupils do the order forms in force on the day stand, by the dimensions asked for? Rows come
// in the order of their keys; what has no line has no row. Of more than two dimensions the first two count.
//
// Without dimensions it takes the logarithm of the history; with some, and for values of them, as much for each fold that has
// lines on the day: for each member, agreement, school year, cycle, kind of headcount and of school that go with each other. For
// one school it looks at the lines that ever were of it; by school, at each line in force.
func (g *Group) Enrolment(q Pair, s Selection) (total Figure, rows []EnrolmentRow) {
	total, all := g.EnrolmentRows(q, s)
	return total, all.All()
}

// EnrolmentRows is Enrolment that spells no key before it is asked for.
func (g *Group) EnrolmentRows(q Pair, s Selection) (total Figure, rows EnrolmentRows) {
	s.By = s.By[:min(len(s.By), 2)]
	v := viewing{g: g, c: &g.counts, q: q, by: s.By}
	if !v.resolve(s.Where) {
		return total, rows
	}
	if len(v.asked) == 0 {
		v.fromAll()
		return v.rows()
	}
	v.room = rowRooms.Get().(*rowRoom)
	defer rowRooms.Put(v.room)
	v.rank()
	if v.schools && v.ofSchool() == nil {
		return v.fromSchools()
	}
	v.sums = v.room.sums[:0]
	v.answer()
	v.room.sums = v.sums
	return v.rows()
}

// answer adds up what is asked for, from the least that tells it.
func (v *viewing) answer() {
	switch {
	case v.ofSchool() != nil:
		v.fromLinesOf(v.ofSchool())
	default:
		v.fromFolds()
		if v.restless != nil {
			v.fromSpans()
		}
	}
}

// ofSchool is the filter by a school; nil where there is none.
func (v *viewing) ofSchool() *wanted {
	for i := range v.where {
		if v.where[i].by == BySchool {
			return &v.where[i]
		}
	}
	return nil
}

// summed is what some lines come to, and what of it is taken away again.
type summed struct{ gross, taken LineSum }

// viewing is one look at the lines in force.
type viewing struct {
	g      *Group
	c      *lineCounts
	q      Pair
	by     []Dimension
	where  []wanted
	asked  []Dimension // by or where
	ranked [2]ranks    // of by
	sums   []sum
	room   *rowRoom
	dense  []uint32             // of sums their places, plus 1, by what ranks their keys have; nil where a key may have several sums
	heirs  map[[2]uint32]uint32 // of a member that ordered on a day
	first  []uint32             // the same, of those that ordered at the beginning, plus 1
	seen   []turn               // what schools are, those of day 0 not yet looked up
	alike  []alikeLines         // room

	lines, schools bool   // each line must be looked at; its school is asked for
	restless       []bool // members, where members are asked for, and some became one again; nil where none did
}

// sum is what the lines come to that share the values asked for.
type sum struct {
	keys [2]uint32
	summed
}

// wanted is a filter whose value has its number.
type wanted struct {
	by    Dimension
	value uint32
}

// nobody is the value of what belongs to no member, or to no one kind.
const nobody = ^uint32(0)

// resolve reads the values of filters; false where one of them no line has.
func (v *viewing) resolve(where []Filter) bool {
	for _, f := range where {
		value, ok := v.value(f)
		if !ok {
			return false
		}
		v.where = append(v.where, wanted{f.By, value})
	}
	v.asked = slices.Clone(v.by)
	for _, w := range v.where {
		v.asked = append(v.asked, w.by)
	}
	v.lines, v.schools = slices.ContainsFunc(v.asked, Dimension.ofSchools), slices.Contains(v.asked, BySchool)
	if slices.Contains(v.asked, ByMember) {
		v.restless = v.g.restless(v.q.Known)
	}
	return true
}

func (d Dimension) ofSchools() bool { return d == BySchool || d == BySchoolKind }

// value is the number of a filter's value; ok is false where nothing has it.
func (v *viewing) value(f Filter) (value uint32, ok bool) {
	switch f.By {
	case ByMember:
		if f.Value == "" {
			return nobody, true
		}
		return placeOf(&v.g.members, MemberID(f.Value))
	case ByFormerly:
		return placeOf(&v.g.members, MemberID(f.Value))
	case ByAgreement:
		return placeOf(&v.g.agreements, AgreementID(f.Value))
	case BySchoolYear:
		year, err := strconv.Atoi(strings.SplitN(f.Value, "-", 2)[0])
		return uint32(year), err == nil && schoolYearText(year) == f.Value
	case ByCycle:
		return v.c.cycles.find(Cycle(f.Value))
	case ByHeadcountKind:
		return v.c.kinds.find(HeadcountKind(f.Value))
	case BySchool:
		u, err := ParseUAI(f.Value)
		return uint32(u), err == nil
	case BySchoolKind:
		return v.c.schoolKinds.find(SchoolKind(f.Value))
	}
	return 0, false
}

func placeOf[ID cmp.Ordered, T any](r *registry[ID, T], id ID) (uint32, bool) {
	i, ok := r.place[id]
	return uint32(i), ok
}

// spelling tells how the values of a dimension are spelled: that of nobody is "".
func (v *viewing) spelling(d Dimension) func(uint32) string {
	switch d {
	case ByMember, ByFormerly:
		return textOf(v.g.members.ids)
	case ByAgreement:
		return textOf(v.g.agreements.ids)
	case BySchoolYear:
		return func(value uint32) string { return schoolYearText(int(value)) }
	case ByCycle:
		return textOf(v.c.cycles.all)
	case ByHeadcountKind:
		return textOf(v.c.kinds.all)
	case BySchool:
		return func(value uint32) string { return UAI(value).String() }
	}
	return textOf(v.c.schoolKinds.all)
}

func textOf[T ~string](all []T) func(uint32) string {
	return func(value uint32) string { return string(valueIn(all, value)) }
}

func valueIn[T ~string](all []T, value uint32) T {
	if value == nobody {
		return ""
	}
	return all[value]
}

// fromAll answers from the sums of all lines.
func (v *viewing) fromAll() {
	if i, ok := v.c.cellOf[cellID{of: ofAll}]; ok {
		if t := v.c.cells[i].at(v.q); t.gross.Lines > 0 {
			v.add([2]uint32{}, t)
		}
	}
}

// at is what the lines of a cell come to at q.
func (c *counted) at(q Pair) (t summed) {
	if t.gross = c.gross.on(q.At, q.Known); t.gross.Lines > 0 {
		t.taken = c.taken.on(q.At, q.Known)
	}
	return t
}

func (v *viewing) add(keys [2]uint32, t summed) {
	at := uint32(0) // plus 1
	switch {
	case len(v.by) == 0:
		keys, at = [2]uint32{}, uint32(len(v.sums))
	case v.dense != nil:
		at = v.dense[v.keyOf(&keys)]
	}
	if at == 0 {
		v.sums = append(v.sums, sum{keys: keys})
		at = uint32(len(v.sums))
		if v.dense != nil {
			v.dense[v.keyOf(&keys)] = at
		}
	}
	sum := &v.sums[at-1]
	sum.summed = sum.plus(&t)
}

// isRestless reports whether it depends on the order form who is a member's heir.
func (v *viewing) isRestless(member uint32) bool { return v.restless != nil && v.restless[member] }

// restless tells of which members it depends on the day of an order form who is their heir, as known: of those that became
// one again, and those that such a one succeeded to. It is nil where there is none: then all that a member ever ordered passes
// to the same heirs, whenever it ordered.
func (g *Group) restless(known uint64) (restless []bool) {
	for i, m := range g.members.all {
		left := false
		for e := range m.standing.from(FirstDay, known) {
			if left {
				if restless == nil {
					restless = make([]bool, len(g.members.all))
				}
				restless[i] = true
				break
			}
			left = !e.Value.active
		}
	}
	for more := restless != nil; more; {
		more = false
		for i := range restless {
			if !restless[i] && g.passesTo(i, known, restless) {
				restless[i], more = true, true
			}
		}
	}
	return restless
}

// passesTo reports whether one of some members ever succeeded to a member, as known.
func (g *Group) passesTo(member int, known uint64, some []bool) bool {
	for e := range g.members.all[member].standing.from(FirstDay, known) {
		if e.Value.active || e.Value.by == nil {
			continue
		}
		for _, s := range e.Value.by.Successors {
			if some[g.members.place[s.Member]] {
				return true
			}
		}
	}
	return false
}

// heir is the one for whom counts what a member had at the end of a day; nobody where there are several.
func (v *viewing) heir(member uint32, day Day) uint32 {
	if day == FirstDay {
		if v.first == nil {
			v.first = make([]uint32, len(v.g.members.all))
		}
		if v.first[member] == 0 {
			v.first[member] = 1 + v.heirOf(member, day)
		}
		return v.first[member] - 1
	}
	key := [2]uint32{member, uint32(day)}
	h, ok := v.heirs[key]
	if !ok {
		if v.heirs == nil {
			v.heirs = make(map[[2]uint32]uint32)
		}
		h = v.heirOf(member, day)
		v.heirs[key] = h
	}
	return h
}

func (v *viewing) heirOf(member uint32, day Day) uint32 {
	if left := v.g.members.all[member].left(endOf(day), endOf(v.q.At), v.q.Known); left == nil || left.Value.by == nil {
		return member
	}
	if all := v.g.heirs(v.g.members.ids[member], endOf(day), v.q); len(all) == 1 {
		return uint32(v.g.members.place[all[0]])
	}
	return nobody
}

// fromSpans answers from the blocks and lines in force of restless members.
func (v *viewing) fromSpans() {
	for _, s := range v.c.spans.on(v.q) {
		b := &v.c.blocks[s.of]
		if v.left(s) {
			continue
		}
		if !v.lines {
			v.look(b, s.issue, nil, summed{gross: v.c.sumOf(b, s)})
			continue
		}
		alike := v.alike[:0]
		for l := range v.c.together(b, s) {
			alike = v.join(alike, &v.c.lines[l])
		}
		for i := range alike {
			v.look(b, s.issue, alike[i].line, summed{gross: alike[i].lineSum})
		}
		v.alike = alike
	}
	for _, s := range v.c.singles.on(v.q) {
		if !v.left(s) {
			v.lookAt(s.of, s, summed{gross: v.c.lines[s.of].count.lineSum()})
		}
	}
	for _, s := range v.c.takes.on(v.q) {
		if !v.left(s) {
			v.lookAt(s.of, s, summed{taken: v.c.lines[s.of].count.lineSum()})
		}
	}
}

// left reports whether a span is left to the folds.
func (v *viewing) left(s *span) bool {
	return v.restless != nil && !v.restless[v.c.issues[s.issue].member]
}

// lookAt looks at a line.
func (v *viewing) lookAt(l uint32, s *span, t summed) {
	line := &v.c.lines[l]
	v.look(&v.c.blocks[line.block], s.issue, line, t)
}

// fromLinesOf answers from all lines that ever were of a school, under whatever code.
func (v *viewing) fromLinesOf(school *wanted) {
	k := momentOf(v.q.Known)
	for _, u := range v.c.kinOf(UAI(school.value)) {
		i, ok := v.c.schoolOf[u]
		if !ok {
			continue
		}
		for key := range v.c.keysOf(i) {
			for l := v.c.keys[key].last; l > 0; l = v.c.lines[l-1].prev {
				v.fromLine(l-1, k)
			}
		}
	}
}

// fromLine looks at one line, if it counts at the pair.
func (v *viewing) fromLine(l uint32, k moment) {
	c := v.c
	b, count := &c.blocks[c.lines[l].block], c.lines[l].count.lineSum()
	single := c.apart(l)
	for s := range c.spans.back(b.spans) {
		if s.holds(v.q, k) && (single == nil || single.since > s.since) {
			v.lookAt(l, s, summed{gross: count})
		}
	}
	if single != nil {
		for s := range c.singles.back(single.spans) {
			if s.holds(v.q, k) {
				v.lookAt(l, s, summed{gross: count})
			}
		}
	}
	for s := range c.takes.back(c.taken[l]) {
		if s.holds(v.q, k) {
			v.lookAt(l, s, summed{taken: count})
		}
	}
}

// alikeLines are lines of one block that no dimension tells apart which is asked for; line is one of them.
type alikeLines struct {
	turn
	line    *countedLine
	lineSum LineSum
}

// join adds a line to those that are like it: of the same kind of school.
func (v *viewing) join(all []alikeLines, line *countedLine) []alikeLines {
	t := v.school(line)
	for i := range all {
		if all[i].kind == t.kind {
			all[i].lineSum = all[i].lineSum.Plus(line.count.lineSum())
			return all
		}
	}
	return append(all, alikeLines{t, line, line.count.lineSum()})
}

// look adds up what is asked for of some lines of a block; line is nil where none of it depends on which.
func (v *viewing) look(b *countedBlock, issue uint32, line *countedLine, t summed) {
	for _, w := range v.where {
		if v.valueOf(w.by, b, issue, line) != w.value {
			return
		}
	}
	var keys [2]uint32
	for i, d := range v.by {
		keys[i] = v.valueOf(d, b, issue, line)
	}
	v.add(keys, t)
}

func (v *viewing) valueOf(d Dimension, b *countedBlock, issue uint32, line *countedLine) uint32 {
	i := &v.c.issues[issue]
	switch d {
	case ByMember:
		return v.heir(i.member, i.begin)
	case ByFormerly:
		return i.member
	case ByAgreement:
		return i.agreement
	case BySchoolYear:
		return i.year
	case ByCycle:
		return uint32(b.cycle)
	case ByHeadcountKind:
		return uint32(b.kind)
	case BySchool:
		return uint32(v.school(line).as)
	default:
		return v.school(line).kind
	}
}

// school is what a line's school is at the pair.
func (v *viewing) school(line *countedLine) turn {
	i := v.c.keys[line.key].school
	if s := &v.c.schools[i]; s.since <= momentOf(v.q.Known) {
		return v.c.schoolOn(s, v.q.At)
	}
	if v.seen == nil {
		v.seen = make([]turn, len(v.c.schools))
	}
	t := &v.seen[i]
	if t.day == 0 {
		as, kind := v.g.schoolAndKind(v.c.schools[i].uai, v.q)
		t.day, t.as, t.kind = max(v.q.At, FirstDay), as, nobody
		if n, ok := v.c.schoolKinds.find(kind); ok {
			t.kind = n
		}
	}
	return *t
}

// together gives the lines of a block that a span of it is of.
func (c *lineCounts) together(b *countedBlock, s *span) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		alone := c.alone(b)
		for l := range b.lines() {
			if alone != nil && alone[l-b.first] > 0 && c.aparts[alone[l-b.first]-1].since <= s.since {
				continue
			}
			if !yield(l) {
				return
			}
		}
	}
}

// sumOf is what the lines come to that a span of a block is of.
func (c *lineCounts) sumOf(b *countedBlock, s *span) (t LineSum) {
	for l := range c.together(b, s) {
		t = t.Plus(c.lines[l].count.lineSum())
	}
	return t
}
