package power

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

func whole(numbers ...int64) (weights []domain.Weight) {
	for _, n := range numbers {
		weights = append(weights, weight(n, 1))
	}
	return weights
}

// published are games whose indices others have printed, and the project's own. An index is a fraction where it was printed as
// one, otherwise as many decimals as were printed. A source was read for what is checked against it; where it was not at hand,
// that is said, and the decimals stand for what trying every coalition gives.
var published = []struct {
	name, source     string
	weights          []domain.Weight
	quota            domain.Weight
	more             bool
	banzhaf, shapley []string // one for each player; nil where none was printed
	ties             int64    // 0 where none was printed
}{
	{
		name: "Council of the EEC, 1958", quota: weight(12, 1), weights: whole(4, 4, 4, 2, 2, 1),
		source:  "E. Gregersen (ed.), The Britannica Guide to Statistics and Probability, p. 194: 5/21, 1/7 and none at all; the same in decimals in the documentation of powerindex (PyPI 0.2.0). The Shapley-Shubik indices: no source at hand",
		banzhaf: []string{"5/21", "5/21", "5/21", "1/7", "1/7", "0"}, shapley: []string{"0.233", "0.233", "0.233", "0.150", "0.150", "0.000"},
	},
	{
		name: "one with a veto", quota: weight(51, 1), weights: whole(50, 49, 1),
		source:  "the same page of the Britannica Guide; documentation of CoopGame (CRAN), normalizedBanzhafIndex: 0.6 0.2 0.2",
		banzhaf: []string{"3/5", "1/5", "1/5"},
	},
	{
		name: "four parties", quota: weight(6, 1), weights: whole(4, 3, 2, 1),
		source:  "documentation of powerindex (github.com/maxlit/powerindex); the same for 8, 6, 4, 2 and 12 in that of CoopGame (CRAN), normalizedBanzhafIndex",
		banzhaf: []string{"5/12", "1/4", "1/4", "1/12"},
	},
	{
		name: "four parties, after Stach", quota: weight(50, 1), weights: whole(10, 10, 20, 30),
		source:  "documentation of CoopGame (CRAN), shapleyShubikIndex, example from I. Stach, Shapley-Shubik index, Encyclopedia of Power (2011), 603-606",
		shapley: []string{"0.08333333", "0.08333333", "0.25000000", "0.58333333"},
	},
	{
		name: "Council of the EEC, 1973", quota: weight(41, 1), weights: whole(10, 10, 10, 10, 5, 5, 3, 3, 2),
		source:  "treated by S. J. Brams and P. J. Affuso, New paradoxes of voting power on the EC Council of Ministers, Electoral Studies 4 (1985), whose table was not at hand",
		banzhaf: []string{"0.167", "0.167", "0.167", "0.167", "0.091", "0.091", "0.066", "0.066", "0.016"},
		shapley: []string{"0.179", "0.179", "0.179", "0.179", "0.081", "0.081", "0.057", "0.057", "0.010"},
	},
	{
		name: "Council of the EEC, 1981", quota: weight(45, 1), weights: whole(10, 10, 10, 10, 5, 5, 5, 3, 3, 2),
		source:  "treated by S. J. Brams and P. J. Affuso, New paradoxes of voting power on the EC Council of Ministers, Electoral Studies 4 (1985), whose table was not at hand",
		banzhaf: []string{"0.158", "0.158", "0.158", "0.158", "0.082", "0.082", "0.082", "0.041", "0.041", "0.041"},
		shapley: []string{"0.174", "0.174", "0.174", "0.174", "0.071", "0.071", "0.071", "0.030", "0.030", "0.030"},
	},
	{
		name: "Council of the EC, 1986", quota: weight(54, 1), weights: whole(10, 10, 10, 10, 8, 5, 5, 5, 5, 3, 3, 2),
		source:  "treated by M. O. Hosli, Admission of European Free Trade Association states to the European Community, International Organization 47 (1993), whose table was not at hand",
		banzhaf: []string{"0.129", "0.129", "0.129", "0.129", "0.109", "0.067", "0.067", "0.067", "0.067", "0.046", "0.046", "0.018"},
		shapley: []string{"0.134", "0.134", "0.134", "0.134", "0.111", "0.064", "0.064", "0.064", "0.064", "0.043", "0.043", "0.012"},
	},
	{
		name: "Security Council, 11 members", quota: weight(27, 1), weights: whole(5, 5, 5, 5, 5, 1, 1, 1, 1, 1, 1),
		source:  "treated by L. S. Shapley and M. Shubik (1954), which was not at hand",
		shapley: []string{"76/385", "76/385", "76/385", "76/385", "76/385", "1/462", "1/462", "1/462", "1/462", "1/462", "1/462"},
	},
	{
		name: "Security Council, 15 members", quota: weight(39, 1), weights: whole(7, 7, 7, 7, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
		source:  "Is it me, or is “Veto” starting to sound really good, Gonit Sora (gonitsora.com): 84 × 6! × 8! of 15! orders, 4/2145",
		shapley: []string{"421/2145", "421/2145", "421/2145", "421/2145", "421/2145", "4/2145", "4/2145", "4/2145", "4/2145", "4/2145", "4/2145", "4/2145", "4/2145", "4/2145", "4/2145"},
	},
	{
		name: "Nassau County, 1958", quota: weight(16, 1), weights: whole(9, 9, 7, 3, 1, 1),
		source:  "J. Malkevitch, Voting games: part II, Feature Column of the American Mathematical Society: three dummies, three equals; For All Practical Purposes, 10th edition, exercise 35 of chapter 11: the same three dummies",
		banzhaf: []string{"1/3", "1/3", "1/3", "0", "0", "0"},
	},
	{
		name: "Nassau County, 1964", quota: weight(58, 1), weights: whole(31, 31, 28, 21, 2, 2),
		source:  "the same exercise: three dummies",
		banzhaf: []string{"1/3", "1/3", "1/3", "0", "0", "0"},
	},
	{
		name: "the AG of the case, 2017", quota: weight(15, 2), more: true, weights: whole(3, 2, 1, 2, 1, 1, 1, 1, 1, 1, 1), source: "the project",
		banzhaf: []string{"0.224", "0.133", "0.064", "0.133", "0.064", "0.064", "0.064", "0.064", "0.064", "0.064", "0.064"},
	},
	{
		name: "the AG of the case, 2021", quota: weight(15, 2), more: true, weights: whole(3, 3, 2, 1, 1, 1, 1, 1, 1, 1), source: "the project",
		banzhaf: []string{"0.211", "0.211", "0.137", "0.063", "0.063", "0.063", "0.063", "0.063", "0.063", "0.063"},
	},
	{
		name: "the COGOUV of the case, avenant n°1", quota: weight(15, 2), more: true, ties: 84, source: "the project",
		weights: append([]domain.Weight{weight(9, 2), weight(2, 1), weight(3, 2)}, whole(1, 1, 1, 1, 1, 1, 1)...),
		banzhaf: []string{"0.411", "0.104", "0.090", "0.056", "0.056", "0.056", "0.056", "0.056", "0.056", "0.056"},
	},
}

func TestPowerIsWhatOthersHavePublished(t *testing.T) {
	for _, p := range published {
		t.Run(p.name, func(t *testing.T) {
			voices := Condition{Weights: p.weights, Quota: p.quota, Strict: p.more}
			g, err := New(len(p.weights), voices)
			require.NoError(t, err)
			got, err := g.Power()
			require.NoError(t, err)
			requireAgrees(t, len(p.weights), []Condition{voices})
			if p.ties > 0 {
				require.Equal(t, p.ties, got.Ties.Int64())
			}
			for i, s := range got.Players {
				if p.banzhaf != nil {
					requirePrinted(t, p.banzhaf[i], s.Banzhaf)
				}
				if p.shapley != nil {
					requirePrinted(t, p.shapley[i], s.Shapley)
				}
			}
		})
	}
}

// requirePrinted compares an index with what was printed, rounded to as many decimals.
func requirePrinted(t *testing.T, want string, got *big.Rat) {
	printed, ok := new(big.Rat).SetString(want)
	require.True(t, ok, want)
	if len(want) > 2 && want[1] == '.' {
		require.Equal(t, want, got.FloatString(len(want)-2))
		return
	}
	require.Zero(t, printed.Cmp(got), "%s, not %v", want, got)
}
