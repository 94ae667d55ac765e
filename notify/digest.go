package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// A Gatherer is a Channel that brings many notices at once: those of some registers that were recorded before an instant.
type Gatherer interface {
	Gather(ctx context.Context, c *Contact, all []*projections.Notice, due, now time.Time) error
}

// maxGathered is how many notices one digest holds. What is beyond comes in another, at once.
const maxGathered = 500

// A Rhythm says when digests are due: at a time of day in Paris, every day or every Monday.
type Rhythm struct {
	Weekly bool
	At     time.Duration // since midnight
}

var paris = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err) // the zones are compiled in
	}
	return zone
})

// After is the first instant behind t at which a digest is due.
func (r Rhythm) After(t time.Time) time.Time {
	year, month, day := t.In(paris()).Date()
	for ; ; day++ {
		due := time.Date(year, month, day, int(r.At/time.Hour), int(r.At/time.Minute)%60, 0, 0, paris())
		if due.After(t) && (!r.Weekly || due.Weekday() == time.Monday) {
			return due.UTC()
		}
	}
}

// setDigest sets a subscription's digests to work if one is due. It has one lane of its own, whose group is "", and a place in each
// register; nobody else moves these. The caller holds mu.
func (d *Dispatcher) setDigest(ctx context.Context, s *Subscription, heads []eventstore.Head) {
	id, now := LaneID{Subscription: s.ID}, d.Now()
	l := d.lanes[id]
	if l == nil {
		l = &lane{Lane: Lane{Due: s.Made.Time()}}
		d.lanes[id] = l
	}
	if l.busy {
		return
	}
	if !l.Parked.IsZero() && s.resumedAnywhere() > l.Resumed {
		l.again()
	}
	if skipped := s.Skipped[l.Notice]; (!l.Parked.IsZero() || now.Before(l.Next)) && !skipped {
		return
	}
	c, err := d.Contact(s.ID)
	channel, ok := d.Channels[s.Channel].(Gatherer)
	switch {
	case !ok:
		l.Failed = NotSetUp
		return
	case c == nil || err != nil:
		l.Failed = NoContact
		return
	case l.Attempts == 0:
		l.Failed = ""
	}
	g := &gathering{Dispatcher: d, Subscription: *s, channel: channel, rhythm: Rhythm{c.Weekly, d.DigestAt}, own: l.Lane, heads: heads, places: map[domain.GroupID]Place{}}
	if g.rhythm.After(l.Due).After(d.Source.Past().Time()) {
		return
	}
	for _, h := range heads {
		if at := d.lanes[LaneID{s.ID, h.Group}]; at != nil {
			g.places[h.Group] = at.Place
		}
	}
	l.busy = true
	d.wg.Go(func() { g.work(ctx, l) })
}

// again has a lane tried again that was parked.
func (l *Lane) again() {
	l.Parked, l.Next, l.Attempts, l.Since = time.Time{}, time.Time{}, 0, time.Time{}
}

// A gathering makes the digests of one subscription that are due.
type gathering struct {
	*Dispatcher
	Subscription
	channel Gatherer
	rhythm  Rhythm
	heads   []eventstore.Head
	own     Lane                     // of the digests themselves
	places  map[domain.GroupID]Place // up to which each register was told of
}

// work brings the digests that are due, one after the other, until none is left or one fails.
func (g *gathering) work(ctx context.Context, l *lane) {
	for ctx.Err() == nil {
		due := g.rhythm.After(g.own.Due)
		if due.After(g.Source.Past().Time()) {
			break
		}
		went, err := g.one(ctx, due)
		if err != nil && ctx.Err() == nil {
			g.Log.Error("a digest is held up", "subscription", g.ID, "error", err)
			g.own.Next = g.Now().Add(g.Pauses[0])
		}
		if err != nil || !went {
			break
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	l.Lane, l.busy = g.own, false
	for group, at := range g.places {
		g.lanes[LaneID{g.ID, group}] = &lane{Lane: Lane{Place: at}}
	}
}

// one brings the digest that is due at an instant, or what is left of it. What it holds follows from where the last one ended and from the
// instant alone: made again, it is the same, and has the same name.
func (g *gathering) one(ctx context.Context, due time.Time) (went bool, err error) {
	all, places, more, err := g.gather(ctx, domain.InstantOf(due))
	if err != nil {
		return false, err
	}
	if len(all) > 0 {
		failed := g.attempt(ctx, &g.Subscription, func(_ Channel, c *Contact) error { return g.channel.Gather(ctx, c, all, due, g.Now()) })
		switch {
		case failed != nil && ctx.Err() != nil:
			return false, nil // it was cut off by our own end
		case failed != nil:
			g.fail(&g.Subscription, &g.own, all[0].ID(), failed)
			return false, g.Positions.Save(LaneID{Subscription: g.ID}, g.own)
		}
	}
	g.own = Lane{Due: g.own.Due}
	if !more {
		g.own.Due = due
	}
	g.places = places
	kept := map[LaneID]Lane{{Subscription: g.ID}: g.own}
	for group, at := range places {
		kept[LaneID{g.ID, group}] = Lane{Place: at}
	}
	return true, g.Positions.SaveAll(kept)
}

// gather collects what was recorded before an instant and is not told yet, register by register; more says that there is too much of it.
func (g *gathering) gather(ctx context.Context, due domain.Instant) (all []*projections.Notice, places map[domain.GroupID]Place, more bool, err error) {
	places = map[domain.GroupID]Place{}
	groups := slices.Clone(g.heads)
	slices.SortFunc(groups, func(x, y eventstore.Head) int { return cmp.Compare(x.Group, y.Group) })
	for _, h := range groups {
		at, known := g.places[h.Group]
		if !g.wants(h.Group) {
			continue
		}
		may, err := g.May(ctx, g.For, h.Group)
		if err == nil && may && !known {
			at, err = g.start(ctx, &g.Subscription, h.Group)
		}
		if err != nil {
			return nil, nil, false, err
		}
		if may && len(all) < maxGathered {
			at, err = g.from(ctx, h.Group, at, due, &all)
		}
		if err != nil {
			return nil, nil, false, err
		}
		if may || known {
			places[h.Group] = at
		}
	}
	return all, places, len(all) >= maxGathered, nil
}

// from collects what is behind a place of one register, and gives the place behind it. Of the day on which a digest is due nothing was audited by
// then, even if it has been when the digest is made.
func (g *gathering) from(ctx context.Context, group domain.GroupID, at Place, due domain.Instant, all *[]*projections.Notice) (Place, error) {
	last, doubtful, err := g.Source.Log.Known(ctx, group, due-1) // what is recorded from now on lies behind it
	if err == nil && doubtful {
		err = errUnsettled
	}
	if err != nil {
		return at, err
	}
	for ctx.Err() == nil {
		steps, err := g.Source.After(ctx, group, at, g.asks(projections.FindingRaised))
		if err != nil || len(steps) == 0 {
			return at, err
		}
		for _, step := range steps {
			n := step.Notice
			if n != nil && (n.Number > last || n.Kind == projections.FindingRaised && n.Recorded.Day() >= due.Day()) || len(*all) >= maxGathered {
				return at, nil
			}
			if n != nil && g.Takes(n) && !g.Skipped[n.ID()] {
				*all = append(*all, n)
			}
			at = step.Behind
		}
	}
	return at, ctx.Err()
}

// errUnsettled says that it is not known yet what was recorded by the time at which a digest is due.
var errUnsettled = errors.New("what became of an append is not known")

var errNotGathered = errors.New("a digest brings many notices, and none alone")

// Digest is Mail for whoever wants one mail now and then.
type Digest struct{ *Mail }

// Deliver implements Channel.
func (Digest) Deliver(context.Context, *Contact, *projections.Notice, time.Time) error {
	return errNotGathered
}

// Gather implements Gatherer.
func (m Digest) Gather(ctx context.Context, c *Contact, all []*projections.Notice, due, now time.Time) error {
	letter := m.TellAll(c, all, due)
	name := "digest." + due.UTC().Format("20060102T1504Z") + "." + dotted(all[0].ID())
	return m.post(ctx, c, &letter, envelope{name: name, list: "digest", at: now})
}
