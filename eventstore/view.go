package eventstore

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"registre/domain"
)

// A View is a register as it stands: everything up to Head is durable. It holds while the function runs to which it was given.
type View struct {
	State *domain.Group // ask it for knowns up to Head only
	Head  uint64
	book  *book
	store Store
}

// Recorded is the instant of event n, 1 <= n <= Head.
func (v *View) Recorded(n uint64) domain.Instant { return v.book.recorded[n-1] }

// First is the event of a command, the first where it gave several; 0 where it is not in the register.
func (v *View) First(command uuid.UUID) uint64 {
	if t, ok := v.book.commands.find(command); ok && t.first <= v.Head {
		return t.first
	}
	return 0
}

// Illustrative says what of event n is invented; "" where nothing is.
func (v *View) Illustrative(n uint64) string { return v.book.invented.said(n) }

// IsIllustrative reports whether an event up to known is illustrative.
func (v *View) IsIllustrative(known uint64) bool { return v.book.invented.any(known) }

// near is how far apart two events stand that are read in one go: as many as an archive reads at a time in any case.
const near = 256

// Envelopes reads events, 1 <= n <= Head each, in the order of their numbers, which must rise.
func (v *View) Envelopes(ctx context.Context, numbers ...uint64) ([]Envelope, error) {
	return v.envelopes(ctx, numbers, Decode)
}

// Surroundings is Envelopes without acts: what these say is in the state, and is passed over.
func (v *View) Surroundings(ctx context.Context, numbers ...uint64) ([]Envelope, error) {
	return v.envelopes(ctx, numbers, DecodeAround)
}

func (v *View) envelopes(ctx context.Context, numbers []uint64, decode func([]byte) (Envelope, error)) ([]Envelope, error) {
	all := make([]Envelope, 0, len(numbers))
	for len(numbers) > len(all) {
		if err := v.run(ctx, numbers[len(all):], &all, decode); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// run reads the first of some events, and those of the others that are near.
func (v *View) run(ctx context.Context, numbers []uint64, into *[]Envelope, decode func([]byte) (Envelope, error)) error {
	at := numbers[0] - 1
	for r, err := range v.store.Read(ctx, v.book.id, at) {
		if err != nil {
			return err
		}
		at++
		if at < numbers[0] {
			continue
		}
		e, err := openedAfter(at-1, r, decode)
		if err != nil {
			return err
		}
		*into = append(*into, e)
		if numbers = numbers[1:]; len(numbers) == 0 || numbers[0] > at+near {
			return nil
		}
	}
	return &DamageError{Group: v.book.id, Number: at + 1, Cause: errShort}
}

var errShort = errors.New("the register ends before it")
