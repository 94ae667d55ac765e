package eventstore_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// voting is a group of three with a sitting, whose only item is put to vote.
func voting(t *testing.T, l *eventstore.Ledger, ballot string) {
	one, half := must(domain.NewWeight(1, 1)), must(domain.NewFraction(1, 2))
	founded := &domain.GroupFounded{Name: "Essai", Title: "Convention", Changes: []domain.Change{&domain.BodyCreated{Body: "ag", Name: "AG"}}}
	table, opened := &domain.WeightsSet{Body: "ag"}, &domain.SittingOpened{Sitting: "s"}
	for _, m := range []domain.MemberID{"m0", "m1", "m2"} {
		founded.Changes = append(founded.Changes, &domain.MemberJoined{Member: m, Name: string(m)})
		table.Weights = append(table.Weights, domain.MemberWeight{Member: m, Weight: one})
		opened.Present = append(opened.Present, m)
	}
	founded.Changes = append(founded.Changes, table, &domain.VotingRuleSet{Body: "ag", Rule: domain.VotingRule{
		Ballot: ballot, Choice: domain.Plurality, Majority: []domain.Threshold{{Base: domain.Cast, Of: domain.Weights, Share: half, Strict: true}},
		Tie: domain.Tie{Way: domain.TieRejected}, Voices: domain.Undivided, Voters: domain.Voters{Who: domain.Weighted},
	}})
	do(t, l, command("a", founded), command("a", &domain.SittingConvened{
		Agenda: []domain.AgendaItem{{Item: "1", Title: "Budget"}}, Body: "ag", Day: today.First, Mode: domain.InPerson, Sitting: "s",
	}), command("a", opened), command("a", &domain.ItemPutToVote{Item: "1", Sitting: "s"}))
}

func ballot(m domain.MemberID, sense string) domain.Command {
	return command("a", &domain.VotesCast{Item: "1", Sitting: "s", Votes: []domain.CastVote{{Member: m, Sense: sense}}})
}

// testVote: of two officers who record the same vote at once, one does; the other is told that it is so already. Whoever records
// another vote for the same member is refused, where votes are final.
func testVote(t *testing.T, open func() eventstore.Store) {
	l := newLedger(t, open(), eventstore.LedgerOptions{})
	voting(t, l, domain.Final)
	for _, of := range []struct {
		member domain.MemberID
		senses [2]string
		loser  *domain.Rule
	}{
		{"m0", [2]string{domain.SenseFor, domain.SenseFor}, domain.NothingChanges},
		{"m1", [2]string{domain.SenseFor, domain.SenseAgainst}, domain.VoteFinal},
	} {
		var officers sync.WaitGroup
		var errs [2]error
		for i := range errs {
			officers.Go(func() { _, errs[i] = l.Do(t.Context(), ballot(of.member, of.senses[i])) })
		}
		officers.Wait()
		if errs[0] != nil {
			errs[0], errs[1] = errs[1], errs[0]
		}
		require.NoError(t, errs[0])
		require.ErrorIs(t, errs[1], &domain.Refusal{Rule: of.loser})
	}
	require.Len(t, events(t, l, "a"), 5+2)
}

// testLateVote: while the clock steps back, votes stand in the order in which they came, and none after the vote was closed.
func testLateVote(t *testing.T, open func() eventstore.Store) {
	var asked atomic.Int64
	begun := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	l := newLedger(t, open(), eventstore.LedgerOptions{Now: func() time.Time { return begun.Add(-time.Duration(asked.Add(1)) * time.Minute) }})
	voting(t, l, domain.Changeable)
	do(t, l, ballot("m0", domain.SenseFor), ballot("m0", domain.SenseAgainst), ballot("m1", domain.SenseAgainst))
	closed := do(t, l, command("a", &domain.VoteClosed{Item: "1", Sitting: "s"}))
	_, err := l.Do(t.Context(), ballot("m2", domain.SenseFor))
	require.ErrorIs(t, err, &domain.Refusal{Rule: domain.VoteNotOpen})
	all := events(t, l, "a")
	decision := all[closed.Last-1].Act.(*domain.DecisionProclaimed)
	require.Equal(t, []any{domain.Rejected, int64(0), int64(2), int64(1)}, []any{decision.Outcome, decision.For.Heads, decision.Against.Heads, decision.NotVoted.Heads})
	for i, e := range all[1:] {
		require.GreaterOrEqual(t, e.Recorded, all[i].Recorded)
	}
}
