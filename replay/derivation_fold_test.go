package replay_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

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
