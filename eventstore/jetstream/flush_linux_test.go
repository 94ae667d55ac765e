package jetstream

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestFlushOptions: a flush is shared only on a mount of which it is known.
func TestFlushOptions(t *testing.T) {
	usual := []string{"rw", "bsddf", "delalloc", flushOption, "data=ordered", "commit=5"}
	require.NoError(t, goodOptions(usual))
	for _, other := range otherWays {
		require.ErrorIs(t, goodOptions(append(slices.Clone(usual), other)), errNotKnown, other)
	}
	require.ErrorIs(t, goodOptions([]string{"rw", "nobarrier", "data=ordered"}), errNotKnown)
	require.ErrorIs(t, goodOptions(nil), errNotKnown)
	for release, good := range map[string]bool{
		"6.5.0": true, "6.18.44-fc-v595": true, "7.0": true, "10.1.2": true,
		"6.4.16-generic": false, "5.15.0": false, "": false, "next": false,
	} {
		require.Equal(t, good, goodRelease(release) == nil, release)
	}
}

// TestFlushes: a flush is shared within one file system of a kind that is known for it, and only where this store syncs itself.
func TestFlushes(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{})
	var fs unix.Statfs_t
	require.NoError(t, unix.Statfs(dir, &fs))
	require.False(t, s.Flushes("/proc"), "another file system")
	require.False(t, s.Flushes(filepath.Join(dir, "nothing")))
	if fs.Type != unix.EXT4_SUPER_MAGIC || flushes(dir, dir) != nil {
		require.False(t, s.Flushes(dir))
		t.Skip("no flush is shared here")
	}
	require.True(t, s.Flushes(dir))
	for _, way := range []syncWay{bySyncFS, bySyncAlways, byBatch} {
		s.embedded.syncer.way = way
		require.False(t, s.Flushes(dir), way)
	}
	s.embedded.syncer.way = bySyncFiles
}

// TestFlushesMounted: what the kernel tells of file systems that are really mounted so.
func TestFlushesMounted(t *testing.T) {
	for _, way := range []struct {
		name, made, mounted string
		flag                bool // the folder's files go to the journal first
		want                bool
	}{
		{"journal", "", "", false, true},
		{"no journal", "^has_journal", "", false, flushesUnjournalled() == nil},
		{"journal elsewhere", elsewhere, "", false, false},
		{"data=journal", "", "data=journal", false, false},
		{"chattr +j", "", "", true, false},
		{"no barrier", "", "nobarrier", false, false},
		{"async commit", "", "data=writeback,journal_async_commit", false, false},
		{"fast commit", "fast_commit", "", false, false},
	} {
		t.Run(way.name, func(t *testing.T) {
			dir := mounted(t, way.made, way.mounted, way.flag)
			msgs, tail := filepath.Join(dir, "msgs"), filepath.Join(dir, "tail")
			if err := flushes(msgs, tail); way.want {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, errNotKnown)
			}
			require.ErrorIs(t, flushes(t.TempDir(), tail), errNotKnown, "two devices")
		})
	}
}

const elsewhere = "a journal on another device"

// journalDevice makes a device for a journal.
func journalDevice(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Truncate(path, 16<<20))
	name, err := exec.Command("losetup", "-f", "--show", path).Output()
	if err != nil {
		t.Skipf("losetup: %v", err)
	}
	device := strings.TrimSpace(string(name))
	t.Cleanup(func() { require.NoError(t, exec.Command("losetup", "-d", device).Run()) })
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", "-b", "4096", "-O", "journal_dev", device).CombinedOutput(); err != nil {
		t.Skipf("mkfs.ext4: %v: %s", err, out)
	}
	return device
}

// mounted gives a folder on an ext4 of its own with two folders in it, the second journalled or not; or skips the test.
func mounted(t *testing.T, made, with string, journalled bool) string {
	t.Helper()
	image, dir := filepath.Join(t.TempDir(), "image"), t.TempDir()
	require.NoError(t, os.WriteFile(image, nil, 0o600))
	require.NoError(t, os.Truncate(image, 64<<20))
	as := []string{"-O", cmp.Or(made, "has_journal")}
	if made == elsewhere {
		as = []string{"-J", "device=" + journalDevice(t)}
	}
	steps := [][]string{
		append(append([]string{"mkfs.ext4", "-q", "-F", "-b", "4096"}, as...), image),
		{"debugfs", "-w", "-R", "mkdir msgs", image},
		{"debugfs", "-w", "-R", "mkdir tail", image},
		{"mount", "-t", "ext4", "-o", strings.Trim("loop,"+with, ","), image, dir},
	}
	if journalled {
		steps = slices.Insert(steps, 3, []string{"debugfs", "-w", "-R", fmt.Sprintf("set_inode_field tail flags %#x", 0x80000|journalledFile), image})
	}
	for _, step := range steps {
		if out, err := exec.Command(step[0], step[1:]...).CombinedOutput(); err != nil {
			t.Skipf("%v: %v: %s", step, err, out)
		}
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", dir).Run()) })
	return dir
}
