package domain

import (
	"errors"
	"slices"
)

func (a *ItemPutToVote) judge(j *judgement) {
	s := j.inSession(a.Sitting)
	if s == nil {
		return
	}
	if !s.IsWritten() {
		j.quiet(s)
	}
	i := j.dueItem(s, a.Item)
	if i == nil {
		return
	}
	if _, broken, of := j.g.openVote(s, i, j.pair()); broken != nil {
		j.breaks(broken, of)
	}
	j.changes(i.Changes, j.day, false)
	j.unless(!s.IsWritten() || j.day <= s.Convened.Deadline, AfterDeadline, string(a.Item))
}

// voting judges that an item is being voted on, in public or in secret; nil where it is not.
func (j *judgement) voting(id SittingID, item ItemID) (*Sitting, *Ballot) {
	s := j.inSession(id)
	if s == nil || j.item(s, item) == nil {
		return nil, nil
	}
	_, b := s.open(item)
	if !j.unless(b != nil, VoteNotOpen, string(item)) {
		return nil, nil
	}
	return s, b
}

// answers judges that votes can still be cast, and in which manner.
func (j *judgement) answers(id SittingID, item ItemID, secret bool) *Ballot {
	s, b := j.voting(id, item)
	if b == nil {
		return nil
	}
	j.unless(!s.IsWritten() || j.day <= s.Convened.Deadline, AfterDeadline, string(item))
	if !j.unless(b.Secret() == secret, BallotDiffers, string(item)) {
		return nil
	}
	return b
}

func (a *VotesCast) judge(j *judgement) {
	b := j.answers(a.Sitting, a.Item, false)
	if b == nil || !j.unless(b.count != nil, TooFine, string(a.Item)) {
		return
	}
	news := 0
	for i := range a.Votes {
		v, m := b.Opened.vote(&a.Votes[i]), string(a.Votes[i].Member)
		seat, ok := b.seats[a.Votes[i].Member]
		if !ok {
			j.breaks(NotOnRoll, m)
			continue
		}
		j.unless(!b.count.takesPart(seat) || v.said(), UnknownSense, m)
		if b.count.voted(seat) && sameVote(b.count.votes[seat], v) {
			continue
		}
		news++
		if r := whyNot(b.count.counts(seat, v)); r != nil {
			j.breaks(r, m)
		}
	}
	j.unless(news > 0 || j.broken != nil, NothingChanges, string(a.Item))
}

// said reports whether a vote is in senses that there are.
func (v Vote) said() bool {
	if len(v.Parts) == 0 {
		return v.Sense != NoVote
	}
	return !slices.ContainsFunc(v.Parts, func(p Part) bool { return p.Sense == NoVote })
}

func sameVote(a, b Vote) bool { return a.Sense == b.Sense && slices.Equal(a.Parts, b.Parts) }

// whyNot is the rule that a vote breaks which does not count; nil where it counts.
func whyNot(err error) *Rule {
	for of, rule := range map[error]*Rule{
		ErrNotOnRoll: NotOnRoll, ErrNoPart: TakesNoPart, ErrSense: UnknownSense, ErrFinal: VoteFinal, ErrSplit: VoicesUndivided, ErrParts: PartsDiffer,
	} {
		if errors.Is(err, of) {
			return rule
		}
	}
	return nil
}

func (a *VotersMarked) judge(j *judgement) {
	b := j.answers(a.Sitting, a.Item, true)
	if b == nil || !j.unless(b.count != nil, TooFine, string(a.Item)) {
		return
	}
	news := 0
	for _, m := range a.Members {
		seat, ok := b.seats[m]
		switch {
		case !ok:
			j.breaks(NotOnRoll, string(m))
		case !b.count.takesPart(seat):
			j.breaks(TakesNoPart, string(m))
		case !b.inked[seat]:
			news++
		}
	}
	j.unless(news == len(a.Members) || j.broken != nil, NothingChanges, string(a.Item))
}

func (a *VoteCancelled) judge(j *judgement) { j.voting(a.Sitting, a.Item) }

func (a *VoteClosed) judge(j *judgement) {
	s, b := j.voting(a.Sitting, a.Item)
	if b == nil {
		return
	}
	early := s.IsWritten() && j.day <= s.Convened.Deadline && b.missing() > 0
	j.unless(!early, BeforeDeadline, string(a.Item))
	if !j.unless(b.Secret() || len(a.Counts) == 0, BallotDiffers, string(a.Item)) || !b.Secret() {
		return
	}
	a.judgeCounts(j, b)
}

// judgeCounts judges the counts of a secret ballot: as many of each weight as have voted, and so many that they tell of nobody.
func (a *VoteClosed) judgeCounts(j *judgement, b *Ballot) {
	voted, counted := make(map[Weight]int), make(map[Weight]int)
	for _, m := range b.Marked {
		voted[b.poll.Roll[b.seats[m]].Weight]++
	}
	for _, c := range a.Counts {
		j.unless(b.Opened.sense(c.Sense) != NoVote, UnknownSense, c.Sense)
		counted[c.Weight] += c.Votes
	}
	if few := tooFew(voted); few != "" {
		j.breaks(SecretGivenAway, few)
	}
	var differ []string
	for w := range counted {
		voted[w] += 0
	}
	for w, n := range voted {
		if n != counted[w] {
			differ = append(differ, w.String())
		}
	}
	if len(differ) > 0 {
		j.breaks(CountsDiffer, slices.Min(differ))
	}
}

// followVote is what follows by itself from the last event: the roll of an item put to vote, or the outcome of a vote closed.
func (g *Group) followVote() (Event, bool) {
	n := g.Head()
	if n == 0 {
		return Event{}, false
	}
	now, ok := g.events[n-1].now()
	if !ok {
		return Event{}, false
	}
	switch a := now.Act.(type) {
	case *ItemPutToVote:
		return g.opened(a, now.Effective)
	case *VoteClosed:
		return g.proclaimed(a, now.Effective)
	}
	return Event{}, false
}

func (g *Group) opened(a *ItemPutToVote, day Date) (Event, bool) {
	s := g.session(a.Sitting)
	if s == nil {
		return Event{}, false
	}
	i := s.Item(a.Item)
	if i == nil {
		return Event{}, false
	}
	opened, broken, _ := g.openVote(s, i, Now(day.First))
	if broken != nil {
		return Event{}, false
	}
	return Event{Effective: day, Act: opened}, true
}

func (g *Group) proclaimed(a *VoteClosed, day Date) (Event, bool) {
	s := g.session(a.Sitting)
	if s == nil {
		return Event{}, false
	}
	i := s.Item(a.Item)
	if i == nil || i.ballot() == nil || i.ballot().Closed != g.Head() {
		return Event{}, false
	}
	b := i.ballot()
	t, ok := b.Tally()
	if !ok {
		return Event{}, false
	}
	return Event{Effective: day, Act: b.proclamation(s, &t)}, true
}

// proclamation is the decision that a tally makes.
func (b *Ballot) proclamation(s *Sitting, t *Tally) *DecisionProclaimed {
	d := &DecisionProclaimed{
		Abstain: t.Abstain, Body: s.Convened.Body, Defined: b.Opened.Defined, Item: b.Opened.Item, NotVoted: t.NotVoted,
		Outcome: t.Outcome, Present: t.Present, Sitting: b.Opened.Sitting, Tie: t.Tie, Total: t.Total, Vote: b.Event,
	}
	if len(b.Opened.Options) == 0 {
		d.For, d.Against = t.Options[0], t.Options[1]
		return d
	}
	d.Options = t.Options
	if t.Option > 0 {
		d.Option = b.Opened.Options[t.Option-1]
	}
	return d
}
