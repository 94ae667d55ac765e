package projections

import "registre/domain"

// SchoolsAnswer says which schools are open, and which have ended.
type SchoolsAnswer struct {
	At       domain.Day     `json:"at"`
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Ended    []SchoolEntry  `json:"ended,omitempty"` // that closed, merged or moved to another code, by their codes
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
	Schools  []SchoolEntry  `json:"schools"` // that are open, by their codes
}

// SchoolEntry is one school under one code.
type SchoolEntry struct {
	Address    string            `json:"address,omitempty"`
	Department string            `json:"department"`
	Formerly   []domain.UAI      `json:"formerly,omitempty"` // the codes that go on under this one, ascending
	Kind       domain.SchoolKind `json:"kind"`
	Letter     string            `json:"letter,omitempty"` // that its digits ask for, where the code has another
	Merged     bool              `json:"merged,omitzero"`  // it goes on as another school
	Name       string            `json:"name"`             // its last one
	Precision  string            `json:"precision,omitempty"`
	School     domain.UAI        `json:"school"`
	Since      domain.Date       `json:"since"`              // of what it is
	Successor  domain.UAI        `json:"successor,omitzero"` // the code under which it goes on
	Why        []uint64          `json:"why,omitempty"`
}

// Schools answers: which schools are open, which have ended, and under which code do they go on?
func Schools(g *domain.Group, q Question, why bool) SchoolsAnswer {
	q = q.resolved(g)
	a := SchoolsAnswer{
		At: q.At, Group: q.Group, Known: q.Known, Schools: []SchoolEntry{},
		Doubtful: doubts(g, q.Pair(), domain.TouchSchools, ""),
	}
	for _, row := range g.Schools(q.Pair()) {
		entry := SchoolEntry{
			Address: row.Address, Department: row.Department, Formerly: row.Formerly, Kind: row.Kind, Merged: row.Merged, Name: row.Name,
			Precision: precision(row.Since), School: row.School, Since: row.Since, Successor: row.Into,
		}
		if letter, right := row.School.Check(); !right {
			entry.Letter = string(letter)
		}
		if why {
			entry.Why = because(g, q.Known, row.Event)
		}
		if row.Open {
			a.Schools = append(a.Schools, entry)
		} else {
			a.Ended = append(a.Ended, entry)
		}
	}
	return a
}
