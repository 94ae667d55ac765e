package replay_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections/casetest"
	"registre/replay"
)

func versus(t *testing.T, b *replay.Book, from, to domain.Pair, f replay.Figure) replay.Versus {
	v, err := replay.DeriveVersus(b.Group, from, to, f)
	require.NoError(t, err)
	return v
}

// TestVersusNamesWhatLiesBetween: where a figure is another at another pair, an event between is named; at the same pair none is.
func TestVersusNamesWhatLiesBetween(t *testing.T) {
	hows := map[string]int{}
	for seed := range uint64(60) {
		b, r := anyBook(t, seed, 150), rand.New(rand.NewPCG(seed, 3))
		for range 8 {
			p, q := anyPair(r, b), anyPair(r, b)
			if r.IntN(2) == 0 {
				q.At = p.At
			}
			for _, f := range figures(b, q) {
				v := versus(t, b, p, q, f)
				require.Equal(t, derive(t, b, q, f), v.To)
				if over := v.From.Reason == replay.WithoutPeriod || v.To.Reason == replay.WithoutPeriod; saidOf(&v.From) != saidOf(&v.To) && !over {
					require.NotEmpty(t, v.Because, "seed %d: %+v from %v to %v: %+v, %+v", seed, f, p, q, saidOf(&v.From), saidOf(&v.To))
				}
				for _, c := range v.Because {
					hows[c.How]++
					require.LessOrEqual(t, c.Event, max(p.Known, q.Known))
					if _, corrects := b.Group.Original(c.Event).Act.(*domain.EventCorrected); corrects {
						require.Contains(t, []string{replay.Corrects, replay.Voids, replay.Uncorrects}, c.How)
						require.Positive(t, c.Of)
					}
				}
				require.Empty(t, versus(t, b, q, q, f).Because)
			}
		}
	}
	for _, how := range []string{replay.Corrects, replay.Voids, replay.Uncorrects, replay.Recorded, replay.Effective, replay.OnlyBefore, replay.OnlyAfter} {
		require.Positive(t, hows[how], "nothing was ever told apart as %s: %v", how, hows)
	}
}

// TestVersusOfTheCase: Alsace has three voices by succession, and two by the avenant; sixteen became fifteen by a correction.
func TestVersusOfTheCase(t *testing.T) {
	b := fold(t, casetest.GrandEst(t))
	of := replay.Figure{Kind: replay.FigureWeight, Body: casetest.AG, Member: casetest.CeA}
	v := versus(t, b, casetest.At("2020-12-31"), casetest.At("2021-01-01"), of)
	require.Equal(t, domain.WithoutMember, v.From.Reason)
	require.Equal(t, "3", v.To.Value)
	require.Equal(t, []replay.Cause{{Event: 4, How: replay.Effective}}, v.Because)

	c := casetest.New(t, "g")
	weights := func(a string) *domain.WeightsSet {
		return &domain.WeightsSet{Basis: "x", Body: "ag", Weights: []domain.MemberWeight{{Member: "a", Weight: casetest.W(a)}}}
	}
	c.Tell("2020-01-01", &domain.GroupFounded{Name: "G", Title: "C", Changes: []domain.Change{&domain.MemberJoined{Member: "a", Name: "A"}, &domain.BodyCreated{Body: "ag", Name: "AG"}}})
	c.Tell("2020-02-01", weights("4"))
	c.Tell("2020-03-01", &domain.EventCorrected{Kind: domain.Clerical, Reason: "a slip", Target: 2, Replacement: &domain.Event{Effective: domain.OnDay(casetest.Day("2020-02-01")), Act: weights("5")}})
	c.Tell("2020-04-01", &domain.EventCorrected{Kind: domain.Clerical, Reason: "none", Target: 3})
	b = fold(t, c)
	of = replay.Figure{Kind: replay.FigureTotal, Body: "ag"}
	at := casetest.Day("2020-02-01")
	known := func(n uint64) domain.Pair { return domain.Pair{At: at, Known: n} }
	v = versus(t, b, known(2), known(3), of)
	require.Equal(t, []string{"4", "5"}, []string{v.From.Value, v.To.Value})
	require.Equal(t, []replay.Cause{{Event: 3, How: replay.Corrects, Of: 2}}, v.Because)
	require.Equal(t, []replay.Cause{{Event: 3, How: replay.Corrects, Of: 2}}, versus(t, b, known(3), known(2), of).Because)
	v = versus(t, b, known(3), known(4), of)
	require.Equal(t, []string{"5", "4"}, []string{v.From.Value, v.To.Value})
	require.Equal(t, []replay.Cause{{Event: 4, How: replay.Uncorrects, Of: 3}}, v.Because)
	require.Empty(t, versus(t, b, known(2), known(4), of).Because)
}

// TestDerivationSaysWhyNot: of a figure that the register does not speak of there is an error; of one that is not there on the
// day, the reason.
func TestDerivationSaysWhyNot(t *testing.T) {
	b := fold(t, casetest.GrandEst(t))
	for _, f := range []replay.Figure{
		{Kind: replay.FigureWeight, Body: "nowhere", Member: casetest.CeA},
		{Kind: replay.FigureWeight, Body: casetest.AG, Member: "nobody"},
		{Kind: replay.FigureTotal, Body: "nowhere"},
		{Kind: replay.FigureDecision, Decision: 1},
		{Kind: replay.FigureCeiling, Agreement: "none"},
		{Kind: "x"},
	} {
		_, err := replay.Derive(b.Group, casetest.At("2023-06-01"), f)
		require.ErrorIs(t, err, replay.ErrNoFigure, "%+v", f)
	}
	for day, want := range map[string]string{"2023-06-01": domain.WithoutBody, "2016-01-01": domain.WithoutBody, "2022-01-01": domain.WithoutWeight} {
		n := derive(t, b, casetest.At(day), replay.Figure{Kind: replay.FigureTotal, Body: "copil"})
		require.Equal(t, want, n.Reason, day)
		require.Empty(t, n.Value)
	}
	n := derive(t, b, casetest.At("2021-06-01"), replay.Figure{Kind: replay.FigureWeight, Body: casetest.AG, Member: casetest.HautRhin})
	require.Equal(t, domain.WithoutMember, n.Reason)
	require.Equal(t, []uint64{1, 4}, replay.EventsOf(b.Group, domain.Latest, &n), "the body's creation, and the succession")
}
