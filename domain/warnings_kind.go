package domain

import "slices"

// WarnKind: an item has a kind for which the body has no rule of its own, so that the rule of all items holds for it.
const WarnKind = "kind-without-rule"

// OwnRule reports whether the body has a rule of its own for items of a kind at q; others are the kinds for which it has one.
func (g *Group) OwnRule(body BodyID, kind ItemKind, q Pair) (own bool, others []ItemKind) {
	for _, r := range g.VotingRules(body, q) {
		if r.Kind != "" {
			others = append(others, r.Kind)
		}
	}
	return slices.Contains(others, kind), others
}

// ItemSaid is an item as event n says it, as known; ok is false where that event does not.
func (g *Group) ItemSaid(n uint64, id ItemID, known uint64) (item AgendaItem, ok bool) {
	said, _ := g.Said(n, known)
	i := itemOf(said.Act, id)
	if i == nil {
		return item, false
	}
	return *i, true
}

// warnKinds warns of items of an agenda whose kinds have no rule of their own in the body on its day.
func (g *Group) warnKinds(body BodyID, day Day, items ...AgendaItem) (all []Warning) {
	for i := range items {
		if items[i].Kind == "" {
			continue
		}
		if own, others := g.OwnRule(body, items[i].Kind, Now(day)); !own {
			all = append(all, Warning{Kind: WarnKind, Body: body, Item: items[i].Item, Of: items[i].Kind, Others: others})
		}
	}
	return all
}

// warnItems warns of items that come on the agenda of a sitting, or are put to vote in it, on a day.
func (g *Group) warnItems(id SittingID, day Day, items ...AgendaItem) []Warning {
	s := g.session(id)
	if s == nil {
		return nil
	}
	return g.warnKinds(s.Convened.Body, max(day, s.Convened.Day), items...)
}

// warnVote warns once more as an item is put to vote.
func (g *Group) warnVote(a *ItemPutToVote, day Day) []Warning {
	s := g.session(a.Sitting)
	if s == nil || s.Item(a.Item) == nil {
		return nil
	}
	return g.warnItems(a.Sitting, day, s.Item(a.Item).AgendaItem)
}
