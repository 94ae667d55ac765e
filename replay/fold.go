package replay

import (
	"fmt"
	"iter"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// A Book is one register, read from its first event to its last.
type Book struct {
	Group    *domain.Group
	Register projections.Register

	around surroundings
}

// ID is the group whose register it is; "" where it has no event.
func (b *Book) ID() domain.GroupID { return b.around.group }

// Head is the number of the last event, 0 where there is none.
func (b *Book) Head() uint64 { return b.around.head }

// Envelope is event n as it was recorded, 1 <= n <= Head. It is made anew for whoever asks.
func (b *Book) Envelope(n uint64) eventstore.Envelope {
	return b.whole(b.around.envelope(n, b.around.event(n)))
}

// whole is an envelope with its act, which the group has.
func (b *Book) whole(e eventstore.Envelope) eventstore.Envelope {
	said := b.Group.Original(e.Number)
	e.Effective, e.Act = said.Effective, said.Act
	return e
}

// Envelopes gives the events up to known, in their order.
func (b *Book) Envelopes(known uint64) iter.Seq[eventstore.Envelope] {
	return func(yield func(eventstore.Envelope) bool) {
		at := spot{}
		for n := uint64(1); n <= min(known, b.Head()); n++ {
			var event []byte
			event, at = b.around.next(at)
			if !yield(b.whole(b.around.envelope(n, event))) {
				return
			}
		}
	}
}

// Recorded is when event n says that it was recorded, 1 <= n <= Head.
func (b *Book) Recorded(n uint64) domain.Instant { return b.around.recorded(n) }

// Illustrative says what of event n is invented, 1 <= n <= Head; "" where nothing is.
func (b *Book) Illustrative(n uint64) string { return b.around.illustrative(n) }

// IsIllustrative reports whether an event up to known is illustrative.
func (b *Book) IsIllustrative(known uint64) bool {
	return b.around.invented > 0 && b.around.invented <= known
}

// Question asks of the book's group what counted at p.
func (b *Book) Question(p domain.Pair) projections.Question {
	return projections.Question{Group: b.ID(), At: p.At, Known: min(p.Known, b.Head())}
}

// A GroupError says that an event of another group stands in a register.
type GroupError struct{ Group domain.GroupID }

func (e *GroupError) Error() string { return fmt.Sprintf("the event belongs to the group %q", e.Group) }

// Fold reads a register. It checks that every event stands in its place: of one group, numbered 1, 2, 3 …, each recorded
// after the one before. Otherwise it fails with an *eventstore.DamageError, which matches eventstore.ErrDamaged and whose
// cause is a *GroupError or a *projections.DisorderError; an error of the reading itself is returned as it came. The book
// it returns with an error holds all that stands before the first damage.
//
// It does not judge the events: whether they were rightly decided is another question.
func Fold(events iter.Seq2[eventstore.Envelope, error]) (*Book, error) {
	b := &Book{Group: &domain.Group{}}
	for e, err := range events {
		if err != nil {
			return b, fmt.Errorf("reading event %d: %w", b.Head()+1, err)
		}
		if err := b.Apply(e); err != nil {
			return b, err
		}
	}
	return b, nil
}

// Apply adds the next event. It fails as Fold does, and leaves b as it was.
func (b *Book) Apply(e eventstore.Envelope) error {
	var cause error
	if b.Head() > 0 && e.Group != b.ID() {
		cause = &GroupError{Group: e.Group}
	} else {
		cause = b.Register.Apply(&e)
	}
	if cause != nil {
		group := e.Group
		if b.Head() > 0 {
			group = b.ID()
		}
		return &eventstore.DamageError{Group: group, Number: b.Head() + 1, Cause: cause}
	}
	b.Group = domain.Evolve(b.Group, e.Event())
	b.around.add(&e)
	return nil
}

// Decoded opens records as they are read, for Fold.
func Decoded(records iter.Seq2[eventstore.Record, error]) iter.Seq2[eventstore.Envelope, error] {
	return func(yield func(eventstore.Envelope, error) bool) {
		for r, err := range records {
			var e eventstore.Envelope
			if err == nil {
				e, err = eventstore.Open(r)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
