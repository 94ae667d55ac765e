package replay_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections/casetest"
	"registre/replay"
)

// TestFoldedWhileDerived: a derivation whose sums are cut short while it is made is the whole one, folded, and names the events of the
// whole one.
func TestFoldedWhileDerived(t *testing.T) {
	t.Parallel()
	folded := map[string]int{}
	for seed := range uint64(60) {
		b, r := anyBook(t, seed, 250), rand.New(rand.NewPCG(seed, 3))
		for range 10 {
			p := anyPair(r, b)
			for _, f := range figures(b, p) {
				whole := derive(t, b, p, f)
				behind := replay.EventsOf(b.Group, p.Known, &whole)
				most := r.IntN(4)
				tree, named, err := replay.DeriveFolded(b.Group, p, f, most)
				require.NoError(t, err)
				if most > 0 {
					whole.Fold(most)
				}
				require.Equal(t, encode(t, whole), encode(t, tree), "seed %d: %+v at %v, %d", seed, f, p, most)
				require.Equal(t, behind, named, "seed %d: %+v at %v, %d", seed, f, p, most)
				if tree.Folded > 0 {
					folded[f.Kind]++
				}
			}
		}
	}
	require.Greater(t, folded[replay.FigureEnrolment], 20)
	require.Greater(t, folded[replay.FigureCeiling], 20)
}

// TestLastAmendmentIsTheRule: however many amendments an order form has, its lines are as the last has left them.
func TestLastAmendmentIsTheRule(t *testing.T) {
	t.Parallel()
	for count := 1; count <= 9; count++ {
		c := founded(t)
		orders(c)
		last := uint64(0)
		for i := range count {
			line := domain.Line{LineKey: domain.LineKey{School: 1, Cycle: "college"}, Headcount: domain.Headcount(8 + i), Kind: domain.Live, Day: casetest.Day("2020-03-01")}
			packed, err := domain.PackLines([]domain.Line{line})
			require.NoError(t, err)
			last = c.Tell("2020-03-10", &domain.OrderAmended{Number: "O-1", Replaced: packed}, doc)
		}
		for _, f := range []replay.Figure{{Kind: replay.FigureEnrolment}, {Kind: replay.FigureCeiling, Agreement: "ent"}} {
			tree, err := replay.Derive(c.Group, casetest.At("2020-04-01"), f)
			require.NoError(t, err)
			require.Equal(t, &replay.Rule{Code: replay.RuleAmended, Event: last}, tree.Children[0].Rule, "%d amendments", count)
		}
	}
}
