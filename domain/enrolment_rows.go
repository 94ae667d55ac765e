package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// How what was added up becomes rows. Values are put in the order of their texts by numbers of them, so that many rows are
// sorted without looking at a text.

// EnrolmentRows are the rows of an answer, in the order of their keys. Their texts are made when they are asked for. They stay
// as they are whatever is evolved.
type EnrolmentRows struct {
	by     []texts
	narrow []narrowRow // as long as all fit
	wide   []enrolmentRow
}

// An enrolmentRow is one row, with its keys by their numbers.
type enrolmentRow struct {
	keys            [2]uint32
	gross, distinct int64
	lines, unknown  int32
}

// A narrowRow is a row of a few lines, in half the room: an answer by school has tens of thousands, and whoever obtains memory has
// to look for the collector's share beside all that a nation keeps.
type narrowRow struct {
	keys           [2]uint32
	gross          uint32
	taken          uint16
	lines, unknown uint8
}

// row is row i.
func (r *EnrolmentRows) row(i int) enrolmentRow {
	if r.wide != nil {
		return r.wide[i]
	}
	return r.narrow[i].wide()
}

func (n *narrowRow) wide() enrolmentRow {
	return enrolmentRow{n.keys, int64(n.gross), int64(n.gross) - int64(n.taken), int32(n.lines), int32(n.unknown)}
}

func (r *EnrolmentRows) keys(i int) [2]uint32 {
	if r.wide != nil {
		return r.wide[i].keys
	}
	return r.narrow[i].keys
}

// texts are the dimension that tells rows apart, and how its values are spelled.
type texts struct {
	by Dimension
	of func(uint32) string
}

// Len is how many rows there are.
func (r *EnrolmentRows) Len() int { return len(r.narrow) + len(r.wide) }

// Keys is how many keys each row has: one for each dimension asked for, two at most; it may have none where there is no row.
func (r *EnrolmentRows) Keys() int { return len(r.by) }

// Figure is what the lines of row i come to.
func (r *EnrolmentRows) Figure(i int) Figure {
	row := r.row(i)
	return Figure{row.gross, row.distinct, int(row.lines), int(row.unknown)}
}

// AppendKey appends the text of key j of row i to b, as Column gives it.
func (r *EnrolmentRows) AppendKey(b []byte, i, j int) []byte {
	value := r.keys(i)[j]
	if r.by[j].by == BySchool {
		b, _ = UAI(value).AppendText(b)
		return b
	}
	return append(b, r.by[j].of(value)...)
}

// Column gives key j of each row.
func (r *EnrolmentRows) Column(j int) []string {
	column := make([]string, r.Len())
	if r.by[j].by != BySchool {
		for i := range r.Len() {
			column[i] = r.by[j].of(r.keys(i)[j])
		}
		return column
	}
	var all strings.Builder // one text for all of them
	all.Grow(r.Len() * len(uaiForm))
	var room [len(uaiForm)]byte
	for i := range r.Len() {
		text, _ := UAI(r.keys(i)[j]).AppendText(room[:0])
		all.Write(text)
	}
	for i := range column {
		column[i] = all.String()[i*len(uaiForm):][:len(uaiForm)]
	}
	return column
}

// All gives the rows with their texts; nil where there is none.
func (r *EnrolmentRows) All() []EnrolmentRow {
	if r.Len() == 0 {
		return nil
	}
	n := len(r.by)
	keys, rows := make([]string, r.Len()*n), make([]EnrolmentRow, r.Len())
	for j := range r.by {
		for i, text := range r.Column(j) {
			keys[i*n+j] = text
		}
	}
	for i := range r.Len() {
		rows[i] = EnrolmentRow{keys[i*n : (i+1)*n : (i+1)*n], r.Figure(i)}
	}
	return rows
}

// String is all rows, for people to look at.
func (r EnrolmentRows) String() string { return fmt.Sprint(r.All()) }

// rowRoom is where rows are made. It is used again: an answer by school has tens of thousands, and what each needed anew would
// be the collector's to look for beside all that a nation keeps.
type rowRoom struct {
	sums         []sum
	order, other []placed
	dense        [maxDense]uint32 // zeros between answers
}

var rowRooms = sync.Pool{New: func() any { return new(rowRoom) }}

// maxDense bounds how many pairs of values find their sum by a number.
const maxDense = 1 << 12

// rows gives what was added up, in the order of its keys, each once, and what it all comes to.
func (v *viewing) rows() (total Figure, rows EnrolmentRows) {
	var all summed
	if len(v.by) == 0 {
		for i := range v.sums {
			all = all.plus(&v.sums[i].summed)
		}
		return figure(all.gross, all.taken), rows
	}
	order := v.order()
	rows.narrow = make([]narrowRow, 0, keysIn(order))
	for len(order) > 0 {
		s := &v.sums[order[0].at]
		key, keys, t := order[0].key, s.keys, s.summed
		for order = order[1:]; len(order) > 0 && order[0].key == key; order = order[1:] {
			t = t.plus(&v.sums[order[0].at].summed)
		}
		all = all.plus(&t)
		rows.add(keys, &t)
	}
	rows.by = v.spellings()
	return figure(all.gross, all.taken), rows
}

// add adds a row, where there is any line.
func (r *EnrolmentRows) add(keys [2]uint32, t *summed) {
	if t.gross.IsZero() {
		return
	}
	row := enrolmentRow{keys, t.gross.Sum, t.gross.Sum - t.taken.Sum, t.gross.Lines, t.gross.Unknown - t.taken.Unknown}
	if r.wide == nil {
		n := narrowRow{keys, uint32(t.gross.Sum), uint16(t.taken.Sum), uint8(row.lines), uint8(row.unknown)}
		if n.wide() == row {
			r.narrow = append(r.narrow, n)
			return
		}
		r.widen()
	}
	r.wide = append(r.wide, row)
}

// widen makes room for rows of any size.
func (r *EnrolmentRows) widen() {
	r.wide = make([]enrolmentRow, 0, cap(r.narrow))
	for i := range r.narrow {
		r.wide = append(r.wide, r.narrow[i].wide())
	}
	r.narrow = nil
}

func (v *viewing) spellings() (all []texts) {
	for _, d := range v.by {
		all = append(all, texts{d, v.spelling(d)})
	}
	return all
}

func (t summed) plus(u *summed) summed { return summed{t.gross.Plus(u.gross), t.taken.Plus(u.taken)} }

// placed is the place of a sum, or what a line adds to one, by a number that sorts as its keys do.
type placed struct {
	key   uint64
	at    uint32 // of a line its headcount
	taken bool   // of a line: another order form has its pupils
}

// keysIn is how many different keys there are, where all is in their order.
func keysIn(all []placed) (n int) {
	for i := range all {
		if i == 0 || all[i-1].key != all[i].key {
			n++
		}
	}
	return n
}

// keyOf is a number that sorts as the texts of some keys do.
func (v *viewing) keyOf(keys *[2]uint32) uint64 {
	key := v.ranked[0].of(keys[0])
	if len(v.by) > 1 {
		key = key*v.ranked[1].count + v.ranked[1].of(keys[1])
	}
	return key
}

// rank looks up the order of the values that tell rows apart; where these are few, sums are found by it.
func (v *viewing) rank() {
	all := uint64(1)
	for i, d := range v.by {
		v.ranked[i] = v.ranks(d)
		all *= v.ranked[i].count
	}
	if len(v.by) > 0 && all <= maxDense {
		v.dense = v.room.dense[:all]
	}
}

// order gives the places of sums, in the order of their keys.
func (v *viewing) order() []placed {
	order := slices.Grow(v.room.order[:0], len(v.sums))
	if v.dense != nil {
		for key, at := range v.dense {
			if at > 0 {
				order = append(order, placed{key: uint64(key), at: at - 1})
				v.dense[key] = 0
			}
		}
	} else {
		for i := range v.sums {
			order = append(order, placed{key: v.keyOf(&v.sums[i].keys), at: uint32(i)})
		}
		order, v.room.other = sortPlaced(order, v.room.other)
	}
	v.room.order = order
	return order
}

// ranks say of each value of a dimension which it is in the order of their texts.
type ranks struct {
	all   []uint32 // of values by their numbers; nil where the numbers are in that order themselves
	count uint64   // more than any of them
}

// of is the rank of a value. That of nobody, whose text is none, is the first.
func (r *ranks) of(value uint32) uint64 {
	switch {
	case value == nobody:
		return 0
	case r.all == nil:
		return uint64(value) + 1
	}
	return uint64(r.all[value])
}

func (v *viewing) ranks(d Dimension) ranks {
	switch d {
	case BySchool:
		return ranks{count: uint64(maxUAI) + 2}
	case BySchoolYear:
		return ranks{count: 1 << 16}
	case ByMember, ByFormerly:
		return ranksIn(v.g.members.order)
	case ByAgreement:
		return ranksIn(v.g.agreements.order)
	case ByCycle:
		return ranksOf(v.c.cycles.all)
	case ByHeadcountKind:
		return ranksOf(v.c.kinds.all)
	}
	return ranksOf(v.c.schoolKinds.all)
}

// ranksIn are those of ids by their places, which stand in the order of the ids.
func ranksIn(order []int) ranks {
	all := make([]uint32, len(order))
	for i, at := range order {
		all[at] = uint32(i) + 1
	}
	return ranks{all, uint64(len(order)) + 1}
}

// ranksOf are those of texts by their places. That of no text is the first, as nobody's is.
func ranksOf[T ~string](texts []T) ranks {
	order := make([]uint32, len(texts))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(texts[a], texts[b]) })
	all := make([]uint32, len(texts))
	for i, at := range order {
		if texts[at] != "" {
			all[at] = uint32(i) + 1
		}
	}
	return ranks{all, uint64(len(texts)) + 1}
}

// digitBits is how many bits of a number sortPlaced looks at in one go.
const digitBits = 11

// sortPlaced sorts by key, equal ones in the order in which they come, in place or in the room, and gives what is room then.
func sortPlaced(all, room []placed) (sorted, other []placed) {
	if slices.IsSortedFunc(all, comparePlaced) {
		return all, room
	}
	if len(all) < 1<<digitBits {
		slices.SortStableFunc(all, comparePlaced)
		return all, room
	}
	most := uint64(0)
	for i := range all {
		most = max(most, all[i].key)
	}
	other = slices.Grow(room[:0], len(all))[:len(all)]
	for shift := 0; most>>shift > 0; shift += digitBits {
		var begin [1 << digitBits]uint32
		for i := range all {
			begin[all[i].key>>shift&(1<<digitBits-1)]++
		}
		at := uint32(0)
		for i, n := range begin {
			begin[i], at = at, at+n
		}
		for i := range all {
			to := &begin[all[i].key>>shift&(1<<digitBits-1)]
			other[*to] = all[i]
			*to++
		}
		all, other = other, all
	}
	return all, other
}

func comparePlaced(a, b placed) int { return cmp.Compare(a.key, b.key) }
