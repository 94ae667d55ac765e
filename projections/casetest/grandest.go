package casetest

import (
	"testing"

	"registre/domain"
)

// Members of the case. Each department of 08, 10, 51, 52, 54, 55 and 88 has one voice.
const (
	Region   domain.MemberID = "region-grand-est"
	BasRhin  domain.MemberID = "bas-rhin"
	HautRhin domain.MemberID = "haut-rhin"
	CeA      domain.MemberID = "cea"
	Moselle  domain.MemberID = "moselle"
)

// Bodies and texts of the case.
const (
	AG      domain.BodyID = "ag"
	COPIL   domain.BodyID = "copil"
	CST     domain.BodyID = "cst"
	COSTRAT domain.BodyID = "costrat"
	COGOUV  domain.BodyID = "cogouv"
	RL      domain.BodyID = "rl"

	Avenant1 domain.TextID = "avenant-1"
)

// Others are the departments with one voice.
var Others = []domain.Named{
	{Member: "ardennes", Name: "Ardennes"},
	{Member: "aube", Name: "Aube"},
	{Member: "marne", Name: "Marne"},
	{Member: "haute-marne", Name: "Haute-Marne"},
	{Member: "meurthe-et-moselle", Name: "Meurthe-et-Moselle"},
	{Member: "meuse", Name: "Meuse"},
	{Member: "vosges", Name: "Vosges"},
}

func voices(large ...domain.MemberWeight) []domain.MemberWeight {
	for _, o := range Others {
		large = append(large, domain.MemberWeight{Member: o.Member, Weight: W("1")})
	}
	return large
}

// Convention2017 is the founding of the group: 15 voices, of which it states 16.
func Convention2017() *domain.GroupFounded {
	members := append([]domain.Named{
		{Member: Region, Name: "Région Grand Est"},
		{Member: BasRhin, Name: "Bas-Rhin"},
		{Member: HautRhin, Name: "Haut-Rhin"},
		{Member: Moselle, Name: "Moselle"},
	}, Others...)
	var changes []domain.Change
	for _, m := range members {
		changes = append(changes, &domain.MemberJoined{Member: m.Member, Name: m.Name})
	}
	stated := W("16")
	changes = append(changes,
		&domain.BodyCreated{Body: AG, Name: "Assemblée générale"},
		&domain.BodyCreated{Body: COPIL, Name: "Comité de pilotage"},
		&domain.BodyCreated{Body: CST, Name: "Comité de suivi technique"},
		&domain.WeightsSet{Body: AG, StatedTotal: &stated, Weights: voices(
			domain.MemberWeight{Member: Region, Weight: W("3")}, domain.MemberWeight{Member: BasRhin, Weight: W("2")},
			domain.MemberWeight{Member: HautRhin, Weight: W("1")}, domain.MemberWeight{Member: Moselle, Weight: W("2")})},
		&domain.RoleGiven{Member: Region, Role: domain.Coordinator})
	return &domain.GroupFounded{Name: "ENT Grand Est", Title: "Convention constitutive", Changes: changes}
}

// Merger2021 is the succession of 2021-01-01.
func Merger2021() *domain.MembersSucceeded {
	return &domain.MembersSucceeded{
		Basis: "loi 2019-816", Predecessors: []domain.MemberID{BasRhin, HautRhin},
		Successors: []domain.Named{{Member: CeA, Name: "Collectivité européenne d'Alsace"}},
		Policies:   []domain.Policy{{Body: AG, Way: domain.Sum}},
	}
}

// Draft2022 is avenant n°1, which states 2023-01-01.
func Draft2022() *domain.AvenantDrafted {
	return &domain.AvenantDrafted{
		Avenant: Avenant1, Title: "Avenant n°1", Articles: []string{"2", "6", "7.1", "8"}, SHA256: HashOf("avenant n°1"),
		StatedDay: Day("2023-01-01"),
		Changes: []domain.Change{
			&domain.BodyReplaced{Body: COPIL, By: COSTRAT, Name: "Comité stratégique"},
			&domain.BodyCreated{Body: COGOUV, Name: "Comité de gouvernance"},
			&domain.BodyCreated{Body: RL, Name: "Réunions de lancement"},
			&domain.WeightsSet{Body: COGOUV, Weights: voices(
				domain.MemberWeight{Member: Region, Weight: W("4.5")}, domain.MemberWeight{Member: CeA, Weight: W("2")},
				domain.MemberWeight{Member: Moselle, Weight: W("1.5")})},
			&domain.RoleGiven{Member: Region, Role: domain.Pilot},
			&domain.ObligationSet{Article: "8", Text: "Suivre et évaluer les usages dans ses établissements."},
		},
	}
}

// Ten are the members since 2021, by their ids.
var Ten = []domain.MemberID{
	"ardennes", "aube", CeA, "haute-marne", "marne", "meurthe-et-moselle", "meuse", Moselle, Region, "vosges",
}

// GrandEst tells the reference case: 4 events up to the merger, then the draft (5), the deliberations (6 to 15), the
// signatures (16 to 25) and the avenant's entry into force (26).
func GrandEst(tb testing.TB) *Teller {
	tb.Helper()
	t := New(tb, "ent-grand-est")
	t.Tell("2017", Convention2017(), Reference("report", "CP-2022-9-5-1"), RecordedOn("2017-12-01"))
	t.Tell("2017-10-06", &domain.MemberDeliberated{Member: HautRhin, Text: domain.Convention}, Reference("report", "CP-2022-9-5-1"), RecordedOn("2017-12-01"))
	t.Tell("2017-11-06", &domain.MemberDeliberated{Member: BasRhin, Text: domain.Convention}, Reference("report", "CP-2022-9-5-1"), RecordedOn("2017-12-01"))
	t.Tell("2021-01-01", Merger2021(), Reference("law", "2019-816"))
	t.Tell("2022-06-21", Draft2022(), Document("avenant", "avenant n°1"), Invented("the text and its day"))
	for _, m := range Ten {
		t.Tell("2022-10-20", &domain.MemberDeliberated{Member: m, Text: Avenant1, SHA256: HashOf("avenant n°1"), Reference: "CP-2022-9-5-1"},
			Document("deliberation", "CP-2022-9-5-1"), Invented("the day"))
	}
	for _, m := range Ten {
		t.Tell("2022-12-15", &domain.MemberSigned{Member: m, Text: Avenant1}, Document("signature", "avenant n°1"), Invented("the day"))
	}
	return t
}
