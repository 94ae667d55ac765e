package casetest

import (
	"crypto/sha256"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// A Teller makes a register of commands, as a ledger does.
type Teller struct {
	TB        testing.TB
	ID        domain.GroupID
	Group     *domain.Group
	Envelopes []eventstore.Envelope
	last      domain.Instant
}

// New is a teller of one group, whose register is empty.
func New(tb testing.TB, id domain.GroupID) *Teller {
	return &Teller{TB: tb, ID: id, Group: &domain.Group{}}
}

// An Option changes a command, or the instant at which it is recorded, before it is told.
type Option func(*domain.Command, *domain.Instant)

// RecordedOn has the command recorded on a day in Paris; otherwise it is on its effective day.
func RecordedOn(day string) Option {
	return func(_ *domain.Command, at *domain.Instant) { *at = evening(Day(day)) }
}

// evening is an hour before a day ends in Paris.
func evening(d domain.Day) domain.Instant { return domain.EndOfDay(d) - 3600e6 }

// Document gives the command a document, whose bytes are its reference; Reference one that is not at hand.
func Document(kind, reference string) Option {
	return func(c *domain.Command, _ *domain.Instant) {
		c.Evidence = append(c.Evidence, domain.Evidence{Kind: kind, Reference: reference, SHA256: HashOf(reference)})
	}
}

// Reference gives the command a document without a hash.
func Reference(kind, reference string) Option {
	return func(c *domain.Command, _ *domain.Instant) {
		c.Evidence = append(c.Evidence, domain.Evidence{Kind: kind, Reference: reference})
	}
}

// Invented marks the command.
func Invented(what string) Option {
	return func(c *domain.Command, _ *domain.Instant) { c.Illustrative = what }
}

// HashOf is the SHA-256 of a text.
func HashOf(text string) domain.Hash { return sha256.Sum256([]byte(text)) }

// W is the weight s.
func W(s string) domain.Weight { return must(domain.ParseWeight(s)) }

// Day is the day s.
func Day(s string) domain.Day { return must(domain.ParseDay(s)) }

// At is the day s as known at the end of the register.
func At(s string) domain.Pair { return domain.Now(Day(s)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Do tells a command and returns the numbers of its events, or the refusal.
func (t *Teller) Do(c domain.Command, options ...Option) ([]uint64, error) {
	at := evening(c.Effective.First)
	for _, o := range options {
		o(&c, &at)
	}
	c.Group = t.ID
	events, err := domain.Enact(t.Group, c)
	var numbers []uint64
	for _, e := range events {
		n := uint64(len(t.Envelopes)) + 1
		at = max(at, t.last+1)
		t.last = at
		t.Envelopes = append(t.Envelopes, eventstore.NewEnvelope(&c, e, n, idOf(uuid.NameSpaceURL, n), at))
		numbers = append(numbers, n)
	}
	return numbers, err
}

// Tell tells a command that is accepted, and returns the number of its first event.
func (t *Teller) Tell(effective string, act domain.Act, options ...Option) uint64 {
	t.TB.Helper()
	date := must(domain.ParseDate(effective))
	c := domain.Command{ID: idOf(uuid.NameSpaceOID, t.Group.Head()), Effective: date, Actor: "secretariat", Act: act}
	numbers, err := t.Do(c, options...)
	require.NoError(t.TB, err)
	return numbers[0]
}

func idOf(space uuid.UUID, n uint64) uuid.UUID {
	return uuid.NewSHA1(space, []byte{byte(n), byte(n >> 8)})
}
