package eventstore

import (
	"context"
	"iter"

	"registre/domain"
)

// A rehearsal is a store on which commands can be tried: it reads what another store holds and writes to memory.
type rehearsal struct {
	*Memory
	base Store
	have map[domain.GroupID]bool
}

// NewRehearsal gives a store that begins as base stands and writes nothing to it. Closing it leaves base open. Unlike other
// stores it has one user at a time.
func NewRehearsal(base Store) Store {
	return &rehearsal{Memory: NewMemory(), base: base, have: make(map[domain.GroupID]bool)}
}

// fetch copies a register, once.
func (r *rehearsal) fetch(ctx context.Context, group domain.GroupID) error {
	if r.have[group] {
		return nil
	}
	for record, err := range r.base.Read(ctx, group, 0) {
		if err != nil {
			return err
		}
		a := Append{Group: group, After: record.Number - 1, Bodies: [][]byte{record.Body}}
		if err := r.Memory.Write(ctx, []Append{a})[0]; err != nil {
			return err
		}
	}
	r.have[group] = true
	return nil
}

func (r *rehearsal) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if err := r.fetch(ctx, group); err != nil {
			yield(Record{}, err)
			return
		}
		r.Memory.Read(ctx, group, after)(yield)
	}
}
