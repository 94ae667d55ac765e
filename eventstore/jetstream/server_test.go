package jetstream

import (
	"net"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// TestPortTaken: a server that cannot listen where it was told to does not start, and says so.
func TestPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = Open(t.Context(), t.TempDir(), Options{Create: true, Listen: taken.Addr().String()})
	require.ErrorIs(t, err, ErrServer)
	require.ErrorContains(t, err, "address already in use")
}

// TestClosedServerIsLetGo: nobody holds a server for long that is shut down, nor what it has read.
func TestClosedServerIsLetGo(t *testing.T) {
	t.Parallel()
	held := func() weak.Pointer[server.Server] {
		s, err := Open(t.Context(), t.TempDir(), Options{Create: true})
		require.NoError(t, err)
		defer s.Close()
		return weak.Make(s.embedded.srv)
	}()
	require.Eventually(t, func() bool {
		runtime.GC()
		return held.Value() == nil
	}, 4*defaultPatience, time.Second)
}

func TestShownHasNoSecret(t *testing.T) {
	for url, shown := range map[string]string{
		"nats://127.0.0.1:4222":                          "nats://127.0.0.1:4222",
		"nats://registre:s3cret@a:4222":                  "nats://…@a:4222",
		"nats://token@a,nats://token@b,tls://u:p@c:4222": "nats://…@a,nats://…@b,tls://…@c:4222",
		"u:s3cret@a,u:s3cret@b":                          "…@a,…@b",
		"a,b":                                            "a,b",
		"nats://u:p/1@a":                                 "nats://…@a",
		"nats://u:p@1@a":                                 "nats://…@a",
	} {
		require.Equal(t, shown, Shown(url))
	}
}
