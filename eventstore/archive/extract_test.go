package archive_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
	"registre/eventstore/archive"
)

// TestExtract: the files that an extract gives are those of the archive, to the byte, although tiles of hashes are made anew; and
// they are the same when the archive has gone on meanwhile, and has replaced those that were not full.
func TestExtract(t *testing.T) {
	dir, key := t.TempDir(), newKey(t)
	s := openStore(t, dir, key, eventstore.NewMemory(), archive.Options{})
	end := uint64(0)
	grow := func(n int) {
		bodies := make([]string, n)
		for i := range bodies {
			bodies[i] = fmt.Sprint("event ", end+uint64(i))
		}
		write(t, s, "a", end, bodies...)
		write(t, s, "b", end, bodies...)
		end += uint64(n)
	}
	for range 300 {
		grow(1)
	}
	require.NoError(t, s.Cut(t.Context()))
	x, err := archive.NewExtract(dir, "a")
	require.NoError(t, err)
	require.EqualValues(t, 300, x.Group.Size)
	require.EqualValues(t, 600, x.Heads.Size)
	want := map[string]string{}
	for _, folder := range []string{"groups/a", "heads"} {
		err := filepath.WalkDir(filepath.Join(dir, filepath.FromSlash(folder)), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() == "checkpoint" {
				return err
			}
			name, _ := filepath.Rel(dir, path)
			content, err := os.ReadFile(path)
			want[filepath.ToSlash(name)] = string(content)
			return err
		})
		require.NoError(t, err)
	}
	require.Greater(t, len(want), 8)
	for range 3 {
		grow(700)
		require.NoError(t, s.Cut(t.Context()))
	}
	require.Equal(t, want, filesOf(t, x))

	bundle := filepath.Join(dir, "groups", "a", "tile", "entries", "000")
	content, err := os.ReadFile(bundle)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(bundle, bytes.Replace(content, []byte("event 17"), []byte("event 71"), 1), 0o644))
	err = x.WriteGroup(t.Context(), func(uint64, []byte) error { return nil }, func(string, []byte) error { return nil })
	require.ErrorIs(t, err, eventstore.ErrDamaged)
	_, err = archive.NewExtract(dir, "nobody")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// filesOf are the files that an extract gives, and it gives each entry in its turn.
func filesOf(t *testing.T, x *archive.Extract) map[string]string {
	all := map[string]string{}
	into := func(folder string) func(string, []byte) error {
		return func(path string, file []byte) error {
			require.NotContains(t, all, folder+path)
			all[folder+path] = string(file)
			return nil
		}
	}
	next := uint64(0)
	require.NoError(t, x.WriteGroup(t.Context(), func(index uint64, body []byte) error {
		require.Equal(t, next, index)
		require.Equal(t, fmt.Sprint("event ", index), string(body))
		next++
		return nil
	}, into("groups/a/")))
	require.Equal(t, x.Group.Size, next)
	require.NoError(t, x.WriteHeads(t.Context(), func(_ uint64, text []byte) error {
		require.True(t, strings.HasPrefix(string(text), x.Heads.Origin+"/"))
		return nil
	}, into("heads/")))
	return all
}
