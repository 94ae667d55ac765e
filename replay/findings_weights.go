package replay

import (
	"slices"

	"registre/domain"
	"registre/projections"
)

// totals finds stated totals that are not the sum of the weights they stand beside: in the convention, in an avenant from
// the day it is drafted, and in a change that stands alone.
func (a *Audit) totals(f *fact) {
	switch act := f.said.Act.(type) {
	case *domain.GroupFounded:
		a.totalsOf(f, act.Changes)
	case *domain.AvenantDrafted:
		a.totalsOf(f, act.Changes)
	case *domain.WeightsSet:
		a.totalsOf(f, []domain.Change{act})
	}
}

func (a *Audit) totalsOf(f *fact, changes []domain.Change) {
	for _, c := range changes {
		set, ok := c.(*domain.WeightsSet)
		if !ok || set.StatedTotal == nil {
			continue
		}
		weights := make([]domain.Weight, len(set.Weights))
		for i, w := range set.Weights {
			weights[i] = w.Weight
		}
		sum, err := domain.SumWeights(weights...)
		if err != nil || sum == *set.StatedTotal {
			continue // what cannot be added up is a finding of its own
		}
		a.find(StatedTotalMismatch, string(set.Body), a.events(f.number), "computed", sum.String(), "stated", set.StatedTotal.String())
	}
}

// undetermined finds, in every body on the day asked, the weights that nobody has given and those that cannot be added up.
func (a *Audit) undetermined() {
	q := domain.Pair{At: a.at, Known: a.known}
	for _, body := range a.g.Bodies(q) {
		if !body.Exists {
			continue
		}
		w, err := a.g.Weights(body.Body, q)
		if err != nil {
			a.find(WeightsTooFine, string(body.Body), a.events(body.Event))
			continue
		}
		for _, row := range w.Rows {
			if row.Undetermined {
				why := a.g.WhyWeight(body.Body, row.Member, q)
				a.find(WeightUndetermined, string(row.Member), why, "body", string(body.Body))
			}
		}
	}
}

// events gives events, each before the corrections that decide what it says.
func (a *Audit) events(numbers ...uint64) (found []uint64) {
	for _, n := range numbers {
		for _, n := range append([]uint64{n}, projections.Corrections(a.g, n, a.known)...) {
			if n > 0 && !slices.Contains(found, n) {
				found = append(found, n)
			}
		}
	}
	return found
}
