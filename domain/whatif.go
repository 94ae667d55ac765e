package domain

import (
	"errors"
	"maps"
	"slices"
)

// Voters gives who votes in a body under a rule at q, and with which weight, in the order of their ids: 0 where heads alone count.
// broken is the rule that stands in the way, and of whom or what; nil where none does.
func (g *Group) Voters(id BodyID, rule *VotingRule, q Pair) (rows []WeightRow, broken *Rule, of string) {
	return g.voters(id, rule, q)
}

// CastingMember is the member whose vote breaks a tie under a rule at q, if it is there; "" where the rule knows none, or its role
// is vacant.
func (g *Group) CastingMember(t *Tie, q Pair) MemberID {
	if t.Way != TieCasting {
		return ""
	}
	if t.Role == "" {
		return t.Member
	}
	m, _ := g.Holder(t.Role, q)
	return m
}

// A Supposition is what is supposed to be otherwise of a vote that was held. How votes are cast, in public or not, divided or
// not, is as it was.
type Supposition struct {
	Absent  []MemberID            // whose votes fall, as do those of the members that they represent
	Casting MemberID              // whose vote breaks a tie, if it is there; looked at where it is given, or Rule is
	Like    map[MemberID]MemberID // who is there, and votes, as another was and did
	Present []MemberID            // in person, as if never represented or recused
	Rule    *VotingRule           // nil: as it was
	Voters  []WeightRow           // who votes and with which weight, in the order of their ids; nil: as it was
	Votes   map[MemberID]Vote
}

// Supposed is the vote as it would have been.
type Supposed struct {
	Poll   *Poll
	Votes  []Vote
	Fallen []MemberID // were represented by somebody who is not there any more, and are absent
	Gone   []MemberID // voted or could have, do not, and nobody votes like them
	New    []MemberID // vote, were not on the roll, and sit there like nobody
}

// A SeatError says of whom a supposition cannot be made. It matches one of ErrNotOnRoll, ErrNoPart, ErrParts, ErrSplit and
// ErrSense, or ErrUnknownVote.
type SeatError struct {
	Member MemberID
	Err    error
}

func (e *SeatError) Error() string { return string(e.Member) + ": " + e.Err.Error() }
func (e *SeatError) Unwrap() error { return e.Err }

// ErrUnknownVote: the ballot was secret, and the answer would depend on how one member voted.
var ErrUnknownVote = errors.New("nobody knows how it voted")

// ErrDividedHeads: heads would be counted for and against, and voices were divided.
var ErrDividedHeads = errors.New("a head is not divided")

// Suppose gives a vote as it would have been. Neither the poll nor the votes are changed. Its error is a *SeatError or matches
// ErrDividedHeads.
func Suppose(p *Poll, votes []Vote, s *Supposition) (*Supposed, error) {
	now := &Supposed{Poll: &Poll{
		Casting: p.Casting, Options: p.Options, Rule: p.Rule, SecondNotice: p.SecondNotice, SecondRound: p.SecondRound, Written: p.Written,
	}}
	if s.Rule != nil {
		rule := *s.Rule
		rule.Ballot, rule.Voices = p.Rule.Ballot, p.Rule.Voices
		now.Poll.Rule = &rule
	}
	was := seatsOf(p)
	if err := now.sit(p, votes, was, s); err != nil {
		return nil, err
	}
	if err := now.come(s); err != nil {
		return nil, err
	}
	if s.Rule != nil || s.Casting != "" {
		now.Poll.Casting = s.Casting
	}
	if left := now.Poll.Casting != p.Casting || slices.Contains(s.Absent, p.Casting); left && !p.Written && !now.isThere(now.Poll.Casting) {
		now.Poll.Casting = ""
	}
	return now, now.undivide()
}

func seatsOf(p *Poll) map[MemberID]int {
	seats := make(map[MemberID]int, len(p.Roll))
	for i := range p.Roll {
		seats[p.Roll[i].Member] = i
	}
	return seats
}

// sit fills the roll: who votes, sitting there and voting as before, or like another.
func (now *Supposed) sit(p *Poll, votes []Vote, was map[MemberID]int, s *Supposition) error {
	voters := s.Voters
	if voters == nil {
		for _, seat := range p.Roll {
			voters = append(voters, WeightRow{Member: seat.Member, Weight: seat.Weight})
		}
	}
	kept := make(map[MemberID]bool)
	for _, row := range voters {
		like := row.Member
		if other, ok := s.Like[like]; ok {
			like = other
		}
		seat, vote := Seat{Member: row.Member, Presence: Absent, Weight: row.Weight}, Vote{}
		if i, ok := was[like]; ok {
			kept[like] = true
			seat.Presence, seat.Holder, vote = p.Roll[i].Presence, p.Roll[i].Holder, votes[i]
			if len(vote.Parts) > 0 && p.Roll[i].Weight != row.Weight {
				return &SeatError{row.Member, ErrParts}
			}
		} else {
			now.New = append(now.New, row.Member)
		}
		now.Poll.Roll, now.Votes = append(now.Poll.Roll, seat), append(now.Votes, vote)
	}
	for _, seat := range p.Roll {
		if !kept[seat.Member] {
			now.Gone = append(now.Gone, seat.Member)
		}
	}
	if p.Rule.Ballot == Secret {
		return now.keepsClasses(p, was, s)
	}
	return nil
}

// keepsClasses reports whether those who had the same weight in a secret ballot still have one, so that it makes no difference
// which of them voted how.
func (now *Supposed) keepsClasses(p *Poll, was map[MemberID]int, s *Supposition) error {
	for _, some := range [][]MemberID{s.Absent, s.Present} {
		if len(some) > 0 {
			return &SeatError{some[0], ErrUnknownVote}
		}
	}
	for m := range s.Votes {
		return &SeatError{m, ErrUnknownVote}
	}
	for m := range s.Like {
		return &SeatError{m, ErrUnknownVote}
	}
	if len(now.Gone) > 0 {
		return &SeatError{now.Gone[0], ErrUnknownVote}
	}
	class := make(map[Weight]Weight)
	for _, seat := range now.Poll.Roll {
		i, ok := was[seat.Member]
		if !ok {
			continue
		}
		before := p.Roll[i].Weight
		if w, seen := class[before]; seen && w != seat.Weight {
			return &SeatError{seat.Member, ErrUnknownVote}
		}
		class[before] = seat.Weight
	}
	return nil
}

// come lets members come and go, and vote otherwise.
func (now *Supposed) come(s *Supposition) error {
	seats := seatsOf(now.Poll)
	for _, m := range slices.Concat(s.Present, s.Absent) {
		if _, ok := seats[m]; !ok {
			return &SeatError{m, ErrNotOnRoll}
		}
	}
	for _, m := range s.Present {
		seat := &now.Poll.Roll[seats[m]]
		seat.Presence, seat.Holder = Present, ""
	}
	for _, m := range s.Absent {
		seat := &now.Poll.Roll[seats[m]]
		seat.Presence, seat.Holder, now.Votes[seats[m]] = Absent, "", Vote{}
	}
	for i := range now.Poll.Roll {
		seat := &now.Poll.Roll[i]
		if seat.Presence == Represented && seat.Holder != "" && !now.isThere(seat.Holder) && !now.somebodyLike(seat.Holder, s) {
			seat.Presence, seat.Holder, now.Votes[i] = Absent, "", Vote{}
			now.Fallen = append(now.Fallen, seat.Member)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(s.Votes)) {
		i, ok := seats[m]
		if !ok {
			return &SeatError{m, ErrNotOnRoll}
		}
		if now.Votes[i] = s.Votes[m]; now.Poll.Roll[i].Presence == Recused || now.Poll.Roll[i].Presence == Absent && !now.Poll.Written {
			return &SeatError{m, ErrNoPart}
		}
	}
	return nil
}

func (now *Supposed) isThere(m MemberID) bool {
	return slices.ContainsFunc(now.Poll.Roll, func(s Seat) bool { return s.Member == m && s.Presence == Present })
}

// somebodyLike reports whether somebody is there who sits like m.
func (now *Supposed) somebodyLike(m MemberID, s *Supposition) bool {
	return slices.ContainsFunc(now.Poll.Roll, func(seat Seat) bool { return s.Like[seat.Member] == m && seat.Presence == Present })
}

// undivide lets heads be counted where voices could have been divided, and nobody's are.
func (now *Supposed) undivide() error {
	heads := slices.ContainsFunc(slices.Concat(now.Poll.Rule.Majority, now.Poll.Rule.Blocking), func(t Threshold) bool { return t.Of == Heads })
	if !heads || now.Poll.Rule.Voices != Divided {
		return nil
	}
	if slices.ContainsFunc(now.Votes, func(v Vote) bool { return len(v.Parts) > 0 }) {
		return ErrDividedHeads
	}
	rule := *now.Poll.Rule
	rule.Voices = Undivided
	now.Poll.Rule = &rule
	return nil
}

// Tally is what the vote would have come to. It fails as TallyOf does; of a vote that does not count with a *SeatError.
func (now *Supposed) Tally() (Tally, error) {
	c, err := now.Count()
	if err != nil {
		return Tally{}, err
	}
	return c.Tally(), nil
}

// Count counts the vote as it would have been.
func (now *Supposed) Count() (*Count, error) {
	c, err := NewCount(now.Poll)
	if err != nil {
		return nil, err
	}
	for i, v := range now.Votes {
		if v.Sense == NoVote && len(v.Parts) == 0 {
			continue
		}
		if err := c.Cast(i, v); err != nil {
			return nil, &SeatError{now.Poll.Roll[i].Member, err}
		}
	}
	return c, nil
}

// BallotOf is the ballot whose outcome a decision proclaims, as known: its poll, and how all voted; nil where event n proclaims
// none, or the register does not hold its vote any more.
func (g *Group) BallotOf(n, known uint64) *Ballot {
	e, ok := g.Said(n, known)
	d, is := e.Act.(*DecisionProclaimed)
	if !ok || !is {
		return nil
	}
	return g.ballotOf(d, known)
}

// Votes are how the members voted, by the places of the roll. In a secret ballot nobody knows which of those with one weight
// voted how: it is made up, and makes no difference.
func (b *Ballot) Votes() []Vote {
	if b.count == nil {
		return nil
	}
	return slices.Clone(b.count.votes)
}

// Weighs reports whether weights count under a rule, and not heads alone.
func (r *VotingRule) Weighs() bool { return r.weighs() }

// Heirs are those who have at q what a member had on a day: itself, or those who succeeded to it, however often.
func (g *Group) Heirs(id MemberID, on Day, q Pair) []MemberID { return g.heirs(id, endOf(on), q) }
