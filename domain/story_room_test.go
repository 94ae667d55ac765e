package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const day20 = "2023-03-20"

// chamber is a sitting s of five members with one voice each, but a with two, on 2023-03-20: its items are 1, 2 and 3.
func chamber(t require.TestingT, change func(*VotingRule), present ...MemberID) *Group {
	g := &Group{}
	f := founding(&BodyCreated{Body: "ag", Name: "AG"})
	for _, m := range ids("a", "b", "c", "d", "e") {
		f.Changes = append(f.Changes, &MemberJoined{Member: m, Name: string(m)})
	}
	f.Changes = append(f.Changes, &RoleGiven{Member: "a", Role: Coordinator}, tableOf("ag", "a=2", "b=1", "c=1", "d=1", "e=1"), &VotingRuleSet{Body: "ag", Rule: ruleOf(change)})
	tell(t, g, said{"2023-01-01", f}, said{"2023-03-01", convened("s", dayNumber(2023, 3, 20), "1", "2", "3")})
	if len(present) > 0 {
		tell(t, g, said{day20, &SittingOpened{Sitting: "s", Present: present}})
	}
	return g
}

func asItIs(*VotingRule) {}

func refuses(t *testing.T, g *Group, rule *Rule, on string, act Act) {
	t.Helper()
	_, err := Decide(g, anyCommand(t, on, act))
	require.ErrorIs(t, err, &Refusal{Rule: rule})
}

// put puts an item to vote, and says how each member of the roll is there.
func put(t *testing.T, g *Group, item ItemID) map[MemberID]string {
	t.Helper()
	events := tell(t, g, said{day20, &ItemPutToVote{Item: item, Sitting: "s"}})
	require.Len(t, events, 2)
	how := map[MemberID]string{}
	for _, s := range events[1].Act.(*VoteOpened).Poll().Roll {
		how[s.Member] = s.Presence
		if s.Holder != "" {
			how[s.Member] += " by " + string(s.Holder)
		}
	}
	return how
}

// decide lets some vote on an item that was put to vote, in words such as "a for", and proclaims the outcome.
func decide(t *testing.T, g *Group, item ItemID, votes ...string) *DecisionProclaimed {
	t.Helper()
	if len(votes) > 0 {
		tell(t, g, said{day20, voiced(item, votes...)})
	}
	events := tell(t, g, said{day20, &VoteClosed{Item: item, Sitting: "s"}})
	require.Len(t, events, 2)
	return events[1].Act.(*DecisionProclaimed)
}

func voiced(item ItemID, votes ...string) *VotesCast {
	c := &VotesCast{Item: item, Sitting: "s"}
	for _, v := range votes {
		c.Votes = append(c.Votes, CastVote{Member: MemberID(v[:1]), Sense: v[2:]})
	}
	return c
}

func TestWhoComesAndGoesIsSeenItemByItem(t *testing.T) {
	g := chamber(t, asItIs, "a", "b", "aa")
	refuses(t, g, QuorumMissing, day20, &ItemPutToVote{Item: "1", Sitting: "s"}) // 3 of 6 are not more than half; the observer does not count
	tell(t, g, said{day20, &AttendeesArrived{Attendees: ids("c"), Sitting: "s"}})
	assert.Equal(t, map[MemberID]string{"a": Present, "b": Present, "c": Present, "d": Absent, "e": Absent}, put(t, g, "1"))
	tell(t, g, said{day20, &AttendeesArrived{Attendees: ids("d"), Sitting: "s"}}, said{day20, &AttendeesLeft{Attendees: ids("b"), Sitting: "s"}})
	refuses(t, g, TakesNoPart, day20, voiced("1", "d for")) // the roll was fixed as the vote was opened
	d := decide(t, g, "1", "a for", "b for", "c against")
	assert.Equal(t, []any{Rejected, true, int64(4)}, []any{d.Outcome, d.Tie, d.Present.Weight.Num()}) // 3 of 6 voices are exactly half
	assert.Equal(t, map[MemberID]string{"a": Present, "b": Absent, "c": Present, "d": Present, "e": Absent}, put(t, g, "2"))
	d = decide(t, g, "2", "a for", "d for", "c for")
	assert.Equal(t, Adopted, d.Outcome)
}

func TestAQuorumIsLostAndASecondNoticeHasItsOwn(t *testing.T) {
	third := Quorum{Counts: Present, Thresholds: []Threshold{{Base: Total, Of: Heads, Share: Fraction{}, Minimum: w("2")}}}
	g := chamber(t, func(r *VotingRule) {
		r.SecondNotice = &third
		r.Majority[0].Base = Cast
	}, "a", "b", "c")
	put(t, g, "1")
	assert.Equal(t, Adopted, decide(t, g, "1", "a for").Outcome)
	refuses(t, g, QuorumThere, day20, &SittingAdjourned{Sitting: "s", Why: ForNoQuorum})
	tell(t, g, said{day20, &AttendeesLeft{Attendees: ids("a"), Sitting: "s"}})
	refuses(t, g, QuorumMissing, day20, &ItemPutToVote{Item: "2", Sitting: "s"})
	tell(t, g, said{day20, &SittingAdjourned{Sitting: "s", Why: ForNoQuorum}})
	refuses(t, g, SittingOver, day20, &ItemPutToVote{Item: "2", Sitting: "s"})
	refuses(t, g, ItemDealtWith, day20, second("t", dayNumber(2023, 3, 27), "s", "1", "2"))
	tell(
		t, g, said{day20, second("t", dayNumber(2023, 3, 27), "s", "2")}, said{"2023-03-27", &SittingOpened{Sitting: "t", Present: ids("b")}},
	)
	refuses(t, g, QuorumMissing, "2023-03-27", &ItemPutToVote{Item: "2", Sitting: "t"})
	refuses(t, g, SecondAgenda, "2023-03-27", &ItemAdded{AgendaItem{Item: "new", Title: "N"}, "t"})
	tell(t, g, said{"2023-03-27", &AttendeesArrived{Attendees: ids("c"), Sitting: "t"}})
	opened := tell(t, g, said{"2023-03-27", &ItemPutToVote{Item: "2", Sitting: "t"}})[1].Act.(*VoteOpened)
	assert.True(t, opened.SecondNotice)
}

// TestASittingHasOneSecondNotice: another follows once the first one came to nothing, or left something.
func TestASittingHasOneSecondNotice(t *testing.T) {
	on := dayNumber(2023, 3, 27)
	left := func(g *Group) (all []ItemID) {
		for _, i := range g.LeftFor("s") {
			all = append(all, i.Item)
		}
		return all
	}
	g := chamber(t, asItIs, "a", "b", "c")
	put(t, g, "1")
	decide(t, g, "1", "a for")
	tell(t, g, said{day20, &AttendeesLeft{Attendees: ids("a", "b"), Sitting: "s"}}, said{day20, &SittingAdjourned{Sitting: "s", Why: ForNoQuorum}})
	require.Equal(t, []ItemID{"2", "3"}, left(g))
	tell(t, g, said{day20, second("t", on, "s", "2")})
	refuses(t, g, SecondNoticeStands, day20, second("u", on, "s", "3"))
	tell(t, g, said{"2023-03-21", &SittingCancelled{Reason: "r", Sitting: "t"}})
	require.Equal(t, []ItemID{"2", "3"}, left(g))
	tell(
		t, g, said{"2023-03-21", second("u", on, "s", "2", "3")}, said{"2023-03-27", &SittingOpened{Sitting: "u", Present: ids("a", "b", "c", "d")}},
	)
	refuses(t, g, SecondNoticeStands, "2023-03-27", second("v", on, "s", "3"))
	tell(t, g, said{"2023-03-27", &ItemWithdrawn{Item: "2", Reason: "r", Sitting: "u"}}, said{"2023-03-27", &SittingClosed{"u"}})
	require.Equal(t, []ItemID{"3"}, left(g), "what was withdrawn on second notice is dealt with")
	refuses(t, g, ItemDealtWith, "2023-03-28", second("v", dayNumber(2023, 4, 1), "s", "2"))
	tell(t, g, said{"2023-03-28", second("v", dayNumber(2023, 4, 1), "s", "3")})
}

// TestAKindWithoutARuleIsWorthAWarning, wherever an item has it; and none where the kind has one, or there is no kind.
func TestAKindWithoutARuleIsWorthAWarning(t *testing.T) {
	g := chamber(t, asItIs, "a", "b", "c")
	item := func(kind ItemKind) AgendaItem { return AgendaItem{Item: "9", Kind: kind, Title: "T"} }
	convenes := func(kind ItemKind) *SittingConvened {
		return &SittingConvened{Agenda: []AgendaItem{item(kind)}, Body: "ag", Day: dayNumber(2023, 4, 1), Mode: InPerson, Sitting: "t"}
	}
	warned := func(a Act) []Warning { return Warnings(g, anyCommand(t, day20, a)) }
	of := func(others ...ItemKind) []Warning {
		return []Warning{{Kind: WarnKind, Body: "ag", Item: "9", Of: "persone", Others: others}}
	}
	require.Equal(t, of(), warned(convenes("persone")), "no kind has a rule")
	rule, _ := g.VotingRule("ag", "", Now(dayNumber(2023, 3, 20)))
	tell(t, g, said{day20, &VotingRuleSet{Basis: "x", Body: "ag", Kind: "person", Rule: *rule}})
	for _, a := range []Act{
		convenes("persone"), &ItemAdded{item("persone"), "s"}, &ItemAmended{item("persone"), "s"}, &ItemDivided{Item: "1", Parts: []AgendaItem{item("persone"), item("person")}, Sitting: "s"},
	} {
		require.Equal(t, of("person"), warned(a), "%T", a)
	}
	for _, a := range []Act{convenes("person"), convenes(""), &ItemAdded{item("person"), "s"}, &ItemAdded{item("persone"), "nowhere"}} {
		require.Empty(t, warned(a), "%T", a)
	}
	tell(t, g, said{day20, &ItemAdded{item("persone"), "s"}})
	require.Equal(t, of("person"), warned(&ItemPutToVote{Item: "9", Sitting: "s"}))
	require.Empty(t, warned(&ItemPutToVote{Item: "1", Sitting: "s"}))
}

func TestAProxyEndsAsItsGrantorArrivesAndNotAgain(t *testing.T) {
	g := chamber(t, asItIs, "a", "b")
	tell(t, g, said{day20, &ProxyGiven{Grantor: "c", Holder: "b", Sitting: "s"}})
	assert.Equal(t, "represented by b", put(t, g, "1")["c"])
	tell(t, g, said{day20, &AttendeesArrived{Attendees: ids("c"), Sitting: "s"}})
	d := decide(t, g, "1", "c for", "a for", "b for") // its holder votes for it, as long as this vote is open
	assert.Equal(t, Adopted, d.Outcome)
	assert.Equal(t, Present, put(t, g, "2")["c"])
	decide(t, g, "2", "c for")
	tell(t, g, said{day20, &AttendeesLeft{Attendees: ids("c"), Sitting: "s"}}, said{day20, &AttendeesArrived{Attendees: ids("d"), Sitting: "s"}})
	assert.Equal(t, Absent, put(t, g, "3")["c"], "a proxy that has ended stays so")
	s, _ := g.Sitting("s", Now(LastDay))
	assert.Equal(t, []bool{true, true}, []bool{s.Proxies[0].Arrived, s.Proxies[0].Ended > 0})
}

func TestAProxyIsVoidWhileItsHolderIsAbsentOrRecused(t *testing.T) {
	g := chamber(t, asItIs, "a", "b", "d")
	tell(t, g, said{day20, &ProxyGiven{Grantor: "c", Holder: "b", Sitting: "s"}}, said{day20, &AttendeesLeft{Attendees: ids("b"), Sitting: "s"}})
	s := func() map[MemberID]string {
		defer tell(t, g, said{day20, &VoteCancelled{Item: "1", Reason: "r", Sitting: "s"}})
		return put(t, g, "1")
	}
	tell(t, g, said{day20, &AttendeesArrived{Attendees: ids("e"), Sitting: "s"}})
	assert.Equal(t, Absent, s()["c"])
	tell(t, g, said{day20, &AttendeesArrived{Attendees: ids("b"), Sitting: "s"}})
	assert.Equal(t, "represented by b", s()["c"])
	tell(t, g, said{day20, &MemberRecused{Item: "1", Member: "b", Sitting: "s"}})
	how := s()
	assert.Equal(t, []string{Absent, Recused}, []string{how["c"], how["b"]})
	tell(t, g, said{day20, &ProxyRevoked{Grantor: "c", Sitting: "s"}})
	assert.Equal(t, Absent, put(t, g, "2")["c"])
}

func TestAProxyIsLimitedToItemsAndTheirParts(t *testing.T) {
	g := chamber(t, asItIs, "a", "b", "d")
	tell(
		t, g, said{day20, &ProxyGiven{Grantor: "c", Holder: "b", Items: []ItemID{"1"}, Sitting: "s"}},
		said{day20, &MemberRecused{Item: "1", Member: "d", Sitting: "s"}},
		said{day20, &ItemDivided{Item: "1", Parts: []AgendaItem{{Item: "1a", Title: "A"}, {Item: "1b", Title: "B"}}, Sitting: "s"}},
		said{day20, &ItemDivided{Item: "1b", Parts: []AgendaItem{{Item: "1b1", Title: "A"}, {Item: "1b2", Title: "B"}}, Sitting: "s"}},
	)
	refuses(t, g, ItemDealtWith, day20, &ItemPutToVote{Item: "1", Sitting: "s"})
	for _, part := range []ItemID{"1a", "1b2"} {
		how := put(t, g, part)
		assert.Equal(t, []string{"represented by b", Recused}, []string{how["c"], how["d"]}, "%s: so for the whole, so for its parts", part)
		decide(t, g, part, "a for")
	}
	assert.Equal(t, Absent, put(t, g, "2")["c"])
}

func TestHowManyProxiesOneHoldsCountsThoseThatCount(t *testing.T) {
	g := chamber(t, func(r *VotingRule) { r.Proxies.PerHolder = 2 })
	for _, m := range ids("c", "d") {
		tell(t, g, said{"2023-03-02", &ProxyGiven{Grantor: m, Holder: "b", Sitting: "s"}})
	}
	refuses(t, g, TooManyProxies, "2023-03-02", &ProxyGiven{Grantor: "e", Holder: "b", Sitting: "s"})
	refuses(t, g, ProxyPassedOn, "2023-03-02", &ProxyGiven{Grantor: "b", Holder: "a", Sitting: "s"})
	refuses(t, g, ProxyPassedOn, "2023-03-02", &ProxyGiven{Grantor: "a", Holder: "c", Sitting: "s"})
	refuses(t, g, ProxyStands, "2023-03-02", &ProxyGiven{Grantor: "c", Holder: "a", Sitting: "s"})
	// An avenant lowers the limit: of those given, the first counts; and where its grantor takes no part, the next.
	one := ruleOf(asItIs)
	tell(t, g, said{"2023-03-10", &VotingRuleSet{Basis: "x", Body: "ag", Rule: one}}, said{day20, &SittingOpened{Sitting: "s", Present: ids("a", "b")}})
	how := put(t, g, "1")
	assert.Equal(t, []string{"represented by b", Absent}, []string{how["c"], how["d"]})
	decide(t, g, "1", "a for")
	tell(t, g, said{day20, &MemberRecused{Item: "2", Member: "c", Sitting: "s"}})
	how = put(t, g, "2")
	assert.Equal(t, []string{Recused, "represented by b"}, []string{how["c"], how["d"]})
}

func TestAProxyForAllItemsGivenLateCountsOnlyWhereItMay(t *testing.T) {
	g := chamber(t, asItIs, "a", "b", "d")
	early := ruleOf(func(r *VotingRule) { r.Proxies.Until = UntilSitting })
	tell(
		t, g, said{"2023-03-10", &VotingRuleSet{Basis: "x", Body: "ag", Kind: "budget", Rule: early}},
		said{day20, &ItemAdded{AgendaItem{Item: "4", Kind: "budget", Title: "B"}, "s"}},
		said{day20, &ProxyGiven{Grantor: "c", Holder: "b", Sitting: "s"}},
	)
	assert.Equal(t, "represented by b", put(t, g, "1")["c"])
	decide(t, g, "1", "a for")
	assert.Equal(t, Absent, put(t, g, "4")["c"])
}

// What is said for a later day does not count before it.
func TestWhatIsSaidForALaterDayIsOfThatDay(t *testing.T) {
	g := chamber(t, asItIs)
	refuses(t, g, AnotherDay, "2023-03-21", &ProxyGiven{Grantor: "c", Holder: "b", Sitting: "s"})
	refuses(t, g, AnotherDay, "2023-03-21", &MemberRecused{Item: "1", Member: "b", Sitting: "s"})
	tell(t, g, said{day20, &SittingOpened{Sitting: "s", Present: ids("a", "b", "c")}}, said{"2023-03-21", &ProxyGiven{Grantor: "d", Holder: "b", Sitting: "s"}})
	refuses(t, g, DayGoesBack, day20, &ItemPutToVote{Item: "1", Sitting: "s"})                    // past midnight
	tell(t, g, said{"2023-03-10", &NoticeReceived{Members: ids("d"), Received: 1, Sitting: "s"}}) // known only now
	tell(t, g, said{"2023-03-21", &ItemPutToVote{Item: "1", Sitting: "s"}})
}

func TestASittingIsSuspendedAndResumed(t *testing.T) {
	g := chamber(t, asItIs, "a", "b", "c")
	put(t, g, "1")
	refuses(t, g, VoteIsOpen, day20, &SittingSuspended{"s"})
	decide(t, g, "1", "a for")
	tell(t, g, said{day20, &SittingSuspended{"s"}})
	refuses(t, g, SittingNotOpen, day20, &ItemPutToVote{Item: "2", Sitting: "s"})
	refuses(t, g, SittingNotOpen, day20, &AttendeesLeft{Attendees: ids("a"), Sitting: "s"})
	tell(t, g, said{"2023-03-21", &SittingResumed{"s"}}, said{"2023-03-21", &ItemPutToVote{Item: "2", Sitting: "s"}})
	refuses(t, g, DayGoesBack, day20, voiced("2", "a for"))
}

// A secretary types a sitting of long ago: each act has its day, and what was known then did not hold it.
func TestASittingIsTypedLate(t *testing.T) {
	g := chamber(t, asItIs, "a", "b", "c")
	put(t, g, "1")
	before := g.Head()
	tell(t, g, said{"2023-02-01", convened("past", dayNumber(2023, 2, 10), "x")}, said{"2023-02-10", &SittingOpened{Sitting: "past", Present: ids("a", "b", "c")}})
	tell(t, g, said{"2023-02-10", &ItemPutToVote{Item: "x", Sitting: "past"}}, said{"2023-02-10", casts("past", "x", CastVote{Member: "a", Sense: SenseFor})})
	assert.Equal(t, Adopted, func() string { // the vote in s goes on meanwhile
		decide(t, g, "1", "a for", "b for", "c for")
		return tell(t, g, said{"2023-02-10", casts("past", "x", CastVote{Member: "b", Sense: SenseFor}, CastVote{Member: "c", Sense: SenseFor})},
			said{"2023-02-10", &VoteClosed{Item: "x", Sitting: "past"}})[1].Act.(*DecisionProclaimed).Outcome
	}())
	_, then := g.Sitting("past", Pair{dayNumber(2023, 2, 10), before})
	assert.False(t, then)
	s, now := g.Sitting("past", Now(dayNumber(2023, 2, 9)))
	assert.True(t, now)
	assert.Equal(t, Convened, s.Status)
	assert.Len(t, g.Decisions(Now(dayNumber(2023, 2, 10))), 1)
}
