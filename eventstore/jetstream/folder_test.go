package jetstream

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

func TestFolderRules(t *testing.T) {
	file := func(name, text string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
	}
	empty := func(t *testing.T, dir string) { require.NoError(t, os.MkdirAll(dir, 0o755)) }
	nothing := func(*testing.T, string) {}
	tests := []struct {
		name   string
		before func(t *testing.T, dir string)
		plain  error // when opened without Create
		create error // when opened with it
	}{
		{"no folder", nothing, ErrNoFolder, nil},
		{"an empty folder", empty, ErrNoFolder, nil},
		{"a fresh file system", file("lost+found/x", ""), ErrNoFolder, nil},
		{"only a lock", file(lockFile, ""), ErrNoFolder, nil},
		{"cut short before the mark", file(makingFile+tempSuffix, ""), ErrNoFolder, nil},
		{"cut short after the mark", file(makingFile, ""), ErrHalfMade, nil},
		{"only settings", file(SettingsFile, "listen: 127.0.0.1:1\n"), ErrNoFolder, nil},
		{"settings of another name", file("registre.yml", ""), ErrForeign, ErrForeign},
		{"something else", file("letter.txt", "dear"), ErrForeign, ErrForeign},
		{"another server's store", file("jetstream/x", ""), ErrForeign, ErrForeign},
		{"a newer format", file(formatFile, "registre 2\n"), ErrNewer, ErrNewer},
		{"another's format", file(formatFile, "tlog 1\n"), ErrForeign, ErrForeign},
		{"a format not quite ours", file(formatFile, "registre 01\n"), ErrForeign, ErrForeign},
		{"an empty format", file(formatFile, ""), ErrForeign, ErrForeign},
		{"a format, and no stream", file(formatFile, "registre 1\n"), eventstore.ErrDamaged, eventstore.ErrDamaged},
		{"a file", func(t *testing.T, dir string) { require.NoError(t, os.WriteFile(dir, nil, 0o644)) }, ErrForeign, ErrForeign},
	}
	for _, test := range tests {
		for create, want := range map[bool]error{false: test.plain, true: test.create} {
			t.Run(test.name, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "registers")
				test.before(t, dir)
				before := tree(t, dir)
				s, err := Open(context.Background(), dir, Options{Create: create})
				if want == nil {
					require.NoError(t, err)
					require.NoError(t, s.Close())
					openIn(t, dir, Options{})
					return
				}
				require.ErrorIs(t, err, want)
				if want != eventstore.ErrDamaged {
					require.Equal(t, before, tree(t, dir), "nothing was touched")
				}
			})
		}
	}
}

func tree(t *testing.T, dir string) []string {
	t.Helper()
	var paths []string
	require.NoError(t, filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		paths = append(paths, path)
		return err
	}))
	return paths
}

func TestFolderLayout(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, openIn(t, dir, Options{}).Close())
	names, err := entries(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"confirmed", "format", "intent", "jetstream", "lock"}, names)
	text, err := os.ReadFile(filepath.Join(dir, formatFile))
	require.NoError(t, err)
	require.Equal(t, "registre 1\n", string(text))
}

func TestFolderLocked(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{})
	_, err := Open(context.Background(), dir, Options{})
	require.ErrorIs(t, err, ErrLocked)
	require.NoError(t, s.Close())
	openIn(t, dir, Options{})
}

// TestFolderCutShort stops the making of a folder before its format is written: what was made is made again.
func TestFolderCutShort(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{})
	write(t, s, "a", 0, "an event that nobody was promised")
	require.NoError(t, s.Close())
	require.NoError(t, os.Remove(filepath.Join(dir, formatFile)))
	_, err := Open(context.Background(), dir, Options{Create: true})
	require.ErrorIs(t, err, ErrForeign, "without the mark nothing is removed")
	require.NoError(t, os.WriteFile(filepath.Join(dir, makingFile), nil, 0o644))
	_, err = Open(context.Background(), dir, Options{})
	require.ErrorIs(t, err, ErrHalfMade)
	s = openIn(t, dir, Options{})
	heads, err := s.Heads(t.Context())
	require.NoError(t, err)
	require.Empty(t, heads)
	require.NoFileExists(t, filepath.Join(dir, makingFile))
}

func TestFolderSweeps(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, openIn(t, dir, Options{}).Close())
	left := filepath.Join(dir, "format"+tempSuffix)
	require.NoError(t, os.WriteFile(left, nil, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, makingFile), nil, 0o644))
	openIn(t, dir, Options{})
	require.NoFileExists(t, left)
	require.NoFileExists(t, filepath.Join(dir, makingFile))
}

// write appends one event to a register and syncs.
func write(t testing.TB, s *Store, group string, after uint64, bodies ...string) {
	t.Helper()
	for _, err := range s.Write(t.Context(), []eventstore.Append{events(group, after, bodies...)}) {
		require.NoError(t, err)
	}
	require.NoError(t, s.Sync(t.Context()))
}
