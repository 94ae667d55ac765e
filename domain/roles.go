package domain

// Roles lists the roles there are.
var Roles = []string{Coordinator, Pilot}

func (c *RoleGiven) mark(p *pen) { p.role(c.Role, c) }
func (c *RoleEnded) mark(p *pen) { p.role(c.Role, nil) }

func (p *pen) role(role string, to *RoleGiven) {
	if p.g.roles == nil {
		p.g.roles = make(map[string]*Timeline[*RoleGiven])
	}
	t := p.g.roles[role]
	if t == nil {
		t = new(Timeline[*RoleGiven])
		p.g.roles[role] = t
	}
	mark(p, t, to)
	p.doubt(TouchRoles, "")
}

// Holder is the member that holds a role at q, and the event that gave it; "" where it is vacant. A role passes by law to
// whoever alone succeeds its holder, and falls vacant when its holder leaves otherwise.
func (g *Group) Holder(role string, q Pair) (MemberID, uint64) {
	t := g.roles[role]
	if t == nil {
		return "", 0
	}
	e := t.on(q.At, q.Known)
	if e == nil || e.Value == nil {
		return "", 0
	}
	id, p, end := e.Value.Member, e.Place, endOf(q.At)
	for {
		m := g.members.find(id)
		if m == nil {
			return "", 0
		}
		left := m.left(p, end, q.Known)
		switch {
		case left == nil && m.activeAt(end, q.Known):
			return id, e.Place.Number
		case left == nil || left.Value.by == nil || len(left.Value.by.Successors) != 1:
			return "", 0
		}
		id = left.Value.by.Successors[0].Member
		if p.less(left.Place) {
			p = left.Place
		}
	}
}

// left is how a member that comes to something at p left by the end: by the succession that had ended it before p, or as
// the first after p says; nil where it did not.
func (m *member) left(p, end Place, known uint64) *entry[standing] {
	if s := m.standing.floor(p, known); s != nil && !s.Value.active && s.Value.by != nil {
		return s
	}
	for s := range m.standing.from(p.Day, known) {
		switch {
		case end.less(s.Place):
			return nil
		case p.less(s.Place) && !s.Value.active:
			return s
		}
	}
	return nil
}
