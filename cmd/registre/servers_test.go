package main

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore/jetstream"
)

// TestServersAskEachOther: a link is known where another server has made it, and of one that nobody has made it is said that its server
// may be away; a few links are asked about at once; of a subscription that nobody brings, nobody says that he does.
func TestServersAskEachOther(t *testing.T) {
	t.Parallel()
	host, err := jetstream.Open(t.Context(), t.TempDir(), jetstream.Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer host.Close()
	var servers [2]*local
	var leavers [2]*leaver
	for i := range servers {
		d, err := openDesk(t.Context(), deskOptions{house: house{Data: t.TempDir(), Create: true, Begin: true}, NATS: host.URL(), Kept: true, Now: time.Now})
		require.NoError(t, err)
		defer func() { require.NoError(t, d.Close()) }()
		servers[i] = localOf(d)
		leavers[i] = &leaver{counter: newCounter(servers[i]), key: bytes.Repeat([]byte{byte(i)}, leavingKeySize)}
		require.NoError(t, servers[i].answerServers(t.Context(), leavers[i], slog.New(slog.DiscardHandler)))
	}
	const id = domain.SubscriptionID("s-1")
	made, forged := string(id)+"."+leavers[0].mark(id), string(id)+"."+leavers[1].mark(id+"2")
	here := servers[1]
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		knows, err := here.linkKnown(t.Context(), made, false)
		require.NoError(c, err)
		require.True(c, knows)
	}, untilGivenUp, time.Millisecond)
	_, err = here.linkKnown(t.Context(), forged, false)
	require.Equal(t, "server-away", faultOf(err).Name)

	here.following.Store(linksFollowed)
	_, err = here.linkKnown(t.Context(), made, false)
	require.Equal(t, "server-away", faultOf(err).Name, "enough are being asked about")
	here.following.Store(0)
	knows, err := here.linkKnown(t.Context(), made, false)
	require.NoError(t, err)
	require.True(t, knows)
	require.Zero(t, here.following.Load())

	brought, known, err := here.broughtBy(t.Context(), []domain.SubscriptionID{id})
	require.NoError(t, err)
	require.True(t, known)
	require.Empty(t, brought)
}
