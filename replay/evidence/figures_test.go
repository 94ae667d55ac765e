package evidence_test

import (
	"bufio"
	"encoding/binary"
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
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/eventstore"
	"registre/replay/evidence"
)

var pairsWanted = flag.Int("registre.pairs", 150, "how many pairs figures.py is asked, over random histories")

// asksFigures is a program that reads pairs, and answers each with figures.py as a module.
const asksFigures = `import json, sys
sys.path.insert(0, sys.argv[1])
import figures
events = list(figures.read_events())
for line in sys.stdin:
    day, known = line.split()
    print(json.dumps(figures.answer(events, day, int(known)), sort_keys=True))
`

// counted is what figures.py answers.
type counted struct {
	Weights   map[string]map[string]*string
	Enrolment struct {
		enrolled
		ByMember map[string]enrolled `json:"by_member"`
	}
	Decisions []decided
}

type enrolled struct{ Gross, Distinct, Unknown, Lines int64 }

type decided struct {
	Number         uint64
	Outcome, Legal string
	Option         *string
	Tie, Asserted  bool
	Recount        []any
	Differs        []string
}

// TestFigures: weights, enrolment and outcomes that figures.py counts from the entries alone are the program's, at random pairs
// over random histories, with all that can happen in them.
func TestFigures(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("there is no python3 here: figures.py was not run")
	}
	const perHistory = 10
	met := map[string]int{}
	for seed := range uint64((*pairsWanted + perHistory - 1) / perHistory) {
		events := domaintest.Events(domaintest.Seeded(seed), 400)
		dir := t.TempDir()
		unpack(t, dir, events)
		groups, random := &domain.Group{}, rand.New(rand.NewPCG(seed, 1))
		for _, e := range events {
			groups = domain.Evolve(groups, e)
			met[strings.TrimPrefix(fmt.Sprintf("%T", e.Act), "*domain.")]++
		}
		var pairs []domain.Pair
		var asked strings.Builder
		for range perHistory {
			p := domain.Pair{At: domaintest.First - 10 + domain.Day(random.IntN(domaintest.Days+60)), Known: uint64(len(events))}
			if random.IntN(3) > 0 {
				p.Known = 1 + uint64(random.IntN(len(events)))
			}
			pairs = append(pairs, p)
			fmt.Fprintln(&asked, p.At, p.Known)
		}
		cmd := exec.Command("python3", "-c", asksFigures, dir)
		cmd.Stdin, cmd.Stderr = strings.NewReader(asked.String()), os.Stderr
		cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
		out, err := cmd.Output()
		require.NoError(t, err)
		lines := bufio.NewScanner(strings.NewReader(string(out)))
		lines.Buffer(nil, 1<<24)
		for _, p := range pairs {
			require.True(t, lines.Scan())
			var got counted
			require.NoError(t, json.Unmarshal(lines.Bytes(), &got))
			requireFigures(t, groups, p, &got, met, fmt.Sprintf("seed %d, on %s, as known at %d", seed, p.At, p.Known))
		}
	}
	t.Logf("met: %v", met)
	for _, what := range []string{"decided", "recounted", "taken", "unknown", "undetermined", "annulled", "EventCorrected", "MembersSucceeded", "AvenantEnteredIntoForce", "SchoolsMerged", "SchoolMoved", "OrderAmended", "OrderCancelled", "differs"} {
		require.NotZero(t, met[what], "%s was never met: the test sees nothing of it", what)
	}
}

// unpack writes what figures.py reads of an evidence file.
func unpack(t *testing.T, dir string, events []domain.Event) {
	t.Helper()
	put := func(name string, content []byte) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
	put("figures.py", evidence.FiguresProgram)
	put("group/checkpoint", fmt.Appendf(nil, "registre.example/house/essai\n%d\nroot\n", len(events)))
	begun := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for first := 0; first < len(events); first += 256 {
		var bundle []byte
		width := min(256, len(events)-first)
		for i := first; i < first+width; i++ {
			e := eventstore.NewEnvelope(&domain.Command{ID: uuid.New(), Group: "essai", Actor: "a"}, events[i], uint64(i+1), uuid.New(), domain.InstantOf(begun.Add(time.Duration(i)*time.Second)))
			body, err := e.Append(nil)
			require.NoError(t, err)
			bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(body))), body...)
		}
		name := fmt.Sprintf("group/tile/entries/%03d", first/256)
		if width < 256 {
			name += fmt.Sprintf(".p/%d", width)
		}
		put(name, bundle)
	}
}

func requireFigures(t *testing.T, g *domain.Group, p domain.Pair, got *counted, met map[string]int, where string) {
	t.Helper()
	weights := map[string]map[string]*string{}
	for _, b := range g.Bodies(p) {
		if !b.Exists {
			continue
		}
		w, err := g.Weights(b.Body, p)
		require.NoError(t, err)
		rows := map[string]*string{}
		for _, row := range w.Rows {
			rows[string(row.Member)] = nil
			if text := row.Weight.String(); !row.Undetermined {
				rows[string(row.Member)] = &text
			} else {
				met["undetermined"]++
			}
		}
		weights[string(b.Body)] = rows
	}
	require.Equal(t, weights, got.Weights, where)

	total, rows := g.Enrolment(p, domain.Selection{By: []domain.Dimension{domain.ByMember}})
	of := func(f domain.Figure) enrolled {
		return enrolled{f.Gross, f.Distinct, int64(f.Unknown), int64(f.Lines)}
	}
	byMember := map[string]enrolled{}
	for _, row := range rows {
		byMember[row.Keys[0]] = of(row.Figure)
	}
	if total.Gross != total.Distinct {
		met["taken"]++
	}
	met["unknown"] += total.Unknown
	require.Equal(t, of(total), got.Enrolment.enrolled, where)
	require.Equal(t, byMember, got.Enrolment.ByMember, where)
	requireDecisions(t, g, p, got, met, where)
}

func requireDecisions(t *testing.T, g *domain.Group, p domain.Pair, got *counted, met map[string]int, where string) {
	t.Helper()
	var want []decided
	for _, d := range g.Decisions(p) {
		met["decided"]++
		row := decided{Number: d.Number, Outcome: d.Outcome, Legal: d.Legal, Asserted: d.Asserted != nil}
		if d.Legal != domain.Stands {
			met["annulled"]++
		}
		if d.Proclaimed != nil {
			row.Tie = d.Proclaimed.Tie
			if option := string(d.Proclaimed.Option); option != "" {
				row.Option = &option
			}
			if tally, ok := g.Recount(d.Number, p.Known); ok {
				met["recounted"]++
				met["recounted "+tally.Outcome]++
				var option any
				if tally.Option > 0 {
					opened, _ := g.Said(d.Proclaimed.Vote, p.Known)
					option = string(opened.Act.(*domain.VoteOpened).Options[tally.Option-1])
				}
				row.Recount = []any{tally.Outcome, option, tally.Tie}
				row.Differs = amountsDiffer(&tally, d.Proclaimed)
				met["differs"] += len(row.Differs)
			}
		}
		want = append(want, row)
	}
	require.True(t, slices.EqualFunc(want, got.Decisions, func(a, b decided) bool { return fmt.Sprint(spell(a)) == fmt.Sprint(spell(b)) }), "%s:\n%v\n%v", where, want, got.Decisions)
}

// amountsDiffer names what was proclaimed otherwise than it is counted.
func amountsDiffer(t *domain.Tally, p *domain.DecisionProclaimed) (names []string) {
	columns := slices.Clone(t.Options)
	resolution := len(p.Options) == 0 && len(columns) == 2
	yes, no, options := domain.Amount{}, domain.Amount{}, columns
	if resolution {
		yes, no, options = columns[0], columns[1], nil
	}
	for _, a := range []struct {
		name          string
		counted, said domain.Amount
	}{
		{"abstain", t.Abstain, p.Abstain},
		{"against", no, p.Against},
		{"for", yes, p.For},
		{"not_voted", t.NotVoted, p.NotVoted},
		{"present", t.Present, p.Present},
		{"total", t.Total, p.Total},
	} {
		if a.counted != a.said {
			names = append(names, a.name)
		}
	}
	if !slices.Equal(options, p.Options) {
		names = append(names, "options")
	}
	slices.Sort(names)
	return names
}

func spell(d decided) []any {
	option := ""
	if d.Option != nil {
		option = *d.Option
	}
	return []any{d.Number, d.Outcome, d.Legal, option, d.Tie, d.Asserted, d.Recount, strings.Join(d.Differs, " ")}
}
