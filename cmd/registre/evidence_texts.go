package main

import (
	"context"
	"encoding/json"
	"slices"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// textsLooked is how many texts are looked at while the state waits.
const textsLooked = 64

// texts are the avenants: those of the whole history. Where the state is this process's, each row is made as it is written.
func (f *takenEvidence) texts(ctx context.Context, d desk) (*extract, error) {
	l := localOf(d)
	if l == nil {
		return f.avenants(ctx, d)
	}
	at, err := domain.ParseDay(f.at)
	if err != nil {
		return nil, err
	}
	x := textColumns()
	x.at, x.known = f.at, f.known
	q := projections.Question{Group: domain.GroupID(f.group), At: at, Known: f.known}
	var ids []domain.TextID
	if err := l.ledger.View(ctx, q.Group, func(v *eventstore.View) error { ids = v.State.TextIDs(q.Pair()); return nil }); err != nil {
		return nil, err
	}
	x.later = func(yield func(laterRows, error) bool) {
		for some := range slices.Chunk(ids, textsLooked) {
			if !yield(func() ([][]string, error) { return l.textRows(ctx, q, some) }, nil) {
				return
			}
		}
	}
	return x, nil
}

// textRows are the rows of some texts at a pair of times.
func (l *local) textRows(ctx context.Context, q projections.Question, ids []domain.TextID) (rows [][]string, err error) {
	err = l.ledger.View(ctx, q.Group, func(v *eventstore.View) (err error) {
		rows, err = textsOf(&asked{Question: q, ctx: ctx, state: v.State, head: v.Head, margin: v}, ids)
		return err
	})
	return rows, err
}

// textsOf are the rows of some texts, as the answer has them.
func textsOf(a *asked, ids []domain.TextID) (rows [][]string, err error) {
	for _, id := range ids {
		entry, _ := projections.Avenant(a.state, a.Question, id, true)
		raw, err := encode(entry)
		if err != nil {
			return nil, err
		}
		var row textRow
		if err := json.Unmarshal(raw, &row); err != nil {
			return nil, err
		}
		rows = append(rows, textCells(string(a.Group), &row, a.behind(entry.Why).Illustrative))
	}
	return rows, nil
}
