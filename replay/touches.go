package replay

import (
	"slices"

	"registre/domain"
)

// What an act touches: whether, if it were not there, the thing named could be otherwise.

func touchesMember(id domain.MemberID) func(domain.Act) bool {
	return func(act domain.Act) bool {
		switch act := act.(type) {
		case *domain.MemberJoined:
			return act.Member == id
		case *domain.MemberWithdrew:
			return act.Member == id
		case *domain.MembersSucceeded:
			return slices.Contains(act.Predecessors, id) || succeeds(act, id)
		}
		return false
	}
}

func succeeds(act *domain.MembersSucceeded, id domain.MemberID) bool {
	return slices.ContainsFunc(act.Successors, func(s domain.Named) bool { return s.Member == id })
}

func touchesRole(role string, holders ...domain.MemberID) func(domain.Act) bool {
	return func(act domain.Act) bool {
		switch act := act.(type) {
		case *domain.RoleGiven:
			return act.Role == role
		case *domain.RoleEnded:
			return act.Role == role
		}
		return slices.ContainsFunc(holders, func(m domain.MemberID) bool { return touchesMember(m)(act) })
	}
}

func touchesBody(id domain.BodyID) func(domain.Act) bool {
	return func(act domain.Act) bool {
		switch act := act.(type) {
		case *domain.BodyCreated:
			return act.Body == id
		case *domain.BodyRenamed:
			return act.Body == id
		case *domain.BodyReplaced:
			return act.Body == id || act.By == id
		case *domain.BodyDissolved:
			return act.Body == id
		}
		return false
	}
}

func touchesTable(id domain.BodyID) func(domain.Act) bool {
	return func(act domain.Act) bool {
		if set, ok := act.(*domain.WeightsSet); ok {
			return set.Body == id
		}
		_, renamed := act.(*domain.BodyRenamed)
		return !renamed && touchesBody(id)(act)
	}
}

func touchesWeight(id domain.BodyID, m domain.MemberID) func(domain.Act) bool {
	return func(act domain.Act) bool { return touchesTable(id)(act) || touchesMember(m)(act) }
}

// touchesText leaves out what touchesQuota has.
func touchesText(id domain.TextID) func(domain.Act) bool {
	return func(act domain.Act) bool {
		switch act := act.(type) {
		case *domain.GroupFounded:
			return id == domain.Convention
		case *domain.AvenantDrafted:
			return act.Avenant == id
		case *domain.MemberDeliberated:
			return act.Text == id
		case *domain.MemberSigned:
			return act.Text == id
		case *domain.AvenantAbandoned:
			return act.Avenant == id
		case *domain.AvenantEnteredIntoForce:
			return act.Avenant == id
		}
		return false
	}
}

// touchesQuota has what changes who must act on a text, or how many.
func touchesQuota(act domain.Act) bool {
	switch act.(type) {
	case *domain.AmendmentRuleSet, *domain.MemberJoined, *domain.MemberWithdrew, *domain.MembersSucceeded:
		return true
	}
	return false
}
