package replay_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/projections/casetest"
	"registre/replay"
)

// TestAuditPassingBy: whatever the stretches, and however far the group goes on meanwhile, what is found of the events that pass by is
// what is found in the register as it was.
func TestAuditPassingBy(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := casetest.New(t, "g")
		for _, command := range domaintest.History(domaintest.Rapid(r), 40) {
			_, err := c.Do(command)
			require.NoError(r, err)
		}
		passBy(r, c)
	})
	whole := casetest.GrandEst(t).Sat()
	rapid.Check(t, func(r *rapid.T) { passBy(r, whole) })
}

func passBy(r *rapid.T, c *casetest.Teller) {
	head := uint64(len(c.Envelopes))
	p := domain.Pair{Known: rapid.Uint64Range(0, head).Draw(r, "known")}
	if rapid.Bool().Draw(r, "on a day") {
		p.At = domaintest.First + domain.Day(rapid.IntRange(-1, domaintest.Days).Draw(r, "day"))
	}
	want := replay.Findings(fold(r, c), p)

	g := &domain.Group{}
	goOn := func(to uint64) {
		for g.Head() < to {
			g = domain.Evolve(g, c.Envelopes[g.Head()].Event())
		}
	}
	further := func() *domain.Group {
		goOn(rapid.Uint64Range(g.Head(), head).Draw(r, "further"))
		return g
	}
	goOn(p.Known)
	a := replay.NewAudit(p)
	for a.Look(further(), rapid.IntRange(1, 30).Draw(r, "looked")) {
	}
	for from, more := uint64(0), true; more; {
		to := min(head, from+rapid.Uint64Range(1, 30).Draw(r, "applied"))
		more = a.Apply(further(), c.Envelopes[from:to])
		from = to
	}
	require.Equal(r, want, a.Findings(further()))
	taken(r, c, p, want)
}

// taken takes what is found on the way: it is what is found at once, but for what answers it.
func taken(r *rapid.T, c *casetest.Teller, p domain.Pair, want []replay.Finding) {
	g := fold(r, c).Group
	a := replay.NewAudit(p)
	for a.Look(g, 7) {
	}
	var found []replay.Finding
	for from, more := 0, true; more; {
		to := min(len(c.Envelopes), from+rapid.IntRange(1, 30).Draw(r, "taken"))
		more = a.Apply(g, c.Envelopes[from:to])
		found = append(found, a.Take()...)
		from = to
	}
	found = append(found, a.Rest(g)...)
	require.Empty(r, a.Take(), "nothing is given twice")
	slices.SortStableFunc(found, func(x, y replay.Finding) int { return x.Compare(&y) })
	found = slices.CompactFunc(found, func(x, y replay.Finding) bool { return x.Same(&y) })
	require.Len(r, found, len(want))
	for i, f := range want {
		f.Answered, f.Answers = false, nil
		require.Equal(r, f, found[i])
	}
}

// TestRestHoldsBoth: what is found of the day asked about, and that an answer is left, are both given at the end.
func TestRestHoldsBoth(t *testing.T) {
	c := founded(t)
	c.Tell("2020-02-01", table("", "1", "1", "1"), doc)
	c.Tell("2020-03-01", split(domain.MemberWeight{Member: "d", Weight: casetest.W("1")}), doc)
	c.Tell("2020-03-01", answering("F0101", "ag", 2), doc)
	g := fold(t, c).Group
	a := replay.NewAudit(domain.Pair{Known: g.Head()})
	a.Look(g, int(g.Head()))
	a.Apply(g, c.Envelopes)
	for range a.Take() {
		t.Fatal("something is found on the way: nothing of it is of the end")
	}
	rest := a.Rest(g)
	require.Len(t, rest, 2)
	require.Equal(t, []string{replay.WeightUndetermined.Code, replay.AnswerLeft.Code}, []string{rest[0].Code, rest[1].Code})
}
