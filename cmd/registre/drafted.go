package main

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
	"registre/replay"
)

func init() {
	besides["before"] = (*local).before
	besides["drafted"] = (*local).drafted
}

// A draft is what a verb takes from a sitting as it stands: no event is read for it, since the state is at hand.
type draft struct {
	make    string
	sitting domain.SittingID
	item    domain.ItemID // of draftItem
}

// What is drafted.
const (
	draftSecond  = "second"  // what a second notice takes over: SittingConvened, with the items that were not dealt with
	draftPresent = "present" // who is to be there: SittingOpened
	draftItem    = "item"    // an item as it was put: ItemAmended
)

// of is the draft as a group tells it; nil where there is no such sitting, or nothing to take from it.
func (d draft) of(g *domain.Group) domain.Act {
	s, ok := g.Sitting(d.sitting, domain.Now(domain.LastDay))
	if !ok {
		return nil
	}
	switch d.make {
	case draftSecond:
		act := *s.Convened
		act.Agenda = g.LeftFor(d.sitting)
		return &act
	case draftPresent:
		if all := convenedTo(g, d.sitting); len(all) > 0 {
			return &domain.SittingOpened{Present: all, Sitting: d.sitting}
		}
	case draftItem:
		if i := s.Item(d.item); i != nil {
			return &domain.ItemAmended{AgendaItem: i.AgendaItem, Sitting: d.sitting}
		}
	}
	return nil
}

// draftTold is a draft as the body of an event that nobody records, which is the form that an act has.
type draftTold struct {
	Body []byte `json:"body,omitempty"` // none where there is nothing to draft
}

// drafted answers "drafted".
func (l *local) drafted(ctx context.Context, q Question) (json.RawMessage, error) {
	d := draft{make: q.More["make"], sitting: domain.SittingID(q.More["sitting"]), item: domain.ItemID(q.More["item"])}
	var told draftTold
	err := l.ledger.View(ctx, domain.GroupID(q.Group), func(v *eventstore.View) (err error) {
		told, err = d.told(v.State, domain.GroupID(q.Group))
		return err
	})
	if err != nil {
		return nil, err
	}
	return encode(told)
}

func (d draft) told(g *domain.Group, group domain.GroupID) (told draftTold, err error) {
	act := d.of(g)
	if act == nil {
		return told, nil
	}
	c := domain.Command{ID: uuid.Max, Group: group, Actor: "-"}
	e := eventstore.NewEnvelope(&c, domain.Event{Act: act, Effective: domain.OnDay(domain.FirstDay)}, 1, uuid.Max, domain.EndOfDay(domain.FirstDay))
	told.Body, err = e.Append(nil)
	return told, err
}

// drafted asks for a draft. Where the command was recorded before, it is drafted from the events before it, as it was then.
func (b *bringing) drafted(group string, d draft) (domain.Act, error) {
	on, err := b.a.open(b.ctx, false)
	if err != nil {
		return nil, err
	}
	first, err := b.first(on, group)
	if err != nil {
		return nil, err
	}
	if first > 0 {
		book, err := replay.Fold(until(replay.Decoded(on.Records(b.ctx, domain.GroupID(group), 0, false)), first-1))
		return d.of(book.Group), err
	}
	told, err := answerTo[draftTold](b.ctx, on, Question{
		Kind: "drafted", Group: group, More: asking("make", d.make, "sitting", string(d.sitting), "item", string(d.item)),
	})
	if err != nil || told.Body == nil {
		return nil, err
	}
	e, err := eventstore.Decode(told.Body)
	return e.Act, err
}

// beforeTold is where a command was recorded.
type beforeTold struct {
	First uint64 `json:"first"` // its first event; 0 for none
}

// before answers "before": whether a command is in a register.
func (l *local) before(ctx context.Context, q Question) (json.RawMessage, error) {
	id, err := uuid.Parse(q.More["command"])
	if err != nil {
		return nil, inFlag("uuid-form", "--id", q.More["command"])
	}
	var told beforeTold
	err = l.ledger.View(ctx, domain.GroupID(q.Group), func(v *eventstore.View) error { told.First = v.First(id); return nil })
	if err != nil {
		return nil, err
	}
	return encode(told)
}

// first is the event of the command, where it was recorded before; 0 where it is new.
func (b *bringing) first(on desk, group string) (uint64, error) {
	if b.id == "" {
		return 0, nil
	}
	if _, err := b.commandID(); err != nil {
		return 0, err
	}
	told, err := answerTo[beforeTold](b.ctx, on, Question{Kind: "before", Group: group, More: asking("command", b.id)})
	return told.First, err
}
