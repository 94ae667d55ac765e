package replay

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/eventstore"
)

// TestSeenIDs: ids that do not ascend are found again wherever they stood first, however many there are.
func TestSeenIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		few := rapid.Uint64Range(1, 20_000).Draw(t, "ids")
		b, first, s := &Book{}, map[uuid.UUID]uint64{}, seenIDs{}
		for n := uint64(1); n <= 5000; n++ {
			id := uuid.UUID{15: 1}
			binary.BigEndian.PutUint64(id[:], random.Uint64N(few))
			b.Envelopes = append(b.Envelopes, eventstore.Envelope{ID: id})
			was, ok := s.seen(id, n, eventIDs{b})
			require.Equal(t, first[id], was)
			require.Equal(t, first[id] != 0, ok)
			if first[id] == 0 {
				first[id] = n
			}
		}
	})
}
