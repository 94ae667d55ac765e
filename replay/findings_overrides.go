package replay

import (
	"strconv"

	"registre/domain"
)

// overrides finds the reasons with which an order form, or an amendment, set a rule aside, and the letters of schools' codes that
// do not check.
func (a *Audit) overrides(f *fact) {
	switch act := f.said.Act.(type) {
	case *domain.SchoolOpened:
		a.letter(f, act.School)
	case *domain.SchoolMoved:
		a.letter(f, act.To)
	case *domain.OrderIssued:
		a.overridden(f, act.Number, act.OverlapReason, act.CeilingReason)
	case *domain.OrderAmended:
		a.overridden(f, act.Number, act.OverlapReason, act.CeilingReason)
	}
}

func (a *Audit) letter(f *fact, u domain.UAI) {
	if letter, right := u.Check(); !right {
		a.find(UAILetter, u.String(), a.events(f.number), "letter", string(letter))
	}
}

func (a *Audit) overridden(f *fact, order domain.OrderNumber, overlap, ceiling string) {
	if overlap != "" {
		a.find(OverlapAccepted, string(order), a.events(f.number), "reason", overlap)
	}
	if ceiling != "" {
		a.find(CeilingOverridden, string(order), a.events(f.number), "reason", ceiling)
	}
}

// ceilings finds the periods of framework agreements in which, up to the day asked, what was ordered comes near the ceiling or
// goes past it.
func (a *Audit) ceilings() {
	for _, agreement := range a.g.Agreements(a.on(a.at)) {
		for _, p := range agreement.Periods {
			if p.From > a.at || p.Ceiling.IsZero() {
				continue
			}
			for _, row := range a.g.Spending(a.on(min(a.at, p.Until-1))) {
				if row.Agreement == agreement.Agreement {
					a.ceiling(&row)
				}
			}
		}
	}
}

func (a *Audit) ceiling(row *domain.SpendingRow) {
	percent, ok := row.Percent()
	kind := CeilingNear
	switch {
	case row.Past():
		kind = CeilingPassed
	case !ok || percent < domain.NearCeiling:
		return
	}
	a.find(kind, string(row.Agreement), a.events(row.Period.Event),
		"ceiling", row.Period.Ceiling.String(), "from", row.Period.From.String(), "percent", strconv.FormatInt(percent, 10), "until", row.Period.Until.String())
}
