package harness

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// BenchmarkBeside is one commit of one event on a cluster of three that always sync: bare, with an archive beside it, and with its
// fence moved too. All are on one machine, and on one disk.
func BenchmarkBeside(b *testing.B) {
	_, address := newCluster(b)
	awaitCluster(b, address)
	for _, way := range []struct {
		name string
		open func(b *testing.B, stream *jetstream.Store) eventstore.Store
	}{
		{"bare", func(_ *testing.B, stream *jetstream.Store) eventstore.Store { return stream }},
		{"archive", func(b *testing.B, stream *jetstream.Store) eventstore.Store { return besideOf(b, stream, false) }},
		{"fence", func(b *testing.B, stream *jetstream.Store) eventstore.Store { return besideOf(b, stream, true) }},
	} {
		b.Run(way.name, func(b *testing.B) {
			stream, err := jetstream.Connect(context.Background(), jetstream.Remote{URL: address})
			require.NoError(b, err)
			s := way.open(b, stream)
			defer s.Close()
			head, err := s.Head(b.Context(), "g")
			require.NoError(b, err)
			a := eventstore.Append{Group: "g", After: head.Number, Bodies: [][]byte{bytes.Repeat([]byte("x"), 300)}}
			for b.Loop() {
				require.NoError(b, s.Write(b.Context(), []eventstore.Append{a})[0])
				require.NoError(b, s.Sync(b.Context()))
				a.After++
			}
		})
	}
}

func besideOf(b *testing.B, stream *jetstream.Store, fenced bool) eventstore.Store {
	b.Helper()
	key, err := archive.GenerateKey(origin)
	require.NoError(b, err)
	options := archive.Options{Shared: true}
	if fenced {
		options.Fence, err = stream.Fence(b.Context(), archive.FormatPublicKey(key.PublicKey))
		require.NoError(b, err)
	}
	s, err := archive.Open(b.Context(), filepath.Join(b.TempDir(), "archive"), key, stream, options)
	require.NoError(b, err)
	require.NoError(b, s.TakeUp(b.Context()))
	return s
}
