package eventstore

import "time"

// How long is waited for whom, where processes wait for each other.
const (
	grace     = 5 * time.Millisecond   // before a turn begins, so that those who are just writing can say so
	turnTime  = 50 * time.Millisecond  // after which a turn is given on, when what is on its way has arrived
	linger    = 2 * time.Millisecond   // that a turn goes on with nothing to write: those who were answered come back
	repeating = 250 * time.Millisecond // after which a call is repeated: it may have been missed
	patience  = time.Second            // for one who is not heard any more, or who stands first and does not get done
)

// A queue is who waits to write to one register, as this process knows it. All processes have the same order: by places, and
// where two took the same one at once, by their names. It knows neither clock nor network.
type queue struct {
	me     string
	place  uint64    // ours; 0 while we have not called
	called time.Time // when we took it
	told   time.Time // when the others were told of it last
	begun  time.Time // when our turn began; zero while we wait for it
	idle   time.Time // since when there is nothing to write in our turn; zero while there is
	again  bool      // our turn has ended before others were done, or too late: who is parked needs another
	others map[string]*caller
	parked []*request // ours that wait for our turn
}

// A caller is another process that waits for its turn, or has it.
type caller struct {
	place uint64
	heard time.Time // last
	first time.Time // since when it stands before everybody; zero while it does not
	void  bool      // it stood there too long, and counts no more
}

func newQueue(me string) *queue { return &queue{me: me, others: map[string]*caller{}} }

// inUse is the place of who is writing without having called before. It comes before all that are taken.
const inUse = 1

// hear takes note of another's call: a place, or 0 from one who waits no more.
func (q *queue) hear(from string, place uint64, now time.Time) {
	c := q.others[from]
	switch {
	case place == 0:
		delete(q.others, from)
	case c == nil || c.place != place:
		q.others[from] = &caller{place: place, heard: now}
	default:
		c.heard = now
	}
}

// front gives the other who stands before all others and before us; nil where nobody does. One who was not heard for long, or
// has been there for long, is not waited for.
func (q *queue) front(now time.Time) *caller {
	for {
		first, name := q.firstOther(now)
		for from, c := range q.others {
			if c != first || q.place != 0 && !ahead(c.place, from, q.place, q.me) {
				c.first = time.Time{}
			}
		}
		switch {
		case first == nil || q.place != 0 && !ahead(first.place, name, q.place, q.me):
			return nil
		case first.first.IsZero():
			first.first = now
		case now.Sub(first.first) >= patience:
			first.void = true
			continue
		}
		return first
	}
}

// firstOther gives the first of the others who counts; nil for none.
func (q *queue) firstOther(now time.Time) (first *caller, name string) {
	for from, c := range q.others {
		switch {
		case now.Sub(c.heard) >= patience:
			delete(q.others, from)
		case c.void:
		case first == nil || ahead(c.place, from, first.place, name):
			first, name = c, from
		}
	}
	return first, name
}

// ahead says whether one place comes before another.
func ahead(place uint64, name string, other uint64, otherName string) bool {
	return place < other || place == other && name < otherName
}

// contended says whether anybody else waits.
func (q *queue) contended(now time.Time) bool {
	first, _ := q.firstOther(now)
	return first != nil
}

// may says whether a command may be decided now: in our turn, or where nobody waits.
func (q *queue) may(now time.Time) bool {
	if q.place == 0 {
		return !q.contended(now)
	}
	return !q.begun.IsZero() && !q.over(now)
}

// over says whether our turn has taken long enough.
func (q *queue) over(now time.Time) bool { return now.Sub(q.begun) >= turnTime }

// call takes a place.
func (q *queue) call(place uint64, now time.Time) {
	q.place, q.called, q.begun, q.idle = place, now, time.Time{}, time.Time{}
}

// leave gives our place up. The others may have lost patience with us.
func (q *queue) leave(now time.Time) {
	q.again = q.contended(now) || now.Sub(q.begun) >= patience
	q.place, q.begun, q.idle = 0, time.Time{}, time.Time{}
}

// step lets time pass. writing says whether anything of ours is on its way. It gives whether our turn begins, whether our place has
// changed, of which the others are to be told, and when to look again at the latest.
func (q *queue) step(now time.Time, writing bool) (begins, changed bool, next time.Time) {
	switch {
	case q.place == 0 && writing && q.contended(now):
		q.call(inUse, now)
		q.begun = now.Add(-turnTime)
		return false, true, now.Add(repeating)
	case q.place == 0:
		return false, false, now.Add(patience)
	case !q.begun.IsZero():
		return q.goOn(now, writing)
	}
	next = q.told.Add(repeating)
	if c := q.front(now); c != nil {
		return false, false, soonest(next, c.first.Add(patience), c.heard.Add(patience))
	}
	if at := q.called.Add(grace); now.Before(at) {
		return false, false, soonest(next, at)
	}
	q.begun = now
	return true, false, next
}

// goOn is step while it is our turn. It ends when nothing is on its way any more.
func (q *queue) goOn(now time.Time, writing bool) (begins, changed bool, next time.Time) {
	next = q.told.Add(repeating)
	switch {
	case writing:
		q.idle = time.Time{}
		return false, false, next
	case q.over(now):
		q.leave(now)
		return false, true, next
	case q.idle.IsZero():
		q.idle = now
	}
	at := q.idle.Add(linger)
	if !now.Before(at) {
		q.leave(now)
		return false, true, next
	}
	return false, false, soonest(next, at, q.begun.Add(turnTime))
}

func soonest(times ...time.Time) time.Time {
	first := times[0]
	for _, t := range times[1:] {
		if t.Before(first) {
			first = t
		}
	}
	return first
}
