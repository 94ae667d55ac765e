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
	"registre/eventstore/jetstream"
)

const (
	goingDown  = 0x8004587d // FS_IOC_SHUTDOWN
	noLogFlush = 2          // what the journal still holds in memory is lost too
)

// A disk is an ext4 in a file that can lose its power.
type disk struct{ image, mount string }

// newDisk makes one, or skips the test where that cannot be.
func newDisk(t *testing.T) *disk {
	t.Helper()
	dir := t.TempDir()
	d := &disk{image: filepath.Join(dir, "image"), mount: filepath.Join(dir, "mount")}
	require.NoError(t, os.Mkdir(d.mount, 0o755))
	require.NoError(t, os.WriteFile(d.image, nil, 0o600))
	require.NoError(t, os.Truncate(d.image, 2<<30))
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", d.image).CombinedOutput(); err != nil {
		t.Skipf("no power can be cut here: mkfs.ext4: %v: %s", err, out)
	}
	if err := d.on(); err != nil {
		t.Skipf("no power can be cut here: %v", err)
	}
	t.Cleanup(func() { _ = d.off() })
	return d
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return &os.PathError{Op: name, Path: strings.Join(args, " "), Err: os.NewSyscallError(string(bytes.TrimSpace(out)), err)}
	}
	return nil
}

func (d *disk) on() error { return run("mount", "-t", "ext4", "-o", "loop", d.image, d.mount) }

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
	f, err := os.Open(d.mount)
	require.NoError(t, err)
	defer f.Close()
	flag := uint32(noLogFlush)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), goingDown, uintptr(unsafe.Pointer(&flag)))
	require.Zero(t, errno, "%v", errno)
}

// run lets a process record for a while and cuts the power: first it is frozen, or it would go on answering from what the
// kernel still holds. What it had said before stays in the pipe.
func (d *disk) run(t *testing.T, way string) (answered []uuid.UUID, control []string) {
	t.Helper()
	c := start(t, d.mount, way)
	time.Sleep(time.Duration(rand.IntN(400_000)) * time.Microsecond)
	require.NoError(t, c.cmd.Process.Signal(syscall.SIGSTOP))
	stopped(t, c.cmd.Process.Pid)
	d.cut(t)
	c.kill(t)
	require.NoError(t, d.off())
	require.NoError(t, d.on())
	return c.answered, c.control
}

// stopped waits until every thread of a process stands still.
func stopped(t *testing.T, pid int) {
	t.Helper()
	var status syscall.WaitStatus
	got, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil)
	require.NoError(t, err)
	require.Equal(t, pid, got)
	require.True(t, status.Stopped(), "the child ended before its power was cut")
}

// TestPowerCut cuts the power beneath a recording process again and again: nothing that was answered is missing, nor is
// anything of a plain file.
func TestPowerCut(t *testing.T) {
	d := newDisk(t)
	var answered []uuid.UUID
	var control []string
	var f found
	for range *cuts {
		a, c := d.run(t, earnest)
		answered, control = append(answered, a...), append(control, c...)
		d.checkControl(t, control)
		f = look(t, d.mount)
		require.Zero(t, f.missing(answered), "of %d that were answered", len(answered))
	}
	require.NotZero(t, f.several)
	require.NotEmpty(t, control)
	files := blocks(t, d.mount)
	require.True(t, *cuts < 30 || files > 1, "no block was ever full")
	t.Logf("%d cuts: %d commands answered, %d there, %d of them of several events, %d events in %d blocks; %d plain lines; 0 missing, 0 twice",
		*cuts, len(answered), len(f.commands), f.several, f.events, files, len(control))
}

// checkControl requires that the plain file lost nothing.
func (d *disk) checkControl(t *testing.T, said []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.mount, "control"))
	require.NoError(t, err)
	kept := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		kept[strings.TrimSpace(line)] = true
	}
	for _, id := range said {
		require.True(t, kept[id], "a plain write and fsync was lost: the cut lies")
	}
}

// blocks counts the files that hold the stream's messages.
func blocks(t *testing.T, dir string) (n int) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".blk") && strings.Contains(path, "msgs") {
			n++
		}
		return err
	}))
	return n
}

// TestPowerCutSeesLoss: the same, with a process that answers without a sync, must lose something.
func TestPowerCutSeesLoss(t *testing.T) {
	missing, all, unreadable := 0, 0, 0
	for range min(*cuts, 5) {
		d := newDisk(t) // a new one: what has lost its tail is not what the next process should begin with
		answered, control := d.run(t, unsaved)
		d.checkControl(t, control)
		lost, ok := loss(t, d.mount, answered)
		if !ok {
			unreadable++
		}
		missing, all = missing+lost, all+len(answered)
	}
	require.NotZero(t, missing, "of %d that were answered without a sync none is missing: the test sees no loss", all)
	t.Logf("the control without syncs lost %d of %d; %d of the folders could not be read any more", missing, all, unreadable)
}

// loss counts what was answered and is not there, in a folder that need not be sound.
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
