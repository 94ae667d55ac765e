package projections

import (
	"slices"

	"registre/domain"
)

// What goes on in a sitting, as words.
const (
	CourseOpened    = "opened"
	CourseArrived   = "arrived"
	CourseLeft      = "left"
	CourseReplaced  = "replaced"
	CourseProxy     = "proxy-given"
	CourseRevoked   = "proxy-revoked"
	CourseRecused   = "recused"
	CourseSuspended = "suspended"
	CourseResumed   = "resumed"
	CourseAdjourned = "adjourned"
	CourseClosed    = "closed"
	CourseCancelled = "cancelled"
	CourseAdded     = "item-added"
	CourseAmended   = "item-amended"
	CourseWithdrawn = "item-withdrawn"
	CoursePostponed = "item-postponed"
	CourseDivided   = "item-divided"
	CourseVote      = "vote"
)

// MinutesPassage is one thing that went on. A vote is one passage, with all that came of it, where it was opened.
type MinutesPassage struct {
	Before   bool              `json:"before,omitzero"` // it stands before the opening of the sitting
	Day      domain.Date       `json:"day"`
	Event    uint64            `json:"event"`
	Holder   domain.MemberID   `json:"holder,omitempty"` // of a proxy
	Hour     string            `json:"hour,omitempty"`
	Item     domain.ItemID     `json:"item,omitempty"`
	ItemKind domain.ItemKind   `json:"item_kind,omitempty"` // of an item that is amended
	Items    []domain.ItemID   `json:"items,omitempty"`     // of a proxy; the parts of an item that is divided
	Kind     string            `json:"kind"`
	Lapsed   []domain.MemberID `json:"lapsed,omitempty"`  // grantors whose proxies end as they arrive
	Members  []domain.MemberID `json:"members,omitempty"` // whom it concerns; the grantor of a proxy
	Reason   string            `json:"reason,omitempty"`
	SHA256   string            `json:"sha256,omitempty"` // of the item's text
	Title    string            `json:"title,omitempty"`  // of the item, as it then was
	To       domain.SittingID  `json:"to,omitempty"`
	Vote     *MinutesVote      `json:"vote,omitempty"`
	Why      string            `json:"why,omitempty"` // it is adjourned
}

// course tells what went on, in its order.
func (w *minuteWriter) course() {
	w.m.Course = []MinutesPassage{}
	titles, before := map[domain.ItemID]string{}, true
	for n, act := range w.g.Proceedings(w.m.Sitting, w.q.Pair()) {
		w.m.Events = append(w.m.Events, n)
		entitle(titles, act)
		p, ok := w.room(act)
		if !ok {
			p, ok = w.dealt(n, act)
		}
		if _, opens := act.(*domain.SittingOpened); opens {
			before = false
		}
		if !ok {
			continue
		}
		said, _ := w.g.Said(n, w.q.Known)
		p.Before, p.Event, p.Day, p.Hour, p.Title = before, n, said.Effective, w.hour(n), titles[p.Item]
		for _, proxy := range w.s.Proxies {
			if proxy.Ended == n && proxy.Arrived {
				p.Lapsed = append(p.Lapsed, proxy.Grantor)
			}
		}
		w.named = append(append(w.named, p.Members...), p.Lapsed...)
		w.m.Course = append(w.m.Course, p)
	}
}

// hour is that at which an event was recorded; "" where that was on another day.
func (w *minuteWriter) hour(n uint64) string {
	said, ok := w.g.Said(n, w.q.Known)
	if !ok {
		return ""
	}
	if t := w.recorded(n); said.Effective.Precision == domain.PrecisionDay && t.Day() == said.Effective.First {
		return t.Hour()
	}
	return ""
}

// entitle keeps the titles of items as they are said.
func entitle(titles map[domain.ItemID]string, act domain.Act) {
	var items []domain.AgendaItem
	switch a := act.(type) {
	case *domain.SittingConvened:
		items = a.Agenda
	case *domain.ItemDivided:
		items = a.Parts
	case *domain.ItemAdded:
		items = []domain.AgendaItem{a.AgendaItem}
	case *domain.ItemAmended:
		items = []domain.AgendaItem{a.AgendaItem}
	}
	for i := range items {
		titles[items[i].Item] = items[i].Title
	}
}

// room tells what concerns who is there, and the sitting as a whole.
func (w *minuteWriter) room(act domain.Act) (p MinutesPassage, ok bool) {
	switch a := act.(type) {
	case *domain.SittingOpened:
		p = MinutesPassage{Kind: CourseOpened}
	case *domain.AttendeesArrived:
		p = MinutesPassage{Kind: CourseArrived, Members: a.Attendees}
	case *domain.AttendeesLeft:
		p = MinutesPassage{Kind: CourseLeft, Members: a.Attendees}
	case *domain.DelegateReplaced:
		p = MinutesPassage{Kind: CourseReplaced, Members: []domain.MemberID{a.Member}}
	case *domain.ProxyGiven:
		p = MinutesPassage{Kind: CourseProxy, Members: []domain.MemberID{a.Grantor}, Holder: a.Holder, Items: a.Items}
	case *domain.ProxyRevoked:
		p = MinutesPassage{Kind: CourseRevoked, Members: []domain.MemberID{a.Grantor}}
	case *domain.SittingSuspended:
		p = MinutesPassage{Kind: CourseSuspended}
	case *domain.SittingResumed:
		p = MinutesPassage{Kind: CourseResumed}
	case *domain.SittingAdjourned:
		p = MinutesPassage{Kind: CourseAdjourned, Reason: a.Reason, Why: a.Why}
	case *domain.SittingClosed:
		p = MinutesPassage{Kind: CourseClosed}
	case *domain.SittingCancelled:
		p = MinutesPassage{Kind: CourseCancelled, Reason: a.Reason}
	}
	return p, p.Kind != ""
}

// dealt tells what concerns an item.
func (w *minuteWriter) dealt(n uint64, act domain.Act) (p MinutesPassage, ok bool) {
	switch a := act.(type) {
	case *domain.MemberRecused:
		p = MinutesPassage{Kind: CourseRecused, Item: a.Item, Members: []domain.MemberID{a.Member}}
	case *domain.ItemAdded:
		p = MinutesPassage{Kind: CourseAdded, Item: a.Item, SHA256: a.SHA256.String()}
	case *domain.ItemAmended:
		p = MinutesPassage{Kind: CourseAmended, Item: a.Item, ItemKind: a.AgendaItem.Kind, SHA256: a.SHA256.String()}
	case *domain.ItemWithdrawn:
		p = MinutesPassage{Kind: CourseWithdrawn, Item: a.Item, Reason: a.Reason}
	case *domain.ItemPostponed:
		p = MinutesPassage{Kind: CoursePostponed, Item: a.Item, Reason: a.Reason, To: a.To}
	case *domain.ItemDivided:
		p = MinutesPassage{Kind: CourseDivided, Item: a.Item}
		for i := range a.Parts {
			p.Items = append(p.Items, a.Parts[i].Item)
		}
	case *domain.VoteOpened:
		p = MinutesPassage{Kind: CourseVote, Item: a.Item, Vote: w.vote(n, a.Item)}
	}
	return p, p.Kind != "" && (p.Kind != CourseVote || p.Vote != nil)
}

// vote is the vote that an event opened; nil where no such one is told.
func (w *minuteWriter) vote(n uint64, item domain.ItemID) *MinutesVote {
	i := w.s.Item(item)
	if i == nil {
		return nil
	}
	at := slices.IndexFunc(i.Ballots, func(b *domain.Ballot) bool { return b.Event == n })
	if at < 0 {
		return nil
	}
	v := minutesVote(w.g, w.q, i.Ballots[at])
	v.Events = w.votesOn(i.Ballots[at])
	v.ClosedHour = w.hour(v.Closed)
	w.m.Events = append(append(w.m.Events, v.Events...), v.RuleSet)
	if v.Legal != nil {
		w.m.Events = append(w.m.Events, v.Legal.Events...)
	}
	for _, s := range v.Roll {
		w.named = append(w.named, s.Member)
	}
	return &v
}

// votesOn are the events of a vote: that put the item to vote, opened it, cast votes, closed it and proclaimed what came of it.
func (w *minuteWriter) votesOn(b *domain.Ballot) (events []uint64) {
	for n, act := range w.g.Proceedings(w.m.Sitting, w.q.Pair()) {
		cast := false
		switch a := act.(type) {
		case *domain.VotesCast:
			cast = a.Item == b.Opened.Item
		case *domain.VotersMarked:
			cast = a.Item == b.Opened.Item
		}
		if cast && n > b.Event && (b.Closed == 0 || n < b.Closed) || n == b.Put || n == b.Event || n == b.Closed || n == b.Decision {
			events = append(events, n)
		}
	}
	return events
}
