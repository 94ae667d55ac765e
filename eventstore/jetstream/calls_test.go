package jetstream

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// TestCalls: what one calls another hears, in its order, until it stops; what is no call nobody hears.
func TestCalls(t *testing.T) {
	host, err := Open(t.Context(), t.TempDir(), Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer host.Close()
	connect := func() *Store {
		s, err := Connect(t.Context(), Remote{URL: host.URL()})
		require.NoError(t, err)
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	one, two := connect(), connect()
	heard := make(chan eventstore.Call, 100)
	stop, err := two.Calls().Hear(func(c eventstore.Call) { heard <- c })
	require.NoError(t, err)
	require.NoError(t, two.writes.Flush())
	for subject, text := range map[string]string{"a": "x", "b": "x y", "c": "", "d": "x -1", "e": "x 1 2", "UPPER": "x 1", "f": string(make([]byte, 70)) + " 1"} {
		require.NoError(t, one.writes.Publish(callsPrefix+subject, []byte(text)))
	}
	calls := []eventstore.Call{{From: "one", Group: "a", Place: 1}, {From: "one", Group: "b", Place: 1 << 60}, {From: "one", Group: "a"}}
	for _, c := range calls {
		one.Calls().Call(c)
	}
	for _, c := range calls {
		require.Equal(t, c, <-heard)
	}
	stop()
	require.NoError(t, two.writes.Flush())
	one.Calls().Call(calls[0])
	require.NoError(t, one.writes.Flush())
	require.NoError(t, two.writes.Flush())
	require.Empty(t, heard)
}
