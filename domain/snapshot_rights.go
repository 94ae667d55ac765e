package domain

func (s *scribe) rightGranted(a *RightGranted) {
	words(s, &a.Body)
	s.flag(&a.Every)
	list(s, &a.Groups, words)
	words(s, &a.Member)
	words(s, &a.Principal)
	words(s, &a.Role)
	words(s, &a.Sitting)
	signed(s, &a.Until)
}

func (s *scribe) rightEnded(a *RightEnded) {
	words(s, &a.Reason)
	natural(s, &a.Right)
}

// rights are the marks by which rights and subscriptions are found again.
func (s *scribe) rights(g *Group) {
	numbers := func(s *scribe, v *[]uint64) { list(s, v, natural) }
	registered(s, &g.grants, numbers)
	registered(s, &g.endings, numbers)
	registered(s, &g.subscriptions, numbers)
}
