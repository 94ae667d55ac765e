package replay_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/projections"
	"registre/projections/casetest"
	"registre/replay"
)

// add writes golden files that are not there. None is ever edited.
var add = flag.Bool("add-golden", false, "write the golden files that are missing")

func encode(t require.TestingT, v any) string {
	b, err := projections.Encode(v)
	require.NoError(t, err)
	canonical := jsontext.Value(bytes.Clone(b))
	require.NoError(t, canonical.Canonicalize())
	require.Equal(t, string(canonical), string(b))
	return string(b)
}

func story(t require.TestingT, b *replay.Book, p domain.Pair) []replay.Item {
	items, err := replay.Story(b, p)
	require.NoError(t, err)
	return items
}

func diff(t require.TestingT, b *replay.Book, from, to domain.Pair) []replay.Difference {
	found, err := replay.Diff(b, from, to)
	require.NoError(t, err)
	return found
}

// TestGrandEst compares what is told of the reference case, to the byte, with testdata.
func TestGrandEst(t *testing.T) {
	b := fold(t, casetest.GrandEst(t))
	for name, told := range map[string]any{
		"story":               story(t, b, domain.Pair{Known: domain.Latest}),
		"story-2022-known-4":  story(t, b, domain.Pair{At: casetest.Day("2022-12-31"), Known: 4}),
		"diff-2020-2021":      diff(t, b, casetest.At("2020-12-31"), casetest.At("2021-01-01")),
		"diff-2022-2023":      diff(t, b, casetest.At("2022-12-31"), casetest.At("2023-01-01")),
		"diff-known-3-4":      diff(t, b, domain.Pair{At: casetest.Day("2023-01-01"), Known: 3}, domain.Pair{At: casetest.Day("2023-01-01"), Known: 4}),
		"diff-2017-2023":      diff(t, b, casetest.At("2016-12-31"), casetest.At("2023-01-01")),
		"findings":            replay.Findings(b, domain.Pair{Known: domain.Latest}),
		"findings-2018":       replay.Findings(b, domain.Pair{At: casetest.Day("2018-01-01"), Known: domain.Latest}),
		"explain-convention":  explain(b, domain.Latest, 1, 4),
		"findings-of-nothing": replay.Findings(b, domain.Pair{Known: 0}),
		"diff-of-nothing":     diff(t, b, casetest.At("2023-01-01"), casetest.At("2023-01-01")),
	} {
		t.Run(name, func(t *testing.T) {
			got := encode(t, told)
			file := filepath.Join("testdata", name+".json")
			want, err := os.ReadFile(file)
			if os.IsNotExist(err) && *add {
				require.NoError(t, os.WriteFile(file, []byte(got+"\n"), 0o644))
				return
			}
			require.NoError(t, err)
			require.Equal(t, string(want), got+"\n")
		})
	}
}

// TestStoryOrder: a corrected event stands where its words now put it, a void one where it stood; the late are marked.
func TestStoryOrder(t *testing.T) {
	c := casetest.New(t, "g")
	c.Tell("2020-01-01", &domain.GroupFounded{Name: "G", Title: "C", Changes: []domain.Change{&domain.MemberJoined{Member: "a", Name: "A"}}})
	c.Tell("2020-05-01", &domain.MemberJoined{Basis: "x", Member: "b", Name: "B"}, casetest.RecordedOn("2020-05-02"))
	c.Tell("2020-04-01", &domain.MemberJoined{Basis: "x", Member: "c", Name: "C"}, casetest.Invented("all"))
	c.Tell("2020-06-01", &domain.EventCorrected{
		Target: 2, Kind: domain.Clerical, Reason: "a slip",
		Replacement: &domain.Event{Effective: domain.OnDay(casetest.Day("2020-03-01")), Act: &domain.MemberJoined{Basis: "x", Member: "b", Name: "B"}},
	})
	c.Tell("2020-06-01", &domain.EventCorrected{Target: 3, Kind: domain.Substantive, Reason: "never was"})
	b := fold(t, c)
	numbers := func(items []replay.Item) (ns []uint64) {
		for _, i := range items {
			ns = append(ns, i.Number)
		}
		return ns
	}
	items := story(t, b, domain.Pair{Known: domain.Latest})
	require.Equal(t, []uint64{1, 2, 3, 4, 5}, numbers(items))
	require.EqualValues(t, 4, items[1].CorrectedBy)
	require.True(t, items[1].Late)
	require.Equal(t, "2020-03-01", items[1].Effective.String())
	require.True(t, items[2].Void)
	require.EqualValues(t, 5, items[2].CorrectedBy)
	require.Equal(t, "all", items[2].Illustrative)
	require.Equal(t, `{"basis":"x","member":"c","name":"C"}`, string(items[2].Data))
	require.True(t, items[0].Undocumented)

	require.Equal(t, []uint64{1, 3, 2}, numbers(story(t, b, domain.Pair{Known: 3})))
	require.Equal(t, []uint64{1, 3}, numbers(story(t, b, domain.Pair{At: casetest.Day("2020-04-30"), Known: 3})))
}

// TestStable: what is told of an earlier pair is the same to the byte after more events; and a difference read the other
// way says the same. Histories are drawn until differences of enough kinds were seen: a short run draws few at a time.
func TestStable(t *testing.T) {
	different := map[string]bool{}
	for rounds := 0; rounds == 0 || len(different) <= 8 && rounds < 30; rounds++ {
		rapid.Check(t, stable(t, different))
	}
	require.Greater(t, len(different), 8, "%v", different)
}

// stable checks one history, and notes what kinds of difference there were in it.
func stable(t *testing.T, different map[string]bool) func(*rapid.T) {
	return func(r *rapid.T) {
		c := casetest.New(t, "g")
		for _, command := range domaintest.History(domaintest.Rapid(r), 40) {
			_, err := c.Do(command)
			require.NoError(r, err)
		}
		b := &replay.Book{Group: &domain.Group{}}
		grow := func(to int) {
			for _, e := range c.Envelopes[b.Head():to] {
				require.NoError(r, b.Apply(e))
			}
		}
		grow(rapid.IntRange(1, len(c.Envelopes)).Draw(r, "first"))
		pair := func() domain.Pair {
			return domain.Pair{
				At:    domaintest.First + domain.Day(rapid.IntRange(-1, domaintest.Days).Draw(r, "day")),
				Known: rapid.OneOf(rapid.Just(b.Head()), rapid.Uint64Range(0, b.Head())).Draw(r, "known"),
			}
		}
		p, q := pair(), pair()
		tell := func() [4]string {
			return [4]string{
				encode(r, story(r, b, p)), encode(r, replay.Findings(b, p)), encode(r, diff(r, b, p, q)),
				encode(r, explain(b, p.Known, 1, 2, 3, 10, 20)),
			}
		}
		before := tell()
		grow(len(c.Envelopes))
		require.Equal(r, before, tell())

		require.Empty(r, diff(r, b, p, p))
		back := diff(r, b, q, p)
		for i := range back {
			back[i] = turned(back[i])
		}
		forth := diff(r, b, p, q)
		for i := range forth {
			require.NotEmpty(r, forth[i].Events, "nothing explains %+v", forth[i])
			forth[i].Successor = ""
			different[forth[i].Code] = true
		}
		require.Equal(r, forth, back)
	}
}

func turned(d replay.Difference) replay.Difference {
	over := map[string]string{
		replay.MemberGained: replay.MemberLost, replay.MemberLost: replay.MemberGained,
		replay.BodyGained: replay.BodyLost, replay.BodyLost: replay.BodyGained,
	}
	if code, ok := over[d.Code]; ok {
		d.Code = code
	}
	d.From, d.To, d.Successor = d.To, d.From, ""
	return d
}

// TestDiffByRole: a role that passes by succession is explained by it, and a fallen approval by what made it fall.
func TestDiffByRole(t *testing.T) {
	c := casetest.GrandEst(t)
	c.Tell("2020-01-01", &domain.RoleGiven{Basis: "x", Member: casetest.HautRhin, Role: domain.Pilot})
	b := fold(t, c)
	found := diff(t, b, casetest.At("2020-12-31"), casetest.At("2021-01-01"))
	i := slices.IndexFunc(found, func(d replay.Difference) bool { return d.Code == replay.RoleChanged })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, replay.Difference{Code: replay.RoleChanged, Role: domain.Pilot, From: "haut-rhin", To: "cea", Events: []uint64{4}}, found[i])

	c = casetest.GrandEst(t)
	fell := c.Tell("2022-11-01", &domain.DeliberationFell{Deliberation: 8, How: domain.Annulled, Reason: "x"})
	b = fold(t, c)
	at := casetest.Day("2022-11-01")
	found = diff(t, b, domain.Pair{At: at, Known: 26}, domain.Pair{At: at, Known: fell})
	require.Equal(t, []replay.Difference{{Code: replay.TextChanged, Text: casetest.Avenant1, From: domain.Approved, To: domain.Drafted, Events: []uint64{fell}}}, found)
}

// TestDiffOfDraft: what an avenant in force brought about changes with its draft, and the correction of that explains it.
func TestDiffOfDraft(t *testing.T) {
	c := casetest.GrandEst(t)
	other := casetest.Draft2022()
	other.Changes[5] = &domain.ObligationSet{Article: "8", Text: "Évaluer."}
	c.Tell("2023-02-01", &domain.EventCorrected{
		Target: 5, Kind: domain.Clerical, Reason: "x",
		Replacement: &domain.Event{Effective: domain.OnDay(casetest.Day("2022-06-21")), Act: other},
	})
	c.Tell("2023-02-01", &domain.ObligationSet{Basis: "x", Article: "9", Text: "Autre."})
	b := fold(t, c)
	at := casetest.Day("2023-01-01")
	require.Equal(t, []replay.Difference{{
		Code: replay.ObligationChanged, Article: "8", Events: []uint64{26, 27},
		From: "Suivre et évaluer les usages dans ses établissements.", To: "Évaluer.",
	}}, diff(t, b, domain.Pair{At: at, Known: 26}, domain.Pair{At: at, Known: 28}))
}
