package domain_test

import . "registre/domain"

// What the oracle says of decisions: those that were annulled from their beginning never were, unless that was lifted.

// neverWere are the decisions that some annulment, that nothing has lifted, lets never have been.
func neverWere(says []*Event) map[uint64]bool {
	lifted, never := map[uint64]bool{}, map[uint64]bool{}
	for _, e := range says {
		if e == nil {
			continue
		}
		if a, ok := e.Act.(*AnnulmentLifted); ok {
			lifted[a.Annulment] = true
		}
	}
	for i, e := range says {
		if e == nil {
			continue
		}
		if a, ok := e.Act.(*DecisionAnnulled); ok && a.From == 0 && !lifted[uint64(i+1)] {
			never[a.Decision] = true
		}
	}
	return never
}

// changesOfItem are what an item changes, as the event says it that defines it.
func changesOfItem(e *Event, id ItemID) []Change {
	if e == nil {
		return nil
	}
	var items []AgendaItem
	switch a := e.Act.(type) {
	case *SittingConvened:
		items = a.Agenda
	case *ItemAdded:
		items = []AgendaItem{a.AgendaItem}
	case *ItemAmended:
		items = []AgendaItem{a.AgendaItem}
	case *ItemDivided:
		items = a.Parts
	}
	for _, i := range items {
		if i.Item == id {
			return i.Changes
		}
	}
	return nil
}
