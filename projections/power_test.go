package projections_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections"
	"registre/projections/casetest"
)

func majority(t require.TestingT, s string) projections.Majority {
	m, ok := projections.ParseMajority(s)
	require.True(t, ok, s)
	return m
}

// TestPowerInGrandEst asks for the power in the reference case, before and after the merger and the avenant.
func TestPowerInGrandEst(t *testing.T) {
	g := casetest.GrandEst(t).Group
	merged, members := casetest.Day("2021-01-01"), majority(t, ">=1/2")
	for name, a := range map[string]struct {
		at    string
		body  domain.BodyID
		asked projections.PowerAsked
	}{
		"power-ag-2018-2021":  {"2018-01-01", casetest.AG, projections.PowerAsked{Majority: majority(t, "1/2"), Compare: &merged, CompareBody: casetest.AG}},
		"power-ag-two-thirds": {"2018-01-01", casetest.AG, projections.PowerAsked{Majority: majority(t, "2/3"), Members: &members}},
		"power-cogouv-2023":   {"2023-01-01", casetest.COGOUV, projections.PowerAsked{Majority: majority(t, ">1/2"), Coalitions: true}},
		"power-cst-2023":      {"2023-01-01", casetest.CST, projections.PowerAsked{Majority: majority(t, ">1/2"), Coalitions: true}},
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
		got, err := projections.Power(g, question(want.at, domain.Latest), want.body, projections.PowerAsked{Majority: majority(t, "1/2")})
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
	asked := projections.PowerAsked{Majority: majority(t, "1/2")}
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

// What asks for nothing, or for more than the whole, is no majority.
func TestMajorities(t *testing.T) {
	for text, want := range map[string]string{
		"1/2": ">1/2", ">1/2": ">1/2", ">=1/2": ">=1/2", "2/3": ">=2/3", ">=4/6": ">=2/3", ">2/3": ">2/3", "2/4": ">1/2", "1/1": ">=1/1", ">0/1": ">0/1",
	} {
		require.Equal(t, want, majority(t, text).String(), text)
	}
	for _, text := range []string{"", "1", "0.5", "1/0", "3/2", ">1/1", "0/1", ">=0/1", "=1/2", "01/2", "1/2 ", "-1/2", ">>1/2", "1/2/3", "half"} {
		_, ok := projections.ParseMajority(text)
		require.False(t, ok, text)
	}
}
