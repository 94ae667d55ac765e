package projections

import (
	"errors"
	"slices"

	"registre/domain"
)

// WhatIfAsked says what is supposed to be otherwise of a vote, or of a body's rule.
type WhatIfAsked struct {
	Absent    []domain.MemberID
	As        []Likeness
	Blocking  Thresholds
	Body      domain.BodyID // whose weights and rule of another day are taken; "" for the decision's own
	Majority  Thresholds
	Present   []domain.MemberID
	Quorum    Thresholds
	RuleOf    *domain.Day // nil: the rule under which it was voted
	Tie       *domain.Tie
	Turn      bool
	Votes     []SupposedVote
	Weights   []domain.MemberWeight // of some; 0 for none
	WeightsOf *domain.Day           // nil: the weights of the roll
}

// Thresholds take the place of those of a rule, where Given.
type Thresholds struct {
	Given bool
	List  []domain.Threshold
}

// A Likeness says that a member is there, and votes, as another was and did.
type Likeness struct {
	Like   domain.MemberID `json:"like"`
	Member domain.MemberID `json:"member"`
}

// A SupposedVote is how a member is supposed to vote: "for", "against", "abstain", or an option.
type SupposedVote struct {
	Member domain.MemberID
	Sense  string
}

// Why nothing can be supposed; matched by errors.Is. A *domain.SeatError says it of one member.
var (
	ErrNoDecision = errors.New("no decision has this number")
	ErrAsserted   = errors.New("the decision is asserted: its votes are not known")
	ErrNoBallot   = errors.New("the register does not hold the votes of this decision any more")
	ErrNoRule     = errors.New("no text says how the body decides on that day")
	ErrNobody     = errors.New("nobody would vote")
	ErrNoMember   = errors.New("the register knows no such member")
)

// WhatIfAnswer says what a decision would have been. Nothing of it is a fact of the register but Was.
type WhatIfAnswer struct {
	As           []Likeness        `json:"as,omitempty"`
	At           domain.Day        `json:"at"`
	Body         domain.BodyID     `json:"body"`
	Changed      bool              `json:"changed"` // the outcome, or the option elected, is another
	Day          domain.Date       `json:"day"`
	Decision     uint64            `json:"decision"`
	Fallen       []domain.MemberID `json:"fallen,omitempty"` // were represented by somebody who is not there any more
	Gone         []GoneEntry       `json:"gone,omitempty"`   // voted or could have, and would not
	Group        domain.GroupID    `json:"group"`
	Hypothetical bool              `json:"hypothetical"` // always
	Item         domain.ItemID     `json:"item"`
	Known        uint64            `json:"known"`
	Members      []WhatIfMember    `json:"members"`          // of both rolls, by their ids
	New          []domain.MemberID `json:"new,omitempty"`    // would vote, did not, and are supposed to be absent
	Offers       []Likeness        `json:"offers,omitempty"` // of the new: by succession each could vote as one that is gone did
	Proclaimed   string            `json:"proclaimed"`       // the outcome, as it was proclaimed
	Secret       bool              `json:"secret,omitzero"`  // the ballot was
	Title        string            `json:"title"`
	Turns        []TurnEntry       `json:"turns,omitempty"`
	Unturnable   bool              `json:"unturnable,omitzero"` // a turn was asked for, and no change of votes is one
	Was          WhatIfTally       `json:"was"`                 // counted anew from its votes
	Why          []uint64          `json:"why,omitempty"`
	Would        *WhatIfTally      `json:"would,omitempty"` // nil where nothing is supposed
}

// GoneEntry is a member that voted and would not. Unknown says that it is no member on the day whose weights are taken.
type GoneEntry struct {
	Member  domain.MemberID `json:"member"`
	Unknown bool            `json:"unknown,omitzero"`
}

// WhatIfMember is a member's line on the roll as it was, and as it would be.
type WhatIfMember struct {
	Member domain.MemberID `json:"member"`
	Was    *WhatIfSeat     `json:"was,omitempty"`
	Would  *WhatIfSeat     `json:"would,omitempty"`
}

// WhatIfSeat is how a member sits on a roll, and votes.
type WhatIfSeat struct {
	Parts    []WhatIfPart  `json:"parts,omitempty"` // where its voices are divided
	Presence string        `json:"presence"`
	Vote     string        `json:"vote,omitempty"` // none where it has not voted, or in secret
	Weight   domain.Weight `json:"weight"`
}

// WhatIfPart is a part of a member's voices.
type WhatIfPart struct {
	Vote   string        `json:"vote"`
	Weight domain.Weight `json:"weight"`
}

// A supposing holds what a vote was, while it is supposed to be otherwise.
type supposing struct {
	g      *domain.Group
	q      Question
	d      domain.Decision
	b      *domain.Ballot
	asked  *WhatIfAsked
	votes  []domain.Vote
	rule   *domain.VotingRule
	body   domain.BodyID // whose weights and rule are taken
	then   domain.Pair   // of the weights
	answer *WhatIfAnswer
}

// WhatIf answers: what would a decision have been? Its error is an *UndeterminedError, a *domain.SeatError, or matches one of
// this package or domain.ErrDividedHeads, domain.ErrOverflow.
func WhatIf(g *domain.Group, q Question, n uint64, asked *WhatIfAsked) (WhatIfAnswer, error) {
	q = q.resolved(g)
	a := WhatIfAnswer{As: asked.As, At: q.At, Decision: n, Group: q.Group, Hypothetical: true, Known: q.Known}
	s := supposing{g: g, q: q, asked: asked, answer: &a}
	var ok bool
	if s.d, ok = g.Decision(n, domain.Pair{At: domain.LastDay, Known: q.Known}); !ok {
		return a, ErrNoDecision
	}
	if s.d.Proclaimed == nil {
		return a, ErrAsserted
	}
	if s.b = g.BallotOf(n, q.Known); s.b == nil || s.d.Item == nil {
		return a, ErrNoBallot
	}
	if s.votes = s.b.Votes(); s.votes == nil {
		return a, domain.ErrOverflow
	}
	a.Body, a.Day, a.Item, a.Proclaimed, a.Title = s.d.Body, s.d.Day, s.d.Item.Item, s.d.Outcome, s.d.Title
	a.Secret = s.b.Secret()
	a.Why = because(g, q.Known, n, s.b.Event, s.b.Opened.RuleSet)
	return a, s.suppose()
}

// suppose fills the answer.
func (s *supposing) suppose() error {
	was, err := domain.Suppose(s.b.Poll(), s.votes, &domain.Supposition{})
	if err != nil {
		return err
	}
	if s.answer.Was, err = s.tally(was); err != nil {
		return err
	}
	now := was
	if s.otherwise() {
		how, err := s.supposition()
		if err != nil {
			return err
		}
		if now, err = domain.Suppose(s.b.Poll(), s.votes, how); err != nil {
			return err
		}
		would, err := s.tally(now)
		if err != nil {
			return err
		}
		s.answer.Would = &would
		s.answer.Changed = would.Outcome != s.answer.Was.Outcome || would.Option != s.answer.Was.Option
		s.answer.Fallen = now.Fallen
		s.comings(now)
	}
	s.members(was, now)
	if !s.asked.Turn {
		return nil
	}
	count, err := now.Count()
	if err != nil {
		return err
	}
	s.answer.Turns = turnEntries(count.Turns(), now, s.b.Opened, s.answer.Secret)
	s.answer.Unturnable = len(s.answer.Turns) == 0
	return nil
}

// otherwise reports whether anything is supposed.
func (s *supposing) otherwise() bool {
	a := s.asked
	return len(a.Absent)+len(a.As)+len(a.Present)+len(a.Votes)+len(a.Weights) > 0 || a.RuleOf != nil || a.WeightsOf != nil || a.reruled()
}

// reruled reports whether a part of the rule is supposed to be another.
func (a *WhatIfAsked) reruled() bool {
	return a.Blocking.Given || a.Majority.Given || a.Quorum.Given || a.Tie != nil
}

// supposition is what is asked, as the domain takes it.
func (s *supposing) supposition() (*domain.Supposition, error) {
	if err := s.heardOf(); err != nil {
		return nil, err
	}
	how := &domain.Supposition{Absent: s.asked.Absent, Present: s.asked.Present, Like: map[domain.MemberID]domain.MemberID{}, Votes: map[domain.MemberID]domain.Vote{}}
	for _, l := range s.asked.As {
		how.Like[l.Member] = l.Like
	}
	for _, v := range s.asked.Votes {
		sense := whatIfSense(s.b.Opened, v.Sense)
		if sense == domain.NoVote {
			return nil, &domain.SeatError{Member: v.Member, Err: domain.ErrSense}
		}
		how.Votes[v.Member] = domain.Vote{Sense: sense}
	}
	voted := domain.Pair{At: s.d.Day.First, Known: s.b.Event}
	if s.body = s.asked.Body; s.body == "" {
		s.body = s.d.Body
	}
	if err := s.otherRule(how); err != nil {
		return nil, err
	}
	how.Casting = s.g.CastingMember(&s.rule.Tie, voted)
	return how, s.otherVoters(how, voted)
}

// heardOf reports whether the register knows all members that are named.
func (s *supposing) heardOf() error {
	names := slices.Concat(s.asked.Absent, s.asked.Present)
	for _, l := range s.asked.As {
		names = append(names, l.Member, l.Like)
	}
	for _, v := range s.asked.Votes {
		names = append(names, v.Member)
	}
	for _, w := range s.asked.Weights {
		names = append(names, w.Member)
	}
	for _, m := range names {
		if s.g.MemberName(m, s.q.Known) == "" {
			return &domain.SeatError{Member: m, Err: ErrNoMember}
		}
	}
	return nil
}

// otherRule settles under which rule is counted.
func (s *supposing) otherRule(how *domain.Supposition) error {
	rule := s.b.Opened.Rule
	if s.asked.RuleOf != nil {
		then, event := s.g.VotingRule(s.body, s.d.Item.Kind, domain.Pair{At: *s.asked.RuleOf, Known: s.q.Known})
		if then == nil {
			return ErrNoRule
		}
		rule = *then
		s.answer.Why = because(s.g, s.q.Known, append(s.answer.Why, event)...)
	}
	s.asked.rerule(&rule)
	s.rule = &rule
	if s.asked.RuleOf != nil || s.asked.reruled() {
		how.Rule = &rule
	}
	return nil
}

// rerule puts what is supposed in the place of parts of a rule.
func (a *WhatIfAsked) rerule(rule *domain.VotingRule) {
	if a.Majority.Given {
		rule.Majority = a.Majority.List
	}
	if a.Blocking.Given {
		rule.Blocking = a.Blocking.List
	}
	if a.Quorum.Given {
		counts := rule.Quorum.Counts
		if counts == "" {
			counts = domain.Represented
		}
		rule.Quorum, rule.SecondNotice = domain.Quorum{Counts: counts, Thresholds: a.Quorum.List}, nil
		if len(a.Quorum.List) == 0 {
			rule.Quorum.Counts = ""
		}
	}
	if a.Tie != nil {
		rule.Tie = *a.Tie
	}
}

// otherVoters settles who votes, and with which weight.
func (s *supposing) otherVoters(how *domain.Supposition, voted domain.Pair) error {
	opened := &s.b.Opened.Rule
	same := opened.Voters.Who == s.rule.Voters.Who && slices.Equal(opened.Voters.Members, s.rule.Voters.Members)
	s.then = voted
	switch {
	case s.asked.WeightsOf != nil:
		s.then = domain.Pair{At: *s.asked.WeightsOf, Known: s.q.Known}
		if err := s.votersOf(how, s.body); err != nil {
			return err
		}
	case !same || s.rule.Weighs() && !opened.Weighs():
		if err := s.votersOf(how, s.d.Body); err != nil {
			return err
		}
	}
	if len(s.asked.Weights) == 0 {
		return nil
	}
	if how.Voters == nil {
		for _, seat := range s.b.Poll().Roll {
			how.Voters = append(how.Voters, domain.WeightRow{Member: seat.Member, Weight: seat.Weight})
		}
	}
	for _, w := range s.asked.Weights {
		row := domain.WeightRow{Member: w.Member, Weight: w.Weight}
		i, found := slices.BinarySearchFunc(how.Voters, row, rowsByMember)
		switch {
		case found && w.Weight.IsZero() && s.rule.Voters.Who == domain.Weighted:
			how.Voters = slices.Delete(how.Voters, i, i+1)
		case found:
			how.Voters[i] = row
		case !w.Weight.IsZero():
			how.Voters = slices.Insert(how.Voters, i, row)
		}
	}
	if len(how.Voters) == 0 {
		return ErrNobody
	}
	return nil
}

func rowsByMember(a, b domain.WeightRow) int {
	switch {
	case a.Member < b.Member:
		return -1
	case a.Member > b.Member:
		return 1
	}
	return 0
}

// votersOf takes who votes in a body then.
func (s *supposing) votersOf(how *domain.Supposition, body domain.BodyID) (err error) {
	day := PowerDay{At: s.then.At, Body: body}
	how.Voters, err = day.voters(s.g, Question{Group: s.q.Group, At: s.then.At, Known: s.then.Known}, s.rule)
	if err == nil && len(how.Voters) == 0 || errors.Is(err, errAllZero) {
		return ErrNobody
	}
	for _, row := range how.Voters {
		s.answer.Why = append(s.answer.Why, s.g.WhyWeight(body, row.Member, s.then)...)
	}
	slices.Sort(s.answer.Why)
	s.answer.Why = slices.Compact(s.answer.Why)
	return err
}

// comings tells who comes and who goes, and what succession offers.
func (s *supposing) comings(now *domain.Supposed) {
	s.answer.New = now.New
	for _, m := range now.Gone {
		s.answer.Gone = append(s.answer.Gone, GoneEntry{Member: m, Unknown: !s.g.IsMember(m, s.then)})
		for _, other := range now.New {
			if s.akin(m, other) {
				s.answer.Offers = append(s.answer.Offers, Likeness{Like: m, Member: other})
			}
		}
	}
}

// akin reports whether one of both succeeded to the other, between the day of the vote and that of the weights.
func (s *supposing) akin(voted, other domain.MemberID) bool {
	known, day := s.q.Known, s.d.Day.First
	if s.then.At < day {
		return slices.Contains(s.g.Heirs(other, s.then.At, domain.Pair{At: day, Known: known}), voted)
	}
	return slices.Contains(s.g.Heirs(voted, day, domain.Pair{At: s.then.At, Known: known}), other)
}

// members puts both rolls side by side.
func (s *supposing) members(was, now *domain.Supposed) {
	rows := map[domain.MemberID]*WhatIfMember{}
	row := func(m domain.MemberID) *WhatIfMember {
		if rows[m] == nil {
			rows[m] = &WhatIfMember{Member: m}
		}
		return rows[m]
	}
	for i := range was.Poll.Roll {
		row(was.Poll.Roll[i].Member).Was = s.seat(was, i)
	}
	if s.answer.Would != nil {
		for i := range now.Poll.Roll {
			row(now.Poll.Roll[i].Member).Would = s.seat(now, i)
		}
	}
	s.answer.Members = []WhatIfMember{}
	for _, m := range rows {
		s.answer.Members = append(s.answer.Members, *m)
	}
	slices.SortFunc(s.answer.Members, func(a, b WhatIfMember) int {
		return rowsByMember(domain.WeightRow{Member: a.Member}, domain.WeightRow{Member: b.Member})
	})
}

func (s *supposing) seat(of *domain.Supposed, i int) *WhatIfSeat {
	seat, vote := &of.Poll.Roll[i], &of.Votes[i]
	e := &WhatIfSeat{Presence: seat.Presence, Weight: seat.Weight}
	if s.answer.Secret {
		return e
	}
	e.Vote = s.b.Opened.Word(vote.Sense)
	for _, p := range vote.Parts {
		e.Parts = append(e.Parts, WhatIfPart{Vote: s.b.Opened.Word(p.Sense), Weight: p.Weight})
	}
	return e
}

// whatIfSense is the sense that a word says; NoVote where it says none.
func whatIfSense(opened *domain.VoteOpened, word string) domain.Sense {
	for o := domain.Abstain; o <= domain.Option(max(len(opened.Options), 2)); o++ {
		if opened.Word(o) == word && word != "" {
			return o
		}
	}
	return domain.NoVote
}
