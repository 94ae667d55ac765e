package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// moreThanHalf is the rule of the stories: more than half of all voices, a quorum of half of them.
func moreThanHalf() VotingRule {
	return VotingRule{
		Ballot: Final, Choice: TwoRounds, Voices: Undivided, Tie: Tie{Way: TieRejected}, Voters: Voters{Who: Weighted},
		Majority: []Threshold{{Base: Total, Of: Weights, Share: half, Strict: true}},
		Quorum:   Quorum{Counts: Represented, Thresholds: []Threshold{{Base: Total, Of: Weights, Share: half, Strict: true}}},
		Proxies:  Proxies{PerHolder: 1, Until: UntilItem},
	}
}

// cogouv is a group whose COGOUV has the voices of avenant n° 1, and a sitting of it with two items.
func cogouv(rule VotingRule) []said {
	f := &GroupFounded{Name: "G", Title: "T", Changes: []Change{&BodyCreated{Body: "cogouv", Name: "COGOUV"}}}
	for _, m := range append([]string{"region", "cea", "moselle"}, small...) {
		f.Changes = append(f.Changes, &MemberJoined{Member: MemberID(m), Name: m})
	}
	f.Changes = append(f.Changes, tableOf("cogouv", append([]string{"region=4.5", "cea=2", "moselle=1.5"}, each(small, "1")...)...), &VotingRuleSet{Body: "cogouv", Rule: rule})
	return []said{
		{"2023-01-01", f},
		{"2023-03-01", &SittingConvened{Body: "cogouv", Day: dayNumber(2023, 3, 20), Hour: "14:00", Mode: InPerson, Place: "Metz", Sitting: "s", Agenda: []AgendaItem{
			{Item: "1", Title: "Budget"},
			{Item: "2", Title: "Pilote", Changes: []Change{&RoleGiven{Member: "cea", Role: Pilot}}},
		}}},
		{"2023-03-20", &SittingOpened{Sitting: "s", Present: everybody()}},
	}
}

func everybody() (all []MemberID) {
	for _, m := range append([]string{"region", "cea", "moselle"}, small...) {
		all = append(all, MemberID(m))
	}
	return all
}

func votesOf(item ItemID, senses map[string][]string) *VotesCast {
	v := &VotesCast{Item: item, Sitting: "s"}
	for sense, members := range senses {
		for _, m := range members {
			v.Votes = append(v.Votes, CastVote{Member: MemberID(m), Sense: sense})
		}
	}
	return v
}

// tell enacts what is said, one after the other.
func tell(t require.TestingT, g *Group, all ...said) (last []Event) {
	for _, s := range all {
		events, err := Enact(g, anyCommand(t, s.on, s.act))
		require.NoError(t, err, "%T", s.act)
		last = events
	}
	return last
}

func TestATieIsNotAdopted(t *testing.T) {
	g := &Group{}
	tell(t, g, cogouv(moreThanHalf())...)
	on := "2023-03-20"
	opened := tell(t, g, said{on, &ItemPutToVote{Item: "1", Sitting: "s"}})
	require.Len(t, opened, 2)
	roll := opened[1].Act.(*VoteOpened).Roll
	assert.Equal(t, RollLine{Members: ids("region"), Presence: Present, Weight: w("4.5")}, roll[0])
	assert.Equal(t, w("1.5"), roll[2].Weight)
	assert.Equal(t, ids("ardennes", "aube", "haute-marne", "marne", "meurthe-et-moselle", "meuse", "vosges"), roll[3].Members)
	tell(t, g, said{on, votesOf("1", map[string][]string{SenseFor: {"region", "cea", "meuse"}, SenseAgainst: {"moselle", "ardennes", "aube", "haute-marne"}})})
	now, _ := g.Sitting("s", Now(date(t, on).First))
	tally, ok := now.Item("1").ballot().Tally()
	require.True(t, ok)
	assert.False(t, tally.Settled)
	closed := tell(t, g, said{on, votesOf("1", map[string][]string{SenseAgainst: {"marne", "meurthe-et-moselle", "vosges"}})}, said{on, &VoteClosed{Item: "1", Sitting: "s"}})
	require.Len(t, closed, 2)
	decision := closed[1].Act.(*DecisionProclaimed)
	assert.Equal(t, Rejected, decision.Outcome)
	assert.True(t, decision.Tie)
	assert.Equal(t, []Amount{{3, w("7.5")}, {7, w("7.5")}}, []Amount{decision.For, decision.Against})
}

func TestADecisionTakesEffectAndIsAnnulled(t *testing.T) {
	g := &Group{}
	tell(t, g, cogouv(moreThanHalf())...)
	on, day := "2023-03-20", Now(dayNumber(2023, 3, 20))
	tell(t, g, said{on, &ItemPutToVote{Item: "2", Sitting: "s"}}, said{on, votesOf("2", map[string][]string{SenseFor: {"region", "cea", "moselle"}})}, said{on, &VoteClosed{Item: "2", Sitting: "s"}})
	pilot := func(known uint64) MemberID { m, _ := g.Holder(Pilot, Pair{day.At, known}); return m }
	number := g.Head()
	assert.Equal(t, MemberID("cea"), pilot(Latest))
	assert.Equal(t, MemberID(""), pilot(number-1))
	tell(t, g, said{"2024-01-10", &DecisionAnnulled{Court: "TA Strasbourg", Decision: number, Reason: "incompetence"}})
	assert.Equal(t, MemberID(""), pilot(Latest), "it never was")
	assert.Equal(t, MemberID("cea"), pilot(number), "and was known to be")
	d, ok := g.Decision(number, day)
	require.True(t, ok)
	assert.Equal(t, []any{AnnulledStart, number + 1}, []any{d.Legal, d.Annulment})
	tell(t, g, said{"2024-06-10", &AnnulmentLifted{Annulment: number + 1, How: OnAppeal, Reason: "the body was competent"}})
	assert.Equal(t, MemberID("cea"), pilot(Latest))
	d, _ = g.Decision(number, day)
	assert.Equal(t, Stands, d.Legal)
	tell(t, g, said{"2024-07-01", &EventCorrected{Kind: Substantive, Reason: "another", Target: number + 2}})
	assert.Equal(t, MemberID(""), pilot(Latest), "the appeal is void")
}
