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
	for _, d := range doubts(g, q.Pair(), domain.TouchTexts, "") {
		if obliges(g, d.Event, q.Known) {
			a.Doubtful = append(a.Doubtful, d)
		}
	}
	for _, o := range g.Obligations(q.Pair()) {
		a.Obligations = append(a.Obligations, ObligationEntry{Article: o.Article, Text: o.Text})
	}
	return a
}

// obliges reports whether an event can set obligations: not one that only drafts, approves or signs.
func obliges(g *domain.Group, n, known uint64) bool {
	e, _ := g.Said(n, known)
	switch e.Act.(type) {
	case *domain.GroupFounded, *domain.AvenantEnteredIntoForce, *domain.ObligationSet:
		return true
	}
	return false
}
