package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
	"registre/web/subjects"
)

// publishing serves the house to clients of NATS, with its notices.
func (h *servedHouse) publishing() *clients {
	notices := h.desk.natsNotices()
	notices.Dir = h.t.TempDir()
	return h.overNATSAt(web.Pace{}, notices)
}

// stream is JetStream as somebody's client has it.
func (c *clients) stream(who string) natsjs.JetStream {
	js, err := natsjs.New(c.as(who), natsjs.WithDefaultTimeout(untilGivenUp))
	require.NoError(c.h.t, err)
	return js
}

// taken are the ids of so many notices, as a consumer gives them.
func takenFrom(t *testing.T, consumer natsjs.Consumer, n int) (ids []string) {
	t.Helper()
	messages, err := consumer.Messages()
	require.NoError(t, err)
	defer messages.Stop()
	for range n {
		m, err := messages.Next(natsjs.NextMaxWait(untilGivenUp))
		require.NoError(t, err, "behind %d", len(ids))
		var event struct{ ID, Specversion string }
		require.NoError(t, json.Unmarshal(m.Data(), &event))
		require.Equal(t, "1.0", event.Specversion)
		require.Equal(t, event.ID, m.Headers().Get("Nats-Msg-Id"))
		if err := m.Ack(); err != nil {
			require.ErrorIs(t, err, natsjs.ErrMsgNoReply)
		}
		ids = append(ids, event.ID)
	}
	return ids
}

func filterOf(group, kind string) string { return "registre.notices.v1." + group + "." + kind }

// TestNoticesOverNATS: a durable consumer, and an ordered one, give all notices of a group in their order, those that come meanwhile too;
// a durable one goes on where it was.
func TestNoticesOverNATS(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.publishing()
	c.h.token("reader", token{Role: domain.Subscriber, Groups: []string{demoGroup}})
	js := c.stream("reader")
	all := noticesPaged(t, h.desk, "")
	require.Greater(t, len(all), 50)
	durable, err := js.CreateOrUpdateConsumer(t.Context(), "REGISTRE_NOTICES", natsjs.ConsumerConfig{Durable: "mine", FilterSubject: filterOf(demoGroup, ">")})
	require.NoError(t, err)
	require.Equal(t, "mine", durable.CachedInfo().Name)
	for _, other := range []natsjs.ConsumerConfig{{AckPolicy: natsjs.AckNonePolicy}, {DeliverPolicy: natsjs.DeliverNewPolicy}, {DeliverPolicy: natsjs.DeliverByStartSequencePolicy, OptStartSeq: 5}} {
		other.Durable, other.FilterSubject = "mine", filterOf(demoGroup, ">")
		_, err := js.CreateOrUpdateConsumer(t.Context(), "REGISTRE_NOTICES", other)
		require.ErrorContains(t, err, "delete it first")
	}
	require.Equal(t, all[:10], takenFrom(t, durable, 10))
	again, err := js.Consumer(t.Context(), "REGISTRE_NOTICES", "mine")
	require.NoError(t, err)
	require.Equal(t, all[10:], takenFrom(t, again, len(all)-10))

	ordered, err := js.OrderedConsumer(t.Context(), "REGISTRE_NOTICES", natsjs.OrderedConsumerConfig{})
	require.NoError(t, err)
	require.Equal(t, all, takenFrom(t, ordered, len(all)))
	kind, err := js.CreateConsumer(t.Context(), "REGISTRE_NOTICES", natsjs.ConsumerConfig{FilterSubjects: []string{filterOf("*", "member-left"), filterOf(demoGroup, "member-joined")}, DeliverPolicy: natsjs.DeliverNewPolicy})
	require.NoError(t, err)
	for _, member := range []string{"aube", "marne"} {
		_, err := h.desk.Record(t.Context(), []byte(withdrawing(member)))
		require.NoError(t, err)
		left := slices.DeleteFunc(noticesPaged(t, h.desk, ""), func(id string) bool { return !strings.Contains(id, "/member-left") })
		require.Equal(t, left[len(left)-1:], takenFrom(t, kind, 1), member)
	}
	require.NoError(t, js.DeleteConsumer(t.Context(), "REGISTRE_NOTICES", "mine"))
	_, err = js.Consumer(t.Context(), "REGISTRE_NOTICES", "mine")
	require.ErrorIs(t, err, natsjs.ErrConsumerNotFound)
}

// TestNATSNoticesOfOthers: nobody consumes what he may not be told of, nor another's consumer, nor has anything done with the stream.
func TestNATSNoticesOfOthers(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.publishing()
	c.h.token("reader", token{Role: domain.Subscriber, Groups: []string{demoGroup}})
	own := c.stream("reader")
	durable, err := own.CreateConsumer(t.Context(), "REGISTRE_NOTICES", natsjs.ConsumerConfig{Durable: "mine", AckWait: 500 * time.Millisecond})
	require.NoError(t, err)
	first, err := durable.Next(natsjs.FetchMaxWait(untilGivenUp))
	require.NoError(t, err)

	js, conn := c.stream("elsewhere"), c.as("elsewhere")
	for _, config := range []natsjs.ConsumerConfig{
		{Durable: "a", FilterSubject: filterOf(demoGroup, ">")},
		{Durable: "a", FilterSubjects: []string{filterOf("another", ">"), filterOf(demoGroup, "member-left")}},
		{Durable: "a", FilterSubject: filterOf("registre", ">")},
		{Durable: "a"},
		{Durable: "a", FilterSubject: ">"},
		{Durable: "a", FilterSubject: "registre.places.v1.>"},
		{},
		{AckPolicy: natsjs.AckAllPolicy, FilterSubject: filterOf("another", ">")},
	} {
		_, err := js.CreateConsumer(t.Context(), "REGISTRE_NOTICES", config)
		require.Error(t, err, "%+v", config)
	}
	_, err = js.CreatePushConsumer(t.Context(), "REGISTRE_NOTICES", natsjs.ConsumerConfig{Durable: "a", DeliverSubject: "registre.v1.record", FilterSubject: filterOf("another", ">")})
	require.ErrorContains(t, err, "pulled")
	_, err = js.CreateConsumer(t.Context(), "REGISTRE_NOTICES", natsjs.ConsumerConfig{Durable: "mine", FilterSubject: filterOf("another", ">")}) // his own of that name
	require.NoError(t, err)
	for _, name := range []string{"p-reader_mine", "_x_passing-1"} {
		_, err = js.Consumer(t.Context(), "REGISTRE_NOTICES", name)
		require.Error(t, err, name)
		_, err = conn.Request("$JS.API.CONSUMER.MSG.NEXT.REGISTRE_NOTICES."+name, []byte(`{"batch":1}`), untilGivenUp)
		require.ErrorIs(t, err, nats.ErrNoResponders, name)
	}
	_, err = conn.Request(first.Reply(), []byte("+ACK"), untilGivenUp) // as if it were his
	require.ErrorIs(t, err, nats.ErrNoResponders)
	head := h.headNow()
	require.NoError(t, c.as("reader").PublishRequest("$JS.API.CONSUMER.MSG.NEXT.REGISTRE_NOTICES.mine", "registre.v1.record", []byte(`{"batch":1}`))) // it comes there as a request
	again, err := durable.Next(natsjs.FetchMaxWait(untilGivenUp))
	require.NoError(t, err)
	require.Equal(t, first.Data(), again.Data())
	require.NoError(t, again.DoubleAck(t.Context()))
	require.Equal(t, head, h.headNow())

	for _, verb := range []string{"DELETE", "PURGE", "UPDATE", "MSG.GET", "MSG.DELETE"} {
		within, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, err := c.as("reader").RequestWithContext(within, "$JS.API.STREAM."+verb+".REGISTRE_NOTICES", nil)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded, verb)
	}
	info, err := own.Stream(t.Context(), "REGISTRE_NOTICES")
	require.NoError(t, err)
	require.NotZero(t, info.CachedInfo().State.Msgs)
}

// TestNATSNoticesEndWithTheRight: whoever may no longer be told has nothing more from his consumer, even while he waits.
func TestNATSNoticesEndWithTheRight(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.publishing()
	n := h.grant(&domain.RightGranted{Principal: "p-leaver", Role: domain.Subscriber, Groups: []domain.GroupID{demoGroup}})
	h.bare("leaver", "p-leaver")
	js := c.stream("leaver")
	durable, err := js.CreateConsumer(t.Context(), "REGISTRE_NOTICES", natsjs.ConsumerConfig{Durable: "mine"})
	require.NoError(t, err)
	takenFrom(t, durable, len(noticesPaged(t, h.desk, "")))
	waiting, err := durable.Fetch(1, natsjs.FetchMaxWait(untilGivenUp))
	require.NoError(t, err)
	h.inHouse(h.today(), &domain.RightEnded{Right: n, Reason: "left"})
	_, err = h.desk.Record(t.Context(), []byte(withdrawing("aube")))
	require.NoError(t, err)
	for m := range waiting.Messages() {
		t.Errorf("%s came", m.Data())
	}
	require.Error(t, waiting.Error())
	_, err = js.CreateConsumer(t.Context(), "REGISTRE_NOTICES", natsjs.ConsumerConfig{Durable: "mine", FilterSubject: filterOf(demoGroup, ">")})
	require.ErrorContains(t, err, "nothing gives this right")
}

// TestNoticesOverNATSKill kills the process that publishes notices again and again: none is lost, none comes twice, and those of a group
// come in their order.
//
//	go test ./cmd/registre -run TestNoticesOverNATSKill -notices.kills=50 -notices.each=500 -timeout 30m
func TestNoticesOverNATSKill(t *testing.T) {
	oneByOne(t)
	data := groupsJoined(t, *noticesEach)
	_, exit := command(t, filepath.Dir(data), "right", "grant", "me", "--role", domain.Subscriber, "--group", "all", "--data", data)
	require.Zero(t, exit)
	out, exit := command(t, filepath.Dir(data), "token", "create", "--data", data)
	require.Zero(t, exit)
	shown, _, _ := strings.Cut(out, "\n")
	serve := func() (*servedFolder, natsjs.JetStream) {
		require.NoError(t, os.RemoveAll(filepath.Join(data, socketName)))
		s := startServing(t, data, "", "--nats-listen", "127.0.0.1:0")
		conn, err := nats.Connect(s.nats, patient, nats.Token(shown))
		require.NoError(t, err)
		t.Cleanup(conn.Close)
		js, err := natsjs.New(conn, natsjs.WithDefaultTimeout(untilGivenUp))
		require.NoError(t, err)
		return s, js
	}
	want, midst, rounds := noticesGroups**noticesEach, 0, 0
	for ; rounds < *noticesKills || midst == 0 && rounds < 50; rounds++ {
		joinMore(t, data, rounds, *noticesEach) // so that there is something to publish each time
		want += noticesGroups * *noticesEach
		s, js := serve()
		time.Sleep(rand.N(50 * time.Millisecond))
		stream, err := js.Stream(t.Context(), subjects.NoticeStream)
		require.NoError(t, err)
		require.NoError(t, s.cmd.Process.Kill())
		_ = s.cmd.Wait()
		if stream.CachedInfo().State.Msgs < uint64(want) {
			midst++
		}
	}
	_, js := serve()
	durable, err := js.CreateConsumer(t.Context(), subjects.NoticeStream, natsjs.ConsumerConfig{Durable: "mine"})
	require.NoError(t, err)
	ids := takenFrom(t, durable, want)
	requireKeptOrder(t, ids)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(ids))), want)
	stream, err := js.Stream(t.Context(), subjects.NoticeStream)
	require.NoError(t, err)
	require.EqualValues(t, want, stream.CachedInfo().State.Msgs)
	require.NotZero(t, midst)
	t.Logf("%d notices, killed %d times, %d of them before the end", want, rounds, midst)
}
