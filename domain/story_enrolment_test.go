package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// told is a group of which all that is said was commanded and accepted.
func told(t *testing.T, all []said) *Group {
	g := &Group{}
	for _, s := range all {
		_, err := Enact(g, anyCommand(t, s.on, s.act))
		require.NoError(t, err, "%+v", s.act)
	}
	return g
}

// keysOf are the first keys of rows.
func keysOf(rows []EnrolmentRow) (keys []string) {
	for _, row := range rows {
		keys = append(keys, row.Keys[0])
	}
	return keys
}

// Over the merger of two members the pupils are the same, and those for whom they count are not.
func TestEnrolmentOverTheMergerOfMembers(t *testing.T) {
	g := told(t, after(alsace,
		orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one),
		orders("2020-06-01", "O-2", "bas-rhin", "2020-09-01", "2021-09-01", two),
		succeed("2021-01-01", ids("bas-rhin", "haut-rhin"), "cea")))
	eve, day := Now(dayNumber(2020, 12, 31)), Now(dayNumber(2021, 1, 1))
	for by, want := range map[Dimension][2][]string{
		ByMember:   {{"bas-rhin", "haut-rhin"}, {"cea"}},
		ByFormerly: {{"bas-rhin", "haut-rhin"}, {"bas-rhin", "haut-rhin"}},
	} {
		before, rows := g.Enrolment(eve, Selection{By: []Dimension{by}})
		require.Equal(t, want[0], keysOf(rows))
		after, rows := g.Enrolment(day, Selection{By: []Dimension{by}})
		require.Equal(t, want[1], keysOf(rows))
		require.Equal(t, before, after)
		require.Equal(t, Figure{Gross: 20, Distinct: 20, Lines: 2}, after)
	}
	_, rows := g.Enrolment(Pair{day.At, 6}, Selection{By: []Dimension{ByMember}})
	require.Equal(t, []string{"bas-rhin", "haut-rhin"}, keysOf(rows), "before the merger was known")
}

// Schools that merge bring their own pupils along; who then orders for the school that they became has their pupils too.
func TestSchoolsThatMergeTakeNoPupilsAway(t *testing.T) {
	merged := after(alsace,
		orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one),
		orders("2020-06-02", "O-2", "moselle", "2020-09-01", "2021-09-01", two),
		merges("2021-02-01", two, one))
	g := told(t, merged)
	for _, at := range []Day{dayNumber(2021, 1, 31), dayNumber(2021, 2, 1)} {
		total, _ := g.Enrolment(Now(at), Selection{})
		require.Equal(t, Figure{Gross: 20, Distinct: 20, Lines: 2}, total)
		require.Empty(t, g.Duplicates(Now(at)))
	}
	_, rows := g.Enrolment(Now(dayNumber(2021, 2, 1)), Selection{By: []Dimension{BySchool}})
	require.Equal(t, []string{two.String()}, keysOf(rows))

	again := orders("2021-02-15", "O-3", "bas-rhin", "2021-03-01", "2021-09-01", two)
	_, err := Enact(g, anyCommand(t, again.on, again.act))
	require.ErrorIs(t, err, &Refusal{Rule: OverlapUnsaid})
	because(again.act.(*OrderIssued), "one order for the school that they became", "")
	g = told(t, after(merged, again))
	total, _ := g.Enrolment(Now(dayNumber(2021, 3, 1)), Selection{})
	require.Equal(t, Figure{Gross: 30, Distinct: 10, Lines: 3}, total)
	require.Len(t, g.Duplicates(Now(dayNumber(2021, 3, 1))), 2)
	for _, d := range g.Duplicates(Now(dayNumber(2021, 3, 1))) {
		require.Equal(t, OrderNumber("O-3"), d.Later.Order)
	}
}

// That a school moved may be recorded long after both its codes were ordered for.
func TestAMoveRecordedLateFindsTheDoubleCount(t *testing.T) {
	g := told(t, after(alsace, opens("2018-01-01", nowhere),
		orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one),
		orders("2020-06-02", "O-2", "moselle", "2021-01-01", "2021-09-01", two)))
	Evolve(g, Event{OnDay(dayNumber(2020, 12, 1)), &SchoolMoved{School: one, To: two}})
	for at, distinct := range map[Day]int64{dayNumber(2020, 12, 31): 10, dayNumber(2021, 1, 1): 10} {
		total, _ := g.Enrolment(Now(at), Selection{})
		require.Equal(t, distinct, total.Distinct)
	}
	total, _ := g.Enrolment(Pair{dayNumber(2021, 1, 1), g.Head() - 1}, Selection{})
	require.Equal(t, int64(20), total.Distinct, "as it was known before")
}

// A line that an amendment adds overlaps as one of a new order form does; one that is put in another's place does not anew.
func TestAnAmendmentOverlaps(t *testing.T) {
	overlapping := orders("2020-06-02", "O-2", "moselle", "2020-09-01", "2021-09-01", two)
	because(overlapping.act.(*OrderIssued), "so agreed", "")
	g := told(t, after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one, two), overlapping))
	adds := &OrderAmended{Number: "O-2", Added: counts(one)}
	_, err := Decide(g, anyCommand(t, "2020-10-01", adds))
	require.ErrorIs(t, err, &Refusal{Rule: OverlapUnsaid})
	require.ErrorContains(t, err, "0680034A college, O-1")
	require.Equal(t, []Warning{{Kind: WarnOverlap, School: one, Cycle: "college", Order: "O-1"}}, Warnings(g, anyCommand(t, "2020-10-01", adds)))
	adds.OverlapReason = "so agreed"
	_, err = Enact(g, anyCommand(t, "2020-10-01", adds))
	require.NoError(t, err)
	_, err = Enact(g, anyCommand(t, "2020-11-01", &OrderAmended{Number: "O-2", Replaced: linesFor(Money{}, two)}))
	require.ErrorIs(t, err, &Refusal{Rule: NothingChanges})
	_, err = Enact(g, anyCommand(t, "2020-11-01", &OrderAmended{Number: "O-2", Replaced: counts(two)}))
	require.NoError(t, err)
	total, _ := g.Enrolment(Now(dayNumber(2020, 11, 1)), Selection{})
	require.Equal(t, Figure{Gross: 10 + 10 + 12 + 12, Distinct: 24, Lines: 4}, total)
}

// An order form for decades is found on all its days.
func TestALongOrderForm(t *testing.T) {
	g := told(t, alsace)
	o := orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2055-09-01", one)
	Evolve(g, Event{OnDay(dayNumber(2020, 6, 1)), o.act})
	for _, year := range []int{2021, 2033, 2054} {
		_, rows := g.Enrolment(Now(dayNumber(year, 1, 1)), Selection{By: []Dimension{ByCycle, BySchool}})
		require.Len(t, rows, 1, "%d", year)
	}
	_, rows := g.Enrolment(Now(dayNumber(2055, 9, 1)), Selection{By: []Dimension{ByCycle, BySchool}})
	require.Empty(t, rows)
}

func TestEnrolmentInSteps(t *testing.T) {
	g := told(t, after(alsace,
		orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one),
		orders("2020-06-02", "O-2", "moselle", "2020-10-01", "2021-09-01", two),
		said{"2020-11-01", &OrderAmended{Number: "O-1", Replaced: counts(one)}}))
	for _, s := range []Selection{{}, {By: []Dimension{ByMember}}} {
		steps := g.EnrolmentSeries(Period{dayNumber(2020, 1, 1), dayNumber(2022, 1, 1)}, Latest, s)
		var days []string
		var pupils []int64
		for _, s := range steps {
			days, pupils = append(days, s.Day.String()), append(pupils, s.Total.Distinct)
		}
		require.Equal(t, []string{"2020-01-01", "2020-09-01", "2020-10-01", "2020-11-01", "2021-09-01"}, days)
		require.Equal(t, []int64{0, 10, 20, 22, 0}, pupils)
	}
}

// What is ordered counts from its day on, whatever its period, and against the period of the agreement that its day is in.
func TestWhatIsOrderedIsWeighedAgainstTheCeiling(t *testing.T) {
	launch := said{"2018-01-01", &AgreementLaunched{Agreement: "ent", Ceiling: Ceiling{Pupils: 25}, Contractor: editor, Title: "ENT", Until: dayNumber(2022, 1, 1)}}
	so := after(founded2017("bas-rhin", "haut-rhin", "moselle"), launch, opens("2018-01-01", one), opens("2018-01-01", two), opens("2018-01-01", nowhere),
		orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one))
	warned := func(g *Group, s said) []Warning { return Warnings(g, anyCommand(t, s.on, s.act)) }

	g := told(t, so)
	second := orders("2020-06-02", "O-2", "moselle", "2020-09-01", "2021-09-01", two)
	require.Equal(t, []Warning{{Kind: WarnCeiling, Under: "ent", Percent: 80}}, warned(g, second))
	require.Empty(t, warned(told(t, so[:len(so)-1]), second), "less than 80 %")
	_, err := Enact(g, anyCommand(t, second.on, second.act))
	require.NoError(t, err)

	third := orders("2020-06-03", "O-3", "moselle", "2021-09-01", "2021-10-01", nowhere)
	_, err = Enact(g, anyCommand(t, third.on, third.act))
	require.ErrorIs(t, err, &Refusal{Rule: CeilingPassed})
	because(third.act.(*OrderIssued), "", "so agreed")
	require.Equal(t, []Warning{{Kind: WarnPast, Under: "ent", Percent: 120}}, warned(g, third))

	row := g.Spending(Now(dayNumber(2020, 6, 2)))[0]
	require.Equal(t, int64(20), row.Pupils)
	require.Equal(t, 2, row.UnknownAmount)
	require.Equal(t, int64(10), g.Spending(Now(dayNumber(2020, 6, 1)))[0].Pupils)
	require.Equal(t, int64(20), g.Spending(Now(dayNumber(2021, 12, 31)))[0].Pupils, "its period is over, and it was ordered all the same")
}

func TestALetterIsWorthAWarning(t *testing.T) {
	wrong := uaiOf("0680034A")
	open := anyCommand(t, "2020-01-01", &SchoolOpened{facts, wrong})
	require.Equal(t, []Warning{{Kind: WarnLetter, School: wrong, Letter: "T"}}, Warnings(&Group{}, open))
	require.Empty(t, Warnings(&Group{}, anyCommand(t, "2020-01-01", &SchoolOpened{facts, uaiOf("0680034T")})))
}

// What a school has by itself is what it has among all, whatever was amended, and whatever was ordered twice.
func TestASchoolByItself(t *testing.T) {
	overlapping := orders("2020-06-02", "O-2", "moselle", "2020-10-01", "2021-09-01", two)
	because(overlapping.act.(*OrderIssued), "so agreed", "")
	g := told(t, after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one, two), overlapping,
		said{"2020-11-01", &OrderAmended{Number: "O-1", Replaced: counts(one)}},
		said{"2020-12-01", &OrderCancelled{Number: "O-2", Reason: "r"}}))
	for known := range g.Head() + 1 {
		for day := dayNumber(2020, 8, 1); day < dayNumber(2021, 10, 1); day += 5 {
			q := Pair{day, known}
			_, rows := g.Enrolment(q, Selection{By: []Dimension{BySchool}})
			for _, row := range rows {
				total, _ := g.Enrolment(q, Selection{Where: []Filter{{BySchool, row.Keys[0]}}})
				require.Equal(t, row.Figure, total, "%v on %v, known #%d", row.Keys, day, known)
			}
		}
	}
	total, _ := g.Enrolment(Now(dayNumber(2020, 11, 2)), Selection{Where: []Filter{{BySchool, two.String()}}})
	require.Equal(t, Figure{Gross: 20, Distinct: 10, Lines: 2}, total)
	total, _ = g.Enrolment(Now(dayNumber(2020, 11, 2)), Selection{Where: []Filter{{BySchool, one.String()}}})
	require.Equal(t, Figure{Gross: 12, Distinct: 12, Lines: 1}, total)
}

// What was ordered in the name of one that had left counts for the successor as it then was, though that had left before.
func TestHeirsThatBecameMembersAgain(t *testing.T) {
	g := told(t, after(alsace,
		succeed("2019-01-01", ids("bas-rhin"), "cea"),
		succeed("2020-01-01", ids("cea"), "north"),
		said{"2020-06-01", &MemberJoined{Basis: "law", Member: "cea", Name: "C"}}))
	Evolve(g, Event{OnDay(dayNumber(2021, 6, 1)), orders("", "O-1", "bas-rhin", "2021-09-01", "2022-09-01", one).act})
	q := Now(dayNumber(2021, 9, 1))
	_, rows := g.Enrolment(q, Selection{By: []Dimension{ByMember, ByCycle}})
	require.Equal(t, []string{"cea"}, keysOf(rows))
	require.Equal(t, MemberID("cea"), g.EnrolledLines(q, nil)[0].Member)
}
