package projections_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/domain/power"
	"registre/projections"
	"registre/projections/casetest"
)

func majority(t require.TestingT, s, of string) *domain.Threshold {
	m, ok := projections.ParseMajority(s, of)
	require.True(t, ok, s)
	return &m
}

// TestPowerInGrandEst asks for the power in the reference case, before and after the merger and the avenant.
func TestPowerInGrandEst(t *testing.T) {
	g := casetest.GrandEst(t).Group
	merged := casetest.Day("2021-01-01")
	for name, a := range map[string]struct {
		at    string
		body  domain.BodyID
		asked projections.PowerAsked
	}{
		"power-ag-2018-2021":  {"2018-01-01", casetest.AG, projections.PowerAsked{Majority: majority(t, "1/2", domain.Weights), Compare: &merged, CompareBody: casetest.AG}},
		"power-ag-two-thirds": {"2018-01-01", casetest.AG, projections.PowerAsked{Majority: majority(t, "2/3", domain.Weights), Members: majority(t, ">=1/2", domain.Heads)}},
		"power-cogouv-2023":   {"2023-01-01", casetest.COGOUV, projections.PowerAsked{Coalitions: true}},
		"power-cst-2023":      {"2023-01-01", casetest.CST, projections.PowerAsked{Coalitions: true}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := projections.Power(g, question(a.at, domain.Latest), a.body, a.asked)
			require.NoError(t, err)
			requireGolden(t, name, got)
		})
	}
}

func TestPowerOfTheRegion(t *testing.T) {
	g := casetest.GrandEst(t).Group
	for _, want := range []struct {
		at      string
		body    domain.BodyID
		banzhaf string
		ties    string
	}{
		{"2018-01-01", casetest.AG, "22.42", "0"}, {"2021-01-01", casetest.AG, "21.05", "0"}, {"2023-01-01", casetest.COGOUV, "41.13", "84"},
	} {
		got, err := projections.Power(g, question(want.at, domain.Latest), want.body, projections.PowerAsked{Majority: majority(t, "1/2", domain.Weights)})
		require.NoError(t, err)
		require.Equal(t, want.ties, got.Days[0].Ties)
		found := false
		for _, m := range got.Days[0].Members {
			if m.Member == "region-grand-est" {
				found = true
				require.Equal(t, want.banzhaf, m.BanzhafPercent)
			}
		}
		require.True(t, found)
	}
}

func TestPowerNeedsWeights(t *testing.T) {
	c := casetest.GrandEst(t)
	c.Tell("2024-01-01", &domain.MembersSucceeded{
		Basis: "loi", Predecessors: []domain.MemberID{casetest.CeA},
		Successors: []domain.Named{{Member: "north", Name: "North"}, {Member: "south", Name: "South"}},
		Policies:   []domain.Policy{{Body: casetest.AG, Way: domain.Set}, {Body: casetest.COGOUV, Way: domain.Set}},
	})
	asked := projections.PowerAsked{Majority: majority(t, "1/2", domain.Weights)}
	_, err := projections.Power(c.Group, question("2024-01-01", domain.Latest), casetest.AG, asked)
	var undetermined *projections.UndeterminedError
	require.ErrorAs(t, err, &undetermined)
	require.Equal(t, []domain.MemberID{"north", "south"}, undetermined.Members)
	before := casetest.Day("2023-12-31")
	_, err = projections.Power(c.Group, question("2023-12-31", domain.Latest), casetest.AG, asked)
	require.NoError(t, err)
	asked.Compare, asked.CompareBody = &before, casetest.AG
	_, err = projections.Power(c.Group, question("2024-01-01", domain.Latest), "nowhere", asked)
	require.NoError(t, err, "a body that does not exist holds nothing, and on the other day all is given")
}

// Where the register sets a rule it is applied, unless another is asked for.
func TestPowerUnderTheRegistersRule(t *testing.T) {
	c := casetest.GrandEst(t)
	threshold := func(s string) domain.Threshold {
		th, err := domain.ParseThreshold(s)
		require.NoError(t, err)
		return th
	}
	rule := domain.VotingRule{
		Ballot: domain.Final, Choice: domain.Plurality, Voices: domain.Undivided, Voters: domain.Voters{Who: domain.Weighted}, Tie: domain.Tie{Way: domain.TieRejected},
		Majority: []domain.Threshold{threshold("weights cast >1/2"), threshold("heads total >=1/2 min 7")},
		Blocking: []domain.Threshold{threshold("weights total >=1/3")},
	}
	set := c.Tell("2024-01-01", &domain.VotingRuleSet{Basis: "test", Body: casetest.COGOUV, Rule: rule})
	day := func(at string, asked projections.PowerAsked) projections.PowerDay {
		got, err := projections.Power(c.Group, question(at, domain.Latest), casetest.COGOUV, asked)
		require.NoError(t, err)
		return got.Days[0]
	}
	before, after := day("2023-12-31", projections.PowerAsked{}), day("2024-01-01", projections.PowerAsked{Coalitions: true})
	require.False(t, before.Applied)
	require.Zero(t, before.RuleEvent)
	require.Equal(t, "470", before.Winning)
	require.True(t, after.Applied)
	require.Equal(t, set, after.RuleEvent)
	require.Equal(t, 7, after.SmallestWinning, "more than 10 of 15 voices, and 7 of 10 members")
	require.Equal(t, "84", after.Ties)
	require.Equal(t, after.Winning, plainlyWinning(func(voices float64, members int) bool { return voices > 10 && members >= 7 }))

	asked := day("2024-01-01", projections.PowerAsked{Majority: majority(t, "1/2", domain.Weights)})
	require.False(t, asked.Applied)
	require.Equal(t, set, asked.RuleEvent)
	require.Equal(t, before.Members[0].Swings, asked.Members[0].Swings)

	asked = day("2024-01-01", projections.PowerAsked{Members: majority(t, ">1/2", domain.Heads)})
	require.False(t, asked.Applied, "a majority of the members is asked for beside more than half of the voices")
	require.Equal(t, asked.Winning, plainlyWinning(func(voices float64, members int) bool { return voices > 7.5 && members > 5 }))

	rule.Voters, rule.Tie = domain.Voters{Who: domain.AllMembers}, domain.Tie{Way: domain.TieCasting, Role: domain.Coordinator}
	rule.Majority, rule.Blocking = []domain.Threshold{threshold("heads total >1/2")}, nil
	c.Tell("2024-02-01", &domain.VotingRuleSet{Basis: "test", Body: casetest.COGOUV, Rule: rule})
	all := day("2024-02-01", projections.PowerAsked{})
	require.True(t, all.Applied)
	require.Equal(t, domain.AllMembers, all.Voters)
	require.EqualValues(t, "region-grand-est", all.Casting)
	require.Equal(t, "512", all.Winning, "of ten heads, the five of the casting member's side win")
	require.Equal(t, "252", all.Ties)

	rule.Voters = domain.Voters{Who: domain.TheseVoters, Members: []domain.MemberID{casetest.CeA, "region-grand-est"}}
	c.Tell("2024-03-01", &domain.VotingRuleSet{Basis: "test", Body: casetest.COGOUV, Rule: rule})
	two := day("2024-03-01", projections.PowerAsked{})
	require.Len(t, two.Members, 2)
	require.True(t, two.Members[1].Dictator, "its side wins each tie of two")
}

// Whatever the rule, the coalitions that win are those that a tally of their votes adopts.
func TestPowerIsThatOfTheTally(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(300) {
		pick := domaintest.Seeded(seed)
		rule := domaintest.VotingRule(pick)
		rule.Quorum, rule.SecondNotice, rule.Ballot, rule.Voices = domain.Quorum{}, nil, domain.Final, domain.Undivided
		g := bodyUnder(t, pick, rule)
		q := question("2024-01-01", domain.Latest)
		got, err := projections.Power(g, q, "b", projections.PowerAsked{})
		if errors.Is(err, power.ErrNobodyWins) || errors.Is(err, power.ErrEverybodyWins) || err == nil && len(got.Days[0].Members) == 0 {
			continue
		}
		require.NoError(t, err)
		day := got.Days[0]
		require.True(t, day.Applied)
		rows, broken, _ := g.Voters("b", rule, q.Pair())
		require.Nil(t, broken)
		wins, won := make([]bool, 1<<len(rows)), 0
		for s := range wins {
			p := &domain.Poll{Rule: rule, Casting: g.CastingMember(&rule.Tie, q.Pair())}
			votes := make([]domain.Vote, len(rows))
			for i, row := range rows {
				p.Roll = append(p.Roll, domain.Seat{Member: row.Member, Presence: domain.Present, Weight: row.Weight})
				votes[i].Sense = domain.Against - domain.Sense(s>>i&1)
			}
			tally, err := domain.TallyOf(p, votes)
			require.NoError(t, err)
			if wins[s] = tally.Outcome == domain.Adopted; wins[s] {
				won++
			}
		}
		require.Equal(t, strconv.Itoa(won), day.Winning, "%+v", *rule)
		for i, m := range day.Members {
			swings := 0
			for s, win := range wins {
				if win && s>>i&1 == 1 && !wins[s&^(1<<i)] {
					swings++
				}
			}
			require.Equal(t, strconv.Itoa(swings), m.Swings, "%+v", *rule)
		}
		seen[rule.Voters.Who]++
		if day.Casting != "" && day.Ties != "0" {
			seen["casting"]++
		}
	}
	for _, of := range []string{domain.Weighted, domain.AllMembers, domain.TheseVoters, "casting"} {
		require.Greater(t, seen[of], 10, "%v", seen)
	}
}

// bodyUnder is a group with a body that decides by a rule.
func bodyUnder(t require.TestingT, pick domaintest.Pick, rule *domain.VotingRule) *domain.Group {
	f := &domain.GroupFounded{Name: "G", Title: "T", Changes: []domain.Change{&domain.BodyCreated{Body: "b", Name: "B"}}}
	table := &domain.WeightsSet{Body: "b"}
	for i, m := range []domain.MemberID{"a", "b", "c", "d", "e", "f"} {
		f.Changes = append(f.Changes, &domain.MemberJoined{Member: m, Name: string(m)})
		if w := []string{"", "1", "1", "0.5", "2", "4.5", "1/3"}[pick(7)]; w != "" || i == 0 {
			weight := casetest.W("1")
			if w != "" {
				weight = casetest.W(w)
			}
			table.Weights = append(table.Weights, domain.MemberWeight{Member: m, Weight: weight})
		}
	}
	f.Changes = append(f.Changes, table, &domain.RoleGiven{Member: "c", Role: domain.Coordinator}, &domain.VotingRuleSet{Body: "b", Rule: *rule})
	g := &domain.Group{}
	_, err := domain.Enact(g, domain.Command{Act: f, Actor: "secretariat", Effective: domain.OnDay(casetest.Day("2023-01-01")), Group: "g", ID: uuid.MustParse("00000000-0000-7000-8000-000000000001")})
	require.NoError(t, err)
	return g
}

// plainlyWinning tries all coalitions of avenant n°1.
func plainlyWinning(wins func(voices float64, members int) bool) string {
	weights, n := []float64{4.5, 2, 1.5, 1, 1, 1, 1, 1, 1, 1}, 0
	for s := range 1 << len(weights) {
		voices, members := 0.0, 0
		for i, w := range weights {
			if s>>i&1 == 1 {
				voices, members = voices+w, members+1
			}
		}
		if wins(voices, members) {
			n++
		}
	}
	return strconv.Itoa(n)
}

// What asks for nothing, or for more than the whole, is no majority.
func TestMajorities(t *testing.T) {
	for text, want := range map[string]string{
		"1/2": "weights total >1/2", ">1/2": "weights total >1/2", ">=1/2": "weights total >=1/2", "2/3": "weights total >=2/3",
		">2/3": "weights total >2/3", "1/1": "weights total >=1/1",
	} {
		require.Equal(t, want, majority(t, text, domain.Weights).String(), text)
	}
	for _, text := range []string{"", "1", "0.5", "1/0", "3/2", ">1/1", "0/1", ">=0/1", "=1/2", "01/2", "1/2 ", "-1/2", ">>1/2", "1/2/3", "half", ">1/2 min 3", "min 3", "2/4"} {
		_, ok := projections.ParseMajority(text, domain.Weights)
		require.False(t, ok, text)
	}
}
