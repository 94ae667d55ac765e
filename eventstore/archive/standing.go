package archive

import (
	"context"
	"errors"

	"registre/domain"
)

// A Standing says what a signed checkpoint that was kept elsewhere is worth against the log as it is now.
type Standing struct {
	Signed bool // one of the house's keys has signed it
	Holds  bool // and the log of heads goes on from it
	Covers bool // and it covers the event that was asked about: the group's register is, up to there, what it was then
}

// Standing holds a signed checkpoint of the log of heads against the log as it is durable, and says whether it covers an event
// of a group. That one is not signed, or that the log does not go on from it, is no error.
func (s *Store) Standing(ctx context.Context, signed []byte, group domain.GroupID, number uint64) (Standing, error) {
	s.mu.Lock()
	name, ring := s.key.Name(), s.ring
	s.mu.Unlock()
	at, _, err := OpenCheckpoint(signed, name, ring)
	if err != nil {
		return Standing{}, nil
	}
	err = s.Continues(ctx, at)
	if errors.Is(err, ErrNotProven) {
		return Standing{Signed: true}, nil
	}
	if err != nil {
		return Standing{}, err
	}
	now, err := s.standing(group)
	if errors.Is(err, ErrNotDurable) {
		return Standing{Signed: true, Holds: true}, nil
	}
	if err != nil {
		return Standing{}, err
	}
	now.witnessed = signed
	_, covers, err := now.atWitnessed(group, number)
	return Standing{Signed: true, Holds: true, Covers: covers}, err
}
