package jetstream

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestServers: what one asks each of the others hears, and may answer; the first answer can be enough; that nobody answers is known only
// of a question that went round. What is told is heard too, also while others ask as much as they may.
func TestServers(t *testing.T) {
	host, err := Open(t.Context(), t.TempDir(), Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer host.Close()
	connect := func() *Servers {
		s, err := Connect(t.Context(), Remote{URL: host.URL()})
		require.NoError(t, err)
		t.Cleanup(func() { _ = s.Close() })
		return s.Servers()
	}
	var told atomic.Int64
	answering := func(name string) {
		s := connect()
		stop, err := s.Answer(func(question []byte) []byte {
			if string(question) == "told" {
				told.Add(1)
				return nil
			}
			if string(question) == "silence" || string(question) == "one" && name != "a" {
				return nil
			}
			return []byte(name + " " + string(question))
		})
		require.NoError(t, err)
		t.Cleanup(stop)
		require.NoError(t, s.conn.Flush())
	}
	answering("a")
	answering("b")
	who := connect()
	ask := func(question string, n int, within time.Duration) (answers []string, wentRound bool) {
		ctx, done := context.WithTimeout(t.Context(), within)
		defer done()
		wentRound, err := who.Ask(ctx, []byte(question), func(answer []byte) bool {
			answers = append(answers, string(answer))
			return len(answers) == n
		})
		require.NoError(t, err)
		return answers, wentRound
	}
	answers, _ := ask("all", 2, time.Minute)
	require.ElementsMatch(t, []string{"a all", "b all"}, answers)
	answers, _ = ask("one", 1, time.Minute)
	require.Equal(t, []string{"a one"}, answers)
	require.Eventually(t, func() bool {
		answers, wentRound := ask("silence", 1, 100*time.Millisecond)
		require.Empty(t, answers)
		return wentRound
	}, time.Minute, time.Millisecond)
	for range serversAsking {
		who.asking <- struct{}{}
	}
	for range 10 * serversAsking {
		require.NoError(t, who.Tell([]byte("told")))
	}
	require.Eventually(t, func() bool { return told.Load() == 2*10*serversAsking }, time.Minute, time.Millisecond)
	for range serversAsking {
		<-who.asking
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = who.Ask(stopped, []byte("all"), func([]byte) bool { return false })
	require.ErrorIs(t, err, context.Canceled)
}
