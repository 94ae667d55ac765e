package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

// sqlProgram runs scripts on a database, each on a copy in memory, with the SQLite that Python brings along.
const sqlProgram = `
import json, sqlite3, sys
disk = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
answers = []
for script in json.load(sys.stdin):
    db = sqlite3.connect(":memory:")
    disk.backup(db)
    lines = []
    for statement in script:
        lines += ["|".join("" if v is None else str(v) for v in row) for row in db.execute(statement)]
    answers.append(lines)
print(json.dumps(answers))
`

func sqlAnswers(t *testing.T, file string, scripts [][]string) (answers [][]string) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here: nothing else reads the database")
	}
	in, err := json.Marshal(scripts)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), python, "-c", sqlProgram, file)
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	require.NoError(t, json.Unmarshal(out, &answers))
	return answers
}

// analysed writes the demonstration's tables.
func analysed(t *testing.T, more ...string) (dir, file string) {
	dir = demonstrated(t)
	file = filepath.Join(t.TempDir(), "ent.db")
	out, exit := shown(t, dir, append([]string{"export", "analyst", demoGroup, file}, more...)...)
	require.Zero(t, exit, out)
	return dir, file
}

var workedQuery = regexp.MustCompile("(?s)```sql\n(.*?)```\n\n```text\n(.*?)```")

// TestAnalystDoc runs the queries of docs/analyst.md on the demonstration, and holds what they give against what stands there.
func TestAnalystDoc(t *testing.T) {
	const path = "../../docs/analyst.md"
	doc, err := os.ReadFile(path)
	require.NoError(t, err)
	worked := workedQuery.FindAllStringSubmatch(string(doc), -1)
	require.Len(t, worked, 5)
	_, file := analysed(t)
	var scripts [][]string
	for _, w := range worked {
		var script []string
		for _, s := range strings.Split(w[1], ";") {
			if s = strings.TrimSpace(s); s != "" {
				script = append(script, s)
			}
		}
		scripts = append(scripts, script)
	}
	answers, n := sqlAnswers(t, file, scripts), 0
	want := workedQuery.ReplaceAllStringFunc(string(doc), func(s string) string {
		begin := strings.Index(s, "```text\n") + len("```text\n")
		n++
		require.NotEmpty(t, answers[n-1])
		return s[:begin] + strings.Join(answers[n-1], "\n") + "\n```"
	})
	if *updateFaults {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	require.Equal(t, want, string(doc), "run: go test ./cmd/registre -run TestAnalystDoc -registre.update")
}

// Of the demonstration too SQL says what the program says, at pairs drawn by chance.
func TestAnalystFiguresAreTheProgram(t *testing.T) {
	dir, file := analysed(t)
	r := rand.New(rand.NewPCG(7, 1))
	first, err := domain.ParseDay("2017-01-01")
	require.NoError(t, err)
	var scripts, want [][]string
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	a.data = dir
	d, err := a.open(t.Context(), false)
	require.NoError(t, err)
	for range 40 {
		at, known := (first + domain.Day(r.IntN(3300))).String(), "#"+strconv.Itoa(1+r.IntN(1108))
		w, err := answerTo[weightsAnswer](t.Context(), d, Question{Kind: "weights", Group: demoGroup, At: at, Known: known, More: asking("body", "ag")})
		require.NoError(t, err)
		var lines []string
		for _, m := range w.Members {
			lines = append(lines, m.Member+"|"+m.Weight)
		}
		e, err := answerTo[enrolmentAnswer](t.Context(), d, Question{Kind: "enrolment", Group: demoGroup, At: at, Known: known})
		require.NoError(t, err)
		lines = append(lines, strings.Join([]string{strconv.FormatInt(e.Gross, 10), strconv.FormatInt(e.Distinct, 10), strconv.Itoa(e.Unknown), strconv.Itoa(e.Lines)}, "|"))
		want = append(want, lines)
		scripts = append(scripts, []string{
			"UPDATE question SET at = '" + at + "', known = " + known[1:],
			"SELECT member, weight FROM weights_at WHERE body = 'ag' ORDER BY member",
			"SELECT gross, distinct_pupils, unknown, lines FROM enrolment_at",
		})
	}
	require.NoError(t, d.Close())
	require.Equal(t, want, sqlAnswers(t, file, scripts))
}

// The same register and pair give the same bytes, in both languages, over the output and by a second process; a dry run says how many.
func TestAnalystFileIsTheSame(t *testing.T) {
	dir, file := analysed(t, "--at", "2024-01-01", "--known", "#900", "--lang", "fr")
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	out, exit := shown(t, dir, "export", "analyst", "-", "--at", "2024-01-01", "--known", "#900", "--lang", "en")
	require.Zero(t, exit)
	require.Equal(t, string(have), out)
	out, exit = shown(t, dir, "export", "analyst", demoGroup, "nowhere/x.db", "--at", "2024-01-01", "--known", "#900", "--dry-run", "--json")
	require.Zero(t, exit, out)
	require.Contains(t, out, `"bytes":`+strconv.Itoa(len(have))+`,"dry_run":true,"events":900,`)
	for _, rows := range sqlAnswers(t, file, [][]string{
		{"SELECT count(*) FROM events WHERE number > 900"}, {"SELECT count(*) FROM order_lines WHERE known_from > 900 OR known_to > 900"}, {"SELECT count(*) FROM votes WHERE decision > 900"},
	}) {
		require.Equal(t, []string{"0"}, rows)
	}
}
