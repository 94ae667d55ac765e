package domain_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "registre/domain"
	"registre/domain/domaintest"
)

// Supposing nothing changes nothing; other weights and another rule give what they would have given.
func TestSupposingIsVotingOtherwise(t *testing.T) {
	for seed := range uint64(3000) {
		pick := domaintest.Seeded(seed)
		p := domaintest.Poll(pick, 6)
		votes := drawVotes(pick, p)
		same, err := Suppose(p, votes, &Supposition{})
		require.NoError(t, err)
		tally, err := same.Tally()
		require.NoError(t, err)
		require.Equal(t, requireTally(t, p, votes), tally, pollTold(p, votes))
		require.Empty(t, slices.Concat(same.Fallen, same.Gone, same.New))

		other := domaintest.Poll(pick, 6)
		if p.Rule.Ballot == Secret || p.Rule.Voices == Divided {
			continue
		}
		s := &Supposition{Rule: other.Rule, Casting: p.Casting}
		want := *p
		rule := *other.Rule
		rule.Ballot, rule.Voices = p.Rule.Ballot, p.Rule.Voices
		want.Rule, want.Roll = &rule, slices.Clone(p.Roll)
		for i := range want.Roll {
			want.Roll[i].Weight = voices([]string{"1", "2", "1/3", "4.5"}[pick(4)])
			s.Voters = append(s.Voters, WeightRow{Member: p.Roll[i].Member, Weight: want.Roll[i].Weight})
		}
		now, err := Suppose(p, votes, s)
		require.NoError(t, err)
		tally, err = now.Tally()
		require.NoError(t, err)
		require.Equal(t, requireTally(t, &want, votes), tally, pollTold(&want, votes))
	}
}

// supposable is a vote of four: a for, b against by its proxy a, c against; d is recused.
func supposable() (*Poll, []Vote) {
	two, one := Weight{}, Weight{}
	two, _ = NewWeight(2, 1)
	one, _ = NewWeight(1, 1)
	return &Poll{Rule: moreThanHalf(), Roll: []Seat{
		{Member: "a", Presence: Present, Weight: two},
		{Member: "b", Presence: Represented, Holder: "a", Weight: one},
		{Member: "c", Presence: Present, Weight: one},
		{Member: "d", Presence: Recused, Weight: one},
	}}, []Vote{{Sense: For}, {Sense: For}, {Sense: Against}, {}}
}

func TestWhoLeavesTakesAlongWhomItRepresents(t *testing.T) {
	p, votes := supposable()
	now, err := Suppose(p, votes, &Supposition{Absent: []MemberID{"a"}, Present: []MemberID{"d"}, Votes: map[MemberID]Vote{"d": {Sense: For}}})
	require.NoError(t, err)
	assert.Equal(t, []MemberID{"b"}, now.Fallen)
	tally, err := now.Tally()
	require.NoError(t, err)
	assert.Equal(t, []any{Rejected, voices("1"), voices("1")}, []any{tally.Outcome, tally.Options[0].Weight, tally.Options[1].Weight})
	assert.Equal(t, Represented, p.Roll[1].Presence, "what was is not changed")
}

// Two vote as their successor did, which votes no more; whom it represents stays represented.
func TestPredecessorsVoteAsTheirSuccessorDid(t *testing.T) {
	p, votes := supposable()
	rows := []WeightRow{{Member: "a1", Weight: voices("2")}, {Member: "a2", Weight: voices("1")}, {Member: "b", Weight: voices("1")}, {Member: "c", Weight: voices("9")}}
	now, err := Suppose(p, votes, &Supposition{Voters: rows, Like: map[MemberID]MemberID{"a1": "a", "a2": "a"}})
	require.NoError(t, err)
	assert.Equal(t, [][]MemberID{nil, {"d"}, nil}, [][]MemberID{now.Fallen, now.Gone, now.New})
	tally, err := now.Tally()
	require.NoError(t, err)
	assert.Equal(t, []any{Rejected, voices("4"), voices("9")}, []any{tally.Outcome, tally.Options[0].Weight, tally.Options[1].Weight})
	now, err = Suppose(p, votes, &Supposition{Voters: rows})
	require.NoError(t, err)
	assert.Equal(t, [][]MemberID{{"b"}, {"a", "d"}, {"a1", "a2"}}, [][]MemberID{now.Fallen, now.Gone, now.New})
}

func TestWhatCannotBeSupposed(t *testing.T) {
	for _, c := range []struct {
		change func(*Poll, []Vote)
		s      Supposition
		member MemberID
		why    error
	}{
		{s: Supposition{Present: []MemberID{"x"}}, member: "x", why: ErrNotOnRoll},
		{s: Supposition{Votes: map[MemberID]Vote{"x": {Sense: For}}}, member: "x", why: ErrNotOnRoll},
		{s: Supposition{Votes: map[MemberID]Vote{"d": {Sense: For}}}, member: "d", why: ErrNoPart},
		{s: Supposition{Votes: map[MemberID]Vote{"a": {Sense: 9}}}, member: "a", why: ErrSense},
		{s: Supposition{Absent: []MemberID{"a"}}, change: secretly, member: "a", why: ErrUnknownVote},
		{s: Supposition{Votes: map[MemberID]Vote{"c": {Sense: For}}}, change: secretly, member: "c", why: ErrUnknownVote},
		{s: Supposition{Voters: []WeightRow{{Member: "a", Weight: voices("1")}}}, change: secretly, member: "b", why: ErrUnknownVote},
		{s: Supposition{Voters: rows("2", "1", "3", "1")}, change: secretly, member: "c", why: ErrUnknownVote},
		{s: Supposition{Voters: rows("1", "1", "1", "1")}, change: dividedly, member: "a", why: ErrParts},
	} {
		p, votes := supposable()
		if c.change != nil {
			c.change(p, votes)
		}
		now, err := Suppose(p, votes, &c.s)
		if err == nil {
			_, err = now.Tally()
		}
		var seat *SeatError
		require.ErrorAs(t, err, &seat)
		require.ErrorIs(t, err, c.why)
		require.Equal(t, c.member, seat.Member)
	}
	p, votes := supposable()
	secretly(p, votes)
	now, err := Suppose(p, votes, &Supposition{Voters: rows("5", "2", "2", "2")})
	require.NoError(t, err, "all with one weight have another")
	tally, err := now.Tally()
	require.NoError(t, err)
	require.Equal(t, voices("7"), tally.Options[0].Weight)
	p, votes = supposable()
	dividedly(p, votes)
	heads := *moreThanHalf()
	heads.Majority = []Threshold{{Base: Total, Of: Heads, Share: fraction("1/2")}}
	_, err = Suppose(p, votes, &Supposition{Rule: &heads})
	require.ErrorIs(t, err, ErrDividedHeads)
}

func rows(weights ...string) (rows []WeightRow) {
	for i, w := range weights {
		rows = append(rows, WeightRow{Member: MemberID(rune('a' + i)), Weight: voices(w)})
	}
	return rows
}

func secretly(p *Poll, _ []Vote) { p.Rule.Ballot = Secret }

func dividedly(p *Poll, votes []Vote) {
	p.Rule.Voices = Divided
	one, _ := NewWeight(1, 1)
	votes[0] = Vote{Parts: []Part{{Sense: For, Weight: one}, {Sense: Against, Weight: one}}}
}
