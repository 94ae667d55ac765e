package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/storetest"
)

// slowly is a store that takes its time to read.
type slowly struct{ eventstore.Store }

func (s slowly) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	inner := s.Store.Read(ctx, group, after)
	return func(yield func(eventstore.Record, error) bool) {
		inner(func(r eventstore.Record, err error) bool { return yield(r, err) })
		time.Sleep(10 * time.Millisecond)
	}
}

// TestSlowReaderGetsItsTurn: who cannot read as fast as the other writes is let go first, on one register and on several.
func TestSlowReaderGetsItsTurn(t *testing.T) {
	for _, n := range []int{1, 3} {
		t.Run(fmt.Sprint(n, " groups"), func(t *testing.T) {
			memory, calls := eventstore.NewMemory(), &storetest.Calls{}
			fast := newLedger(t, memory.Handle(), eventstore.LedgerOptions{Shared: true, Calls: calls})
			slow := newLedger(t, slowly{memory.Handle()}, eventstore.LedgerOptions{Shared: true, Calls: calls})
			groups := groupsOf(n)
			for _, g := range groups {
				do(t, fast, founding(g))
			}
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			var writers sync.WaitGroup
			for w := range 8 {
				writers.Go(func() {
					for i := w; ctx.Err() == nil; i++ {
						_, _ = fast.Do(ctx, note(groups[i%n], fmt.Sprint(w, " ", i)))
					}
				})
			}
			for i := range 10 {
				_, err := slow.Do(ctx, note(groups[i%n], fmt.Sprint("slow ", i)))
				require.NoError(t, err)
			}
			stop()
			writers.Wait()
			for _, g := range groups {
				firsts, recorded := readAll(t, memory, g)
				require.Len(t, firsts, len(recorded))
			}
		})
	}
}

// TestClosedWhileItWaits: a command that waits for its turn is answered when its ledger is closed.
func TestClosedWhileItWaits(t *testing.T) {
	calls, called := &storetest.Calls{}, make(chan uint64, 100)
	l := newLedger(t, eventstore.NewMemory(), eventstore.LedgerOptions{Shared: true, Calls: calls})
	do(t, l, founding("a"))
	stop, err := calls.Hear(func(c eventstore.Call) {
		if c.From != "other" {
			called <- c.Place
		}
	})
	require.NoError(t, err)
	defer stop()
	calls.Call(eventstore.Call{From: "other", Group: "a", Place: 7})
	answer := later(l, note("a", "x"))
	require.Equal(t, uint64(8), <-called, "behind the other")
	require.NoError(t, l.Close())
	require.NoError(t, <-answer)
	for place := range called {
		if place == 0 {
			break // nobody has to wait for it
		}
	}
}

// deaf are calls that cannot be heard.
type deaf struct{ storetest.Calls }

func (*deaf) Hear(func(eventstore.Call)) (func(), error) { return nil, errors.New("not allowed") }

// TestDeaf: where nothing can be heard the guard alone is there.
func TestDeaf(t *testing.T) {
	memory, calls := eventstore.NewMemory(), &deaf{}
	one := newLedger(t, memory.Handle(), eventstore.LedgerOptions{Shared: true, Calls: calls})
	two := newLedger(t, memory.Handle(), eventstore.LedgerOptions{Shared: true, Calls: calls})
	do(t, one, founding("a"))
	for i := range 5 {
		do(t, one, note("a", fmt.Sprint("one ", i)))
		do(t, two, note("a", fmt.Sprint("two ", i)))
	}
	_, recorded := readAll(t, memory, "a")
	require.Len(t, recorded, 11)
}
