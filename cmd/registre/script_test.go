package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore/jetstream"
)

func TestMain(m *testing.M) {
	testscript.Main(plainTests{m}, ownPrograms)
}

// ownPrograms are what tests can run as programs.
var ownPrograms = map[string]func(){"registre": main, "holdlock": holdLock, "natsserver": natsServer, "vacantserver": vacantServer}

// plainTests are the tests, run as by somebody who has set nothing that the program goes by: whatever the machine speaks.
type plainTests struct{ *testing.M }

func (m plainTests) Run() int {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if name == "LANG" || strings.HasPrefix(name, "LC_") || strings.HasPrefix(name, "REGISTRE_") && !slices.Contains(meantForTests, name) {
			_ = os.Unsetenv(name)
		}
	}
	return m.M.Run()
}

// meantForTests are variables of the tests themselves.
var meantForTests = []string{"REGISTRE_FILL", "REGISTRE_NATION", "REGISTRE_NATION_GROUPS"}

// lastsStill is how long a day must still last when what is asked of today is compared with what was asked before.
const lastsStill = 4 * time.Minute

// onOneDay waits, shortly before midnight in Paris, until it has passed: what is asked of today twice is then asked of one day.
func onOneDay() {
	now := time.Now()
	midnight := domain.EndOfDay(domain.InstantOf(now).Day()).Time()
	if left := midnight.Sub(now); left < lastsStill {
		time.Sleep(left + time.Second)
	}
}

// holdLock holds a file's lock and answers nobody.
func holdLock() {
	lock := flock.New(os.Args[1])
	if ok, err := lock.TryLock(); !ok {
		fmt.Fprintln(os.Stderr, "not locked:", err)
		os.Exit(1)
	}
	fmt.Println("held")
	_ = os.WriteFile(os.Args[2], nil, 0o600)
	time.Sleep(time.Hour)   // or until it is killed
	runtime.KeepAlive(lock) // which a collection would close, and so let go
}

// natsServer runs a server on a folder that others can reach, and writes its address into a file.
func natsServer() {
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := jetstream.Open(context.Background(), os.Args[1], jetstream.Options{Create: true, Listen: os.Args[2]})
	if err == nil {
		err = os.WriteFile(os.Args[3], []byte(s.URL()), 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	<-interrupted.Done()
	_ = s.Close()
}

// vacantServer runs a server as somebody else would, without any stream, and writes its address into a file.
func vacantServer() {
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, SyncAlways: true, StoreDir: os.Args[1], NoSigs: true, NoLog: true})
	if err == nil {
		s.Start()
		if !s.ReadyForConnections(time.Minute) {
			err = context.DeadlineExceeded
		}
	}
	if err == nil {
		err = os.WriteFile(os.Args[2], []byte(s.ClientURL()), 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	<-interrupted.Done()
	s.Shutdown()
}

// oneByOne leaves a test out with -short, which the race detector is given: it does one thing after the other.
func oneByOne(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after the other")
	}
}

// isAlone: the script runs one program after the other, and none beside another. With -short, which the race detector is given, such
// a script is left out.
func isAlone(script string) bool {
	text, err := os.ReadFile(script)
	return err == nil && !besideOthers.Match(text)
}

var besideOthers = regexp.MustCompile(`(?m)^exec .*&(\w+&)?$`)

func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(scripts), 10, "the scripts are not where they were looked for")
	if testing.Short() {
		scripts = slices.DeleteFunc(scripts, isAlone)
		require.GreaterOrEqual(t, len(scripts), 6)
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":    exits,
			"generate": generate,
			"await":    await,
			"lines":    countLines,
			"eventof":  eventOf,
			"flipbit":  flipBit,
			"port":     freePort,
			"copydir":  copyDir,
			"listens":  listens,
			"policy":   writePolicy,
			"setenv":   setEnv,
			"unpack":   unpackScript,
			"resum":    resumScript,

			"edit":       editFile,
			"reproduces": reproduces,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			onOneDay()
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home")) // nobody may write into the one that there is otherwise, or everybody does
			return nil
		},
	})
}

// exits runs a command and checks its exit status: exits 3 registre record file
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS command…")
	}
	status := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		status = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

const founding = `{"command":"found-group","group":"ent","effective":"2017-11-06","data":{"name":"ENT","title":%s}}`

// generate writes a file that no archive of texts can hold.
func generate(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	switch args[0] {
	case "long": // a line of 10 MB, then a good one
		fmt.Fprintf(&b, founding+"\n", `"`+strings.Repeat("x", 10<<20)+`"`)
		fmt.Fprintf(&b, founding+"\n", `"Convention"`)
	case "nul":
		fmt.Fprintf(&b, founding+"\n", "\"a\x00b\"")
	case "nested":
		fmt.Fprintf(&b, founding+"\n", strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000))
	case "latin1":
		fmt.Fprintf(&b, founding+"\n", "\"Conv\xe9\"")
	case "bom": // with the ends of lines of Windows
		fmt.Fprintf(&b, "\ufeff"+founding+"\r\n\r\n", `"Convention"`)
	case "cut":
		b.WriteString(founding[:40])
	default:
		ts.Fatalf("generate: what is %q?", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}

// untilGivenUp is how long something is waited for that comes at once, but on a machine that has much else to do.
const untilGivenUp = 3 * time.Minute

// await waits until a file is there, and where a text is given until it holds it.
func await(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(untilGivenUp); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if info, serr := os.Stat(ts.MkAbs(args[0])); len(args) == 1 && (err == nil || serr == nil && !info.Mode().IsRegular()) {
			return
		}
		if err == nil && len(args) > 1 && strings.Contains(string(text), args[1]) {
			return
		}
	}
	ts.Fatalf("%s did not come", strings.Join(args, " "))
}

// countLines checks how many lines the last command's output has: lines stdout 3
func countLines(ts *testscript.TestScript, _ bool, args []string) {
	if n := strings.Count(ts.ReadFile(args[0]), "\n"); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s has %d lines, not %s", args[0], n, args[1])
	}
}

// eventOf takes the event out of an answer of "show": eventof answer file
func eventOf(ts *testscript.TestScript, _ bool, args []string) {
	var answer struct{ Event json.RawMessage }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &answer))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), answer.Event, 0o644))
}

// setEnv sets a variable to what a file holds: setenv NAME file
func setEnv(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], ts.ReadFile(args[1]))
}

// flipBit flips one bit of a file: flipbit file bit
func flipBit(ts *testscript.TestScript, _ bool, args []string) {
	content, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	bit, err := strconv.Atoi(args[1])
	ts.Check(err)
	content[bit/8] ^= 1 << (bit % 8)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o644))
}
