package projections

import "registre/domain"

// SubscriptionsAnswer says who is told of what.
type SubscriptionsAnswer struct {
	At            domain.Day          `json:"at"`
	Group         domain.GroupID      `json:"group"` // the house
	Known         uint64              `json:"known"`
	Subscriptions []SubscriptionEntry `json:"subscriptions"` // by their ids
}

// SubscriptionEntry is one subscription. Where it is brought to stands nowhere in a register.
type SubscriptionEntry struct {
	Bodies       []domain.BodyID       `json:"bodies,omitempty"`
	Channel      string                `json:"channel"`
	EndedBy      uint64                `json:"ended_by,omitzero"`
	Event        uint64                `json:"event"` // that made it
	Every        bool                  `json:"every,omitzero"`
	FromNumber   uint64                `json:"from_number,omitzero"`
	Groups       []domain.GroupID      `json:"groups,omitempty"`
	Kinds        []domain.NoticeKind   `json:"kinds,omitempty"`
	Members      []domain.MemberID     `json:"members,omitempty"`
	Past         bool                  `json:"past,omitzero"`
	Principal    domain.PrincipalID    `json:"principal"`
	Since        domain.Day            `json:"since"`
	Skipped      []string              `json:"skipped,omitempty"` // ids of notices left out by hand
	Subscription domain.SubscriptionID `json:"subscription"`
}

// Subscriptions answers: who is told of what, and who was? Principal, where it is not "", leaves out those of others.
func Subscriptions(g *domain.Group, q Question, principal domain.PrincipalID) SubscriptionsAnswer {
	q = q.resolved(g)
	a := SubscriptionsAnswer{At: q.At, Group: q.Group, Known: q.Known, Subscriptions: []SubscriptionEntry{}}
	for _, r := range g.Subscriptions(q.Pair()) {
		if principal != "" && r.Principal != principal {
			continue
		}
		a.Subscriptions = append(a.Subscriptions, SubscriptionEntry{
			Bodies: r.Bodies, Channel: r.Channel, EndedBy: r.EndedBy, Event: r.Event, Every: r.Every, FromNumber: r.FromNumber, Groups: r.Groups, Kinds: r.Kinds,
			Members: r.Members, Past: r.Past, Principal: r.Principal, Since: r.Day, Skipped: r.Skipped, Subscription: r.Subscription,
		})
	}
	return a
}
