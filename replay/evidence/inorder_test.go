package evidence_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/replay/evidence"
)

// TestInOrder: whatever is ready first, what follows from it follows in its turn; and behind an error nothing follows.
func TestInOrder(t *testing.T) {
	broken := errors.New("broken")
	var line evidence.InOrder
	var got []int
	var err error
	added := 0
	for ; added < 1000 && err == nil; added++ {
		n := added
		err = line.Add(func() func() error {
			for range 1000 - n%7*100 {
				runtime.Gosched()
			}
			return func() error {
				if got = append(got, n); n == 500 {
					return broken
				}
				return nil
			}
		})
	}
	require.ErrorIs(t, err, broken)
	require.Less(t, added, 500+3*runtime.GOMAXPROCS(0), "no more is begun than is told")
	require.ErrorIs(t, line.Wait(), broken)
	require.Len(t, got, 501)
	for i, n := range got {
		require.Equal(t, i, n)
	}
}
