package domain

// ceilingsSince is the day from which a framework agreement must say its ceiling (décret n° 2021-1111 of 23 August 2021, after
// the judgment C-23/20 of the Court of Justice): 2022-01-01.
const ceilingsSince Day = 738156

func (a *AgreementLaunched) judge(j *judgement) {
	j.founded()
	found := j.g.agreements.find(a.Agreement)
	j.unless(found == nil || found.launch(Latest) == nil, AgreementExists, string(a.Agreement))
	for _, m := range a.Orderers {
		j.member(m)
	}
	j.unless(a.Until > j.day, PeriodEmpty, string(a.Agreement))
	j.unless(j.day < ceilingsSince || !a.Ceiling.IsZero(), CeilingMissing, string(a.Agreement))
}

// agreement judges that an agreement was launched; nil where it was not.
func (j *judgement) agreement(id AgreementID) *agreement {
	a := j.g.agreements.find(id)
	if a == nil || a.launch(Latest) == nil {
		j.breaks(UnknownAgreement, string(id))
		return nil
	}
	return a
}

func (a *AgreementRenewed) judge(j *judgement) {
	j.founded()
	if found := j.agreement(a.Agreement); found != nil {
		periods, end := found.periods(Latest)
		adjacent := end == 0 && len(periods) > 0 && periods[len(periods)-1].Until == j.day
		j.unless(adjacent, RenewalNotAdjacent, string(a.Agreement))
	}
	j.unless(a.Until > j.day, PeriodEmpty, string(a.Agreement))
}

func (a *AgreementEnded) judge(j *judgement) {
	j.founded()
	if found := j.agreement(a.Agreement); found != nil {
		periods, end := found.periods(Latest)
		_, valid := periodOn(periods, j.day)
		j.unless(valid && end == 0, AgreementNotValid, string(a.Agreement))
	}
}

func (a *SchoolOpened) judge(j *judgement) {
	j.founded()
	j.unless(!j.g.HasSchool(a.School, j.pair()), SchoolExists, a.School.String())
}

// school judges that a school is open on the day.
func (j *judgement) school(u UAI) bool {
	switch {
	case j.g.HasSchool(u, j.pair()):
		return true
	case j.g.HeardOfSchool(u, Latest):
		j.breaks(NoSchool, u.String())
	default:
		j.breaks(UnknownSchool, u.String())
	}
	return false
}

func (a *SchoolDescribed) judge(j *judgement) {
	j.founded()
	if j.school(a.School) {
		now, _ := j.g.School(a.School, j.pair())
		j.unless(now.SchoolFacts != a.SchoolFacts, NothingChanges, a.School.String())
	}
}

func (a *SchoolClosed) judge(j *judgement) {
	j.founded()
	j.school(a.School)
}

func (a *SchoolsMerged) judge(j *judgement) {
	j.founded()
	j.school(a.Into)
	for _, u := range a.Schools {
		j.school(u)
	}
}

func (a *SchoolMoved) judge(j *judgement) {
	j.founded()
	j.school(a.School)
	j.unless(!j.g.HasSchool(a.To, j.pair()), SchoolExists, a.To.String())
}

func (a *OrderIssued) judge(j *judgement) {
	j.founded()
	found := j.g.orders.find(a.Number)
	j.unless(found == nil || found.issue(Latest) == nil, OrderExists, string(a.Number))
	j.member(a.Member)
	if a.From < j.day {
		j.unless(j.g.IsMember(a.Member, Now(a.From)), NotMember, string(a.Member))
	}
	j.unless(a.From < a.Until, PeriodEmpty, string(a.Number))
	if under := j.agreement(a.Agreement); under != nil {
		a.judgeAgreement(j, under)
		j.prices(under, a.Lines)
	}
	j.schools(a.Lines, a.From, a.Until)
	if a.OverlapReason == "" {
		j.overlaps(a.overlaps(j.g))
	}
	if a.CeilingReason == "" {
		j.ceiling(a.ordering(j.g, j.day))
	}
}

// judgeAgreement judges that a may be ordered under an agreement: on that day, for those days, by that member.
func (a *OrderIssued) judgeAgreement(j *judgement, under *agreement) {
	periods, _ := under.periods(Latest)
	_, valid := periodOn(periods, j.day)
	j.unless(valid, AgreementNotValid, string(a.Agreement))
	j.unless(covers(periods, a.From, a.Until), PeriodOutside, string(a.Agreement))
	if r := j.g.MayOrder(a.Member, a.Agreement, j.pair()); r == MayNotOrder || r == JoinedAfter {
		j.breaks(r, string(a.Member))
	}
}

// covers reports whether periods, one after the other, hold all days from from on and before until.
func covers(periods []AgreementPeriod, from, until Day) bool {
	for from < until {
		p, ok := periodOn(periods, from)
		if !ok {
			return false
		}
		from = p.Until
	}
	return true
}

// prices judges that unit prices and the ceiling of the day are in one currency.
func (j *judgement) prices(under *agreement, lines Lines) {
	periods, _ := under.periods(Latest)
	p, _ := periodOn(periods, j.day)
	for _, b := range lines.Blocks() {
		same := p.Ceiling.Amount.IsZero() || b.UnitPrice.IsZero() || b.UnitPrice.Currency() == p.Ceiling.Amount.Currency()
		j.unless(same, CurrencyDiffers, b.UnitPrice.Currency())
	}
}

// schools judges that the schools of some lines are open while these count.
func (j *judgement) schools(lines Lines, from, until Day) {
	for k := range lines.Keys() {
		if !j.g.HeardOfSchool(k.School, Latest) {
			j.breaks(UnknownSchool, k.School.String())
		} else if from < until {
			j.unless(j.g.OpenFor(k.School, from, until, Latest), SchoolNotOpen, k.School.String())
		}
	}
}

// order judges that an order form was issued, and on the day still counts, or will; nil where none was issued.
func (j *judgement) order(n OrderNumber) (o *order, issue *entry[*OrderIssued]) {
	j.founded()
	if o = j.g.orders.find(n); o != nil {
		issue = o.issue(Latest)
	}
	if !j.unless(issue != nil, UnknownOrder, string(n)) {
		return nil, nil
	}
	live := j.day < issue.Value.Until && o.cancelled(j.day, Latest) == nil
	j.unless(live, OrderAlreadyEnded, string(n))
	return o, issue
}

func (a *OrderAmended) judge(j *judgement) {
	o, issue := j.order(a.Number)
	if o == nil {
		return
	}
	j.unless(begins(issue) <= j.day, NotYetOrdered, string(a.Number))
	if under := j.g.agreements.find(issue.Value.Agreement); under != nil {
		j.prices(under, a.Added)
		j.prices(under, a.Replaced)
	}
	from := max(j.day, issue.Value.From)
	j.schools(a.Added, from, issue.Value.Until)
	j.schools(a.Replaced, from, issue.Value.Until)
	a.judgeKeys(j, o.lines(from, Latest))
	if a.OverlapReason == "" {
		j.overlaps(a.overlaps(j.g, j.day))
	}
	if a.CeilingReason == "" {
		j.ceiling(a.ordering(j.g, j.day))
	}
}

// judgeKeys judges which lines the order has, before the amendment.
func (a *OrderAmended) judgeKeys(j *judgement, lines []OrderLine) {
	has := make(map[LineKey]Line, len(lines))
	for _, l := range lines {
		has[l.LineKey] = l.Line
	}
	for k := range a.Added.Keys() {
		_, there := has[k]
		j.unless(!there, KeyExists, k.String())
	}
	changes := a.Added.Len() + a.Removed.Len()
	for l := range a.Replaced.All() {
		was, there := has[l.LineKey]
		j.unless(there, KeyMissing, l.LineKey.String())
		if was != l {
			changes++
		}
	}
	for k := range a.Removed.All() {
		_, there := has[k]
		j.unless(there, KeyMissing, k.String())
	}
	j.unless(changes > 0, NothingChanges, string(a.Number))
}

func (a *OrderCancelled) judge(j *judgement) {
	if o, issue := j.order(a.Number); o != nil {
		j.unless(begins(issue) <= j.day, NotYetOrdered, string(a.Number))
	}
}

func (a *OrderReceived) judge(j *judgement) {
	o, issue := j.order(a.Number)
	if o == nil {
		return
	}
	j.unless(issue.Place.Day <= j.day, NotYetOrdered, string(a.Number))
	last := o.receipts.on(j.day, Latest)
	j.unless(last == nil || last.Place.less(o.lastChange(j.day)), NothingChanges, string(a.Number))
}

// lastChange is the place of the last that changed an order form by a day: its issue, or an amendment.
func (o *order) lastChange(day Day) (p Place) {
	if e := o.issues.on(day, Latest); e != nil {
		p = e.Place
	}
	if e := o.amendments.on(day, Latest); e != nil && p.less(e.Place) {
		p = e.Place
	}
	return p
}

// heardOfOrdering judges that a replacement speaks only of agreements, schools, members and orders that the register knows.
func (j *judgement) heardOfOrdering(a Act) {
	switch a := a.(type) {
	case *AgreementLaunched:
		for _, m := range a.Orderers {
			j.heardOfMember(m)
		}
	case *SchoolDescribed:
		j.heardOfSchools(a.School)
	case *SchoolClosed:
		j.heardOfSchools(a.School)
	case *SchoolsMerged:
		j.heardOfSchools(append([]UAI{a.Into}, a.Schools...)...)
	case *SchoolMoved:
		j.heardOfSchools(a.School)
	case *OrderIssued:
		j.heardOfMember(a.Member)
		j.agreement(a.Agreement)
		j.schools(a.Lines, 0, 0)
	case *OrderAmended:
		j.schools(a.Added, 0, 0)
		j.schools(a.Replaced, 0, 0)
	}
}

func (j *judgement) heardOfSchools(schools ...UAI) {
	for _, u := range schools {
		j.unless(j.g.HeardOfSchool(u, Latest), UnknownSchool, u.String())
	}
}
