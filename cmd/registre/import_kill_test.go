package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

var (
	importKills = flag.Int("import.kills", 3, "how many imports are killed")
	importLines = flag.Int("import.lines", 2500, "how many lines each has")
)

// killedForms is how many order forms the table that is imported has.
const killedForms = 25

// TestKillImport kills a process that imports a table, in the middle, and has it imported again: then everything is there, and
// nothing twice. The table names schools that are opened on the way.
//
//	go test ./cmd/registre -run TestKillImport -import.kills=20 -import.lines=50000 -timeout 60m
func TestKillImport(t *testing.T) {
	oneByOne(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.jsonl"), []byte(strings.Replace(purchase, "90000 pupils", "900000000 pupils", 1)), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.csv"), manyForms(*importLines), 0o600))
	out, exit := command(t, dir, "record", "c.jsonl", "--data", "before")
	require.Zero(t, exit, out)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "before", socketName)))
	begun := archived(filepath.Join(dir, "before"))

	require.NoError(t, copyFolder(filepath.Join(dir, "before"), filepath.Join(dir, "whole")))
	imported(t, dir, "whole")
	grown := archived(filepath.Join(dir, "whole")) - begun
	want := heldBy(t, dir, "whole")
	require.Len(t, want.Orders, killedForms)
	require.Equal(t, *importLines, want.Lines)

	midst, n := 0, 0
	for ; n < *importKills || midst == 0 && n < 50; n++ {
		data := fmt.Sprint("killed-", n)
		require.NoError(t, copyFolder(filepath.Join(dir, "before"), filepath.Join(dir, data)))
		for range 1 + rand.IntN(2) { // a process that goes on can be killed too
			strike(t, dir, data, begun+rand.Int64N(grown))
			require.NoError(t, os.RemoveAll(filepath.Join(dir, data, socketName)))
			held := heldBy(t, dir, data)
			if some := len(held.Commands); 4 < some && some < len(want.Commands) {
				midst++
			}
			for _, c := range held.Commands {
				_, given := slices.BinarySearch(want.Commands, c)
				require.True(t, given, "a command that nobody gave")
			}
		}
		imported(t, dir, data)
		require.Equal(t, want, heldBy(t, dir, data))
		out, exit := command(t, dir, "verify", "--data", data)
		require.Zero(t, exit, out)
		require.NoError(t, os.RemoveAll(filepath.Join(dir, data)))
	}
	require.NotZero(t, midst, "no import was killed in the middle")
	t.Logf("%d imports of %d lines, killed %d times in the middle; all is there, nothing twice", n, *importLines, midst)
}

// manyForms is a table of order forms for schools that the register does not know.
func manyForms(lines int) []byte {
	rows := [][]any{append(slices.Clone(orderHeads), "Établissement", "Type d'établissement")}
	for i := range lines {
		uai := fmt.Sprintf("%07dA", i+1)
		rows = append(rows, append(orderLine(fmt.Sprintf("2022-%03d", i*killedForms/lines), uai, "college", i%900), "Collège "+uai, "college"))
	}
	return csvOf(rows...)
}

func importCommand(dir, data string) *exec.Cmd {
	cmd := exec.Command("registre", "import", "orders", "essai", "t.csv", "--open-schools", "--data", data, "--lang", "en")
	cmd.Dir = dir
	return cmd
}

// imported imports the table, undisturbed.
func imported(t *testing.T, dir, data string) {
	t.Helper()
	out, err := importCommand(dir, data).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// strike imports the table, and kills the process when the archive has so many bytes; it may be done before.
func strike(t *testing.T, dir, data string, bytesThen int64) {
	t.Helper()
	cmd := importCommand(dir, data)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			require.NoError(t, err, out.String())
			return
		case <-time.After(time.Millisecond):
		}
		if archived(filepath.Join(dir, data)) >= bytesThen {
			break
		}
	}
	_ = cmd.Process.Signal(syscall.SIGKILL)
	<-ended
}

// archived is how many bytes the archive of a folder has.
func archived(data string) (n int64) {
	_ = filepath.WalkDir(filepath.Join(data, archiveDir), func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil // it may be gone again
		}
		if info, err := entry.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n
}

// held is what a folder holds of an import. The order of schools is chance.
type held struct {
	Commands  []string // their ids, which are made of what they say, in ascending order
	Orders    []string // the commands of the order forms, as they follow each other
	Lines     int
	Enrolment map[string]any
}

func heldBy(t *testing.T, dir, data string) (h held) {
	t.Helper()
	d, err := openDesk(t.Context(), deskOptions{house: house{Data: filepath.Join(dir, data)}, Now: time.Now})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	for r, err := range d.Records(t.Context(), "essai", 0, false) {
		require.NoError(t, err)
		e, err := eventstore.Open(r)
		require.NoError(t, err)
		h.Commands = append(h.Commands, e.Command.String())
		switch act := e.Act.(type) {
		case *domain.OrderIssued:
			h.Orders, h.Lines = append(h.Orders, e.Command.String()), h.Lines+act.Lines.Len()
		case *domain.OrderAmended:
			h.Orders, h.Lines = append(h.Orders, e.Command.String()), h.Lines+act.Added.Len()
		}
	}
	slices.Sort(h.Commands)
	require.Len(t, slices.Compact(slices.Clone(h.Commands)), len(h.Commands), "a command twice")
	raw, err := d.Ask(t.Context(), Question{Kind: "enrolment", Group: "essai", At: "2022-11-01", More: map[string]string{"by": "cycle"}})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &h.Enrolment))
	delete(h.Enrolment, "meta")
	return h
}
