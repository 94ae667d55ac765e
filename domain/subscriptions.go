package domain

import (
	"slices"
	"strings"
)

// SubscriptionID names a subscription, [a-z0-9-]{1,64}. It says nothing of who subscribed.
type SubscriptionID string

// NoticeKind names a kind of notice, [a-z0-9-]{1,64}. Which there are is the notices' affair.
type NoticeKind string

// SubscriptionMade asks that notices be brought to a principal, from its day on. It stands in the house register; where they are
// brought to stands in a store of its own, where it can be erased.
type SubscriptionMade struct {
	Bodies       []BodyID     // only what concerns one of these; none for all
	Channel      string       // ByWebhook, ByMail or ByDigest
	Every        bool         // of every group that the principal may read
	FromNumber   uint64       // of one group: from this event on; 0 otherwise
	Groups       []GroupID    // of these
	Kinds        []NoticeKind // only notices of these kinds; none for all
	Members      []MemberID   // only what concerns one of these; none for all
	Past         bool         // all that was recorded before, too
	Principal    PrincipalID
	Subscription SubscriptionID
}

// How notices are brought.
const (
	ByWebhook = "webhook"
	ByMail    = "mail"
	ByDigest  = "digest" // one mail with what there was since the last
)

// SubscriptionEnded ends a subscription.
type SubscriptionEnded struct {
	Reason       string
	Subscription SubscriptionID
}

// DeliveryResumed has what is parked for a subscription tried again, in its order: of one group, or of all.
type DeliveryResumed struct {
	Group        GroupID // "" for all
	Subscription SubscriptionID
}

// NoticeSkipped leaves a notice out of a subscription by hand, so that what waits behind it can go on.
type NoticeSkipped struct {
	Notice       string // its id
	Reason       string
	Subscription SubscriptionID
}

// maxFilter bounds how many groups, kinds, bodies and members a subscription names of each.
const maxFilter = 500

func (a *SubscriptionMade) check(f *form) {
	f.id("subscription", string(a.Subscription))
	f.id("principal", string(a.Principal))
	f.oneOf("channel", a.Channel, ByWebhook, ByMail, ByDigest)
	distinct(f, "groups", a.Groups, 0, func(g GroupID) GroupID { return g })
	distinct(f, "bodies", a.Bodies, 0, func(b BodyID) BodyID { return b })
	distinct(f, "members", a.Members, 0, func(m MemberID) MemberID { return m })
	distinct(f, "kinds", a.Kinds, 0, func(k NoticeKind) NoticeKind { return k })
	for _, list := range []struct {
		field string
		n     int
	}{{"groups", len(a.Groups)}, {"bodies", len(a.Bodies)}, {"members", len(a.Members)}, {"kinds", len(a.Kinds)}} {
		if list.n > maxFilter {
			f.wrong(list.field, "names %d, and %d are the most", list.n, maxFilter)
		}
	}
	if slices.Contains(a.Groups, House) {
		f.wrong("groups", "%q is no group", string(House))
	}
	if a.Every != (len(a.Groups) == 0) {
		f.wrong("groups", "a subscription is of some groups, or of every")
	}
	if a.FromNumber != 0 && (len(a.Groups) != 1 || a.Past) {
		f.wrong("from_number", "is a number in the register of one group, and not beside all the past")
	}
}

func (a *SubscriptionEnded) check(f *form) {
	f.id("subscription", string(a.Subscription))
	f.reason("reason", a.Reason)
}

func (a *DeliveryResumed) check(f *form) {
	f.id("subscription", string(a.Subscription))
	if a.Group != "" {
		f.id("group", string(a.Group))
	}
}

func (a *NoticeSkipped) check(f *form) {
	f.id("subscription", string(a.Subscription))
	f.line("notice", a.Notice)
	if parts := strings.Split(a.Notice, "/"); len(parts) < 3 || !ValidID(parts[0]) {
		f.wrong("notice", "%.80q is no id of a notice: group/number/kind", a.Notice)
	}
	f.reason("reason", a.Reason)
}

func (a *SubscriptionMade) judge(j *judgement) {
	j.unless(j.g.subscriptions.find(a.Subscription) == nil, SubscriptionExists, string(a.Subscription))
}

func (a *SubscriptionEnded) judge(j *judgement) { j.subscribed(a.Subscription) }
func (a *DeliveryResumed) judge(j *judgement)   { j.subscribed(a.Subscription) }
func (a *NoticeSkipped) judge(j *judgement) {
	row, ok := j.subscribed(a.Subscription)
	j.unless(!ok || !slices.Contains(row.Skipped, a.Notice), NothingChanges, a.Notice)
}

// subscribed asks that a subscription stands on the day.
func (j *judgement) subscribed(id SubscriptionID) (row SubscriptionRow, ok bool) {
	if j.g.subscriptions.find(id) == nil {
		j.breaks(UnknownSubscription, string(id))
		return row, false
	}
	row, ok = j.g.Subscription(id, j.pair())
	j.unless(ok && row.EndedBy == 0, SubscriptionOver, string(id))
	return row, ok
}

// What is said of a subscription is found again by its id; what each event says, as known, its corrections tell.
func (a *SubscriptionMade) mark(p *pen)  { p.find(p.g.subscriptions.get(a.Subscription)) }
func (a *SubscriptionEnded) mark(p *pen) { p.find(p.g.subscriptions.get(a.Subscription)) }
func (a *DeliveryResumed) mark(p *pen)   { p.find(p.g.subscriptions.get(a.Subscription)) }
func (a *NoticeSkipped) mark(p *pen)     { p.find(p.g.subscriptions.get(a.Subscription)) }

// A SubscriptionRow is a subscription on a day.
type SubscriptionRow struct {
	*SubscriptionMade
	Event   uint64 // that made it
	Day     Day    // from which it is there
	EndedBy uint64 // 0 as long as it stands
	Resumed []uint64
	Skipped []string // ids of notices
}

// Subscriptions gives the subscriptions made by then, those that have ended too, in the order of their ids.
func (g *Group) Subscriptions(q Pair) (rows []SubscriptionRow) {
	for _, i := range g.subscriptions.order {
		if row, ok := g.Subscription(g.subscriptions.ids[i], q); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// SubscriptionIDs are the ids of all subscriptions that anything was ever said of, those whose making was taken back too.
func (g *Group) SubscriptionIDs() (all []SubscriptionID) {
	for _, i := range g.subscriptions.order {
		all = append(all, g.subscriptions.ids[i])
	}
	return all
}

// Subscription is one of them; ok is false where it was not made by then.
func (g *Group) Subscription(id SubscriptionID, q Pair) (row SubscriptionRow, ok bool) {
	events := g.subscriptions.find(id)
	if events == nil {
		return row, false
	}
	for _, n := range *events {
		said, stands := g.Said(n, q.Known)
		if !stands || said.Effective.First > q.At {
			continue
		}
		switch a := said.Act.(type) {
		case *SubscriptionMade:
			row.SubscriptionMade, row.Event, row.Day = a, n, said.Effective.First
		case *SubscriptionEnded:
			row.EndedBy = n
		case *DeliveryResumed:
			row.Resumed = append(row.Resumed, n)
		case *NoticeSkipped:
			row.Skipped = append(row.Skipped, a.Notice)
		}
	}
	return row, row.SubscriptionMade != nil
}
