package domain

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func anyCommand(t require.TestingT, on string, act Act) Command {
	return Command{ID: uuid.UUID{15: 1}, Group: "g", Effective: date(t, on), Actor: "secretariat", Act: act}
}

// smallGroup holds a, b and c from 2020-03-01, the bodies ag (a 2, b 1) and cst, and avenant-1, drafted on 2020-05-01.
func smallGroup(t require.TestingT) *Group {
	g := &Group{}
	for _, c := range []Command{
		anyCommand(t, "2020-03-01", &GroupFounded{Name: "Group", Title: "Convention", Changes: []Change{
			&BodyCreated{Body: "ag", Name: "AG"}, &BodyCreated{Body: "cst", Name: "CST"},
			&MemberJoined{Member: "a", Name: "A"}, &MemberJoined{Member: "b", Name: "B"}, &MemberJoined{Member: "c", Name: "C"},
			&WeightsSet{Body: "ag", Weights: []MemberWeight{{"a", weight(t, "2")}, {"b", weight(t, "1")}}},
			&RoleGiven{Member: "a", Role: Coordinator},
		}}),
		anyCommand(t, "2020-05-01", &AvenantDrafted{Avenant: "avenant-1", Title: "Avenant n° 1", SHA256: Hash{1}}),
		anyCommand(t, "2020-05-01", &AvenantDrafted{Avenant: "avenant-2", Title: "Avenant n° 2"}),
		anyCommand(t, "2020-06-01", &MemberDeliberated{Member: "a", SHA256: Hash{1}, Text: "avenant-1"}),
		anyCommand(t, "2020-06-01", &MemberSigned{Member: "a", Text: "avenant-1"}),
		anyCommand(t, "2020-06-01", &AvenantAbandoned{Avenant: "avenant-2", Reason: "superseded"}),
	} {
		_, err := Enact(g, c)
		require.NoError(t, err)
	}
	return g
}

// tooFine cannot be added to 1/3 and the like.
var tooFine = Weight{num: 1, less: 1<<62 - 1}

// Each list starts with a command that breaks all the rules that can be broken together, and mends the one that was named
// last, until the command is accepted.
var mended = []struct {
	name  string
	steps []step
}{
	{"found", []step{
		{GroupExists, "2020-02-01", &GroupFounded{Name: "G", Title: "T", Changes: []Change{&MemberWithdrew{Member: "x"}}}},
	}},
	{"found anew", []step{
		{UnknownMember, "2020-02-01", founding(&MemberWithdrew{Member: "x"}, &BodyDissolved{Body: "x"}, &BodyCreated{Body: "ag", Name: "N"}, &BodyCreated{Body: "ag", Name: "N"})},
		{UnknownBody, "2020-02-01", founding(&BodyDissolved{Body: "x"}, &BodyCreated{Body: "ag", Name: "N"}, &BodyCreated{Body: "ag", Name: "N"})},
		{BodyExists, "2020-02-01", founding(&BodyCreated{Body: "ag", Name: "N"}, &BodyCreated{Body: "ag", Name: "N"})},
		{nil, "2020-02-01", founding(&BodyCreated{Body: "ag", Name: "N"})},
	}},
	{"rotate", []step{
		{HouseRegister, "2020-02-01", founding()},
		{KeyNotInForce, "2020-02-01", &KeyRotated{OldKey: aKey(3), NewKey: aKey(1), Reason: "r"}},
		{KeyUsedBefore, "2020-02-01", &KeyRotated{OldKey: aKey(2), NewKey: aKey(1), Reason: "r"}},
		{NothingChanges, "2020-02-01", &KeyRotated{OldKey: aKey(2), NewKey: aKey(2), Reason: "r"}},
		{nil, "2020-02-01", &KeyRotated{OldKey: aKey(2), NewKey: aKey(3), Reason: "r"}},
	}},
	{"grant", []step{
		{HouseRegister, "2020-02-01", founding()},
		{PeriodEmpty, "2020-02-01", granting("p", Auditor, "2020-02-01")},
		{NothingChanges, "2020-02-01", granting("p", Auditor, "2020-03-01")},
		{nil, "2020-02-01", granting("p", Auditor, "2020-07-02")},
	}},
	{"end a right", []step{
		{UnknownRight, "2020-06-01", &RightEnded{Right: 9, Reason: "r"}},
		{RightNotStanding, "2020-07-01", &RightEnded{Right: 2, Reason: "r"}},
		{nil, "2020-06-01", &RightEnded{Right: 2, Reason: "r"}},
	}},
	{"make a subscription", []step{
		{HouseRegister, "2020-02-01", founding()},
		{SubscriptionExists, "2020-02-01", &SubscriptionMade{Subscription: "s", Principal: "q", Channel: ByMail, Every: true}},
		{nil, "2020-02-01", &SubscriptionMade{Subscription: "t", Principal: "q", Channel: ByMail, Every: true}},
	}},
	{"end a subscription", []step{
		{UnknownSubscription, "2020-02-01", &SubscriptionEnded{Subscription: "u", Reason: "r"}},
		{SubscriptionOver, "2019-12-31", &SubscriptionEnded{Subscription: "s", Reason: "r"}},
		{nil, "2020-02-01", &SubscriptionEnded{Subscription: "s", Reason: "r"}},
	}},
	{"skip a notice", []step{
		{UnknownSubscription, "2020-02-01", &NoticeSkipped{Subscription: "u", Reason: "r", Notice: "g/1/k"}},
		{SubscriptionOver, "2019-12-31", &NoticeSkipped{Subscription: "s", Reason: "r", Notice: "g/1/k"}},
		{NothingChanges, "2020-02-01", &NoticeSkipped{Subscription: "s", Reason: "r", Notice: "g/1/j"}},
		{nil, "2020-02-01", &NoticeSkipped{Subscription: "s", Reason: "r", Notice: "g/1/k"}},
	}},
	{"resume a delivery", []step{
		{UnknownSubscription, "2020-02-01", &DeliveryResumed{Subscription: "u"}},
		{SubscriptionOver, "2019-12-31", &DeliveryResumed{Subscription: "s"}},
		{nil, "2020-02-01", &DeliveryResumed{Subscription: "s", Group: "g"}},
	}},
	{"end what is no right", []step{
		{UnknownRight, "2020-06-01", &RightEnded{Right: 1, Reason: "r"}},
	}},
	{"anything of no group", []step{
		{GroupUnknown, "2020-02-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 99}},
	}},
	{"join", []step{
		{UnknownBody, "2020-02-01", &MemberJoined{Member: "a", Name: "A", Weights: []BodyWeight{{"x", Weight{}}, {"ag", tooFine}}}},
		{BeforeFounding, "2020-02-01", &MemberJoined{Member: "a", Name: "A", Weights: []BodyWeight{{"ag", tooFine}}}},
		{AlreadyMember, "2020-04-01", &MemberJoined{Member: "a", Name: "A", Weights: []BodyWeight{{"ag", tooFine}}}},
		{BasisMissing, "2020-04-01", &MemberJoined{Member: "d", Name: "A", Weights: []BodyWeight{{"ag", tooFine}}}},
		{TooFine, "2020-04-01", &MemberJoined{Basis: "x", Member: "d", Name: "A", Weights: []BodyWeight{{"ag", tooFine}}}},
		{nil, "2020-04-01", &MemberJoined{Basis: "x", Member: "d", Name: "A", Weights: []BodyWeight{{"ag", Weight{}}}}},
	}},
	{"withdraw", []step{
		{UnknownMember, "2020-02-01", &MemberWithdrew{Member: "x"}},
		{BeforeFounding, "2020-02-01", &MemberWithdrew{Member: "a"}},
		{BasisMissing, "2020-04-01", &MemberWithdrew{Member: "a"}},
		{nil, "2020-04-01", &MemberWithdrew{Basis: "x", Member: "a"}},
	}},
	{"succeed", []step{
		{UnknownMember, "2020-02-01", &MembersSucceeded{Predecessors: ids("x", "b"), Successors: []Named{{"b", "B"}}, Policies: []Policy{{Body: "x", Way: Keep, Of: "c"}}}},
		{UnknownBody, "2020-02-01", &MembersSucceeded{Predecessors: ids("a", "b"), Successors: []Named{{"b", "B"}}, Policies: []Policy{{Body: "x", Way: Keep, Of: "c"}}}},
		{BeforeFounding, "2020-02-01", &MembersSucceeded{Predecessors: ids("a", "b"), Successors: []Named{{"b", "B"}}, Policies: []Policy{{Body: "cst", Way: Keep, Of: "c"}}}},
		{AlreadyMember, "2020-04-01", &MembersSucceeded{Predecessors: ids("a", "b"), Successors: []Named{{"c", "C"}}, Policies: []Policy{{Body: "cst", Way: Keep, Of: "c"}}}},
		{BasisMissing, "2020-04-01", &MembersSucceeded{Predecessors: ids("a", "b"), Successors: []Named{{"b", "B"}}, Policies: []Policy{{Body: "cst", Way: Keep, Of: "c"}}}},
		{SucceedsItself, "2020-04-01", &MembersSucceeded{Basis: "x", Predecessors: ids("a", "b"), Successors: []Named{{"b", "B"}}, Policies: []Policy{{Body: "cst", Way: Keep, Of: "c"}}}},
		{PolicyMissing, "2020-04-01", &MembersSucceeded{Basis: "x", Predecessors: ids("a", "b"), Successors: []Named{{"d", "D"}}, Policies: []Policy{{Body: "cst", Way: Keep, Of: "c"}}}},
		{PolicyImpossible, "2020-04-01", &MembersSucceeded{Basis: "x", Predecessors: ids("a", "b"), Successors: []Named{{"d", "D"}}, Policies: []Policy{{Body: "ag", Way: Keep, Of: "c"}}}},
		{nil, "2020-04-01", &MembersSucceeded{Basis: "x", Predecessors: ids("a", "b"), Successors: []Named{{"d", "D"}}, Policies: []Policy{{Body: "ag", Way: Keep, Of: "b"}}}},
	}},
	{"split", []step{
		{NotMember, "2020-04-01", &MembersSucceeded{Predecessors: ids("later"), Successors: []Named{{"d", "D"}, {"e", "E"}}, Policies: []Policy{{Body: "ag", Way: Sum}}}},
		{PolicyImpossible, "2020-04-01", &MembersSucceeded{Basis: "x", Predecessors: ids("a"), Successors: []Named{{"d", "D"}, {"e", "E"}}, Policies: []Policy{{Body: "ag", Way: Sum}}}},
		{TooFine, "2020-04-01", &MembersSucceeded{Basis: "x", Predecessors: ids("a"), Successors: []Named{{"d", "D"}, {"e", "E"}}, Policies: []Policy{{Body: "ag", Way: Set, Weights: []MemberWeight{{"d", tooFine}, {"e", third}}}}}},
		{nil, "2020-04-01", &MembersSucceeded{Basis: "x", Predecessors: ids("a"), Successors: []Named{{"d", "D"}, {"e", "E"}}, Policies: []Policy{{Body: "ag", Way: Set}}}},
	}},
	{"give a role", []step{
		{UnknownMember, "2020-02-01", &RoleGiven{Member: "x", Role: Coordinator}},
		{BeforeFounding, "2020-02-01", &RoleGiven{Member: "a", Role: Coordinator}},
		{NotMember, "2020-04-01", &RoleGiven{Member: "later", Role: Coordinator}},
		{BasisMissing, "2020-04-01", &RoleGiven{Member: "a", Role: Coordinator}},
		{NothingChanges, "2020-04-01", &RoleGiven{Basis: "x", Member: "a", Role: Coordinator}},
		{nil, "2020-04-01", &RoleGiven{Basis: "x", Member: "b", Role: Coordinator}},
	}},
	{"end a role", []step{
		{BeforeFounding, "2020-02-01", &RoleEnded{Role: Pilot}},
		{RoleVacant, "2020-04-01", &RoleEnded{Role: Pilot}},
		{BasisMissing, "2020-04-01", &RoleEnded{Role: Coordinator}},
		{nil, "2020-04-01", &RoleEnded{Basis: "x", Role: Coordinator}},
	}},
	{"create a body", []step{
		{BeforeFounding, "2020-02-01", &BodyCreated{Body: "ag", Name: "AG"}},
		{BodyExists, "2020-04-01", &BodyCreated{Body: "ag", Name: "AG"}},
		{BasisMissing, "2020-04-01", &BodyCreated{Body: "rl", Name: "RL"}},
		{nil, "2020-04-01", &BodyCreated{Basis: "x", Body: "rl", Name: "RL"}},
	}},
	{"rename a body", []step{
		{UnknownBody, "2020-02-01", &BodyRenamed{Body: "x", Name: "AG"}},
		{BeforeFounding, "2020-02-01", &BodyRenamed{Body: "ag", Name: "AG"}},
		{NoBody, "2020-04-01", &BodyRenamed{Body: "later", Name: "AG"}},
		{BasisMissing, "2020-04-01", &BodyRenamed{Body: "ag", Name: "AG"}},
		{NothingChanges, "2020-04-01", &BodyRenamed{Basis: "x", Body: "ag", Name: "AG"}},
		{nil, "2020-04-01", &BodyRenamed{Basis: "x", Body: "ag", Name: "Assembly"}},
	}},
	{"replace a body", []step{
		{UnknownBody, "2020-02-01", &BodyReplaced{Body: "x", By: "cst", Name: "N"}},
		{BeforeFounding, "2020-02-01", &BodyReplaced{Body: "ag", By: "cst", Name: "N"}},
		{BodyExists, "2020-04-01", &BodyReplaced{Body: "later", By: "cst", Name: "N"}},
		{NoBody, "2020-04-01", &BodyReplaced{Body: "later", By: "rl", Name: "N"}},
		{BasisMissing, "2020-04-01", &BodyReplaced{Body: "ag", By: "rl", Name: "N"}},
		{nil, "2020-04-01", &BodyReplaced{Basis: "x", Body: "ag", By: "rl", Name: "N"}},
	}},
	{"dissolve a body", []step{
		{UnknownBody, "2020-02-01", &BodyDissolved{Body: "x"}},
		{BeforeFounding, "2020-02-01", &BodyDissolved{Body: "ag"}},
		{NoBody, "2020-04-01", &BodyDissolved{Body: "later"}},
		{BasisMissing, "2020-04-01", &BodyDissolved{Body: "ag"}},
		{nil, "2020-04-01", &BodyDissolved{Basis: "x", Body: "ag"}},
	}},
	{"set weights", []step{
		{UnknownMember, "2020-02-01", &WeightsSet{Body: "x", Weights: []MemberWeight{{"x", tooFine}, {"a", third}}}},
		{UnknownBody, "2020-02-01", &WeightsSet{Body: "x", Weights: []MemberWeight{{"b", tooFine}, {"a", third}}}},
		{BeforeFounding, "2020-02-01", &WeightsSet{Body: "later", Weights: []MemberWeight{{"later", tooFine}, {"a", third}}}},
		{NotMember, "2020-04-01", &WeightsSet{Body: "later", Weights: []MemberWeight{{"later", tooFine}, {"a", third}}}},
		{NoBody, "2020-04-01", &WeightsSet{Body: "later", Weights: []MemberWeight{{"b", tooFine}, {"a", third}}}},
		{BasisMissing, "2020-04-01", &WeightsSet{Body: "ag", Weights: []MemberWeight{{"b", tooFine}, {"a", third}}}},
		{TooFine, "2020-04-01", &WeightsSet{Basis: "x", Body: "ag", Weights: []MemberWeight{{"b", tooFine}, {"a", third}}}},
		{NothingChanges, "2020-04-01", &WeightsSet{Basis: "x", Body: "ag", Weights: []MemberWeight{{"b", Weight{num: 1}}, {"a", Weight{num: 2}}}}},
		{nil, "2020-04-01", &WeightsSet{Basis: "x", Body: "ag", Weights: []MemberWeight{{"b", Weight{num: 1}}, {"a", third}}}},
	}},
	{"set an obligation", []step{
		{BeforeFounding, "2020-02-01", &ObligationSet{Article: "8"}},
		{BasisMissing, "2020-04-01", &ObligationSet{Article: "8"}},
		{NothingChanges, "2020-04-01", &ObligationSet{Basis: "x", Article: "8"}},
		{nil, "2020-04-01", &ObligationSet{Basis: "x", Article: "8", Text: "follow"}},
	}},
	{"set the rule of amendment", []step{
		{UnknownMember, "2020-02-01", &AmendmentRuleSet{Approval: Quota{Who: Listed, Members: ids("x")}, Signature: every, Effect: StatedDay}},
		{BeforeFounding, "2020-02-01", &AmendmentRuleSet{Approval: Quota{Who: Listed, Members: ids("later")}, Signature: every, Effect: StatedDay}},
		{NotMember, "2020-04-01", &AmendmentRuleSet{Approval: Quota{Who: Listed, Members: ids("later")}, Signature: every, Effect: StatedDay}},
		{BasisMissing, "2020-04-01", &AmendmentRuleSet{Approval: every, Signature: every, Effect: StatedDay}},
		{NothingChanges, "2020-04-01", &AmendmentRuleSet{Basis: "x", Approval: every, Signature: every, Effect: StatedDay}},
		{nil, "2020-04-01", &AmendmentRuleSet{Basis: "x", Approval: every, Signature: every, Effect: LastSignature}},
	}},
	{"set the rule of voting", []step{
		{UnknownMember, "2020-02-01", &VotingRuleSet{Body: "x", Rule: votingRule(Voters{Who: TheseVoters, Members: ids("x")}, casting("b"), Plurality)}},
		{UnknownBody, "2020-02-01", &VotingRuleSet{Body: "x", Rule: votingRule(all, casting("b"), Plurality)}},
		{BeforeFounding, "2020-02-01", &VotingRuleSet{Body: "later", Rule: votingRule(all, casting("b"), Plurality)}},
		{NotMember, "2020-04-01", &VotingRuleSet{Body: "later", Rule: votingRule(all, casting("later"), Plurality)}},
		{NoBody, "2020-04-01", &VotingRuleSet{Body: "later", Rule: votingRule(all, casting("b"), Plurality)}},
		{BasisMissing, "2020-04-01", &VotingRuleSet{Body: "ag", Rule: votingRule(all, casting("b"), Plurality)}},
		{nil, "2020-04-01", &VotingRuleSet{Basis: "x", Body: "ag", Rule: votingRule(all, casting("b"), Plurality)}},
		{nil, "2020-04-01", &VotingRuleSet{Basis: "x", Body: "ag", Kind: "budget", Rule: votingRule(all, casting("b"), Plurality)}},
		{nil, "2020-04-01", &VotingRuleSet{Basis: "x", Body: "ag", Rule: votingRule(all, casting("b"), TwoRounds)}},
	}},
	{"draft an avenant", []step{
		{UnknownBody, "2020-02-01", &AvenantDrafted{Avenant: "avenant-1", Title: "T", StatedDay: 9, Changes: []Change{&BodyDissolved{Body: "x"}, &RoleGiven{Member: "later", Role: Pilot}}}},
		{BeforeFounding, "2020-02-01", &AvenantDrafted{Avenant: "avenant-1", Title: "T", StatedDay: 9, Changes: []Change{&RoleGiven{Member: "later", Role: Pilot}}}},
		{NotMember, "2020-04-01", &AvenantDrafted{Avenant: "avenant-1", Title: "T", StatedDay: march, Changes: []Change{&RoleGiven{Member: "later", Role: Pilot}}}},
		{TextExists, "2020-04-01", &AvenantDrafted{Avenant: "avenant-1", Title: "T", StatedDay: march}},
		{RetroactiveUnsaid, "2020-04-01", &AvenantDrafted{Avenant: "avenant-3", Title: "T", StatedDay: march}},
		{nil, "2020-04-01", &AvenantDrafted{Avenant: "avenant-3", Title: "T", StatedDay: march, Retroactive: "so agreed"}},
	}},
	{"deliberate", []step{
		{UnknownMember, "2020-02-01", &MemberDeliberated{Member: "x", Text: "x"}},
		{UnknownText, "2020-02-01", &MemberDeliberated{Member: "later", Text: "x"}},
		{NotMember, "2020-04-01", &MemberDeliberated{Member: "later", Text: "avenant-2"}},
		{NotYetDrafted, "2020-04-01", &MemberDeliberated{Member: "b", Text: "avenant-2"}},
		{TextEnded, "2020-06-02", &MemberDeliberated{Member: "a", Text: "avenant-2"}},
		{NothingChanges, "2020-06-02", &MemberDeliberated{Member: "a", SHA256: Hash{1}, Text: "avenant-1"}},
		{nil, "2020-06-02", &MemberDeliberated{Member: "b", SHA256: Hash{1}, Text: "avenant-1"}},
	}},
	{"sign", []step{
		{UnknownMember, "2020-02-01", &MemberSigned{Member: "x", Text: "x"}},
		{UnknownText, "2020-02-01", &MemberSigned{Member: "later", Text: "x"}},
		{NotMember, "2020-04-01", &MemberSigned{Member: "later", Text: "avenant-2"}},
		{NotYetDrafted, "2020-04-01", &MemberSigned{Member: "b", Text: "avenant-2"}},
		{TextEnded, "2020-06-02", &MemberSigned{Member: "a", Text: "avenant-2"}},
		{NothingChanges, "2020-06-02", &MemberSigned{Member: "a", Text: "avenant-1"}},
		{nil, "2020-06-02", &MemberSigned{Member: "b", Text: "avenant-1"}},
	}},
	{"let a deliberation fall", []step{
		{UnknownEvent, "2020-02-01", &DeliberationFell{Deliberation: 99, How: Annulled, Reason: "r"}},
		{NotDelib, "2020-02-01", &DeliberationFell{Deliberation: 1, How: Annulled, Reason: "r"}},
		{NothingChanges, "2020-07-01", &DeliberationFell{Deliberation: 8, How: Annulled, Reason: "r"}},
		{nil, "2020-07-01", &DeliberationFell{Deliberation: 4, How: Annulled, Reason: "r"}},
	}},
	{"answer a finding", []step{
		{UnknownEvent, "2020-02-01", answering("F0101", 99)},
		{BeforeFounding, "2020-02-01", answering("F0101", 1)},
		{nil, "2020-07-01", answering("F0101", 1)},
	}},
	{"answer a finding again", []step{
		{NothingChanges, "2020-07-01", answering("F0303", 9)},
		{nil, "2020-07-01", answering("F0303", 8)},
	}},
	{"add a document", []step{
		{BeforeFounding, "2020-02-01", paper(3, "law", "")},
		{WasErased, "2020-07-01", paper(3, "law", "")},
		{NothingChanges, "2020-07-01", paper(1, AwardPaper, "2019-05-02")},
		{nil, "2020-07-01", paper(1, ExecutionPaper, "2019-05-02")},
	}},
	{"say from when a document is kept", []step{
		{BeforeFounding, "2020-02-01", &DocumentKept{From: 700000, SHA256: Hash{9}}},
		{UnknownDocument, "2020-07-01", &DocumentKept{From: 700000, SHA256: Hash{9}}},
		{WasErased, "2020-07-01", &DocumentKept{From: 700000, SHA256: Hash{3}}},
		{NoPeriod, "2020-07-01", &DocumentKept{From: 700000, SHA256: Hash{2}}},
		{NothingChanges, "2020-07-01", &DocumentKept{From: dayOf("2019-05-02"), SHA256: Hash{1}}},
		{nil, "2020-07-01", &DocumentKept{From: 700000, SHA256: Hash{1}}},
	}},
	{"erase a document", []step{
		{BeforeFounding, "2020-02-01", &DocumentErased{Reason: "r", SHA256: Hash{9}}},
		{UnknownDocument, "2020-07-01", &DocumentErased{Reason: "r", SHA256: Hash{9}}},
		{WasErased, "2020-07-01", &DocumentErased{Reason: "r", SHA256: Hash{3}}},
		{StillKept, "2020-07-01", &DocumentErased{Reason: "r", SHA256: Hash{2}}},
		{nil, "2020-07-01", &DocumentErased{Order: "CADA", Reason: "r", SHA256: Hash{2}}},
	}},
	{"erase a document whose time is over", []step{
		{StillKept, "2024-05-01", &DocumentErased{Reason: "r", SHA256: Hash{1}}},
		{nil, "2024-05-02", &DocumentErased{Reason: "r", SHA256: Hash{1}}},
	}},
	{"abandon", []step{
		{UnknownText, "2020-02-01", &AvenantAbandoned{Avenant: "x", Reason: "r"}},
		{NotYetDrafted, "2020-02-01", &AvenantAbandoned{Avenant: "avenant-2", Reason: "r"}},
		{TextEnded, "2020-07-01", &AvenantAbandoned{Avenant: "avenant-2", Reason: "r"}},
		{nil, "2020-07-01", &AvenantAbandoned{Avenant: "avenant-1", Reason: "r"}},
	}},
	{"void", []step{
		{UnknownEvent, "2020-02-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 99}},
		{FoundingVoid, "2020-02-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 1}},
		{NothingChanges, "2020-02-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 10}},
		{nil, "2020-02-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 5}},
	}},
	{"say anew", []step{
		{UnknownEvent, "2020-02-01", anew(99, &MemberSigned{Member: "x", Text: "x"})},
		{UnknownMember, "2020-02-01", anew(2, &MemberSigned{Member: "x", Text: "x"})},
		{UnknownText, "2020-02-01", anew(2, &MemberSigned{Member: "a", Text: "x"})},
		{CorrectionType, "2020-02-01", anew(2, &MemberSigned{Member: "a", Text: "avenant-1"})},
		{CorrectionName, "2020-02-01", anew(2, &AvenantDrafted{Avenant: "avenant-4", Title: "T"})},
		{nil, "2020-02-01", anew(2, &AvenantDrafted{Avenant: "avenant-1", Title: "T"})},
		{NothingChanges, "2020-05-01", anew(2, &AvenantDrafted{Avenant: "avenant-1", Title: "Avenant n° 1", SHA256: Hash{1}})},
	}},
	{"say a text anew", []step{
		{UnknownMember, "2020-02-01", anew(2, &AvenantDrafted{Avenant: "avenant-1", Title: "T", Changes: []Change{&RoleGiven{Member: "x", Role: Pilot}, &BodyDissolved{Body: "x"}}})},
		{UnknownBody, "2020-02-01", anew(2, &AvenantDrafted{Avenant: "avenant-1", Title: "T", Changes: []Change{&BodyDissolved{Body: "x"}}})},
		{nil, "2020-02-01", anew(2, &AvenantDrafted{Avenant: "avenant-1", Title: "T", Changes: []Change{&BodyCreated{Body: "x", Name: "X"}, &BodyDissolved{Body: "x"}, &MemberJoined{Member: "x", Name: "X"}, &RoleGiven{Member: "x", Role: Pilot}}})},
	}},
	{"say a correction anew", []step{ // what no correction may do, the correction of one may not do either
		{FoundingVoid, "2020-02-01", anew(11, &EventCorrected{Kind: Clerical, Reason: "r", Target: 1})},
		{CorrectionType, "2020-02-01", anew(11, anew(1, &BodyCreated{Body: "x", Name: "X"}))},
		{CorrectionName, "2020-02-01", anew(12, anew(2, &AvenantDrafted{Avenant: "avenant-9", Title: "T"}))},
		{nil, "2020-02-01", anew(11, anew(1, founding(&MemberJoined{Member: "a", Name: "A"})))},
	}},
	{"launch an agreement", []step{
		{UnknownMember, "2020-02-01", &AgreementLaunched{Agreement: "open", Contractor: editor, Orderers: ids("x", "later"), Title: "T", Until: march}},
		{BeforeFounding, "2020-02-01", &AgreementLaunched{Agreement: "open", Contractor: editor, Orderers: ids("later"), Title: "T", Until: 9}},
		{NotMember, "2020-04-01", &AgreementLaunched{Agreement: "open", Contractor: editor, Orderers: ids("later"), Title: "T", Until: march}},
		{AgreementExists, "2022-01-01", &AgreementLaunched{Agreement: "open", Contractor: editor, Title: "T", Until: march}},
		{PeriodEmpty, "2022-01-01", &AgreementLaunched{Agreement: "new", Contractor: editor, Title: "T", Until: dayNumber(2022, 1, 1)}},
		{CeilingMissing, "2022-01-01", &AgreementLaunched{Agreement: "new", Contractor: editor, Title: "T", Until: dayNumber(2022, 1, 2)}},
		{nil, "2021-12-31", &AgreementLaunched{Agreement: "new", Contractor: editor, Title: "T", Until: dayNumber(2022, 1, 2)}},
	}},
	{"renew an agreement", []step{
		{UnknownAgreement, "2020-02-01", &AgreementRenewed{Agreement: "x", Until: 9}},
		{BeforeFounding, "2020-02-01", &AgreementRenewed{Agreement: "open", Until: 9}},
		{RenewalNotAdjacent, "2021-04-02", &AgreementRenewed{Agreement: "open", Until: 9}},
		{PeriodEmpty, "2021-04-01", &AgreementRenewed{Agreement: "open", Until: 9}},
		{nil, "2021-04-01", &AgreementRenewed{Agreement: "open", Until: dayNumber(2022, 4, 1)}},
	}},
	{"renew what has ended", []step{
		{RenewalNotAdjacent, "2020-12-01", &AgreementRenewed{Agreement: "ended", Until: dayNumber(2022, 4, 1)}},
	}},
	{"end an agreement", []step{
		{UnknownAgreement, "2020-02-01", &AgreementEnded{Agreement: "x", Reason: "r"}},
		{BeforeFounding, "2020-02-01", &AgreementEnded{Agreement: "open", Reason: "r"}},
		{AgreementNotValid, "2021-04-01", &AgreementEnded{Agreement: "open", Reason: "r"}},
		{nil, "2021-03-31", &AgreementEnded{Agreement: "open", Reason: "r"}},
	}},
	{"end an agreement twice", []step{
		{AgreementNotValid, "2020-06-01", &AgreementEnded{Agreement: "ended", Reason: "r"}},
	}},
	{"open a school", []step{
		{BeforeFounding, "2020-02-01", &SchoolOpened{facts, one}},
		{SchoolExists, "2020-04-01", &SchoolOpened{facts, one}},
		{nil, "2020-10-01", &SchoolOpened{facts, closing}},
	}},
	{"describe a school", []step{
		{UnknownSchool, "2020-02-01", &SchoolDescribed{facts, nowhere}},
		{BeforeFounding, "2020-02-01", &SchoolDescribed{facts, one}},
		{NoSchool, "2020-10-01", &SchoolDescribed{facts, closing}},
		{NothingChanges, "2020-10-01", &SchoolDescribed{facts, one}},
		{nil, "2020-10-01", &SchoolDescribed{SchoolFacts{Department: "68", Kind: "lycee", Name: "other"}, one}},
	}},
	{"close a school", []step{
		{UnknownSchool, "2020-02-01", &SchoolClosed{nowhere}},
		{BeforeFounding, "2020-02-01", &SchoolClosed{one}},
		{NoSchool, "2020-10-01", &SchoolClosed{closing}},
		{nil, "2020-09-30", &SchoolClosed{closing}},
	}},
	{"merge schools", []step{
		{UnknownSchool, "2020-02-01", &SchoolsMerged{Into: one, Schools: []UAI{closing, nowhere}}},
		{BeforeFounding, "2020-02-01", &SchoolsMerged{Into: one, Schools: []UAI{closing}}},
		{NoSchool, "2020-10-01", &SchoolsMerged{Into: one, Schools: []UAI{two, closing}}},
		{nil, "2020-09-30", &SchoolsMerged{Into: one, Schools: []UAI{two, closing}}},
	}},
	{"merge into a school that is closed", []step{
		{UnknownSchool, "2020-10-01", &SchoolsMerged{Into: nowhere, Schools: []UAI{two}}},
		{NoSchool, "2020-10-01", &SchoolsMerged{Into: closing, Schools: []UAI{two}}},
	}},
	{"move a school", []step{
		{UnknownSchool, "2020-02-01", &SchoolMoved{School: nowhere, To: one}},
		{BeforeFounding, "2020-02-01", &SchoolMoved{School: closing, To: one}},
		{SchoolExists, "2020-10-01", &SchoolMoved{School: closing, To: one}},
		{NoSchool, "2020-10-01", &SchoolMoved{School: closing, To: nowhere}},
		{nil, "2020-09-30", &SchoolMoved{School: closing, To: nowhere}},
	}},
	{"order", []step{
		{UnknownMember, "2020-02-01", ordering("O-1", "x", "x", september, september, dollars, nowhere, closing)},
		{UnknownAgreement, "2020-02-01", ordering("O-1", "later", "x", september, september, dollars, nowhere, closing)},
		{UnknownSchool, "2020-02-01", ordering("O-1", "later", "listed", september, september, dollars, nowhere, closing)},
		{BeforeFounding, "2020-02-01", ordering("O-1", "later", "listed", september, september, dollars, closing)},
		{NotMember, "2020-03-15", ordering("O-1", "later", "listed", september, september, dollars, closing)},
		{AgreementNotValid, "2020-03-15", ordering("O-1", "c", "listed", september, september, dollars, closing)},
		{OrderExists, "2020-07-02", ordering("O-1", "c", "listed", september, september, dollars, closing)},
		{PeriodEmpty, "2020-07-02", ordering("O-3", "c", "listed", september, september, dollars, closing)},
		{MayNotOrder, "2020-07-02", ordering("O-3", "c", "listed", september, april+1, dollars, closing)},
		{JoinedAfter, "2020-07-02", ordering("O-3", "later", "open", september, april+1, dollars, closing)},
		{PeriodOutside, "2020-07-02", ordering("O-3", "a", "listed", september, april+1, dollars, closing)},
		{SchoolNotOpen, "2020-07-02", ordering("O-3", "a", "listed", september, april, dollars, two, closing)},
		{CurrencyDiffers, "2020-07-02", ordering("O-3", "a", "listed", september, april, dollars, two)},
		{nil, "2020-07-02", ordering("O-3", "a", "listed", september, april, Money{}, two)},
	}},
	{"order what another order form has", []step{
		{SchoolNotOpen, "2020-07-02", dear(ordering("O-3", "b", "listed", september, april, Money{}, one, closing), 20000)},
		{OverlapUnsaid, "2020-07-02", dear(ordering("O-3", "b", "listed", september, april, Money{}, one), 20000)},
		{CeilingPassed, "2020-07-02", because(dear(ordering("O-3", "b", "listed", september, april, Money{}, one), 20000), "r", "")},
		{nil, "2020-07-02", because(dear(ordering("O-3", "b", "listed", september, april, Money{}, one), 20000), "r", "r")},
	}},
	{"order what another order form has on other days", []step{
		{OverlapUnsaid, "2020-07-02", ordering("O-3", "b", "listed", dayNumber(2021, 2, 28), april, Money{}, one)},
		{nil, "2020-07-02", ordering("O-3", "b", "listed", dayNumber(2021, 3, 1), april, Money{}, one)},
	}},
	{"order as much as the ceiling", []step{
		{CeilingPassed, "2020-07-02", dear(ordering("O-3", "b", "listed", september, april, Money{}, two), 10001)},
		{nil, "2020-07-02", dear(ordering("O-3", "b", "listed", september, april, Money{}, two), 10000)},
	}},
	{"put dear lines in the place of others", []step{
		{CeilingPassed, "2020-07-02", &OrderAmended{Number: "O-1", Replaced: linesFor(Money{10001, [3]byte{'E', 'U', 'R'}}, one)}},
		{nil, "2020-07-02", &OrderAmended{Number: "O-1", Replaced: linesFor(Money{10001, [3]byte{'E', 'U', 'R'}}, one), CeilingReason: "r"}},
	}},
	{"order for days before one was a member", []step{
		{NotMember, "2020-07-02", ordering("O-3", "later", "late", dayNumber(2020, 5, 31), april, Money{}, two)},
		{nil, "2020-07-02", ordering("O-3", "later", "late", dayNumber(2020, 6, 1), april, Money{}, two)},
	}},
	{"amend an order", []step{
		{UnknownSchool, "2020-02-01", &OrderAmended{Number: "O-1", Added: linesFor(dollars, nowhere, one, closing), Replaced: linesFor(dollars, two)}},
		{UnknownOrder, "2020-02-01", &OrderAmended{Number: "x", Added: linesFor(dollars, one, closing), Replaced: linesFor(dollars, two)}},
		{BeforeFounding, "2020-02-01", &OrderAmended{Number: "O-1", Added: linesFor(dollars, one, closing), Replaced: linesFor(dollars, two)}},
		{NotYetOrdered, "2020-06-30", &OrderAmended{Number: "O-1", Added: linesFor(dollars, one, closing), Replaced: linesFor(dollars, two)}},
		{OrderAlreadyEnded, "2021-03-01", &OrderAmended{Number: "O-1", Added: linesFor(dollars, one, closing), Replaced: linesFor(dollars, two)}},
		{SchoolNotOpen, "2020-07-02", &OrderAmended{Number: "O-1", Added: linesFor(dollars, one, closing), Replaced: linesFor(dollars, two)}},
		{KeyMissing, "2020-07-02", &OrderAmended{Number: "O-1", Added: linesFor(dollars, one), Replaced: linesFor(dollars, two)}},
		{KeyExists, "2020-07-02", &OrderAmended{Number: "O-1", Added: linesFor(dollars, one)}},
		{CurrencyDiffers, "2020-07-02", &OrderAmended{Number: "O-1", Added: linesFor(dollars, two)}},
		{NothingChanges, "2020-07-02", &OrderAmended{Number: "O-1", Replaced: linesFor(Money{}, one)}},
		{nil, "2020-07-02", &OrderAmended{Number: "O-1", Added: linesFor(Money{}, two), Replaced: linesFor(Money{}, one)}},
	}},
	{"replace for a school that closes", []step{
		{UnknownSchool, "2020-07-02", &OrderAmended{Number: "O-1", Replaced: linesFor(dollars, closing, nowhere)}},
		{SchoolNotOpen, "2020-07-02", &OrderAmended{Number: "O-1", Replaced: linesFor(dollars, closing)}},
		{KeyMissing, "2020-07-02", &OrderAmended{Number: "O-1", Removed: keysFor(closing)}},
		{CurrencyDiffers, "2020-07-02", &OrderAmended{Number: "O-1", Replaced: linesFor(dollars, one)}},
		{nil, "2020-07-02", &OrderAmended{Number: "O-1", Removed: keysFor(one)}},
	}},
	{"cancel an order", []step{
		{UnknownOrder, "2020-02-01", &OrderCancelled{Number: "x", Reason: "r"}},
		{BeforeFounding, "2020-02-01", &OrderCancelled{Number: "O-1", Reason: "r"}},
		{NotYetOrdered, "2020-06-30", &OrderCancelled{Number: "O-1", Reason: "r"}},
		{OrderAlreadyEnded, "2020-08-01", &OrderCancelled{Number: "O-2", Reason: "r"}},
		{nil, "2020-07-31", &OrderCancelled{Number: "O-2", Reason: "r"}},
	}},
	{"receive an order", []step{
		{UnknownOrder, "2020-02-01", &OrderReceived{"x"}},
		{BeforeFounding, "2020-02-01", &OrderReceived{"O-1"}},
		{NotYetOrdered, "2020-06-30", &OrderReceived{"O-1"}},
		{OrderAlreadyEnded, "2020-08-01", &OrderReceived{"O-2"}},
		{NothingChanges, "2020-07-31", &OrderReceived{"O-2"}},
		{nil, "2020-07-31", &OrderReceived{"O-1"}},
	}},
	{"say of orders anew", []step{
		{UnknownMember, "2020-07-01", anew(15, &AgreementLaunched{Agreement: "y", Contractor: editor, Orderers: ids("x"), Title: "T", Until: 9})},
		{UnknownAgreement, "2020-07-01", anew(24, ordering("y", "a", "x", september, april, Money{}, nowhere))},
		{UnknownSchool, "2020-07-01", anew(24, ordering("y", "a", "open", september, april, Money{}, nowhere))},
		{CorrectionName, "2020-07-01", anew(24, ordering("y", "a", "open", september, april, Money{}, closing))},
		{nil, "2020-07-01", anew(24, ordering("O-1", "a", "open", september, april, Money{}, closing))},
	}},
	{"say of schools anew", []step{
		{UnknownSchool, "2020-07-01", anew(22, &SchoolClosed{nowhere})},
		{CorrectionName, "2020-07-01", anew(19, &SchoolOpened{facts, nowhere})},
		{nil, "2020-07-01", anew(22, &SchoolClosed{two})},
	}},
}

// What the commands of order forms are made of. The first code has a wrong letter, which nothing refuses.
var (
	editor    = Contractor{Name: "E", SIRET: 73282932000074}
	facts     = SchoolFacts{Department: "68", Kind: "lycee", Name: "L"}
	one       = uaiOf("0680034A")
	two       = uaiOf("0350122T")
	closing   = uaiOf("0750655E") // on 2020-10-01
	nowhere   = uaiOf("0690026D")
	dollars   = Money{cents: 100, currency: [3]byte{'U', 'S', 'D'}}
	september = dayNumber(2020, 9, 1)
	april     = dayNumber(2021, 4, 1)
)

func uaiOf(s string) UAI {
	u, err := ParseUAI(s)
	if err != nil {
		panic(err)
	}
	return u
}

func linesFor(price Money, schools ...UAI) Lines {
	var lines []Line
	for _, u := range schools {
		lines = append(lines, Line{LineKey: LineKey{u, "college"}, Headcount: 11, Kind: Forecast, Day: march, UnitPrice: price})
	}
	packed, err := PackLines(lines)
	if err != nil {
		panic(err)
	}
	return packed
}

func keysFor(schools ...UAI) Keys {
	var keys []LineKey
	for _, u := range schools {
		keys = append(keys, LineKey{u, "college"})
	}
	packed, err := PackKeys(keys)
	if err != nil {
		panic(err)
	}
	return packed
}

func ordering(n OrderNumber, m MemberID, under AgreementID, from, until Day, price Money, schools ...UAI) *OrderIssued {
	return &OrderIssued{Agreement: under, From: from, Lines: linesFor(price, schools...), Member: m, Number: n, Until: until}
}

type step struct {
	rule *Rule // nil where the command is accepted
	on   string
	act  Act
}

var (
	third = Weight{num: 1, less: 2}
	every = Quota{Who: EveryMember}
	march = dayNumber(2020, 3, 10)
)

// dear lets the lines of an order form cost so many cents a pupil.
func dear(o *OrderIssued, cents int64) *OrderIssued {
	blocks := slices.Clone(o.Lines.Blocks())
	for i := range blocks {
		blocks[i].UnitPrice = Money{cents, [3]byte{'E', 'U', 'R'}}
	}
	lines, err := LinesOf(blocks)
	if err != nil {
		panic(err)
	}
	o.Lines = lines
	return o
}

// because states the reasons of an overlap and for going past the ceiling.
func because(o *OrderIssued, overlap, ceiling string) *OrderIssued {
	o.OverlapReason, o.CeilingReason = overlap, ceiling
	return o
}

var all = Voters{Who: AllMembers}

func casting(m MemberID) Tie { return Tie{Way: TieCasting, Member: m} }

func votingRule(v Voters, t Tie, choice string) VotingRule {
	return VotingRule{Ballot: Final, Choice: choice, Majority: []Threshold{{Of: Heads, Base: Cast, Share: half, Strict: true}}, Tie: t, Voices: Undivided, Voters: v}
}

func ids(list ...MemberID) []MemberID { return list }

func founding(changes ...Change) *GroupFounded {
	return &GroupFounded{Name: "G", Title: "T", Changes: changes}
}

// anew says an event anew, as of 2020-05-01.
func anew(n uint64, a Act) *EventCorrected {
	return &EventCorrected{Kind: Clerical, Reason: "r", Replacement: &Event{Effective: OnDay(dayNumber(2020, 5, 1)), Act: a}, Target: n}
}

// scene is smallGroup and what else a command can stumble over.
func scene(t require.TestingT) *Group {
	g := smallGroup(t)
	for _, c := range []Command{
		anyCommand(t, "2020-06-01", &MemberJoined{Basis: "x", Member: "later", Name: "G"}),                       // 7
		anyCommand(t, "2020-06-02", &MemberDeliberated{Member: "c", SHA256: Hash{1}, Text: "avenant-1"}),         // 8
		anyCommand(t, "2020-06-03", &DeliberationFell{Deliberation: 8, How: Withdrawn, Reason: "r"}),             // 9
		anyCommand(t, "2021-06-01", &BodyCreated{Basis: "x", Body: "later", Name: "L"}),                          // 10
		anyCommand(t, "2020-06-01", anew(1, originalFounding(t, g))),                                             // 11
		anyCommand(t, "2020-06-01", anew(2, &AvenantDrafted{Avenant: "avenant-1", Title: "U", SHA256: Hash{1}})), // 12
		anyCommand(t, "2020-06-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 12}),                    // 13
		anyCommand(t, "2020-06-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 11}),                    // 14
	} {
		_, err := Enact(g, c)
		require.NoError(t, err, "%+v", c.Act)
	}
	placeOrders(t, g)
	addPapers(t, g)
	return g
}

// placeOrders adds agreements from 2020-04-01 on, of which "listed" is for a and b only and "late" begins on 2020-06-01, schools,
// and the order forms O-1 of a, for one and from September on, and O-2 of b, cancelled on 2020-08-01.
func placeOrders(t require.TestingT, g *Group) {
	euros := Ceiling{Amount: Money{cents: 100000, currency: [3]byte{'E', 'U', 'R'}}}
	launched := func(id AgreementID, by ...MemberID) *AgreementLaunched {
		return &AgreementLaunched{Agreement: id, Ceiling: euros, Contractor: editor, Orderers: by, Title: "T", Until: april}
	}
	for _, c := range []Command{
		anyCommand(t, "2020-04-01", launched("open")),                                                             // 15
		anyCommand(t, "2020-04-01", launched("listed", "a", "b")),                                                 // 16
		anyCommand(t, "2020-06-01", launched("late")),                                                             // 17
		anyCommand(t, "2020-04-01", launched("ended")),                                                            // 18
		anyCommand(t, "2020-04-01", &SchoolOpened{facts, one}),                                                    // 19
		anyCommand(t, "2020-04-01", &SchoolOpened{facts, two}),                                                    // 20
		anyCommand(t, "2020-04-01", &SchoolOpened{facts, closing}),                                                // 21
		anyCommand(t, "2020-10-01", &SchoolClosed{closing}),                                                       // 22
		anyCommand(t, "2020-12-01", &AgreementEnded{Agreement: "ended", Reason: "r"}),                             // 23
		anyCommand(t, "2020-07-01", ordering("O-1", "a", "open", september, dayNumber(2021, 3, 1), Money{}, one)), // 24
		anyCommand(t, "2020-07-01", ordering("O-2", "b", "open", september, dayNumber(2021, 3, 1), Money{}, two)), // 25
		anyCommand(t, "2020-07-02", &OrderReceived{"O-2"}),                                                        // 26
		anyCommand(t, "2020-08-01", &OrderCancelled{Number: "O-2", Reason: "r"}),                                  // 27
	} {
		_, err := Enact(g, c)
		require.NoError(t, err, "%+v", c.Act)
	}
}

func originalFounding(t require.TestingT, g *Group) *GroupFounded {
	f, ok := g.Original(1).Act.(*GroupFounded)
	require.True(t, ok)
	again := *f
	again.Name = "Another name"
	return &again
}

func TestRefusalsInTheirOrder(t *testing.T) {
	seen := map[*Rule]bool{}
	for _, m := range mended {
		t.Run(m.name, func(t *testing.T) {
			code := ""
			for i, s := range m.steps {
				g := scene(t)
				if m.name == "found anew" || m.name == "anything of no group" {
					g = &Group{}
				}
				group := GroupID("g")
				switch m.name {
				case "rotate":
					g, group = rotated(t, aKey(1), aKey(2)), House
				case "grant", "end a right", "end what is no right":
					g, group = rotated(t, aKey(1), aKey(2)), House
					inHouse(t, g, "2020-01-01", granting("p", Auditor, "2020-07-01"))
				case "make a subscription", "end a subscription", "skip a notice", "resume a delivery":
					g, group = &Group{}, House
					inHouse(t, g, "2020-01-01", &SubscriptionMade{Subscription: "s", Principal: "p", Channel: ByMail, Every: true})
					inHouse(t, g, "2020-01-01", &NoticeSkipped{Subscription: "s", Reason: "r", Notice: "g/1/j"})
				}
				if m.name == "void" {
					_, err := Enact(g, anyCommand(t, "2020-06-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 10}))
					require.NoError(t, err)
				}
				head := g.Head()
				c := anyCommand(t, s.on, s.act)
				c.Group = group
				_, err := Enact(g, c)
				if s.rule == nil {
					require.NoError(t, err, "step %d", i)
					continue
				}
				require.ErrorIs(t, err, &Refusal{Rule: s.rule}, "step %d: %v", i, err)
				require.Equal(t, head, g.Head())
				require.Less(t, code, s.rule.Code, "the steps are not in the order of precedence")
				code, seen[s.rule] = s.rule.Code, true
			}
		})
	}
	refuseInSittings(t, seen)
	for _, r := range Precedence() {
		assert.True(t, seen[r], "%s %s was never refused", r.Code, r.Name)
	}
}

func TestPrecedence(t *testing.T) {
	names := map[string]bool{}
	for _, r := range Precedence() {
		require.Regexp(t, `^R\d{4}$`, r.Code)
		require.Regexp(t, `^[a-z]+(-[a-z]+)*$`, r.Name)
		require.NotEmpty(t, r.Says)
		require.False(t, names[r.Name], "%s twice", r.Name)
		names[r.Name] = true
	}
	require.True(t, slices.IsSortedFunc(Precedence(), func(a, b *Rule) int {
		if a.Code < b.Code {
			return -1
		}
		return 1 // equal codes are out of order too
	}))
	Precedence()[0] = nil
	require.NotNil(t, Precedence()[0])
}

// What fell cannot fall again, unless the event by which it fell was voided.
func TestADeliberationCanFallAgainOnceItStands(t *testing.T) {
	g := smallGroup(t)
	fall := anyCommand(t, "2020-07-01", &DeliberationFell{Deliberation: 4, How: Annulled, Reason: "r"})
	_, err := Enact(g, fall)
	require.NoError(t, err)
	_, err = Decide(g, fall)
	var refused *Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, NothingChanges, refused.Rule)
	_, err = Enact(g, anyCommand(t, "2020-07-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: g.Head()}))
	require.NoError(t, err)
	_, err = Decide(g, fall)
	require.NoError(t, err)
}
