package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

var updateFaults = flag.Bool("registre.update", false, "write docs/faults.md")

const faultsTop = `# Codes

Written by ` + "`go test ./cmd/registre -run TestFaultsFile -registre.update`" + `; do not edit.

Every code with which the program refuses, fails or reports damage: in ` + "`--json`" + ` the field ` + "`code`" + `, with the name beside it. A code and a name are for
ever; the sentence may be put better, and is French with ` + "`--lang fr`" + `. … is what is concerned: a group, a file, what was found there.
Those marked *rule* are the rules of [refusals.md](refusals.md) (exit 3), where their order of precedence stands; all others are the program's own. What an audit
reports has codes of its own ([findings.md](findings.md)); the exits stand in [operations.md](operations.md).

| code | name | what it says | what to do |
|---|---|---|---|
`

// TestFaultsFile keeps docs/faults.md what the code says: all codes, of rules and of sentences, in order.
func TestFaultsFile(t *testing.T) {
	rows := map[string]string{}
	put := func(code, name, says, remedy string) {
		require.NotContains(t, rows, code, name)
		rows[code] = fmt.Sprintf("| %s | `%s` | %s | %s |\n", code, name, inCell(says), inCell(remedy))
	}
	for _, rule := range domain.Precedence() {
		put(rule.Code, rule.Name, "*rule*: "+rule.Says, "")
	}
	for name, s := range allSayings() {
		if plainly(name) != name {
			continue
		}
		put(s.code, name, s.en, s.remedy)
	}
	doc := bytes.NewBufferString(faultsTop)
	for _, code := range slices.Sorted(maps.Keys(rows)) {
		doc.WriteString(rows[code])
	}
	path := filepath.Join("..", "..", "docs", "faults.md")
	if *updateFaults {
		require.NoError(t, os.WriteFile(path, doc.Bytes(), 0o644))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, doc.String(), string(have), "run: go test ./cmd/registre -run TestFaultsFile -registre.update")
}

// inCell puts a sentence into a table, with what it is about left open.
func inCell(sentence string) string {
	said := strings.ReplaceAll(format(sentence, "…", "…"), `"…"`, "“…”")
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", `\<`).Replace(said)
}
