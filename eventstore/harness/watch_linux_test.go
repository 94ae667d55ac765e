package harness

import (
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A watch counts what becomes of the names in a folder and those below it: made, renamed, removed. What a folder goes through
// that was made meanwhile is counted as far as the watch is quick enough.
type watch struct {
	events chan struct{} // one for each
	file   *os.File
}

const watched = unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO

// watchTree begins to watch.
func watchTree(t *testing.T, root string) *watch {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	require.NoError(t, err)
	w := &watch{events: make(chan struct{}, 1<<20), file: os.NewFile(uintptr(fd), "inotify")}
	folders := map[uint32]string{}
	add := func(dir string) {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return nil // it has gone again
			}
			if number, err := unix.InotifyAddWatch(fd, path, watched); err == nil {
				folders[uint32(number)] = path
			}
			return nil
		})
	}
	add(root)
	require.NotEmpty(t, folders)
	go w.listen(folders, add)
	return w
}

func (w *watch) listen(folders map[uint32]string, add func(dir string)) {
	defer close(w.events)
	b := make([]byte, 1<<16)
	for {
		n, err := w.file.Read(b)
		if err != nil {
			return
		}
		for at := 0; at+unix.SizeofInotifyEvent <= n; {
			e := b[at:]
			length := int(binary.NativeEndian.Uint32(e[12:]))
			name := strings.TrimRight(string(e[unix.SizeofInotifyEvent:][:length]), "\x00")
			mask := binary.NativeEndian.Uint32(e[4:])
			if mask&unix.IN_ISDIR != 0 && mask&(unix.IN_CREATE|unix.IN_MOVED_TO) != 0 {
				add(filepath.Join(folders[binary.NativeEndian.Uint32(e)], name))
			}
			if mask&watched != 0 {
				w.events <- struct{}{}
			}
			at += unix.SizeofInotifyEvent + length
		}
	}
}

func (w *watch) close() { _ = w.file.Close() }
