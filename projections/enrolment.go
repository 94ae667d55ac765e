package projections

import "registre/domain"

// EnrolmentAnswer says for how many pupils the order forms in force stand. Where Unknown is above 0, Gross and Distinct are "at
// least".
type EnrolmentAnswer struct {
	At       domain.Day       `json:"at"`
	By       []string         `json:"by,omitempty"` // the dimensions of the rows
	Distinct int64            `json:"distinct"`     // of each school in each cycle those of the latest order form only
	Doubtful []Doubt          `json:"doubtful,omitempty"`
	Enrolled *[]EnrolledEntry `json:"enrolled,omitzero"` // the lines, where they were asked for
	Gross    int64            `json:"gross"`             // the known headcounts of all lines
	Group    domain.GroupID   `json:"group"`
	Known    uint64           `json:"known"`
	Lines    int              `json:"lines"`           // how many there are
	Rows     []EnrolmentEntry `json:"rows"`            // by their keys
	Series   *[]StepEntry     `json:"series,omitzero"` // where it was asked for
	Unknown  int              `json:"unknown"`         // of the distinct lines, those whose headcount is unknown
}

// EnrolmentEntry is the lines that share a value of each dimension asked for. A school that nothing says the kind of has no
// school_kind.
type EnrolmentEntry struct {
	Agreement     string `json:"agreement,omitempty"`
	Cycle         string `json:"cycle,omitempty"`
	Distinct      int64  `json:"distinct"`
	Formerly      string `json:"formerly,omitempty"` // the member that ordered
	Gross         int64  `json:"gross"`
	HeadcountKind string `json:"headcount_kind,omitempty"`
	Lines         int    `json:"lines"`
	Member        string `json:"member,omitempty"` // for which the order forms count on the day
	School        string `json:"school,omitempty"` // under its code of the day
	SchoolKind    string `json:"school_kind,omitempty"`
	SchoolYear    string `json:"school_year,omitempty"`
	Undetermined  bool   `json:"undetermined,omitzero"` // by member: that was split, and nobody has said to whom they belong
	Unknown       int    `json:"unknown"`
}

// StepEntry is what enrolment is from a day on, until the next step.
type StepEntry struct {
	Day      domain.Day       `json:"day"`
	Distinct int64            `json:"distinct"`
	Gross    int64            `json:"gross"`
	Lines    int              `json:"lines"`
	Rows     []EnrolmentEntry `json:"rows,omitempty"`
	Unknown  int              `json:"unknown"`
}

// EnrolledEntry is a line behind a figure.
type EnrolledEntry struct {
	Agreement    domain.AgreementID   `json:"agreement"`
	Cycle        domain.Cycle         `json:"cycle"`
	Day          domain.Day           `json:"day"`                // to which the headcount belongs
	Event        uint64               `json:"event"`              // that says the line
	Formerly     domain.MemberID      `json:"formerly,omitempty"` // that ordered, where it counts for another
	From         domain.Day           `json:"from"`               // the first day on which it counts
	Headcount    *int                 `json:"headcount,omitzero"` // left out where it is unknown
	Kind         domain.HeadcountKind `json:"kind"`
	Member       domain.MemberID      `json:"member,omitempty"`
	Now          domain.UAI           `json:"now,omitzero"` // the school's code of the day, where that is another
	Order        domain.OrderNumber   `json:"order"`
	School       domain.UAI           `json:"school"` // as it was ordered
	SchoolKind   domain.SchoolKind    `json:"school_kind,omitempty"`
	Taken        bool                 `json:"taken,omitzero"` // a later order form has its pupils: not in distinct
	Undetermined bool                 `json:"undetermined,omitzero"`
	UnitPrice    domain.Money         `json:"unit_price,omitzero"`
	Unknown      bool                 `json:"unknown,omitzero"`
	Until        domain.Day           `json:"until"` // the day after the last
}

// EnrolmentAsked says which lines are asked for, and what of them.
type EnrolmentAsked struct {
	domain.Selection
	Lines  bool           // the lines themselves too
	Series *domain.Period // the steps of these days too
}

// Enrolment answers: how many pupils are enrolled, under which order forms?
func Enrolment(g *domain.Group, q Question, asked EnrolmentAsked) EnrolmentAnswer {
	q = q.resolved(g)
	total, rows := g.EnrolmentRows(q.Pair(), asked.Selection)
	a := EnrolmentAnswer{
		At: q.At, Group: q.Group, Known: q.Known, Doubtful: doubts(g, q.Pair(), domain.TouchOrders|domain.TouchSchools|domain.TouchMembers, ""),
		Gross: total.Gross, Distinct: total.Distinct, Lines: total.Lines, Unknown: total.Unknown, Rows: enrolmentEntries(asked.By, &rows),
	}
	for _, d := range asked.By {
		a.By = append(a.By, d.String())
	}
	if asked.Lines {
		lines := []EnrolledEntry{}
		for _, l := range g.EnrolledLines(q.Pair(), asked.Where) {
			lines = append(lines, enrolledEntry(&l))
		}
		a.Enrolled = &lines
	}
	if asked.Series != nil {
		steps := []StepEntry{}
		for _, s := range g.EnrolmentSeries(*asked.Series, q.Known, asked.Selection) {
			steps = append(steps, StepEntry{
				Day: s.Day, Gross: s.Total.Gross, Distinct: s.Total.Distinct, Lines: s.Total.Lines, Unknown: s.Total.Unknown,
				Rows: enrolmentEntries(asked.By, &s.Rows),
			})
		}
		a.Series = &steps
	}
	return a
}

func enrolmentEntries(by []domain.Dimension, rows *domain.EnrolmentRows) []EnrolmentEntry {
	entries := make([]EnrolmentEntry, rows.Len())
	for i := range entries {
		e, f := &entries[i], rows.Figure(i)
		e.Gross, e.Distinct, e.Lines, e.Unknown = f.Gross, f.Distinct, f.Lines, f.Unknown
	}
	for k, d := range by[:rows.Keys()] {
		for i, key := range rows.Column(k) {
			e := &entries[i]
			*e.key(d) = key
			e.Undetermined = e.Undetermined || d == domain.ByMember && key == ""
		}
	}
	return entries
}

// key is where an entry says its value of a dimension.
func (e *EnrolmentEntry) key(d domain.Dimension) *string {
	switch d {
	case domain.ByMember:
		return &e.Member
	case domain.ByFormerly:
		return &e.Formerly
	case domain.ByAgreement:
		return &e.Agreement
	case domain.BySchoolYear:
		return &e.SchoolYear
	case domain.ByCycle:
		return &e.Cycle
	case domain.ByHeadcountKind:
		return &e.HeadcountKind
	case domain.BySchool:
		return &e.School
	default:
		return &e.SchoolKind
	}
}

func enrolledEntry(l *domain.EnrolledLine) EnrolledEntry {
	e := EnrolledEntry{
		Agreement: l.Agreement, Cycle: l.Cycle, Day: l.Day, Event: l.Event, From: l.From, Kind: l.Line.Kind, Member: l.Member,
		Order: l.Order, School: l.School, SchoolKind: l.Kind, Taken: l.Taken, Undetermined: l.Member == "", UnitPrice: l.UnitPrice,
		Until: l.Until,
	}
	if l.Formerly != l.Member {
		e.Formerly = l.Formerly
	}
	if l.As != l.School {
		e.Now = l.As
	}
	if pupils, known := l.Headcount.Pupils(); known {
		e.Headcount = &pupils
	} else {
		e.Unknown = true
	}
	return e
}

// DuplicatesAnswer lists every double count.
type DuplicatesAnswer struct {
	At         domain.Day       `json:"at"`
	Doubtful   []Doubt          `json:"doubtful,omitempty"`
	Duplicates []DuplicateEntry `json:"duplicates"` // by school, cycle and order form
	Group      domain.GroupID   `json:"group"`
	Known      uint64           `json:"known"`
}

// DuplicateEntry is two lines with the same pupils, of two order forms.
type DuplicateEntry struct {
	Later EnrolledEntry `json:"later"` // that counts in distinct
	Line  EnrolledEntry `json:"line"`  // that does not
}

// Duplicates answers: which lines have the pupils of others?
func Duplicates(g *domain.Group, q Question) DuplicatesAnswer {
	q = q.resolved(g)
	a := DuplicatesAnswer{
		At: q.At, Duplicates: []DuplicateEntry{}, Group: q.Group, Known: q.Known,
		Doubtful: doubts(g, q.Pair(), domain.TouchOrders|domain.TouchSchools, ""),
	}
	for _, d := range g.Duplicates(q.Pair()) {
		a.Duplicates = append(a.Duplicates, DuplicateEntry{Line: enrolledEntry(&d.Line), Later: enrolledEntry(&d.Later)})
	}
	return a
}
