package projections_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections"
	"registre/projections/casetest"
)

// asked is an answer that must be there.
func asked[T any](t require.TestingT) func(answer T, ok bool) T {
	return func(answer T, ok bool) T {
		require.True(t, ok)
		return answer
	}
}

// decisionsOf are the numbers of the decisions of a sitting, by their items.
func decisionsOf(g *domain.Group, sitting domain.SittingID) map[domain.ItemID]uint64 {
	numbers := map[domain.ItemID]uint64{}
	for _, d := range projections.Decisions(g, question("2030-01-01", domain.Latest), projections.DecisionsAsked{}, false).Decisions {
		if d.Sitting == sitting {
			numbers[d.Item] = d.Number
		}
	}
	return numbers
}

func voices(t require.TestingT, g *domain.Group, q projections.Question, m domain.MemberID, from domain.Day, why bool) projections.VoicesAnswer {
	a, err := projections.Voices(g, q, m, from, why)
	require.NoError(t, err)
	return a
}

// TestSittings compares the answers about sittings, to the byte, with testdata.
func TestSittings(t *testing.T) {
	g := casetest.GrandEst(t).Sat().Group
	const all = domain.Latest
	one := asked[projections.SittingAnswer](t)
	decided := asked[projections.DecisionAnswer](t)
	n := decisionsOf(g, casetest.March)
	require.Len(t, n, 4)
	for name, answer := range map[string]any{
		"sittings-2023-why":         projections.Sittings(g, question("2023-06-01", all), "", true),
		"sittings-ag":               projections.Sittings(g, question("2023-06-01", all), casetest.AG, false),
		"sitting-march-why":         one(projections.SittingOf(g, question("2023-06-01", all), casetest.March, true)),
		"sitting-march-before":      one(projections.SittingOf(g, question("2023-03-15", all), casetest.March, false)),
		"sitting-march-known-vote":  one(projections.SittingOf(g, question("2023-03-20", n["1"]-2), casetest.March, false)),
		"sitting-march-known-item2": one(projections.SittingOf(g, question("2023-03-20", n["1"]), casetest.March, false)),
		"sitting-may":               one(projections.SittingOf(g, question("2023-06-01", all), casetest.May, false)),
		"sitting-june":              one(projections.SittingOf(g, question("2023-06-01", all), casetest.June, false)),
		"decisions-2023":            projections.Decisions(g, question("2023-12-31", all), projections.DecisionsAsked{}, false),
		"decisions-2024-why":        projections.Decisions(g, question("2024-12-31", all), projections.DecisionsAsked{Outcome: domain.Adopted}, true),
		"decision-tie-why":          decided(projections.DecisionOf(g, question("2023-12-31", all), n["1"], true)),
		"decision-pilot-2023":       decided(projections.DecisionOf(g, question("2023-12-31", all), n["2"], false)),
		"decision-pilot-2024":       decided(projections.DecisionOf(g, question("2024-12-31", all), n["2"], true)),
		"decision-logo":             decided(projections.DecisionOf(g, question("2023-12-31", all), n["3"], false)),
		"decision-secret":           decided(projections.DecisionOf(g, question("2023-12-31", all), n["4"], false)),
		"decision-asserted":         decided(projections.DecisionOf(g, question("2023-12-31", all), 29, false)),
		"voices-aube-why":           voices(t, g, question("2023-06-01", all), "aube", 0, true),
		"voices-vosges":             voices(t, g, question("2023-06-01", all), "vosges", 0, false),
	} {
		t.Run(name, func(t *testing.T) { requireGolden(t, name, answer) })
	}
}

// TestTheTieIsSaid: 7.5 of 15 voices for and 7.5 against is rejected, and a tie.
func TestTheTieIsSaid(t *testing.T) {
	g := casetest.GrandEst(t).Sat().Group
	d, ok := projections.DecisionOf(g, question("2023-12-31", domain.Latest), decisionsOf(g, casetest.March)["1"], false)
	require.True(t, ok)
	b, err := projections.Encode(d)
	require.NoError(t, err)
	assert.Contains(t, string(b), `"outcome":"rejected"`)
	assert.Contains(t, string(b), `"tie":true`)
	assert.Equal(t, casetest.W("7.5"), d.Vote.Tally.For.Weight)
	assert.Equal(t, casetest.W("7.5"), d.Vote.Tally.Against.Weight)
	assert.Equal(t, "7.5", d.Vote.Tally.Majority[0].Needed)
	assert.True(t, d.Vote.Tally.Majority[0].Above)
	assert.True(t, d.Recount.Same)
}

// TestASecretIsKept: of a secret ballot that is open, nothing is told but who has voted; and never how a member voted.
func TestASecretIsKept(t *testing.T) {
	g := casetest.GrandEst(t).Sat().Group
	n := decisionsOf(g, casetest.March)["4"]
	open, ok := projections.SittingOf(g, question("2023-03-20", n-2), casetest.March, false)
	require.True(t, ok)
	vote := open.Agenda[3].Votes[0]
	require.True(t, vote.Secret)
	require.Nil(t, vote.Tally)
	require.Empty(t, vote.Counts)
	closed, ok := projections.DecisionOf(g, question("2023-12-31", domain.Latest), n, false)
	require.True(t, ok)
	require.Len(t, closed.Vote.Counts, 2)
	voted := 0
	for _, s := range closed.Vote.Roll {
		require.Empty(t, s.Vote, s.Member)
		require.Empty(t, s.Parts, s.Member)
		if s.Voted {
			voted++
		}
	}
	require.Equal(t, 6, voted)
}

// TestDecisionsAreFiltered: each filter keeps what it names, and nothing else.
func TestDecisionsAreFiltered(t *testing.T) {
	g := casetest.GrandEst(t).Sat().Group
	n := decisionsOf(g, casetest.March)
	day := casetest.Day
	for name, c := range map[string]struct {
		asked projections.DecisionsAsked
		want  []uint64
	}{
		"body":           {projections.DecisionsAsked{Body: casetest.AG}, []uint64{29}},
		"from":           {projections.DecisionsAsked{From: day("2022-06-22")}, []uint64{n["1"], n["2"], n["3"], n["4"]}},
		"from its day":   {projections.DecisionsAsked{From: day("2022-06-21"), To: day("2023-03-19")}, []uint64{29}},
		"to":             {projections.DecisionsAsked{To: day("2022-06-20")}, nil},
		"outcome":        {projections.DecisionsAsked{Outcome: domain.Elected}, []uint64{n["3"]}},
		"member":         {projections.DecisionsAsked{Member: casetest.CeA, Outcome: domain.Adopted}, []uint64{n["2"], n["4"]}},
		"no member":      {projections.DecisionsAsked{Member: casetest.BasRhin}, nil},
		"accents":        {projections.DecisionsAsked{Words: "SECRETAIRE"}, []uint64{n["4"]}},
		"all the words":  {projections.DecisionsAsked{Words: "pilote désignation"}, []uint64{n["2"]}},
		"one word lacks": {projections.DecisionsAsked{Words: "pilote budget"}, nil},
		"annulled too":   {projections.DecisionsAsked{Words: "pilote"}, []uint64{n["2"]}},
	} {
		var got []uint64
		for _, d := range projections.Decisions(g, question("2024-12-31", domain.Latest), c.asked, false).Decisions {
			got = append(got, d.Number)
		}
		assert.Equal(t, c.want, got, name)
	}
}

// TestARecountThatDiffers: a vote corrected after the decision leaves what was proclaimed, and the recount says what it would have been.
func TestARecountThatDiffers(t *testing.T) {
	c := casetest.GrandEst(t).Sat()
	n := decisionsOf(c.Group, casetest.March)["1"]
	votes := append(casetest.Votes(domain.SenseAgainst, "ardennes", "haute-marne", "marne", "meurthe-et-moselle", casetest.Moselle, "aube"), casetest.Votes(domain.SenseFor, "meuse")...)
	c.Tell("2023-04-01", &domain.EventCorrected{
		Target: n - 2, Kind: domain.Clerical, Reason: "typed wrong",
		Replacement: &domain.Event{Effective: domain.OnDay(casetest.Day("2023-03-20")), Act: &domain.VotesCast{Item: "1", Sitting: casetest.March, Votes: votes}},
	})
	d, ok := projections.DecisionOf(c.Group, question("2023-12-31", domain.Latest), n, false)
	require.True(t, ok)
	assert.Equal(t, domain.Rejected, d.Decision.Outcome)
	assert.Equal(t, &projections.RecountEntry{Outcome: domain.Adopted, Differs: []string{"outcome", "tie", "votes"}}, d.Recount)
	before, ok := projections.DecisionOf(c.Group, question("2023-12-31", c.Group.Head()-1), n, false)
	require.True(t, ok)
	assert.True(t, before.Recount.Same)
}

// TestSittingsHaveTwoNames: their own, and the number of the event that convened them.
func TestSittingsHaveTwoNames(t *testing.T) {
	g := casetest.GrandEst(t).Sat().Group
	q := question("2023-06-01", domain.Latest)
	s, ok := projections.SittingOf(g, q, casetest.March, false)
	require.True(t, ok)
	require.EqualValues(t, 30, s.Event)
	for name, want := range map[string]domain.SittingID{string(casetest.March): casetest.March, "30": casetest.March, "#30": casetest.March, "31": "", "#0": "", "march": "", "": "", "#": "", "99999": ""} {
		id, ok := projections.SittingNamed(g, q, name)
		assert.Equal(t, want, id, name)
		assert.Equal(t, want != "", ok, name)
	}
	_, ok = projections.SittingNamed(g, question("2023-02-01", domain.Latest), "30")
	assert.False(t, ok, "it is not convened yet")
}

// TestSittingsAreStable: whatever was recorded later, corrections and annulments too, an answer for an earlier known is the same.
func TestSittingsAreStable(t *testing.T) {
	c := casetest.GrandEst(t).Sat()
	n := decisionsOf(c.Group, casetest.March)["1"]
	c.Tell("2023-04-01", &domain.EventCorrected{Target: n - 2, Kind: domain.Clerical, Reason: "typed wrong"})
	c.Tell("2024-03-10", &domain.DecisionAnnulled{Court: "TA", Decision: n + 8, Reason: "autre"})
	answers := func(g *domain.Group, known uint64) (all []string) {
		for _, day := range []string{"2023-03-20", "2024-12-31"} {
			q := question(day, known)
			for _, s := range projections.Sittings(g, q, "", false).Sittings {
				a, ok := projections.SittingOf(g, q, s.Sitting, true)
				require.True(t, ok)
				all = append(all, encoded(t, a))
			}
			for _, d := range projections.Decisions(g, q, projections.DecisionsAsked{}, true).Decisions {
				a, ok := projections.DecisionOf(g, q, d.Number, true)
				require.True(t, ok)
				all = append(all, encoded(t, d), encoded(t, a))
			}
			all = append(all, encoded(t, voices(t, g, q, casetest.CeA, 0, true)))
		}
		return all
	}
	g := &domain.Group{}
	for i := range c.Envelopes {
		g = domain.Evolve(g, c.Envelopes[i].Event())
		require.Equal(t, answers(g, uint64(i+1)), answers(c.Group, uint64(i+1)), "known #%d", i+1)
	}
}

func encoded(t require.TestingT, answer any) string {
	b, err := projections.Encode(answer)
	require.NoError(t, err)
	requireCanonical(t, b)
	return string(b)
}
