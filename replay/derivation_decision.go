package replay

import (
	"slices"

	"registre/domain"
)

// What the nodes of a decision are, besides weights.
const (
	WhatAgainst    = "against"
	WhatAbstain    = "abstain"
	WhatBallots    = "ballots" // of a secret ballot: those with one weight, in one sense
	WhatBlocking   = "blocking"
	WhatDecision   = FigureDecision
	WhatFor        = "for"
	WhatInLaw      = "in-law"
	WhatMarked     = "marked" // of a secret ballot: who has voted
	WhatMajority   = "majority"
	WhatNotVoted   = "not-voted"
	WhatOption     = "option"
	WhatPresent    = "present"
	WhatProclaimed = "proclaimed"
	WhatQuorum     = "quorum"
	WhatRoll       = "roll"
	WhatSeat       = "seat"
	WhatTie        = "tie"
)

// The rules of a decision.
const (
	RuleRoll      = "roll"        // fixed at the opening of the vote, and recorded with it
	RuleVoting    = "voting-rule" // by which the body decides
	RuleThreshold = "threshold"   // of that rule
)

// Why a decision cannot be computed.
const (
	Asserted  = "asserted"  // without its vote
	VoteAway  = "vote-away" // the register holds its vote no more
	NotAsked  = "not-asked" // no quorum is
	JustShare = "just"      // a threshold is missed by nothing but strictness
)

// decision tells of a decision. The value is the outcome that its votes come to, or, where they are not known, the one that is said.
func (d *deriver) decision(number uint64) (Node, error) {
	what, ok := d.g.Decision(number, d.p)
	if !ok {
		return Node{}, ErrNoFigure
	}
	n := Node{At: what.Day.First, Body: what.Body, Events: events(number), Title: what.Title, Value: what.Outcome, What: WhatDecision}
	if what.Asserted != nil {
		n.Reason = Asserted
		n.Children = append(reported(what.Asserted), inLaw(&what))
		return n, nil
	}
	ballot := d.g.BallotOf(number, d.p.Known)
	var tally domain.Tally
	if ballot != nil {
		tally, ok = ballot.Tally()
	}
	if ballot == nil || !ok {
		n.Reason, n.Children = VoteAway, []Node{proclaimed(&what), inLaw(&what)}
		return n, nil
	}
	v := voted{deriver: d, ballot: ballot, tally: &tally, what: &what, weighs: ballot.Opened.Rule.Weighs()}
	v.read()
	n.Value = tally.Outcome
	n.Rule = d.rule(RuleVoting, ballot.Opened.RuleSet)
	n.Rule.Sentence = map[domain.Language]string{
		domain.French: ballot.Opened.Rule.Sentence(domain.French), domain.English: ballot.Opened.Rule.Sentence(domain.English),
	}
	n.Children = append(v.thresholds(), v.sides()...)
	roll, err := v.roll()
	if err != nil {
		return n, err
	}
	n.Children = append(n.Children, roll, proclaimed(&what), inLaw(&what))
	return n, nil
}

func reported(a *domain.DecisionAsserted) (all []Node) {
	for _, side := range []struct {
		what   string
		weight *domain.Weight
	}{{WhatFor, a.For}, {WhatAgainst, a.Against}, {WhatAbstain, a.Abstain}} {
		if side.weight != nil {
			all = append(all, Node{As: Quoted, Value: side.weight.String(), What: side.what})
		}
	}
	return all
}

func proclaimed(what *domain.Decision) Node {
	return Node{As: Quoted, Events: events(what.Number), Value: what.Outcome, What: WhatProclaimed}
}

// inLaw tells what has become of a decision at the pair.
func inLaw(what *domain.Decision) Node {
	return Node{
		As: Ground, Events: events(append(slices.Clone(what.Lifted), what.Annulment, what.PublishedBy, what.ReceivedBy)...), From: what.Binds,
		Until: what.Until, Value: what.Legal, What: WhatInLaw,
	}
}

// A voted is a decision by a vote, on the way to be told.
type voted struct {
	*deriver
	ballot *domain.Ballot
	tally  *domain.Tally
	what   *domain.Decision
	weighs bool
	cast   map[domain.MemberID]uint64   // the event that casts each one's vote, or marks that it voted
	came   map[domain.MemberID][]uint64 // the events by which each is there, or represented
}

// read looks for the events by which members came, gave their proxies, and voted.
func (v *voted) read() {
	v.cast, v.came = map[domain.MemberID]uint64{}, map[domain.MemberID][]uint64{}
	opened := v.ballot.Opened
	for n, act := range v.g.Proceedings(opened.Sitting, domain.Pair{At: domain.LastDay, Known: v.p.Known}) {
		switch act := act.(type) {
		case *domain.SittingOpened:
			v.arrive(n, act.Present)
		case *domain.AttendeesArrived:
			v.arrive(n, act.Attendees)
		case *domain.ProxyGiven:
			if n < v.ballot.Event {
				v.came[act.Grantor] = []uint64{n}
			}
		case *domain.VotesCast:
			if act.Item == opened.Item && v.open(n) {
				for i := range act.Votes {
					v.votes(n, act.Votes[i].Member)
				}
			}
		case *domain.VotersMarked:
			if act.Item == opened.Item && v.open(n) {
				for _, m := range act.Members {
					v.votes(n, m)
				}
			}
		}
	}
}

func (v *voted) open(n uint64) bool {
	return n > v.ballot.Event && (v.ballot.Closed == 0 || n < v.ballot.Closed)
}

func (v *voted) arrive(n uint64, who []domain.MemberID) {
	if n < v.ballot.Event {
		for _, m := range who {
			v.came[m] = []uint64{n}
		}
	}
}

// votes notes by which event one voted: where votes are final the first counts, otherwise the last.
func (v *voted) votes(n uint64, m domain.MemberID) {
	if v.cast[m] == 0 || v.ballot.Opened.Rule.Ballot == domain.Changeable {
		v.cast[m] = n
	}
}

// amount fills in voices and members.
func (v *voted) amount(n Node, a domain.Amount) Node {
	if v.weighs {
		n.Value = a.Weight.String()
	}
	if v.ballot.Opened.Rule.Voices != domain.Divided {
		heads := a.Heads
		n.Heads = &heads
	}
	return n
}

func (v *voted) thresholds() (all []Node) {
	for _, list := range []struct {
		what     string
		measures []domain.Measure
	}{{WhatQuorum, v.tally.Quorum}, {WhatMajority, v.tally.Majority}, {WhatBlocking, v.tally.Blocking}} {
		for i := range list.measures {
			all = append(all, v.measure(list.what, &list.measures[i]))
		}
	}
	if len(v.tally.Quorum) == 0 {
		all = append([]Node{{As: Ground, Reason: NotAsked, What: WhatQuorum}}, all...)
	}
	if v.tally.Tie {
		all = append(all, v.tie())
	}
	return all
}

// tie tells what became of one: by whose vote it is broken, and by what that one has the casting vote.
func (v *voted) tie() Node {
	tie := &v.ballot.Opened.Rule.Tie
	n := Node{As: Ground, Member: v.ballot.Opened.Casting, Reason: tie.Way, What: WhatTie}
	if n.Member != "" {
		said, _ := v.g.Said(v.ballot.Event, v.p.Known)
		holder, by := v.g.Holder(tie.Role, domain.Pair{At: said.Effective.First, Known: v.ballot.Event - 1})
		if n.Events = events(v.cast[n.Member]); holder == n.Member {
			n.Events = events(v.cast[n.Member], by)
		}
	}
	return n
}

func (v *voted) measure(what string, m *domain.Measure) Node {
	n := Node{As: Ground, Base: m.Base.Weight.String(), Reached: &m.Reached, Value: m.Part.Weight.String(), What: what}
	if m.Threshold.Of == domain.Heads {
		n.Base, n.Value = decimal(m.Base.Heads), decimal(m.Part.Heads)
	}
	if m.Just {
		n.Reason = JustShare
	}
	n.Rule = &Rule{Code: RuleThreshold, Event: v.ballot.Opened.RuleSet, Threshold: m.Threshold.String(), Sentence: map[domain.Language]string{
		domain.French: m.Threshold.Sentence(domain.French), domain.English: m.Threshold.Sentence(domain.English),
	}}
	return n
}

// roll tells who could vote, with which weight, and where that comes from as it was known at the opening.
func (v *voted) roll() (Node, error) {
	opened, known := v.ballot.Event, v.ballot.Event-1
	said, _ := v.g.Said(opened, v.p.Known)
	n := v.amount(Node{As: Ground, At: said.Effective.First, Events: events(opened), Known: known, Rule: &Rule{Code: RuleRoll, Event: opened}, What: WhatRoll}, v.tally.Total)
	then := deriver{g: v.g, p: domain.Pair{At: said.Effective.First, Known: known}}
	for _, s := range v.ballot.Poll().Roll {
		seat := v.amount(Node{As: Term, Events: slices.Clone(v.came[s.Member]), Holder: s.Holder, Member: s.Member, Reason: s.Presence, What: WhatSeat}, domain.Amount{Heads: 1, Weight: s.Weight})
		if s.Presence == domain.Absent || s.Presence == domain.Recused {
			seat.Events = nil
		}
		if v.weighs {
			o := v.g.WeightOrigin(v.what.Body, s.Member, then.p)
			weight, err := then.weightNode(v.what.Body, &o, Ground)
			if err != nil {
				return n, err
			}
			seat.Children = append(seat.Children, weight)
		}
		n.Children = append(n.Children, seat)
	}
	return n, nil
}
