package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/jetstream"
	"registre/eventstore/storetest"
)

var today = domain.OnDay(must(domain.NewDay(2026, 11, 24)))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func command(group domain.GroupID, act domain.Act) domain.Command {
	return domain.Command{ID: uuid.New(), Group: group, Effective: today, Actor: "greffe", Act: act}
}

// founding founds a group in which one member, m0, approves and signs for all.
func founding(group domain.GroupID) domain.Command {
	m0 := domain.Quota{Who: domain.Listed, Members: []domain.MemberID{"m0"}}
	return command(group, &domain.GroupFounded{Name: "Essai", Title: "Convention", Changes: []domain.Change{
		&domain.MemberJoined{Member: "m0", Name: "Reims"},
		&domain.AmendmentRuleSet{Approval: m0, Signature: m0, Effect: domain.LastSignature},
	}})
}

// note can always be recorded: one event.
func note(group domain.GroupID, text string) domain.Command {
	return command(group, &domain.ObligationSet{Article: "3.1 " + text, Basis: "L2113-6", Text: text})
}

func join(group domain.GroupID, member domain.MemberID) domain.Command {
	return command(group, &domain.MemberJoined{Basis: "L2113-6", Member: member, Name: "Metz"})
}

// avenant brings an avenant into force: three commands, of which the last, the signature, gives two events.
func avenant(group domain.GroupID, id domain.TextID) []domain.Command {
	return []domain.Command{
		command(group, &domain.AvenantDrafted{Avenant: id, Title: "Avenant " + string(id)}),
		command(group, &domain.MemberDeliberated{Member: "m0", Text: id}),
		command(group, &domain.MemberSigned{Member: "m0", Text: id}),
	}
}

func newLedger(t testing.TB, store eventstore.Store, options eventstore.LedgerOptions) *eventstore.Ledger {
	l := eventstore.NewLedger(store, options)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func do(t testing.TB, l *eventstore.Ledger, commands ...domain.Command) (r eventstore.Result) {
	t.Helper()
	for _, c := range commands {
		var err error
		r, err = l.Do(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, c.ID, r.Command)
		require.Equal(t, c.Group, r.Group)
	}
	return r
}

func events(t testing.TB, l *eventstore.Ledger, group domain.GroupID) (all []eventstore.Envelope) {
	t.Helper()
	for e, err := range l.Events(context.Background(), group, 0) {
		require.NoError(t, err)
		all = append(all, e)
	}
	return all
}

// readAll reads a register past the ledger, and requires that it is a sound one: numbers without a gap, instants that
// strictly increase, and no command twice. It gives the first event of each command.
func readAll(t testing.TB, store eventstore.Store, group domain.GroupID) (firsts map[uuid.UUID]uint64, recorded []domain.Instant) {
	t.Helper()
	firsts = map[uuid.UUID]uint64{}
	before := uuid.Nil
	for r, err := range store.Read(context.Background(), group, 0) {
		require.NoError(t, err)
		e, err := eventstore.Open(r)
		require.NoError(t, err)
		require.Equal(t, uint64(len(recorded))+1, e.Number)
		if n := len(recorded); n > 0 {
			require.Greater(t, e.Recorded, recorded[n-1], "instants must increase at %d", e.Number)
		}
		recorded = append(recorded, e.Recorded)
		if e.Command != before {
			require.NotContains(t, firsts, e.Command, "the command of event %d stands there twice", e.Number)
			firsts[e.Command], before = e.Number, e.Command
			_, commanded := eventstore.CommandOf(&e)
			require.True(t, commanded, "event %d begins a command and nobody commands it", e.Number)
		} else {
			require.IsType(t, &domain.AvenantEnteredIntoForce{}, e.Act, "the command of event %d stands there twice", e.Number)
		}
	}
	return firsts, recorded
}

// TestLedger runs what holds on every store, one that fails all the time included.
func TestLedger(t *testing.T) {
	stores := map[string]func(t *testing.T) func() eventstore.Store{
		"memory": func(*testing.T) func() eventstore.Store {
			memory := eventstore.NewMemory()
			return func() eventstore.Store { return memory.Handle() }
		},
		"faulty": func(*testing.T) func() eventstore.Store {
			memory, seed := eventstore.NewMemory(), uint64(0)
			return func() eventstore.Store {
				seed++
				odds := storetest.Seeded(seed)
				odds.Faults = []storetest.Fault{storetest.Lost, storetest.Written, storetest.LateBefore, storetest.LateAfter}
				return storetest.NewFaulty(memory.Handle(), odds)
			}
		},
		"jetstream": func(t *testing.T) func() eventstore.Store {
			dir := t.TempDir()
			return func() eventstore.Store {
				s, err := jetstream.Open(context.Background(), dir, jetstream.Options{Create: true})
				require.NoError(t, err)
				return s
			}
		},
	}
	tests := map[string]func(t *testing.T, open func() eventstore.Store){
		"at most once": testAtMostOnce,
		"an id reused": testReused,
		"a refusal":    testRefusal,
		"consequences": testTogether,
		"eviction":     testEviction,
		"margin":       testMargin,
		"known":        testKnown,
		"clock":        testClock,
		"one vote":     testVote,
		"a late vote":  testLateVote,
	}
	for store, fresh := range stores {
		for name, test := range tests {
			t.Run(name+"/"+store, func(t *testing.T) { test(t, fresh(t)) })
		}
	}
}

func testAtMostOnce(t *testing.T, open func() eventstore.Store) {
	l := newLedger(t, open(), eventstore.LedgerOptions{})
	first := founding("a")
	was := []eventstore.Result{do(t, l, first)}
	commands := append([]domain.Command{first}, avenant("a", "a1")...)
	for _, c := range commands[1:] {
		was = append(was, do(t, l, c))
	}
	again := func(l *eventstore.Ledger) {
		for i, c := range commands {
			r := do(t, l, c)
			require.True(t, r.Repeated)
			r.Repeated = false
			require.Equal(t, was[i], r)
		}
	}
	again(l)
	for i := range 150 {
		do(t, l, note("a", fmt.Sprint(i)))
	}
	again(l)
	require.NoError(t, l.Close())
	l = newLedger(t, open(), eventstore.LedgerOptions{})
	again(l)
	firsts, recorded := readAll(t, rawOf(l, t), "a")
	require.Len(t, recorded, 155)
	require.Len(t, firsts, 154)
}

// rawOf gives the register as the ledger gives it, as records again.
func rawOf(l *eventstore.Ledger, t *testing.T) eventstore.Store {
	memory := eventstore.NewMemory()
	for e, err := range l.Events(context.Background(), "a", 0) {
		require.NoError(t, err)
		body, err := e.Append(nil)
		require.NoError(t, err)
		require.NoError(t, memory.Write(context.Background(), []eventstore.Append{{Group: "a", After: e.Number - 1, Bodies: [][]byte{body}}})[0])
	}
	return memory
}

func testReused(t *testing.T, open func() eventstore.Store) {
	l := newLedger(t, open(), eventstore.LedgerOptions{})
	c := join("a", "m1")
	do(t, l, founding("a"), c)
	check := func(l *eventstore.Ledger) {
		other := map[string]func(c *domain.Command){
			"act":      func(c *domain.Command) { c.Act = &domain.MemberWithdrew{Basis: "L2113-6", Member: "m1"} },
			"data":     func(c *domain.Command) { c.Act = join("a", "m2").Act },
			"day":      func(c *domain.Command) { c.Effective = domain.OnDay(today.First + 1) },
			"evidence": func(c *domain.Command) { c.Evidence = []domain.Evidence{{Kind: "report", Reference: "1"}} },
		}
		for name, change := range other {
			d := c
			change(&d)
			_, err := l.Do(t.Context(), d)
			var reused *eventstore.ReusedError
			require.ErrorAs(t, err, &reused, name)
			require.Equal(t, eventstore.ReusedError{Group: "a", Command: c.ID, Number: 2}, *reused)
		}
		same := c
		act := *c.Act.(*domain.MemberJoined)
		act.Weights, same.Evidence, same.Act = []domain.BodyWeight{}, []domain.Evidence{}, &act
		require.True(t, do(t, l, same).Repeated, "an empty list is none")
		require.Len(t, events(t, l, "a"), 2)
	}
	check(l)
	require.NoError(t, l.Close())
	check(newLedger(t, open(), eventstore.LedgerOptions{}))
}

func testRefusal(t *testing.T, open func() eventstore.Store) {
	l := newLedger(t, open(), eventstore.LedgerOptions{})
	c := join("a", "m1")
	_, err := l.Do(t.Context(), c)
	require.ErrorIs(t, err, &domain.Refusal{Rule: domain.GroupUnknown})
	require.Empty(t, must(l.Heads(t.Context())))
	do(t, l, founding("a"), join("a", "m1"))
	_, err = l.Do(t.Context(), c)
	require.ErrorIs(t, err, &domain.Refusal{Rule: domain.AlreadyMember})
	_, err = l.Do(t.Context(), domain.Command{})
	var malformed *domain.Malformed
	require.ErrorAs(t, err, &malformed)
	require.Len(t, events(t, l, "a"), 2)
	do(t, l, command("a", &domain.MemberWithdrew{Basis: "L2113-6", Member: "m1"}))
	require.False(t, do(t, l, c).Repeated, "the id of a refused command may be tried again")
}

func testTogether(t *testing.T, open func() eventstore.Store) {
	l := newLedger(t, open(), eventstore.LedgerOptions{})
	do(t, l, founding("a"))
	r := do(t, l, avenant("a", "a1")...)
	require.Equal(t, []uint64{4, 5}, []uint64{r.First, r.Last})
	all := events(t, l, "a")
	require.Len(t, all, 5)
	require.IsType(t, &domain.MemberSigned{}, all[3].Act)
	require.IsType(t, &domain.AvenantEnteredIntoForce{}, all[4].Act)
	require.Equal(t, all[3].Command, all[4].Command)
	require.Equal(t, r.Recorded, all[4].Recorded)
	require.NoError(t, l.View(t.Context(), "a", func(v *eventstore.View) error {
		require.Equal(t, uint64(5), v.Head)
		require.Equal(t, all[4].Recorded, v.Recorded(5))
		return nil
	}))
}

// testMargin: what a view says of what stands beside the acts is what the events say, in the process that recorded them as in one
// that reads them.
func testMargin(t *testing.T, open func() eventstore.Store) {
	store := open()
	l := newLedger(t, store, eventstore.LedgerOptions{})
	do(t, l, founding("a"))
	for i := range 150 {
		c := note("a", fmt.Sprint(i))
		c.Illustrative = []string{"", "the text", "", "the day", "the text"}[i%5]
		do(t, l, c)
	}
	all := events(t, l, "a")
	for _, l := range []*eventstore.Ledger{l, newLedger(t, store, eventstore.LedgerOptions{})} {
		require.NoError(t, l.View(t.Context(), "a", func(v *eventstore.View) error {
			for i := range all {
				e := &all[i]
				require.Equal(t, e.Illustrative, v.Illustrative(e.Number))
				require.Equal(t, e.Recorded, v.Recorded(e.Number))
			}
			require.False(t, v.IsIllustrative(2))
			require.True(t, v.IsIllustrative(3))
			for _, numbers := range [][]uint64{nil, {1}, {151}, {1, 2, 3}, {2, 66, 67, 150}, {1, 149, 151}} {
				read, err := v.Envelopes(t.Context(), numbers...)
				require.NoError(t, err)
				require.Len(t, read, len(numbers))
				for i, n := range numbers {
					require.Equal(t, all[n-1], read[i])
				}
				around, err := v.Surroundings(t.Context(), numbers...)
				require.NoError(t, err)
				require.Len(t, around, len(numbers))
				for i := range around {
					read[i].Act = nil
					require.Equal(t, read[i], around[i])
				}
			}
			_, err := v.Envelopes(t.Context(), 1, 152)
			require.ErrorIs(t, err, eventstore.ErrDamaged)
			return nil
		}))
	}
}

// testEviction: what is in memory changes no answer.
func testEviction(t *testing.T, open func() eventstore.Store) {
	l := newLedger(t, open(), eventstore.LedgerOptions{Resident: 1})
	var done []domain.Command
	for i := range 8 {
		for g := range 5 {
			group := domain.GroupID(fmt.Sprint("g", g))
			c := note(group, fmt.Sprint(i))
			if i == 0 {
				c = founding(group)
			}
			r := do(t, l, c)
			require.Equal(t, uint64(i+1), r.Last)
			done = append(done, c)
		}
	}
	for i, c := range done {
		r := do(t, l, c)
		require.True(t, r.Repeated)
		require.Equal(t, uint64(i/5+1), r.First)
		n, provisional, err := l.Known(t.Context(), c.Group, r.Recorded)
		require.NoError(t, err)
		require.False(t, provisional)
		require.Equal(t, r.Last, n)
	}
}

func testKnown(t *testing.T, open func() eventstore.Store) {
	l := newLedger(t, open(), eventstore.LedgerOptions{})
	start := domain.InstantOf(time.Now()) - 1
	r := do(t, l, founding("a"), note("a", "x"))
	for _, q := range []struct {
		group       domain.GroupID
		at          domain.Instant
		n           uint64
		provisional bool
	}{
		{"a", start, 0, false},
		{"a", r.Recorded - 1, 1, false},
		{"a", r.Recorded, 2, false},
		{"a", r.Recorded + 3_600_000_000, 2, true},
		{"b", r.Recorded, 0, false},
	} {
		n, provisional, err := l.Known(t.Context(), q.group, q.at)
		require.NoError(t, err)
		require.Equal(t, q.n, n)
		require.Equal(t, q.provisional, provisional)
	}
}

// testClock: the clock stands still, goes back and forth; instants increase, and what was answered of one stays true, also
// when the book was let go in between.
func testClock(t *testing.T, open func() eventstore.Store) {
	base := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	times := []time.Duration{0, 0, -time.Hour, time.Second, time.Second, -time.Hour, 0, 2 * time.Second, time.Second}
	now := base
	l := newLedger(t, open(), eventstore.LedgerOptions{Now: func() time.Time { return now }, Resident: 1})
	do(t, l, founding("a"), founding("b"))
	type known struct {
		at domain.Instant
		n  uint64
	}
	var answers []known
	for i, d := range times {
		now = base.Add(d)
		at := domain.InstantOf(now)
		n, provisional, err := l.Known(t.Context(), "a", at)
		require.NoError(t, err)
		require.False(t, provisional)
		answers = append(answers, known{at, n})
		do(t, l, note("b", fmt.Sprint(i)))
		r := do(t, l, note("a", fmt.Sprint(i)))
		require.Greater(t, r.Recorded, at)
	}
	for _, a := range answers {
		n, _, err := l.Known(t.Context(), "a", a.at)
		require.NoError(t, err)
		require.Equal(t, a.n, n, "as known at %v", a.at)
	}
	all := events(t, l, "a")
	for i, e := range all[1:] {
		require.Greater(t, e.Recorded, all[i].Recorded)
	}
}

// TestCommandOf: a command rebuilt from its first event is what was commanded, byte for byte.
func TestLedgerKeepsCommands(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l := newLedger(t, eventstore.NewMemory(), eventstore.LedgerOptions{})
		text := rapid.StringMatching(`[a-zàéœ "\\<>&]{1,20}x`)
		told := map[uuid.UUID]domain.Command{}
		for i := range rapid.IntRange(1, 8).Draw(r, "commands") {
			batch := []domain.Command{founding("a")}
			if i > 0 {
				batch = [][]domain.Command{
					{note("a", text.Draw(r, "note"))},
					{join("a", domain.MemberID(fmt.Sprint("m", i)))},
					avenant("a", domain.TextID(fmt.Sprint("a", i))),
				}[rapid.IntRange(0, 2).Draw(r, "kind")]
			}
			for _, c := range batch {
				c.Actor = rapid.StringMatching(`[a-z0-9-]{1,12}`).Draw(r, "actor")
				c.Evidence = rapid.SliceOfN(rapid.Custom(func(r *rapid.T) domain.Evidence {
					return domain.Evidence{Kind: text.Draw(r, "kind"), Reference: text.Draw(r, "reference")}
				}), 0, 2).Draw(r, "evidence")
				c.Illustrative = rapid.SampledFrom([]string{"", "tout"}).Draw(r, "illustrative")
				if _, err := l.Do(context.Background(), c); err == nil {
					told[c.ID] = c
				} else if !errors.As(err, new(*domain.Refusal)) {
					r.Fatal(err)
				}
			}
		}
		for e, err := range l.Events(context.Background(), "a", 0) {
			require.NoError(r, err)
			if c, ok := eventstore.CommandOf(&e); ok {
				want := told[e.Command]
				require.Equal(r, string(must(eventstore.AppendCommand(nil, &want))), string(must(eventstore.AppendCommand(nil, &c))))
				delete(told, e.Command)
			}
		}
		require.Empty(r, told, "every command stands there once")
		_ = l.Close()
	})
}

// gate is a store whose syncs, or writes, wait until they are let pass.
type gate struct {
	eventstore.Store
	atWrite bool
	reached chan struct{} // one for each call that waits
	pass    chan struct{}
}

// newGate gives a store whose syncs wait until the gate is opened.
func newGate(inner eventstore.Store) *gate {
	return &gate{Store: inner, reached: make(chan struct{}, 1000), pass: make(chan struct{})}
}

// newWriteGate gives a store whose writes wait until the gate is opened.
func newWriteGate(inner eventstore.Store) *gate {
	g := newGate(inner)
	g.atWrite = true
	return g
}

// gates are the places where a round can be held.
var gates = map[string]func(eventstore.Store) *gate{"at its write": newWriteGate, "at its sync": newGate}

func (g *gate) wait(here bool) {
	if here {
		g.reached <- struct{}{}
		<-g.pass
	}
}

func (g *gate) Write(ctx context.Context, appends []eventstore.Append) []error {
	g.wait(g.atWrite)
	return g.Store.Write(ctx, appends)
}

func (g *gate) Sync(ctx context.Context) error {
	g.wait(!g.atWrite)
	return g.Store.Sync(ctx)
}

// later does a command in the background.
func later(l *eventstore.Ledger, c domain.Command) chan error {
	done := make(chan error, 1)
	go func() {
		_, err := l.Do(context.Background(), c)
		done <- err
	}()
	return done
}

// round has commands come while the one before them is at the gate, in this order: at a gate for writes they are decided
// in one round, at one for syncs the first is in a round of its own, written before the others are.
func round(t *testing.T, g *gate, l *eventstore.Ledger, commands ...domain.Command) []chan error {
	t.Helper()
	before := later(l, note("a", "before"+uuid.NewString()))
	<-g.reached
	var done []chan error
	for _, c := range commands {
		done = append(done, later(l, c))
		time.Sleep(5 * time.Millisecond)
	}
	close(g.pass)
	require.NoError(t, <-before)
	return done
}

func TestNothingBeforeItIsDurable(t *testing.T) {
	memory := eventstore.NewMemory()
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("a"))
	g := newGate(memory.Handle())
	l := newLedger(t, g, eventstore.LedgerOptions{})
	followed := make(chan uint64, 10)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for e, err := range l.Follow(ctx, "", 0) {
			if err != nil {
				close(followed)
				return
			}
			followed <- e.Number
		}
	}()
	require.Equal(t, uint64(1), <-followed)
	c := note("a", "x")
	done := later(l, c)
	<-g.reached
	require.Equal(t, uint64(2), must(memory.Head(t.Context(), "a")).Number, "it is written")
	known := make(chan uint64, 1)
	go func() {
		n, _, _ := l.Known(context.Background(), "a", domain.InstantOf(time.Now()))
		known <- n
	}()
	repeated := later(l, c)
	reused := c
	reused.Act = join("a", "m5").Act
	refused := later(l, reused)
	time.Sleep(30 * time.Millisecond)
	require.Empty(t, done, "answered before it was durable")
	require.Empty(t, repeated, "repeated before it was durable")
	require.Empty(t, refused)
	require.Empty(t, followed, "followed before it was durable")
	require.Empty(t, known, "known before it was durable")
	require.Len(t, events(t, l, "a"), 1, "read before it was durable")
	require.NoError(t, l.View(t.Context(), "a", func(v *eventstore.View) error {
		require.Equal(t, uint64(1), v.Head)
		return nil
	}))
	close(g.pass)
	require.NoError(t, <-done)
	require.NoError(t, <-repeated)
	require.ErrorAs(t, <-refused, new(*eventstore.ReusedError))
	require.Equal(t, uint64(2), <-followed)
	require.Equal(t, uint64(2), <-known)
}

func TestCloseAnswersWhoWaits(t *testing.T) {
	memory := eventstore.NewMemory()
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("a"))
	g := newGate(memory.Handle())
	l := newLedger(t, g, eventstore.LedgerOptions{})
	var waiting []chan error
	for i := range 20 {
		waiting = append(waiting, later(l, note("a", fmt.Sprint(i))))
	}
	<-g.reached
	time.Sleep(20 * time.Millisecond)
	closed := make(chan error, 1)
	go func() { closed <- l.Close() }()
	time.Sleep(20 * time.Millisecond)
	require.Empty(t, closed)
	close(g.pass)
	for _, done := range waiting {
		require.NoError(t, <-done)
	}
	require.NoError(t, <-closed)
	_, err := l.Do(t.Context(), note("a", "after"))
	require.ErrorIs(t, err, eventstore.ErrNotWritten)
	_, recorded := readAll(t, memory.Handle(), "a")
	require.Len(t, recorded, 21)
}

// TestTooBig: an event that no store can take leaves nothing behind, also not in the state on which others of its round,
// and those after it, are judged.
func TestTooBig(t *testing.T) {
	for name, newGate := range gates {
		t.Run(name, func(t *testing.T) { testTooBig(t, newGate) })
	}
}

func testTooBig(t *testing.T, newGate func(eventstore.Store) *gate) {
	memory := eventstore.NewMemory()
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("a"))
	g := newGate(memory.Handle())
	l := newLedger(t, g, eventstore.LedgerOptions{})
	draft := &domain.AvenantDrafted{Avenant: "a1", Title: "Avenant"}
	big := *draft
	for range domain.MaxItems {
		big.Articles = append(big.Articles, strings.Repeat("x", 100))
	}
	done := round(t, g, l, note("a", "1"), command("a", &big), note("a", "2"), command("a", draft))
	require.NoError(t, <-done[0])
	require.ErrorIs(t, <-done[1], eventstore.ErrNotWritten)
	require.NoError(t, <-done[2])
	require.NoError(t, <-done[3])
	_, err := l.Do(t.Context(), command("b", &domain.GroupFounded{Name: "cafe\u0301", Title: "x"}))
	require.ErrorIs(t, err, eventstore.ErrNotWritten, "a form that cannot be written")
	_, recorded := readAll(t, memory.Handle(), "a")
	require.Len(t, recorded, 5)
}

// TestRefusedOnWhatIsWritten: a command is not refused for the sake of an event that then was not written.
func TestRefusedOnWhatIsWritten(t *testing.T) {
	for name, newGate := range gates {
		t.Run(name, func(t *testing.T) { testRefusedOnWhatIsWritten(t, newGate) })
	}
}

func testRefusedOnWhatIsWritten(t *testing.T, newGate func(eventstore.Store) *gate) {
	memory := eventstore.NewMemory()
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("a"))
	script := &storetest.Script{Writes: []storetest.Step{{}, {Fault: storetest.NotWritten, Only: []int{0}}}}
	g := newGate(storetest.NewFaulty(memory.Handle(), script))
	l := newLedger(t, g, eventstore.LedgerOptions{})
	done := round(t, g, l, join("a", "m1"), join("a", "m1"))
	require.ErrorIs(t, <-done[0], eventstore.ErrNotWritten)
	require.NoError(t, <-done[1])
}

func TestContextEnds(t *testing.T) {
	memory := eventstore.NewMemory()
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("a"))
	g := newGate(memory.Handle())
	l := newLedger(t, g, eventstore.LedgerOptions{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	c := note("a", "x")
	_, err := l.Do(ctx, c)
	require.ErrorIs(t, err, eventstore.ErrUnknown)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	close(g.pass)
	require.True(t, do(t, l, c).Repeated)
	_, err = l.Do(ctx, note("a", "y"))
	require.Error(t, err)
}

// TestAhead: while one round is at its sync, the next is decided; nobody is answered out of turn, and what is refused for the
// sake of an event that is not written yet is told so once that is durable.
func TestAhead(t *testing.T) {
	memory := eventstore.NewMemory()
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("a"), founding("b"))
	g := newGate(memory.Handle())
	l := newLedger(t, g, eventstore.LedgerOptions{})
	first := later(l, note("a", "x"))
	<-g.reached
	second := later(l, join("a", "m1"))
	time.Sleep(10 * time.Millisecond)
	refused, other := later(l, join("a", "m1")), later(l, note("b", "x"))
	time.Sleep(20 * time.Millisecond)
	for _, answered := range []chan error{first, second, other, refused} {
		require.Empty(t, answered)
	}
	require.Equal(t, uint64(2), must(memory.Head(t.Context(), "a")).Number, "written before its turn")
	close(g.pass)
	require.NoError(t, <-first)
	require.NoError(t, <-second)
	require.NoError(t, <-other)
	require.ErrorIs(t, <-refused, &domain.Refusal{Rule: domain.AlreadyMember})
}

// counted counts the appends that reach a store.
type counted struct {
	eventstore.Store
	appends atomic.Int64
}

func (c *counted) Write(ctx context.Context, appends []eventstore.Append) []error {
	c.appends.Add(int64(len(appends)))
	return c.Store.Write(ctx, appends)
}

// TestNothingOnWhatFailed: what was decided ahead on an append that then failed is not even sent, and is decided again.
func TestNothingOnWhatFailed(t *testing.T) {
	memory := eventstore.NewMemory()
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("a"))
	script := &storetest.Script{Writes: []storetest.Step{{}, {Fault: storetest.NotWritten, Only: []int{0}}}}
	sent := &counted{Store: storetest.NewFaulty(memory.Handle(), script)}
	g := newWriteGate(sent)
	l := newLedger(t, g, eventstore.LedgerOptions{})
	before := later(l, note("a", "before"))
	<-g.reached
	failing := later(l, join("a", "m1")) // decided while the one before is being written
	time.Sleep(10 * time.Millisecond)
	g.pass <- struct{}{}
	<-g.reached
	onTop := later(l, note("a", "on top")) // decided while the join is being written
	time.Sleep(10 * time.Millisecond)
	close(g.pass)
	require.NoError(t, <-before)
	require.ErrorIs(t, <-failing, eventstore.ErrNotWritten)
	require.NoError(t, <-onTop)
	require.Equal(t, int64(3), sent.appends.Load(), "what stood on the join was sent only once decided anew")
	_, recorded := readAll(t, memory, "a")
	require.Len(t, recorded, 3)
}

// TestCutOffReadingIsNoWhole: whoever reads and leaves gets an error, however far he came, and never a part that passes for the whole.
func TestCutOffReadingIsNoWhole(t *testing.T) {
	l := newLedger(t, eventstore.NewMemory(), eventstore.LedgerOptions{})
	do(t, l, founding("a"))
	for i := range 50 {
		do(t, l, join("a", domain.MemberID(fmt.Sprint("m", i+1))))
	}
	for after := range 52 {
		ctx, leave := context.WithCancel(t.Context())
		if after == 0 {
			leave()
		}
		read, failed := 0, error(nil)
		for _, err := range l.Events(ctx, "a", 0) {
			if failed = err; err != nil {
				break
			}
			if read++; read == after {
				leave()
			}
		}
		leave()
		if read < 51 {
			require.ErrorIs(t, failed, context.Canceled, "left after %d, %d read", after, read)
		}
	}
}
