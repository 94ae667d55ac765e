package domain

import (
	"errors"
	"slices"
)

// table is a WeightsSet, laid out by the place of the member.
type table struct {
	set  *WeightsSet
	rows []tableRow
}

type tableRow struct {
	weight Weight
	has    bool
}

// cell is the weight of one member in one body, apart from the tables: given as it joined or passed by a succession.
type cell struct {
	weight       Weight
	heirs        []MemberID // whose weights it sums, as they were just before; nil where weight says it
	undetermined bool
}

func (c *WeightsSet) mark(p *pen) {
	t := &table{set: c}
	for _, w := range c.Weights {
		m := p.g.members.at(w.Member)
		for len(t.rows) <= m {
			t.rows = append(t.rows, tableRow{})
		}
		t.rows[m] = tableRow{weight: w.Weight, has: true}
	}
	mark(p, &p.g.bodies.get(c.Body).tables, t)
	p.doubt(TouchWeights, c.Body)
}

// WeightRow is the weight of one member in a body. Undetermined says that nobody has given it yet.
type WeightRow struct {
	Member       MemberID
	Weight       Weight
	Undetermined bool
}

// BodyWeights is the answer to: who holds how many voices?
type BodyWeights struct {
	Rows         []WeightRow // in the order of the members' ids; whoever holds none is not there
	Total        Weight      // unless Undetermined, or there are no rows
	Undetermined bool        // some row is
	Stated       *Weight     // the total that a document states for exactly these weights; a quotation
	StatedBy     uint64      // the event that quotes it
}

// Weights gives the weights in a body at q. It fails with ErrOverflow where they are too fine to be added up.
//
// A weight counts while its holder is a member and the body exists. The table last set in the body gives it, unless the
// member joined with a weight of its own, or succeeded to one, since. It takes logarithmic time in the length of the
// history and one allocation.
func (g *Group) Weights(id BodyID, q Pair) (a BodyWeights, err error) {
	b := g.bodies.find(id)
	if b == nil || !b.existsOn(q.At, q.Known) {
		return a, nil
	}
	place := endOf(q.At)
	newest := b.tables.floor(place, q.Known)
	rows, fromTable := 0, 0
	for _, m := range g.members.order {
		v := g.voice(b, m, place, newest, q.Known)
		if v.none {
			continue
		}
		if a.Rows == nil {
			a.Rows = make([]WeightRow, 0, len(g.members.order))
		}
		a.Rows = append(a.Rows, WeightRow{g.members.ids[m], v.weight, v.undetermined})
		a.Undetermined = a.Undetermined || v.undetermined
		if v.err != nil {
			return a, v.err
		}
		rows++
		if v.tabled {
			fromTable++
		}
	}
	if newest != nil && newest.Value.set.StatedTotal != nil && fromTable == rows && rows == len(newest.Value.set.Weights) {
		a.Stated, a.StatedBy = newest.Value.set.StatedTotal, newest.Place.Number
	}
	if !a.Undetermined {
		a.Total, err = total(a.Rows)
	}
	return a, err
}

func total(rows []WeightRow) (Weight, error) {
	var local [32]Weight
	ws := local[:0]
	for i := range rows {
		ws = append(ws, rows[i].Weight)
	}
	return SumWeights(ws...)
}

// voice is one member's weight, and where it comes from.
type voice struct {
	weight       Weight
	none         bool
	undetermined bool
	tabled       bool
	event        uint64
	cell         *entry[cell]
	err          error
}

// voice is what member m holds in body b at a place; newest is the table that holds there.
func (g *Group) voice(b *body, m int, p Place, newest *entry[*table], known uint64) voice {
	s := g.members.all[m].standing.floor(p, known)
	if s == nil || !s.Value.active {
		return voice{none: true}
	}
	if m < len(b.cells) && b.cells[m] != nil {
		c := b.cells[m].floor(p, known)
		if c != nil && !c.Place.less(s.Place) && (newest == nil || newest.Place.less(c.Place)) {
			return g.own(b, c, known)
		}
	}
	if newest == nil || m >= len(newest.Value.rows) || !newest.Value.rows[m].has {
		return voice{none: true}
	}
	return voice{weight: newest.Value.rows[m].weight, tabled: true, event: newest.Place.Number}
}

// own is what a cell gives: its weight, or what it sums.
func (g *Group) own(b *body, c *entry[cell], known uint64) voice {
	v := voice{weight: c.Value.weight, undetermined: c.Value.undetermined, event: c.Place.Number, cell: c}
	if c.Value.heirs == nil {
		return v
	}
	before := c.Place.before()
	newest := b.tables.floor(before, known)
	v.none = true
	for _, id := range c.Value.heirs {
		part := g.voice(b, g.members.place[id], before, newest, known)
		if part.none {
			continue
		}
		v.none = false
		v.undetermined = v.undetermined || part.undetermined
		sum, err := v.weight.Add(part.weight)
		v.weight, v.err = sum, errors.Join(v.err, part.err, err)
	}
	if v.undetermined {
		v.weight = Weight{} // a part of a sum is no weight
	}
	return v
}

// WhyWeight gives the events that a member's weight at q follows from: its membership, the table or the succession, and
// in that case those of the predecessors. Corrections of them are among them. Ascending, each once.
func (g *Group) WhyWeight(id BodyID, m MemberID, q Pair) []uint64 {
	b, i := g.bodies.find(id), g.members.find(m)
	if b == nil || i == nil || i.standing.empty(q.Known) || !b.existsOn(q.At, q.Known) {
		return nil
	}
	var found []uint64
	if e := b.life.on(q.At, q.Known); e != nil {
		found = append(found, e.Place.Number)
	}
	g.whyVoice(b, m, endOf(q.At), q.Known, &found)
	return g.withCorrections(found, q.Known)
}

func (g *Group) whyVoice(b *body, id MemberID, p Place, known uint64, found *[]uint64) {
	m := g.members.place[id]
	if s := g.members.all[m].standing.floor(p, known); s != nil {
		*found = append(*found, s.Place.Number)
	}
	v := g.voice(b, m, p, b.tables.floor(p, known), known)
	if v.none {
		return
	}
	*found = append(*found, v.event)
	if v.cell != nil {
		for _, heir := range v.cell.Value.heirs {
			g.whyVoice(b, heir, v.cell.Place.before(), known, found)
		}
	}
}

// withCorrections adds to each event the correction that decides what it says, and orders them.
func (g *Group) withCorrections(events []uint64, known uint64) []uint64 {
	for _, n := range events {
		if c := g.CorrectedBy(n, known); c > 0 {
			events = append(events, c)
		}
	}
	slices.Sort(events)
	return slices.Compact(events)
}
