package replay

import (
	"bytes"
	"hash/maphash"
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
	if first, ok := r.ids.seen(e.ID, e.Number, eventIDs{r.Book}); ok {
		r.find(EventIDTwice, number(e.Number), []uint64{e.Number, first}, "id", e.ID.String(), "type", e.Type)
	}
	r.strange.look(e)
}

func micros(d time.Duration) domain.Instant { return domain.Instant(d.Microseconds()) }

// ids are what events, by their numbers, have of one sort of ids; false for one that has none of its own.
type ids interface {
	at(n uint64) (uuid.UUID, bool)
}

// eventIDs are the ids of a book's events.
type eventIDs struct{ *Book }

func (b eventIDs) at(n uint64) (uuid.UUID, bool) { return b.Envelopes[n-1].ID, true }

// commandIDs are the ids of the commands of a book, each at its first event.
type commandIDs struct{ *Book }

func (b commandIDs) at(n uint64) (uuid.UUID, bool) {
	e := &b.Envelopes[n-1]
	return e.Command, !eventstore.FollowsByItself(e.Act)
}

// A seenIDs tells which ids were there before. As long as each is above all before it, as those that are made in order are, it keeps
// the last alone; from then on the numbers at which they stand, by their hashes.
type seenIDs struct {
	last  uuid.UUID
	table []seenID // its length is a power of two; nil as long as they ascend
	count int
}

// seenID is where an id stands. The zero value is none.
type seenID struct{ hash, number uint32 }

// seenSeed is for hashes that this process alone compares: nobody can choose ids that have the same.
var seenSeed = maphash.MakeSeed()

// seen notes the id of event n, and tells where it stood first if it did; all gives those that were noted so far.
func (s *seenIDs) seen(id uuid.UUID, n uint64, all ids) (first uint64, ok bool) {
	if s.table == nil {
		if bytes.Compare(id[:], s.last[:]) > 0 {
			s.last = id
			return 0, false
		}
		s.table = make([]seenID, 1024)
		for i := uint64(1); i < n; i++ {
			if id, ok := all.at(i); ok {
				s.note(id, i, all)
			}
		}
	}
	return s.note(id, n, all)
}

func (s *seenIDs) note(id uuid.UUID, n uint64, all ids) (first uint64, ok bool) {
	if 2*s.count >= len(s.table) {
		s.grow(all)
	}
	hash := maphash.Bytes(seenSeed, id[:])
	for i := int(hash); ; i++ {
		at := &s.table[i&(len(s.table)-1)]
		if at.number == 0 {
			*at = seenID{uint32(hash >> 32), uint32(n)}
			s.count++
			return 0, false
		}
		if at.hash == uint32(hash>>32) {
			if was, _ := all.at(uint64(at.number)); was == id {
				return uint64(at.number), true
			}
		}
	}
}

func (s *seenIDs) grow(all ids) {
	old := s.table
	s.table = make([]seenID, 4*len(old))
	for _, was := range old {
		if was.number == 0 {
			continue
		}
		id, _ := all.at(uint64(was.number))
		for i := int(maphash.Bytes(seenSeed, id[:])); ; i++ {
			if at := &s.table[i&(len(s.table)-1)]; at.number == 0 {
				*at = was
				break
			}
		}
	}
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
