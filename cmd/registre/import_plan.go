package main

import (
	"slices"
	"strconv"

	"registre/cmd/registre/orderfile"
	"registre/domain"
)

// A step is a command that an import brings, and what it comes of.
type step struct {
	command domain.Command
	form    int // of the table's forms; -1 for a school
	row     int // of the table, the first
	lines   int // that it brings

	outcome  *outcome
	warnings []domain.Warning
	repeated bool   // the register has it already
	refusal  *Fault // of the register, when it was recorded
	failed   bool
}

// plan makes the commands: schools first, then the order forms as they come.
func (i *importing) plan() {
	if i.openSchools {
		i.planSchools()
	}
	for n := range i.table.Forms {
		if err := i.planForm(n); err != nil {
			i.foundIn(n, i.table.Forms[n].Rows, err)
		}
	}
	i.sortSteps()
}

// foundIn takes note that something is wrong with an order form, and rejects its rows.
func (i *importing) foundIn(form int, rows []int, err error) {
	f := *faultOf(err)
	if len(rows) > 0 {
		f.Line = rows[0]
	}
	if f.Subject == "" {
		f.Subject = string(i.table.Forms[form].Number)
	}
	i.found(&f)
	for _, row := range i.table.Forms[form].Rows {
		i.table.Rejected[row] = true
	}
}

// planSchools opens the schools that are ordered for and that the register never heard of, from the first day that one of the
// order forms covers.
func (i *importing) planSchools() {
	first := map[domain.UAI]domain.Day{}
	for _, form := range i.table.Forms {
		for _, l := range form.Lines {
			if day, seen := first[l.School]; !seen || form.From < day {
				first[l.School] = form.From
			}
		}
	}
	for _, s := range i.table.Schools {
		day, ordered := first[s.UAI]
		if !ordered || i.state.HeardOfSchool(s.UAI, domain.Latest) {
			continue
		}
		if s.Kind == "" {
			s.Kind = i.schoolKind
		}
		if s.Kind == "" || s.Name == "" {
			f := misuse("import-school", s.UAI.String(), "")
			f.Line = s.Row
			i.found(f)
			i.reject(s.UAI)
			continue
		}
		facts := domain.SchoolFacts{Name: s.Name, Kind: domain.SchoolKind(s.Kind), Department: s.UAI.Department(), Address: s.Address}
		i.steps = append(i.steps, step{
			form: -1, row: s.Row,
			command: domain.Command{Group: i.group, Effective: domain.OnDay(day), Act: &domain.SchoolOpened{School: s.UAI, SchoolFacts: facts}},
		})
	}
}

// reject rejects every row of the order forms that have a school.
func (i *importing) reject(u domain.UAI) {
	for _, form := range i.table.Forms {
		if slices.ContainsFunc(form.Lines, func(l domain.Line) bool { return l.School == u }) {
			for _, row := range form.Rows {
				i.table.Rejected[row] = true
			}
		}
	}
}

// planForm makes the commands of one order form: it is issued, or where it is in the register already, amended by what it
// lacks; and amended by what the table says of later days.
func (i *importing) planForm(n int) error {
	form := &i.table.Forms[n]
	if i.rejected(form) {
		return nil
	}
	if i.unknownSchools(n) {
		return nil
	}
	if len(form.Lines) == 0 {
		return misuse("import-order-begins", string(form.Number), form.From.String())
	}
	day, lines := max(form.Day, form.Until-1), form.Lines // with all its amendments
	if len(form.Changes) > 0 {
		day = form.From
	}
	stands, there := i.state.Order(form.Number, domain.Now(day))
	if there {
		var err error
		if lines, err = i.lacking(form, stands); err != nil {
			return err
		}
	}
	if len(lines) > 0 {
		if err := i.planLines(n, there, lines); err != nil {
			return err
		}
	}
	return i.planChanges(n, there)
}

// planLines makes the command that brings lines of an order form.
func (i *importing) planLines(n int, there bool, lines []domain.Line) error {
	form := &i.table.Forms[n]
	packed, err := domain.PackLines(lines)
	if err != nil {
		return err
	}
	effective, overlap, ceiling := domain.Date{First: form.Day, Precision: form.Precision}, i.overlapReason(form.Overlap), i.ceilingReason(form.Ceiling)
	var act domain.Act = &domain.OrderIssued{
		Number: form.Number, Member: form.Member, Agreement: form.Agreement, From: form.From, Until: form.Until, Lines: packed,
		OverlapReason: overlap, CeilingReason: ceiling,
	}
	if there {
		effective = domain.OnDay(max(form.Day, form.From))
		act = &domain.OrderAmended{Number: form.Number, Added: packed, OverlapReason: overlap, CeilingReason: ceiling}
	}
	i.steps = append(i.steps, step{
		form: n, row: form.Rows[0], lines: len(lines),
		command: domain.Command{Group: i.group, Effective: effective, OnBehalfOf: form.Member, Act: act},
	})
	return nil
}

// unknownSchools takes note of every school of an order form that the register never heard of, and that is not opened: a
// refusal would name the first of them only.
func (i *importing) unknownSchools(n int) (found bool) {
	if i.openSchools {
		return false
	}
	form := &i.table.Forms[n]
	told := map[domain.UAI]bool{}
	for at, l := range form.Lines {
		if told[l.School] || i.state.HeardOfSchool(l.School, domain.Latest) {
			continue
		}
		told[l.School], found = true, true
		i.foundIn(n, form.Rows[at:at+1], &domain.Refusal{Rule: domain.UnknownSchool, Subject: l.School.String(), Day: form.Day})
	}
	return found
}

// rejected says whether a row of an order form has a fault: then none of it is ordered, unless the sound rows are wanted.
func (i *importing) rejected(form *orderfile.Form) bool {
	return len(form.Rows) == 0 || slices.ContainsFunc(form.Rows, func(row int) bool { return i.table.Rejected[row] })
}

// lacking gives the lines that an order form in the register does not have. That it is otherwise than the table says is a
// fault.
func (i *importing) lacking(form *orderfile.Form, stands domain.OrderRow) (lines []domain.Line, err error) {
	if stands.Member != form.Member || stands.Agreement != form.Agreement || stands.From != form.From || stands.Until != form.Until {
		return nil, misuse("import-order-differs", string(form.Number), "#"+strconv.FormatUint(stands.Event, 10))
	}
	have := map[domain.LineKey]domain.OrderLine{}
	for _, l := range stands.Lines {
		have[l.LineKey] = l
	}
	for n, l := range form.Lines {
		switch other, there := have[l.LineKey]; {
		case !there:
			lines = append(lines, l)
		case other.Line != l:
			f := misuse("import-line-differs", l.LineKey.String(), other.Headcount.String()+" (#"+strconv.FormatUint(other.Event, 10)+")")
			f.Line = form.Rows[n]
			return nil, f
		}
	}
	return lines, nil
}

// refused takes note that the register refuses a command.
func (i *importing) refused(s *step, f *Fault) {
	s.failed = true
	if s.form < 0 {
		f.Line = s.row
		i.found(f)
		return
	}
	i.foundIn(s.form, []int{i.rowOf(s, f)}, f)
	for n := range i.steps { // what else there is of it would come to nothing, or to half of it
		i.steps[n].failed = i.steps[n].failed || i.steps[n].form == s.form
	}
}

// rowOf is the row of the line that a refusal names, or the first of the order form.
func (i *importing) rowOf(s *step, f *Fault) int {
	form := &i.table.Forms[s.form]
	for n, l := range form.Lines {
		if f.Subject == l.School.String() || f.Subject == l.LineKey.String() {
			return form.Rows[n]
		}
	}
	return s.row
}
