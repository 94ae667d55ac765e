package main

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"registre/domain"
	"registre/eventstore"
	"registre/notify"
	"registre/web"
)

// positionsFile is where the dispatcher keeps how far each subscription has its notices. It holds no address.
const positionsFile = "notices.db"

func (h *house) positions() string { return filepath.Join(h.Data, positionsFile) }

// contacts are those of the folder.
func (h *house) contacts(now func() time.Time) *contacts {
	return &contacts{ownFile: ownFile[contact]{dir: h.Data, name: contactsName}, now: now}
}

// noticing says how notices are brought while the registers are served.
type noticing struct {
	allow  []string // networks that receivers may stand in, beside the public one
	pauses []time.Duration
	within time.Duration
	mail   mailing
}

func (n *noticing) flags(flags *pflag.FlagSet) {
	flags.StringSliceVar(&n.allow, "webhook-allow", nil, "networks beside the public one that receivers of notices may stand in, as 10.1.0.0/16; there TLS is not asked for")
	flags.DurationSliceVar(&n.pauses, "webhook-pauses", notify.Pauses, "how long to wait after each failed attempt at a notice; after as many it is parked")
	flags.DurationVar(&n.within, "webhook-within", 15*time.Second, "how long a receiver may take to answer")
	n.mail.flags(flags)
}

// guard reads the networks.
func (n *noticing) guard() (*notify.Guard, error) {
	g := &notify.Guard{}
	for _, s := range n.allow {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, inFlag("flag-value", "--webhook-allow", s)
		}
		g.Allow = append(g.Allow, p.Masked())
	}
	return g, nil
}

// bringNotices brings notices until ctx ends, which closing the desk waits for.
func (a *app) bringNotices(ctx context.Context, l *local, may *door, n *noticing, leave *leaver, log *slog.Logger) error {
	guard, err := n.guard()
	if err != nil {
		return err
	}
	digestAt, err := n.mail.digestTime()
	if err != nil {
		return err
	}
	channels := map[string]notify.Channel{
		domain.ByWebhook: notify.NewWebhook(guard, l.archive.PublicKey().Name(), noticeAgent(), n.within),
	}
	if err := newCounter(l).mails(n, leave, channels); err != nil {
		return err
	}
	positions, err := notify.OpenPositions(l.folder.positions())
	if err != nil {
		return failure("failed", l.folder.positions(), err)
	}
	to := a.contacts()
	d, err := notify.New(notify.Options{
		Source:        l.noticeSource(),
		Subscriptions: l.subscriptions, May: may.told, Contact: to.find, Erase: to.erase, Others: l.beside(), Positions: positions, Log: log, Now: l.now, Pauses: n.pauses,
		Channels: channels, DigestAt: digestAt,
	})
	if err != nil {
		return errors.Join(failure("failed", l.folder.positions(), err), positions.Close())
	}
	l.dispatcher.Store(d)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = d.Run(ctx) // it ends with ctx
		if err := positions.Close(); err != nil {
			log.Error("the positions of notices", "error", err)
		}
	}()
	l.endNotices = func() { <-done }
	return nil
}

// told reports whether a principal may be told of a group now.
func (d *door) told(ctx context.Context, who domain.PrincipalID, group domain.GroupID) (bool, error) {
	err := d.May(ctx, web.Principal{ID: string(who)}, web.Right{What: web.ToRead, Operation: "notices", Group: string(group)})
	var denied *web.Fault
	if errors.As(err, &denied) {
		return false, nil
	}
	return err == nil, err
}

// subscriptions are those in force, and those that are over, as a dispatcher wants them.
func (l *local) subscriptions(ctx context.Context) (all []notify.Subscription, err error) {
	today := domain.InstantOf(l.now()).Day()
	err = l.ledger.View(ctx, domain.House, func(v *eventstore.View) error {
		for _, id := range v.State.SubscriptionIDs() {
			r, made := v.State.Subscription(id, domain.Pair{At: today, Known: v.Head})
			_, ever := v.State.Subscription(id, domain.Pair{At: domain.LastDay, Known: v.Head})
			switch {
			case made && r.EndedBy == 0:
				all = append(all, l.subscriptionOf(&r, v))
			case made || !ever: // it has ended, or that it was made was a mistake
				all = append(all, notify.Subscription{ID: id, Over: true})
			}
		}
		return nil
	})
	return all, err
}

func (l *local) subscriptionOf(r *domain.SubscriptionRow, v *eventstore.View) notify.Subscription {
	s := notify.Subscription{
		ID: r.Subscription, For: r.Principal, Channel: r.Channel, Groups: r.Groups, Bodies: r.Bodies, Members: r.Members, From: r.FromNumber, Made: v.Recorded(r.Event),
		Resumed: map[domain.GroupID]uint64{}, Skipped: map[string]bool{},
	}
	for _, k := range r.Kinds {
		s.Kinds = append(s.Kinds, string(k))
	}
	if !r.Past && r.FromNumber == 0 {
		s.Since = domain.InstantOf(v.Recorded(r.Event).Time().Add(-l.late())) // what others record after it may be stamped before it
	}
	for _, n := range r.Resumed {
		if said, ok := v.State.Said(n, v.Head); ok {
			if a, ok := said.Act.(*domain.DeliveryResumed); ok {
				s.Resumed[a.Group] = n
			}
		}
	}
	for _, id := range r.Skipped {
		s.Skipped[id] = true
	}
	return s
}

// subscriptionChannels are the ways that notices go to those who have subscribed.
var subscriptionChannels = []string{domain.ByWebhook, domain.ByMail, domain.ByDigest}

// standingOf counts how the notices stand that this server brings, by channel.
func (l *local) standingOf(ctx context.Context) ([]web.NoticesStanding, error) {
	subscriptions, err := l.subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]web.NoticesStanding, len(subscriptionChannels))
	of := map[domain.SubscriptionID]*web.NoticesStanding{}
	var ids []domain.SubscriptionID
	for i, channel := range subscriptionChannels {
		all[i].Channel = channel
		for j := range subscriptions {
			if s := &subscriptions[j]; s.Channel == channel && !s.Over {
				of[s.ID] = &all[i]
				ids = append(ids, s.ID)
				all[i].InForce++
			}
		}
	}
	d := l.dispatcher.Load()
	if d == nil {
		return all, nil
	}
	own, err := d.Brings(ids)
	for _, id := range own {
		of[id].Brought++
	}
	for id, lane := range d.Standing() {
		switch n := of[id.Subscription]; {
		case n == nil: // it is over
		case !lane.Parked.IsZero():
			n.Parked++
		case lane.Failed != "":
			n.Waiting++
		}
	}
	return all, err
}
