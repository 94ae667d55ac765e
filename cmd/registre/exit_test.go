package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFullDiskIsNoSuccess: what could not be written to the output is told, and is no success: not of a table, a sentence, help nor JSON,
// and not where there are findings.
func TestFullDiskIsNoSuccess(t *testing.T) {
	dir := demonstrated(t)
	for _, line := range []string{
		"members " + demoGroup, "avenants " + demoGroup, "timeline " + demoGroup, "decisions " + demoGroup, "replay " + demoGroup, "verify", "checkpoint", "members --help",
	} {
		for _, way := range []string{"", "--json"} {
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			require.NoError(t, err)
			var errs bytes.Buffer
			status := run(t.Context(), append(strings.Fields(line+" "+way), "--data", dir, "--lang", "en"), strings.NewReader(""), full, &errs)
			require.NoError(t, full.Close())
			require.Equal(t, exitFailed, status, "%s %s: %s", line, way, errs.String())
			require.Contains(t, errs.String(), "no space left on device", "%s %s: %s", line, way, errs.String())
		}
	}
}

// TestWhatWentWrongFirstIsTold: behind a fault of its own nothing is said of the output.
func TestWhatWentWrongFirstIsTold(t *testing.T) {
	a := newApp(strings.NewReader(""), noRoom{}, io.Discard)
	a.printf("text")
	require.Equal(t, exitMisused, a.exit(misuse("lang-unknown", "lang", "de")))
	require.Equal(t, exitFailed, a.exit(&exitError{exitFindings}))
	require.Equal(t, exitFailed, a.exit(nil))
	a = newApp(strings.NewReader(""), &bytes.Buffer{}, io.Discard)
	a.printf("text")
	require.Equal(t, exitFindings, a.exit(&exitError{exitFindings}))
	require.Equal(t, exitDone, a.exit(nil))
}

// noRoom has no room for anything.
type noRoom struct{}

func (noRoom) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestNobodyReadsOn: who reads the output and stops, as head does, is told nothing.
func TestNobodyReadsOn(t *testing.T) {
	dir := demonstrated(t)
	for line, want := range map[string]int{"members " + demoGroup: exitDone, "replay " + demoGroup: exitFindings} {
		from, to, err := os.Pipe()
		require.NoError(t, err)
		require.NoError(t, from.Close())
		var errs bytes.Buffer
		require.Equal(t, want, run(t.Context(), append(strings.Fields(line), "--data", dir), strings.NewReader(""), to, &errs), line)
		require.NoError(t, to.Close())
		require.Empty(t, errs.String())
	}
}
