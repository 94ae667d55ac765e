package main

import (
	"fmt"

	"registre/domain"
)

// An ordering makes the commands of a group that orders for ten school years: each June the year's order forms, the Region's
// for the lycées, a department's for its collèges; each month amendments of those that run; and what goes wrong among them.
// The same seed always makes the same commands. It ends as soon as it has made as many lines as were wanted.
type ordering struct {
	*history
	want, lines int
	schools     []madeSchool
	members     []domain.MemberID // the Region first
	running     []*madeForm
	late        []*madeForm // recorded in October, of June
	twice       []*madeForm // to be cancelled
	year, month int
	serial      int
}

// linesOfASchool is about how many lines a school has in ten years, with those that amendments put in the place of others.
const linesOfASchool = 13

// Of the forms and lines of ordering, one in so many is late, sent twice, typed wrong, unknown.
const (
	oneLate    = 20
	oneTwice   = 40
	oneWrong   = 60
	oneUnknown = 50
	oneMonth   = 1    // in which a form that runs is amended
	oneAmended = 33   // of its lines then
	oneChanged = 250  // schools a year: described anew, moved, merged
	mostLines  = 2000 // of a form
)

type madeSchool struct {
	uai    domain.UAI
	member int
	lycee  bool
	both   bool // a lycée with a collège
	closed bool
	pupils int
}

type madeForm struct {
	member int
	issued *domain.OrderIssued
	day    domain.Day
	number uint64 // of its event
	lines  []madeLine
	out    []int // lines that were taken out
}

type madeLine struct {
	domain.Line
	school int
	fixed  bool // was once taken out, and is not amended again
}

// newOrdering begins the ordering of group number n, of about so many lines. It has as many departments as go with its schools.
func newOrdering(seed uint64, n, lines int) *ordering {
	return newOrderingOf(seed, n, lines, min(max(lines/linesOfASchool/80, 3), 95))
}

func newOrderingOf(seed uint64, n, lines, departments int) *ordering {
	o := &ordering{history: newHistory(seed, n), want: lines, year: 2015, month: 5}
	o.group = groupOf(n)
	o.marked = fmt.Sprintf("registre generate, seed %d, tout est inventé", seed)
	o.day = on(2015, 1, 5)
	schools := max(lines/linesOfASchool, 4)
	o.members = []domain.MemberID{"region"}
	for m := range departments {
		o.members = append(o.members, domain.MemberID(fmt.Sprintf("dep-%02d", m+1)))
	}
	for range schools {
		s := madeSchool{uai: o.code(), pupils: 200 + o.random.IntN(700)}
		s.lycee = o.random.IntN(3) == 0
		s.both = s.lycee && o.random.IntN(16) == 0
		s.member = 1 + o.random.IntN(len(o.members)-1)
		if s.lycee {
			s.member = 0
		}
		o.schools = append(o.schools, s)
	}
	return o
}

// code is a code of a school that checks, and was not given before.
func (o *ordering) code() domain.UAI {
	o.serial++
	u := must(domain.ParseUAI(fmt.Sprintf("%07dA", o.serial)))
	letter, _ := u.Check()
	return must(domain.ParseUAI(fmt.Sprintf("%07d%c", o.serial, letter)))
}

// command gives the next command; ok is false where there is none.
func (o *ordering) command() (c domain.Command, ok bool) {
	for len(o.next) == 0 {
		if o.made > 0 && o.lines >= o.want {
			return c, false
		}
		if o.made == 0 {
			o.begin()
		} else {
			o.nextMonth()
		}
	}
	c = o.next[0]
	o.next = o.next[1:]
	o.made++
	return c, true
}

// tellOn adds a command that takes effect on a day.
func (o *ordering) tellOn(day domain.Day, act domain.Act) {
	o.day = day
	o.tell(act)
}

// begin founds the group, launches its agreement, and opens its schools.
func (o *ordering) begin() {
	f := &domain.GroupFounded{Name: "Groupement fictif " + string(o.group), Title: "Convention fictive"}
	for _, m := range o.members {
		f.Changes = append(f.Changes, &domain.MemberJoined{Member: m, Name: "Membre fictif " + string(m)})
	}
	o.tell(f)
	o.tellOn(on(2015, 3, 2), &domain.AgreementLaunched{Agreement: "ent-2015", Title: "Accord-cadre fictif 2015", Contractor: madeContractor(), Until: on(2019, 9, 1)})
	for i := range o.schools {
		s := &o.schools[i]
		kind, name := domain.SchoolKind("college"), "Collège fictif "
		if s.lycee {
			kind, name = []domain.SchoolKind{"lycee", "lycee-pro"}[i%2], "Lycée fictif "
		}
		o.tell(&domain.SchoolOpened{School: s.uai, SchoolFacts: domain.SchoolFacts{Name: name + s.uai.String(), Kind: kind, Department: s.uai.Department()}})
	}
}

func madeContractor() domain.Contractor {
	return domain.Contractor{Name: "Éditeur fictif SAS", SIRET: must(domain.ParseSIRET("73282932000074"))}
}

// nextMonth goes on to the next month, and tells what happens there.
func (o *ordering) nextMonth() {
	if o.month++; o.month > 12 {
		o.year, o.month = o.year+1, 1
	}
	o.amend()
	switch o.month {
	case 1:
		o.succeed()
	case 2, 11:
		o.change()
	case 3:
		o.agree()
	case 6:
		o.order()
	case 9:
		if len(o.running) > 0 {
			o.running = o.running[len(o.running)-o.fresh():]
		}
		o.renew()
		o.correct()
	case 10:
		for _, f := range o.late {
			o.issue(f)
		}
		o.late = nil
	}
	if o.month == 12 {
		for _, f := range o.twice {
			o.tellOn(on(o.year, 12, 1), &domain.OrderCancelled{Number: f.issued.Number, Reason: "envoyé deux fois"})
		}
		o.twice = nil
	}
}

// fresh is how many of the forms that run began this September; the others have ended.
func (o *ordering) fresh() (n int) {
	for _, f := range o.running {
		if f.issued.From == on(o.year, 9, 1) {
			n++
		}
	}
	return n
}

// agree launches the second agreement, before the first ends; renew lets an agreement go on.
func (o *ordering) agree() {
	if o.year == 2021 {
		o.tellOn(on(2021, 3, 1), &domain.AgreementLaunched{
			Agreement: "ent-2021", Title: "Accord-cadre fictif 2021", Contractor: madeContractor(), Until: on(2025, 9, 1),
			Ceiling: must(domain.ParseCeiling("900000000.00 EUR")),
		})
	}
	if o.year >= 2025 {
		o.tellOn(on(o.year, 9, 1), &domain.AgreementRenewed{Agreement: "ent-2021", Until: on(o.year+1, 9, 1)})
	}
}

func (o *ordering) renew() {
	if o.year == 2018 {
		o.tellOn(on(2019, 9, 1), &domain.AgreementRenewed{Agreement: "ent-2015", Until: on(2021, 9, 1)})
	}
}

// succeed lets two departments become one.
func (o *ordering) succeed() {
	if o.year != 2021 {
		return
	}
	old := []domain.MemberID{o.members[1], o.members[2]}
	o.tellOn(on(2021, 1, 1), &domain.MembersSucceeded{Basis: "loi fictive", Predecessors: old, Successors: []domain.Named{{Member: "union", Name: "Union fictive"}}})
	o.members[1] = "union"
	for i := range o.schools {
		if o.schools[i].member == 2 {
			o.schools[i].member = 1
		}
	}
}

// change describes, moves or merges some schools.
func (o *ordering) change() {
	for i := o.random.IntN(oneChanged); i < len(o.schools); i += 1 + o.random.IntN(2*oneChanged) {
		s := &o.schools[i]
		if s.closed {
			continue
		}
		day := on(o.year, o.month, 2+o.random.IntN(20))
		switch o.random.IntN(3) {
		case 0:
			o.tellOn(day, &domain.SchoolDescribed{School: s.uai, SchoolFacts: domain.SchoolFacts{Name: fmt.Sprintf("Établissement fictif %d", o.made+len(o.next)), Kind: "cite-scolaire", Department: s.uai.Department()}})
		case 1:
			was := s.uai
			s.uai = o.code()
			o.tellOn(day, &domain.SchoolMoved{School: was, To: s.uai, Address: "rue fictive"})
		default:
			into := &o.schools[(i+1)%len(o.schools)]
			if into.closed || into.lycee != s.lycee || into == s {
				continue
			}
			s.closed = true
			o.tellOn(day, &domain.SchoolsMerged{Into: into.uai, Schools: []domain.UAI{s.uai}})
		}
	}
}
