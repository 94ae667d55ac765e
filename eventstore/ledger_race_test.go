package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
	"registre/eventstore/storetest"
)

// An asked is an operation on one register: a command, or a look at its end, or the last reading of all of it.
type asked struct {
	group   domain.GroupID
	command uuid.UUID
	final   bool
}

// A told is its answer.
type told struct {
	first, last uint64
	repeated    bool
	firsts      map[uuid.UUID]uint64 // of the last reading
}

// A kept is a register as the model sees it. line is unlike for unlike registers.
type kept struct {
	head uint64
	line string
	last *entry
	size int
}

type entry struct {
	command uuid.UUID
	first   uint64
	before  *entry
}

func (k kept) find(id uuid.UUID) uint64 {
	for e := k.last; e != nil; e = e.before {
		if e.command == id {
			return e.first
		}
	}
	return 0
}

// register is what the ledger must look like from outside: a command gets the next number, once.
var register = porcupine.Model{
	Partition: func(history []porcupine.Operation) (parts [][]porcupine.Operation) {
		groups := map[domain.GroupID][]porcupine.Operation{}
		for _, op := range history {
			g := op.Input.(asked).group
			groups[g] = append(groups[g], op)
		}
		for _, part := range groups {
			parts = append(parts, part)
		}
		return parts
	},
	Init:  func() any { return kept{} },
	Equal: func(a, b any) bool { return a.(kept).head == b.(kept).head && a.(kept).line == b.(kept).line },
	Step: func(state, input, output any) (bool, any) {
		k, in, out := state.(kept), input.(asked), output.(told)
		switch {
		case in.final:
			same := len(out.firsts) == k.size
			for e := k.last; e != nil && same; e = e.before {
				same = out.firsts[e.command] == e.first
			}
			return same && out.last == k.head, k
		case out.first <= k.head:
			return k.find(in.command) == out.first, k
		case out.first != k.head+1:
			return false, k
		}
		if out.repeated || k.find(in.command) != 0 {
			return false, k
		}
		line := uuid.NewSHA1(in.command, []byte(k.line)).String()
		return true, kept{out.last, line, &entry{in.command, out.first, k.last}, k.size + 1}
	},
}

// A history is what was asked and told.
type history struct {
	mu      sync.Mutex
	began   time.Time
	ops     []porcupine.Operation
	unknown []porcupine.Operation
	denied  map[uuid.UUID]error   // what was said not to have been written
	looks   []porcupine.Operation // numbers say all about their order: they are checked without a search
}

func (h *history) now() int64 { return time.Since(h.began).Nanoseconds() }

func (h *history) ask(client int, l *eventstore.Ledger, c domain.Command) {
	op := porcupine.Operation{ClientId: client, Input: asked{group: c.Group, command: c.ID}, Call: h.now()}
	r, err := l.Do(context.Background(), c)
	op.Return = h.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil:
		op.Output = told{first: r.First, last: r.Last, repeated: r.Repeated}
		h.ops = append(h.ops, op)
	case errors.Is(err, eventstore.ErrUnknown):
		h.unknown = append(h.unknown, op)
	default:
		if h.denied == nil {
			h.denied = map[uuid.UUID]error{}
		}
		h.denied[c.ID] = err
	}
}

func (h *history) look(client int, l *eventstore.Ledger, group domain.GroupID) {
	op := porcupine.Operation{ClientId: client, Input: asked{group: group}, Call: h.now()}
	err := l.View(context.Background(), group, func(v *eventstore.View) error {
		op.Output = told{last: v.Head}
		return nil
	})
	op.Return = h.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.looks = append(h.looks, op)
	}
}

// checkLooks requires that each look saw all that had been answered before it, nothing that was not asked for yet, and no
// less than a look before it.
func (h *history) checkLooks(t *testing.T) {
	t.Helper()
	asks := map[uuid.UUID]int64{} // when each command was first asked for
	for _, op := range append(h.unknown, h.ops...) {
		if id := op.Input.(asked).command; asks[id] == 0 || op.Call < asks[id] {
			asks[id] = op.Call
		}
	}
	for _, look := range h.looks {
		group, head := look.Input.(asked).group, look.Output.(told).last
		for _, op := range h.ops {
			in, out := op.Input.(asked), op.Output.(told)
			if in.group == group && op.Return < look.Call && !in.final {
				require.LessOrEqual(t, out.last, head, "answered before, and not seen")
			}
			if in.group == group && asks[in.command] > look.Return && !in.final {
				require.Greater(t, out.first, head, "seen before it was asked for")
			}
		}
		for _, other := range h.looks {
			if other.Input.(asked).group == group && other.Return < look.Call {
				require.LessOrEqual(t, other.Output.(told).last, head, "seen, and not seen later")
			}
		}
	}
}

// check adds what the registers hold in the end, and asks whether one order of all that explains every answer.
func (h *history) check(t *testing.T, store eventstore.Store, groups []domain.GroupID) {
	t.Helper()
	final := map[uuid.UUID]told{}
	for _, g := range groups {
		firsts, recorded := readAll(t, store, g)
		at := h.now()
		h.ops = append(h.ops, porcupine.Operation{
			ClientId: 1_000_000, Input: asked{group: g, final: true}, Call: at, Return: at + 1,
			Output: told{last: uint64(len(recorded)), firsts: firsts},
		})
		for id, first := range firsts {
			final[id] = told{first: first, last: first}
		}
	}
	for i, op := range h.unknown { // it happened at some time, or never
		if out, ok := final[op.Input.(asked).command]; ok {
			op.Output, op.Return, op.ClientId = out, math.MaxInt64, 2_000_000+i
			h.ops = append(h.ops, op)
		}
	}
	for i := range h.ops {
		if h.ops[i].Return == math.MaxInt64 {
			h.ops[i].Return = h.now() + 2
		}
	}
	again := map[uuid.UUID]bool{}
	for _, op := range h.ops {
		again[op.Input.(asked).command] = true
	}
	for id, err := range h.denied {
		if !again[id] {
			require.NotContains(t, final, id, "%v", err)
		}
	}
	h.checkLooks(t)
	require.Equal(t, porcupine.Ok, porcupine.CheckOperationsTimeout(register, h.ops, 10*time.Second), "%d operations", len(h.ops))
}

// write lets so many writers ask for commands, now and then twice, each of its ledger.
func (h *history) write(ledgers []*eventstore.Ledger, groups []domain.GroupID, writers, each int) {
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			l, random := ledgers[w%len(ledgers)], rand.New(rand.NewPCG(1, uint64(w)))
			for i := range each {
				group := groups[(w+i*w)%len(groups)]
				c := note(group, fmt.Sprint(w, " ", i))
				h.ask(w, l, c)
				switch random.IntN(4) {
				case 0:
					h.ask(w, ledgers[random.IntN(len(ledgers))], c)
				case 1:
					h.look(w, l, group)
				}
			}
		})
	}
	all.Wait()
}

func groupsOf(n int) (groups []domain.GroupID) {
	for g := range n {
		groups = append(groups, domain.GroupID(fmt.Sprint("g", g)))
	}
	return groups
}

// TestLinear: writers on one register and on many, over one ledger and over two, on every store, with faults and without.
func TestLinear(t *testing.T) {
	open := func(t *testing.T, options jetstream.Options) *jetstream.Store {
		options.Create = true
		s, err := jetstream.Open(context.Background(), t.TempDir(), options)
		require.NoError(t, err)
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	faulty := func(m *eventstore.Memory, seed uint64) eventstore.Store {
		odds := storetest.Seeded(seed)
		odds.Writes, odds.Faults = 0.05, []storetest.Fault{storetest.Lost, storetest.Written, storetest.LateBefore, storetest.LateAfter, storetest.LateDelay}
		l := &lawful{Plan: odds}
		l.Store = storetest.NewFaulty(m.Handle(), plan{l})
		return l
	}
	archived := func(t *testing.T, other eventstore.Store) eventstore.Store {
		key, err := archive.GenerateKey("registre.example/house")
		require.NoError(t, err)
		s, err := archive.Open(context.Background(), filepath.Join(t.TempDir(), "archive"), key, other, archive.Options{
			Shared: true, CutAfter: 4 << 10, FollowAfter: 3 * time.Millisecond,
		})
		require.NoError(t, err)
		return s
	}
	connect := func(t *testing.T, host *jetstream.Store) eventstore.Store {
		s, err := jetstream.Connect(context.Background(), jetstream.Remote{URL: host.URL()})
		require.NoError(t, err)
		return s
	}
	stores := map[string]func(t *testing.T) (stores []eventstore.Store, last eventstore.Store, each int){
		"memory": func(*testing.T) ([]eventstore.Store, eventstore.Store, int) {
			m := eventstore.NewMemory()
			return []eventstore.Store{m.Handle()}, m, 6
		},
		"two on memory": func(*testing.T) ([]eventstore.Store, eventstore.Store, int) {
			m := eventstore.NewMemory()
			return []eventstore.Store{m.Handle(), m.Handle()}, m, 6
		},
		"faulty": func(*testing.T) ([]eventstore.Store, eventstore.Store, int) {
			m := eventstore.NewMemory()
			return []eventstore.Store{faulty(m, 1)}, m, 3
		},
		"two faulty": func(*testing.T) ([]eventstore.Store, eventstore.Store, int) {
			m := eventstore.NewMemory()
			return []eventstore.Store{faulty(m, 2), faulty(m, 3)}, m, 3
		},
		"jetstream": func(t *testing.T) ([]eventstore.Store, eventstore.Store, int) {
			s := open(t, jetstream.Options{})
			return []eventstore.Store{s}, unclosed{s}, 6
		},
		"two on jetstream": func(t *testing.T) ([]eventstore.Store, eventstore.Store, int) {
			host := open(t, jetstream.Options{Listen: "127.0.0.1:0"})
			return []eventstore.Store{connect(t, host), connect(t, host)}, host, 2
		},
		"two archives on jetstream": func(t *testing.T) ([]eventstore.Store, eventstore.Store, int) {
			host := open(t, jetstream.Options{Listen: "127.0.0.1:0"})
			return []eventstore.Store{archived(t, connect(t, host)), archived(t, connect(t, host))}, host, 2
		},
		"two archives on memory": func(t *testing.T) ([]eventstore.Store, eventstore.Store, int) {
			m := eventstore.NewMemory()
			return []eventstore.Store{archived(t, m.Handle()), archived(t, m.Handle())}, m, 3
		},
		"two archives on faulty": func(t *testing.T) ([]eventstore.Store, eventstore.Store, int) {
			m := eventstore.NewMemory()
			return []eventstore.Store{archived(t, faulty(m, 4)), archived(t, faulty(m, 5))}, m, 3
		},
	}
	for name, fresh := range stores {
		for _, n := range []int{1, 64} {
			t.Run(fmt.Sprintf("%s/%d groups", name, n), func(t *testing.T) {
				opened, last, each := fresh(t)
				var ledgers []*eventstore.Ledger
				for _, s := range opened {
					ledgers = append(ledgers, newLedger(t, s, eventstore.LedgerOptions{Shared: len(opened) > 1, Resident: 100}))
				}
				h, groups := &history{began: time.Now()}, groupsOf(n)
				for _, g := range groups {
					for c := founding(g); len(h.ops) == 0 || h.ops[len(h.ops)-1].Input.(asked).command != c.ID; {
						h.ask(0, ledgers[0], c)
					}
				}
				h.write(ledgers, groups, 64, each)
				for _, s := range opened {
					if a, ok := s.(*archive.Store); ok {
						s = a.Store
					}
					if l, ok := s.(*lawful); ok {
						l.Store.(*storetest.Faulty).Settle()
					}
				}
				h.check(t, last, groups)
			})
		}
	}
}

// unclosed is a store that another closes.
type unclosed struct{ eventstore.Store }

// TestModel: the model finds what must not be.
func TestModel(t *testing.T) {
	a, b := uuid.New(), uuid.New()
	do := func(id uuid.UUID, first uint64, call int64) porcupine.Operation {
		return porcupine.Operation{ClientId: int(call), Input: asked{group: "a", command: id}, Output: told{first: first, last: first}, Call: call, Return: call + 1}
	}
	end := func(firsts map[uuid.UUID]uint64) porcupine.Operation {
		return porcupine.Operation{ClientId: 9, Input: asked{group: "a", final: true}, Output: told{last: uint64(len(firsts)), firsts: firsts}, Call: 90, Return: 91}
	}
	for name, test := range map[string]struct {
		want bool
		ops  []porcupine.Operation
	}{
		"sound":        {true, []porcupine.Operation{do(a, 1, 1), do(b, 2, 3), do(a, 1, 5), end(map[uuid.UUID]uint64{a: 1, b: 2})}},
		"lost":         {false, []porcupine.Operation{do(a, 1, 1), do(b, 2, 3), end(map[uuid.UUID]uint64{a: 1})}},
		"all lost":     {false, []porcupine.Operation{do(a, 1, 1), end(nil)}},
		"twice":        {false, []porcupine.Operation{do(a, 1, 1), do(a, 2, 3)}},
		"two winners":  {false, []porcupine.Operation{do(a, 1, 1), do(b, 1, 1)}},
		"a gap":        {false, []porcupine.Operation{do(a, 1, 1), do(b, 3, 3)}},
		"out of order": {false, []porcupine.Operation{do(a, 2, 1), do(b, 1, 4)}},
	} {
		require.Equal(t, test.want, porcupine.CheckOperations(register, test.ops), name)
	}
}

// TestOvertaken: with two ledgers on the same registers, whoever is overtaken decides again, and refuses, repeats and
// resolves on what the other has written too.
func TestOvertaken(t *testing.T) {
	memory := eventstore.NewMemory()
	shared := eventstore.LedgerOptions{Shared: true}
	one, two := newLedger(t, memory.Handle(), shared), newLedger(t, memory.Handle(), shared)
	_, err := two.Do(t.Context(), join("a", "m1"))
	require.ErrorIs(t, err, &domain.Refusal{Rule: domain.GroupUnknown})
	do(t, one, founding("a"))
	c := join("a", "m1")
	do(t, two, c)
	_, err = one.Do(t.Context(), join("a", "m1"))
	require.ErrorIs(t, err, &domain.Refusal{Rule: domain.AlreadyMember})
	require.True(t, do(t, one, c).Repeated)
	left := command("a", &domain.MemberWithdrew{Basis: "L2113-6", Member: "m1"})
	do(t, one, left)
	require.True(t, do(t, two, left).Repeated)
	require.False(t, do(t, two, join("a", "m1")).Repeated, "not refused on a stale reading")
	_, recorded := readAll(t, memory, "a")
	require.Len(t, recorded, 4)
}

// TestOvertakenByAsMany: what was decided on top of an event that was overtaken does not land on the other's, though the
// numbers fit.
func TestOvertakenByAsMany(t *testing.T) {
	memory := eventstore.NewMemory()
	other := newLedger(t, memory.Handle(), eventstore.LedgerOptions{Shared: true})
	do(t, other, founding("a"), note("a", "here"))
	g := newWriteGate(memory.Handle())
	l := newLedger(t, g, eventstore.LedgerOptions{Shared: true})
	before := later(l, note("b", "refused"))
	require.Error(t, <-before)
	do(t, newLedger(t, memory.Handle(), eventstore.LedgerOptions{}), founding("b"))
	before = later(l, note("b", "x"))
	<-g.reached
	_ = l.View(t.Context(), "a", func(*eventstore.View) error { return nil })
	joins, leaves := join("a", "m1"), command("a", &domain.MemberWithdrew{Basis: "L2113-6", Member: "m1"})
	done := []chan error{later(l, joins)}
	time.Sleep(5 * time.Millisecond)
	done = append(done, later(l, leaves))
	time.Sleep(5 * time.Millisecond)
	do(t, other, note("a", "first")) // takes the number of the join
	close(g.pass)
	require.NoError(t, <-before)
	require.NoError(t, <-done[0])
	require.NoError(t, <-done[1])
	firsts, recorded := readAll(t, memory, "a")
	require.Len(t, recorded, 5)
	require.Equal(t, []uint64{4, 5}, []uint64{firsts[joins.ID], firsts[leaves.ID]}, "nobody leaves who has not joined")
}

// TestLooksBeyondItsFlight: with another ledger on the same registers, a look waits for what is in flight and then sees
// what the other was answered before.
func TestLooksBeyondItsFlight(t *testing.T) {
	memory := eventstore.NewMemory()
	other := newLedger(t, memory.Handle(), eventstore.LedgerOptions{Shared: true})
	do(t, other, founding("a"))
	g := newGate(memory.Handle())
	l := newLedger(t, g, eventstore.LedgerOptions{Shared: true})
	done := later(l, note("a", "in flight"))
	<-g.reached
	require.Equal(t, uint64(3), do(t, other, note("a", "answered")).First)
	head := make(chan uint64, 1)
	go func() {
		_ = l.View(context.Background(), "a", func(v *eventstore.View) error {
			head <- v.Head
			return nil
		})
	}()
	time.Sleep(20 * time.Millisecond)
	require.Empty(t, head)
	close(g.pass)
	require.NoError(t, <-done)
	require.Equal(t, uint64(3), <-head)
}

// TestKnownIsForEver asks what was known while others write, with a clock that stands still and goes back, books that come
// and go, and a store that fails: whatever was answered as final is what the registers say in the end.
func TestKnownIsForEver(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { knownIsForEver(t, seed) })
	}
}

func knownIsForEver(t *testing.T, seed uint64) {
	memory, odds := eventstore.NewMemory(), storetest.Seeded(seed)
	odds.Writes = []float64{0, 0.1}[seed%2]
	odds.Faults = []storetest.Fault{storetest.Lost, storetest.Written, storetest.LateBefore, storetest.LateAfter, storetest.LateDelay}
	store := &lawful{Plan: odds}
	f := storetest.NewFaulty(memory.Handle(), plan{store})
	f.Delay = time.Millisecond
	store.Store = f
	var ticks atomic.Int64
	base := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	clock := func() time.Time { // forth by a step in four calls, back by some now and then
		n := ticks.Add(1)
		return base.Add(time.Duration(n/4-n%7) * time.Microsecond)
	}
	l := newLedger(t, store, eventstore.LedgerOptions{Now: clock, Resident: []int{0, 1}[seed/2], Attempts: 2})
	groups := groupsOf(2)
	for _, g := range groups {
		for c := founding(g); ; {
			if _, err := l.Do(t.Context(), c); err == nil {
				break
			}
		}
	}
	type answer struct {
		at domain.Instant
		n  uint64
	}
	var mu sync.Mutex
	answers := map[domain.GroupID]map[answer]bool{groups[0]: {}, groups[1]: {}}
	ctx, stop := context.WithCancel(t.Context())
	var writers, readers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 200 {
				_, _ = l.Do(ctx, note(groups[(w+i)%2], fmt.Sprint(w, " ", i)))
			}
		})
		readers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				group := groups[i%2]
				at := domain.InstantOf(base.Add(time.Duration(ticks.Load()/4-int64(i%20)) * time.Microsecond))
				n, provisional, err := l.Known(ctx, group, at)
				if err == nil && !provisional {
					mu.Lock()
					answers[group][answer{at, n}] = true
					mu.Unlock()
				}
				time.Sleep(50 * time.Microsecond)
			}
		})
	}
	writers.Wait()
	time.Sleep(20 * time.Millisecond)
	stop()
	readers.Wait()
	f.Settle()
	for _, g := range groups {
		_, recorded := readAll(t, memory, g)
		require.NotEmpty(t, answers[g])
		for a := range maps.Keys(answers[g]) {
			n := uint64(0)
			for n < uint64(len(recorded)) && recorded[n] <= a.at {
				n++
			}
			require.Equal(t, n, a.n, "%s as known at %v", g, a.at)
		}
	}
}
