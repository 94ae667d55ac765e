package domain_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	. "registre/domain"
	"registre/domain/domaintest"
)

// A sitting that goes on is at hand as it stands now, and that is what all that was said of it comes to.
func TestASittingAtHandIsTheOneThatIsFolded(t *testing.T) {
	seen := 0
	for seed := range uint64(120) {
		pick := domaintest.Seeded(seed)
		g := &Group{}
		for _, e := range domaintest.Events(pick, 100) {
			g = Evolve(g, e)
			day := e.Effective.First
			for _, q := range []Pair{Now(LastDay), Now(day), {At: day, Known: g.Head()}, {At: day.AddDays(pick(40) - 20), Known: g.Head()}, {At: LastDay, Known: g.Head() - 1}} {
				for _, want := range g.Sittings(q) {
					got, ok := g.Sitting(want.Convened.Sitting, q)
					require.True(t, ok)
					require.Equal(t, want, got, "seed %d, event %d, %v", seed, g.Head(), q)
					seen++
				}
			}
		}
	}
	require.Greater(t, seen, 10_000)
}

// In the sittings for one member, its votes are those that it has in the whole ones, and nobody else's are counted.
func TestSittingsForAMemberHaveItsVotes(t *testing.T) {
	voted := 0
	for seed := range uint64(300) {
		pick := domaintest.Seeded(seed)
		g := folded(domaintest.Events(pick, 100))
		for range 3 {
			q := Pair{LastDay, uint64(pick(int(g.Head()) + 1))}
			whole := g.Sittings(q)
			for _, m := range append(g.EveryMember(), "") {
				short := g.SittingsFor(m, q)
				require.Len(t, short, len(whole))
				for i, s := range whole {
					require.Len(t, short[i].Agenda, len(s.Agenda))
					for j, item := range s.Agenda {
						require.Len(t, short[i].Agenda[j].Ballots, len(item.Ballots))
						for k, b := range item.Ballots {
							voted += sameBallot(t, b, short[i].Agenda[j].Ballots[k], m)
						}
					}
				}
			}
		}
	}
	require.Greater(t, voted, 500)
}

// sameBallot holds a ballot in short to the whole one, and counts m where it has voted.
func sameBallot(t *testing.T, whole, short *Ballot, m MemberID) (voted int) {
	end := func(b *Ballot) uint64 {
		if b.IsOpen() {
			return 0
		}
		return max(b.Closed, b.Last)
	}
	require.Equal(t, []any{whole.Opened, whole.Event, whole.Put, whole.Closed, whole.Decision, whole.Outcome, end(whole)},
		[]any{short.Opened, short.Event, short.Put, short.Closed, short.Decision, short.Outcome, end(short)})
	of := func(b *Ballot) int {
		if b.Poll() == nil {
			return -1
		}
		return slices.IndexFunc(b.Poll().Roll, func(s Seat) bool { return s.Member == m })
	}
	w, s := of(whole), of(short)
	require.Equal(t, w >= 0, s >= 0)
	if w < 0 {
		return 0
	}
	require.Equal(t, whole.Poll().Roll[w], short.Poll().Roll[s])
	require.Equal(t, []any{whole.HasVoted(w), whole.TakesPart(w)}, []any{short.HasVoted(s), short.TakesPart(s)})
	if !whole.Secret() {
		require.Equal(t, whole.Vote(w).Sense, short.Vote(s).Sense)
	}
	if _, told := short.Tally(); len(short.Poll().Roll) < len(whole.Poll().Roll) {
		require.False(t, told, "a tally of one")
	}
	if whole.HasVoted(w) {
		voted = 1
	}
	return voted
}
