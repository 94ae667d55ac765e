package replay_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/projections/casetest"
	"registre/replay"
)

// figures are all that the register, as known, speaks of on a day.
func figures(b *replay.Book, p domain.Pair) (all []replay.Figure) {
	for _, body := range b.Group.Bodies(domain.Pair{At: domain.LastDay, Known: p.Known}) {
		all = append(all, replay.Figure{Kind: replay.FigureTotal, Body: body.Body})
		for _, m := range b.Group.EveryMember() {
			if b.Group.MemberName(m, p.Known) != "" {
				all = append(all, replay.Figure{Kind: replay.FigureWeight, Body: body.Body, Member: m})
			}
		}
	}
	for _, d := range b.Group.Decisions(p) {
		all = append(all, replay.Figure{Kind: replay.FigureDecision, Decision: d.Number})
	}
	for _, a := range b.Group.Agreements(domain.Pair{At: domain.LastDay, Known: p.Known}) {
		all = append(all, replay.Figure{Kind: replay.FigureCeiling, Agreement: a.Agreement})
	}
	all = append(all, replay.Figure{Kind: replay.FigureEnrolment})
	for _, by := range domain.Dimensions() {
		_, rows := b.Group.Enrolment(p, domain.Selection{By: []domain.Dimension{by}})
		for _, row := range rows {
			all = append(all, replay.Figure{Kind: replay.FigureEnrolment, Where: []domain.Filter{{By: by, Value: row.Keys[0]}}})
		}
	}
	return all
}

// anyBook is a book of the history of a seed.
func anyBook(t *testing.T, seed uint64, about int) *replay.Book {
	c := casetest.New(t, "g")
	for _, command := range domaintest.History(domaintest.Seeded(seed), about) {
		_, err := c.Do(command)
		require.NoError(t, err)
	}
	return fold(t, c)
}

func anyPair(r *rand.Rand, b *replay.Book) domain.Pair {
	p := domain.Pair{At: domaintest.First + domain.Day(r.IntN(domaintest.Days+2)-1), Known: b.Head()}
	if r.IntN(3) == 0 {
		p.Known = 1 + r.Uint64N(b.Head())
	}
	return p
}

func derive(r require.TestingT, b *replay.Book, p domain.Pair, f replay.Figure) replay.Node {
	n, err := replay.Derive(b.Group, p, f)
	require.NoError(r, err, "%+v at %v", f, p)
	return n
}

// TestDerivationAddsUp: the terms of every node add up to it, and the figure is what the group answers.
func TestDerivationAddsUp(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(60) {
		b, r := anyBook(t, seed, 250), rand.New(rand.NewPCG(seed, 1))
		for range 10 {
			p := anyPair(r, b)
			for _, f := range figures(b, p) {
				tree := derive(t, b, p, f)
				addsUp(t, &tree, seen)
				answers(t, b, p, f, &tree)
			}
		}
	}
	for _, what := range []string{replay.WhatTotal, replay.WhatWeight, replay.WhatOrder, replay.WhatEnrolment, replay.WhatCeiling, replay.WhatFor, replay.WhatRoll} {
		require.Positive(t, seen[what], "%s has never had terms: %v", what, seen)
	}
}

func addsUp(r require.TestingT, n *replay.Node, seen map[string]int) {
	var sum domain.Weight
	var cents, heads int64
	var pupils replay.Pupils
	terms, unsaid := 0, false
	for i := range n.Children {
		c := &n.Children[i]
		addsUp(r, c, seen)
		if c.As != replay.Term {
			continue
		}
		terms++
		unsaid = unsaid || c.Value == replay.Undetermined
		if c.Heads != nil {
			heads += *c.Heads
		}
		if c.Pupils != nil {
			pupils = replay.Pupils{Distinct: pupils.Distinct + c.Pupils.Distinct, Gross: pupils.Gross + c.Pupils.Gross, Lines: pupils.Lines + c.Pupils.Lines, Unknown: pupils.Unknown + c.Pupils.Unknown}
		}
		if w, err := domain.ParseWeight(c.Value); err == nil {
			sum, err = sum.Add(w)
			require.NoError(r, err)
		} else if m, err := domain.ParseMoney(c.Value); err == nil {
			cents += m.Cents()
		}
	}
	if terms == 0 {
		return
	}
	seen[n.What]++
	if n.Pupils != nil {
		require.Equal(r, pupils, *n.Pupils)
	}
	if n.Heads != nil {
		require.Equal(r, heads, *n.Heads, "%+v", n)
	}
	m, err := domain.ParseMoney(n.Value)
	switch {
	case err == nil:
		require.Equal(r, cents, m.Cents(), "%+v", n)
	case unsaid:
		require.Equal(r, replay.Undetermined, n.Value, "%+v", n)
	case n.Value != "" || !sum.IsZero():
		require.Equal(r, n.Value, sum.String(), "%+v", n)
	}
}

// answers compares a derivation with what the group answers in its own way.
func answers(r require.TestingT, b *replay.Book, p domain.Pair, f replay.Figure, tree *replay.Node) {
	switch f.Kind {
	case replay.FigureWeight, replay.FigureTotal:
		w, err := b.Group.Weights(f.Body, p)
		require.NoError(r, err)
		want := ""
		switch {
		case f.Kind == replay.FigureTotal && w.Undetermined:
			want = replay.Undetermined
		case f.Kind == replay.FigureTotal && len(w.Rows) > 0:
			want = w.Total.String()
		}
		for _, row := range w.Rows {
			switch {
			case row.Member == f.Member && row.Undetermined:
				want = replay.Undetermined
			case row.Member == f.Member:
				want = row.Weight.String()
			}
		}
		require.Equal(r, want, tree.Value)
		require.Equal(r, want == "", tree.Reason != "")
	case replay.FigureEnrolment:
		total, _ := b.Group.Enrolment(p, domain.Selection{Where: f.Where})
		require.Equal(r, replay.Pupils{Distinct: total.Distinct, Gross: total.Gross, Lines: total.Lines, Unknown: total.Unknown}, *tree.Pupils, "%+v", f)
	case replay.FigureDecision:
		if t, ok := b.Group.Recount(f.Decision, p.Known); ok {
			require.Equal(r, t.Outcome, tree.Value)
		}
	case replay.FigureCeiling:
		for _, row := range b.Group.Spending(p) {
			if row.Agreement != f.Agreement {
				continue
			}
			want := row.Amount.String()
			unknown := row.UnknownAmount
			if row.Period.Ceiling.Pupils > 0 {
				want, unknown = strconv.FormatInt(row.Pupils, 10), row.UnknownPupils
			}
			if !row.Amount.IsZero() || row.Period.Ceiling.Pupils > 0 {
				require.Equal(r, want, tree.Value, "%v %s: %s", p, encode(r, tree), row.Amount)
			}
			require.Equal(r, replay.Pupils{Distinct: row.Pupils, Gross: row.Pupils, Lines: row.Lines, Unknown: unknown}, *tree.Pupils)
			percent, ok := row.Percent()
			require.Equal(r, ok, tree.Percent != nil)
			require.True(r, !ok || percent == *tree.Percent)
			require.Equal(r, row.Past(), tree.Reason == replay.PastCeiling)
		}
	}
}

// voided is a book in which a last event says that another never was. It is applied whether a command may say so or not.
func voided(r require.TestingT, b *replay.Book, n uint64) *replay.Book {
	v := &replay.Book{Group: &domain.Group{}}
	for e := range b.Envelopes(b.Head()) {
		require.NoError(r, v.Apply(e))
	}
	e := b.Envelope(b.Head())
	e.Number, e.ID, e.Recorded = b.Head()+1, uuid.UUID{15: byte(n)}, e.Recorded+1
	e.Evidence, e.Effective = nil, domain.OnDay(domaintest.First)
	e.Act = &domain.EventCorrected{Kind: domain.Substantive, Reason: "x", Target: n}
	require.NoError(r, v.Apply(e))
	return v
}

// said is a figure without its reasons.
type said struct {
	Value   string
	Pupils  replay.Pupils
	Percent int64
}

func saidOf(n *replay.Node) (s said) {
	s.Value = n.Value
	if n.Pupils != nil {
		s.Pupils = *n.Pupils
	}
	if n.Percent != nil {
		s.Percent = *n.Percent
	}
	return s
}

// asOfNow is a derivation without what it tells as it was known at another time.
func asOfNow(n replay.Node) replay.Node {
	var children []replay.Node
	for _, c := range n.Children {
		if n.Known == 0 {
			children = append(children, asOfNow(c))
		}
	}
	n.Children = children
	return n
}

// undoes reports whether an act takes back what another said, which then nothing names.
func undoes(act domain.Act) bool {
	switch act.(type) {
	case *domain.EventCorrected, *domain.DecisionAnnulled, *domain.AnnulmentLifted, *domain.DeliberationFell:
		return true
	}
	return false
}

// turnsMembership reports whether an act can keep somebody out of a total, whom nothing names there: by leaving, or by coming back
// without the weight that it had, be it by an avenant.
func turnsMembership(act domain.Act) bool {
	switch act.(type) {
	case *domain.MemberJoined, *domain.MemberWithdrew, *domain.MembersSucceeded, *domain.AvenantDrafted, *domain.AvenantEnteredIntoForce:
		return true
	}
	return false
}

// TestEachNamedEventMatters: where an event that a derivation names never was, the figure or its reasons are others; where one
// that it does not name never was, the figure stays.
func TestEachNamedEventMatters(t *testing.T) {
	changed, stayed := 0, 0
	for seed := range uint64(60) {
		b, r := anyBook(t, seed, 120), rand.New(rand.NewPCG(seed, 2))
		p := domain.Pair{At: anyPair(r, b).At, Known: domain.Latest}
		for range 20 {
			n := 2 + r.Uint64N(b.Head()-1)
			v := voided(t, b, n)
			for _, f := range figures(b, p) {
				tree := derive(t, b, p, f)
				is := slices.Contains(replay.EventsOf(b.Group, p.Known, &tree), n)
				if now := asOfNow(tree); is && !slices.Contains(replay.EventsOf(b.Group, p.Known, &now), n) {
					continue // it was known at the opening of the vote, and a roll is not fixed anew
				}
				other, err := replay.Derive(v.Group, p, f)
				switch {
				case err != nil:
					require.ErrorIs(t, err, replay.ErrNoFigure)
					require.True(t, is || tree.Value == "" || undoes(b.Group.Original(n).Act), "seed %d: %+v is gone without #%d (%T): %s", seed, f, n, b.Group.Original(n).Act, encode(t, tree))
				case is:
					require.False(t, reflect.DeepEqual(tree, other), "seed %d: %+v does not follow from #%d", seed, f, n)
					changed++
				case undoes(b.Group.Original(n).Act), f.Kind == replay.FigureTotal && turnsMembership(b.Group.Original(n).Act):
				case len(f.Where) > 0 || f.Kind == replay.FigureCeiling: // it may be what keeps others out
					require.GreaterOrEqual(t, saidOf(&other).Pupils.Lines, saidOf(&tree).Pupils.Lines, "seed %d: %+v follows from #%d (%T), which it does not name", seed, f, n, b.Group.Original(n).Act)
				default:
					require.Equal(t, saidOf(&tree), saidOf(&other), "seed %d: %+v follows from #%d (%T), which it does not name", seed, f, n, b.Group.Original(n).Act)
					stayed++
				}
			}
		}
	}
	require.Positive(t, changed)
	require.Positive(t, stayed)
}
