package domain_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "registre/domain"
	"registre/domain/domaintest"
)

// drawVotes makes votes of a poll, some of them not cast.
func drawVotes(pick domaintest.Pick, p *Poll) []Vote {
	votes := make([]Vote, len(p.Roll))
	for i := range votes {
		if v, ok := domaintest.Vote(pick, p, i); ok && pick(5) > 0 {
			votes[i] = v
		}
	}
	return votes
}

func pollTold(p *Poll, votes []Vote) string { return fmt.Sprintf("%+v\n%+v\n%+v", *p, *p.Rule, votes) }

func requireTally(t require.TestingT, p *Poll, votes []Vote) Tally {
	got, err := TallyOf(p, votes)
	outcome, option, tie := judged(p, votes)
	if err != nil || outcome != got.Outcome || option != got.Option || tie != got.Tie {
		require.NoError(t, err, pollTold(p, votes))
		require.Equal(t, []any{outcome, option, tie}, []any{got.Outcome, got.Option, got.Tie}, pollTold(p, votes))
	}
	return got
}

func TestTallyIsThatOfTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := domaintest.Rapid(t)
		p := domaintest.Poll(pick, 8)
		requireTally(t, p, drawVotes(pick, p))
	})
}

var polls = flag.Int("registre.polls", 20000, "how many polls the tally is compared with the oracle's on")

func TestTallyIsThatOfTheOracleFromSeeds(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(*polls) {
		pick := domaintest.Seeded(seed)
		p := domaintest.Poll(pick, 12)
		got := requireTally(t, p, drawVotes(pick, p))
		seen[fmt.Sprint(got.Outcome, " tie:", got.Tie)]++
	}
	for _, outcome := range []string{"adopted tie:false", "adopted tie:true", "rejected tie:false", "rejected tie:true", "unresolved tie:true", "no-quorum tie:false", "elected tie:false", "elected tie:true", "second-round tie:false"} {
		require.Greater(t, seen[outcome], 5, "%s of %v", outcome, seen)
	}
}

func FuzzTallyIsThatOfTheOracle(f *testing.F) {
	f.Add([]byte("a poll is made of these bytes, one choice a byte, and of zeros behind them"))
	f.Fuzz(func(t *testing.T, b []byte) {
		pick := domaintest.Bytes(b)
		p := domaintest.Poll(pick, 8)
		requireTally(t, p, drawVotes(pick, p))
	})
}

// Whatever can still happen is tried: a settled outcome is never contradicted, and one that is not settled can be.
func TestSettledIsWhatNoVoteCanTurn(t *testing.T) {
	seen := map[bool]int{}
	for seed := range uint64(3000) {
		pick := domaintest.Seeded(seed)
		p := domaintest.Poll(pick, 4)
		votes := drawVotes(pick, p)
		tally, err := TallyOf(p, votes)
		require.NoError(t, err)
		first, turned := fmt.Sprint(tally.Outcome, tally.Option), false
		everyEnd(p, votes, 0, func(votes []Vote) {
			outcome, option, _ := judged(p, votes)
			turned = turned || fmt.Sprint(outcome, option) != first
		})
		if turned == tally.Settled {
			t.Fatalf("settled: %t, yet turned: %t\n%s", tally.Settled, turned, pollTold(p, votes))
		}
		if !slices.ContainsFunc(votes, func(v Vote) bool { return v.Sense == NoVote && v.Parts == nil }) {
			continue
		}
		seen[tally.Settled]++
	}
	require.Greater(t, min(seen[true], seen[false]), 100, "%v", seen)
}

// everyEnd goes through all ways in which a poll can end from here on. Voices are not divided anew.
func everyEnd(p *Poll, votes []Vote, seat int, end func([]Vote)) {
	if seat == len(votes) {
		end(votes)
		return
	}
	was := votes[seat]
	voted := was.Sense != NoVote || was.Parts != nil
	everyEnd(p, votes, seat+1, end)
	open := p.Roll[seat].Presence == Present || p.Roll[seat].Presence == Represented || p.Written && p.Roll[seat].Presence == Absent
	if !open || voted && p.Rule.Ballot != Changeable {
		return
	}
	for o := Abstain; o <= Option(max(p.Options, 2)); o++ {
		votes[seat] = Vote{Sense: o}
		everyEnd(p, votes, seat+1, end)
	}
	votes[seat] = was
}

// rank orders the outcomes of a resolution.
var rank = map[string]int{NoQuorum: 0, Rejected: 1, Unresolved: 2, Adopted: 3}

// More for a text, or less against it, never harms it.
func TestAVoteForNeverTurnsWonIntoLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := domaintest.Rapid(t)
		p := domaintest.Poll(pick, 8)
		p.Options = 0
		p.Rule.Voices = Undivided
		votes := drawVotes(pick, p)
		before := requireTally(t, p, votes)
		for i := range votes {
			if _, takesPart := domaintest.Vote(domaintest.Seeded(0), p, i); !takesPart {
				continue
			}
			for _, better := range betterThan[votes[i].Sense] {
				was := votes[i]
				votes[i].Sense = better
				after := requireTally(t, p, votes)
				if rank[after.Outcome] < rank[before.Outcome] {
					t.Fatalf("%s becomes %s\n%s", before.Outcome, after.Outcome, pollTold(p, votes))
				}
				votes[i] = was
			}
		}
	})
}

var betterThan = map[Sense][]Sense{NoVote: {For}, Abstain: {For}, Against: {Abstain, For}}

// A common factor of all weights and minima changes nothing.
func TestScalingChangesNoOutcome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := domaintest.Rapid(t)
		p := domaintest.Poll(pick, 8)
		votes := drawVotes(pick, p)
		before := requireTally(t, p, votes)
		factors := []string{"2", "3", "1000000007", "0.5", "7/3"}
		if p.Rule.Voices == Divided {
			factors = factors[:3] // parts are whole numbers of the smallest unit of the roll
		}
		by := voices(rapid.SampledFrom(factors).Draw(t, "factor"))
		scaleRule(t, p.Rule, by)
		for i := range p.Roll {
			p.Roll[i].Weight = times(t, p.Roll[i].Weight, by)
		}
		for i := range votes {
			for j := range votes[i].Parts {
				votes[i].Parts[j].Weight = times(t, votes[i].Parts[j].Weight, by)
			}
		}
		after := requireTally(t, p, votes)
		require.Equal(t, []any{before.Outcome, before.Option, before.Tie, before.Settled}, []any{after.Outcome, after.Option, after.Tie, after.Settled})
	})
}

func scaleRule(t require.TestingT, r *VotingRule, by Weight) {
	lists := [][]Threshold{r.Majority, r.Blocking, r.Quorum.Thresholds}
	if r.SecondNotice != nil {
		lists = append(lists, r.SecondNotice.Thresholds)
	}
	for _, list := range lists {
		for i := range list {
			if list[i].Of == Weights {
				list[i].Minimum = times(t, list[i].Minimum, by)
			}
		}
	}
}

func times(t require.TestingT, a, b Weight) Weight {
	product, err := a.Mul(b)
	require.NoError(t, err)
	return product
}

// COGOUV of avenant n°1: exactly half of the fifteen voices is no majority.
func TestSevenAndAHalfAgainstSevenAndAHalf(t *testing.T) {
	p := &Poll{Rule: moreThanHalf()}
	votes := make([]Vote, 0, 10)
	for _, m := range []struct {
		weight string
		sense  Sense
	}{{"4.5", For}, {"2", For}, {"1", For}, {"1.5", Against}, {"1", Against}, {"1", Against}, {"1", Against}, {"1", Against}, {"1", Against}, {"1", Against}} {
		p.Roll = append(p.Roll, Seat{Member: MemberID(fmt.Sprint("m", len(votes))), Presence: Present, Weight: voices(m.weight)})
		votes = append(votes, Vote{Sense: m.sense})
	}
	tally := requireTally(t, p, votes)
	require.Equal(t, voices("7.5"), tally.Options[0].Weight)
	require.Equal(t, voices("7.5"), tally.Options[1].Weight)
	require.Equal(t, Rejected, tally.Outcome)
	require.True(t, tally.Tie)
	require.True(t, tally.Settled)
	ties := 0
	for coalition := range 1 << len(votes) {
		for i := range votes {
			votes[i].Sense = Against - Sense(coalition>>i&1)
		}
		if requireTally(t, p, votes).Tie {
			ties++
		}
	}
	require.Equal(t, 84, ties)
}

// Two thirds of nothing are nothing; yet where nothing is for it, no majority is reached.
func TestNothingForItIsNoMajority(t *testing.T) {
	p := &Poll{Rule: moreThanHalf(), Roll: []Seat{{Member: "a", Presence: Present, Weight: voices("1")}, {Member: "b", Presence: Present, Weight: voices("2")}}}
	p.Rule.Majority = []Threshold{{Base: Cast, Of: Weights, Share: fraction("2/3")}}
	tally := requireTally(t, p, []Vote{{Sense: Abstain}, {Sense: Abstain}})
	require.Equal(t, Rejected, tally.Outcome)
	require.False(t, tally.Majority[0].Reached)
	tally = requireTally(t, p, []Vote{{Sense: For}, {Sense: Abstain}})
	require.Equal(t, Adopted, tally.Outcome)
	require.True(t, tally.Majority[0].Reached)
}

func moreThanHalf() *VotingRule {
	return &VotingRule{
		Majority: []Threshold{{Base: Total, Of: Weights, Share: fraction("1/2"), Strict: true}},
		Ballot:   Final, Voices: Undivided, Choice: Plurality, Tie: Tie{Way: TieRejected}, Voters: Voters{Who: Weighted},
	}
}

// Votes that do not count change nothing, and say why.
func TestVotesThatDoNotCount(t *testing.T) {
	p := &Poll{Rule: moreThanHalf(), Roll: []Seat{
		{Member: "a", Presence: Present, Weight: voices("3")},
		{Member: "b", Presence: Absent, Weight: voices("1")},
		{Member: "c", Presence: Recused, Weight: voices("1")},
		{Member: "d", Presence: Represented, Holder: "a", Weight: voices("0.5")},
	}}
	c, err := NewCount(p)
	require.NoError(t, err)
	half := []Part{{Sense: For, Weight: voices("1.5")}, {Sense: Against, Weight: voices("1.5")}}
	before := c.Tally()
	for _, bad := range []struct {
		seat int
		vote Vote
		why  error
	}{
		{-1, Vote{Sense: For}, ErrNotOnRoll},
		{4, Vote{Sense: For}, ErrNotOnRoll},
		{1, Vote{Sense: For}, ErrNoPart},
		{2, Vote{Sense: For}, ErrNoPart},
		{0, Vote{}, ErrSense},
		{0, Vote{Sense: Option(3)}, ErrSense},
		{0, Vote{Parts: half}, ErrSplit},
	} {
		require.ErrorIs(t, c.Cast(bad.seat, bad.vote), bad.why)
		require.Equal(t, before, c.Tally())
	}
	require.NoError(t, c.Cast(0, Vote{Sense: For}))
	require.ErrorIs(t, c.Cast(0, Vote{Sense: Against}), ErrFinal)
	require.NoError(t, c.Cast(3, Vote{Sense: Against}))
	require.Equal(t, Adopted, c.Tally().Outcome)

	p.Rule.Voices = Divided
	c, err = NewCount(p)
	require.NoError(t, err)
	for _, bad := range [][]Part{half[:1], {half[0], half[0], half[0]}, {{Sense: For, Weight: voices("1/3")}, {Sense: Against, Weight: voices("8/3")}}, {{Sense: For}, {Sense: For, Weight: voices("3")}}} {
		require.ErrorIs(t, c.Cast(0, Vote{Parts: bad}), ErrParts)
	}
	require.ErrorIs(t, c.Cast(0, Vote{Parts: []Part{{Sense: NoVote, Weight: voices("3")}}}), ErrSense)
	require.NoError(t, c.Cast(0, Vote{Parts: half}))
	require.Equal(t, voices("1.5"), c.Tally().Options[0].Weight)
}

// Weights without a common unit are refused, not rounded.
func TestARollWithoutACommonUnit(t *testing.T) {
	for _, fine := range [][]string{{"1/9223372036854775783", "1/9223372036854775643"}, {"9223372036854775807", "1"}, {"9223372036854775807", "0.5"}} {
		p := &Poll{Rule: moreThanHalf()}
		for i, s := range fine {
			p.Roll = append(p.Roll, Seat{Member: MemberID(fmt.Sprint("m", i)), Presence: Present, Weight: voices(s)})
		}
		_, err := NewCount(p)
		require.ErrorIs(t, err, ErrOverflow, "%v", fine)
	}
}

func BenchmarkTally(b *testing.B) {
	for _, members := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprint(members, "-members"), func(b *testing.B) {
			p := &Poll{Rule: moreThanHalf()}
			votes := make([]Vote, members)
			for i := range members {
				p.Roll = append(p.Roll, Seat{Member: MemberID(fmt.Sprint("m", i)), Presence: Present, Weight: voices([]string{"1", "1.5", "4.5"}[i%3])})
				votes[i] = Vote{Sense: Abstain + Sense(i%3)}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := TallyOf(p, votes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func voices(s string) Weight {
	w, err := ParseWeight(s)
	if err != nil {
		panic(err)
	}
	return w
}

func fraction(s string) Fraction {
	f, err := ParseFraction(s)
	if err != nil {
		panic(err)
	}
	return f
}
