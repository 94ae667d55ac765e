package witness

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"registre/eventstore/archive"
)

// tesseraLog is a log of somebody else's program in a folder, which publishes nothing that the witness at a URL has not cosigned;
// without one it publishes everything.
func tesseraLog(t *testing.T, dir string, key *archive.Key, witness archive.CosignPublicKey, at string) (*tessera.Appender, tessera.LogReader, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	require.NoError(t, err)
	signer, err := key.Signer(key.Name())
	require.NoError(t, err)
	root, err := url.Parse(at)
	require.NoError(t, err)
	w, err := tessera.NewWitness(archive.FormatCosignPublicKey(witness), root)
	require.NoError(t, err)
	group := tessera.NewWitnessGroup(0)
	if at != "" {
		group = tessera.NewWitnessGroup(1, w)
	}
	options := tessera.NewAppendOptions().WithCheckpointSigner(signer).WithCheckpointInterval(100*time.Millisecond).WithBatching(1, 10*time.Millisecond).
		WithWitnesses(group, &tessera.WitnessOptions{Timeout: 2 * time.Second})
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	require.NoError(t, err)
	return appender, reader, func() {
		require.NoError(t, shutdown(ctx))
		cancel() // until then it goes on publishing
	}
}

// TestTesseraIsWitnessed: somebody else's witness client, in transparency-dev/tessera, gets our cosignature over HTTP and publishes
// with it; and when it comes with another history of the same log, signed with the same key, it gets none and does not publish.
func TestTesseraIsWitnessed(t *testing.T) {
	key := logKey(t)
	dir := newFolder(t, key)
	w := openWitness(t, dir, Options{})
	at := serve(t, w)
	theirs, err := f_note.NewVerifierForCosignatureV1(archive.FormatCosignPublicKey(w.Key()))
	require.NoError(t, err)

	appender, reader, shutdown := tesseraLog(t, t.TempDir(), key, w.Key(), at)
	awaiter := tessera.NewPublicationAwaiter(t.Context(), reader.ReadCheckpoint, 20*time.Millisecond)
	for _, entry := range []string{"one", "two", "three"} {
		_, checkpoint, err := awaiter.Await(t.Context(), appender.Add(t.Context(), tessera.NewEntry([]byte(entry))))
		require.NoError(t, err)
		n, err := note.Open(checkpoint, note.VerifierList(theirs))
		require.NoError(t, err)
		require.Len(t, n.Sigs, 1)
		c, _, err := archive.OpenCheckpoint(checkpoint, origin, key.Ring())
		require.NoError(t, err)
		require.Equal(t, c, w.States()[0].Checkpoint)
	}
	shutdown()
	require.EqualValues(t, 3, w.States()[0].Checkpoint.Size)

	folder := t.TempDir()
	forged, reader, shutdown := tesseraLog(t, folder, key, w.Key(), "")
	awaiter = tessera.NewPublicationAwaiter(t.Context(), reader.ReadCheckpoint, 20*time.Millisecond)
	for _, entry := range []string{"one", "another two", "three", "four"} {
		_, _, err := awaiter.Await(t.Context(), forged.Add(t.Context(), tessera.NewEntry([]byte(entry))))
		require.NoError(t, err)
	}
	shutdown()
	forged, reader, _ = tesseraLog(t, folder, key, w.Key(), at)
	_, err = forged.Add(t.Context(), tessera.NewEntry([]byte("five")))()
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		kept, err := ReadEvidence(dir)
		return err == nil && len(kept) > 0
	}, 20*time.Second, 20*time.Millisecond)
	checkpoint, err := reader.ReadCheckpoint(t.Context())
	require.NoError(t, err)
	c, err := archive.UnverifiedCheckpoint(checkpoint)
	require.NoError(t, err)
	require.EqualValues(t, 4, c.Size, "it has published what was not cosigned")
	require.EqualValues(t, 3, w.States()[0].Checkpoint.Size)
}
