package eventstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sort"
	"sync"
	"time"

	"registre/domain"
)

// A book is one group's register in memory: its state, and what the ledger needs to go on with it. It may run ahead of
// what is durable: readers keep to the events up to committed, and a book whose writing failed is thrown away.
type book struct {
	mu        sync.RWMutex
	id        domain.GroupID
	loaded    bool
	state     *domain.Group
	recorded  []domain.Instant // of event i+1; strictly increasing
	commands  commands
	invented  inventions
	committed uint64
	flight    *round    // the latest round that holds events of it, while that has not settled
	in        int       // where it is in flight, its last append in that round
	failed    bool      // an append of it was not acknowledged: nothing that was decided on that is written
	spoilt    bool      // it holds what will not be written; it goes, as when failed, when its flight has ended
	seen      time.Time // when it was found to be at its register's end, or its last append was kept
	used      uint64    // the ledger's counter when it was last asked for
	folded    uint64    // what it took to fold it, in events
	unsaved   uint64    // of that, what has come since a snapshot of it was saved
}

// told is what a book remembers of a command beside its act.
type told struct {
	first uint64 // its first event
	by    uint64 // the hash of what surrounds the act
}

func newBook(id domain.GroupID) *book {
	return &book{id: id, state: &domain.Group{}}
}

// inFlight is closed when all that is in flight of the book has settled; nil while nothing is.
func (b *book) inFlight() chan struct{} {
	if b.flight == nil {
		return nil
	}
	return b.flight.settled
}

// gone reports whether a book was thrown away: it holds what was not written, and nothing of it is in flight any more.
func (b *book) gone() bool { return b.flight == nil && (b.failed || b.spoilt) }

// written is the number of the last event, durable or not.
func (b *book) written() uint64 { return b.state.Head() }

// last is the instant of the last event.
func (b *book) last() domain.Instant {
	if n := len(b.recorded); n > 0 {
		return b.recorded[n-1]
	}
	return domain.FirstInstant
}

// stamp is the instant for the next event: now, unless the clock has not moved, or has gone back behind the last event or
// an instant that was answered.
func (b *book) stamp(now, answered domain.Instant) domain.Instant {
	return max(now, b.last()+1, answered+1)
}

// A DamageError says where a register cannot be read as it was written. It matches ErrDamaged.
type DamageError struct {
	Group  domain.GroupID
	Number uint64 // the first that is wrong
	Cause  error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%v: %s, event %d: %v", ErrDamaged, e.Group, e.Number, e.Cause)
}

// Unwrap gives ErrDamaged and the cause.
func (e *DamageError) Unwrap() []error { return []error{ErrDamaged, e.Cause} }

// Open decodes a record, and checks that it stands in its place.
func Open(r Record) (Envelope, error) { return opened(r, Decode) }

// opened opens a record by decode.
func opened(r Record, decode func([]byte) (Envelope, error)) (Envelope, error) {
	e, err := decode(r.Body)
	switch {
	case err != nil:
	case e.Group != r.Group:
		err = fmt.Errorf("it belongs to the group %q", e.Group)
	case e.Number != r.Number:
		err = fmt.Errorf("the event that stands there is number %d", e.Number)
	}
	if err != nil {
		return Envelope{}, &DamageError{Group: r.Group, Number: r.Number, Cause: err}
	}
	return e, nil
}

// OpenAfter opens the record that follows event n of its register.
func OpenAfter(n uint64, r Record) (Envelope, error) { return openedAfter(n, r, Decode) }

func openedAfter(n uint64, r Record, decode func([]byte) (Envelope, error)) (Envelope, error) {
	if r.Number != n+1 {
		return Envelope{}, &DamageError{Group: r.Group, Number: n + 1, Cause: fmt.Errorf("number %d stands there", r.Number)}
	}
	return opened(r, decode)
}

// add folds one more event into the book.
func (b *book) add(e *Envelope) error {
	if len(b.recorded) > 0 && e.Recorded <= b.last() {
		return &DamageError{Group: b.id, Number: e.Number, Cause: fmt.Errorf("recorded at %v, not after the event before", e.Recorded)}
	}
	b.state = domain.Evolve(b.state, e.Event())
	b.fold(e.Act)
	b.recorded = append(b.recorded, e.Recorded)
	b.invented.add(e.Number, e.Illustrative)
	if _, ok := b.commands.find(e.Command); !ok {
		b.commands.add(e.Command, told{first: e.Number, by: surroundings(e.OnBehalfOf, e.Evidence, e.Illustrative)})
	}
	return nil
}

// lastOf is the number of the last event of the command whose first is first.
func (b *book) lastOf(first uint64) uint64 {
	last := first
	for last < b.written() {
		if !FollowsByItself(b.state.Original(last + 1).Act) {
			break
		}
		last++
	}
	return last
}

// same reports whether a command is the one that was told.
func (b *book) same(c *domain.Command, t told) bool {
	if t.by != surroundingsOf(c) {
		return false
	}
	was := b.state.Original(t.first)
	before, err := AppendCommand(nil, &domain.Command{Group: c.Group, Effective: was.Effective, Act: was.Act})
	if err != nil {
		return false
	}
	again, err := AppendCommand(nil, &domain.Command{Group: c.Group, Effective: c.Effective, Act: c.Act})
	return err == nil && bytes.Equal(before, again)
}

func surroundingsOf(c *domain.Command) uint64 {
	return surroundings(c.OnBehalfOf, c.Evidence, c.Illustrative)
}

// surroundings hashes what a command says beside its day and its act, in every process alike. Who brings it is left out: a file
// recorded again by somebody else is still the same file.
func surroundings(onBehalfOf domain.MemberID, evidence []domain.Evidence, illustrative string) uint64 {
	var room [512]byte
	text := putText(putText(room[:0], []byte(onBehalfOf)), []byte(illustrative))
	for i := range evidence {
		e := &evidence[i]
		text = append(putText(putText(text, []byte(e.Kind)), []byte(e.Reference)), e.SHA256[:]...)
	}
	sum := sha256.Sum256(text)
	return binary.LittleEndian.Uint64(sum[:])
}

// known is the number of the last committed event recorded at or before t.
func (b *book) known(t domain.Instant) uint64 {
	return uint64(sort.Search(int(b.committed), func(i int) bool { return b.recorded[i] > t }))
}
