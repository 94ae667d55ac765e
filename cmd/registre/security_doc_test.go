package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSecurityFile: every row of the table of threats names tests, and they exist.
func TestSecurityFile(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	require.NoError(t, err)
	there := testsThere(t)
	named, rows := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`"), 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 6 || cells[1] == " threat " || strings.HasPrefix(cells[1], "-") {
			continue
		}
		rows++
		require.Regexp(t, `^ [0-9]+\.[0-9]+\.[0-9]+(, [0-9]+\.[0-9]+\.[0-9]+)* $`, cells[2], line)
		tests := named.FindAllStringSubmatch(cells[4], -1)
		require.NotEmpty(t, tests, line)
		for _, name := range tests {
			require.True(t, there[name[1]], "there is no %s: %s", name[1], line)
		}
	}
	require.GreaterOrEqual(t, rows, 15)
}

// testsThere are the tests of the module, by name.
func testsThere(t *testing.T) map[string]bool {
	there, declared := map[string]bool{}, regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9]+)\(`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // it was there for a moment, as what a tool or another test writes
			return nil
		case err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "..":
			return fs.SkipDir
		case err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range declared.FindAllStringSubmatch(string(text), -1) {
			there[name[1]] = true
		}
		return err
	})
	require.NoError(t, err)
	require.Greater(t, len(there), 100)
	return there
}
