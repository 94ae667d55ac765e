package domain

import (
	"fmt"
	"strings"
)

// ent is an agreement of 2018, from its day on for four years, for whoever is listed; nobody listed is everybody.
func ent(orderers ...MemberID) said {
	return said{"2018-01-01", &AgreementLaunched{Agreement: "ent", Contractor: editor, Orderers: orderers, Title: "ENT", Until: dayNumber(2022, 1, 1)}}
}

func opens(on string, u UAI) said { return said{on, &SchoolOpened{facts, u}} }

func closes(on string, u UAI) said { return said{on, &SchoolClosed{u}} }

func moves(on string, u, to UAI) said {
	return said{on, &SchoolMoved{Address: "new street", School: u, To: to}}
}

func merges(on string, into UAI, from ...UAI) said {
	return said{on, &SchoolsMerged{Into: into, Schools: from}}
}

// orders is an order form from a day on, and before another.
func orders(on string, n OrderNumber, m MemberID, from, until string, schools ...UAI) said {
	p := panicking{}
	return said{on, ordering(n, m, "ent", day(p, from), day(p, until), Money{}, schools...)}
}

// counts is a line of 12 pupils in the place of 10, or a new one.
func counts(u UAI) Lines {
	l, err := PackLines([]Line{{LineKey: LineKey{u, "college"}, Headcount: 13, Kind: Official, Day: march}})
	if err != nil {
		panic(err)
	}
	return l
}

func founded2017(members ...MemberID) said {
	f := &GroupFounded{Name: "G", Title: "T"}
	for _, m := range members {
		f.Changes = append(f.Changes, &MemberJoined{Member: m, Name: string(m)})
	}
	return said{"2017-01-01", f}
}

func succeed(on string, from []MemberID, to ...MemberID) said {
	s := &MembersSucceeded{Basis: "law", Predecessors: from}
	for _, m := range to {
		s.Successors = append(s.Successors, Named{m, string(m)})
	}
	return said{on, s}
}

var alsace = after(founded2017("bas-rhin", "haut-rhin", "moselle"), ent(), opens("2018-01-01", one), opens("2018-01-01", two))

// What an order form, its agreement and its schools go through.
var orderingStories = []story{
	{
		"an order form runs, is amended and ends", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one)),
		said{"2020-10-01", &OrderAmended{Number: "O-1", Added: counts(two), Replaced: counts(one)}},
		"OrderAmended 2020-10-01",
		[]answer{
			{"order O-1", "2020-05-31", 0, "none"},
			{"order O-1", "2020-06-01", 0, "issued for haut-rhin: 0680034A college 10 #5"},
			{"order O-1", "2020-09-01", 0, "running for haut-rhin: 0680034A college 10 #5"},
			{"order O-1", "2020-10-01", 5, "running for haut-rhin: 0680034A college 10 #5"},
			{"order O-1", "2020-10-01", 0, "running for haut-rhin amended #6: 0350122T college 12 #6, 0680034A college 12 #6"},
			{"order O-1", "2021-09-01", 0, "ended for haut-rhin amended #6: 0350122T college 12 #6, 0680034A college 12 #6"},
		},
	},
	{
		"what its member had counts for the successor", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one), orders("2020-06-01", "O-2", "moselle", "2020-09-01", "2021-09-01", two)),
		succeed("2021-01-01", ids("bas-rhin", "haut-rhin"), "cea"), "MembersSucceeded 2021-01-01",
		[]answer{
			{"order O-1", "2020-12-31", 0, "running for haut-rhin: 0680034A college 10 #5"},
			{"order O-1", "2021-01-01", 0, "running for cea (formerly haut-rhin): 0680034A college 10 #5"},
			{"order O-1", "2021-01-01", 6, "running for haut-rhin: 0680034A college 10 #5"},
			{"order O-2", "2021-01-01", 0, "running for moselle: 0350122T college 10 #6"},
			{"order O-1", "2021-09-01", 0, "ended for cea (formerly haut-rhin): 0680034A college 10 #5"},
		},
	},
	{
		"what one had that was split belongs to none of them until it is said", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one)),
		succeed("2021-01-01", ids("haut-rhin"), "north", "south"), "MembersSucceeded 2021-01-01",
		[]answer{
			{"order O-1", "2021-01-01", 0, "running for north, south (formerly haut-rhin): 0680034A college 10 #5"},
		},
	},
	{
		"what one had that withdrew stays its own", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one)),
		withdraws("2021-01-01", "haut-rhin"), "MemberWithdrew 2021-01-01",
		[]answer{
			{"order O-1", "2021-01-01", 0, "running for haut-rhin: 0680034A college 10 #5"},
		},
	},
	{
		"the successor of one that was there may order", after(alsace, succeed("2021-01-01", ids("bas-rhin", "haut-rhin"), "cea")),
		orders("2021-02-01", "O-1", "cea", "2021-02-01", "2021-09-01", one), "OrderIssued 2021-02-01", nil,
	},
	{
		"also where the one is listed", after(founded2017("a", "b"), ent("a"), opens("2018-01-01", one), succeed("2021-01-01", ids("a"), "c")),
		orders("2021-02-01", "O-1", "c", "2021-02-01", "2021-09-01", one), "OrderIssued 2021-02-01", nil,
	},
	{
		"whose successor joined late may not", after(alsace, said{"2019-01-01", &MemberJoined{Basis: "law", Member: "late", Name: "L"}}, succeed("2021-01-01", ids("late"), "later")),
		orders("2021-02-01", "O-1", "later", "2021-02-01", "2021-09-01", one), "joined-after-launch", nil,
	},
	{
		"who joined again may not", after(alsace, withdraws("2019-01-01", "moselle"), said{"2019-06-01", &MemberJoined{Basis: "law", Member: "moselle", Name: "M"}}),
		orders("2021-02-01", "O-1", "moselle", "2021-02-01", "2021-09-01", one), "joined-after-launch", nil,
	},
	{
		"it is cancelled, and that was an error", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one), said{"2020-10-01", &OrderCancelled{Number: "O-1", Reason: "r"}}),
		corrects(6, nil), "EventCorrected 2022-01-01",
		[]answer{
			{"order O-1", "2020-09-30", 6, "running for haut-rhin: 0680034A college 10 #5"},
			{"order O-1", "2020-10-01", 6, "cancelled for haut-rhin: 0680034A college 10 #5"},
			{"order O-1", "2020-10-01", 7, "running for haut-rhin: 0680034A college 10 #5"},
		},
	},
	{
		"an amendment of what is to come counts from the first day", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one)),
		said{"2020-07-01", &OrderAmended{Number: "O-1", Added: counts(two), Removed: keysFor(one)}},
		"OrderAmended 2020-07-01",
		[]answer{
			{"order O-1", "2020-09-01", 0, "running for haut-rhin amended #6: 0350122T college 12 #6"},
		},
	},
	{
		"so a school can be added that opens before it", after(alsace, opens("2020-08-01", nowhere), orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one)),
		said{"2020-07-01", &OrderAmended{Number: "O-1", Added: counts(nowhere)}},
		"OrderAmended 2020-07-01", nil,
	},
	{"a school that closes with the end of the period is ordered for", after(alsace, closes("2021-09-01", one)), orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one), "OrderIssued 2020-06-01", nil},
	{"one that closes on its last day is not", after(alsace, closes("2021-08-31", one)), orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one), "school-closed", nil},
	{"an order form for days that are past counts from these on", after(alsace), orders("2020-10-15", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one), "OrderIssued 2020-10-15", []answer{
		{"order O-1", "2020-08-31", 0, "none"},
		{"order O-1", "2020-09-01", 0, "running for haut-rhin: 0680034A college 10 #5"},
	}},
	{"received, amended, received again", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one), said{"2020-06-02", &OrderReceived{"O-1"}},
		said{"2020-10-01", &OrderAmended{Number: "O-1", Replaced: counts(one)}}), said{"2020-10-02", &OrderReceived{"O-1"}}, "OrderReceived 2020-10-02", nil},
	{
		"received twice", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one), said{"2020-06-02", &OrderReceived{"O-1"}}),
		said{"2020-06-03", &OrderReceived{"O-1"}},
		"nothing-changes", nil,
	},
	{
		"a line that was removed can be added again", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one, two), said{"2020-10-01", &OrderAmended{Number: "O-1", Removed: keysFor(one)}}),
		said{"2020-11-01", &OrderAmended{Number: "O-1", Added: counts(one)}},
		"OrderAmended 2020-11-01",
		[]answer{
			{"order O-1", "2020-10-31", 0, "running for haut-rhin amended #6: 0350122T college 10 #5"},
			{"order O-1", "2020-11-01", 0, "running for haut-rhin amended #6 #7: 0350122T college 10 #5, 0680034A college 12 #7"},
		},
	},

	{"a school moves, and goes on under its new code", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one)), moves("2020-12-01", one, nowhere), "SchoolMoved 2020-12-01", []answer{
		{"schools", "2020-11-30", 0, "0350122T L; 0680034A L"},
		{"schools", "2020-12-01", 0, "0350122T L; 0680034A L ended, as 0690026D; 0690026D L at new street (formerly 0680034A)"},
		{"counts 0680034A", "2020-11-30", 0, "0680034A"},
		{"counts 0680034A", "2020-12-01", 0, "0690026D"},
		{"counts 0680034A", "2020-12-01", 5, "0680034A"},
	}},
	{"and can be ordered for under the old code for days when it had it", after(alsace, moves("2020-12-01", one, nowhere)), orders("2020-11-01", "O-1", "haut-rhin", "2020-11-01", "2021-09-01", one), "OrderIssued 2020-11-01", nil},
	{"but not afterwards", after(alsace, moves("2020-12-01", one, nowhere)), orders("2020-12-01", "O-1", "haut-rhin", "2020-12-01", "2021-09-01", one), "school-closed", nil},
	{"schools that merge go on as one, which moves", after(alsace, opens("2018-01-01", closing), merges("2020-09-01", two, one, closing)), moves("2020-12-01", two, nowhere), "SchoolMoved 2020-12-01", []answer{
		{"schools", "2020-09-01", 0, "0350122T L (formerly 0680034A 0750655E); 0680034A L merged, as 0350122T; 0750655E L merged, as 0350122T"},
		{"schools", "2020-12-01", 0, "0350122T L ended, as 0690026D; 0680034A L merged, as 0350122T; 0690026D L at new street (formerly 0350122T 0680034A 0750655E); 0750655E L merged, as 0350122T"},
		{"counts 0680034A", "2020-11-30", 0, "0350122T"},
		{"counts 0680034A", "2020-12-01", 0, "0690026D"},
	}},
	{
		"one that merges into another that closes is not open for the whole period", after(alsace, merges("2020-10-01", two, one), closes("2021-01-01", two)),
		orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-02-01", one), "school-closed", nil,
	},
	{"a school moves on and back", after(alsace, moves("2020-10-01", one, nowhere)), moves("2020-12-01", nowhere, one), "SchoolMoved 2020-12-01", []answer{
		{"counts 0680034A", "2020-11-30", 0, "0690026D"},
		{"counts 0680034A", "2020-12-01", 0, "0680034A"},
		{"counts 0690026D", "2020-12-01", 0, "0680034A"},
	}},
	{
		"a school is described anew, and was so before it moved", after(alsace, moves("2020-12-01", one, nowhere)),
		said{"2020-10-01", &SchoolDescribed{SchoolFacts{Department: "68", Kind: "lycee", Name: "Better"}, one}},
		"SchoolDescribed 2020-10-01",
		[]answer{
			{"schools", "2020-12-01", 5, "0350122T L; 0680034A L ended, as 0690026D; 0690026D L at new street (formerly 0680034A)"},
			{"schools", "2020-12-01", 0, "0350122T L; 0680034A Better ended, as 0690026D; 0690026D Better at new street (formerly 0680034A)"},
		},
	},

	{"an agreement is renewed, its ceiling given anew", after(founded2017("a"), ent()), said{"2022-01-01", &AgreementRenewed{Agreement: "ent", Ceiling: Ceiling{Pupils: 900}, Until: dayNumber(2024, 1, 1)}}, "AgreementRenewed 2022-01-01", []answer{
		{"agreements", "2017-12-31", 0, ""},
		{"agreements", "2021-12-31", 2, "ent valid 2018-01-01..2022-01-01"},
		{"agreements", "2022-01-01", 2, "ent 2018-01-01..2022-01-01"},
		{"agreements", "2022-01-01", 0, "ent valid 2018-01-01..2022-01-01 2022-01-01..2024-01-01 900 pupils"},
	}},
	{
		"the order form's period can go over from one period to the next", after(alsace, said{"2022-01-01", &AgreementRenewed{Agreement: "ent", Until: dayNumber(2024, 1, 1)}}),
		orders("2021-09-01", "O-1", "moselle", "2021-09-01", "2022-09-01", one), "OrderIssued 2021-09-01", nil,
	},
	{
		"an agreement that ends ends for what was to be renewed too", after(founded2017("a"), ent(), said{"2022-01-01", &AgreementRenewed{Agreement: "ent", Until: dayNumber(2024, 1, 1)}}),
		said{"2020-06-01", &AgreementEnded{Agreement: "ent", Reason: "r"}},
		"AgreementEnded 2020-06-01",
		[]answer{
			{"agreements", "2020-05-31", 0, "ent valid 2018-01-01..2020-06-01"},
			{"agreements", "2020-06-01", 0, "ent 2018-01-01..2020-06-01 ended by #4"},
			{"agreements", "2022-06-01", 0, "ent 2018-01-01..2020-06-01 ended by #4"},
		},
	},
	{
		"what was ordered before it ended stays", after(alsace, orders("2020-06-01", "O-1", "haut-rhin", "2020-09-01", "2021-09-01", one)),
		said{"2020-10-01", &AgreementEnded{Agreement: "ent", Reason: "r"}},
		"AgreementEnded 2020-10-01",
		[]answer{
			{"order O-1", "2021-06-01", 0, "running for haut-rhin: 0680034A college 10 #5"},
		},
	},
}

// askOrdering answers about agreements, schools and order forms.
func askOrdering(g *Group, words []string, q Pair) (lines []string) {
	switch words[0] {
	case "agreements":
		for _, a := range g.Agreements(q) {
			line := string(a.Agreement)
			if a.Valid {
				line += " valid"
			}
			for _, p := range a.Periods {
				line += strings.TrimRight(fmt.Sprintf(" %v..%v %v", p.From, p.Until, p.Ceiling), " ")
			}
			if a.EndedBy > 0 {
				line += fmt.Sprintf(" ended by #%d", a.EndedBy)
			}
			lines = append(lines, line)
		}
	case "schools":
		for _, s := range g.Schools(q) {
			lines = append(lines, schoolLine(s))
		}
	case "counts":
		lines = append(lines, g.SchoolAt(uaiOf(words[1]), q).String())
	case "order":
		lines = append(lines, orderLine(g, OrderNumber(words[1]), q))
	default:
		panic(words[0])
	}
	return lines
}

func schoolLine(s SchoolRow) string {
	line := s.School.String() + " " + s.Name
	switch {
	case s.Merged:
		line += " merged"
	case !s.Open:
		line += " ended"
	}
	if s.Open && s.Address != "" {
		line += " at " + s.Address
	}
	if s.Into != 0 {
		line += ", as " + s.Into.String()
	}
	if s.Formerly != nil {
		line += fmt.Sprintf(" (formerly %s)", strings.Trim(fmt.Sprint(s.Formerly), "[]"))
	}
	return line
}

func orderLine(g *Group, n OrderNumber, q Pair) string {
	row, ok := g.Order(n, q)
	if !ok {
		return "none"
	}
	var heirs, lines []string
	for _, m := range row.For {
		heirs = append(heirs, string(m))
	}
	line := row.Status + " for " + strings.Join(heirs, ", ")
	if len(row.For) != 1 || row.For[0] != row.Member {
		line += " (formerly " + string(row.Member) + ")"
	}
	if row.Amendments != nil {
		line += " amended"
		for _, a := range row.Amendments {
			line += fmt.Sprintf(" #%d", a)
		}
	}
	for _, l := range row.Lines {
		lines = append(lines, fmt.Sprintf("%v %v #%d", l.LineKey, l.Headcount, l.Event))
	}
	return line + ": " + strings.Join(lines, ", ")
}
