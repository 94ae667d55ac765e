package domain

import (
	"errors"
	"slices"
	"strings"
)

// table is a WeightsSet, in the order of the members' ids.
type table struct {
	set     *WeightsSet
	weights []MemberWeight // each member once
	members []int32        // their places
	total   Weight
	err     error // that there is no total
}

// cell is the weight of one member in one body, apart from the tables: given as it joined or passed by a succession.
type cell struct {
	weight       Weight
	heirs        []MemberID // whose weights it sums, as they were just before; nil where weight says it
	undetermined bool
}

func (c *WeightsSet) mark(p *pen) {
	var t *table
	if !p.erase {
		t = c.table(p.g)
	}
	mark(p, &p.g.bodies.get(c.Body).tables, t)
	p.doubt(TouchWeights, c.Body)
}

func (c *WeightsSet) table(g *Group) *table {
	t := &table{set: c, weights: ordered(c.Weights)}
	t.members = make([]int32, len(t.weights))
	for i := range t.weights {
		t.members[i] = int32(g.members.at(t.weights[i].Member))
	}
	var local [32]Weight
	ws := local[:0]
	for i := range t.weights {
		ws = append(ws, t.weights[i].Weight)
	}
	t.total, t.err = SumWeights(ws...)
	return t
}

// ordered gives a table in the order of the members' ids: itself, where it is. Of several weights of one member, which no
// command gives, the last counts.
func ordered(weights []MemberWeight) []MemberWeight {
	compare := func(a, b MemberWeight) int { return strings.Compare(string(a.Member), string(b.Member)) }
	for i := 1; i < len(weights); i++ {
		if compare(weights[i-1], weights[i]) >= 0 {
			sorted := slices.Clone(weights)
			slices.Reverse(sorted)
			slices.SortStableFunc(sorted, compare)
			return slices.CompactFunc(sorted, func(a, b MemberWeight) bool { return a.Member == b.Member })
		}
	}
	return weights
}

// of is the weight of a member; nil where the table gives it none.
func (t *table) of(id MemberID) *MemberWeight {
	i, ok := slices.BinarySearchFunc(t.weights, id, func(w MemberWeight, id MemberID) int { return strings.Compare(string(w.Member), string(id)) })
	if !ok {
		return nil
	}
	return &t.weights[i]
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
func (g *Group) Weights(id BodyID, q Pair) (BodyWeights, error) { return g.AppendWeights(nil, id, q) }

// AppendWeights is [Group.Weights], with its rows in the room that rows has. It allocates nothing where that is enough.
func (g *Group) AppendWeights(rows []WeightRow, id BodyID, q Pair) (a BodyWeights, err error) {
	b := g.bodies.find(id)
	if b == nil || !b.existsOn(q.At, q.Known) {
		return a, nil
	}
	place, fromTable := endOf(q.At), 0
	newest := b.tables.floor(place, q.Known)
	for h := g.holders(b, newest); h.next(); {
		v := g.voice(b, h.member, h.row, place, newest, q.Known)
		if v.none {
			continue
		}
		if a.Rows == nil {
			a.Rows = slices.Grow(rows[:0], h.likely())
		}
		a.Rows = append(a.Rows, WeightRow{g.members.ids[h.member], v.weight, v.undetermined})
		a.Undetermined = a.Undetermined || v.undetermined
		if v.err != nil {
			return a, v.err
		}
		if v.tabled {
			fromTable++
		}
	}
	if newest != nil && fromTable == len(a.Rows) && fromTable == len(newest.Value.set.Weights) {
		if newest.Value.set.StatedTotal != nil {
			a.Stated, a.StatedBy = newest.Value.set.StatedTotal, newest.Place.Number
		}
		a.Total, err = newest.Value.total, newest.Value.err
	} else if !a.Undetermined {
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

// holders goes through all who can hold a weight, in the order of their ids: those in a table, and the owners of weights
// apart from it.
type holders struct {
	ids     []MemberID
	weights []MemberWeight // the table, as far as it is still to come
	members []int32        // their places
	owners  []int32
	member  int           // the one that it has come to
	row     *MemberWeight // its weight in the table
}

func (g *Group) holders(b *body, newest *entry[*table]) (h holders) {
	h.ids, h.owners = g.members.ids, b.owners
	if newest != nil {
		h.weights, h.members = newest.Value.weights, newest.Value.members
		if !newest.Place.less(b.lastOwn) {
			h.owners = nil // all that they own is older than the table
		}
	}
	return h
}

// likely is about how many rows come of those at hand and behind: with a table, few hold what is newer.
func (h *holders) likely() int {
	if len(h.members) == 0 {
		return 1 + len(h.owners)
	}
	return 1 + len(h.members) + min(len(h.owners), 2)
}

// next goes to the next holder; false where there is none.
func (h *holders) next() bool {
	order := -1 // of the next in the table, to the next owner
	switch {
	case len(h.owners) == 0 && len(h.members) == 0:
		return false
	case len(h.members) == 0:
		order = +1
	case len(h.owners) > 0:
		order = strings.Compare(string(h.weights[0].Member), string(h.ids[h.owners[0]]))
	}
	h.row = nil
	if order >= 0 {
		h.member, h.owners = int(h.owners[0]), h.owners[1:]
	}
	if order <= 0 {
		h.member, h.row = int(h.members[0]), &h.weights[0]
		h.members, h.weights = h.members[1:], h.weights[1:]
	}
	return true
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

// voiceOf is what member m holds in body b at a place; newest is the table that holds there.
func (g *Group) voiceOf(b *body, m int, p Place, newest *entry[*table], known uint64) voice {
	var row *MemberWeight
	if newest != nil {
		row = newest.Value.of(g.members.ids[m])
	}
	return g.voice(b, m, row, p, newest, known)
}

// voice is voiceOf of a member whose row in the table is known.
func (g *Group) voice(b *body, m int, row *MemberWeight, p Place, newest *entry[*table], known uint64) voice {
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
	if row == nil {
		return voice{none: true}
	}
	return voice{weight: row.Weight, tabled: true, event: newest.Place.Number}
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
		part := g.voiceOf(b, g.members.place[id], before, newest, known)
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
	return g.AppendWhyWeight(nil, id, m, q)
}

// AppendWhyWeight appends to found what WhyWeight gives.
func (g *Group) AppendWhyWeight(found []uint64, id BodyID, m MemberID, q Pair) []uint64 {
	b, i := g.bodies.find(id), g.members.find(m)
	if b == nil || i == nil || i.standing.empty(q.Known) || !b.existsOn(q.At, q.Known) {
		return found
	}
	from := len(found)
	if e := b.life.on(q.At, q.Known); e != nil {
		found = append(found, e.Place.Number)
	}
	g.whyVoice(b, m, endOf(q.At), q.Known, &found)
	return g.withCorrections(found, from, q.Known)
}

func (g *Group) whyVoice(b *body, id MemberID, p Place, known uint64, found *[]uint64) {
	m := g.members.place[id]
	if s := g.members.all[m].standing.floor(p, known); s != nil {
		*found = append(*found, s.Place.Number)
	}
	v := g.voiceOf(b, m, p, b.tables.floor(p, known), known)
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

// withCorrections adds to each event from a place on the correction that decides what it says, and orders them.
func (g *Group) withCorrections(events []uint64, from int, known uint64) []uint64 {
	for _, n := range events[from:] {
		if c := g.CorrectedBy(n, known); c > 0 {
			events = append(events, c)
		}
	}
	return sortedFrom(events, from)
}

// sortedFrom orders events from a place on, each once.
func sortedFrom(events []uint64, from int) []uint64 {
	slices.Sort(events[from:])
	return events[:from+len(slices.Compact(events[from:]))]
}
