package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// unpacked takes a ZIP apart.
func unpacked(file, dir string) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func unpackScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: unpack FILE.zip DIR")
	}
	ts.Check(unpacked(ts.MkAbs(args[0]), ts.MkAbs(args[1])))
}

// python runs a program that lies in a folder, and gives what it says and its exit.
func python(t *testing.T, dir string, program string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command("python3", append([]string{filepath.Join(dir, program)}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func needsPython(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("there is no python3 here: the programs of the evidence file were not run")
	}
}

// takenAway is a register's evidence file, unpacked.
func takenAway(t *testing.T, dir, group string, args ...string) string {
	t.Helper()
	out, exit := command(t, dir, append([]string{"evidence", group, "e.zip", "--force"}, args...)...)
	require.Zero(t, exit, out)
	to := t.TempDir()
	require.NoError(t, unpacked(filepath.Join(dir, "e.zip"), to))
	return to
}

// resum writes the list of hashes anew, as anybody can.
func resum(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, resummed(dir))
}

func resumScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: resum DIR")
	}
	ts.Check(resummed(ts.MkAbs(args[0])))
}

func resummed(dir string) error {
	var list bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err != nil || d.IsDir() || name == "SHA256SUMS" || name == "old-checkpoint" {
			return err
		}
		content, err := os.ReadFile(path)
		sum := sha256.Sum256(content)
		fmt.Fprintf(&list, "%s  %s\n", hex.EncodeToString(sum[:]), filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), list.Bytes(), 0o644)
}

// TestEvidenceFindsEveryByte changes one bit of each file, and with a new list of hashes one bit of what is signed.
func TestEvidenceFindsEveryByte(t *testing.T) {
	oneByOne(t)
	needsPython(t)
	dir := takenAway(t, begun(t, whatIsBought), "ent")
	out, exit := python(t, dir, "verify.py")
	require.Zero(t, exit, out)
	require.Contains(t, out, "All holds.")
	random := rand.New(rand.NewPCG(7, 7))
	files, schemas := 0, 0
	flip := func(name string, listed bool) {
		path := filepath.Join(dir, name)
		was, err := os.ReadFile(path)
		require.NoError(t, err)
		sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
		require.NoError(t, err)
		now := bytes.Clone(was)
		at := random.IntN(len(now))
		now[at] ^= 1 << random.IntN(8)
		require.NoError(t, os.WriteFile(path, now, 0o644))
		if listed {
			resum(t, dir)
		}
		said, exit := python(t, dir, "verify.py")
		require.Equal(t, 1, exit, "%s, byte %d: %s", name, at, said)
		require.NoError(t, os.WriteFile(path, was, 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "SHA256SUMS"), sums, 0o644))
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		if strings.HasPrefix(name, "schema/") {
			schemas++
		}
		if err != nil || d.IsDir() || name == "verify.py" || schemas > 3 && strings.HasPrefix(name, "schema/") {
			return err // what a changed verify.py says proves nothing
		}
		files++
		flip(name, false)
		if strings.HasPrefix(name, "group/") || strings.HasPrefix(name, "heads/") || name == "key.pub" {
			flip(name, true)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, files, 20)
	extra := filepath.Join(dir, "tables", "more.csv")
	require.NoError(t, os.WriteFile(extra, []byte("x"), 0o644))
	_, exit = python(t, dir, "verify.py")
	require.Equal(t, 1, exit, "a file that was not put in")
}

// TestEvidenceAgainstOldCheckpoint forges with the key: the same register with another headcount, or without an event, signed anew.
// By itself it holds; against what an auditor has kept it does not.
func TestEvidenceAgainstOldCheckpoint(t *testing.T) {
	needsPython(t)
	honest := begun(t, whatIsBought)
	out, exit := command(t, honest, "checkpoint")
	require.Zero(t, exit, out)
	before := takenAway(t, honest, "ent")
	ofGroup, err := os.ReadFile(filepath.Join(before, "group", "checkpoint"))
	require.NoError(t, err)
	origin, _, _ := strings.Cut(out, "\n")
	key, err := filepath.Abs(filepath.Join(honest, "registre-data", "key"))
	require.NoError(t, err)
	later := `{"command":"cancel-order","group":"ent","effective":"2021-06-01","actor":"a","data":{"number":"BC-2","reason":"erreur"}}` + "\n"
	left, _, _ := strings.Cut(whatIsBought, `{"command":"amend-order","group":"ent","effective":"2021-05-01"`)
	for name, c := range map[string]struct {
		commands string
		holds    bool
	}{
		"the same, and more":         {"", true},
		"a headcount that is raised": {strings.Replace(whatIsBought, "0680034T 412", "0680034T 421", 1) + later, false},
		"an event that is left out":  {left + later, false},
	} {
		dir := honest
		if c.commands != "" {
			dir = t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "c.jsonl"), []byte(c.commands), 0o600))
			said, exit := command(t, dir, "record", "c.jsonl", "--key", key, "--origin", origin)
			require.Zero(t, exit, said)
		} else {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "l.jsonl"), []byte(later), 0o600))
			said, exit := command(t, dir, "record", "l.jsonl")
			require.Zero(t, exit, said)
		}
		forged := takenAway(t, dir, "ent", "--key", key)
		said, exit := python(t, forged, "verify.py")
		require.Zero(t, exit, "%s: %s", name, said)
		for _, old := range []string{out, string(ofGroup)} {
			require.NoError(t, os.WriteFile(filepath.Join(forged, "old-checkpoint"), []byte(old), 0o644))
			said, exit = python(t, forged, "verify.py")
			require.Equal(t, !c.holds, exit == 1, "%s: %s", name, said)
			if !c.holds {
				require.Contains(t, said, "old-checkpoint")
			}
		}
	}
}

// TestEvidenceOfDemo: on the demonstration both programs agree with this one, at several pairs; a table that somebody has changed, and
// a list of hashes made anew for it, do not deceive figures.py.
func TestEvidenceOfDemo(t *testing.T) {
	needsPython(t)
	dir := t.TempDir()
	out, exit := command(t, dir, "demo")
	require.Zero(t, exit, out)
	for _, pair := range [][]string{{"--at", "2018-06-01"}, {"--at", "2022-12-31", "--known", "2022-06-30"}, {"--at", "2025-01-01", "--lang", "fr"}} {
		taken := takenAway(t, dir, demoGroup, append([]string{"--data", defaultDemo}, pair...)...)
		said, exit := python(t, taken, "verify.py")
		require.Zero(t, exit, said)
		said, exit = python(t, taken, "figures.py")
		require.Zero(t, exit, "what it counts is what the tables say: %s", said)
		if pair[1] != "2025-01-01" {
			continue
		}
		for _, name := range []string{"weights", "enrolment", "decisions"} {
			path := filepath.Join(taken, "tables", name+".csv")
			was, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, changedDigit(was), 0o644))
			resum(t, taken)
			said, exit = python(t, taken, "figures.py")
			require.Equal(t, 1, exit, said)
			require.Contains(t, said, name+".csv")
			require.NoError(t, os.WriteFile(path, was, 0o644))
		}
	}
}

// changedDigit changes, in the first row of a table, the first number that the table is about, or an outcome.
func changedDigit(table []byte) []byte {
	head, rest, _ := bytes.Cut(table, []byte("\n"))
	row, rest, _ := bytes.Cut(rest, []byte("\n"))
	if changed := bytes.Replace(row, []byte("adopted"), []byte("rejected"), 1); !bytes.Equal(changed, row) {
		row = changed
	} else {
		cells := bytes.Split(row, []byte(";"))
		for i := 1; i < len(cells); i++ {
			if len(cells[i]) > 0 && cells[i][0] >= '1' && cells[i][0] <= '9' {
				cells[i] = append([]byte("7"), cells[i]...)
				break
			}
		}
		row = bytes.Join(cells, []byte(";"))
	}
	return bytes.Join([][]byte{head, row, rest}, []byte("\n"))
}
