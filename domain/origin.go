package domain

import "slices"

// How a member comes to a weight, besides Sum, Keep and Set.
const (
	Tabled = "table"  // a table of the body gives it
	Joined = "joined" // it joined with it
)

// Why a member holds no weight.
const (
	WithoutBody   = "no-body"   // the body does not exist on the day
	WithoutMember = "no-member" // it is no member on the day
	WithoutWeight = "no-weight" // nothing gives it one
)

// A WeightOrigin is a member's weight on a day, and what gives it. For every origin o that is not None or Undetermined and has
// parts, o.Weight is the sum of theirs, those that are None left out.
type WeightOrigin struct {
	Member       MemberID
	Day          Day // on which it is so; of a part, that of the succession, just before it
	Weight       Weight
	None         bool // it holds none: Way says why
	Undetermined bool // nobody has said it: by the succession Event, or by that of a part
	Way          string
	Event        uint64         // that gives it: the table, the joining, the succession; 0 where nothing does
	Body         uint64         // the event that made the body what it is; of a part 0
	Membership   uint64         // the event that made the member one, or ended that; 0 where nothing did
	Table        uint64         // of who has no weight: the table that gives it none; 0 where there is none
	Parts        []WeightOrigin // of a succession that sums or keeps
}

// WeightOrigin tells where a member's weight in a body at q comes from. Weight and Undetermined are those of the member's row
// in [Group.Weights]; it is None where there is no such row.
func (g *Group) WeightOrigin(id BodyID, m MemberID, q Pair) WeightOrigin {
	o := WeightOrigin{Member: m, Day: q.At, None: true, Way: WithoutBody}
	b := g.bodies.find(id)
	if b == nil {
		return o
	}
	if b.existsOn(q.At, q.Known) {
		o = g.originOf(b, id, m, endOf(q.At), q.Known)
	}
	if e := b.life.on(q.At, q.Known); e != nil {
		o.Body = e.Place.Number
	}
	return o
}

func (g *Group) originOf(b *body, body BodyID, id MemberID, p Place, known uint64) WeightOrigin {
	o := WeightOrigin{Member: id, Day: p.Day, None: true, Way: WithoutMember}
	m, ok := g.members.place[id]
	if !ok {
		return o
	}
	s := g.members.all[m].standing.floor(p, known)
	if s == nil {
		return o
	}
	if o.Membership = s.Place.Number; !s.Value.active {
		return o
	}
	newest := b.tables.floor(p, known)
	v := g.voiceOf(b, m, p, newest, known)
	o.None, o.Weight, o.Undetermined, o.Event = v.none, v.weight, v.undetermined, v.event
	switch {
	case v.cell != nil:
		g.passedTo(&o, b, body, v.cell, known)
	case v.none:
		o.Way = WithoutWeight
		if newest != nil {
			o.Table = newest.Place.Number
		}
	default:
		o.Way = Tabled
	}
	return o
}

// passedTo tells of a weight apart from the tables how it came about.
func (g *Group) passedTo(o *WeightOrigin, b *body, body BodyID, c *entry[cell], known uint64) {
	o.Way, o.Day = Joined, c.Place.Day
	s := g.members.all[g.members.place[o.Member]].standing.floor(c.Place, known)
	if s != nil && s.Value.by != nil {
		for i := range s.Value.by.Policies {
			if policy := &s.Value.by.Policies[i]; policy.Body == body {
				o.Way = policy.Way
			}
		}
	}
	for _, heir := range c.Value.heirs {
		o.Parts = append(o.Parts, g.originOf(b, body, heir, c.Place.before(), known))
	}
}

// Passed gives the successions by which what a member had on a day has come to others at q, and of a member that had itself been
// succeeded to before, how it came back; ascending, each once. None where it has simply stayed its own.
func (g *Group) Passed(id MemberID, on Day, q Pair) []uint64 {
	found := g.passed(id, endOf(on), q)
	slices.Sort(found)
	return slices.Compact(found)
}

func (g *Group) passed(id MemberID, p Place, q Pair) (found []uint64) {
	m := g.members.find(id)
	if m == nil {
		return nil
	}
	if s := m.standing.floor(p, q.Known); s != nil && s.Value.active {
		if was := m.standing.floor(s.Place.before(), q.Known); was != nil && !was.Value.active {
			found = append(found, s.Place.Number)
		}
	}
	left := m.left(p, endOf(q.At), q.Known)
	if left == nil || left.Value.by == nil {
		return found
	}
	if p.less(left.Place) {
		p = left.Place
	}
	found = append(found, left.Place.Number)
	for _, s := range left.Value.by.Successors {
		found = append(found, g.passed(s.Member, p, q)...)
	}
	return found
}

// GoneOn gives the events by which a school goes on at q under another code, in their order: none where it has its own.
func (g *Group) GoneOn(u UAI, q Pair) (found []uint64) {
	end, last := endOf(q.At), Place{}
	for s := g.schools.find(u); s != nil; s = g.schools.find(u) {
		e := s.life.floor(end, q.Known)
		if e == nil || e.Value.to == 0 || !last.less(e.Place) {
			break
		}
		found = append(found, e.Place.Number)
		u, last = e.Value.to, e.Place
	}
	return found
}

// FactsBy gives the events that say what a school is at q: the one that gives its facts, and the moves by which it kept them.
func (g *Group) FactsBy(u UAI, q Pair) (found []uint64) {
	for p := endOf(q.At); ; {
		var e *entry[schooling]
		if s := g.schools.find(u); s != nil {
			e = s.life.floor(p, q.Known)
		}
		switch {
		case e == nil:
			return found
		case e.Value.facts != nil:
			return append(found, e.Place.Number)
		case e.Value.moved != nil:
			found, u = append(found, e.Place.Number), e.Value.moved.School
		}
		p = e.Place.before()
	}
}

// OrderedLines gives the lines of an order form that are weighed against the ceiling of its agreement at q, by school and cycle,
// whether its period runs or not: each from the day of the act that says it, none once the form is cancelled.
func (g *Group) OrderedLines(n OrderNumber, q Pair) []OrderLine {
	lines := new(OrderedLines).Append(nil, g, n, q)
	SortOrderLines(lines)
	return lines
}

// SortOrderLines sorts the lines of one order form by school and cycle.
func SortOrderLines(lines []OrderLine) {
	slices.SortFunc(lines, func(a, b OrderLine) int { return a.compare(b.LineKey) }) // no two have the same key
}

// OrderedLines is the room in which the lines of one order form after the other are made. The zero OrderedLines has none yet.
type OrderedLines struct{ amended map[LineKey]OrderLine }

// Append is Group.OrderedLines, appended to dst in no order that counts, for those who add them up.
func (r *OrderedLines) Append(dst []OrderLine, g *Group, n OrderNumber, q Pair) []OrderLine {
	i, ok := g.orders.place[n]
	if !ok {
		return dst
	}
	o := g.orders.all[i]
	e := o.issue(q.Known)
	if e == nil || o.cancelled(q.At, q.Known) != nil {
		return dst
	}
	if r.amended == nil {
		r.amended = map[LineKey]OrderLine{}
	}
	before := len(dst)
	dst = o.appendLines(slices.Grow(dst, e.Value.Lines.Len()), r.amended, q.At, q.Known)
	if e.Place.Day <= q.At {
		return dst
	}
	of := slices.DeleteFunc(dst[before:], func(l OrderLine) bool { return l.Event == e.Place.Number })
	return dst[:before+len(of)]
}
