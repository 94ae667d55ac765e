package eventstore

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

// A town is processes that write to one register, in a time of its own: it moves in steps and nobody waits for it. Whoever writes
// while another does, or without having read what another wrote, is overtaken.
type town struct {
	now    time.Time
	random *rand.Rand
	loss   float64 // of calls
	end    uint64  // of the register
	all    []*townsman
	onWay  []onWay
}

// An onWay is a call that has not arrived.
type onWay struct {
	at   time.Time
	to   *townsman
	call Call
}

const (
	tick    = 500 * time.Microsecond
	writes  = 3 * time.Millisecond  // how long a round takes
	reads   = 20 * time.Millisecond // how long it takes to read all of the register again
	arrives = 2 * time.Millisecond  // how long a call takes at most
)

// A townsman is a process: writers whose next command comes as soon as the last one is answered.
type townsman struct {
	town     *town
	ledger   *Ledger
	courtesy *courtesy
	open     []*request
	round    []*request
	until    time.Time // when the round is written
	reading  time.Time // until when the register is being read
	known    uint64    // how much of the register
	lost     bool      // it was overtaken, and has to read
	dead     bool
	sent     time.Time // when the last call arrives
	since    map[*request]time.Time
	answered int
	longest  time.Duration
}

// Call and Hear implement Calls.
func (m *townsman) Call(c Call) {
	for _, other := range m.town.all {
		if m.town.random.Float64() >= m.town.loss {
			m.sent = latest(m.sent, m.town.now.Add(time.Duration(m.town.random.Int64N(int64(arrives)))))
			m.town.onWay = append(m.town.onWay, onWay{m.sent, other, c})
		}
	}
}

func (m *townsman) Hear(func(Call)) (func(), error) { return func() {}, nil }

const townGroup = domain.GroupID("a")

func newTown(seed uint64, processes, writers int, loss float64, courteous bool) *town {
	t := &town{now: time.Unix(1_800_000_000, 0), random: rand.New(rand.NewPCG(seed, 1)), loss: loss}
	for range processes {
		m := &townsman{town: t, since: map[*request]time.Time{}}
		m.ledger = &Ledger{books: map[domain.GroupID]*book{townGroup: newBook(townGroup)}, wake: make(chan struct{}, 1)}
		if m.ledger.options.Shared = true; courteous {
			m.ledger.options.Calls = m
		}
		m.courtesy = newCourtesy(m.ledger)
		for range writers {
			m.next()
		}
		t.all = append(t.all, m)
	}
	return t
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// next has a writer ask.
func (m *townsman) next() {
	r := &request{command: &domain.Command{Group: townGroup}}
	m.since[r] = m.town.now
	m.ledger.waiting = append(m.ledger.waiting, r)
}

func (t *town) run(d time.Duration) {
	for end := t.now.Add(d); t.now.Before(end); t.now = t.now.Add(tick) {
		var later []onWay
		for _, w := range t.onWay {
			if w.at.After(t.now) {
				later = append(later, w)
			} else if !w.to.dead {
				w.to.courtesy.hear(w.call)
			}
		}
		t.onWay = later
		for _, i := range t.random.Perm(len(t.all)) {
			if m := t.all[i]; !m.dead {
				m.step()
			}
		}
	}
}

// step lets a process do what it does at a time. While it reads it does nothing else.
func (m *townsman) step() {
	now := m.town.now
	if len(m.round) > 0 && !now.Before(m.until) {
		m.land()
	}
	if now.Before(m.reading) {
		return
	}
	if !m.courtesy.closed {
		m.courtesy.attend(now)
	}
	waiting, _ := m.ledger.takeWaiting(1000)
	for _, r := range waiting {
		if m.courtesy.admits(r, now) {
			m.open = append(m.open, r)
		}
	}
	switch {
	case len(m.round) > 0 || len(m.open) == 0:
	case m.lost:
		m.lost, m.known, m.reading = false, m.town.end, now.Add(reads)
	default:
		if m.open[0].fresh {
			m.known = m.town.end
		}
		m.round, m.open, m.until = m.open, nil, now.Add(writes)
		m.ledger.books[townGroup].flight = newRound()
	}
}

// land ends a round: it is written, unless the register has moved on since it was decided.
func (m *townsman) land() {
	m.ledger.books[townGroup].flight = nil
	done := m.round
	m.round = nil
	if m.known != m.town.end {
		for _, r := range done {
			r.overtaken = true
		}
		m.ledger.again(done)
		m.lost = true
		return
	}
	m.town.end++
	m.known = m.town.end
	for _, r := range done {
		m.longest = max(m.longest, m.town.now.Sub(m.since[r]))
		delete(m.since, r)
		m.answered++
		m.next()
	}
}

// waited is the longest that anybody has waited for an answer, or still does.
func (m *townsman) waited() time.Duration {
	longest := m.longest
	for _, since := range m.since {
		longest = max(longest, m.town.now.Sub(since))
	}
	return longest
}

// TestTownStarves: without courtesy one of two writes on and the other never gets to, so that what follows can be seen.
func TestTownStarves(t *testing.T) {
	town := newTown(1, 2, 16, 0, false)
	town.run(20 * time.Second)
	least, most := town.all[0].answered, town.all[1].answered
	require.Less(t, 100*min(least, most), max(least, most))
}

// TestFairTown: everybody gets a like share, and nobody waits for long, also where calls are lost.
func TestFairTown(t *testing.T) {
	for _, processes := range []int{2, 3, 5} {
		for _, loss := range []float64{0, 0.1} {
			t.Run(fmt.Sprintf("%d, %v lost", processes, loss), func(t *testing.T) {
				town := newTown(uint64(processes), processes, 16, loss, true)
				const lasting = 20 * time.Second
				town.run(lasting)
				total := 0
				for _, m := range town.all {
					total += m.answered
				}
				for i, m := range town.all {
					t.Logf("%d: %d answered, the longest after %v", i, m.answered, m.waited())
					require.Greater(t, 2*m.answered*processes, total, "half of an equal share at least")
					if loss == 0 {
						require.Less(t, m.waited(), time.Duration(processes)*2*turnTime)
					}
				}
				require.Greater(t, total*int(writes), 16*int(lasting)/2, "half of the time somebody writes")
			})
		}
	}
}

// TestCrashInTurn: those who die while the others wait for them cost these a second, once, however many they are.
func TestCrashInTurn(t *testing.T) {
	for seed := range uint64(10) {
		town := newTown(seed, 4, 16, 0, true)
		town.run(time.Duration(1000+seed*13) * time.Millisecond)
		town.all[0].dead, town.all[1].dead = true, true
		before := []int{town.all[2].answered, town.all[3].answered}
		town.run(5 * time.Second)
		for i, m := range town.all[2:] {
			require.Less(t, m.waited(), patience+5*turnTime)
			require.Greater(t, m.answered-before[i], 3*16*int(time.Second)/int(writes)/4, "then they go on")
		}
	}
}

// TestLongQueue: in a queue in which everybody waits for more than a second nobody is forgotten.
func TestLongQueue(t *testing.T) {
	const processes = 30
	town := newTown(1, processes, 2, 0, true)
	town.run(3 * time.Second)
	for _, m := range town.all {
		require.Less(t, m.waited(), 3*time.Second, "everybody had a turn")
		m.longest = 0
	}
	town.run(10 * time.Second)
	for _, m := range town.all {
		require.Greater(t, m.waited(), patience)
		require.Less(t, m.waited(), processes*(turnTime+2*writes+arrives))
	}
}

// TestSilentCaller: one who calls again and again and never gets done is waited for once.
func TestSilentCaller(t *testing.T) {
	town := newTown(1, 2, 4, 0, true)
	for n := range 50 {
		town.run(100 * time.Millisecond)
		for _, m := range town.all {
			m.courtesy.hear(Call{From: "idler", Group: townGroup, Place: 2})
		}
		if n == 20 {
			for _, m := range town.all {
				require.Less(t, m.waited(), patience+4*turnTime)
				m.longest = 0
			}
		}
	}
	for _, m := range town.all {
		require.Less(t, m.waited(), 4*turnTime, "not twice")
	}
}

// TestAloneNobodyCalls: who is alone calls nobody and waits for nobody.
func TestAloneNobodyCalls(t *testing.T) {
	town := newTown(1, 1, 16, 0, true)
	town.run(time.Second)
	m := town.all[0]
	require.Greater(t, m.answered*int(writes), 16*int(time.Second)*8/10)
	require.Empty(t, m.courtesy.queues)
	require.Empty(t, town.onWay)
	require.Equal(t, uint64(inUse), m.courtesy.clock)
}

// TestAfterContention: when the other has gone, its calls with it, one writes as if there had been nobody.
func TestAfterContention(t *testing.T) {
	town := newTown(1, 2, 16, 0, true)
	town.run(time.Second)
	town.all[0].courtesy.close()
	town.all[0].dead = true
	town.run(time.Second)
	require.Empty(t, town.all[1].courtesy.queues)
}
