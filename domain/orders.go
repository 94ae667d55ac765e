package domain

import "slices"

// order is the life of one order form: what was said of it, by the days on which that counts.
type order struct {
	issues     Timeline[*OrderIssued]
	amendments Timeline[*OrderAmended]
	ends       Timeline[*OrderCancelled]
	receipts   Timeline[struct{}]
	writs      []*writ // the lines of its acts
	counted    uint32  // the place, plus 1, of what counts of it now
}

func (a *OrderIssued) mark(p *pen) {
	i := p.g.orders.at(a.Number)
	mark(p, &p.g.orders.all[i].issues, a)
	p.g.recount(i, p.known)
	p.doubt(TouchOrders, "")
}

func (a *OrderAmended) mark(p *pen) {
	i := p.g.orders.at(a.Number)
	mark(p, &p.g.orders.all[i].amendments, a)
	p.g.recount(i, p.known)
	p.doubt(TouchOrders, "")
}

func (a *OrderCancelled) mark(p *pen) {
	i := p.g.orders.at(a.Number)
	mark(p, &p.g.orders.all[i].ends, a)
	p.g.recount(i, p.known)
	p.doubt(TouchOrders, "")
}

func (a *OrderReceived) mark(p *pen) {
	mark(p, &p.g.orders.get(a.Number).receipts, struct{}{})
	p.doubt(TouchOrders, "")
}

// issue is what issued the order form, as known; nil where nothing has.
func (o *order) issue(known uint64) *entry[*OrderIssued] { return o.issues.on(LastDay, known) }

// begins is the first day on which something of the order form counts: its own, or the first of its period if that is
// earlier.
func begins(e *entry[*OrderIssued]) Day { return min(e.Place.Day, e.Value.From) }

// cancelled is the cancellation that holds on a day, as known; nil where there is none.
func (o *order) cancelled(day Day, known uint64) *entry[*OrderCancelled] {
	return o.ends.on(day, known)
}

// An OrderLine is a line of an order form, with the event that made it what it is.
type OrderLine struct {
	Line
	Event uint64
}

// lines are the lines of an order form with the amendments that count on a day, as known, by school and cycle. That the
// form is cancelled, or that its period is over, takes none away.
func (o *order) lines(day Day, known uint64) []OrderLine {
	issue := o.issue(known)
	if issue == nil {
		return nil
	}
	lines := o.appendLines(make([]OrderLine, 0, issue.Value.Lines.Len()), map[LineKey]OrderLine{}, day, known)
	SortOrderLines(lines)
	return lines
}

// appendLines is lines, appended to dst in no order that counts. It works in the room of amended.
func (o *order) appendLines(dst []OrderLine, amended map[LineKey]OrderLine, day Day, known uint64) []OrderLine {
	issue := o.issue(known)
	if issue == nil {
		return dst
	}
	o.amended(amended, day, known)
	for l := range issue.Value.Lines.All() {
		if len(amended) > 0 {
			if _, is := amended[l.LineKey]; is {
				continue
			}
		}
		dst = append(dst, OrderLine{l, issue.Place.Number})
	}
	for _, l := range amended {
		if l.Event > 0 {
			dst = append(dst, l)
		}
	}
	return dst
}

// amended makes all the lines that amendments which count on a day, as known, speak of: as the last says it, without an event where
// that takes it out.
func (o *order) amended(all map[LineKey]OrderLine, day Day, known uint64) {
	clear(all)
	put := func(lines Lines, event uint64) {
		for l := range lines.All() {
			all[l.LineKey] = OrderLine{l, event}
		}
	}
	for e := range o.amendments.from(FirstDay, known) {
		if e.Place.Day > day {
			break
		}
		put(e.Value.Added, e.Place.Number)
		put(e.Value.Replaced, e.Place.Number)
		for k := range e.Value.Removed.All() {
			all[k] = OrderLine{}
		}
	}
}

// Conditions of an order form.
const (
	Issued    = "issued"    // its period has not begun
	Running   = "running"   // its lines count
	Ended     = "ended"     // its period is over
	Cancelled = "cancelled" // none of its lines counts any more
)

// OrderRow is one order form on a day.
type OrderRow struct {
	Number     OrderNumber
	Agreement  AgreementID
	Member     MemberID   // that ordered
	For        []MemberID // for whom it counts on that day: the member, or its successors
	From       Day
	Until      Day
	Status     string
	Issued     Date
	Event      uint64   // that issued it
	Amendments []uint64 // that count on that day, in their order
	Cancelled  uint64
	Reason     string      // of the cancellation
	Received   uint64      // the last event by which the contractor received it; 0 where none did
	Overlap    string      // the reason of an overlap
	Ceiling    string      // the reason for going past the ceiling
	Count      int         // of its lines, as of that day, or of the first day of its period if that is later
	Lines      []OrderLine // these, by school and cycle
}

// Orders gives the order forms at q, those that have ended too, in the order of their numbers, without their lines. An order
// form is there from its day on, or from the first day of its period if that is earlier.
func (g *Group) Orders(q Pair) (rows []OrderRow) {
	for _, i := range g.orders.order {
		if row, ok := g.orderRow(i, q); ok {
			row.Count = g.orders.all[i].count(max(q.At, row.From), q.Known)
			rows = append(rows, row)
		}
	}
	return rows
}

// OrderForms is Orders without their counts of lines, for those who do not ask for them: to count takes more than all the rest.
func (g *Group) OrderForms(q Pair) (rows []OrderRow) {
	for _, i := range g.orders.order {
		if row, ok := g.orderRow(i, q); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// count is how many lines an order form has on a day.
func (o *order) count(day Day, known uint64) int {
	if o.amendments.empty(known) {
		return o.issue(known).Value.Lines.Len()
	}
	return len(o.lines(day, known))
}

// Order is one order form at q, with its lines; ok is false where there is none.
func (g *Group) Order(n OrderNumber, q Pair) (row OrderRow, ok bool) {
	i, ok := g.orders.place[n]
	if !ok {
		return row, false
	}
	if row, ok = g.orderRow(i, q); ok {
		row.Lines = g.orders.all[i].lines(max(q.At, row.From), q.Known)
		row.Count = len(row.Lines)
	}
	return row, ok
}

func (g *Group) orderRow(i int, q Pair) (row OrderRow, ok bool) {
	o := g.orders.all[i]
	e := o.issue(q.Known)
	if e == nil || begins(e) > q.At {
		return row, false
	}
	a := e.Value
	row = OrderRow{
		Number: g.orders.ids[i], Agreement: a.Agreement, Member: a.Member, From: a.From, Until: a.Until, Event: e.Place.Number,
		Issued: g.dateOf(e.Place.Number, q.Known), Overlap: a.OverlapReason, Ceiling: a.CeilingReason,
	}
	row.Status = Running
	switch {
	case q.At < a.From:
		row.Status = Issued
	case q.At >= a.Until:
		row.Status = Ended
	}
	if c := o.cancelled(q.At, q.Known); c != nil {
		row.Status, row.Cancelled, row.Reason = Cancelled, c.Place.Number, c.Value.Reason
	}
	for m := range o.amendments.from(FirstDay, q.Known) {
		if m.Place.Day <= q.At {
			row.Amendments = append(row.Amendments, m.Place.Number)
		}
	}
	if r := o.receipts.on(q.At, q.Known); r != nil {
		row.Received = r.Place.Number
	}
	row.For = g.heirs(a.Member, endOf(begins(e)), q)
	return row, true
}

// heirs are those for whom at q counts what a member had at p: itself, or those who succeeded to it, however often, in the
// order of their ids. What a member had that left without a successor stays its own.
func (g *Group) heirs(id MemberID, p Place, q Pair) []MemberID {
	m, end := g.members.find(id), endOf(q.At)
	if m == nil {
		return []MemberID{id}
	}
	left := m.left(p, end, q.Known)
	if left == nil || left.Value.by == nil {
		return []MemberID{id}
	}
	if p.less(left.Place) {
		p = left.Place
	}
	var all []MemberID
	for _, s := range left.Value.by.Successors {
		all = append(all, g.heirs(s.Member, p, q)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
