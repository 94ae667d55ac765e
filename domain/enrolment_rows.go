package domain

import (
	"cmp"
	"slices"
	"strings"
)

// How what was added up becomes rows. Values are put in the order of their texts by numbers of them, so that many rows are
// sorted without looking at a text.

// rows gives what was added up, in the order of its keys, each once, and what it all comes to.
func (v *viewing) rows() (total Figure, rows []EnrolmentRow) {
	var gross, taken LineSum
	for i := range v.sums {
		gross, taken = gross.Plus(v.sums[i].gross), taken.Plus(v.sums[i].taken)
	}
	if len(v.by) > 0 {
		v.gather()
		rows = v.spelled()
	}
	return figure(gross, taken), rows
}

// placed is the place of a sum, by a number that sorts as its keys do.
type placed struct {
	key uint64
	at  uint32
}

// gather puts sums in the order of their keys, and together where these are the same.
func (v *viewing) gather() {
	var ranks [2]ranks
	for i, d := range v.by {
		ranks[i] = v.ranks(d)
	}
	order := make([]placed, len(v.sums))
	for i := range v.sums {
		keys := &v.sums[i].keys
		key := ranks[0].of(keys[0])
		if len(v.by) > 1 {
			key = key*ranks[1].count + ranks[1].of(keys[1])
		}
		order[i] = placed{key, uint32(i)}
	}
	order = sortPlaced(order)
	sums := make([]sum, 0, len(order))
	for i, p := range order {
		s := &v.sums[p.at]
		if i > 0 && order[i-1].key == p.key {
			last := &sums[len(sums)-1]
			last.gross, last.taken = last.gross.Plus(s.gross), last.taken.Plus(s.taken)
			continue
		}
		sums = append(sums, *s)
	}
	v.sums = slices.DeleteFunc(sums, func(s sum) bool { return s.gross.IsZero() })
}

// spelled are the rows of the sums.
func (v *viewing) spelled() []EnrolmentRow {
	if len(v.sums) == 0 {
		return nil
	}
	n := len(v.by)
	keys, rows := make([]string, len(v.sums)*n), make([]EnrolmentRow, len(v.sums))
	for j, d := range v.by {
		var schools string
		if d == BySchool {
			schools = v.schoolTexts(j)
		}
		for i := range v.sums {
			if d == BySchool {
				keys[i*n+j] = schools[i*len(uaiForm):][:len(uaiForm)]
			} else {
				keys[i*n+j] = v.text(d, v.sums[i].keys[j])
			}
		}
	}
	for i := range v.sums {
		rows[i] = EnrolmentRow{keys[i*n : (i+1)*n : (i+1)*n], figure(v.sums[i].gross, v.sums[i].taken)}
	}
	return rows
}

// schoolTexts are the codes of the schools that are one of the keys, all in one text.
func (v *viewing) schoolTexts(key int) string {
	var all strings.Builder
	all.Grow(len(v.sums) * len(uaiForm))
	var room [len(uaiForm)]byte
	for i := range v.sums {
		text, _ := UAI(v.sums[i].keys[key]).AppendText(room[:0])
		all.Write(text)
	}
	return all.String()
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
		return ranksOf(v.g.members.ids)
	case ByAgreement:
		return ranksOf(v.g.agreements.ids)
	case ByCycle:
		return ranksOf(v.c.cycles.all)
	case ByHeadcountKind:
		return ranksOf(v.c.kinds.all)
	}
	return ranksOf(v.c.schoolKinds.all)
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

// sortPlaced sorts by key, equal ones in the order in which they come. It may do so in place.
func sortPlaced(all []placed) []placed {
	if slices.IsSortedFunc(all, comparePlaced) {
		return all
	}
	if len(all) < 1<<digitBits {
		slices.SortStableFunc(all, comparePlaced)
		return all
	}
	most := uint64(0)
	for i := range all {
		most = max(most, all[i].key)
	}
	other := make([]placed, len(all))
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
	return all
}

func comparePlaced(a, b placed) int { return cmp.Compare(a.key, b.key) }

// fromSchools answers from each line in force, where schools are told apart.
func (v *viewing) fromSchools() {
	n := uint32(0)
	for _, s := range v.c.spans.on(v.q) {
		n += v.c.blocks[s.of].n
	}
	v.sums = make([]sum, 0, n)
	for _, s := range v.c.spans.on(v.q) {
		b := &v.c.blocks[s.of]
		if keys, wanted := v.ofBlock(b, s.issue); wanted {
			for l := range v.c.together(b, s) {
				line := &v.c.lines[l]
				v.addLine(keys, line, summed{gross: line.count.lineSum()})
			}
		}
	}
	for _, s := range v.c.singles.on(v.q) {
		line := &v.c.lines[s.of]
		if keys, wanted := v.ofBlock(&v.c.blocks[line.block], s.issue); wanted {
			v.addLine(keys, line, summed{gross: line.count.lineSum()})
		}
	}
	for _, s := range v.c.takes.on(v.q) {
		line := &v.c.lines[s.of]
		if keys, wanted := v.ofBlock(&v.c.blocks[line.block], s.issue); wanted {
			v.addLine(keys, line, summed{taken: line.count.lineSum()})
		}
	}
}

// ofBlock are the keys that all lines of a block share; wanted is false where it does not pass a filter.
func (v *viewing) ofBlock(b *countedBlock, issue uint32) (keys [2]uint32, wanted bool) {
	for _, w := range v.where {
		if !w.by.ofSchools() && v.valueOf(w.by, b, issue, nil) != w.value {
			return keys, false
		}
	}
	for i, d := range v.by {
		if !d.ofSchools() {
			keys[i] = v.valueOf(d, b, issue, nil)
		}
	}
	return keys, true
}

// addLine adds a line, if its school passes the filters.
func (v *viewing) addLine(keys [2]uint32, line *countedLine, t summed) {
	at := v.school(line)
	for _, w := range v.where {
		if w.by == BySchoolKind && at.kind != w.value {
			return
		}
	}
	for i, d := range v.by {
		switch d {
		case BySchool:
			keys[i] = uint32(at.as)
		case BySchoolKind:
			keys[i] = at.kind
		}
	}
	v.sums = append(v.sums, sum{keys, t})
}
