package eventstore

import "registre/domain"

func paperExamples() map[string]domain.Act {
	return map[string]domain.Act{
		"finding-answered":         &domain.FindingAnswered{Events: []uint64{1, 12}, Finding: "F0101", Subject: "ag", Text: "Le rapport compte un siège de trop.\nVoir la convention."},
		"finding-answered.minimal": &domain.FindingAnswered{Events: []uint64{7}, Finding: "F0303", Text: "t"},
		"document-added": &domain.DocumentAdded{
			From: day("2022-09-01"), Kind: domain.AwardPaper, MediaType: "application/pdf", Reference: "Rapport d’analyse", SHA256: domain.Hash{0xab, 31: 0xcd}, Size: 48213,
		},
		"document-added.minimal":  &domain.DocumentAdded{Kind: "deliberation", MediaType: "text/plain", SHA256: domain.Hash{1}},
		"document-kept":           &domain.DocumentKept{From: day("2022-09-01"), SHA256: domain.Hash{0xab, 31: 0xcd}},
		"document-erased":         &domain.DocumentErased{Order: "CADA 2031-114", Reason: "données personnelles", SHA256: domain.Hash{0xab, 31: 0xcd}},
		"document-erased.minimal": &domain.DocumentErased{Reason: "délai passé", SHA256: domain.Hash{1}},
	}
}
