package archive

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// syncFS brings to the disk everything of the file system that path lies on, other programs' files included.
func syncFS(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}

// fileSystems gives a path on each of the file systems that paths lie on; none when that is not known.
func fileSystems(paths []string) map[uint64]string {
	systems := map[uint64]string{}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil
		}
		systems[uint64(stat.Dev)] = path
	}
	return systems
}

// syncData brings the bytes of a file to the disk, and of what is known about it only what is needed to read them.
func syncData(f *os.File) error {
	for {
		if err := unix.Fdatasync(int(f.Fd())); err != unix.EINTR { //nolint:errorlint // it is what the system gives
			return err
		}
	}
}

// writeOut has bytes of a file reach the device.
func writeOut(f *os.File, from, size int64) error {
	const through = unix.SYNC_FILE_RANGE_WAIT_BEFORE | unix.SYNC_FILE_RANGE_WRITE | unix.SYNC_FILE_RANGE_WAIT_AFTER
	for {
		if err := unix.SyncFileRange(int(f.Fd()), from, size, through); err != unix.EINTR { //nolint:errorlint // it is what the system gives
			return err
		}
	}
}
