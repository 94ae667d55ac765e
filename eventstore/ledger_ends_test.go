package eventstore_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// TestDoAt: of many commands that expect the same end of a register one is recorded, through whichever ledger they come; and it is
// answered as it was, wherever the register ends by then.
func TestDoAt(t *testing.T) {
	for _, shared := range []bool{false, true} {
		t.Run(fmt.Sprintf("shared=%t", shared), func(t *testing.T) {
			memory := eventstore.NewMemory()
			ledgers := []*eventstore.Ledger{newLedger(t, memory.Handle(), eventstore.LedgerOptions{Shared: shared})}
			if shared {
				ledgers = append(ledgers, newLedger(t, memory.Handle(), eventstore.LedgerOptions{Shared: true}))
			}
			do(t, ledgers[0], founding("a"))
			for round := uint64(1); round <= 8; round++ {
				won := race(t, ledgers, round)
				require.NoError(t, must0(ledgers[0].Do(t.Context(), note("a", fmt.Sprintf("after %d", round)))))
				again, err := ledgers[len(ledgers)-1].DoAt(t.Context(), won, 2*round-1)
				require.NoError(t, err)
				require.True(t, again.Repeated)
				require.Equal(t, 2*round, again.First)
			}
			_, err := ledgers[0].DoAt(t.Context(), note("b", "x"), 7)
			require.Equal(t, &eventstore.MovedError{Group: "b", Expected: 7, Ends: 0}, err)
		})
	}
}

// race has twelve commands expect the register's end at once, and gives the one that was recorded.
func race(t *testing.T, ledgers []*eventstore.Ledger, round uint64) (won domain.Command) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	wins, ends := 0, 2*round-1
	for i := range 12 {
		wait.Go(func() {
			c := note("a", fmt.Sprintf("%d of %d", i, round))
			r, err := ledgers[i%len(ledgers)].DoAt(t.Context(), c, ends)
			mu.Lock()
			defer mu.Unlock()
			var moved *eventstore.MovedError
			switch {
			case err == nil:
				won = c
				wins++
				if r.First != ends+1 {
					t.Errorf("event %d", r.First)
				}
			case !errors.As(err, &moved) || moved.Expected != ends || moved.Ends < ends+1:
				t.Errorf("%v", err)
			}
		})
	}
	wait.Wait()
	require.Equal(t, 1, wins)
	return won
}

func must0(_ eventstore.Result, err error) error { return err }
