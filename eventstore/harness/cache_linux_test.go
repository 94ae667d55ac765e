package harness

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"github.com/stretchr/testify/require"
)

const (
	sector    = 512
	imageName = "image"
)

// A device is a disk with a volatile cache, as one file that a loop device lies on. What is written to it is kept in the cache until
// the file is synced, which is how a loop device passes a flush on. Without power the cache loses its sectors, each or about
// half of them, and nothing can be read or written.
type device struct {
	fs.Inode
	size int64

	mu               sync.Mutex
	kept             *os.File         // what survives
	cached           map[int64][]byte // sectors that are newer, by their number
	off              bool
	written, flushes int
}

// newDevice makes one of a file, and gives the path where it is to be used; or skips the test where that cannot be.
func newDevice(t *testing.T, path string) (d *device, at string) {
	t.Helper()
	kept, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = kept.Close() })
	stat, err := kept.Stat()
	require.NoError(t, err)
	d = &device{size: stat.Size(), kept: kept, cached: map[int64][]byte{}}
	dir := t.TempDir()
	server, err := fs.Mount(dir, &deviceFolder{device: d}, &fs.Options{MountOptions: fuse.MountOptions{DirectMount: true, MaxWrite: 512 << 10}})
	if err != nil {
		t.Skipf("no device can be made here: %v", err)
	}
	t.Cleanup(func() { _ = server.Unmount() })
	return d, filepath.Join(dir, imageName)
}

// A deviceFolder holds the file.
type deviceFolder struct {
	fs.Inode
	device *device
}

func (f *deviceFolder) OnAdd(ctx context.Context) {
	f.AddChild(imageName, f.NewPersistentInode(ctx, f.device, fs.StableAttr{Mode: fuse.S_IFREG}), true)
}

func (d *device) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode, out.Size = fuse.S_IFREG|0o600, uint64(d.size)
	return 0
}

func (d *device) Setattr(ctx context.Context, f fs.FileHandle, _ *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	return d.Getattr(ctx, f, out)
}

func (d *device) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_DIRECT_IO, 0 // the cache is ours alone
}

func (d *device) Read(_ context.Context, _ fs.FileHandle, dest []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off || at%sector != 0 || len(dest)%sector != 0 {
		return nil, syscall.EIO
	}
	n, err := d.kept.ReadAt(dest, at)
	if err != nil && err != io.EOF {
		return nil, syscall.EIO
	}
	for i := 0; i < n; i += sector {
		if newer := d.cached[(at+int64(i))/sector]; newer != nil {
			copy(dest[i:], newer)
		}
	}
	return fuse.ReadResultData(dest[:n]), 0
}

func (d *device) Write(_ context.Context, _ fs.FileHandle, b []byte, at int64) (uint32, syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off || at%sector != 0 || len(b)%sector != 0 {
		return 0, syscall.EIO
	}
	for i := 0; i < len(b); i += sector {
		d.cached[(at+int64(i))/sector] = append([]byte(nil), b[i:i+sector]...)
	}
	d.written++
	return uint32(len(b)), 0
}

// Fsync flushes the cache.
func (d *device) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off || d.keep(1) != nil {
		return syscall.EIO
	}
	d.flushes++
	return 0
}

// counts gives how often it was written to and flushed.
func (d *device) counts() (written, flushes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.written, d.flushes
}

// keep has a share of the sectors in the cache survive, drawn, and empties it.
func (d *device) keep(share float64) error {
	for number, b := range d.cached {
		if rand.Float64() >= share {
			continue
		}
		if _, err := d.kept.WriteAt(b, number*sector); err != nil {
			return err
		}
	}
	clear(d.cached)
	return nil
}

// lose takes the power away; none of what was in the cache survives, or about half.
func (d *device) lose() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
	return d.keep([]float64{0, 0.5}[rand.IntN(2)])
}

// back gives the power back.
func (d *device) back() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = false
}

// TestDevice: what was flushed survives, and of what was not there is never anything but whole sectors.
func TestDevice(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	require.NoError(t, os.WriteFile(plain, make([]byte, 1<<20), 0o600))
	d, path := newDevice(t, plain)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	fill := func(c byte) []byte {
		b := make([]byte, 64<<10)
		for i := range b {
			b[i] = c
		}
		return b
	}
	lost := map[byte]bool{}
	for round := range byte(20) {
		_, err = f.WriteAt(fill(2*round+1), 0)
		require.NoError(t, err)
		require.NoError(t, f.Sync())
		_, err = f.WriteAt(fill(2*round+2), 0)
		require.NoError(t, err)
		require.NoError(t, d.lose())
		got := make([]byte, 64<<10)
		_, err = f.ReadAt(got, 0)
		require.Error(t, err)
		require.Error(t, f.Sync())
		d.back()
		_, err = f.ReadAt(got, 0)
		require.NoError(t, err)
		for i := 0; i < len(got); i += sector {
			for _, c := range got[i : i+sector] {
				require.Equal(t, got[i], c)
			}
			require.Contains(t, []byte{2*round + 1, 2*round + 2}, got[i])
			lost[got[i]-2*round] = true
		}
	}
	require.Len(t, lost, 2, "half a cache survives at times")
}
