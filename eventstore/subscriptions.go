package eventstore

import "registre/domain"

var (
	subscriptionIDs = idForm[domain.SubscriptionID]("the id of a subscription")
	channels        = wordForm[string]("webhook, mail or digest")
	noticeKinds     = idForm[domain.NoticeKind]("the kind of a notice")
)

func subscriptionMade(c *coder, a *domain.SubscriptionMade) {
	values(c, "bodies", optional, &a.Bodies, bodies)
	value(c, "channel", required, &a.Channel, channels)
	whether(c, "every", &a.Every)
	whole(c, "from_number", optional, &a.FromNumber)
	values(c, "groups", optional, &a.Groups, groups)
	values(c, "kinds", optional, &a.Kinds, noticeKinds)
	values(c, "members", optional, &a.Members, members)
	whether(c, "past", &a.Past)
	value(c, "principal", required, &a.Principal, principals)
	value(c, "subscription", required, &a.Subscription, subscriptionIDs)
}

func subscriptionEnded(c *coder, a *domain.SubscriptionEnded) {
	value(c, "reason", required, &a.Reason, texts)
	value(c, "subscription", required, &a.Subscription, subscriptionIDs)
}

func deliveryResumed(c *coder, a *domain.DeliveryResumed) {
	value(c, "group", optional, &a.Group, groups)
	value(c, "subscription", required, &a.Subscription, subscriptionIDs)
}

func noticeSkipped(c *coder, a *domain.NoticeSkipped) {
	value(c, "notice", required, &a.Notice, texts)
	value(c, "reason", required, &a.Reason, texts)
	value(c, "subscription", required, &a.Subscription, subscriptionIDs)
}
