package notify

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/storetest"
	"registre/projections"
)

// TestOthersDeliver: of several that deliver the notices of the same registers each delivers to the subscriptions that it has the contacts of,
// and of the others it keeps nothing, tries nothing and parks nothing.
func TestOthersDeliver(t *testing.T) {
	const groups, joins = 3, 10
	l := ledgerOf(t, groups, joins)
	one, two := houseOf(t, l), houseOf(t, l)
	to := map[*house]*receiver{one: receive(t, func(int) int { return 200 }), two: receive(t, func(int) int { return 200 })}
	one.subscribe("s-one", to[one], Subscription{})
	two.subscribe("s-two", to[two], Subscription{})
	both := append(one.subs, two.subs...)
	for h, own := range map[*house]domain.SubscriptionID{one: "s-one", two: "s-two"} {
		h.others, h.subs = true, both
		d := h.until(func(*Dispatcher) bool { return distinct(to[h].got()) == groups*joins })
		requireInOrder(t, to[h].got(), groups, joins)
		for id := range d.Standing() {
			require.Equal(t, own, id.Subscription)
		}
	}
	require.Len(t, to[one].got(), groups*joins)
}

// TestOwnWithoutContact: what was delivered from here, and has lost its contact, is still its own, over a restart too: it is tried, and parked.
func TestOwnWithoutContact(t *testing.T) {
	l := ledgerOf(t, 1, 1)
	h := houseOf(t, l)
	h.others, h.pauses = true, []time.Duration{time.Millisecond}
	r := receive(t, func(int) int { return 200 })
	h.subscribe("one", r, Subscription{})
	h.until(func(d *Dispatcher) bool { return d.Standing()[LaneID{"one", "g0"}].Place.Done == 2 })
	require.Len(t, r.got(), 1)
	require.NoError(t, h.erase(t.Context(), "one"))
	do(t, l, 0, &domain.MemberJoined{Basis: "b", Member: "m9", Name: "M"})
	d := h.until(func(d *Dispatcher) bool { return !d.Standing()[LaneID{"one", "g0"}].Parked.IsZero() })
	require.Equal(t, NoContact, d.Standing()[LaneID{"one", "g0"}].Failed)
}

// TestSweptWhenOver: contact and places go with a subscription that is seen to be over, whoever ended it; they stay while the registers do not
// tell of it, as those of a server that has not caught up.
func TestSweptWhenOver(t *testing.T) {
	for _, others := range []bool{false, true} {
		h := houseOf(t, ledgerOf(t, 2, 2))
		h.others = others
		r, gone := receive(t, func(int) int { return 200 }), receive(t, func(int) int { return 200 })
		h.subscribe("one", r, Subscription{})
		h.subscribe("gone", gone, Subscription{})
		h.until(func(d *Dispatcher) bool {
			kept := 0
			for _, l := range d.Standing() {
				if l.Place.Done == 3 {
					kept++
				}
			}
			return kept == 4
		})

		all := h.subs
		h.subs = nil
		before := h.looked.Load()
		h.until(func(*Dispatcher) bool { return h.looked.Load() > before+2 })
		require.Len(t, h.contacts, 2)
		h.subs = []Subscription{all[0], {ID: "gone", Over: true}, {ID: "never-here", Over: true}}
		d := h.until(func(d *Dispatcher) bool { return len(d.Standing()) == 2 })
		require.NotContains(t, h.contacts, domain.SubscriptionID("gone"))
		require.Contains(t, h.contacts, domain.SubscriptionID("one"))
		require.Contains(t, d.Standing(), LaneID{"one", "g0"})
		require.Len(t, r.got(), 4)
		require.Len(t, gone.got(), 4)
	}
}

// A findable history is one in which an audit finds something on its day, and a clock.
type findable struct {
	*hand
	ledger *eventstore.Ledger
	source *Source
}

// findings are the ids of those that are told of the group.
func (f *findable) findings(t *testing.T) (found []string) {
	for _, one := range toldFrom(t, f.source, Place{}) {
		found = append(found, one.id)
	}
	return found
}

// late is a text that is recorded long after the day from which it counts, which an audit finds.
func late(n int) domain.Command {
	day, err := domain.ParseDate("2024-01-01")
	if err != nil {
		panic(err)
	}
	var act domain.Act = &domain.MemberJoined{Basis: "b", Member: domain.MemberID("m" + string(rune('a'+n))), Name: "M"}
	if n == 0 {
		act = &domain.GroupFounded{Name: "G", Title: "C"}
	}
	return domain.Command{ID: uuid.Must(uuid.NewV7()), Group: "g", Effective: day, Actor: "a", Act: act}
}

// TestDayOfOthers: where others write too, a day's findings wait until what they may have stamped in it must have come; it is then told once,
// with the last event of the day.
func TestDayOfOthers(t *testing.T) {
	f := &findable{hand: &hand{}}
	f.set("2026-11-23T22:00:00Z")
	f.ledger = eventstore.NewLedger(eventstore.NewMemory(), eventstore.LedgerOptions{Now: f.now})
	t.Cleanup(func() { require.NoError(t, f.ledger.Close()) })
	f.source = &Source{Log: f.ledger, Now: func() domain.Instant { return domain.InstantOf(f.now()) }, Lag: time.Minute}
	for n := range 2 {
		_, err := f.ledger.Do(t.Context(), late(n))
		require.NoError(t, err)
	}
	f.set("2026-11-23T23:00:30Z") // half a minute past midnight in Paris
	require.Len(t, f.findings(t), 1)
	require.Less(t, f.source.Past().Day(), domain.InstantOf(f.now()).Day())
	f.set("2026-11-23T23:01:01Z")
	told := f.findings(t)
	require.Greater(t, len(told), 1)
	for _, id := range told[1:] {
		require.Contains(t, id, "g/2/"+projections.FindingRaised)
	}
}

// TestDayInDoubt: while an append of a day that has passed may still be written, of which nobody knows what became, the day is not told; then it
// is, whole and once.
func TestDayInDoubt(t *testing.T) {
	f := &findable{hand: &hand{}}
	f.set("2026-11-23T22:00:00Z")
	script := &storetest.Script{Writes: []storetest.Step{{}, {}, {Fault: storetest.LateBefore}}}
	store := storetest.NewFaulty(eventstore.NewMemory().Handle(), script)
	f.ledger = eventstore.NewLedger(store, eventstore.LedgerOptions{Now: f.now, Attempts: -1})
	t.Cleanup(func() { require.NoError(t, f.ledger.Close()) })
	f.source = &Source{Log: f.ledger, Now: func() domain.Instant { return domain.InstantOf(f.now()) }}
	for n := range 2 {
		_, err := f.ledger.Do(t.Context(), late(n))
		require.NoError(t, err)
	}
	_, err := f.ledger.Do(t.Context(), late(2))
	require.ErrorIs(t, err, eventstore.ErrUnknown)
	f.set("2026-11-24T12:00:00Z")
	require.Len(t, f.findings(t), 1)
	settled, err := f.source.Settled(t.Context(), "g")
	require.NoError(t, err)
	require.False(t, settled)
	store.Settle()
	_, err = f.ledger.Do(t.Context(), late(3))
	require.NoError(t, err)
	settled, err = f.source.Settled(t.Context(), "g")
	require.NoError(t, err)
	require.True(t, settled)
	told := f.findings(t)
	require.Equal(t, []string{"g/2/member-joined", "g/3/member-joined"}, told[:2])
	require.Contains(t, told[2], "g/3/"+projections.FindingRaised, "the late one is the last of its day")
	require.Contains(t, told[len(told)-1], "g/4/member-joined")
}

// TestDigestOfOthers: where others write too, a digest is due when what they may have stamped before its hour must have come.
func TestDigestOfOthers(t *testing.T) {
	t.Parallel()
	d := diaryOf(t, false)
	d.lag = time.Minute
	d.join(0, "a")
	d.set("2026-11-24T06:00:30Z")
	ctx, stop := context.WithCancel(t.Context())
	_, ended := d.start(ctx)
	require.Eventually(t, func() bool { return d.looked.Load() > 2 }, untilGivenUp, time.Millisecond)
	require.Empty(t, d.server.Mails(), "an event of before seven may still come")
	stop()
	ended()
	d.set("2026-11-24T06:01:01Z")
	d.until("2026-11-24T06:00:00Z")
	all, _ := digestsOf(t, d.server, true)
	require.Equal(t, [][]string{{"g0/2/member-joined"}}, all)
}
