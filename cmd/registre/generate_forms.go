package main

import (
	"fmt"

	"registre/domain"
)

// order issues the forms of the next school year.
func (o *ordering) order() {
	for m := range o.members {
		var lines []madeLine
		for i := range o.schools {
			if s := &o.schools[i]; s.member == m && !s.closed {
				lines = o.ordered(lines, i)
			}
		}
		for n := 0; len(lines) > 0; n++ {
			some := lines[:min(len(lines), mostLines)]
			lines = lines[len(some):]
			f := o.form(m, n, some)
			if o.random.IntN(oneLate) == 0 {
				o.late = append(o.late, f)
			} else {
				o.issue(f)
			}
		}
	}
}

// ordered adds the lines of a school.
func (o *ordering) ordered(lines []madeLine, school int) []madeLine {
	s := &o.schools[school]
	line := func(cycle domain.Cycle, pupils int) {
		count := must(domain.NewHeadcount(pupils + o.random.IntN(40)))
		if o.random.IntN(oneUnknown) == 0 {
			count = domain.UnknownHeadcount
		}
		price := must(domain.NewMoney(int64(290+10*((o.year-2015)/3)), "EUR"))
		lines = append(lines, madeLine{school: school, Line: domain.Line{
			LineKey: domain.LineKey{School: s.uai, Cycle: cycle}, Headcount: count, Kind: domain.Forecast, Day: on(o.year, 5, 31), UnitPrice: price,
		}})
	}
	if s.lycee {
		line("lycee", s.pupils)
	}
	if !s.lycee || s.both {
		line("college", s.pupils/2)
	}
	return lines
}

func (o *ordering) form(member, n int, lines []madeLine) *madeForm {
	agreement := domain.AgreementID("ent-2015")
	if o.year >= 2021 {
		agreement = "ent-2021"
	}
	return &madeForm{member: member, lines: lines, issued: &domain.OrderIssued{
		Number: domain.OrderNumber(fmt.Sprintf("%d-%s-%d", o.year, o.members[member], n+1)), Agreement: agreement, Member: o.members[member],
		From: on(o.year, 9, 1), Until: on(o.year+1, 9, 1), Lines: packed(lines),
	}}
}

func packed(lines []madeLine) domain.Lines {
	plain := make([]domain.Line, len(lines))
	for i := range lines {
		plain[i] = lines[i].Line
	}
	return must(domain.PackLines(plain))
}

// issue issues a form, and sometimes the same lines once more by another.
func (o *ordering) issue(f *madeForm) {
	o.count(len(f.lines))
	f.day = on(o.year, 6, 15+o.random.IntN(10))
	o.tellOn(f.day, f.issued)
	f.number = o.events
	o.running = append(o.running, f)
	if o.random.IntN(oneTwice) > 0 {
		return
	}
	again := *f.issued
	again.Number += "-B"
	again.Lines, again.OverlapReason = packed(f.lines[:min(len(f.lines), 10)]), "envoyé deux fois par erreur"
	o.count(again.Lines.Len())
	o.tell(&again)
	o.twice = append(o.twice, &madeForm{issued: &again})
}

func (o *ordering) count(lines int) { o.lines += lines }

// correct corrects headcounts that were typed wrong, in forms that nobody has amended yet.
func (o *ordering) correct() {
	for _, f := range o.running {
		if o.random.IntN(oneWrong) > 0 {
			continue
		}
		right := *f.issued
		wrong, _ := f.lines[0].Headcount.Pupils()
		f.lines[0].Headcount = must(domain.NewHeadcount(wrong + 1 + o.random.IntN(90)))
		right.Lines = packed(f.lines)
		o.tellOn(on(o.year, 9, 20), &domain.EventCorrected{
			Kind: domain.Clerical, Reason: "erreur de saisie", Target: f.number, Replacement: &domain.Event{Effective: domain.OnDay(f.day), Act: &right},
		})
		o.count(len(f.lines))
	}
}

// amend amends the forms that run.
func (o *ordering) amend() {
	if o.month > 6 && o.month < 10 {
		return
	}
	for _, f := range o.running {
		if o.random.IntN(oneMonth) > 0 {
			continue
		}
		if a := o.amendment(f); a != nil {
			day := on(o.year, o.month, 14)
			if o.random.IntN(oneLate) == 0 && o.month != 10 {
				day -= domain.Day(o.random.IntN(25)) // recorded late
			}
			o.count(a.Added.Len() + a.Replaced.Len())
			o.tellOn(day, a)
		}
	}
}

// amendment replaces some lines of a form by what was counted since; takes one out, or puts it back.
func (o *ordering) amendment(f *madeForm) *domain.OrderAmended {
	var replaced, added []madeLine
	var removed []domain.LineKey
	kind, day := domain.Live, on(o.year, o.month, 1)
	if o.month == 10 {
		kind, day = domain.Official, on(o.year, 10, 7)
	}
	for _, i := range f.out {
		if o.open(&f.lines[i]) {
			added = append(added, f.lines[i])
		}
	}
	f.out = nil
	for i := o.random.IntN(oneAmended); i < len(f.lines); i += 1 + o.random.IntN(2*oneAmended-1) {
		l := &f.lines[i]
		if l.fixed || !o.open(l) {
			continue
		}
		if o.random.IntN(20) == 0 && len(f.lines) > 2 {
			l.fixed = true
			f.out, removed = append(f.out, i), append(removed, l.LineKey)
			continue
		}
		pupils, _ := l.Headcount.Pupils()
		l.Kind, l.Day, l.Headcount = kind, day, must(domain.NewHeadcount(max(pupils+o.random.IntN(19)-9, 20)))
		replaced = append(replaced, *l)
	}
	if len(replaced)+len(added)+len(removed) == 0 {
		return nil
	}
	a := &domain.OrderAmended{Number: f.issued.Number, Replaced: packed(replaced), Added: packed(added), Removed: must(domain.PackKeys(removed))}
	if len(added) > 0 {
		a.OverlapReason = "remis au bon de commande"
	}
	return a
}

// open reports whether the school of a line still goes by its code.
func (o *ordering) open(l *madeLine) bool {
	s := &o.schools[l.school]
	return !s.closed && s.uai == l.School
}
