package notify

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// dawdling takes its time to make durable what it has written.
type dawdling struct{ eventstore.Store }

func (s dawdling) Write(ctx context.Context, appends []eventstore.Append) []error {
	time.Sleep(rand.N(3 * time.Millisecond))
	return s.Store.Write(ctx, appends)
}

func (s dawdling) Sync(ctx context.Context) error {
	time.Sleep(rand.N(3 * time.Millisecond))
	return s.Store.Sync(ctx)
}

func togetherOf(l *eventstore.Ledger, kept int, lag time.Duration) *Together {
	return NewTogether(&Together{
		Source: &Source{Log: l, Now: func() domain.Instant { return domain.InstantOf(time.Now()) }}, Ends: l.Settled, Origin: "o", Lag: lag,
		Each: 2 * time.Millisecond, Kept: kept, Log: slog.New(slog.DiscardHandler),
	})
}

// A listener follows the notices of all groups over connections that break, and goes on from the last place that it was given.
type listener struct {
	last string
	ids  []string
}

func (l *listener) from(t assert.TestingT) Mark {
	if l.last == "" {
		return Mark{At: domain.FirstInstant}
	}
	m, err := ParseMark(l.last)
	assert.NoError(t, err)
	assert.Equal(t, l.last, m.String())
	return m
}

// hear takes at most so many notices.
func (l *listener) hear(t assert.TestingT, ctx context.Context, of *Together, most int, slow, follow bool) {
	for x, err := range of.Items(ctx, Wanted{From: l.from(t), Takes: everything, Of: everyGroup, Follow: follow}) {
		if !assert.NoError(t, err) {
			return
		}
		if l.ids = append(l.ids, x.Notice.ID()); !x.More {
			l.last = x.Place.String()
		}
		if most--; most <= 0 && !x.More { // what came of an event without a place comes again
			return
		}
		if slow {
			time.Sleep(rand.N(200 * time.Microsecond))
		}
	}
}

func everything(*projections.Notice) bool { return true }
func everyGroup(domain.GroupID) bool      { return true }

// whole are the notices of all groups, by a reader who comes when all is over.
func whole(t *testing.T, l *eventstore.Ledger) (all []string) {
	var marked []Told
	heads, err := l.Heads(t.Context())
	require.NoError(t, err)
	for _, h := range heads {
		p := Place{}
		for {
			steps, err := (&Source{Log: l}).After(t.Context(), h.Group, p, false)
			require.NoError(t, err)
			if len(steps) == 0 {
				break
			}
			for _, step := range steps {
				if p = step.Behind; step.Notice != nil {
					marked = append(marked, Told{Mark: Mark{step.Notice.Recorded, h.Group, step.Notice.Number}, Notice: step.Notice})
				}
			}
		}
	}
	slices.SortStableFunc(marked, func(x, y Told) int { return x.Compare(y.Mark) })
	for _, x := range marked {
		all = append(all, x.Notice.ID())
	}
	return all
}

// write has each of some groups grow, all at once, and says how long recording took at most.
func write(t *testing.T, l *eventstore.Ledger, groups []int, joins int, as string) (longest time.Duration) {
	day, err := domain.ParseDate("2024-01-01")
	require.NoError(t, err)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, g := range groups {
		wg.Go(func() {
			for m := range joins {
				begun := time.Now()
				act := &domain.MemberJoined{Basis: "b", Member: domain.MemberID(as + strconv.Itoa(m)), Name: "M"}
				_, err := l.Do(context.Background(), domain.Command{ID: uuid.New(), Group: domain.GroupID("g" + strconv.Itoa(g)), Effective: day, Actor: "a", Act: act})
				assert.NoError(t, err)
				mu.Lock()
				longest = max(longest, time.Since(begun))
				mu.Unlock()
				time.Sleep(rand.N(4 * time.Millisecond))
			}
		})
	}
	wg.Wait()
	return longest
}

// TestTogether: whoever follows all groups gets every notice once, in the order in which all was recorded, over however many connections,
// from what is kept and from further back, whatever is being recorded meanwhile; and so does whoever comes later.
func TestTogether(t *testing.T) {
	const groups, joins = 12, 60
	for name, kept := range map[string]int{"much is kept": 0, "little is kept": 40} {
		t.Run(name, func(t *testing.T) {
			l := eventstore.NewLedger(dawdling{eventstore.NewMemory()}, eventstore.LedgerOptions{})
			defer l.Close() // in memory
			var each []int
			for g := range groups {
				do(t, l, g, &domain.GroupFounded{Name: "G", Title: "C"})
				each = append(each, g)
			}
			all := togetherOf(l, kept, 0)
			ctx, stop := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			listeners := make([]listener, 6)
			for i := range listeners {
				wg.Go(func() {
					for ctx.Err() == nil {
						listeners[i].hear(t, ctx, all, 1+rand.IntN(100), i%2 == 0, true)
					}
				})
			}
			write(t, l, each, joins, "m")
			want := whole(t, l)
			require.Len(t, want, groups*joins)
			time.Sleep(100 * time.Millisecond)
			stop()
			wg.Wait()
			listeners = append(listeners, listener{})
			for i := range listeners {
				listeners[i].hear(t, t.Context(), all, len(want), false, false)
				require.Equal(t, want, listeners[i].ids, "listener %d", i)
			}
			again := togetherOf(l, kept, 0) // after a restart
			for i := 0; i < len(want); i += 37 {
				late := listener{}
				late.hear(t, t.Context(), again, i+1, false, false)
				late.hear(t, t.Context(), again, len(want), false, false)
				require.Equal(t, want, late.ids)
			}
			require.LessOrEqual(t, len(all.kept), all.Kept)
		})
	}
}

// TestTogetherBeside: where others write too, whose clock is behind and who take their time, whoever goes on from a place that he was given
// misses nothing, and has each group's notices in order.
func TestTogetherBeside(t *testing.T) {
	lag := 300 * time.Millisecond
	for !hearBeside(t, lag) { // the machine was too busy for what is promised of so short a time
		lag *= 2
		require.Less(t, lag, time.Minute)
	}
}

// hearBeside is false where somebody took longer than the lag and the difference of clocks allow: then nothing is promised.
func hearBeside(t *testing.T, lag time.Duration) bool {
	const groups, joins, behind = 6, 40, 100 * time.Millisecond
	store := eventstore.NewMemory()
	here := eventstore.NewLedger(store, eventstore.LedgerOptions{Shared: true})
	defer here.Close() // in memory
	there := eventstore.NewLedger(dawdling{store}, eventstore.LedgerOptions{Shared: true, Now: func() time.Time { return time.Now().Add(-behind) }})
	defer there.Close() // in memory
	var odd, even []int
	for g := range groups {
		do(t, here, g, &domain.GroupFounded{Name: "G", Title: "C"})
		if g%2 == 0 {
			even = append(even, g)
		} else {
			odd = append(odd, g)
		}
	}
	all := togetherOf(here, 50, lag)
	ctx, stop := context.WithCancel(t.Context())
	var wg, writers sync.WaitGroup
	listeners := make([]listener, 4)
	for i := range listeners {
		wg.Go(func() {
			for ctx.Err() == nil {
				listeners[i].hear(t, ctx, all, 1+rand.IntN(15), i%2 == 0, true)
			}
		})
	}
	var took [2]time.Duration
	writers.Go(func() { took[0] = write(t, here, even, joins, "m") })
	writers.Go(func() { took[1] = write(t, there, odd, joins, "m") })
	writers.Wait()
	stop()
	wg.Wait()
	if max(took[0], took[1])+behind >= lag {
		return false
	}
	want := whole(t, here)
	for i := range listeners {
		listeners[i].hear(t, t.Context(), all, 1<<20, false, false)
		require.ElementsMatch(t, want, slices.Compact(slices.Sorted(slices.Values(listeners[i].ids))), "none is lost")
		last, had := map[domain.GroupID]uint64{}, map[string]bool{}
		for _, id := range listeners[i].ids {
			if had[id] {
				continue
			}
			had[id] = true
			group, n := placeOfID(t, id)
			require.Greater(t, n, last[group], "first come in order")
			last[group] = n
		}
	}
	return true
}

func placeOfID(t *testing.T, id string) (domain.GroupID, uint64) {
	m, err := ParseMark("2024-01-01T00:00:00.000000Z/" + id[:len(id)-len("/member-joined")])
	require.NoError(t, err)
	return m.Group, m.Number
}

// TestMarks: a mark has one spelling.
func TestMarks(t *testing.T) {
	for _, s := range []string{"2024-01-01T00:00:00.000000Z", "2024-01-01T00:00:00.000000Z/g/1", "9999-12-31T22:59:59.999999Z/ent-grand-est/9007199254740991"} {
		m, err := ParseMark(s)
		require.NoError(t, err, s)
		require.Equal(t, s, m.String())
	}
	for _, s := range []string{
		"", "x", "2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000000Z/", "2024-01-01T00:00:00.000000Z/g", "2024-01-01T00:00:00.000000Z/g/0",
		"2024-01-01T00:00:00.000000Z/g/01", "2024-01-01T00:00:00.000000Z/G/1", "2024-01-01T00:00:00.000000Z/g/1/", "2024-01-01T00:00:00.000000Z//1", "2024-01-01T00:00:00.000000Z/g/99999999999999999999",
	} {
		_, err := ParseMark(s)
		require.Error(t, err, s)
	}
}

// TestWholeEvents: what is passed on at once begins the notices, ends with an event, and is not much more than is passed on at once.
func TestWholeEvents(t *testing.T) {
	require.Empty(t, wholeEvents(nil))
	for range 2000 {
		var all []*Told
		for number, most := uint64(1), rand.IntN(3*maxPassed); len(all) < most; number++ {
			for range 1 + rand.IntN(40) {
				all = append(all, &Told{Mark: Mark{At: domain.FirstInstant, Group: "g", Number: number}, Body: []byte(strconv.Itoa(len(all)))})
			}
		}
		some := wholeEvents(all)
		require.Equal(t, all[:len(some)], some)
		require.GreaterOrEqual(t, len(some), min(maxPassed, len(all)))
		require.Less(t, len(some), maxPassed+40)
		if 0 < len(some) && len(some) < len(all) {
			require.NotEqual(t, all[len(some)-1].Mark, all[len(some)].Mark)
		}
	}
}

// TestAsleep: whoever may be told of a few groups sleeps while something comes of others, however much, and is not told of it afterwards;
// he is woken by what comes of his own, and when the rights are others than they were.
func TestAsleep(t *testing.T) {
	l := eventstore.NewLedger(eventstore.NewMemory(), eventstore.LedgerOptions{})
	defer l.Close() // in memory
	for g := range 3 {
		do(t, l, g, &domain.GroupFounded{Name: "G", Title: "C"})
	}
	joins := func(g, n int, as string) {
		for i := range n {
			do(t, l, g, &domain.MemberJoined{Basis: "b", Member: domain.MemberID(as + strconv.Itoa(i)), Name: "M"})
		}
	}
	all, reach, heard := togetherOf(l, 4, 0), make(chan []string, 1), make(chan string, 100)
	ctx, stop := context.WithCancel(t.Context())
	var following sync.WaitGroup
	defer following.Wait()
	defer stop()
	now := []string{"g0"}
	following.Go(func() {
		for x, err := range all.Items(ctx, Wanted{From: Mark{At: domain.InstantOf(time.Now()) + 1}, Takes: everything, Of: everyGroup, Follow: true, Reach: func() ([]string, bool) {
			select {
			case now = <-reach:
			default:
			}
			return now, false
		}}) {
			assert.NoError(t, err)
			heard <- x.Notice.ID()
		}
	})
	sleeps := func() {
		t.Helper()
		require.Eventually(t, func() bool {
			all.mu.Lock()
			defer all.mu.Unlock()
			return len(all.asleep[anyGroup]) == 1
		}, time.Minute, time.Millisecond)
	}
	behind := func(id string) {
		t.Helper()
		select {
		case got := <-heard:
			require.Equal(t, id, got)
		case <-time.After(time.Minute):
			require.Fail(t, "nothing came", id)
		}
	}
	sleeps()
	joins(1, 50, "m") // more than is kept
	require.NoError(t, all.Read(t.Context()))
	joins(0, 1, "m")
	behind("g0/2/member-joined")
	sleeps()
	reach <- []string{"g0", "g1"}
	_, err := l.Do(t.Context(), domain.Command{ID: uuid.New(), Group: domain.House, Effective: domain.OnDay(domain.InstantOf(time.Now()).Day()), Actor: "a", Act: &domain.RightGranted{Principal: "p", Role: domain.Auditor, Every: true}})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(reach) == 0 }, time.Minute, time.Millisecond)
	sleeps()
	joins(2, 1, "m")
	require.NoError(t, all.Read(t.Context()))
	joins(1, 1, "n")
	behind("g1/52/member-joined")
	sleeps()
	require.Empty(t, heard)
	stop()
	following.Wait()
	require.Empty(t, all.asleep)
}

// TestMoreThanIsReadAtOnce: where more comes at one look than is read for all, each reads for himself, whether he hears of every group or
// sleeps until something of his own comes.
func TestMoreThanIsReadAtOnce(t *testing.T) {
	for name, reach := range map[string]func() ([]string, bool){"every group": nil, "his own": func() ([]string, bool) { return []string{"g0"}, false }} {
		t.Run(name, func(t *testing.T) {
			l := eventstore.NewLedger(eventstore.NewMemory(), eventstore.LedgerOptions{})
			defer l.Close() // in memory
			do(t, l, 0, &domain.GroupFounded{Name: "G", Title: "C"})
			all, heard := togetherOf(l, 4, 0), make(chan string, 100)
			all.AtOnce, all.Each = 10, time.Hour // who reads is this test
			ctx, stop := context.WithCancel(t.Context())
			var following sync.WaitGroup
			defer following.Wait()
			defer stop()
			following.Go(func() {
				for x, err := range all.Items(ctx, Wanted{From: Mark{At: domain.InstantOf(time.Now()) + 1}, Takes: everything, Of: everyGroup, Follow: true, Reach: reach}) {
					assert.NoError(t, err)
					heard <- x.Notice.ID()
				}
			})
			require.Eventually(t, func() bool {
				all.mu.Lock()
				defer all.mu.Unlock()
				return all.followers == 1 && all.at != nil
			}, time.Minute, time.Millisecond)
			time.Sleep(50 * time.Millisecond) // he rests
			for i := range 30 {
				do(t, l, 0, &domain.MemberJoined{Basis: "b", Member: domain.MemberID("m" + strconv.Itoa(i)), Name: "M"})
			}
			require.NoError(t, all.Read(t.Context()))
			for i := range 30 {
				select {
				case id := <-heard:
					require.Equal(t, "g0/"+strconv.Itoa(2+i)+"/member-joined", id)
				case <-time.After(10 * time.Second):
					require.Fail(t, "nothing came", i)
				}
			}
		})
	}
}
