package main

import (
	"encoding/json"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// resolved gives what the adopted resolutions of a sitting change, each as the register keeps it.
func (a *asked) resolved(m *projections.Minutes) (map[string]json.RawMessage, error) {
	s, ok := a.state.Sitting(m.Sitting, a.Pair())
	if !ok {
		return nil, nil
	}
	all := map[string]json.RawMessage{}
	for _, i := range s.Agenda {
		if len(i.Changes) == 0 {
			continue
		}
		changes, err := a.keptChanges(i)
		if err != nil {
			return nil, err
		}
		all[string(i.Item)] = changes
	}
	return all, nil
}

// keptChanges are the changes of an item in the form in which an event that adds it keeps them.
func (a *asked) keptChanges(i *domain.Item) (json.RawMessage, error) {
	of, err := a.envelope(i.Defined)
	if err != nil {
		return nil, err
	}
	command := domain.Command{ID: of.Command, Group: of.Group, Actor: of.Actor}
	event := domain.Event{Effective: of.Effective, Act: &domain.ItemAdded{AgendaItem: i.AgendaItem, Sitting: "x"}}
	e := eventstore.NewEnvelope(&command, event, of.Number, of.ID, of.Recorded)
	body, err := e.Append(nil)
	if err != nil {
		return nil, err
	}
	var kept struct {
		Data struct{ Changes json.RawMessage }
	}
	err = json.Unmarshal(body, &kept)
	return kept.Data.Changes, err
}
