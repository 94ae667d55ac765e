package main

import (
	"bufio"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/eventstore/jetstream"
)

// A halt is a named pipe in the place of a file: whoever opens that waits until it is lifted.
type halt struct {
	path, text string // what is read there
	mode       int
}

// haltAt halts whoever reads the file, or, where it is one to which lines are added, whoever writes it.
func haltAt(t *testing.T, path string, writes bool) *halt {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.RemoveAll(path))
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	h := &halt{path: path, mode: os.O_WRONLY}
	if writes {
		h.mode = os.O_RDONLY
	}
	t.Cleanup(h.lift)
	return h
}

// lift lets those who wait go on; others find no such file any more.
func (h *halt) lift() {
	pipe, err := os.OpenFile(h.path, h.mode|syscall.O_NONBLOCK, 0)
	if err != nil {
		return // nobody waits, or it was lifted
	}
	_ = os.Remove(h.path)
	if h.mode == os.O_RDONLY {
		go func() { _, _ = bufio.NewReader(pipe).ReadString('\n'); _ = pipe.Close() }()
		return
	}
	_, _ = pipe.WriteString(h.text)
	_ = pipe.Close()
}

// works waits until a process holds the folder, and says that it is at work.
func (v *verbRun) works(t *testing.T, data string) {
	t.Helper()
	require.Eventually(t, func() bool {
		if lockHolder(filepath.Join(data, "lock")) != v.cmd.Process.Pid {
			return false
		}
		r, err := dial(t.Context(), data)
		_ = r.Close()
		return isAtWork(err)
	}, untilGivenUp, 5*time.Millisecond, &v.errs)
}

// damagedFolder is a folder of which the archive lacks a file that the stream can give back.
func damagedFolder(t *testing.T, data string) {
	t.Helper()
	var tiles []string
	require.NoError(t, filepath.WalkDir(filepath.Join(data, archiveDir, "groups"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.Contains(path, filepath.Join("tile", "entries")) {
			tiles = append(tiles, path)
		}
		return err
	}))
	require.NotEmpty(t, tiles)
	require.NoError(t, os.Remove(slices.Min(tiles)))
}

// TestServeWaitsForWork: a server waits for a verb that works on the folder as long as that lives, and says for what; others are told
// so after a while. A repair ends first, even between two openings of the folder; it can be killed.
func TestServeWaitsForWork(t *testing.T) {
	oneByOne(t)
	for _, killed := range []bool{false, true} {
		data := groupsJoined(t, 1)
		follower := startVerb(t, "follow", "--json", "--data", data)
		follower.holds(t, data)
		damagedFolder(t, data)
		halt := haltAt(t, filepath.Join(data, journalFile), true)
		repair := startVerb(t, "repair", "--data", data, "--lang", "en")
		repair.works(t, data) // whoever followed has given way to it
		require.True(t, jetstream.Claimed(data), "between two openings somebody else could take the folder up")
		s := startVerb(t, "serve", "--listen", "127.0.0.1:0", "--lang", "en", "--data", data)
		if !killed {
			asks := startVerb(t, "groups", "--data", data, "--lang", "fr")
			require.Error(t, <-asks.ended)
			require.Regexp(t, `« registre repair » tient ce dossier depuis 20.*T.* \(1\ds, 100 %\), et finit d'abord\..*\[R0049\]`, asks.errs.String())
			time.Sleep(patience + time.Second) // longer than a server waits for who does not answer
		}
		require.Eventually(t, func() bool { return strings.Contains(s.errs.String(), `"verb":"registre repair"`) }, untilGivenUp, 5*time.Millisecond)
		require.Empty(t, s.ended)
		require.Empty(t, repair.ended)
		if killed {
			require.NoError(t, repair.cmd.Process.Kill())
			<-repair.ended
			halt.lift() // a server keeps the same journal
		} else {
			halt.lift()
			require.NoError(t, <-repair.ended, &repair.errs)
			require.Contains(t, repair.out.String(), "mended")
		}
		serves(t, s)
		require.Equal(t, s.cmd.Process.Pid, lockHolder(filepath.Join(data, "lock")))
		require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, <-s.ended, &s.errs)
		require.Empty(t, follower.ended, "%s", &follower.errs)
		follower.interrupt(t)
		out, exit := command(t, filepath.Dir(data), "repair", "--data", data)
		require.Zero(t, exit, out)
		out, exit = command(t, filepath.Dir(data), "verify", "--full", "--data", data)
		require.Zero(t, exit, out)
	}
}

// TestReadersGiveWay: who only reads a folder lets a server have it, and asks that; where the server is killed, it holds the folder again.
func TestReadersGiveWay(t *testing.T) {
	oneByOne(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, verb := range []string{"verify --full --json", "replay --all --json"} {
		data := groupsJoined(t, 1)
		want, _ := command(t, filepath.Dir(data), append(strings.Fields(verb), "--data", data)...)
		for _, killed := range []bool{false, true} {
			halt := haltAt(t, notesFor(filepath.Join(data, archiveDir)), false)
			reads := startVerb(t, append(strings.Fields(verb), "--data", data)...)
			reads.works(t, data)
			s := startVerb(t, "serve", "--listen", "127.0.0.1:0", "--lang", "en", "--data", data)
			require.Eventually(t, func() bool { return strings.Contains(s.errs.String(), "gives way") }, untilGivenUp, 5*time.Millisecond)
			if killed {
				require.NoError(t, s.cmd.Process.Kill())
				<-s.ended
			}
			halt.lift()
			<-reads.ended
			require.Equal(t, ofEveryHolder(want), ofEveryHolder(reads.out.String()), "%s: %s", verb, &reads.errs)
			if !killed {
				serves(t, s)
				require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
				require.NoError(t, <-s.ended, &s.errs)
			}
		}
	}
}

// ofEveryHolder leaves out of an answer what differs from one who gives it to the other: when it was made, and that a replay of files alone
// leaves the stream out.
func ofEveryHolder(answer string) string {
	return regexp.MustCompile(`"replayed":"[^"]*"|"stream":"[^"]*"`).ReplaceAllString(answer, "")
}

// TestOpeningIsTold: a folder that takes long to open is one that somebody works on.
func TestOpeningIsTold(t *testing.T) {
	oneByOne(t)
	data := groupsJoined(t, 1)
	halt := haltAt(t, filepath.Join(data, "policy"), false)
	halt.text = "quorum none\n"
	opens := startVerb(t, "groups", "--data", data)
	opens.works(t, data)
	s := startVerb(t, "serve", "--listen", "127.0.0.1:0", "--lang", "en", "--data", data)
	require.Eventually(t, func() bool { return strings.Contains(s.errs.String(), `"verb":"registre groups"`) }, untilGivenUp, 5*time.Millisecond)
	halt.lift()
	require.NoError(t, <-opens.ended, &opens.errs)
	serves(t, s)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, <-s.ended, &s.errs)
}

// TestWorkAndServers: verbs that work on the folder and servers that want it come at once, and either is killed at any moment: whoever is
// not killed ends as it should, and nothing is lost.
//
//	go test ./cmd/registre -run TestWorkAndServers -giveway.rounds=40 -timeout 30m
func TestWorkAndServers(t *testing.T) {
	oneByOne(t)
	data := groupsJoined(t, 1)
	before := recordsOf(t, data, "g3")
	verbs := []string{"repair", "verify --full", "replay --all", "key rotate --reason r"}
	killed := map[string]int{}
	for round := range *giveWayRounds * 2 {
		verb := verbs[round%len(verbs)]
		if verb == "repair" && rand.IntN(2) == 0 {
			damagedFolder(t, data)
		}
		works := startVerb(t, append(strings.Fields(verb), "--data", data)...)
		time.Sleep(time.Duration(rand.Int64N(int64(150 * time.Millisecond))))
		s := startVerb(t, "serve", "--listen", "127.0.0.1:0", "--lang", "en", "--data", data)
		time.Sleep(time.Duration(rand.Int64N(int64(100 * time.Millisecond))))
		dies := rand.IntN(3)
		switch dies {
		case 1:
			killed[verb]++
			_ = works.cmd.Process.Kill()
		case 2:
			killed["serve"]++
			require.NoError(t, s.cmd.Process.Kill())
			<-s.ended
		}
		err := <-works.ended
		if strings.Contains(works.errs.String(), "R0858") { // the server was first
			require.Equal(t, "repair", verb)
		} else if dies != 1 && !(verb == "replay --all" && works.cmd.ProcessState.ExitCode() == exitFindings) {
			require.NoError(t, err, "%s: %s%s", verb, &works.out, &works.errs)
		}
		if dies != 2 {
			serves(t, s)
			require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
			require.NoError(t, <-s.ended, &s.errs)
		}
		out, exit := command(t, filepath.Dir(data), "repair", "--data", data)
		require.Zero(t, exit, out)
		require.Equal(t, before, recordsOf(t, data, "g3"))
	}
	out, exit := command(t, filepath.Dir(data), "verify", "--full", "--data", data)
	require.Zero(t, exit, out)
	t.Logf("killed: %v", killed)
}
