package projections_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	. "registre/projections"
)

const (
	seated = 20
	points = 5
)

// thousandSittings is a group with so many sittings of 20 members that have voted, one by one, on five items each.
func thousandSittings(t require.TestingT, n int) *domain.Group {
	g := &domain.Group{}
	day, err := domain.NewDay(2024, 3, 20)
	require.NoError(t, err)
	tell := func(act domain.Act) {
		c := domain.Command{ID: uuid.New(), Group: "g", Effective: domain.OnDay(day), Actor: "secretariat", Act: act}
		_, err := domain.Enact(g, c)
		require.NoError(t, err)
	}
	half, err := domain.NewFraction(1, 2)
	require.NoError(t, err)
	voice, err := domain.NewWeight(3, 2)
	require.NoError(t, err)
	majority := []domain.Threshold{{Base: domain.Total, Of: domain.Weights, Share: half, Strict: true}}
	founded := &domain.GroupFounded{Name: "G", Title: "T", Changes: []domain.Change{&domain.BodyCreated{Body: "ag", Name: "AG"}}}
	var present []domain.MemberID
	table := &domain.WeightsSet{Body: "ag"}
	for i := range seated {
		m := domain.MemberID(fmt.Sprintf("m%02d", i))
		present = append(present, m)
		founded.Changes = append(founded.Changes, &domain.MemberJoined{Member: m, Name: string(m)})
		table.Weights = append(table.Weights, domain.MemberWeight{Member: m, Weight: voice})
	}
	founded.Changes = append(founded.Changes, table, &domain.VotingRuleSet{Body: "ag", Rule: domain.VotingRule{
		Ballot: domain.Changeable, Choice: domain.Plurality, Majority: majority, Tie: domain.Tie{Way: domain.TieRejected},
		Voices: domain.Undivided, Voters: domain.Voters{Who: domain.Weighted}, Quorum: domain.Quorum{Counts: domain.Present, Thresholds: majority},
	}})
	tell(founded)
	for k := range n {
		id := domain.SittingID(fmt.Sprintf("s%d", k))
		c := &domain.SittingConvened{Body: "ag", Day: day, Mode: domain.InPerson, Sitting: id}
		for i := range points {
			c.Agenda = append(c.Agenda, domain.AgendaItem{Item: domain.ItemID(fmt.Sprint(i + 1)), Title: fmt.Sprint("Point ", i+1)})
		}
		tell(c)
		tell(&domain.SittingOpened{Sitting: id, Present: present})
		for _, i := range c.Agenda {
			tell(&domain.ItemPutToVote{Item: i.Item, Sitting: id})
			for v, m := range present {
				sense := []string{domain.SenseFor, domain.SenseFor, domain.SenseAgainst}[(v+k)%3]
				tell(&domain.VotesCast{Item: i.Item, Sitting: id, Votes: []domain.CastVote{{Member: m, Sense: sense}}})
			}
			tell(&domain.VoteClosed{Item: i.Item, Sitting: id})
		}
		tell(&domain.SittingClosed{Sitting: id})
	}
	return g
}

// BenchmarkReading is what was decided in a thousand sittings, and how one member voted in them.
func BenchmarkReading(b *testing.B) {
	g := thousandSittings(b, 1000)
	q := Question{Group: "g", At: domain.LastDay, Known: g.Head()}
	for _, why := range []bool{false, true} {
		b.Run(fmt.Sprintf("decisions/why=%v", why), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a := Decisions(g, q, DecisionsAsked{}, why); len(a.Decisions) != 1000*points {
					b.Fatal(len(a.Decisions))
				}
			}
		})
		b.Run(fmt.Sprintf("voices/why=%v", why), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a, err := Voices(g, q, "m03", 0, why); err != nil || len(a.Decisions) != 1000*points {
					b.Fatal(err, len(a.Decisions))
				}
			}
		})
	}
}
