package projections_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections"
	"registre/projections/casetest"
)

func threshold(t require.TestingT, s string) domain.Threshold {
	th, err := domain.ParseThreshold(s)
	require.NoError(t, err)
	return th
}

func cogouvRule(t require.TestingT) domain.VotingRule {
	return domain.VotingRule{
		Ballot: domain.Final, Choice: domain.Plurality, Voices: domain.Undivided, Voters: domain.Voters{Who: domain.Weighted}, Tie: domain.Tie{Way: domain.TieRejected},
		Majority: []domain.Threshold{threshold(t, "weights total >1/2")},
		Proxies:  domain.Proxies{PerHolder: 1, Until: domain.UntilItem},
	}
}

var cogouvMembers = []domain.MemberID{"ardennes", "aube", "cea", "haute-marne", "marne", "meurthe-et-moselle", "meuse", "moselle", "region-grand-est", "vosges"}

// sat is the reference case with a sitting of its COGOUV, in which Vosges is represented by the Meuse; decide puts an item to vote,
// and gives the number of its decision. Who is not for it is against.
func sat(t *testing.T, rule domain.VotingRule) (c *casetest.Teller, decide func(item domain.ItemID, inFavour ...domain.MemberID) uint64) {
	c = casetest.GrandEst(t)
	c.Tell("2023-01-01", &domain.VotingRuleSet{Basis: "test", Body: casetest.COGOUV, Rule: rule})
	c.Tell("2023-03-01", &domain.SittingConvened{
		Body: casetest.COGOUV, Day: casetest.Day("2023-03-20"), Mode: domain.Remote, Sitting: "s",
		Agenda: []domain.AgendaItem{{Item: "1", Title: "Budget"}, {Item: "2", Title: "Pilote"}, {Item: "3", Title: "Calendrier"}},
	})
	c.Tell("2023-03-20", &domain.ProxyGiven{Grantor: "vosges", Holder: "meuse", Sitting: "s"})
	c.Tell("2023-03-20", &domain.SittingOpened{Present: cogouvMembers[:9], Sitting: "s"})
	return c, func(item domain.ItemID, inFavour ...domain.MemberID) uint64 {
		c.Tell("2023-03-20", &domain.ItemPutToVote{Item: item, Sitting: "s"})
		if rule.Ballot == domain.Secret {
			c.Tell("2023-03-20", &domain.VotersMarked{Item: item, Sitting: "s", Members: cogouvMembers})
			c.Tell("2023-03-20", &domain.VoteClosed{Item: item, Sitting: "s", Counts: []domain.SecretCount{
				{Sense: "for", Votes: len(inFavour)}, {Sense: "against", Votes: 10 - len(inFavour)},
			}})
			return c.Group.Head()
		}
		cast := &domain.VotesCast{Item: item, Sitting: "s"}
		for _, m := range cogouvMembers {
			sense := "against"
			for _, f := range inFavour {
				if f == m {
					sense = "for"
				}
			}
			cast.Votes = append(cast.Votes, domain.CastVote{Member: m, Sense: sense})
		}
		c.Tell("2023-03-20", cast)
		c.Tell("2023-03-20", &domain.VoteClosed{Item: item, Sitting: "s"})
		return c.Group.Head()
	}
}

var in2017 = []projections.Likeness{{Like: "cea", Member: "bas-rhin"}, {Like: "cea", Member: "haut-rhin"}}

func TestWhatIf(t *testing.T) {
	c, decide := sat(t, cogouvRule(t))
	won, tied := decide("1", "region-grand-est", "cea", "moselle"), decide("2", "region-grand-est", "cea", "meuse")
	day := casetest.Day("2018-01-01")
	casting := domain.Tie{Way: domain.TieCasting, Role: domain.Coordinator}
	for name, a := range map[string]struct {
		n       uint64
		asked   projections.WhatIfAsked
		outcome string
		changed bool
	}{
		"whatif-2017":        {won, projections.WhatIfAsked{WeightsOf: &day, Body: casetest.AG}, "rejected", true},
		"whatif-2017-as":     {won, projections.WhatIfAsked{WeightsOf: &day, Body: casetest.AG, As: in2017, Turn: true}, "adopted", false},
		"whatif-tie-casting": {tied, projections.WhatIfAsked{Tie: &casting, Turn: true}, "adopted", true},
		"whatif-two-thirds":  {won, projections.WhatIfAsked{Majority: projections.Thresholds{Given: true, List: []domain.Threshold{threshold(t, "weights cast >=2/3"), threshold(t, "heads total min 3")}}}, "rejected", true},
		"whatif-absent":      {tied, projections.WhatIfAsked{Absent: []domain.MemberID{"meuse"}, Votes: []projections.SupposedVote{{Member: "aube", Sense: "for"}}}, "rejected", false},
		"whatif-weights":     {tied, projections.WhatIfAsked{Weights: []domain.MemberWeight{{Member: "meuse", Weight: casetest.W("2")}, {Member: "aube"}}}, "adopted", true},
		"whatif-turn":        {won, projections.WhatIfAsked{Turn: true}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			before := c.Group.Head()
			got, err := projections.WhatIf(c.Group, question("2023-04-01", domain.Latest), a.n, &a.asked)
			require.NoError(t, err)
			require.Equal(t, a.changed, got.Changed)
			require.Equal(t, got.Proclaimed, got.Was.Outcome)
			if require.Equal(t, a.outcome != "", got.Would != nil); a.outcome != "" {
				require.Equal(t, a.outcome, got.Would.Outcome)
			}
			require.Equal(t, before, c.Group.Head(), "nothing is written")
			requireGolden(t, name, got)
		})
	}
}

// Each smallest change, supposed, turns the decision.
func TestATurnSupposedTurns(t *testing.T) {
	c, decide := sat(t, cogouvRule(t))
	q := question("2023-04-01", domain.Latest)
	for item, inFavour := range map[domain.ItemID][]domain.MemberID{
		"1": {"region-grand-est", "cea", "moselle"}, "2": {"region-grand-est", "cea", "meuse"}, "3": {"aube", "marne"},
	} {
		n := decide(item, inFavour...)
		got, err := projections.WhatIf(c.Group, q, n, &projections.WhatIfAsked{Turn: true})
		require.NoError(t, err)
		require.NotEmpty(t, got.Turns)
		for _, turn := range got.Turns {
			for _, way := range turn.Ways {
				var asked projections.WhatIfAsked
				for _, part := range way {
					for _, m := range part.Of[:part.Choose] {
						asked.Votes = append(asked.Votes, projections.SupposedVote{Member: m, Sense: turn.To})
					}
				}
				require.Len(t, asked.Votes, turn.Members)
				would, err := projections.WhatIf(c.Group, q, n, &asked)
				require.NoError(t, err)
				require.True(t, would.Changed)
			}
		}
	}
}

// Of a secret ballot nobody knows who voted how: what depends on it is refused, and nobody is named.
func TestWhatIfOfASecretBallot(t *testing.T) {
	rule := cogouvRule(t)
	rule.Ballot, rule.Majority = domain.Secret, []domain.Threshold{threshold(t, "heads total >1/2")}
	c, decide := sat(t, rule)
	n := decide("1", "aube", "cea", "marne", "meuse", "moselle", "vosges")
	q := question("2023-04-01", domain.Latest)
	got, err := projections.WhatIf(c.Group, q, n, &projections.WhatIfAsked{Turn: true, Majority: projections.Thresholds{Given: true, List: []domain.Threshold{threshold(t, "heads total >=2/3")}}})
	require.NoError(t, err)
	require.True(t, got.Secret && got.Changed)
	require.Equal(t, [][]projections.TurnPart{{{Choose: 1, Voted: "against"}}}, got.Turns[0].Ways)
	for _, m := range got.Members {
		require.Empty(t, m.Was.Vote+m.Would.Vote)
	}
	_, err = projections.WhatIf(c.Group, q, n, &projections.WhatIfAsked{Majority: projections.Thresholds{Given: true, List: []domain.Threshold{threshold(t, "weights total >1/2")}}})
	require.ErrorIs(t, err, domain.ErrUnknownVote)
	_, err = projections.WhatIf(c.Group, q, n, &projections.WhatIfAsked{Votes: []projections.SupposedVote{{Member: "aube", Sense: "against"}}})
	require.ErrorIs(t, err, domain.ErrUnknownVote)
}

// A rule by heads in the place of one by weights, and back: the roll takes the weights of the day of the vote.
func TestWhatIfHeadsAreCounted(t *testing.T) {
	rule := cogouvRule(t)
	rule.Majority = []domain.Threshold{threshold(t, "heads total >1/2")}
	c, decide := sat(t, rule)
	n := decide("1", "region-grand-est", "cea", "moselle")
	got, err := projections.WhatIf(c.Group, question("2023-04-01", domain.Latest), n, &projections.WhatIfAsked{Majority: projections.Thresholds{Given: true, List: []domain.Threshold{threshold(t, "weights total >1/2")}}})
	require.NoError(t, err)
	require.Equal(t, []string{"rejected", "adopted"}, []string{got.Was.Outcome, got.Would.Outcome})
	require.Equal(t, casetest.W("8"), got.Would.For.Voices)
}

func TestWhatIfSaysWhyNot(t *testing.T) {
	c, decide := sat(t, cogouvRule(t))
	n := decide("1", "region-grand-est", "cea", "moselle")
	asserted := c.Tell("2023-04-01", &domain.DecisionAsserted{Body: casetest.AG, Outcome: domain.Adopted, Title: "Gouvernance"})
	day := casetest.Day("2016-01-01")
	for _, a := range []struct {
		n     uint64
		asked projections.WhatIfAsked
		why   error
	}{
		{1, projections.WhatIfAsked{}, projections.ErrNoDecision},
		{1e6, projections.WhatIfAsked{}, projections.ErrNoDecision},
		{asserted, projections.WhatIfAsked{}, projections.ErrAsserted},
		{n, projections.WhatIfAsked{Absent: []domain.MemberID{"nowhere"}}, projections.ErrNoMember},
		{n, projections.WhatIfAsked{Absent: []domain.MemberID{"haut-rhin"}}, domain.ErrNotOnRoll},
		{n, projections.WhatIfAsked{Votes: []projections.SupposedVote{{Member: "aube", Sense: "perhaps"}}}, domain.ErrSense},
		{n, projections.WhatIfAsked{RuleOf: &day}, projections.ErrNoRule},
		{n, projections.WhatIfAsked{WeightsOf: &day}, projections.ErrNobody},
	} {
		_, err := projections.WhatIf(c.Group, question("2023-04-01", domain.Latest), a.n, &a.asked)
		require.ErrorIs(t, err, a.why)
	}
}

func TestWhatIfCoalitions(t *testing.T) {
	rule := cogouvRule(t)
	rule.Majority = append(rule.Majority, threshold(t, "heads total >=2/5"))
	c, _ := sat(t, rule)
	casting := domain.Tie{Way: domain.TieCasting, Role: domain.Coordinator}
	for name, a := range map[string]struct {
		at     string
		asked  projections.WhatIfAsked
		given  []domain.MemberID
		passes bool
	}{
		"coalitions-lacks":   {"2023-04-01", projections.WhatIfAsked{}, []domain.MemberID{"region-grand-est", "cea", "moselle"}, false},
		"coalitions-passes":  {"2023-04-01", projections.WhatIfAsked{}, []domain.MemberID{"region-grand-est", "cea", "meuse", "aube"}, true},
		"coalitions-casting": {"2023-01-01", projections.WhatIfAsked{Tie: &casting, Majority: projections.Thresholds{Given: true, List: rule.Majority[:1]}}, []domain.MemberID{"region-grand-est", "cea", "meuse"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := projections.WhatIfCoalitions(c.Group, question(a.at, domain.Latest), casetest.COGOUV, &a.asked, a.given)
			require.NoError(t, err)
			require.Equal(t, a.passes, got.Given.Passes)
			requireGolden(t, name, got)
		})
	}
	_, err := projections.WhatIfCoalitions(c.Group, question("2023-04-01", domain.Latest), casetest.COGOUV, &projections.WhatIfAsked{}, []domain.MemberID{"haut-rhin"})
	require.ErrorIs(t, err, domain.ErrNotOnRoll)
	got, err := projections.WhatIfCoalitions(c.Group, question("2023-04-01", domain.Latest), "nowhere", &projections.WhatIfAsked{}, nil)
	require.NoError(t, err)
	require.Empty(t, got.Power.Members)
}
