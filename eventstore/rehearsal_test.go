package eventstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/storetest"
)

// TestRehearsalStore: a rehearsal is a store like any other, but nothing outlives it.
func TestRehearsalStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Registers {
		base := eventstore.NewMemory()
		return storetest.Registers{Forgets: true, Open: func(*testing.T) eventstore.Store { return eventstore.NewRehearsal(base) }}
	})
}

// TestRehearsal: it begins as the other stands, decides as that would, and writes nothing to it.
func TestRehearsal(t *testing.T) {
	memory := eventstore.NewMemory()
	l := newLedger(t, memory, eventstore.LedgerOptions{})
	do(t, l, founding("a"), note("a", "x"), founding("b"))
	before := must(memory.Heads(t.Context()))

	store := eventstore.NewRehearsal(memory)
	require.Equal(t, before, must(store.Heads(t.Context())))
	require.Equal(t, before[1], must(store.Head(t.Context(), "b")))
	rehearsal := newLedger(t, store, eventstore.LedgerOptions{})
	c := join("a", "m1")
	require.Equal(t, uint64(3), do(t, rehearsal, c).First)
	_, err := rehearsal.Do(t.Context(), join("a", "m1"))
	require.ErrorIs(t, err, &domain.Refusal{Rule: domain.AlreadyMember}, "it goes on from what it tried")
	do(t, rehearsal, founding("c"))
	require.Len(t, events(t, rehearsal, "a"), 3)
	require.Len(t, must(rehearsal.Heads(t.Context())), 3)
	require.NoError(t, rehearsal.Close())

	require.Equal(t, before, must(memory.Heads(t.Context())))
	require.False(t, do(t, l, c).Repeated, "in earnest it was never recorded")
}
