package casetest

import (
	"registre/domain"
)

// Sittings of the case, as Sat tells them. All of it is invented.
const (
	March domain.SittingID = "cogouv-2023-03-20" // closed: a tie, a choice, a secret ballot
	May   domain.SittingID = "cogouv-2023-05-10" // adjourned for want of a quorum
	June  domain.SittingID = "cogouv-2023-06-01" // open, on second notice after May
)

// RuleOfCOGOUV is more than half of all voices, with a quorum of the same, present or represented, and 10 clear days of notice.
func RuleOfCOGOUV() domain.VotingRule {
	half, err := domain.NewFraction(1, 2)
	if err != nil {
		panic(err)
	}
	most := []domain.Threshold{{Base: domain.Total, Of: domain.Weights, Share: half, Strict: true}}
	return domain.VotingRule{
		Ballot: domain.Changeable, Choice: domain.TwoRounds, Voices: domain.Undivided, Tie: domain.Tie{Way: domain.TieRejected},
		Voters: domain.Voters{Who: domain.Weighted}, Majority: most, Quorum: domain.Quorum{Counts: domain.Represented, Thresholds: most},
		SecondNotice: &domain.Quorum{}, Proxies: domain.Proxies{PerHolder: 1, Until: domain.UntilItem}, Notice: domain.Notice{Days: 10, SecondDays: 5},
	}
}

// Votes makes the votes of some members in one sense.
func Votes(sense string, members ...domain.MemberID) (votes []domain.CastVote) {
	for _, m := range members {
		votes = append(votes, domain.CastVote{Member: m, Sense: sense})
	}
	return votes
}

// Vote puts an item to vote, takes the votes and closes it. It gives the number of the decision.
func (t *Teller) Vote(day string, sitting domain.SittingID, item domain.ItemID, votes ...[]domain.CastVote) uint64 {
	t.TB.Helper()
	t.Tell(day, &domain.ItemPutToVote{Item: item, Sitting: sitting})
	for _, v := range votes {
		t.Tell(day, &domain.VotesCast{Item: item, Sitting: sitting, Votes: v})
	}
	return t.Tell(day, &domain.VoteClosed{Item: item, Sitting: sitting}) + 1
}

// Sat tells, after GrandEst, the sittings of 2023.
func (t *Teller) Sat() *Teller {
	t.TB.Helper()
	doc := Document("minutes", "PV")
	secret := RuleOfCOGOUV()
	secret.Ballot = domain.Secret
	secret.Majority = []domain.Threshold{{Base: domain.Cast, Of: domain.Heads, Share: secret.Majority[0].Share, Strict: true}}
	secret.Quorum = domain.Quorum{}
	t.Tell("2023-01-02", &domain.VotingRuleSet{Basis: "test", Body: COGOUV, Rule: RuleOfCOGOUV()}, doc)
	t.Tell("2023-01-02", &domain.VotingRuleSet{Basis: "test", Body: COGOUV, Kind: "person", Rule: secret}, doc)
	t.Tell("2022-06-21", &domain.DecisionAsserted{Body: AG, Outcome: domain.Adopted, Title: "Gouvernance simplifiée", Sitting: "AG du 21 juin 2022"}, doc)
	t.march(doc)
	t.Tell("2023-04-25", &domain.SittingConvened{Body: COGOUV, Day: Day("2023-05-10"), Mode: domain.Remote, Sitting: May, Agenda: []domain.AgendaItem{{Item: "1", Title: "Éthique"}}}, doc)
	t.Tell("2023-05-10", &domain.SittingOpened{Sitting: May, Present: []domain.MemberID{CeA, "aube"}})
	t.Tell("2023-05-10", &domain.SittingAdjourned{Sitting: May, Why: domain.ForNoQuorum, Reason: "3 voix sur 15"})
	t.Tell("2023-05-20", &domain.SittingConvened{
		Body: COGOUV, Day: Day("2023-06-01"), Hour: "14:30", Mode: domain.InPerson, Place: "Metz", Sitting: June, SecondOf: May,
		Agenda: []domain.AgendaItem{{Item: "1", Title: "Éthique"}},
	}, doc)
	t.Tell("2023-05-20", &domain.NoticeSent{Sitting: June, Sent: evening(Day("2023-05-20"))})
	t.Tell("2023-05-21", &domain.ProxyGiven{Grantor: "vosges", Holder: Moselle, Sitting: June})
	t.Tell("2023-06-01", &domain.SittingOpened{Sitting: June, Present: []domain.MemberID{CeA, Moselle}})
	t.Tell("2023-06-01", &domain.ItemPutToVote{Item: "1", Sitting: June})
	t.Tell("2023-06-01", &domain.VotesCast{Item: "1", Sitting: June, Votes: Votes(domain.SenseFor, CeA, "vosges")})
	return t
}

func (t *Teller) march(doc Option) {
	t.TB.Helper()
	t.Tell("2023-03-01", &domain.SittingConvened{
		Body: COGOUV, Day: Day("2023-03-20"), Hour: "14:00", Mode: domain.InPerson, Place: "Metz", Sitting: March,
		Observers: []domain.Named{{Member: "aa-nancy-metz", Name: "Académie de Nancy-Metz"}},
		Agenda: []domain.AgendaItem{
			{Item: "1", Title: "Budget 2024"},
			{Item: "2", Title: "Désignation du pilote", Changes: []domain.Change{&domain.RoleGiven{Member: CeA, Role: domain.Pilot}}},
			{Item: "3", Title: "Logo", Options: []domain.AgendaOption{{Option: "blue", Title: "Bleu"}, {Option: "red", Title: "Rouge"}}},
			{Item: "4", Kind: "person", Title: "Secrétaire"},
			{Item: "5", Title: "Divers"},
		},
	}, doc, Invented("the sitting"))
	t.Tell("2023-03-01", &domain.NoticeSent{Sitting: March, Sent: evening(Day("2023-03-01"))})
	t.Tell("2023-03-02", &domain.NoticeAnswered{Answer: domain.WillBeRepresented, Member: "aube", Sitting: March})
	t.Tell("2023-03-10", &domain.ProxyGiven{Grantor: "aube", Holder: "marne", Sitting: March})
	t.Tell("2023-03-10", &domain.ProxyGiven{Grantor: "vosges", Holder: CeA, Sitting: March})
	small := []domain.MemberID{"ardennes", "haute-marne", "marne", "meurthe-et-moselle", "meuse"}
	t.Tell("2023-03-20", &domain.SittingOpened{Sitting: March, Present: append([]domain.MemberID{Region, CeA, Moselle, "aa-nancy-metz"}, small...)})
	t.Vote("2023-03-20", March, "1", Votes(domain.SenseFor, Region, CeA, "vosges"), Votes(domain.SenseAgainst, append(small, Moselle, "aube")...))
	t.Tell("2023-03-20", &domain.AttendeesArrived{Attendees: []domain.MemberID{"vosges"}, Sitting: March})
	t.Tell("2023-03-20", &domain.MemberRecused{Item: "2", Member: CeA, Sitting: March})
	second := t.Vote("2023-03-20", March, "2", Votes(domain.SenseFor, Region, Moselle, "vosges", "meuse"), Votes(domain.SenseAbstain, "aube"))
	t.Vote("2023-03-20", March, "3", Votes("blue", Region, CeA, "meuse", "marne"), Votes("red", "ardennes"))
	t.Tell("2023-03-20", &domain.AttendeesLeft{Attendees: []domain.MemberID{Region, CeA, Moselle}, Sitting: March})
	t.Tell("2023-03-20", &domain.ItemPutToVote{Item: "4", Sitting: March})
	t.Tell("2023-03-20", &domain.VotersMarked{Item: "4", Members: append(small, "vosges"), Sitting: March})
	t.Tell("2023-03-20", &domain.VoteClosed{Item: "4", Sitting: March, Counts: []domain.SecretCount{{Sense: domain.SenseFor, Votes: 4, Weight: W("0")}, {Sense: domain.SenseAgainst, Votes: 2, Weight: W("0")}}})
	t.Tell("2023-03-20", &domain.ItemPostponed{Item: "5", Reason: "l'heure", Sitting: March})
	t.Tell("2023-03-20", &domain.SittingClosed{Sitting: March})
	t.Tell("2023-03-24", &domain.DecisionPublished{Decision: second})
	t.Tell("2023-03-27", &domain.DecisionReceived{Decision: second}, doc)
	t.Tell("2023-04-10", &domain.MinutesApproved{SHA256: HashOf("PV"), Sitting: March}, doc)
	t.Tell("2024-01-10", &domain.DecisionAnnulled{Court: "TA Strasbourg", Decision: second, From: Day("2024-02-01"), Reason: "incompétence"}, doc)
}
