package eventstore

import "registre/domain"

// The forms of what sittings are made of.
var (
	sittings      = idForm[domain.SittingID]("the id of a sitting, or of a written consultation")
	items         = idForm[domain.ItemID]("the id of an item on an agenda")
	options       = idForm[domain.OptionID]("the id of one of several options")
	hours         = wordForm[string]("a time of day, in Paris: 14:30")
	sittingModes  = wordForm[string]("in-person, remote or written")
	noticeAnswers = wordForm[string]("will-attend, will-be-represented or excused")
	adjournments  = wordForm[string]("no-quorum or other")
)

func sittingConvened(c *coder, a *domain.SittingConvened) {
	objects(c, "agenda", optional, &a.Agenda, agendaItem)
	value(c, "body", required, &a.Body, bodies)
	value(c, "day", required, &a.Day, days)
	value(c, "deadline", optional, &a.Deadline, days)
	value(c, "hour", optional, &a.Hour, hours)
	value(c, "mode", required, &a.Mode, sittingModes)
	objects(c, "observers", optional, &a.Observers, named)
	value(c, "place", optional, &a.Place, texts)
	value(c, "second_of", optional, &a.SecondOf, sittings)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func agendaItem(c *coder, a *domain.AgendaItem) { itemOf(c, a, nil) }

// itemOf visits an item, with its sitting where it stands by itself.
func itemOf(c *coder, a *domain.AgendaItem, sitting *domain.SittingID) {
	changes(c, "changes", &a.Changes)
	value(c, "item", required, &a.Item, items)
	value(c, "kind", optional, &a.Kind, itemKinds)
	objects(c, "options", optional, &a.Options, agendaOption)
	value(c, "sha256", optional, &a.SHA256, hashes)
	if sitting != nil {
		value(c, "sitting", required, sitting, sittings)
	}
	value(c, "title", required, &a.Title, texts)
}

func agendaOption(c *coder, o *domain.AgendaOption) {
	value(c, "option", required, &o.Option, options)
	value(c, "title", required, &o.Title, texts)
}

func noticeSent(c *coder, a *domain.NoticeSent) {
	values(c, "members", optional, &a.Members, members)
	value(c, "sent", required, &a.Sent, instants)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func noticeReceived(c *coder, a *domain.NoticeReceived) {
	values(c, "members", required, &a.Members, members)
	value(c, "received", required, &a.Received, instants)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func noticeAnswered(c *coder, a *domain.NoticeAnswered) {
	value(c, "answer", required, &a.Answer, noticeAnswers)
	value(c, "member", required, &a.Member, members)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func sittingOpened(c *coder, a *domain.SittingOpened) {
	values(c, "present", optional, &a.Present, members)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func attendeesArrived(c *coder, a *domain.AttendeesArrived) {
	values(c, "attendees", required, &a.Attendees, members)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func attendeesLeft(c *coder, a *domain.AttendeesLeft) {
	values(c, "attendees", required, &a.Attendees, members)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func delegateReplaced(c *coder, a *domain.DelegateReplaced) {
	value(c, "member", required, &a.Member, members)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func proxyGiven(c *coder, a *domain.ProxyGiven) {
	value(c, "grantor", required, &a.Grantor, members)
	value(c, "holder", required, &a.Holder, members)
	values(c, "items", optional, &a.Items, items)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func proxyRevoked(c *coder, a *domain.ProxyRevoked) {
	value(c, "grantor", required, &a.Grantor, members)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func memberRecused(c *coder, a *domain.MemberRecused) {
	value(c, "item", required, &a.Item, items)
	value(c, "member", required, &a.Member, members)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func sittingSuspended(c *coder, a *domain.SittingSuspended) {
	value(c, "sitting", required, &a.Sitting, sittings)
}

func sittingResumed(c *coder, a *domain.SittingResumed) {
	value(c, "sitting", required, &a.Sitting, sittings)
}

func sittingAdjourned(c *coder, a *domain.SittingAdjourned) {
	value(c, "reason", optional, &a.Reason, texts)
	value(c, "sitting", required, &a.Sitting, sittings)
	value(c, "why", required, &a.Why, adjournments)
}

func sittingClosed(c *coder, a *domain.SittingClosed) {
	value(c, "sitting", required, &a.Sitting, sittings)
}

func sittingCancelled(c *coder, a *domain.SittingCancelled) {
	value(c, "reason", required, &a.Reason, texts)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func itemAdded(c *coder, a *domain.ItemAdded) { itemOf(c, &a.AgendaItem, &a.Sitting) }

func itemAmended(c *coder, a *domain.ItemAmended) { itemOf(c, &a.AgendaItem, &a.Sitting) }

func itemWithdrawn(c *coder, a *domain.ItemWithdrawn) {
	value(c, "item", required, &a.Item, items)
	value(c, "reason", required, &a.Reason, texts)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func itemPostponed(c *coder, a *domain.ItemPostponed) {
	value(c, "item", required, &a.Item, items)
	value(c, "reason", required, &a.Reason, texts)
	value(c, "sitting", required, &a.Sitting, sittings)
	value(c, "to", optional, &a.To, sittings)
}

func itemDivided(c *coder, a *domain.ItemDivided) {
	value(c, "item", required, &a.Item, items)
	objects(c, "parts", required, &a.Parts, agendaItem)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func minutesApproved(c *coder, a *domain.MinutesApproved) {
	value(c, "sha256", optional, &a.SHA256, hashes)
	value(c, "sitting", required, &a.Sitting, sittings)
}
