package domain

import (
	"iter"
	"slices"
)

// A Ballot is an item put to vote, once.
type Ballot struct {
	Opened   *VoteOpened
	Event    uint64        // that opened it
	Put      uint64        // that put the item to vote
	Marked   []MemberID    // who has voted in secret
	Counts   []SecretCount // of that, once it is closed
	Closed   uint64        // the event that closed it, or cancelled it; 0 as long as it is open
	Reason   string        // it was cancelled
	Decision uint64        // the event that proclaimed its outcome; 0 where none has
	Outcome  *DecisionProclaimed
	Last     uint64 // the event of its last vote; 0 where nobody has voted; in short, the last by which anybody would have

	lone  bool // its poll has one member alone
	poll  *Poll
	count *Count // nil where no count of that roll can be made
	seats map[MemberID]int
	inked []bool // by seat: who has voted in secret
}

// Poll is what is voted on: to whom and under which rule.
func (a *VoteOpened) Poll() *Poll {
	p := a.emptyPoll()
	for _, l := range a.Roll {
		for _, m := range l.Members {
			p.Roll = append(p.Roll, Seat{Holder: l.Holder, Member: m, Presence: l.Presence, Weight: l.Weight})
		}
	}
	slices.SortFunc(p.Roll, func(a, b Seat) int { return compareIDs(a.Member, b.Member) })
	return p
}

func (a *VoteOpened) emptyPoll() *Poll {
	return &Poll{Casting: a.Casting, Options: len(a.Options), Rule: &a.Rule, SecondNotice: a.SecondNotice, SecondRound: a.SecondRound, Written: a.Written}
}

// pollOf is that poll with one member alone on the roll; ok is false where it is not on it.
func (a *VoteOpened) pollOf(m MemberID) (p *Poll, ok bool) {
	for _, l := range a.Roll {
		if slices.Contains(l.Members, m) {
			p = a.emptyPoll()
			p.Roll = []Seat{{Holder: l.Holder, Member: m, Presence: l.Presence, Weight: l.Weight}}
			return p, true
		}
	}
	return nil, false
}

// weights are those of the whole roll, one for each who is on it.
func (a *VoteOpened) weights() iter.Seq[Weight] {
	return func(yield func(Weight) bool) {
		for _, l := range a.Roll {
			for range l.Members {
				if !yield(l.Weight) {
					return
				}
			}
		}
	}
}

// Secret reports whether a ballot is one.
func (b *Ballot) Secret() bool { return b.Opened.Rule.Ballot == Secret }

// IsOpen reports whether votes are still cast.
func (b *Ballot) IsOpen() bool { return b.Closed == 0 }

// Poll is what is voted on. Its roll is in the order of the members' ids. In short it is nil, or has one member alone.
func (b *Ballot) Poll() *Poll { return b.poll }

// Vote is how the member at a place of the roll votes, in public; the zero Vote where it has not.
func (b *Ballot) Vote(seat int) Vote {
	if b.count == nil {
		return Vote{}
	}
	return b.count.votes[seat]
}

// Tally is what the votes come to, if the ballot is closed now. ok is false where they cannot be counted: of a secret ballot
// before it is closed, nothing is told.
func (b *Ballot) Tally() (t Tally, ok bool) {
	if b.count == nil || b.lone || b.Secret() && b.IsOpen() {
		return Tally{}, false
	}
	return b.count.Tally(), true
}

// Voted counts who has voted.
func (b *Ballot) Voted() (n int) {
	if b.Secret() {
		return len(b.Marked)
	}
	for i := range b.poll.Roll {
		if b.count != nil && b.count.voted(i) {
			n++
		}
	}
	return n
}

// missing counts who can vote and has not.
func (b *Ballot) missing() (n int) {
	for i := range b.poll.Roll {
		if b.count != nil && b.count.takesPart(i) && !b.count.voted(i) && !b.inked[i] {
			n++
		}
	}
	return n
}

// sense is the sense that a word says; NoVote where it says none.
func (a *VoteOpened) sense(word string) Sense {
	switch {
	case word == SenseAbstain:
		return Abstain
	case len(a.Options) > 0:
		if i := slices.Index(a.Options, OptionID(word)); i >= 0 {
			return Option(i + 1)
		}
	case word == SenseFor:
		return For
	case word == SenseAgainst:
		return Against
	}
	return NoVote
}

// Word is the word that says a sense.
func (a *VoteOpened) Word(s Sense) string {
	switch {
	case s == Abstain:
		return SenseAbstain
	case len(a.Options) > 0 && s > Abstain && int(s-Abstain) <= len(a.Options):
		return string(a.Options[s-Abstain-1])
	case s == For:
		return SenseFor
	case s == Against:
		return SenseAgainst
	}
	return ""
}

// vote is a cast vote as it is counted.
func (a *VoteOpened) vote(v *CastVote) Vote {
	if len(v.Parts) == 0 {
		return Vote{Sense: a.sense(v.Sense)}
	}
	parts := make([]Part, len(v.Parts))
	for i, p := range v.Parts {
		parts[i] = Part{Sense: a.sense(p.Sense), Weight: p.Weight}
	}
	return Vote{Parts: parts}
}

func newBallot(n, put uint64, a *VoteOpened) *Ballot {
	b := &Ballot{Opened: a, Event: n, Put: put}
	b.seat(a.Poll())
	if len(a.Rule.Majority) > 0 {
		b.count, _ = NewCount(b.poll)
	}
	return b
}

// shortBallot is one of which the votes of one member at most are counted.
func shortBallot(n, put uint64, a *VoteOpened, m MemberID) *Ballot {
	b := &Ballot{Opened: a, Event: n, Put: put}
	alone, ok := a.pollOf(m)
	if !ok {
		return b
	}
	b.lone = true
	b.seat(alone)
	if len(a.Rule.Majority) > 0 {
		b.count, _ = newCountIn(a.weights(), alone)
	}
	return b
}

// seat gives each line of a roll its place.
func (b *Ballot) seat(p *Poll) {
	b.poll = p
	b.seats = make(map[MemberID]int, len(b.poll.Roll))
	for i := range b.poll.Roll {
		b.seats[b.poll.Roll[i].Member] = i
	}
	b.inked = make([]bool, len(b.poll.Roll))
}

// ballot is the last of an item.
func (i *Item) ballot() *Ballot {
	if len(i.Ballots) == 0 {
		return nil
	}
	return i.Ballots[len(i.Ballots)-1]
}

// open is the ballot of an item that is open; nil where none is.
func (s *Sitting) open(id ItemID) (*Item, *Ballot) {
	i := s.Item(id)
	if i == nil {
		return nil, nil
	}
	if b := i.ballot(); b != nil && b.IsOpen() {
		return i, b
	}
	return i, nil
}

// applyVote takes what is said of a vote.
func (s *Sitting) applyVote(n uint64, a Act) {
	switch a := a.(type) {
	case *ItemPutToVote:
		if i := s.Item(a.Item); i != nil {
			i.put = n
		}
	case *VoteOpened:
		if i := s.Item(a.Item); i != nil {
			i.Status = Voting
			if s.brief {
				i.Ballots = append(i.Ballots, shortBallot(n, i.put, a, s.of))
				return
			}
			i.Ballots = append(i.Ballots, newBallot(n, i.put, a))
		}
	case *VoteCancelled, *VoteClosed:
		_, item := itemSpokenOf(a)
		if i, b := s.open(item); b != nil {
			i.Status = Pending
			b.Closed = n
			if b.poll != nil {
				b.apply(n, a)
			}
		}
	case *DecisionProclaimed:
		s.proclaim(n, a)
	default:
		if _, item := itemSpokenOf(a); item != "" {
			if _, b := s.open(item); b != nil {
				b.take(n, a, s.brief)
			}
		}
	}
}

// take takes what is said of an open ballot. In short it is noted only that it was said, unless somebody is on the roll whose votes
// are counted.
func (b *Ballot) take(n uint64, a Act, brief bool) {
	last := max(b.Last, n)
	if b.poll != nil {
		b.apply(n, a)
	}
	if brief {
		b.Last = last
	}
}

// apply takes what is said of an open ballot.
func (b *Ballot) apply(n uint64, a Act) {
	switch a := a.(type) {
	case *VotesCast:
		b.cast(n, a.Votes)
	case *VotersMarked:
		b.mark(n, a.Members)
	case *VoteCancelled:
		b.Closed, b.Reason = n, a.Reason
	case *VoteClosed:
		b.Closed, b.Counts = n, a.Counts
		b.reveal()
	}
}

// Recount counts the votes of a decision anew, from the roll and the rule under which the vote was opened, as known. ok is false
// where nobody can: the decision is asserted, or the register does not hold its vote any more.
//
// For a decision d that no correction has touched, Recount(d).Outcome is d.Outcome.
func (g *Group) Recount(n, known uint64) (t Tally, ok bool) {
	e, ok := g.Said(n, known)
	d, is := e.Act.(*DecisionProclaimed)
	if !ok || !is {
		return t, false
	}
	b := g.ballotOf(d, known)
	if b == nil {
		return t, false
	}
	return b.Tally()
}

// ballotOf is the ballot of a decision, made from what is said of it alone; nil where there is none.
func (g *Group) ballotOf(d *DecisionProclaimed, known uint64) *Ballot {
	e, ok := g.Said(d.Vote, known)
	opened, is := e.Act.(*VoteOpened)
	s := g.sittings.find(d.Sitting)
	if !ok || !is || s == nil || opened.Item != d.Item || opened.Sitting != d.Sitting {
		return nil
	}
	b := newBallot(d.Vote, 0, opened)
	for e := range s.log.behind(Place{Day: e.Effective.First, Number: d.Vote}, known) {
		if _, item := itemSpokenOf(e.Value); item == d.Item && !b.hear(e.Place.Number, e.Value) {
			break
		}
	}
	return b
}

// hear takes what is said next of the item of an open ballot, and reports whether more of it can concern the ballot.
func (b *Ballot) hear(n uint64, a Act) bool {
	switch a := a.(type) {
	case *VoteOpened:
		return false
	case *DecisionProclaimed:
		if a.Vote == b.Event {
			b.Closed = n
		}
	default:
		b.apply(n, a)
	}
	return b.IsOpen()
}

func (b *Ballot) cast(n uint64, votes []CastVote) {
	for i := range votes {
		seat, ok := b.seats[votes[i].Member]
		if ok && b.count != nil && b.count.Cast(seat, b.Opened.vote(&votes[i])) == nil {
			b.Last = n
		}
	}
}

// mark notes who has voted in secret, once each.
func (b *Ballot) mark(n uint64, members []MemberID) {
	for _, m := range members {
		if seat, ok := b.seats[m]; ok && !b.inked[seat] {
			b.Marked, b.inked[seat], b.Last = append(b.Marked, m), true, n
		}
	}
}

// reveal counts a secret ballot. Which of those with one weight voted in which sense makes no difference, and nobody knows it.
func (b *Ballot) reveal() {
	if b.count == nil || b.lone || !b.Secret() {
		return
	}
	left := make(map[Weight][]int)
	for _, m := range b.Marked {
		w := b.poll.Roll[b.seats[m]].Weight
		left[w] = append(left[w], b.seats[m])
	}
	for _, c := range b.Counts {
		for range min(c.Votes, len(left[c.Weight])) {
			_ = b.count.Cast(left[c.Weight][0], Vote{Sense: b.Opened.sense(c.Sense)})
			left[c.Weight] = left[c.Weight][1:]
		}
	}
}

func (s *Sitting) proclaim(n uint64, a *DecisionProclaimed) {
	i := s.Item(a.Item)
	if i == nil {
		return
	}
	i.Status = Decided
	if a.Outcome == SecondRound || a.Outcome == Unresolved {
		i.Status = Pending
	}
	i.second = a.Outcome == SecondRound
	for _, b := range i.Ballots {
		if b.Event == a.Vote {
			i.second = i.second || a.Outcome == Unresolved && b.Opened.SecondRound
			b.Decision, b.Outcome = n, a
			if b.Closed == 0 {
				b.Closed = n
			}
		}
	}
}
