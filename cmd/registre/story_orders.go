package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"registre/domain"
)

// The demonstration's schools and order forms are all invented: their codes are valid in structure, of a range that is not
// given out. Only two figures are public, which the vendor states without a day: about 841 schools and 413,000 pupils.
//
// They were taken over into the register in June 2024, as a coordinator would who begins with what the members have sent
// since 2018; so no event of the story before changes its number.

const inventedOrders = "établissements, effectifs, prix, numéros et jours : tout est inventé"

// schoolsOf is how many schools a department has in the story.
type schoolsOf struct {
	member           domain.MemberID
	department       string
	digits           int // of its codes
	colleges, lycees int
	schools          []storySchool
	successor        domain.MemberID // since 2021
}

// A storySchool is a school of the story.
type storySchool struct {
	uai    domain.UAI
	lycee  bool
	both   bool // a lycée that has a collège
	pupils int
}

// departments are those of the region.
func departments() []*schoolsOf {
	return []*schoolsOf{
		{member: "ardennes", department: "08", digits: 8, colleges: 36, lycees: 16},
		{member: "aube", department: "10", digits: 10, colleges: 27, lycees: 15},
		{member: "marne", department: "51", digits: 51, colleges: 52, lycees: 32},
		{member: "haute-marne", department: "52", digits: 52, colleges: 23, lycees: 12},
		{member: "meurthe-et-moselle", department: "54", digits: 54, colleges: 68, lycees: 45},
		{member: "meuse", department: "55", digits: 55, colleges: 24, lycees: 12},
		{member: "moselle", department: "57", digits: 57, colleges: 95, lycees: 52},
		{member: "bas-rhin", department: "67", digits: 67, colleges: 100, lycees: 62, successor: "cea"},
		{member: "haut-rhin", department: "68", digits: 68, colleges: 62, lycees: 42, successor: "cea"},
		{member: "vosges", department: "88", digits: 88, colleges: 45, lycees: 21},
	}
}

// inventedUAI is a code of a department that checks, from 9001 on.
func inventedUAI(department, serial int) domain.UAI {
	for letter := 'A'; ; letter++ {
		u, err := domain.ParseUAI(fmt.Sprintf("%03d%04d%c", department, 9000+serial, letter))
		if err != nil {
			panic(err) // the letters are over: one of them checks
		}
		if _, right := u.Check(); right {
			return u
		}
	}
}

// An orderStory tells the part of the story that has to do with orders.
type orderStory struct {
	at          time.Time
	all         []toldCommand
	departments []*schoolsOf
	chance      *rand.Rand
}

// orders is that part. It is the same for ever.
func orders() []toldCommand {
	s := &orderStory{
		at: time.Date(2024, 6, 3, 7, 0, 0, 0, time.UTC), departments: departments(), chance: rand.New(rand.NewPCG(841, 413_000)),
	}
	s.agreements()
	s.openSchools()
	for year := 2018; year <= 2023; year++ {
		if year == 2022 {
			s.say(on(2021, 11, 8), "", &domain.SchoolMoved{School: movedFrom(), To: movedTo(), Address: "rue fictive, Metz"})
		}
		s.year(year)
	}
	s.aside()
	s.at = time.Date(2024, 6, 24, 7, 0, 0, 0, time.UTC)
	s.year(2024)
	s.counted(2024)
	return s.all
}

// say adds a command, a little later than the one before.
func (s *orderStory) say(effective domain.Day, member domain.MemberID, act domain.Act) {
	s.at = s.at.Add(7 * time.Second)
	c := domain.Command{
		Group: demoGroup, Effective: domain.OnDay(effective), Actor: "secretariat", OnBehalfOf: member, Illustrative: inventedOrders, Act: act,
		Evidence: []domain.Evidence{{Kind: "demonstration", Reference: "pièce fictive"}},
		ID:       storyID(fmt.Append(nil, "order ", len(s.all))),
	}
	s.all = append(s.all, toldCommand{s.at, c})
}

// on is a day of the story.
func on(year, month, day int) domain.Day {
	d, err := domain.ParseDay(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	if err != nil {
		panic(err)
	}
	return d
}

// must takes what the story's own values cannot fail at.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// agreements launches the two framework agreements. The first is of before a ceiling was compulsory.
func (s *orderStory) agreements() {
	contractor := domain.Contractor{Name: "Éditeur fictif SAS", SIRET: must(domain.ParseSIRET("73282932000074"))}
	s.say(on(2018, 3, 15), "region-grand-est", &domain.AgreementLaunched{
		Agreement: "ent-2018", Title: "Accord-cadre ENT 2018 (fictif)", Contractor: contractor, Until: on(2021, 9, 1),
	})
	s.say(on(2021, 9, 1), "region-grand-est", &domain.AgreementRenewed{Agreement: "ent-2018", Until: on(2024, 9, 1)})
	s.say(on(2024, 4, 2), "region-grand-est", &domain.AgreementLaunched{
		Agreement: "ent-2024", Title: "Accord-cadre ENT 2024 (fictif)", Contractor: contractor, Until: on(2026, 9, 1),
		Ceiling: must(domain.ParseCeiling("1500000.00 EUR")),
	})
}

// openSchools opens every school on the day from which the register knows it.
func (s *orderStory) openSchools() {
	for _, d := range s.departments {
		for n := range d.colleges + d.lycees {
			school := storySchool{uai: inventedUAI(d.digits, n+1), lycee: n >= d.colleges}
			name, kind, usual := fmt.Sprintf("Collège fictif %s-%03d", d.department, n+1), domain.SchoolKind("college"), 431
			if school.lycee {
				name, kind, usual = fmt.Sprintf("Lycée fictif %s-%03d", d.department, n+1), "lycee", 582
				school.both = n%17 == 0
			}
			school.pupils = usual*3/5 + s.chance.IntN(usual*4/5)
			d.schools = append(d.schools, school)
			s.say(on(2018, 3, 15), "", &domain.SchoolOpened{School: school.uai, SchoolFacts: domain.SchoolFacts{Name: name, Kind: kind, Department: d.department}})
		}
	}
}

// year issues the order forms of a school year: the Region for the lycées, the departments for the collèges.
func (s *orderStory) year(year int) {
	agreement, price := domain.AgreementID("ent-2018"), "2.90 EUR"
	if year == 2024 {
		agreement, price = "ent-2024", "3.10 EUR"
	}
	issue := func(member domain.MemberID, code string, lines []domain.Line) {
		for i := range lines {
			lines[i].Kind, lines[i].Day, lines[i].UnitPrice = domain.Forecast, on(year, 5, 31), must(domain.ParseMoney(price))
		}
		s.say(on(year, 6, 15), member, &domain.OrderIssued{
			Number: domain.OrderNumber(fmt.Sprintf("%d-%s", year, code)), Agreement: agreement, Member: member,
			From: on(year, 9, 1), Until: on(year+1, 9, 1), Lines: must(domain.PackLines(lines)),
		})
	}
	issue("region-grand-est", "REG", s.lines(year, func(school storySchool) bool { return school.lycee }, s.departments...))
	colleges := func(school storySchool) bool { return !school.lycee }
	for _, d := range s.departments {
		if year < 2021 || d.successor == "" {
			issue(d.member, d.department, s.lines(year, colleges, d))
		}
	}
	if year >= 2021 {
		issue("cea", "CEA", s.lines(year, colleges, s.alsace()...))
	}
}

func (s *orderStory) alsace() (both []*schoolsOf) {
	for _, d := range s.departments {
		if d.successor != "" {
			both = append(both, d)
		}
	}
	return both
}

// lines are those of a year. In the autumn of 2020 the Meuse had not counted all its collèges.
func (s *orderStory) lines(year int, which func(storySchool) bool, of ...*schoolsOf) (lines []domain.Line) {
	for _, d := range of {
		for n, school := range d.schools {
			if !which(school) {
				continue
			}
			u, cycle := school.uai, domain.Cycle("college")
			if school.lycee {
				cycle = "lycee"
			}
			if u == movedFrom() && year >= 2022 {
				u = movedTo()
			}
			count := must(domain.NewHeadcount(max(60, school.pupils+(year-2024)*3+s.chance.IntN(21)-10)))
			if d.member == "meuse" && !school.lycee && year == 2020 && n%6 == 0 {
				count = domain.UnknownHeadcount
			}
			lines = append(lines, domain.Line{LineKey: domain.LineKey{School: u, Cycle: cycle}, Headcount: count})
			if school.both {
				lines = append(lines, domain.Line{LineKey: domain.LineKey{School: u, Cycle: "college"}, Headcount: must(domain.NewHeadcount(90 + s.chance.IntN(60)))})
			}
		}
	}
	return lines
}

// movedFrom and movedTo are the codes of a collège of the Moselle before and after it moved.
func movedFrom() domain.UAI { return inventedUAI(57, 12) }
func movedTo() domain.UAI   { return inventedUAI(57, 912) }

// aside is what else happened: an order form was sent twice and cancelled, another overlaps, another was typed wrong.
func (s *orderStory) aside() {
	aube := s.departments[1]
	twice := []domain.Line{{LineKey: domain.LineKey{School: aube.schools[3].uai, Cycle: "college"}, Headcount: must(domain.NewHeadcount(410)), Kind: domain.Forecast, Day: on(2022, 5, 31)}}
	s.say(on(2022, 9, 12), "aube", &domain.OrderIssued{
		Number: secondSent, Agreement: "ent-2018", Member: "aube", From: on(2022, 10, 1), Until: on(2023, 9, 1), Lines: must(domain.PackLines(twice)),
		OverlapReason: "envoyé deux fois par erreur, annulé depuis",
	})
	s.say(on(2022, 10, 3), "aube", &domain.OrderCancelled{Number: secondSent, Reason: "envoyé deux fois par erreur"})
	s.overlap()
	s.mistyped()
}

// overlap orders for the collège of a lycée in Alsace, for which the Region orders as well.
func (s *orderStory) overlap() {
	for _, school := range s.alsace()[0].schools {
		if !school.both {
			continue
		}
		line := domain.Line{LineKey: domain.LineKey{School: school.uai, Cycle: "college"}, Headcount: must(domain.NewHeadcount(104)), Kind: domain.Official, Day: on(2023, 10, 5)}
		s.say(on(2023, 10, 16), "cea", &domain.OrderIssued{
			Number: "2023-CEA-B", Agreement: "ent-2018", Member: "cea", From: on(2023, 11, 1), Until: on(2024, 9, 1), Lines: must(domain.PackLines([]domain.Line{line})),
			OverlapReason: "les collégiens de la cité scolaire reviennent à la CeA ; la Région les avait comptés avec ses lycéens",
		})
		return
	}
}

// mistyped corrects the order form of the Vosges of 2022, whose first headcount had a digit too many.
func (s *orderStory) mistyped() {
	for n, t := range s.all {
		issued, ok := t.command.Act.(*domain.OrderIssued)
		if !ok || issued.Number != "2022-88" {
			continue
		}
		right, wrong := *issued, *issued
		lines := slices.Collect(issued.Lines.All())
		pupils, _ := lines[0].Headcount.Pupils()
		lines[0].Headcount = must(domain.NewHeadcount(pupils*10 + 1))
		wrong.Lines = must(domain.PackLines(lines))
		s.all[n].command.Act = &wrong
		s.at = time.Date(2024, 6, 17, 8, 0, 0, 0, time.UTC)
		s.say(on(2024, 6, 17), "vosges", &domain.EventCorrected{
			Target: ordersAfter + uint64(n) + 1, Kind: domain.Clerical, Reason: "un chiffre de trop à la saisie",
			Replacement: &domain.Event{Effective: t.command.Effective, Act: &right},
		})
		return
	}
}

// ordersAfter is the number of the last event of the story before the orders.
const ordersAfter = 70

// counted amends the order form of the Moselle by the official count of the autumn.
func (s *orderStory) counted(year int) {
	s.at = time.Date(year, 10, 21, 7, 0, 0, 0, time.UTC)
	for _, d := range s.departments {
		if d.member != "moselle" {
			continue
		}
		lines := s.lines(year, func(school storySchool) bool { return !school.lycee }, d)[:12]
		for i := range lines {
			lines[i].Kind, lines[i].Day, lines[i].UnitPrice = domain.Official, on(year, 10, 7), must(domain.ParseMoney("3.10 EUR"))
		}
		s.say(on(year, 10, 14), "moselle", &domain.OrderAmended{Number: domain.OrderNumber(fmt.Sprintf("%d-57", year)), Replaced: must(domain.PackLines(lines))})
	}
}
