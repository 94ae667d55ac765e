package replay

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestSeenIDs: ids that occur again are found wherever they stood first, whether they ascend or not.
func TestSeenIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		few := rapid.Uint64Range(1, 20_000).Draw(t, "ids")
		ascending := rapid.IntRange(0, 3000).Draw(t, "ascending")
		others := rapid.Bool().Draw(t, "others") // every third event has none of its own
		ids, first, s := []uuid.UUID{}, map[uuid.UUID]uint64{}, seenIDs{}
		own := func(n uint64) bool { return !others || n%3 != 0 }
		want := []twice(nil)
		for n := uint64(1); n <= 3000; n++ {
			id := uuid.UUID{15: 1}
			if binary.BigEndian.PutUint64(id[:], n); int(n) > ascending {
				binary.BigEndian.PutUint64(id[:], random.Uint64N(few))
			}
			ids = append(ids, id)
			if !own(n) {
				continue
			}
			s.note(id)
			if first[id] == 0 {
				first[id] = n
			} else {
				want = append(want, twice{n, first[id]})
			}
		}
		require.Equal(t, want, s.twice(uint64(len(ids)), func(n uint64) (uuid.UUID, bool) { return ids[n-1], own(n) }))
	})
}

// TestSameHash: ids that have the same hash are told apart.
func TestSameHash(t *testing.T) {
	ids := []uuid.UUID{{1}, {2}, {1}, {3}, {2}}
	of := func(n uint64) (uuid.UUID, bool) { return ids[n-1], true }
	for n, want := range map[uint64]uint64{2: 0, 3: 1, 4: 0, 5: 2} {
		among := make([]uint64, 0, 4)
		for m := uint64(1); m < n; m++ {
			among = append(among, 7<<36|m)
		}
		first, ok := sameID(among, n, of)
		require.Equal(t, want, first)
		require.Equal(t, want != 0, ok)
	}
}
