package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// A Subscription is what somebody wants to be told of.
type Subscription struct {
	ID      domain.SubscriptionID
	For     domain.PrincipalID        // who is told
	Channel string                    // how: the name of a Channel
	Groups  []domain.GroupID          // of these; nil for all
	Kinds   []string                  // only of these kinds; nil for all
	Bodies  []domain.BodyID           // only what concerns one of these; nil for all
	Members []domain.MemberID         // only what concerns one of these; nil for all
	From    uint64                    // the number of the first event
	Since   domain.Instant            // only of events recorded after it; 0 for all
	Made    domain.Instant            // when it was
	Resumed map[domain.GroupID]uint64 // the number of the word that what is parked is to be tried again, the last one; of "" in all groups
	Skipped map[string]bool           // the ids of notices that are not to be delivered
	Over    bool                      // it has ended, or never was: what is kept of it goes
}

// resumed is the last word that what is parked is to be tried again: in a group, or in any.
func (s *Subscription) resumed(g domain.GroupID) uint64 { return max(s.Resumed[g], s.Resumed[""]) }

// resumedAnywhere is the last such word of all.
func (s *Subscription) resumedAnywhere() (n uint64) {
	for _, at := range s.Resumed {
		n = max(n, at)
	}
	return n
}

// wants reports whether a subscription is of a group.
func (s *Subscription) wants(g domain.GroupID) bool {
	return g != domain.House && (s.Groups == nil || slices.Contains(s.Groups, g))
}

// asks reports whether a subscription is of notices of a kind.
func (s *Subscription) asks(kind string) bool {
	return s.Kinds == nil || slices.Contains(s.Kinds, kind)
}

// Takes reports whether a notice is for a subscription.
func (s *Subscription) Takes(n *projections.Notice) bool {
	return n.Number >= s.From && n.Recorded > s.Since && s.wants(n.Group) && s.asks(n.Kind) && meets(s.Bodies, n.Bodies) && meets(s.Members, n.Members)
}

func meets[T comparable](wanted, of []T) bool {
	return wanted == nil || slices.ContainsFunc(of, func(x T) bool { return slices.Contains(wanted, x) })
}

// A Contact is where a subscription is delivered to. It stands where it can be erased, and nowhere else.
type Contact struct {
	Subscription domain.SubscriptionID
	URL          string
	Secrets      []string // those in force, the newest first
	Mail         string
	Lang         string // of what is said in words
	Weekly       bool   // digests: once a week, and not every day
}

// A Channel delivers. What it returns without an error has been taken; a *FailedError can say more.
type Channel interface {
	Deliver(ctx context.Context, c *Contact, n *projections.Notice, now time.Time) error
}

// Options say how a dispatcher works.
type Options struct {
	Source        *Source
	Subscriptions func(ctx context.Context) ([]Subscription, error)                       // those in force, and those that are over
	May           func(context.Context, domain.PrincipalID, domain.GroupID) (bool, error) // whether somebody may be told of a group, now
	Contact       func(domain.SubscriptionID) (*Contact, error)                           // nil where there is none, or no more
	Erase         func(context.Context, domain.SubscriptionID) error                      // lets go of the contact of one that is over
	Others        bool                                                                    // deliver too, to what they have the contacts of
	Channels      map[string]Channel
	Positions     Positions
	Log           *slog.Logger
	Now           func() time.Time
	Pauses        []time.Duration // between attempts; then a notice is parked
	Each          time.Duration   // how often it looks for what is new, unless it is nudged
	AtOnce        int             // deliveries to one subscription
	DigestAt      time.Duration   // since midnight in Paris, when digests are due
}

// Pauses are between the attempts at a notice, which is parked after the last: three days and some hours.
var Pauses = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// A Dispatcher delivers the notices of all subscriptions: within a register in its order, over whatever kills; and nobody waits for
// somebody else's receiver. Where Others deliver too, its own subscriptions are those whose contact it has, or of which it keeps a place.
type Dispatcher struct {
	Options
	nudged chan struct{}
	said   string // what the last round failed with

	mu    sync.Mutex
	lanes map[LaneID]*lane
	own   map[domain.SubscriptionID]bool // that it has seen to be its own
	gone  map[domain.SubscriptionID]bool // of which nothing is kept any more
	rooms map[domain.SubscriptionID]chan struct{}
	wg    sync.WaitGroup
}

// A lane is a Lane at work.
type lane struct {
	Lane
	kept  Place // as it was last saved
	busy  bool
	fresh bool   // it has no place yet
	head  uint64 // up to which there was nothing left
	day   domain.Day
}

// New makes a dispatcher of the positions as they are kept.
func New(o Options) (*Dispatcher, error) {
	if o.Pauses == nil {
		o.Pauses = Pauses
	}
	if o.Each == 0 {
		o.Each = time.Second
	}
	if o.AtOnce == 0 {
		o.AtOnce = 4
	}
	d := &Dispatcher{
		Options: o, nudged: make(chan struct{}, 1), lanes: map[LaneID]*lane{}, rooms: map[domain.SubscriptionID]chan struct{}{},
		own: map[domain.SubscriptionID]bool{}, gone: map[domain.SubscriptionID]bool{},
	}
	err := o.Positions.Lanes(func(id LaneID, l Lane) {
		d.lanes[id], d.own[id.Subscription] = &lane{Lane: l, kept: l.Place}, true
	})
	return d, err
}

// Nudge says that there may be something new.
func (d *Dispatcher) Nudge() {
	select {
	case d.nudged <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends. What is under way then is let end.
func (d *Dispatcher) Run(ctx context.Context) error {
	defer d.wg.Wait()
	tick := time.NewTicker(d.Each)
	defer tick.Stop()
	for {
		if err := d.round(ctx); ctx.Err() == nil {
			d.say(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-d.nudged:
		}
	}
}

// say says what holds the notices up, once for as long as it does.
func (d *Dispatcher) say(err error) {
	said := d.said
	d.said = ""
	if err == nil {
		return
	}
	if d.said = err.Error(); d.said != said {
		d.Log.Error("notices are held up", "error", err)
	}
}

// round sets the lanes to work that have something to do.
func (d *Dispatcher) round(ctx context.Context) error {
	subscriptions, err := d.Subscriptions(ctx)
	if err != nil {
		return err
	}
	heads, err := d.Source.Log.Heads(ctx)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range subscriptions {
		s := &subscriptions[i]
		mine, failed := d.mine(s)
		switch {
		case failed != nil:
			err = failed // of the file of contacts, and so of all
		case s.Over:
			err = errors.Join(err, d.forget(ctx, s.ID))
		case !mine:
		case s.Channel == domain.ByDigest:
			d.setDigest(ctx, s, heads)
		default:
			d.setAll(ctx, s, heads)
		}
	}
	return err
}

// mine reports whether it is for this dispatcher to deliver to a subscription. The caller holds mu.
func (d *Dispatcher) mine(s *Subscription) (bool, error) {
	if !s.Over {
		delete(d.gone, s.ID) // its end may have been taken back
	}
	if s.Over || !d.Others || d.own[s.ID] {
		return !s.Over, nil
	}
	c, err := d.Contact(s.ID)
	if err == nil && c != nil {
		d.own[s.ID] = true
	}
	return d.own[s.ID], err
}

// setAll sets the lanes of a subscription to work. The caller holds mu.
func (d *Dispatcher) setAll(ctx context.Context, s *Subscription, heads []eventstore.Head) {
	for _, h := range heads {
		if s.wants(h.Group) {
			d.set(ctx, s, h)
		}
	}
}

// set sets a lane to work if there is something to do. The caller holds mu.
func (d *Dispatcher) set(ctx context.Context, s *Subscription, h eventstore.Head) {
	id, now := LaneID{s.ID, h.Group}, d.Now()
	l := d.lanes[id]
	if l == nil {
		l = &lane{fresh: true}
		d.lanes[id] = l
	}
	if l.busy {
		return
	}
	if !l.Parked.IsZero() && s.resumed(h.Group) > l.Resumed {
		l.again()
	}
	today := d.Source.Past().Day()
	nothing := l.head == h.Number && l.day == today
	if !l.Parked.IsZero() && !s.Skipped[l.Notice] || nothing || now.Before(l.Next) && !s.Skipped[l.Notice] {
		return
	}
	l.busy = true
	own := *s
	d.wg.Go(func() { d.work(ctx, &own, id, l, h.Number, today) })
}

// forget lets go of the contact and the lanes of a subscription that is over, whoever ended it, and wherever. One of which the registers do
// not tell, or not yet, is not over. The caller holds mu.
func (d *Dispatcher) forget(ctx context.Context, id domain.SubscriptionID) error {
	if d.gone[id] {
		return nil
	}
	c, err := d.Contact(id)
	if err == nil && c != nil {
		err = d.Erase(ctx, id)
	}
	if err != nil {
		return err
	}
	kept := false
	for at, l := range d.lanes {
		if at.Subscription == id && l.busy {
			return nil // it ends soon
		}
		kept = kept || at.Subscription == id
	}
	if kept {
		err = d.Positions.Forget(id)
	}
	if err == nil {
		maps.DeleteFunc(d.lanes, func(at LaneID, _ *lane) bool { return at.Subscription == id })
		delete(d.rooms, id)
		delete(d.own, id)
		d.gone[id] = true
	}
	return err
}

// work goes through what is new for a lane, until there is nothing left or something fails.
func (d *Dispatcher) work(ctx context.Context, s *Subscription, id LaneID, l *lane, head uint64, today domain.Day) {
	own, kept, err := l.Lane, l.kept, error(nil) // nobody else touches them while the lane is busy
	if l.fresh {
		own.Place, err = d.start(ctx, s, id.Group)
	}
	whole, settled := false, true
	if err == nil && s.asks(projections.FindingRaised) {
		settled, err = d.Source.Settled(ctx, id.Group)
	}
	if err == nil {
		l.fresh = false
		whole, err = d.through(ctx, s, id, &own, &kept)
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Error("notices of a register are held up", "group", id.Group, "subscription", id.Subscription, "error", err)
		own.Next = d.Now().Add(d.Pauses[0])
	}
	d.mu.Lock()
	l.Lane, l.kept, l.busy = own, kept, false
	if whole && settled && err == nil {
		l.head, l.day = head, today
	}
	d.mu.Unlock()
}

// start is the place before the first event that a subscription is of.
func (d *Dispatcher) start(ctx context.Context, s *Subscription, g domain.GroupID) (Place, error) {
	before := max(s.From, 1) - 1
	if s.Since != 0 {
		n, _, err := d.Source.Log.Known(ctx, g, s.Since)
		if err != nil {
			return Place{}, err
		}
		before = max(before, n)
	}
	return Place{Done: before, Found: before}, nil
}

// maxUnsaved is how far a place may move past events without a notice before it is saved.
const maxUnsaved = 1000

// through delivers what is behind a lane's place. It reports whether it came to the end.
func (d *Dispatcher) through(ctx context.Context, s *Subscription, id LaneID, l *Lane, kept *Place) (whole bool, err error) {
	for ctx.Err() == nil {
		steps, err := d.Source.After(ctx, id.Group, l.Place, s.asks(projections.FindingRaised))
		if err != nil || len(steps) == 0 {
			return err == nil, err
		}
		for _, step := range steps {
			told := step.Notice != nil && s.Takes(step.Notice) && !s.Skipped[step.Notice.ID()]
			if told {
				if may, err := d.May(ctx, s.For, id.Group); !may {
					return false, err // it waits where it stands, until he may again
				}
				if ok, err := d.deliver(ctx, s, id, l, step.Notice); !ok {
					return false, err
				}
			}
			*l = Lane{Place: step.Behind}
			if told || l.Place.Done > kept.Done+maxUnsaved {
				if err := d.Positions.Save(id, *l); err != nil {
					return false, err
				}
				*kept = l.Place
			}
		}
	}
	return false, nil
}

// deliver tries to deliver a notice, and says whether it was taken. What failed is noted, and tried again or parked.
func (d *Dispatcher) deliver(ctx context.Context, s *Subscription, id LaneID, l *Lane, n *projections.Notice) (ok bool, err error) {
	failed := d.attempt(ctx, s, func(by Channel, c *Contact) error { return by.Deliver(ctx, c, n, d.Now()) })
	if failed == nil {
		return true, nil
	}
	if ctx.Err() != nil {
		return false, nil // it was cut off by our own end
	}
	d.fail(s, l, n.ID(), failed)
	return false, d.Positions.Save(id, *l)
}

// fail notes that a notice, or what begins with it, was not taken: it is tried again after a pause, or parked.
func (d *Dispatcher) fail(s *Subscription, l *Lane, id string, failed error) {
	now := d.Now()
	if errors.Is(failed, errNotSetUp) { // it waits until it is, and goes on
		l.Failed, l.Notice, l.Next = NotSetUp, id, now.Add(d.Pauses[0])
		return
	}
	if l.Notice != id {
		l.Attempts, l.Since, l.Notice = 0, now, id
	}
	l.Attempts++
	l.Failed = wordOf(failed)
	var why *FailedError
	gone := errors.As(failed, &why) && why.Gone
	if gone || l.Attempts > len(d.Pauses) {
		l.Parked, l.Next, l.Resumed = now, time.Time{}, s.resumedAnywhere()
		d.Log.Warn("a notice is parked", "subscription", s.ID, "notice", id, "attempts", l.Attempts, "why", l.Failed)
		return
	}
	pause := d.Pauses[l.Attempts-1]
	pause += rand.N(pause/10 + 1) // so that those who failed together do not come back together
	if why != nil {
		pause = max(pause, why.After)
	}
	l.Next = now.Add(pause)
}

var (
	errNoContact = errors.New("its address is erased, or was never given")
	errNotSetUp  = errors.New("this server brings nothing that way")
)

// attempt has a channel deliver something, when there is room for one more delivery of the subscription.
func (d *Dispatcher) attempt(ctx context.Context, s *Subscription, deliver func(Channel, *Contact) error) error {
	room := d.room(s.ID)
	select {
	case room <- struct{}{}:
		defer func() { <-room }()
	case <-ctx.Done():
		return ctx.Err()
	}
	c, err := d.Contact(s.ID)
	if err != nil {
		return err
	}
	channel := d.Channels[s.Channel]
	switch {
	case channel == nil:
		return errNotSetUp
	case c == nil:
		return errNoContact
	}
	return deliver(channel, c)
}

func (d *Dispatcher) room(of domain.SubscriptionID) chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rooms[of] == nil {
		d.rooms[of] = make(chan struct{}, d.AtOnce)
	}
	return d.rooms[of]
}

// Words for why a notice was not taken. None holds an address: these are kept where nothing is erased.
const (
	NoAnswer      = "no-answer"
	NoName        = "no-such-host"
	NoContact     = "no-address"
	NotSetUp      = "not-set-up"
	NoCertificate = "certificate-refused"
	Guarded       = "address-refused"
	TooSlow       = "too-slow"
)

func wordOf(err error) string {
	var failed *FailedError
	var name *net.DNSError
	var slow interface{ Timeout() bool }
	var unknown *tls.CertificateVerificationError
	switch {
	case errors.As(err, &failed) && (failed.Status != 0 || failed.Said != ""):
		return failed.Error()
	case errors.Is(err, errNoContact):
		return NoContact
	case errors.Is(err, ErrGuarded):
		return Guarded
	case errors.As(err, &name):
		return NoName
	case errors.As(err, &unknown):
		return NoCertificate
	case errors.As(err, &slow) && slow.Timeout():
		return TooSlow
	}
	return NoAnswer
}

// Standing gives the lanes as they are, to be looked at.
func (d *Dispatcher) Standing() map[LaneID]Lane {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[LaneID]Lane, len(d.lanes))
	for id, l := range d.lanes {
		all[id] = l.Lane
	}
	return all
}

// Carries are the channels that notices go out by from here, in order.
func (d *Dispatcher) Carries() []string { return slices.Sorted(maps.Keys(d.Channels)) }

// Brings are those of some subscriptions, in force, that this dispatcher brings, or would bring if they could be brought.
func (d *Dispatcher) Brings(ids []domain.SubscriptionID) (own []domain.SubscriptionID, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range ids {
		mine, err := d.mine(&Subscription{ID: id})
		if err != nil {
			return nil, err
		}
		if mine {
			own = append(own, id)
		}
	}
	return own, nil
}
