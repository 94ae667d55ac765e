package domain

func (s *scribe) subscriptionMade(a *SubscriptionMade) {
	list(s, &a.Bodies, words)
	words(s, &a.Channel)
	s.flag(&a.Every)
	natural(s, &a.FromNumber)
	list(s, &a.Groups, words)
	list(s, &a.Kinds, words)
	list(s, &a.Members, words)
	s.flag(&a.Past)
	words(s, &a.Principal)
	words(s, &a.Subscription)
}

func (s *scribe) subscriptionEnded(a *SubscriptionEnded) {
	words(s, &a.Reason)
	words(s, &a.Subscription)
}

func (s *scribe) deliveryResumed(a *DeliveryResumed) {
	words(s, &a.Group)
	words(s, &a.Subscription)
}

func (s *scribe) noticeSkipped(a *NoticeSkipped) {
	words(s, &a.Notice)
	words(s, &a.Reason)
	words(s, &a.Subscription)
}
