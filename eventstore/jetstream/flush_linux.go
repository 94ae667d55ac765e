package jetstream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"registre/eventstore/atmost"
)

// How ext4 is mounted, as /proc/fs/ext4/DEVICE/options tells: one option a line, those that were not asked for as well.
const flushOption = "barrier" // fsync has the device flushed

// What keeps a flush from being shared: that bytes which are written over in place go to the journal first, that the journal is committed
// in another way than the one that was read (fast_commit is told by the second name), or that there is no page cache.
var otherWays = []string{"data=journal", "fast_commit", "fc_debug_force", "journal_async_commit", "dax", "dax=always", "dax=inode"}

// journalledFile is the flag of a file, or a folder for what is made in it, whose bytes go to the journal first (chattr +j).
const journalledFile = 0x4000

var errNotKnown = errors.New("it is not known of this file system that a flush can be shared")

// flushes is nil where the fsync of a regular file in one folder has the device flush all that it was given before, whoever gave it, and
// what was written over in place in a file of the other folder is among that once sync_file_range has waited for it. It is known of
// ext4 on one device, mounted in the usual ways; where anything is otherwise, or cannot be seen, the error says so.
func flushes(dir, other string) error {
	var a, b unix.Stat_t
	if err := errors.Join(unix.Stat(dir, &a), unix.Stat(other, &b)); err != nil {
		return err
	}
	if a.Dev != b.Dev {
		return fmt.Errorf("%w: there are two", errNotKnown)
	}
	f, err := os.Open(other)
	if err != nil {
		return err
	}
	defer f.Close()
	var fs unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &fs); err != nil {
		return err
	}
	if fs.Type != unix.EXT4_SUPER_MAGIC {
		return fmt.Errorf("%w: it is no ext4", errNotKnown)
	}
	flags, err := unix.IoctlGetUint32(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err != nil || flags&journalledFile != 0 {
		return errors.Join(errNotKnown, err)
	}
	if err := flushOptions(a.Dev); err != nil {
		return err
	}
	return unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WAIT_BEFORE|unix.SYNC_FILE_RANGE_WRITE|unix.SYNC_FILE_RANGE_WAIT_AFTER)
}

// flushOptions is nil where the ext4 on a device is mounted in such a way.
// maxOptions is how many bytes of a filesystem's options are read.
const maxOptions = 64 << 10

func flushOptions(dev uint64) error {
	link, err := os.Readlink(fmt.Sprintf("/sys/dev/block/%d:%d", unix.Major(dev), unix.Minor(dev)))
	if err != nil {
		return err
	}
	device := filepath.Base(link)
	text, err := atmost.File(filepath.Join("/proc/fs/ext4", device, "options"), maxOptions)
	if err != nil {
		return err
	}
	options := strings.Split(string(text), "\n")
	if err := goodOptions(options); err != nil {
		return err
	}
	if !slices.ContainsFunc(options, func(o string) bool { return strings.HasPrefix(o, "data=") }) {
		return flushesUnjournalled()
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/fs/jbd2/%s-%d", device, journalInode)); err != nil {
		return fmt.Errorf("%w: its journal is not its own: %w", errNotKnown, err)
	}
	return nil
}

// journalInode is where ext4 has its journal. With one on another device a commit can leave out the flush of this one that
// jbd2_trans_will_send_data_barrier has promised.
const journalInode = 8

// flushesUnjournalled is nil where a kernel's ext4 without a journal flushes at every fsync. Before 6.5 it did not for a file whose
// size and place were on their way already (ext4_fsync_nojournal).
func flushesUnjournalled() error {
	var system unix.Utsname
	if err := unix.Uname(&system); err != nil {
		return err
	}
	return goodRelease(unix.ByteSliceToString(system.Release[:]))
}

func goodRelease(release string) error {
	var major, minor int
	if _, err := fmt.Sscanf(release, "%d.%d", &major, &minor); err != nil || major < 6 || major == 6 && minor < 5 {
		return fmt.Errorf("%w: no journal on Linux %s", errNotKnown, release)
	}
	return nil
}

func goodOptions(options []string) error {
	for _, other := range otherWays {
		if slices.Contains(options, other) {
			return fmt.Errorf("%w: %s", errNotKnown, other)
		}
	}
	if !slices.Contains(options, flushOption) {
		return fmt.Errorf("%w: without %s", errNotKnown, flushOption)
	}
	return nil
}
