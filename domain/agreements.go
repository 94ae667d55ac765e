package domain

import "slices"

// agreement is the life of one framework agreement.
type agreement struct {
	launches Timeline[*AgreementLaunched]
	terms    Timeline[term]
}

// term is what an agreement is from a place on.
type term struct {
	until   Day
	ceiling Ceiling // none: as it was
	ended   string  // why it ended before its time; "" where it did not
}

func (a *AgreementLaunched) mark(p *pen) {
	mark(p, &p.g.agreements.get(a.Agreement).launches, a)
	p.term(a.Agreement, term{until: a.Until, ceiling: a.Ceiling})
}

func (a *AgreementRenewed) mark(p *pen) {
	p.term(a.Agreement, term{until: a.Until, ceiling: a.Ceiling})
}
func (a *AgreementEnded) mark(p *pen) { p.term(a.Agreement, term{ended: a.Reason}) }

func (p *pen) term(id AgreementID, t term) {
	mark(p, &p.g.agreements.get(id).terms, t)
	for i, o := range p.g.orders.all {
		if e := o.issue(Latest); e != nil && e.Value.Agreement == id {
			p.g.recount(i, p.known) // it may count against another period
		}
	}
	p.doubt(TouchAgreements|TouchOrders, "")
}

// AgreementPeriod is one period of a framework agreement: the days from From on and before Until.
type AgreementPeriod struct {
	From, Until Day
	Ceiling     Ceiling // none where none is set
	Event       uint64  // that began it
	Set         uint64  // the event that set its ceiling; 0 where none is set
}

// periods are those that the agreement has, as known: a period ends where the next begins, or where the agreement ends. end
// is the event that ended it, 0 where none did.
func (a *agreement) periods(known uint64) (periods []AgreementPeriod, end uint64) {
	var ceiling Ceiling
	var set uint64
	for e := range a.terms.from(FirstDay, known) {
		if n := len(periods); n > 0 && periods[n-1].Until > e.Place.Day {
			periods[n-1].Until = e.Place.Day
		}
		if e.Value.ended != "" {
			return periods, e.Place.Number
		}
		if !e.Value.ceiling.IsZero() {
			ceiling, set = e.Value.ceiling, e.Place.Number
		}
		periods = append(periods, AgreementPeriod{From: e.Place.Day, Until: e.Value.until, Ceiling: ceiling, Event: e.Place.Number, Set: set})
	}
	return periods, 0
}

// launch is what launched the agreement, as known; nil where nothing has.
func (a *agreement) launch(known uint64) *entry[*AgreementLaunched] {
	return a.launches.on(LastDay, known)
}

// AgreementPeriod is the period of an agreement at q; ok is false where it is not valid.
func (g *Group) AgreementPeriod(id AgreementID, q Pair) (period AgreementPeriod, ok bool) {
	a := g.agreements.find(id)
	if a == nil || a.launch(q.Known) == nil {
		return period, false
	}
	periods, _ := a.periods(q.Known)
	return periodOn(periods, q.At)
}

func periodOn(periods []AgreementPeriod, day Day) (AgreementPeriod, bool) {
	i := slices.IndexFunc(periods, func(p AgreementPeriod) bool { return p.From <= day && day < p.Until })
	if i < 0 {
		return AgreementPeriod{}, false
	}
	return periods[i], true
}

// AgreementRow is one framework agreement on a day.
type AgreementRow struct {
	Agreement  AgreementID
	Title      string
	Contractor Contractor
	Orderers   []MemberID // none means every member
	Launched   Date
	Event      uint64 // that launched it
	Valid      bool
	Periods    []AgreementPeriod // all that are known, the future ones too
	EndedBy    uint64            // the event that ended it before its time, on q.At or earlier; 0 where none did
	EndReason  string
}

// Agreements gives the framework agreements launched by q.At, in the order of their ids.
func (g *Group) Agreements(q Pair) (rows []AgreementRow) {
	for _, i := range g.agreements.order {
		a := g.agreements.all[i]
		l := a.launches.on(q.At, q.Known)
		if l == nil {
			continue
		}
		row := AgreementRow{
			Agreement: g.agreements.ids[i], Title: l.Value.Title, Contractor: l.Value.Contractor, Orderers: l.Value.Orderers,
			Launched: g.dateOf(l.Place.Number, q.Known), Event: l.Place.Number,
		}
		row.Periods, row.EndedBy = a.periods(q.Known)
		_, row.Valid = periodOn(row.Periods, q.At)
		row.endedBy(a, q)
		rows = append(rows, row)
	}
	return rows
}

// endedBy says how an agreement ended, if it has by q.At.
func (r *AgreementRow) endedBy(a *agreement, q Pair) {
	end := r.EndedBy
	r.EndedBy = 0
	for e := range a.terms.from(FirstDay, q.Known) {
		if e.Place.Number == end && e.Place.Day <= q.At {
			r.EndedBy, r.EndReason = end, e.Value.ended
		}
	}
}

// MayOrder reports whether a member, at q, may order under an agreement: nil, or the rule that forbids it. Those who may
// are listed, or are all; each was a member when the agreement was launched, or succeeded to one that was.
func (g *Group) MayOrder(id MemberID, under AgreementID, q Pair) *Rule {
	a, m := g.agreements.find(under), g.members.find(id)
	switch {
	case m == nil || m.standing.empty(q.Known):
		return UnknownMember
	case !m.activeAt(endOf(q.At), q.Known):
		return NotMember
	case a == nil || a.launch(q.Known) == nil:
		return UnknownAgreement
	}
	l, at := a.launch(q.Known), g.members.place[id]
	if len(l.Value.Orderers) > 0 && !g.descends(at, endOf(q.At), q.Known, func(m int, _ Place) bool {
		return slices.Contains(l.Value.Orderers, g.members.ids[m])
	}) {
		return MayNotOrder
	}
	launched := endOf(l.Place.Day)
	if !g.descends(at, endOf(q.At), q.Known, func(_ int, since Place) bool { return since.less(launched) }) {
		return JoinedAfter
	}
	return nil
}

// descends reports whether a member as of p, or one to which it succeeded, was such a one; since is the place from which
// that one then was a member.
func (g *Group) descends(m int, p Place, known uint64, such func(m int, since Place) bool) bool {
	s := g.members.all[m].standing.floor(p, known)
	if s == nil || !s.Value.active {
		return false
	}
	if such(m, s.Place) {
		return true
	}
	return s.Value.by != nil && slices.ContainsFunc(s.Value.by.Predecessors, func(id MemberID) bool {
		return g.descends(g.members.place[id], s.Place.before(), known, such)
	})
}
