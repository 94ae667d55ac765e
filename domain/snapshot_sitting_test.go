package domain_test

import . "registre/domain"

// sittings is a group that has heard of all that is recorded of sittings, votes and decisions, field by field.
func sittings() *Group {
	founded := &GroupFounded{Name: "G", Title: "T", Changes: []Change{
		&MemberJoined{Member: "a", Name: "A"}, &MemberJoined{Member: "b", Name: "B"}, &BodyCreated{Body: "ag", Name: "AG"},
		&WeightsSet{Body: "ag", Weights: []MemberWeight{{"a", voices("1.5")}, {"b", voices("1")}}},
	}}
	rule := *moreThanHalf()
	events := []Event{{OnDay(1), founded}, {OnDay(1), &VotingRuleSet{Basis: "law", Body: "ag", Rule: rule}}}
	for _, a := range append(aSitting(), aVote(rule)...) {
		events = append(events, Event{OnDay(2), a})
	}
	return folded(events)
}

func aSitting() []Act {
	pilot := AgendaItem{Changes: []Change{&RoleGiven{Member: "a", Role: Pilot}}, Item: "pilot", Kind: "roles", SHA256: Hash{1}, Title: "P"}
	place := AgendaItem{Item: "place", Options: []AgendaOption{{"metz", "Metz"}, {"nancy", "Nancy"}}, Title: "Where"}
	return []Act{
		&SittingConvened{
			Agenda: []AgendaItem{pilot, place}, Body: "ag", Day: 3, Deadline: 4, Hour: "14:30", Mode: InPerson,
			Observers: []Named{{"c", "C"}}, Place: "Metz", SecondOf: "ag-0", Sitting: "ag-1",
		},
		&NoticeSent{Members: []MemberID{"a"}, Sent: 5, Sitting: "ag-1"},
		&NoticeReceived{Members: []MemberID{"a"}, Received: 6, Sitting: "ag-1"},
		&NoticeAnswered{Answer: Excused, Member: "b", Sitting: "ag-1"},
		&SittingOpened{Present: []MemberID{"a", "c"}, Sitting: "ag-1"},
		&AttendeesArrived{Attendees: []MemberID{"b"}, Sitting: "ag-1"},
		&AttendeesLeft{Attendees: []MemberID{"b"}, Sitting: "ag-1"},
		&DelegateReplaced{Member: "a", Sitting: "ag-1"},
		&ProxyGiven{Grantor: "b", Holder: "a", Items: []ItemID{"place"}, Sitting: "ag-1"},
		&ProxyRevoked{Grantor: "b", Sitting: "ag-1"},
		&MemberRecused{Item: "pilot", Member: "a", Sitting: "ag-1"},
		&SittingSuspended{Sitting: "ag-1"},
		&SittingResumed{Sitting: "ag-1"},
		&ItemAdded{AgendaItem: AgendaItem{Item: "more", Title: "M"}, Sitting: "ag-1"},
		&ItemAmended{AgendaItem: AgendaItem{Item: "more", Title: "N"}, Sitting: "ag-1"},
		&ItemDivided{Item: "more", Parts: []AgendaItem{{Item: "one", Title: "1"}, {Item: "two", Title: "2"}}, Sitting: "ag-1"},
		&ItemWithdrawn{Item: "one", Reason: "r", Sitting: "ag-1"},
		&ItemPostponed{Item: "two", Reason: "r", Sitting: "ag-1", To: "ag-2"},
		&SittingAdjourned{Reason: "r", Sitting: "ag-1", Why: ForOther},
		&SittingClosed{Sitting: "ag-1"},
		&SittingCancelled{Reason: "r", Sitting: "ag-2"},
		&MinutesApproved{SHA256: Hash{2}, Sitting: "ag-1"},
	}
}

func aVote(rule VotingRule) []Act {
	some := Amount{Heads: 1, Weight: voices("1.5")}
	asserted := voices("2")
	return []Act{
		&ItemPutToVote{Item: "place", Sitting: "ag-1"},
		&VoteOpened{
			Casting: "a", Defined: 3, Item: "place", Options: []OptionID{"metz", "nancy"}, Roll: []RollLine{
				{Members: []MemberID{"a"}, Presence: Present, Weight: voices("1.5")}, {Holder: "a", Members: []MemberID{"b"}, Presence: Represented, Weight: voices("1")},
			},
			Rule: rule, RuleSet: 2, SecondNotice: true, SecondRound: true, Sitting: "ag-1", Written: true,
		},
		&VotesCast{Item: "place", Sitting: "ag-1", Votes: []CastVote{{Member: "a", Sense: "metz"}, {Member: "b", Parts: []CastPart{{"metz", voices("0.5")}, {"nancy", voices("0.5")}}}}},
		&VotersMarked{Item: "place", Members: []MemberID{"a"}, Sitting: "ag-1"},
		&VoteCancelled{Item: "place", Reason: "r", Sitting: "ag-1"},
		&VoteClosed{Counts: []SecretCount{{Sense: "metz", Votes: 1, Weight: voices("1.5")}}, Item: "place", Sitting: "ag-1"},
		&DecisionProclaimed{
			Abstain: some, Against: some, Body: "ag", Defined: 3, For: some, Item: "place", NotVoted: some, Option: "metz", Options: []Amount{some, {}},
			Outcome: Elected, Present: some, Sitting: "ag-1", Tie: true, Total: some, Vote: 26,
		},
		&DecisionAsserted{Abstain: &asserted, Against: &asserted, Body: "ag", For: &asserted, Outcome: Adopted, SHA256: Hash{3}, Sitting: "AG", Title: "T"},
		&DecisionPublished{Decision: 31},
		&DecisionReceived{Decision: 31},
		&DecisionAnnulled{Condition: "c", Court: "C", Decision: 31, From: 7, Reason: "r"},
		&AnnulmentLifted{Annulment: 35, How: OnAppeal, Reason: "r"},
	}
}
