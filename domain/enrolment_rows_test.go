package domain

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Many places are sorted by their digits, a few by comparing them: both as any sort does, and equal keys as they came.
func TestPlacedAreSorted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 100, 1<<digitBits - 1, 1 << digitBits, 50_000} {
		for _, most := range []uint64{1, 1 << 5, 1 << 31, 1 << 50} {
			all := make([]placed, n)
			for i := range all {
				all[i] = placed{r.Uint64N(most), uint32(i)}
			}
			want := slices.Clone(all)
			slices.SortStableFunc(want, comparePlaced)
			require.Equal(t, want, sortPlaced(all), "%d, below %d", n, most)
		}
	}
}

// Ranks are the order of texts; a value that is nobody's comes first, as one without a text does.
func TestRanksAreTheOrderOfTexts(t *testing.T) {
	r := ranksOf([]Cycle{"lycee", "", "college"})
	var all []uint64
	for _, v := range []uint32{nobody, 1, 2, 0} {
		all = append(all, r.of(v))
	}
	assert.Equal(t, []uint64{0, 0}, all[:2])
	assert.Less(t, all[1], all[2])
	assert.Less(t, all[2], all[3])
	assert.Less(t, all[3], r.count)
}
