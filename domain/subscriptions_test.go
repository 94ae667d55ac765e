package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSubscription: a subscription is what its events say on a day, as known; and what is said of it by mistake can be taken back.
func TestSubscription(t *testing.T) {
	g := &Group{}
	made := inHouse(t, g, "2026-01-10", &SubscriptionMade{Subscription: "s", Principal: "p", Channel: ByWebhook, Groups: []GroupID{"g"}, FromNumber: 3})
	skipped := inHouse(t, g, "2026-02-01", &NoticeSkipped{Subscription: "s", Notice: "g/4/k", Reason: "r"})
	resumed := inHouse(t, g, "2026-02-01", &DeliveryResumed{Subscription: "s", Group: "g"})
	ended := inHouse(t, g, "2026-03-01", &SubscriptionEnded{Subscription: "s", Reason: "left"})
	inHouse(t, g, "2026-03-02", &EventCorrected{Kind: Clerical, Reason: "another one", Target: ended})

	at := func(on string, known uint64) SubscriptionRow {
		row, ok := g.Subscription("s", Pair{At: day(t, on), Known: known})
		require.True(t, ok)
		return row
	}
	_, ok := g.Subscription("s", Pair{At: day(t, "2026-01-09"), Known: Latest})
	require.False(t, ok)
	require.Equal(t, made, at("2026-01-10", Latest).Event)
	require.Empty(t, at("2026-01-31", Latest).Skipped)
	require.Equal(t, []string{"g/4/k"}, at("2026-02-01", Latest).Skipped)
	require.Empty(t, at("2026-02-01", skipped-1).Skipped)
	require.Equal(t, []uint64{resumed}, at("2026-02-01", Latest).Resumed)
	require.Equal(t, ended, at("2026-03-01", ended).EndedBy)
	require.Zero(t, at("2026-03-01", Latest).EndedBy)
	require.Len(t, g.Subscriptions(Now(day(t, "2026-03-01"))), 1)
}

// TestSubscriptionForm: what no subscription can be.
func TestSubscriptionForm(t *testing.T) {
	good := SubscriptionMade{Subscription: "s", Principal: "p", Channel: ByMail, Every: true}
	for field, change := range map[string]func(*SubscriptionMade){
		"data.subscription": func(a *SubscriptionMade) { a.Subscription = "S" },
		"data.principal":    func(a *SubscriptionMade) { a.Principal = "Anne Exemple" },
		"data.channel":      func(a *SubscriptionMade) { a.Channel = "pigeon" },
		"data.groups":       func(a *SubscriptionMade) { a.Groups = []GroupID{"g"} },
		"data.groups[1]":    func(a *SubscriptionMade) { a.Every, a.Groups = false, []GroupID{"g", "g"} },
		"data.kinds[0]":     func(a *SubscriptionMade) { a.Kinds = []NoticeKind{"Kind"} },
		"data.from_number":  func(a *SubscriptionMade) { a.FromNumber = 3 },
	} {
		a := good
		change(&a)
		c := anyCommand(t, "2026-01-01", &a)
		c.Group = House
		_, err := Decide(&Group{}, c)
		var bad *Malformed
		require.ErrorAs(t, err, &bad, field)
		require.Equal(t, field, bad.Field)
	}
}
