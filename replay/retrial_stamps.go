package replay

import (
	"bytes"
	"iter"
	"strconv"
	"time"

	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
)

// How far clocks may differ before that is a finding: two processes of one house, or the id of an event and its instant.
const clocksDiffer = 5 * time.Minute

// stamped looks at when an event says that it was recorded, and at its id.
func (r *Retrial) stamped(e *eventstore.Envelope) {
	event := []uint64{e.Number}
	if n := len(r.Book.Envelopes); n > 0 {
		if before := r.Book.Envelopes[n-1].Recorded; e.Recorded <= before {
			r.find(InstantGoesBack, number(e.Number), []uint64{e.Number, e.Number - 1}, "before", before.String(), "recorded", e.Recorded.String(), "type", e.Type)
		}
	}
	if r.clock != 0 && e.Recorded > r.clock+micros(clocksDiffer) {
		r.find(InstantAhead, number(e.Number), event, "now", r.clock.String(), "recorded", e.Recorded.String(), "type", e.Type)
	}
	if first, ok := r.ids.seen(e.ID, e.Number, idsOf(r.Book)); ok {
		r.find(EventIDTwice, number(e.Number), []uint64{e.Number, first}, "id", e.ID.String(), "type", e.Type)
	}
	r.strange.look(e)
}

func micros(d time.Duration) domain.Instant { return domain.Instant(d.Microseconds()) }

// idsOf gives the ids of a book's events.
func idsOf(b *Book) iter.Seq2[uuid.UUID, uint64] {
	return func(yield func(uuid.UUID, uint64) bool) {
		for i := range b.Envelopes {
			if !yield(b.Envelopes[i].ID, uint64(i)+1) {
				return
			}
		}
	}
}

// commandsOf gives the ids of the commands of a book, and the first event of each.
func commandsOf(b *Book) iter.Seq2[uuid.UUID, uint64] {
	return func(yield func(uuid.UUID, uint64) bool) {
		for i := range b.Envelopes {
			if e := &b.Envelopes[i]; !eventstore.FollowsByItself(e.Act) && !yield(e.Command, uint64(i)+1) {
				return
			}
		}
	}
}

// A seenIDs tells which ids were there before. As long as each is above all before it, as those that are made in order are, it keeps
// the last alone.
type seenIDs struct {
	last uuid.UUID
	all  map[uuid.UUID]uint64 // nil as long as they ascend
}

// seen notes an id, and tells where it stood first if it did; before gives those that were noted so far.
func (s *seenIDs) seen(id uuid.UUID, n uint64, before iter.Seq2[uuid.UUID, uint64]) (first uint64, ok bool) {
	if s.all == nil {
		if bytes.Compare(id[:], s.last[:]) > 0 {
			s.last = id
			return 0, false
		}
		s.all = map[uuid.UUID]uint64{}
		for id, n := range before {
			if s.all[id] == 0 {
				s.all[id] = n
			}
		}
	}
	if first = s.all[id]; first == 0 {
		s.all[id] = n
	}
	return first, first != 0
}

// strangeIDs are the ids of events that are not as they are promised: of version 7, with the time at which they were made.
type strangeIDs struct {
	other, late uint64 // how many are of another version, and of another time
	otherFirst  uint64 // and the first of them
	lateFirst   uint64
	lateBy      time.Duration // how far at most
}

func (s *strangeIDs) look(e *eventstore.Envelope) {
	if e.ID.Version() != 7 || e.ID.Variant() != uuid.RFC4122 {
		if s.other++; s.otherFirst == 0 {
			s.otherFirst = e.Number
		}
		return
	}
	made := time.Duration(madeAt(e.ID)-int64(e.Recorded)) * time.Microsecond
	if made < 0 {
		made = -made
	}
	if made <= clocksDiffer {
		return
	}
	if s.late++; s.lateFirst == 0 {
		s.lateFirst = e.Number
	}
	s.lateBy = max(s.lateBy, made)
}

// madeAt is when an id of version 7 was made, in microseconds since 1970.
func madeAt(id uuid.UUID) int64 {
	var ms int64
	for _, b := range id[:6] {
		ms = ms<<8 | int64(b)
	}
	return ms * 1000
}

// end finds what there is to find of them, once for a register.
func (s *strangeIDs) end(r *Retrial) {
	if s.other > 0 {
		r.find(EventIDOther, number(s.otherFirst), []uint64{s.otherFirst}, "count", number(s.other))
	}
	if s.late > 0 {
		r.find(EventIDTime, number(s.lateFirst), []uint64{s.lateFirst}, "count", number(s.late), "minutes", strconv.Itoa(int(s.lateBy/time.Minute)))
	}
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }
