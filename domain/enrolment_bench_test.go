package domain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// load is a group that has ordered for ten years: so many lines, in order forms of so many, for schools that come again every
// year. Some lines are unknown, a few order forms overlap, a few are amended.
func load(lines, each int) (g *Group, folding time.Duration) {
	g = new(Group)
	founding := &GroupFounded{Name: "G", Title: "T"}
	for m := range 96 {
		founding.Changes = append(founding.Changes, &MemberJoined{Member: MemberID(fmt.Sprintf("m%02d", m)), Name: "M"})
	}
	first, _ := NewDay(2015, 1, 1)
	Evolve(g, Event{OnDay(first), founding})
	Evolve(g, Event{OnDay(first), &AgreementLaunched{Agreement: "ent", Title: "T", Until: first + 5000}})
	schools := max(1, lines/10)
	r := rand.New(rand.NewPCG(1, 2))
	for s := range schools {
		kind := SchoolKind([]string{"college", "lycee", "lycee-pro"}[s%3])
		Evolve(g, Event{OnDay(first), &SchoolOpened{School: loadSchool(s), SchoolFacts: SchoolFacts{Kind: kind, Name: "S", Department: "67"}}})
	}
	opened := time.Now()
	for i := 0; i < lines; i += each {
		Evolve(g, loadOrder(r, i, min(each, lines-i), schools))
	}
	return g, time.Since(opened)
}

func loadSchool(s int) UAI { return UAI(s*uaiLetters + 1) }

func loadOrder(r *rand.Rand, i, n, schools int) Event {
	year, month := 2015+i/schools%10, 9
	from, _ := NewDay(year, month, 1)
	until, _ := NewDay(year+1, month, 1)
	text := []byte(nil)
	for l := range n {
		if l > 0 {
			text = append(text, ',')
		}
		text, _ = loadSchool((i + l) % schools).AppendText(text)
		count := Headcount(1 + r.IntN(900))
		if r.IntN(50) == 0 {
			count = UnknownHeadcount
		}
		text = count.append(append(text, ' '))
	}
	kind := HeadcountKinds[r.IntN(3)]
	cycle := Cycle([]string{"college", "lycee"}[r.IntN(2)])
	o := &OrderIssued{Agreement: "ent", Member: MemberID(fmt.Sprintf("m%02d", r.IntN(96))), Number: OrderNumber(fmt.Sprintf("BC-%d", i)), From: from, Until: until}
	o.Lines = Lines{[]LineBlock{{Cycle: cycle, Day: from, Kind: kind, Headcounts: Headcounts(text), UnitPrice: Money{500, [3]byte{'E', 'U', 'R'}}}}, n}
	return Event{OnDay(from - Day(r.IntN(60))), o}
}

// percentiles runs a question again and again, and reports how long it takes.
func percentiles(b *testing.B, ask func(*rand.Rand)) time.Duration {
	r := rand.New(rand.NewPCG(1, 2))
	var each []time.Duration
	for b.Loop() {
		start := time.Now()
		ask(r)
		each = append(each, time.Since(start))
	}
	slices.Sort(each)
	b.ReportMetric(float64(each[len(each)/2]), "p50-ns")
	b.ReportMetric(float64(each[len(each)*99/100]), "p99-ns")
	return each[len(each)/2]
}

// anyPair is a pair of ten years, at which half the order forms are known, or more.
func anyPair(r *rand.Rand, g *Group) Pair {
	first, _ := NewDay(2015, 9, 1)
	return Pair{first + Day(r.IntN(3650)), g.Head() - r.Uint64N(uint64(len(g.orders.all))/2)}
}

// One group with ever more lines: a total, one by a dimension, one by two, and the room of a line.
func BenchmarkEnrolment(b *testing.B) {
	for _, size := range []struct{ lines, each int }{{1e4, 100}, {1e5, 100}, {1e6, 100}, {1e7, 100}, {1e7, 2000}} {
		b.Run(fmt.Sprintf("lines=%d/each=%d", size.lines, size.each), func(b *testing.B) {
			before := heap()
			g, folding := load(size.lines, size.each)
			room := float64(heap()-before) / float64(size.lines)
			for name, s := range map[string]Selection{
				"total": {}, "cycle": {By: []Dimension{ByCycle}}, "member": {By: []Dimension{ByMember}},
				"member,cycle": {By: []Dimension{ByMember, ByCycle}}, "school-kind,cycle": {By: []Dimension{BySchoolKind, ByCycle}},
				"of-a-member": {Where: []Filter{{ByMember, "m07"}}},
			} {
				b.Run(name, func(b *testing.B) {
					percentiles(b, func(r *rand.Rand) { g.Enrolment(anyPair(r, g), s) })
					b.ReportMetric(room, "B/line")
					b.ReportMetric(float64(size.lines)/folding.Seconds(), "lines/s")
					b.ReportMetric(float64(size.lines/size.each)/folding.Seconds(), "events/s")
				})
			}
		})
	}
}

// A nation: a thousand groups of ten thousand lines. A total of any of them, at any pair, and the room of a line.
func BenchmarkEnrolmentOfANation(b *testing.B) {
	const groups, lines = 1000, 10_000
	before, start := heap(), time.Now()
	all := make([]*Group, groups)
	for i := range all {
		all[i], _ = load(lines, 100)
	}
	took, room := time.Since(start), float64(heap()-before)/(groups*lines)
	for name, s := range map[string]Selection{"total": {}, "member,cycle": {By: []Dimension{ByMember, ByCycle}}, "school-kind,cycle": {By: []Dimension{BySchoolKind, ByCycle}}} {
		b.Run(name, func(b *testing.B) {
			percentiles(b, func(r *rand.Rand) {
				g := all[r.IntN(groups)]
				g.Enrolment(anyPair(r, g), s)
			})
			b.ReportMetric(room, "B/line")
			b.ReportMetric(groups*lines/took.Seconds(), "lines/s")
		})
	}
}
