package replay

import (
	"iter"
	"slices"

	"registre/domain"
	"registre/eventstore"
)

// eachEvents is how many events are looked at until what was found in them is given.
const eachEvents = 512

// Each gives what All does as it is found, some at a time, so that whoever takes it need not hold all of it: each finding once and with
// its answers, but in no order. Those that Compare takes for equal are given together, in the order in which All has them. The room is
// used again for the next.
func (r *Retrial) Each(p domain.Pair) iter.Seq[[]Finding] {
	return func(yield func([]Finding) bool) {
		if !eachFinding(r.Book, p, yield) {
			return
		}
		own := slices.Clone(r.Findings)
		AnswerThem(r.Book, p, own)
		yield(sorted(own))
	}
}

// EachBefore is Each for Before.
func (r *Retrial) EachBefore(p domain.Pair) iter.Seq[[]Finding] {
	return func(yield func([]Finding) bool) {
		if !eachFinding(r.Book, p, yield) {
			return
		}
		own := []Finding{}
		for _, f := range r.Findings {
			if slices.Max(f.Events) <= p.Known {
				own = append(own, f)
			}
		}
		yield(sorted(own))
	}
}

// eachFinding is Findings, given as Each does. What is the same is found in one event, or at the end.
func eachFinding(b *Book, p domain.Pair, yield func([]Finding) bool) (more bool) {
	p.Known = min(p.Known, b.Head())
	a := NewAudit(p)
	a.Look(b.Group, int(p.Known))
	for events := range b.stretches(p.Known) {
		a.Apply(b.Group, events)
		if !yield(a.answeredBy(b, sorted(a.Take()))) {
			return false
		}
	}
	return yield(a.answeredBy(b, sorted(a.Rest(b.Group))))
}

// stretches gives the events up to known, some at a time, in room that is used again.
func (b *Book) stretches(known uint64) iter.Seq[[]eventstore.Envelope] {
	return func(yield func([]eventstore.Envelope) bool) {
		events := make([]eventstore.Envelope, 0, min(known, eachEvents))
		for e := range b.Envelopes(known) {
			if events = append(events, e); len(events) < eachEvents && e.Number < known {
				continue
			}
			if !yield(events) {
				return
			}
			events = events[:0]
		}
	}
}

// answeredBy gives findings the answers that the register has of them. One that says that an answer is of none has none.
func (a *Audit) answeredBy(b *Book, found []Finding) []Finding {
	for i := range a.answer {
		if row := &a.answer[i]; row.Finding != AnswerLeft.Code {
			answerThem(a.answer[i:i+1], b.envelope, found)
		}
	}
	return found
}

// together puts what was given some at a time into its order.
func together(each iter.Seq[[]Finding]) []Finding {
	all := []Finding{}
	for some := range each {
		all = append(all, some...)
	}
	return sorted(all)
}
