package projections_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/projections"
	"registre/projections/casetest"
)

func kindsOf(remarks []projections.RenewalRemark) (kinds []string) {
	for _, m := range remarks {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

// A draft can be ordered as it stands, whatever the history: in the words of each rule that it could break, it is so already.
func TestWhatIsDraftedCanBeOrdered(t *testing.T) {
	ordered, remarks := 0, map[string]int{}
	for seed := range uint64(400) {
		pick := domaintest.Seeded(seed)
		g := new(domain.Group)
		for _, e := range domaintest.Events(pick, 80) {
			g = domain.Evolve(g, e)
		}
		from := domaintest.First + domain.Day(pick(domaintest.Days))
		asked := projections.RenewalAsked{From: from, To: from + 1 + domain.Day(pick(domaintest.Days))}
		q := projections.Question{Group: "g", At: asked.To, Known: domain.Latest}
		answer := projections.Renewal(g, q, asked)
		open := map[domain.OrderNumber]bool{} // of which something is left to be filled in
		for _, m := range answer.Remarks {
			remarks[m.Kind]++
			open[m.Order] = open[m.Order] || m.Kind == projections.AgreementIsOver || m.Kind == projections.MemberIsSplit
		}
		for _, d := range answer.Drafts {
			if open[d.Earlier] {
				continue
			}
			act := &domain.OrderIssued{Agreement: d.Agreement, CeilingReason: "as before", From: d.From, Member: d.Member, Number: d.Number, Until: d.Until}
			var lines []domain.Line
			for _, l := range d.Lines {
				line := domain.Line{LineKey: domain.LineKey{School: l.School, Cycle: l.Cycle}, Kind: domain.Forecast, Day: d.From, UnitPrice: l.UnitPrice}
				if l.Headcount != nil {
					line.Headcount, _ = domain.NewHeadcount(*l.Headcount)
				}
				lines = append(lines, line)
			}
			act.Lines = packed(t, lines...)
			made, err := domain.Decide(g, domain.Command{ID: uuid.New(), Actor: "a", Group: "g", Effective: domain.OnDay(d.From), Act: act})
			var refusal *domain.Refusal
			if errors.As(err, &refusal) && refusal.Rule == domain.CurrencyDiffers {
				continue // the agreement's new period has a ceiling in another currency
			}
			require.NoError(t, err, "seed %d: %+v", seed, d)
			for _, e := range made {
				g = domain.Evolve(g, e)
			}
			ordered++
		}
	}
	t.Log(ordered, remarks)
	require.Greater(t, ordered, 100)
	for _, kind := range []string{
		projections.SchoolHasMoved, projections.SchoolHasMerged, projections.SchoolHasClosed, projections.SchoolHasOpened,
		projections.LineIsDouble, projections.LineIsOrdered, projections.OrderGoesOn, projections.OrderBeganLate, projections.MemberIsSucceeded,
		projections.MemberIsSplit, projections.MemberHasLeft, projections.MemberMayNot, projections.AgreementReplaced, projections.AgreementIsOver,
	} {
		assert.Positive(t, remarks[kind], kind)
	}
}

// The reference case, a year later: the merged members' order forms are their successor's, under the school's new code.
func TestRenewalOfTheCase(t *testing.T) {
	g := ordering(t)
	asked := projections.RenewalAsked{From: casetest.Day("2020-09-01"), To: casetest.Day("2021-09-01")}
	answer := projections.Renewal(g, question("2021-06-15", domain.Latest), asked)
	requireGolden(t, "renewal-2021", answer)
	require.Len(t, answer.Drafts, 3)
	before := projections.Renewal(g, question("2021-06-15", 34), asked)
	require.NotContains(t, kindsOf(before.Remarks), projections.SchoolHasMoved)
	require.Contains(t, kindsOf(answer.Remarks), projections.SchoolHasMoved)
	asked.Member = casetest.Moselle
	require.Len(t, projections.Renewal(g, question("2021-06-15", domain.Latest), asked).Drafts, 1)
	asked.Member, asked.Agreement = "", "another"
	require.Empty(t, projections.Renewal(g, question("2021-06-15", domain.Latest), asked).Drafts)
}

// A leap day is followed by 1 March; a period that is not of whole years is moved by its days; no number is given twice.
func TestRenewalDaysAndNumbers(t *testing.T) {
	c := casetest.GrandEst(t)
	c.Tell("2018-09-01", &domain.AgreementLaunched{Agreement: "a", Title: "A", Contractor: domain.Contractor{Name: "E", SIRET: 73282932000074}, Until: casetest.Day("2026-09-01")})
	c.Tell("2018-09-01", &domain.SchoolOpened{School: uai(t, "0680034T"), SchoolFacts: domain.SchoolFacts{Department: "68", Kind: "lycee", Name: "L"}})
	issue := func(n domain.OrderNumber, cycle domain.Cycle, from, until string) {
		c.Tell("2019-06-15", &domain.OrderIssued{
			Agreement: "a", Number: n, Member: casetest.Moselle, From: casetest.Day(from), Until: casetest.Day(until),
			Lines: packed(t, line(t, "0680034T", cycle, 1, "2019-06-15")),
		})
	}
	issue("2019-1", "a", "2019-09-01", "2020-02-29")
	issue("2020-1", "b", "2019-09-01", "2020-09-01")
	issue("120190", "c", "2019-09-01", "2020-09-01")
	issue("X19-2", "d", "2019-09-01", "2020-09-01")
	says := func(from, to string) (all []string) {
		for _, d := range projections.Renewal(c.Group, question("2020-06-15", domain.Latest), projections.RenewalAsked{From: casetest.Day(from), To: casetest.Day(to)}).Drafts {
			all = append(all, string(d.Number)+" "+d.From.String()+" "+d.Until.String())
		}
		return all
	}
	require.Equal(t, []string{"2020-1-2 2020-09-01 2021-03-01", "2020-1-2020 2020-09-01 2021-09-01", "120190-2020 2020-09-01 2021-09-01", "X20-2 2020-09-01 2021-09-01"}, says("2019-09-01", "2020-09-01"))
	require.Equal(t, "X20-2 2020-09-08 2021-09-09", says("2019-09-01", "2020-09-08")[3])
	for _, to := range []string{"9999-09-01", "9999-12-31"} { // there is no later day than the last
		require.Regexp(t, " "+to+" 9999-12-31$", says("2019-09-01", to)[3])
	}
}
