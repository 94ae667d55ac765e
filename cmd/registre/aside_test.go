package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBuildAside: what was left of a try that was killed goes with the next one; what somebody is building, and what is no part of
// this folder, stays.
func TestBuildAside(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	left, others := filepath.Join(dir, "data.part-123"), []string{"data.part-", "data.part-mine", "other.part-1"}
	require.NoError(t, os.MkdirAll(filepath.Join(left, "archive"), 0o755))
	for _, name := range others {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	require.ErrorContains(t, buildAside(filepath.Join(dir, "beside"), func(string) error { // of a folder with another name
		require.DirExists(t, left)
		return buildAside(data, func(part string) error {
			require.NoDirExists(t, left)
			require.NoError(t, os.MkdirAll(filepath.Join(left, "archive"), 0o755))
			sweepParts(dir, "data", fs.FileMode.IsDir)
			require.DirExists(t, part)
			return errors.New("no")
		})
	}), "no")
	require.NoDirExists(t, data)
	require.NoError(t, buildAside(data, func(part string) error {
		require.NoDirExists(t, left)
		sweepParts(dir, "data", fs.FileMode.IsDir)
		require.DirExists(t, part, "it is being built")
		return os.WriteFile(filepath.Join(part, "format"), nil, 0o644)
	}))
	require.FileExists(t, filepath.Join(data, "format"))
	require.Error(t, buildAside(data, func(string) error { return nil }), "it holds something")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, len(others)+1)
}

// TestReplaceFileSweeps: what a killed output left of a file goes with the next one of that file, unless somebody is writing there.
func TestReplaceFileSweeps(t *testing.T) {
	dir := t.TempDir()
	file, left := filepath.Join(dir, "e.zip"), filepath.Join(dir, ".e.zip.part-17")
	others := []string{".e.zip.part-", ".e.zip.part-a1", "e.zip.part-1", ".other.zip.part-1"}
	for _, name := range append(others, filepath.Base(left)) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	nothing := func(io.Writer) error { return nil }
	require.NoError(t, replaceFile(file, false, func(io.Writer) error {
		require.NoFileExists(t, left)
		require.NoError(t, os.WriteFile(left, nil, 0o600))
		require.NoError(t, replaceFile(file, false, nothing)) // beside one that is being written
		require.NoFileExists(t, left)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, len(others)+2, "what is being written stays")
		return nil
	}))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, len(others)+1)
}
