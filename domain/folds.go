package domain

// A fold is all lines of a group that no dimension tells apart but the school. However many lines there are, there are no
// more folds than values of the dimensions go with each other; so whatever is told apart, it takes the logarithm of the history
// for each fold that has lines on the day.
type fold struct {
	foldID
	cell        uint32
	from, until Day // no line of it ever counted on another day
}

type foldID struct {
	member, agreement, schoolKind uint32
	year, cycle, kind             uint16
}

func foldOf(b *countedBlock, i *countedIssue, schoolKind uint32) foldID {
	return foldID{i.member, i.agreement, schoolKind, uint16(i.year), b.cycle, b.kind}
}

// putFold notes that a lineSum comes to a fold.
func (c *lineCounts) putFold(id foldID, from, until Day, taken bool, by LineSum) {
	i, ok := c.foldOf[id]
	if !ok {
		if c.foldOf == nil {
			c.foldOf = make(map[foldID]uint32)
		}
		i = uint32(len(c.folds))
		c.foldOf[id] = i
		c.folds = append(roomy(c.folds), fold{id, uint32(len(c.cells)), from, until})
		c.cells = append(roomy(c.cells), counted{})
	}
	f := &c.folds[i]
	f.from, f.until = min(f.from, from), max(f.until, until)
	c.putCell(f.cell, from, until, taken, by)
}

// fromFolds answers from the sums of folds, but for restless members.
func (v *viewing) fromFolds() {
	for i := range v.c.folds {
		f := &v.c.folds[i]
		if v.q.At < f.from || f.until <= v.q.At || v.isRestless(f.member) || !v.wants(f) {
			continue
		}
		if t := v.c.cells[f.cell].at(v.q); t.gross.Lines > 0 {
			var keys [2]uint32
			for i, d := range v.by {
				keys[i] = v.ofFold(d, f)
			}
			v.add(keys, t)
		}
	}
}

// wants reports whether the lines of a fold pass the filters.
func (v *viewing) wants(f *fold) bool {
	for _, w := range v.where {
		if v.ofFold(w.by, f) != w.value {
			return false
		}
	}
	return true
}

func (v *viewing) ofFold(d Dimension, f *fold) uint32 {
	switch d {
	case ByMember:
		return v.heir(f.member, FirstDay)
	case ByFormerly:
		return f.member
	case ByAgreement:
		return f.agreement
	case BySchoolYear:
		return uint32(f.year)
	case ByCycle:
		return uint32(f.cycle)
	case ByHeadcountKind:
		return uint32(f.kind)
	default:
		return f.schoolKind
	}
}
