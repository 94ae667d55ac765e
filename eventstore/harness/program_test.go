package harness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The program itself, as its users run it.

var programDir string // in which it is built, to be removed at the end

var builtProgram = sync.OnceValues(func() (binary string, err error) {
	if programDir, err = os.MkdirTemp("", "registre-harness-"); err != nil {
		return "", err
	}
	binary = filepath.Join(programDir, "registre")
	if out, err := exec.Command("go", "build", "-o", binary, "registre/cmd/registre").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return binary, nil
})

// ofTheProgram leaves a test out with -short, which the race detector is given: the program is built without the detector, and what it does
// in processes of its own, the step before has seen. Such a test calls this first.
func ofTheProgram(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("drives the program alone, which is built without the race detector")
	}
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := builtProgram()
	require.NoError(t, err)
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+os.TempDir(), "LC_ALL=C") // whatever the machine speaks
	return cmd
}

// ends runs the program to its end and gives its exit and what it says.
func ends(t *testing.T, args ...string) (status int, out string) {
	t.Helper()
	cmd := program(t, args...)
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	err := cmd.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return exit.ExitCode(), both.String()
	}
	require.NoError(t, err)
	return 0, both.String()
}

// does runs the program, which must succeed.
func does(t *testing.T, args ...string) string {
	t.Helper()
	status, out := ends(t, args...)
	require.Zero(t, status, "registre %v: %s", args, out)
	return out
}

// A sample is a register as it stands before it is struck, and everything that it answers.
type sample struct {
	data          string // nobody has closed it
	key           string
	older         string // a backup of when it had half of its events
	kept, receipt string
	groups        []string
	before, now   map[string]string // what was answered in the backup's time, and what is
}

const sampleGroups, sampleEvents = 3, 300

// newSample records, makes a backup, records more, and kills the process that holds the folder.
func newSample(t *testing.T) sample {
	t.Helper()
	dir := t.TempDir()
	s := sample{
		data: filepath.Join(dir, "data"), key: filepath.Join(dir, "key"), older: filepath.Join(dir, "older"),
		kept: filepath.Join(dir, "kept"), receipt: filepath.Join(dir, "receipt"),
	}
	for i := range sampleGroups {
		s.groups = append(s.groups, fmt.Sprint("g", i))
	}
	lines := filepath.Join(dir, "lines")
	require.NoError(t, os.WriteFile(lines, s.lines(true, 0), 0o600))
	does(t, "record", lines, "--data", s.data)
	s.does(t, "add", "kept", "--kind", "minutes")
	s.does(t, "add", "gone", "--kind", "minutes")
	does(t, "backup", s.older, "--data", s.data)
	s.before = s.answers(t, s.data)
	require.NoError(t, os.WriteFile(lines, s.lines(false, sampleEvents/2), 0o600))
	does(t, "record", lines, "--data", s.data)
	s.does(t, "erase", hex.EncodeToString(s.document(t, "gone")), "--reason", "its time is over")
	s.does(t, "add", "new", "--kind", "minutes")
	for n := 1; !s.hasInTail(t, s.newest(n-1)); n++ { // it may be cut into tiles between the answer and the kill
		s.leave(t, lines, s.newest(n))
	}
	closed := filepath.Join(dir, "closed")
	copyFolder(t, closed, s.data)
	s.now = s.answers(t, closed)
	require.NoError(t, os.WriteFile(s.kept, []byte(does(t, "checkpoint", "--data", closed)), 0o600))
	does(t, "receipt", "g0", fmt.Sprint(sampleEvents/2+3), s.receipt, "--data", closed)
	text, err := os.ReadFile(filepath.Join(s.data, "key"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(s.key, text, 0o600))
	return s
}

// document writes a document of a name into a file, and gives its hash.
func (s sample) document(t *testing.T, name string) []byte {
	t.Helper()
	text := bytes.Repeat([]byte("Document "+name+".\n"), 20_000)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(s.data), name), text, 0o600))
	sum := sha256.Sum256(text)
	return sum[:]
}

// does adds or erases a document of the first group.
func (s sample) does(t *testing.T, verb, name string, flags ...string) {
	t.Helper()
	if verb == "add" {
		s.document(t, name)
		name = filepath.Join(filepath.Dir(s.data), name)
	}
	does(t, append([]string{"document", verb, s.groups[0], name, "--data", s.data}, flags...)...)
}

// hasDocuments requires that a folder, or a backup, has the documents that are to be kept, and not a byte of the one that was erased.
func (s sample) hasDocuments(t *testing.T, dir string) {
	t.Helper()
	require.Contains(t, does(t, "document", "verify", "--data", dir), "2 document(s) whole", dir)
	for _, file := range globbed(t, dir, "documents/*/*") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotContains(t, string(text), "Document gone.", file)
	}
}

// newest are members that are recorded last of all.
func (s sample) newest(n int) string { return fmt.Sprintf("Newest %05d", n) }

// hasInTail says whether a text is in the tail of the archive, and not in tiles yet.
func (s sample) hasInTail(t *testing.T, text string) bool {
	t.Helper()
	for _, file := range globbed(t, s.data, "archive/tail/*") {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		if bytes.Contains(content, []byte(text)) {
			return true
		}
	}
	return false
}

// leave records a little through a process that holds the folder, and kills that.
func (s sample) leave(t *testing.T, lines, newest string) {
	t.Helper()
	var text bytes.Buffer
	for i, group := range s.groups {
		fmt.Fprintf(&text, `{"command":"join-member","group":%q,"effective":"2018-01-01","data":{"basis":"law","member":"n%d-%s","name":%q}}`+"\n",
			group, i, strings.ToLower(strings.ReplaceAll(newest, " ", "-")), newest)
	}
	require.NoError(t, os.WriteFile(lines, text.Bytes(), 0o600))
	holder := program(t, "follow", "--data", s.data)
	require.NoError(t, holder.Start())
	socket := filepath.Join(s.data, "socket")
	require.Eventually(t, func() bool { _, err := os.Stat(socket); return err == nil }, time.Minute, 5*time.Millisecond)
	does(t, "record", lines, "--data", s.data)
	require.NoError(t, holder.Process.Kill())
	require.Error(t, holder.Wait())
	require.NoError(t, os.Remove(socket))
}

// lines are half of its commands.
func (s sample) lines(found bool, from int) []byte {
	var lines bytes.Buffer
	for _, group := range s.groups {
		if found {
			fmt.Fprintf(&lines, `{"command":"found-group","group":%q,"effective":"2017-11-06","data":{"name":"ENT","title":"Convention","changes":[{"change":"member-joined","member":"bas-rhin","name":"Bas-Rhin"}]}}`+"\n", group)
		}
	}
	for i := range sampleEvents / 2 {
		for _, group := range s.groups {
			fmt.Fprintf(&lines, `{"command":"join-member","group":%q,"effective":"2018-01-01","data":{"basis":"law","member":"m-%05d","name":"Member %05[2]d"}}`+"\n", group, from+i)
		}
	}
	return lines.Bytes()
}

// answers is everything that a folder answers of each group.
func (s sample) answers(t *testing.T, data string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, group := range s.groups {
		all[group] = does(t, "timeline", group, "--json", "--at", "2030-01-01", "--data", data)
	}
	return all
}

// same requires that the same is answered, and shows where it is not: whole answers are too long to be read.
func same(t *testing.T, want, got map[string]string) {
	t.Helper()
	for group, was := range want {
		is := got[group]
		n := 0
		for n < len(was) && n < len(is) && was[n] == is[n] {
			n++
		}
		if n < len(was) || n < len(is) {
			around := func(text string) string { return text[max(0, n-200):min(len(text), n+200)] }
			t.Fatalf("of %s, %d bytes were answered and not %d; from byte %d on\n%s\nand not\n%s", group, len(is), len(was), n, around(is), around(was))
		}
	}
	require.Len(t, got, len(want))
}

// holds requires that a folder is whole, has every event, and goes on from what it has signed.
func (s sample) holds(t *testing.T, data string) {
	t.Helper()
	does(t, "verify", "--full", "--checkpoint", s.kept, "--data", data)
	same(t, s.now, s.answers(t, data))
	does(t, "verify-receipt", s.receipt, "--data", data)
	s.hasDocuments(t, data)
}

// neverWrong asks everything of a folder that may be damaged: what is answered is what was.
func (s sample) neverWrong(t *testing.T, data string) {
	t.Helper()
	for _, group := range s.groups {
		if status, out := ends(t, "timeline", group, "--json", "--at", "2030-01-01", "--data", data); status == 0 {
			require.Equal(t, s.now[group], out)
		} else {
			require.Contains(t, out, "R0")
		}
	}
}

// copyFolder copies a register folder, or another one.
func copyFolder(t *testing.T, to, from string) {
	t.Helper()
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	if _, err := os.Stat(filepath.Join(to, "key")); err == nil {
		require.NoError(t, os.Chmod(filepath.Join(to, "key"), 0o600)) // which is not copied along
	}
}
