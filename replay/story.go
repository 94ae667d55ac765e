package replay

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// An Item is one event in a group's story. Sentences are made of it elsewhere.
type Item struct {
	Act          domain.Act             `json:"-"` // as its words now stand; of a void event, as it was recorded
	CorrectedBy  uint64                 `json:"corrected_by,omitzero"`
	Data         jsontext.Value         `json:"data"` // Act, in the wire form of its newest version
	Draft        *domain.AvenantDrafted `json:"-"`    // of an avenant that enters into force: what it changes
	Effective    domain.Date            `json:"effective"`
	Illustrative string                 `json:"illustrative,omitempty"`
	Late         bool                   `json:"late,omitzero"` // recorded on a day in Paris after the effective one
	Number       uint64                 `json:"number"`
	Precision    string                 `json:"precision,omitempty"` // of effective: "month" or "year"; left out for a day
	Recorded     domain.Instant         `json:"recorded"`
	Type         string                 `json:"type"`
	Undocumented bool                   `json:"undocumented,omitzero"` // it names no evidence, the minutes of a sitting are not its document, and it adds none
	Void         bool                   `json:"void,omitzero"`         // a correction said that it never was
}

// Story tells what happened up to the day p.At (0: without end), as known: the events by effective day, then by number. A
// corrected event stands where its words now put it, a void one where it stood. It fails where an act has no wire form,
// which no event that was decoded has.
func Story(b *Book, p domain.Pair) ([]Item, error) {
	known := min(p.Known, b.Head())
	items := []Item{}
	for n := uint64(1); n <= known; n++ {
		said, stands := b.said(n, known)
		if p.At != 0 && said.Effective.First > p.At {
			continue
		}
		item, err := b.item(n, known, said, stands)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	slices.SortStableFunc(items, func(a, b Item) int { return int(a.Effective.First) - int(b.Effective.First) })
	return items, nil
}

func (b *Book) item(n, known uint64, said domain.Event, stands bool) (Item, error) {
	e := b.envelope(n)
	data, err := dataOf(e, said)
	if err != nil {
		return Item{}, fmt.Errorf("event %d: %w", n, err)
	}
	item := Item{
		Act: said.Act, CorrectedBy: b.Group.CorrectedBy(n, known), Data: data, Effective: said.Effective,
		Illustrative: e.Illustrative, Late: late(e, said.Effective), Number: n, Precision: precision(said.Effective),
		Recorded: e.Recorded, Type: e.Type, Undocumented: len(e.Evidence) == 0 && !domain.InMinutes(e.Act) && !isItsDocument(e.Act), Void: !stands,
	}
	if entered, ok := said.Act.(*domain.AvenantEnteredIntoForce); ok {
		item.Draft, _ = projections.Draft(b.Group, entered.Avenant, known)
	}
	return item, nil
}

// late reports whether an event was recorded on a day in Paris after the last one that its date can be.
func late(e *eventstore.Envelope, effective domain.Date) bool {
	return e.Recorded.Day() >= effective.End()
}

// dataOf is the wire form of what an event now says.
func dataOf(e *eventstore.Envelope, said domain.Event) (jsontext.Value, error) {
	command := domain.Command{ID: e.Command, Group: e.Group, Actor: e.Actor}
	now := eventstore.NewEnvelope(&command, said, e.Number, e.ID, e.Recorded)
	body, err := now.Append(nil)
	if err != nil {
		return nil, err
	}
	var parts struct {
		Data jsontext.Value `json:"data"`
	}
	err = json.Unmarshal(body, &parts)
	return parts.Data, err
}
