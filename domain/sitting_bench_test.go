package domain

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// fullHouse is a sitting of so many members that are all there, with so many items, of which the first is being voted on, under a rule
// by which votes may change.
func fullHouse(t require.TestingT, members, items int) *Group {
	g := &Group{}
	f := founding(&BodyCreated{Body: "ag", Name: "AG"})
	for _, m := range seatIDs(members) {
		f.Changes = append(f.Changes, &MemberJoined{Member: m, Name: "M"})
	}
	weights := &WeightsSet{Body: "ag"}
	for i, m := range seatIDs(members) {
		weights.Weights = append(weights.Weights, MemberWeight{m, w([]string{"1", "1.5", "4.5"}[i%3])})
	}
	f.Changes = append(f.Changes, weights, &VotingRuleSet{Body: "ag", Rule: ruleOf(func(r *VotingRule) { r.Ballot, r.Proxies = Changeable, Proxies{} })})
	c := convened("s", dayNumber(2023, 3, 20))
	for i := range items {
		c.Agenda = append(c.Agenda, AgendaItem{Item: ItemID(fmt.Sprint(i)), Title: "T"})
	}
	tell(t, g, said{"2023-01-01", f}, said{"2023-03-01", c}, said{day20, &SittingOpened{Sitting: "s", Present: seatIDs(members)}})
	tell(t, g, said{day20, &ItemPutToVote{Item: "0", Sitting: "s"}})
	return g
}

func seatIDs(n int) (all []MemberID) {
	for i := range n {
		all = append(all, MemberID(fmt.Sprintf("m-%d", i)))
	}
	return all
}

func oneVote(item ItemID, i, members int, sense string) Command {
	return anyCommand(panicking{}, day20, casts("s", item, CastVote{Member: MemberID(fmt.Sprintf("m-%d", i%members)), Sense: sense}))
}

// BenchmarkVote is one vote decided, and the group evolved by it, in a sitting of 400 members after so many votes.
func BenchmarkVote(b *testing.B) {
	for _, earlier := range []int{0, 10_000} {
		b.Run(fmt.Sprint(earlier), func(b *testing.B) {
			g := fullHouse(b, 400, 30)
			vote := func(i int) {
				if _, err := Enact(g, oneVote("0", i, 400, []string{SenseFor, SenseAgainst, SenseAbstain}[i/400%3])); err != nil {
					b.Fatal(err)
				}
			}
			for i := range earlier {
				vote(i)
			}
			b.ReportAllocs()
			i := earlier
			for b.Loop() {
				vote(i)
				i++
			}
		})
	}
}

// longSitting is one of 40 members that have voted one by one on all of 30 items, and the number of the decision on the 15th.
func longSitting(t require.TestingT) (g *Group, middle uint64) {
	g = fullHouse(t, 40, 30)
	for i := range 30 {
		item := ItemID(fmt.Sprint(i))
		if i > 0 {
			tell(t, g, said{day20, &ItemPutToVote{Item: item, Sitting: "s"}})
		}
		for m := range 40 {
			_, err := Enact(g, oneVote(item, m, 40, SenseFor))
			require.NoError(t, err)
		}
		tell(t, g, said{day20, &VoteClosed{Item: item, Sitting: "s"}})
		if i == 14 {
			middle = g.Head()
		}
	}
	return g, middle
}

// BenchmarkRecount is one past decision of 40 members recounted, in the middle of a sitting of 30.
func BenchmarkRecount(b *testing.B) {
	g, n := longSitting(b)
	b.ReportAllocs()
	for b.Loop() {
		if t, ok := g.Recount(n, Latest); !ok || t.Outcome != Adopted {
			b.Fatal(t.Outcome)
		}
	}
}

// BenchmarkSitting is that whole sitting.
func BenchmarkSitting(b *testing.B) {
	g, _ := longSitting(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := g.Sitting("s", Now(LastDay)); !ok {
			b.Fatal()
		}
	}
}

// thousandSittings is a group with so many sittings of 20 members that have voted on five items each.
func thousandSittings(t require.TestingT, n int) *Group {
	g := fullHouse(t, 20, 1)
	for k := range n {
		id := SittingID(fmt.Sprintf("s-%d", k))
		c := convened(id, dayNumber(2023, 3, 20), "1", "2", "3", "4", "5")
		tell(t, g, said{day20, c}, said{day20, &SittingOpened{Sitting: id, Present: seatIDs(20)}})
		for _, i := range c.Agenda {
			tell(t, g, said{day20, &ItemPutToVote{Item: i.Item, Sitting: id}})
			for m := range 20 {
				tell(t, g, said{day20, casts(id, i.Item, CastVote{Member: MemberID(fmt.Sprintf("m-%d", m)), Sense: SenseFor})})
			}
			tell(t, g, said{day20, &VoteClosed{Item: i.Item, Sitting: id}})
		}
		tell(t, g, said{day20, &SittingClosed{id}})
	}
	return g
}

// BenchmarkThousandSittings is all of them, with their votes and without.
func BenchmarkThousandSittings(b *testing.B) {
	g := thousandSittings(b, 1_000)
	for name, all := range map[string]func(Pair) []*Sitting{"whole": g.Sittings, "in short": g.SittingsInShort} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := len(all(Now(LastDay))); n != 1_001 {
					b.Fatal(n)
				}
			}
		})
	}
}

// TestSittingsInShort have all but the votes, as the whole ones have it.
func TestSittingsInShort(t *testing.T) {
	g := thousandSittings(t, 2)
	tell(t, g, said{day20, convened("u", dayNumber(2023, 3, 20), "1")}, said{day20, &SittingCancelled{Reason: "r", Sitting: "u"}})
	whole, short := g.Sittings(Now(LastDay)), g.SittingsInShort(Now(LastDay))
	require.Len(t, short, 4)
	ballots := 0
	for i, s := range whole {
		require.Equal(t, []any{s.Convened, s.Status, s.Event, s.Opened, s.Ended, s.There}, []any{short[i].Convened, short[i].Status, short[i].Event, short[i].Opened, short[i].Ended, short[i].There})
		require.Len(t, short[i].Agenda, len(s.Agenda))
		for j, item := range s.Agenda {
			other := short[i].Agenda[j]
			require.Equal(t, []any{item.Status, item.AgendaItem, len(item.Ballots)}, []any{other.Status, other.AgendaItem, len(other.Ballots)})
			for k, b := range item.Ballots {
				is := other.Ballots[k]
				require.Equal(t, []any{b.Put, b.Event, b.Closed, b.Decision, b.Outcome, b.Opened}, []any{is.Put, is.Event, is.Closed, is.Decision, is.Outcome, is.Opened})
				ballots++
			}
		}
	}
	require.Equal(t, 11, ballots)
}

// TestAVoteRecordedAfterItsBallotWasClosed is told in short as in whole: a correction has dated it to the day before.
func TestAVoteRecordedAfterItsBallotWasClosed(t *testing.T) {
	const day21 = "2023-03-21"
	g := fullHouse(t, 3, 1)
	tell(t, g, said{day21, &VoteCancelled{Item: "0", Reason: "r", Sitting: "s"}}, said{day21, &ItemPutToVote{Item: "0", Sitting: "s"}})
	vote := casts("s", "0", CastVote{Member: "m-0", Sense: SenseFor})
	tell(t, g, said{day21, vote})
	n := g.Head()
	tell(t, g, said{day21, &EventCorrected{Kind: Clerical, Reason: "r", Replacement: &Event{Effective: OnDay(dayNumber(2023, 3, 20)), Act: vote}, Target: n}})
	for _, all := range [][]*Sitting{g.Sittings(Now(LastDay)), g.SittingsInShort(Now(LastDay)), g.SittingsFor("m-1", Now(LastDay))} {
		b := all[0].Agenda[0].Ballots[0]
		require.Equal(t, n, b.Last)
		require.Less(t, b.Closed, n)
		require.Equal(t, 1, b.Voted(), "it is the vote of a ballot that is folded whole")
	}
}

// TestASittingIsAtHandAsItStoodLately holds a sitting, as known at each event, to what all that was said until then comes to.
func TestASittingIsAtHandAsItStoodLately(t *testing.T) {
	g := fullHouse(t, 5, 2)
	senses := []string{SenseFor, SenseAgainst, SenseAbstain}
	for i := range 2 * pastEvery {
		_, err := Enact(g, oneVote("0", i, 5, senses[i/5%3]))
		require.NoError(t, err)
	}
	tell(t, g, said{day20, &VoteClosed{Item: "0", Sitting: "s"}}, said{day20, &AttendeesLeft{Attendees: []MemberID{"m-0"}, Sitting: "s"}}, said{day20, &ItemPutToVote{Item: "1", Sitting: "s"}})
	for i := range 2 * pastEvery {
		_, err := Enact(g, oneVote("1", 1+i%4, 5, senses[i/4%3]))
		require.NoError(t, err)
	}
	s := g.sittings.find("s")
	require.Greater(t, len(s.pasts), 3)
	near := 0
	for known := uint64(1); known <= g.Head(); known++ {
		q := Pair{LastDay, known}
		want, is := s.fold(q.At, q.Known)
		got, ok := g.Sitting("s", q)
		require.Equal(t, is, ok)
		require.Equal(t, want, got, "as known at %d", known)
		if s.atHand(q) != nil {
			near++
		}
	}
	require.Greater(t, near, 3*pastEvery)
	tell(t, g, said{day20, &EventCorrected{Kind: Clerical, Reason: "r", Target: g.Head()}})
	require.Empty(t, s.pasts, "a correction changes what was said before")
}
