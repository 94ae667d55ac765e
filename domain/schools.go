package domain

// school is the life of one school under one code.
type school struct {
	life Timeline[schooling]
}

// schooling is what a school is from a place on.
type schooling struct {
	facts  *SchoolFacts // while it is open; nil where it has them from before it moved
	moved  *SchoolMoved // by which it came to this code
	to     UAI          // the code under which it goes on, once it moved or merged
	merged bool         // it goes on as another school
}

func (s schooling) open() bool { return s.facts != nil || s.moved != nil }

func (a *SchoolOpened) mark(p *pen)    { p.school(a.School, schooling{facts: &a.SchoolFacts}) }
func (a *SchoolDescribed) mark(p *pen) { p.school(a.School, schooling{facts: &a.SchoolFacts}) }
func (a *SchoolClosed) mark(p *pen)    { p.school(a.School, schooling{}) }

func (a *SchoolsMerged) mark(p *pen) {
	p.g.schools.at(a.Into)
	for _, u := range a.Schools {
		p.school(u, schooling{to: a.Into, merged: true})
	}
}

func (a *SchoolMoved) mark(p *pen) {
	p.school(a.To, schooling{moved: a})
	p.school(a.School, schooling{to: a.To})
}

func (p *pen) school(u UAI, s schooling) {
	if s.to != 0 {
		p.g.counts.relate(u, s.to)
	}
	if s.moved != nil {
		p.g.counts.relate(u, s.moved.School)
	}
	p.reschool(u, func() { mark(p, &p.g.schools.get(u).life, s) })
	p.doubt(TouchSchools|TouchOrders, "")
}

// SchoolAt is the code under which the lines of a school count at q: its own, or that under which it goes on, however often
// it moved or merged.
func (g *Group) SchoolAt(u UAI, q Pair) UAI {
	end, last := endOf(q.At), Place{}
	for {
		s := g.schools.find(u)
		if s == nil {
			return u
		}
		e := s.life.floor(end, q.Known)
		if e == nil || e.Value.to == 0 || !last.less(e.Place) {
			return u // or it went on before that from which we come went on as it: no command that was judged says so
		}
		u, last = e.Value.to, e.Place
	}
}

// SchoolRow is one school on a day.
type SchoolRow struct {
	School UAI
	SchoolFacts
	Open     bool
	Since    Date   // of what it is
	Event    uint64 // that made it what it is
	Into     UAI    // under which it goes on, once it moved or merged
	Merged   bool
	Formerly []UAI // the codes that go on under this one, on that day, directly or not, ascending
}

// Schools gives the schools at q, those that have ended too, by their codes.
func (g *Group) Schools(q Pair) []SchoolRow {
	rows, place := make([]SchoolRow, 0, len(g.schools.order)), map[UAI]int{}
	for _, i := range g.schools.order {
		if row, ok := g.School(g.schools.ids[i], q); ok {
			place[row.School] = len(rows)
			rows = append(rows, row)
		}
	}
	for i := range rows {
		if now, ok := place[g.SchoolAt(rows[i].School, q)]; ok && now != i {
			rows[now].Formerly = append(rows[now].Formerly, rows[i].School)
		}
	}
	return rows
}

// School is the row of one school, without what it was formerly; ok is false where there is none at q.
func (g *Group) School(u UAI, q Pair) (row SchoolRow, ok bool) {
	s := g.schools.find(u)
	if s == nil {
		return row, false
	}
	e := s.life.on(q.At, q.Known)
	if e == nil {
		return row, false
	}
	row = SchoolRow{
		School: u, Open: e.Value.open(), Event: e.Place.Number, Since: g.dateOf(e.Place.Number, q.Known),
		Into: e.Value.to, Merged: e.Value.merged,
	}
	row.SchoolFacts = g.factsOf(u, e.Place, q.Known)
	return row, true
}

// factsOf are the facts of a school as of a place: its own, or those it had when it ended, or where it moved from.
func (g *Group) factsOf(u UAI, p Place, known uint64) SchoolFacts {
	var address *string
	for {
		var e *entry[schooling]
		if s := g.schools.find(u); s != nil {
			e = s.life.floor(p, known)
		}
		switch {
		case e == nil || e.Value.facts != nil:
			var facts SchoolFacts
			if e != nil {
				facts = *e.Value.facts
			}
			if address != nil {
				facts.Address = *address
			}
			return facts
		case e.Value.moved != nil:
			if u = e.Value.moved.School; address == nil {
				address = &e.Value.moved.Address
			}
		}
		p = e.Place.before()
	}
}

// HasSchool reports whether a school of that code is open at q.
func (g *Group) HasSchool(u UAI, q Pair) bool {
	s := g.schools.find(u)
	if s == nil {
		return false
	}
	e := s.life.on(q.At, q.Known)
	return e != nil && e.Value.open()
}

// HeardOfSchool reports whether the register, as known, ever speaks of a school of that code.
func (g *Group) HeardOfSchool(u UAI, known uint64) bool {
	s := g.schools.find(u)
	return s != nil && !s.life.empty(known)
}

// OpenFor reports whether a school is open on each of the days from from on and before until, under its code or those
// under which it goes on.
func (g *Group) OpenFor(u UAI, from, until Day, known uint64) bool {
	at := endOf(from)
	for {
		s := g.schools.find(u)
		if s == nil {
			return false
		}
		if e := s.life.floor(at, known); e == nil || !e.Value.open() {
			return false
		}
		left := s.leaves(at, until, known)
		switch {
		case left == nil:
			return true
		case left.Value.to == 0:
			return false
		}
		u, at = left.Value.to, left.Place
	}
}

// leaves is how a school that is open at p first ends behind it, before a day; nil where it does not.
func (s *school) leaves(p Place, before Day, known uint64) *entry[schooling] {
	for e := range s.life.from(p.Day, known) {
		switch {
		case e.Place.Day >= before:
			return nil
		case p.less(e.Place) && !e.Value.open():
			return e
		}
	}
	return nil
}
