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
	e := enrolling{deriver: d, where: where, forms: d.g.EnrolledForms(d.p, where), later: map[lineAt]*domain.EnrolledLine{}}
	e.bySchool = slices.ContainsFunc(where, func(w domain.Filter) bool { return w.By == domain.BySchool || w.By == domain.BySchoolKind })
	duplicates := d.g.Duplicates(d.p)
	for i := range duplicates {
		l := &duplicates[i]
		e.later[takenKey(&l.Line)] = &l.Later
	}
	var leftOut []*domain.OrderRow
	rows := d.g.OrderForms(d.p)
	for i := range rows {
		row := &rows[i]
		if d.p.At < row.From || d.p.At >= row.Until {
			continue
		}
		e.lines = e.forms.Append(e.lines[:0], row.Number)
		if row.Status == domain.Cancelled {
			if d.wouldPass(row, where) {
				leftOut = append(leftOut, row)
			}
			continue
		}
		if amendments := d.amendments(row, e.lines, where); len(e.lines)+len(amendments) > 0 {
			e.add(&n, row, amendments)
		}
	}
	for _, row := range leftOut {
		e.leaveOut(&n, row)
	}
	return n
}

// An enrolling is on the way to be told.
type enrolling struct {
	*deriver
	where    []domain.Filter
	bySchool bool // one of where asks for a school, or its kind
	forms    *domain.EnrolledForms
	later    map[lineAt]*domain.EnrolledLine
	lines    []domain.EnrolledLine // of one order form
}

// add adds what an order form comes to, and tells of it unless enough are told.
func (e *enrolling) add(n *Node, row *domain.OrderRow, amendments []uint64) {
	if e.folds(len(n.Children)) {
		n.Folded++
		e.fold(n.Pupils, row, amendments)
		return
	}
	order := e.order(row, amendments)
	n.Pupils.add(order.Pupils)
	n.Children = append(n.Children, order)
}

// leaveOut tells of an order form that adds nothing.
func (e *enrolling) leaveOut(n *Node, row *domain.OrderRow) {
	of := events(row.Event, row.Cancelled)
	if e.folds(len(n.Children)) {
		n.Folded++
		e.also(of...)
		return
	}
	n.Children = append(n.Children, Node{As: LeftOut, Events: of, Member: row.Member, Order: row.Number, Reason: WhyCancelled, What: WhatOrder})
}

// takenKey is that of a line among the duplicates: two lines of one order form do not share a school and a cycle, and the
// event that says a line is in one order form.
func takenKey(l *domain.EnrolledLine) lineAt { return lineAt{l.LineKey, l.Order} }

type lineAt struct {
	domain.LineKey
	order domain.OrderNumber
}

// order tells of one order form.
func (e *enrolling) order(row *domain.OrderRow, amendments []uint64) Node {
	n := Node{
		Agreement: row.Agreement, As: Term, Events: events(append(slices.Clone(amendments), row.Event)...), From: row.From, Member: row.Member, Order: row.Number,
		Pupils: &Pupils{}, Rule: amendedRule(row, amendments), Until: row.Until, What: WhatOrder,
	}
	domain.SortEnrolled(e.lines)
	for i := range e.lines {
		l := &e.lines[i]
		if e.folds(i) {
			n.Folded++
			e.foldLine(n.Pupils, row, l)
			continue
		}
		line := e.line(row, l)
		n.Pupils.add(line.Pupils)
		n.Children = append(n.Children, line)
	}
	if len(e.lines) > 0 {
		n.Member = e.lines[0].Member
		if n.Member != row.Member {
			n.Formerly = row.Member
		}
		n.Children = append(n.Children, grounds(Node{What: WhatSuccession, Member: n.Member, Formerly: row.Member, Events: e.passed(row)})...)
	}
	return n
}

// amendedRule is that of the lines of an order form: as the last of some amendments, if there are any, has left them.
func amendedRule(row *domain.OrderRow, amendments []uint64) *Rule {
	if len(amendments) > 0 {
		return &Rule{Code: RuleAmended, Event: slices.Max(amendments)}
	}
	return &Rule{Code: RuleIssued, Event: row.Event}
}

// passed are the successions by which an order form counts for another: it may have come back to the one that ordered.
func (e *enrolling) passed(row *domain.OrderRow) []uint64 {
	return e.g.Passed(row.Member, min(row.Issued.First, row.From), e.p)
}

// fold adds up what an order form comes to, and notes the events that order would name.
func (e *enrolling) fold(sum *Pupils, row *domain.OrderRow, amendments []uint64) {
	e.also(append(amendments, row.Event)...)
	for i := range e.lines {
		e.foldLine(sum, row, &e.lines[i])
	}
	if len(e.lines) > 0 {
		e.also(e.passed(row)...)
	}
}

// foldLine does that of a line.
func (e *enrolling) foldLine(sum *Pupils, row *domain.OrderRow, l *domain.EnrolledLine) {
	p := pupilsOf(l)
	sum.add(&p)
	if l.Event != row.Event {
		e.also(l.Event)
	}
	if l.Taken {
		if by := e.later[takenKey(l)]; by != nil {
			e.also(by.Event)
		}
	}
	if l.As != l.School {
		e.also(e.g.GoneOn(l.School, e.p)...)
	}
	if e.bySchool {
		e.also(e.g.FactsBy(l.As, e.p)...)
	}
}

// pupilsOf are those of a line.
func pupilsOf(l *domain.EnrolledLine) Pupils {
	p := Pupils{Lines: 1}
	pupils, known := l.Headcount.Pupils()
	if known {
		p.Gross, p.Distinct = int64(pupils), int64(pupils)
	} else {
		p.Unknown = 1
	}
	if l.Taken {
		p.Distinct, p.Unknown = 0, 0
	}
	return p
}

func (e *enrolling) line(row *domain.OrderRow, l *domain.EnrolledLine) Node {
	p := pupilsOf(l)
	n := Node{As: Term, Cycle: l.Cycle, Pupils: &p, School: l.School, What: WhatLine}
	if l.Event != row.Event {
		n.Events = events(l.Event)
	}
	if l.Taken {
		if by := e.later[takenKey(l)]; by != nil {
			n.Children = append(n.Children, Node{As: Ground, Cycle: by.Cycle, Events: events(by.Event), Order: by.Order, School: by.School, What: WhatTaken})
		}
	}
	if l.As != l.School {
		n.Children = append(n.Children, Node{As: Ground, Events: events(e.g.GoneOn(l.School, e.p)...), School: l.As, What: WhatGoneOn})
	}
	if e.bySchool {
		n.Children = append(n.Children, grounds(Node{Events: events(e.g.FactsBy(l.As, e.p)...), School: l.As, Title: string(l.Kind), What: WhatFacts})...)
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
