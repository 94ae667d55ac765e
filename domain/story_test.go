package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A story: given what was commanded, when one thing more is, then these events or this refusal, and these answers.
type story struct {
	name  string
	given []said
	when  said
	then  string // the events' kinds and days, or the name of the rule that refuses
	asked []answer
}

type said struct {
	on  string
	act Act
}

type answer struct {
	what  string // "weights ag", "members", "bodies", "role pilot", "text avenant-1", "duties", "doubts"
	on    string
	known uint64 // 0 means now
	want  string
}

func voices(t require.TestingT, pairs ...string) (ws []MemberWeight) {
	for _, p := range pairs {
		m, w, _ := strings.Cut(p, "=")
		ws = append(ws, MemberWeight{MemberID(m), weight(t, w)})
	}
	return ws
}

func w(s string) Weight {
	v, err := ParseWeight(s)
	if err != nil {
		panic(err)
	}
	return v
}

func tableOf(b BodyID, pairs ...string) *WeightsSet {
	return &WeightsSet{Body: b, Weights: voices(panicking{}, pairs...)}
}

type panicking struct{}

func (panicking) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (panicking) FailNow()                          {}

func onLaw(c *WeightsSet) *WeightsSet { c.Basis = "law"; return c }

func stated(c *WeightsSet, total string) *WeightsSet { v := w(total); c.StatedTotal = &v; return c }

var (
	small = strings.Fields("ardennes aube marne haute-marne meurthe-et-moselle meuse vosges")
	first = append([]string{"region=3", "bas-rhin=2", "haut-rhin=1", "moselle=2"}, each(small, "1")...)
	right = Hash{1}
)

func each(members []string, voices string) (pairs []string) {
	for _, m := range members {
		pairs = append(pairs, m+"="+voices)
	}
	return pairs
}

// grandEst is the convention of 2017: eleven members, voices in the assembly, a stated total that is wrong.
func grandEst() said {
	f := &GroupFounded{Name: "ENT Grand Est", Title: "Convention constitutive", SHA256: Hash{9}, Changes: []Change{&BodyCreated{Body: "ag", Name: "AG"}}}
	for _, p := range first {
		m, _, _ := strings.Cut(p, "=")
		f.Changes = append(f.Changes, &MemberJoined{Member: MemberID(m), Name: m})
	}
	f.Changes = append(f.Changes, stated(tableOf("ag", first...), "16"), &RoleGiven{Member: "region", Role: Coordinator})
	return said{"2017", f}
}

func cea(way Policy) said {
	way.Body = "ag"
	return said{"2021-01-01", &MembersSucceeded{
		Basis: "loi 2019-816", Predecessors: ids("bas-rhin", "haut-rhin"), Successors: []Named{{"cea", "CeA"}}, Policies: []Policy{way},
	}}
}

const (
	agAfterMerger = "ardennes 1, aube 1, cea 3, haute-marne 1, marne 1, meurthe-et-moselle 1, meuse 1, moselle 2, region 3, vosges 1 = 15"
	agAtFirst     = "ardennes 1, aube 1, bas-rhin 2, haut-rhin 1, haute-marne 1, marne 1, meurthe-et-moselle 1, meuse 1, moselle 2, region 3, vosges 1 = 15, stated 16 by #1"
)

func avenantOne() *AvenantDrafted {
	return &AvenantDrafted{Avenant: "avenant-1", Articles: []string{"2", "6", "7.1", "8"}, Title: "Avenant n° 1", SHA256: right, Changes: []Change{
		&BodyCreated{Body: "cogouv", Name: "COGOUV"},
		tableOf("cogouv", append([]string{"region=4.5", "cea=2", "moselle=1.5"}, each(small, "1")...)...),
		&RoleGiven{Member: "region", Role: Pilot},
		&ObligationSet{Article: "8", Text: "follow and evaluate usage"},
	}}
}

func everyone(on string, text TextID, members ...string) (all []said) {
	for _, m := range members {
		all = append(all, approves(on, MemberID(m), text), signs(on, MemberID(m), text))
	}
	return all
}

func approves(on string, m MemberID, text TextID) said {
	return said{on, &MemberDeliberated{Member: m, Reference: "CP", SHA256: right, Text: text}}
}

func signs(on string, m MemberID, text TextID) said {
	return said{on, &MemberSigned{Member: m, Text: text}}
}

func falls(on string, n uint64) said {
	return said{on, &DeliberationFell{Deliberation: n, How: Annulled, Reason: "tribunal"}}
}

func corrects(n uint64, by *Event) said {
	return said{"2022-01-01", &EventCorrected{Kind: Substantive, Reason: "wrong", Replacement: by, Target: n}}
}

func as(on string, a Act) *Event { return &Event{Effective: date(panicking{}, on), Act: a} }

// three is a group of a 1, b 1 and c 1 in the assembly, from 2020-01-01.
func three(more ...Change) said {
	return said{"2020-01-01", &GroupFounded{Name: "G", Title: "Convention", Changes: append([]Change{
		&BodyCreated{Body: "ag", Name: "AG"}, &MemberJoined{Member: "a", Name: "A"}, &MemberJoined{Member: "b", Name: "B"},
		&MemberJoined{Member: "c", Name: "C"}, tableOf("ag", "a=1", "b=1", "c=1"),
	}, more...)}}
}

func draft(on, effect string, changes ...Change) said {
	d := &AvenantDrafted{Avenant: "x", Title: "Avenant x", SHA256: right, Changes: changes}
	if effect != "" {
		d.StatedDay = day(panicking{}, effect)
	}
	return said{on, d}
}

func after(parts ...any) (all []said) {
	for _, p := range parts {
		switch p := p.(type) {
		case said:
			all = append(all, p)
		case []said:
			all = append(all, p...)
		}
	}
	return all
}

func merge(on string, into MemberID, from ...MemberID) said {
	return said{on, &MembersSucceeded{
		Basis: "law", Predecessors: from, Successors: []Named{{into, string(into)}}, Policies: []Policy{{Body: "ag", Way: Sum}},
	}}
}

func withdraws(on string, m MemberID) said { return said{on, &MemberWithdrew{Basis: "law", Member: m}} }

var newAG = tableOf("ag", "a=2", "b=1", "c=1")

const (
	inForceX = "x in-force: 3 approved, 3 signed of 3"
	ag111    = "a 1, b 1, c 1 = 3"
	ag211    = "a 2, b 1, c 1 = 4"
)

var stories = []story{
	{"the founding of the real case", nil, grandEst(), "GroupFounded 2017", []answer{
		{"weights ag", "2018-01-01", 0, agAtFirst},
		{"weights ag", "2016-12-31", 0, "nobody"},
		{"role coordinator", "2018-01-01", 0, "region #1"},
		{"text convention", "2018-01-01", 0, "convention in-force: 0 approved, 0 signed of 11"},
		{"doubts", "2017-06-01", 0, "#1 2017"},
		{"doubts", "2018-01-01", 0, ""},
		{"doubts", "2016-12-31", 0, ""},
	}},
	{
		"approvals of the convention come before it", after(grandEst()),
		said{"2017-10-06", &MemberDeliberated{Member: "haut-rhin", Reference: "CP", SHA256: Hash{9}, Text: Convention}},
		"MemberDeliberated 2017-10-06",
		[]answer{{"text convention", "2017-12-01", 0, "convention in-force: 1 approved, 0 signed of 11"}},
	},
	{"the merger of 2021", after(grandEst()), cea(Policy{Way: Sum}), "MembersSucceeded 2021-01-01", []answer{
		{"weights ag", "2021-01-01", 0, agAfterMerger},
		{"weights ag", "2020-12-31", 0, agAtFirst},
		{"weights ag", "2021-01-01", 1, agAtFirst},
		{"why ag cea", "2021-01-01", 0, "[1 2]"},
	}},
	{"the merger keeps one weight", after(grandEst()), cea(Policy{Way: Keep, Of: "haut-rhin"}), "MembersSucceeded 2021-01-01", []answer{
		{"weights ag", "2021-01-01", 0, strings.Replace(strings.Replace(agAfterMerger, "cea 3", "cea 1", 1), "15", "13", 1)},
	}},
	{"the merger sets the weight", after(grandEst()), cea(Policy{Way: Set, Weights: voices(panicking{}, "cea=2.5")}), "MembersSucceeded 2021-01-01", []answer{
		{"weights ag", "2021-01-01", 0, strings.Replace(strings.Replace(agAfterMerger, "cea 3", "cea 2.5", 1), "15", "14.5", 1)},
	}},
	{
		"avenant n° 1",
		after(
			grandEst(), cea(Policy{Way: Sum}), said{"2022-06-21", avenantOne()},
			everyone("2022-10-20", "avenant-1", append([]string{"region", "moselle"}, small...)...), approves("2022-10-20", "cea", "avenant-1"),
		),
		signs("2022-11-30", "cea", "avenant-1"), "MemberSigned 2022-11-30; AvenantEnteredIntoForce 2022-11-30",
		[]answer{
			{"weights cogouv", "2022-11-30", 0, "ardennes 1, aube 1, cea 2, haute-marne 1, marne 1, meurthe-et-moselle 1, meuse 1, moselle 1.5, region 4.5, vosges 1 = 15"},
			{"weights cogouv", "2022-11-29", 0, "nobody"},
			{"weights ag", "2022-11-30", 0, agAfterMerger},
			{"role pilot", "2022-11-30", 0, "region #24"},
			{"role pilot", "2022-11-29", 0, "vacant"},
			{"duties", "2022-11-30", 0, "8 follow and evaluate usage"},
			{"text avenant-1", "2022-11-29", 0, "avenant-1 approved: 10 approved, 9 signed of 10"},
			{"text avenant-1", "2022-11-30", 0, "avenant-1 in-force: 10 approved, 10 signed of 10"},
			{"text avenant-1", "2022-11-30", 22, "avenant-1 approved: 10 approved, 9 signed of 10"},
		},
	},
	{"a past day unsaid", after(three()), draft("2020-06-01", "2020-05-01", newAG), "retroactive-unsaid", nil},
	{
		"a past day said to be so", after(three(), said{"2020-06-01", &AvenantDrafted{
			Avenant: "x", Title: "Avenant x", SHA256: right, Changes: []Change{newAG}, Retroactive: "so agreed", StatedDay: day(panicking{}, "2020-05-01"),
		}}, everyone("2020-07-01", "x", "a", "b"), approves("2020-07-01", "c", "x")),
		signs("2020-07-02", "c", "x"), "MemberSigned 2020-07-02; AvenantEnteredIntoForce 2020-05-01",
		[]answer{{"weights ag", "2020-05-01", 0, ag211}, {"weights ag", "2020-04-30", 0, ag111}, {"weights ag", "2020-05-01", 7, ag111}},
	},
	{
		"a stated day in the future", after(three(), draft("2020-06-01", "2021-01-01", newAG), everyone("2020-07-01", "x", "a", "b"), approves("2020-07-01", "c", "x")),
		signs("2020-07-02", "c", "x"), "MemberSigned 2020-07-02; AvenantEnteredIntoForce 2021-01-01",
		[]answer{{"weights ag", "2020-12-31", 0, ag111}, {"weights ag", "2021-01-01", 0, ag211}},
	},
	{
		"a stated day that has gone by when all have signed", after(three(), draft("2020-06-01", "2020-06-15", newAG), everyone("2020-07-01", "x", "a", "b"), approves("2020-07-01", "c", "x")),
		signs("2020-07-02", "c", "x"), "MemberSigned 2020-07-02; AvenantEnteredIntoForce 2020-07-02", nil,
	},
	{
		"an approval of another text does not count",
		after(
			three(), draft("2020-06-01", "", newAG), everyone("2020-07-01", "x", "a", "b"),
			said{"2020-07-01", &MemberDeliberated{Member: "c", Reference: "CP", SHA256: Hash{2}, Text: "x"}},
		),
		signs("2020-07-02", "c", "x"), "MemberSigned 2020-07-02",
		[]answer{{"text x", "2020-07-02", 0, "x drafted: 2 approved, 3 signed of 3, another text c"}},
	},
	{
		"until the right one is approved",
		after(
			three(), draft("2020-06-01", "", newAG), everyone("2020-07-01", "x", "a", "b"),
			said{"2020-07-01", &MemberDeliberated{Member: "c", Reference: "CP", SHA256: Hash{2}, Text: "x"}}, signs("2020-07-02", "c", "x"),
		),
		approves("2020-07-05", "c", "x"), "MemberDeliberated 2020-07-05; AvenantEnteredIntoForce 2020-07-05",
		[]answer{{"text x", "2020-07-05", 0, inForceX}, {"text x", "2020-07-04", 0, "x drafted: 2 approved, 3 signed of 3, another text c"}},
	},
	{
		"a withdrawal completes the conditions", after(three(), draft("2020-06-01", "", &BodyRenamed{Body: "ag", Name: "Assembly"}), everyone("2020-07-01", "x", "a", "b")),
		withdraws("2020-08-01", "c"), "MemberWithdrew 2020-08-01; AvenantEnteredIntoForce 2020-08-01",
		[]answer{{"text x", "2020-08-01", 0, "x in-force: 2 approved, 2 signed of 2"}, {"bodies", "2020-08-01", 0, "ag Assembly"}},
	},
	{
		"a withdrawal to come completes them on its day", after(three(), draft("2020-06-01", "", newAG), everyone("2020-07-01", "x", "a", "b")),
		withdraws("2030-01-01", "c"), "MemberWithdrew 2030-01-01; AvenantEnteredIntoForce 2030-01-01",
		[]answer{{"weights ag", "2029-12-31", 0, ag111}, {"weights ag", "2030-01-01", 0, "a 2, b 1 = 3"}},
	},
	{
		"the successor of two who have approved and signed is bound", after(three(), draft("2020-06-01", ""), everyone("2020-07-01", "x", "a", "b"), merge("2020-08-01", "d", "a", "b"), approves("2020-09-01", "c", "x")),
		signs("2020-09-01", "c", "x"), "MemberSigned 2020-09-01; AvenantEnteredIntoForce 2020-09-01",
		[]answer{
			{"text x", "2020-08-15", 0, "x drafted: 1 approved, 1 signed of 2"}, {"text x", "2020-09-01", 0, "x in-force: 2 approved, 2 signed of 2"},
		},
	},
	{
		"and stays so on the board after it has passed in turn",
		after(three(), draft("2020-06-01", ""), everyone("2020-07-01", "x", "a", "b"), merge("2020-08-01", "d", "a", "b"), everyone("2020-09-01", "x", "c")),
		merge("2020-10-01", "e", "d"), "MembersSucceeded 2020-10-01",
		[]answer{{"text x", "2020-10-01", 0, "x in-force: 2 approved, 2 signed of 2"}},
	},
	{
		"the successor of one who has approved and one who has not must itself",
		after(three(), draft("2020-06-01", ""), everyone("2020-07-01", "x", "a", "c"), merge("2020-08-01", "d", "a", "b"), approves("2020-09-01", "d", "x")),
		signs("2020-09-02", "d", "x"), "MemberSigned 2020-09-02; AvenantEnteredIntoForce 2020-09-02",
		[]answer{{"text x", "2020-08-15", 0, "x drafted: 1 approved, 1 signed of 2"}},
	},
	{
		"a split leaves its weights undetermined", after(three()),
		said{"2021-01-01", &MembersSucceeded{
			Basis: "law", Predecessors: ids("c"), Successors: []Named{{"d", "D"}, {"e", "E"}}, Policies: []Policy{{Body: "ag", Way: Set, Weights: voices(panicking{}, "d=0.5")}},
		}},
		"MembersSucceeded 2021-01-01",
		[]answer{{"weights ag", "2021-01-01", 0, "a 1, b 1, d 0.5, e ?"}, {"role pilot", "2021-01-01", 0, "vacant"}},
	},
	{
		"until a table gives them", after(three(), said{"2021-01-01", &MembersSucceeded{
			Basis: "law", Predecessors: ids("c"), Successors: []Named{{"d", "D"}, {"e", "E"}}, Policies: []Policy{{Body: "ag", Way: Set}},
		}}),
		said{"2021-02-01", onLaw(tableOf("ag", "a=1", "b=1", "d=1/3", "e=2/3"))},
		"WeightsSet 2021-02-01",
		[]answer{{"weights ag", "2021-01-31", 0, "a 1, b 1, d ?, e ?"}, {"weights ag", "2021-02-01", 0, "a 1, b 1, d 1/3, e 2/3 = 3"}},
	},
	{"three thirds make one", after(three()), said{"2020-02-01", onLaw(tableOf("ag", "a=1/3", "b=1/3", "c=1/3"))}, "WeightsSet 2020-02-01", []answer{
		{"weights ag", "2020-02-01", 0, "a 1/3, b 1/3, c 1/3 = 1"},
	}},
	{"a correction", after(three(), said{"2020-02-01", onLaw(tableOf("ag", "a=2", "b=1", "c=1"))}), corrects(2, as("2020-03-01", onLaw(tableOf("ag", "a=5", "b=1", "c=1")))), "EventCorrected 2022-01-01", []answer{
		{"weights ag", "2020-02-01", 2, ag211},
		{"weights ag", "2020-02-01", 0, ag111},
		{"weights ag", "2020-03-01", 0, "a 5, b 1, c 1 = 7"},
		{"why ag a", "2020-03-01", 0, "[1 2 3]"},
	}},
	{"the void of a correction restores", after(three(), said{"2020-02-01", onLaw(tableOf("ag", "a=2", "b=1", "c=1"))}, corrects(2, nil)), corrects(3, nil), "EventCorrected 2022-01-01", []answer{
		{"weights ag", "2020-02-01", 2, ag211}, {"weights ag", "2020-02-01", 3, ag111}, {"weights ag", "2020-02-01", 4, ag211},
	}},
	{
		"the replacement of a correction", after(three(), said{"2020-02-01", onLaw(tableOf("ag", "a=2", "b=1", "c=1"))}, corrects(2, nil)),
		corrects(3, as("2022-01-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: 2, Replacement: as("2020-02-01", onLaw(tableOf("ag", "a=7", "b=1", "c=1")))})), "EventCorrected 2022-01-01",
		[]answer{{"weights ag", "2020-02-01", 3, ag111}, {"weights ag", "2020-02-01", 4, "a 7, b 1, c 1 = 9"}},
	},
	{
		"a draft corrected after its entry into force", after(three(), draft("2020-06-01", "", newAG), everyone("2020-07-01", "x", "a", "b", "c")),
		corrects(2, as("2020-06-01", &AvenantDrafted{Avenant: "x", Title: "Avenant x", SHA256: right, Changes: []Change{tableOf("ag", "a=3", "b=1", "c=1")}})), "EventCorrected 2022-01-01",
		[]answer{{"weights ag", "2020-07-01", 9, ag211}, {"weights ag", "2020-07-01", 10, "a 3, b 1, c 1 = 5"}, {"weights ag", "2020-06-30", 10, ag111}},
	},
	{
		"a deliberation annulled before the entry into force", after(three(), draft("2020-06-01", "", newAG), approves("2020-06-15", "c", "x"), falls("2020-06-20", 3), everyone("2020-07-01", "x", "a", "b")),
		signs("2020-07-02", "c", "x"), "MemberSigned 2020-07-02",
		[]answer{
			{"text x", "2020-06-15", 3, "x drafted: 1 approved, 0 signed of 3"},
			{"text x", "2020-06-15", 4, "x drafted: 0 approved, 0 signed of 3, fallen c"},
			{"weights ag", "2020-07-02", 0, ag111},
		},
	},
	{
		"a deliberation annulled after the entry into force", after(three(), draft("2020-06-01", "", newAG), everyone("2020-07-01", "x", "a", "b", "c")),
		falls("2020-08-01", 7), "DeliberationFell 2020-08-01",
		[]answer{
			{"text x", "2020-08-01", 9, inForceX}, {"text x", "2020-08-01", 0, "x in-force: 2 approved, 3 signed of 3, fallen c"}, {"weights ag", "2020-08-01", 0, ag211},
		},
	},
	{
		"a second approval of the same day outlives the first", after(
			three(), draft("2020-06-01", "", newAG), said{"2020-07-01", &MemberDeliberated{Member: "c", Reference: "CP", SHA256: Hash{2}, Text: "x"}}, approves("2020-07-01", "c", "x"),
		),
		falls("2020-08-01", 3), "DeliberationFell 2020-08-01",
		[]answer{{"text x", "2020-08-01", 0, "x drafted: 1 approved, 0 signed of 3"}},
	},
	{
		"an avenant abandoned", after(three(), draft("2020-06-01", "", newAG), everyone("2020-07-01", "x", "a", "b"), approves("2020-07-01", "c", "x")),
		said{"2020-08-01", &AvenantAbandoned{Avenant: "x", Reason: "r"}},
		"AvenantAbandoned 2020-08-01",
		[]answer{{"text x", "2020-07-31", 0, "x approved: 3 approved, 2 signed of 3"}, {"text x", "2020-08-01", 0, "x abandoned: 3 approved, 2 signed of 3"}},
	},
	{"and it waits for nothing more", after(three(), draft("2020-06-01", ""), said{"2020-08-01", &AvenantAbandoned{Avenant: "x", Reason: "r"}}), signs("2020-07-01", "a", "x"), "text-ended", nil},
	{
		"an abandonment that was an error", after(three(), draft("2020-06-01", ""), everyone("2020-07-01", "x", "a", "b"), approves("2020-07-01", "c", "x"), said{"2020-08-01", &AvenantAbandoned{Avenant: "x", Reason: "r"}}, corrects(8, nil)),
		signs("2020-09-01", "c", "x"), "MemberSigned 2020-09-01; AvenantEnteredIntoForce 2020-09-01", nil,
	},
	{
		"a draft corrected, in hash and day, after all have signed", after(three(), said{"2020-06-01", &AvenantDrafted{Avenant: "x", Title: "Avenant x", SHA256: Hash{7}}}, everyone("2020-07-01", "x", "a", "b", "c")),
		corrects(2, as("2020-07-03", &AvenantDrafted{Avenant: "x", Title: "Avenant x", SHA256: right})), "EventCorrected 2022-01-01; AvenantEnteredIntoForce 2020-07-03",
		[]answer{{"text x", "2020-07-03", 0, inForceX}},
	},
	{"a role passes to the successor", after(three(&RoleGiven{Member: "b", Role: Pilot})), merge("2021-01-01", "d", "b", "c"), "MembersSucceeded 2021-01-01", []answer{
		{"role pilot", "2020-12-31", 0, "b #1"}, {"role pilot", "2021-01-01", 0, "d #1"}, {"members", "2021-01-01", 0, "a; d (formerly b, c) pilot"},
	}},
	{
		"a role falls vacant with whoever leaves, and does not come back with him", after(three(&RoleGiven{Member: "b", Role: Pilot}), withdraws("2021-01-01", "b")),
		said{"2022-01-01", &MemberJoined{Basis: "law", Member: "b", Name: "B again"}},
		"MemberJoined 2022-01-01",
		[]answer{{"role pilot", "2021-01-01", 0, "vacant"}, {"role pilot", "2022-01-01", 0, "vacant"}},
	},
	{"whoever rejoins has the weight of the table, not its own of before", after(three(), said{"2020-02-01", &MemberJoined{Basis: "law", Member: "d", Name: "D", Weights: []BodyWeight{{"ag", w("4")}}}}, withdraws("2020-03-01", "d"), withdraws("2020-03-01", "b"), said{"2020-04-01", &MemberJoined{Basis: "law", Member: "d", Name: "D"}}), said{"2020-04-01", &MemberJoined{Basis: "law", Member: "b", Name: "B"}}, "MemberJoined 2020-04-01", []answer{
		{"weights ag", "2020-02-01", 0, "a 1, b 1, c 1, d 4 = 7"}, {"weights ag", "2020-03-01", 0, "a 1, c 1 = 2"}, {"weights ag", "2020-04-01", 0, ag111},
	}},
	{"a body renamed", after(three()), said{"2020-05-01", &BodyRenamed{Basis: "law", Body: "ag", Name: "Assembly"}}, "BodyRenamed 2020-05-01", []answer{
		{"bodies", "2020-04-30", 0, "ag AG"}, {"bodies", "2020-05-01", 0, "ag Assembly"}, {"weights ag", "2020-05-01", 0, ag111},
	}},
	{"a body replaced", after(three()), said{"2020-05-01", &BodyReplaced{Basis: "law", Body: "ag", By: "cogouv", Name: "COGOUV"}}, "BodyReplaced 2020-05-01", []answer{
		{"bodies", "2020-05-01", 0, "ag AG ended, by cogouv; cogouv COGOUV"}, {"weights ag", "2020-05-01", 0, "nobody"}, {"weights cogouv", "2020-05-01", 0, "nobody"},
	}},
	{"a body dissolved, and earlier than first recorded", after(three(), said{"2020-06-01", &BodyDissolved{Basis: "law", Body: "ag"}}), said{"2020-05-01", &BodyDissolved{Basis: "law", Body: "ag"}}, "BodyDissolved 2020-05-01", []answer{
		{"bodies", "2020-05-31", 0, "ag AG ended"}, {"bodies", "2020-06-01", 0, "ag AG ended"}, {"bodies", "2020-05-31", 2, "ag AG"},
	}},
	{
		"listed members sign", after(three(&AmendmentRuleSet{Approval: Quota{Who: Listed, Members: ids("a")}, Signature: Quota{Who: Listed, Members: ids("a")}, Effect: StatedDay}), draft("2020-06-01", ""), approves("2020-07-01", "a", "x")),
		signs("2020-07-02", "a", "x"), "MemberSigned 2020-07-02; AvenantEnteredIntoForce 2020-07-02",
		[]answer{{"text x", "2020-07-02", 0, "x in-force: 1 approved, 1 signed of 3"}},
	},
	{
		"who succeeds to a listed member must sign in its place", after(three(&AmendmentRuleSet{Approval: Quota{Who: Listed, Members: ids("a")}, Signature: Quota{Who: Listed, Members: ids("a")}, Effect: StatedDay}), draft("2020-06-01", ""), approves("2020-07-01", "a", "x"),
			said{"2020-07-02", &MembersSucceeded{Basis: "law", Predecessors: ids("a", "b"), Successors: []Named{{Member: "d", Name: "D"}}, Policies: []Policy{{Body: "ag", Way: Sum}}}}),
		approves("2020-07-03", "d", "x"), "MemberDeliberated 2020-07-03",
		[]answer{{"text x", "2020-07-03", 0, "x approved: 1 approved, 0 signed of 2"}},
	},
	{
		"a share of the members approves, with the last signature", after(three(&AmendmentRuleSet{Approval: Quota{Who: Share, Share: w("2/3")}, Signature: Quota{Who: Share, Share: w("1/3")}, Effect: LastSignature}),
			draft("2020-06-01", "2021-06-01"), signs("2020-07-01", "c", "x"), approves("2020-07-01", "a", "x")),
		approves("2020-07-03", "b", "x"), "MemberDeliberated 2020-07-03; AvenantEnteredIntoForce 2020-07-03",
		[]answer{{"text x", "2020-07-02", 0, "x drafted: 1 approved, 1 signed of 3"}},
	},
	{"a month is doubtful inside the month only", after(three()), said{"2020-05", &MemberJoined{Basis: "law", Member: "d", Name: "D"}}, "MemberJoined 2020-05", []answer{
		{"doubts", "2020-04-30", 0, ""},
		{"doubts", "2020-05-01", 0, "#2 2020-05"},
		{"doubts", "2020-05-31", 0, "#2 2020-05"},
		{"doubts", "2020-06-01", 0, ""},
		{"doubts", "2020-05-15", 1, ""},
		{"members", "2020-05-01", 0, "a; b; c; d"},
	}},
	{"a late fact changes later knowledge only", after(three(), said{"2020-06-01", onLaw(tableOf("ag", "a=3", "b=1", "c=1"))}), said{"2020-03-01", onLaw(tableOf("ag", "a=2", "b=1", "c=1"))}, "WeightsSet 2020-03-01", []answer{
		{"weights ag", "2020-03-01", 2, ag111}, {"weights ag", "2020-03-01", 3, ag211}, {"weights ag", "2020-06-01", 3, "a 3, b 1, c 1 = 5"},
	}},
	{"the name stays known, as corrected", after(three(), withdraws("2020-06-01", "b")), corrects(1, as("2020-01-01", three(&MemberJoined{Member: "b", Name: "Bé"}).act)), "EventCorrected 2022-01-01", []answer{
		{"name b", "2020-06-01", 2, "B"}, {"name b", "2020-06-01", 3, "Bé"}, {"name zz", "2020-06-01", 3, ""},
	}},
	{"nothing changes: the weights", after(three()), said{"2020-06-01", onLaw(tableOf("ag", "a=1", "b=1", "c=1"))}, "nothing-changes", nil},
	{"nothing changes: the rule", after(three()), said{"2020-06-01", &AmendmentRuleSet{Basis: "law", Approval: every, Signature: every, Effect: StatedDay}}, "nothing-changes", nil},
	{"nothing changes: a signature twice", after(three(), draft("2020-06-01", ""), signs("2020-07-01", "a", "x")), signs("2020-07-02", "a", "x"), "nothing-changes", nil},
	{"nothing changes: void already", after(three(), withdraws("2020-06-01", "b"), corrects(2, nil)), corrects(2, nil), "nothing-changes", nil},
}

func TestStories(t *testing.T) {
	for _, s := range slices.Concat(stories, orderingStories, faultStories) {
		t.Run(s.name, func(t *testing.T) {
			g := &Group{}
			for i, c := range s.given {
				_, err := Enact(g, anyCommand(t, c.on, c.act))
				require.NoError(t, err, "given %d", i)
			}
			events, err := Enact(g, anyCommand(t, s.when.on, s.when.act))
			assert.Equal(t, s.then, outcome(events, err))
			for _, a := range s.asked {
				q := Pair{At: day(t, a.on), Known: a.known}
				if q.Known == 0 {
					q.Known = Latest
				}
				assert.Equal(t, a.want, ask(t, g, a.what, q), "%s on %s, known %d", a.what, a.on, a.known)
			}
		})
	}
}

func outcome(events []Event, err error) string {
	if r, ok := err.(*Refusal); ok {
		return r.Rule.Name
	}
	if err != nil {
		return err.Error()
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", e.Act), "*domain.")+" "+e.Effective.String())
	}
	return strings.Join(kinds, "; ")
}

func ask(t require.TestingT, g *Group, what string, q Pair) string {
	words := strings.Fields(what)
	switch words[0] {
	case "weights":
		return askWeights(t, g, BodyID(words[1]), q)
	case "why":
		return fmt.Sprint(g.WhyWeight(BodyID(words[1]), MemberID(words[2]), q))
	case "name":
		return g.MemberName(MemberID(words[1]), q.Known)
	case "role":
		if m, n := g.Holder(words[1], q); m != "" {
			return fmt.Sprintf("%s #%d", m, n)
		}
		return "vacant"
	case "text":
		return askText(g, TextID(words[1]), q)
	}
	var lines []string
	switch words[0] {
	case "members":
		for _, m := range g.Members(q) {
			line := string(m.Member)
			if m.Formerly != nil {
				line += fmt.Sprintf(" (formerly %s)", strings.Trim(strings.ReplaceAll(fmt.Sprint(m.Formerly), " ", ", "), "[]"))
			}
			lines = append(lines, strings.Join(append([]string{line}, m.Roles...), " "))
		}
	case "bodies":
		for _, b := range g.Bodies(q) {
			line := string(b.Body) + " " + b.Name
			if !b.Exists {
				line += " ended"
			}
			if b.ReplacedBy != "" {
				line += ", by " + string(b.ReplacedBy)
			}
			lines = append(lines, line)
		}
	case "duties":
		for _, o := range g.Obligations(q) {
			lines = append(lines, o.Article+" "+o.Text)
		}
	case "doubts":
		seen := map[uint64]bool{}
		for _, d := range g.Doubts(q, TouchMembers, "") {
			if !seen[d.Event] {
				lines = append(lines, fmt.Sprintf("#%d %v", d.Event, d.Date))
			}
			seen[d.Event] = true
		}
	default:
		lines = askOrdering(g, words, q)
	}
	return strings.Join(lines, "; ")
}

func askWeights(t require.TestingT, g *Group, b BodyID, q Pair) string {
	a, err := g.Weights(b, q)
	require.NoError(t, err)
	var rows []string
	for _, r := range a.Rows {
		if r.Undetermined {
			rows = append(rows, string(r.Member)+" ?")
		} else {
			rows = append(rows, fmt.Sprintf("%s %v", r.Member, r.Weight))
		}
	}
	line := strings.Join(rows, ", ")
	switch {
	case len(rows) == 0:
		return "nobody"
	case !a.Undetermined:
		line += fmt.Sprintf(" = %v", a.Total)
	}
	if a.Stated != nil {
		line += fmt.Sprintf(", stated %v by #%d", *a.Stated, a.StatedBy)
	}
	return line
}

func askText(g *Group, id TextID, q Pair) string {
	row, ok := g.Text(id, q)
	if !ok {
		return "not drafted"
	}
	line := fmt.Sprintf("%s %s: %d approved, %d signed of %d", id, row.Status, row.Approved, row.Signed, len(row.Members))
	for _, m := range row.Members {
		if m.OtherText {
			line += ", another text " + string(m.Member)
		}
		if m.Fallen {
			line += ", fallen " + string(m.Member)
		}
	}
	return line
}
