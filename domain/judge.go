package domain

import (
	"slices"
	"strconv"
)

func (a *GroupFounded) judge(j *judgement) {
	j.unless(j.g.Head() == 0, GroupExists, a.Name)
	j.changes(a.Changes, j.day, true)
}

func (c *MemberJoined) judge(j *judgement) {
	j.alone(c.Basis)
	j.unless(!j.isMember(c.Member), AlreadyMember, string(c.Member))
	for _, w := range c.Weights {
		j.body(w.Body)
		j.addable(w.Body, nil, MemberWeight{c.Member, w.Weight})
	}
	j.turns(c.Member, true)
}

func (c *MemberWithdrew) judge(j *judgement) {
	j.alone(c.Basis)
	j.member(c.Member)
	j.turns(c.Member, false)
}

func (c *MembersSucceeded) judge(j *judgement) {
	j.alone(c.Basis)
	for _, m := range c.Predecessors {
		j.member(m)
	}
	for _, s := range c.Successors {
		if j.unless(!slices.Contains(c.Predecessors, s.Member), SucceedsItself, string(s.Member)) {
			j.unless(!j.isMember(s.Member), AlreadyMember, string(s.Member))
		}
	}
	for i := range c.Policies {
		c.judgePolicy(j, &c.Policies[i])
	}
	c.judgeCoverage(j)
	for _, m := range c.Predecessors {
		j.turns(m, false)
	}
	for _, s := range c.Successors {
		j.turns(s.Member, true)
	}
}

func (c *MembersSucceeded) judgePolicy(j *judgement, p *Policy) {
	j.body(p.Body)
	ok := true
	switch p.Way {
	case Sum:
		ok = len(c.Successors) == 1
	case Keep:
		ok = len(c.Successors) == 1 && slices.Contains(c.Predecessors, p.Of)
	}
	for _, w := range p.Weights {
		ok = ok && slices.ContainsFunc(c.Successors, func(s Named) bool { return s.Member == w.Member })
	}
	j.unless(ok, PolicyImpossible, string(p.Body))
	switch p.Way {
	case Sum:
		j.summable(p.Body, c.Predecessors)
	case Set:
		j.addable(p.Body, c.Predecessors, p.Weights...)
	}
}

// summable judges whether the weights of some members in a body make one weight.
func (j *judgement) summable(id BodyID, members []MemberID) {
	w, err := j.g.Weights(id, j.pair())
	var sum Weight
	for _, row := range w.Rows {
		if err == nil && slices.Contains(members, row.Member) {
			sum, err = sum.Add(row.Weight)
		}
	}
	j.unless(err == nil, TooFine, string(id))
}

// addable judges whether the weights in a body can be added up, and its members voted on one roll, once some members leave and some
// come.
func (j *judgement) addable(id BodyID, leave []MemberID, come ...MemberWeight) {
	now, _ := j.g.Weights(id, j.pair())
	rows := slices.DeleteFunc(now.Rows, func(r WeightRow) bool { return slices.Contains(leave, r.Member) })
	j.fits(id, append(rows, rowsOf(come)...))
}

func rowsOf(weights []MemberWeight) (rows []WeightRow) {
	for _, w := range weights {
		rows = append(rows, WeightRow{Member: w.Member, Weight: w.Weight})
	}
	return rows
}

// fits judges whether the weights of a body can be added up, and its members stand on one roll.
func (j *judgement) fits(id BodyID, rows []WeightRow) {
	_, err := total(rows)
	j.unless(err == nil, TooFine, string(id))
	j.unless(fitsRoll(rows, nil), RollTooLong, string(id))
}

// judgeCoverage asks for a policy in every body where a predecessor holds a weight.
func (c *MembersSucceeded) judgeCoverage(j *judgement) {
	for i, id := range j.g.bodies.ids {
		if slices.ContainsFunc(c.Policies, func(p Policy) bool { return p.Body == id }) {
			continue
		}
		b := j.g.bodies.all[i]
		if !b.existsOn(j.day, Latest) {
			continue
		}
		newest := b.tables.on(j.day, Latest)
		for _, m := range c.Predecessors {
			if n, ok := j.g.members.place[m]; ok && !j.g.voiceOf(b, n, endOf(j.day), newest, Latest).none {
				j.breaks(PolicyMissing, string(id))
			}
		}
	}
}

func (c *RoleGiven) judge(j *judgement) {
	j.alone(c.Basis)
	if j.member(c.Member) && j.text == nil {
		holder, _ := j.g.Holder(c.Role, j.pair())
		j.unless(holder != c.Member, NothingChanges, c.Role)
	}
}

func (c *RoleEnded) judge(j *judgement) {
	j.alone(c.Basis)
	if j.text == nil {
		holder, _ := j.g.Holder(c.Role, j.pair())
		j.unless(holder != "", RoleVacant, c.Role)
	}
}

func (c *BodyCreated) judge(j *judgement) {
	j.alone(c.Basis)
	j.unless(!j.hasBody(c.Body), BodyExists, string(c.Body))
	j.lives(c.Body, true)
}

func (c *BodyRenamed) judge(j *judgement) {
	j.alone(c.Basis)
	if j.body(c.Body) && j.text == nil {
		e := j.g.bodies.find(c.Body).life.on(j.day, Latest)
		j.unless(e.Value.name != c.Name, NothingChanges, string(c.Body))
	}
}

func (c *BodyReplaced) judge(j *judgement) {
	j.alone(c.Basis)
	j.body(c.Body)
	j.unless(!j.hasBody(c.By), BodyExists, string(c.By))
	j.lives(c.Body, false)
	j.lives(c.By, true)
}

func (c *BodyDissolved) judge(j *judgement) {
	j.alone(c.Basis)
	j.body(c.Body)
	j.lives(c.Body, false)
}

func (c *WeightsSet) judge(j *judgement) {
	j.alone(c.Basis)
	body := j.body(c.Body)
	for _, w := range c.Weights {
		j.member(w.Member)
	}
	j.fits(c.Body, rowsOf(c.Weights))
	if body && j.text == nil {
		j.unless(!c.stands(j.g, j.pair()), NothingChanges, string(c.Body))
	}
}

// stands reports whether the very same table is the last that was set.
func (c *WeightsSet) stands(g *Group, q Pair) bool {
	now, err := g.Weights(c.Body, q)
	if err != nil || len(now.Rows) != len(c.Weights) || !sameTotal(now.Stated, c.StatedTotal) {
		return false
	}
	for _, w := range c.Weights {
		if !slices.Contains(now.Rows, WeightRow{Member: w.Member, Weight: w.Weight}) {
			return false
		}
	}
	return true
}

func sameTotal(a, b *Weight) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func (c *ObligationSet) judge(j *judgement) {
	j.alone(c.Basis)
	stands := ""
	if t := j.g.duties[c.Article]; t != nil {
		if e := t.on(j.day, Latest); e != nil {
			stands = e.Value.Text
		}
	}
	j.unless(j.text != nil || stands != c.Text, NothingChanges, c.Article)
}

func (c *AmendmentRuleSet) judge(j *judgement) {
	j.alone(c.Basis)
	for _, q := range []*Quota{&c.Approval, &c.Signature} {
		for _, m := range q.Members {
			j.member(m)
		}
	}
	j.unless(j.text != nil || !c.stands(j.g.Rule(j.pair())), NothingChanges, "")
}

// stands reports whether now says the same.
func (c *AmendmentRuleSet) stands(now *AmendmentRuleSet) bool {
	return c.Effect == now.Effect && c.Approval.same(&now.Approval) && c.Signature.same(&now.Signature)
}

func (q *Quota) same(o *Quota) bool {
	return q.Who == o.Who && q.Share == o.Share && slices.Equal(q.Members, o.Members)
}

func (a *AvenantDrafted) judge(j *judgement) {
	j.founded()
	t := j.g.texts.find(a.Avenant)
	j.unless(t == nil || t.drafted == 0, TextExists, string(a.Avenant))
	day := j.day
	if a.StatedDay != 0 {
		day = a.StatedDay
	}
	j.unless(day >= j.day || a.Retroactive != "", RetroactiveUnsaid, string(a.Avenant))
	if a.StatedDay != 0 {
		j.unless(j.g.Head() == 0 || j.g.founding.on(day, Latest) != nil, BeforeFounding, string(a.Avenant))
	}
	j.changes(a.Changes, day, false)
}

// waiting judges that a text can still be approved and signed on the day. The convention always can.
func (j *judgement) waiting(id TextID) *text {
	t := j.g.texts.find(id)
	if !j.unless(t != nil && !t.drafts.empty(Latest), UnknownText, string(id)) {
		return nil
	}
	if id == Convention {
		return t
	}
	j.unless(t.drafts.on(j.day, Latest) != nil, NotYetDrafted, string(id))
	j.unless(t.ends.empty(Latest), TextEnded, string(id))
	return t
}

// party judges that whoever acts on a text is a member on the day; on the convention, that it ever was one.
func (j *judgement) party(id MemberID, t TextID) int {
	m, known := j.g.members.place[id]
	if t == Convention && known && !j.g.members.all[m].standing.empty(Latest) {
		return m
	}
	j.member(id)
	return m
}

func (a *MemberDeliberated) judge(j *judgement) {
	t, m := j.waiting(a.Text), j.party(a.Member, a.Text)
	if t == nil || j.broken != nil {
		return
	}
	e := t.approvals.floor(m, endOf(j.day), Latest)
	j.unless(e == nil || e.Value.fallen() || e.Value.by.SHA256 != a.SHA256, NothingChanges, string(a.Member))
}

func (a *DeliberationFell) judge(j *judgement) {
	if !j.unless(a.Deliberation <= j.g.Head(), UnknownEvent, strconv.FormatUint(a.Deliberation, 10)) {
		return
	}
	s := &j.g.events[a.Deliberation-1]
	now, stands := s.now()
	d, ok := now.Act.(*MemberDeliberated)
	if !j.unless(ok && stands, NotDelib, strconv.FormatUint(a.Deliberation, 10)) || s.since == nil {
		return
	}
	for _, n := range s.dependents {
		if _, stands := j.g.events[n-1].now(); stands {
			j.breaks(NothingChanges, string(d.Member))
		}
	}
}

func (a *MemberSigned) judge(j *judgement) {
	t, m := j.waiting(a.Text), j.party(a.Member, a.Text)
	if t == nil || j.broken != nil {
		return
	}
	j.unless(t.signatures.floor(m, endOf(j.day), Latest) == nil, NothingChanges, string(a.Member))
}

func (a *AvenantAbandoned) judge(j *judgement) { j.waiting(a.Avenant) }

func (a *AvenantEnteredIntoForce) judge(*judgement) {}

func (a *EventCorrected) judge(j *judgement) {
	target := strconv.FormatUint(a.Target, 10)
	if !j.unless(a.Target <= j.g.Head(), UnknownEvent, target) {
		return
	}
	a.fits(j)
	now, stands := j.g.Said(a.Target, Latest)
	if a.Replacement == nil {
		j.unless(stands, NothingChanges, target)
	} else {
		j.unless(!stands || !sameEvent(now, *a.Replacement), NothingChanges, target)
	}
}

// fits judges whether a correction can say what it says of its target, which stands in the register.
func (a *EventCorrected) fits(j *judgement) {
	said, target := j.g.events[a.Target-1].said.Act, strconv.FormatUint(a.Target, 10)
	if a.Replacement == nil {
		_, founding := said.(*GroupFounded)
		j.unless(!founding, FoundingVoid, target)
		j.unless(!j.outcomeStands(said), OutcomeStands, target)
		return
	}
	r := a.Replacement.Act
	j.unless(sameType(said, r), CorrectionType, target)
	j.unless(nameOf(said) == nameOf(r), CorrectionName, target)
	j.heardOf(r)
}

// outcomeStands reports whether an act is the outcome of a vote, or its opening, in a sitting that is over. While it goes on, who
// has closed a vote by mistake takes it back.
func (j *judgement) outcomeStands(a Act) bool {
	switch a.(type) {
	case *VoteOpened, *DecisionProclaimed:
		id, _ := sittingOf(a)
		s := j.g.session(id)
		return s == nil || s.over()
	}
	return false
}
