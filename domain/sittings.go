package domain

import "slices"

// sitting is what was said of one sitting, in its order.
type sitting struct {
	log    Timeline[Act]
	live   *Sitting // as it stands now; nil once it is over, and from a correction until something more is said: then it is made again
	pasts  []past   // as it stood before, a few times; none once it is over
	untold int      // what was said since the last of them
	heard  uint64   // the last event by which anything was said of it, or unsaid; where live is nil it may be 0
}

// What a sitting has come to.
const (
	Convened  = "convened"
	Open      = "open"
	Suspended = "suspended"
	Adjourned = "adjourned"
	Closed    = "closed"
	// Cancelled, that of an order form, is also that of a sitting.
)

// A Sitting is one as it stands at a pair.
type Sitting struct {
	Convened *SittingConvened
	Event    uint64 // that convened it
	Status   string
	Why      string // it is adjourned; ForNoQuorum or ForOther
	Reason   string // it is adjourned or cancelled

	There   []MemberID // members and observers, as they came
	Agenda  []*Item
	Proxies []Proxy // all that were given, in their order
	Notices []Notification
	Answers []Reply // the last of each member

	Opened   uint64
	Ended    uint64 // the event that adjourned, closed or cancelled it
	Approved uint64 // the event that approved its minutes; 0 where none has
	Minutes  Hash   // of these

	brief bool     // of its votes those of one member alone are counted
	of    MemberID // who that is; "" for nobody
	last  Place    // of what was last said of it
	voted Place    // of what last went on in it, from its opening on
}

// A Proxy is one member's for another.
type Proxy struct {
	Grantor MemberID
	Holder  MemberID
	Items   []ItemID // none means all
	Event   uint64
	Ended   uint64 // 0 as long as it stands
	Arrived bool   // it ended as the grantor arrived

	late bool // the sitting had been opened
}

// A Notification says when members had, or were sent, the notice.
type Notification struct {
	Event    uint64
	Members  []MemberID // none means all
	Received Instant    // 0 where it was sent
	Sent     Instant    // 0 where it was received
}

// A Reply is a member's answer to the notice.
type Reply struct {
	Answer string
	Event  uint64
	Member MemberID
}

// What has become of an item.
const (
	Pending   = "pending"
	Voting    = "voting"
	Decided   = "decided"
	Postponed = "postponed"
	InParts   = "in-parts"
	// Withdrawn, that of a deliberation, is also that of an item.
)

// An Item is one of an agenda.
type Item struct {
	AgendaItem
	Ballots []*Ballot // each time it was put to vote
	Defined uint64    // the event that says what it is
	Event   uint64    // that withdrew, postponed or divided it
	PartOf  ItemID
	Reason  string // it is withdrawn or postponed
	Recused []MemberID
	Status  string
	To      SittingID // it is postponed to

	put    uint64 // the event that last put it to vote
	second bool   // the next ballot of a choice is a second round: it is, until the choice is made
}

// logged marks what is said of a sitting.
func (p *pen) logged(id SittingID, a Act) {
	i := p.g.sittings.at(id)
	s := p.g.sittings.all[i]
	mark(p, &s.log, a)
	p.doubt(TouchSittings, "")
	s.heard = p.known
	switch {
	case p.erase || p.known != p.number:
		s.live = nil
		s.forget()
	case s.live == nil || p.place().less(s.live.last):
		s.forget()
		if now, ok := s.fold(LastDay, Latest); ok {
			s.live = now
		} else {
			s.live = nil
		}
	default:
		s.live.apply(p.place(), a)
	}
	if s.live != nil && s.live.over() {
		s.live = nil
		s.forget()
	}
	s.remember()
}

// fold is the sitting at a pair; ok is false where nothing convened it.
func (s *sitting) fold(at Day, known uint64) (*Sitting, bool) {
	return s.foldInto(new(Sitting), at, known)
}

func (s *sitting) foldInto(now *Sitting, at Day, known uint64) (_ *Sitting, ok bool) {
	for e := range s.log.from(FirstDay, known) {
		if e.Place.Day > at {
			break
		}
		now.apply(e.Place, e.Value)
	}
	return now, now.Convened != nil
}

// Sitting is a sitting at q; ok is false where none of that name is convened. It is good until the group evolves, and not to be
// changed: one that goes on is at hand as it stands now, however much was said of it.
func (g *Group) Sitting(id SittingID, q Pair) (*Sitting, bool) {
	s := g.sittings.find(id)
	if s == nil {
		return nil, false
	}
	if now := s.atHand(q); now != nil {
		return now, true
	}
	return s.fold(q.At, q.Known)
}

// Sittings gives the sittings at q, by their days, and of one day in the order in which they were convened.
func (g *Group) Sittings(q Pair) []*Sitting {
	return g.everySitting(func(s *sitting) (*Sitting, bool) { return s.fold(q.At, q.Known) })
}

// SittingsInShort gives the sittings as Sittings does, but without what was voted: of a ballot there are the event that opened it and
// those that put it to vote and closed it, and its decision. That is a small part of the work.
func (g *Group) SittingsInShort(q Pair) []*Sitting { return g.SittingsFor("", q) }

// SittingsFor gives the sittings as SittingsInShort does, and in them what one member voted: of a ballot that it is on the roll of,
// the poll has that member alone, and no tally.
func (g *Group) SittingsFor(m MemberID, q Pair) []*Sitting {
	return g.everySitting(func(s *sitting) (*Sitting, bool) {
		short, ok := s.foldInto(&Sitting{brief: true, of: m}, q.At, q.Known)
		if ok && short.tangled() {
			return s.fold(q.At, q.Known)
		}
		return short, ok
	})
}

// tangled reports whether a vote was recorded after the event that closed its ballot, and counts before it: which was the last
// then takes a count to tell.
func (s *Sitting) tangled() bool {
	for _, i := range s.Agenda {
		for _, b := range i.Ballots {
			if b.Closed > 0 && b.Last > b.Closed {
				return true
			}
		}
	}
	return false
}

func (g *Group) everySitting(fold func(*sitting) (*Sitting, bool)) (all []*Sitting) {
	for _, s := range g.sittings.all {
		if now, ok := fold(s); ok {
			all = append(all, now)
		}
	}
	slices.SortStableFunc(all, func(a, b *Sitting) int {
		if a.Convened.Day != b.Convened.Day {
			return int(a.Convened.Day - b.Convened.Day)
		}
		return int(int64(a.Event) - int64(b.Event))
	})
	return all
}

// session is a sitting as known now, whatever the day; nil where there is none. It is not changed.
func (g *Group) session(id SittingID) *Sitting {
	s := g.sittings.find(id)
	if s == nil {
		return nil
	}
	if s.live != nil {
		return s.live
	}
	now, ok := s.fold(LastDay, Latest)
	if !ok {
		return nil
	}
	return now
}

// over reports whether nothing more goes on in s.
func (s *Sitting) over() bool {
	return s.Status == Adjourned || s.Status == Closed || s.Status == Cancelled
}

// IsThere reports whether somebody is in the room.
func (s *Sitting) IsThere(id MemberID) bool { return slices.Contains(s.There, id) }

// IsWritten reports whether s is a written consultation.
func (s *Sitting) IsWritten() bool { return s.Convened.Mode == Written }

// Observes reports whether somebody is convened as an observer.
func (s *Sitting) Observes(id MemberID) bool {
	return slices.ContainsFunc(s.Convened.Observers, func(n Named) bool { return n.Member == id })
}

// Item is an item of the agenda; nil where there is none.
func (s *Sitting) Item(id ItemID) *Item {
	for _, i := range s.Agenda {
		if i.Item == id {
			return i
		}
	}
	return nil
}

// Voting is the item that is being voted on, in a sitting at most one; nil where none is.
func (s *Sitting) Voting() *Item {
	for _, i := range s.Agenda {
		if i.Status == Voting {
			return i
		}
	}
	return nil
}

// proxy is the standing proxy of a grantor; nil where it has none.
func (s *Sitting) proxy(grantor MemberID) *Proxy {
	for i := range s.Proxies {
		if p := &s.Proxies[i]; p.Grantor == grantor && p.Ended == 0 {
			return p
		}
	}
	return nil
}

// held counts the standing proxies of a holder.
func (s *Sitting) held(holder MemberID) (n int) {
	for _, p := range s.Proxies {
		if p.Holder == holder && p.Ended == 0 {
			n++
		}
	}
	return n
}

// apply takes what is said next. What makes no sense, which no command that was judged says, changes nothing.
func (s *Sitting) apply(at Place, a Act) {
	s.last = at
	if c, ok := a.(*SittingConvened); ok && s.Convened == nil {
		s.convene(at.Number, c)
	}
	if s.Convened == nil {
		return
	}
	if !s.applyRoom(at.Number, a) && !s.applyAgenda(at.Number, a) {
		s.applyVote(at.Number, a)
	}
	if s.Opened != 0 && !isCorrespondence(a) {
		s.voted = at
	}
}

// isCorrespondence reports whether an act speaks of a sitting, and not of what goes on in it.
func isCorrespondence(a Act) bool {
	switch a.(type) {
	case *NoticeSent, *NoticeReceived, *NoticeAnswered, *MinutesApproved:
		return true
	}
	return false
}

func (s *Sitting) convene(n uint64, c *SittingConvened) {
	s.Convened, s.Event, s.Status = c, n, Convened
	for i := range c.Agenda {
		s.define(n, &c.Agenda[i], "")
	}
}

func (s *Sitting) define(n uint64, a *AgendaItem, partOf ItemID) {
	if i := s.Item(a.Item); i != nil {
		i.AgendaItem, i.Defined = *a, n
		return
	}
	i := &Item{AgendaItem: *a, Defined: n, Status: Pending}
	if whole := s.Item(partOf); whole != nil {
		i.PartOf, i.Recused = partOf, slices.Clone(whole.Recused)
	}
	s.Agenda = append(s.Agenda, i)
}

// applyRoom takes what is said of who is there, and of the sitting as a whole.
func (s *Sitting) applyRoom(n uint64, a Act) bool {
	switch a := a.(type) {
	case *NoticeSent:
		s.Notices = append(s.Notices, Notification{Event: n, Members: a.Members, Sent: a.Sent})
	case *NoticeReceived:
		s.Notices = append(s.Notices, Notification{Event: n, Members: a.Members, Received: a.Received})
	case *NoticeAnswered:
		s.Answers = slices.DeleteFunc(s.Answers, func(r Reply) bool { return r.Member == a.Member })
		s.Answers = append(s.Answers, Reply{Answer: a.Answer, Event: n, Member: a.Member})
	case *SittingOpened:
		s.Status, s.Opened = Open, n
		s.arrive(n, a.Present)
	case *AttendeesArrived:
		s.arrive(n, a.Attendees)
	case *AttendeesLeft:
		s.There = slices.DeleteFunc(s.There, func(m MemberID) bool { return slices.Contains(a.Attendees, m) })
	case *DelegateReplaced:
	case *ProxyGiven:
		s.Proxies = append(s.Proxies, Proxy{Event: n, Grantor: a.Grantor, Holder: a.Holder, Items: a.Items, late: s.Opened != 0})
	case *ProxyRevoked:
		s.endProxy(n, a.Grantor, false)
	case *SittingSuspended:
		s.Status = Suspended
	case *SittingResumed:
		s.Status = Open
	case *SittingAdjourned:
		s.Status, s.Ended, s.Why, s.Reason = Adjourned, n, a.Why, a.Reason
	case *SittingClosed:
		s.Status, s.Ended = Closed, n
	case *SittingCancelled:
		s.Status, s.Ended, s.Reason = Cancelled, n, a.Reason
	case *MinutesApproved:
		s.Approved, s.Minutes = n, a.SHA256
	default:
		return false
	}
	return true
}

func (s *Sitting) arrive(n uint64, who []MemberID) {
	for _, m := range who {
		if !s.IsThere(m) {
			s.There = append(s.There, m)
		}
		s.endProxy(n, m, true)
	}
}

func (s *Sitting) endProxy(n uint64, grantor MemberID, arrived bool) {
	if p := s.proxy(grantor); p != nil {
		p.Ended, p.Arrived = n, arrived
	}
}

// applyAgenda takes what is said of the items.
func (s *Sitting) applyAgenda(n uint64, a Act) bool {
	ends := func(id ItemID, status, reason string) *Item {
		i := s.Item(id)
		if i != nil {
			i.Status, i.Event, i.Reason = status, n, reason
		}
		return i
	}
	switch a := a.(type) {
	case *ItemAdded:
		s.define(n, &a.AgendaItem, "")
	case *ItemAmended:
		s.define(n, &a.AgendaItem, "")
	case *ItemWithdrawn:
		ends(a.Item, Withdrawn, a.Reason)
	case *ItemPostponed:
		if i := ends(a.Item, Postponed, a.Reason); i != nil {
			i.To = a.To
		}
	case *ItemDivided:
		ends(a.Item, InParts, "")
		for i := range a.Parts {
			s.define(n, &a.Parts[i], a.Item)
		}
	case *MemberRecused:
		if i := s.Item(a.Item); i != nil {
			i.Recused = append(i.Recused, a.Member)
		}
	default:
		return false
	}
	return true
}
