package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A tracing runs the program under ptrace and stops it at the door of every system call that changes something in a folder: that is a
// step. At the step that is to be its last it is killed, before the kernel has done it.
type tracing struct {
	dir   string // the folder
	last  int    // the step at which it is killed, counted from 1; 0 for never
	pid   int
	met   map[int]bool // threads
	steps []string     // what each was about to do, and to what
}

// changes are the system calls that change files, each with the places of its paths among the arguments; of the others the first
// argument is an open file.
var changes = map[uint64]struct {
	name  string
	paths []int
}{
	unix.SYS_OPENAT: {"open", []int{1}}, unix.SYS_MKDIRAT: {"mkdir", []int{1}}, unix.SYS_UNLINKAT: {"unlink", []int{1}},
	unix.SYS_RENAMEAT: {"rename", []int{1, 3}}, unix.SYS_RENAMEAT2: {"rename", []int{1, 3}}, unix.SYS_FCHMODAT: {"chmod", []int{1}},
	unix.SYS_WRITE: {"write", nil}, unix.SYS_PWRITE64: {"write", nil}, unix.SYS_FSYNC: {"fsync", nil}, unix.SYS_FDATASYNC: {"fsync", nil},
	unix.SYS_FTRUNCATE: {"truncate", nil}, unix.SYS_FCHMOD: {"chmod", nil}, unix.SYS_COPY_FILE_RANGE: {"copy", nil}, unix.SYS_SYNCFS: {"syncfs", nil},
}

// struck runs the program to its end, or to its last step; it says whether it was killed, and which steps there were.
func struck(t *testing.T, dir, data string, last int, args ...string) (killed bool, steps []string) {
	t.Helper()
	runtime.LockOSThread() // only the thread that traces may
	defer runtime.UnlockOSThread()
	cmd := exec.Command("registre", args...)
	cmd.Dir = dir
	var out bytes.Buffer
	file, err := os.CreateTemp(t.TempDir(), "out")
	require.NoError(t, err)
	defer file.Close()
	cmd.Stdout, cmd.Stderr = file, file // no goroutine of ours is to be waited for
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		t.Skipf("processes cannot be traced here: %v", err)
	}
	s := &tracing{dir: filepath.Join(dir, data), last: last, pid: cmd.Process.Pid, met: map[int]bool{cmd.Process.Pid: true}}
	status := s.run(t)
	_ = cmd.Process.Release()
	text, _ := os.ReadFile(file.Name())
	out.Write(text)
	if !status.Signaled() {
		require.Zero(t, status.ExitStatus(), "%v: %s", args, &out)
	}
	return status.Signaled(), s.steps
}

func (s *tracing) run(t *testing.T) unix.WaitStatus {
	t.Helper()
	var status unix.WaitStatus
	_, err := unix.Wait4(s.pid, &status, unix.WALL, nil)
	require.NoError(t, err)
	require.NoError(t, unix.PtraceSetOptions(s.pid, unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_EXITKILL))
	require.NoError(t, unix.PtraceSyscall(s.pid, 0))
	for {
		thread, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		if err == unix.EINTR {
			continue
		}
		require.NoError(t, err)
		switch {
		case status.Exited() || status.Signaled():
			if thread == s.pid {
				return status
			}
			continue
		case !status.Stopped():
			continue
		}
		_ = unix.PtraceSyscall(thread, s.stopped(thread, status)) // it may have been killed meanwhile
	}
}

// stopped looks why a thread has stopped, and gives the signal with which it goes on.
func (s *tracing) stopped(thread int, status unix.WaitStatus) (signal int) {
	stop := status.StopSignal()
	switch {
	case stop == unix.SIGTRAP|0x80:
		if step := s.step(thread); step != "" {
			s.steps = append(s.steps, step)
			if len(s.steps) == s.last {
				_ = unix.Kill(s.pid, unix.SIGKILL)
			}
		}
		return 0
	case stop == unix.SIGTRAP, stop == unix.SIGSTOP && !s.met[thread]:
		s.met[thread] = true
		return 0
	}
	return int(stop)
}

// systemCall is what the kernel says of one: struct ptrace_syscall_info.
type systemCall struct {
	Op     uint8
	_      [3]uint8
	Arch   uint32
	IP, SP uint64
	Number uint64
	Args   [6]uint64
}

// step says what a thread is about to do to the folder; "" for nothing, or where it has done it.
func (s *tracing) step(thread int) string {
	const getSyscallInfo, atEntry = 0x420e, 1
	var info systemCall
	n, _, _ := unix.RawSyscall6(unix.SYS_PTRACE, getSyscallInfo, uintptr(thread), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	call, ok := changes[info.Number]
	if n == 0 || info.Op != atEntry || !ok || info.Number == unix.SYS_OPENAT && info.Args[2]&(unix.O_CREAT|unix.O_TRUNC) == 0 {
		return ""
	}
	if len(call.paths) == 0 {
		path, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", s.pid, info.Args[0]))
		if path, ok := s.within(path); ok {
			return call.name + " " + path
		}
		return ""
	}
	var said []string
	for _, i := range call.paths {
		if path, ok := s.within(s.text(info.Args[i])); ok {
			said = append(said, path)
		}
	}
	if len(said) == 0 {
		return ""
	}
	return call.name + " " + strings.Join(said, " ")
}

// text reads a string of the process.
func (s *tracing) text(address uint64) string {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", s.pid))
	if err != nil {
		return ""
	}
	defer mem.Close()
	b := make([]byte, 4096)
	n, _ := mem.ReadAt(b[:4096-address%4096], int64(address)) // the rest of the page, and the next one where it is there
	if bytes.IndexByte(b[:n], 0) < 0 {
		more, _ := mem.ReadAt(b[n:], int64(address)+int64(n))
		n += more
	}
	text, _, _ := bytes.Cut(b[:n], []byte{0})
	return string(text)
}

// within is a path as it is named from the folder, if it is in it.
func (s *tracing) within(path string) (string, bool) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(s.dir), path)
	}
	path, err := filepath.Rel(s.dir, path)
	return filepath.ToSlash(path), err == nil && path != ".." && !strings.HasPrefix(path, "../")
}

// atSteps are the steps at which a verb is to be killed: each that concerns what fits, and some of the others.
func atSteps(steps []string, some int, fits func(step string) bool) (at []int) {
	var others []int
	for i, step := range steps {
		if fits(step) {
			at = append(at, i+1)
		} else {
			others = append(others, i+1)
		}
	}
	for i := range min(some, len(others)) {
		at = append(at, others[i*len(others)/min(some, len(others))])
	}
	slices.Sort(at)
	return at
}

// TestStruck: the trace sees every step of a program that is known, and kills it before the one that is named.
func TestStruck(t *testing.T) {
	oneByOne(t)
	dir := begun(t, whatIsBought)
	args := []string{"people", "name", "p-1", "Somebody", "--data", "registre-data"}
	killed, steps := struck(t, dir, "registre-data", 0, args...)
	require.False(t, killed)
	require.Equal(t, []string{
		"open people.lock", "unlink people.json~", "unlink people.json~", "open people.json~", "write people.json~", "chmod people.json~", "fsync people.json~", "rename people.json~ people.json", "fsync .",
	}, steps)
	killed, again := struck(t, dir, "registre-data", 8, append(args[:3:3], "Another", "--data", "registre-data")...)
	require.True(t, killed)
	require.Equal(t, steps[:8], again)
	require.FileExists(t, filepath.Join(dir, "registre-data", peopleTemp))
	require.Contains(t, does(t, dir, "people", "list"), "Somebody")
}
