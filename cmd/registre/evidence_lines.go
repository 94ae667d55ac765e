package main

import (
	"context"
	"encoding/json"
	"iter"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// linesLooked is how many lines are looked up while the state waits, or as many as one order form has.
const linesLooked = 256

// orderLines are the lines that count on the day. Where the state is this process's, some are looked up at a time.
func (f *takenEvidence) orderLines(ctx context.Context, d desk) (*extract, error) {
	l := localOf(d)
	if l == nil {
		return f.lines(ctx, d)
	}
	at, err := domain.ParseDay(f.at)
	if err != nil {
		return nil, err
	}
	x := f.lineColumns()
	x.at, x.known = f.at, f.known
	q := projections.Question{Group: domain.GroupID(f.group), At: at, Known: f.known}
	x.later = func(yield func(laterRows, error) bool) {
		for some, err := range l.lineStretches(ctx, q, linesLooked) {
			if !yield(func() ([][]string, error) { return f.sayLines(&some) }, err) {
				return
			}
		}
	}
	return x, nil
}

// lineStretches gives the lines at a pair of times, at least so many of whole order forms at a time, each as its answer would tell it.
func (l *local) lineStretches(ctx context.Context, q projections.Question, least int) iter.Seq2[linesTold, error] {
	return func(yield func(linesTold, error) bool) {
		var forms *projections.FormLines
		var head uint64 // of the group that they are of
		for done, more := 0, true; more; {
			var some linesTold
			err := l.ledger.View(ctx, q.Group, func(v *eventstore.View) error {
				if forms == nil || v.Head != head { // it has gone on, which changes nothing that is known at the pair
					forms, head = projections.NewFormLines(v.State, q, nil), v.Head
					forms.Skip(done)
				}
				answer := projections.LinesAnswer{At: q.At, Group: q.Group, Known: q.Known}
				for more && len(answer.Lines) < least {
					answer.Lines, more = forms.Append(answer.Lines)
					done++
				}
				some = (&asked{Question: q, ctx: ctx, state: v.State, head: v.Head, margin: v}).linesTold(answer)
				return nil
			})
			if len(some.Lines) > 0 || err != nil {
				if !yield(some, err) || err != nil {
					return
				}
			}
		}
	}
}

// sayLines are the rows of some lines, as an answer has them.
func (f *takenEvidence) sayLines(some *linesTold) ([][]string, error) {
	raw, err := encode(some)
	if err != nil {
		return nil, err
	}
	var answer linesAnswer
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, err
	}
	return f.lineRows(&answer), nil
}
