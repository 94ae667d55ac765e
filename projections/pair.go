package projections

import (
	"slices"

	"registre/domain"
)

// A Question says of which group, and for when, something is asked: what counted on the day At, as the register told it
// after its event Known. domain.Latest asks for all that the register holds; the answer names the number that it was.
type Question struct {
	Group domain.GroupID
	At    domain.Day
	Known uint64
}

// Pair is the day and the knowledge that q asks for.
func (q Question) Pair() domain.Pair { return domain.Pair{At: q.At, Known: q.Known} }

// On is q, asked of another day.
func (q Question) On(at domain.Day) Question {
	q.At = at
	return q
}

// resolved is q with the number of an event that is there; 0 before the first.
func (q Question) resolved(g *domain.Group) Question {
	q.Known = min(q.Known, g.Head())
	return q
}

// A Doubt is an event whose day is known only as a month or a year, and which the question's day falls into: the
// answer counts it from the first day on, and could be another.
type Doubt struct {
	Effective domain.Date `json:"effective"`
	Event     uint64      `json:"event"`
	Precision string      `json:"precision"` // "month" or "year"
}

// doubts gives what is doubtful in an answer of a kind, each event once, ascending; nil where nothing is.
func doubts(g *domain.Group, q domain.Pair, of domain.Touch, body domain.BodyID) (found []Doubt) {
	for _, d := range g.Doubts(q, of, body) {
		if !slices.ContainsFunc(found, func(f Doubt) bool { return f.Event == d.Event }) {
			found = append(found, Doubt{Effective: d.Date, Event: d.Event, Precision: d.Date.Precision.String()})
		}
	}
	slices.SortFunc(found, func(a, b Doubt) int { return compare(a.Event, b.Event) })
	return found
}

func compare[T uint64 | int64 | int | domain.Day](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// precision is how well a date is known, "" where to the day.
func precision(d domain.Date) string {
	if d.Precision == domain.PrecisionDay {
		return ""
	}
	return d.Precision.String()
}

// Corrections gives the corrections that decide what event n says, as known: the one of it, the one of that one, and so on;
// nil where its own words stand.
func Corrections(g *domain.Group, n, known uint64) (found []uint64) {
	for c := g.CorrectedBy(n, known); c > 0; c = g.CorrectedBy(c, known) {
		found = append(found, c)
	}
	return found
}

// because gives events, what they carry out and the corrections that decide what these say, as known, ascending, each
// once: an avenant's entry into force carries out what its draft says, and a decision what its item says.
func because(g *domain.Group, known uint64, events ...uint64) []uint64 {
	return appendBecause(make([]uint64, 0, 2*len(events)), g, known, events)
}

// appendBecause appends to found what because gives.
func appendBecause(found []uint64, g *domain.Group, known uint64, events []uint64) []uint64 {
	from := len(found)
	add := func(n uint64) {
		if n > 0 {
			found = append(found, n)
		}
		for n > 0 {
			if n = g.CorrectedBy(n, known); n > 0 {
				found = append(found, n)
			}
		}
	}
	for _, n := range events {
		add(n)
		said, _ := g.Said(n, known)
		if entered, ok := said.Act.(*domain.AvenantEnteredIntoForce); ok {
			drafted, _, _ := g.Drafted(entered.Avenant, domain.Pair{At: domain.LastDay, Known: known})
			add(drafted)
		}
		if decided, ok := said.Act.(*domain.DecisionProclaimed); ok {
			add(decided.Defined)
		}
	}
	slices.Sort(found[from:])
	return found[:from+len(slices.Compact(found[from:]))]
}
