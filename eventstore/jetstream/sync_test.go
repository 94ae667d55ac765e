package jetstream

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// changes gives every file of the stream that matters after a power cut, with what changes when it is written.
func changes(t *testing.T, s *Store) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(s.embedded.syncer.stream, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !(strings.HasSuffix(path, blockSuffix) || strings.Contains(path, "meta.")) {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		files[path] = fmt.Sprint(info.Size(), info.ModTime().UnixNano(), info.Sys().(*syscall.Stat_t).Ino)
		return nil
	}))
	return files
}

// record notes what is synced.
func record(s *Store) map[string]bool {
	synced := map[string]bool{}
	s.embedded.syncer.fsync = func(path string) error {
		synced[path] = true
		return syncPath(path)
	}
	return synced
}

// TestSyncFindsEveryChange writes over several blocks of the server's, in amounts that leave none, one or many new blocks
// between two syncs, and requires that each Sync brings every file to the disk that has changed, and every new name.
// It fails when a server acknowledges before it has written, or writes anywhere else than to the end of the last block.
func TestSyncFindsEveryChange(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{})
	body := strings.Repeat("x", 50_000)
	before := changes(t, s)
	rolled, most, written := 0, 0, 0
	after := map[string]uint64{}
	for round, amount := range []int{1, 10, 100, 600, 1, 300, 50, 900, 2, 2, 150, 150, 150, 1} {
		synced := record(s)
		var appends []eventstore.Append
		for i := range amount {
			group := fmt.Sprint("g", i%5)
			if i%7 == 0 {
				appends = append(appends, events(group, after[group], body, body, body))
				after[group] += 3
			} else {
				appends = append(appends, events(group, after[group], body))
				after[group]++
			}
		}
		for _, err := range s.Write(t.Context(), appends) {
			require.NoError(t, err)
		}
		written += len(body) * sumOf(appends)
		require.GreaterOrEqual(t, blockBytes(t, s), written, "what is acknowledged is in the files")
		now := changes(t, s)
		require.NoError(t, s.Sync(t.Context()))
		fresh := 0
		for path, id := range now {
			if before[path] != id {
				require.True(t, synced[path], "round %d: %s has changed", round, path)
			}
			if before[path] == "" {
				fresh++
				require.True(t, synced[filepath.Dir(path)], "round %d: %s is new", round, path)
			}
		}
		rolled, most = rolled+fresh, max(most, fresh)
		before = now
		if round == 5 {
			time.Sleep(settling + 100*time.Millisecond) // from now on the listing is remembered
		}
	}
	require.Greater(t, rolled, 5, "the test has to begin new blocks")
	require.Greater(t, most, 1, "and several between two syncs")
}

func sumOf(appends []eventstore.Append) int {
	n := 0
	for _, a := range appends {
		n += len(a.Bodies)
	}
	return n
}

// blockBytes gives the size of all blocks.
func blockBytes(t *testing.T, s *Store) int {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.embedded.syncer.stream, messageDir, "*"+blockSuffix))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	size := 0
	for _, path := range paths {
		info, err := os.Stat(path)
		require.NoError(t, err)
		size += int(info.Size())
	}
	return size
}

// TestOpenSyncsAll requires that opening brings to the disk what an earlier process may have left in memory.
func TestOpenSyncsAll(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{})
	write(t, s, "a", 0, "1", "2")
	require.NoError(t, s.Close())
	s = openIn(t, dir, Options{})
	synced := record(s)
	require.NoError(t, s.embedded.syncer.syncTree())
	for path := range changes(t, s) {
		require.True(t, synced[path], path)
		for up := filepath.Dir(path); strings.HasPrefix(up, dir); up = filepath.Dir(up) {
			require.True(t, synced[up], up)
		}
	}
	require.True(t, synced[filepath.Join(dir, formatFile)])
	require.True(t, synced[filepath.Dir(dir)])
}

// TestFailedSync requires that nothing goes on after the disk has failed once.
func TestFailedSync(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{})
	write(t, s, "a", 0, "1")
	broken := errors.New("the disk is broken")
	s.embedded.syncer.fsync = func(string) error { return broken }
	require.NoError(t, s.Write(t.Context(), []eventstore.Append{events("a", 1, "2")})[0])
	require.ErrorIs(t, s.Sync(t.Context()), broken)
	s.embedded.syncer.fsync = syncPath
	require.ErrorIs(t, s.Sync(t.Context()), broken)
	err := s.Write(t.Context(), []eventstore.Append{events("a", 2, "3")})[0]
	require.ErrorIs(t, err, eventstore.ErrNotWritten)
	require.ErrorIs(t, err, broken)
	require.NoError(t, s.Close())
	write(t, openIn(t, dir, Options{}), "a", 2, "3")
}

// TestListing requires that a listing is not remembered while a file could be made without moving the folder's time.
func TestListing(t *testing.T) {
	dir := t.TempDir()
	var l listing
	for n := uint64(1); n <= 300; n++ {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(n, blockSuffix)), nil, 0o644))
		blocks, err := l.blocksIn(dir)
		require.NoError(t, err)
		require.Len(t, blocks, int(n))
		require.Equal(t, n, blocks[n-1])
	}
	require.False(t, l.settled)
	time.Sleep(settling + 50*time.Millisecond)
	_, err := l.blocksIn(dir)
	require.NoError(t, err)
	require.True(t, l.settled)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "301.blk"), nil, 0o644))
	blocks, err := l.blocksIn(dir)
	require.NoError(t, err)
	require.Len(t, blocks, 301)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "new.blk"), nil, 0o644))
	_, err = l.blocksIn(dir)
	require.Error(t, err, "a block that this server does not make")
}

// TestRoom requires that a full disk is refused before the server is asked, and that the store goes on afterwards.
func TestRoom(t *testing.T) {
	s := openIn(t, t.TempDir(), Options{})
	s.embedded.minFree = 1 << 62
	err := s.Write(t.Context(), []eventstore.Append{events("a", 0, "1")})[0]
	require.ErrorIs(t, err, eventstore.ErrNotWritten)
	require.ErrorContains(t, err, "disk is full")
	s.embedded.minFree = 0
	write(t, s, "a", 0, "1")
}

// TestSyncAlong: what is to share the flush comes before the first fsync, when the stream's bytes are on their way; where it fails
// nothing is synced, and a later sync does it.
func TestSyncAlong(t *testing.T) {
	s := openIn(t, t.TempDir(), Options{})
	require.NoError(t, s.Write(t.Context(), []eventstore.Append{events("g", 0, "1")})[0])
	var steps []string
	s.embedded.syncer.begin = func(path string) { steps = append(steps, "begin "+filepath.Base(path)); beginWriting(path) }
	s.embedded.syncer.fsync = func(path string) error { steps = append(steps, "fsync "+filepath.Base(path)); return syncPath(path) }
	along := func(err error) func() error {
		return func() error { steps = append(steps, "along"); return err }
	}
	require.ErrorIs(t, s.SyncAlong(t.Context(), along(syscall.EIO)), syscall.EIO)
	require.Equal(t, []string{"begin 1.blk", "along"}, steps)
	steps = nil
	require.NoError(t, s.SyncAlong(t.Context(), along(nil)))
	require.Equal(t, []string{"begin 1.blk", "along", "fsync 1.blk"}, steps)
}
