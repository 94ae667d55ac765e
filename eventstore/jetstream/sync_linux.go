package jetstream

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncFS brings to the disk everything of the file system that dir lies on, other programs' files included.
func syncFS(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}

// beginWriting has the kernel begin to write a file out, and does not wait. That it could not be begun is no error: the sync that
// follows writes it out too.
func beginWriting(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
	_ = f.Close()
}

// freeSpace gives the bytes that this process can still write to the file system of dir.
func freeSpace(dir string) (uint64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, err
	}
	return stat.Bavail * uint64(stat.Bsize), nil
}
