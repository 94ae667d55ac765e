package domain

import (
	"slices"
	"sort"
)

// body is one body's life and the weights that count in it.
type body struct {
	life    Timeline[life]
	voting  map[ItemKind]*Timeline[*VotingRuleSet]
	tables  Timeline[*table]
	cells   []*Timeline[cell] // by the place of the member; nil where it never had a weight of its own
	owners  []int32           // the places of those who had, in the order of their ids
	lastOwn Place             // no cell stands, or ever stood, behind it
}

// life is what a body is from a place on.
type life struct {
	exists bool
	name   string
	by     BodyID // its successor, once replaced
}

func (c *BodyCreated) mark(p *pen)   { p.live(c.Body, life{exists: true, name: c.Name}) }
func (c *BodyRenamed) mark(p *pen)   { p.live(c.Body, life{exists: true, name: c.Name}) }
func (c *BodyDissolved) mark(p *pen) { p.live(c.Body, life{}) }
func (c *BodyReplaced) mark(p *pen) {
	p.live(c.By, life{exists: true, name: c.Name})
	p.live(c.Body, life{by: c.By})
	p.doubt(TouchBodies|TouchWeights, "") // of both
}

func (p *pen) live(id BodyID, l life) {
	mark(p, &p.g.bodies.get(id).life, l)
	p.doubt(TouchBodies|TouchWeights, id)
}

// own marks a weight of member m's own in a body.
func (p *pen) own(id BodyID, m int, c cell) {
	b := p.g.bodies.get(id)
	if m >= len(b.cells) || b.cells[m] == nil {
		b.admit(m, p.g.members.ids)
	}
	mark(p, b.cells[m], c)
	if at := p.place(); b.lastOwn.less(at) {
		b.lastOwn = at
	}
}

// admit makes an owner of member m.
func (b *body) admit(m int, ids []MemberID) {
	for len(b.cells) <= m {
		b.cells = append(b.cells, nil)
	}
	b.cells[m] = new(Timeline[cell])
	i := sort.Search(len(b.owners), func(i int) bool { return ids[b.owners[i]] > ids[m] })
	b.owners = slices.Insert(b.owners, i, int32(m))
}

func (b *body) existsOn(day Day, known uint64) bool {
	e := b.life.on(day, known)
	return e != nil && e.Value.exists
}

// BodyRow is one body on a day.
type BodyRow struct {
	Body       BodyID
	Name       string // its last one
	Exists     bool
	Since      Date   // of its present name, or of its end
	Event      uint64 // that made it what it is
	ReplacedBy BodyID
}

// Bodies gives the bodies at q, those that have ended too, in the order of their ids.
func (g *Group) Bodies(q Pair) []BodyRow {
	rows := make([]BodyRow, 0, len(g.bodies.order))
	for _, i := range g.bodies.order {
		e := g.bodies.all[i].life.on(q.At, q.Known)
		if e == nil {
			continue
		}
		row := BodyRow{
			Body: g.bodies.ids[i], Name: e.Value.name, Exists: e.Value.exists,
			Since: g.dateOf(e.Place.Number, q.Known), Event: e.Place.Number, ReplacedBy: e.Value.by,
		}
		for row.Name == "" && e != nil {
			row.Name, e = e.Value.name, g.bodies.all[i].life.floor(e.Place.before(), q.Known)
		}
		rows = append(rows, row)
	}
	return rows
}

// BodyName is the last name of a body as known, "" where nobody ever heard of one of that id.
func (g *Group) BodyName(id BodyID, known uint64) string {
	b := g.bodies.find(id)
	if b == nil {
		return ""
	}
	e := b.life.on(LastDay, known)
	for e != nil && e.Value.name == "" {
		e = b.life.floor(e.Place.before(), known)
	}
	if e == nil {
		return ""
	}
	return e.Value.name
}

// HasBody reports whether a body of that id exists at q.
func (g *Group) HasBody(id BodyID, q Pair) bool {
	b := g.bodies.find(id)
	return b != nil && b.existsOn(q.At, q.Known)
}

// HeardOfBody reports whether the register, as known, ever speaks of a body.
func (g *Group) HeardOfBody(id BodyID, known uint64) bool {
	b := g.bodies.find(id)
	return b != nil && !b.life.empty(known)
}
