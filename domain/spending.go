package domain

import (
	"iter"
	"math"
	"math/bits"
)

// What is ordered under a framework agreement is weighed against the ceiling of the period that the order form's day is in.
// A line is ordered from the day on which it was made, until an amendment takes it out or its order form is cancelled: that
// its own period is over takes nothing away. It comes to its headcount, and to its unit price for each of these pupils. Where
// one of them is unknown it comes to nothing that is known.

// SpendingRow is what was ordered under a framework agreement by a day, in the period that the day is in.
type SpendingRow struct {
	Agreement     AgreementID
	Period        AgreementPeriod
	Pupils        int64
	Lines         int
	UnknownPupils int   // lines whose headcount is unknown
	Amount        Money // in the ceiling's currency, or in the one that is used; none where there is no price
	UnknownAmount int   // lines whose headcount or price is unknown, or whose price is in another currency
}

// Spending gives what was ordered at q under each framework agreement that is valid on the day, in the order of their ids.
func (g *Group) Spending(q Pair) (rows []SpendingRow) {
	for _, i := range g.agreements.order {
		if p, ok := g.AgreementPeriod(g.agreements.ids[i], q); ok {
			rows = append(rows, g.spent(i, p, q))
		}
	}
	return rows
}

func (g *Group) spent(agreement int, p AgreementPeriod, q Pair) SpendingRow {
	c, id := &g.counts, cellID{of: ofPupils, value: uint32(agreement), period: p.From}
	row := SpendingRow{Agreement: g.agreements.ids[agreement], Period: p}
	pupils := c.sum(id, q)
	row.Pupils, row.Lines, row.UnknownPupils = pupils.Sum, int(pupils.Lines), int(pupils.Unknown)
	id.of, id.currency = ofMoney, p.Ceiling.Amount.currency
	if id.currency == unsaid3 {
		id.currency = c.currencyOf(id, q)
	}
	if id.currency != unsaid3 {
		known := c.sum(id, q)
		row.Amount, row.UnknownAmount = Money{known.Sum, id.currency}, row.Lines-int(known.Lines-known.Unknown)
	} else {
		row.UnknownAmount = row.Lines
	}
	return row
}

// unsaid3 stands for no currency.
var unsaid3 [3]byte

// currencyOf is the first currency of those that occur in which there is something in a cell.
func (c *lineCounts) currencyOf(id cellID, q Pair) [3]byte {
	for _, id.currency = range c.currencies {
		if !c.sum(id, q).IsZero() {
			return id.currency
		}
	}
	return unsaid3
}

func (c *lineCounts) sum(id cellID, q Pair) (t LineSum) {
	if i, ok := c.cellOf[id]; ok {
		t = c.cells[i].gross.on(q.At, q.Known)
	}
	return t
}

// Percent is how much of the ceiling is used, rounded down; ok is false where there is no ceiling, or one of 0. Where something
// is unknown it is at least that.
func (r *SpendingRow) Percent() (percent int64, ok bool) {
	used, ceiling := r.against()
	if ceiling <= 0 || used < 0 {
		return 0, false
	}
	high, low := bits.Mul64(uint64(used), 100)
	if high >= uint64(ceiling) {
		return math.MaxInt64, true
	}
	quotient, _ := bits.Div64(high, low, uint64(ceiling))
	return int64(min(quotient, math.MaxInt64)), true
}

// Past reports whether more than the ceiling is ordered.
func (r *SpendingRow) Past() bool {
	used, ceiling := r.against()
	return !r.Period.Ceiling.IsZero() && used > ceiling
}

// unknown is how many lines come to nothing that is known of the ceiling.
func (r *SpendingRow) unknown() int {
	if r.Period.Ceiling.Pupils > 0 {
		return r.UnknownPupils
	}
	return r.UnknownAmount
}

func (r *SpendingRow) against() (used, ceiling int64) {
	if r.Period.Ceiling.Pupils > 0 {
		return r.Pupils, r.Period.Ceiling.Pupils
	}
	return r.Amount.cents, r.Period.Ceiling.Amount.cents
}

// An excursion is what an order form, or an amendment of one, would bring ordering to, as known now.
type excursion struct {
	before, after SpendingRow
}

// ordering weighs what an act of an order form brings to all that is ordered in the period of the order form's day, on
// whatever day of it; ok is false where no period is known.
func (g *Group) ordering(under AgreementID, day Day, more, less iter.Seq[Line]) (e excursion, ok bool) {
	p, ok := g.AgreementPeriod(under, Now(day))
	if !ok {
		return e, false
	}
	e.before = g.spent(g.agreements.place[under], p, Now(LastDay))
	e.after = e.before
	for l := range more {
		e.after.order(&l, +1)
	}
	for l := range less {
		e.after.order(&l, -1)
	}
	return e, true
}

// order adds what a line comes to, or takes it away.
func (r *SpendingRow) order(l *Line, sign int) {
	n, known := l.Headcount.Pupils()
	pupils := int64(sign * n)
	r.Lines += sign
	if !known {
		r.UnknownPupils += sign
	}
	r.Pupils += pupils
	if r.Amount.IsZero() {
		r.Amount.currency = l.UnitPrice.currency
	}
	if !known || l.UnitPrice.IsZero() || l.UnitPrice.currency != r.Amount.currency {
		r.UnknownAmount += sign
		return
	}
	r.Amount.cents += pupils * l.UnitPrice.cents
}

// pastBy reports whether an act goes past the ceiling, or further past it.
func (e *excursion) pastBy() bool {
	was, _ := e.before.against()
	is, _ := e.after.against()
	return e.after.Past() && is > was
}
