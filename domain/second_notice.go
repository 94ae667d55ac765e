package domain

import "slices"

// seconds are the sittings convened on second notice after one, as known now, but for those that were cancelled.
func (g *Group) seconds(of SittingID) (all []*Sitting) {
	for _, s := range g.sittings.all {
		if !s.follows(of) {
			continue
		}
		now := s.live
		if now == nil {
			now, _ = s.fold(LastDay, Latest)
		}
		if now.Convened != nil && now.Convened.SecondOf == of && now.Status != Cancelled {
			all = append(all, now)
		}
	}
	return all
}

// follows reports whether something says that a sitting is convened on second notice after one. It costs no more than its events.
func (s *sitting) follows(of SittingID) bool {
	for e := range s.log.from(FirstDay, Latest) {
		if c, ok := e.Value.(*SittingConvened); ok {
			return c.SecondOf == of
		}
	}
	return false
}

// LeftFor gives the items for which a second notice can follow on a sitting: those that were not dealt with, there or in a
// sitting that followed on it.
func (g *Group) LeftFor(id SittingID) (items []AgendaItem) {
	first := g.session(id)
	if first == nil {
		return nil
	}
	seconds := g.seconds(id)
	for _, i := range first.Agenda {
		dealt := slices.ContainsFunc(seconds, func(s *Sitting) bool { return !s.leaves(i.Item) })
		if i.Status == Pending && !dealt {
			items = append(items, i.AgendaItem)
		}
	}
	return items
}

// leaves reports whether an item is not dealt with in s.
func (s *Sitting) leaves(id ItemID) bool {
	i := s.Item(id)
	return i == nil || i.Status == Pending
}

// judgeSecond judges a second notice: the first sitting was adjourned for want of a quorum, had these items, and has no other
// second notice.
func (a *SittingConvened) judgeSecond(j *judgement) {
	first := j.g.session(a.SecondOf)
	if !j.unless(first != nil, UnknownSitting, string(a.SecondOf)) {
		return
	}
	lost := first.Status == Adjourned && first.Why == ForNoQuorum && first.Convened.Body == a.Body && j.day >= first.voted.Day
	j.unless(lost, NoSecondNotice, string(a.SecondOf))
	seconds := j.g.seconds(a.SecondOf)
	for _, s := range seconds {
		j.unless(s.over(), SecondNoticeStands, string(s.Convened.Sitting))
	}
	for i := range a.Agenda {
		item := first.Item(a.Agenda[i].Item)
		if !j.unless(item != nil, SecondAgenda, string(a.Agenda[i].Item)) {
			continue
		}
		j.unless(item.Status == Pending, ItemDealtWith, string(item.Item))
		for _, s := range seconds {
			j.unless(s.leaves(item.Item), ItemDealtWith, string(item.Item))
		}
	}
}
