package projections_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections"
	"registre/projections/casetest"
)

// assembly is the reference case with a sitting of COGOUV that decides twice, and loses one decision to a court.
func assembly(t *testing.T) (*casetest.Teller, []uint64) {
	c := casetest.GrandEst(t)
	threshold := func(s string) domain.Threshold {
		v, err := domain.ParseThreshold(s)
		require.NoError(t, err)
		return v
	}
	c.Tell("2023-01-02", &domain.VotingRuleSet{Basis: "convention", Body: casetest.COGOUV, Rule: domain.VotingRule{
		Ballot: domain.Final, Choice: domain.TwoRounds, Voices: domain.Undivided, Tie: domain.Tie{Way: domain.TieRejected}, Voters: domain.Voters{Who: domain.Weighted},
		Majority: []domain.Threshold{threshold("weights total >1/2")}, Quorum: domain.Quorum{Counts: domain.Represented, Thresholds: []domain.Threshold{threshold("weights total >1/2")}},
		Proxies: domain.Proxies{PerHolder: 1, Until: domain.UntilItem}, Notice: domain.Notice{Days: 5},
	}})
	c.Tell("2023-03-01", &domain.SittingConvened{
		Body: casetest.COGOUV, Day: casetest.Day("2023-03-20"), Mode: domain.Remote, Sitting: "s", Observers: []domain.Named{{Member: "academie", Name: "Académie"}},
		Agenda: []domain.AgendaItem{{Item: "1", Title: "Budget"}, {Item: "2", Title: "Lieu", Options: []domain.AgendaOption{{Option: "metz", Title: "Metz"}, {Option: "nancy", Title: "Nancy"}}}},
	})
	c.Tell("2023-03-01", &domain.NoticeSent{Sent: domain.EndOfDay(casetest.Day("2023-03-01")), Sitting: "s"})
	c.Tell("2023-03-02", &domain.NoticeAnswered{Answer: domain.Excused, Member: "aube", Sitting: "s"})
	c.Tell("2023-03-20", &domain.SittingOpened{Present: []domain.MemberID{casetest.Region, casetest.CeA, casetest.Moselle, "meuse"}, Sitting: "s"})
	c.Tell("2023-03-20", &domain.ProxyGiven{Grantor: "vosges", Holder: "meuse", Sitting: "s"})
	var decided []uint64
	for _, v := range [][2]string{{"1", domain.SenseFor}, {"2", "metz"}} {
		item, sense := domain.ItemID(v[0]), v[1]
		c.Tell("2023-03-20", &domain.ItemPutToVote{Item: item, Sitting: "s"})
		c.Tell("2023-03-20", &domain.VotesCast{Item: item, Sitting: "s", Votes: []domain.CastVote{{Member: casetest.Region, Sense: sense}, {Member: casetest.CeA, Sense: sense}, {Member: casetest.Moselle, Sense: sense}, {Member: "meuse", Sense: sense}, {Member: "vosges", Sense: domain.SenseAbstain}}})
		decided = append(decided, c.Tell("2023-03-20", &domain.VoteClosed{Item: item, Sitting: "s"})+1)
	}
	c.Tell("2023-03-20", &domain.SittingClosed{Sitting: "s"})
	c.Tell("2022-06", &domain.DecisionAsserted{Body: casetest.AG, Outcome: domain.Adopted, Title: "Gouvernance simplifiée"})
	return c, decided
}

// TestMinutesAndDeliberationsAreStable: what is recorded later changes no byte of what was known before, and every answer has its
// one form.
func TestMinutesAndDeliberationsAreStable(t *testing.T) {
	c, decided := assembly(t)
	recorded := func(n uint64) domain.Instant { return c.Envelopes[n-1].Recorded }
	known, q := c.Group.Head(), func(known uint64) projections.Question { return question("2024-06-01", known) }
	ask := func(known uint64) (answers []string) {
		for _, a := range []any{projections.MinutesOf(c.Group, q(known), "s", recorded), projections.Deliberations(c.Group, q(known)), projections.MinutesOf(c.Group, q(known), "no-such", recorded)} {
			b, err := projections.Encode(a)
			require.NoError(t, err)
			requireCanonical(t, b)
			answers = append(answers, string(b))
		}
		return answers
	}
	before := ask(known)
	requireGolden(t, "minutes-2023", projections.MinutesOf(c.Group, q(known), "s", recorded))
	requireGolden(t, "deliberations-2023", projections.Deliberations(c.Group, q(known)))
	require.Contains(t, before[0], `"outcome":"elected"`)
	require.NotContains(t, before[2], "minutes")
	c.Tell("2023-04-01", &domain.DecisionReceived{Decision: decided[0]})
	c.Tell("2023-04-02", &domain.DecisionPublished{Decision: decided[0]})
	c.Tell("2024-01-10", &domain.DecisionAnnulled{Court: "TA", Decision: decided[0], Reason: "x", From: casetest.Day("2024-02-01")})
	c.Tell("2024-01-11", &domain.MinutesApproved{Sitting: "s"})
	c.Tell("2024-01-12", &domain.MembersSucceeded{Basis: "loi", Predecessors: []domain.MemberID{"meuse"}, Successors: []domain.Named{{Member: "north", Name: "North"}}, Policies: []domain.Policy{
		{Body: casetest.AG, Way: domain.Sum}, {Body: casetest.COGOUV, Way: domain.Sum}, {Body: casetest.CST, Way: domain.Sum},
	}})
	after := ask(domain.Latest)
	require.Equal(t, before, ask(known))
	require.Contains(t, after[0], `"state":"annulled-from"`)
	require.Contains(t, after[1], `"state":"annulled-from"`)
	require.Contains(t, after[0], `"approved":{`)
}

// TestMinutesTellNamesOfLater: a correction can say that the group was founded after the sitting was held. Its minutes tell members and the
// body by their names all the same.
func TestMinutesTellNamesOfLater(t *testing.T) {
	c, _ := assembly(t)
	recorded := func(n uint64) domain.Instant { return c.Envelopes[n-1].Recorded }
	named := func() (*projections.Minutes, map[domain.MemberID]string) {
		m := projections.MinutesOf(c.Group, question("2024-06-01", c.Group.Head()), "s", recorded).Minutes
		require.NotNil(t, m)
		names := map[domain.MemberID]string{}
		for _, n := range m.Names {
			names[n.Member] = n.Name
		}
		return m, names
	}
	_, before := named()
	require.Equal(t, "Région Grand Est", before[casetest.Region])
	said, _ := c.Group.Said(1, c.Group.Head())
	c.Tell("2024-01-01", &domain.EventCorrected{Kind: domain.Clerical, Reason: "x", Replacement: &domain.Event{Act: said.Act, Effective: domain.OnDay(casetest.Day("2023-06-01"))}, Target: 1})
	m, after := named()
	require.Equal(t, "Région Grand Est", after[casetest.Region])
	require.Equal(t, "Académie", after["academie"])
	require.NotContains(t, []string{"", string(casetest.COGOUV)}, m.BodyName)
	for id, name := range after {
		require.Equal(t, before[id], name)
	}
}
