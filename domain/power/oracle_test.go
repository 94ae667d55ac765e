package power

import (
	"math/big"
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
)

// oracle answers what Power and Minimal answer by trying every coalition against the conditions as they are written: a set of
// players is the bits of a number, weights are whole numbers of a unit that has nothing to do with them.
type oracle struct {
	n    int
	wins []bool // by coalition
	half []bool // holds half of the first condition's total
}

func oracleOf(n int, conditions []Condition) *oracle {
	o := &oracle{n: n, wins: make([]bool, 1<<n), half: make([]bool, 1<<n)}
	for s := range o.wins {
		o.wins[s] = true
		for i, c := range conditions {
			held, total := int64(0), int64(0)
			for p, w := range c.Weights {
				if s>>p&1 == 1 {
					held += parts(w)
				}
				total += parts(w)
			}
			with := c.casting > 0 && s>>(c.casting-1)&1 == 1
			o.wins[s] = o.wins[s] && (held > parts(c.Quota) || held == parts(c.Quota) && (!c.Strict || with))
			if i == 0 {
				o.half[s] = 2*held == total
			}
		}
	}
	return o
}

// parts is a weight in 5040ths, which hold all weights of these tests.
func parts(w domain.Weight) int64 {
	if 5040%w.Den() != 0 {
		panic("no 5040ths: " + w.String())
	}
	return w.Num() * (5040 / w.Den())
}

func (o *oracle) all() int { return len(o.wins) - 1 }

// critical reports whether the coalition wins, and does not without the player.
func (o *oracle) critical(s, player int) bool {
	return s>>player&1 == 1 && o.wins[s] && !o.wins[s&^(1<<player)]
}

func (o *oracle) power() *Power {
	p := &Power{
		Players: make([]Standing, o.n), Coalitions: big.NewInt(int64(len(o.wins))), Winning: new(big.Int), Ties: new(big.Int),
		SmallestWinning: o.n, SmallestBlocking: o.n,
	}
	swings := 0
	for s, wins := range o.wins {
		if wins {
			p.Winning.Add(p.Winning, big.NewInt(1))
			p.SmallestWinning = min(p.SmallestWinning, bits.OnesCount(uint(s)))
		} else {
			p.SmallestBlocking = min(p.SmallestBlocking, o.n-bits.OnesCount(uint(s)))
		}
		if o.half[s] {
			p.Ties.Add(p.Ties, big.NewInt(1))
		}
		for i := range o.n {
			if o.critical(s, i) {
				swings++
			}
		}
	}
	for i := range p.Players {
		p.Players[i] = o.standing(i, swings)
	}
	return p
}

func (o *oracle) standing(i, swings int) Standing {
	s := Standing{Shapley: new(big.Rat), Veto: true, Dictator: true}
	bySize := make([]int64, o.n+1) // in how many coalitions of each size it is critical
	for c, wins := range o.wins {
		in := c>>i&1 == 1
		s.Veto = s.Veto && (in || !wins)
		s.Dictator = s.Dictator && in == wins
		if o.critical(c, i) {
			bySize[bits.OnesCount(uint(c))]++
		}
	}
	all := int64(0)
	for k := int64(1); k <= int64(o.n); k++ {
		all += bySize[k]
		orders := new(big.Int).Mul(new(big.Int).MulRange(1, k-1), new(big.Int).MulRange(1, int64(o.n)-k))
		orders.Mul(orders, big.NewInt(bySize[k]))
		s.Shapley.Add(s.Shapley, new(big.Rat).SetFrac(orders, new(big.Int).MulRange(1, int64(o.n))))
	}
	s.Swings, s.Banzhaf = big.NewInt(all), big.NewRat(all, int64(swings))
	s.Dummy = all == 0
	return s
}

// minimal gives the minimal winning coalitions and the minimal blocking sets.
func (o *oracle) minimal() (winning, blocking []int) {
	for s := range o.wins {
		isWinning, isBlocking := o.wins[s], !o.wins[o.all()&^s]
		for i := range o.n {
			if s>>i&1 == 1 {
				isWinning = isWinning && !o.wins[s&^(1<<i)]
				isBlocking = isBlocking && o.wins[o.all()&^(s&^(1<<i))]
			}
		}
		if isWinning {
			winning = append(winning, s)
		}
		if isBlocking {
			blocking = append(blocking, s)
		}
	}
	return winning, blocking
}

// written writes a pattern out: all its coalitions.
func written(t require.TestingT, p Pattern) []int {
	coalitions := []int{0}
	for _, part := range p.Parts {
		var more []int
		for chosen := range 1 << len(part.Of) {
			if bits.OnesCount(uint(chosen)) != part.Choose {
				continue
			}
			s := 0
			for i, player := range part.Of {
				s |= chosen >> i & 1 << player
			}
			for _, c := range coalitions {
				more = append(more, c|s)
			}
		}
		coalitions = more
	}
	require.Equal(t, p.Coalitions, uint64(len(coalitions)))
	for _, s := range coalitions {
		require.Equal(t, p.Size, bits.OnesCount(uint(s)))
	}
	return coalitions
}

func writtenAll(t require.TestingT, patterns []Pattern) (all []int) {
	for i, p := range patterns {
		if i > 0 {
			require.LessOrEqual(t, patterns[i-1].Size, p.Size)
		}
		all = append(all, written(t, p)...)
	}
	slices.Sort(all)
	return all
}

func requireSamePower(t require.TestingT, want, got *Power) {
	require.Equal(t, want.Coalitions.String(), got.Coalitions.String(), "coalitions")
	require.Equal(t, want.Winning.String(), got.Winning.String(), "winning")
	require.Equal(t, want.Ties.String(), got.Ties.String(), "ties")
	require.Equal(t, want.SmallestWinning, got.SmallestWinning, "smallest winning")
	require.Equal(t, want.SmallestBlocking, got.SmallestBlocking, "smallest blocking")
	require.Len(t, got.Players, len(want.Players))
	for i, w := range want.Players {
		g := got.Players[i]
		require.Equal(t, w.Swings.String(), g.Swings.String(), "swings of %d", i)
		require.Equal(t, w.Banzhaf.String(), g.Banzhaf.String(), "Banzhaf of %d", i)
		require.Equal(t, w.Shapley.String(), g.Shapley.String(), "Shapley of %d", i)
		require.Equal(t, [3]bool{w.Veto, w.Dictator, w.Dummy}, [3]bool{g.Veto, g.Dictator, g.Dummy}, "standing of %d", i)
	}
}

// requireAgrees compares a game with the oracle: by the table, by going through the coalitions, and the lists.
func requireAgrees(t require.TestingT, n int, conditions []Condition) {
	g, err := New(n, conditions...)
	o := oracleOf(n, conditions)
	switch {
	case !o.wins[o.all()]:
		require.ErrorIs(t, err, ErrNobodyWins)
		return
	case o.wins[0]:
		require.ErrorIs(t, err, ErrEverybodyWins)
		return
	}
	require.NoError(t, err)
	got, err := g.Power()
	require.NoError(t, err)
	requireSamePower(t, o.power(), got)
	table := tableOf(g).counts(g)
	listed := g.enumerated()
	require.Equal(t, table.winning.String(), listed.winning.String())
	require.Equal(t, table.smallest, listed.smallest)
	require.Equal(t, table.swings, listed.swings)
	winning, blocking, ok := g.Minimal()
	require.True(t, ok)
	wantWinning, wantBlocking := o.minimal()
	require.Equal(t, wantWinning, writtenAll(t, winning))
	require.Equal(t, wantBlocking, writtenAll(t, blocking))
}

func weight(num, den int64) domain.Weight {
	w, err := domain.NewWeight(num, den)
	if err != nil {
		panic(err)
	}
	return w
}

// drawWeights draws weights that are often alike, whole, halves or thirds, and sometimes 0.
func drawWeights(t *rapid.T, n int) (weights []domain.Weight) {
	den := rapid.SampledFrom([]int64{1, 2, 3, 6}).Draw(t, "denominator")
	most := rapid.Int64Range(1, 12).Draw(t, "most")
	for range n {
		weights = append(weights, weight(rapid.Int64Range(0, most).Draw(t, "weight"), den))
	}
	return weights
}

// drawConditions draws one to three conditions: voices, heads, a blocking minority, other voices.
func drawConditions(t *rapid.T, n int) []Condition {
	voices := drawWeights(t, n)
	conditions := []Condition{drawQuota(t, voices)}
	for range rapid.IntRange(0, 2).Draw(t, "heads") {
		conditions = append(conditions, Heads(n, weight(rapid.Int64Range(0, int64(n)+1).Draw(t, "members"), 1), rapid.Bool().Draw(t, "more")))
	}
	if rapid.Bool().Draw(t, "others") {
		conditions = append(conditions, drawQuota(t, drawWeights(t, n)))
	}
	if rapid.Bool().Draw(t, "blocking") {
		c, err := Unblocked(voices, weight(rapid.Int64Range(1, 40).Draw(t, "minority"), 2), rapid.Bool().Draw(t, "more than it"))
		if err != nil {
			t.Fatal(err)
		}
		conditions = append(conditions, c)
	}
	return conditions
}

func drawQuota(t *rapid.T, weights []domain.Weight) Condition {
	total, err := domain.SumWeights(weights...)
	if err != nil {
		t.Fatal(err)
	}
	share, err := total.Mul(weight(rapid.Int64Range(1, 13).Draw(t, "twelfths"), 12))
	if err != nil {
		t.Fatal(err)
	}
	c := Condition{Weights: weights, Quota: share, Strict: rapid.Bool().Draw(t, "strict")}
	if rapid.Bool().Draw(t, "casting") {
		c = c.BrokenBy(rapid.IntRange(0, len(weights)-1).Draw(t, "whose vote"))
	}
	return c
}

func TestPowerIsWhatEveryCoalitionTried(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "players")
		requireAgrees(t, n, drawConditions(t, n))
	})
}

func FuzzPowerIsWhatEveryCoalitionTried(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "players")
		requireAgrees(t, n, drawConditions(t, n))
	}))
}

// Twenty players: a million coalitions each.
func TestPowerOfTwentyIsWhatEveryCoalitionTried(t *testing.T) {
	voices := make([]domain.Weight, 20)
	for i := range voices {
		voices[i] = weight(int64(i*i%7+1), 2)
	}
	total, err := domain.SumWeights(voices...)
	require.NoError(t, err)
	half, err := total.Mul(weight(1, 2))
	require.NoError(t, err)
	n := 20
	if testing.Short() {
		n = 14
	}
	requireAgrees(t, n, []Condition{{Weights: voices[:n], Quota: half, Strict: true}, Heads(n, weight(9, 1), false)})
}
