package replay

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"
	"strconv"
	"sync"
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
	if r.Book.Head() > 0 && e.Recorded <= r.recorded {
		r.find(InstantGoesBack, number(e.Number), []uint64{e.Number, e.Number - 1}, "before", r.recorded.String(), "recorded", e.Recorded.String(), "type", e.Type)
	}
	if r.clock != 0 && e.Recorded > r.clock+micros(clocksDiffer) {
		r.find(InstantAhead, number(e.Number), event, "now", r.clock.String(), "recorded", e.Recorded.String(), "type", e.Type)
	}
	r.ids.note(e.ID)
	r.strange.look(e)
}

func micros(d time.Duration) domain.Instant { return domain.Instant(d.Microseconds()) }

// A seenIDs notes whether ids ascend. As long as each is above all before it, as those that are made in order are, none occurs twice.
type seenIDs struct {
	last  uuid.UUID
	mixed bool // they did not ascend
}

func (s *seenIDs) note(id uuid.UUID) {
	if s.mixed {
		return
	}
	s.mixed = bytes.Compare(id[:], s.last[:]) <= 0
	s.last = id
}

// A twice is an event whose id another had first.
type twice struct{ event, first uint64 }

// twice looks which ids occur again, in the order of the events; of gives that of an event, and false for one that has none of its own.
// It takes eight bytes an event, and only where they did not ascend.
func (s *seenIDs) twice(events uint64, of func(n uint64) (uuid.UUID, bool)) (again []twice) {
	if !s.mixed {
		return nil
	}
	ids := make([]uint64, 0, events) // by their hashes, then by their numbers
	for n := uint64(1); n <= events; n++ {
		if id, ok := of(n); ok {
			ids = append(ids, maphash.Bytes(seenSeed, id[:])&^seenNumber|n)
		}
	}
	slices.Sort(ids)
	for from, to := 0, 0; from < len(ids); from = to {
		for to = from + 1; to < len(ids) && ids[to]&^seenNumber == ids[from]&^seenNumber; to++ {
			if first, ok := sameID(ids[from:to], ids[to]&seenNumber, of); ok {
				again = append(again, twice{ids[to] & seenNumber, first})
			}
		}
	}
	slices.SortFunc(again, func(x, y twice) int { return cmp.Compare(x.event, y.event) })
	return again
}

// sameID is the first of some events that has the id of event n.
func sameID(among []uint64, n uint64, of func(uint64) (uuid.UUID, bool)) (first uint64, ok bool) {
	id, _ := of(n)
	for _, m := range among {
		if was, _ := of(m & seenNumber); was == id {
			return m & seenNumber, true
		}
	}
	return 0, false
}

// seenNumber are the bits of a hash that the number of its event takes: room for 2^36 events, and 28 bits that tell ids apart.
const seenNumber = 1<<36 - 1

// seenSeed is for hashes that this process alone compares: nobody can choose ids that have the same.
var seenSeed = maphash.MakeSeed()

// again finds the ids of events and of commands that occur twice.
func (r *Retrial) again() {
	b := r.Book
	var events, commands []twice
	var both sync.WaitGroup
	both.Go(func() {
		events = r.ids.twice(r.Book.Head(), func(n uint64) (uuid.UUID, bool) { return b.around.id(n), true })
	})
	commands = r.commands.twice(r.Book.Head(), func(n uint64) (uuid.UUID, bool) {
		return b.around.command(n), !eventstore.FollowsByItself(b.Group.Original(n).Act)
	})
	both.Wait()
	for _, t := range commands {
		e := b.Envelope(t.event)
		r.find(CommandTwice, number(e.Number), []uint64{e.Number, t.first}, "command", e.Command.String(), "type", e.Type)
	}
	for _, t := range events {
		e := b.Envelope(t.event)
		r.find(EventIDTwice, number(e.Number), []uint64{e.Number, t.first}, "id", e.ID.String(), "type", e.Type)
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
