package main

import (
	"cmp"
	"slices"
	"strconv"

	"registre/cmd/registre/orderfile"
	"registre/domain"
)

// What a table says of later days of an order form comes as amendments, each on its day.

// planChanges makes those of an order form that the register does not have.
func (i *importing) planChanges(n int, there bool) error {
	form := &i.table.Forms[n]
	says := map[domain.LineKey]domain.Line{}
	for _, l := range form.Lines {
		says[l.LineKey] = l
	}
	for c := range form.Changes {
		change := &form.Changes[c]
		for _, l := range slices.Concat(change.Added, change.Replaced) {
			says[l.LineKey] = l
		}
		for _, k := range change.Removed {
			delete(says, k)
		}
		if there {
			done, err := i.changed(form, change, says)
			if err != nil {
				return err
			}
			if done {
				continue
			}
		}
		if err := i.planChange(n, change); err != nil {
			return err
		}
	}
	return nil
}

// changed says whether an order form in the register has a change already: on its day it says what the table says then. Where
// it says the same as on the day before, nothing was recorded yet; anything else is a fault.
func (i *importing) changed(form *orderfile.Form, c *orderfile.Change, says map[domain.LineKey]domain.Line) (bool, error) {
	on, _ := i.state.Order(form.Number, domain.Now(c.Day))
	eve, _ := i.state.Order(form.Number, domain.Now(c.Day-1))
	has := map[domain.LineKey]domain.Line{}
	for _, l := range on.Lines {
		has[l.LineKey] = l.Line
	}
	for key, l := range says {
		if other, there := has[key]; !there || other != l {
			if slices.Equal(on.Lines, eve.Lines) {
				return false, nil
			}
			return false, misuse("import-line-differs", key.String(), c.Day.String())
		}
	}
	if len(has) > len(says) && slices.Equal(on.Lines, eve.Lines) {
		return false, nil
	}
	if len(has) > len(says) {
		return false, misuse("import-line-differs", string(form.Number), c.Day.String()+", "+strconv.Itoa(len(has)))
	}
	return true, nil
}

// planChange makes the amendment of a day.
func (i *importing) planChange(n int, c *orderfile.Change) error {
	form := &i.table.Forms[n]
	act := &domain.OrderAmended{Number: form.Number, OverlapReason: i.overlapReason(c.Overlap), CeilingReason: i.ceilingReason(c.Ceiling)}
	var err error
	if act.Added, err = domain.PackLines(c.Added); err != nil {
		return err
	}
	if act.Replaced, err = domain.PackLines(c.Replaced); err != nil {
		return err
	}
	if act.Removed, err = domain.PackKeys(c.Removed); err != nil {
		return err
	}
	row := form.Rows[0]
	if len(c.Rows) > 0 {
		row = c.Rows[0]
	}
	i.steps = append(i.steps, step{
		form: n, row: row, lines: len(c.Added) + len(c.Replaced),
		command: domain.Command{Group: i.group, Effective: domain.OnDay(c.Day), OnBehalfOf: form.Member, Act: act},
	})
	return nil
}

// sortSteps puts the commands of a table that has changes into the order of their days: what somebody no longer orders is
// taken back before another orders it. Without changes they stay in the order of the table.
func (i *importing) sortSteps() {
	if !slices.ContainsFunc(i.table.Forms, func(f orderfile.Form) bool { return len(f.Changes) > 0 }) {
		return
	}
	slices.SortStableFunc(i.steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(min(a.form, 0), min(b.form, 0)), cmp.Compare(a.command.Effective.First, b.command.Effective.First))
	})
}

// overlapReason is the reason that rows state, or the one that the flag states for all; ceilingReason likewise.
func (i *importing) overlapReason(stated string) string { return nfc(cmp.Or(stated, i.overlap)) }
func (i *importing) ceilingReason(stated string) string { return nfc(cmp.Or(stated, i.ceiling)) }
