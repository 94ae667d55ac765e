package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func cast(r *VotingRule) { r.Majority[0].Base = Cast }

func TestAbstentionAbsenceAndRecusalAreThreeThings(t *testing.T) {
	g := chamber(t, cast, "a", "b", "c", "d")
	tell(t, g, said{day20, &MemberRecused{Item: "1", Member: "d", Sitting: "s"}})
	put(t, g, "1")
	refuses(t, g, TakesNoPart, day20, voiced("1", "d for"))
	refuses(t, g, TakesNoPart, day20, voiced("1", "e for"))
	d := decide(t, g, "1", "a abstain", "b for")
	assert.Equal(t, Adopted, d.Outcome)
	assert.Equal(t, []Amount{{1, w("1")}, {}, {1, w("2")}, {1, w("1")}, {3, w("4")}, {5, w("6")}}, []Amount{d.For, d.Against, d.Abstain, d.NotVoted, d.Present, d.Total})
}

func TestTheCoordinatorsVoteBreaksATie(t *testing.T) {
	tie := func(r *VotingRule) { cast(r); r.Tie = Tie{Way: TieCasting, Role: Coordinator} }
	g := chamber(t, tie, "a", "b", "c", "d")
	put(t, g, "1")
	d := decide(t, g, "1", "a for", "b against", "c against")
	assert.Equal(t, []any{Adopted, true}, []any{d.Outcome, d.Tie})
	put(t, g, "2")
	assert.Equal(t, Rejected, decide(t, g, "2", "a against", "b for", "c for").Outcome)
	// The coordinator is represented: its voices count, and nobody has the casting vote.
	tell(t, g, said{day20, &AttendeesLeft{Attendees: ids("a"), Sitting: "s"}}, said{day20, &ProxyGiven{Grantor: "a", Holder: "b", Sitting: "s"}})
	assert.Equal(t, "represented by b", put(t, g, "3")["a"])
	assert.Equal(t, Rejected, decide(t, g, "3", "a for", "b against", "c against").Outcome)
}

func TestAnUnresolvedItemIsPutAgain(t *testing.T) {
	g := chamber(t, func(r *VotingRule) { cast(r); r.Tie.Way = TieUnresolved }, "a", "b", "c")
	put(t, g, "1")
	assert.Equal(t, Unresolved, decide(t, g, "1", "a for", "b against", "c against").Outcome)
	put(t, g, "1")
	assert.Equal(t, Adopted, decide(t, g, "1", "a for", "b against").Outcome)
	refuses(t, g, ItemDealtWith, day20, &ItemPutToVote{Item: "1", Sitting: "s"})
}

func TestAVoteIsChangedWhereTheRuleAllows(t *testing.T) {
	g := chamber(t, cast, "a", "b", "c")
	put(t, g, "1")
	tell(t, g, said{day20, voiced("1", "b for")})
	refuses(t, g, VoteFinal, day20, voiced("1", "b against"))
	refuses(t, g, NothingChanges, day20, voiced("1", "b for")) // two officers write the same vote
	assert.Equal(t, Adopted, decide(t, g, "1").Outcome)
	refuses(t, g, VoteNotOpen, day20, voiced("1", "c against")) // too late

	g = chamber(t, func(r *VotingRule) { cast(r); r.Ballot = Changeable }, "a", "b", "c")
	put(t, g, "1")
	tell(t, g, said{day20, voiced("1", "b for")}, said{day20, voiced("1", "b against")})
	refuses(t, g, NothingChanges, day20, voiced("1", "b against"))
	assert.Equal(t, Rejected, decide(t, g, "1").Outcome)
}

// A vote in a sense that there is not is refused, also beside votes that are good.
func TestAVoteInNoSenseIsRefused(t *testing.T) {
	g := chamber(t, cast, "a", "b", "c")
	put(t, g, "1")
	refuses(t, g, UnknownSense, day20, voiced("1", "b for", "c blue"))
	refuses(t, g, UnknownSense, day20, voiced("1", "c blue"))
}

func TestAVoteIsCancelledAndPutAgain(t *testing.T) {
	g := chamber(t, cast, "a", "b", "c")
	put(t, g, "1")
	tell(t, g, said{day20, voiced("1", "b for")}, said{day20, &VoteCancelled{Item: "1", Reason: "a wrong text", Sitting: "s"}})
	refuses(t, g, VoteNotOpen, day20, voiced("1", "c for"))
	tell(t, g, said{day20, &ItemAmended{AgendaItem{Item: "1", Title: "another text"}, "s"}})
	put(t, g, "1")
	d := decide(t, g, "1", "c against")
	assert.Equal(t, Rejected, d.Outcome)
	s, _ := g.Sitting("s", Now(LastDay))
	ballots := s.Item("1").Ballots
	require.Len(t, ballots, 2)
	assert.Equal(t, []any{"a wrong text", uint64(0), 1}, []any{ballots[0].Reason, ballots[0].Decision, ballots[0].Voted()})
	decided, _ := g.Decision(g.Head(), Now(LastDay))
	assert.Equal(t, "another text", decided.Title)
}

func TestAnItemIsWithdrawnOrPostponed(t *testing.T) {
	g := chamber(t, cast, "a", "b", "c")
	tell(t, g, said{"2023-03-20", convened("next", dayNumber(2023, 5, 1), "2")})
	tell(t, g, said{day20, &ItemWithdrawn{Item: "1", Reason: "r", Sitting: "s"}}, said{day20, &ItemPostponed{Item: "2", Reason: "q", Sitting: "s", To: "next"}})
	for _, i := range []ItemID{"1", "2"} {
		refuses(t, g, ItemDealtWith, day20, &ItemPutToVote{Item: i, Sitting: "s"})
	}
	s, _ := g.Sitting("s", Now(LastDay))
	assert.Equal(t, []any{Withdrawn, "r", Postponed, "q", SittingID("next")}, []any{s.Item("1").Status, s.Item("1").Reason, s.Item("2").Status, s.Item("2").Reason, s.Item("2").To})
}

// choice is an item of three options in the room.
func choice(t *testing.T, change func(*VotingRule)) *Group {
	g := chamber(t, change, "a", "b", "c", "d", "e")
	options := []AgendaOption{{"metz", "Metz"}, {"nancy", "Nancy"}, {"reims", "Reims"}}
	tell(t, g, said{day20, &ItemAmended{AgendaItem{Item: "1", Options: options, Title: "Where"}, "s"}})
	return g
}

func TestAChoiceIsMadeInTwoRounds(t *testing.T) {
	g := choice(t, cast)
	put(t, g, "1")
	refuses(t, g, UnknownSense, day20, voiced("1", "a for"))
	assert.Equal(t, SecondRound, decide(t, g, "1", "a metz", "b nancy", "c reims", "d abstain").Outcome)
	put(t, g, "1")
	tell(t, g, said{day20, &VoteCancelled{Item: "1", Reason: "r", Sitting: "s"}})
	put(t, g, "1") // still the second round
	d := decide(t, g, "1", "a metz", "b nancy", "c reims", "d abstain")
	assert.Equal(t, []any{Elected, OptionID("metz")}, []any{d.Outcome, d.Option})
	assert.Equal(t, []Amount{{1, w("2")}, {1, w("1")}, {1, w("1")}}, d.Options)
}

func TestASecondRoundThatIsTiedIsHeldAgain(t *testing.T) {
	g := choice(t, func(r *VotingRule) { cast(r); r.Tie.Way = TieUnresolved })
	for _, want := range []string{SecondRound, Unresolved, Unresolved} {
		put(t, g, "1")
		assert.Equal(t, want, decide(t, g, "1", "a metz", "b nancy", "c nancy", "d reims", "e reims").Outcome)
	}
	put(t, g, "1")
	assert.Equal(t, OptionID("metz"), decide(t, g, "1", "a metz", "b nancy", "d reims").Option)
}

func TestAChoiceByPlurality(t *testing.T) {
	g := choice(t, func(r *VotingRule) { r.Choice = Plurality })
	put(t, g, "1")
	assert.Equal(t, OptionID("nancy"), decide(t, g, "1", "a abstain", "b nancy", "c nancy", "d metz").Option)
}

func TestVoicesAreDivided(t *testing.T) {
	g := chamber(t, func(r *VotingRule) { cast(r); r.Voices, r.Ballot = Divided, Changeable }, "a", "b", "c")
	put(t, g, "1")
	split := func(parts ...string) *VotesCast {
		v := CastVote{Member: "a"}
		for i, p := range parts {
			v.Parts = append(v.Parts, CastPart{[]string{SenseFor, SenseAgainst, SenseAbstain}[i], w(p)})
		}
		return casts("s", "1", v)
	}
	refuses(t, g, PartsDiffer, day20, split("1", "0.5"))
	refuses(t, g, PartsDiffer, day20, split("1.5", "0.5")) // in voices as the roll has them: none of it is halved
	tell(t, g, said{day20, split("2")}, said{day20, voiced("1", "b abstain")}, said{day20, split("1", "1")})
	d := decide(t, g, "1")
	assert.Equal(t, []Weight{w("1"), w("1")}, []Weight{d.For.Weight, d.Against.Weight})
	assert.Equal(t, []any{Rejected, true}, []any{d.Outcome, d.Tie})
}

func TestASecretBallotKeepsItsSecret(t *testing.T) {
	g := chamber(t, func(r *VotingRule) { cast(r); r.Ballot = Secret }, "a", "b", "c", "d", "e")
	_, err := Decide(g, anyCommand(t, day20, &ItemPutToVote{Item: "1", Sitting: "s"}))
	require.ErrorContains(t, err, "R0453 secret-given-away (2: 1)", "a alone has two voices")
	tell(t, g, said{day20, &MemberRecused{Item: "1", Member: "a", Sitting: "s"}})
	put(t, g, "1")
	mark := func(members ...MemberID) said {
		return said{day20, &VotersMarked{Item: "1", Members: members, Sitting: "s"}}
	}
	closed := func(counts []SecretCount) *VoteClosed { return &VoteClosed{Counts: counts, Item: "1", Sitting: "s"} }
	refuses(t, g, BallotDiffers, day20, voiced("1", "b for"))
	tell(t, g, mark("b", "c"))
	refuses(t, g, NothingChanges, day20, mark("c", "d").act)
	refuses(t, g, SecretGivenAway, day20, closed(secretly("1", 1, 1))) // each of the two would know how the other voted
	tell(t, g, mark("d"))
	s, _ := g.Sitting("s", Now(LastDay))
	_, told := s.Voting().ballot().Tally()
	assert.False(t, told, "as long as it is open nobody is told")
	assert.Equal(t, []int{3, 1}, []int{s.Voting().ballot().Voted(), s.Voting().ballot().missing()})
	refuses(t, g, CountsDiffer, day20, closed(secretly("1", 2, 2)))
	refuses(t, g, CountsDiffer, day20, closed(append(secretly("1", 2, 1), secretly("2", 1)...)))
	d := tell(t, g, said{day20, closed(secretly("1", 2, 1))})[1].Act.(*DecisionProclaimed)
	assert.Equal(t, []Amount{{2, w("2")}, {1, w("1")}, {1, w("1")}}, []Amount{d.For, d.Against, d.NotVoted})
}

func TestAConsultationIsAnsweredInWriting(t *testing.T) {
	g := chamber(t, cast)
	c := convened("w", dayNumber(2023, 4, 1), "1", "2")
	c.Mode, c.Deadline = Written, dayNumber(2023, 4, 15)
	tell(t, g, said{"2023-03-25", c}, said{"2023-04-01", &SittingOpened{Sitting: "w"}})
	tell(t, g, said{"2023-04-01", &ItemPutToVote{Item: "1", Sitting: "w"}}, said{"2023-04-01", &ItemPutToVote{Item: "2", Sitting: "w"}}) // both at once
	answers := func(i ItemID, members ...MemberID) *VotesCast {
		v := casts("w", i)
		for _, m := range members {
			v.Votes = append(v.Votes, CastVote{Member: m, Sense: SenseFor})
		}
		return v
	}
	tell(t, g, said{"2023-04-05", answers("1", "a", "b")}, said{"2023-04-06", answers("2", "a", "b", "c", "d")})
	refuses(t, g, DayGoesBack, "2023-04-05", answers("1", "c"))
	refuses(t, g, BeforeDeadline, "2023-04-15", &VoteClosed{Item: "2", Sitting: "w"})
	tell(t, g, said{"2023-04-10", answers("2", "e")})
	early := tell(t, g, said{"2023-04-10", &VoteClosed{Item: "2", Sitting: "w"}})[1].Act.(*DecisionProclaimed) // all have answered
	assert.Equal(t, Adopted, early.Outcome)
	refuses(t, g, AfterDeadline, "2023-04-16", answers("1", "c"))
	refuses(t, g, VoteIsOpen, "2023-04-16", &SittingClosed{"w"})
	late := tell(t, g, said{"2023-04-16", &VoteClosed{Item: "1", Sitting: "w"}})[1].Act.(*DecisionProclaimed)
	assert.Equal(t, []any{NoQuorum, Amount{2, w("3")}}, []any{late.Outcome, late.Present}, "3 of 6 voices have answered, and not more than half")
	tell(t, g, said{"2023-04-16", &SittingClosed{"w"}})
}
