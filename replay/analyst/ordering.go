package analyst

import (
	"cmp"
	"maps"
	"slices"

	"registre/domain"
	"registre/replay/analyst/sqlite"
)

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// schools tells what each school is, and under which code it goes on.
func (t *teller) schools() error {
	for _, u := range sorted(t.touched.schools) {
		err := t.sweep(t.touched.schools[u], func(q domain.Pair, put putter) {
			if s, ok := t.g.School(u, q); ok {
				put(schoolsTable, text(u.String()), text(s.Name), text(s.Kind), text(s.Department), text(s.Address), is(s.Open), school(s.Into), is(s.Merged), date(s.Since), number(s.Event))
				as := t.g.SchoolAt(u, q)
				on, _ := t.g.School(as, q)
				put(schoolLinksTable, text(u.String()), text(as.String()), text(on.Kind))
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func school(u domain.UAI) sqlite.Value {
	if u.IsZero() {
		return sqlite.Value{}
	}
	return text(u.String())
}

// orders tells what was said of each order form, as each event is known.
func (t *teller) orders() error {
	for i, n := range t.touched.orders {
		if i%linesAtOnce == 0 {
			if err := cmp.Or(t.done(), t.w.Err()); err != nil {
				return err
			}
		}
		fixes := t.touched.fixes[n]
		if len(fixes) == 0 {
			putOrder(n, t.g.Original(n), func(id tableID, row ...sqlite.Value) { t.w.put(id, append(row, number(n))...) })
			continue
		}
		err := t.sweepKnown(&subject{numbers: append([]uint64{n}, fixes...)}, func(q domain.Pair, put putter) {
			if e, ok := t.g.Said(n, q.Known); ok {
				putOrder(n, e, put)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func putOrder(n uint64, e domain.Event, put putter) {
	switch a := e.Act.(type) {
	case *domain.OrderIssued:
		put(formsTable, text(a.Number), text(a.Member), text(a.Agreement), date(e.Effective), day(a.From), day(a.Until), text(a.OverlapReason), text(a.CeilingReason), number(n))
	case *domain.OrderAmended:
		put(formChangesTable, text(a.Number), text("amended"), date(e.Effective), sqlite.Value{}, number(n))
	case *domain.OrderCancelled:
		put(formChangesTable, text(a.Number), text("cancelled"), date(e.Effective), text(a.Reason), number(n))
	case *domain.OrderReceived:
		put(formChangesTable, text(a.Number), text("received"), date(e.Effective), sqlite.Value{}, number(n))
	}
}

// linesAtOnce is after how many it is asked whether to go on.
const linesAtOnce = 10_000

// lines tells all lines that ever counted, all double counts, and how many pupils that comes to now.
func (t *teller) lines() error {
	n := 0
	for l := range t.g.EveryLine() {
		if n++; n%linesAtOnce == 0 {
			if err := cmp.Or(t.done(), t.w.Err()); err != nil {
				return err
			}
		}
		year := sqlite.Value{}
		if i, ok := t.g.Said(l.Issue, l.Since); ok {
			if a, is := i.Act.(*domain.OrderIssued); is {
				year = text(domain.SchoolYear(a.From))
			}
		}
		t.w.put(linesTable, text(l.Order), number(l.Event), number(l.Issue), text(l.Member), text(l.Agreement), day(l.Begins), year, text(l.School.String()), text(l.Cycle), pupils(l.Headcount),
			text(l.Kind), day(l.Day), text(l.UnitPrice.String()), day(l.From), end(l.Until), number(l.Since), number(l.Ended))
	}
	for d := range t.g.EveryDuplicate() {
		t.w.put(duplicatesTable, text(d.Order), number(d.Event), text(d.School.String()), text(d.Cycle), pupils(d.Headcount), number(d.Later), day(d.From), end(d.Until), number(d.Since), number(d.Ended))
	}
	return t.steps()
}

// steps tells the enrolment as it is known at last, on all days.
func (t *teller) steps() error {
	all := t.g.EnrolmentSeries(domain.Period{From: domain.FirstDay, To: domain.LastDay}, t.g.Head(), domain.Selection{})
	for i, s := range all {
		until := sqlite.Value{}
		if i+1 < len(all) {
			until = day(all[i+1].Day)
		}
		if i == 0 && s.Total == (domain.Figure{}) {
			continue // before there was anything
		}
		t.w.put(stepsTable, number(t.g.Head()), day(s.Day), until, sqlite.Int(s.Total.Gross), sqlite.Int(s.Total.Distinct), count(s.Total.Unknown), count(s.Total.Lines))
	}
	return nil
}

func pupils(h domain.Headcount) sqlite.Value {
	n, known := h.Pupils()
	if !known {
		return sqlite.Value{}
	}
	return count(n)
}

// end is the day before which something is so; none where that is after all days.
func end(d domain.Day) sqlite.Value {
	if d > domain.LastDay {
		return sqlite.Value{}
	}
	return day(d)
}

// documents tells of each document how it is described, and whether it was erased.
func (t *teller) documents() error {
	hashes := map[string]domain.Hash{}
	for h := range t.touched.documents {
		hashes[h.String()] = h
	}
	for _, name := range sorted(hashes) {
		err := t.sweep(t.touched.documents[hashes[name]], func(q domain.Pair, put putter) {
			d, ok := t.g.Document(hashes[name], q)
			if !ok {
				return
			}
			reason, order := "", ""
			if d.Erased != nil {
				reason, order = d.Erased.Reason, d.Erased.Order
			}
			put(documentsTable, hash(d.SHA256), text(d.Kind), text(d.MediaType), text(d.Reference), sqlite.Int(d.Size), day(d.Since), number(d.Event), number(d.ErasedBy), text(reason), text(order))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
