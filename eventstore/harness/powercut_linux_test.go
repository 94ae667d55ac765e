package harness

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

const (
	goingDown  = 0x8004587d // FS_IOC_SHUTDOWN
	noLogFlush = 2          // what the journal still holds in memory is lost too
)

// A disk is an ext4 in a file that can lose its power: the file system is shut down, or where it lies on a device with a cache, that
// loses it.
type disk struct {
	image, mount string
	device       *device // nil for none with a cache
}

// newDisk makes one whose file system is shut down, or skips the test where that cannot be.
func newDisk(t *testing.T) *disk {
	t.Helper()
	d := formatted(t)
	d.begin(t)
	return d
}

// newCachingDisk makes one on a device with a cache, or skips the test where that cannot be.
func newCachingDisk(t *testing.T) *disk {
	t.Helper()
	d := formatted(t)
	d.device, d.image = newDevice(t, d.image)
	d.begin(t)
	return d
}

func formatted(t *testing.T) *disk {
	t.Helper()
	dir := t.TempDir()
	d := &disk{image: filepath.Join(dir, "image"), mount: filepath.Join(dir, "mount")}
	require.NoError(t, os.Mkdir(d.mount, 0o755))
	require.NoError(t, os.WriteFile(d.image, nil, 0o600))
	require.NoError(t, os.Truncate(d.image, 2<<30))
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", d.image).CombinedOutput(); err != nil {
		t.Skipf("no power can be cut here: mkfs.ext4: %v: %s", err, out)
	}
	return d
}

func (d *disk) begin(t *testing.T) {
	t.Helper()
	if err := d.on(); err != nil {
		t.Skipf("no power can be cut here: %v", err)
	}
	t.Cleanup(func() { _ = d.off() })
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return &os.PathError{Op: name, Path: strings.Join(args, " "), Err: os.NewSyscallError(string(bytes.TrimSpace(out)), err)}
	}
	return nil
}

func (d *disk) on() error {
	if d.device != nil {
		d.device.back()
	}
	return run("mount", "-t", "ext4", "-o", "loop", d.image, d.mount)
}

// off takes it away once nobody uses it any more.
func (d *disk) off() (err error) {
	for range 50 {
		if err = run("umount", d.mount); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// cut takes the power away beneath whoever is on it.
func (d *disk) cut(t *testing.T) {
	t.Helper()
	if d.device != nil {
		require.NoError(t, d.device.lose())
		return
	}
	f, err := os.Open(d.mount)
	require.NoError(t, err)
	defer f.Close()
	flag := uint32(noLogFlush)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), goingDown, uintptr(unsafe.Pointer(&flag)))
	require.Zero(t, errno, "%v", errno)
}

// run lets a process record for a while and cuts the power: first it is frozen, or it would go on answering from what the
// kernel still holds. What it had said before stays in the pipe.
func (d *disk) run(t *testing.T, way string, cutAfter int64, beforeOff ...func()) *child {
	t.Helper()
	c := start(t, d.mount, way, cutAfter)
	c.wait(t, 400*time.Millisecond, way == earnest)
	require.NoError(t, c.cmd.Process.Signal(syscall.SIGSTOP))
	stopped(t, c)
	d.cut(t)
	c.kill(t)
	for _, f := range beforeOff {
		f()
	}
	require.NoError(t, d.off())
	require.NoError(t, d.on())
	return c
}

// stopped waits until every thread of a process stands still.
func stopped(t *testing.T, c *child) {
	t.Helper()
	var status syscall.WaitStatus
	got, err := syscall.Wait4(c.cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
	require.NoError(t, err)
	require.Equal(t, c.cmd.Process.Pid, got)
	require.True(t, status.Stopped(), "the child ended before its power was cut: %s", c.errors.String())
}

// TestPowerCut cuts the power beneath a recording process again and again: nothing that was answered is missing, nor is
// anything of a plain file.
func TestPowerCut(t *testing.T) { powerCuts(t, newDisk) }

// TestCacheLost does the same on a device with a cache, which a flush empties to what survives, and a cut to nothing.
func TestCacheLost(t *testing.T) { powerCuts(t, newCachingDisk) }

func powerCuts(t *testing.T, newDisk func(t *testing.T) *disk) {
	t.Helper()
	var all tally
	plain, written, flushes := 0, 0, 0
	for left := *cuts; left > 0; left -= aLife {
		d, m := newDisk(t), newMemory()
		var control []string
		for range min(left, aLife) {
			c := d.run(t, earnest, cutAfter())
			control = append(control, c.control...)
			d.checkControl(t, control)
			at := d.mount
			if rand.IntN(2) == 0 {
				at = copied(t, d.mount)
			}
			m.hold(t, at, c, cutAfter(), at != d.mount)
			if at != d.mount {
				require.NoError(t, os.RemoveAll(at))
			}
		}
		all.add(m)
		plain += len(control)
		require.NoError(t, d.off())
		if d.device == nil {
			require.NoError(t, os.Remove(d.image))
			continue
		}
		w, f := d.device.counts()
		written, flushes = written+w, flushes+f
		require.NotZero(t, f)
	}
	require.NotZero(t, plain)
	all.report(t, "cuts", *cuts)
	t.Logf("%d plain lines, all of which are there; a device with a cache was written to %d times, and flushed %d times", plain, written, flushes)
}

// checkControl requires that the plain file lost nothing.
func (d *disk) checkControl(t *testing.T, said []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.mount, "control"))
	if len(said) > 0 {
		require.NoError(t, err)
	}
	kept := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		kept[strings.TrimSpace(line)] = true
	}
	for i, id := range said {
		require.True(t, kept[id], "a plain write and fsync was lost, line %d of %d: the cut lies", i+1, len(said))
	}
}

// made makes the folder on a disk in peace.
func (d *disk) made(t *testing.T) {
	t.Helper()
	h, err := open(t.Context(), d.mount, earnest, 0)
	require.NoError(t, err)
	require.NoError(t, h.store.Close())
}

// TestPowerCutSeesLoss: the same, with a process that answers without a sync, must lose something.
func TestPowerCutSeesLoss(t *testing.T) {
	missing, all, unreadable := 0, 0, 0
	for i := 0; i < 5 && missing == 0; i++ {
		d := newDisk(t) // a new one: what has lost its tail is not what the next process should begin with
		d.made(t)
		c := d.run(t, unsaved, 0)
		d.checkControl(t, c.control)
		lost, ok := loss(t, d.mount, c.answered)
		if !ok {
			unreadable++
		}
		missing, all = missing+lost, all+len(c.answered)
	}
	require.NotZero(t, missing, "of %d that were answered without a sync none is missing: the test sees no loss", all)
	t.Logf("the control without syncs lost %d of %d; %d of the folders could not be read any more", missing, all, unreadable)
}

// TestPowerCutSeesUnsyncedStream: with a process that syncs the archive alone, the stream must lose something. The archive
// gives it back.
func TestPowerCutSeesUnsyncedStream(t *testing.T) {
	missing, all := 0, 0
	for i := 0; i < 5 && missing == 0; i++ {
		d := newDisk(t)
		d.made(t)
		c := d.run(t, unstream, 0)
		lost, _ := loss(t, copied(t, d.mount), c.answered)
		missing, all = missing+lost, all+len(c.answered)
		newMemory().hold(t, d.mount, c, 0, false)
	}
	require.NotZero(t, missing, "of %d that were answered without a sync of the stream none is missing there: the test sees no loss", all)
	t.Logf("the stream that was not synced lost %d of %d; they came back from the archive", missing, all)
}

// TestPowerCutSeesUnsyncedTail: with a tail that a sync does not bring to the disk, since it lies in memory, checkpoints
// must have been given out that the log of heads knows nothing of afterwards.
func TestPowerCutSeesUnsyncedTail(t *testing.T) {
	strange, all := 0, 0
	for i := 0; i < 5 && strange == 0; i++ {
		d := newDisk(t)
		d.made(t)
		tail := filepath.Join(d.mount, "registers", "archive", "tail")
		require.NoError(t, run("mount", "-t", "tmpfs", "tmpfs", tail))
		off := func() { _ = run("umount", tail) }
		t.Cleanup(off)
		c := d.run(t, earnest, 0, off)
		given := d.given(t, c)
		strange, all = strange+inconsistent(t, d.mount, publicKey(t, d.mount), given), all+len(given)
	}
	require.NotZero(t, strange, "of %d checkpoints of a tail that was not synced the log of heads goes on from all: the test sees no loss", all)
	t.Logf("the archive whose tail was not synced had signed %d checkpoints, and knows nothing of %d", all, strange)
}

// given gives the checkpoints of a child's receipts, whose commands must be there.
func (d *disk) given(t *testing.T, c *child) map[archive.Checkpoint]bool {
	t.Helper()
	f := look(t, d.mount, 0)
	require.Zero(t, f.missing(c.answered), "they are in the stream")
	given := map[archive.Checkpoint]bool{}
	for _, r := range c.receipts {
		parsed, err := archive.ParseReceipt(r.text)
		require.NoError(t, err)
		at, err := archive.UnverifiedCheckpoint(parsed.Signed)
		require.NoError(t, err)
		given[at] = true
	}
	return given
}

// TestCacheLostSeesLateTail: where the tail reaches the device only behind the flush that was to be for both copies, checkpoints must
// have been given out that the log of heads knows nothing of afterwards.
func TestCacheLostSeesLateTail(t *testing.T) {
	strange, all := 0, 0
	for i := 0; i < 100 && strange == 0; i++ { // about one cut in ten falls between an answer and the next flush
		d := newCachingDisk(t)
		d.made(t)
		c := d.run(t, late, 0)
		given := d.given(t, c)
		strange, all = strange+inconsistent(t, d.mount, publicKey(t, d.mount), given), all+len(given)
	}
	require.NotZero(t, strange, "of %d checkpoints of a tail that was late the log of heads goes on from all: the test sees no loss", all)
	t.Logf("the archive whose tail was late had signed %d checkpoints, and knows nothing of %d", all, strange)
}

// loss counts what was answered and is not in the stream, of a folder that need not be sound.
func loss(t *testing.T, dir string, answered []uuid.UUID) (lost int, readable bool) {
	t.Helper()
	store, err := jetstream.Open(t.Context(), filepath.Join(dir, "registers"), jetstream.Options{MinFree: 1 << 20})
	if err != nil {
		return len(answered), false
	}
	defer func() { _ = store.Close() }()
	f := found{commands: map[uuid.UUID]bool{}}
	readable = true
	for r, err := range store.ReadAll(t.Context()) {
		if err != nil {
			return f.missing(answered), false
		}
		e, err := eventstore.Decode(r.Body)
		readable = readable && err == nil && e.Number == r.Number
		f.commands[e.Command] = true
	}
	return f.missing(answered), readable
}
