package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// A folder answers the same with snapshots as without, whatever becomes of them; nobody else takes notice of them.
func TestStartFromSnapshots(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	require.NoError(t, fillOrdering(t.Context(), dir, 7, 2, 10_000))
	groups := []string{string(newOrdering(7, 0, 0).group), string(newOrdering(7, 1, 0).group)}
	file := func(group string) string { return filepath.Join(dir, cacheDir, snapshotDir, group) }
	ask := func() (all string) {
		for _, group := range groups {
			for _, known := range []string{"#40", "#300", ""} {
				args := []string{"enrolment", group, "--json", "--at", "2020-11-20", "--by", "member,cycle", "--data", dir}
				if known != "" {
					args = append(args, "--known", known)
				}
				all += ran(t, 0, args...)
			}
		}
		return all + ran(t, 0, "schools", groups[0], "--json", "--at", "2021-01-01", "--data", dir)
	}
	require.NoDirExists(t, filepath.Join(dir, cacheDir))
	answers := ask()
	first, err := os.Stat(file(groups[0]))
	require.NoError(t, err)
	require.Equal(t, answers, ask())
	again, err := os.Stat(file(groups[0]))
	require.NoError(t, err)
	require.True(t, os.SameFile(first, again), "it was read, and not made again")

	torn, err := os.ReadFile(file(groups[0]))
	require.NoError(t, err)
	torn[len(torn)/2] ^= 1
	require.NoError(t, os.WriteFile(file(groups[0]), torn, 0o600))
	require.NoError(t, os.Truncate(file(groups[1]), 1000))
	require.Equal(t, answers, ask())
	mended, err := os.ReadFile(file(groups[0]))
	require.NoError(t, err)
	require.NotEqual(t, torn, mended, "it was made again")
	journal, err := os.ReadFile(filepath.Join(dir, journalFile))
	require.NoError(t, err)
	require.Contains(t, string(journal), "a snapshot is not used")

	ran(t, 0, "doctor", "--data", dir)
	ran(t, 0, "verify", "--data", dir)
	backup := filepath.Join(t.TempDir(), "backup")
	ran(t, 0, "backup", backup, "--data", dir)
	require.NoError(t, filepath.WalkDir(backup, func(path string, _ fs.DirEntry, err error) error {
		require.NotContains(t, path, cacheDir)
		return err
	}))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, cacheDir)))
	require.Equal(t, answers, ask())
}

// TestNationStarts writes the folder that REGISTRE_NATION names, of REGISTRE_NATION_GROUPS groups, where that is not there yet.
func TestNationStarts(t *testing.T) {
	dir := os.Getenv("REGISTRE_NATION")
	if dir == "" {
		t.Skip("REGISTRE_NATION names no folder")
	}
	groups, err := strconv.Atoi(os.Getenv("REGISTRE_NATION_GROUPS"))
	require.NoError(t, err)
	if _, err := os.Stat(dir); err != nil {
		require.NoError(t, fillOrdering(t.Context(), dir, 1, groups, linesOfAStart))
	}
	b := &bench{app: &app{data: dir}}
	for _, what := range []string{startFolding, startSaving, startFolding, startSaved, startFolding, startSaved} {
		r, err := b.startWith(t.Context(), what)
		require.NoError(t, err)
		peak, _ := memory()
		t.Logf("%s: %d events, open %.2f s, answers of all %.2f s, peak so far %.0f MB", what, r.Events, r.Open, r.Read, peak)
	}
	t.Logf("%.1f B a line on the disk", float64(folderSize(filepath.Join(dir, cacheDir)))/float64(groups*linesOfAStart))
}
