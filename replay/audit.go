package replay

import (
	"slices"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// An Audit finds what Findings does, of events that come one after the other beside a state that is there already: it keeps
// none of them, and so it needs no book.
//
// First all events are looked over, then applied, in their order; both in stretches as long as the caller likes. For each stretch
// it is given the group, which may have gone on since: what it finds depends on the events up to known alone. Between two calls it
// holds nothing of a group that could change. It is not for several goroutines at once.
//
// What is found is held until Findings gives it, unless it is taken on the way (Take), and at the end (Rest): then an audit holds of
// the history only which days a membership changes on, and where each text was signed and entered into force.
type Audit struct {
	g       *domain.Group
	known   uint64
	at      domain.Day
	looked  uint64 // the events that were looked over
	applied uint64
	turns   map[domain.Day][]turn
	signs   map[domain.TextID]mark // the last signature
	force   map[domain.TextID]mark // that put a text into force
	sat     map[domain.SittingID]*domain.Sitting
	wanted  map[uint64]*eventstore.Envelope // of the answers to findings; nil until it is applied
	found   []Finding
	answer  []domain.AnswerRow // that were recorded; with wanted
	met     []bool             // of each, whether a finding that was taken is one of those that it answers
}

// NewAudit begins one, of the events known at p that are effective on p.At or before (0: whenever). p.Known is no more than there is.
func NewAudit(p domain.Pair) *Audit {
	a := &Audit{
		known: p.Known, at: p.At, found: []Finding{}, turns: map[domain.Day][]turn{}, signs: map[domain.TextID]mark{}, force: map[domain.TextID]mark{},
	}
	if a.at == 0 {
		a.at = domain.LastDay
	}
	return a
}

// Look looks over the next events, as many as that, and reports whether there are more.
func (a *Audit) Look(g *domain.Group, events int) (more bool) {
	a.see(g)
	for ; events > 0 && a.looked < a.known; events-- {
		a.looked++
		if f, counts := a.fact(a.looked); counts {
			a.look(&f)
		}
	}
	return a.looked < a.known
}

// see is done at the beginning of each stretch: a sitting that is at hand may go on with its group.
func (a *Audit) see(g *domain.Group) { a.g, a.sat = g, nil }

// Apply finds what strikes in the next events. Those behind known are left out. It reports whether there are more to come.
func (a *Audit) Apply(g *domain.Group, events []eventstore.Envelope) (more bool) {
	a.see(g)
	if a.wanted == nil {
		a.want()
	}
	for i := range events {
		if a.applied >= a.known {
			return false
		}
		a.applied++
		a.apply(&events[i])
	}
	return a.applied < a.known
}

// want notes which events are to be kept: those that answer a finding.
func (a *Audit) want() {
	a.wanted = map[uint64]*eventstore.Envelope{}
	a.answer = a.g.Answers(a.on(a.at))
	a.met = make([]bool, len(a.answer))
	for _, row := range a.answer {
		a.wanted[row.Event] = nil
	}
}

func (a *Audit) apply(e *eventstore.Envelope) {
	if _, wanted := a.wanted[e.Number]; wanted {
		kept := *e
		a.wanted[e.Number] = &kept
	}
	f, counts := a.fact(e.Number)
	if !counts {
		return
	}
	f.envelope = e
	a.records(&f)
	a.totals(&f)
	a.texts(&f)
	a.contradictions(&f)
	a.overrides(&f)
	a.sittings(&f)
	a.erased(&f)
}

// Findings are those of all that was applied, in the order that Findings says. It ends the audit.
func (a *Audit) Findings(g *domain.Group) []Finding {
	a.end(g)
	a.answers()
	return sorted(a.found)
}

// Take gives what was found since it was last called, in the order in which it was found, and lets go of it: its room is used again for
// what is found next. Nothing of it has answers: whether a finding has some is known only when all is applied. What is the same as
// another is among it as often as it was found, and is one finding (Same).
func (a *Audit) Take() []Finding {
	taken := a.found
	a.found = a.found[:0]
	for i, row := range a.answer {
		if !a.met[i] {
			a.met[i] = slices.ContainsFunc(taken, func(f Finding) bool { return f.meant(row.FindingAnswered) })
		}
	}
	return taken
}

// Rest is Take for what is found when all is applied. It ends the audit.
func (a *Audit) Rest(g *domain.Group) []Finding {
	a.end(g)
	rest := slices.Clone(a.Take())
	for i, row := range a.answer {
		if !a.met[i] {
			a.left(row)
		}
	}
	return append(rest, a.Take()...)
}

// end finds what can be found only when all is applied.
func (a *Audit) end(g *domain.Group) {
	a.see(g)
	if a.wanted == nil {
		a.want()
	}
	a.undetermined()
	a.ceilings()
}

// A mark is a fact as much as is kept of it.
type mark struct {
	number uint64
	day    domain.Day
}

// A fact is an event that stands, with what it now says.
type fact struct {
	number   uint64
	day      domain.Day // the first that its date can be
	said     domain.Event
	envelope *eventstore.Envelope // nil while it is looked over
}

// fact is an event, if it stands and is effective on the day or before.
func (a *Audit) fact(n uint64) (f fact, counts bool) {
	said, stands := a.g.Said(n, a.known)
	if !stands || said.Effective.First > a.at {
		return fact{}, false
	}
	return fact{number: n, day: said.Effective.First, said: said}, true
}

// look notes what a fact means for others, before and behind it.
func (a *Audit) look(f *fact) {
	switch act := f.said.Act.(type) {
	case *domain.MemberSigned:
		if last, ok := a.signs[act.Text]; !ok || last.day <= f.day {
			a.signs[act.Text] = mark{f.number, f.day}
		}
	case *domain.GroupFounded:
		a.force[domain.Convention] = mark{f.number, f.day}
	case *domain.AvenantEnteredIntoForce:
		a.force[act.Avenant] = mark{f.number, f.day}
	}
	for rank, act := range a.acts(f) {
		a.turn(f, rank, act)
	}
}

// A turn is a membership that begins or ends.
type turn struct {
	member domain.MemberID
	number uint64
	rank   int // among what the event brings about
	active bool
}

func (a *Audit) turn(f *fact, rank int, act domain.Act) {
	add := func(m domain.MemberID, active bool) {
		a.turns[f.day] = append(a.turns[f.day], turn{member: m, number: f.number, rank: rank, active: active})
	}
	switch act := act.(type) {
	case *domain.MemberJoined:
		add(act.Member, true)
	case *domain.MemberWithdrew:
		add(act.Member, false)
	case *domain.MembersSucceeded:
		for _, m := range act.Predecessors {
			add(m, false)
		}
		for _, s := range act.Successors {
			add(s.Member, true)
		}
	}
}

// acts are what a fact brings about: itself, or, of a text in force or a decision adopted, its changes.
func (a *Audit) acts(f *fact) []domain.Act {
	return projections.Brought(a.g, f.number, f.said.Act, a.known)
}
