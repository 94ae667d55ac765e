package projections

import (
	"slices"

	"registre/domain"
)

// OrdersAnswer says which order forms there are.
type OrdersAnswer struct {
	At       domain.Day     `json:"at"`
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
	Orders   []OrderEntry   `json:"orders"` // by their numbers
}

// OrderEntry is one order form.
type OrderEntry struct {
	Agreement     domain.AgreementID `json:"agreement"`
	Amendments    []uint64           `json:"amendments,omitempty"` // the events that amended it by then
	Cancelled     uint64             `json:"cancelled,omitzero"`   // the event
	CeilingReason string             `json:"ceiling_reason,omitempty"`
	Event         uint64             `json:"event"`              // that issued it
	Formerly      domain.MemberID    `json:"formerly,omitempty"` // that ordered, where it counts for another
	From          domain.Day         `json:"from"`
	Issued        domain.Date        `json:"issued"`
	Lines         int                `json:"lines"`            // how many; on a day before its period, those of its first day
	Member        domain.MemberID    `json:"member,omitempty"` // for which it counts
	Number        domain.OrderNumber `json:"number"`
	OverlapReason string             `json:"overlap_reason,omitempty"`
	Precision     string             `json:"precision,omitempty"` // of issued
	Reason        string             `json:"reason,omitempty"`    // of the cancellation
	Received      uint64             `json:"received,omitzero"`   // the last event by which the contractor received it
	Status        string             `json:"status"`              // "issued", "running", "ended" or "cancelled"
	Undetermined  bool               `json:"undetermined,omitzero"`
	Until         domain.Day         `json:"until"` // the day after the last
	Why           []uint64           `json:"why,omitempty"`
}

// OrderAnswer is one order form with its lines.
type OrderAnswer struct {
	At       domain.Day     `json:"at"`
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
	Lines    []LineEntry    `json:"lines"`          // by school and cycle
	Order    *OrderEntry    `json:"order,omitzero"` // left out where there is none of that number
}

// LineEntry is one line of an order form.
type LineEntry struct {
	Cycle     domain.Cycle         `json:"cycle"`
	Day       domain.Day           `json:"day"`
	Event     uint64               `json:"event"`              // that made it what it is
	Headcount *int                 `json:"headcount,omitzero"` // left out where it is unknown
	Kind      domain.HeadcountKind `json:"kind"`
	Now       domain.UAI           `json:"now,omitzero"` // the code under which it counts, where that is another
	School    domain.UAI           `json:"school"`       // as it was ordered
	UnitPrice domain.Money         `json:"unit_price,omitzero"`
	Unknown   bool                 `json:"unknown,omitzero"`
}

// Orders answers: which order forms are there, of whom, for when, and what has become of them?
func Orders(g *domain.Group, q Question, why bool) OrdersAnswer {
	q = q.resolved(g)
	rows := g.Orders(q.Pair())
	a := OrdersAnswer{
		At: q.At, Group: q.Group, Known: q.Known, Orders: make([]OrderEntry, len(rows)),
		Doubtful: doubts(g, q.Pair(), domain.TouchOrders, ""),
	}
	for i := range rows {
		a.Orders[i] = orderEntry(g, &rows[i], q, why)
	}
	return a
}

// Order answers: what does an order form say?
func Order(g *domain.Group, q Question, n domain.OrderNumber, why bool) OrderAnswer {
	q = q.resolved(g)
	a := OrderAnswer{At: q.At, Group: q.Group, Known: q.Known, Doubtful: doubts(g, q.Pair(), domain.TouchOrders, ""), Lines: []LineEntry{}}
	row, ok := g.Order(n, q.Pair())
	if !ok {
		return a
	}
	entry := orderEntry(g, &row, q, why)
	a.Order = &entry
	for _, l := range row.Lines {
		line := LineEntry{Cycle: l.Cycle, Day: l.Day, Event: l.Event, Kind: l.Kind, School: l.School, UnitPrice: l.UnitPrice}
		if pupils, known := l.Headcount.Pupils(); known {
			line.Headcount = &pupils
		} else {
			line.Unknown = true
		}
		if now := g.SchoolAt(l.School, q.Pair()); now != l.School {
			line.Now = now
		}
		a.Lines = append(a.Lines, line)
	}
	return a
}

func orderEntry(g *domain.Group, row *domain.OrderRow, q Question, why bool) OrderEntry {
	entry := OrderEntry{
		Agreement: row.Agreement, Amendments: row.Amendments, Cancelled: row.Cancelled, CeilingReason: row.Ceiling, Event: row.Event,
		From: row.From, Issued: row.Issued, Lines: row.Count, Number: row.Number, OverlapReason: row.Overlap,
		Precision: precision(row.Issued), Reason: row.Reason, Received: row.Received, Status: row.Status, Until: row.Until,
	}
	if entry.Undetermined = len(row.For) != 1; !entry.Undetermined {
		entry.Member = row.For[0]
	}
	if entry.Member != row.Member {
		entry.Formerly = row.Member
	}
	if why {
		events := append(slices.Clone(row.Amendments), row.Event, row.Cancelled, row.Received)
		entry.Why = because(g, q.Known, events...)
	}
	return entry
}
