package power

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
)

func powerOf(t require.TestingT, n int, conditions ...Condition) *Power {
	g, err := New(n, conditions...)
	require.NoError(t, err)
	p, err := g.Power()
	require.NoError(t, err)
	return p
}

// drawGame draws a game of many players, with a quota on voices and sometimes one on heads.
func drawGame(t *rapid.T, most int) (int, []Condition) {
	n := rapid.IntRange(2, most).Draw(t, "players")
	voices := drawWeights(t, n)
	voices[0] = weight(1, 1) // somebody has some
	total, err := domain.SumWeights(voices...)
	require.NoError(t, err)
	quota, err := total.Mul(weight(rapid.Int64Range(1, 11).Draw(t, "twelfths"), 12))
	require.NoError(t, err)
	conditions := []Condition{{Weights: voices, Quota: quota, Strict: rapid.Bool().Draw(t, "strict")}}
	if rapid.Bool().Draw(t, "heads") {
		conditions = append(conditions, Heads(n, weight(rapid.Int64Range(0, int64(n)).Draw(t, "members"), 1), false))
	}
	return n, conditions
}

func TestIndicesSumToOneAndFollowTheWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, conditions := drawGame(t, 60)
		p := powerOf(t, n, conditions...)
		banzhaf, shapley, one := new(big.Rat), new(big.Rat), big.NewRat(1, 1)
		for i, s := range p.Players {
			banzhaf.Add(banzhaf, s.Banzhaf)
			shapley.Add(shapley, s.Shapley)
			for j, other := range p.Players {
				order := conditions[0].Weights[i].Cmp(conditions[0].Weights[j])
				require.True(t, order < 0 || s.Banzhaf.Cmp(other.Banzhaf) >= 0, "%d has no less than %d", i, j)
				require.True(t, order < 0 || s.Shapley.Cmp(other.Shapley) >= 0, "%d has no less than %d", i, j)
				require.True(t, order != 0 || s.Swings.Cmp(other.Swings) == 0, "%d has the same as %d", i, j)
			}
		}
		require.Zero(t, banzhaf.Cmp(one), banzhaf)
		require.Zero(t, shapley.Cmp(one), shapley)
	})
}

func TestScalingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, conditions := drawGame(t, 40)
		by := weight(rapid.Int64Range(1, 1000).Draw(t, "numerator"), rapid.Int64Range(1, 1000).Draw(t, "denominator"))
		scaled := slices.Clone(conditions)
		scaled[0].Weights = slices.Clone(conditions[0].Weights)
		var err error
		for i, w := range scaled[0].Weights {
			scaled[0].Weights[i], err = w.Mul(by)
			require.NoError(t, err)
		}
		scaled[0].Quota, err = conditions[0].Quota.Mul(by)
		require.NoError(t, err)
		requireSamePower(t, powerOf(t, n, conditions...), powerOf(t, n, scaled...))
	})
}

// A player without voices, where heads do not count, doubles the coalitions and changes no index.
func TestOneMoreWithoutVoicesChangesNoIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, conditions := drawGame(t, 40)
		voices := conditions[0]
		before := powerOf(t, n, voices)
		voices.Weights = append(slices.Clone(voices.Weights), domain.Weight{})
		after := powerOf(t, n+1, voices)
		require.True(t, after.Players[n].Dummy)
		require.Equal(t, new(big.Int).Lsh(before.Winning, 1).String(), after.Winning.String())
		require.Equal(t, new(big.Int).Lsh(before.Ties, 1).String(), after.Ties.String())
		for i := range n {
			require.Zero(t, before.Players[i].Banzhaf.Cmp(after.Players[i].Banzhaf))
			require.Zero(t, before.Players[i].Shapley.Cmp(after.Players[i].Shapley))
		}
	})
}

// Beyond what every coalition can be tried for: few kinds of players, by the table and by going through the kinds.
func TestTableAndCoalitionsAgreeBeyondTwenty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var voices, seats []domain.Weight
		for range rapid.IntRange(1, 4).Draw(t, "kinds") {
			w, s := weight(rapid.Int64Range(0, 9).Draw(t, "weight"), 2), weight(rapid.Int64Range(0, 3).Draw(t, "seats"), 1)
			for range rapid.IntRange(1, 14).Draw(t, "of a kind") {
				voices, seats = append(voices, w), append(seats, s)
			}
		}
		conditions := []Condition{drawQuota(t, voices), drawQuota(t, seats)}
		n := len(voices)
		if rapid.Bool().Draw(t, "heads") {
			conditions = append(conditions, Heads(n, weight(int64(n), 2), true))
		}
		g, err := New(n, conditions...)
		if errors.Is(err, ErrNobodyWins) || errors.Is(err, ErrEverybodyWins) {
			return
		}
		require.NoError(t, err)
		table, listed := tableOf(g).counts(g), g.enumerated()
		require.Equal(t, table.winning.String(), listed.winning.String())
		require.Equal(t, table.smallest, listed.smallest)
		require.Equal(t, table.swings, listed.swings)
		winning, blocking, ok := g.Minimal()
		require.True(t, ok)
		p, err := g.Power()
		require.NoError(t, err)
		require.Equal(t, winning[0].Size, p.SmallestWinning)
		require.Equal(t, blocking[0].Size, p.SmallestBlocking)
	})
}

// One with a voices among n-1 with one each, who all count: it turns the vote from a of n places in the order, whatever the
// quota, as long as the others can be too many and too few. Counts of 200 bits, by binomials.
func TestOneAmongManyIsWhatBinomialsSay(t *testing.T) {
	const n, a, quota = 200, 61, 131
	weights := whole(a)
	for range n - 1 {
		weights = append(weights, weight(1, 1))
	}
	p := powerOf(t, n, Condition{Weights: weights, Quota: weight(quota, 1)})
	require.Zero(t, p.Players[0].Shapley.Cmp(big.NewRat(a, n)))
	require.Zero(t, p.Players[1].Shapley.Cmp(big.NewRat(n-a, n*(n-1))))
	swings, winning := new(big.Int), new(big.Int)
	for k := int64(0); k < n; k++ {
		ways := new(big.Int).Binomial(n-1, k)
		if k >= quota-a && k < quota {
			swings.Add(swings, ways)
		}
		if k >= quota-a {
			winning.Add(winning, ways)
		}
		if k >= quota {
			winning.Add(winning, ways)
		}
	}
	require.Equal(t, swings.String(), p.Players[0].Swings.String())
	require.Equal(t, winning.String(), p.Winning.String())
	require.Greater(t, p.Winning.BitLen(), 192)
	require.Equal(t, new(big.Int).Mul(big.NewInt(2), new(big.Int).Binomial(n-1, (a+n-1)/2)).String(), p.Ties.String())
}

func TestEveryoneIsTheSameAmongTheMostPlayers(t *testing.T) {
	p := powerOf(t, MaxPlayers, Heads(MaxPlayers, weight(MaxPlayers, 2), true))
	for _, s := range p.Players {
		require.Zero(t, s.Shapley.Cmp(big.NewRat(1, MaxPlayers)))
		require.Zero(t, s.Banzhaf.Cmp(big.NewRat(1, MaxPlayers)))
	}
	require.Equal(t, new(big.Int).Rsh(p.Coalitions, 1).String(), p.Winning.String())
	require.Zero(t, p.Ties.Sign())
	require.Equal(t, [2]int{128, 128}, [2]int{p.SmallestWinning, p.SmallestBlocking})
}

// A minority blocks where the others hold at least so much; where more is asked for, more than it.
func TestUnblockedIsThatTheOthersHoldLess(t *testing.T) {
	for minority := range int64(12) {
		for _, more := range []bool{false, true} {
			c, err := Unblocked(whole(1, 2, 3, 4), weight(minority, 1), more)
			require.NoError(t, err)
			o := oracleOf(4, []Condition{c})
			for s, wins := range o.wins {
				outside := int64(0)
				for i, w := range c.Weights {
					outside += int64(1-s>>i&1) * w.Num()
				}
				if more {
					require.Equal(t, outside <= minority, wins, "%d without %04b, more", minority, s)
				} else {
					require.Equal(t, outside < minority, wins, "%d without %04b", minority, s)
				}
			}
		}
	}
}

func TestVetoDictatorDummy(t *testing.T) {
	p := powerOf(t, 3, Condition{Weights: whole(3, 1, 1), Quota: weight(3, 1)})
	require.True(t, p.Players[0].Dictator && p.Players[0].Veto && p.Players[1].Dummy)
	p = powerOf(t, 3, Condition{Weights: whole(3, 1, 1), Quota: weight(4, 1)})
	require.True(t, p.Players[0].Veto && !p.Players[0].Dictator && !p.Players[1].Dummy && !p.Players[1].Veto)
}

// Voices in millions: too many units for a table, few enough players to go through their coalitions; and many too many.
func TestWhatIsTooLargeIsSaid(t *testing.T) {
	var fine []domain.Weight
	for i := range 40 {
		fine = append(fine, weight(1_000_003*int64(i*i+1), 7))
	}
	half := func(ws []domain.Weight) Condition {
		total, err := domain.SumWeights(ws...)
		require.NoError(t, err)
		quota, err := total.Mul(weight(1, 2))
		require.NoError(t, err)
		return Condition{Weights: ws, Quota: quota, Strict: true}
	}
	fine[0] = weight(999_983, 7)
	few, err := New(9, half(fine[:9]))
	require.NoError(t, err)
	require.Nil(t, tableOf(few), "its table is too large")
	got, err := few.Power()
	require.NoError(t, err)
	requireSamePower(t, oracleOf(9, []Condition{half(fine[:9])}).power(), got)

	many, err := New(40, half(fine))
	require.NoError(t, err)
	_, err = many.Power()
	var tooLarge *TooLargeError
	require.ErrorAs(t, err, &tooLarge)
	require.Equal(t, 40, tooLarge.Players)
	require.Equal(t, []int64{many.spare[0] + 1}, tooLarge.Units)
	require.Contains(t, err.Error(), "40 players")
	_, _, ok := many.Minimal()
	require.False(t, ok)
}

func TestWhatIsNoGame(t *testing.T) {
	voices := whole(1, 2)
	for want, conditions := range map[error][]Condition{
		ErrPlayers:       {{Weights: voices[:1], Quota: weight(1, 1)}},
		ErrNobodyWins:    {{Weights: voices, Quota: weight(3, 1), Strict: true}},
		ErrEverybodyWins: {{Weights: voices}},
		ErrTooFine:       {{Weights: []domain.Weight{weight(1, 1<<62-1), weight(1, 1<<61-1)}, Quota: weight(1, 1)}},
	} {
		_, err := New(2, conditions...)
		require.ErrorIs(t, err, want)
	}
	for _, n := range []int{0, MaxPlayers + 1} {
		_, err := New(n, Heads(n, weight(1, 1), false))
		require.ErrorIs(t, err, ErrPlayers)
	}
	never, err := Unblocked(voices, weight(4, 1), false)
	require.NoError(t, err)
	_, err = New(2, never)
	require.ErrorIs(t, err, ErrEverybodyWins)
}

// plainly counts for one player as a textbook does: of all others anew, how many sets of k hold s, one coefficient a number of
// any length; nothing is divided, cut off or turned round.
func plainly(weights []int64, player int, quota int64, heads int) (swings *big.Int, shapley *big.Rat) {
	n, total := len(weights), int64(0)
	for _, w := range weights {
		total += w
	}
	sets := make([][]*big.Int, n)
	for k := range sets {
		sets[k] = make([]*big.Int, total+1)
		for s := range sets[k] {
			sets[k][s] = new(big.Int)
		}
	}
	sets[0][0].SetInt64(1)
	for i, w := range weights {
		for k := n - 1; k > 0 && i != player; k-- {
			for s := w; s <= total; s++ {
				sets[k][s].Add(sets[k][s], sets[k-1][s-w])
			}
		}
	}
	swings, orders := new(big.Int), new(big.Int)
	for k := range n {
		for s, ways := range sets[k] {
			with, without := int64(s)+weights[player] >= quota && k+1 >= heads, int64(s) >= quota && k >= heads
			if with && !without {
				swings.Add(swings, ways)
				before, after := new(big.Int).MulRange(1, int64(k)), new(big.Int).MulRange(1, int64(n-1-k))
				orders.Add(orders, before.Mul(before, after).Mul(before, ways))
			}
		}
	}
	return swings, new(big.Rat).SetFrac(orders, new(big.Int).MulRange(1, int64(n)))
}

// The electoral college of the United States from 2012 to 2020, each state's votes together: 51 players, whose coalitions nobody
// can try. The 270 are its majority; that of the states is added as a second condition.
func TestTheElectoralCollegeIsWhatPlainCountingGives(t *testing.T) {
	votes := []int64{
		55, 38, 29, 29, 20, 20, 18, 16, 16, 15, 14, 13, 12, 11, 11, 11, 11, 10, 10, 10, 10, 9, 9, 9, 8, 8, 7, 7, 7, 6, 6, 6, 6, 6, 6,
		5, 5, 5, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3,
	}
	require.Len(t, votes, 51)
	college := Condition{Weights: whole(votes...), Quota: weight(270, 1)}
	require.EqualValues(t, 538, func() (all int64) {
		for _, v := range votes {
			all += v
		}
		return all
	}())
	for heads, p := range map[int]*Power{
		0:  powerOf(t, 51, college),
		26: powerOf(t, 51, college, Heads(51, weight(51, 2), true)),
	} {
		for _, player := range []int{0, 10, 50} {
			swings, shapley := plainly(votes, player, 270, heads)
			require.Equal(t, swings.String(), p.Players[player].Swings.String(), "%d, %d", player, heads)
			require.Equal(t, shapley.String(), p.Players[player].Shapley.String(), "%d, %d", player, heads)
		}
	}
}
