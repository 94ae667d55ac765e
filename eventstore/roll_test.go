package eventstore

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

// wide is the n-th of ids that are as long as an id can be.
func wide[S ~string](n int) S {
	s := fmt.Sprintf("%0*d", domain.MaxIDLength, n)
	return S(strings.Replace(s, "0", "m", 1))
}

// widest is the n-th of weights that are as long as a weight can be. Some hundreds of them still sum to one.
func widest(n int) domain.Weight { return must(domain.NewWeight(int64(2*n+1), 1<<62)) }

// widestRule is as long as a rule can be in which these vote.
func widestRule(voters []domain.MemberID) domain.VotingRule {
	var thresholds []domain.Threshold
	for n := range domain.MaxThresholds {
		t := threshold("weights total >=999999/1000000")
		t.Minimum = widest(n)
		thresholds = append(thresholds, t)
	}
	quorum := domain.Quorum{Counts: domain.Represented, Thresholds: thresholds}
	return domain.VotingRule{
		Ballot: domain.Changeable, Blocking: thresholds, Choice: domain.TwoRounds, Majority: thresholds, Notice: domain.Notice{Days: domain.MaxNoticeDays, SecondDays: domain.MaxNoticeDays},
		Proxies: domain.Proxies{PerHolder: domain.MaxItems, Until: domain.UntilSitting}, Quorum: quorum, SecondNotice: &quorum,
		Tie: domain.Tie{Member: voters[0], Way: domain.TieCasting}, Voices: domain.Undivided, Voters: domain.Voters{Members: voters, Who: domain.TheseVoters},
	}
}

// widestVote is the longest event that opens a vote among so many: one of them represents all the others, and no two have
// the same weight.
func widestVote(roll int) *domain.VoteOpened {
	var voters []domain.MemberID
	for n := range roll {
		voters = append(voters, wide[domain.MemberID](n))
	}
	a := &domain.VoteOpened{
		Casting: voters[0], Defined: maxInteger, Item: wide[domain.ItemID](0), Rule: widestRule(voters), RuleSet: maxInteger,
		SecondNotice: true, SecondRound: true, Sitting: wide[domain.SittingID](0),
	}
	for n := range domain.MaxOptions {
		a.Options = append(a.Options, wide[domain.OptionID](n))
	}
	for n, m := range voters {
		l := domain.RollLine{Members: []domain.MemberID{m}, Presence: domain.Present, Weight: widest(n)}
		if n > 0 {
			l.Presence, l.Holder = domain.Represented, voters[0]
		}
		a.Roll = append(a.Roll, l)
	}
	return a
}

// widestActs are the longest that there can be of those that name everybody on a roll, and follow by themselves.
func widestActs(roll int) map[string]domain.Act {
	vote := widestVote(roll)
	most := domain.Amount{Heads: domain.MaxItems, Weight: widest(0)}
	proclaimed := &domain.DecisionProclaimed{
		Abstain: most, Against: most, Body: wide[domain.BodyID](0), Defined: maxInteger, For: most, Item: vote.Item, NotVoted: most, Option: vote.Options[0],
		Outcome: domain.Elected, Present: most, Sitting: vote.Sitting, Tie: true, Total: most, Vote: maxInteger,
	}
	for range vote.Options {
		proclaimed.Options = append(proclaimed.Options, most)
	}
	return map[string]domain.Act{
		"vote-opened": vote, "decision-proclaimed": proclaimed,
		"voters-marked": &domain.VotersMarked{Item: vote.Item, Members: vote.Rule.Voters.Members, Sitting: vote.Sitting},
	}
}

// fits reports whether a body of so many voters, whose ids and weights are as long as can be, is let be.
func fits(voters int) bool {
	founded := &domain.GroupFounded{Name: "G", Title: "T", Changes: []domain.Change{&domain.BodyCreated{Body: "b", Name: "B"}}}
	vote, table := widestVote(voters), &domain.WeightsSet{Body: "b"}
	for n, m := range vote.Rule.Voters.Members {
		founded.Changes = append(founded.Changes, &domain.MemberJoined{Member: m, Name: "M"})
		table.Weights = append(table.Weights, domain.MemberWeight{Member: m, Weight: widest(n)})
	}
	founded.Changes = append(founded.Changes, table)
	g := new(domain.Group)
	for _, act := range []domain.Act{founded, &domain.VotingRuleSet{Basis: "law", Body: "b", Rule: vote.Rule}} {
		if _, err := domain.Enact(g, domain.Command{ID: exampleID, Group: "g", Effective: date("2022"), Actor: "a", Act: act}); err != nil {
			return !errors.Is(err, &domain.Refusal{Rule: domain.RollTooLong})
		}
	}
	return true
}

// TestARollFitsItsEvents: the longest roll that a body may have, and with two documents, however they are called.
func TestARollFitsItsEvents(t *testing.T) {
	longest := 1
	for fits(longest + 1) {
		longest++
	}
	t.Logf("%d voters at most, where everything is as long as can be", longest)
	require.GreaterOrEqual(t, longest, 100)
	for _, name := range slices.Sorted(maps.Keys(widestActs(1))) {
		n := lengthOf(t, name, longest)
		t.Logf("%s: %d bytes", name, n)
		require.LessOrEqual(t, n, MaxBody, name)
	}
	require.Greater(t, lengthOf(t, "vote-opened", longest+longest/2), MaxBody, "it could be larger")
}

// lengthOf is how long an event among so many is; more than MaxBody where it is none.
func lengthOf(t *testing.T, name string, roll int) int {
	c := domain.Command{
		ID: exampleID, Group: wide[domain.GroupID](0), Effective: date("2022-10-20"), Actor: wide[string](0), OnBehalfOf: wide[domain.MemberID](0),
		Illustrative: strings.Repeat("i", domain.MaxName), Act: widestActs(roll)[name],
	}
	for range 2 {
		c.Evidence = append(c.Evidence, domain.Evidence{Kind: strings.Repeat("k", domain.MaxName), Reference: strings.Repeat("r", domain.MaxName), SHA256: domain.Hash{1}})
	}
	require.NoError(t, c.Check(), name)
	e := NewEnvelope(&c, domain.Event{Effective: c.Effective, Act: c.Act}, maxInteger, exampleID, domain.Instant(1666260000123456))
	body, err := e.Append(nil)
	if problem := (*WireError)(nil); errors.As(err, &problem) && problem.Problem == TooLong {
		return MaxBody + 1
	}
	require.NoError(t, err, name)
	read, err := Decode(body)
	require.NoError(t, err, name)
	require.Equal(t, e, read, name)
	return len(body)
}
