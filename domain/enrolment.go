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

func figure(gross, taken Tally) Figure {
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
// Without dimensions, or by one other than the school, and for one value of one, it takes the logarithm of the history for each
// value. Otherwise it looks at each block of lines in force, or at each line where schools are asked for.
func (g *Group) Enrolment(q Pair, s Selection) (total Figure, rows []EnrolmentRow) {
	s.By = s.By[:min(len(s.By), 2)]
	v := viewing{g: g, c: &g.counts, q: q, by: s.By, sums: make(map[[2]uint32]*tallied)}
	if !v.resolve(s.Where) {
		return total, nil
	}
	if !v.fromCells() {
		v.fromSpans()
	}
	var gross, taken Tally
	for keys, t := range v.sums {
		gross, taken = gross.Plus(t.gross), taken.Plus(t.taken)
		if len(s.By) == 0 || t.gross.IsZero() {
			continue
		}
		row := EnrolmentRow{Figure: figure(t.gross, t.taken)}
		for i, d := range s.By {
			row.Keys = append(row.Keys, v.text(d, keys[i]))
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b EnrolmentRow) int { return slices.Compare(a.Keys, b.Keys) })
	return figure(gross, taken), rows
}

// tallied is what some lines come to, and what of it is taken away again.
type tallied struct{ gross, taken Tally }

// viewing is one look at the lines in force.
type viewing struct {
	g     *Group
	c     *lineCounts
	q     Pair
	by    []Dimension
	where []wanted
	sums  map[[2]uint32]*tallied
	heirs map[[2]uint32]uint32 // of a member that ordered on a day
	seen  []turn               // what schools are, those of day 0 not yet looked up
	alike []alikeLines         // room

	lines, schools bool // each line must be looked at; its school is asked for
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
	asked := slices.Clone(v.by)
	for _, w := range v.where {
		asked = append(asked, w.by)
	}
	v.lines, v.schools = slices.ContainsFunc(asked, Dimension.ofSchools), slices.Contains(asked, BySchool)
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

// text is a value as it is spelled.
func (v *viewing) text(d Dimension, value uint32) string {
	if value == nobody {
		return ""
	}
	switch d {
	case ByMember, ByFormerly:
		return string(v.g.members.ids[value])
	case ByAgreement:
		return string(v.g.agreements.ids[value])
	case BySchoolYear:
		return schoolYearText(int(value))
	case ByCycle:
		return string(v.c.cycles.all[value])
	case ByHeadcountKind:
		return string(v.c.kinds.all[value])
	case BySchool:
		return UAI(value).String()
	case BySchoolKind:
		return string(v.c.schoolKinds.all[value])
	}
	return ""
}

// fromCells answers from the sums of cells; false where these do not tell.
func (v *viewing) fromCells() bool {
	of := ofAll
	switch {
	case len(v.by)+len(v.where) > 1:
		return false
	case len(v.by) == 1:
		of = v.by[0]
	case len(v.where) == 1:
		of = v.where[0].by
	}
	cells := of
	if of == ByMember {
		cells = ByFormerly
	}
	if of == BySchool || of == ByMember && !v.g.steadyMembers(v.q.Known) {
		return false
	}
	for _, cell := range v.c.values[cells] {
		value := cell.value
		if of == ByMember {
			value = v.heir(value, FirstDay)
		}
		if len(v.where) == 1 && value != v.where[0].value {
			continue
		}
		c := &v.c.cells[cell.cell]
		t := tallied{gross: c.gross.on(v.q.At, v.q.Known)}
		if t.gross.Lines > 0 {
			t.taken = c.taken.on(v.q.At, v.q.Known)
			v.add([2]uint32{value}, t)
		}
	}
	return true
}

func (v *viewing) add(keys [2]uint32, t tallied) {
	if len(v.by) == 0 {
		keys = [2]uint32{}
	}
	sum := v.sums[keys]
	if sum == nil {
		sum = new(tallied)
		v.sums[keys] = sum
	}
	sum.gross, sum.taken = sum.gross.Plus(t.gross), sum.taken.Plus(t.taken)
}

// steadyMembers reports whether, as known, nobody became a member again: then all that a member ever ordered passes to the
// same heirs, whenever it ordered.
func (g *Group) steadyMembers(known uint64) bool {
	for _, m := range g.members.all {
		left := false
		for e := range m.standing.from(FirstDay, known) {
			if left {
				return false
			}
			left = !e.Value.active
		}
	}
	return true
}

// heir is the one for whom counts what a member had at the end of a day; nobody where there are several.
func (v *viewing) heir(member uint32, day Day) uint32 {
	key := [2]uint32{member, uint32(day)}
	if h, ok := v.heirs[key]; ok {
		return h
	}
	h := nobody
	if all := v.g.heirs(v.g.members.ids[member], endOf(day), v.q); len(all) == 1 {
		h = uint32(v.g.members.place[all[0]])
	}
	if v.heirs == nil {
		v.heirs = make(map[[2]uint32]uint32)
	}
	v.heirs[key] = h
	return h
}

// fromSpans answers from the blocks and lines in force.
func (v *viewing) fromSpans() {
	for s := range v.c.spans.on(v.q) {
		b := &v.c.blocks[s.of]
		if !v.lines {
			v.look(b, s.issue, nil, tallied{gross: s.tally})
			continue
		}
		alike := v.alike[:0]
		for l := range v.c.together(b, s) {
			alike = v.join(alike, &v.c.lines[l])
		}
		for i := range alike {
			v.look(b, s.issue, alike[i].line, tallied{gross: alike[i].tally})
		}
		v.alike = alike
	}
	for s := range v.c.singles.on(v.q) {
		line := &v.c.lines[s.of]
		v.look(&v.c.blocks[line.block], s.issue, line, tallied{gross: s.tally})
	}
	for s := range v.c.takes.on(v.q) {
		line := &v.c.lines[s.of]
		v.look(&v.c.blocks[line.block], s.issue, line, tallied{taken: s.tally})
	}
}

// alikeLines are lines of one block that no dimension tells apart which is asked for; line is one of them.
type alikeLines struct {
	turn
	line  *countedLine
	tally Tally
}

// join adds a line to those that are like it: of the same kind of school, and of the same school where that is asked for.
func (v *viewing) join(all []alikeLines, line *countedLine) []alikeLines {
	t := v.school(line)
	if !v.schools {
		for i := range all {
			if all[i].kind == t.kind {
				all[i].tally = all[i].tally.Plus(line.count.tally())
				return all
			}
		}
	}
	return append(all, alikeLines{t, line, line.count.tally()})
}

// look adds up what is asked for of some lines of a block; line is nil where none of it depends on which.
func (v *viewing) look(b *countedBlock, issue uint32, line *countedLine, t tallied) {
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
		return s.on(v.q.At)
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
		for l := range b.lines() {
			if b.loose {
				if a := c.apart[l]; a != nil && a.since <= s.since {
					continue
				}
			}
			if !yield(l) {
				return
			}
		}
	}
}
