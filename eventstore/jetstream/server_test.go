package jetstream

import (
	"net"
	"testing"

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
