package domain

func (s *scribe) sittingConvened(a *SittingConvened) {
	list(s, &a.Agenda, (*scribe).agendaItem)
	words(s, &a.Body)
	signed(s, &a.Day)
	signed(s, &a.Deadline)
	words(s, &a.Hour)
	words(s, &a.Mode)
	list(s, &a.Observers, func(s *scribe, n *Named) {
		words(s, &n.Member)
		words(s, &n.Name)
	})
	words(s, &a.Place)
	words(s, &a.SecondOf)
	words(s, &a.Sitting)
}

func (s *scribe) agendaItem(a *AgendaItem) {
	list(s, &a.Changes, (*scribe).change)
	words(s, &a.Item)
	words(s, &a.Kind)
	list(s, &a.Options, func(s *scribe, o *AgendaOption) {
		words(s, &o.Option)
		words(s, &o.Title)
	})
	s.bytes(a.SHA256[:])
	words(s, &a.Title)
}

func (s *scribe) noticeSent(a *NoticeSent) {
	list(s, &a.Members, words)
	signed(s, &a.Sent)
	words(s, &a.Sitting)
}

func (s *scribe) noticeReceived(a *NoticeReceived) {
	list(s, &a.Members, words)
	signed(s, &a.Received)
	words(s, &a.Sitting)
}

func (s *scribe) noticeAnswered(a *NoticeAnswered) {
	words(s, &a.Answer)
	words(s, &a.Member)
	words(s, &a.Sitting)
}

func (s *scribe) sittingOpened(a *SittingOpened) {
	list(s, &a.Present, words)
	words(s, &a.Sitting)
}

func (s *scribe) attendeesArrived(a *AttendeesArrived) {
	list(s, &a.Attendees, words)
	words(s, &a.Sitting)
}

func (s *scribe) attendeesLeft(a *AttendeesLeft) {
	list(s, &a.Attendees, words)
	words(s, &a.Sitting)
}

func (s *scribe) delegateReplaced(a *DelegateReplaced) {
	words(s, &a.Member)
	words(s, &a.Sitting)
}

func (s *scribe) proxyGiven(a *ProxyGiven) {
	words(s, &a.Grantor)
	words(s, &a.Holder)
	list(s, &a.Items, words)
	words(s, &a.Sitting)
}

func (s *scribe) proxyRevoked(a *ProxyRevoked) {
	words(s, &a.Grantor)
	words(s, &a.Sitting)
}

func (s *scribe) memberRecused(a *MemberRecused) {
	words(s, &a.Item)
	words(s, &a.Member)
	words(s, &a.Sitting)
}

func (s *scribe) sittingSuspended(a *SittingSuspended) { words(s, &a.Sitting) }

func (s *scribe) sittingResumed(a *SittingResumed) { words(s, &a.Sitting) }

func (s *scribe) sittingAdjourned(a *SittingAdjourned) {
	words(s, &a.Reason)
	words(s, &a.Sitting)
	words(s, &a.Why)
}

func (s *scribe) sittingClosed(a *SittingClosed) { words(s, &a.Sitting) }

func (s *scribe) sittingCancelled(a *SittingCancelled) {
	words(s, &a.Reason)
	words(s, &a.Sitting)
}

func (s *scribe) itemAdded(a *ItemAdded) {
	s.agendaItem(&a.AgendaItem)
	words(s, &a.Sitting)
}

func (s *scribe) itemAmended(a *ItemAmended) {
	s.agendaItem(&a.AgendaItem)
	words(s, &a.Sitting)
}

func (s *scribe) itemWithdrawn(a *ItemWithdrawn) {
	words(s, &a.Item)
	words(s, &a.Reason)
	words(s, &a.Sitting)
}

func (s *scribe) itemPostponed(a *ItemPostponed) {
	words(s, &a.Item)
	words(s, &a.Reason)
	words(s, &a.Sitting)
	words(s, &a.To)
}

func (s *scribe) itemDivided(a *ItemDivided) {
	words(s, &a.Item)
	list(s, &a.Parts, (*scribe).agendaItem)
	words(s, &a.Sitting)
}

func (s *scribe) minutesApproved(a *MinutesApproved) {
	s.bytes(a.SHA256[:])
	words(s, &a.Sitting)
}
