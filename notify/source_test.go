package notify

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/eventstore"
	"registre/projections"
)

// a told is what a subscriber of everything gets of a register.
type told struct {
	id     string
	behind Place
}

func toldFrom(t require.TestingT, s *Source, p Place) (all []told) {
	for {
		steps, err := s.After(ctx(), "g", p, true)
		require.NoError(t, err)
		if len(steps) == 0 {
			return all
		}
		for _, step := range steps {
			if p = step.Behind; step.Notice != nil {
				all = append(all, told{step.Notice.ID(), p})
			}
		}
	}
}

// TestStepsFromEverywhere: whoever goes on from any place gets what is behind it, and no other; whenever he asks, and however the register
// has grown since. Findings come once a day, behind the last event of the day.
func TestStepsFromEverywhere(t *testing.T) {
	findings, noticed := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		now := time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		l := eventstore.NewLedger(eventstore.NewMemory(), eventstore.LedgerOptions{Now: clock})
		defer l.Close() // in memory
		s := &Source{Log: l, Now: func() domain.Instant { return domain.InstantOf(now) }}
		var live []told
		for _, c := range domaintest.History(domaintest.Rapid(r), 40) {
			c.Group, c.ID = "g", uuid.Must(uuid.NewV7())
			_, err := l.Do(ctx(), c)
			require.NoError(r, err)
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(r, "hours")) * time.Hour)
			if rapid.Bool().Draw(r, "asked now") {
				live = append(live, toldFrom(r, s, lastOf(live))...)
			}
		}
		now = now.Add(48 * time.Hour)
		live = append(live, toldFrom(r, s, lastOf(live))...)
		all := toldFrom(r, s, Place{})
		require.Equal(r, ids(all), ids(live))
		for i := range all {
			require.Equal(r, ids(all[i+1:]), ids(toldFrom(r, s, all[i].behind)), "behind %+v", all[i])
		}
		steps, err := s.After(ctx(), "g", Place{}, true)
		require.NoError(r, err)
		for _, step := range steps {
			if step.Notice != nil && step.Notice.Kind == projections.FindingRaised {
				findings++
			}
		}
		noticed += len(all)
	})
	require.True(t, testing.Short() || findings > 20, "%d of %d", findings, noticed)
}

// leaving is a log whose reader leaves as it begins to read a register: it ends without a word, as a read that is cut off does.
type leaving struct {
	Log
	leave func()
}

func (l leaving) Events(context.Context, domain.GroupID, uint64) iter.Seq2[eventstore.Envelope, error] {
	l.leave()
	return func(func(eventstore.Envelope, error) bool) {}
}

// ledgerOfThatDay is a ledger of one group whose day has passed since, and its clock.
func ledgerOfThatDay(t *testing.T) (*eventstore.Ledger, func() domain.Instant) {
	clock := &hand{}
	clock.set("2026-11-23T09:00:00Z")
	l := ledgerAt(t, clock.now, 1, 3)
	clock.set("2026-11-25T09:00:00Z")
	return l, func() domain.Instant { return domain.InstantOf(clock.now()) }
}

// TestWhoeverLeaves: that somebody leaves while a day is audited is an error of his, and nobody else's.
func TestWhoeverLeaves(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	l, now := ledgerOfThatDay(t)
	s := &Source{Log: leaving{l, leave}, Now: now}
	_, err := s.After(ctx, "g0", Place{}, true)
	require.ErrorIs(t, err, context.Canceled)
}

// TestPlaceBeyondTheEnd: a register that was put back to what it was has nothing behind a place beyond its end, and goes on from there.
func TestPlaceBeyondTheEnd(t *testing.T) {
	l, now := ledgerOfThatDay(t)
	s := &Source{Log: l, Now: now}
	for _, p := range []Place{{Done: 99, Found: 5}, {Done: 5}, {Done: 99, Found: 99, Part: "g0/99/member-joined"}} {
		steps, err := s.After(ctx(), "g0", p, true)
		require.NoError(t, err)
		require.Empty(t, steps)
	}
}

func lastOf(all []told) Place {
	if len(all) == 0 {
		return Place{}
	}
	return all[len(all)-1].behind
}

func ids(all []told) (found []string) {
	for _, one := range all {
		found = append(found, one.id)
	}
	return found
}

func ctx() context.Context { return context.Background() }
