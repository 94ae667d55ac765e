package projections

import "registre/domain"

// BodiesAnswer says which bodies exist, and which have ended.
type BodiesAnswer struct {
	At       domain.Day     `json:"at"`
	Bodies   []BodyEntry    `json:"bodies"` // that exist, by their ids
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Ended    []BodyEntry    `json:"ended,omitempty"` // that existed once, by their ids
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
}

// BodyEntry is one body.
type BodyEntry struct {
	Body      domain.BodyID `json:"body"`
	Name      string        `json:"name"`                // its last one
	Precision string        `json:"precision,omitempty"` // of since: "month" or "year"; left out for a day
	Since     domain.Date   `json:"since"`               // of its present name, or of its end
	Successor domain.BodyID `json:"successor,omitempty"` // that replaced it
	Why       []uint64      `json:"why,omitempty"`       // the events that it follows from
}

// Bodies answers: which bodies exist, which have ended, and what took their place?
func Bodies(g *domain.Group, q Question, why bool) BodiesAnswer {
	q = q.resolved(g)
	a := BodiesAnswer{
		At: q.At, Bodies: []BodyEntry{}, Group: q.Group, Known: q.Known,
		Doubtful: doubts(g, q.Pair(), domain.TouchBodies, ""),
	}
	for _, row := range g.Bodies(q.Pair()) {
		entry := BodyEntry{
			Body: row.Body, Name: row.Name, Precision: precision(row.Since), Since: row.Since, Successor: row.ReplacedBy,
		}
		if why {
			entry.Why = because(g, q.Known, row.Event)
		}
		if row.Exists {
			a.Bodies = append(a.Bodies, entry)
		} else {
			a.Ended = append(a.Ended, entry)
		}
	}
	return a
}
