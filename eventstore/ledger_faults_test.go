package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/storetest"
)

func scripted(t *testing.T, memory *eventstore.Memory, options eventstore.LedgerOptions, script *storetest.Script) (*eventstore.Ledger, *storetest.Faulty) {
	t.Helper()
	f := storetest.NewFaulty(memory.Handle(), script)
	return newLedger(t, f, options), f
}

// TestUnknownOutcomes: whatever became of an append that was not acknowledged, its command is recorded once.
func TestUnknownOutcomes(t *testing.T) {
	for name, fault := range map[string]storetest.Fault{
		"lost": storetest.Lost, "written": storetest.Written, "late before": storetest.LateBefore,
		"late after": storetest.LateAfter, "late by itself": storetest.LateDelay,
	} {
		for times := 1; times <= 3; times++ {
			t.Run(fmt.Sprint(name, " ", times), func(t *testing.T) {
				memory := eventstore.NewMemory()
				script := &storetest.Script{Writes: []storetest.Step{{}}}
				for range times {
					script.Writes = append(script.Writes, storetest.Step{Fault: fault})
				}
				l, f := scripted(t, memory, eventstore.LedgerOptions{}, script)
				do(t, l, founding("a"))
				c := join("a", "m1")
				r := do(t, l, c)
				require.Equal(t, uint64(2), r.First)
				require.False(t, r.Repeated, "it was asked for once")
				f.Settle()
				require.True(t, do(t, l, c).Repeated)
				require.Equal(t, uint64(3), do(t, l, note("a", "x")).First)
				firsts, _ := readAll(t, memory, "a")
				require.Len(t, firsts, 3)
			})
		}
	}
}

// TestUnknownToTheEnd: when nothing is ever known, the ledger says so; the same id finds out later.
func TestUnknownToTheEnd(t *testing.T) {
	memory := eventstore.NewMemory()
	script := &storetest.Script{Writes: []storetest.Step{{}, {Fault: storetest.LateAfter}, {Fault: storetest.Lost}}}
	l, f := scripted(t, memory, eventstore.LedgerOptions{Attempts: 1}, script)
	do(t, l, founding("a"))
	c := note("a", "x")
	_, err := l.Do(t.Context(), c)
	require.ErrorIs(t, err, eventstore.ErrUnknown)
	require.NotErrorIs(t, err, eventstore.ErrNotWritten)
	f.Settle()
	require.True(t, do(t, l, c).Repeated)
	_, recorded := readAll(t, memory, "a")
	require.Len(t, recorded, 2)
}

// TestNotWrittenAfterUnknown: that the second attempt surely wrote nothing says nothing of the first, which may come late.
func TestNotWrittenAfterUnknown(t *testing.T) {
	memory := eventstore.NewMemory()
	script := &storetest.Script{Writes: []storetest.Step{{}, {Fault: storetest.LateAfter}, {Fault: storetest.NotWritten}}}
	l, _ := scripted(t, memory, eventstore.LedgerOptions{}, script)
	do(t, l, founding("a"))
	c := note("a", "x")
	_, err := l.Do(t.Context(), c)
	require.ErrorIs(t, err, eventstore.ErrUnknown)
	require.NotErrorIs(t, err, eventstore.ErrNotWritten)
	require.True(t, do(t, l, c).Repeated, "it did come late")
}

// TestKnownInDoubt: while an append may still come late, what was known after its stamp is provisional.
func TestKnownInDoubt(t *testing.T) {
	memory := eventstore.NewMemory()
	script := &storetest.Script{Writes: []storetest.Step{{}, {Fault: storetest.LateBefore}, {Fault: storetest.NotWritten}}}
	script.Writes[2].Only = []int{7} // none
	f := storetest.NewFaulty(memory.Handle(), script)
	l := newLedger(t, f, eventstore.LedgerOptions{Attempts: -1})
	before := do(t, l, founding("a")).Recorded
	_, err := l.Do(t.Context(), note("a", "x"))
	require.ErrorIs(t, err, eventstore.ErrUnknown)
	time.Sleep(time.Millisecond)
	at := domain.InstantOf(time.Now()) - 1
	n, provisional, err := l.Known(t.Context(), "a", at)
	require.NoError(t, err)
	require.Equal(t, uint64(1), n)
	require.True(t, provisional)
	_, provisional, err = l.Known(t.Context(), "a", before)
	require.NoError(t, err)
	require.False(t, provisional)
	f.Settle()
	do(t, l, note("a", "y"))
	n, provisional, err = l.Known(t.Context(), "a", at)
	require.NoError(t, err)
	require.Equal(t, uint64(2), n, "the late one counts")
	require.False(t, provisional)
}

// TestSettledInDoubt: while an append may still come late, no instant at or after its stamp is settled; nor is anything stamped at one that is.
func TestSettledInDoubt(t *testing.T) {
	memory := eventstore.NewMemory()
	script := &storetest.Script{Writes: []storetest.Step{{}, {Fault: storetest.LateBefore}}}
	f := storetest.NewFaulty(memory.Handle(), script)
	l := newLedger(t, f, eventstore.LedgerOptions{Attempts: -1})
	do(t, l, founding("a"))
	before, heads, err := l.Settled(t.Context())
	require.NoError(t, err)
	require.Equal(t, []eventstore.Head{{Group: "a", Number: 1}}, heads)
	_, err = l.Do(t.Context(), note("a", "x"))
	require.ErrorIs(t, err, eventstore.ErrUnknown)
	time.Sleep(time.Millisecond)
	until, _, err := l.Settled(t.Context())
	require.NoError(t, err)
	f.Settle()
	done := do(t, l, note("a", "y"))
	require.NoError(t, l.View(t.Context(), "a", func(v *eventstore.View) error {
		require.Greater(t, v.Recorded(2), until, "the late one")
		require.Greater(t, v.Recorded(2), before)
		return nil
	}))
	until, _, err = l.Settled(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, until, done.Recorded)
}

// TestSyncFailed: after a failed sync nothing is answered as done any more, and what it left in the store is shown to
// nobody; whoever opens the store again finds each command once or not at all.
func TestSyncFailed(t *testing.T) {
	for name, fault := range map[string]storetest.Fault{"not synced": storetest.SyncFailed, "synced": storetest.SyncedOnly} {
		t.Run(name, func(t *testing.T) {
			memory := eventstore.NewMemory()
			script := &storetest.Script{Syncs: []storetest.Fault{storetest.None, fault}}
			l, f := scripted(t, memory, eventstore.LedgerOptions{}, script)
			first := founding("a")
			do(t, l, first)
			c := note("a", "x")
			_, err := l.Do(t.Context(), c)
			require.ErrorIs(t, err, eventstore.ErrBroken)
			require.ErrorIs(t, err, eventstore.ErrUnknown)
			for _, c := range []domain.Command{c, first, note("a", "y"), founding("b")} {
				_, err := l.Do(t.Context(), c)
				require.ErrorIs(t, err, eventstore.ErrBroken)
			}
			require.ErrorIs(t, l.View(t.Context(), "a", func(*eventstore.View) error { return nil }), eventstore.ErrBroken)
			_, _, err = l.Known(t.Context(), "a", domain.InstantOf(time.Now()))
			require.ErrorIs(t, err, eventstore.ErrBroken)
			var last error
			for e, err := range l.Events(t.Context(), "a", 1) {
				if last = err; err == nil {
					t.Fatalf("event %d was given, and nobody knows whether it is durable", e.Number)
				}
			}
			require.ErrorIs(t, last, eventstore.ErrBroken)
			require.NoError(t, l.Close())
			require.Zero(t, f.Misuses(), "after a failed sync the store is only closed")
			do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), c)
			firsts, recorded := readAll(t, memory, "a")
			require.Len(t, recorded, 2)
			require.Contains(t, firsts, c.ID)
		})
	}
}

// TestSyncFailedForTwins: the second of two that ask for the same command is not told that nothing was written.
func TestSyncFailedForTwins(t *testing.T) {
	for name, newGate := range gates {
		t.Run(name, func(t *testing.T) { testSyncFailedForTwins(t, newGate) })
	}
}

func testSyncFailedForTwins(t *testing.T, newGate func(eventstore.Store) *gate) {
	memory := eventstore.NewMemory()
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("a"))
	g := newGate(storetest.NewFaulty(memory.Handle(), &storetest.Script{Syncs: []storetest.Fault{storetest.None, storetest.SyncFailed}}))
	l := newLedger(t, g, eventstore.LedgerOptions{})
	c := note("a", "x")
	for _, done := range round(t, g, l, c, c) {
		err := <-done
		require.ErrorIs(t, err, eventstore.ErrUnknown)
		require.ErrorIs(t, err, eventstore.ErrBroken)
		require.NotErrorIs(t, err, eventstore.ErrNotWritten)
	}
}

// durability watches what is durable: a store in memory on which a power cut would leave what the last sync found.
type durability struct {
	*eventstore.Memory
	mu     sync.Mutex
	synced map[domain.GroupID]uint64
}

func newDurability(memory *eventstore.Memory) *durability {
	return &durability{Memory: memory, synced: map[domain.GroupID]uint64{}}
}

func (d *durability) Sync(ctx context.Context) error {
	heads, err := d.Heads(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range heads {
		d.synced[h.Group] = max(d.synced[h.Group], h.Number)
	}
	return err
}

func (d *durability) durable(group domain.GroupID, n uint64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n > d.synced[group] {
		return fmt.Errorf("event %d of %s was shown, and durable are %d", n, group, d.synced[group])
	}
	return nil
}

// lawful keeps Faulty to the contract: what builds, in one call, on an append that was struck is not struck by itself, so
// that it never comes late where the other never came.
type lawful struct {
	eventstore.Store
	Plan    storetest.Plan
	appends []eventstore.Append
}

func (l *lawful) Write(ctx context.Context, appends []eventstore.Append) []error {
	l.appends = appends
	return l.Store.Write(ctx, appends)
}

// plan is what Faulty asks.
type plan struct{ *lawful }

func (p plan) Write(n int) []storetest.Fault {
	faults := p.Plan.Write(n)
	struck := map[domain.GroupID]bool{}
	for i, a := range p.appends[:n] {
		if struck[a.Group] {
			faults[i] = storetest.None
		}
		struck[a.Group] = struck[a.Group] || faults[i] != storetest.None
	}
	return faults
}

func (p plan) Sync() storetest.Fault { return p.Plan.Sync() }

// TestSeededFaults: whatever strikes, what was answered is there, once, and was durable when it was answered, viewed or
// followed; ids asked for again and again give the same result.
func TestSeededFaults(t *testing.T) {
	seeds := uint64(12)
	if testing.Short() {
		seeds = 4
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { seededFaults(t, seed) })
	}
}

func seededFaults(t *testing.T, seed uint64) {
	d := newDurability(eventstore.NewMemory())
	odds := storetest.Seeded(seed)
	odds.Writes = 0.3
	odds.Faults = []storetest.Fault{
		storetest.Lost, storetest.Written, storetest.LateBefore, storetest.LateAfter, storetest.LateDelay, storetest.NotWritten,
	}
	if seed%4 == 3 {
		odds.Syncs = 0.02
	}
	lawful := &lawful{Plan: odds}
	f := storetest.NewFaulty(d, plan{lawful})
	f.Delay = time.Millisecond
	lawful.Store = f
	resident := []int{0, 1, 20}[seed%3]
	l := eventstore.NewLedger(lawful, eventstore.LedgerOptions{Resident: resident, Attempts: 3})
	groups := []domain.GroupID{"a", "b", "c"}
	for _, g := range groups {
		for c := founding(g); ; {
			if _, err := l.Do(t.Context(), c); err == nil || errors.Is(err, eventstore.ErrBroken) {
				break
			}
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	var watchers, writers sync.WaitGroup
	watchers.Go(func() {
		for e, err := range l.Follow(ctx, "", 0) {
			if err != nil {
				return
			}
			if err := d.durable(e.Group, e.Number); err != nil {
				t.Error("follow: ", err)
			}
		}
	})
	watchers.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			group := groups[i%len(groups)]
			_ = l.View(ctx, group, func(v *eventstore.View) error {
				if err := d.durable(group, v.Head); err != nil {
					t.Error("view: ", err)
				}
				return nil
			})
			time.Sleep(100 * time.Microsecond)
		}
	})
	var mu sync.Mutex
	answered, maybe := map[uuid.UUID]eventstore.Result{}, map[uuid.UUID]domain.Command{}
	crowd, each := 6, 12
	if seed%2 == 1 {
		crowd, each = 96, 2 // so many that rounds are written in parts
	}
	for w := range crowd {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(w)))
			for i := range each {
				group := groups[random.IntN(3)]
				for _, c := range [][]domain.Command{
					{note(group, fmt.Sprint(w, " ", i))},
					{join(group, domain.MemberID(fmt.Sprint("m", random.IntN(4))))},
					avenant(group, domain.TextID(fmt.Sprint("a", w, "-", i))),
				}[random.IntN(3)] {
					for range 1 + random.IntN(2) {
						r, err := l.Do(ctx, c)
						mu.Lock()
						if before, ok := answered[c.ID]; ok && err == nil && before.First != r.First {
							t.Errorf("answered %d, then %d", before.First, r.First)
						}
						switch {
						case err == nil:
							answered[c.ID] = r
							if err := d.durable(r.Group, r.Last); err != nil {
								t.Error("answer: ", err)
							}
						case errors.Is(err, eventstore.ErrUnknown):
							maybe[c.ID] = c
						case errors.As(err, new(*domain.Refusal)), errors.Is(err, eventstore.ErrNotWritten):
							if answered[c.ID].First != 0 && !errors.Is(err, eventstore.ErrBroken) {
								t.Errorf("answered %d, then %v", answered[c.ID].First, err)
							}
						default:
							t.Error(err)
						}
						mu.Unlock()
					}
				}
			}
		})
	}
	writers.Wait()
	stop()
	watchers.Wait()
	require.NoError(t, l.Close())
	require.Zero(t, f.Misuses())
	l = newLedger(t, d.Handle(), eventstore.LedgerOptions{})
	for _, c := range maybe {
		_, err := l.Do(t.Context(), c) // its outcome can be found out now
		if !errors.As(err, new(*domain.Refusal)) {
			require.NoError(t, err)
		}
	}
	all := map[uuid.UUID]uint64{}
	for _, g := range groups {
		firsts, _ := readAll(t, d.Handle(), g)
		maps.Copy(all, firsts)
	}
	for id, r := range answered {
		require.Equal(t, r.First, all[id], "command %s was answered", id)
		delete(all, id)
	}
	for id := range all {
		if _, ok := maybe[id]; !ok {
			found := 0
			for _, g := range groups {
				firsts, _ := readAll(t, d.Handle(), g)
				if firsts[id] == 1 {
					found++ // a founding
				}
			}
			require.Equal(t, 1, found, "command %s is there, and was answered as not written", id)
		}
	}
}

// tampered is a store whose records are not what was written.
type tampered struct {
	*eventstore.Memory
	tamper func([]eventstore.Record) []eventstore.Record
}

func (s *tampered) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		var all []eventstore.Record
		for r, err := range s.Memory.Read(ctx, group, 0) {
			if err != nil {
				yield(r, err)
				return
			}
			all = append(all, r)
		}
		for _, r := range s.tamper(all) {
			if r.Number > after && !yield(r, nil) {
				return
			}
		}
	}
}

func TestDamage(t *testing.T) {
	memory := eventstore.NewMemory()
	l := newLedger(t, memory.Handle(), eventstore.LedgerOptions{})
	do(t, l, founding("a"), founding("b"))
	for i := range 5 {
		do(t, l, note("a", fmt.Sprint(i)), note("b", fmt.Sprint(i)))
	}
	foreign := func() (all []eventstore.Record) {
		for r, err := range memory.Read(t.Context(), "b", 0) {
			require.NoError(t, err)
			all = append(all, r)
		}
		return all
	}()
	edit := func(r eventstore.Record, change func(e *eventstore.Envelope)) eventstore.Record {
		e := must(eventstore.Open(r))
		change(&e)
		r.Body = must(e.Append(nil))
		return r
	}
	type records = []eventstore.Record
	for name, damage := range map[string]struct {
		number uint64
		memory bool // seen only by who has the event before
		tamper func(r records) records
	}{
		"a gap":             {3, false, func(r records) records { return append(r[:2:2], r[3:]...) }},
		"a gap, renumbered": {3, false, func(r records) records { r[2].Body = r[3].Body; return r[:3] }},
		"the first gone":    {1, false, func(r records) records { return r[1:] }},
		"one twice":         {4, false, func(r records) records { r[3] = r[2]; return r }},
		"two swapped":       {3, false, func(r records) records { r[2].Body, r[3].Body = r[3].Body, r[2].Body; return r }},
		"out of order":      {3, false, func(r records) records { r[2], r[3] = r[3], r[2]; return r }},
		"a foreign group":   {4, false, func(r records) records { r[3].Body = foreign[3].Body; return r }},
		"a bit":             {2, false, func(r records) records { r[1].Body = []byte("{" + string(r[1].Body)); return r }},
		"nothing":           {2, false, func(r records) records { r[1].Body = nil; return r }},
		"the same instant": {5, true, func(r records) records {
			at := must(eventstore.Open(r[3])).Recorded
			r[4] = edit(r[4], func(e *eventstore.Envelope) { e.Recorded = at })
			return r
		}},
		"an instant before": {2, true, func(r records) records {
			r[1] = edit(r[1], func(e *eventstore.Envelope) { e.Recorded = 0 })
			return r
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t, &tampered{memory.Handle(), damage.tamper}, eventstore.LedgerOptions{})
			check := func(err error) {
				t.Helper()
				var d *eventstore.DamageError
				require.ErrorAs(t, err, &d)
				require.ErrorIs(t, err, eventstore.ErrDamaged)
				require.Equal(t, domain.GroupID("a"), d.Group)
				require.Equal(t, damage.number, d.Number)
			}
			_, err := l.Do(t.Context(), note("a", "more"))
			check(err)
			check(l.View(t.Context(), "a", func(*eventstore.View) error { return nil }))
			_, _, err = l.Known(t.Context(), "a", 0)
			check(err)
			if damage.memory {
				return
			}
			var last error
			n := uint64(0)
			for e, err := range l.Events(t.Context(), "a", 0) {
				if last = err; err == nil {
					n = e.Number
				}
			}
			check(last)
			require.Equal(t, damage.number-1, n)
		})
	}
	_, recorded := readAll(t, memory, "a")
	require.Len(t, recorded, 6, "nothing was written")
}
