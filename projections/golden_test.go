package projections_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections"
	"registre/projections/casetest"
)

// add writes golden files that are not there. None is ever edited.
var add = flag.Bool("add-golden", false, "write the golden files that are missing")

func question(day string, known uint64) projections.Question {
	return projections.Question{Group: "ent-grand-est", At: casetest.Day(day), Known: known}
}

func weights(t require.TestingT, g *domain.Group, q projections.Question, body domain.BodyID, why bool) projections.WeightsAnswer {
	a, err := projections.Weights(g, q, body, why)
	require.NoError(t, err)
	return a
}

// TestGrandEst asks the reference case and compares the answers, to the byte, with testdata.
func TestGrandEst(t *testing.T) {
	g := casetest.GrandEst(t).Group
	require.EqualValues(t, 26, g.Head())
	const all = domain.Latest
	for name, answer := range map[string]any{
		"weights-ag-2017":                  weights(t, g, question("2017-06-01", all), casetest.AG, false),
		"weights-ag-2020-why":              weights(t, g, question("2020-06-01", all), casetest.AG, true),
		"weights-ag-2021-why":              weights(t, g, question("2021-01-01", all), casetest.AG, true),
		"weights-ag-2021-before-merger":    weights(t, g, question("2021-01-01", 3), casetest.AG, false),
		"weights-cogouv-2022":              weights(t, g, question("2022-12-31", all), casetest.COGOUV, false),
		"weights-cogouv-2023-why":          weights(t, g, question("2023-01-01", all), casetest.COGOUV, true),
		"weights-cst-2023":                 weights(t, g, question("2023-01-01", all), casetest.CST, false),
		"members-2017":                     projections.Members(g, question("2017-06-01", all), false),
		"members-2021-why":                 projections.Members(g, question("2021-01-01", all), true),
		"members-2023":                     projections.Members(g, question("2023-01-01", all), false),
		"bodies-2018":                      projections.Bodies(g, question("2018-01-01", all), false),
		"bodies-2023-why":                  projections.Bodies(g, question("2023-01-01", all), true),
		"avenants-2022-10-01":              projections.Avenants(g, question("2022-10-01", all), false),
		"avenants-2022-12-01":              projections.Avenants(g, question("2022-12-01", all), false),
		"avenants-2022-12-20-why":          projections.Avenants(g, question("2022-12-20", all), true),
		"avenants-2023-known-last-signing": projections.Avenants(g, question("2023-01-01", 25), false),
		"avenants-2023":                    projections.Avenants(g, question("2023-01-01", all), false),
		"obligations-2018":                 projections.Obligations(g, question("2018-01-01", all)),
		"obligations-2023":                 projections.Obligations(g, question("2023-01-01", all)),
		"nothing":                          projections.Members(g, question("2023-01-01", 0), false),
	} {
		t.Run(name, func(t *testing.T) { requireGolden(t, name, answer) })
	}
}

// requireGolden compares an answer, to the byte, with its file in testdata.
func requireGolden(t *testing.T, name string, answer any) {
	got, err := projections.Encode(answer)
	require.NoError(t, err)
	requireCanonical(t, got)
	file := filepath.Join("testdata", name+".json")
	want, err := os.ReadFile(file)
	if os.IsNotExist(err) && *add {
		require.NoError(t, os.WriteFile(file, append(got, '\n'), 0o644))
		return
	}
	require.NoError(t, err)
	require.Equal(t, string(want), string(got)+"\n")
}

// requireCanonical checks that an answer's bytes are those of RFC 8785.
func requireCanonical(t require.TestingT, b []byte) {
	canonical := jsontext.Value(append([]byte(nil), b...))
	require.NoError(t, canonical.Canonicalize())
	require.Equal(t, string(canonical), string(b))
}

// TestSurface holds the answer's form to what other programs lean on.
func TestSurface(t *testing.T) {
	g := casetest.GrandEst(t).Group
	keys := func(v any) []string {
		b, err := projections.Encode(v)
		require.NoError(t, err)
		var fields map[string]jsontext.Value
		require.NoError(t, json.Unmarshal(b, &fields))
		var found []string
		for k := range fields {
			found = append(found, k)
		}
		return found
	}
	full := weights(t, g, question("2020-01-01", 3), casetest.AG, false)
	require.ElementsMatch(t, []string{"group", "body", "at", "known", "members", "total", "stated_total"}, keys(full))
	require.ElementsMatch(t, []string{"member", "weight"}, keys(full.Members[0]))
	require.Equal(t, casetest.W("15"), full.Total.Weight)
	require.Equal(t, casetest.W("16"), *full.StatedTotal)

	none := weights(t, g, question("2020-01-01", 3), "no-such-body", false)
	require.ElementsMatch(t, []string{"group", "body", "at", "known", "members"}, keys(none))
	require.Empty(t, none.Members)
}

// TestUndetermined: a weight that nobody has given has no weight, and then there is no total.
func TestUndetermined(t *testing.T) {
	c := casetest.GrandEst(t)
	c.Tell("2024-01-01", &domain.MembersSucceeded{
		Basis: "loi", Predecessors: []domain.MemberID{casetest.CeA},
		Successors: []domain.Named{{Member: "north", Name: "North"}, {Member: "south", Name: "South"}},
		Policies: []domain.Policy{
			{Body: casetest.AG, Way: domain.Set, Weights: []domain.MemberWeight{{Member: "south", Weight: casetest.W("0")}}},
			{Body: casetest.COGOUV, Way: domain.Set},
		},
	})
	b, err := projections.Encode(weights(t, c.Group, question("2024-01-01", domain.Latest), casetest.AG, false))
	require.NoError(t, err)
	require.Contains(t, string(b), `{"member":"north","undetermined":true}`)
	require.Contains(t, string(b), `{"member":"south","weight":"0"}`)
	require.NotContains(t, string(b), "total")
}

// TestBoardOfASuccessor: who succeeds to a listed member is asked in its place, on the board as in the rule.
func TestBoardOfASuccessor(t *testing.T) {
	c := casetest.GrandEst(t)
	listed := domain.Quota{Who: domain.Listed, Members: []domain.MemberID{"aube"}}
	c.Tell("2024-01-01", &domain.AmendmentRuleSet{Basis: "test", Approval: listed, Signature: listed, Effect: domain.StatedDay})
	c.Tell("2024-02-01", &domain.AvenantDrafted{Avenant: "avenant-9", Title: "N9", StatedDay: casetest.Day("2024-06-01")})
	c.Tell("2024-03-01", &domain.MembersSucceeded{
		Basis: "loi", Predecessors: []domain.MemberID{"aube"}, Successors: []domain.Named{{Member: "south", Name: "South"}},
		Policies: []domain.Policy{
			{Body: casetest.AG, Way: domain.Set}, {Body: casetest.COGOUV, Way: domain.Set}, {Body: casetest.CST, Way: domain.Set},
		},
	})
	board := projections.Avenants(c.Group, question("2024-03-01", domain.Latest), false)
	last := board.Texts[len(board.Texts)-1]
	require.Equal(t, []domain.MemberID{"south"}, last.MissingApproval)
	require.Equal(t, []domain.MemberID{"south"}, last.MissingSignature)
	require.Equal(t, []string{projections.WaitsApprovals, projections.WaitsSignatures}, last.WaitsFor)
}

// TestOverflow: weights that cannot be added up are an error, and say so.
func TestOverflow(t *testing.T) {
	c := casetest.GrandEst(t)
	fine := func(d string) domain.Weight { return casetest.W("1/" + d) }
	set := &domain.WeightsSet{Basis: "test", Body: casetest.CST, Weights: []domain.MemberWeight{
		{Member: "aube", Weight: fine("9223372036854775783")}, {Member: "marne", Weight: casetest.W("1")},
	}}
	n := c.Tell("2024-01-01", &domain.WeightsSet{Basis: "test", Body: casetest.CST, Weights: set.Weights[:1]})
	c.Tell("2024-01-01", &domain.EventCorrected{
		Target: n, Kind: domain.Clerical, Reason: "test", Replacement: &domain.Event{Effective: domain.OnDay(casetest.Day("2024-01-01")), Act: &domain.WeightsSet{
			Basis: "test", Body: casetest.CST, Weights: []domain.MemberWeight{
				{Member: "aube", Weight: fine("9223372036854775783")}, {Member: "marne", Weight: fine("9223372036854775643")},
			},
		}},
	})
	_, err := projections.Weights(c.Group, question("2024-01-01", domain.Latest), casetest.CST, false)
	require.ErrorIs(t, err, domain.ErrOverflow)
	require.ErrorContains(t, err, "cst")
}

// TestObligationsDoubt: a doubtful day concerns the obligations that were set on it; a doubtful signature does not.
func TestObligationsDoubt(t *testing.T) {
	c := casetest.GrandEst(t)
	c.Tell("2024", &domain.MemberSigned{Member: casetest.Region, Text: domain.Convention})
	require.Empty(t, projections.Obligations(c.Group, question("2024-06-01", domain.Latest)).Doubtful)
	c.Tell("2024-05", &domain.ObligationSet{Article: "9", Basis: "test", Text: "Rendre compte."})
	require.Len(t, projections.Obligations(c.Group, question("2024-05-10", domain.Latest)).Doubtful, 1)
	require.Empty(t, projections.Obligations(c.Group, question("2024-06-01", domain.Latest)).Doubtful)
	require.Len(t, projections.Avenants(c.Group, question("2024-06-01", domain.Latest), false).Doubtful, 1)
}
