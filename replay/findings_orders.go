package replay

import "registre/domain"

// orders finds what an order form says that its agreement, its member and its schools could not have had on those days.
func (a *Audit) orders(f *fact, act *domain.OrderIssued) {
	args := []string{"order", string(act.Number)}
	if r := a.g.MayOrder(act.Member, act.Agreement, a.on(f.day)); r != nil && r != domain.UnknownAgreement {
		a.contradicts(f, r, string(act.Member), args...)
	}
	if _, valid := a.g.AgreementPeriod(act.Agreement, a.on(f.day)); !valid {
		a.contradicts(f, domain.AgreementNotValid, string(act.Agreement), args...)
	}
	a.schools(f, act.Lines, act.From, act.Until, args...)
}

// amends finds the same of the lines that an amendment brings in, and an order form that is no longer there.
func (a *Audit) amends(f *fact, act *domain.OrderAmended) {
	args := []string{"order", string(act.Number)}
	row, ok := a.g.Order(act.Number, a.on(f.day))
	if !ok {
		a.contradicts(f, domain.NotYetOrdered, string(act.Number))
		return
	}
	from := max(f.day, row.From)
	a.schools(f, act.Added, from, row.Until, args...)
	a.schools(f, act.Replaced, from, row.Until, args...)
}

func (a *Audit) schools(f *fact, lines domain.Lines, from, until domain.Day, args ...string) {
	for k := range lines.Keys() {
		if from < until && !a.g.OpenFor(k.School, from, until, a.known) {
			a.contradicts(f, domain.SchoolNotOpen, k.School.String(), args...)
		}
	}
}
