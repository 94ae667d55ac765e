package domain

import "slices"

// decision is what a body decided, and what became of it.
type decision struct {
	said Timeline[Act] // *DecisionProclaimed or *DecisionAsserted
	fate Timeline[Act] // *DecisionPublished, *DecisionReceived, *DecisionAnnulled or *AnnulmentLifted
}

func (a *DecisionProclaimed) mark(p *pen) {
	p.logged(a.Sitting, a)
	d := p.g.decisions.get(p.number)
	mark(p, &d.said, Act(a))
	if d.neverWas(Latest) == nil {
		p.all(p.g.changesOf(a))
	}
}

func (a *DecisionAsserted) mark(p *pen) {
	mark(p, &p.g.decisions.get(p.number).said, Act(a))
	p.doubt(TouchSittings, a.Body)
}

func (a *DecisionPublished) mark(p *pen) { p.befall(a.Decision, a) }
func (a *DecisionReceived) mark(p *pen)  { p.befall(a.Decision, a) }
func (a *DecisionAnnulled) mark(p *pen)  { p.befall(a.Decision, a) }

func (a *AnnulmentLifted) mark(p *pen) {
	if n := a.Annulment; 0 < n && n <= p.g.Head() { // whatever has become of it: no correction leads it to another decision
		if annulled, ok := p.g.events[n-1].said.Act.(*DecisionAnnulled); ok {
			p.befall(annulled.Decision, a)
		}
	}
}

// annulment is what an event that annulled a decision says now.
func (g *Group) annulment(n uint64) (*DecisionAnnulled, bool) {
	if n == 0 || n > g.Head() {
		return nil, false
	}
	now, ok := g.events[n-1].now()
	a, is := now.Act.(*DecisionAnnulled)
	return a, ok && is
}

// befall marks what becomes of a decision. Where a decision turns out never to have been, what it changed goes; where it was
// after all, that comes back.
func (p *pen) befall(n uint64, a Act) {
	i, ok := p.g.decisions.place[n]
	if !ok {
		return
	}
	d := p.g.decisions.all[i]
	was := d.neverWas(Latest) == nil
	mark(p, &d.fate, a)
	is := d.neverWas(Latest) == nil
	now, stands := p.g.events[n-1].now()
	proclaimed, made := now.Act.(*DecisionProclaimed)
	if was == is || !stands || !made {
		return
	}
	effects := pen{g: p.g, known: p.known, number: n, date: now.Effective, erase: was}
	effects.all(p.g.changesOf(proclaimed))
}

// neverWas is the annulment, as known, by which a decision is annulled from its beginning; nil where it is not.
func (d *decision) neverWas(known uint64) *entry[Act] {
	return d.annulled(known, func(a *DecisionAnnulled) bool { return a.From == 0 })
}

// annulled is the last annulment of a kind, as known, that was not lifted.
func (d *decision) annulled(known uint64, of func(*DecisionAnnulled) bool) (found *entry[Act]) {
	var lifted []uint64
	for e := range d.fate.from(FirstDay, known) {
		if a, ok := e.Value.(*AnnulmentLifted); ok {
			lifted = append(lifted, a.Annulment)
		}
	}
	for e := range d.fate.from(FirstDay, known) {
		if a, ok := e.Value.(*DecisionAnnulled); ok && of(a) && !slices.Contains(lifted, e.Place.Number) {
			found = e
		}
	}
	return found
}

// changesOf are the changes that a decision makes: those of its item, where it was adopted.
func (g *Group) changesOf(a *DecisionProclaimed) []Change {
	if a.Outcome != Adopted || a.Defined == 0 || a.Defined > g.Head() {
		return nil
	}
	now, ok := g.events[a.Defined-1].now()
	if !ok {
		return nil
	}
	if i := itemOf(now.Act, a.Item); i != nil {
		return i.Changes
	}
	return nil
}

// itemOf is an item as an act says it; nil where that does not.
func itemOf(a Act, id ItemID) *AgendaItem {
	var items []AgendaItem
	switch a := a.(type) {
	case *SittingConvened:
		items = a.Agenda
	case *ItemDivided:
		items = a.Parts
	case *ItemAdded:
		return &a.AgendaItem
	case *ItemAmended:
		return &a.AgendaItem
	}
	if i := slices.IndexFunc(items, func(i AgendaItem) bool { return i.Item == id }); i >= 0 {
		return &items[i]
	}
	return nil
}

// What a decision is in law.
const (
	Stands        = "stands"
	NoResult      = "no-result"     // a vote that decided nothing: a first round, a tie unresolved, or no quorum
	AnnulledStart = "annulled"      // it never was
	AnnulledFrom  = "annulled-from" // it was until a day
)

// A Decision is what a body decided, at a pair.
type Decision struct {
	Number     uint64 // of the event that proclaims or asserts it
	Body       BodyID
	Day        Date
	Title      string
	Outcome    string
	Proclaimed *DecisionProclaimed // nil where it is asserted
	Asserted   *DecisionAsserted   // nil where it was proclaimed here
	Item       *AgendaItem         // as it was voted on; nil where it is asserted

	Legal     string // Stands, NoResult, AnnulledStart or AnnulledFrom
	Later     uint64 // of one without a result: the next decision on the same item, of the second round; 0 where there is none
	Until     Day    // from which it is annulled, or will be; 0 where it is not
	Condition string // unless which is met
	Annulment uint64 // the event that annuls it
	Lifted    []uint64
	Published Date // zero where it is not known
	Received  Date // by the prefecture
	Binds     Day  // from when; 0 where one of both days is missing, or where it never was

	PublishedBy, ReceivedBy uint64 // the events that say so; 0 where none does
}

// Decisions gives the decisions of a group at q, those that were annulled too, by their days and numbers.
func (g *Group) Decisions(q Pair) (all []Decision) {
	for i := range g.decisions.all {
		if d, ok := g.decisionAt(i, q); ok {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b Decision) int {
		if a.Day.First != b.Day.First {
			return int(a.Day.First - b.Day.First)
		}
		return int(int64(a.Number) - int64(b.Number))
	})
	return all
}

// Decision is one decision at q; ok is false where event n proclaims or asserts none.
func (g *Group) Decision(n uint64, q Pair) (Decision, bool) {
	i, ok := g.decisions.place[n]
	if !ok {
		return Decision{}, false
	}
	return g.decisionAt(i, q)
}

func (g *Group) decisionAt(i int, q Pair) (d Decision, ok bool) {
	kept := g.decisions.all[i]
	e := kept.said.on(q.At, q.Known)
	if e == nil {
		return d, false
	}
	d = Decision{Number: e.Place.Number, Day: g.dateOf(e.Place.Number, q.Known), Legal: Stands}
	switch a := e.Value.(type) {
	case *DecisionProclaimed:
		d.Proclaimed, d.Body, d.Outcome = a, a.Body, a.Outcome
		if defined, ok := g.Said(a.Defined, q.Known); ok {
			if d.Item = itemOf(defined.Act, a.Item); d.Item != nil {
				d.Title = d.Item.Title
			}
		}
	case *DecisionAsserted:
		d.Asserted, d.Body, d.Outcome, d.Title = a, a.Body, a.Outcome, a.Title
	}
	if d.Outcome == SecondRound || d.Outcome == Unresolved || d.Outcome == NoQuorum {
		d.Legal, d.Later = NoResult, g.laterOn(&d, q)
	}
	g.fateOf(kept, &d, q)
	return d, true
}

// laterOn is the next decision that was made on the item of one, in the same sitting; 0 where there is none.
func (g *Group) laterOn(d *Decision, q Pair) uint64 {
	if d.Proclaimed == nil {
		return 0
	}
	s, ok := g.Sitting(d.Proclaimed.Sitting, q)
	if !ok {
		return 0
	}
	if i := s.Item(d.Proclaimed.Item); i != nil {
		for _, b := range i.Ballots {
			if b.Decision > d.Number {
				return b.Decision
			}
		}
	}
	return 0
}

// fateOf tells what has become of a decision. A judgment says what was so all along: it counts whatever day is asked for, as
// soon as it is known; publication and receipt count from their days on.
func (g *Group) fateOf(kept *decision, d *Decision, q Pair) {
	for e := range kept.fate.from(FirstDay, q.Known) {
		switch e.Value.(type) {
		case *DecisionPublished:
			if e.Place.Day <= q.At && d.Published.IsZero() {
				d.Published, d.PublishedBy = g.dateOf(e.Place.Number, q.Known), e.Place.Number
			}
		case *DecisionReceived:
			if e.Place.Day <= q.At && d.Received.IsZero() {
				d.Received, d.ReceivedBy = g.dateOf(e.Place.Number, q.Known), e.Place.Number
			}
		case *AnnulmentLifted:
			d.Lifted = append(d.Lifted, e.Place.Number)
		}
	}
	if !d.Published.IsZero() && !d.Received.IsZero() {
		d.Binds = max(d.Published.First, d.Received.First)
	}
	if e := kept.neverWas(q.Known); e != nil {
		d.Legal, d.Annulment, d.Binds = AnnulledStart, e.Place.Number, 0
		return
	}
	if e := kept.annulled(q.Known, func(*DecisionAnnulled) bool { return true }); e != nil {
		a := e.Value.(*DecisionAnnulled)
		d.Until, d.Condition, d.Annulment = a.From, a.Condition, e.Place.Number
		if q.At >= a.From {
			d.Legal = AnnulledFrom
		}
	}
}
