package notify

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections"
)

// TestPauses: the pauses grow, and come to three days.
func TestPauses(t *testing.T) {
	sum := time.Duration(0)
	for i, p := range Pauses {
		require.True(t, i == 0 || p > Pauses[i-1])
		sum += p
	}
	require.Greater(t, sum, 72*time.Hour)
	require.Less(t, sum, 80*time.Hour)
}

// TestParked: what is not taken for three days is parked, and with it what comes behind it; by hand it goes on, in order, or without the
// one that is skipped.
func TestParked(t *testing.T) {
	var mu sync.Mutex
	up := false
	h := houseOf(t, ledgerOf(t, 2, 3))
	h.pauses = slices.Repeat([]time.Duration{time.Millisecond}, 4)
	r := receive(t, func(int) int {
		mu.Lock()
		defer mu.Unlock()
		if up {
			return 200
		}
		return 503
	})
	h.subscribe("one", r, Subscription{Groups: []domain.GroupID{"g0"}})
	first := "g0/2/member-joined"

	stopped := h.until(func(d *Dispatcher) bool { return !d.Standing()[LaneID{"one", "g0"}].Parked.IsZero() })
	lane := stopped.Standing()[LaneID{"one", "g0"}]
	require.Equal(t, first, lane.Notice)
	require.Equal(t, "HTTP 503", lane.Failed)
	require.Equal(t, 5, lane.Attempts)
	require.Equal(t, 5, r.asked)
	require.NotContains(t, stopped.Standing(), LaneID{"one", "g1"})

	mu.Lock()
	up = true
	mu.Unlock()
	time.Sleep(20 * time.Millisecond)
	require.Equal(t, 5, r.asked, "it stays parked, over a restart too")
	h.subs[0].Resumed = map[domain.GroupID]uint64{"g0": 7}
	h.until(func(*Dispatcher) bool { return len(r.got()) == 3 })
	require.Equal(t, wanted(1, 3)[0], r.got())
}

// TestSkipped: the notice that is skipped by hand is never given, and what waited behind it is.
func TestSkipped(t *testing.T) {
	h := houseOf(t, ledgerOf(t, 1, 3))
	h.pauses = []time.Duration{time.Millisecond}
	r := receive(t, func(n int) int { return map[bool]int{true: 410, false: 200}[n <= 1] })
	h.subscribe("one", r, Subscription{})
	stopped := h.until(func(d *Dispatcher) bool { return !d.Standing()[LaneID{"one", "g0"}].Parked.IsZero() })
	require.Equal(t, 1, stopped.Standing()[LaneID{"one", "g0"}].Attempts, "410 is for ever")
	h.subs[0].Skipped = map[string]bool{"g0/2/member-joined": true}
	h.until(func(*Dispatcher) bool { return len(r.got()) == 2 })
	require.Equal(t, wanted(1, 3)[0][1:], r.got())
}

// TestFilters: from which number or instant on, of what kind, of whom.
func TestFilters(t *testing.T) {
	l := ledgerOf(t, 1, 3)
	between := domain.InstantOf(time.Now())
	time.Sleep(time.Millisecond)
	do(t, l, 0, &domain.MemberWithdrew{Basis: "b", Member: "m1"})
	h := houseOf(t, l)
	got := map[domain.SubscriptionID]*receiver{}
	for id, s := range map[domain.SubscriptionID]Subscription{
		"all": {}, "from": {From: 4}, "since": {Since: between}, "kind": {Kinds: []string{projections.MembersLeft}}, "member": {Members: []domain.MemberID{"m1"}},
		"body": {Bodies: []domain.BodyID{"ag"}}, "other": {Groups: []domain.GroupID{"g7"}},
	} {
		got[id] = receive(t, func(int) int { return 200 })
		h.subscribe(id, got[id], s)
	}
	joined, left := wanted(1, 3)[0], "g0/5/member-left"
	all := map[domain.SubscriptionID][]string{
		"all": append(slices.Clone(joined), left), "from": {joined[2], left}, "since": {left}, "kind": {left}, "member": {joined[1], left}, "body": nil, "other": nil,
	}
	h.until(func(*Dispatcher) bool {
		for id, want := range all {
			if len(got[id].got()) < len(want) {
				return false
			}
		}
		return true
	})
	for id, want := range all {
		require.Equal(t, want, got[id].got(), id)
	}
}

// TestRightLost: whoever may no longer be told is told nothing more, at once; when he may again he gets all of it, in order.
func TestRightLost(t *testing.T) {
	h := houseOf(t, ledgerOf(t, 1, 6))
	r := receive(t, func(n int) int { h.may.Store(n != 2); return 200 })
	h.subscribe("one", r, Subscription{})
	h.until(func(*Dispatcher) bool { return len(r.got()) == 2 })
	require.Equal(t, wanted(1, 6)[0][:2], r.got())
	h.may.Store(true)
	h.until(func(*Dispatcher) bool { return len(r.got()) == 6 })
	require.Equal(t, wanted(1, 6)[0], r.got())
}

// until has a dispatcher work until something holds, and gives it, ended.
func (h *house) until(holds func(*Dispatcher) bool) *Dispatcher {
	ctx, stop := context.WithCancel(h.t.Context())
	defer stop()
	d, ended := h.start(ctx)
	require.Eventually(h.t, func() bool { return holds(d) }, untilGivenUp, time.Millisecond)
	time.Sleep(10 * time.Millisecond) // what would come too much, comes now
	stop()
	ended()
	return d
}
