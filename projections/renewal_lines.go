package projections

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"registre/domain"
)

// later is a day as much later as To is than From: in years, where these are the same day of a year; no later than the last day.
func (r *renewal) later(d domain.Day) domain.Day {
	year, month, day := r.asked.From.Civil()
	toYear, toMonth, toDay := r.asked.To.Civil()
	if month != toMonth || day != toDay {
		return min(d+r.asked.To-r.asked.From, domain.LastDay)
	}
	y, m, n := d.Civil()
	for y += toYear - year; y <= 9999; m, n = m+1, 1 { // 29 February is followed by 1 March
		if at, err := domain.ParseDay(fmt.Sprintf("%04d-%02d-%02d", y, m, n)); err == nil {
			return at
		}
	}
	return domain.LastDay
}

// number is one that no order form has: the earlier one with its year moved on, or with the new year behind it.
func (r *renewal) number(o *domain.OrderRow) domain.OrderNumber {
	from, _, _ := r.asked.From.Civil()
	to, _, _ := r.asked.To.Civil()
	text := string(o.Number)
	long, short := strconv.Itoa(from), fmt.Sprintf("%02d", from%100)
	if at := numberAt(text, long); at >= 0 {
		text = text[:at] + strconv.Itoa(to) + text[at+len(long):]
	} else if at := numberAt(text, short); at >= 0 {
		text = text[:at] + fmt.Sprintf("%02d", to%100) + text[at+len(short):]
	} else {
		text += "-" + strconv.Itoa(to)
	}
	for n, stem := 2, text; r.numbers[domain.OrderNumber(text)] || !domain.ValidOrderNumber(text); n++ {
		behind := "-" + strconv.Itoa(n)
		text = stem[:min(len(stem), domain.MaxIDLength-len(behind))] + behind
	}
	r.numbers[domain.OrderNumber(text)] = true
	return domain.OrderNumber(text)
}

// numberAt is where digits stand in a text that are no part of more digits; -1 where nowhere.
func numberAt(text, digits string) int {
	isDigit := func(i int) bool { return i >= 0 && i < len(text) && '0' <= text[i] && text[i] <= '9' }
	for at := 0; ; at++ {
		i := strings.Index(text[at:], digits)
		if i < 0 {
			return -1
		}
		if at += i; !isDigit(at-1) && !isDigit(at+len(digits)) {
			return at
		}
	}
}

// A movedLine is a line whose school goes on as another.
type movedLine struct {
	draft  int
	line   DraftLine
	remark RenewalRemark
}

// lines drafts the lines that an order form had last.
func (r *renewal) lines(o *domain.OrderRow, draft int) {
	d := &r.answer.Drafts[draft]
	last := min(o.Until, r.asked.To) - 1
	row, _ := r.g.Order(o.Number, r.on(last))
	for _, l := range row.Lines {
		if m, out := r.leftOut(o, d, l, last); out {
			r.remark(m)
			continue
		}
		line := DraftLine{Cycle: l.Cycle, Event: l.Event, School: r.g.SchoolAt(l.School, r.on(d.From))}
		line.count(l.Headcount)
		if d.Agreement == o.Agreement {
			line.UnitPrice = l.UnitPrice
		}
		if line.School == l.School {
			if at, taken := r.drafted(draft, line); taken {
				r.remark(RenewalRemark{Kind: LineIsDouble, Order: o.Number, School: l.School, Cycle: l.Cycle, Other: r.answer.Drafts[at].Earlier})
			} else {
				r.put(draft, line)
			}
			continue
		}
		m := RenewalRemark{Kind: SchoolHasMoved, Order: o.Number, School: l.School, Cycle: l.Cycle, Now: line.School.String()}
		if r.merged(l.School, d.From) {
			m.Kind = SchoolHasMerged
		}
		r.moved = append(r.moved, movedLine{draft, line, m})
	}
}

// leftOut says whether a line is not drafted, and why.
func (r *renewal) leftOut(o *domain.OrderRow, d *DraftEntry, l domain.OrderLine, last domain.Day) (m RenewalRemark, out bool) {
	m = RenewalRemark{Order: o.Number, School: l.School, Cycle: l.Cycle}
	now := r.g.SchoolAt(l.School, r.on(d.From))
	if m.Other, out = r.double(o.Number, l.LineKey, last); out {
		m.Kind = LineIsDouble
		return m, true
	}
	k := draftKey{now, l.Cycle}
	for i, s := range r.ordered[k] {
		if s.From < d.Until && d.From < s.Until {
			m.Kind, m.Other = LineIsOrdered, r.by[k][i]
			return m, true
		}
	}
	switch {
	case !r.g.HasSchool(now, r.on(d.From)):
		m.Kind = SchoolHasClosed
		return m, true
	case !r.g.OpenFor(now, d.From, d.Until, r.q.Known):
		m.Kind, m.Day = SchoolWillClose, r.closes(now, d)
		return m, true
	}
	return m, false
}

// closes is the day of a draft's period on which a school is no longer open, under whatever code.
func (r *renewal) closes(u domain.UAI, d *DraftEntry) domain.Day {
	low, high := d.From, d.Until // open for the days before low+1, not for those before high
	for high-low > 1 {
		if mid := low + (high-low)/2; r.g.OpenFor(u, d.From, mid, r.q.Known) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// double says which later order form has the pupils of a line on a day.
func (r *renewal) double(n domain.OrderNumber, k domain.LineKey, day domain.Day) (domain.OrderNumber, bool) {
	if r.doubles[day] == nil {
		all := map[draftedLine]domain.OrderNumber{}
		for _, d := range r.g.Duplicates(r.on(day)) {
			all[draftedLine{d.Line.Order, d.Line.LineKey}] = d.Later.Order
		}
		r.doubles[day] = all
	}
	later, is := r.doubles[day][draftedLine{n, k}]
	return later, is
}

func (l *DraftLine) count(h domain.Headcount) {
	if pupils, known := h.Pupils(); known {
		l.Headcount = &pupils
	} else {
		l.Unknown = true
	}
}

// put adds a line to a draft.
func (r *renewal) put(draft int, line DraftLine) {
	d := &r.answer.Drafts[draft]
	row, _ := r.g.School(line.School, r.on(d.From))
	line.SchoolKind, line.SchoolName = row.Kind, row.Name
	k := draftKey{line.School, line.Cycle}
	r.taken[k] = append(r.taken[k], draft)
	d.Lines = append(d.Lines, line)
}

// drafted is the draft for the same days, in part, that has a line of the school and the cycle.
func (r *renewal) drafted(draft int, line DraftLine) (at int, taken bool) {
	d := &r.answer.Drafts[draft]
	for _, at := range r.taken[draftKey{line.School, line.Cycle}] {
		if into := &r.answer.Drafts[at]; into.From < d.Until && d.From < into.Until {
			return at, true
		}
	}
	return 0, false
}

// merged says whether a school goes on as another school, and not only under another code.
func (r *renewal) merged(u domain.UAI, day domain.Day) bool {
	for {
		row, there := r.g.School(u, r.on(day))
		if !there || row.Into == 0 || row.Merged {
			return row.Merged
		}
		u = row.Into
	}
}

// join adds a line whose school goes on as another. Where a draft for the same days has that one's pupils, those of a school
// that has merged are added to these, and what is added to the unknown is unknown; under a new code they are the same.
func (r *renewal) join(m *movedLine) {
	m.line.Remark = &m.remark
	at, taken := r.drafted(m.draft, m.line)
	if !taken {
		r.put(m.draft, m.line)
		return
	}
	into := &r.answer.Drafts[at]
	if m.remark.Kind == SchoolHasMoved {
		r.remark(RenewalRemark{Kind: LineIsDouble, Order: m.remark.Order, School: m.remark.School, Cycle: m.remark.Cycle, Other: into.Earlier})
		return
	}
	i := slices.IndexFunc(into.Lines, func(l DraftLine) bool { return l.School == m.line.School && l.Cycle == m.line.Cycle })
	has := &into.Lines[i]
	if has.Remark = m.line.Remark; has.Unknown || m.line.Unknown {
		has.Headcount, has.Unknown = nil, true
		return
	}
	sum := min(*has.Headcount+*m.line.Headcount, domain.MaxHeadcount)
	has.Headcount = &sum
}

// settle adds the lines whose schools go on as others, once it is known who has ordered for these themselves, and takes away
// the drafts that have nothing.
func (r *renewal) settle() {
	for i := range r.moved {
		r.remark(r.moved[i].remark)
		r.join(&r.moved[i])
	}
	r.answer.Drafts = slices.DeleteFunc(r.answer.Drafts, func(d DraftEntry) bool { return len(d.Lines) == 0 })
	for _, d := range r.answer.Drafts {
		slices.SortFunc(d.Lines, func(a, b DraftLine) int {
			return cmp.Or(cmp.Compare(a.School, b.School), cmp.Compare(a.Cycle, b.Cycle))
		})
	}
}

// newSchools remarks the schools that opened since From and for which nobody would order.
func (r *renewal) newSchools() {
	if r.asked.Member != "" || r.asked.Agreement != "" {
		return
	}
	has := map[domain.UAI]bool{}
	for k := range r.taken {
		has[k.school] = true
	}
	for k := range r.ordered {
		has[k.school] = true
	}
	for _, s := range r.g.Schools(r.on(r.asked.To)) {
		if s.Open && s.Since.First > r.asked.From && !has[s.School] && len(s.Formerly) == 0 {
			r.remark(RenewalRemark{Kind: SchoolHasOpened, School: s.School, Day: s.Since.First})
		}
	}
}
