package projections

import (
	"slices"

	"registre/domain"
)

// RightsAnswer says who could act in the doors of the house, and as what.
type RightsAnswer struct {
	At     domain.Day     `json:"at"`
	Group  domain.GroupID `json:"group"` // the house
	Known  uint64         `json:"known"`
	Rights []RightEntry   `json:"rights"` // by principal and number
}

// RightEntry is a right that stands on the day.
type RightEntry struct {
	Body      domain.BodyID      `json:"body,omitempty"`
	EndedBy   uint64             `json:"ended_by,omitzero"` // the event that ends it before its time
	Event     uint64             `json:"event"`             // that granted it
	Every     bool               `json:"every,omitzero"`
	From      domain.Day         `json:"from"`
	Groups    []domain.GroupID   `json:"groups,omitempty"`
	Member    domain.MemberID    `json:"member,omitempty"`
	Principal domain.PrincipalID `json:"principal"`
	Role      string             `json:"role"`
	Sitting   domain.SittingID   `json:"sitting,omitempty"`
	Until     domain.Day         `json:"until,omitzero"` // the first day on which it no longer stands
}

// Rights answers: who could act on that day? Each of group, principal and role, where it is not "", leaves out what is of another.
func Rights(g *domain.Group, q Question, group domain.GroupID, principal domain.PrincipalID, role string) RightsAnswer {
	q = q.resolved(g)
	a := RightsAnswer{At: q.At, Group: q.Group, Known: q.Known, Rights: []RightEntry{}}
	rows := g.Rights(q.Pair())
	if principal != "" {
		rows = g.RightsOf(principal, q.Pair())
	}
	for _, r := range rows {
		if group != "" && !r.Every && !slices.Contains(r.Groups, group) || role != "" && r.Role != role {
			continue
		}
		a.Rights = append(a.Rights, RightEntry{
			Body: r.Body, EndedBy: r.EndedBy, Event: r.Event, Every: r.Every, From: r.From, Groups: r.Groups, Member: r.Member,
			Principal: r.Principal, Role: r.Role, Sitting: r.Sitting, Until: r.Until,
		})
	}
	return a
}
