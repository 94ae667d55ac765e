package domain

import "slices"

// Where schools are told apart, each line in force is looked at. What it adds stands beside its key until the keys are in order,
// and is added up then: nothing is looked for.

// bySchool are the keys of lines: what their blocks give them, and what their schools add.
type bySchool struct {
	school, kind uint64 // what a step of the school's rank, and of its kind's, adds to a key
	all          []placed
}

// fromSchools answers from each line in force.
func (v *viewing) fromSchools() (total Figure, rows EnrolmentRows) {
	s := v.bySchool()
	for _, span := range v.c.spans.on(v.q) {
		b := &v.c.blocks[span.of]
		if key, wanted := v.ofBlock(b, span.issue); wanted {
			v.addBlock(s, key, b, span)
		}
	}
	for i, t := range [...]*spans{&v.c.singles, &v.c.takes} {
		for _, span := range t.on(v.q) {
			line := &v.c.lines[span.of]
			if key, wanted := v.ofBlock(&v.c.blocks[line.block], span.issue); wanted {
				v.addLine(s, key, line, i > 0)
			}
		}
	}
	s.all, v.room.other = sortPlaced(s.all, v.room.other)
	v.room.order = s.all
	return v.schoolRows(s.all)
}

// bySchool has room for all that may count.
func (v *viewing) bySchool() *bySchool {
	s, n := &bySchool{}, 0
	for i, d := range v.by {
		step := uint64(1)
		if i+1 < len(v.by) {
			step = v.ranked[i+1].count
		}
		switch d {
		case BySchool:
			s.school += step
		case BySchoolKind:
			s.kind += step
		}
	}
	for _, span := range v.c.spans.on(v.q) {
		n += int(v.c.blocks[span.of].n)
	}
	s.all = slices.Grow(v.room.order[:0], n)
	return s
}

// ofBlock is the part of a key that all lines of a block share; wanted is false where it does not pass a filter.
func (v *viewing) ofBlock(b *countedBlock, issue uint32) (key uint64, wanted bool) {
	for _, w := range v.where {
		if !w.by.ofSchools() && v.valueOf(w.by, b, issue, nil) != w.value {
			return 0, false
		}
	}
	for i, d := range v.by {
		if i > 0 {
			key *= v.ranked[i].count
		}
		if !d.ofSchools() {
			key += v.ranked[i].of(v.valueOf(d, b, issue, nil))
		}
	}
	return key, true
}

// addBlock adds the lines of a block that a span of it is of.
func (v *viewing) addBlock(s *bySchool, key uint64, b *countedBlock, span *span) {
	alone := v.c.alone(b)
	lines := v.c.lines[b.first:][:b.n]
	for i := range lines {
		if alone == nil || alone[i] == 0 || v.c.aparts[alone[i]-1].since > span.since {
			v.addLine(s, key, &lines[i], false)
		}
	}
}

// addLine adds a line, if its school passes the filters.
func (v *viewing) addLine(s *bySchool, key uint64, line *countedLine, taken bool) {
	school := &v.c.schools[v.c.keys[line.key].school]
	if s.kind == 0 && len(v.where) == 0 && school.path == 0 && school.since <= momentOf(v.q.Known) {
		key += (uint64(school.uai) + 1) * s.school // nobody asks for its kind, and its code was never another
	} else {
		at := v.school(line)
		for _, w := range v.where {
			if w.by == BySchoolKind && at.kind != w.value {
				return
			}
		}
		key += (uint64(at.as) + 1) * s.school
		if s.kind > 0 {
			key += v.kindRank(at.kind) * s.kind
		}
	}
	s.all = append(s.all, placed{key, uint32(line.count), taken})
}

func (v *viewing) kindRank(kind uint32) uint64 {
	i := slices.Index(v.by, BySchoolKind)
	return v.ranked[i].of(kind)
}

// schoolRows adds up what lines add, which stand in the order of their keys.
func (v *viewing) schoolRows(lines []placed) (total Figure, rows EnrolmentRows) {
	var all summed
	values := [2]values{v.ranked[0].values(), v.ranked[1].values()}
	rows.narrow = make([]narrowRow, 0, keysIn(lines))
	for len(lines) > 0 {
		key, t := lines[0].key, summed{}
		for ; len(lines) > 0 && lines[0].key == key; lines = lines[1:] {
			if by := Headcount(lines[0].at).lineSum(); lines[0].taken {
				t.taken = t.taken.Plus(by)
			} else {
				t.gross = t.gross.Plus(by)
			}
		}
		all = all.plus(&t)
		rows.add(v.keysOf(key, &values), &t)
	}
	rows.by = v.spellings()
	return figure(all.gross, all.taken), rows
}

// keysOf are the values that a key stands for.
func (v *viewing) keysOf(key uint64, values *[2]values) (keys [2]uint32) {
	if len(v.by) > 1 {
		count := v.ranked[1].count
		keys[1] = values[1].at(key % count)
		key /= count
	}
	keys[0] = values[0].at(key)
	return keys
}

// values are those of a dimension, by their ranks; nil where they are these, less one.
type values []uint32

func (r *ranks) values() values {
	if r.all == nil {
		return nil
	}
	all := make(values, r.count)
	all[0] = nobody
	for value, rank := range r.all {
		if rank > 0 {
			all[rank] = uint32(value)
		}
	}
	return all
}

func (all values) at(rank uint64) uint32 {
	switch {
	case all != nil:
		return all[rank]
	case rank == 0:
		return nobody
	}
	return uint32(rank) - 1
}
