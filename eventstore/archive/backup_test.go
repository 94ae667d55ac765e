package archive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// TestBackup: a backup is a whole archive, holds what was durable, grows by what is new alone, and gives the registers back.
func TestBackup(t *testing.T) {
	dir, to, key, memory := t.TempDir(), t.TempDir(), newKey(t), eventstore.NewMemory()
	s := openStore(t, dir, key, memory.Handle(), archive.Options{})
	ends := map[string]uint64{}
	last, all := archive.Copied{}, int64(0)
	for round := range 4 {
		for i := range 300 {
			group := fmt.Sprint("g", i%3)
			write(t, s, group, ends[group], fmt.Sprint("round ", round, " event ", i))
			ends[group]++
		}
		copied, err := s.Backup(t.Context(), to)
		require.NoError(t, err)
		require.Equal(t, string(s.Checkpoint()), string(copied.Checkpoint))
		all += copied.Bytes
		v, err := archive.Verify(t.Context(), to, archive.VerifyOptions{Key: key.PublicKey, Full: true, Kept: last.Checkpoint})
		require.NoError(t, err)
		require.Empty(t, v.Findings)
		require.EqualValues(t, 300*(round+1), v.Events)
		last = copied
	}
	require.Less(t, last.Bytes, all/3, "only what is new: the last partial files, and what came to them")
	again, err := s.Backup(t.Context(), to)
	require.NoError(t, err)
	require.Zero(t, again.Files)

	empty := eventstore.NewMemory()
	back := openStore(t, to, key, empty, archive.Options{})
	for group, end := range ends {
		n := uint64(0)
		for r, err := range empty.Handle().Read(t.Context(), domain.GroupID(group), 0) {
			require.NoError(t, err)
			n++
			require.Equal(t, n, r.Number)
		}
		require.Equal(t, end, n)
	}
	require.Equal(t, string(last.Checkpoint), string(back.Checkpoint()))
}

// TestBackupOfAnother: neither another house's backup nor one of another history is overwritten.
func TestBackupOfAnother(t *testing.T) {
	to, key := t.TempDir(), newKey(t)
	one := openStore(t, t.TempDir(), key, eventstore.NewMemory(), archive.Options{})
	write(t, one, "a", 0, "1", "2", "3")
	_, err := one.Backup(t.Context(), to)
	require.NoError(t, err)
	before, err := os.ReadFile(filepath.Join(to, "heads", "checkpoint"))
	require.NoError(t, err)
	other := openStore(t, t.TempDir(), key, eventstore.NewMemory(), archive.Options{})
	write(t, other, "a", 0, "1", "2", "rewritten", "4")
	_, err = other.Backup(t.Context(), to)
	require.ErrorIs(t, err, archive.ErrNotProven)
	stranger := openStore(t, t.TempDir(), newKey(t), eventstore.NewMemory(), archive.Options{})
	write(t, stranger, "a", 0, "1")
	_, err = stranger.Backup(t.Context(), to)
	require.ErrorIs(t, err, archive.ErrOtherKey)
	after, err := os.ReadFile(filepath.Join(to, "heads", "checkpoint"))
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
}
