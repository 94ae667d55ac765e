package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"registre/cmd/registre/harmless"
)

// writes are the verbs that print nothing of a register but the commands that they are given, or nothing of a register at all;
// they are not run here. Every other verb must stand among the reads.
var writes = strings.Fields(`
	agreement avenant body decision deliberation finding init item key member obligation order people role rule school sitting vote weight import witness
	document backup restore repair bench generate record demo found correct version publish help completion monitor serve token login right subscription
`)

// reads are the reading verbs with the arguments that make each print all it can. $G is the group, $F a folder for files.
var reads = map[string][]string{
	"agreements":        {"$G"},
	"avenants":          {"$G", "$G --text avenant-1 --at 2022-11-30", "$G --at 2022-11-30"},
	"bodies":            {"$G", "$G --at 2018-01-01"},
	"ceiling":           {"$G", "$G --at 2024-10-01"},
	"checkpoint":        {""},
	"decision":          {},
	"decisions":         {"$G", "$G --words hostile"},
	"diff":              {"$G --from 2018-01-01", "$G --from-known #1"},
	"doctor":            {""},
	"duplicates":        {"$G", "$G --at 2024-10-01"},
	"enrolment":         {"$G --at 2024-10-01", "$G --at 2024-10-01 --by member,cycle", "$G --at 2024-10-01 --lines", "$G --at 2024-10-01 --by school --chart", "$G --series 2024-01-01..2025-12-31"},
	"findings":          {"$G"},
	"groups":            {""},
	"key show":          {""},
	"people list":       {""},
	"members":           {"$G", "$G --at 2018-01-01 --why"},
	"minutes":           {},
	"notices":           {"", "$G", "$G --findings"},
	"obligations":       {"$G"},
	"orders":            {"$G", "$G --at 2024-10-01"},
	"orders renew":      {}, // it writes a draft to be imported, as the exports do
	"power":             {"$G --body ag --majority >1/2", "$G --body cogouv --at 2023-06-01"},
	"receipt":           {"$G 1"},
	"replay":            {"$G --info", "--all"},
	"evidence":          {}, // with the exports
	"reproduce":         {}, // with each file that it can ask for again
	"rights":            {""},
	"subscription":      {"list", "deliveries"},
	"rules":             {"$G", "$G --body cogouv"},
	"schools":           {"$G"},
	"show":              {},
	"sitting":           {},
	"sittings":          {"$G"},
	"timeline":          {"$G"},
	"verify":            {"", "--full"},
	"verify-receipt":    {"$F/receipt"},
	"voices":            {"$G region-grand-est", "$G moselle --from 2018-01-01"},
	"weights":           {"$G --body ag --at 2018-01-01 --why", "$G --body cogouv --at 2023-06-01 --why"},
	"what-if":           {"$G --body cogouv --coalitions --at 2023-06-01"},
	"export":            {},
	"explain":           {}, // by its figures
	"explain weight":    {"$G ag region-grand-est --at 2018-01-01", "$G cogouv moselle --at 2023-06-01 --from-known #47"},
	"explain total":     {"$G ag --at 2021-06-01 --from 2018-01-01"},
	"explain decision":  {"$G 994"},
	"explain enrolment": {"$G --at 2024-10-01"},
	"explain ceiling":   {"$G ent-2024 --at 2024-10-01"},
	"follow":            {}, // with what goes on
	"documents":         {"$G"},
}

// A hostileRun is a program run in a folder of hostile groups.
type hostileRun struct {
	t   *testing.T
	dir string // the house
	out string // for files

	said string // what the last run said of its faults
}

// run runs the program, and checks what it prints; it gives it too.
func (h *hostileRun) run(lang, line string, more ...string) (out string, status int) {
	h.t.Helper()
	var stdout, stderr bytes.Buffer
	args := append(strings.Fields(strings.NewReplacer("$F", h.out).Replace(line)), more...)
	args = append(args, "--data", h.dir, "--lang", lang)
	status = run(h.t.Context(), args, strings.NewReader(""), &stdout, &stderr)
	said := strings.Join(args, " ")
	if slices.Contains(args, "--json") {
		h.isJSON(said, stdout.String())
		h.isJSON(said, stderr.String())
	} else {
		h.isPlain(said, stdout.String())
		h.isPlain(said, stderr.String())
	}
	h.said = stderr.String()
	return stdout.String(), status
}

func (h *hostileRun) isPlain(said, text string) {
	h.t.Helper()
	require.True(h.t, utf8.ValidString(text), said)
	if i := strings.IndexFunc(text, harmless.Spoils); i >= 0 {
		require.Fail(h.t, "what does harm comes out", "%s: %q", said, text[max(0, i-60):min(len(text), i+60)])
	}
	for line := range strings.Lines(text) {
		require.False(h.t, strings.HasPrefix(strings.TrimLeft(line, " \ufffd"), hostileLine), "%s: a text passes for a line: %q", said, line)
	}
}

func (h *hostileRun) isJSON(said, text string) {
	h.t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	for d.More() {
		var v any
		require.NoError(h.t, d.Decode(&v), "%s: %.200q", said, text)
	}
	require.Equal(h.t, -1, strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' }), said)
}

// langOf is the language in which each of the two groups is read: all that is written in one is written in the other too.
var langOf = map[string]string{"hostile": "fr", "hostile-all": "en"}

// each runs a verb in both groups, and so in both languages, and as JSON.
func (h *hostileRun) each(verb, line string) {
	h.t.Helper()
	for _, group := range []string{"hostile", "hostile-all"} {
		line := strings.ReplaceAll(line, "$G", group)
		_, status := h.run(langOf[group], verb+" "+line)
		require.Contains(h.t, []int{exitDone, exitFindings, exitDamage}, status, "%s %s: %s", verb, line, h.said)
		h.run(langOf[group], verb+" "+line, "--json")
	}
}

func TestHostileTextComesOutHarmless(t *testing.T) {
	oneByOne(t)
	h := &hostileRun{t: t, dir: hostileHouse(t), out: t.TempDir()}
	held, err := openDesk(t.Context(), deskOptions{house: house{Data: h.dir}, Now: time.Now}) // the others reach it through the folder
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, held.Close()) })
	_, status := h.run("en", "receipt hostile 1 $F/receipt")
	require.Equal(t, exitDone, status)
	t.Run("every verb is known here", h.everyVerb)
	for verb, lines := range reads {
		h.beside(verb, func(h *hostileRun) {
			for _, line := range lines {
				h.each(verb, line)
			}
		})
	}
	h.beside("each event", (*hostileRun).eachEvent)
	h.beside("each sitting", (*hostileRun).eachSitting)
	h.beside("each export", (*hostileRun).eachExport)
	h.beside("each evidence", (*hostileRun).eachEvidence)
	h.beside("what goes on", (*hostileRun).live)
	h.beside("the archive elsewhere", (*hostileRun).elsewhere)
	h.beside("a database", (*hostileRun).database)
	h.beside("completions", (*hostileRun).completions)
	h.beside("faults", (*hostileRun).faults)
}

// beside runs a part of the test beside the others, with a folder for files of its own.
func (h *hostileRun) beside(name string, part func(*hostileRun)) {
	h.t.Run(name, func(t *testing.T) {
		t.Parallel()
		of := &hostileRun{t: t, dir: h.dir, out: t.TempDir()}
		receipt, err := os.ReadFile(filepath.Join(h.out, "receipt"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(of.out, "receipt"), receipt, 0o600))
		part(of)
	})
}

// everyVerb fails for a verb of which nobody has said here whether it reads.
func (h *hostileRun) everyVerb(t *testing.T) {
	seen := 0
	var walk func(cmd *cobra.Command, path string)
	walk = func(cmd *cobra.Command, path string) {
		for _, sub := range cmd.Commands() {
			name := strings.TrimSpace(path + " " + sub.Name())
			seen++
			_, read := reads[name]
			known := read || slices.Contains(writes, strings.Fields(name)[0])
			require.True(t, known, "the verb %q is neither among what reads here, nor among what writes", name)
			walk(sub, name)
		}
	}
	walk(newApp(nil, io.Discard, io.Discard).root(), "")
	require.Greater(t, seen, 80)
}

// heads are the last events of the two groups.
func (h *hostileRun) rows(group, verb, list string) (rows []map[string]any) {
	h.t.Helper()
	out, status := h.run("en", verb+" "+group, "--json")
	require.Equal(h.t, exitDone, status)
	var answer map[string]json.RawMessage
	require.NoError(h.t, json.Unmarshal([]byte(out), &answer))
	require.NoError(h.t, json.Unmarshal(answer[list], &rows))
	require.NotEmpty(h.t, rows)
	return rows
}

// eachEvent shows one event of every type, in both groups.
func (h *hostileRun) eachEvent() {
	for _, group := range []string{"hostile", "hostile-all"} {
		seen := map[string]int{}
		for _, row := range h.rows(group, "timeline", "events") {
			kind, number := row["type"].(string), fmt.Sprint(row["number"])
			if seen[kind]++; seen[kind] > 1 {
				continue
			}
			_, status := h.run(langOf[group], "show "+group+" "+number)
			require.Equal(h.t, exitDone, status, "%s %s: %s", group, number, h.said)
			h.run("en", "show "+group+" "+number, "--json")
			if kind == "decision-proclaimed" || kind == "decision-asserted" {
				h.each("decision", group+" "+number)
				h.run("fr", "what-if "+group+" "+number)
			}
		}
		require.Greater(h.t, len(seen), 50)
		order := h.rows(group, "orders", "orders")[0]["number"].(string)
		h.each("orders", group+" --order "+order)
		for _, form := range []string{"csv", "xlsx", "ods", "pdf"} {
			path := filepath.Join(h.out, "order."+form)
			_, status := h.run(langOf[group], "orders "+group+" --force --order "+order+" --export", path)
			require.Equal(h.t, exitDone, status, h.said)
			h.checkFile("orders", path)
		}
	}
}

// eachSitting shows every sitting, and its minutes in each form.
func (h *hostileRun) eachSitting() {
	for _, group := range []string{"hostile", "hostile-all"} {
		for i, row := range h.rows(group, "sittings", "sittings") {
			id := row["sitting"].(string)
			lang := langOf[group]
			h.run(lang, "sitting "+group+" "+id)
			h.run(lang, "minutes "+group+" "+id)
			if i%4 != 0 {
				continue
			}
			for _, form := range []string{"md", "html", "pdf"} {
				h.file(lang, "minutes "+group+" "+id, form)
			}
		}
	}
}

// eachExport exports all there is, in each form.
func (h *hostileRun) eachExport() {
	for _, group := range []string{"hostile", "hostile-all"} {
		for _, k := range exportKinds() {
			line := "export " + k.name + " " + group
			for _, form := range []string{"csv", "xlsx", "ods", "jsonl"} {
				h.file(langOf[group], line, form, exportMore[k.name]...)
			}
		}
	}
}

// eachEvidence takes the file of a register, and its findings, away.
func (h *hostileRun) eachEvidence() {
	for _, group := range []string{"hostile", "hostile-all"} {
		h.file(langOf[group], "evidence "+group, "zip")
		path := filepath.Join(h.out, "findings.csv")
		_, status := h.run(langOf[group], "replay "+group+" --force --csv", path)
		require.Equal(h.t, exitFindings, status, h.said)
		h.checkFile("replay", path)
		for file, line := range map[string]string{
			"report.html": "replay " + group + " --html", "weight.svg": "explain weight " + group + " ag region-grand-est --at 2018-01-01 --force --svg",
			"decision.svg": "explain decision " + group + " 994 --force --svg", "ceiling.svg": "explain ceiling " + group + " ent-2024 --at 2024-10-01 --force --svg",
		} {
			path := filepath.Join(h.out, group+file)
			_, status := h.run(langOf[group], line, path)
			require.Contains(h.t, []int{exitDone, exitFindings}, status, h.said)
			h.checkFile(line, path)
		}
	}
}

// exportMore are flags that a kind of export needs.
var exportMore = map[string][]string{
	"totals": {"--by", "member", "--at", "2024-10-01"}, "series": {"--by", "school", "--series", "2024-01-01..2024-12-31"}, "lines": {"--history"},
	"deliberations": {"--siret", "73282932000074", "--matter", "1.7"},
}

// file has a file written, and checks it as its form asks for.
func (h *hostileRun) file(lang, line, form string, more ...string) {
	h.t.Helper()
	path := filepath.Join(h.out, "file."+form)
	args := append([]string{path, "--force"}, more...)
	_, status := h.run(lang, line, args...)
	require.Equal(h.t, exitDone, status, "%s %v: %s", line, args, h.said)
	written, err := filepath.Glob(filepath.Join(h.out, "file*."+form)) // some kinds write a second one
	require.NoError(h.t, err)
	require.NotEmpty(h.t, written)
	for _, path := range written {
		h.checkFile(line, path)
		if form == "csv" || form == "md" || form == "xlsx" {
			_, status := h.run(lang, "reproduce", path)
			require.NotEqual(h.t, exitMisused, status, "%s: %s", path, h.said)
		}
		require.NoError(h.t, os.Remove(path))
	}
}

// checkFile checks what a file holds by its form.
func (h *hostileRun) checkFile(said, path string) {
	h.t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(h.t, err)
	require.NotEmpty(h.t, text)
	h.checkForm(said+" "+filepath.Ext(path), strings.TrimPrefix(filepath.Ext(path), "."), text)
}

func (h *hostileRun) checkForm(said, form string, text []byte) {
	h.t.Helper()
	switch form {
	case "csv":
		h.isCSV(said, string(text))
	case "xlsx", "ods":
		h.isSheet(said, text)
	case "jsonl", "json":
		h.isJSON(said, string(text))
	case "html", "svg", "xml", "atom":
		h.isPlain(said, string(text))
		require.NotContains(h.t, string(text), hostileTag, said)
		require.NotContains(h.t, strings.ToLower(string(text)), "<script", said)
	case "md":
		h.isPlain(said, string(text))
		require.NotContains(h.t, string(text), hostileTag, said)
		require.NotContains(h.t, string(text), "[x](", said)
	case "zip":
		h.isEvidence(said, text)
	case "pdf":
		h.isPDF(said, text)
	default:
		h.isPlain(said, string(text))
	}
}

func (h *hostileRun) isCSV(said, text string) {
	h.t.Helper()
	text = strings.TrimPrefix(text, "\ufeff")
	require.Equal(h.t, -1, strings.IndexFunc(text, func(r rune) bool { return r != '\r' && harmless.Spoils(r) }), said)
	r := csv.NewReader(strings.NewReader(text))
	if head, _, _ := strings.Cut(text, "\n"); strings.Contains(head, ";") {
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	require.NoError(h.t, err, said)
	require.NotEmpty(h.t, rows)
	for _, row := range rows[1:] {
		for _, cell := range row {
			h.isCell(said, cell)
		}
	}
}

// isCell checks that a spreadsheet takes a cell of a CSV for a text, or a number.
func (h *hostileRun) isCell(said, cell string) {
	h.t.Helper()
	bare := strings.TrimLeft(cell, " \u00a0\ufffd")
	if bare == "" || strings.Trim(bare, "-0123456789.,") == "" {
		return
	}
	first, _ := utf8.DecodeRuneInString(bare)
	require.False(h.t, strings.ContainsRune("=+-@＝＋－＠", first) || strings.ContainsRune("\t\r\n", rune(cell[0])), "%s: a formula: %q", said, cell)
}
