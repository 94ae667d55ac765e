package domaintest

import (
	"slices"

	"registre/domain"
)

// vote is what happens while an item is voted on.
func (m *maker) vote(s *domain.Sitting, i *domain.Item) domain.Command {
	id, date := s.Convened.Sitting, m.later(s)
	if len(i.Ballots) == 0 {
		return m.command(date, &domain.VoteCancelled{Item: i.Item, Reason: "r", Sitting: id})
	}
	b := i.Ballots[len(i.Ballots)-1]
	waits := len(b.Poll().Roll) - b.Voted()
	switch {
	case m.oneIn(25):
		return m.command(date, &domain.VoteCancelled{Item: i.Item, Reason: "r", Sitting: id})
	case m.oneIn(12):
		return m.command(date, m.inTheRoom(s, date.First))
	case b.Secret() && (waits == 0 || m.oneIn(3)):
		return m.command(date, &domain.VoteClosed{Counts: m.counts(b), Item: i.Item, Sitting: id})
	case b.Secret():
		return m.command(date, &domain.VotersMarked{Item: i.Item, Members: m.voters(b), Sitting: id})
	case waits == 0 || m.oneIn(4):
		if s.IsWritten() && !m.oneIn(3) {
			date = domain.OnDay(s.Convened.Deadline + 1)
		}
		return m.command(date, &domain.VoteClosed{Item: i.Item, Sitting: id})
	}
	return m.command(date, m.cast(b))
}

// voters are some of a roll that have not been marked.
func (m *maker) voters(b *domain.Ballot) (who []domain.MemberID) {
	for _, seat := range b.Poll().Roll {
		takesPart := seat.Presence == domain.Present || seat.Presence == domain.Represented || b.Opened.Written
		if takesPart && !slices.Contains(b.Marked, seat.Member) && !m.oneIn(6) {
			who = append(who, seat.Member)
		}
	}
	if len(who) == 0 {
		who = []domain.MemberID{pickOf(m, Members)}
	}
	return who
}

// counts are those of a secret ballot, by weights and senses.
func (m *maker) counts(b *domain.Ballot) (counts []domain.SecretCount) {
	for _, seat := range b.Poll().Roll {
		if !slices.Contains(b.Marked, seat.Member) {
			continue
		}
		sense := m.sense(b)
		i := slices.IndexFunc(counts, func(c domain.SecretCount) bool { return c.Sense == sense && c.Weight == seat.Weight })
		if i < 0 {
			i = len(counts)
			counts = append(counts, domain.SecretCount{Sense: sense, Weight: seat.Weight})
		}
		counts[i].Votes++
	}
	return counts
}

func (m *maker) sense(b *domain.Ballot) string {
	if n := len(b.Opened.Options); n > 0 && !m.oneIn(5) {
		return string(pickOf(m, b.Opened.Options))
	}
	return one(m.Pick, domain.SenseFor, domain.SenseFor, domain.SenseAgainst, domain.SenseAbstain)
}

// cast takes the votes of some of a roll, mostly of such as take part and have not voted.
func (m *maker) cast(b *domain.Ballot) *domain.VotesCast {
	c := &domain.VotesCast{Item: b.Opened.Item, Sitting: b.Opened.Sitting}
	for n, seat := range b.Poll().Roll {
		voted := b.Vote(n).Sense != domain.NoVote || len(b.Vote(n).Parts) > 0
		_, can := Vote(m.Pick, b.Poll(), n)
		if (!can || voted) && !m.oneIn(10) || m.oneIn(3) {
			continue
		}
		v := domain.CastVote{Member: seat.Member, Sense: m.sense(b)}
		if p, ok := Vote(m.Pick, b.Poll(), n); ok && len(p.Parts) == 2 && p.Parts[0].Sense != p.Parts[1].Sense {
			v.Sense = ""
			for _, part := range p.Parts {
				v.Parts = append(v.Parts, domain.CastPart{Sense: b.Opened.Word(part.Sense), Weight: part.Weight})
			}
		}
		c.Votes = append(c.Votes, v)
	}
	if len(c.Votes) == 0 {
		c.Votes = []domain.CastVote{{Member: pickOf(m, Members), Sense: m.sense(b)}}
	}
	return c
}

// fate is what becomes of a decision.
func (m *maker) fate(decisions []domain.Decision) domain.Command {
	d := pickOf(m, decisions)
	day := d.Day.First + domain.Day(m.Pick(8))
	date := domain.OnDay(day)
	switch m.Pick(7) {
	case 0:
		return m.command(date, &domain.DecisionPublished{Decision: d.Number})
	case 1:
		return m.command(date, &domain.DecisionReceived{Decision: d.Number})
	case 2:
		return m.command(date, m.asserted(day))
	case 3, 4:
		if d.Annulment != 0 {
			return m.command(domain.OnDay(First+Days+5), &domain.AnnulmentLifted{Annulment: d.Annulment, How: domain.OnAppeal, Reason: "r"})
		}
	}
	a := &domain.DecisionAnnulled{Court: "TA", Decision: d.Number, Reason: "r"}
	if m.oneIn(3) {
		a.From = day + 1
	}
	return m.command(date, a)
}

func (m *maker) asserted(day domain.Day) *domain.DecisionAsserted {
	a := &domain.DecisionAsserted{Body: m.body(day, true), Outcome: one(m.Pick, domain.Adopted, domain.Rejected), Title: m.name()}
	if w := m.weight(); m.oneIn(2) {
		a.For = &w
	}
	return a
}

// bodyRule is a rule under which much is decided, or any.
func (m *maker) bodyRule() domain.VotingRule {
	if m.oneIn(3) {
		return *VotingRule(m.Pick)
	}
	r := domain.VotingRule{
		Ballot: one(m.Pick, domain.Final, domain.Changeable), Choice: one(m.Pick, domain.Plurality, domain.TwoRounds), Voices: domain.Undivided,
		Majority: []domain.Threshold{{Base: domain.Cast, Of: domain.Weights, Share: share("1/2"), Strict: true}},
		Proxies:  domain.Proxies{PerHolder: 1 + m.Pick(2), Until: domain.UntilItem},
		Tie:      domain.Tie{Way: one(m.Pick, domain.TieRejected, domain.TieUnresolved)},
		Voters:   domain.Voters{Who: one(m.Pick, domain.Weighted, domain.AllMembers)},
	}
	switch m.Pick(4) {
	case 0:
		r.Ballot, r.Majority[0].Of, r.Voters.Who = domain.Secret, domain.Heads, domain.AllMembers
	case 1:
		r.Quorum = domain.Quorum{Counts: domain.Represented, Thresholds: []domain.Threshold{{Base: domain.Total, Of: domain.Heads, Share: share("1/2")}}}
		r.SecondNotice = &domain.Quorum{}
	case 2:
		r.Voices = domain.Divided
	}
	return r
}

// sittingAnew says an act about sittings, votes or decisions otherwise; nil where it is about nothing of the kind.
func (m *maker) sittingAnew(a domain.Act) domain.Act {
	switch a := a.(type) {
	case *domain.SittingConvened:
		anew := *a
		anew.Day, anew.Agenda = m.day(), slices.Clone(a.Agenda)
		if anew.Mode == domain.Written {
			anew.Deadline = anew.Day + 3
		}
		for i := range anew.Agenda {
			anew.Agenda[i] = m.item(anew.Day, anew.Agenda[i].Item)
		}
		return &anew
	case *domain.SittingOpened:
		return &domain.SittingOpened{Sitting: a.Sitting, Present: []domain.MemberID{m.member(m.day())}}
	case *domain.ItemAmended:
		return &domain.ItemAmended{AgendaItem: m.item(m.day(), a.Item), Sitting: a.Sitting}
	case *domain.VotesCast:
		anew := &domain.VotesCast{Item: a.Item, Sitting: a.Sitting}
		for _, v := range a.Votes {
			anew.Votes = append(anew.Votes, domain.CastVote{Member: v.Member, Sense: one(m.Pick, domain.SenseFor, domain.SenseAgainst, domain.SenseAbstain)})
		}
		return anew
	case *domain.VoteOpened:
		anew := *a
		anew.Roll = slices.Clone(a.Roll)
		anew.Roll[m.Pick(len(a.Roll))].Weight = m.weight()
		return &anew
	case *domain.DecisionProclaimed:
		anew := *a
		if len(a.Options) == 0 {
			anew.Outcome = one(m.Pick, domain.Adopted, domain.Rejected)
		}
		return &anew
	}
	return nil
}
