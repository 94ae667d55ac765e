package jetstream

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestReadersThatGoAway: whoever stops reading, at whatever moment, leaves nothing behind in the server.
func TestReadersThatGoAway(t *testing.T) {
	s := openIn(t, t.TempDir(), Options{})
	defer s.Close()
	write(t, s, "a", 0, "1", "2", "3")
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		ctx, stop := context.WithTimeout(t.Context(), time.Duration(r.IntN(2000))*time.Microsecond)
		for range s.Follow(ctx, "a", 0) {
			if r.IntN(8) == 0 {
				break
			}
		}
		stop()
	}
	stream, err := s.js.Stream(t.Context(), streamName)
	require.NoError(t, err)
	left := func() int {
		info, err := stream.Info(t.Context())
		require.NoError(t, err)
		return info.State.Consumers
	}
	require.Eventually(t, func() bool { return left() == 0 }, 5*time.Second, 20*time.Millisecond, "consumers are left")
}
