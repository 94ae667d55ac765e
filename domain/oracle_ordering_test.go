package domain_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	. "registre/domain"
	"registre/domain/domaintest"
)

// What the oracle says of agreements, schools and order forms: it walks through the sorted facts, and looks ahead where what
// is known of a later day counts already.

// ledgerOf answers for a pair, one line for each thing.
func ledgerOf(events []Event, q Pair) (lines []string) {
	all := facts(corrected(events, q.Known))
	for _, id := range domaintest.Agreements {
		if line := agreementLine(all, id, q.At); line != "" {
			lines = append(lines, line)
		}
	}
	lines = append(lines, schoolLines(all, q.At)...)
	for _, n := range domaintest.Orders {
		if line := orderLine(all, n, q.At); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func agreementLine(all []fact, id AgreementID, at Day) string {
	var launch *AgreementLaunched
	var since, number, end uint64
	var periods []string
	var from, until Day
	ceiling, valid := Ceiling{}, false
	close := func(day Day) {
		if until != 0 {
			until = min(until, day)
			valid = valid || from <= at && at < until
			periods = append(periods, fmt.Sprintf("%v..%v %v #%d", from, until, ceiling, number))
		}
	}
	begin := func(f fact, to Day, c Ceiling) {
		if end == 0 {
			close(f.day)
			from, until, number = f.day, to, f.number
			if !c.IsZero() {
				ceiling = c
			}
		}
	}
	for _, f := range all {
		switch a := f.act.(type) {
		case *AgreementLaunched:
			if a.Agreement == id {
				begin(f, a.Until, a.Ceiling)
				if f.day <= at {
					launch, since = a, f.number
				}
			}
		case *AgreementRenewed:
			if a.Agreement == id {
				begin(f, a.Until, a.Ceiling)
			}
		case *AgreementEnded:
			if a.Agreement == id && end == 0 {
				close(f.day)
				until, end = 0, f.number
				if f.day > at {
					end = 1 << 40 // it has, but not yet
				}
			}
		}
	}
	close(LastDay)
	if launch == nil {
		return ""
	}
	if end == 1<<40 {
		end = 0
	}
	return fmt.Sprintf("agreement %s %s #%d %v %v valid %v %v end #%d", id, launch.Title, since, launch.Contractor, launch.Orderers, valid, periods, end)
}

// schoolState is a school under one code at a moment.
type schoolState struct {
	facts  SchoolFacts
	open   bool
	number uint64
	into   UAI
	linked int // which fact led to into
}

func schoolLines(all []fact, at Day) (lines []string) {
	now := map[UAI]schoolState{}
	for i, f := range all {
		if f.day > at {
			break
		}
		switch a := f.act.(type) {
		case *SchoolOpened:
			now[a.School] = schoolState{facts: a.SchoolFacts, open: true, number: f.number}
		case *SchoolDescribed:
			now[a.School] = schoolState{facts: a.SchoolFacts, open: true, number: f.number}
		case *SchoolClosed:
			now[a.School] = schoolState{facts: now[a.School].facts, number: f.number}
		case *SchoolsMerged:
			for _, u := range a.Schools {
				now[u] = schoolState{facts: now[u].facts, number: f.number, into: a.Into, linked: i + 1}
			}
		case *SchoolMoved:
			was := now[a.School].facts
			now[a.School] = schoolState{facts: was, number: f.number, into: a.To, linked: i + 1}
			was.Address = a.Address
			now[a.To] = schoolState{facts: was, open: true, number: f.number}
		}
	}
	for _, u := range slices.Sorted(maps.Keys(now)) {
		s := now[u]
		lines = append(lines, fmt.Sprintf("school %v %+v %v #%d into %v counts as %v", u, s.facts, s.open, s.number, s.into, goesOn(now, u, 0)))
	}
	return lines
}

// goesOn is the code under which a school counts at the moment: whatever led from the one led on later.
func goesOn(now map[UAI]schoolState, u UAI, after int) UAI {
	if s := now[u]; s.into != 0 && s.linked > after {
		return goesOn(now, s.into, s.linked)
	}
	return u
}

func orderLine(all []fact, n OrderNumber, at Day) string {
	var issue *OrderIssued
	var issued fact
	for _, f := range all {
		if a, ok := f.act.(*OrderIssued); ok && a.Number == n {
			issue, issued = a, f
		}
	}
	if issue == nil || min(issued.day, issue.From) > at {
		return ""
	}
	lines := map[LineKey]string{}
	put := func(l Lines, number uint64) {
		for line := range l.All() {
			lines[line.LineKey] = fmt.Sprintf("%v:%v %s %v %v #%d", line.LineKey, line.Headcount, line.Kind, line.Day, line.UnitPrice, number)
		}
	}
	put(issue.Lines, issued.number)
	var amendments []uint64
	var cancelled, received uint64
	for _, f := range all {
		switch a := f.act.(type) {
		case *OrderAmended:
			if a.Number != n {
				continue
			}
			if f.day <= at {
				amendments = append(amendments, f.number)
			}
			if f.day <= max(at, issue.From) {
				put(a.Added, f.number)
				put(a.Replaced, f.number)
				for k := range a.Removed.All() {
					delete(lines, k)
				}
			}
		case *OrderCancelled:
			if a.Number == n && f.day <= at {
				cancelled = f.number
			}
		case *OrderReceived:
			if a.Number == n && f.day <= at {
				received = f.number
			}
		}
	}
	status := Running
	switch {
	case cancelled > 0:
		status = Cancelled
	case at < issue.From:
		status = Issued
	case at >= issue.Until:
		status = Ended
	}
	return fmt.Sprintf("order %s %s %s %v for %v %v..%v #%d amended %v cancelled %d received %d: %s", n, issue.Agreement, issue.Member, status,
		heirsOf(all, issue.Member, moment{min(issued.day, issue.From), 1 << 40}, at), issue.From, issue.Until, issued.number, amendments, cancelled, received,
		strings.Join(slices.Sorted(maps.Values(lines)), " "))
}

// moment is behind what an event says of a day.
type moment struct {
	day    Day
	number uint64
}

func (m moment) before(o moment) bool { return m.day < o.day || m.day == o.day && m.number < o.number }

// heirsOf are those to whom comes by a day what a member had at a moment, which may be one at which it was none any more.
func heirsOf(all []fact, m MemberID, from moment, at Day) (heirs []MemberID) {
	type turn struct {
		moment
		active bool
		by     *MembersSucceeded
	}
	var turns []turn
	for _, f := range all {
		switch a := f.act.(type) {
		case *MemberJoined:
			if a.Member == m {
				turns = append(turns, turn{moment{f.day, f.number}, true, nil})
			}
		case *MemberWithdrew:
			if a.Member == m {
				turns = append(turns, turn{moment{f.day, f.number}, false, nil})
			}
		case *MembersSucceeded:
			if slices.ContainsFunc(a.Successors, func(s Named) bool { return s.Member == m }) {
				turns = append(turns, turn{moment{f.day, f.number}, true, nil})
			} else if slices.Contains(a.Predecessors, m) {
				turns = append(turns, turn{moment{f.day, f.number}, false, a})
			}
		}
	}
	var left *turn
	for i, t := range turns {
		switch {
		case t.day > at:
		case !from.before(t.moment): // the last of them says whether it had left already
			if left = nil; !t.active && t.by != nil {
				left = &turns[i]
			}
		case left == nil && !t.active:
			left = &turns[i]
		}
	}
	if left == nil || left.by == nil {
		return []MemberID{m}
	}
	if from.before(left.moment) {
		from = left.moment
	}
	for _, s := range left.by.Successors {
		heirs = append(heirs, heirsOf(all, s.Member, from, at)...)
	}
	slices.Sort(heirs)
	return slices.Compact(heirs)
}

// ledgerSaid is what a group says of agreements, schools and order forms.
func ledgerSaid(g *Group, q Pair) (lines []string) {
	for _, a := range g.Agreements(q) {
		var periods []string
		for _, p := range a.Periods {
			periods = append(periods, fmt.Sprintf("%v..%v %v #%d", p.From, p.Until, p.Ceiling, p.Event))
		}
		lines = append(lines, fmt.Sprintf("agreement %s %s #%d %v %v valid %v %v end #%d", a.Agreement, a.Title, a.Event, a.Contractor, a.Orderers, a.Valid, periods, a.EndedBy))
	}
	for _, s := range g.Schools(q) {
		lines = append(lines, fmt.Sprintf("school %v %+v %v #%d into %v counts as %v", s.School, s.SchoolFacts, s.Open, s.Event, s.Into, g.SchoolAt(s.School, q)))
	}
	for _, row := range g.Orders(q) {
		o, _ := g.Order(row.Number, q)
		var has []string
		for _, l := range o.Lines {
			has = append(has, fmt.Sprintf("%v:%v %s %v %v #%d", l.LineKey, l.Headcount, l.Kind, l.Day, l.UnitPrice, l.Event))
		}
		slices.Sort(has)
		lines = append(lines, fmt.Sprintf("order %s %s %s %v for %v %v..%v #%d amended %v cancelled %d received %d: %s", o.Number, o.Agreement, o.Member,
			o.Status, o.For, o.From, o.Until, o.Event, o.Amendments, o.Cancelled, o.Received, strings.Join(has, " ")))
	}
	return lines
}
