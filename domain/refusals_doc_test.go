package domain_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

var updateRefusals = flag.Bool("update", false, "write docs/refusals.md")

const refusalsTop = `# Refusals

Written by ` + "`go test ./domain -run TestRefusalsFile -update`" + `; do not edit.

A command that is well formed and breaks a rule is refused: nothing is recorded, the program ends with exit 3, and the command's id may be
tried again. Of all the rules that a command breaks, the **first of this table** is named, so the same command on the same
register always gets the same answer. The rules are judged on the command's effective day, on the register as known now. A code and a name are for
ever; the sentence may be put better.

A command that no group could accept, whatever its state, is *malformed* and not refused (exit 2): the field is named. Every
other code is the program's, and no rule: a folder, a file, a flag, a witness. [faults.md](faults.md) has them all.

| code | name | the rule |
|---|---|---|
`

// TestRefusalsFile keeps docs/refusals.md what the code says, and the codes in order and each its own.
func TestRefusalsFile(t *testing.T) {
	doc := bytes.NewBufferString(refusalsTop)
	names, last := map[string]bool{}, ""
	for _, rule := range domain.Precedence() {
		require.Regexp(t, `^R[0-9]{4}$`, rule.Code)
		require.Greater(t, rule.Code, last, "codes ascend, and stand once")
		require.Regexp(t, `^[a-z]+(-[a-z]+)*$`, rule.Name)
		require.False(t, names[rule.Name], "%s stands twice", rule.Name)
		require.NotEmpty(t, rule.Says)
		fmt.Fprintf(doc, "| %s | `%s` | %s |\n", rule.Code, rule.Name, rule.Says)
		last, names[rule.Name] = rule.Code, true
	}
	require.NotEmpty(t, names)
	path := filepath.Join("..", "docs", "refusals.md")
	if *updateRefusals {
		require.NoError(t, os.WriteFile(path, doc.Bytes(), 0o644))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, doc.String(), string(have), "run: go test ./domain -run TestRefusalsFile -update")
}
