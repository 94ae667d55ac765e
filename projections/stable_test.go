package projections_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
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
		for _, body := range []domain.BodyID{casetest.AG, casetest.COPIL, casetest.COGOUV, "new-0"} {
			add(weights(t, g, q, body, why))
		}
		add(projections.Members(g, q, why))
		add(projections.Bodies(g, q, why))
		add(projections.Avenants(g, q, why))
	}
	add(projections.Obligations(g, q))
	return all
}

// TestStable: whatever is recorded later, an answer for an earlier known is the same to the byte; and while something is
// asked for all there is, the answer names the number that it was.
func TestStable(t *testing.T) {
	accepted := 0
	rapid.Check(t, func(r *rapid.T) {
		c := casetest.GrandEst(t)
		type asked struct {
			q       projections.Question
			answers []string
		}
		var past []asked
		for range rapid.IntRange(5, 25).Draw(r, "events") {
			q := question(casetest.DrawDate(r), rapid.SampledFrom([]uint64{c.Group.Head(), domain.Latest}).Draw(r, "known"))
			now := answers(r, c.Group, q)
			q.Known = c.Group.Head()
			past = append(past, asked{q, now})
			if _, err := c.Try(casetest.DrawDoubtful(r), casetest.Draw(r, c)); err == nil {
				accepted++
			}
		}
		for _, p := range past {
			require.Equal(r, p.answers, answers(r, c.Group, p.q))
		}
	})
	require.Positive(t, accepted)
}

// TestBoardAgrees: what a text waits for is what the domain says is not there.
func TestBoardAgrees(t *testing.T) {
	seen := map[string]bool{}
	rapid.Check(t, func(r *rapid.T) {
		c := casetest.GrandEst(t)
		for range rapid.IntRange(0, 25).Draw(r, "events") {
			_, _ = c.Try(casetest.DrawDoubtful(r), casetest.Draw(r, c))
		}
		day := rapid.OneOf(rapid.Custom(casetest.DrawDate), rapid.Just("2022-12-20")).Draw(r, "at")
		q := question(day, rapid.Uint64Range(0, c.Group.Head()).Draw(r, "known"))
		rows := c.Group.Texts(q.Pair())
		board := projections.Avenants(c.Group, q, false)
		require.Len(r, board.Texts, len(rows))
		for i, row := range rows {
			e := board.Texts[i]
			open := row.Status == domain.Drafted || row.Status == domain.Approved
			require.Equal(r, open, len(e.WaitsFor) > 0, "%+v", e)
			for _, code := range e.WaitsFor {
				seen[code] = true
			}
			if !open {
				continue
			}
			require.Equal(r, row.Status == domain.Drafted, e.WaitsFor[0] == projections.WaitsApprovals)
			waits := e.WaitsFor[0] == projections.WaitsApprovals || e.WaitsFor[0] == projections.WaitsSignatures
			require.Equal(r, !row.Complete, waits, "%+v %+v", row, e)
			require.Len(r, e.MissingApproval, e.Approved.Of-e.Approved.Count)
			require.Len(r, e.MissingSignature, e.Signed.Of-e.Signed.Count)
		}
	})
	require.True(t, seen[projections.WaitsApprovals] && seen[projections.WaitsStatedDay], "%v", seen)
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
