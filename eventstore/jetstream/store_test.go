package jetstream

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
	"registre/eventstore/storetest"
)

// openIn opens the registers in dir, making them where there are none.
func openIn(t testing.TB, dir string, options Options) *Store {
	t.Helper()
	options.Create = true
	s, err := Open(context.Background(), dir, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestEmbedded(t *testing.T) {
	for name, way := range map[string]syncWay{"sync of files": bySyncFiles, "syncfs": bySyncFS, "sync always": bySyncAlways, "batches": byBatch} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Registers {
				dir := t.TempDir()
				return storetest.Registers{Open: func(t *testing.T) eventstore.Store { return openIn(t, dir, Options{way: way}) }}
			})
		})
	}
}

// TestConnected runs the suite on a server reached over TCP, with several stores on the same registers.
func TestConnected(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Registers {
		host := openIn(t, t.TempDir(), Options{Listen: "127.0.0.1:0"})
		return storetest.Registers{Shared: true, Open: func(t *testing.T) eventstore.Store {
			s, err := Connect(context.Background(), Remote{URL: host.embedded.srv.ClientURL()})
			require.NoError(t, err)
			return s
		}}
	})
}

// TestEmbeddedAndConnected has one store in the process of the server, and the others outside.
func TestEmbeddedAndConnected(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Registers {
		host := openIn(t, t.TempDir(), Options{Listen: "127.0.0.1:0"})
		opened := 0
		return storetest.Registers{Shared: true, Forgets: true, Open: func(t *testing.T) eventstore.Store {
			if opened++; opened == 2 {
				return host
			}
			s, err := Connect(context.Background(), Remote{URL: host.embedded.srv.ClientURL()})
			require.NoError(t, err)
			return s
		}}
	})
}
