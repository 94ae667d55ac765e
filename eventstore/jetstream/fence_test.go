package jetstream

import (
	"context"
	"os"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// TestFences: each origin has a fence of its own, whatever its name; closing the store makes it answer errors.
func TestFences(t *testing.T) {
	host := openIn(t, t.TempDir(), Options{Listen: "127.0.0.1:0"})
	s, err := Connect(t.Context(), Remote{URL: host.URL()})
	require.NoError(t, err)
	one, err := s.Fence(t.Context(), "registre.example/maison/élue")
	require.NoError(t, err)
	two, err := s.Fence(t.Context(), "registre.example/maison/elue")
	require.NoError(t, err)
	_, err = one.Move(t.Context(), []byte("1"), 0)
	require.NoError(t, err)
	signed, revision, err := two.Standing(t.Context())
	require.NoError(t, err)
	require.Nil(t, signed)
	require.Zero(t, revision)
	require.NoError(t, s.Close())
	_, _, err = one.Standing(t.Context())
	require.Error(t, err)
	_, err = one.Move(t.Context(), []byte("2"), 1)
	require.Error(t, err)
	require.NotErrorIs(t, err, eventstore.ErrOvertaken)
}

// TestWeakenedBucket: a bucket whose entries go by themselves is refused, and not changed back.
func TestWeakenedBucket(t *testing.T) {
	s := openIn(t, t.TempDir(), Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := s.js.CreateKeyValue(ctx, natsjs.KeyValueConfig{Bucket: fenceBucket, TTL: time.Hour, Storage: natsjs.FileStorage})
	require.NoError(t, err)
	_, err = s.Fence(ctx, "registre.example/house")
	var weakened *WeakenedError
	require.ErrorAs(t, err, &weakened)
	require.Equal(t, []Difference{{Field: "bucket.max_age", Want: "0", Have: "3600000000000"}}, weakened.Differences)
}

// TestHoldBeside: the two kinds of folder are not mistaken for each other; one process at a time holds either.
func TestHoldBeside(t *testing.T) {
	dir := t.TempDir() + "/beside"
	_, err := HoldBeside(dir, false)
	require.ErrorIs(t, err, ErrNoFolder)
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.WriteFile(dir+"/"+SettingsFile, []byte("listen: 127.0.0.1:1\n"), 0o600))
	release, err := HoldBeside(dir, true)
	require.NoError(t, err)
	require.FileExists(t, dir+"/"+SettingsFile)
	_, err = HoldBeside(dir, true)
	require.ErrorIs(t, err, ErrLocked)
	require.NoError(t, release())
	release, err = HoldBeside(dir, false)
	require.NoError(t, err)
	require.NoError(t, release())
	_, err = Open(t.Context(), dir, Options{Create: true})
	require.ErrorIs(t, err, ErrBeside)
	alone := t.TempDir() + "/alone"
	require.NoError(t, openIn(t, alone, Options{}).Close())
	_, err = HoldBeside(alone, true)
	require.ErrorIs(t, err, ErrNotBeside)
}
