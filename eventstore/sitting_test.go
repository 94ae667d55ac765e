package eventstore

import "registre/domain"

func instant(s string) domain.Instant { return must(domain.ParseRFC3339(s)) }

// sittingExamples has each type that is about a sitting once, and more under names that say what is special.
func sittingExamples() map[string]domain.Act {
	budget := domain.AgendaItem{Item: "budget-2023", Kind: "budget", SHA256: domain.Hash{5}, Title: "Budget 2023"}
	pilot := domain.AgendaItem{Changes: []domain.Change{&domain.RoleGiven{Member: "est", Role: domain.Pilot}}, Item: "pilote", Title: "Le pilote"}
	place := domain.AgendaItem{Item: "lieu", Options: []domain.AgendaOption{{Option: "metz", Title: "À Metz"}, {Option: "nancy", Title: "À Nancy"}}, Title: "Prochaine séance"}
	return map[string]domain.Act{
		"sitting-convened": &domain.SittingConvened{
			Agenda: []domain.AgendaItem{budget, pilot, place}, Body: "cogouv", Day: day("2022-12-05"), Hour: "14:30", Mode: domain.InPerson,
			Observers: []domain.Named{{Member: "academie", Name: "Académie"}}, Place: "Maison de la Région", SecondOf: "cogouv-2022-11", Sitting: "cogouv-2022-12",
		},
		"sitting-convened.minimal": &domain.SittingConvened{Body: "cogouv", Day: day("2022-12-05"), Mode: domain.Remote, Sitting: "cogouv-2022-12"},
		"sitting-convened.written": &domain.SittingConvened{
			Agenda: []domain.AgendaItem{place}, Body: "ag", Day: day("2022-12-05"), Deadline: day("2022-12-16"), Mode: domain.Written, Sitting: "ag-2022-12",
		},
		"notice-sent":               &domain.NoticeSent{Members: []domain.MemberID{"est", "region"}, Sent: instant("2022-11-25T09:30:00.000000Z"), Sitting: "cogouv-2022-12"},
		"notice-sent.minimal":       &domain.NoticeSent{Sent: instant("2022-11-25T09:30:00.000000Z"), Sitting: "cogouv-2022-12"},
		"notice-received":           &domain.NoticeReceived{Members: []domain.MemberID{"est"}, Received: instant("2022-11-25T10:12:03.000000Z"), Sitting: "cogouv-2022-12"},
		"notice-answered":           &domain.NoticeAnswered{Answer: domain.WillBeRepresented, Member: "est", Sitting: "cogouv-2022-12"},
		"sitting-opened":            &domain.SittingOpened{Present: []domain.MemberID{"academie", "region"}, Sitting: "cogouv-2022-12"},
		"sitting-opened.minimal":    &domain.SittingOpened{Sitting: "cogouv-2022-12"},
		"attendees-arrived":         &domain.AttendeesArrived{Attendees: []domain.MemberID{"est", "ouest"}, Sitting: "cogouv-2022-12"},
		"attendees-left":            &domain.AttendeesLeft{Attendees: []domain.MemberID{"academie"}, Sitting: "cogouv-2022-12"},
		"delegate-replaced":         &domain.DelegateReplaced{Member: "region", Sitting: "cogouv-2022-12"},
		"proxy-given":               &domain.ProxyGiven{Grantor: "est", Holder: "region", Items: []domain.ItemID{"budget-2023", "lieu"}, Sitting: "cogouv-2022-12"},
		"proxy-given.minimal":       &domain.ProxyGiven{Grantor: "est", Holder: "region", Sitting: "cogouv-2022-12"},
		"proxy-revoked":             &domain.ProxyRevoked{Grantor: "est", Sitting: "cogouv-2022-12"},
		"member-recused":            &domain.MemberRecused{Item: "pilote", Member: "est", Sitting: "cogouv-2022-12"},
		"sitting-suspended":         &domain.SittingSuspended{Sitting: "cogouv-2022-12"},
		"sitting-resumed":           &domain.SittingResumed{Sitting: "cogouv-2022-12"},
		"sitting-adjourned":         &domain.SittingAdjourned{Reason: "3 voix présentes sur 8", Sitting: "cogouv-2022-11", Why: domain.ForNoQuorum},
		"sitting-adjourned.minimal": &domain.SittingAdjourned{Sitting: "cogouv-2022-11", Why: domain.ForOther},
		"sitting-closed":            &domain.SittingClosed{Sitting: "cogouv-2022-12"},
		"sitting-cancelled":         &domain.SittingCancelled{Reason: "neige", Sitting: "cogouv-2022-12"},
		"item-added":                &domain.ItemAdded{AgendaItem: pilot, Sitting: "cogouv-2022-12"},
		"item-added.minimal":        &domain.ItemAdded{AgendaItem: domain.AgendaItem{Item: "divers", Title: "Divers"}, Sitting: "cogouv-2022-12"},
		"item-amended":              &domain.ItemAmended{AgendaItem: budget, Sitting: "cogouv-2022-12"},
		"item-amended.choice":       &domain.ItemAmended{AgendaItem: place, Sitting: "cogouv-2022-12"},
		"item-withdrawn":            &domain.ItemWithdrawn{Item: "divers", Reason: "sans objet", Sitting: "cogouv-2022-12"},
		"item-postponed":            &domain.ItemPostponed{Item: "lieu", Reason: "faute de temps", Sitting: "cogouv-2022-12", To: "cogouv-2023-02"},
		"item-postponed.minimal":    &domain.ItemPostponed{Item: "lieu", Reason: "faute de temps", Sitting: "cogouv-2022-12"},
		"item-divided": &domain.ItemDivided{
			Item: "budget-2023", Sitting: "cogouv-2022-12",
			Parts: []domain.AgendaItem{{Item: "recettes", Kind: "budget", Title: "Recettes"}, {Item: "depenses", Kind: "budget", Title: "Dépenses"}},
		},
		"minutes-approved":         &domain.MinutesApproved{SHA256: domain.Hash{6}, Sitting: "cogouv-2022-12"},
		"minutes-approved.minimal": &domain.MinutesApproved{Sitting: "cogouv-2022-12"},
	}
}
