package eventstore

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"registre/domain"
)

// A rehearsal is a store on which commands can be tried: it reads what another store holds and writes to memory. It copies
// a register when it is first asked for.
type rehearsal struct {
	*Memory
	base Store

	mu   sync.Mutex
	have map[domain.GroupID]bool
}

// NewRehearsal gives a store that begins as base stands and writes nothing to it. Closing it leaves base open.
func NewRehearsal(base Store) Store {
	return &rehearsal{Memory: NewMemory(), base: base, have: make(map[domain.GroupID]bool)}
}

// fetch copies a register, once.
func (r *rehearsal) fetch(ctx context.Context, group domain.GroupID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.have[group] {
		return nil
	}
	end, err := r.Memory.Head(ctx, group)
	if err != nil {
		return err
	}
	for record, err := range r.base.Read(ctx, group, end.Number) {
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

// fetchAll copies every register.
func (r *rehearsal) fetchAll(ctx context.Context) error {
	heads, err := r.base.Heads(ctx)
	if err != nil {
		return err
	}
	for _, head := range heads {
		if err := r.fetch(ctx, head.Group); err != nil {
			return err
		}
	}
	return nil
}

func (r *rehearsal) Write(ctx context.Context, appends []Append) []error {
	for _, a := range appends {
		if err := r.fetch(ctx, a.Group); err != nil {
			errs := make([]error, len(appends))
			for i := range errs {
				errs[i] = fmt.Errorf("%w: %w", ErrNotWritten, err)
			}
			return errs
		}
	}
	return r.Memory.Write(ctx, appends)
}

func (r *rehearsal) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Record, error] {
	return fetched(func() error { return r.fetch(ctx, group) }, r.Memory.Read(ctx, group, after))
}

func (r *rehearsal) ReadAll(ctx context.Context) iter.Seq2[Record, error] {
	return fetched(func() error { return r.fetchAll(ctx) }, r.Memory.ReadAll(ctx))
}

func (r *rehearsal) Follow(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Record, error] {
	fetch := func() error { return r.fetch(ctx, group) }
	if group == "" {
		fetch = func() error { return r.fetchAll(ctx) }
	}
	return fetched(fetch, r.Memory.Follow(ctx, group, after))
}

// fetched gives records once they have been fetched.
func fetched(fetch func() error, records iter.Seq2[Record, error]) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if err := fetch(); err != nil {
			yield(Record{}, err)
			return
		}
		records(yield)
	}
}

func (r *rehearsal) Head(ctx context.Context, group domain.GroupID) (Head, error) {
	if err := r.fetch(ctx, group); err != nil {
		return Head{}, err
	}
	return r.Memory.Head(ctx, group)
}

func (r *rehearsal) Heads(ctx context.Context) ([]Head, error) {
	if err := r.fetchAll(ctx); err != nil {
		return nil, err
	}
	return r.Memory.Heads(ctx)
}
