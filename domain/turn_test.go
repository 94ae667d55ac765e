package domain_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	. "registre/domain"
	"registre/domain/domaintest"
)

// smallestTurn tries every way in which all could have voted instead: how many voted otherwise, and with which weight, in the
// smallest that turns the decision. 0 where none does.
func smallestTurn(p *Poll, votes []Vote) (members int, weight Weight) {
	outcome, option, _ := judged(p, votes)
	turned := func(now []Vote) bool {
		o, opt, _ := judged(p, now)
		if p.Options > 0 {
			return o == Elected && (outcome != Elected || opt != option)
		}
		return (o == Adopted) != (outcome == Adopted)
	}
	others := make([]Vote, len(votes))
	var try func(seat, changed int, w Weight)
	try = func(seat, changed int, w Weight) {
		if seat == len(votes) {
			if changed > 0 && (members == 0 || changed < members || changed == members && w.Cmp(weight) < 0) && turned(others) {
				members, weight = changed, w
			}
			return
		}
		others[seat] = votes[seat]
		try(seat+1, changed, w)
		if s := p.Roll[seat].Presence; s == Recused || s == Absent && !p.Written {
			return
		}
		more, _ := w.Add(p.Roll[seat].Weight)
		for o := NoVote; o <= Option(max(p.Options, 2)); o++ {
			if others[seat] = (Vote{Sense: o}); o != votes[seat].Sense || votes[seat].Parts != nil {
				try(seat+1, changed+1, more)
			}
		}
	}
	try(0, 0, Weight{})
	return members, weight
}

func turnsOf(t require.TestingT, p *Poll, votes []Vote) []Turn {
	now, err := Suppose(p, votes, &Supposition{})
	require.NoError(t, err, pollTold(p, votes))
	c, err := now.Count()
	require.NoError(t, err, pollTold(p, votes))
	return c.Turns()
}

// Whatever the rule, no change of votes is smaller than the one found, and it turns the decision.
func TestATurnIsTheSmallestThereIs(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(2500) {
		pick := domaintest.Seeded(seed)
		p := domaintest.Poll(pick, 5)
		votes := drawVotes(pick, p)
		members, weight := smallestTurn(p, votes)
		turns := turnsOf(t, p, votes)
		told := func() string { return pollTold(p, votes) + fmt.Sprintf("\n%+v", turns) }
		if members == 0 {
			require.Empty(t, turns, told())
			continue
		}
		if len(turns) == 0 || turns[0].Members != members || turns[0].Weight != weight {
			t.Fatalf("%d of weight %v turn it\n%s", members, weight, told())
		}
		for _, turn := range turns {
			require.True(t, turn.Exact && turn.Least && !turn.More, told())
			requireTurns(t, p, votes, &turn)
			seen[fmt.Sprintf("choice:%t written:%t %s", p.Options > 0, p.Written, turn.Outcome)]++
		}
	}
	for _, of := range []string{
		"choice:false written:false adopted", "choice:false written:false rejected", "choice:false written:true adopted",
		"choice:false written:true no-quorum", "choice:true written:false elected", "choice:true written:true elected",
	} {
		require.Greater(t, seen[of], 10, "%s: %v", of, seen)
	}
}

// requireTurns changes the votes as each way says, and judges them.
func requireTurns(t require.TestingT, p *Poll, votes []Vote, turn *Turn) {
	for _, way := range turn.Ways {
		now, n := append([]Vote(nil), votes...), 0
		var sum Weight
		for _, part := range way {
			for _, seat := range part.Seats[:part.Choose] {
				now[seat], n = Vote{Sense: turn.To}, n+1
				sum, _ = sum.Add(p.Roll[seat].Weight)
			}
		}
		outcome, option, tie := judged(p, now)
		if n != turn.Members || sum != turn.Weight {
			require.Fail(t, "another size", "%+v of %+v", way, *turn)
		}
		was, wasOption, _ := judged(p, votes)
		require.False(t, outcome == was && option == wasOption, "%s\n%+v\n%+v", pollTold(p, votes), *turn, way)
		if len(turn.Ways) == 1 {
			require.Equal(t, []any{outcome, option, tie}, []any{turn.Outcome, turn.Option, turn.Tie}, pollTold(p, votes))
		}
	}
}

// 400 members of 40 weights, in three senses, under two conditions: the fewest are exact.
func TestTheFewestOfManyAreExact(t *testing.T) {
	rule := moreThanHalf()
	two, err := ParseThreshold("heads total >1/2")
	require.NoError(t, err)
	rule.Majority = append(rule.Majority, two)
	p, votes := &Poll{Rule: rule}, []Vote(nil)
	for i := range 400 {
		w, _ := NewWeight(int64(i%40+1), 2)
		p.Roll = append(p.Roll, Seat{Member: MemberID(fmt.Sprintf("m%03d", i)), Presence: Present, Weight: w})
		votes = append(votes, Vote{Sense: []Sense{For, Against, Abstain, NoVote}[i/10%4]})
	}
	turns := turnsOf(t, p, votes)
	require.Len(t, turns, 1)
	// 100 of 400 are for: 101 more are asked for, and these are heavy enough.
	require.Equal(t, 101, turns[0].Members)
	require.True(t, turns[0].Exact)
	requireTurns(t, p, votes, &turns[0])
}
