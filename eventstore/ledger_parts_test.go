package eventstore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/storetest"
)

// A noted store notes how many writes there were before each sync, and takes its time for both.
type noted struct {
	*durability
	mu     sync.Mutex
	writes int
	before []int
	slow   time.Duration
}

func (n *noted) Write(ctx context.Context, appends []eventstore.Append) []error {
	time.Sleep(n.slow)
	n.mu.Lock()
	n.writes++
	n.mu.Unlock()
	return n.durability.Write(ctx, appends)
}

func (n *noted) Sync(ctx context.Context) error {
	time.Sleep(n.slow)
	n.mu.Lock()
	n.before, n.writes = append(n.before, n.writes), 0
	n.mu.Unlock()
	return n.durability.Sync(ctx)
}

// crowd has so many writers record, each so many times, and requires that what is answered is durable. Several failed ones are for
// the caller to find.
func crowd(t *testing.T, l *eventstore.Ledger, d *durability, writers, each int) (failed []error) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				r, err := l.Do(t.Context(), note(domain.GroupID(fmt.Sprint("g", w%3)), fmt.Sprint(w, " ", i)))
				if err == nil {
					err = d.durable(r.Group, r.Last)
				}
				if err != nil {
					mu.Lock()
					failed = append(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return failed
}

// TestParts: where many record, the first of a round are written while the last are being decided, and one sync makes all of
// them durable before any of them is answered. Where others write to the same registers, and where few record, it is written at once.
func TestParts(t *testing.T) {
	for name, test := range map[string]struct {
		writers int
		shared  bool
		parts   bool
	}{"many": {writers: 200, parts: true}, "few": {writers: 20}, "many, shared": {writers: 200, shared: true}} {
		t.Run(name, func(t *testing.T) {
			store := &noted{durability: newDurability(eventstore.NewMemory()), slow: 5 * time.Millisecond}
			l := newLedger(t, store, eventstore.LedgerOptions{Shared: test.shared})
			for g := range 3 {
				do(t, l, founding(domain.GroupID(fmt.Sprint("g", g))))
			}
			require.Empty(t, crowd(t, l, store.durability, test.writers, 4))
			most := 0
			for _, writes := range store.before {
				most = max(most, writes)
			}
			require.Equal(t, test.parts, most > 1, "writes before each sync: %v", store.before)
			for g := range 3 {
				_, recorded := readAll(t, store, domain.GroupID(fmt.Sprint("g", g)))
				require.Len(t, recorded, 1+4*((test.writers+2-g)/3))
			}
		})
	}
}

// TestPartFails: what was decided on a part of which an append fails is not written, and what the other parts hold is kept.
func TestPartFails(t *testing.T) {
	d := newDurability(eventstore.NewMemory())
	script := &storetest.Script{Writes: []storetest.Step{{}, {}, {}}}
	for i := range 40 {
		step := storetest.Step{}
		if i%3 == 0 {
			step = storetest.Step{Fault: storetest.NotWritten, Only: []int{i % 5}}
		}
		script.Writes = append(script.Writes, step)
	}
	store := &noted{durability: d, slow: 2 * time.Millisecond}
	faulty := storetest.NewFaulty(store, script)
	l := newLedger(t, faulty, eventstore.LedgerOptions{})
	for g := range 3 {
		do(t, l, founding(domain.GroupID(fmt.Sprint("g", g))))
	}
	failed := crowd(t, l, d, 200, 4)
	require.NotEmpty(t, failed)
	for _, err := range failed {
		require.ErrorIs(t, err, eventstore.ErrNotWritten)
	}
	kept := 0
	for g := range 3 {
		firsts, _ := readAll(t, d, domain.GroupID(fmt.Sprint("g", g)))
		kept += len(firsts) - 1
	}
	require.Equal(t, 800-len(failed), kept)
}
