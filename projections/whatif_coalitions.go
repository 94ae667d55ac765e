package projections

import (
	"slices"

	"registre/domain"
)

// CoalitionsAnswer says which coalitions can pass a text in a body: all are supposed to be there, and who is not for it against.
type CoalitionsAnswer struct {
	At           domain.Day     `json:"at"`
	Body         domain.BodyID  `json:"body"`
	Doubtful     []Doubt        `json:"doubtful,omitempty"`
	Given        *GivenEntry    `json:"given,omitempty"` // the coalition that is asked for
	Group        domain.GroupID `json:"group"`
	Hypothetical bool           `json:"hypothetical"` // always
	Known        uint64         `json:"known"`
	Power        PowerDay       `json:"power"` // with the minimal winning coalitions and blocking sets
	Rule         SentenceEntry  `json:"rule,omitzero"`
}

// GivenEntry says whether a coalition passes a text, and which others it lacks.
type GivenEntry struct {
	For    []domain.MemberID `json:"for"`
	Lacks  []WhatIfMeasure   `json:"lacks,omitempty"` // of the majority, what it does not reach; of what blocks, what the others do
	Passes bool              `json:"passes"`
	Tally  WhatIfTally       `json:"tally"`
	Turns  []TurnEntry       `json:"turns,omitempty"` // the fewest whose vote would pass it, or undo it
}

// WhatIfCoalitions answers: which coalitions can pass a text in a body, and does one? The rule is the register's, or more than
// half of all voices where it has none; what is asked takes the place of its parts. A body that does not exist has no members,
// and that is no error. Its error is one of Power or a *domain.SeatError.
func WhatIfCoalitions(g *domain.Group, q Question, body domain.BodyID, asked *WhatIfAsked, inFavour []domain.MemberID) (CoalitionsAnswer, error) {
	q = q.resolved(g)
	a := CoalitionsAnswer{At: q.At, Body: body, Group: q.Group, Hypothetical: true, Known: q.Known}
	rule, err := coalitionRule(g, q, body, asked)
	if err != nil {
		return a, err
	}
	of := PowerAsked{Coalitions: true}
	if asked.RuleOf != nil || asked.reruled() {
		of.rule = rule
	}
	p, err := Power(g, q, body, of)
	if err != nil {
		return a, err
	}
	a.Power, a.Doubtful = p.Days[0], p.Doubtful
	if rule.Ballot != "" {
		a.Rule = SentenceEntry{English: rule.Sentence(domain.English), French: rule.Sentence(domain.French)}
	}
	if len(inFavour) > 0 && len(a.Power.Members) > 0 {
		a.Given, err = a.given(rule, inFavour)
	}
	return a, err
}

// coalitionRule is the rule that is supposed.
func coalitionRule(g *domain.Group, q Question, body domain.BodyID, asked *WhatIfAsked) (*domain.VotingRule, error) {
	on := q.Pair()
	of := body
	if asked.RuleOf != nil {
		if on.At = *asked.RuleOf; asked.Body != "" {
			of = asked.Body
		}
	}
	kept, _ := g.VotingRule(of, "", on)
	if kept == nil && asked.RuleOf != nil {
		return nil, ErrNoRule
	}
	rule := domain.VotingRule{Voters: domain.Voters{Who: domain.Weighted}, Majority: []domain.Threshold{moreThanHalf()}, Tie: domain.Tie{Way: domain.TieRejected}}
	if kept != nil {
		rule = *kept
	}
	asked.rerule(&rule)
	return &rule, nil
}

// given tallies the votes of a coalition against all others.
func (a *CoalitionsAnswer) given(rule *domain.VotingRule, inFavour []domain.MemberID) (*GivenEntry, error) {
	public := *rule
	public.Ballot, public.Voices = domain.Changeable, domain.Undivided
	p, votes := &domain.Poll{Rule: &public, Casting: a.Power.Casting}, make([]domain.Vote, len(a.Power.Members))
	for i, m := range a.Power.Members {
		p.Roll = append(p.Roll, domain.Seat{Member: m.Member, Presence: domain.Present, Weight: m.Weight})
		votes[i].Sense = domain.Against
	}
	e := &GivenEntry{For: slices.Sorted(slices.Values(inFavour))}
	for _, m := range e.For {
		i := slices.IndexFunc(p.Roll, func(s domain.Seat) bool { return s.Member == m })
		if i < 0 {
			return nil, &domain.SeatError{Member: m, Err: domain.ErrNotOnRoll}
		}
		votes[i].Sense = domain.For
	}
	now, err := domain.Suppose(p, votes, &domain.Supposition{})
	if err != nil {
		return nil, err
	}
	count, err := now.Count()
	if err != nil {
		return nil, err
	}
	t := count.Tally()
	e.Tally, e.Passes = whatIfTally(&t, p, nil), t.Outcome == domain.Adopted
	e.Tally.Rule = SentenceEntry{} // that of the answer
	for _, m := range e.Tally.Majority {
		if !m.Reached {
			e.Lacks = append(e.Lacks, m)
		}
	}
	for _, m := range e.Tally.Blocking {
		if m.Reached {
			e.Lacks = append(e.Lacks, m)
		}
	}
	if e.Passes {
		e.Lacks = nil // the casting vote makes up for it
	}
	e.Turns = turnEntries(count.Turns(), now, &domain.VoteOpened{}, false)
	return e, nil
}
