package notify

import (
	"registre/projections"
	"registre/replay"
)

// Raised are the notices of what an audit finds with event n of a register, and did not find with the last event of an earlier day.
// Where n is the last of its day, they are the findings of that day.
func Raised(b *replay.Book, n uint64) []projections.Notice { return raisedOn(b, n) }
