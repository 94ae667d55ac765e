package domain

// An actForm is how a snapshot has an act of one type.
type actForm struct {
	is    func(Act) bool
	blank func() Act
	body  func(*scribe, Act)
}

// actForms are the acts that there are. A snapshot names them by their places here, from 1.
var actForms []actForm

func init() { // since acts hold acts
	actForms = []actForm{
		formOf((*scribe).groupFounded), formOf((*scribe).memberJoined), formOf((*scribe).memberWithdrew),
		formOf((*scribe).membersSucceeded), formOf((*scribe).roleGiven), formOf((*scribe).roleEnded),
		formOf((*scribe).bodyCreated), formOf((*scribe).bodyRenamed), formOf((*scribe).bodyReplaced), formOf((*scribe).bodyDissolved),
		formOf((*scribe).weightsSet), formOf((*scribe).obligationSet), formOf((*scribe).amendmentRuleSet), formOf((*scribe).votingRuleSet),
		formOf((*scribe).avenantDrafted), formOf((*scribe).memberDeliberated), formOf((*scribe).deliberationFell),
		formOf((*scribe).memberSigned), formOf((*scribe).avenantAbandoned), formOf((*scribe).avenantEnteredIntoForce),
		formOf((*scribe).eventCorrected), formOf((*scribe).keyRotated),
		formOf((*scribe).agreementLaunched), formOf((*scribe).agreementRenewed), formOf((*scribe).agreementEnded),
		formOf((*scribe).schoolOpened), formOf((*scribe).schoolDescribed), formOf((*scribe).schoolClosed),
		formOf((*scribe).schoolsMerged), formOf((*scribe).schoolMoved),
		formOf((*scribe).orderIssued), formOf((*scribe).orderAmended), formOf((*scribe).orderCancelled), formOf((*scribe).orderReceived),
		formOf((*scribe).sittingConvened), formOf((*scribe).noticeSent), formOf((*scribe).noticeReceived), formOf((*scribe).noticeAnswered),
		formOf((*scribe).sittingOpened), formOf((*scribe).attendeesArrived), formOf((*scribe).attendeesLeft), formOf((*scribe).delegateReplaced),
		formOf((*scribe).proxyGiven), formOf((*scribe).proxyRevoked), formOf((*scribe).memberRecused),
		formOf((*scribe).sittingSuspended), formOf((*scribe).sittingResumed), formOf((*scribe).sittingAdjourned),
		formOf((*scribe).sittingClosed), formOf((*scribe).sittingCancelled),
		formOf((*scribe).itemAdded), formOf((*scribe).itemAmended), formOf((*scribe).itemWithdrawn), formOf((*scribe).itemPostponed), formOf((*scribe).itemDivided),
		formOf((*scribe).itemPutToVote), formOf((*scribe).voteOpened), formOf((*scribe).votesCast), formOf((*scribe).votersMarked),
		formOf((*scribe).voteCancelled), formOf((*scribe).voteClosed), formOf((*scribe).decisionProclaimed),
		formOf((*scribe).decisionAsserted), formOf((*scribe).decisionPublished), formOf((*scribe).decisionReceived),
		formOf((*scribe).decisionAnnulled), formOf((*scribe).annulmentLifted), formOf((*scribe).minutesApproved),
		formOf((*scribe).findingAnswered), formOf((*scribe).documentAdded), formOf((*scribe).documentKept), formOf((*scribe).documentErased),
		formOf((*scribe).rightGranted), formOf((*scribe).rightEnded),
		formOf((*scribe).subscriptionMade), formOf((*scribe).subscriptionEnded), formOf((*scribe).deliveryResumed), formOf((*scribe).noticeSkipped),
	}
}

// actOf says that *T is an act.
type actOf[T any] interface {
	*T
	Act
}

func formOf[T any, P actOf[T]](body func(*scribe, *T)) actForm {
	return actForm{
		is:    func(a Act) bool { _, ok := a.(P); return ok },
		blank: func() Act { return P(new(T)) },
		body:  func(s *scribe, a Act) { body(s, (*T)(a.(P))) },
	}
}

// act is an act that must be of one type.
func act[P actOf[T], T any](s *scribe, v *P) {
	anyAct(s, v)
	if *v == nil {
		s.fail("no act, where there must be one")
	}
}

// anyAct is such an act, or none.
func anyAct[P actOf[T], T any](s *scribe, v *P) {
	var a Act
	if !s.reading && *v != nil {
		a = *v
	}
	s.act(&a)
	p, ok := a.(P)
	if !ok && a != nil {
		s.fail("a %T in another's place", a)
	} else if s.reading {
		*v = p
	}
}

// act is any act, or none.
func (s *scribe) act(v *Act) {
	var there Act
	if !s.reading {
		if there = *v; there == nil {
			s.number(0)
			s.number(0)
			return
		}
	}
	if met, again := s.meet(there); again {
		a, ok := met.(Act)
		if !ok {
			s.fail("a %T in the place of an act", met)
		}
		if s.reading {
			*v = a
		}
		return
	}
	if s.err != nil || !s.deeper() {
		return
	}
	if form := s.form(there); form != nil {
		if s.reading {
			there = form.blank()
			*v = there
		}
		s.keep(there)
		form.body(s, there)
	}
	s.depth--
}

// form writes or reads of which type an act is that stands in full; nil where it is none.
func (s *scribe) form(a Act) *actForm {
	n := uint64(0)
	if !s.reading {
		for i := range actForms {
			if actForms[i].is(a) {
				n = uint64(i) + 1
			}
		}
	}
	n = s.number(n)
	switch {
	case n == 0 && s.reading:
		return nil
	case n == 0 || n > uint64(len(actForms)):
		s.fail("no form has the place %d", n)
		return nil
	}
	return &actForms[n-1]
}

func (s *scribe) change(v *Change) {
	a := Act(*v)
	s.act(&a)
	c, ok := a.(Change)
	if !ok {
		s.fail("a %T in the place of a change", a)
	}
	if s.reading {
		*v = c
	}
}

func (s *scribe) groupFounded(a *GroupFounded) {
	list(s, &a.Changes, (*scribe).change)
	words(s, &a.Name)
	s.bytes(a.SHA256[:])
	words(s, &a.Title)
}

func (s *scribe) memberJoined(a *MemberJoined) {
	words(s, &a.Basis)
	words(s, &a.Member)
	words(s, &a.Name)
	list(s, &a.Weights, func(s *scribe, w *BodyWeight) {
		words(s, &w.Body)
		s.weight(&w.Weight)
	})
}

func (s *scribe) weight(w *Weight) {
	signed(s, &w.num)
	signed(s, &w.less)
}

func (s *scribe) memberWeights(v *[]MemberWeight) {
	list(s, v, func(s *scribe, w *MemberWeight) {
		words(s, &w.Member)
		s.weight(&w.Weight)
	})
}

func (s *scribe) memberWithdrew(a *MemberWithdrew) {
	words(s, &a.Basis)
	words(s, &a.Member)
}

func (s *scribe) membersSucceeded(a *MembersSucceeded) {
	words(s, &a.Basis)
	list(s, &a.Policies, func(s *scribe, p *Policy) {
		words(s, &p.Body)
		words(s, &p.Of)
		words(s, &p.Way)
		s.memberWeights(&p.Weights)
	})
	list(s, &a.Predecessors, words)
	list(s, &a.Successors, func(s *scribe, n *Named) {
		words(s, &n.Member)
		words(s, &n.Name)
	})
}

func (s *scribe) roleGiven(a *RoleGiven) {
	words(s, &a.Basis)
	words(s, &a.Member)
	words(s, &a.Role)
}

func (s *scribe) roleEnded(a *RoleEnded) {
	words(s, &a.Basis)
	words(s, &a.Role)
}

func (s *scribe) bodyCreated(a *BodyCreated) {
	words(s, &a.Basis)
	words(s, &a.Body)
	words(s, &a.Name)
}

func (s *scribe) bodyRenamed(a *BodyRenamed) {
	words(s, &a.Basis)
	words(s, &a.Body)
	words(s, &a.Name)
}

func (s *scribe) bodyReplaced(a *BodyReplaced) {
	words(s, &a.Basis)
	words(s, &a.Body)
	words(s, &a.By)
	words(s, &a.Name)
}

func (s *scribe) bodyDissolved(a *BodyDissolved) {
	words(s, &a.Basis)
	words(s, &a.Body)
}

func (s *scribe) weightsSet(a *WeightsSet) {
	words(s, &a.Basis)
	words(s, &a.Body)
	optional(s, &a.StatedTotal, (*scribe).weight)
	s.memberWeights(&a.Weights)
}

func (s *scribe) obligationSet(a *ObligationSet) {
	words(s, &a.Article)
	words(s, &a.Basis)
	words(s, &a.Text)
}

func (s *scribe) amendmentRuleSet(a *AmendmentRuleSet) {
	s.quota(&a.Approval)
	words(s, &a.Basis)
	words(s, &a.Effect)
	s.quota(&a.Signature)
}

func (s *scribe) quota(q *Quota) {
	list(s, &q.Members, words)
	s.weight(&q.Share)
	words(s, &q.Who)
}

func (s *scribe) avenantDrafted(a *AvenantDrafted) {
	list(s, &a.Articles, words)
	words(s, &a.Avenant)
	list(s, &a.Changes, (*scribe).change)
	words(s, &a.Retroactive)
	s.bytes(a.SHA256[:])
	signed(s, &a.StatedDay)
	words(s, &a.Title)
}

func (s *scribe) memberDeliberated(a *MemberDeliberated) {
	words(s, &a.Member)
	words(s, &a.Reference)
	s.bytes(a.SHA256[:])
	words(s, &a.Text)
}

func (s *scribe) deliberationFell(a *DeliberationFell) {
	natural(s, &a.Deliberation)
	words(s, &a.How)
	words(s, &a.Reason)
}

func (s *scribe) memberSigned(a *MemberSigned) {
	words(s, &a.Member)
	words(s, &a.Text)
}

func (s *scribe) avenantAbandoned(a *AvenantAbandoned) {
	words(s, &a.Avenant)
	words(s, &a.Reason)
}

func (s *scribe) avenantEnteredIntoForce(a *AvenantEnteredIntoForce) { words(s, &a.Avenant) }

func (s *scribe) eventCorrected(a *EventCorrected) {
	words(s, &a.Kind)
	words(s, &a.Reason)
	optional(s, &a.Replacement, (*scribe).event)
	natural(s, &a.Target)
}

func (s *scribe) keyRotated(a *KeyRotated) {
	words(s, &a.NewKey)
	words(s, &a.OldKey)
	words(s, &a.Reason)
}

func (s *scribe) votingRuleSet(a *VotingRuleSet) {
	words(s, &a.Basis)
	words(s, &a.Body)
	words(s, &a.Kind)
	s.votingRule(&a.Rule)
}

func (s *scribe) votingRule(r *VotingRule) {
	words(s, &r.Ballot)
	list(s, &r.Blocking, (*scribe).threshold)
	words(s, &r.Choice)
	list(s, &r.Majority, (*scribe).threshold)
	signed(s, &r.Notice.Days)
	signed(s, &r.Notice.SecondDays)
	signed(s, &r.Proxies.PerHolder)
	words(s, &r.Proxies.Until)
	s.quorum(&r.Quorum)
	optional(s, &r.SecondNotice, (*scribe).quorum)
	words(s, &r.Tie.Member)
	words(s, &r.Tie.Role)
	words(s, &r.Tie.Way)
	words(s, &r.Voices)
	list(s, &r.Voters.Members, words)
	words(s, &r.Voters.Who)
}

func (s *scribe) threshold(t *Threshold) {
	words(s, &t.Base)
	s.weight(&t.Minimum)
	words(s, &t.Of)
	signed(s, &t.Share.num)
	signed(s, &t.Share.den)
	s.flag(&t.Strict)
}

func (s *scribe) quorum(q *Quorum) {
	words(s, &q.Counts)
	list(s, &q.Thresholds, (*scribe).threshold)
}
