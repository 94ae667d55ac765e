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
	s := spending{ceiling: period.Ceiling, launched: rows[i].Event, period: period.Event}
	for _, row := range d.g.OrderForms(domain.Pair{At: domain.LastDay, Known: d.p.Known}) {
		if row.Agreement != id || !d.inPeriod(&row, period) {
			continue
		}
		if o := d.ordered(&row); len(o.lines) > 0 || row.Issued.First <= d.p.At {
			s.rows = append(s.rows, o)
		}
	}
	return s.node(n, d), nil
}

// inPeriod reports whether the day of an order form is in a period of its agreement.
func (d *deriver) inPeriod(row *domain.OrderRow, period domain.AgreementPeriod) bool {
	p, ok := d.g.AgreementPeriod(row.Agreement, domain.Pair{At: row.Issued.First, Known: d.p.Known})
	return ok && p.From == period.From
}

// An ordered is an order form, as it is weighed against a ceiling.
type ordered struct {
	row   domain.OrderRow // on the day asked for
	lines []domain.OrderLine
}

func (d *deriver) ordered(row *domain.OrderRow) ordered {
	row.Amendments = slices.DeleteFunc(slices.Clone(row.Amendments), func(n uint64) bool {
		said, _ := d.g.Said(n, d.p.Known)
		return said.Effective.First > d.p.At
	})
	if said, _ := d.g.Said(row.Cancelled, d.p.Known); said.Effective.First > d.p.At {
		row.Cancelled = 0
	}
	return ordered{*row, d.g.OrderedLines(row.Number, d.p)}
}

// A spending is on the way to be told.
type spending struct {
	ceiling  domain.Ceiling
	launched uint64
	period   uint64 // the event that began it
	rows     []ordered
	currency string
}

func (s *spending) node(n Node, d *deriver) Node {
	s.currency = s.ceiling.Amount.Currency()
	for _, row := range d.g.Spending(d.p) {
		if row.Agreement == n.Agreement && !row.Amount.IsZero() {
			s.currency = row.Amount.Currency() // which, where no ceiling says it
		}
	}
	total := int64(0)
	n.Children = make([]Node, 0, len(s.rows)+1)
	for i := range s.rows {
		r := &s.rows[i]
		if r.row.Cancelled > 0 {
			n.Children = append(n.Children, Node{
				As: LeftOut, Events: events(r.row.Event, r.row.Cancelled), Member: r.row.Member, Order: r.row.Number, Reason: WhyCancelled, What: WhatOrder,
			})
			continue
		}
		order, sum := s.order(r)
		n.Pupils.add(order.Pupils)
		n.Children, total = append(n.Children, order), total+sum
	}
	n.Value = s.amount(total)
	s.weigh(&n, total)
	n.Children = append(n.Children, grounds(Node{Agreement: n.Agreement, Events: events(s.launched, s.period), From: n.From, Until: n.Until, Value: n.Base, What: WhatPeriod})...)
	return n
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

func (s *spending) order(r *ordered) (n Node, sum int64) {
	n = Node{
		As: Term, Events: events(append(r.row.Amendments, r.row.Event)...), Member: r.row.Member, Order: r.row.Number, Pupils: &Pupils{},
		Rule: &Rule{Code: RuleIssued, Event: r.row.Event}, Title: r.row.Ceiling, What: WhatOrder,
	}
	if len(r.row.Amendments) > 0 {
		n.Rule = &Rule{Code: RuleAmended, Event: slices.Max(r.row.Amendments)}
	}
	n.Children = slices.Grow(n.Children, len(r.lines))
	for i := range r.lines {
		line, by := s.line(r, &r.lines[i])
		n.Pupils.add(line.Pupils)
		n.Children, sum = append(n.Children, line), sum+by
	}
	n.Value = s.amount(sum)
	return n, sum
}

func (s *spending) line(r *ordered, l *domain.OrderLine) (n Node, sum int64) {
	n = Node{As: Term, Cycle: l.Cycle, Price: l.UnitPrice, Pupils: &Pupils{Lines: 1}, School: l.School, What: WhatLine}
	if l.Event != r.row.Event {
		n.Events = events(l.Event)
	}
	pupils, known := l.Headcount.Pupils()
	if known {
		n.Pupils.Gross, n.Pupils.Distinct = int64(pupils), int64(pupils)
	}
	switch {
	case !known, s.inMoney() && (s.currency == "" || l.UnitPrice.Currency() != s.currency):
		n.Pupils.Unknown = 1
	case s.inMoney():
		sum = int64(pupils) * l.UnitPrice.Cents()
		n.Value = s.amount(sum)
	default:
		sum = int64(pupils)
		n.Value = s.amount(sum)
	}
	return n, sum
}
