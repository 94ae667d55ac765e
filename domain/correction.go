package domain

import (
	"reflect"
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
	case *DeliberationFell:
		return strconv.FormatUint(a.Deliberation, 10)
	case *EventCorrected:
		return strconv.FormatUint(a.Target, 10)
	}
	return ""
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
	case *MemberDeliberated:
		j.heardOfMember(a.Member)
		j.heardOfText(a.Text)
	case *MemberSigned:
		j.heardOfMember(a.Member)
		j.heardOfText(a.Text)
	case *AvenantAbandoned:
		j.heardOfText(a.Avenant)
	case *EventCorrected:
		if a.Replacement != nil && a.Target <= j.g.Head() {
			j.unless(sameType(j.g.events[a.Target-1].said.Act, a.Replacement.Act), CorrectionType, strconv.FormatUint(a.Target, 10))
			j.heardOf(a.Replacement.Act)
		}
	}
}

func (j *judgement) heardOfMember(id MemberID) {
	m := j.g.members.find(id)
	j.unless(m != nil && !m.standing.empty(Latest), UnknownMember, string(id))
}

func (j *judgement) heardOfBody(id BodyID) {
	j.unless(j.g.HeardOfBody(id, Latest), UnknownBody, string(id))
}

func (j *judgement) heardOfText(id TextID) {
	t := j.g.texts.find(id)
	j.unless(t != nil && t.drafted != 0, UnknownText, string(id))
}
