package domain

import (
	"reflect"
	"slices"
	"strconv"
)

func sameType(a, b Act) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }

func sameEvent(a, b Event) bool { return reflect.DeepEqual(a, b) }

// nameOf is the name by which other events refer to an act, which no correction may change.
func nameOf(a Act) string {
	switch a := a.(type) {
	case *AvenantDrafted:
		return string(a.Avenant)
	case *AvenantEnteredIntoForce:
		return string(a.Avenant)
	case *AgreementLaunched:
		return string(a.Agreement)
	case *AgreementRenewed:
		return string(a.Agreement)
	case *AgreementEnded:
		return string(a.Agreement)
	case *SchoolOpened:
		return a.School.String()
	case *SchoolMoved:
		return a.To.String()
	case *OrderIssued:
		return string(a.Number)
	case *OrderAmended:
		return string(a.Number)
	case *OrderCancelled:
		return string(a.Number)
	case *OrderReceived:
		return string(a.Number)
	case *DeliberationFell:
		return strconv.FormatUint(a.Deliberation, 10)
	case *DocumentAdded:
		return a.SHA256.String()
	case *DocumentKept:
		return a.SHA256.String()
	case *DocumentErased:
		return a.SHA256.String()
	case *EventCorrected:
		return strconv.FormatUint(a.Target, 10)
	case *RightEnded:
		return strconv.FormatUint(a.Right, 10)
	case *SubscriptionMade:
		return string(a.Subscription)
	case *SubscriptionEnded:
		return string(a.Subscription)
	case *DeliveryResumed:
		return string(a.Subscription)
	case *NoticeSkipped:
		return string(a.Subscription)
	}
	return nameOfSitting(a)
}

// heardOf judges that a replacement speaks only of what the register knows. Whether it fits the days around it is not
// judged: a correction says what was so, and what contradicts it becomes a finding.
func (j *judgement) heardOf(a Act) {
	switch a := a.(type) {
	case *MemberWithdrew:
		j.heardOfMember(a.Member)
	case *MembersSucceeded:
		for _, m := range a.Predecessors {
			j.heardOfMember(m)
		}
		for i := range a.Policies {
			j.heardOfBody(a.Policies[i].Body)
		}
	case *MemberJoined:
		for _, w := range a.Weights {
			j.heardOfBody(w.Body)
		}
	case *RoleGiven:
		j.heardOfMember(a.Member)
	case *BodyRenamed:
		j.heardOfBody(a.Body)
	case *BodyReplaced:
		j.heardOfBody(a.Body)
	case *BodyDissolved:
		j.heardOfBody(a.Body)
	case *WeightsSet:
		j.heardOfBody(a.Body)
		for _, w := range a.Weights {
			j.heardOfMember(w.Member)
		}
	case *VotingRuleSet:
		j.heardOfBody(a.Body)
		for _, m := range a.Rule.names() {
			j.heardOfMember(m)
		}
	case *MemberDeliberated:
		j.heardOfMember(a.Member)
		j.heardOfText(a.Text)
	case *MemberSigned:
		j.heardOfMember(a.Member)
		j.heardOfText(a.Text)
	case *AvenantAbandoned:
		j.heardOfText(a.Avenant)
	case *FindingAnswered:
		a.heard(j)
	case *EventCorrected:
		if a.Target <= j.g.Head() {
			a.fits(j)
		}
	case *AmendmentRuleSet:
		for _, m := range slices.Concat(a.Approval.Members, a.Signature.Members) {
			j.heardOfMember(m)
		}
	case *GroupFounded:
		j.heardOfChanges(a.Changes)
	case *AvenantDrafted:
		j.heardOfChanges(a.Changes)
	default:
		j.heardOfOrdering(a)
		j.heardOfSitting(a)
	}
}

// heardOfChanges judges the changes of a text: they can speak of whom and what the ones before them bring in.
func (j *judgement) heardOfChanges(changes []Change) {
	inner := judgement{g: j.g, day: j.day, broken: j.broken}
	inner.text = &scope{members: map[MemberID]bool{}, bodies: map[BodyID]bool{}}
	for _, c := range changes {
		inner.heardOf(c)
		switch c := c.(type) {
		case *MemberJoined:
			inner.turns(c.Member, true)
		case *MembersSucceeded:
			for _, s := range c.Successors {
				inner.turns(s.Member, true)
			}
		case *BodyCreated:
			inner.lives(c.Body, true)
		case *BodyReplaced:
			inner.lives(c.By, true)
		}
	}
	j.broken = inner.broken
}

func (j *judgement) heardOfMember(id MemberID) {
	m := j.g.members.find(id)
	known := m != nil && !m.standing.empty(Latest) || j.text != nil && j.text.members[id]
	j.unless(known, UnknownMember, string(id))
}

func (j *judgement) heardOfBody(id BodyID) {
	known := j.g.HeardOfBody(id, Latest) || j.text != nil && j.text.bodies[id]
	j.unless(known, UnknownBody, string(id))
}

func (j *judgement) heardOfText(id TextID) {
	t := j.g.texts.find(id)
	j.unless(t != nil && t.drafted != 0, UnknownText, string(id))
}
