package projections_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections"
	"registre/projections/casetest"
)

func uai(t testing.TB, s string) domain.UAI {
	u, err := domain.ParseUAI(s)
	require.NoError(t, err)
	return u
}

func line(t testing.TB, school string, cycle domain.Cycle, pupils int, day string) domain.Line {
	l := domain.Line{LineKey: domain.LineKey{School: uai(t, school), Cycle: cycle}, Kind: domain.Forecast, Day: casetest.Day(day)}
	l.UnitPrice, _ = domain.NewMoney(320, "EUR")
	if pupils >= 0 {
		var err error
		l.Headcount, err = domain.NewHeadcount(pupils)
		require.NoError(t, err)
	}
	return l
}

func packed(t testing.TB, lines ...domain.Line) domain.Lines {
	p, err := domain.PackLines(lines)
	require.NoError(t, err)
	return p
}

// ordering is the reference case with four schools and their order forms: an overlap, an amendment, a school that moves, a
// headcount that nobody knows, and the merger of two members in the midst of it.
func ordering(t testing.TB) *domain.Group {
	c := casetest.GrandEst(t)
	ceiling, err := domain.ParseCeiling("6000.00 EUR")
	require.NoError(t, err)
	c.Tell("2018-09-01", &domain.AgreementLaunched{
		Agreement: "ent-2018", Title: "ENT", Contractor: domain.Contractor{Name: "E", SIRET: 73282932000074}, Ceiling: ceiling,
		Until: casetest.Day("2022-09-01"),
	})
	for _, code := range []string{"0350122T", "0680034T", "0750655E"} {
		kind := domain.SchoolKind("college")
		if code == "0680034T" {
			kind = "lycee"
		}
		c.Tell("2018-09-01", &domain.SchoolOpened{School: uai(t, code), SchoolFacts: domain.SchoolFacts{Department: "68", Kind: kind, Name: code}})
	}
	issue := func(day string, n domain.OrderNumber, m domain.MemberID, from, overlap string, lines ...domain.Line) {
		c.Tell(day, &domain.OrderIssued{
			Agreement: "ent-2018", Number: n, Member: m, From: casetest.Day(from), Until: casetest.Day("2021-09-01"),
			OverlapReason: overlap, Lines: packed(t, lines...),
		})
	}
	issue("2020-06-15", "BC-1", casetest.HautRhin, "2020-09-01", "", line(t, "0680034T", "lycee", 412, "2020-06-15"), line(t, "0680034T", "college", 60, "2020-06-15"))
	issue("2020-06-16", "BC-2", casetest.BasRhin, "2020-09-01", "", line(t, "0350122T", "college", 300, "2020-06-16"), line(t, "0750655E", "college", -1, "2020-06-16"))
	issue("2020-10-01", "BC-3", casetest.Moselle, "2020-11-01", "the school's pupils were sent over", line(t, "0350122T", "college", 310, "2020-10-01"))
	c.Tell("2020-12-01", &domain.OrderAmended{Number: "BC-1", Replaced: packed(t, line(t, "0680034T", "lycee", 420, "2020-11-20"))})
	c.Tell("2021-02-01", &domain.SchoolMoved{School: uai(t, "0680034T"), To: uai(t, "0690026D")})
	return c.Group
}

func TestEnrolmentAnswers(t *testing.T) {
	g := ordering(t)
	by := func(d ...domain.Dimension) projections.EnrolmentAsked {
		return projections.EnrolmentAsked{Selection: domain.Selection{By: d}}
	}
	const all = domain.Latest
	series, lines := by(domain.ByMember), by()
	series.Series = &domain.Period{From: casetest.Day("2020-01-01"), To: casetest.Day("2022-01-01")}
	lines.Lines = true
	lines.Where = []domain.Filter{{By: domain.ByCycle, Value: "college"}}
	for name, answer := range map[string]any{
		"enrolment-2020-12-31-member":   projections.Enrolment(g, question("2020-12-31", all), by(domain.ByMember)),
		"enrolment-2021-member":         projections.Enrolment(g, question("2021-01-01", all), by(domain.ByMember)),
		"enrolment-2021-formerly-cycle": projections.Enrolment(g, question("2021-01-01", all), by(domain.ByFormerly, domain.ByCycle)),
		"enrolment-2021-03-school":      projections.Enrolment(g, question("2021-03-01", all), by(domain.BySchool, domain.BySchoolKind)),
		"enrolment-2021-03-known-first": projections.Enrolment(g, question("2021-03-01", 31), by(domain.BySchoolYear, domain.ByHeadcountKind)),
		"enrolment-series":              projections.Enrolment(g, question("2021-01-01", all), series),
		"enrolment-lines":               projections.Enrolment(g, question("2021-03-01", all), lines),
		"lines-2021-03":                 projections.Lines(g, question("2021-03-01", all), nil),
		"lines-2021-03-cea":             projections.Lines(g, question("2021-03-01", all), []domain.Filter{{By: domain.ByMember, Value: "cea"}}),
		"lines-history":                 projections.LineHistory(g, question("2021-03-01", all), nil),
		"lines-history-college":         projections.LineHistory(g, question("2021-03-01", all), []domain.Filter{{By: domain.ByCycle, Value: "college"}, {By: domain.ByFormerly, Value: "haut-rhin"}}),
		"enrolment-none":                projections.Enrolment(g, question("2018-01-01", all), by(domain.ByAgreement)),
		"duplicates-2021":               projections.Duplicates(g, question("2021-01-01", all)),
		"ceilings-2021":                 projections.Ceilings(g, question("2021-01-01", all)),
	} {
		t.Run(name, func(t *testing.T) { requireGolden(t, name, answer) })
	}
}

// Over the merger the pupils are the same; the day before no row is the successor's, on the day none is a predecessor's.
func TestEnrolmentOverTheMerger(t *testing.T) {
	g := ordering(t)
	asked := projections.EnrolmentAsked{Selection: domain.Selection{By: []domain.Dimension{domain.ByMember}}}
	eve := projections.Enrolment(g, question("2020-12-31", domain.Latest), asked)
	day := projections.Enrolment(g, question("2021-01-01", domain.Latest), asked)
	require.Equal(t, eve.Distinct, day.Distinct)
	require.Positive(t, day.Distinct)
	members := func(a projections.EnrolmentAnswer) (ids []domain.MemberID) {
		for _, row := range a.Rows {
			ids = append(ids, domain.MemberID(row.Member))
		}
		return ids
	}
	require.Equal(t, []domain.MemberID{casetest.BasRhin, casetest.HautRhin, casetest.Moselle}, members(eve))
	require.Equal(t, []domain.MemberID{casetest.CeA, casetest.Moselle}, members(day))
}
