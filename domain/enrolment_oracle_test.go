package domain_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "registre/domain"
	"registre/domain/domaintest"
)

// The oracle of what is ordered lists all facts, and for one day goes through all order forms and all their lines. What it
// does not know it finds by trying day after day.

type orderingOracle struct {
	g     *Group // for the periods of agreements alone
	known uint64
	facts []fact
}

type oracleOrder struct {
	number     OrderNumber
	issue      *OrderIssued
	event      uint64
	day        Day
	amendments []fact
	cancelled  Day
}

type oracleLine struct {
	order *oracleOrder
	event uint64
	Line
}

func (o *orderingOracle) orders() (orders []*oracleOrder) {
	found := map[OrderNumber]*oracleOrder{}
	get := func(n OrderNumber) *oracleOrder {
		if found[n] == nil {
			found[n] = &oracleOrder{number: n, cancelled: LastDay + 1}
		}
		return found[n]
	}
	for _, f := range o.facts {
		switch a := f.act.(type) {
		case *OrderIssued:
			w := get(a.Number)
			w.issue, w.event, w.day = a, f.number, f.day
		case *OrderAmended:
			get(a.Number).amendments = append(get(a.Number).amendments, f)
		case *OrderCancelled:
			get(a.Number).cancelled = min(get(a.Number).cancelled, f.day)
		}
	}
	for _, w := range found {
		if w.issue != nil {
			orders = append(orders, w)
		}
	}
	return orders
}

// lines are those that stand in the order form on a day.
func (w *oracleOrder) lines(day Day) map[LineKey]oracleLine {
	lines := map[LineKey]oracleLine{}
	put := func(all Lines, event uint64) {
		for l := range all.All() {
			lines[l.LineKey] = oracleLine{w, event, l}
		}
	}
	put(w.issue.Lines, w.event)
	for _, f := range w.amendments {
		if f.day <= day {
			a := f.act.(*OrderAmended)
			put(a.Added, f.number)
			put(a.Replaced, f.number)
			for k := range a.Removed.All() {
				delete(lines, k)
			}
		}
	}
	return lines
}

// inForce are the lines that count on a day.
func (o *orderingOracle) inForce(day Day) (lines []oracleLine) {
	for _, w := range o.orders() {
		if w.issue.From <= day && day < w.issue.Until && day < w.cancelled {
			for _, l := range w.lines(day) {
				lines = append(lines, l)
			}
		}
	}
	return lines
}

// since is the first day on which a line that counts on a day counted.
func (o *orderingOracle) since(l oracleLine, day Day) Day {
	for day > l.order.issue.From && l.order.lines(day - 1)[l.LineKey].event == l.event {
		day--
	}
	return day
}

func (a oracleLine) later(b oracleLine) bool {
	return cmp.Or(cmp.Compare(a.order.day, b.order.day), cmp.Compare(a.order.event, b.order.event)) > 0
}

// taken reports whether a line of a later order has the pupils of l on a day.
func (o *orderingOracle) taken(l oracleLine, lines []oracleLine, day Day) bool {
	return slices.ContainsFunc(lines, func(other oracleLine) bool {
		if other.order.number == l.order.number || other.Cycle != l.Cycle || !other.later(l) {
			return false
		}
		first := max(o.since(l, day), o.since(other, day))
		a, _ := o.school(l.School, first)
		b, _ := o.school(other.School, first)
		return a == b
	})
}

// school is under which code a school goes on, and of what kind it is there.
func (o *orderingOracle) school(u UAI, day Day) (UAI, SchoolKind) {
	type state struct {
		kind SchoolKind
		to   UAI
		when int
	}
	now := map[UAI]state{}
	for i, f := range o.facts {
		if f.day > day {
			break
		}
		switch a := f.act.(type) {
		case *SchoolOpened:
			now[a.School] = state{a.Kind, 0, i}
		case *SchoolDescribed:
			now[a.School] = state{a.Kind, 0, i}
		case *SchoolClosed:
			now[a.School] = state{now[a.School].kind, 0, i}
		case *SchoolsMerged:
			for _, s := range a.Schools {
				now[s] = state{now[s].kind, a.Into, i}
			}
		case *SchoolMoved:
			was := now[a.School].kind
			now[a.To] = state{was, 0, i}
			now[a.School] = state{was, a.To, i}
		}
	}
	for when := -1; now[u].to != 0 && now[u].when > when; {
		when, u = now[u].when, now[u].to
	}
	return u, now[u].kind
}

// heirs are those for whom on a day counts what a member had at the end of a day before.
func (o *orderingOracle) heirs(m MemberID, had, day Day) []MemberID {
	after := 0
	for after < len(o.facts) && o.facts[after].day <= had {
		after++
	}
	return o.heirsFrom(m, after, day)
}

// heirsFrom is heirs of what a member had just before a fact.
func (o *orderingOracle) heirsFrom(m MemberID, after int, day Day) (heirs []MemberID) {
	end := func(i int) (by *MembersSucceeded, ends, begins bool) {
		switch a := o.facts[i].act.(type) {
		case *MemberJoined:
			return nil, false, a.Member == m
		case *MemberWithdrew:
			return nil, a.Member == m, false
		case *MembersSucceeded:
			is := func(n Named) bool { return n.Member == m }
			return a, slices.Contains(a.Predecessors, m), slices.ContainsFunc(a.Successors, is)
		}
		return nil, false, false
	}
	next := func(by *MembersSucceeded, i int) []MemberID {
		for _, s := range by.Successors {
			heirs = append(heirs, o.heirsFrom(s.Member, max(i+1, after), day)...)
		}
		slices.Sort(heirs)
		return slices.Compact(heirs)
	}
	for i := after - 1; i >= 0; i-- { // it may have ended before
		by, ends, begins := end(i)
		if begins {
			break
		}
		if ends {
			if by == nil {
				break
			}
			return next(by, i)
		}
	}
	for i := after; i < len(o.facts) && o.facts[i].day <= day; i++ {
		if by, ends, _ := end(i); ends {
			if by == nil {
				return []MemberID{m}
			}
			return next(by, i)
		}
	}
	return []MemberID{m}
}

// key is a line's value of a dimension on a day.
func (o *orderingOracle) key(d Dimension, l oracleLine, day Day) string {
	switch d {
	case ByMember:
		if heirs := o.heirs(l.order.issue.Member, min(l.order.day, l.order.issue.From), day); len(heirs) == 1 {
			return string(heirs[0])
		}
		return ""
	case ByFormerly:
		return string(l.order.issue.Member)
	case ByAgreement:
		return string(l.order.issue.Agreement)
	case BySchoolYear:
		year, month, _ := l.order.issue.From.Civil()
		if month < 9 {
			year--
		}
		return fmt.Sprintf("%04d-%04d", year, year+1)
	case ByCycle:
		return string(l.Cycle)
	case ByHeadcountKind:
		return string(l.Kind)
	case BySchool:
		u, _ := o.school(l.School, day)
		return u.String()
	}
	_, kind := o.school(l.School, day)
	return string(kind)
}

func (o *orderingOracle) enrolment(day Day, s Selection) (total Figure, rows []EnrolmentRow) {
	lines, found := o.inForce(day), map[string]int{}
	for _, l := range lines {
		if slices.ContainsFunc(s.Where, func(f Filter) bool { return o.key(f.By, l, day) != f.Value }) {
			continue
		}
		var keys []string
		for _, d := range s.By {
			keys = append(keys, o.key(d, l, day))
		}
		i, ok := found[fmt.Sprint(keys)]
		if !ok && len(s.By) > 0 {
			i, rows = len(rows), append(rows, EnrolmentRow{Keys: keys})
			found[fmt.Sprint(keys)] = i
		}
		figures := []*Figure{&total}
		if len(s.By) > 0 {
			figures = append(figures, &rows[i].Figure)
		}
		n, known := l.Headcount.Pupils()
		for _, f := range figures {
			f.Gross, f.Lines = f.Gross+int64(n), f.Lines+1
			if !o.taken(l, lines, day) {
				f.Distinct += int64(n)
				if !known {
					f.Unknown++
				}
			}
		}
	}
	slices.SortFunc(rows, func(a, b EnrolmentRow) int { return slices.Compare(a.Keys, b.Keys) })
	return total, rows
}

// spending is what was ordered by a day, in the period that it is in.
func (o *orderingOracle) spending(row SpendingRow, day Day) (s SpendingRow) {
	s = SpendingRow{Agreement: row.Agreement, Period: row.Period}
	s.Amount = row.Period.Ceiling.Amount
	currency := s.Amount.Currency()
	if currency == "" {
		currency = "EUR" // the only one there is
	}
	cents := int64(0)
	for _, w := range o.orders() {
		p, ok := o.g.AgreementPeriod(w.issue.Agreement, Pair{w.day, o.known})
		if w.issue.Agreement != row.Agreement || !ok || p.From != row.Period.From || w.cancelled <= day {
			continue
		}
		for _, l := range w.lines(day) {
			if l.event == w.event && w.day > day {
				continue
			}
			n, known := l.Headcount.Pupils()
			s.Lines, s.Pupils = s.Lines+1, s.Pupils+int64(n)
			if !known {
				s.UnknownPupils++
			}
			if !known || l.UnitPrice.Currency() != currency {
				s.UnknownAmount++
				continue
			}
			cents += int64(n) * l.UnitPrice.Cents()
		}
	}
	s.Amount, _ = NewMoney(cents, currency)
	if row.Period.Ceiling.Amount.IsZero() && row.Amount.IsZero() {
		s.Amount = Money{} // no price is known
	}
	return s
}

var selections = func() (all []Selection) {
	all = append(all, Selection{})
	for _, d := range Dimensions() {
		all = append(all, Selection{By: []Dimension{d}})
	}
	for a := ByMember; a <= BySchoolKind; a++ {
		for b := a + 1; b <= BySchoolKind; b++ {
			all = append(all, Selection{By: []Dimension{a, b}})
		}
	}
	all = append(all, Selection{By: []Dimension{BySchoolKind, ByMember}})
	for _, f := range []Filter{
		{ByMember, "a"},
		{ByMember, ""},
		{ByFormerly, "b"},
		{ByAgreement, "ent"},
		{BySchoolYear, "2019-2020"},
		{ByCycle, "college"},
		{ByHeadcountKind, "live"},
		{BySchool, "0680034T"},
		{BySchoolKind, "lycee"},
		{ByMember, "nobody"},
		{BySchool, "x"},
	} {
		all = append(all, Selection{Where: []Filter{f}}, Selection{By: []Dimension{f.By}, Where: []Filter{f}},
			Selection{By: []Dimension{ByCycle}, Where: []Filter{f}},
			Selection{By: []Dimension{BySchool, ByMember}, Where: []Filter{f, {ByCycle, "lycee"}}})
	}
	return all
}()

func compareOrdering(t require.TestingT, g *Group, events []Event, q Pair) (seen Figure) {
	o := &orderingOracle{g: g, known: q.Known, facts: facts(corrected(events, q.Known))}
	for _, s := range selections {
		total, rows := o.enrolment(q.At, s)
		gotTotal, gotRows := g.Enrolment(q, s)
		if total != gotTotal || !slices.EqualFunc(rows, gotRows, func(a, b EnrolmentRow) bool {
			return a.Figure == b.Figure && slices.Equal(a.Keys, b.Keys)
		}) {
			for i, e := range events[:q.Known] {
				fmt.Printf("#%d %v %s\n", i+1, e.Effective, told(e.Act))
			}
		}
		require.Equal(t, total, gotTotal, "%v on %v, known #%d", s, q.At, q.Known)
		require.Equal(t, rows, gotRows, "%v on %v, known #%d", s, q.At, q.Known)
		if len(s.By) == 0 {
			compareEnrolledLines(t, o, g, q, s.Where, total)
		}
		if slices.Equal(s.By, []Dimension{BySchool}) {
			compareSchools(t, g, q, rows)
		}
		seen.Gross += total.Gross
		seen.Distinct += total.Distinct
		seen.Unknown += total.Unknown
	}
	for _, row := range g.Spending(q) {
		require.Equal(t, o.spending(row, q.At), row, "on %v, known #%d", q.At, q.Known)
	}
	return seen
}

// compareSchools asks for each school by itself, which is answered from its own lines.
func compareSchools(t require.TestingT, g *Group, q Pair, rows []EnrolmentRow) {
	for _, row := range rows {
		total, _ := g.Enrolment(q, Selection{Where: []Filter{{BySchool, row.Keys[0]}}})
		require.Equal(t, row.Figure, total, "of %v on %v, known #%d", row.Keys, q.At, q.Known)
	}
}

func compareEnrolledLines(t require.TestingT, o *orderingOracle, g *Group, q Pair, where []Filter, total Figure) {
	got := Figure{}
	taken := 0
	for _, l := range g.EnrolledLines(q, where) {
		n, known := l.Headcount.Pupils()
		got.Gross, got.Lines = got.Gross+int64(n), got.Lines+1
		if l.Taken {
			taken++
			continue
		}
		got.Distinct += int64(n)
		if !known {
			got.Unknown++
		}
	}
	require.Equal(t, total, got)
	if len(where) > 0 {
		return
	}
	duplicates := g.Duplicates(q)
	require.Len(t, duplicates, taken)
	for _, d := range duplicates {
		require.NotEqual(t, d.Line.Order, d.Later.Order)
		require.Equal(t, d.Line.Cycle, d.Later.Cycle)
	}
}

func TestEnrolmentIsThatOfTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := domaintest.Events(domaintest.Rapid(t), 40)
		compareOrdering(t, folded(events), events, drawPair(t, uint64(len(events))))
	})
}

func TestEnrolmentIsThatOfTheOracleFromSeeds(t *testing.T) {
	var seen Figure
	for seed := range uint64(150) {
		pick := domaintest.Seeded(seed)
		events := domaintest.Events(pick, 80)
		g := folded(events)
		for range 12 {
			q := Pair{At: domaintest.First + Day(pick(domaintest.Days+2)), Known: uint64(pick(len(events) + 1))}
			f := compareOrdering(t, g, events, q)
			seen.Gross, seen.Distinct, seen.Unknown = seen.Gross+f.Gross, seen.Distinct+f.Distinct, seen.Unknown+f.Unknown
		}
	}
	t.Logf("%+v", seen)
	require.Greater(t, seen.Distinct, int64(1000))
	require.Greater(t, seen.Gross, seen.Distinct+100, "double counts are among them")
	require.Greater(t, seen.Unknown, 100)
}
