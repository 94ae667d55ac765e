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
	id := e.Value.Member
	for range len(g.members.all) {
		m := g.members.find(id)
		s := m.standing.on(q.At, q.Known)
		switch {
		case s == nil:
			return "", 0
		case s.Value.active:
			return id, e.Place.Number
		case s.Value.by == nil || len(s.Value.by.Successors) != 1:
			return "", 0
		}
		id = s.Value.by.Successors[0].Member
	}
	return "", 0
}
