package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/storetest"
)

func one(group string, after uint64, body string) []eventstore.Append {
	return []eventstore.Append{{Group: domain.GroupID(group), After: after, Bodies: [][]byte{[]byte(body)}}}
}

func read(t *testing.T, s eventstore.Store, group string) []string {
	t.Helper()
	bodies := []string{}
	for r, err := range s.Read(context.Background(), domain.GroupID(group), 0) {
		require.NoError(t, err)
		bodies = append(bodies, string(r.Body))
	}
	return bodies
}

// TestFaultless runs the conformance suite on a Faulty that has no fault to make.
func TestFaultless(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Registers {
		memory := eventstore.NewMemory()
		return storetest.Registers{Shared: true, Open: func(*testing.T) eventstore.Store {
			return storetest.NewFaulty(memory.Handle(), &storetest.Script{})
		}}
	})
}

func TestFaults(t *testing.T) {
	tests := []struct {
		fault  storetest.Fault
		answer error
		at     []string // what is there when Write has answered
		next   error    // the answer to an append of "next" after what was there at the beginning
		end    []string // what is there in the end
	}{
		{storetest.None, nil, []string{"0", "x"}, eventstore.ErrOvertaken, []string{"0", "x"}},
		{storetest.Lost, eventstore.ErrUnknown, []string{"0"}, nil, []string{"0", "next"}},
		{storetest.Written, eventstore.ErrUnknown, []string{"0", "x"}, eventstore.ErrOvertaken, []string{"0", "x"}},
		{storetest.LateBefore, eventstore.ErrUnknown, []string{"0"}, eventstore.ErrOvertaken, []string{"0", "x"}},
		{storetest.LateAfter, eventstore.ErrUnknown, []string{"0"}, nil, []string{"0", "next"}},
		{storetest.NotWritten, eventstore.ErrNotWritten, []string{"0"}, nil, []string{"0", "next"}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.fault), func(t *testing.T) {
			f := storetest.NewFaulty(eventstore.NewMemory(), &storetest.Script{Writes: []storetest.Step{{}, {Fault: test.fault}}})
			require.NoError(t, f.Write(t.Context(), one("a", 0, "0"))[0])
			require.ErrorIs(t, f.Write(t.Context(), one("a", 1, "x"))[0], test.answer)
			require.Equal(t, test.at, read(t, f, "a"))
			require.ErrorIs(t, f.Write(t.Context(), one("a", 1, "next"))[0], test.next)
			f.Settle()
			require.Equal(t, test.end, read(t, f, "a"))
		})
	}
}

func TestFaultOfSome(t *testing.T) {
	f := storetest.NewFaulty(eventstore.NewMemory(), &storetest.Script{Writes: []storetest.Step{{Fault: storetest.Lost, Only: []int{1, 9}}}})
	appends := append(append(one("a", 0, "1"), one("a", 1, "2")...), append(one("a", 2, "3"), one("b", 0, "1")...)...)
	errs := f.Write(t.Context(), appends)
	for i, want := range []error{nil, eventstore.ErrUnknown, eventstore.ErrOvertaken, nil} {
		require.ErrorIs(t, errs[i], want, "append %d", i)
	}
	require.Equal(t, []string{"1"}, read(t, f, "a"))
}

func TestFaultLater(t *testing.T) {
	f := storetest.NewFaulty(eventstore.NewMemory(), &storetest.Script{Writes: []storetest.Step{{Fault: storetest.LateDelay}}})
	f.Delay = 10 * time.Millisecond
	require.ErrorIs(t, f.Write(t.Context(), one("a", 0, "late"))[0], eventstore.ErrUnknown)
	require.Empty(t, read(t, f, "a"))
	f.Settle()
	require.Equal(t, []string{"late"}, read(t, f, "a"))
}

func TestFaultsOfSync(t *testing.T) {
	for _, fault := range []storetest.Fault{storetest.SyncFailed, storetest.SyncedOnly} {
		f := storetest.NewFaulty(eventstore.NewMemory(), &storetest.Script{Syncs: []storetest.Fault{storetest.None, fault}})
		require.NoError(t, f.Sync(t.Context()))
		require.ErrorIs(t, f.Sync(t.Context()), storetest.ErrFault)
		require.Zero(t, f.Misuses())
		require.ErrorIs(t, f.Write(t.Context(), one("a", 0, "x"))[0], eventstore.ErrNotWritten)
		require.Error(t, f.Sync(t.Context()))
		require.Equal(t, 2, f.Misuses())
	}
}

// TestOdds writes under drawn faults as a careful writer would, reading again after every doubt: all that was
// acknowledged is there once, and the same seed does the same.
func TestOdds(t *testing.T) {
	run := func(seed uint64) ([]string, map[string]int) {
		f := storetest.NewFaulty(eventstore.NewMemory(), storetest.Seeded(seed))
		after, answers := uint64(0), map[string]int{}
		for i := range 300 {
			err := f.Write(t.Context(), one("a", after, fmt.Sprint(i)))[0]
			for _, kind := range []error{eventstore.ErrOvertaken, eventstore.ErrUnknown, eventstore.ErrNotWritten} {
				if errors.Is(err, kind) {
					answers[kind.Error()]++
				}
			}
			if err == nil {
				answers["acknowledged"]++
			}
			after = uint64(len(read(t, f, "a")))
		}
		require.NoError(t, f.Close())
		return read(t, f.Store.(*eventstore.Memory).Handle(), "a"), answers
	}
	bodies, answers := run(1)
	again, _ := run(1)
	require.Equal(t, bodies, again)
	require.GreaterOrEqual(t, len(bodies), answers["acknowledged"])
	require.Len(t, answers, 4, "every kind of answer came: %v", answers)
	seen := map[string]bool{}
	for _, body := range bodies {
		require.False(t, seen[body], body)
		seen[body] = true
	}
}
