package eventstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"registre/domain"
)

var errAfterAll = errors.New("all registers together can only be followed from their beginning")

// Memory is a Store that keeps its registers in memory only: Sync does nothing and nothing outlives the process.
// It is the reference for the contract, and the store for tests and for trying things out.
type Memory struct {
	shared *memoryRegisters
	closed chan struct{}
	once   *sync.Once
}

// memoryRegisters is what the handles on the same registers have in common.
type memoryRegisters struct {
	mu     sync.Mutex
	all    []Record                    // in the order of writing
	groups map[domain.GroupID][]Record // each register in its order
	grown  chan struct{}               // closed and replaced whenever something was written
}

// NewMemory returns a store with no register.
func NewMemory() *Memory {
	return (&memoryRegisters{groups: map[domain.GroupID][]Record{}, grown: make(chan struct{})}).handle()
}

// Handle returns another store on the same registers, as another process would have it. Closing one leaves the other.
func (m *Memory) Handle() *Memory { return m.shared.handle() }

func (r *memoryRegisters) handle() *Memory {
	return &Memory{shared: r, closed: make(chan struct{}), once: new(sync.Once)}
}

// Write implements Store. It never answers ErrUnknown: where ctx has ended nothing is written.
func (m *Memory) Write(ctx context.Context, appends []Append) []error {
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	errs := make([]error, len(appends))
	for i, a := range appends {
		if err := m.usable(ctx); err != nil {
			errs[i] = fmt.Errorf("%w: %w", ErrNotWritten, err)
		} else {
			errs[i] = m.shared.add(a)
		}
	}
	close(m.shared.grown)
	m.shared.grown = make(chan struct{})
	return errs
}

// usable says why nothing can be read or written any more.
func (m *Memory) usable(ctx context.Context) error {
	select {
	case <-m.closed:
		return ErrClosed
	default:
		return ctx.Err()
	}
}

func (r *memoryRegisters) add(a Append) error {
	if err := a.Check(); err != nil {
		return err
	}
	if end := uint64(len(r.groups[a.Group])); end != a.After {
		return fmt.Errorf("%w: %s ends at %d, not at %d", ErrOvertaken, a.Group, end, a.After)
	}
	for i, body := range a.Bodies {
		record := Record{Group: a.Group, Number: a.After + uint64(i) + 1, Body: slices.Clone(body)}
		r.groups[a.Group] = append(r.groups[a.Group], record)
		r.all = append(r.all, record)
	}
	return nil
}

// Sync implements Store; there is nothing to make durable.
func (m *Memory) Sync(ctx context.Context) error { return m.usable(ctx) }

// Read implements Store.
func (m *Memory) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Record, error] {
	if group == "" {
		return func(func(Record, error) bool) {} // no register has this name; to from it means all of them
	}
	return m.read(ctx, group, after)
}

// ReadAll implements Store; the order is the order of writing.
func (m *Memory) ReadAll(ctx context.Context) iter.Seq2[Record, error] { return m.read(ctx, "", 0) }

func (m *Memory) read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		records, _ := m.shared.from(group, after)
		if err := m.give(ctx, records, yield); err != nil {
			yield(Record{}, err)
		}
	}
}

// Follow implements Store.
func (m *Memory) Follow(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if err := m.follow(ctx, group, after, yield); err != nil && ctx.Err() == nil {
			yield(Record{}, err)
		}
	}
}

func (m *Memory) follow(ctx context.Context, group domain.GroupID, after uint64, yield func(Record, error) bool) error {
	if group == "" && after != 0 {
		return errAfterAll
	}
	stopped := false
	for {
		records, grown := m.shared.from(group, after)
		err := m.give(ctx, records, func(r Record, err error) bool {
			stopped = !yield(r, err)
			return !stopped
		})
		if err != nil || stopped {
			return err
		}
		after += uint64(len(records))
		select {
		case <-ctx.Done():
		case <-m.closed:
		case <-grown:
		}
	}
}

// give yields records until the caller has enough; its error says why they could not all be given.
func (m *Memory) give(ctx context.Context, records []Record, yield func(Record, error) bool) error {
	if err := m.usable(ctx); err != nil {
		return err
	}
	for _, record := range records {
		if err := m.usable(ctx); err != nil {
			return err
		}
		if !yield(record, nil) {
			return nil
		}
	}
	return nil
}

// from gives what stands after the number in a register, or in all of them, and what is closed when more comes.
func (r *memoryRegisters) from(group domain.GroupID, after uint64) ([]Record, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	records := r.groups[group]
	if group == "" {
		records = r.all
	}
	return records[min(after, uint64(len(records))):], r.grown
}

// Head implements Store.
func (m *Memory) Head(ctx context.Context, group domain.GroupID) (Head, error) {
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	return Head{Group: group, Number: uint64(len(m.shared.groups[group]))}, m.usable(ctx)
}

// Heads implements Store.
func (m *Memory) Heads(ctx context.Context) ([]Head, error) {
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	heads := make([]Head, 0, len(m.shared.groups))
	for group, records := range m.shared.groups {
		heads = append(heads, Head{Group: group, Number: uint64(len(records))})
	}
	slices.SortFunc(heads, func(a, b Head) int { return cmp.Compare(a.Group, b.Group) })
	return heads, m.usable(ctx)
}

// Close implements Store.
func (m *Memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}
