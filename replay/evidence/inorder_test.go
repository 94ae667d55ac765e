package evidence_test

import (
	"errors"
	"fmt"
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

// TestWaitAfter: whatever went wrong is told, and once.
func TestWaitAfter(t *testing.T) {
	broken, other := errors.New("broken"), errors.New("other")
	for _, c := range []struct{ line, met, want error }{
		{nil, nil, nil},
		{nil, other, other},
		{broken, nil, broken},
		{broken, broken, broken},
		{broken, fmt.Errorf("met: %w", broken), errors.New("met: broken")},
		{broken, other, errors.Join(other, broken)},
	} {
		var line evidence.InOrder
		done := false
		require.NoError(t, line.Add(func() func() error { return func() error { done = true; return c.line } }))
		err := line.WaitAfter(c.met)
		require.True(t, done)
		if c.want == nil {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, c.want.Error())
	}
}
