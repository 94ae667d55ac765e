package replay

import "registre/domain"

// carried are the changes that a decision carries, as known: those of its item, where it was adopted, whether it still stands or not.
func (b *Book) carried(n, known uint64) []domain.Act {
	d, ok := b.Group.Decision(n, domain.Pair{At: domain.LastDay, Known: known})
	if !ok || d.Item == nil || d.Outcome != domain.Adopted {
		return nil
	}
	acts := make([]domain.Act, len(d.Item.Changes))
	for i, c := range d.Item.Changes {
		acts[i] = c
	}
	return acts
}

// undone are the changes that an act takes back, or brings back: those of a decision that a court annuls, or does not any more.
func (b *Book) undone(act domain.Act, known uint64) []domain.Act {
	switch act := act.(type) {
	case *domain.DecisionAnnulled:
		return b.carried(act.Decision, known)
	case *domain.AnnulmentLifted:
		said, _ := b.Group.Said(act.Annulment, known)
		if annulled, ok := said.Act.(*domain.DecisionAnnulled); ok {
			return b.carried(annulled.Decision, known)
		}
	}
	return nil
}
