package main

import (
	"time"

	"registre/domain"
)

const inventedVoices = "inventé : ni cette annexe, ni cette méprise n'ont existé"

// voicesAfter is the number of the last event of the story before the voices.
const voicesAfter = 1097

// voices is the end of the story: a table of voices is recorded that no text gives, a vote is held on it, and the table is
// then taken out again. The CeA has the three voices of the general assembly in it, where the avenant gives it two: with
// them the decision is adopted by 8.5 voices of 16, without them the voices would be equal, 7.5 of 15.
func voices() []toldCommand {
	s := &sittingStory{at: time.Date(2025, 1, 6, 8, 0, 0, 0, time.UTC), name: "voices", n: voicesAfter}
	wrong := s.sayOn(on(2025, 1, 6), inventedVoices, &domain.WeightsSet{
		Basis: "annexe au règlement intérieur (fictif)", Body: "cogouv", Weights: threeForTheCeA(),
	})
	s.convene("cogouv-2025", "cogouv", on(2025, 1, 28), "", entry("1", "Ouverture de l'ENT aux centres de formation d'apprentis"))
	s.at = time.Date(2025, 1, 28, 12, 55, 0, 0, time.UTC)
	voters := withOthers(region, cea, moselle)
	s.open(voters...)
	s.vote("1", voters, map[string][]domain.MemberID{
		domain.SenseAgainst: {moselle, "ardennes", "haute-marne", "marne", "meurthe-et-moselle", "meuse", "vosges"},
	})
	s.close()
	s.at = time.Date(2025, 2, 3, 8, 0, 0, 0, time.UTC)
	s.sayOn(on(2025, 2, 3), inventedVoices, &domain.EventCorrected{
		Kind: domain.Substantive, Target: wrong,
		Reason: "cette annexe n'a jamais été adoptée, et seul un avenant change les voix : la CeA garde les 2 voix de l'article 7.1",
	})
	return s.all
}

func threeForTheCeA() (table []domain.MemberWeight) {
	of := func(m domain.MemberID, voices string) {
		table = append(table, domain.MemberWeight{Member: m, Weight: must(domain.ParseWeight(voices))})
	}
	of(region, "4.5")
	of(cea, "3")
	of(moselle, "1.5")
	for _, m := range others {
		of(m, "1")
	}
	return table
}
