package replay

import (
	"slices"
	"strconv"

	"registre/domain"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// sides tells who is for, who against, who abstains, who does not vote, and who is there.
func (v *voted) sides() (all []Node) {
	present := v.amount(Node{As: Ground, What: WhatPresent}, v.tally.Present)
	all = append(all, present)
	opened := v.ballot.Opened
	if v.ballot.Secret() {
		all = append(all, v.marked())
	}
	if len(opened.Options) == 0 {
		all = append(all, v.side(WhatFor, domain.For, v.tally.Options[0]), v.side(WhatAgainst, domain.Against, v.tally.Options[1]))
	}
	for i := range opened.Options {
		n := v.side(WhatOption, domain.Option(i+1), v.tally.Options[i])
		n.Title = string(opened.Options[i])
		all = append(all, n)
	}
	all = append(all, v.side(WhatAbstain, domain.Abstain, v.tally.Abstain))
	if v.tally.NotVoted.Heads > 0 {
		all = append(all, v.side(WhatNotVoted, domain.NoVote, v.tally.NotVoted))
	}
	return all
}

// marked tells who has voted in a secret ballot.
func (v *voted) marked() Node {
	var sum domain.Weight
	var seats []Node
	for _, s := range v.ballot.Poll().Roll {
		if slices.Contains(v.ballot.Marked, s.Member) {
			sum, _ = sum.Add(s.Weight)
			seat := Node{As: Term, Events: events(v.cast[s.Member]), Holder: s.Holder, Member: s.Member, What: WhatSeat}
			seats = append(seats, v.amount(seat, domain.Amount{Heads: 1, Weight: s.Weight}))
		}
	}
	return v.amount(Node{As: Ground, Children: seats, What: WhatMarked}, domain.Amount{Heads: int64(len(seats)), Weight: sum})
}

// side is all that is cast in a sense.
func (v *voted) side(what string, sense domain.Sense, all domain.Amount) Node {
	n := v.amount(Node{As: Ground, What: what}, all)
	if v.ballot.Secret() {
		n.Children = v.counts(sense)
		return n
	}
	for i, s := range v.ballot.Poll().Roll {
		if takesPart(&s, v.ballot.Opened.Written) {
			if weight, in := votesIn(v.ballot.Vote(i), sense, s.Weight); in {
				seat := Node{As: Term, Events: events(v.cast[s.Member]), Holder: s.Holder, Member: s.Member, What: WhatSeat}
				n.Children = append(n.Children, v.amount(seat, domain.Amount{Heads: 1, Weight: weight}))
			}
		}
	}
	return n
}

// takesPart reports whether a seat counts among those that vote, or do not: in a written consultation, whoever can answer.
func takesPart(s *domain.Seat, written bool) bool {
	return s.Presence == domain.Present || s.Presence == domain.Represented || s.Presence == domain.Absent && written
}

// votesIn is what a seat casts in a sense: its weight, or the parts of it.
func votesIn(vote domain.Vote, sense domain.Sense, whole domain.Weight) (sum domain.Weight, in bool) {
	if len(vote.Parts) == 0 {
		return whole, vote.Sense == sense
	}
	for _, p := range vote.Parts {
		if p.Sense == sense {
			sum, _ = sum.Add(p.Weight)
			in = true
		}
	}
	return sum, in
}

// counts are the ballots that were cast in secret in a sense, by their weights, which are never divided; who has not voted, by its
// name. Which of those with one weight voted how nobody knows, and makes no difference.
func (v *voted) counts(sense domain.Sense) (all []Node) {
	if sense == domain.NoVote {
		for _, s := range v.ballot.Poll().Roll {
			if takesPart(&s, v.ballot.Opened.Written) && v.cast[s.Member] == 0 {
				all = append(all, v.amount(Node{As: Term, Member: s.Member, What: WhatSeat}, domain.Amount{Heads: 1, Weight: s.Weight}))
			}
		}
		return all
	}
	votes, place := v.ballot.Votes(), map[domain.Weight]int{}
	for i, s := range v.ballot.Poll().Roll {
		if i >= len(votes) || votes[i].Sense != sense {
			continue
		}
		at, seen := place[s.Weight]
		if !seen {
			at, place[s.Weight] = len(all), len(all)
			all = append(all, v.amount(Node{As: Term, Events: events(v.ballot.Closed), What: WhatBallots}, domain.Amount{}))
			all[at].Base = s.Weight.String()
		}
		had, _ := domain.ParseWeight(all[at].Value)
		sum, _ := had.Add(s.Weight)
		all[at] = v.amount(all[at], domain.Amount{Heads: *all[at].Heads + 1, Weight: sum})
	}
	return all
}
