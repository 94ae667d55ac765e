package projections

import "registre/domain"

// Draft is what a text says as known, and the event that drafted it; nil where that is void or was never said, and of a convention.
func Draft(g *domain.Group, id domain.TextID, known uint64) (*domain.AvenantDrafted, uint64) {
	event, _, ok := g.Drafted(id, domain.Pair{At: domain.LastDay, Known: known})
	if !ok {
		return nil, 0
	}
	said, _ := g.Said(event, known)
	d, _ := said.Act.(*domain.AvenantDrafted)
	return d, event
}

// Carried are the changes of the decision that event n proclaims, as known; none where it adopted none.
func Carried(g *domain.Group, n, known uint64) []domain.Act {
	d, ok := g.Decision(n, domain.Pair{At: domain.LastDay, Known: known})
	if !ok || d.Item == nil || d.Outcome != domain.Adopted {
		return nil
	}
	return acts(d.Item.Changes)
}

// Brought are what event n, which says act, brings about, as known: itself, or, of a text in force or a decision adopted, its
// changes. A decision that a court annulled from its beginning brings nothing about.
func Brought(g *domain.Group, n uint64, act domain.Act, known uint64) []domain.Act {
	switch act := act.(type) {
	case *domain.GroupFounded:
		return acts(act.Changes)
	case *domain.AvenantEnteredIntoForce:
		if d, _ := Draft(g, act.Avenant, known); d != nil {
			return acts(d.Changes)
		}
		return nil
	case *domain.DecisionProclaimed:
		if d, _ := g.Decision(n, domain.Pair{At: domain.LastDay, Known: known}); d.Legal == domain.AnnulledStart {
			return nil
		}
		return Carried(g, n, known)
	}
	return []domain.Act{act}
}

func acts(changes []domain.Change) []domain.Act {
	all := make([]domain.Act, len(changes))
	for i, c := range changes {
		all[i] = c
	}
	return all
}
