package projections

import (
	"fmt"
	"maps"
	"sort"

	"registre/domain"
	"registre/eventstore"
)

// A Register tells when each event of one group was recorded, and how many there are of each type. It resolves an
// instant to what was known then. It keeps eight bytes an event. The zero Register is empty.
//
// A copy is a value of its own as long as only one of them is applied to. It is not safe for concurrent use with Apply.
type Register struct {
	recorded []domain.Instant // of event i+1; strictly increasing
	types    map[string]uint64
}

// A DisorderError says that an event does not follow the one before it in the register.
type DisorderError struct {
	Number   uint64         // that the event says it has
	Want     uint64         // that it should have
	Recorded domain.Instant // the event's instant, which must be after that of the event before
}

func (e *DisorderError) Error() string {
	if e.Number != e.Want {
		return fmt.Sprintf("number %d stands where %d should", e.Number, e.Want)
	}
	return fmt.Sprintf("recorded at %v, not after the event before", e.Recorded)
}

// Apply adds the next event. It fails with a *DisorderError, and leaves r as it was, where the event's number is not
// the next or its instant is not above the last.
func (r *Register) Apply(e *eventstore.Envelope) error {
	n := r.Head()
	if e.Number != n+1 || n > 0 && e.Recorded <= r.recorded[n-1] {
		return &DisorderError{Number: e.Number, Want: n + 1, Recorded: e.Recorded}
	}
	if r.types == nil {
		r.types = make(map[string]uint64)
	}
	r.recorded = append(r.recorded, e.Recorded)
	r.types[e.Type]++
	return nil
}

// Head is the number of the last event, 0 before the first.
func (r *Register) Head() uint64 { return uint64(len(r.recorded)) }

// Number is the number of the last event recorded at or before t; 0 where there was none.
func (r *Register) Number(t domain.Instant) uint64 {
	return uint64(sort.Search(len(r.recorded), func(i int) bool { return r.recorded[i] > t }))
}

// Recorded is the instant of event n; ok is false where there is no such event.
func (r *Register) Recorded(n uint64) (t domain.Instant, ok bool) {
	if n == 0 || n > r.Head() {
		return 0, false
	}
	return r.recorded[n-1], true
}

// Types says how many events there are of each type.
func (r *Register) Types() map[string]uint64 { return maps.Clone(r.types) }
