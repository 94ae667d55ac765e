package monitor

import (
	"errors"
	"fmt"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

var errNotLater = errors.New("it was not recorded later than the one before it")

// checkEvents says, as a *archive.LeafError, which leaf is not the event that must stand there: of that group, with the next number,
// in the one form, recorded later than the one before. Events of types and versions that this program does not know are let
// be: the house may have a newer one.
func checkEvents(group domain.GroupID, from, to uint64, view *archive.View) error {
	index, last, known := max(from, 1)-1, domain.Instant(0), false
	for body, err := range view.Scan(index, to) {
		if err != nil {
			return err
		}
		e, err := eventstore.Open(eventstore.Record{Group: group, Number: index + 1, Body: body})
		switch {
		case errors.Is(err, eventstore.ErrUnknownType) || errors.Is(err, eventstore.ErrUnknownVersion):
			known = false
		case index < from: // it was judged when it came
			last, known = e.Recorded, err == nil
		case err == nil && known && e.Recorded <= last:
			err = errNotLater
			fallthrough
		case err != nil:
			return &archive.LeafError{Index: index, Cause: fmt.Errorf("%w: %w", archive.ErrWrongEvent, err)}
		default:
			last, known = e.Recorded, true
		}
		index++
	}
	return nil
}
