package domain

// member is one member's time in the group.
type member struct {
	standing Timeline[standing]
}

// standing is whether one is a member from a place on, and by what.
type standing struct {
	active bool
	name   string            // while active
	by     *MembersSucceeded // the succession that began it, or ended it
}

func (c *MemberJoined) mark(p *pen) {
	m := p.g.members.at(c.Member)
	p.turn(m, standing{active: true, name: c.Name})
	for _, w := range c.Weights {
		p.own(w.Body, m, cell{weight: w.Weight})
	}
}

func (c *MemberWithdrew) mark(p *pen) {
	p.turn(p.g.members.at(c.Member), standing{})
}

func (c *MembersSucceeded) mark(p *pen) {
	for _, m := range c.Predecessors {
		p.turn(p.g.members.at(m), standing{by: c})
	}
	for _, s := range c.Successors {
		m := p.g.members.at(s.Member)
		p.turn(m, standing{active: true, name: s.Name, by: c})
		for i := range c.Policies {
			c.pass(p, m, s.Member, &c.Policies[i])
		}
	}
}

// pass marks what becomes of a weight when it comes to successor m.
func (c *MembersSucceeded) pass(p *pen, m int, id MemberID, policy *Policy) {
	v := cell{undetermined: true}
	switch policy.Way {
	case Sum:
		v = cell{heirs: c.Predecessors}
	case Keep:
		p.g.members.at(policy.Of)
		v = cell{heirs: []MemberID{policy.Of}}
	default:
		for _, w := range policy.Weights {
			if w.Member == id {
				v = cell{weight: w.Weight}
			}
		}
	}
	p.own(policy.Body, m, v)
}

// turn marks that a membership begins or ends.
func (p *pen) turn(m int, s standing) {
	mark(p, &p.g.members.all[m].standing, s)
	mark(p, &p.g.turnover, struct{}{})
	p.doubt(TouchMembers|TouchWeights|TouchRoles|TouchTexts, "")
}

// MemberRow is one member on a day.
type MemberRow struct {
	Member   MemberID
	Name     string
	Since    Date
	Event    uint64     // that made it a member
	Formerly []MemberID // whom it succeeded
	Roles    []string
}

// Members gives the members at q, in the order of their ids.
func (g *Group) Members(q Pair) []MemberRow {
	rows := make([]MemberRow, 0, len(g.members.order))
	holders := map[string]MemberID{}
	for _, role := range Roles {
		holders[role], _ = g.Holder(role, q)
	}
	for _, i := range g.members.order {
		e := g.members.all[i].standing.on(q.At, q.Known)
		if e == nil || !e.Value.active {
			continue
		}
		row := MemberRow{Member: g.members.ids[i], Name: e.Value.name, Event: e.Place.Number, Since: g.dateOf(e.Place.Number, q.Known)}
		if e.Value.by != nil {
			row.Formerly = e.Value.by.Predecessors
		}
		for _, role := range Roles {
			if holders[role] == row.Member {
				row.Roles = append(row.Roles, role)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (g *Group) dateOf(n, known uint64) Date {
	e, _ := g.Said(n, known)
	return e.Effective
}

// IsMember reports whether id is a member at q.
func (g *Group) IsMember(id MemberID, q Pair) bool {
	m := g.members.find(id)
	return m != nil && m.activeAt(endOf(q.At), q.Known)
}

func (m *member) activeAt(p Place, known uint64) bool {
	e := m.standing.floor(p, known)
	return e != nil && e.Value.active
}

// EveryMember gives all whom any event has ever named as a member, in the order of their ids.
func (g *Group) EveryMember() []MemberID {
	all := make([]MemberID, 0, len(g.members.order))
	for _, i := range g.members.order {
		all = append(all, g.members.ids[i])
	}
	return all
}

// MemberName is the last name of a member as known, "" where nobody of that id was ever heard of.
func (g *Group) MemberName(id MemberID, known uint64) string {
	m := g.members.find(id)
	if m == nil {
		return ""
	}
	e := m.standing.on(LastDay, known)
	for e != nil && !e.Value.active {
		e = m.standing.floor(e.Place.before(), known)
	}
	if e == nil {
		return ""
	}
	return e.Value.name
}
