package domain

// WouldOpen is the vote on an item as it would be opened at q, in a sitting as it stands, and the rule that stands in the way of
// it; nil where none does. The vote is nil where nobody can say who votes, or how.
func (g *Group) WouldOpen(s *Sitting, id ItemID, q Pair) (*VoteOpened, *Refusal) {
	i := s.Item(id)
	if i == nil {
		return nil, &Refusal{Rule: UnknownItem, Subject: string(id), Day: q.At}
	}
	a, broken, of := g.openVote(s, i, q)
	if broken != nil {
		return a, &Refusal{Rule: broken, Subject: of, Day: q.At}
	}
	return a, nil
}

// RollOf is who votes in a body under a rule at q, and with which weight, in the order of their ids; nil where nobody can say.
func (g *Group) RollOf(body BodyID, rule *VotingRule, q Pair) []WeightRow {
	rows, _, _ := g.voters(body, rule, q)
	return rows
}

// TakesPart reports whether the member at a place of the roll can vote: it is there, represented, or consulted in writing.
func (b *Ballot) TakesPart(seat int) bool { return b.count != nil && b.count.takesPart(seat) }

// HasVoted reports whether the member at a place of the roll has voted, in public or in secret.
func (b *Ballot) HasVoted(seat int) bool {
	return b.inked[seat] || b.count != nil && b.count.voted(seat)
}
