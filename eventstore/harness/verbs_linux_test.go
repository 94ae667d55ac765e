package harness

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

var (
	verbKills = flag.Int("harness.verbkills", 1, "how often TestVerbKill kills each of the verbs that mend, copy and restore")
	verbCuts  = flag.Int("harness.verbcuts", 1, "how often TestVerbPowerCut cuts the power beneath each of them")
)

// A struckVerb is a verb of the program that is struck in its midst.
type struckVerb struct {
	name    string
	prepare func(t *testing.T, s sample, dir string)
	args    func(s sample, dir string) []string
	between func(t *testing.T, s sample, dir string) bool // requires what must hold of whatever was left; whether it is done
	done    func(t *testing.T, s sample, dir string)      // requires that all is as it should be
}

func data(dir string) string { return filepath.Join(dir, "data") }

// struckVerbs are repairs of all kinds, a first backup and one that grows, and a restoration.
func struckVerbs() []struckVerb {
	repair := func(name string, damage func(t *testing.T, dir string)) struckVerb {
		return struckVerb{
			name: "repair of " + name,
			prepare: func(t *testing.T, s sample, dir string) {
				copyFolder(t, data(dir), s.data)
				damage(t, data(dir))
			},
			args: func(_ sample, dir string) []string { return []string{"repair", "--data", data(dir)} },
			between: func(t *testing.T, s sample, dir string) bool {
				if rand.IntN(2) == 0 {
					s.neverWrong(t, data(dir))
				}
				return false
			},
			done: func(t *testing.T, s sample, dir string) { s.holds(t, data(dir)) },
		}
	}
	backup := func(name string, older bool) struckVerb {
		return struckVerb{
			name: "backup, " + name,
			prepare: func(t *testing.T, s sample, dir string) {
				copyFolder(t, data(dir), s.data)
				if older {
					copyFolder(t, filepath.Join(dir, "copy"), s.older)
				}
			},
			args: func(_ sample, dir string) []string {
				return []string{"backup", filepath.Join(dir, "copy"), "--data", data(dir)}
			},
			between: func(t *testing.T, s sample, dir string) bool { s.copyRestores(t, dir, older); return false },
			done: func(t *testing.T, s sample, dir string) {
				s.hasDocuments(t, filepath.Join(dir, "copy"))
				s.restored(t, dir, s.now)
				s.holds(t, data(dir))
			},
		}
	}
	return []struckVerb{
		repair("events in both copies", damageBoth), repair("the stream", loseStream), repair("a group's log and the tail", loseLogs),
		backup("the first", false), backup("one that grows", true), restore(),
	}
}

func restore() struckVerb {
	return struckVerb{
		name: "restore",
		prepare: func(t *testing.T, s sample, dir string) {
			copyFolder(t, filepath.Join(dir, "from"), s.data)
			does(t, "backup", filepath.Join(dir, "copy"), "--data", filepath.Join(dir, "from"))
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "from")))
		},
		args: func(s sample, dir string) []string {
			return []string{"restore", filepath.Join(dir, "copy"), "--data", data(dir), "--key", s.key}
		},
		between: func(t *testing.T, s sample, dir string) bool {
			_, err := os.Stat(data(dir))
			return err == nil // then it must be whole
		},
		done: func(t *testing.T, s sample, dir string) {
			s.holds(t, data(dir))
			left, err := filepath.Glob(data(dir) + ".part-*")
			require.NoError(t, err)
			require.Empty(t, left, "what was killed is still there")
		},
	}
}

// damageBoth damages another event in each copy, in the stream and in the tiles, and the checkpoint of a third group.
func damageBoth(t *testing.T, dir string) {
	t.Helper()
	damageText(t, "Member 00017", globbed(t, dir, "jetstream/*/streams/*/msgs/*.blk"))
	damageText(t, "Member 00030", globbed(t, dir, "archive/groups/g1/tile/entries/*", "archive/groups/g1/tile/entries/*/*"))
	checkpoint := filepath.Join(dir, "archive/groups/g2/checkpoint")
	require.NoError(t, os.WriteFile(checkpoint, []byte("nothing"), 0o644))
}

// loseStream takes the stream away.
func loseStream(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "jetstream")))
}

// loseLogs takes a group's tiles away, and overwrites a part of the tail.
func loseLogs(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "archive/groups/g0/tile")))
	damageText(t, "Newest ", globbed(t, dir, "archive/tail/*"))
}

func globbed(t *testing.T, dir string, patterns ...string) (all []string) {
	t.Helper()
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		all = append(all, found...)
	}
	require.NotEmpty(t, all, patterns)
	return all
}

// damageText overwrites a text, and what is around it, in the file that has it.
func damageText(t *testing.T, what string, files []string) {
	t.Helper()
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			continue // a folder
		}
		if at := bytes.Index(content, []byte(what)); at >= 0 {
			copy(content[at-20:], bytes.Repeat([]byte("?"), 40))
			require.NoError(t, os.WriteFile(file, content, 0o644))
			return
		}
	}
	t.Fatalf("no %q in %v", what, files)
}

// restored requires that the backup can be restored, and answers so.
func (s sample) restored(t *testing.T, dir string, answers map[string]string) {
	t.Helper()
	at := filepath.Join(t.TempDir(), "restored")
	does(t, "restore", filepath.Join(dir, "copy"), "--data", at, "--key", s.key)
	does(t, "verify", "--full", "--data", at)
	same(t, answers, s.answers(t, at))
}

// copyRestores requires of a backup that was cut short that it is none yet, or the whole one of before, or is whole.
func (s sample) copyRestores(t *testing.T, dir string, older bool) {
	t.Helper()
	at := filepath.Join(t.TempDir(), "restored")
	status, out := ends(t, "restore", filepath.Join(dir, "copy"), "--data", at, "--key", s.key)
	if status == 4 { // its archive is of now, and its documents are not yet
		require.Contains(t, out, "lacking")
		same(t, s.now, s.answers(t, at))
		return
	}
	if status != 0 {
		require.False(t, older, "the backup of before is no backup any more: %s", out)
		require.Contains(t, out, "R0")
		require.NoDirExists(t, at)
		return
	}
	does(t, "verify", "--full", "--data", at)
	if answers := s.answers(t, at); !older || answers["g0"] != s.before["g0"] {
		same(t, s.now, answers)
	} else {
		same(t, s.before, answers)
	}
}

// A struckRun is how a run of a verb ended.
type struckRun struct {
	ended bool // by itself, before it was struck
	cmd   *struckProcess
}

type struckProcess struct {
	pid  int
	gone chan error
}

// begin runs a verb until a moment to strike has come: after so many changes of names, or after a while, or when it has ended.
func begin(t *testing.T, v struckVerb, s sample, dir string, changes int, while time.Duration) struckRun {
	t.Helper()
	w := watchTree(t, dir)
	defer w.close()
	cmd := program(t, v.args(s, dir)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Start())
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	timer := time.NewTimer(while)
	defer timer.Stop()
	for {
		select {
		case err := <-gone:
			require.NoError(t, err, "%s: %s", v.name, &said)
			return struckRun{ended: true}
		case <-timer.C:
			return struckRun{cmd: &struckProcess{cmd.Process.Pid, gone}}
		case <-w.events:
			if changes--; changes == 0 {
				return struckRun{cmd: &struckProcess{cmd.Process.Pid, gone}}
			}
		}
	}
}

// kill kills it, and says whether it had ended well before that.
func (p *struckProcess) kill() (ended bool) {
	_ = syscall.Kill(p.pid, syscall.SIGKILL)
	return <-p.gone == nil
}

// measured is how many changes of names a verb makes, and how long it takes.
func measured(t *testing.T, v struckVerb, s sample) (changes int, took time.Duration) {
	t.Helper()
	dir := t.TempDir()
	v.prepare(t, s, dir)
	w := watchTree(t, dir)
	start := time.Now()
	does(t, v.args(s, dir)...)
	took = time.Since(start)
	changes = len(w.events)
	w.close()
	require.NotZero(t, changes)
	v.done(t, s, dir)
	return changes, took
}

// moment draws when to strike: at any time, right after the end, or, half of the time, at a change of names.
func moment(n, changes int, took time.Duration) (int, time.Duration) {
	switch n % 4 {
	case 1:
		return 1 << 30, rand.N(took)
	case 3:
		return 1 << 30, time.Hour
	default:
		return 1 + rand.IntN(changes), time.Hour
	}
}

// TestVerbKill kills repair, backup and restore in their midst: run again they finish, nothing is worse than before, and what is
// half made is not taken for whole.
func TestVerbKill(t *testing.T) {
	ofTheProgram(t)
	s := newSample(t)
	for _, v := range struckVerbs() {
		t.Run(v.name, func(t *testing.T) {
			changes, took := measured(t, v, s)
			struck := 0
			for range *verbKills {
				dir := t.TempDir()
				v.prepare(t, s, dir)
				for range 1 + rand.IntN(2) {
					r := begin(t, v, s, dir, 1+rand.IntN(changes), took+rand.N(took))
					if r.ended {
						break
					}
					if r.cmd.kill() {
						break
					}
					struck++
					if v.between(t, s, dir) {
						break
					}
				}
				v.finish(t, s, dir)
				require.NoError(t, os.RemoveAll(dir))
			}
			t.Logf("%d times struck, in the midst of %d changes of names", struck, changes)
		})
	}
}

// finish runs a verb again, and requires that all is as it should be.
func (v struckVerb) finish(t *testing.T, s sample, dir string) {
	t.Helper()
	if _, err := os.Stat(data(dir)); err != nil || v.name != "restore" {
		does(t, v.args(s, dir)...)
	}
	v.done(t, s, dir)
}

// TestVerbPowerCut cuts the power beneath them, in their midst and at their end: what they have said to be done is done.
func TestVerbPowerCut(t *testing.T) {
	ofTheProgram(t)
	s := newSample(t)
	for _, v := range struckVerbs() {
		t.Run(v.name, func(t *testing.T) {
			changes, took := measured(t, v, s)
			d, struck, ended := newDisk(t), 0, 0
			for i := range *verbCuts {
				dir := filepath.Join(d.mount, fmt.Sprint(i))
				require.NoError(t, os.Mkdir(dir, 0o755))
				v.prepare(t, s, dir)
				unix.Sync()
				at, while := moment(i, changes, took)
				r := begin(t, v, s, dir, at, while)
				if d.strike(t, r) {
					ended++
					v.done(t, s, dir)
				} else {
					struck++
					v.between(t, s, dir)
					v.finish(t, s, dir)
				}
				require.NoError(t, os.RemoveAll(dir))
			}
			t.Logf("%d times struck in the midst of %d changes of names, %d times at the end", struck, changes, ended)
		})
	}
}

// strike freezes who still runs, cuts the power, and gives it back. It says whether he had ended before that.
func (d *disk) strike(t *testing.T, r struckRun) (ended bool) {
	t.Helper()
	ended = r.ended || syscall.Kill(r.cmd.pid, syscall.SIGSTOP) != nil
	time.Sleep(2 * time.Millisecond)
	d.cut(t)
	if !r.ended {
		ended = r.cmd.kill() || ended
	}
	require.NoError(t, d.off())
	require.NoError(t, d.on())
	return ended
}
