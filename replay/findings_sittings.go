package replay

import (
	"slices"
	"strconv"
	"strings"

	"registre/domain"
	"registre/projections"
)

// sitting is a sitting on the day asked, as known; nil where it is not convened.
func (a *Audit) sitting(id domain.SittingID) *domain.Sitting {
	if s, ok := a.sat[id]; ok {
		return s
	}
	s, _ := a.g.Sitting(id, a.on(a.at))
	if a.sat == nil {
		a.sat = map[domain.SittingID]*domain.Sitting{}
	}
	a.sat[id] = s
	return s
}

// sittings finds what strikes in how sittings were convened, how votes were counted, and what became of decisions.
func (a *Audit) sittings(f *fact) {
	switch act := f.said.Act.(type) {
	case *domain.SittingOpened:
		if s := a.sitting(act.Sitting); s != nil && s.Convened != nil && s.Opened == f.number {
			a.notices(f, s)
		}
	case *domain.VoteOpened:
		if s := a.sitting(act.Sitting); s != nil && s.Convened != nil {
			a.roll(f, act, s.Convened.Body)
			a.kindOf(f, act, s.Convened.Body)
		}
	case *domain.DecisionProclaimed:
		if r := projections.Recount(a.g, a.known, f.number); r != nil && !r.Same {
			a.find(RecountDiffers, strconv.FormatUint(f.number, 10), a.events(f.number, act.Vote), "differs", strings.Join(r.Differs, ", "),
				"item", string(act.Item), "outcome", act.Outcome, "recounted", r.Outcome, "sitting", string(act.Sitting))
		}
	case *domain.DecisionAsserted:
		a.find(DecisionAsserted, strconv.FormatUint(f.number, 10), a.events(f.number), "body", string(act.Body), "title", act.Title)
	case *domain.DecisionAnnulled:
		a.annulled(f, act)
	}
}

// notices finds a sitting whose notice was not sent in time to all who vote, as the rule asks. The day of the sitting and that on
// which the notice was sent do not count.
func (a *Audit) notices(f *fact, s *domain.Sitting) {
	rule, days := a.noticeRule(s)
	if days == 0 {
		return
	}
	var late, without []string
	least := -1
	for _, row := range a.g.RollOf(s.Convened.Body, rule, a.on(s.Convened.Day)) {
		sent, ok := sentTo(s, row.Member)
		clear := int(s.Convened.Day-sent) - 1
		switch {
		case !ok:
			without = append(without, string(row.Member))
		case clear < days:
			late = append(late, string(row.Member))
			if least < 0 || clear < least {
				least = max(clear, 0)
			}
		}
	}
	events := []uint64{f.number, s.Event}
	for _, n := range s.Notices {
		events = append(events, n.Event)
	}
	if late != nil {
		a.find(NoticeTooShort, string(s.Convened.Sitting), a.events(events...), "clear", strconv.Itoa(least), "days", strconv.Itoa(days), "members", strings.Join(late, ", "))
	}
	if without != nil {
		a.find(NoticeUnrecorded, string(s.Convened.Sitting), a.events(events...), "days", strconv.Itoa(days), "members", strings.Join(without, ", "))
	}
}

// noticeRule is, of the rules for the items of a sitting on its day, the one that asks for the longest notice, and how long that is.
func (a *Audit) noticeRule(s *domain.Sitting) (longest *domain.VotingRule, days int) {
	kinds := []domain.ItemKind{""}
	for _, i := range s.Convened.Agenda {
		kinds = append(kinds, i.Kind)
	}
	if len(kinds) > 1 {
		kinds = kinds[1:]
	}
	for _, kind := range kinds {
		rule, _ := a.g.VotingRule(s.Convened.Body, kind, a.on(s.Convened.Day))
		if rule == nil {
			continue
		}
		asked := rule.Notice.Days
		if s.Convened.SecondOf != "" {
			asked = rule.Notice.SecondDays
		}
		if longest == nil || asked > days {
			longest, days = rule, asked
		}
	}
	return longest, days
}

// sentTo is the first day on which the notice of a sitting was sent to a member.
func sentTo(s *domain.Sitting, m domain.MemberID) (first domain.Day, ok bool) {
	for _, n := range s.Notices {
		if n.Sent == 0 || len(n.Members) > 0 && !slices.Contains(n.Members, m) {
			continue
		}
		if day := n.Sent.Day(); !ok || day < first {
			first, ok = day, true
		}
	}
	return first, ok
}

// roll finds the members of a roll of whose weight on that day the register now tells otherwise.
func (a *Audit) roll(f *fact, act *domain.VoteOpened, body domain.BodyID) {
	rows := a.g.RollOf(body, &act.Rule, a.on(f.day))
	if rows == nil {
		return // nobody can say who would vote: that the body was not there, or a weight not given, is found apart
	}
	now := make(map[domain.MemberID]domain.Weight, len(rows))
	for _, row := range rows {
		now[row.Member] = row.Weight
	}
	var says []string
	events := []uint64{f.number}
	differs := func(m domain.MemberID, was, is string) {
		why := a.g.WhyWeight(body, m, a.on(f.day))
		if was != is && !a.sameDayLater(f, why) {
			says = append(says, string(m)+" "+was+" → "+is)
			then := a.g.WhyWeight(body, m, domain.Pair{At: f.day, Known: f.number}) // what has been voided since is named too
			events = append(append(events, then...), why...)
		}
	}
	for _, line := range act.Roll {
		for _, m := range line.Members {
			is := "–"
			if w, ok := now[m]; ok {
				is = w.String()
			}
			differs(m, line.Weight.String(), is)
			delete(now, m)
		}
	}
	for _, row := range rows {
		if w, more := now[row.Member]; more {
			differs(row.Member, "–", w.String())
		}
	}
	if says != nil {
		a.find(RollDiffers, string(act.Sitting), a.events(events...), "item", string(act.Item), "weights", strings.Join(says, ", "))
	}
}

// kindOf finds a vote on an item whose kind had no rule of its own, as was known as the vote was opened, though other kinds had one.
func (a *Audit) kindOf(f *fact, act *domain.VoteOpened, body domain.BodyID) {
	item, ok := a.g.ItemSaid(act.Defined, act.Item, f.number)
	if !ok || item.Kind == "" {
		return
	}
	own, others := a.g.OwnRule(body, item.Kind, domain.Pair{At: f.day, Known: f.number})
	if own || len(others) == 0 {
		return
	}
	var names []string
	for _, k := range others {
		names = append(names, string(k))
	}
	a.find(KindWithoutRule, string(act.Sitting), a.events(f.number, act.Defined, act.RuleSet), "body", string(body), "item", string(act.Item),
		"kind", string(item.Kind), "others", strings.Join(names, ", "))
}

// sameDayLater reports whether a weight comes of something that happened after the vote, on the same day: an item adopted after it.
func (a *Audit) sameDayLater(f *fact, why []uint64) bool {
	return slices.ContainsFunc(why, func(n uint64) bool {
		said, ok := a.g.Said(n, a.known)
		_, corrects := said.Act.(*domain.EventCorrected)
		return ok && n > f.number && !corrects && said.Effective.First == f.day
	})
}

// annulled finds a decision that is annulled, and one that is so from a day that has come, and whose changes nothing has undone.
func (a *Audit) annulled(f *fact, act *domain.DecisionAnnulled) {
	d, ok := a.g.Decision(act.Decision, a.on(a.at))
	if !ok || d.Annulment != f.number {
		return
	}
	if d.Legal == domain.AnnulledStart || d.Legal == domain.AnnulledFrom {
		args := []string{"court", act.Court, "reason", act.Reason, "title", d.Title}
		if d.Legal == domain.AnnulledFrom {
			args = append(args, "from", act.From.String())
		}
		a.find(DecisionAnnulled, strconv.FormatUint(act.Decision, 10), a.events(f.number, act.Decision), args...)
	}
	if d.Legal != domain.AnnulledFrom {
		return
	}
	if n := len(projections.Carried(a.g, act.Decision, a.known)); n > 0 {
		a.find(AnnulledStillCounts, strconv.FormatUint(act.Decision, 10), a.events(f.number, act.Decision, d.Proclaimed.Defined), "changes", strconv.Itoa(n), "from", act.From.String(), "title", d.Title)
	}
}
