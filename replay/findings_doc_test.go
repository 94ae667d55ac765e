package replay_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/replay"
)

var updateFindings = flag.Bool("replay.update", false, "write the table of docs/findings.md")

// TestFindingsFile holds the table in docs/findings.md against the catalogue, row by row.
func TestFindingsFile(t *testing.T) {
	const path = "../docs/findings.md"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), "| F")
	require.True(t, found)
	_, after, _ := strings.Cut(rest, "\n\n")
	var rows strings.Builder
	for _, k := range replay.FindingKinds() {
		require.NotEmpty(t, k.Settles, k.Name)
		fmt.Fprintf(&rows, "| %s | `%s` | %s | %s | %s | %s |\n", k.Code, k.Name, k.Severity, k.Says, k.Source, k.Settles)
	}
	want := before + rows.String() + "\n" + after
	if *updateFindings {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		text = []byte(want)
	}
	require.Equal(t, want, string(text), "run: go test ./replay -run TestFindingsFile -replay.update")
}
