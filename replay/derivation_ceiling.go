package replay

import (
	"slices"
	"strconv"

	"registre/domain"
)

// The nodes of a ceiling, besides order forms and their lines.
const (
	WhatCeiling = FigureCeiling
	WhatPeriod  = "period" // of the agreement: what launched it, and what began the period
	WhatValid   = "valid"  // that the agreement is, or is no more
)

// RuleOrdered is the rule of what is ordered under a ceiling: the lines of the order forms of the period, until they are taken out
// or their order form is cancelled.
const RuleOrdered = "lines-ordered"

// Why there is no ceiling to tell of, or none that limits.
const (
	WithoutPeriod  = "no-period"  // the agreement is not valid on the day
	WithoutCeiling = "no-ceiling" // no ceiling is set
	PastCeiling    = "past"       // more is ordered
)

func (d *deriver) ceiling(id domain.AgreementID) (Node, error) {
	rows := d.g.Agreements(domain.Pair{At: domain.LastDay, Known: d.p.Known})
	i := slices.IndexFunc(rows, func(r domain.AgreementRow) bool { return r.Agreement == id })
	if i < 0 {
		return Node{}, ErrNoFigure
	}
	n := Node{Agreement: id, What: WhatCeiling}
	period, ok := d.g.AgreementPeriod(id, d.p)
	if !ok {
		n.Reason = WithoutPeriod
		n.Children = grounds(Node{Agreement: id, Events: events(rows[i].Event, rows[i].EndedBy), What: WhatValid})
		return n, nil
	}
	n.From, n.Until, n.Base, n.Pupils = period.From, period.Until, period.Ceiling.String(), &Pupils{}
	n.Rule = d.rule(RuleOrdered, period.Set)
	s := spending{deriver: d, ceiling: period.Ceiling, launched: rows[i].Event, period: period.Event}
	for _, row := range d.g.Spending(d.p) {
		if row.Agreement == n.Agreement && !row.Amount.IsZero() {
			s.currency = row.Amount.Currency() // which, where no ceiling says it
		}
	}
	if c := period.Ceiling.Amount.Currency(); s.currency == "" {
		s.currency = c
	}
	total := int64(0)
	for _, row := range d.g.OrderForms(domain.Pair{At: domain.LastDay, Known: d.p.Known}) {
		if row.Agreement == id && d.inPeriod(&row, period) {
			total += s.add(&n, &row)
		}
	}
	n.Value = s.amount(total)
	s.weigh(&n, total)
	n.Children = append(n.Children, grounds(Node{Agreement: n.Agreement, Events: events(s.launched, s.period), From: n.From, Until: n.Until, Value: n.Base, What: WhatPeriod})...)
	return n, nil
}

// inPeriod reports whether the day of an order form is in a period of its agreement.
func (d *deriver) inPeriod(row *domain.OrderRow, period domain.AgreementPeriod) bool {
	p, ok := d.g.AgreementPeriod(row.Agreement, domain.Pair{At: row.Issued.First, Known: d.p.Known})
	return ok && p.From == period.From
}

// asOf leaves out of an order form what counts only after the day asked for.
func (d *deriver) asOf(row *domain.OrderRow) {
	row.Amendments = slices.DeleteFunc(slices.Clone(row.Amendments), func(n uint64) bool {
		said, _ := d.g.Said(n, d.p.Known)
		return said.Effective.First > d.p.At
	})
	if said, _ := d.g.Said(row.Cancelled, d.p.Known); said.Effective.First > d.p.At {
		row.Cancelled = 0
	}
}

// A spending is on the way to be told.
type spending struct {
	*deriver
	ceiling  domain.Ceiling
	launched uint64
	period   uint64 // the event that began it
	room     domain.OrderedLines
	lines    []domain.OrderLine // of one order form
	currency string
}

// add adds what an order form comes to, and tells of it unless enough are told.
func (s *spending) add(n *Node, row *domain.OrderRow) (sum int64) {
	s.asOf(row)
	s.lines = s.room.Append(s.lines[:0], s.g, row.Number, s.p)
	folds := s.folds(len(n.Children))
	switch {
	case len(s.lines) == 0 && row.Issued.First > s.p.At:
		return 0
	case folds:
		n.Folded++
	}
	switch {
	case row.Cancelled > 0 && folds:
		s.also(row.Event, row.Cancelled)
	case row.Cancelled > 0:
		n.Children = append(n.Children, Node{
			As: LeftOut, Events: events(row.Event, row.Cancelled), Member: row.Member, Order: row.Number, Reason: WhyCancelled, What: WhatOrder,
		})
	case folds:
		s.also(row.Event)
		s.also(row.Amendments...)
		for i := range s.lines {
			sum += s.foldLine(n.Pupils, row, &s.lines[i])
		}
	default:
		var order Node
		order, sum = s.order(row)
		n.Pupils.add(order.Pupils)
		n.Children = append(n.Children, order)
	}
	return sum
}

func (s *spending) inMoney() bool { return s.ceiling.Pupils == 0 }

// amount writes a sum: of cents, or of pupils.
func (s *spending) amount(sum int64) string {
	if !s.inMoney() {
		return strconv.FormatInt(sum, 10)
	}
	if s.currency == "" {
		return ""
	}
	m, _ := domain.NewMoney(sum, s.currency)
	return m.String()
}

// weigh says how much of the ceiling is used.
func (s *spending) weigh(n *Node, used int64) {
	if s.ceiling.IsZero() {
		n.Reason = WithoutCeiling
		return
	}
	row := domain.SpendingRow{Period: domain.AgreementPeriod{Ceiling: s.ceiling}, Pupils: used}
	if s.inMoney() {
		row.Amount, _ = domain.NewMoney(used, s.currency)
	}
	if percent, ok := row.Percent(); ok {
		n.Percent = &percent
	}
	if row.Past() {
		n.Reason = PastCeiling
	}
}

func (s *spending) order(row *domain.OrderRow) (n Node, sum int64) {
	n = Node{
		As: Term, Events: events(append(slices.Clone(row.Amendments), row.Event)...), Member: row.Member, Order: row.Number, Pupils: &Pupils{},
		Rule: amendedRule(row, row.Amendments), Title: row.Ceiling, What: WhatOrder,
	}
	domain.SortOrderLines(s.lines)
	for i := range s.lines {
		l := &s.lines[i]
		if s.folds(i) {
			n.Folded++
			sum += s.foldLine(n.Pupils, row, l)
			continue
		}
		line, by := s.line(row, l)
		n.Pupils.add(line.Pupils)
		n.Children, sum = append(n.Children, line), sum+by
	}
	n.Value = s.amount(sum)
	return n, sum
}

// foldLine adds up what a line comes to, and notes the event that line would name.
func (s *spending) foldLine(of *Pupils, row *domain.OrderRow, l *domain.OrderLine) (sum int64) {
	p, sum, _ := s.ordered(l)
	of.add(&p)
	if l.Event != row.Event {
		s.also(l.Event)
	}
	return sum
}

// ordered is what a line comes to; counts is false where it adds nothing that is known.
func (s *spending) ordered(l *domain.OrderLine) (p Pupils, sum int64, counts bool) {
	p.Lines = 1
	pupils, known := l.Headcount.Pupils()
	if known {
		p.Gross, p.Distinct = int64(pupils), int64(pupils)
	}
	switch {
	case !known, s.inMoney() && (s.currency == "" || l.UnitPrice.Currency() != s.currency):
		p.Unknown = 1
		return p, 0, false
	case s.inMoney():
		return p, int64(pupils) * l.UnitPrice.Cents(), true
	}
	return p, int64(pupils), true
}

func (s *spending) line(row *domain.OrderRow, l *domain.OrderLine) (n Node, sum int64) {
	p, sum, counts := s.ordered(l)
	n = Node{As: Term, Cycle: l.Cycle, Price: l.UnitPrice, Pupils: &p, School: l.School, What: WhatLine}
	if l.Event != row.Event {
		n.Events = events(l.Event)
	}
	if counts {
		n.Value = s.amount(sum)
	}
	return n, sum
}
