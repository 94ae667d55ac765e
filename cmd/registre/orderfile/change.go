package orderfile

import (
	"slices"
	"strings"

	"registre/domain"
)

// A Change is what becomes another of an order form on a day: an amendment.
type Change struct {
	Day              domain.Day
	Added, Replaced  []domain.Line
	Removed          []domain.LineKey
	Overlap, Ceiling string // the reasons that the lines state
	Rows             []int  // of the lines
}

// A stretch is a line, and the days on which it counts as it is. Where these are the whole period of its order form, as in most
// tables, it stands there and takes no room here.
type stretch struct {
	line             domain.Line
	from, until      domain.Day
	row              int
	overlap, ceiling string
}

// stretch reads the days on which the lines of the row count, and the reasons that they state. Where they are not said, the days
// are those of the order form.
func (r *reader) stretch(form *Form) stretch {
	s := stretch{from: form.From, until: form.Until, row: r.row}
	if day := r.day(CountsFrom, false); day != 0 {
		s.from = day
	}
	if day := r.day(CountsThrough, false); day != 0 {
		s.until = day + 1
	}
	switch {
	case s.from < form.From || s.from >= form.Until:
		r.fault(CountsFrom, r.column(CountsFrom), Outside, "")
	case s.until <= s.from || s.until > form.Until:
		r.fault(CountsThrough, r.column(CountsThrough), Outside, "")
	}
	s.overlap, _ = r.text(OverlapReason)
	s.ceiling, _ = r.text(CeilingReason)
	return s
}

// whole says whether a line counts as long as its order form does.
func (s *stretch) whole(f *Form) bool { return s.from == f.From && s.until == f.Until }

// twice is the row that has a line already on one of the days; 0 where none has.
func (r *reader) twice(b *began, form *Form, key domain.LineKey, said *stretch) int {
	at := r.lineAt(b.form, key)
	if row, there := r.lines[at]; there {
		return int(row)
	}
	for _, other := range r.parts[at] {
		if said.whole(form) || other.from < said.until && said.from < other.until {
			return other.row
		}
	}
	return 0
}

// keep takes a line up.
func (r *reader) keep(b *began, form *Form, l domain.Line, said stretch) {
	at := r.lineAt(b.form, l.LineKey)
	if said.whole(form) {
		r.lines[at] = int32(r.row)
		form.Lines, form.Rows = append(form.Lines, l), append(form.Rows, r.row)
		form.Overlap, form.Ceiling = joined(form.Overlap, said.overlap), joined(form.Ceiling, said.ceiling)
		return
	}
	said.line = l
	r.parts[at], b.parts = append(r.parts[at], said), append(b.parts, said)
}

// fill adds to an order form the lines that count on some days only: those of its first day, and what changes later.
func (f *Form) fill(parts []stretch) {
	var later []stretch
	changes := map[domain.Day]*Change{}
	at := func(day domain.Day) *Change {
		if changes[day] == nil {
			changes[day] = &Change{Day: day}
		}
		return changes[day]
	}
	ended := map[domain.LineKey]map[domain.Day]domain.Line{} // what was said of a line up to a day
	for _, s := range parts {
		if s.from > f.From {
			later = append(later, s)
		} else {
			f.Lines, f.Rows = append(f.Lines, s.line), append(f.Rows, s.row)
			f.Overlap, f.Ceiling = joined(f.Overlap, s.overlap), joined(f.Ceiling, s.ceiling)
		}
		if s.until < f.Until {
			if ended[s.line.LineKey] == nil {
				ended[s.line.LineKey] = map[domain.Day]domain.Line{}
			}
			ended[s.line.LineKey][s.until] = s.line
		}
	}
	for _, s := range later {
		was, goesOn := ended[s.line.LineKey][s.from]
		delete(ended[s.line.LineKey], s.from)
		f.Rows = append(f.Rows, s.row)
		if goesOn && was == s.line {
			continue // said again, and the same
		}
		c := at(s.from)
		if c.Rows = append(c.Rows, s.row); goesOn {
			c.Replaced = append(c.Replaced, s.line)
		} else {
			c.Added = append(c.Added, s.line)
		}
		c.Overlap, c.Ceiling = joined(c.Overlap, s.overlap), joined(c.Ceiling, s.ceiling)
	}
	for key, days := range ended {
		for day := range days {
			c := at(day)
			c.Removed = append(c.Removed, key)
		}
	}
	for _, c := range changes {
		slices.SortFunc(c.Removed, func(a, b domain.LineKey) int { return strings.Compare(a.String(), b.String()) })
		f.Changes = append(f.Changes, *c)
	}
	slices.SortFunc(f.Changes, func(a, b Change) int { return int(a.Day) - int(b.Day) })
}

// joined is some reasons and one more, each once.
func joined(reasons, more string) string {
	switch {
	case more == "" || slices.Contains(strings.Split(reasons, " ; "), more):
		return reasons
	case reasons == "":
		return more
	}
	return reasons + " ; " + more
}
