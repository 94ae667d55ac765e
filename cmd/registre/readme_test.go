package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// signed is a signature, which is another one with every key.
var signed = regexp.MustCompile(`(— registre\.example/demo) [A-Za-z0-9+/=]+`)

// TestReadme types in the README's tour and compares what it shows, line by line.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	samples, err := filepath.Abs("../../docs/samples")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.CopyFS("docs/samples", os.DirFS(samples)))
	t.Setenv("REGISTRE_LANG", "en")
	blocks := strings.Split(string(text), "```console\n")[1:]
	require.GreaterOrEqual(t, len(blocks), 5)
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		command, shown, _ := strings.Cut(strings.TrimPrefix(block, "$ "), "\n")
		var out bytes.Buffer
		run(context.Background(), strings.Fields(strings.ReplaceAll(command, "'", ""))[1:], strings.NewReader(""), &out, &out)
		require.Equal(t, shown, signed.ReplaceAllString(out.String(), "$1 …"), command)
	}
}
