package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

var (
	sittingItems   = flag.Int("sitting.items", 4, "how many items the sitting has that is killed")
	sittingMembers = flag.Int("sitting.members", 12, "how many members it has")
	sittingKills   = flag.Int("sitting.kills", 3, "how often it is killed")
)

// TestKillSitting runs a whole sitting through the command line, as a secretary's script does, each line with an id of its own; kills
// it in the midst of a line, and begins the script again. The minutes are those of a sitting that nobody killed, but for instants
// and the proofs of the register.
//
//	go test ./cmd/registre -run TestKillSitting -sitting.items=30 -sitting.members=40 -timeout 30m
func TestKillSitting(t *testing.T) {
	dir, script := t.TempDir(), sittingScript()
	for _, data := range []string{"whole", "killed"} {
		for _, act := range ballotsStory(*sittingMembers, *sittingItems)[:1] {
			c := ballotCommand(act)
			line, err := eventstore.AppendCommand(nil, &c)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "found.jsonl"), line, 0o600))
		}
		out, exit := command(t, dir, "record", "found.jsonl", "--data", data)
		require.Zero(t, exit, out)
	}
	for _, line := range script {
		out, exit := command(t, dir, append(line, "--data", "whole")...)
		require.Zero(t, exit, "%v: %s", line, out)
	}
	midst := 0
	for n := range *sittingKills {
		last := len(script) * (n + 1) / (*sittingKills + 1)
		for _, line := range script[:last] { // what was done is done
			out, exit := command(t, dir, append(line, "--data", "killed")...)
			require.Zero(t, exit, "%v: %s", line, out)
		}
		for tries := 0; tries < 1000; tries++ { // a line that was done can be typed, and killed, again
			if killed(t, dir, append(script[last], "--data", "killed")) {
				midst++
				break
			}
		}
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "killed", socketName)))
	}
	for _, line := range script {
		out, exit := command(t, dir, append(line, "--data", "killed")...)
		require.Zero(t, exit, "%v: %s", line, out)
	}
	require.Equal(t, *sittingKills, midst, "a line was done each time before it was killed")
	onOneDay()
	whole, again := minutesOf(t, dir, "whole"), minutesOf(t, dir, "killed")
	require.Contains(t, whole, fmt.Sprint("Point ", *sittingItems))
	require.Equal(t, whole, again)
	out, exit := command(t, dir, "verify", "--data", "killed", "--full")
	require.Zero(t, exit, out)
	t.Logf("a sitting of %d members and %d items, in %d lines, killed %d times, %d in the midst of a line", *sittingMembers, *sittingItems, len(script), *sittingKills, midst)
}

// sittingScript is what a secretary types: some come late, one goes, one is represented, and every item is voted on.
func sittingScript() (lines [][]string) {
	day := on(2024, 3, 20).String()
	say := func(words ...string) {
		id := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, "line ", len(lines))).String()
		lines = append(lines, append(words, "--id", id, "--effective", day))
	}
	member := func(i int) string { return string(ballotMember(i % *sittingMembers)) }
	convene := []string{"sitting", "convene", ballotGroup, "ag", day, "--sitting", ballotSitting, "--hour", "14:00", "--place", "Metz"}
	for i := range *sittingItems {
		convene = append(convene, "--item", fmt.Sprintf("%s=Point %d", ballotItem(i), i+1))
	}
	say(convene...)
	opened := []string{"sitting", "open", ballotGroup, ballotSitting}
	for i := 2; i < *sittingMembers; i++ {
		opened = append(opened, member(i))
	}
	say(opened...)
	for i := range *sittingItems {
		item := string(ballotItem(i))
		switch i {
		case 1:
			say("sitting", "arrive", ballotGroup, ballotSitting, member(0))
		case 2:
			say("sitting", "leave", ballotGroup, ballotSitting, member(5))
		}
		say("vote", "open", ballotGroup, ballotSitting, item)
		say("vote", "cast", ballotGroup, ballotSitting, item, "against="+member(i%4+6), "abstain="+member(i%3+2))
		say("vote", "cast", ballotGroup, ballotSitting, item, "for=rest")
		say("vote", "close", ballotGroup, ballotSitting, item)
	}
	say("sitting", "close", ballotGroup, ballotSitting)
	return lines
}

// killed runs a line and kills it a little later; it reports whether it had not ended.
func killed(t *testing.T, dir string, line []string) bool {
	t.Helper()
	cmd := exec.Command("registre", line...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
	_ = cmd.Process.Signal(syscall.SIGKILL)
	return cmd.Wait() != nil
}

var changing = regexp.MustCompile(`\d{2} ?[:h] ?\d{2}|[A-Za-z0-9+/]{43}=|[0-9a-f]{64}|registre/[0-9a-f]{8}`)

// minutesOf are the minutes of the sitting, without what differs from one folder to the other.
func minutesOf(t *testing.T, dir, data string) string {
	t.Helper()
	out, exit := command(t, dir, "minutes", ballotGroup, ballotSitting, "--data", data)
	require.Zero(t, exit, out)
	answer, exit := command(t, dir, "sitting", ballotGroup, ballotSitting, "--json", "--at", "2024-03-20", "--data", data)
	require.Zero(t, exit, answer)
	var said map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(answer), &said), answer)
	delete(said, "meta")
	rest, err := json.Marshal(said)
	require.NoError(t, err)
	return strings.ReplaceAll(changing.ReplaceAllString(out, "…")+changing.ReplaceAllString(string(rest), "…"), data, "…")
}
