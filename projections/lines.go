package projections

import (
	"cmp"
	"slices"

	"registre/domain"
)

// LinesAnswer gives the lines of order forms, each with all that its order form says, as a table has them.
type LinesAnswer struct {
	At       domain.Day     `json:"at"`
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
	Lines    []OrderedEntry `json:"lines"` // by the event that issued their order form, then by school and cycle
}

// OrderedEntry is a line of an order form. Now, CountsFor, Taken and Undetermined are of the day asked about.
type OrderedEntry struct {
	Agreement     domain.AgreementID   `json:"agreement"`
	CeilingReason string               `json:"ceiling_reason,omitempty"` // of the event
	CountsFor     domain.MemberID      `json:"counts_for,omitempty"`     // the member for which it counts
	CountsFrom    domain.Day           `json:"counts_from"`              // the first day on which it counts as it is
	CountsUntil   domain.Day           `json:"counts_until"`             // the day after the last
	Cycle         domain.Cycle         `json:"cycle"`
	Day           domain.Day           `json:"day"`                // to which the headcount belongs
	Event         uint64               `json:"event"`              // that says it: the issue, or an amendment
	From          domain.Day           `json:"from"`               // of the order form
	Headcount     *int                 `json:"headcount,omitzero"` // left out where it is unknown
	Issue         uint64               `json:"issue"`              // the event that issued the order form
	Issued        domain.Date          `json:"issued"`
	Kind          domain.HeadcountKind `json:"kind"`
	Member        domain.MemberID      `json:"member"` // that ordered
	Now           domain.UAI           `json:"now,omitzero"`
	Order         domain.OrderNumber   `json:"order"`
	OverlapReason string               `json:"overlap_reason,omitempty"` // of the event
	School        domain.UAI           `json:"school"`                   // as it was ordered
	SchoolKind    domain.SchoolKind    `json:"school_kind,omitempty"`    // of the code as it was ordered
	SchoolName    string               `json:"school_name,omitempty"`    // of that code
	Taken         bool                 `json:"taken,omitzero"`           // a later order form has its pupils
	Undetermined  bool                 `json:"undetermined,omitzero"`    // nobody has said for whom it counts
	UnitPrice     domain.Money         `json:"unit_price,omitzero"`
	Unknown       bool                 `json:"unknown,omitzero"`
	Until         domain.Day           `json:"until"` // of the order form
}

// Lines answers: which lines count on a day?
func Lines(g *domain.Group, q Question, where []domain.Filter) LinesAnswer {
	f := NewFormLines(g, q, where)
	answer := LinesAnswer{Lines: []OrderedEntry{}}
	for more := true; more; {
		answer.Lines, more = f.Append(answer.Lines)
	}
	answer.At, answer.Group, answer.Known = f.q.At, f.q.Group, f.q.Known
	answer.Doubtful = doubts(g, f.q.Pair(), domain.TouchOrders|domain.TouchSchools|domain.TouchMembers, "")
	return answer
}

// FormLines gives the lines of Lines, those of one order form after those of another: for who needs them one by one, however many
// there are. It holds as long as the group does not go on.
type FormLines struct {
	lineTable
	forms *domain.EnrolledForms
	rows  []domain.OrderRow // those that are still to come
	lines []domain.EnrolledLine
}

// NewFormLines is as Lines.
func NewFormLines(g *domain.Group, q Question, where []domain.Filter) *FormLines {
	q = q.resolved(g)
	f := &FormLines{lineTable: lineTable{g: g, q: q}, forms: g.EnrolledForms(q.Pair(), where), rows: g.OrderForms(q.Pair())}
	slices.SortFunc(f.rows, func(a, b domain.OrderRow) int { return cmp.Compare(a.Event, b.Event) })
	return f
}

// Skip leaves order forms out.
func (f *FormLines) Skip(forms int) { f.rows = f.rows[forms:] }

// Append appends the lines of the next order form to dst. It reports whether there was one.
func (f *FormLines) Append(dst []OrderedEntry) (all []OrderedEntry, more bool) {
	if len(f.rows) == 0 {
		return dst, false
	}
	row := &f.rows[0]
	f.rows = f.rows[1:]
	f.lines = f.forms.Append(f.lines[:0], row.Number)
	domain.SortEnrolled(f.lines) // so that those of one school stand as Lines has always had them
	from := len(dst)
	for i := range f.lines {
		l := &f.lines[i]
		e := f.entry(row, domain.LineSpan{OrderLine: domain.OrderLine{Line: l.Line, Event: l.Event}, From: l.From, Until: l.Until})
		e.CountsFor, e.Taken, e.Undetermined = l.Member, l.Taken, l.Member == ""
		if l.As != l.School {
			e.Now = l.As
		}
		dst = append(dst, e)
	}
	slices.SortStableFunc(dst[from:], compareOrdered)
	clear(f.reasons) // no other has its events
	return dst, true
}

// compareOrdered orders lines as a table has them.
func compareOrdered(a, b OrderedEntry) int {
	return cmp.Or(cmp.Compare(a.Issue, b.Issue), cmp.Compare(a.School, b.School), cmp.Compare(a.Cycle, b.Cycle), cmp.Compare(a.CountsFrom, b.CountsFrom))
}

// LineHistory answers: which lines ever counted, from when until when? What they are on one day, it leaves out. The filters
// are those of a line and of its order form: ByFormerly, ByAgreement, ByCycle and ByHeadcountKind; others let nothing pass.
func LineHistory(g *domain.Group, q Question, where []domain.Filter) LinesAnswer {
	q = q.resolved(g)
	t := lineTable{g: g, q: q}
	rows := g.Orders(domain.Pair{At: domain.LastDay, Known: q.Known})
	for i := range rows {
		for _, span := range g.LineSpans(rows[i].Number, q.Known) {
			if !slices.ContainsFunc(where, func(f domain.Filter) bool { return valueOf(f.By, &rows[i], &span) != f.Value }) {
				t.lines = append(t.lines, t.entry(&rows[i], span))
			}
		}
	}
	slices.SortStableFunc(t.lines, compareOrdered)
	if t.lines == nil {
		t.lines = []OrderedEntry{}
	}
	return LinesAnswer{At: q.At, Doubtful: doubts(g, q.Pair(), domain.TouchOrders, ""), Group: q.Group, Known: q.Known, Lines: t.lines}
}

// valueOf is what a line has of a dimension that is the same on every day; "" of another.
func valueOf(d domain.Dimension, o *domain.OrderRow, s *domain.LineSpan) string {
	switch d {
	case domain.ByFormerly:
		return string(o.Member)
	case domain.ByAgreement:
		return string(o.Agreement)
	case domain.ByCycle:
		return string(s.Cycle)
	case domain.ByHeadcountKind:
		return string(s.Kind)
	}
	return ""
}

// lineTable is a table of lines while it is made.
type lineTable struct {
	g       *domain.Group
	q       Question
	lines   []OrderedEntry
	schools map[domain.UAI]domain.SchoolFacts
	reasons map[uint64][2]string // of an overlap, and of going past the ceiling
}

func (t *lineTable) entry(o *domain.OrderRow, s domain.LineSpan) OrderedEntry {
	e := OrderedEntry{
		Agreement: o.Agreement, CountsFrom: s.From, CountsUntil: s.Until, Cycle: s.Cycle, Day: s.Day, Event: s.Event, From: o.From,
		Issue: o.Event, Issued: o.Issued, Kind: s.Kind, Member: o.Member, Order: o.Number, School: s.School, UnitPrice: s.UnitPrice, Until: o.Until,
	}
	if pupils, known := s.Headcount.Pupils(); known {
		e.Headcount = &pupils
	} else {
		e.Unknown = true
	}
	facts := t.school(s.School)
	e.SchoolKind, e.SchoolName = facts.Kind, facts.Name
	e.OverlapReason, e.CeilingReason = t.reasonsOf(s.Event)
	return e
}

// school is what is told of a school on the day; where it is not open yet, what is told of it last.
func (t *lineTable) school(u domain.UAI) domain.SchoolFacts {
	if t.schools == nil {
		t.schools = map[domain.UAI]domain.SchoolFacts{}
	}
	facts, known := t.schools[u]
	if !known {
		row, there := t.g.School(u, t.q.Pair())
		if !there {
			row, _ = t.g.School(u, domain.Pair{At: domain.LastDay, Known: t.q.Known})
		}
		facts = row.SchoolFacts
		t.schools[u] = facts
	}
	return facts
}

// reasonsOf are the reasons that an event states for setting a rule aside.
func (t *lineTable) reasonsOf(event uint64) (overlap, ceiling string) {
	if t.reasons == nil {
		t.reasons = map[uint64][2]string{}
	}
	reasons, known := t.reasons[event]
	if !known {
		said, _ := t.g.Said(event, t.q.Known)
		switch act := said.Act.(type) {
		case *domain.OrderIssued:
			reasons = [2]string{act.OverlapReason, act.CeilingReason}
		case *domain.OrderAmended:
			reasons = [2]string{act.OverlapReason, act.CeilingReason}
		}
		t.reasons[event] = reasons
	}
	return reasons[0], reasons[1]
}
