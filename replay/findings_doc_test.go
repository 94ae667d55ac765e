package replay_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/replay"
)

// TestFindingsFile holds the table in docs/findings.md against the catalogue, row by row.
func TestFindingsFile(t *testing.T) {
	text, err := os.ReadFile("../docs/findings.md")
	require.NoError(t, err)
	rows := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| F") {
			rows++
		}
	}
	require.Len(t, replay.FindingKinds(), rows)
	for _, k := range replay.FindingKinds() {
		require.Contains(t, string(text), fmt.Sprintf("| %s | `%s` | %s | %s | %s |", k.Code, k.Name, k.Severity, k.Says, k.Source))
	}
}
