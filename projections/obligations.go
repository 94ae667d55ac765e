package projections

import "registre/domain"

// ObligationsAnswer quotes the obligations of the members.
type ObligationsAnswer struct {
	At          domain.Day        `json:"at"`
	Doubtful    []Doubt           `json:"doubtful,omitempty"`
	Group       domain.GroupID    `json:"group"`
	Known       uint64            `json:"known"`
	Obligations []ObligationEntry `json:"obligations"` // by their articles
}

// ObligationEntry is what one article says.
type ObligationEntry struct {
	Article string `json:"article"`
	Text    string `json:"text"`
}

// Obligations answers: what must the members do?
func Obligations(g *domain.Group, q Question) ObligationsAnswer {
	q = q.resolved(g)
	a := ObligationsAnswer{At: q.At, Group: q.Group, Known: q.Known, Obligations: []ObligationEntry{}}
	a.Doubtful = doubts(g, q.Pair(), domain.TouchDuties, "")
	for _, o := range g.Obligations(q.Pair()) {
		a.Obligations = append(a.Obligations, ObligationEntry{Article: o.Article, Text: o.Text})
	}
	return a
}
