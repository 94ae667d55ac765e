package replay

import (
	"registre/domain"
	"registre/projections"
)

// undone are the changes that an act takes back, or brings back: those of a decision that a court annuls, or does not any more.
func (b *Book) undone(act domain.Act, known uint64) []domain.Act {
	switch act := act.(type) {
	case *domain.DecisionAnnulled:
		return projections.Carried(b.Group, act.Decision, known)
	case *domain.AnnulmentLifted:
		said, _ := b.Group.Said(act.Annulment, known)
		if annulled, ok := said.Act.(*domain.DecisionAnnulled); ok {
			return projections.Carried(b.Group, annulled.Decision, known)
		}
	}
	return nil
}
