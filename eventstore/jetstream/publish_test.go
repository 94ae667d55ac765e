package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/eventstore"
)

// TestJudge: only an answer that is surely ours acknowledges, and only a code that is known to prove something proves it.
func TestJudge(t *testing.T) {
	tests := []struct {
		answer string
		seq    uint64
		err    error
	}{
		{`{"stream":"REGISTRE_0","seq":17}`, 17, nil},
		{`{"stream":"REGISTRE_0", "seq":17}`, 17, nil},
		{`{"stream":"REGISTRE_0","domain":"hub","seq":17}`, 17, nil},
		{`{"stream":"REGISTRE_0","seq":17,"batch":"x","count":2}`, 17, nil},
		{`{"stream":"REGISTRE_0","seq":17,"duplicate": true}`, 0, eventstore.ErrUnknown},
		{`{"stream":"OTHER","seq":17}`, 0, eventstore.ErrUnknown},
		{`{"stream":"REGISTRE_0","seq":0}`, 0, eventstore.ErrUnknown},
		{`{"stream":"REGISTRE_0","seq":-1}`, 0, eventstore.ErrUnknown},
		{`{"stream":"REGISTRE_0","seq":99999999999999999999}`, 0, eventstore.ErrUnknown},
		{`{"stream":"REGISTRE_0","seq":17`, 0, eventstore.ErrUnknown},
		{``, 0, eventstore.ErrUnknown},
		{`+ACK`, 0, eventstore.ErrUnknown},
		{`{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 5"},"stream":"REGISTRE_0","seq":0}`, 0, eventstore.ErrOvertaken},
		{`{"error":{"code":400,"err_code":10164,"description":"wrong last sequence"},"stream":"REGISTRE_0","seq":0}`, 0, eventstore.ErrOvertaken},
		{`{"error":{"code":503,"err_code":10047,"description":"insufficient storage"}}`, 0, eventstore.ErrNotWritten},
		{`{"error":{"code":400,"err_code":10054,"description":"message size exceeds maximum allowed"}}`, 0, eventstore.ErrNotWritten},
		{`{"error":{"code":400,"err_code":10201,"description":"duplicate in a batch"}}`, 0, eventstore.ErrUnknown},
		{`{"error":{"code":503,"err_code":10077,"description":"store failed"}}`, 0, eventstore.ErrUnknown},
		{`{"error":{"code":500,"err_code":19999,"description":"never heard of"}}`, 0, eventstore.ErrUnknown},
	}
	for _, test := range tests {
		v := judge(&nats.Msg{Data: []byte(test.answer)})
		require.ErrorIs(t, v.err, test.err, test.answer)
		require.Equal(t, test.seq, v.seq, test.answer)
	}
	v := judge(&nats.Msg{Header: nats.Header{"Status": []string{"503"}}})
	require.ErrorIs(t, v.err, eventstore.ErrUnknown)
}

// TestMovedBehindItsBack has something reach the stream although nobody else should: the store takes no more, and says of
// nothing that it was kept.
func TestMovedBehindItsBack(t *testing.T) {
	s := openIn(t, t.TempDir(), Options{})
	write(t, s, "a", 0, "1")
	write(t, s, "b", 0, "1")
	_, err := s.js.Publish(t.Context(), subjectOf("a"), []byte("2"))
	require.NoError(t, err)
	for _, err := range s.Write(t.Context(), []eventstore.Append{events("b", 1, "2"), events("b", 2, "3", "4"), events("c", 0, "1")}) {
		require.ErrorIs(t, err, eventstore.ErrUnknown)
	}
	require.ErrorIs(t, s.Write(t.Context(), []eventstore.Append{events("a", 2, "3")})[0], eventstore.ErrNotWritten)
	require.Error(t, s.Sync(t.Context()))
}

// TestKeptInPart has the server refuse an event in the midst of a row: what stands before it is kept, and nothing after it.
func TestKeptInPart(t *testing.T) {
	s := openIn(t, t.TempDir(), Options{})
	write(t, s, "a", 0, "1")
	config := wantedStream(1)
	config.MaxMsgSize = 1000
	_, err := s.js.UpdateStream(t.Context(), config)
	require.NoError(t, err)
	big := strings.Repeat("x", 2000)
	errs := s.Write(t.Context(), []eventstore.Append{events("a", 1, "2"), events("b", 0, "1"), events("b", 1, big), events("a", 2, "3"), events("b", 2, "3")})
	for i, want := range []error{nil, nil, eventstore.ErrNotWritten, eventstore.ErrNotWritten, eventstore.ErrOvertaken} {
		require.ErrorIs(t, errs[i], want, "append %d", i)
	}
	require.ErrorIs(t, s.Write(t.Context(), []eventstore.Append{events("b", 1, big)})[0], eventstore.ErrNotWritten, "the first of its row")
	write(t, s, "a", 2, "3")
	write(t, s, "b", 1, "2")
	require.Equal(t, []string{"1", "2", "3"}, read(t, s, "a"))
	require.Equal(t, []string{"1", "2"}, read(t, s, "b"))
	require.NoError(t, s.Sync(t.Context()))
	errs = s.Write(t.Context(), []eventstore.Append{events("a", 3, "4", big)})
	require.ErrorIs(t, errs[0], eventstore.ErrUnknown, "torn")
	require.Error(t, s.Sync(t.Context()))
}

// TestServerGoesAway shuts the server down while the store is open.
func TestServerGoesAway(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{Patience: time.Second})
	write(t, s, "a", 0, "1")
	s.embedded.srv.Shutdown()
	err := s.Write(t.Context(), []eventstore.Append{events("a", 1, "2")})[0]
	require.Error(t, err)
	require.False(t, errors.Is(err, eventstore.ErrOvertaken))
	require.NoError(t, s.Close())
	write(t, openIn(t, dir, Options{}), "a", 1, "2")
}

// TestLateAnswer loses the answers of a server that is reached over the network, and requires that the outcome is
// unknown, that the next append is guarded by what became of it, and that nothing is written twice.
func TestLateAnswer(t *testing.T) {
	host := openIn(t, t.TempDir(), Options{Listen: "127.0.0.1:0"})
	s, err := Connect(t.Context(), Remote{URL: host.embedded.srv.ClientURL()})
	require.NoError(t, err)
	defer s.Close()
	write(t, s, "a", 0, "1")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond/2, cancel)
	var appends []eventstore.Append
	for i := range 200 {
		appends = append(appends, events(fmt.Sprint("g", i), 0, "1"))
	}
	for i, err := range s.Write(ctx, appends) {
		if err != nil {
			require.True(t, errors.Is(err, eventstore.ErrUnknown) || errors.Is(err, eventstore.ErrNotWritten), "%d: %v", i, err)
		}
	}
	require.Eventually(t, func() bool {
		for _, a := range appends {
			err := s.Write(t.Context(), []eventstore.Append{a})[0]
			if err != nil && !errors.Is(err, eventstore.ErrOvertaken) {
				return false
			}
		}
		return true
	}, 5*time.Second, time.Millisecond)
	for _, a := range appends {
		require.Equal(t, []string{"1"}, read(t, s, string(a.Group)))
	}
}

// TestPlaces: whatever was learned in whatever order, a place that is given is one that was learned, and at or before.
func TestPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPlaces()
		seqOf := func(number uint64) uint64 { return number*3 + 1 }
		learned := map[uint64]bool{0: true}
		for _, number := range rapid.SliceOf(rapid.Uint64Range(1, 500)).Draw(t, "learned") {
			p.learn("a", place{number: number, seq: seqOf(number)})
			learned[number] = true
		}
		if rapid.Bool().Draw(t, "doubt") {
			p.doubt("a")
		}
		number := rapid.Uint64Range(0, 600).Draw(t, "number")
		at := p.before("a", number)
		require.LessOrEqual(t, at.number, number)
		require.True(t, learned[at.number])
		if at.number > 0 {
			require.Equal(t, seqOf(at.number), at.seq)
		}
	})
}

// TestAckOfThisServer requires that the server's acknowledgement is read by the short way, which the speed leans on.
func TestAckOfThisServer(t *testing.T) {
	s := openIn(t, t.TempDir(), Options{})
	msg, err := s.writes.Request(subjectOf("a"), []byte("x"), time.Second)
	require.NoError(t, err)
	require.Equal(t, ackPrefix+"1"+ackSuffix, string(msg.Data))
	require.Equal(t, natsjs.ErrorCode(10164), natsjs.JSErrCodeStreamWrongLastSequenceConstant)
}
