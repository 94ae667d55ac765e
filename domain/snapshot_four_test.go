package domain

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Four numbers come back, at the end of what is read as before it; cut off they are refused, and so is one longer than it needs.
func TestFourNumbersComeBack(t *testing.T) {
	edges := []uint32{0, 1, 1<<8 - 1, 1 << 8, 1<<16 - 1, 1 << 16, 1<<24 - 1, 1 << 24, math.MaxUint32}
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		var want [4]uint32
		for i := range want {
			want[i] = edges[r.IntN(len(edges))]
		}
		w := scribe{}
		w.four(&want[0], &want[1], &want[2], &want[3])
		for _, behind := range []int{0, 1, longestFour} {
			s := scribe{reading: true, in: append(w.in[:len(w.in):len(w.in)], make([]byte, behind)...)}
			var got [4]uint32
			s.four(&got[0], &got[1], &got[2], &got[3])
			require.NoError(t, s.err)
			require.Equal(t, want, got)
			require.Equal(t, len(w.in), s.at)
		}
		for n := range w.in {
			s := scribe{reading: true, in: w.in[:n]}
			s.readFour()
			require.ErrorIs(t, s.err, ErrSnapshot, "%d bytes of %d", n, len(w.in))
		}
	}
	for _, behind := range []int{0, longestFour} {
		s := scribe{reading: true, in: append([]byte{1, 7, 0, 0, 0, 0}, make([]byte, behind)...)} // 7 in two bytes
		s.readFour()
		require.ErrorIs(t, s.err, ErrSnapshot)
	}
}

func TestZigzag(t *testing.T) {
	for _, n := range []int32{0, 1, -1, 63, -64, math.MaxInt32, math.MinInt32} {
		require.Equal(t, n, unzigzag(zigzag(n)))
	}
	for _, n := range []int16{0, -1, math.MaxInt16, math.MinInt16} {
		require.Less(t, zigzag(n), uint32(1<<16))
		require.Equal(t, int32(n), unzigzag(zigzag(n)))
	}
}
