package domain

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

