package projections

import (
	"cmp"
	"slices"

	"registre/domain"
)

// RenewalAsked says which order forms are to be drafted anew: those that count on a day from From on and before To, for a
// member and under an agreement, where these are named.
type RenewalAsked struct {
	From, To  domain.Day
	Member    domain.MemberID    // for which they count on To; "" for all
	Agreement domain.AgreementID // under which they were ordered; "" for all
}

// RenewalAnswer is a draft of order forms, made of those of an earlier period. Nothing of it is ordered.
type RenewalAnswer struct {
	At      domain.Day      `json:"at"` // the day of the order forms
	Drafts  []DraftEntry    `json:"drafts"`
	From    domain.Day      `json:"from"`
	Group   domain.GroupID  `json:"group"`
	Known   uint64          `json:"known"`
	Remarks []RenewalRemark `json:"remarks"`
	To      domain.Day      `json:"to"`
}

// DraftEntry is one order form that is drafted. Its lines are those that the earlier one had last, under the codes that
// their schools have on its first day.
type DraftEntry struct {
	Agreement domain.AgreementID `json:"agreement"`
	Earlier   domain.OrderNumber `json:"earlier"`
	From      domain.Day         `json:"from"`
	Lines     []DraftLine        `json:"lines"`            // by school and cycle
	Member    domain.MemberID    `json:"member,omitempty"` // left out where several succeed to the one that ordered
	Number    domain.OrderNumber `json:"number"`
	Until     domain.Day         `json:"until"` // the day after the last
}

// DraftLine is one line of it: a forecast, with the headcount that was known last.
type DraftLine struct {
	Cycle      domain.Cycle      `json:"cycle"`
	Event      uint64            `json:"event"`                 // that said it last
	Headcount  *int              `json:"headcount,omitzero"`    // left out where it is unknown
	Remark     *RenewalRemark    `json:"remark,omitzero"`       // what has become of its school
	School     domain.UAI        `json:"school"`                // as it is to be ordered
	SchoolKind domain.SchoolKind `json:"school_kind,omitempty"` //
	SchoolName string            `json:"school_name,omitempty"`
	UnitPrice  domain.Money      `json:"unit_price,omitzero"`
	Unknown    bool              `json:"unknown,omitzero"`
}

// What there is to say of a draft.
const (
	SchoolHasMoved    = "school-moved"       // Now is its code
	SchoolHasMerged   = "school-merged"      // Now is the school as which it goes on
	SchoolHasClosed   = "school-closed"      // left out
	SchoolWillClose   = "school-closes"      // before the period is over, on Day; left out
	SchoolHasOpened   = "school-opened"      // on Day; nobody has ordered for it
	LineIsDouble      = "line-double"        // Other, which is later, has the pupils; left out
	LineIsOrdered     = "line-ordered"       // Other has ordered for the new period; left out
	OrderGoesOn       = "order-goes-on"      // until Day; left out
	OrderBeganLate    = "order-began-late"   // on Day; so does the draft
	MemberIsSucceeded = "member-succeeded"   // by Now
	MemberIsSplit     = "member-split"       // several succeed to it: which of them orders is not said
	MemberHasLeft     = "member-left"        // left out
	MemberMayNot      = "member-may-not"     // Now is the code of the rule; left out
	AgreementReplaced = "agreement-replaced" // Now takes its place: the prices are left out
	AgreementIsOver   = "agreement-over"     // on Day, before the period is; nothing takes its place
)

// RenewalRemark says what is to be looked at: that something is another than it was, or was left out.
type RenewalRemark struct {
	Agreement domain.AgreementID `json:"agreement,omitempty"`
	Cycle     domain.Cycle       `json:"cycle,omitempty"`
	Day       domain.Day         `json:"day,omitzero"`
	Kind      string             `json:"kind"`
	Member    domain.MemberID    `json:"member,omitempty"`
	Now       string             `json:"now,omitempty"`
	Order     domain.OrderNumber `json:"order,omitempty"` // the earlier one
	Other     domain.OrderNumber `json:"other,omitempty"`
	School    domain.UAI         `json:"school,omitzero"`
}

type draftKey struct {
	school domain.UAI
	cycle  domain.Cycle
}

// A renewal is a draft while it is made.
type renewal struct {
	g       *domain.Group
	q       Question
	asked   RenewalAsked
	answer  RenewalAnswer
	numbers map[domain.OrderNumber]bool
	ordered map[draftKey][]domain.LineSpan                    // for days from To on
	by      map[draftKey][]domain.OrderNumber                 // of these
	doubles map[domain.Day]map[draftedLine]domain.OrderNumber // lines whose pupils a later order form has
	moved   []movedLine
	taken   map[draftKey][]int // the drafts that have a school's pupils
}

type draftedLine struct {
	order domain.OrderNumber
	key   domain.LineKey
}

// Renewal answers: what would be ordered, if as much were ordered for the time from asked.To on as was for that from asked.From
// on? Each draft begins and ends as much later as To is than From. The order forms are drafted for q.At, as known.
func Renewal(g *domain.Group, q Question, asked RenewalAsked) RenewalAnswer {
	q = q.resolved(g)
	r := renewal{g: g, q: q, asked: asked, numbers: map[domain.OrderNumber]bool{}, taken: map[draftKey][]int{}, doubles: map[domain.Day]map[draftedLine]domain.OrderNumber{}}
	r.answer = RenewalAnswer{At: q.At, Drafts: []DraftEntry{}, From: asked.From, Group: q.Group, Known: q.Known, Remarks: []RenewalRemark{}, To: asked.To}
	rows := g.Orders(domain.Pair{At: domain.LastDay, Known: q.Known})
	slices.SortFunc(rows, func(a, b domain.OrderRow) int { return cmp.Compare(a.Event, b.Event) })
	r.takeUp(rows)
	for i := range rows {
		r.draft(&rows[i])
	}
	r.settle()
	r.newSchools()
	return r.answer
}

// on is the pair of the knowledge and a day.
func (r *renewal) on(day domain.Day) domain.Pair { return domain.Pair{At: day, Known: r.q.Known} }

func (r *renewal) remark(m RenewalRemark) { r.answer.Remarks = append(r.answer.Remarks, m) }

// takeUp takes note of the numbers there are, and of what is ordered already for the time from To on.
func (r *renewal) takeUp(rows []domain.OrderRow) {
	r.ordered, r.by = map[draftKey][]domain.LineSpan{}, map[draftKey][]domain.OrderNumber{}
	for i := range rows {
		o := &rows[i]
		if r.numbers[o.Number] = true; o.Until <= r.asked.To {
			continue
		}
		for _, s := range r.g.LineSpans(o.Number, r.q.Known) {
			if s.Until > r.asked.To {
				k := draftKey{r.g.SchoolAt(s.School, r.on(max(s.From, r.asked.To))), s.Cycle}
				r.ordered[k], r.by[k] = append(r.ordered[k], s), append(r.by[k], o.Number)
			}
		}
	}
}

// draft drafts an order form anew, if it is of the earlier period.
func (r *renewal) draft(o *domain.OrderRow) {
	if o.Status == domain.Cancelled || o.Until <= r.asked.From || r.asked.To <= o.From || r.asked.Agreement != "" && o.Agreement != r.asked.Agreement {
		return
	}
	d := DraftEntry{Agreement: o.Agreement, Earlier: o.Number, From: r.later(max(o.From, r.asked.From)), Until: r.later(o.Until)}
	member, heirs := r.member(o)
	if r.asked.Member != "" && !slices.Contains(heirs, r.asked.Member) {
		return
	}
	if o.Until > r.asked.To {
		r.remark(RenewalRemark{Kind: OrderGoesOn, Order: o.Number, Day: o.Until})
		return
	}
	if d.Member = member; !r.mayOrder(o, &d, heirs) {
		return
	}
	if o.From > r.asked.From {
		r.remark(RenewalRemark{Kind: OrderBeganLate, Order: o.Number, Day: d.From})
	}
	r.agreement(o, &d)
	if d.Member != "" {
		if rule := r.g.MayOrder(d.Member, d.Agreement, r.on(d.From)); rule != nil {
			r.remark(RenewalRemark{Kind: MemberMayNot, Order: o.Number, Member: d.Member, Agreement: d.Agreement, Now: rule.Code})
			return
		}
	}
	d.Number = r.number(o)
	r.answer.Drafts = append(r.answer.Drafts, d)
	r.lines(o, len(r.answer.Drafts)-1)
}

// member is who would order instead of the member that did: itself, or its successor; "" where there are several.
func (r *renewal) member(o *domain.OrderRow) (one domain.MemberID, heirs []domain.MemberID) {
	row, _ := r.g.Order(o.Number, r.on(max(r.asked.To, o.From)))
	if len(row.For) == 1 {
		one = row.For[0]
	}
	return one, row.For
}

// mayOrder says whether a member orders at all, and remarks what has become of it.
func (r *renewal) mayOrder(o *domain.OrderRow, d *DraftEntry, heirs []domain.MemberID) bool {
	switch {
	case len(heirs) > 1:
		r.remark(RenewalRemark{Kind: MemberIsSplit, Order: o.Number, Member: o.Member})
		return true
	case !r.g.IsMember(d.Member, r.on(d.From)):
		r.remark(RenewalRemark{Kind: MemberHasLeft, Order: o.Number, Member: d.Member})
		return false
	case d.Member != o.Member:
		r.remark(RenewalRemark{Kind: MemberIsSucceeded, Order: o.Number, Member: o.Member, Now: string(d.Member)})
	}
	return true
}

// agreement takes the one that holds for the whole new period: the same, or the only other one under which the member may
// order.
func (r *renewal) agreement(o *domain.OrderRow, d *DraftEntry) {
	over, holds := r.holds(o.Agreement, d)
	if holds {
		return
	}
	var others []domain.AgreementID
	for _, a := range r.g.Agreements(r.on(d.From)) {
		if _, holds := r.holds(a.Agreement, d); holds && (d.Member == "" || r.g.MayOrder(d.Member, a.Agreement, r.on(d.From)) == nil) {
			others = append(others, a.Agreement)
		}
	}
	if len(others) != 1 {
		r.remark(RenewalRemark{Kind: AgreementIsOver, Order: o.Number, Agreement: o.Agreement, Day: over})
		return
	}
	d.Agreement = others[0]
	r.remark(RenewalRemark{Kind: AgreementReplaced, Order: o.Number, Agreement: o.Agreement, Day: over, Now: string(d.Agreement)})
}

// holds says whether an agreement is valid on all days of a draft; over is the first on which it is not.
func (r *renewal) holds(id domain.AgreementID, d *DraftEntry) (over domain.Day, holds bool) {
	for over = d.From; over < d.Until; {
		p, valid := r.g.AgreementPeriod(id, r.on(over))
		if !valid {
			return over, false
		}
		over = p.Until
	}
	return over, true
}
