package domain

import "iter"

// Proceedings tells what is said of a sitting at q, in its order: by days, and of one day in that of the register. Numbers are
// those of the events.
func (g *Group) Proceedings(id SittingID, q Pair) iter.Seq2[uint64, Act] {
	return func(yield func(uint64, Act) bool) {
		s := g.sittings.find(id)
		if s == nil {
			return
		}
		for e := range s.log.from(FirstDay, q.Known) {
			if e.Place.Day > q.At || !yield(e.Place.Number, e.Value) {
				return
			}
		}
	}
}

// Electorate gives who votes in a body at q on items of a kind, and with which weight, in the order of their ids. Where a weight
// is undetermined it gives who holds one; where no text says how the body decides, nobody.
func (g *Group) Electorate(id BodyID, kind ItemKind, q Pair) []WeightRow {
	rule, _ := g.VotingRule(id, kind, q)
	if rule == nil {
		return nil
	}
	rows, broken, _ := g.voters(id, rule, q)
	if broken != WeightUndetermined {
		return rows
	}
	w, _ := g.Weights(id, q)
	return w.Rows
}
