package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"registre/eventstore"
)

// A Fault is what happens to an append, or to a Sync.
type Fault int

// The faults of an append, told apart by what was answered and what was done.
const (
	None       Fault = iota // passed on; the inner store's answer stands
	Lost                    // ErrUnknown, and never written
	Written                 // ErrUnknown, and yet written; where the inner store refuses, its refusal is hidden too
	LateBefore              // ErrUnknown, and passed on at the beginning of the next Write or at Settle
	LateAfter               // ErrUnknown, and passed on at the end of the next Write or at Settle
	LateDelay               // ErrUnknown, and passed on after Faulty.Delay, by itself
	NotWritten              // ErrNotWritten, and never written
)

// The faults of a Sync. After either the store may only be closed; a call that writes or syncs is counted in Misuses.
const (
	SyncFailed Fault = iota + 100 // an error, and nothing was synced
	SyncedOnly                    // an error, although everything was synced
)

// ErrFault is in every error that was made on purpose, beside what the contract asks for.
var ErrFault = errors.New("a fault made on purpose")

// A Step is the fault of one call.
type Step struct {
	Fault Fault
	Only  []int // the appends of the call that it strikes, by their index; nil for all
}

// A Plan gives the faults of the calls, each asked for once and in the order of the calls.
type Plan interface {
	// Write gives the fault of each of the n appends of a call.
	Write(n int) []Fault
	// Sync gives None, SyncFailed or SyncedOnly.
	Sync() Fault
}

// Script is a Plan that is written down: the steps of the calls to Write and of the calls to Sync, none after their end.
type Script struct {
	Writes []Step
	Syncs  []Fault
}

// Write implements Plan.
func (s *Script) Write(n int) []Fault {
	faults := make([]Fault, n)
	if len(s.Writes) == 0 {
		return faults
	}
	step := s.Writes[0]
	s.Writes = s.Writes[1:]
	if step.Only == nil {
		for i := range faults {
			faults[i] = step.Fault
		}
	}
	for _, i := range step.Only {
		if i < n {
			faults[i] = step.Fault
		}
	}
	return faults
}

// Sync implements Plan.
func (s *Script) Sync() Fault {
	if len(s.Syncs) == 0 {
		return None
	}
	fault := s.Syncs[0]
	s.Syncs = s.Syncs[1:]
	return fault
}

// Odds is a Plan that draws each append's fault by itself; the same seed draws the same faults.
type Odds struct {
	Rand   *rand.Rand
	Writes float64 // how likely an append is struck, 0 to 1
	Syncs  float64 // how likely a Sync is struck, 0 to 1
	Faults []Fault // what strikes an append, each as likely; nil for all but LateDelay
}

// Seeded gives the Odds of a seed: every tenth append struck in some way, no Sync.
func Seeded(seed uint64) *Odds {
	return &Odds{Rand: rand.New(rand.NewPCG(seed, seed)), Writes: 0.1}
}

// Write implements Plan.
func (o *Odds) Write(n int) []Fault {
	kinds := o.Faults
	if kinds == nil {
		kinds = []Fault{Lost, Written, LateBefore, LateAfter, NotWritten}
	}
	faults := make([]Fault, n)
	for i := range faults {
		if o.Rand.Float64() < o.Writes {
			faults[i] = kinds[o.Rand.IntN(len(kinds))]
		}
	}
	return faults
}

// Sync implements Plan.
func (o *Odds) Sync() Fault {
	if o.Rand.Float64() >= o.Syncs {
		return None
	}
	return SyncFailed + Fault(o.Rand.IntN(2))
}

// Faulty is a Store that passes its calls to another and fails where its plan says so. What it answers is always
// allowed by the contract: an append that is written late still meets the guard of the inner store.
//
// Reading is never struck. Delay may be set before the first call.
type Faulty struct {
	eventstore.Store
	Delay time.Duration // for LateDelay

	mu      sync.Mutex // one Write of the inner store at a time, late ones included
	plan    Plan
	before  []eventstore.Append
	after   []eventstore.Append
	misuses int
	dead    bool
	timers  sync.WaitGroup
}

// NewFaulty wraps a store.
func NewFaulty(inner eventstore.Store, plan Plan) *Faulty {
	return &Faulty{Store: inner, plan: plan, Delay: 5 * time.Millisecond}
}

// Write implements eventstore.Store, with the faults of the plan.
func (f *Faulty) Write(ctx context.Context, appends []eventstore.Append) []error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		f.misuses++
		return fill(len(appends), fmt.Errorf("%w: written to after a failed sync: %w", eventstore.ErrNotWritten, ErrFault))
	}
	f.passLate(&f.before)
	late := f.after
	f.after = nil
	errs := f.strike(ctx, appends, f.plan.Write(len(appends)))
	f.passLate(&late)
	return errs
}

// strike writes in one inner call what is to be written, and answers for each append what its fault says.
func (f *Faulty) strike(ctx context.Context, appends []eventstore.Append, faults []Fault) []error {
	errs := make([]error, len(appends))
	var through []eventstore.Append
	var index []int
	for i, a := range appends {
		switch faults[i] {
		case None, Written:
			through, index = append(through, a), append(index, i)
			continue
		case LateBefore:
			f.before = append(f.before, a)
		case LateAfter:
			f.after = append(f.after, a)
		case LateDelay:
			f.passDelayed(a)
		}
		errs[i] = answer(faults[i])
	}
	if len(through) == 0 {
		return errs
	}
	for k, err := range f.Store.Write(ctx, through) {
		errs[index[k]] = err
		if faults[index[k]] == Written {
			errs[index[k]] = answer(Written)
		}
	}
	return errs
}

func answer(fault Fault) error {
	if fault == NotWritten {
		return fmt.Errorf("%w: %w", eventstore.ErrNotWritten, ErrFault)
	}
	return fmt.Errorf("%w: %w", eventstore.ErrUnknown, ErrFault)
}

func fill(n int, err error) []error {
	errs := make([]error, n)
	for i := range errs {
		errs[i] = err
	}
	return errs
}

func (f *Faulty) passDelayed(a eventstore.Append) {
	f.timers.Add(1)
	time.AfterFunc(f.Delay, func() {
		defer f.timers.Done()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.Store.Write(context.Background(), []eventstore.Append{a})
	})
}

func (f *Faulty) passLate(late *[]eventstore.Append) {
	if len(*late) > 0 {
		f.Store.Write(context.Background(), *late)
	}
	*late = nil
}

// Settle lets everything that is still late come to the inner store, and returns when it has.
func (f *Faulty) Settle() {
	f.timers.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.passLate(&f.before)
	f.passLate(&f.after)
}

// Sync implements eventstore.Store, with the faults of the plan.
func (f *Faulty) Sync(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		f.misuses++
		return fmt.Errorf("synced after a failed sync: %w", ErrFault)
	}
	fault := f.plan.Sync()
	if fault == SyncFailed {
		f.dead = true
		return fmt.Errorf("nothing was synced: %w", ErrFault)
	}
	err := f.Store.Sync(ctx)
	if fault == SyncedOnly {
		f.dead = true
		return fmt.Errorf("synced, and failed: %w", ErrFault)
	}
	return err
}

// Misuses counts the calls to Write and Sync after a Sync had failed, which the contract forbids.
func (f *Faulty) Misuses() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.misuses
}

// Close settles what is late and closes the inner store.
func (f *Faulty) Close() error {
	f.Settle()
	return f.Store.Close()
}
