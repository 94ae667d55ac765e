package projections

import "registre/domain"

// MembersAnswer says who is a member, and in which role.
type MembersAnswer struct {
	At       domain.Day     `json:"at"`
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
	Members  []MemberEntry  `json:"members"` // by their ids
}

// MemberEntry is one member.
type MemberEntry struct {
	Formerly  []domain.MemberID `json:"formerly,omitempty"` // whom it succeeded, in the order the succession names them
	Member    domain.MemberID   `json:"member"`
	Name      string            `json:"name"`
	Precision string            `json:"precision,omitempty"` // of since: "month" or "year"; left out for a day
	Roles     []string          `json:"roles,omitempty"`     // in the order of domain.Roles
	Since     domain.Date       `json:"since"`
	Why       []uint64          `json:"why,omitempty"` // the events that membership and roles follow from
}

// Members answers: who is a member, since when, formerly whom, and in which role?
func Members(g *domain.Group, q Question, why bool) MembersAnswer {
	q = q.resolved(g)
	a := MembersAnswer{
		At: q.At, Group: q.Group, Known: q.Known,
		Doubtful: doubts(g, q.Pair(), domain.TouchMembers|domain.TouchRoles, ""),
	}
	rows := g.Members(q.Pair())
	a.Members = make([]MemberEntry, len(rows))
	for i := range rows {
		row := &rows[i]
		a.Members[i] = MemberEntry{
			Formerly: row.Formerly, Member: row.Member, Name: row.Name,
			Precision: precision(row.Since), Roles: row.Roles, Since: row.Since,
		}
		if why {
			a.Members[i].Why = whyMember(g, row, q)
		}
	}
	return a
}

func whyMember(g *domain.Group, row *domain.MemberRow, q Question) []uint64 {
	events := []uint64{row.Event}
	for _, role := range row.Roles {
		_, by := g.Holder(role, q.Pair())
		events = append(events, by)
	}
	return because(g, q.Known, events...)
}
