package domaintest

import (
	"slices"

	"registre/domain"
)

// The ids that histories use for sittings, and what stands on their agendas.
var (
	Sittings = []domain.SittingID{"s-1", "s-2", "s-3", "s-4", "s-5"}
	Items    = []domain.ItemID{"1", "2", "3", "1a", "1b"}
	observer = domain.MemberID("aa")
)

// sitting is what is said next of sittings: mostly, what goes on in the one that is going on.
func (m *maker) sitting() domain.Command {
	all := m.g.Sittings(domain.Now(domain.LastDay))
	going := slices.DeleteFunc(slices.Clone(all), func(s *domain.Sitting) bool {
		return slices.Contains([]string{domain.Closed, domain.Adjourned, domain.Cancelled}, s.Status)
	})
	decisions := m.g.Decisions(domain.Now(domain.LastDay))
	switch {
	case len(decisions) > 0 && m.oneIn(6):
		return m.fate(decisions)
	case len(all) > len(going) && m.oneIn(15):
		s := pickOf(m, all)
		return m.command(m.later(s), &domain.MinutesApproved{SHA256: m.hash(), Sitting: s.Convened.Sitting})
	case len(going) == 0 || m.oneIn(25):
		return m.convene(all)
	}
	s := going[len(going)-1]
	if m.oneIn(8) {
		s = pickOf(m, going)
	}
	return m.goOn(s)
}

// later is the day on which something happens in a sitting: its own, or seldom one or two after it.
func (m *maker) later(s *domain.Sitting) domain.Date {
	if m.on == nil {
		m.on = make(map[domain.SittingID]domain.Day)
	}
	id := s.Convened.Sitting
	m.on[id] = max(m.on[id], s.Convened.Day)
	switch m.Pick(30) {
	case 0:
		m.on[id] += domain.Day(m.Pick(12))
	case 1:
		date := m.date()
		m.on[id] = max(m.on[id], date.First)
		return date
	}
	return domain.OnDay(m.on[id])
}

func (m *maker) convene(all []*domain.Sitting) domain.Command {
	day := m.day()
	c := &domain.SittingConvened{
		Body: m.bodyWithRule(day), Day: day, Mode: one(m.Pick, domain.InPerson, domain.InPerson, domain.Remote, domain.Written),
		Observers: []domain.Named{{Member: observer, Name: "AA"}}, Sitting: pickOf(m, Sittings),
	}
	for _, id := range Sittings {
		if !slices.ContainsFunc(all, func(s *domain.Sitting) bool { return s.Convened.Sitting == id }) {
			c.Sitting = id
			break
		}
	}
	for _, id := range Items[:1+m.Pick(3)] {
		c.Agenda = append(c.Agenda, m.item(day, id))
	}
	m.second(c, all)
	if c.Mode == domain.Written {
		c.Deadline = day + domain.Day(m.Pick(4))
	}
	return m.command(domain.OnDay(max(First, day-domain.Day(m.Pick(4)))), c)
}

// second makes a convening one on second notice, where a quorum was lost.
func (m *maker) second(c *domain.SittingConvened, all []*domain.Sitting) {
	for _, s := range all {
		if s.Why != domain.ForNoQuorum || m.oneIn(4) {
			continue
		}
		c.SecondOf, c.Body, c.Mode, c.Agenda = s.Convened.Sitting, s.Convened.Body, domain.InPerson, nil
		c.Day = s.Convened.Day + domain.Day(m.Pick(5))
		for _, i := range s.Agenda {
			if i.Status == domain.Pending {
				c.Agenda = append(c.Agenda, i.AgendaItem)
			}
		}
	}
}

func (m *maker) bodyWithRule(day domain.Day) domain.BodyID {
	for range 3 {
		if b := m.body(day, true); len(m.g.VotingRules(b, domain.Now(day))) > 0 {
			return b
		}
	}
	return m.body(day, true)
}

func (m *maker) item(day domain.Day, id domain.ItemID) domain.AgendaItem {
	a := domain.AgendaItem{Item: id, Kind: pickOf(m, Kinds), SHA256: m.hash(), Title: m.name()}
	switch m.Pick(5) {
	case 0:
		a.Options = []domain.AgendaOption{{Option: "metz", Title: "M"}, {Option: "nancy", Title: "N"}, {Option: "reims", Title: "R"}}
	case 1, 2:
		a.Changes = []domain.Change{m.change(day, "")}
	}
	return a
}

// goOn is what happens next in a sitting.
func (m *maker) goOn(s *domain.Sitting) domain.Command {
	date, id := m.later(s), s.Convened.Sitting
	switch voting := s.Voting(); {
	case s.Status == domain.Suspended:
		return m.command(date, &domain.SittingResumed{Sitting: id})
	case s.Status == domain.Convened:
		return m.prepare(s)
	case voting != nil:
		return m.vote(s, voting)
	case m.oneIn(12) || m.done(s):
		return m.command(date, m.ending(s))
	case m.oneIn(3):
		return m.command(date, m.inTheRoom(s, date.First))
	}
	due := m.due(s)
	if m.oneIn(4) {
		return m.command(date, m.onAgenda(s, due, date.First))
	}
	return m.command(date, &domain.ItemPutToVote{Item: due, Sitting: id})
}

// done reports whether no item waits, by and large.
func (m *maker) done(s *domain.Sitting) bool {
	waits := slices.ContainsFunc(s.Agenda, func(i *domain.Item) bool { return i.Status == domain.Pending })
	return !waits && !m.oneIn(4)
}

// due is an item that waits, by preference.
func (m *maker) due(s *domain.Sitting) domain.ItemID {
	for _, i := range s.Agenda {
		if i.Status == domain.Pending && !m.oneIn(4) {
			return i.Item
		}
	}
	if len(s.Agenda) > 0 && !m.oneIn(8) {
		return pickOf(m, s.Agenda).Item
	}
	return pickOf(m, Items)
}

// prepare is what happens before a sitting is opened.
func (m *maker) prepare(s *domain.Sitting) domain.Command {
	id, day := s.Convened.Sitting, s.Convened.Day
	on := domain.OnDay(max(First, day-domain.Day(m.Pick(3))))
	who := m.member(day)
	switch m.Pick(14) {
	case 0:
		return m.command(on, &domain.NoticeSent{Sent: domain.Instant(1 + m.Pick(1000)), Sitting: id})
	case 1:
		return m.command(on, &domain.NoticeReceived{Members: []domain.MemberID{who}, Received: domain.Instant(1 + m.Pick(1000)), Sitting: id})
	case 2:
		answer := one(m.Pick, domain.WillAttend, domain.WillBeRepresented, domain.Excused)
		return m.command(on, &domain.NoticeAnswered{Answer: answer, Member: who, Sitting: id})
	case 3, 4, 5:
		for _, p := range s.Proxies {
			if m.oneIn(2) {
				return m.command(on, &domain.ProxyRevoked{Grantor: p.Grantor, Sitting: id})
			}
		}
		return m.command(on, m.proxy(s, day))
	case 6:
		if m.oneIn(3) {
			return m.command(on, &domain.SittingCancelled{Reason: "r", Sitting: id})
		}
		return m.command(on, m.onAgenda(s, m.due(s), day))
	}
	opened := &domain.SittingOpened{Sitting: id}
	for _, row := range m.g.Members(domain.Now(day)) {
		if s.Convened.Mode != domain.Written && !m.oneIn(4) {
			opened.Present = append(opened.Present, row.Member)
		}
	}
	if m.oneIn(2) {
		opened.Present = append(opened.Present, observer)
	}
	return m.command(domain.OnDay(day), opened)
}

func (m *maker) proxy(s *domain.Sitting, day domain.Day) *domain.ProxyGiven {
	p := &domain.ProxyGiven{Grantor: m.member(day), Holder: m.member(day), Sitting: s.Convened.Sitting}
	for range 5 {
		if p.Grantor == p.Holder || s.IsThere(p.Grantor) {
			p.Grantor = pickOf(m, Members)
		}
	}
	if p.Grantor == p.Holder {
		p.Holder = Members[(slices.Index(Members, p.Grantor)+1)%len(Members)]
	}
	if m.oneIn(3) {
		p.Items = []domain.ItemID{m.due(s)}
	}
	return p
}

// ending is a suspension, or an end.
func (m *maker) ending(s *domain.Sitting) domain.Act {
	id := s.Convened.Sitting
	switch m.Pick(4) {
	case 0:
		return &domain.SittingSuspended{Sitting: id}
	case 1:
		return &domain.SittingAdjourned{Reason: "r", Sitting: id, Why: domain.ForOther}
	case 2:
		return &domain.SittingAdjourned{Reason: "r", Sitting: id, Why: domain.ForNoQuorum}
	}
	return &domain.SittingClosed{Sitting: id}
}

// inTheRoom is who comes and goes.
func (m *maker) inTheRoom(s *domain.Sitting, day domain.Day) domain.Act {
	id, who := s.Convened.Sitting, m.member(day)
	switch m.Pick(10) {
	case 0:
		return &domain.DelegateReplaced{Member: who, Sitting: id}
	case 1, 2:
		return m.proxy(s, day)
	case 3, 4:
		for _, p := range s.Proxies {
			if p.Ended == 0 || m.oneIn(20) {
				return &domain.ProxyRevoked{Grantor: p.Grantor, Sitting: id}
			}
		}
	case 5:
		return &domain.MemberRecused{Item: m.due(s), Member: who, Sitting: id}
	}
	for range 3 {
		if s.IsThere(who) != m.oneIn(2) {
			break
		}
		who = m.member(day)
	}
	if s.IsThere(who) {
		return &domain.AttendeesLeft{Attendees: []domain.MemberID{who}, Sitting: id}
	}
	return &domain.AttendeesArrived{Attendees: []domain.MemberID{who}, Sitting: id}
}

// onAgenda changes the agenda, by preference at an item that waits.
func (m *maker) onAgenda(s *domain.Sitting, due domain.ItemID, day domain.Day) domain.Act {
	id := s.Convened.Sitting
	switch m.Pick(6) {
	case 0:
		return &domain.ItemAdded{AgendaItem: m.item(day, pickOf(m, Items)), Sitting: id}
	case 1, 2:
		return &domain.ItemAmended{AgendaItem: m.item(day, due), Sitting: id}
	case 3:
		return &domain.ItemWithdrawn{Item: due, Reason: "r", Sitting: id}
	case 4:
		return &domain.ItemPostponed{Item: due, Reason: "r", Sitting: id, To: one(m.Pick, "", pickOf(m, Sittings))}
	}
	return &domain.ItemDivided{Item: due, Parts: []domain.AgendaItem{m.item(day, "1a"), m.item(day, "1b")}, Sitting: id}
}
