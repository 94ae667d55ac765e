package domain

import "slices"

// A LineSpan is a line of an order form, with the days on which it counts as one event says it.
type LineSpan struct {
	OrderLine
	From  Day
	Until Day // the day after the last
}

// LineSpans gives all that the lines of an order form ever were, as known: for each line, and each event that said it anew,
// the days on which it counts. What counts on no day is left out. They are sorted by the day from which they count, then by
// school and cycle; none where there is no such order form.
func (g *Group) LineSpans(n OrderNumber, known uint64) (all []LineSpan) {
	o := g.orders.find(n)
	if o == nil || o.issue(known) == nil {
		return nil
	}
	days, until := o.changes(known)
	open := map[LineKey]int{} // the place of its span, of each line that counts
	for i, day := range days {
		lines := o.lines(day, known)
		still := make(map[LineKey]int, len(lines))
		for _, l := range lines {
			at, counts := open[l.LineKey]
			if !counts || all[at].OrderLine != l {
				at = len(all)
				all = append(all, LineSpan{OrderLine: l, From: day})
			}
			still[l.LineKey] = at
		}
		end := until
		if i+1 < len(days) {
			end = days[i+1]
		}
		for _, at := range still {
			all[at].Until = end
		}
		open = still
	}
	return all
}

// changes are the days on which an order form's lines begin to count or may become others, ascending, and the day from which
// none counts any more, because its period is over or it was cancelled. There are none where none ever counts.
func (o *order) changes(known uint64) (days []Day, until Day) {
	issue := o.issue(known).Value
	until = issue.Until
	for e := range o.ends.from(FirstDay, known) {
		until = min(until, e.Place.Day)
	}
	if until <= issue.From {
		return nil, until
	}
	days = []Day{issue.From}
	for e := range o.amendments.from(FirstDay, known) {
		if d := e.Place.Day; issue.From < d && d < until {
			days = append(days, d)
		}
	}
	return slices.Compact(days), until
}
