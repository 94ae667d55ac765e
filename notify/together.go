package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// Together gives the notices of all registers to many followers. One reader reads for all of them, and keeps what it has read last;
// whoever comes from further back, or has fallen behind that, reads for himself up to it, a few at a time.
//
// In registers that nobody else writes to the notices come in the order in which their events were recorded, and a mark follows from its
// event alone. Where others write too, nobody knows what they are about to record: notices come as they are found, those of a register
// in its order, and a mark lies at least Lag behind the present. So whoever goes on from it misses none, and may get some again.
type Together struct {
	Source *Source
	Ends   func(context.Context) (domain.Instant, []eventstore.Head, error) // as eventstore's Ledger.Settled gives them
	Origin string                                                           // of the log
	Lag    time.Duration                                                    // 0 where nobody else writes to the registers
	Each   time.Duration                                                    // how often the reader looks for what is new; 0 for a fifth of a second
	Kept   int                                                              // how many notices are kept; 0 for 16,384
	AtOnce uint64                                                           // how many events are read at once, and of more nothing is kept; 0 for 20,000
	Log    *slog.Logger

	reading sync.Mutex // held by whoever reads for all

	mu        sync.Mutex
	at        map[domain.GroupID]uint64 // up to which event each register is read; nil before there was a reader
	until     domain.Instant            // what was recorded at or before it is read
	behind    Mark                      // what is kept is everything behind it
	kept      []*Told
	first     uint64                       // the place of the first of these among all that were ever kept
	size      int                          // of their bodies
	changed   chan struct{}                // closed when something was
	asleep    map[string]map[*sleeper]bool // until something of a group is
	standing  standing                     // of the rights
	rights    uint64                       // how often they were others than before
	followers int
	end       func()                  // of the reader
	broken    map[domain.GroupID]bool // registers that cannot be read
	rounds    uint64                  // how often something new was found

	catching chan struct{}
}

// A Told is a notice as followers get it. It must not be changed.
type Told struct {
	Mark    // of its event
	Notice  *projections.Notice
	Body    []byte // the CloudEvent
	Place   Mark   // from which whoever has it, and all before it, can go on: its event, unless others may yet record something before that
	Spelled string // Place, as ParseMark reads it
	Round   uint64 // tells what was found at once from what was found later; 0 where it was read for one follower alone
	More    bool   // more of its event comes
	Rests   bool   // nothing more is at hand behind it
}

const (
	keptNotices  = 16_384
	keptBytes    = 32 << 20
	keptSince    = time.Hour // before there was a reader
	readAtOnce   = 20_000
	maxCatching  = 4
	heldTogether = 16_384 // events that are held of all registers at once, while they are brought in order
	maxPassed    = 256
)

// NewTogether makes one that nobody follows yet.
func NewTogether(t *Together) *Together {
	if t.Each == 0 {
		t.Each = 200 * time.Millisecond
	}
	if t.Kept == 0 {
		t.Kept = keptNotices
	}
	if t.AtOnce == 0 {
		t.AtOnce = readAtOnce
	}
	t.changed, t.catching, t.broken, t.asleep = make(chan struct{}), make(chan struct{}, maxCatching), map[domain.GroupID]bool{}, map[string]map[*sleeper]bool{}
	return t
}

// join begins to follow: from then on somebody reads, until whoever joined leaves. Whoever does not follow wants what is there by now.
func (t *Together) join(ctx context.Context, follow bool) error {
	t.mu.Lock()
	read := t.followers == 0 || t.at == nil || !follow
	if t.followers++; t.followers == 1 {
		t.begin()
	}
	t.mu.Unlock()
	if !read {
		return nil
	}
	return t.Read(ctx)
}

// begin has somebody read for all. The caller holds mu.
func (t *Together) begin() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	t.end = func() { stop(); <-ended }
	go func() {
		defer close(ended)
		tick := time.NewTicker(t.Each)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := t.Read(ctx); err != nil && ctx.Err() == nil {
				t.Log.Error("notices are held up", "channel", "stream of all groups", "error", err)
			}
		}
	}()
}

// leave ends the reader with the last who follows.
func (t *Together) leave() {
	t.mu.Lock()
	t.followers--
	end := t.end
	if t.followers > 0 {
		end = func() {}
	}
	t.mu.Unlock()
	end()
}

// Read reads what is new in all registers.
func (t *Together) Read(ctx context.Context) (err error) {
	t.reading.Lock()
	defer t.reading.Unlock()
	until, heads, err := t.Ends(ctx)
	if err != nil {
		return err
	}
	heads = slices.DeleteFunc(heads, func(h eventstore.Head) bool { return h.Group == domain.House })
	at, behind := maps.Clone(t.at), t.behind // nobody else changes them
	if at == nil || unread(at, heads) > t.AtOnce {
		if at, behind, err = t.startAt(ctx, heads, until); err != nil {
			return err
		}
	}
	var found []Told
	for _, h := range heads {
		if h.Number > at[h.Group] {
			if err := t.readGroup(ctx, h.Group, until, at, &found); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(found, func(x, y Told) int { return x.Compare(y.Mark) })
	place(found, t.safe(until))
	rights, err := t.standingNow(ctx)
	if err == nil {
		t.keep(found, at, until, behind, rights)
	}
	return err
}

// unread is how many events are behind some places.
func unread(at map[domain.GroupID]uint64, heads []eventstore.Head) (n uint64) {
	for _, h := range heads {
		n += h.Number - min(at[h.Group], h.Number)
	}
	return n
}

// startAt is where a reader begins: an hour ago, or now if that is too much.
func (t *Together) startAt(ctx context.Context, heads []eventstore.Head, until domain.Instant) (at map[domain.GroupID]uint64, behind Mark, err error) {
	for _, since := range []domain.Instant{domain.InstantOf(until.Time().Add(-keptSince)), until} {
		behind = Mark{At: since + 1}
		if at, err = t.places(ctx, heads, behind); err != nil || unread(at, heads) <= t.AtOnce {
			return at, behind, err
		}
	}
	return at, behind, nil
}

// places are the numbers of the last events up to a mark, of each register.
func (t *Together) places(ctx context.Context, heads []eventstore.Head, m Mark) (map[domain.GroupID]uint64, error) {
	at := make(map[domain.GroupID]uint64, len(heads))
	for _, h := range heads {
		n, err := t.placeIn(ctx, h, m)
		if err = t.leftOut(h.Group, err); err != nil {
			return nil, err
		}
		at[h.Group] = n
	}
	return at, nil
}

// placeIn is that of one register. One of which nothing came since is not opened for it.
func (t *Together) placeIn(ctx context.Context, h eventstore.Head, m Mark) (uint64, error) {
	if h.Group == m.Group {
		return m.Number, nil
	}
	upTo := m.At
	if h.Group > m.Group {
		upTo-- // at the same instant it is told later
	}
	for e, err := range t.Source.Log.Events(ctx, h.Group, h.Number-1) {
		if err == nil && e.Recorded <= upTo {
			return e.Number, nil
		}
		break
	}
	n, _, err := t.Source.Log.Known(ctx, h.Group, upTo)
	return n, err
}

// leftOut notes that a register is damaged: the others go on without it.
func (t *Together) leftOut(group domain.GroupID, err error) error {
	if !errors.Is(err, eventstore.ErrDamaged) {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.broken[group] {
		t.broken[group] = true
		t.Log.Error("the notices of a group are left out", "group", group, "error", err)
	}
	return nil
}

// readGroup reads what is new in one register, and moves its place.
func (t *Together) readGroup(ctx context.Context, group domain.GroupID, until domain.Instant, at map[domain.GroupID]uint64, found *[]Told) error {
	if t.Lag > 0 {
		until = domain.LastInstant
	}
	p := Place{Done: at[group]}
	for ctx.Err() == nil {
		steps, err := t.Source.After(ctx, group, p, false)
		if err != nil || len(steps) == 0 {
			return t.leftOut(group, err)
		}
		for i := range steps {
			if steps[i].at > until {
				return nil
			}
			if err := t.tell(&steps[i], found); err != nil {
				return err
			}
			p = steps[i].Behind
			at[group] = p.Done
		}
	}
	return ctx.Err()
}

// tell adds the notice of a step.
func (t *Together) tell(s *Step, found *[]Told) error {
	n := s.Notice
	if n == nil {
		return nil
	}
	body, err := projections.Encode(n.CloudEvent(t.Origin))
	if err != nil {
		return fmt.Errorf("%s: %w", n.ID(), err)
	}
	*found = append(*found, Told{Mark: Mark{n.Recorded, n.Group, n.Number}, Notice: n, Body: body})
	return nil
}

// safe is the mark up to which nothing more can come.
func (t *Together) safe(until domain.Instant) Mark {
	return Mark{At: domain.InstantOf(until.Time().Add(-t.Lag)) + 1}
}

// place says from where whoever has some notices can go on.
func place(all []Told, safe Mark) {
	for i := range all {
		if all[i].Place = all[i].Mark; safe.Compare(all[i].Mark) < 0 {
			all[i].Place = safe
		}
		all[i].Spelled = all[i].Place.String()
	}
}

// keep keeps what was read for all, and lets go of what was kept longest.
func (t *Together) keep(found []Told, at map[domain.GroupID]uint64, until domain.Instant, behind Mark, rights standing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if behind != t.behind { // it has begun anew
		t.first += uint64(len(t.kept)) + 1
		t.kept, t.size, t.behind = nil, 0, behind
		t.wake(anyGroup, false)
		t.wakeOthers()
	}
	t.at, t.until = at, until
	if rights != t.standing {
		t.standing = rights
		t.rights++
		t.wake(anyGroup, true)
	}
	if len(found) == 0 {
		return
	}
	for i := range found {
		t.wake(string(found[i].Group), true)
	}
	t.rounds++
	for i := range found {
		found[i].Round = t.rounds
		t.kept = append(t.kept, &found[i])
		t.size += len(found[i].Body)
	}
	drop := 0
	for len(t.kept)-drop > t.Kept || t.size > keptBytes && len(t.kept) > drop {
		t.size -= len(t.kept[drop].Body)
		if t.behind.Compare(t.kept[drop].Mark) < 0 {
			t.behind = t.kept[drop].Mark
		}
		drop++
	}
	if drop > 0 {
		t.first += uint64(drop)
		t.kept = slices.Clone(t.kept[drop:]) // so that what is gone is
	}
	t.wakeOthers()
}

// wakeOthers wakes those who wait for whatever comes. The caller holds mu.
func (t *Together) wakeOthers() {
	close(t.changed)
	t.changed = make(chan struct{})
}
