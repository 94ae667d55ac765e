package projections

import "registre/domain"

// AgreementsAnswer says which framework agreements have been launched.
type AgreementsAnswer struct {
	Agreements []AgreementEntry `json:"agreements"` // by their ids
	At         domain.Day       `json:"at"`
	Doubtful   []Doubt          `json:"doubtful,omitempty"`
	Group      domain.GroupID   `json:"group"`
	Known      uint64           `json:"known"`
}

// AgreementEntry is one framework agreement.
type AgreementEntry struct {
	Agreement  domain.AgreementID `json:"agreement"`
	Contractor Contractor         `json:"contractor"`
	Launched   domain.Date        `json:"launched"`
	Orderers   []domain.MemberID  `json:"orderers,omitempty"`  // who may order; left out where every member may
	Periods    []PeriodEntry      `json:"periods"`             // all that are known, the future ones too
	Precision  string             `json:"precision,omitempty"` // of launched: "month" or "year"; left out for a day
	Reason     string             `json:"reason,omitempty"`    // why it ended before its time, if it has by then
	Title      string             `json:"title"`
	Valid      bool               `json:"valid"`
	Why        []uint64           `json:"why,omitempty"` // the events that it follows from
}

// Contractor is who delivers.
type Contractor struct {
	Name  string       `json:"name"`
	SIRET domain.SIRET `json:"siret"`
}

// PeriodEntry is one period of an agreement.
type PeriodEntry struct {
	Ceiling domain.Ceiling `json:"ceiling,omitzero"` // "1250.00 EUR" or "90000 pupils"; left out where there is none
	From    domain.Day     `json:"from"`
	Until   domain.Day     `json:"until"` // the day after the last
}

// Agreements answers: which framework agreements are there, with whom, valid when, and up to which ceiling?
func Agreements(g *domain.Group, q Question, why bool) AgreementsAnswer {
	q = q.resolved(g)
	a := AgreementsAnswer{
		Agreements: []AgreementEntry{}, At: q.At, Group: q.Group, Known: q.Known,
		Doubtful: doubts(g, q.Pair(), domain.TouchAgreements, ""),
	}
	for _, row := range g.Agreements(q.Pair()) {
		entry := AgreementEntry{
			Agreement: row.Agreement, Contractor: Contractor(row.Contractor), Launched: row.Launched, Orderers: row.Orderers,
			Periods: []PeriodEntry{}, Precision: precision(row.Launched), Reason: row.EndReason, Title: row.Title, Valid: row.Valid,
		}
		events := []uint64{row.Event, row.EndedBy}
		for _, p := range row.Periods {
			entry.Periods = append(entry.Periods, PeriodEntry{Ceiling: p.Ceiling, From: p.From, Until: p.Until})
			events = append(events, p.Event)
		}
		if why {
			entry.Why = because(g, q.Known, events...)
		}
		a.Agreements = append(a.Agreements, entry)
	}
	return a
}
