package domain

// The faults of an order form, as the rules of the domain tell them one after the other; each begins with what it needs, and ends
// with what the register says.
var faultStories = []story{
	// "Framework agreement: contractor, validity, ceiling per renewal period (compulsory since 2022), who may order."
	{"an agreement of 2022 says its ceiling", after(alsace), launches("2022-01-01", Ceiling{}), "ceiling-missing", nil},
	{"one of the day before need not", after(alsace), launches("2021-12-31", Ceiling{}), "AgreementLaunched 2021-12-31", nil},
	{"before it is valid nothing is ordered under it", after(alsace), orders("2017-12-31", "O-1", "moselle", "2018-01-01", "2018-09-01", one), "agreement-not-valid", nil},
	{"nor when it has ended", after(alsace, said{"2020-01-01", &AgreementEnded{Agreement: "ent", Reason: "r"}}), orders("2020-06-01", "O-1", "moselle", "2020-09-01", "2021-09-01", one), "agreement-not-valid", nil},
	{"nor for a day beyond it", after(alsace), orders("2021-09-01", "O-1", "moselle", "2021-09-01", "2022-01-02", one), "period-outside", nil},
	{"nor by a member that is not listed", after(founded2017("a", "b"), ent("a"), opens("2018-01-01", one)), orders("2020-06-01", "O-1", "b", "2020-09-01", "2021-09-01", one), "may-not-order", nil},
	{"nor by somebody whom nobody knows", after(alsace), orders("2020-06-01", "O-1", "meuse", "2020-09-01", "2021-09-01", one), "unknown-member", nil},
	{"nor by somebody who is a member no longer", after(alsace, withdraws("2020-03-01", "moselle")), orders("2020-06-01", "O-1", "moselle", "2020-09-01", "2021-09-01", one), "not-a-member", nil},
	{"nor by one that joined after its launch", after(alsace, said{"2019-01-01", &MemberJoined{Basis: "law", Member: "late", Name: "L"}}), orders("2020-06-01", "O-1", "late", "2020-09-01", "2021-09-01", one), "joined-after-launch", nil},
	{"nor under one that was never launched", after(founded2017("moselle"), opens("2018-01-01", one)), orders("2020-06-01", "O-1", "moselle", "2020-09-01", "2021-09-01", one), "unknown-agreement", nil},

	// "Order form: number, member, agreement, day, period, lines." "An issued order form is never edited."
	{"a number is given once", after(alsace, firstOrder), orders("2020-06-02", "O-1", "moselle", "2020-09-01", "2021-09-01", two), "order-exists", nil},
	{"a period ends after it begins", after(alsace), orders("2020-06-01", "O-1", "moselle", "2020-09-01", "2020-09-01", one), "period-empty", nil},
	{"what was never issued is not amended", after(alsace), said{"2020-10-01", &OrderAmended{Number: "O-1", Replaced: counts(one)}}, "unknown-order", nil},
	{"nor cancelled", after(alsace), said{"2020-10-01", &OrderCancelled{Number: "O-1", Reason: "r"}}, "unknown-order", nil},
	{"nor received", after(alsace), said{"2020-10-01", &OrderReceived{"O-1"}}, "unknown-order", nil},
	{"what was cancelled is not amended", after(alsace, firstOrder, thenCancelled), said{"2020-11-01", &OrderAmended{Number: "O-1", Replaced: counts(one)}}, "order-cancelled", nil},
	{"nor cancelled again", after(alsace, firstOrder, thenCancelled), said{"2020-11-01", &OrderCancelled{Number: "O-1", Reason: "r"}}, "order-cancelled", nil},
	{"what is over is not amended", after(alsace, firstOrder), said{"2021-09-01", &OrderAmended{Number: "O-1", Replaced: counts(one)}}, "order-cancelled", nil},
	{"nothing is amended before it was ordered", after(alsace, firstOrder), said{"2020-05-31", &OrderAmended{Number: "O-1", Replaced: counts(one)}}, "not-yet-ordered", nil},
	{"nor received", after(alsace, firstOrder), said{"2020-05-31", &OrderReceived{"O-1"}}, "not-yet-ordered", nil},

	// "A line is (UAI, cycle, headcount …). The key is (UAI, cycle), not UAI: a lycée can hold collège pupils."
	{"a line is added once", after(alsace, firstOrder), said{"2020-10-01", &OrderAmended{Number: "O-1", Added: counts(one)}}, "line-exists", nil},
	{"the same school in another cycle is another line", after(alsace, firstOrder), said{"2020-10-01", &OrderAmended{Number: "O-1", Added: inCycle(one, "lycee")}}, "OrderAmended 2020-10-01", []answer{
		{"order O-1", "2020-10-01", 0, "running for haut-rhin amended #6: 0680034A college 10 #5, 0680034A lycee 12 #6"},
	}},
	{"and what another order form has of another cycle is no overlap", after(alsace, firstOrder), said{"2020-06-02", &OrderIssued{
		Agreement: "ent", From: dayNumber(2020, 9, 1), Lines: inCycle(one, "lycee"), Member: "moselle", Number: "O-2", Until: dayNumber(2021, 9, 1),
	}}, "OrderIssued 2020-06-02", nil},
	{"a line that is not there is not replaced", after(alsace, firstOrder), said{"2020-10-01", &OrderAmended{Number: "O-1", Replaced: counts(two)}}, "line-missing", nil},
	{"nor removed", after(alsace, firstOrder), said{"2020-10-01", &OrderAmended{Number: "O-1", Removed: keysFor(two)}}, "line-missing", nil},
	{"an amendment that changes nothing", after(alsace, firstOrder), said{"2020-10-01", &OrderAmended{Number: "O-1", Replaced: linesFor(Money{}, one)}}, "nothing-changes", nil},
	{"an unknown headcount is a line, and no 0", after(alsace, firstOrder), said{"2020-10-01", &OrderAmended{Number: "O-1", Replaced: unknownOf(one)}}, "OrderAmended 2020-10-01", []answer{
		{"order O-1", "2020-10-01", 0, "running for haut-rhin amended #6: 0680034A college ? #6"},
	}},

	// "Two orders covering the same (UAI, cycle) the same day: refused unless overridden with a reason."
	{"pupils are ordered for once", after(alsace, firstOrder), orders("2020-06-02", "O-2", "moselle", "2021-08-31", "2021-12-01", one), "overlap-unsaid", nil},
	{"or the day after", after(alsace, firstOrder), orders("2020-06-02", "O-2", "moselle", "2021-09-01", "2021-12-01", one), "OrderIssued 2020-06-02", nil},
	{"or for a reason", after(alsace, firstOrder), sameAgain, "OrderIssued 2020-06-02", nil},
	{"or when the other was cancelled", after(alsace, firstOrder, thenCancelled), orders("2020-10-02", "O-2", "moselle", "2020-10-02", "2021-09-01", one), "OrderIssued 2020-10-02", nil},
	{"also when the school has moved meanwhile", after(alsace, firstOrder, moves("2020-12-01", one, nowhere)), orders("2020-12-01", "O-2", "moselle", "2020-12-01", "2021-09-01", nowhere), "overlap-unsaid", nil},

	// "Ceiling: refuse past 100 % unless overridden with a reason." (80 and 90 %: TestWhatIsOrderedIsWeighedAgainstTheCeiling)
	{"as much as the ceiling is ordered", after(capped(20), inOrder("O-1", one)), inOrder("O-2", two), "OrderIssued 2020-06-01", nil},
	{"and nothing more", after(capped(19), inOrder("O-1", one)), inOrder("O-2", two), "ceiling-passed", nil},
	{"unless for a reason", after(capped(19), inOrder("O-1", one)), pastCeiling, "OrderIssued 2020-06-01", nil},
	{"nor by an amendment", after(capped(11), inOrder("O-1", one)), said{"2020-10-01", &OrderAmended{Number: "O-1", Replaced: counts(one)}}, "ceiling-passed", nil},

	// "A school closes, merges or moves (new UAI)."
	{"nothing is ordered for a school that nobody opened", after(alsace), orders("2020-06-01", "O-1", "moselle", "2020-09-01", "2021-09-01", nowhere), "unknown-school", nil},
	{"nor for one that opens later", after(alsace, opens("2020-09-02", nowhere)), orders("2020-06-01", "O-1", "moselle", "2020-09-01", "2021-09-01", nowhere), "school-closed", nil},
	{"nor is one added that has closed", after(alsace, firstOrder, closes("2020-10-01", two)), said{"2020-10-01", &OrderAmended{Number: "O-1", Added: counts(two)}}, "school-closed", nil},
}

var (
	firstOrder    = orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one)
	thenCancelled = said{"2020-10-01", &OrderCancelled{Number: "O-1", Reason: "r"}}
	sameAgain     = withReasons(orders("2020-06-02", "O-2", "moselle", "2020-09-01", "2021-09-01", one), "so agreed", "")
	pastCeiling   = withReasons(inOrder("O-2", two), "", "so agreed")
)

func withReasons(s said, overlap, ceiling string) said {
	because(s.act.(*OrderIssued), overlap, ceiling)
	return s
}

func launches(on string, c Ceiling) said {
	return said{on, &AgreementLaunched{Agreement: "ent-2", Ceiling: c, Contractor: editor, Title: "ENT", Until: dayNumber(2024, 1, 1)}}
}

// capped is a group with an agreement whose ceiling is so many pupils, and two schools.
func capped(pupils int64) []said {
	launch := said{"2018-01-01", &AgreementLaunched{Agreement: "ent", Ceiling: Ceiling{Pupils: pupils}, Contractor: editor, Title: "ENT", Until: dayNumber(2022, 1, 1)}}
	return after(founded2017("moselle"), launch, opens("2018-01-01", one), opens("2018-01-01", two))
}

// inOrder is an order form of 10 pupils.
func inOrder(n OrderNumber, u UAI) said {
	return orders("2020-06-01", n, "moselle", "2020-09-01", "2021-09-01", u)
}

func inCycle(u UAI, cycle Cycle) Lines { return oneLine(LineKey{u, cycle}, 13) }

func unknownOf(u UAI) Lines { return oneLine(LineKey{u, "college"}, UnknownHeadcount) }

func oneLine(key LineKey, h Headcount) Lines {
	l, err := PackLines([]Line{{LineKey: key, Headcount: h, Kind: Official, Day: march}})
	if err != nil {
		panic(err)
	}
	return l
}
