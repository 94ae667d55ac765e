package projections_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/eventstore"
	"registre/projections"
	"registre/projections/casetest"
)

// answers encodes every answer there is to a question.
func answers(t require.TestingT, g *domain.Group, q projections.Question) (all []string) {
	add := func(v any) {
		b, err := projections.Encode(v)
		require.NoError(t, err)
		requireCanonical(t, b)
		all = append(all, string(b))
	}
	for _, why := range []bool{false, true} {
		for _, body := range domaintest.Bodies {
			add(weights(t, g, q, body, why))
		}
		add(projections.Members(g, q, why))
		add(projections.Bodies(g, q, why))
		add(projections.Avenants(g, q, why))
		add(projections.Agreements(g, q, why))
		add(projections.Rules(g, q, "", why))
		add(projections.Rules(g, q, "ag", why))
		add(projections.Schools(g, q, why))
		add(projections.Orders(g, q, why))
		for _, n := range domaintest.Orders {
			add(projections.Order(g, q, n, why))
		}
	}
	for _, s := range projections.Sittings(g, q, "", false).Sittings {
		a, ok := projections.SittingOf(g, q, s.Sitting, true)
		require.True(t, ok)
		add(a)
	}
	add(projections.Sittings(g, q, "", true))
	for _, d := range projections.Decisions(g, q, projections.DecisionsAsked{}, true).Decisions {
		a, ok := projections.DecisionOf(g, q, d.Number, true)
		require.True(t, ok)
		add(d)
		add(a)
	}
	for _, m := range domaintest.Members[:3] {
		v, err := projections.Voices(g, q, m, 0, true)
		require.NoError(t, err)
		add(v)
	}
	later := q.At + 30
	for _, body := range domaintest.Bodies {
		members, _ := projections.ParseMajority("1/2", domain.Heads)
		p, err := projections.Power(g, q, body, projections.PowerAsked{Members: &members, Compare: &later, CompareBody: body, Coalitions: true})
		if err != nil {
			all = append(all, err.Error()) // undetermined, too fine, too large; nobody wins where all weights are 0
			continue
		}
		add(p)
	}
	add(projections.Obligations(g, q))
	add(projections.Duplicates(g, q))
	add(projections.Ceilings(g, q))
	period := domain.Period{From: domaintest.First, To: domaintest.First + 60}
	for _, by := range [][]domain.Dimension{
		nil,
		{domain.ByMember},
		{domain.ByFormerly, domain.ByCycle},
		{domain.BySchool, domain.BySchoolKind},
		{domain.ByAgreement, domain.BySchoolYear},
		{domain.ByHeadcountKind},
	} {
		add(projections.Enrolment(g, q, projections.EnrolmentAsked{
			Selection: domain.Selection{By: by}, Lines: len(by) == 0, Series: &period,
		}))
	}
	return all
}

func drawQuestion(r *rapid.T, head uint64) projections.Question {
	return projections.Question{
		Group: "g", At: domaintest.First + domain.Day(rapid.IntRange(-1, domaintest.Days+400).Draw(r, "day")),
		Known: rapid.OneOf(rapid.Uint64Range(0, head), rapid.Just(head), rapid.Just(domain.Latest)).Draw(r, "known"),
	}
}

// TestStable: whatever is recorded later, an answer for an earlier known is the same to the byte; and while something is
// asked for all there is, the answer names the number that it was.
func TestStable(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		type asked struct {
			q       projections.Question
			answers []string
		}
		var past []asked
		g := &domain.Group{}
		for _, e := range domaintest.Events(domaintest.Rapid(r), 40) {
			domain.Evolve(g, e)
			q := drawQuestion(r, g.Head())
			now := answers(r, g, q)
			q.Known = min(q.Known, g.Head())
			past = append(past, asked{q, now})
		}
		for _, p := range past {
			require.Equal(r, p.answers, answers(r, g, p.q))
		}
	})
}

// TestBoardAgrees: what a text waits for is what the domain says is not there.
func TestBoardAgrees(t *testing.T) {
	seen := map[string]bool{}
	rapid.Check(t, func(r *rapid.T) {
		g := &domain.Group{}
		for _, e := range domaintest.Events(domaintest.Rapid(r), 60) {
			domain.Evolve(g, e)
		}
		q := drawQuestion(r, g.Head())
		rows := g.Texts(q.Pair())
		board := projections.Avenants(g, q, false)
		require.Len(r, board.Texts, len(rows))
		for i := range rows {
			requireBoard(r, &rows[i], &board.Texts[i], seen)
		}
	})
	require.True(t, seen[projections.WaitsApprovals] && seen[projections.WaitsSignatures], "%v", seen)
}

func requireBoard(r *rapid.T, row *domain.TextRow, e *projections.TextEntry, seen map[string]bool) {
	open := row.Status == domain.Drafted || row.Status == domain.Approved
	require.Equal(r, open, len(e.WaitsFor) > 0, "%+v", e)
	for _, code := range e.WaitsFor {
		seen[code] = true
	}
	require.Len(r, e.MissingApproval, e.Approved.Of-e.Approved.Count)
	require.Len(r, e.MissingSignature, e.Signed.Of-e.Signed.Count)
	if !open {
		return
	}
	require.Equal(r, row.Status == domain.Drafted, e.WaitsFor[0] == projections.WaitsApprovals, "%+v %+v", row, e)
	waits := e.WaitsFor[0] == projections.WaitsApprovals || e.WaitsFor[0] == projections.WaitsSignatures
	require.Equal(r, !row.Complete, waits, "%+v %+v", row, e)
}

// TestRegister checks a register against the plain list of what was applied.
func TestRegister(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var register projections.Register
		var plain []domain.Instant
		types := map[string]uint64{}
		for range rapid.IntRange(0, 40).Draw(r, "events") {
			e := eventstore.Envelope{
				Number:   register.Head() + uint64(rapid.IntRange(0, 2).Draw(r, "step")),
				Recorded: domain.Instant(rapid.IntRange(-5, 60).Draw(r, "recorded")),
				Type:     rapid.SampledFrom([]string{"a", "b"}).Draw(r, "type"),
			}
			fits := e.Number == uint64(len(plain))+1 && (len(plain) == 0 || e.Recorded > plain[len(plain)-1])
			err := register.Apply(&e)
			if !fits {
				var disorder *projections.DisorderError
				require.ErrorAs(r, err, &disorder)
				require.Equal(r, uint64(len(plain))+1, disorder.Want)
				continue
			}
			require.NoError(r, err)
			plain = append(plain, e.Recorded)
			types[e.Type]++
		}
		require.EqualValues(r, len(plain), register.Head())
		for at := domain.Instant(-6); at < 62; at++ {
			known := uint64(0)
			for i, recorded := range plain {
				if recorded <= at {
					known = uint64(i + 1)
				}
			}
			require.Equal(r, known, register.Number(at))
		}
		for n := range register.Head() + 2 {
			at, ok := register.Recorded(n)
			require.Equal(r, n > 0 && n <= register.Head(), ok)
			if ok {
				require.Equal(r, plain[n-1], at)
			}
		}
		if len(plain) > 0 {
			require.Equal(r, types, register.Types())
		}
	})
}

// thousands is a group of eleven members whose AG has 10,000 events behind it, out of order and corrected.
func thousands(tb testing.TB) *domain.Group {
	c := casetest.GrandEst(tb)
	for i := 0; c.Group.Head() < 10_000; i++ {
		region := casetest.W(fmt.Sprint(1 + i%7))
		set := &domain.WeightsSet{Basis: "load", Body: casetest.AG, Weights: []domain.MemberWeight{{Member: casetest.Region, Weight: region}}}
		for _, m := range casetest.Ten {
			if m != casetest.Region {
				set.Weights = append(set.Weights, domain.MemberWeight{Member: m, Weight: casetest.W("1.5")})
			}
		}
		day := casetest.Day("2021-01-01").AddDays((i * 7919) % 9000)
		domain.Evolve(c.Group, domain.Event{Effective: domain.OnDay(day), Act: set})
		if i%50 == 49 {
			domain.Evolve(c.Group, domain.Event{Effective: domain.OnDay(day), Act: &domain.EventCorrected{Target: c.Group.Head() - 20, Kind: domain.Clerical, Reason: "load"}})
		}
	}
	return c.Group
}

func TestWeightsAllocate(t *testing.T) {
	g := thousands(t)
	q := question("2030-01-01", 7000)
	require.Len(t, weights(t, g, q, casetest.AG, false).Members, 10)
	allocations := testing.AllocsPerRun(100, func() { _, _ = projections.Weights(g, q, casetest.AG, false) })
	require.LessOrEqual(t, allocations, 2.0)
}

// The limit: 2 µs and 2 allocations.
func BenchmarkWeights(b *testing.B) {
	g := thousands(b)
	for _, known := range []uint64{1000, 7000, domain.Latest} {
		b.Run(fmt.Sprintf("known=%d", min(known, g.Head())), func(b *testing.B) {
			b.ReportAllocs()
			q := question("2030-01-01", known)
			for b.Loop() {
				if _, err := projections.Weights(g, q, casetest.AG, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWeightsEncoded(b *testing.B) {
	g := thousands(b)
	q := question("2030-01-01", 7000)
	b.ReportAllocs()
	for b.Loop() {
		a, _ := projections.Weights(g, q, casetest.AG, false)
		if _, err := projections.Encode(a); err != nil {
			b.Fatal(err)
		}
	}
}
