package projections_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/eventstore"
	"registre/projections"
	"registre/projections/casetest"
)

// TestFiguresOfEveryDay: a notice of a correction has every figure that it changes, with the first day of all on which it differs, and no
// other. They are looked for day after day.
func TestFiguresOfEveryDay(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) { everyDay(r, domaintest.Rapid(r), map[string]int{}) })
	if testing.Short() {
		return
	}
	seen := map[string]int{}
	for seed := range uint64(150) { // always the same
		everyDay(t, domaintest.Seeded(seed), seen)
	}
	for _, figure := range []string{"weight", "total", "member", "gross", "distinct", "unknown", "lines", "ordered", "day", "outcome", "recount", "legal", ""} {
		require.NotZero(t, seen[figure], "%q", figure)
	}
}

// everyDay counts the figures of the notices of a history by what they are of; and at "" the corrections that change none.
func everyDay(t require.TestingT, pick domaintest.Pick, seen map[string]int) {
	all := envelopes(domaintest.Events(pick, 60))
	found, g := noticesOf(all)
	for i := range all {
		if _, ok := all[i].Act.(*domain.EventCorrected); !ok {
			continue
		}
		n, said := uint64(i)+1, []projections.FigureChange(nil)
		for j := range found {
			if found[j].Number == n && found[j].Kind == projections.FigureCorrected {
				said = slices.Clone(found[j].Data.Correct.Figures)
			}
		}
		expected := changedFigures(t, g, n)
		byText := func(a, b projections.FigureChange) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
		slices.SortFunc(said, byText)
		slices.SortFunc(expected, byText)
		require.Equal(t, expected, said, "event %d: %v", n, all[i].Act)
		for _, f := range said {
			seen[f.Figure]++
		}
		if len(said) == 0 {
			seen[""]++
		}
	}
}

// changedFigures are those that event n changes, each on the first day on which it does.
func changedFigures(t require.TestingT, g *domain.Group, n uint64) (changed []projections.FigureChange) {
	done := map[projections.FigureChange]bool{}
	compare := func(at domain.Day, before, after map[projections.FigureChange]string) {
		for _, answers := range [...]map[projections.FigureChange]string{before, after} {
			for f := range answers {
				if !done[f] && before[f] != after[f] {
					done[f] = true
					f.At, f.Before, f.After = at, before[f], after[f]
					changed = append(changed, f)
				}
			}
		}
	}
	compare(0, dayless(g, n-1), dayless(g, n))
	for day := domaintest.First - 5; day < domaintest.First+4*domaintest.Days; day++ {
		before, after := domain.Pair{At: day, Known: n - 1}, domain.Pair{At: day, Known: n}
		compare(day, daily(t, g, before), daily(t, g, after))
		compare(day, legal(g, before, after), legal(g, after, before))
	}
	return changed
}

// dayless are the answers that hang on no day.
func dayless(g *domain.Group, known uint64) map[projections.FigureChange]string {
	answers := map[projections.FigureChange]string{}
	for _, d := range g.Decisions(domain.Pair{At: domain.LastDay, Known: known}) {
		f := projections.FigureChange{Body: d.Body, Decision: d.Number}
		say := func(figure, answer string) {
			f.Figure = figure
			answers[f] = answer
		}
		say("day", d.Day.String())
		say("outcome", d.Outcome)
		say("legal", d.Legal)
		if d.Binds != 0 {
			say("binds", d.Binds.String())
		}
		if count, ok := g.Recount(d.Number, known); ok {
			say("recount", count.Outcome)
		}
	}
	return answers
}

// legal is what each decision is in law at a pair, of those that are decided at another too.
func legal(g *domain.Group, q, too domain.Pair) map[projections.FigureChange]string {
	answers := map[projections.FigureChange]string{}
	for _, d := range g.Decisions(q) {
		if _, ok := g.Decision(d.Number, too); ok {
			answers[projections.FigureChange{Figure: "legal", Body: d.Body, Decision: d.Number}] = d.Legal
		}
	}
	return answers
}

// daily are the answers of a day.
func daily(t require.TestingT, g *domain.Group, q domain.Pair) map[projections.FigureChange]string {
	answers := map[projections.FigureChange]string{}
	for _, m := range domaintest.Members {
		if g.IsMember(m, q) {
			answers[projections.FigureChange{Figure: "member", Member: m}] = "true"
		}
	}
	for _, b := range domaintest.Bodies {
		w, err := g.Weights(b, q)
		require.NoError(t, err)
		said := func(weight domain.Weight, undetermined bool) string {
			if undetermined {
				return "undetermined"
			}
			return weight.String()
		}
		for _, row := range w.Rows {
			answers[projections.FigureChange{Figure: "weight", Body: b, Member: row.Member}] = said(row.Weight, row.Undetermined)
		}
		if len(w.Rows) > 0 {
			answers[projections.FigureChange{Figure: "total", Body: b}] = said(w.Total, w.Undetermined)
		}
	}
	for _, s := range g.Spending(q) {
		answer := s.Amount.String()
		if s.Period.Ceiling.Pupils > 0 {
			answer = fmt.Sprint(s.Pupils)
		}
		if answer != "" {
			answers[projections.FigureChange{Figure: "ordered", Agreement: s.Agreement}] = answer
		}
	}
	enrolled(g, q, "", nil, answers)
	for _, m := range domaintest.Members {
		enrolled(g, q, m, []domain.Filter{{By: domain.ByMember, Value: string(m)}}, answers)
	}
	return answers
}

// enrolled adds the pupils of a member on a day, or of all.
func enrolled(g *domain.Group, q domain.Pair, m domain.MemberID, where []domain.Filter, answers map[projections.FigureChange]string) {
	if f, _ := g.Enrolment(q, domain.Selection{Where: where}); f.Lines > 0 {
		for figure, n := range map[string]int64{"gross": f.Gross, "distinct": f.Distinct, "unknown": int64(f.Unknown), "lines": int64(f.Lines)} {
			answers[projections.FigureChange{Figure: figure, Member: m}] = fmt.Sprint(n)
		}
	}
}

// supplied is a small group with two schools and the order forms of two of its members, on some days for the same pupils.
func supplied(t *testing.T) *casetest.Teller {
	told := casetest.New(t, "g")
	told.Tell("2019-01-01", &domain.GroupFounded{Name: "G", Title: "Convention", Changes: []domain.Change{
		&domain.MemberJoined{Member: "a", Name: "A"}, &domain.MemberJoined{Member: "b", Name: "B"},
		&domain.RoleGiven{Member: "a", Role: domain.Coordinator},
	}})
	told.Tell("2019-01-01", &domain.AgreementLaunched{
		Agreement: "ent", Title: "ENT", Contractor: domain.Contractor{Name: "E", SIRET: 73282932000074}, Until: casetest.Day("2022-01-01"),
	})
	for _, code := range []string{"0350122T", "0680034T", "0750655E"} {
		told.Tell("2019-01-01", &domain.SchoolOpened{School: uai(t, code), SchoolFacts: domain.SchoolFacts{Department: "68", Kind: "college", Name: code}})
	}
	issue(t, told, "2019-06-01", "BC-1", "a", "2019-09-01", "2020-07-01", line(t, "0680034T", "college", 10, "2019-06-01"))
	issue(t, told, "2019-12-01", "BC-2", "b", "2020-03-01", "2020-09-01", line(t, "0750655E", "college", -1, "2019-12-01"))
	return told
}

func issue(t *testing.T, told *casetest.Teller, day string, n domain.OrderNumber, m domain.MemberID, from, until string, lines ...domain.Line) uint64 {
	return told.Tell(day, &domain.OrderIssued{
		Agreement: "ent", Number: n, Member: m, From: casetest.Day(from), Until: casetest.Day(until), OverlapReason: "so agreed", Lines: packed(t, lines...),
	})
}

// farFromTheEvent are corrections of what happens to the small group: which event, and what it says anew, nothing where it is void; and
// figures that are told, none where none changes.
var farFromTheEvent = map[string]struct {
	corrects func(*testing.T, *casetest.Teller) (target uint64, anew *domain.Event)
	figures  []projections.FigureChange
}{
	"two order forms have the same pupils from the first day of the later on": {
		func(t *testing.T, told *casetest.Teller) (uint64, *domain.Event) {
			merged := &domain.SchoolsMerged{Into: uai(t, "0750655E"), Schools: []domain.UAI{uai(t, "0680034T")}}
			return told.Tell("2020-10-01", merged), &domain.Event{Effective: domain.OnDay(casetest.Day("2020-01-15")), Act: merged}
		},
		[]projections.FigureChange{
			{At: casetest.Day("2020-03-01"), Figure: "distinct", Before: "10", After: "0"},
			{At: casetest.Day("2020-03-01"), Figure: "distinct", Member: "a", Before: "10", After: "0"},
		},
	},
	"an agreement ends": {
		func(t *testing.T, told *casetest.Teller) (uint64, *domain.Event) {
			launched := *told.Envelopes[1].Act.(*domain.AgreementLaunched)
			launched.Until = casetest.Day("2021-01-01")
			return 2, &domain.Event{Effective: told.Envelopes[1].Effective, Act: &launched}
		},
		[]projections.FigureChange{{At: casetest.Day("2021-01-01"), Figure: "ordered", Agreement: "ent", Before: "32.00 EUR"}},
	},
	"the renewals of an agreement that was never launched": {
		func(t *testing.T, told *casetest.Teller) (uint64, *domain.Event) {
			told.Tell("2022-01-01", &domain.AgreementRenewed{Agreement: "ent", Until: casetest.Day("2023-01-01")})
			issue(t, told, "2022-02-01", "BC-3", "a", "2022-03-01", "2022-04-01", line(t, "0350122T", "college", 5, "2022-02-01"))
			void := &domain.EventCorrected{Kind: domain.Clerical, Reason: "r", Target: 2}
			late := domain.Event{Effective: domain.OnDay(casetest.Day("2022-06-01")), Act: told.Envelopes[1].Act}
			moved := told.Tell("2022-02-02", &domain.EventCorrected{Kind: domain.Clerical, Reason: "r", Target: 2, Replacement: &late})
			return moved, &domain.Event{Effective: domain.OnDay(casetest.Day("2022-02-03")), Act: void}
		},
		[]projections.FigureChange{{At: casetest.Day("2022-02-01"), Figure: "ordered", Agreement: "ent", Before: "16.00 EUR"}},
	},
	"the first order form of a number counts again, and the second no more": {
		func(t *testing.T, told *casetest.Teller) (uint64, *domain.Event) {
			first := issue(t, told, "2020-06-01", "BC-3", "a", "2021-01-01", "2021-02-01", line(t, "0350122T", "college", 5, "2020-06-01"))
			void := told.Tell("2020-06-02", &domain.EventCorrected{Kind: domain.Clerical, Reason: "r", Target: first})
			issue(t, told, "2019-02-01", "BC-3", "b", "2019-02-01", "2019-03-01", line(t, "0350122T", "college", 7, "2019-02-01"))
			return void, nil
		},
		[]projections.FigureChange{
			{At: casetest.Day("2019-02-01"), Figure: "distinct", Before: "7"}, {At: casetest.Day("2019-02-01"), Figure: "distinct", Member: "b", Before: "7"},
		},
	},
	"nobody has the pupils of a member that was split": {
		func(t *testing.T, told *casetest.Teller) (uint64, *domain.Event) {
			told.Tell("2020-02-01", &domain.MembersSucceeded{Basis: "law", Predecessors: []domain.MemberID{"a"}, Successors: []domain.Named{{Member: "c", Name: "C"}, {Member: "d", Name: "D"}}})
			return 3, &domain.Event{Effective: told.Envelopes[2].Effective, Act: &domain.SchoolOpened{School: uai(t, "0350122T"), SchoolFacts: domain.SchoolFacts{Department: "67", Kind: "college", Name: "N"}}}
		},
		nil,
	},
	"an order form ends": {
		func(_ *testing.T, told *casetest.Teller) (uint64, *domain.Event) {
			issued := *told.Envelopes[6].Act.(*domain.OrderIssued)
			issued.Until = casetest.Day("2020-08-01")
			return 7, &domain.Event{Effective: told.Envelopes[6].Effective, Act: &issued}
		},
		[]projections.FigureChange{
			{At: casetest.Day("2020-08-01"), Figure: "lines", Before: "1"}, {At: casetest.Day("2020-08-01"), Figure: "lines", Member: "b", Before: "1"},
		},
	},
	"a renewal ends": {
		func(t *testing.T, told *casetest.Teller) (uint64, *domain.Event) {
			renewed := &domain.AgreementRenewed{Agreement: "ent", Until: casetest.Day("2023-01-01")}
			target := told.Tell("2022-01-01", renewed)
			issue(t, told, "2022-02-01", "BC-3", "a", "2022-03-01", "2022-04-01", line(t, "0350122T", "college", 5, "2022-02-01"))
			return target, &domain.Event{Effective: told.Envelopes[target-1].Effective, Act: &domain.AgreementRenewed{Agreement: "ent", Until: casetest.Day("2022-09-01")}}
		},
		[]projections.FigureChange{{At: casetest.Day("2022-09-01"), Figure: "ordered", Agreement: "ent", Before: "16.00 EUR"}},
	},
}

// TestFiguresFarFromTheEvent: what a correction changes on a day on which nothing takes effect, or before that of the event, is told.
func TestFiguresFarFromTheEvent(t *testing.T) {
	for name, c := range farFromTheEvent {
		t.Run(name, func(t *testing.T) {
			told := supplied(t)
			target, anew := c.corrects(t, told)
			told.Tell("2020-12-01", &domain.EventCorrected{Kind: domain.Clerical, Reason: "r", Target: target, Replacement: anew})
			figures := correctedFigures(t, told)
			for _, f := range c.figures {
				require.Contains(t, figures, f)
			}
			require.Equal(t, len(c.figures) == 0, len(figures) == 0, "%v", figures)
		})
	}
}

// decided is the reference case with a sitting whose one item, adopted on 2023-03-20, gives the Region 2 voices.
func decided(t *testing.T) (told *casetest.Teller, convened, decision uint64) {
	told = casetest.GrandEst(t)
	told.Tell("2023-01-02", &domain.VotingRuleSet{Basis: "test", Body: casetest.COGOUV, Rule: casetest.RuleOfCOGOUV()})
	convened = told.Tell("2023-03-01", convening("2"))
	told.Tell("2023-03-01", &domain.NoticeSent{Sitting: "s", Sent: domain.EndOfDay(casetest.Day("2023-03-01")) - 3600e6})
	told.Tell("2023-03-20", &domain.SittingOpened{Sitting: "s", Present: casetest.Ten})
	return told, convened, told.Vote("2023-03-20", "s", "1", casetest.Votes(domain.SenseFor, casetest.Ten...))
}

// convening is of that sitting, with so many voices for the Region.
func convening(voices string) *domain.SittingConvened {
	set := &domain.WeightsSet{Body: casetest.COGOUV, Weights: []domain.MemberWeight{{Member: casetest.Region, Weight: casetest.W(voices)}}}
	return &domain.SittingConvened{
		Body: casetest.COGOUV, Day: casetest.Day("2023-03-20"), Mode: domain.Remote, Sitting: "s",
		Agenda: []domain.AgendaItem{{Item: "1", Title: "Voix", Changes: []domain.Change{set}}},
	}
}

// ofRegion is that the Region has other voices from a day on.
func ofRegion(day, before, after string) projections.FigureChange {
	return projections.FigureChange{At: casetest.Day(day), Body: casetest.COGOUV, Member: casetest.Region, Figure: "weight", Before: before, After: after}
}

// TestFiguresOfFates: what a correction changes of what becomes of a decision is told: from when it binds, from which day on it is
// annulled, and what it had changed long before.
func TestFiguresOfFates(t *testing.T) {
	told, _, decision := decided(t)
	published := told.Tell("2023-03-24", &domain.DecisionPublished{Decision: decision})
	told.Tell("2023-03-27", &domain.DecisionReceived{Decision: decision})

	correct := func(target uint64, effective string, act domain.Act) []projections.FigureChange {
		c := &domain.EventCorrected{Kind: domain.Clerical, Reason: "r", Target: target}
		if act != nil {
			c.Replacement = &domain.Event{Effective: domain.OnDay(casetest.Day(effective)), Act: act}
		}
		told.Tell("2024-06-01", c)
		return correctedFigures(t, told)
	}
	of := projections.FigureChange{Body: casetest.COGOUV, Decision: decision}
	binds, legal := of, of
	binds.Figure, binds.Before, binds.After = "binds", "2023-03-27", "2023-04-03"
	require.Equal(t, []projections.FigureChange{binds}, correct(published, "2023-04-03", told.Envelopes[published-1].Act))

	annulled := domain.DecisionAnnulled{Court: "TA", Decision: decision, From: casetest.Day("2024-02-01"), Reason: "r"}
	later := annulled
	later.From = casetest.Day("2024-05-01")
	legal.Figure, legal.At, legal.Before, legal.After = "legal", annulled.From, domain.AnnulledFrom, domain.Stands
	require.Equal(t, []projections.FigureChange{legal}, correct(told.Tell("2024-01-10", &annulled), "2024-01-10", &later))

	start := annulled
	start.From = 0
	found := correct(told.Tell("2024-01-11", &start), "", nil)
	require.Contains(t, found, ofRegion("2023-03-20", "4.5", "2"))
	legal.At, legal.Before, legal.After = 0, domain.AnnulledStart, domain.AnnulledFrom
	require.Contains(t, found, legal)

	again := told.Tell("2024-06-02", &start)
	lifted := told.Tell("2024-06-03", &domain.AnnulmentLifted{Annulment: again, How: domain.OnAppeal, Reason: "r"})
	require.Contains(t, correct(lifted, "", nil), ofRegion("2023-03-20", "2", "4.5"))
}

// TestFiguresOfWhatWasSaidLate: of an item, or of a draft, that was said for a day behind that of the decision, or of its entering into
// force, what a correction changes is told from the day on which it counts.
func TestFiguresOfWhatWasSaidLate(t *testing.T) {
	told, convened, _ := decided(t)
	drafted := 1 + uint64(slices.IndexFunc(told.Envelopes, func(e eventstore.Envelope) bool { _, is := e.Act.(*domain.AvenantDrafted); return is }))
	anew := func(target uint64, effective string, act domain.Act) *domain.EventCorrected {
		said := &domain.Event{Effective: domain.OnDay(casetest.Day(effective)), Act: act}
		return &domain.EventCorrected{Kind: domain.Clerical, Reason: "r", Target: target, Replacement: said}
	}
	draft := casetest.Draft2022()
	draft.Changes[3].(*domain.WeightsSet).Weights[0].Weight = casetest.W("7")
	for _, c := range []struct {
		target     uint64
		late, anew domain.Act
		figure     projections.FigureChange
	}{
		{drafted, casetest.Draft2022(), draft, ofRegion("2023-01-01", "4.5", "7")},
		{convened, convening("2"), convening("5"), ofRegion("2023-03-20", "2", "5")},
	} {
		late := told.Tell("2024-06-01", anew(c.target, "2024-01-01", c.late))
		told.Tell("2024-06-02", anew(late, "2024-06-01", anew(c.target, "2024-01-02", c.anew)))
		require.Contains(t, correctedFigures(t, told), c.figure)
	}
}

// correctedFigures are those of the notice of the last event, none where there is none.
func correctedFigures(t *testing.T, told *casetest.Teller) []projections.FigureChange {
	last := &told.Envelopes[len(told.Envelopes)-1]
	for _, n := range projections.Notices(told.Group, last, nil) {
		if n.Kind == projections.FigureCorrected {
			require.NotEmpty(t, n.Data.Correct.Figures)
			return n.Data.Correct.Figures
		}
	}
	return nil
}
