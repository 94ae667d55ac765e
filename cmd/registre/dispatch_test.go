package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

// TestSubscriptionsThatAreOver: what a dispatcher is told to let go of is what has ended, or was made by mistake; not what begins later.
func TestSubscriptionsThatAreOver(t *testing.T) {
	h := serveDemo(t)
	made := map[domain.SubscriptionID]uint64{}
	for _, id := range []domain.SubscriptionID{"s-stands", "s-ended", "s-mistake", "s-later"} {
		day := h.today()
		if id == "s-later" {
			day = domain.OnDay(day.First + 3)
		}
		made[id] = h.inHouse(day, &domain.SubscriptionMade{Channel: domain.ByWebhook, Every: true, Principal: "p-one", Subscription: id})
	}
	h.inHouse(h.today(), &domain.SubscriptionEnded{Subscription: "s-ended", Reason: "enough"})
	h.inHouse(h.today(), &domain.EventCorrected{Target: made["s-mistake"], Kind: domain.Clerical, Reason: "not he"})
	all, err := h.desk.subscriptions(t.Context())
	require.NoError(t, err)
	over := map[domain.SubscriptionID]bool{}
	for _, s := range all {
		over[s.ID] = s.Over
	}
	require.Equal(t, map[domain.SubscriptionID]bool{"s-stands": false, "s-ended": true, "s-mistake": true}, over)
}
