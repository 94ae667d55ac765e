package replay

import (
	"slices"

	"registre/domain"
)

// What the nodes of enrolment are.
const (
	WhatEnrolment  = FigureEnrolment
	WhatFacts      = "facts"   // what a school is, where schools are asked for
	WhatGoneOn     = "gone-on" // a school counts under the code that it has on the day
	WhatLine       = "line"    // of an order form: one school, in one cycle
	WhatOrder      = "order-form"
	WhatSuccession = "succession" // by which an order form counts for another member than the one that ordered
	WhatTaken      = "taken"      // the later order form that has the pupils of a line
)

// The rules of enrolment.
const (
	RuleInForce = "lines-in-force" // the lines of the order forms in force on the day
	RuleIssued  = "lines-as-issued"
	RuleAmended = "lines-as-amended"
)

// WhyCancelled is why an order form adds nothing.
const WhyCancelled = "cancelled"

func (d *deriver) enrolment(where []domain.Filter) Node {
	n := Node{Pupils: &Pupils{}, Rule: &Rule{Code: RuleInForce}, What: WhatEnrolment}
	lines := byOrder(d.g.EnrolledLines(d.p, where))
	later := map[lineAt]*domain.EnrolledLine{}
	duplicates := d.g.Duplicates(d.p)
	for i := range duplicates {
		l := &duplicates[i]
		later[takenKey(&l.Line)] = &l.Later
	}
	var leftOut []Node
	rows := d.g.OrderForms(d.p)
	n.Children = slices.Grow(n.Children, len(lines)) // nothing, where there is none
	for i := range rows {
		row := &rows[i]
		if d.p.At < row.From || d.p.At >= row.Until {
			continue
		}
		switch order, counts := d.order(row, lines[row.Number], where, later); {
		case counts:
			n.Pupils.add(order.Pupils)
			n.Children = append(n.Children, order)
		case row.Status == domain.Cancelled && d.wouldPass(row, where):
			leftOut = append(leftOut, Node{
				As: LeftOut, Events: events(row.Event, row.Cancelled), Member: row.Member, Order: row.Number, Reason: WhyCancelled, What: WhatOrder,
			})
		}
	}
	n.Children = append(n.Children, leftOut...)
	return n
}

// byOrder parts lines by their order forms.
func byOrder(all []domain.EnrolledLine) map[domain.OrderNumber][]domain.EnrolledLine {
	counts := map[domain.OrderNumber]int{}
	for i := range all {
		counts[all[i].Order]++
	}
	lines := make(map[domain.OrderNumber][]domain.EnrolledLine, len(counts))
	for i := range all {
		l := &all[i]
		of := lines[l.Order]
		if of == nil {
			of = make([]domain.EnrolledLine, 0, counts[l.Order])
		}
		lines[l.Order] = append(of, *l)
	}
	return lines
}

// takenKey is that of a line among the duplicates: two lines of one order form do not share a school and a cycle, and the
// event that says a line is in one order form.
func takenKey(l *domain.EnrolledLine) lineAt { return lineAt{l.LineKey, l.Order} }

type lineAt struct {
	domain.LineKey
	order domain.OrderNumber
}

// order tells of one order form; counts is false where none of its lines is asked for, and no amendment took such a one out.
func (d *deriver) order(row *domain.OrderRow, lines []domain.EnrolledLine, where []domain.Filter, later map[lineAt]*domain.EnrolledLine) (n Node, counts bool) {
	amendments := d.amendments(row, lines, where)
	if len(lines)+len(amendments) == 0 || row.Status == domain.Cancelled {
		return n, false
	}
	n = Node{
		Agreement: row.Agreement, As: Term, Events: events(append(amendments, row.Event)...), From: row.From, Member: row.Member, Order: row.Number,
		Pupils: &Pupils{}, Rule: &Rule{Code: RuleIssued, Event: row.Event}, Until: row.Until, What: WhatOrder,
	}
	if len(amendments) > 0 {
		n.Rule = &Rule{Code: RuleAmended, Event: slices.Max(amendments)}
	}
	bySchool := slices.ContainsFunc(where, func(w domain.Filter) bool { return w.By == domain.BySchool || w.By == domain.BySchoolKind })
	if len(lines) > 0 {
		n.Children = make([]Node, 0, len(lines)+1)
	}
	for i := range lines {
		line := d.line(row, &lines[i], later)
		if bySchool {
			line.Children = append(line.Children, grounds(Node{Events: events(d.g.FactsBy(lines[i].As, d.p)...), School: lines[i].As, Title: string(lines[i].Kind), What: WhatFacts})...)
		}
		n.Pupils.add(line.Pupils)
		n.Children = append(n.Children, line)
	}
	if len(lines) > 0 {
		n.Member = lines[0].Member
		if n.Member != row.Member {
			n.Formerly = row.Member
		}
		passed := d.g.Passed(row.Member, min(row.Issued.First, row.From), d.p) // it may have come back to the one that ordered
		n.Children = append(n.Children, grounds(Node{What: WhatSuccession, Member: n.Member, Formerly: row.Member, Events: passed})...)
	}
	return n, true
}

func (d *deriver) line(row *domain.OrderRow, l *domain.EnrolledLine, later map[lineAt]*domain.EnrolledLine) Node {
	n := Node{As: Term, Cycle: l.Cycle, Pupils: &Pupils{Lines: 1}, School: l.School, What: WhatLine}
	if l.Event != row.Event {
		n.Events = events(l.Event)
	}
	pupils, known := l.Headcount.Pupils()
	if known {
		n.Pupils.Gross, n.Pupils.Distinct = int64(pupils), int64(pupils)
	} else {
		n.Pupils.Unknown = 1
	}
	if l.Taken {
		n.Pupils.Distinct, n.Pupils.Unknown = 0, 0
		if by := later[takenKey(l)]; by != nil {
			n.Children = append(n.Children, Node{As: Ground, Cycle: by.Cycle, Events: events(by.Event), Order: by.Order, School: by.School, What: WhatTaken})
		}
	}
	if l.As != l.School {
		n.Children = append(n.Children, Node{As: Ground, Events: events(d.g.GoneOn(l.School, d.p)...), School: l.As, What: WhatGoneOn})
	}
	return n
}

// amendments are those of an order form that say one of some lines, or took out one that would be asked for.
func (d *deriver) amendments(row *domain.OrderRow, lines []domain.EnrolledLine, where []domain.Filter) (found []uint64) {
	for _, n := range row.Amendments {
		said, _ := d.g.Said(n, d.p.Known)
		a, ok := said.Act.(*domain.OrderAmended)
		if !ok {
			continue
		}
		matters := slices.ContainsFunc(lines, func(l domain.EnrolledLine) bool { return l.Event == n })
		for k := range a.Removed.All() {
			matters = matters || d.passes(row, k, where)
		}
		if matters {
			found = append(found, n)
		}
	}
	return found
}

// wouldPass reports whether an order form has a line that would be asked for, if it counted.
func (d *deriver) wouldPass(row *domain.OrderRow, where []domain.Filter) bool {
	whole, _ := d.g.Order(row.Number, d.p)
	return slices.ContainsFunc(whole.Lines, func(l domain.OrderLine) bool { return d.passes(row, l.LineKey, where) })
}

// passes reports whether a line of an order form can pass some filters. What is no more known of a line that was taken out, its
// kind of headcount, passes.
func (d *deriver) passes(row *domain.OrderRow, k domain.LineKey, where []domain.Filter) bool {
	for _, w := range where {
		is := w.Value
		switch w.By {
		case domain.ByMember:
			if is = ""; len(row.For) == 1 {
				is = string(row.For[0])
			}
		case domain.ByFormerly:
			is = string(row.Member)
		case domain.ByAgreement:
			is = string(row.Agreement)
		case domain.BySchoolYear:
			is = domain.SchoolYear(row.From)
		case domain.ByCycle:
			is = string(k.Cycle)
		case domain.BySchool:
			is = d.g.SchoolAt(k.School, d.p).String()
		case domain.BySchoolKind:
			school, _ := d.g.School(d.g.SchoolAt(k.School, d.p), d.p)
			is = string(school.Kind)
		}
		if is != w.Value {
			return false
		}
	}
	return true
}
