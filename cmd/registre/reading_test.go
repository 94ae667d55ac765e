package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/web/operation"
)

// demoDesk is a desk on the demonstration, in memory.
func demoDesk(t testing.TB) desk {
	onOneDay()
	all, err := story()
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "demo")
	a := newApp(strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{})
	a.data = dir
	built, err := a.buildDemo(t.Context())
	require.NoError(t, err)
	require.True(t, built)
	require.NotEmpty(t, all)
	d, err := a.open(t.Context(), false)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func TestDemoAnswersTheCase(t *testing.T) {
	d := demoDesk(t)
	for _, c := range []struct {
		body, at, known string
		weights         map[string]string
		absent          []string
		members         int
		total, stated   string
	}{
		{"ag", "2018-01-01", "", map[string]string{"region-grand-est": "3", "bas-rhin": "2", "haut-rhin": "1"}, []string{"cea"}, 11, "15", "16"},
		{"ag", "2021-06-01", "", map[string]string{"cea": "3"}, []string{"bas-rhin", "haut-rhin"}, 10, "15", ""},
		{"cogouv", "2023-06-01", "", map[string]string{"region-grand-est": "4.5", "cea": "2", "moselle": "1.5", "aube": "1"}, nil, 10, "15", ""},
		{"cogouv", "2023-06-01", "#47", map[string]string{"moselle": "2.5"}, nil, 10, "16", ""},
		{"cogouv", "2023-06-01", "#1", nil, nil, 0, "", ""},
		{"copil", "2018-01-01", "", nil, nil, 0, "", ""},
		{"never", "2018-01-01", "", nil, nil, 0, "", ""},
	} {
		w, err := answerTo[weightsAnswer](t.Context(), d, Question{Kind: "weights", Group: demoGroup, At: c.at, Known: c.known, More: asking("body", c.body)})
		require.NoError(t, err)
		got := map[string]string{}
		for _, m := range w.Members {
			got[m.Member] = m.Weight
		}
		require.Len(t, got, c.members, "%s on %s", c.body, c.at)
		require.Subset(t, got, c.weights)
		for _, m := range c.absent {
			require.NotContains(t, got, m)
		}
		require.Equal(t, c.total, w.Total)
		require.Equal(t, c.stated, w.StatedTotal)
	}
}

// TestDemoIsMarked wants every deed of a member that the report does not tell to be marked as invented or inferred.
func TestDemoIsMarked(t *testing.T) {
	told := map[string]bool{"commission permanente du 6 octobre 2017": true, "commission permanente du 6 novembre 2017": true, "CP-2022-9-5-1": true}
	all, err := story()
	require.NoError(t, err)
	unmarked := 0
	for i, c := range all {
		if c.command.Illustrative == "" {
			unmarked++
			require.True(t, i == 0 || told[c.command.Evidence[0].Reference], "line %d", i+1)
		}
	}
	require.Equal(t, 4, unmarked)
}

func TestDemoHashesAreOfItsTexts(t *testing.T) {
	hashes := map[string]bool{}
	texts, err := fs.Glob(casedata, "casedata/*.txt")
	require.NoError(t, err)
	require.Len(t, texts, 3)
	for _, name := range texts {
		text, err := casedata.ReadFile(name)
		require.NoError(t, err)
		require.Contains(t, string(text), "TEXTE ILLUSTRATIF")
		sum := sha256.Sum256(text)
		hashes[hex.EncodeToString(sum[:])] = true
	}
	d, named := demoDesk(t), 0
	for r, err := range d.Records(context.Background(), demoGroup, 0, false) {
		require.NoError(t, err)
		e, err := eventstore.Open(r)
		require.NoError(t, err)
		for _, document := range e.Evidence {
			if h := document.SHA256.String(); h != "" {
				require.True(t, hashes[h], "event %d", e.Number)
				named++
			}
		}
	}
	require.Positive(t, named)
}

// TestAnswersOfThePast asks every question at every known, and again when all is recorded: the same bytes.
func TestAnswersOfThePast(t *testing.T) {
	all, err := story()
	require.NoError(t, err)
	early, late := storyDesk(t, all[:40]), storyDesk(t, all)
	ofSittings := []string{"sitting", "decision", "minutes", "what-if"} // of which there are none so early
	for name, k := range kinds {
		if slices.Contains(ofSittings, name) || k.ofHouse {
			continue
		}
		q := Question{Kind: name, Group: demoGroup, At: "2022-11-30", Known: "#30", More: takenBy(k, asking("body", "ag", "why", "yes", "from", "2018-01-01", "to", "2019-01-01", "number", "5", "figure", "total", "member", "region-grand-est", "order", "1"))}
		before, after := withoutMeta(t, early, q), withoutMeta(t, late, q)
		require.Equal(t, before, after, name)
	}
	requireHouseOfThePast(t, late)
	early = storyDesk(t, all[:len(all)-5])
	known, err := answerTo[decisionsAnswer](t.Context(), early, Question{Kind: "decisions", Group: demoGroup, At: "2030-01-01"})
	require.NoError(t, err)
	asked := 0
	for i := range known.Decisions {
		d := &known.Decisions[i]
		for _, name := range ofSittings {
			more := takenBy(kinds[name], asking("sitting", d.Sitting, "number", decimal(d.Number), "decision", decimal(d.Number), "turn", "yes", "why", "yes"))
			q := Question{Kind: name, Group: demoGroup, At: "2030-01-01", Known: "#" + decimal(known.Known), More: more}
			if d.Sitting != "" && !d.Asserted || name == "decision" {
				require.Equal(t, withoutMeta(t, early, q), withoutMeta(t, late, q), "%s %s #%d", name, d.Sitting, d.Number)
				asked++
			}
		}
	}
	require.Greater(t, asked, 20)
}

// requireHouseOfThePast asks what the house register alone answers, before and after something is recorded in it.
func requireHouseOfThePast(t *testing.T, d desk) {
	t.Helper()
	grant := func(who string) string {
		return `{"actor":"a","command":"grant-right","group":"registre","effective":"2022-01-01","id":"` + uuid.NewString() + `","data":{"every":true,"principal":"` + who + `","role":"auditor"}}`
	}
	subscribe := func(id string) string {
		return `{"actor":"a","command":"make-subscription","group":"registre","effective":"2022-01-01","id":"` + uuid.NewString() + `","data":{"channel":"webhook","every":true,"principal":"p","subscription":"` + id + `"}}`
	}
	record := func(commands ...string) {
		for _, c := range commands {
			_, err := d.Record(t.Context(), []byte(c))
			require.NoError(t, err)
		}
	}
	record(grant("p-one"), subscribe("s-one"))
	before, asked := map[string]string{}, 0
	ask := func(name string) string {
		return withoutMeta(t, d, Question{Kind: name, Group: string(domain.House), At: "2022-11-30", Known: "#2"})
	}
	for name, k := range kinds {
		if k.ofHouse {
			before[name] = ask(name)
			asked++
		}
	}
	record(grant("p-two"), subscribe("s-two"))
	for name, said := range before {
		require.Equal(t, said, ask(name), name)
		require.Contains(t, said, "one")
	}
	require.GreaterOrEqual(t, asked, 2)
}

// takenBy are those of some parameters that a kind of question takes.
func takenBy(k kind, more map[string]string) map[string]string {
	maps.DeleteFunc(more, func(name, _ string) bool {
		return !slices.ContainsFunc(k.takes, func(p operation.Parameter) bool { return p.Name == name })
	})
	return more
}

func storyDesk(t testing.TB, all []toldCommand) desk {
	store := eventstore.NewMemory()
	require.NoError(t, tell(t.Context(), keptOpen{store}, all))
	return newLocal(store, nowFor(all), false)
}

func withoutMeta(t *testing.T, d desk, q Question) string {
	raw, err := d.Ask(t.Context(), q)
	require.NoError(t, err, q.Kind)
	rest := withoutMetaOf(raw)
	require.NotEmpty(t, rest, "%s", raw)
	return rest
}

func TestRanges(t *testing.T) {
	require.Equal(t, "#1 #3 #4 #6–#9", ranges([]uint64{9, 3, 4, 6, 7, 8, 1}))
	require.Empty(t, ranges(nil))
}

func TestCommandLineIsQuoted(t *testing.T) {
	a := newApp(nil, nil, nil)
	a.data = "./my data"
	require.Equal(t, `registre weights g --known '#7' --data './my data'`, a.commandLine("weights", "g", "--known", "#7"))
	require.Equal(t, `'it'\''s'`, quoted("it's"))
}
