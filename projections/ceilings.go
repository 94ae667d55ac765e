package projections

import "registre/domain"

// CeilingsAnswer weighs what was ordered against the ceilings of the framework agreements.
type CeilingsAnswer struct {
	At       domain.Day     `json:"at"`
	Ceilings []CeilingEntry `json:"ceilings"` // of the agreements that are valid on the day, by their ids
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
}

// CeilingEntry is what was ordered under one agreement by the day, in the period that the day is in. Amount and Pupils are "at
// least" where their unknown is above 0.
type CeilingEntry struct {
	Agreement     domain.AgreementID `json:"agreement"`
	Amount        domain.Money       `json:"amount,omitzero"`  // none where no price is known
	Ceiling       domain.Ceiling     `json:"ceiling,omitzero"` // none where none is set
	From          domain.Day         `json:"from"`             // of the period
	Lines         int                `json:"lines"`            // ordered
	Past          bool               `json:"past,omitzero"`    // more than the ceiling is ordered
	Percent       *int64             `json:"percent,omitzero"` // of the ceiling, rounded down
	Pupils        int64              `json:"pupils"`           // ordered
	UnknownAmount int                `json:"unknown_amount"`   // lines whose headcount or price is unknown
	UnknownPupils int                `json:"unknown_pupils"`   // lines whose headcount is unknown
	Until         domain.Day         `json:"until"`            // the day after the last of the period
	Warning       int                `json:"warning,omitzero"` // 80 or 90: so many percent are reached
	Event         uint64             `json:"-"`                // that began the period
}

// Ceilings answers: how much of each ceiling is used?
func Ceilings(g *domain.Group, q Question) CeilingsAnswer {
	q = q.resolved(g)
	a := CeilingsAnswer{
		At: q.At, Ceilings: []CeilingEntry{}, Group: q.Group, Known: q.Known,
		Doubtful: doubts(g, q.Pair(), domain.TouchOrders|domain.TouchAgreements, ""),
	}
	for _, row := range g.Spending(q.Pair()) {
		e := CeilingEntry{
			Agreement: row.Agreement, Amount: row.Amount, Ceiling: row.Period.Ceiling, From: row.Period.From, Until: row.Period.Until,
			Lines: row.Lines, Pupils: row.Pupils, UnknownPupils: row.UnknownPupils, UnknownAmount: row.UnknownAmount, Past: row.Past(),
			Event: row.Period.Event,
		}
		if percent, ok := row.Percent(); ok {
			e.Percent = &percent
			switch {
			case percent >= 90:
				e.Warning = 90
			case percent >= 80:
				e.Warning = 80
			}
		}
		a.Ceilings = append(a.Ceilings, e)
	}
	return a
}
