package projections_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/eventstore"
	"registre/projections"
	"registre/projections/casetest"
)

// noticesOf are all notices of a register, with the group as it stood when each event was new.
func noticesOf(all []eventstore.Envelope) (found []projections.Notice, g *domain.Group) {
	g = &domain.Group{}
	for i := range all {
		domain.Evolve(g, all[i].Event())
		found = append(found, projections.Notices(g, &all[i], func(n uint64) string { return all[n-1].Illustrative })...)
	}
	return found, g
}

// TestNoticesOfTheCase: what a subscriber is told of the reference case and its sittings, to the byte.
func TestNoticesOfTheCase(t *testing.T) {
	told := casetest.GrandEst(t).Sat()
	avenant := &domain.AvenantDrafted{
		Avenant: "avenant-2", Title: "Avenant n°2", StatedDay: casetest.Day("2024-03-01"), SHA256: casetest.HashOf("2"),
		Changes: []domain.Change{&domain.MemberJoined{Member: "jura", Name: "Jura"}},
	}
	told.Tell("2024-01-15", avenant)
	told.Tell("2024-01-16", &domain.AvenantAbandoned{Avenant: "avenant-2", Reason: "pas de majorité"})
	told.Tell("2024-01-17", &domain.SittingConvened{Body: casetest.COGOUV, Day: casetest.Day("2024-02-10"), Mode: domain.Remote, Sitting: "s", Agenda: []domain.AgendaItem{{Item: "1", Title: "T"}}})
	told.Tell("2024-01-18", &domain.SittingCancelled{Sitting: "s", Reason: "neige"})
	told.Tell("2024-01-19", &domain.MemberWithdrew{Basis: "test", Member: "aube"})
	told.Tell("2024-01-20", &domain.EventCorrected{Kind: "clerical", Reason: "retrait non voté", Target: uint64(len(told.Envelopes))}, casetest.RecordedOn("2024-01-20"))
	told.Tell("2024-02-10", &domain.AnnulmentLifted{Annulment: 67, How: "on-appeal", Reason: "compétence reconnue"})
	found, _ := noticesOf(told.Envelopes)
	events := []projections.CloudEvent{}
	for i := range found {
		events = append(events, found[i].CloudEvent("registre.example/house"))
	}
	requireGolden(t, "notices", events)
	for i := range found {
		encoded, err := projections.Encode(events[i])
		require.NoError(t, err)
		var read projections.CloudEvent
		require.NoError(t, json.Unmarshal(encoded, &read))
		n := read.Notice()
		again, err := projections.Encode(n.CloudEvent("registre.example/house"))
		require.NoError(t, err)
		require.Equal(t, string(encoded), string(again))
		require.Equal(t, found[i].Bodies, n.Bodies)
		require.Equal(t, found[i].Members, n.Members)
	}
}

// TestNoticesAreTheSameForEver: whatever is recorded later, the notices of an event are the same; in their order, each named once.
func TestNoticesAreTheSameForEver(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) { sameForEver(r, domaintest.Events(domaintest.Rapid(r), 60), map[string]int{}) })
	if testing.Short() {
		return
	}
	seen := map[string]int{}
	for seed := range uint64(200) { // always the same: they hold every kind
		sameForEver(t, domaintest.Events(domaintest.Seeded(seed), 60), seen)
	}
	for _, kind := range projections.NoticeKinds() {
		if kind != projections.FindingRaised {
			assert.NotZero(t, seen[kind], kind)
		}
	}
}

func sameForEver(t require.TestingT, events []domain.Event, seen map[string]int) {
	all := envelopes(events)
	then, g := noticesOf(all)
	ids := map[string]bool{}
	var later []projections.Notice
	for i := range all {
		later = append(later, projections.Notices(g, &all[i], func(n uint64) string { return all[n-1].Illustrative })...)
	}
	require.Equal(t, then, later)
	require.True(t, slices.IsSortedFunc(then, func(a, b projections.Notice) int { return a.Compare(&b) }))
	for i := range then {
		n := &then[i]
		require.False(t, ids[n.ID()], n.ID())
		ids[n.ID()] = true
		seen[n.Kind]++
		encoded, err := projections.Encode(n.CloudEvent("o"))
		require.NoError(t, err)
		requireCanonical(t, encoded)
	}
}

func envelopes(events []domain.Event) (all []eventstore.Envelope) {
	c := domain.Command{Group: "g", Actor: "a"}
	for i, e := range events {
		all = append(all, eventstore.NewEnvelope(&c, e, uint64(i)+1, uuid.Nil, domain.Instant(i+1)*1e6))
	}
	return all
}

// TestNoFigureIsCorrectedUnsaid: where a correction changes a weight, a membership, a number of pupils or what was decided, on whatever
// day, there is a notice of it; and where there is one, each of its figures was, and is, what it says.
func TestNoFigureIsCorrectedUnsaid(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) { unsaid(r, domaintest.Rapid(r)) })
	if testing.Short() {
		return
	}
	said, quiet := 0, 0
	for seed := range uint64(150) { // always the same
		s, q := unsaid(t, domaintest.Seeded(seed))
		said, quiet = said+s, quiet+q
	}
	require.Greater(t, said, 50)
	require.Greater(t, quiet, 50)
}

// unsaid counts the corrections of a history that there are notices of, and the others.
func unsaid(t require.TestingT, pick domaintest.Pick) (said, quiet int) {
	all := envelopes(domaintest.Events(pick, 60))
	found, g := noticesOf(all)
	for i := range all {
		if _, ok := all[i].Act.(*domain.EventCorrected); !ok {
			continue
		}
		n := uint64(i) + 1
		at := slices.IndexFunc(found, func(o projections.Notice) bool { return o.Number == n && o.Kind == projections.FigureCorrected })
		if at >= 0 {
			said++
			requireFigures(t, g, n, found[at].Data.Correct.Figures)
			continue
		}
		quiet++
		for day := domaintest.First - 1; day < domaintest.First+domaintest.Days+400; day += 1 + domain.Day(pick(10)) {
			require.Equal(t, figuresOn(t, g, day, n-1), figuresOn(t, g, day, n), "event %d, %v: %v", n, day, all[i].Act)
		}
	}
	return said, quiet
}

// figuresOn are figures as others ask for them.
func figuresOn(t require.TestingT, g *domain.Group, day domain.Day, known uint64) (all []any) {
	q := domain.Pair{At: day, Known: known}
	for _, m := range domaintest.Members {
		all = append(all, g.IsMember(m, q))
	}
	for _, b := range domaintest.Bodies {
		w, err := g.Weights(b, q)
		require.NoError(t, err)
		all = append(all, w.Rows, w.Undetermined)
	}
	total, rows := g.Enrolment(q, domain.Selection{By: []domain.Dimension{domain.ByMember}})
	all = append(all, total, rows)
	for _, d := range g.Decisions(domain.Pair{At: domain.LastDay, Known: known}) {
		all = append(all, d.Number, d.Day, d.Outcome, d.Legal)
	}
	return all
}

func requireFigures(t require.TestingT, g *domain.Group, n uint64, figures []projections.FigureChange) {
	require.NotEmpty(t, figures)
	for _, f := range figures {
		require.NotEqual(t, f.Before, f.After)
		if f.Figure != "weight" {
			continue
		}
		for known, said := range map[uint64]string{n - 1: f.Before, n: f.After} {
			w, err := g.Weights(f.Body, domain.Pair{At: f.At, Known: known})
			require.NoError(t, err)
			answer := ""
			for _, row := range w.Rows {
				if row.Member == f.Member {
					if answer = row.Weight.String(); row.Undetermined {
						answer = "undetermined"
					}
				}
			}
			require.Equal(t, answer, said)
		}
	}
}
