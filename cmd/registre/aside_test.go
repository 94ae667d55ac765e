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

// TestBuildAsideKeepsSettings: settings that stand in a folder stay, whatever becomes of what is built, or of whoever builds it.
func TestBuildAsideKeepsSettings(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	settings := filepath.Join(data, configFile)
	require.NoError(t, os.Mkdir(data, 0o755))
	require.NoError(t, os.WriteFile(settings, []byte("listen: x\n"), 0o600))
	stand := func(whole bool) {
		t.Helper()
		text, err := os.ReadFile(settings)
		require.NoError(t, err)
		require.Equal(t, "listen: x\n", string(text))
		_, err = os.Stat(filepath.Join(data, "format"))
		require.Equal(t, whole, err == nil)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1, "a part is left")
	}
	making := func(part string) error { return os.WriteFile(filepath.Join(part, "format"), nil, 0o644) }

	require.ErrorContains(t, buildAside(data, func(string) error { return errors.New("no") }), "no")
	stand(false)

	stranger := filepath.Join(data, "stranger")
	require.Error(t, buildAside(data, func(part string) error { return errors.Join(making(part), os.WriteFile(stranger, nil, 0o644)) }))
	require.NoError(t, os.Remove(stranger))
	stand(false)

	// It is killed as the folder gives way to the part that has the settings by then.
	for _, gone := range []bool{false, true} {
		left := filepath.Join(dir, "data.part-17")
		require.NoError(t, os.Mkdir(left, 0o755))
		require.NoError(t, making(left))
		require.NoError(t, os.Rename(settings, filepath.Join(left, configFile)))
		if gone {
			require.NoError(t, os.Remove(data))
		}
		require.ErrorContains(t, buildAside(data, func(string) error { require.FileExists(t, settings); return errors.New("no") }), "no")
		stand(false)
	}

	// Those that somebody wrote anew meanwhile count.
	left := filepath.Join(dir, "data.part-18")
	require.NoError(t, os.Mkdir(left, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(left, configFile), []byte("listen: y\n"), 0o600))
	require.NoError(t, buildAside(data, making))
	stand(true)
	require.Error(t, buildAside(data, making), "it holds a register")
	stand(true)
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
