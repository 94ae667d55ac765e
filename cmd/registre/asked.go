package main

import (
	"context"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
	"registre/replay"
)

// An asked question has its times resolved, and sees the register: the group's state, and what stands beside the acts.
type asked struct {
	projections.Question
	margin
	ctx    context.Context // of the one who asks
	from   domain.Pair     // what a difference is counted from; otherwise the question's own pair
	more   map[string]string
	state  *domain.Group
	origin string        // of the log that the register is in
	head   uint64        // the last number in the register
	book   *replay.Book  // for the kinds of question that read the whole register; nil for the others
	audit  *replay.Audit // for the kinds of question that audit: applied to all that is known; nil for the others
	lost   error         // why something that stands beside the acts could not be read
}

// A margin is what stands in a register beside what the acts say.
type margin interface {
	// Illustrative says what of event n is invented; "" where nothing is.
	Illustrative(n uint64) string
	// IsIllustrative reports whether an event up to known is illustrative.
	IsIllustrative(known uint64) bool
	// Recorded is the instant of event n.
	Recorded(n uint64) domain.Instant
	// Envelopes reads events, in the order of their numbers, which must rise.
	Envelopes(ctx context.Context, numbers ...uint64) ([]eventstore.Envelope, error)
	// Surroundings is Envelopes for those who do not want the acts, which may be left out.
	Surroundings(ctx context.Context, numbers ...uint64) ([]eventstore.Envelope, error)
}

// envelope is event n whole.
func (a *asked) envelope(n uint64) (eventstore.Envelope, error) {
	e, err := a.Envelopes(a.ctx, n)
	if err != nil {
		return eventstore.Envelope{}, err
	}
	return e[0], nil
}

// sources are some events, by rising numbers, and what they rest on. Where they cannot be read, the answer fails.
func (a *asked) sources(numbers []uint64) []replay.Source {
	all, err := a.Surroundings(a.ctx, numbers...)
	if err != nil {
		a.lost = err
		return nil
	}
	sources := make([]replay.Source, len(all))
	for i := range all {
		sources[i] = replay.SourceOf(a.state, a.Known, &all[i])
	}
	return sources
}

// bookMargin is the margin of a register that was read whole.
type bookMargin struct{ *replay.Book }

func (m bookMargin) Envelopes(_ context.Context, numbers ...uint64) ([]eventstore.Envelope, error) {
	all := make([]eventstore.Envelope, len(numbers))
	for i, n := range numbers {
		all[i] = m.Envelope(n)
	}
	return all, nil
}

func (m bookMargin) Surroundings(ctx context.Context, numbers ...uint64) ([]eventstore.Envelope, error) {
	return m.Envelopes(ctx, numbers...)
}
