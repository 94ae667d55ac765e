package eventstore

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

func counts(heads int64, w string) domain.Amount {
	return domain.Amount{Heads: heads, Weight: weight(w)}
}

func plainRule() domain.VotingRule {
	return domain.VotingRule{
		Ballot: domain.Final, Choice: domain.Plurality, Majority: []domain.Threshold{threshold("weights cast >1/2")},
		Tie: domain.Tie{Way: domain.TieRejected}, Voices: domain.Undivided, Voters: domain.Voters{Who: domain.Weighted},
	}
}

// decisionExamples has each type that is about a vote or a decision once, and more under names that say what is special.
func decisionExamples() map[string]domain.Act {
	pair := func(s string) *domain.Weight { w := weight(s); return &w }
	return map[string]domain.Act{
		"item-put-to-vote": &domain.ItemPutToVote{Item: "budget-2023", Sitting: "cogouv-2022-12"},
		"vote-opened": &domain.VoteOpened{
			Casting: "region", Defined: 31, Item: "lieu", Options: []domain.OptionID{"metz", "nancy"}, Roll: []domain.RollLine{
				{Members: []domain.MemberID{"nord", "region"}, Presence: domain.Present, Weight: weight("4.5")},
				{Holder: "region", Members: []domain.MemberID{"est"}, Presence: domain.Represented, Weight: weight("1/3")},
				{Members: []domain.MemberID{"ouest"}, Presence: domain.Absent},
				{Members: []domain.MemberID{"sud"}, Presence: domain.Recused, Weight: weight("1")},
			},
			Rule: plainRule(), RuleSet: 14, SecondNotice: true, SecondRound: true, Sitting: "cogouv-2022-12", Written: true,
		},
		"vote-opened.minimal": &domain.VoteOpened{
			Defined: 31, Item: "budget-2023", Roll: []domain.RollLine{{Members: []domain.MemberID{"region"}, Presence: domain.Present, Weight: weight("1")}},
			Rule: plainRule(), RuleSet: 14, Sitting: "cogouv-2022-12",
		},
		"votes-cast": &domain.VotesCast{Item: "budget-2023", Sitting: "cogouv-2022-12", Votes: []domain.CastVote{
			{Member: "region", Sense: domain.SenseFor},
			{Member: "est", Sense: domain.SenseAbstain},
			{Member: "nord", Parts: []domain.CastPart{{Sense: domain.SenseFor, Weight: weight("4")}, {Sense: domain.SenseAgainst, Weight: weight("0.5")}}},
		}},
		"votes-cast.minimal": &domain.VotesCast{Item: "lieu", Sitting: "cogouv-2022-12", Votes: []domain.CastVote{{Member: "region", Sense: "metz"}}},
		"voters-marked":      &domain.VotersMarked{Item: "pilote", Members: []domain.MemberID{"nord", "region"}, Sitting: "cogouv-2022-12"},
		"vote-cancelled":     &domain.VoteCancelled{Item: "pilote", Reason: "urne renversée", Sitting: "cogouv-2022-12"},
		"vote-closed": &domain.VoteClosed{
			Counts: []domain.SecretCount{{Sense: domain.SenseFor, Votes: 2, Weight: weight("1")}, {Sense: domain.SenseAgainst, Votes: 1, Weight: weight("4.5")}},
			Item:   "pilote", Sitting: "cogouv-2022-12",
		},
		"vote-closed.minimal": &domain.VoteClosed{Item: "budget-2023", Sitting: "cogouv-2022-12"},
		"decision-proclaimed": &domain.DecisionProclaimed{
			Abstain: counts(1, "0.5"), Against: counts(3, "7.5"), Body: "cogouv", Defined: 31, For: counts(4, "7.5"), Item: "budget-2023", NotVoted: counts(0, "0"),
			Outcome: domain.Rejected, Present: counts(8, "15.5"), Sitting: "cogouv-2022-12", Tie: true, Total: counts(9, "16"), Vote: 40,
		},
		"decision-proclaimed.choice": &domain.DecisionProclaimed{
			Abstain: counts(1, "1/3"), Body: "cogouv", Defined: 32, Item: "lieu", NotVoted: counts(1, "1/3"), Option: "metz", Options: []domain.Amount{counts(2, "5"), counts(0, "0")},
			Outcome: domain.Elected, Present: counts(4, "17/3"), Sitting: "cogouv-2022-12", Total: counts(4, "17/3"), Vote: 45,
		},
		"decision-asserted": &domain.DecisionAsserted{
			Abstain: pair("0"), Against: pair("1.5"), Body: "ag", For: pair("13.5"), Outcome: domain.Adopted, SHA256: domain.Hash{7}, Sitting: "AG du 21 juin 2022", Title: "Gouvernance",
		},
		"decision-asserted.minimal": &domain.DecisionAsserted{Body: "ag", Outcome: domain.Rejected, Title: "Gouvernance"},
		"decision-published":        &domain.DecisionPublished{Decision: 41},
		"decision-received":         &domain.DecisionReceived{Decision: 41},
		"decision-annulled": &domain.DecisionAnnulled{
			Condition: "une nouvelle délibération est prise avant le 2024-03-01", Court: "Tribunal administratif", Decision: 41, From: day("2024-01-01"), Reason: "incompétence",
		},
		"decision-annulled.minimal": &domain.DecisionAnnulled{Court: "Tribunal administratif", Decision: 41, Reason: "incompétence"},
		"annulment-lifted":          &domain.AnnulmentLifted{Annulment: 50, How: domain.OnAppeal, Reason: "arrêt"},
	}
}

// TestAFlagIsTrueOrLeftOut: there is one way to say that something is not so.
func TestAFlagIsTrueOrLeftOut(t *testing.T) {
	e := example("decision-proclaimed", decisionExamples()["decision-proclaimed"])
	body := string(must(e.Append(nil)))
	require.Contains(t, body, `,"tie":true,`)
	for is, problem := range map[string]string{"false": EmptyField, "1": WrongKind, `"true"`: WrongKind, "null": WrongKind, "": WrongKind, "tru": WrongKind} {
		_, err := Decode([]byte(strings.Replace(body, `"tie":true`, `"tie":`+is, 1)))
		requireWireError(t, err, problem, "data.tie")
	}
	_, err := Decode([]byte(strings.Replace(body, `"tie":true`, `"tie":trues`, 1)))
	require.Error(t, err)
	read, err := Decode([]byte(strings.Replace(body, `"tie":true,`, "", 1)))
	require.NoError(t, err)
	require.False(t, read.Act.(*domain.DecisionProclaimed).Tie)
}

// TestNobodyIsCountedToo: an amount says 0, and nothing below.
func TestNobodyIsCountedToo(t *testing.T) {
	e := example("decision-proclaimed", decisionExamples()["decision-proclaimed"])
	body := string(must(e.Append(nil)))
	none := `"not_voted":{"heads":0,"weight":"0"}`
	require.Contains(t, body, none)
	for _, c := range []struct{ is, problem, path string }{
		{`{"heads":-1,"weight":"0"}`, WrongKind, "data.not_voted.heads"},
		{`{"heads":9007199254740992,"weight":"0"}`, BadNumber, "data.not_voted.heads"},
		{`{"heads":"0","weight":"0"}`, WrongKind, "data.not_voted.heads"},
		{`{"weight":"0"}`, MissingField, "data.not_voted.heads"},
		{`{"heads":0}`, MissingField, "data.not_voted.weight"},
		{`{"heads":0,"weight":"0.0"}`, BadValue, "data.not_voted.weight"},
	} {
		_, err := Decode([]byte(strings.Replace(body, none, `"not_voted":`+c.is, 1)))
		requireWireError(t, err, c.problem, c.path)
	}
	_, err := Decode([]byte(strings.Replace(body, none, `"not_voted":{"heads":00,"weight":"0"}`, 1)))
	require.ErrorIs(t, err, ErrNotCanonical)
	below := *decisionExamples()["decision-proclaimed"].(*domain.DecisionProclaimed)
	below.NotVoted.Heads = -1
	e.Act = &below
	_, err = e.Append(nil)
	requireWireError(t, err, BadNumber, "data.not_voted.heads")
}

// BenchmarkDecodeVotes tells what the votes of one member cost when they are read back, and those of many.
func BenchmarkDecodeVotes(b *testing.B) {
	for _, n := range []int{1, 100} {
		cast := &domain.VotesCast{Item: "budget-2023", Sitting: "cogouv-2022-12"}
		for i := range n {
			cast.Votes = append(cast.Votes, domain.CastVote{Member: domain.MemberID("member-" + strconv.Itoa(i)), Sense: domain.SenseFor})
		}
		e := example("votes-cast.minimal", cast)
		body := must(e.Append(nil))
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
