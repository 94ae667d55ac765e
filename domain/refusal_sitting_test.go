package domain

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// assembly is a group with sittings of its body ag, in which a has two voices and b, c, d and e one each:
//
//	s        2023-03-20  open: a, b, c and the observer aa are there
//	next     2023-05-01  convened; e has given its proxy to b
//	over     2023-02-15  closed
//	lost     2023-02-16  adjourned for want of a quorum; its item 2 was withdrawn
//	pause    2023-03-21  suspended
//	vote     2023-03-22  item pub is being voted on in public: b is for it, c recused, d represented by a, e absent; item rest waits
//	secret   2023-03-23  item heads is being voted on in secret: a, b and c have voted, d has not, e is absent
//	written  2023-03-10  until 2023-04-10: item 1 is being voted on
//
// The body mute has no rule, in nobody nobody votes, and in split nobody knows with which weight. decision is that of s.
func assembly(t require.TestingT) *Group {
	g := &Group{}
	tell(t, g, assembled()...)
	tell(t, g, sittingsPast()...)
	tell(t, g, sittingsNow()...)
	return g
}

// decided is the number of the decision that assembly holds, and annulled the number of its annulment from 2023-06-01 on.
const decided, annulled = 9, 13

func ruleOf(change func(*VotingRule)) VotingRule {
	r := moreThanHalf()
	change(&r)
	return r
}

func assembled() []said {
	f := founding(&RoleGiven{Member: "a", Role: Coordinator})
	f.Changes = f.Changes[:0]
	for _, m := range ids("a", "b", "c", "d", "e", "f", "g") {
		f.Changes = append(f.Changes, &MemberJoined{Member: m, Name: string(m)})
	}
	for _, b := range []BodyID{"ag", "mute", "nobody", "split"} {
		f.Changes = append(f.Changes, &BodyCreated{Body: b, Name: string(b)})
	}
	f.Changes = append(f.Changes, &RoleGiven{Member: "a", Role: Coordinator}, tableOf("ag", "a=2", "b=1", "c=1", "d=1", "e=1"), tableOf("split", "g=1"))
	set := func(b BodyID, kind ItemKind, change func(*VotingRule)) {
		f.Changes = append(f.Changes, &VotingRuleSet{Body: b, Kind: kind, Rule: ruleOf(change)})
	}
	heads := []Threshold{{Base: Cast, Of: Heads, Share: half, Strict: true}}
	set("ag", "", func(*VotingRule) {})
	set("split", "", func(*VotingRule) {})
	set("nobody", "", func(r *VotingRule) { r.Voters = Voters{Who: TheseVoters, Members: ids("f")} })
	set("ag", "given-away", func(r *VotingRule) { r.Ballot = Secret })
	set("ag", "heads", func(r *VotingRule) { r.Ballot, r.Majority, r.Quorum = Secret, heads, Quorum{} })
	set("ag", "nobody-for-another", func(r *VotingRule) { r.Proxies = Proxies{} })
	set("ag", "early", func(r *VotingRule) { r.Proxies.Until = UntilSitting })
	set("ag", "divided", func(r *VotingRule) { r.Voices = Divided })
	split := &MembersSucceeded{Basis: "x", Predecessors: ids("g"), Successors: []Named{{"h", "H"}, {"i", "I"}}, Policies: []Policy{{Body: "split", Way: Set}}}
	return []said{
		{"2023-01-01", f}, // 1
		{"2023-02-01", &MemberWithdrew{Basis: "x", Member: "f"}}, // 2
		{"2023-02-01", split}, // 3
	}
}

func convened(id SittingID, day Day, items ...ItemID) *SittingConvened {
	c := &SittingConvened{Body: "ag", Day: day, Mode: InPerson, Sitting: id, Observers: []Named{{"aa", "AA"}}}
	for _, i := range items {
		c.Agenda = append(c.Agenda, AgendaItem{Item: i, Title: string(i), Kind: kindOf[i]})
	}
	return c
}

var kindOf = map[ItemID]ItemKind{
	"heads": "heads", "given-away": "given-away", "nobody-for-another": "nobody-for-another", "early": "early", "divided": "divided",
}

// sittingsPast end with event 13: s takes a decision, which is published and received, and annulled from a day on.
func sittingsPast() []said {
	items := []ItemID{"1", "2", "3", "given-away", "nobody-for-another", "early", "role"}
	s := convened("s", dayNumber(2023, 3, 20), items...)
	s.Agenda[6].Changes = []Change{&RoleGiven{Member: "f", Role: Pilot}}
	on := "2023-03-20"
	return []said{
		{"2023-03-01", s}, // 4
		{on, &SittingOpened{Sitting: "s", Present: ids("a", "b", "c", "aa")}},                                       // 5
		{on, &ItemPutToVote{Item: "3", Sitting: "s"}},                                                               // 6, 7
		{on, &VoteClosed{Item: "3", Sitting: "s"}},                                                                  // 8, 9
		{"2023-03-25", &DecisionPublished{decided}},                                                                 // 10
		{"2023-03-24", &DecisionReceived{decided}},                                                                  // 11
		{"2023-04-01", &DecisionAsserted{Body: "ag", Outcome: Adopted, Title: "T"}},                                 // 12
		{"2023-05-01", &DecisionAnnulled{Court: "TA", Decision: decided, From: dayNumber(2023, 6, 1), Reason: "r"}}, // 13
		{"2023-02-10", convened("over", dayNumber(2023, 2, 15), "1")},
		{"2023-02-15", &SittingOpened{Sitting: "over"}},
		{"2023-02-15", &SittingClosed{"over"}},
		{"2023-02-10", convened("lost", dayNumber(2023, 2, 16), "1", "2")},
		{"2023-02-16", &SittingOpened{Sitting: "lost", Present: ids("b")}},
		{"2023-02-16", &ItemWithdrawn{Item: "2", Reason: "r", Sitting: "lost"}},
		{"2023-02-16", &SittingAdjourned{Sitting: "lost", Why: ForNoQuorum}},
	}
}

func sittingsNow() []said {
	written := convened("written", dayNumber(2023, 3, 10), "1", "2")
	written.Mode, written.Deadline = Written, dayNumber(2023, 4, 10)
	mute, nobody, split := convened("mute", dayNumber(2023, 3, 24), "1"), convened("nobody", dayNumber(2023, 3, 24), "1"), convened("split", dayNumber(2023, 3, 24), "1")
	mute.Body, nobody.Body, split.Body = "mute", "nobody", "split"
	return []said{
		{"2023-03-01", convened("next", dayNumber(2023, 5, 1), "1", "2")},
		{"2023-03-02", &NoticeAnswered{Answer: WillAttend, Member: "a", Sitting: "next"}},
		{"2023-03-02", &ProxyGiven{Grantor: "e", Holder: "b", Sitting: "next"}},
		{"2023-03-01", convened("pause", dayNumber(2023, 3, 21), "1")},
		{"2023-03-21", &SittingOpened{Sitting: "pause", Present: ids("a", "b", "c")}},
		{"2023-03-21", &SittingSuspended{"pause"}},
		{"2023-03-01", convened("vote", dayNumber(2023, 3, 22), "pub", "rest", "divided")},
		{"2023-03-22", &SittingOpened{Sitting: "vote", Present: ids("a", "b", "c")}},
		{"2023-03-22", &MemberRecused{Item: "pub", Member: "c", Sitting: "vote"}},
		{"2023-03-22", &ProxyGiven{Grantor: "d", Holder: "a", Sitting: "vote"}},
		{"2023-03-22", &ItemPutToVote{Item: "pub", Sitting: "vote"}},
		{"2023-03-22", casts("vote", "pub", CastVote{Member: "b", Sense: SenseFor})},
		{"2023-03-01", convened("secret", dayNumber(2023, 3, 23), "heads")},
		{"2023-03-23", &SittingOpened{Sitting: "secret", Present: ids("a", "b", "c", "d")}},
		{"2023-03-23", &ItemPutToVote{Item: "heads", Sitting: "secret"}},
		{"2023-03-23", &VotersMarked{Item: "heads", Members: ids("a", "b", "c"), Sitting: "secret"}},
		{"2023-03-01", written},
		{"2023-03-10", &SittingOpened{Sitting: "written"}},
		{"2023-03-10", &ItemPutToVote{Item: "1", Sitting: "written"}},
		{"2023-03-01", mute},
		{"2023-03-24", &SittingOpened{Sitting: "mute", Present: ids("a")}},
		{"2023-03-01", nobody},
		{"2023-03-24", &SittingOpened{Sitting: "nobody", Present: ids("a")}},
		{"2023-03-01", split},
		{"2023-03-24", &SittingOpened{Sitting: "split", Present: ids("a")}},
	}
}

func casts(s SittingID, i ItemID, votes ...CastVote) *VotesCast {
	return &VotesCast{Item: i, Sitting: s, Votes: votes}
}

func parts(weights ...string) (p []CastPart) {
	for i, v := range weights {
		p = append(p, CastPart{Sense: []string{SenseFor, SenseAgainst, SenseAbstain}[i], Weight: w(v)})
	}
	return p
}

func secretly(weight string, votes ...int) (c []SecretCount) {
	for i, n := range votes {
		c = append(c, SecretCount{Sense: []string{SenseFor, SenseAgainst, SenseAbstain}[i], Votes: n, Weight: w(weight)})
	}
	return c
}

func second(id SittingID, day Day, of SittingID, items ...ItemID) *SittingConvened {
	c := convened(id, day, items...)
	c.SecondOf = of
	return c
}

// mendedInSittings are lists as mended has them, each after what is said before it in an assembly.
var mendedInSittings = []struct {
	name   string
	before []said
	steps  []step
}{
	{"convene", nil, []step{
		{UnknownBody, "2022-12-01", &SittingConvened{Body: "x", Day: dayNumber(2022, 11, 1), Mode: Remote, SecondOf: "x", Sitting: "s"}},
		{UnknownSitting, "2022-12-01", second("s", dayNumber(2022, 11, 1), "x", "1")},
		{BeforeFounding, "2022-12-01", second("s", dayNumber(2022, 11, 1), "over", "1", "x")},
		{NoBody, "2023-04-02", second("s", dayNumber(2022, 11, 1), "over", "1", "x")},
		{SittingExists, "2023-04-02", second("s", dayNumber(2023, 4, 1), "over", "1", "x")},
		{AnotherDay, "2023-04-02", second("t", dayNumber(2023, 4, 1), "over", "1", "x")},
		{NoSecondNotice, "2023-04-02", second("t", dayNumber(2023, 4, 2), "over", "1", "x")},
		{SecondAgenda, "2023-04-02", second("t", dayNumber(2023, 4, 2), "lost", "1", "x")},
		{nil, "2023-04-02", second("t", dayNumber(2023, 4, 2), "lost", "1")},
	}},
	{"convene on second notice for what is dealt with, or too early", nil, []step{
		{ItemDealtWith, "2023-02-15", second("t", dayNumber(2023, 2, 15), "lost", "1", "2")},
		{NoSecondNotice, "2023-02-15", second("t", dayNumber(2023, 2, 15), "lost", "1")},
		{nil, "2023-02-16", second("t", dayNumber(2023, 2, 16), "lost", "1")},
	}},
	{"convene on second notice while another stands", []said{{"2023-03-30", second("again", dayNumber(2023, 4, 5), "lost", "1")}}, []step{
		{AnotherDay, "2023-04-02", second("t", dayNumber(2023, 4, 1), "lost", "1", "x")},
		{SecondNoticeStands, "2023-04-02", second("t", dayNumber(2023, 4, 2), "lost", "1", "x")},
		{NoSecondNotice, "2023-04-02", second("t", dayNumber(2023, 4, 2), "over", "1", "x")},
	}},
	{"send a notice", nil, []step{
		{UnknownSitting, "2022-12-01", &NoticeSent{Members: ids("x"), Sent: 1, Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &NoticeSent{Members: ids("x"), Sent: 1, Sitting: "over"}},
		{SittingOver, "2023-04-01", &NoticeSent{Members: ids("x"), Sent: 1, Sitting: "over"}},
		{NotInvited, "2023-03-01", &NoticeSent{Members: ids("x"), Sent: 1, Sitting: "s"}},
		{nil, "2023-03-01", &NoticeSent{Members: ids("b", "aa"), Sent: 1, Sitting: "s"}},
	}},
	{"have a notice", nil, []step{
		{UnknownSitting, "2022-12-01", &NoticeReceived{Members: ids("x"), Received: 1, Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &NoticeReceived{Members: ids("x"), Received: 1, Sitting: "over"}},
		{NotInvited, "2023-02-11", &NoticeReceived{Members: ids("x"), Received: 1, Sitting: "over"}},
		{nil, "2023-02-11", &NoticeReceived{Members: ids("b"), Received: 1, Sitting: "over"}},
	}},
	{"answer a notice", nil, []step{
		{UnknownSitting, "2022-12-01", &NoticeAnswered{Answer: WillAttend, Member: "x", Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &NoticeAnswered{Answer: WillAttend, Member: "x", Sitting: "over"}},
		{SittingOver, "2023-02-01", &NoticeAnswered{Answer: WillAttend, Member: "x", Sitting: "over"}},
		{SittingBegun, "2023-03-01", &NoticeAnswered{Answer: WillAttend, Member: "x", Sitting: "s"}},
		{AnotherDay, "2023-05-02", &NoticeAnswered{Answer: WillAttend, Member: "x", Sitting: "next"}},
		{NotInvited, "2023-03-03", &NoticeAnswered{Answer: WillAttend, Member: "x", Sitting: "next"}},
		{NothingChanges, "2023-03-03", &NoticeAnswered{Answer: WillAttend, Member: "a", Sitting: "next"}},
		{nil, "2023-03-03", &NoticeAnswered{Answer: Excused, Member: "a", Sitting: "next"}},
	}},
	{"open", nil, []step{
		{UnknownSitting, "2022-12-01", &SittingOpened{Sitting: "x", Present: ids("x")}},
		{BeforeFounding, "2022-12-01", &SittingOpened{Sitting: "over", Present: ids("x")}},
		{SittingOver, "2023-02-01", &SittingOpened{Sitting: "over", Present: ids("x")}},
		{SittingBegun, "2023-03-19", &SittingOpened{Sitting: "s", Present: ids("x")}},
		{AnotherDay, "2023-04-30", &SittingOpened{Sitting: "next", Present: ids("x")}},
		{NotInvited, "2023-05-01", &SittingOpened{Sitting: "next", Present: ids("x")}},
		{nil, "2023-05-01", &SittingOpened{Sitting: "next", Present: ids("aa")}},
	}},
	{"arrive", nil, []step{
		{UnknownSitting, "2022-12-01", &AttendeesArrived{Attendees: ids("x", "a"), Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &AttendeesArrived{Attendees: ids("x", "a"), Sitting: "over"}},
		{SittingOver, "2023-02-01", &AttendeesArrived{Attendees: ids("x", "a"), Sitting: "over"}},
		{SittingNotOpen, "2023-03-20", &AttendeesArrived{Attendees: ids("x", "a"), Sitting: "pause"}},
		{DayGoesBack, "2023-03-19", &AttendeesArrived{Attendees: ids("x", "a"), Sitting: "s"}},
		{IsThere, "2023-03-20", &AttendeesArrived{Attendees: ids("x", "a"), Sitting: "s"}},
		{NotInvited, "2023-03-20", &AttendeesArrived{Attendees: ids("x", "e"), Sitting: "s"}},
		{nil, "2023-03-20", &AttendeesArrived{Attendees: ids("e"), Sitting: "s"}},
	}},
	{"leave", nil, []step{
		{UnknownSitting, "2022-12-01", &AttendeesLeft{Attendees: ids("e"), Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &AttendeesLeft{Attendees: ids("e"), Sitting: "over"}},
		{SittingOver, "2023-02-01", &AttendeesLeft{Attendees: ids("e"), Sitting: "over"}},
		{SittingNotOpen, "2023-03-20", &AttendeesLeft{Attendees: ids("e"), Sitting: "pause"}},
		{DayGoesBack, "2023-03-19", &AttendeesLeft{Attendees: ids("e"), Sitting: "s"}},
		{IsNotThere, "2023-03-20", &AttendeesLeft{Attendees: ids("a", "e"), Sitting: "s"}},
		{nil, "2023-03-21", &AttendeesLeft{Attendees: ids("a", "aa"), Sitting: "s"}},
	}},
	{"replace a delegate", nil, []step{
		{UnknownSitting, "2022-12-01", &DelegateReplaced{Member: "e", Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &DelegateReplaced{Member: "e", Sitting: "over"}},
		{SittingOver, "2023-02-01", &DelegateReplaced{Member: "e", Sitting: "over"}},
		{SittingNotOpen, "2023-03-20", &DelegateReplaced{Member: "e", Sitting: "pause"}},
		{DayGoesBack, "2023-03-19", &DelegateReplaced{Member: "e", Sitting: "s"}},
		{IsNotThere, "2023-03-20", &DelegateReplaced{Member: "e", Sitting: "s"}},
		{nil, "2023-03-20", &DelegateReplaced{Member: "a", Sitting: "s"}},
	}},
	{"give a proxy", []said{{"2023-03-20", &ProxyGiven{Grantor: "e", Holder: "b", Sitting: "s"}}}, []step{
		{UnknownSitting, "2022-12-01", &ProxyGiven{Grantor: "e", Holder: "aa", Items: []ItemID{"x", "early"}, Sitting: "x"}},
		{UnknownItem, "2022-12-01", &ProxyGiven{Grantor: "e", Holder: "aa", Items: []ItemID{"x", "early"}, Sitting: "s"}},
		{BeforeFounding, "2022-12-01", &ProxyGiven{Grantor: "e", Holder: "aa", Items: []ItemID{"early"}, Sitting: "s"}},
		{SittingOver, "2023-02-01", &ProxyGiven{Grantor: "e", Holder: "aa", Sitting: "over"}},
		{DayGoesBack, "2023-03-19", &ProxyGiven{Grantor: "e", Holder: "aa", Items: []ItemID{"early"}, Sitting: "s"}},
		{IsThere, "2023-03-20", &ProxyGiven{Grantor: "a", Holder: "aa", Items: []ItemID{"early"}, Sitting: "s"}},
		{ProxyStands, "2023-03-20", &ProxyGiven{Grantor: "e", Holder: "aa", Items: []ItemID{"early"}, Sitting: "s"}},
		{NotInvited, "2023-03-20", &ProxyGiven{Grantor: "d", Holder: "aa", Items: []ItemID{"early"}, Sitting: "s"}},
		{NoProxies, "2023-03-20", &ProxyGiven{Grantor: "d", Holder: "b", Items: []ItemID{"nobody-for-another", "early"}, Sitting: "s"}},
		{ProxyTooLate, "2023-03-20", &ProxyGiven{Grantor: "d", Holder: "b", Items: []ItemID{"early"}, Sitting: "s"}},
		{TooManyProxies, "2023-03-20", &ProxyGiven{Grantor: "d", Holder: "b", Items: []ItemID{"1"}, Sitting: "s"}},
		{ProxyPassedOn, "2023-03-20", &ProxyGiven{Grantor: "d", Holder: "e", Sitting: "s"}},
		{nil, "2023-03-20", &ProxyGiven{Grantor: "d", Holder: "c", Items: []ItemID{"1"}, Sitting: "s"}},
	}},
	{"give a proxy as a holder of one", []said{{"2023-03-03", &ProxyRevoked{Grantor: "e", Sitting: "next"}}, {"2023-03-03", &ProxyGiven{Grantor: "c", Holder: "d", Sitting: "next"}}}, []step{
		{AnotherDay, "2023-05-02", &ProxyGiven{Grantor: "d", Holder: "b", Sitting: "next"}},
		{ProxyPassedOn, "2023-03-03", &ProxyGiven{Grantor: "d", Holder: "b", Sitting: "next"}},
		{nil, "2023-03-03", &ProxyGiven{Grantor: "e", Holder: "b", Sitting: "next"}},
	}},
	{"give a proxy where no rule is", nil, []step{
		{RuleMissing, "2023-03-24", &ProxyGiven{Grantor: "d", Holder: "b", Sitting: "mute"}},
	}},
	{"revoke a proxy", nil, []step{
		{UnknownSitting, "2022-12-01", &ProxyRevoked{Grantor: "x", Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &ProxyRevoked{Grantor: "x", Sitting: "over"}},
		{SittingOver, "2023-02-01", &ProxyRevoked{Grantor: "x", Sitting: "over"}},
		{AnotherDay, "2023-05-02", &ProxyRevoked{Grantor: "x", Sitting: "next"}},
		{DayGoesBack, "2023-03-19", &ProxyRevoked{Grantor: "x", Sitting: "s"}},
		{NoProxy, "2023-03-20", &ProxyRevoked{Grantor: "e", Sitting: "s"}},
		{nil, "2023-03-20", &ProxyRevoked{Grantor: "e", Sitting: "next"}},
	}},
	{"recuse", []said{{"2023-03-20", &MemberRecused{Item: "1", Member: "a", Sitting: "s"}}}, []step{
		{UnknownSitting, "2022-12-01", &MemberRecused{Item: "x", Member: "x", Sitting: "x"}},
		{UnknownItem, "2022-12-01", &MemberRecused{Item: "x", Member: "x", Sitting: "s"}},
		{BeforeFounding, "2022-12-01", &MemberRecused{Item: "3", Member: "x", Sitting: "s"}},
		{DayGoesBack, "2023-03-19", &MemberRecused{Item: "3", Member: "x", Sitting: "s"}},
		{ItemDealtWith, "2023-03-20", &MemberRecused{Item: "3", Member: "x", Sitting: "s"}},
		{VoteIsOpen, "2023-03-22", &MemberRecused{Item: "pub", Member: "x", Sitting: "vote"}},
		{NotInvited, "2023-03-20", &MemberRecused{Item: "1", Member: "x", Sitting: "s"}},
		{NothingChanges, "2023-03-20", &MemberRecused{Item: "1", Member: "a", Sitting: "s"}},
		{nil, "2023-03-20", &MemberRecused{Item: "1", Member: "e", Sitting: "s"}},
	}},
	{"suspend", nil, []step{
		{UnknownSitting, "2022-12-01", &SittingSuspended{"x"}},
		{BeforeFounding, "2022-12-01", &SittingSuspended{"over"}},
		{SittingOver, "2023-02-01", &SittingSuspended{"over"}},
		{SittingNotOpen, "2023-05-01", &SittingSuspended{"next"}},
		{DayGoesBack, "2023-03-21", &SittingSuspended{"vote"}},
		{VoteIsOpen, "2023-03-22", &SittingSuspended{"vote"}},
		{nil, "2023-03-20", &SittingSuspended{"s"}},
	}},
	{"resume", nil, []step{
		{UnknownSitting, "2022-12-01", &SittingResumed{"x"}},
		{BeforeFounding, "2022-12-01", &SittingResumed{"over"}},
		{SittingOver, "2023-02-01", &SittingResumed{"over"}},
		{NotSuspended, "2023-03-19", &SittingResumed{"s"}},
		{DayGoesBack, "2023-03-20", &SittingResumed{"pause"}},
		{nil, "2023-03-21", &SittingResumed{"pause"}},
	}},
	{"adjourn", nil, []step{
		{UnknownSitting, "2022-12-01", &SittingAdjourned{Sitting: "x", Why: ForNoQuorum}},
		{BeforeFounding, "2022-12-01", &SittingAdjourned{Sitting: "over", Why: ForNoQuorum}},
		{SittingOver, "2023-02-01", &SittingAdjourned{Sitting: "over", Why: ForNoQuorum}},
		{SittingNotOpen, "2023-05-01", &SittingAdjourned{Sitting: "next", Why: ForNoQuorum}},
		{DayGoesBack, "2023-03-21", &SittingAdjourned{Sitting: "vote", Why: ForNoQuorum}},
		{VoteIsOpen, "2023-03-22", &SittingAdjourned{Sitting: "vote", Why: ForNoQuorum}},
		{QuorumThere, "2023-03-20", &SittingAdjourned{Sitting: "s", Why: ForNoQuorum}},
		{nil, "2023-03-20", &SittingAdjourned{Sitting: "s", Why: ForOther}},
	}},
	{"close", nil, []step{
		{UnknownSitting, "2022-12-01", &SittingClosed{"x"}},
		{BeforeFounding, "2022-12-01", &SittingClosed{"over"}},
		{SittingOver, "2023-02-01", &SittingClosed{"over"}},
		{SittingNotOpen, "2023-05-01", &SittingClosed{"next"}},
		{DayGoesBack, "2023-03-21", &SittingClosed{"vote"}},
		{VoteIsOpen, "2023-03-22", &SittingClosed{"vote"}},
		{nil, "2023-03-22", &SittingClosed{"pause"}},
	}},
	{"cancel", nil, []step{
		{UnknownSitting, "2022-12-01", &SittingCancelled{Reason: "r", Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &SittingCancelled{Reason: "r", Sitting: "over"}},
		{SittingOver, "2023-02-01", &SittingCancelled{Reason: "r", Sitting: "over"}},
		{SittingBegun, "2023-03-19", &SittingCancelled{Reason: "r", Sitting: "s"}},
		{nil, "2023-05-02", &SittingCancelled{Reason: "r", Sitting: "next"}},
	}},
	{"add an item", []said{{"2023-02-16", second("again", dayNumber(2023, 2, 20), "lost", "1")}}, []step{
		{UnknownSitting, "2022-12-01", &ItemAdded{AgendaItem{Item: "1", Title: "T"}, "x"}},
		{BeforeFounding, "2022-12-01", &ItemAdded{AgendaItem{Item: "1", Title: "T"}, "over"}},
		{SittingOver, "2023-02-01", &ItemAdded{AgendaItem{Item: "1", Title: "T"}, "over"}},
		{AnotherDay, "2023-02-21", &ItemAdded{AgendaItem{Item: "1", Title: "T"}, "again"}},
		{ItemExists, "2023-02-20", &ItemAdded{AgendaItem{Item: "1", Title: "T"}, "again"}},
		{SecondAgenda, "2023-02-20", &ItemAdded{AgendaItem{Item: "new", Title: "T"}, "again"}},
		{nil, "2023-03-20", &ItemAdded{AgendaItem{Item: "new", Title: "T"}, "s"}},
	}},
	{"amend an item", nil, []step{
		{UnknownSitting, "2022-12-01", &ItemAmended{AgendaItem{Item: "x", Title: "T"}, "x"}},
		{UnknownItem, "2022-12-01", &ItemAmended{AgendaItem{Item: "x", Title: "T"}, "s"}},
		{BeforeFounding, "2022-12-01", &ItemAmended{AgendaItem{Item: "3", Title: "3"}, "s"}},
		{DayGoesBack, "2023-03-19", &ItemAmended{AgendaItem{Item: "3", Title: "3"}, "s"}},
		{ItemDealtWith, "2023-03-20", &ItemAmended{AgendaItem{Item: "3", Title: "3"}, "s"}},
		{VoteIsOpen, "2023-03-22", &ItemAmended{AgendaItem{Item: "pub", Title: "pub"}, "vote"}},
		{NothingChanges, "2023-03-20", &ItemAmended{AgendaItem{Item: "1", Title: "1"}, "s"}},
		{nil, "2023-03-20", &ItemAmended{AgendaItem{Item: "1", Title: "another"}, "s"}},
	}},
	{"withdraw an item", nil, []step{
		{UnknownSitting, "2022-12-01", &ItemWithdrawn{Item: "x", Reason: "r", Sitting: "x"}},
		{UnknownItem, "2022-12-01", &ItemWithdrawn{Item: "x", Reason: "r", Sitting: "s"}},
		{BeforeFounding, "2022-12-01", &ItemWithdrawn{Item: "3", Reason: "r", Sitting: "s"}},
		{DayGoesBack, "2023-03-19", &ItemWithdrawn{Item: "3", Reason: "r", Sitting: "s"}},
		{ItemDealtWith, "2023-03-20", &ItemWithdrawn{Item: "3", Reason: "r", Sitting: "s"}},
		{VoteIsOpen, "2023-03-22", &ItemWithdrawn{Item: "pub", Reason: "r", Sitting: "vote"}},
		{nil, "2023-03-20", &ItemWithdrawn{Item: "1", Reason: "r", Sitting: "s"}},
	}},
	{"postpone an item", nil, []step{
		{UnknownSitting, "2022-12-01", &ItemPostponed{Item: "3", Reason: "r", Sitting: "s", To: "x"}},
		{BeforeFounding, "2022-12-01", &ItemPostponed{Item: "3", Reason: "r", Sitting: "s", To: "next"}},
		{DayGoesBack, "2023-03-19", &ItemPostponed{Item: "3", Reason: "r", Sitting: "s", To: "next"}},
		{ItemDealtWith, "2023-03-20", &ItemPostponed{Item: "3", Reason: "r", Sitting: "s", To: "next"}},
		{nil, "2023-03-20", &ItemPostponed{Item: "1", Reason: "r", Sitting: "s", To: "next"}},
	}},
	{"divide an item", nil, []step{
		{UnknownItem, "2022-12-01", &ItemDivided{Item: "x", Parts: []AgendaItem{{Item: "1", Title: "A"}, {Item: "1b", Title: "B"}}, Sitting: "s"}},
		{BeforeFounding, "2022-12-01", &ItemDivided{Item: "3", Parts: []AgendaItem{{Item: "1", Title: "A"}, {Item: "1b", Title: "B"}}, Sitting: "s"}},
		{DayGoesBack, "2023-03-19", &ItemDivided{Item: "3", Parts: []AgendaItem{{Item: "1", Title: "A"}, {Item: "1b", Title: "B"}}, Sitting: "s"}},
		{ItemExists, "2023-03-20", &ItemDivided{Item: "3", Parts: []AgendaItem{{Item: "1", Title: "A"}, {Item: "1b", Title: "B"}}, Sitting: "s"}},
		{ItemDealtWith, "2023-03-20", &ItemDivided{Item: "3", Parts: []AgendaItem{{Item: "1a", Title: "A"}, {Item: "1b", Title: "B"}}, Sitting: "s"}},
		{VoteIsOpen, "2023-03-22", &ItemDivided{Item: "pub", Parts: []AgendaItem{{Item: "1a", Title: "A"}, {Item: "1b", Title: "B"}}, Sitting: "vote"}},
		{nil, "2023-03-20", &ItemDivided{Item: "1", Parts: []AgendaItem{{Item: "1a", Title: "A"}, {Item: "1b", Title: "B"}}, Sitting: "s"}},
	}},
	{"put to vote", []said{{"2023-03-20", &AttendeesLeft{Attendees: ids("b", "c"), Sitting: "s"}}}, []step{
		{UnknownSitting, "2022-12-01", &ItemPutToVote{Item: "x", Sitting: "x"}},
		{UnknownItem, "2022-12-01", &ItemPutToVote{Item: "x", Sitting: "s"}},
		{BeforeFounding, "2022-12-01", &ItemPutToVote{Item: "3", Sitting: "s"}},
		{NotMember, "2023-03-19", &ItemPutToVote{Item: "role", Sitting: "s"}},
		{SittingOver, "2023-03-20", &ItemPutToVote{Item: "1", Sitting: "over"}},
		{SittingNotOpen, "2023-03-20", &ItemPutToVote{Item: "1", Sitting: "pause"}},
		{DayGoesBack, "2023-03-19", &ItemPutToVote{Item: "3", Sitting: "s"}},
		{ItemDealtWith, "2023-03-20", &ItemPutToVote{Item: "3", Sitting: "s"}},
		{VoteIsOpen, "2023-03-22", &ItemPutToVote{Item: "rest", Sitting: "vote"}},
		{RuleMissing, "2023-03-24", &ItemPutToVote{Item: "1", Sitting: "mute"}},
		{NobodyVotes, "2023-03-24", &ItemPutToVote{Item: "1", Sitting: "nobody"}},
		{WeightUndetermined, "2023-03-24", &ItemPutToVote{Item: "1", Sitting: "split"}},
		{QuorumMissing, "2023-03-20", &ItemPutToVote{Item: "given-away", Sitting: "s"}},
		{AfterDeadline, "2023-04-11", &ItemPutToVote{Item: "2", Sitting: "written"}},
		{nil, "2023-04-10", &ItemPutToVote{Item: "2", Sitting: "written"}},
	}},
	{"put to vote in secret", nil, []step{
		{SecretGivenAway, "2023-03-20", &ItemPutToVote{Item: "given-away", Sitting: "s"}},
	}},
	{"adjourn without a quorum", []said{{"2023-03-20", &AttendeesLeft{Attendees: ids("b", "c"), Sitting: "s"}}}, []step{
		{nil, "2023-03-20", &SittingAdjourned{Sitting: "s", Why: ForNoQuorum}},
	}},
	{"cast", nil, []step{
		{UnknownSitting, "2022-12-01", casts("x", "x", CastVote{Member: "x", Sense: SenseFor})},
		{UnknownItem, "2022-12-01", casts("vote", "x", CastVote{Member: "x", Sense: SenseFor})},
		{BeforeFounding, "2022-12-01", casts("vote", "rest", CastVote{Member: "x", Sense: SenseFor})},
		{SittingOver, "2023-03-20", casts("over", "1", CastVote{Member: "x", Sense: SenseFor})},
		{SittingNotOpen, "2023-03-20", casts("pause", "1", CastVote{Member: "x", Sense: SenseFor})},
		{DayGoesBack, "2023-03-21", casts("vote", "rest", CastVote{Member: "x", Sense: SenseFor})},
		{VoteNotOpen, "2023-03-22", casts("vote", "rest", CastVote{Member: "x", Sense: SenseFor})},
		{BallotDiffers, "2023-03-23", casts("secret", "heads", CastVote{Member: "x", Sense: SenseFor})},
		{NotOnRoll, "2023-03-22", casts("vote", "pub", CastVote{Member: "x", Sense: SenseFor}, CastVote{Member: "c", Sense: SenseFor}, CastVote{Member: "a", Sense: "blue"}, CastVote{Member: "b", Sense: SenseAgainst}, CastVote{Member: "d", Parts: parts("1")})},
		{TakesNoPart, "2023-03-22", casts("vote", "pub", CastVote{Member: "c", Sense: SenseFor}, CastVote{Member: "a", Sense: "blue"}, CastVote{Member: "b", Sense: SenseAgainst}, CastVote{Member: "d", Parts: parts("1")})},
		{UnknownSense, "2023-03-22", casts("vote", "pub", CastVote{Member: "a", Sense: "blue"}, CastVote{Member: "b", Sense: SenseAgainst}, CastVote{Member: "d", Parts: parts("1")})},
		{VoteFinal, "2023-03-22", casts("vote", "pub", CastVote{Member: "b", Sense: SenseAgainst}, CastVote{Member: "d", Parts: parts("1")})},
		{VoicesUndivided, "2023-03-22", casts("vote", "pub", CastVote{Member: "d", Parts: parts("1")})},
		{NothingChanges, "2023-03-22", casts("vote", "pub", CastVote{Member: "b", Sense: SenseFor})},
		{nil, "2023-03-22", casts("vote", "pub", CastVote{Member: "b", Sense: SenseFor}, CastVote{Member: "d", Sense: SenseFor})},
	}},
	{"cast divided voices", []said{{"2023-03-22", &VoteClosed{Item: "pub", Sitting: "vote"}}, {"2023-03-22", &ItemPutToVote{Item: "divided", Sitting: "vote"}}}, []step{
		{PartsDiffer, "2023-03-22", casts("vote", "divided", CastVote{Member: "a", Parts: parts("1", "0.5")})},
		{nil, "2023-03-22", casts("vote", "divided", CastVote{Member: "a", Parts: parts("1", "1")}, CastVote{Member: "b", Sense: SenseFor})},
	}},
	{"cast in writing", nil, []step{
		{AfterDeadline, "2023-04-11", casts("written", "1", CastVote{Member: "b", Sense: SenseFor})},
		{nil, "2023-04-10", casts("written", "1", CastVote{Member: "b", Sense: SenseFor})},
	}},
	{"mark voters", nil, []step{
		{UnknownSitting, "2022-12-01", &VotersMarked{Item: "x", Members: ids("x", "e", "a"), Sitting: "x"}},
		{UnknownItem, "2022-12-01", &VotersMarked{Item: "x", Members: ids("x", "e", "a"), Sitting: "vote"}},
		{BeforeFounding, "2022-12-01", &VotersMarked{Item: "rest", Members: ids("x", "e", "a"), Sitting: "vote"}},
		{DayGoesBack, "2023-03-21", &VotersMarked{Item: "rest", Members: ids("x", "e", "a"), Sitting: "vote"}},
		{VoteNotOpen, "2023-03-22", &VotersMarked{Item: "rest", Members: ids("x", "e", "a"), Sitting: "vote"}},
		{BallotDiffers, "2023-03-22", &VotersMarked{Item: "pub", Members: ids("x", "e", "a"), Sitting: "vote"}},
		{NotOnRoll, "2023-03-23", &VotersMarked{Item: "heads", Members: ids("x", "e", "a"), Sitting: "secret"}},
		{TakesNoPart, "2023-03-23", &VotersMarked{Item: "heads", Members: ids("e", "a"), Sitting: "secret"}},
		{NothingChanges, "2023-03-23", &VotersMarked{Item: "heads", Members: ids("a"), Sitting: "secret"}},
		{nil, "2023-03-23", &VotersMarked{Item: "heads", Members: ids("d"), Sitting: "secret"}},
	}},
	{"cancel a vote", nil, []step{
		{UnknownItem, "2022-12-01", &VoteCancelled{Item: "x", Reason: "r", Sitting: "vote"}},
		{BeforeFounding, "2022-12-01", &VoteCancelled{Item: "rest", Reason: "r", Sitting: "vote"}},
		{DayGoesBack, "2023-03-21", &VoteCancelled{Item: "rest", Reason: "r", Sitting: "vote"}},
		{VoteNotOpen, "2023-03-22", &VoteCancelled{Item: "rest", Reason: "r", Sitting: "vote"}},
		{nil, "2023-03-22", &VoteCancelled{Item: "pub", Reason: "r", Sitting: "vote"}},
	}},
	{"close a vote", nil, []step{
		{UnknownItem, "2022-12-01", &VoteClosed{Counts: secretly("0", 1), Item: "x", Sitting: "vote"}},
		{BeforeFounding, "2022-12-01", &VoteClosed{Counts: secretly("0", 1), Item: "rest", Sitting: "vote"}},
		{DayGoesBack, "2023-03-21", &VoteClosed{Counts: secretly("0", 1), Item: "rest", Sitting: "vote"}},
		{VoteNotOpen, "2023-03-22", &VoteClosed{Counts: secretly("0", 1), Item: "rest", Sitting: "vote"}},
		{BallotDiffers, "2023-03-22", &VoteClosed{Counts: secretly("0", 1), Item: "pub", Sitting: "vote"}},
		{nil, "2023-03-22", &VoteClosed{Item: "pub", Sitting: "vote"}},
	}},
	{"close a secret vote", nil, []step{
		{UnknownSense, "2023-03-23", &VoteClosed{Counts: append(secretly("0", 1), SecretCount{Sense: "blue", Votes: 1}), Item: "heads", Sitting: "secret"}},
		{CountsDiffer, "2023-03-23", &VoteClosed{Counts: append(secretly("0", 3), secretly("1", 1)...), Item: "heads", Sitting: "secret"}},
		{nil, "2023-03-23", &VoteClosed{Counts: secretly("0", 2, 1), Item: "heads", Sitting: "secret"}},
	}},
	{"close a secret vote of which too few have taken part", []said{
		{"2023-03-23", &VoteCancelled{Item: "heads", Reason: "r", Sitting: "secret"}},
		{"2023-03-23", &ItemPutToVote{Item: "heads", Sitting: "secret"}},
		{"2023-03-23", &VotersMarked{Item: "heads", Members: ids("a", "b"), Sitting: "secret"}},
	}, []step{
		{SecretGivenAway, "2023-03-23", &VoteClosed{Counts: secretly("0", 1), Item: "heads", Sitting: "secret"}},
	}},
	{"close a consultation", nil, []step{
		{BeforeDeadline, "2023-04-10", &VoteClosed{Item: "1", Sitting: "written"}},
		{nil, "2023-04-11", &VoteClosed{Item: "1", Sitting: "written"}},
	}},
	{"approve minutes", []said{{"2023-02-15", &MinutesApproved{SHA256: Hash{1}, Sitting: "over"}}}, []step{
		{UnknownSitting, "2022-12-01", &MinutesApproved{Sitting: "x"}},
		{BeforeFounding, "2022-12-01", &MinutesApproved{Sitting: "s"}},
		{SittingNotOver, "2023-03-19", &MinutesApproved{Sitting: "s"}},
		{DayGoesBack, "2023-02-14", &MinutesApproved{SHA256: Hash{1}, Sitting: "over"}},
		{NothingChanges, "2023-02-15", &MinutesApproved{SHA256: Hash{1}, Sitting: "over"}},
		{nil, "2023-02-15", &MinutesApproved{SHA256: Hash{2}, Sitting: "over"}},
	}},
	{"assert a decision", nil, []step{
		{UnknownBody, "2022-12-01", &DecisionAsserted{Body: "x", Outcome: Adopted, Title: "T"}},
		{BeforeFounding, "2022-12-01", &DecisionAsserted{Body: "ag", Outcome: Adopted, Title: "T"}},
		{nil, "2023-01-01", &DecisionAsserted{Body: "ag", Outcome: Adopted, Title: "T"}},
	}},
	{"publish", nil, []step{
		{UnknownDecision, "2022-12-01", &DecisionPublished{1}},
		{BeforeFounding, "2022-12-01", &DecisionPublished{decided}},
		{NotYetDecided, "2023-03-19", &DecisionPublished{decided}},
		{NothingChanges, "2023-03-20", &DecisionPublished{decided}},
		{nil, "2023-04-01", &DecisionPublished{12}},
	}},
	{"receive", nil, []step{
		{UnknownDecision, "2022-12-01", &DecisionReceived{1}},
		{BeforeFounding, "2022-12-01", &DecisionReceived{decided}},
		{NotYetDecided, "2023-03-19", &DecisionReceived{decided}},
		{NothingChanges, "2023-03-20", &DecisionReceived{decided}},
		{nil, "2023-04-01", &DecisionReceived{12}},
	}},
	{"annul", nil, []step{
		{UnknownDecision, "2022-12-01", &DecisionAnnulled{Court: "TA", Decision: 1, From: 1, Reason: "r"}},
		{BeforeFounding, "2022-12-01", &DecisionAnnulled{Court: "TA", Decision: decided, From: 1, Reason: "r"}},
		{NotYetDecided, "2023-03-19", &DecisionAnnulled{Court: "TA", Decision: decided, From: 1, Reason: "r"}},
		{PeriodEmpty, "2023-07-01", &DecisionAnnulled{Court: "TA", Decision: decided, From: dayNumber(2023, 3, 20), Reason: "r"}},
		{NothingChanges, "2023-07-01", &DecisionAnnulled{Court: "TA", Decision: decided, From: dayNumber(2023, 6, 1), Reason: "r"}},
		{nil, "2023-07-01", &DecisionAnnulled{Court: "TA", Decision: decided, Reason: "r"}},
	}},
	{"lift an annulment", nil, []step{
		{NotAnAnnulment, "2022-12-01", &AnnulmentLifted{Annulment: decided, How: OnAppeal, Reason: "r"}},
		{BeforeFounding, "2022-12-01", &AnnulmentLifted{Annulment: annulled, How: OnAppeal, Reason: "r"}},
		{NotYetDecided, "2023-04-30", &AnnulmentLifted{Annulment: annulled, How: OnAppeal, Reason: "r"}},
		{nil, "2023-05-01", &AnnulmentLifted{Annulment: annulled, How: OnAppeal, Reason: "r"}},
	}},
	{"lift an annulment twice", []said{{"2023-08-01", &AnnulmentLifted{Annulment: annulled, How: OnAppeal, Reason: "r"}}}, []step{
		{NothingChanges, "2023-08-01", &AnnulmentLifted{Annulment: annulled, How: OnAppeal, Reason: "r"}},
	}},
	{"say of sittings anew", nil, []step{
		{UnknownBody, "2023-06-01", anew(4, &SittingConvened{Body: "x", Day: 1, Mode: Remote, Sitting: "t"})},
		{CorrectionType, "2023-06-01", anew(4, &SittingClosed{"t"})},
		{CorrectionName, "2023-06-01", anew(4, &SittingConvened{Body: "ag", Day: 1, Mode: Remote, Sitting: "t"})},
		{nil, "2023-06-01", anew(4, &SittingConvened{Body: "ag", Day: 1, Mode: Remote, Sitting: "s"})},
	}},
	{"say of a roll anew", nil, []step{
		{UnknownMember, "2023-06-01", anew(7, openedWith("2", "x"))},
		{CorrectionName, "2023-06-01", anew(7, openedWith("2", "a"))},
		{nil, "2023-06-01", anew(7, openedWith("3", "a"))},
	}},
	{"void what was proclaimed", []said{{"2023-03-20", &SittingClosed{"s"}}}, []step{
		{OutcomeStands, "2023-07-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: decided}},
		{nil, "2023-07-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: annulled}},
	}},
	{"set too many weights", crowd(crowdTooLarge), []step{
		{RollTooLong, "2023-06-01", weightsOf(crowdTooLarge)},
		{nil, "2023-06-01", weightsOf(crowdThatFits)},
	}},
	{"name too many voters", crowd(crowdTooLarge), []step{
		{RollTooLong, "2023-06-01", &VotingRuleSet{Basis: "x", Body: "mute", Rule: ruleOf(func(r *VotingRule) { r.Voters = Voters{Who: TheseVoters, Members: crowdIDs(crowdTooLarge)} })}},
		{nil, "2023-06-01", &VotingRuleSet{Basis: "x", Body: "mute", Rule: ruleOf(func(r *VotingRule) { r.Voters = Voters{Who: TheseVoters, Members: crowdIDs(crowdThatFits)} })}},
	}},
	{"let too many vote", crowd(crowdTooLarge), []step{
		{RollTooLong, "2023-06-01", &VotingRuleSet{Basis: "x", Body: "mute", Rule: ruleOf(func(r *VotingRule) { r.Voters = all })}},
	}},
}

// openedWith opens a vote on an item with a roll of one.
func openedWith(i ItemID, m MemberID) *VoteOpened {
	return &VoteOpened{Defined: 4, Item: i, Roll: []RollLine{{Members: ids(m), Presence: Present, Weight: w("2")}}, Rule: moreThanHalf(), RuleSet: 1, Sitting: "s"}
}

// A roll of the one has room in an event, and of the other it has not.
const crowdThatFits, crowdTooLarge = 200, 600

func crowdIDs(n int) (all []MemberID) {
	for i := range n {
		all = append(all, MemberID(fmt.Sprintf("m-%060d", i)))
	}
	return all
}

// crowd lets so many join, on the last days before 2023-06-01.
func crowd(n int) (joined []said) {
	for _, m := range crowdIDs(n) {
		joined = append(joined, said{"2023-05-01", &MemberJoined{Basis: "x", Member: m, Name: "M"}})
	}
	return joined
}

func weightsOf(n int) *WeightsSet {
	set := &WeightsSet{Basis: "x", Body: "mute"}
	for _, m := range crowdIDs(n) {
		set.Weights = append(set.Weights, MemberWeight{m, w("1")})
	}
	return set
}

// refuseInSittings tries the lists of mendedInSittings, and says which rules refused something.
func refuseInSittings(t *testing.T, seen map[*Rule]bool) {
	for _, m := range mendedInSittings {
		t.Run(m.name, func(t *testing.T) {
			code := ""
			for i, s := range m.steps {
				g := assembly(t)
				tell(t, g, m.before...)
				head := g.Head()
				events, err := Enact(g, anyCommand(t, s.on, s.act))
				if s.rule == nil {
					require.NoError(t, err, "step %d", i)
					require.Equal(t, len(m.steps)-1, i)
					require.Equal(t, s.act, events[0].Act)
					continue
				}
				require.ErrorIs(t, err, &Refusal{Rule: s.rule}, "step %d: %v", i, err)
				require.Equal(t, head, g.Head())
				require.Less(t, code, s.rule.Code, "the steps are not in the order of precedence")
				code, seen[s.rule] = s.rule.Code, true
			}
		})
	}
}

// A body is refused as it is defined where its roll would not fit into the event that opens a vote, in a founding too.
func TestABodyOfTooManyIsRefusedAsItIsDefined(t *testing.T) {
	for n, rule := range map[int]*Rule{crowdThatFits: nil, crowdTooLarge: RollTooLong} {
		f := founding(&BodyCreated{Body: "ag", Name: "AG"})
		for _, m := range crowdIDs(n) {
			f.Changes = append(f.Changes, &MemberJoined{Member: m, Name: "M"})
		}
		f.Changes = append(f.Changes, &VotingRuleSet{Body: "ag", Rule: ruleOf(func(r *VotingRule) { r.Voters = all })})
		_, err := Enact(&Group{}, anyCommand(t, "2023-01-01", f))
		if rule == nil {
			assert.NoError(t, err)
		} else {
			assert.ErrorIs(t, err, &Refusal{Rule: rule})
		}
	}
}
