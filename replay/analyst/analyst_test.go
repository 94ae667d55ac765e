package analyst

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/domain/domaintest"
)

var histories = flag.Int("analyst.histories", 12, "how many drawn histories are asked in SQL")

// asker puts pairs into the table question, in a copy that lies in memory, and asks the views, with the SQLite that Python
// brings along.
const asker = `
import json, sqlite3, sys
disk = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
db = sqlite3.connect(":memory:")
disk.backup(db)
asked = json.load(sys.stdin)
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
answers = []
for at, known in asked["pairs"]:
    db.execute("UPDATE question SET at = ?, known = ?", (at, known))
    answers.append([db.execute(q).fetchall() for q in asked["queries"]])
print(json.dumps(answers))
`

func ask(t *testing.T, file string, pairs []domain.Pair, queries ...string) (answers [][][][]any) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here: nothing else reads the database")
	}
	var asked struct {
		Pairs   [][]any  `json:"pairs"`
		Queries []string `json:"queries"`
	}
	asked.Queries = queries
	for _, q := range pairs {
		asked.Pairs = append(asked.Pairs, []any{q.At.String(), q.Known})
	}
	in, err := json.Marshal(asked)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), python, "-c", asker, file)
	cmd.Stdin = bytes.NewReader(in)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	d := json.NewDecoder(bytes.NewReader(out))
	d.UseNumber()
	require.NoError(t, d.Decode(&answers))
	return answers
}

// written writes the tables of a group.
func written(t *testing.T, g *domain.Group) string {
	file := filepath.Join(t.TempDir(), "x.db")
	out, err := os.Create(file)
	require.NoError(t, err)
	w := Create(out)
	w.Begin("g")
	require.NoError(t, w.Group(&Meta{Name: "G", Number: g.Head(), Pair: domain.Pair{At: domaintest.First, Known: g.Head()}}, g, func() error { return nil }))
	require.NoError(t, w.Close())
	require.NoError(t, out.Close())
	return file
}

func drawn(seed uint64, about int) *domain.Group {
	g := &domain.Group{}
	for _, e := range domaintest.Events(domaintest.Seeded(seed), about) {
		domain.Evolve(g, e)
	}
	return g
}

// queries are what is asked at each pair; said gives what the group itself says.
var queries = []string{
	`SELECT body, member, weight, undetermined FROM weights_at ORDER BY body, member`,
	`SELECT body, units, unit, stated_total FROM totals_at ORDER BY body`,
	`SELECT gross, distinct_pupils, unknown, lines FROM enrolment_at`,
	`SELECT counts_for, gross, distinct_pupils, unknown, lines FROM enrolment_by_member_at ORDER BY coalesce(counts_for, '')`,
	`SELECT school_now, gross, distinct_pupils, unknown, lines FROM enrolment_by_school_at ORDER BY school_now`,
	`SELECT coalesce(school_kind, ''), sum(headcount) FROM lines_at GROUP BY 1 ORDER BY 1`,
	`SELECT decision, body, title, outcome, legal, later, annulled_from, annulled_by, published, received, binds FROM decisions_at`,
	`SELECT member, name, event FROM members_at ORDER BY member`,
	`SELECT body, name FROM bodies_at ORDER BY body`,
	`SELECT v.vote, v.ballot, v.closed, v.decision, v.outcome, v.members_for, v.voices_for, v.voices_total,
(SELECT count(*) FROM rolls r WHERE r.vote = v.vote AND r.known_from <= q.known AND (r.known_to IS NULL OR q.known < r.known_to)),
(SELECT count(*) FROM ballots b WHERE b.vote = v.vote AND b.known_from <= q.known AND (b.known_to IS NULL OR q.known < b.known_to)),
(SELECT coalesce(sum(members), 0) FROM secret_counts c WHERE c.vote = v.vote AND c.known_from <= q.known AND (c.known_to IS NULL OR q.known < c.known_to))
FROM votes v JOIN question q ON v.known_from <= q.known AND (v.known_to IS NULL OR q.known < v.known_to) ORDER BY v.vote`,
}

func said(t *testing.T, g *domain.Group, q domain.Pair) (answers [][][]any) {
	answers = make([][][]any, len(queries))
	add := func(i int, row ...any) { answers[i] = append(answers[i], row) }
	for _, b := range g.Bodies(q) {
		if !b.Exists {
			continue
		}
		add(8, string(b.Body), b.Name)
		w, err := g.Weights(b.Body, q)
		require.NoError(t, err)
		for _, row := range w.Rows {
			if row.Undetermined {
				add(0, string(b.Body), string(row.Member), nil, 1)
			} else {
				add(0, string(b.Body), string(row.Member), row.Weight.String(), 0)
			}
		}
		if len(w.Rows) > 0 {
			total, stated := "", any(nil)
			if !w.Undetermined {
				total = w.Total.String()
			}
			if w.Stated != nil {
				stated = w.Stated.String()
			}
			add(1, string(b.Body), total, stated)
		}
	}
	figure := func(f domain.Figure) []any { return []any{f.Gross, f.Distinct, f.Unknown, f.Lines} }
	total, rows := g.Enrolment(q, domain.Selection{By: []domain.Dimension{domain.ByMember}})
	add(2, figure(total)...)
	for _, r := range rows {
		add(3, append([]any{orNil(r.Keys[0])}, figure(r.Figure)...)...)
	}
	_, rows = g.Enrolment(q, domain.Selection{By: []domain.Dimension{domain.BySchool}})
	for _, r := range rows {
		add(4, append([]any{r.Keys[0]}, figure(r.Figure)...)...)
	}
	_, rows = g.Enrolment(q, domain.Selection{By: []domain.Dimension{domain.BySchoolKind}})
	for _, r := range rows {
		known := any(r.Gross)
		add(5, r.Keys[0], known)
	}
	for _, d := range g.Decisions(q) {
		add(6, d.Number, string(d.Body), orNil(d.Title), d.Outcome, d.Legal, orNone(d.Later), orNil(d.Until.String()), orNone(d.Annulment), orNil(d.Published.String()), orNil(d.Received.String()), orNil(d.Binds.String()))
	}
	votesSaid(g, q.Known, func(row ...any) { add(9, row...) })
	for _, m := range g.Members(q) {
		add(7, string(m.Member), m.Name, m.Event)
	}
	return answers
}

// votesSaid are the votes as they are known, whatever the day. Of a secret ballot no vote is told, and of an open one none either.
func votesSaid(g *domain.Group, known uint64, add func(...any)) {
	var all []*domain.Ballot
	for _, s := range g.Sittings(domain.Pair{At: domain.LastDay, Known: known}) {
		for _, i := range s.Agenda {
			all = append(all, i.Ballots...)
		}
	}
	slices.SortFunc(all, func(a, b *domain.Ballot) int { return int(a.Event) - int(b.Event) })
	for _, b := range all {
		public, secret := 0, 0
		for _, v := range b.Votes() {
			if !b.Secret() && !b.IsOpen() {
				public += len(v.Parts)
				if b.Opened.Word(v.Sense) != "" {
					public++
				}
			}
		}
		for _, c := range b.Counts {
			secret += c.Votes
		}
		row := []any{b.Event, b.Opened.Rule.Ballot, orNone(b.Closed), orNone(b.Decision), nil, nil, nil, nil, len(b.Poll().Roll), public, secret}
		if p := b.Outcome; p != nil {
			row[4], row[5], row[6], row[7] = p.Outcome, p.For.Heads, p.For.Weight, p.Total.Weight
		}
		add(row...)
	}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orNone(n uint64) any {
	if n == 0 {
		return nil
	}
	return n
}

// spelled makes answers comparable: a total as a weight, an unknown sum as 0, numbers as texts.
func spelled(answers [][][]any) (lines []string) {
	for i, rows := range answers {
		for _, row := range rows {
			row = append([]any(nil), row...)
			if i == 1 && len(row) == 4 {
				total := ""
				if row[1] != nil {
					var num, den int64
					fmt.Sscan(fmt.Sprint(row[1]), &num)
					fmt.Sscan(fmt.Sprint(row[2]), &den)
					w, _ := domain.NewWeight(num, den)
					total = w.String()
				}
				row = []any{row[0], total, row[3]}
			}
			line := fmt.Sprint(i)
			for _, v := range row {
				switch v := v.(type) {
				case nil:
					line += " -"
				default:
					line += " " + fmt.Sprint(v)
				}
			}
			if i == 5 {
				line = strings.Replace(line, " -", " 0", 1)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// Figures counted in SQL are the program's, at whatever pair, of whatever history.
func TestSQLSaysWhatTheGroupSays(t *testing.T) {
	seen, secrets := map[string]int{}, 0
	for n := range uint64(*histories + 3) {
		seed, about := n, 60+int(n%5)*60
		if n < 3 {
			seed, about = []uint64{54, 67, 68}[n], 300 // they hold secret ballots
		}
		g := drawn(seed, about)
		file := written(t, g)
		r := rand.New(rand.NewPCG(seed, 1))
		var pairs []domain.Pair
		for range 25 {
			pairs = append(pairs, domain.Pair{At: domaintest.First + domain.Day(r.IntN(domaintest.Days+40)-1), Known: r.Uint64N(g.Head() + 1)})
		}
		pairs = append(pairs, domain.Pair{At: domaintest.First + domaintest.Days, Known: g.Head()})
		got := ask(t, file, pairs, queries...)
		for i, q := range pairs {
			want := said(t, g, q)
			require.Equal(t, spelled(want), spelled(got[i]), "seed %d, %v", seed, q)
			for k := range want {
				seen[queries[k]] += len(want[k])
			}
			for _, row := range want[9] {
				if row[1] == domain.Secret && row[10] != any(0) {
					secrets++
					require.Zero(t, row[9])
				}
			}
		}
	}
	require.Positive(t, secrets, "some ballots were secret, and counted")
	for _, q := range queries {
		require.Greater(t, seen[q], 10, "the drawn histories must have something to say: %s", q)
	}
}
