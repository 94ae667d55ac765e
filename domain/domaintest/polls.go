package domaintest

import (
	"slices"

	"registre/domain"
)

// weightsAtHand are few, so that ties are many.
var weightsAtHand = []string{"0", "0.5", "1", "1", "1", "1.5", "2", "4.5", "1/3", "2/3"}

var sharesAtHand = []string{"1/2", "1/2", "1/2", "2/3", "1/3", "4/5", "1/1", ""}

func weight(s string) domain.Weight {
	w, err := domain.ParseWeight(s)
	if err != nil {
		panic(err)
	}
	return w
}

func share(s string) (f domain.Fraction) {
	if s == "" {
		return f
	}
	f, err := domain.ParseFraction(s)
	if err != nil {
		panic(err)
	}
	return f
}

func one[T any](pick Pick, from ...T) T { return from[pick(len(from))] }

func (pick Pick) some() bool { return pick(2) == 0 }

// Poll makes a poll of at most so many members, with the rule that it is held under.
func Poll(pick Pick, most int) *domain.Poll {
	p := &domain.Poll{Rule: VotingRule(pick), SecondNotice: pick.some(), Written: pick(4) == 0, SecondRound: pick.some()}
	if pick(3) == 0 {
		p.Options = 1 + pick(4)
	}
	for i := range pick(most + 1) {
		s := domain.Seat{
			Member: domain.MemberID("m" + string(rune('a'+i))), Weight: weight(one(pick, weightsAtHand...)),
			Presence: one(pick, domain.Present, domain.Present, domain.Present, domain.Represented, domain.Absent, domain.Recused),
		}
		p.Roll = append(p.Roll, s)
	}
	if len(p.Roll) > 0 && pick.some() {
		p.Casting = p.Roll[pick(len(p.Roll))].Member
	}
	return p
}

// VotingRule makes a rule of which the parts that decide a vote are filled in.
func VotingRule(pick Pick) *domain.VotingRule {
	r := &domain.VotingRule{
		Majority: thresholds(pick, 1+pick(2)), Blocking: thresholds(pick, pick(5)/3), Choice: one(pick, domain.Plurality, domain.TwoRounds),
		Quorum: quorum(pick),
		Tie:    domain.Tie{Way: one(pick, domain.TieRejected, domain.TieCasting, domain.TieUnresolved)},
	}
	if pick.some() {
		q := quorum(pick)
		r.SecondNotice = &q
	}
	if r.Proxies.PerHolder = pick(3); r.Proxies.PerHolder > 0 {
		r.Proxies.Until = one(pick, domain.UntilSitting, domain.UntilItem)
	}
	r.Notice = domain.Notice{Days: pick(3), SecondDays: pick(3)}
	if r.Voters.Who = one(pick, domain.Weighted, domain.AllMembers, domain.TheseVoters); r.Voters.Who == domain.TheseVoters {
		r.Voters.Members = one(pick, []domain.MemberID{"a"}, []domain.MemberID{"a", "b"}, []domain.MemberID{"b"})
	}
	if r.Tie.Way == domain.TieCasting {
		r.Tie = one(pick, domain.Tie{Role: domain.Coordinator}, domain.Tie{Role: domain.Pilot}, domain.Tie{Member: "a"}, domain.Tie{Member: "b"})
		r.Tie.Way = domain.TieCasting
	}
	if r.Ballot = one(pick, domain.Final, domain.Changeable, domain.Secret); r.Tie.Way == domain.TieCasting && r.Ballot == domain.Secret {
		r.Ballot = domain.Final
	}
	r.Voices = one(pick, domain.Undivided, domain.Divided)
	for _, t := range slices.Concat(r.Majority, r.Blocking) {
		if t.Of == domain.Heads || r.Ballot == domain.Secret {
			r.Voices = domain.Undivided
		}
	}
	return r
}

func quorum(pick Pick) (q domain.Quorum) {
	q.Thresholds = thresholds(pick, pick(3))
	for i := range q.Thresholds {
		q.Thresholds[i].Base = domain.Total
	}
	if len(q.Thresholds) > 0 {
		q.Counts = one(pick, domain.Present, domain.Represented)
	}
	return q
}

func thresholds(pick Pick, n int) (list []domain.Threshold) {
	for range n {
		t := domain.Threshold{
			Base: one(pick, domain.Cast, domain.Cast, domain.Present, domain.Total), Of: one(pick, domain.Weights, domain.Weights, domain.Heads),
			Share: share(one(pick, sharesAtHand...)),
		}
		t.Strict = !t.Share.IsZero() && t.Share.Den() != 1 && pick.some()
		if t.Share.IsZero() || pick(4) == 0 {
			t.Minimum = weight(one(pick, "1", "2", "3"))
		}
		list = append(list, t)
	}
	return list
}

// Vote makes a vote that counts for a seat of a poll; ok is false where none does.
func Vote(pick Pick, p *domain.Poll, seat int) (v domain.Vote, ok bool) {
	s := &p.Roll[seat]
	if s.Presence == domain.Recused || s.Presence == domain.Absent && !p.Written {
		return v, false
	}
	sense := func() domain.Sense { return domain.Abstain + domain.Sense(pick(max(p.Options, 2)+1)) }
	half, err := s.Weight.Mul(weight("0.5"))
	if p.Rule.Voices == domain.Divided && err == nil && half.Den() == 1 && half.Num() > 0 && pick.some() {
		return domain.Vote{Parts: []domain.Part{{Sense: sense(), Weight: half}, {Sense: sense(), Weight: half}}}, true
	}
	return domain.Vote{Sense: sense()}, true
}
