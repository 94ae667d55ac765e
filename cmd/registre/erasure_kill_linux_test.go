package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var paperKills = flag.Int("papers.kills", 4, "at how many steps that touch neither names nor documents the verbs are killed, beside all that do")

// TestKillErasure kills with a real SIGKILL what adds and erases documents and names, before each step at which they change one of their
// files, and before some of all other steps: afterwards it is done or not done, nothing is damaged, and run again it finishes; then not a
// byte of what was erased is anywhere in the folder.
//
//	go test ./cmd/registre -run TestKillErasure -papers.kills=1000 -timeout 60m
func TestKillErasure(t *testing.T) {
	oneByOne(t)
	dir := begun(t, whatIsBought)
	content := make([]byte, 100_000)
	rand.NewChaCha8([32]byte{9}).Read(content)
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	letter := filepath.Join(dir, "letter")
	require.NoError(t, os.WriteFile(letter, content, 0o600))
	does(t, dir, "people", "name", "p-1", erasedName)
	scan := soughtOf(erasedName, content)
	id := uuid.NewString()
	add := []string{"document", "add", "ent", letter, "--kind", "minutes", "--id", id}
	killAtEachStep(t, dir, add, func(data string) {
		rows := papersIn(t, dir, data)
		_, exit := command(t, dir, "document", "verify", "--data", data)
		if len(rows) > 0 { // done: then its bytes are there
			require.Zero(t, exit)
		} else {
			require.Contains(t, []int{exitDone, exitFindings}, exit)
		}
	}, func(data string) {
		require.Len(t, papersIn(t, dir, data), 1)
		require.Contains(t, does(t, dir, "document", "verify", "--data", data), "1 document(s) whole")
	})

	does(t, dir, add...)
	require.Contains(t, scan.everywhere(t, filepath.Join(dir, "registre-data")), "documents/ent/"+hash)
	erase := []string{"document", "erase", "ent", hash, "--reason", "demande", "--id", uuid.NewString()}
	killAtEachStep(t, dir, erase, func(data string) {
		_, err := os.Stat(filepath.Join(dir, data, shelfDir, "ent", hash))
		if rows := papersIn(t, dir, data); rows[0].Erased == nil {
			require.NoError(t, err, "not erased in the register: its bytes are there")
			require.Contains(t, does(t, dir, "document", "verify", "--data", data), "1 document(s) whole")
		}
	}, func(data string) {
		require.NotNil(t, papersIn(t, dir, data)[0].Erased)
		for file, what := range scan.everywhere(t, filepath.Join(dir, data)) {
			require.Equal(t, peopleFile, file, what)
		}
	})

	does(t, dir, erase...)
	for _, verb := range [][]string{{"people", "name", "p-1", erasedName + " fils"}, {"people", "erase", "p-1"}} {
		killAtEachStep(t, dir, verb, func(data string) {
			does(t, dir, "people", "list", "--data", data)
			_, exit := command(t, dir, "people", "erase", "p-1", "--data", data)
			require.Contains(t, []int{exitDone, exitMisused}, exit, "erased now, or already")
			require.Empty(t, scan.everywhere(t, filepath.Join(dir, data)))
			does(t, dir, "people", "name", "p-1", "x", "--data", data)
		}, func(string) {})
	}
}

func papersIn(t *testing.T, dir, data string) []paperRow {
	t.Helper()
	var answer documentsAnswer
	require.NoError(t, json.Unmarshal([]byte(does(t, dir, "documents", "ent", "--json", "--data", data)), &answer))
	return answer.Documents
}

// killAtEachStep kills a verb on copies of a folder: between requires what must hold of what is left, and done what must hold when it
// was run again.
func killAtEachStep(t *testing.T, dir string, verb []string, between, done func(data string)) {
	t.Helper()
	fresh := func() []string {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "killed")))
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "registre-data", socketName)))
		require.NoError(t, copyFolder(filepath.Join(dir, "registre-data"), filepath.Join(dir, "killed")))
		return append(verb[:len(verb):len(verb)], "--data", "killed")
	}
	_, steps := struck(t, dir, "killed", 0, fresh()...)
	ours := func(step string) bool {
		return strings.Contains(step, shelfDir) || strings.Contains(step, "people.json")
	}
	at := atSteps(steps, *paperKills, ours)
	require.Greater(t, len(at), min(*paperKills, len(steps))/2)
	struckAt := 0
	for _, n := range at {
		args := fresh()
		if killed, _ := struck(t, dir, "killed", n, args...); killed {
			struckAt++
		}
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "killed", socketName)))
		between("killed")
		does(t, dir, args...)
		done("killed")
	}
	require.Greater(t, struckAt, len(at)/2)
	t.Logf("%v: killed at %d of %d steps", verb[:2], struckAt, len(steps))
}
