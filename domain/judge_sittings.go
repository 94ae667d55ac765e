package domain

import "strconv"

// convened judges that a sitting is; nil where it is not.
func (j *judgement) convened(id SittingID) *Sitting {
	j.founded()
	s := j.g.session(id)
	j.unless(s != nil, UnknownSitting, string(id))
	return s
}

// sitting judges that a sitting is convened, and that what is said of it comes after what was said; nil where it is not.
func (j *judgement) sitting(id SittingID) *Sitting {
	s := j.convened(id)
	if s != nil {
		j.unless(j.day >= s.voted.Day, DayGoesBack, string(id))
	}
	return s
}

// notOver judges that a sitting goes on, or is still to be; nil where it does not.
func (j *judgement) notOver(s *Sitting, id SittingID) *Sitting {
	if s == nil || !j.unless(!s.over(), SittingOver, string(id)) {
		return nil
	}
	return s
}

// going judges that a sitting goes on, or is still to be on the day or later; nil where it does not go on.
func (j *judgement) going(id SittingID) *Sitting {
	s := j.notOver(j.sitting(id), id)
	if s != nil {
		j.unless(s.Status != Convened || j.day <= s.Convened.lastDay(), AnotherDay, string(id))
	}
	return s
}

// lastDay is the last on which a sitting is opened.
func (a *SittingConvened) lastDay() Day { return max(a.Day, a.Deadline) }

// inSession judges that a sitting is open; nil where it is not.
func (j *judgement) inSession(id SittingID) *Sitting {
	s := j.going(id)
	if s == nil || !j.unless(s.Status == Open, SittingNotOpen, string(id)) {
		return nil
	}
	return s
}

// quiet judges that no vote is open, in a sitting whose votes are opened one by one.
func (j *judgement) quiet(s *Sitting) {
	if i := s.Voting(); i != nil {
		j.breaks(VoteIsOpen, string(i.Item))
	}
}

func (a *SittingConvened) judge(j *judgement) {
	j.founded()
	j.unless(j.g.session(a.Sitting) == nil, SittingExists, string(a.Sitting))
	if !j.g.HeardOfBody(a.Body, Latest) {
		j.breaks(UnknownBody, string(a.Body))
	} else {
		j.unless(j.g.HasBody(a.Body, Now(a.Day)), NoBody, string(a.Body))
	}
	j.unless(a.Day >= j.day, AnotherDay, string(a.Sitting))
	if a.SecondOf != "" {
		a.judgeSecond(j)
	}
}

func (a *NoticeSent) judge(j *judgement) {
	if s := j.notOver(j.convened(a.Sitting), a.Sitting); s != nil {
		j.invited(s, a.Members...)
	}
}

func (a *NoticeReceived) judge(j *judgement) {
	if s := j.convened(a.Sitting); s != nil {
		j.invited(s, a.Members...)
	}
}

func (a *NoticeAnswered) judge(j *judgement) {
	s := j.going(a.Sitting)
	if s == nil {
		return
	}
	j.unless(s.Status == Convened, SittingBegun, string(a.Sitting))
	j.invited(s, a.Member)
	for _, r := range s.Answers {
		j.unless(r.Member != a.Member || r.Answer != a.Answer, NothingChanges, string(a.Member))
	}
}

// invited judges that members of the group on the sitting's day, or its observers, are meant.
func (j *judgement) invited(s *Sitting, who ...MemberID) {
	for _, m := range who {
		day := max(s.Convened.Day, j.day)
		j.unless(s.Observes(m) || j.g.IsMember(m, Now(day)) || j.g.IsMember(m, j.pair()), NotInvited, string(m))
	}
}

func (a *SittingOpened) judge(j *judgement) {
	s := j.going(a.Sitting)
	if s == nil {
		return
	}
	j.unless(s.Status == Convened, SittingBegun, string(a.Sitting))
	j.unless(s.Convened.Day <= j.day && j.day <= s.Convened.lastDay(), AnotherDay, string(a.Sitting))
	j.invited(s, a.Present...)
}

func (a *AttendeesArrived) judge(j *judgement) {
	s := j.inSession(a.Sitting)
	if s == nil {
		return
	}
	j.invited(s, a.Attendees...)
	for _, m := range a.Attendees {
		j.unless(!s.IsThere(m), IsThere, string(m))
	}
}

func (a *AttendeesLeft) judge(j *judgement) {
	s := j.inSession(a.Sitting)
	for i := 0; s != nil && i < len(a.Attendees); i++ {
		j.unless(s.IsThere(a.Attendees[i]), IsNotThere, string(a.Attendees[i]))
	}
}

func (a *DelegateReplaced) judge(j *judgement) {
	if s := j.inSession(a.Sitting); s != nil {
		j.unless(s.IsThere(a.Member), IsNotThere, string(a.Member))
	}
}

func (a *ProxyGiven) judge(j *judgement) {
	s := j.going(a.Sitting)
	if s == nil {
		return
	}
	j.invited(s, a.Grantor, a.Holder)
	j.unless(!s.Observes(a.Grantor), NotInvited, string(a.Grantor))
	j.unless(!s.Observes(a.Holder), NotInvited, string(a.Holder))
	j.unless(!s.IsThere(a.Grantor), IsThere, string(a.Grantor))
	j.unless(s.proxy(a.Grantor) == nil, ProxyStands, string(a.Grantor))
	j.unless(s.proxy(a.Holder) == nil, ProxyPassedOn, string(a.Holder))
	j.unless(s.held(a.Grantor) == 0, ProxyPassedOn, string(a.Grantor))
	for _, id := range a.Items {
		if i := j.item(s, id); i != nil {
			a.judgeRule(j, s, i.Kind)
		}
	}
	if len(a.Items) == 0 {
		a.judgeRule(j, s, "")
	}
}

// judgeRule judges a proxy under the rule for items of a kind.
func (a *ProxyGiven) judgeRule(j *judgement, s *Sitting, kind ItemKind) {
	rule, _ := j.g.VotingRule(s.Convened.Body, kind, Now(max(s.Convened.Day, j.day)))
	if !j.unless(rule != nil, RuleMissing, string(s.Convened.Body)) {
		return
	}
	j.unless(rule.Proxies.PerHolder > 0, NoProxies, string(a.Grantor))
	j.unless(rule.Proxies.Until != UntilSitting || s.Status == Convened, ProxyTooLate, string(a.Grantor))
	j.unless(s.held(a.Holder) < max(rule.Proxies.PerHolder, 1), TooManyProxies, string(a.Holder))
}

func (a *ProxyRevoked) judge(j *judgement) {
	if s := j.going(a.Sitting); s != nil {
		j.unless(s.proxy(a.Grantor) != nil, NoProxy, string(a.Grantor))
	}
}

func (a *SittingSuspended) judge(j *judgement) {
	if s := j.inSession(a.Sitting); s != nil {
		j.quiet(s)
	}
}

func (a *SittingResumed) judge(j *judgement) {
	if s := j.going(a.Sitting); s != nil {
		j.unless(s.Status == Suspended, NotSuspended, string(a.Sitting))
	}
}

// begun judges that a sitting was opened and goes on; nil where it does not.
func (j *judgement) begun(id SittingID) *Sitting {
	s := j.going(id)
	if s == nil || !j.unless(s.Status != Convened, SittingNotOpen, string(id)) {
		return nil
	}
	j.quiet(s)
	return s
}

func (a *SittingAdjourned) judge(j *judgement) {
	s := j.begun(a.Sitting)
	if s == nil || a.Why != ForNoQuorum {
		return
	}
	for _, i := range s.Agenda {
		if i.Status == Pending {
			_, broken, _ := j.g.openVote(s, i, j.pair())
			j.unless(broken != nil && broken != SecretGivenAway, QuorumThere, string(i.Item))
		}
	}
}

func (a *SittingClosed) judge(j *judgement) { j.begun(a.Sitting) }

func (a *SittingCancelled) judge(j *judgement) {
	if s := j.notOver(j.sitting(a.Sitting), a.Sitting); s != nil {
		j.unless(s.Status == Convened, SittingBegun, string(a.Sitting))
	}
}

// item judges that an item stands on an agenda; nil where it does not.
func (j *judgement) item(s *Sitting, id ItemID) *Item {
	i := s.Item(id)
	j.unless(i != nil, UnknownItem, string(id))
	return i
}

// pending judges that an item of a sitting that goes on is still to be dealt with, and not just being voted on; nil where not.
func (j *judgement) pending(id SittingID, item ItemID) (*Sitting, *Item) {
	s := j.going(id)
	if s == nil {
		return nil, nil
	}
	return s, j.dueItem(s, item)
}

func (j *judgement) dueItem(s *Sitting, item ItemID) *Item {
	i := j.item(s, item)
	if i == nil || !j.unless(i.Status != Voting, VoteIsOpen, string(item)) || !j.unless(i.Status == Pending, ItemDealtWith, string(item)) {
		return nil
	}
	return i
}

func (a *MemberRecused) judge(j *judgement) {
	s, i := j.pending(a.Sitting, a.Item)
	if i == nil {
		return
	}
	j.invited(s, a.Member)
	for _, m := range i.Recused {
		j.unless(m != a.Member, NothingChanges, string(a.Member))
	}
}

func (a *ItemAdded) judge(j *judgement) {
	if s := j.going(a.Sitting); s != nil {
		j.newItem(s, a.Item)
		j.unless(s.Convened.SecondOf == "", SecondAgenda, string(a.Item))
	}
}

func (j *judgement) newItem(s *Sitting, id ItemID) {
	j.unless(s.Item(id) == nil, ItemExists, string(id))
}

func (a *ItemAmended) judge(j *judgement) {
	if _, i := j.pending(a.Sitting, a.Item); i != nil {
		j.unless(!sameItem(&i.AgendaItem, &a.AgendaItem), NothingChanges, string(a.Item))
	}
}

func (a *ItemWithdrawn) judge(j *judgement) { j.pending(a.Sitting, a.Item) }

func (a *ItemPostponed) judge(j *judgement) {
	j.pending(a.Sitting, a.Item)
	if a.To != "" {
		j.unless(j.g.session(a.To) != nil, UnknownSitting, string(a.To))
	}
}

func (a *ItemDivided) judge(j *judgement) {
	s, _ := j.pending(a.Sitting, a.Item)
	for i := 0; s != nil && i < len(a.Parts); i++ {
		j.newItem(s, a.Parts[i].Item)
	}
}

func (a *MinutesApproved) judge(j *judgement) {
	s := j.sitting(a.Sitting)
	if s == nil {
		return
	}
	j.unless(s.Status == Closed || s.Status == Adjourned, SittingNotOver, string(a.Sitting))
	j.unless(s.Approved == 0 || s.Minutes != a.SHA256, NothingChanges, string(a.Sitting))
}

func (a *DecisionAsserted) judge(j *judgement) {
	j.founded()
	j.body(a.Body)
}

// decided judges that a decision was taken by the day; nil where it was not.
func (j *judgement) decided(n uint64) *decision {
	j.founded()
	i, ok := j.g.decisions.place[n]
	number := strconv.FormatUint(n, 10)
	if !j.unless(ok && !j.g.decisions.all[i].said.empty(Latest), UnknownDecision, number) {
		return nil
	}
	d := j.g.decisions.all[i]
	if !j.unless(d.said.on(j.day, Latest) != nil, NotYetDecided, number) {
		return nil
	}
	return d
}

func (a *DecisionPublished) judge(j *judgement) {
	if j.decided(a.Decision) != nil {
		d, _ := j.g.Decision(a.Decision, Now(LastDay))
		j.unless(d.Published.IsZero(), NothingChanges, strconv.FormatUint(a.Decision, 10))
	}
}

func (a *DecisionReceived) judge(j *judgement) {
	if j.decided(a.Decision) != nil {
		d, _ := j.g.Decision(a.Decision, Now(LastDay))
		j.unless(d.Received.IsZero(), NothingChanges, strconv.FormatUint(a.Decision, 10))
	}
}

func (a *DecisionAnnulled) judge(j *judgement) {
	d := j.decided(a.Decision)
	if d == nil {
		return
	}
	number := strconv.FormatUint(a.Decision, 10)
	taken := d.said.on(LastDay, Latest).Place.Day
	j.unless(a.From == 0 || a.From > taken, PeriodEmpty, number)
	same := d.annulled(Latest, func(o *DecisionAnnulled) bool { return o.From == 0 || o.From == a.From })
	j.unless(same == nil, NothingChanges, number)
}

func (a *AnnulmentLifted) judge(j *judgement) {
	j.founded()
	number := strconv.FormatUint(a.Annulment, 10)
	annulled, ok := j.g.annulment(a.Annulment)
	if !j.unless(ok, NotAnAnnulment, number) {
		return
	}
	if i, ok := j.g.decisions.place[annulled.Decision]; ok {
		stands := j.g.decisions.all[i].annulled(Latest, func(o *DecisionAnnulled) bool { return o == annulled })
		if j.unless(stands != nil, NothingChanges, number) {
			j.unless(j.day >= stands.Place.Day, NotYetDecided, number)
		}
	}
}
