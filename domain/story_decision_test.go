package domain

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// decidedOnThePilot is a room that has made b the pilot, and the number of the decision.
func decidedOnThePilot(t *testing.T) (*Group, uint64) {
	g := chamber(t, cast, "a", "b", "c")
	tell(t, g, said{day20, &ItemAmended{AgendaItem{Item: "1", Title: "Pilot", Changes: []Change{&RoleGiven{Member: "b", Role: Pilot}}}, "s"}})
	put(t, g, "1")
	require.Equal(t, Adopted, decide(t, g, "1", "a for", "b for", "c for").Outcome)
	return g, g.Head()
}

func pilotOf(g *Group, known uint64) string {
	m, n := g.Holder(Pilot, Pair{dayNumber(2023, 9, 1), known})
	if m == "" {
		return ""
	}
	return string(m) + " #" + strconv.FormatUint(n, 10)
}

func void(n uint64) *EventCorrected { return &EventCorrected{Kind: Clerical, Reason: "r", Target: n} }

func TestADecisionBindsOnceItIsPublishedAndReceived(t *testing.T) {
	g, n := decidedOnThePilot(t)
	binds := func(on string) Day { d, _ := g.Decision(n, Now(date(t, on).First)); return d.Binds }
	tell(t, g, said{"2023-03-28", &DecisionReceived{n}})
	assert.Zero(t, binds("2023-09-01"))
	tell(t, g, said{"2023-04-02", &DecisionPublished{n}})
	assert.Equal(t, dayNumber(2023, 4, 2), binds("2023-09-01"))
	assert.Zero(t, binds("2023-04-01"), "on that day it did not bind yet")
	refuses(t, g, NothingChanges, "2023-05-01", &DecisionPublished{n})
}

func TestAnAnnulmentFromADayOn(t *testing.T) {
	g, n := decidedOnThePilot(t)
	at := func(on string, known uint64) string {
		d, _ := g.Decision(n, Pair{date(t, on).First, known})
		return d.Legal
	}
	tell(t, g, said{"2023-05-01", &DecisionAnnulled{Condition: "no new vote", Court: "TA", Decision: n, From: dayNumber(2023, 7, 1), Reason: "r"}})
	deferred := g.Head()
	assert.Equal(t, []string{Stands, AnnulledFrom, Stands}, []string{at("2023-06-30", Latest), at("2023-07-01", Latest), at("2023-07-01", n)})
	assert.Equal(t, "b #"+strconv.FormatUint(n, 10), pilotOf(g, Latest))
	d, _ := g.Decision(n, Now(dayNumber(2023, 6, 1)))
	assert.Equal(t, []any{"no new vote", dayNumber(2023, 7, 1), deferred}, []any{d.Condition, d.Until, d.Annulment})
	refuses(t, g, NotYetDecided, "2023-04-30", &AnnulmentLifted{Annulment: deferred, How: ConditionMet, Reason: "r"})
	tell(t, g, said{"2023-06-15", &AnnulmentLifted{Annulment: deferred, How: ConditionMet, Reason: "voted anew"}})
	assert.Equal(t, []string{Stands, AnnulledFrom}, []string{at("2023-07-01", Latest), at("2023-07-01", deferred)})
	refuses(t, g, NothingChanges, "2023-06-16", &AnnulmentLifted{Annulment: deferred, How: OnAppeal, Reason: "r"})
	tell(t, g, said{"2023-08-01", &DecisionAnnulled{Court: "CAA", Decision: n, Reason: "r"}})
	assert.Equal(t, []string{AnnulledStart, ""}, []string{at("2023-03-21", Latest), pilotOf(g, Latest)})
	refuses(t, g, NothingChanges, "2023-08-02", &DecisionAnnulled{Court: "TA", Decision: n, From: dayNumber(2023, 9, 1), Reason: "r"})
}

// Annulments, their lifts and the corrections of both, in every order: the pilot is whom the law, as known, made it.
func TestALiftThatIsVoidedTakesNothingAway(t *testing.T) {
	g, n := decidedOnThePilot(t)
	b := "b #" + strconv.FormatUint(n, 10)
	tell(t, g, said{"2023-05-01", &DecisionAnnulled{Court: "TA", Decision: n, Reason: "r"}})
	annulment := g.Head()
	tell(t, g, said{"2023-06-01", &AnnulmentLifted{Annulment: annulment, How: OnAppeal, Reason: "r"}})
	lift := g.Head()
	tell(t, g, said{"2023-06-02", void(annulment)})
	voided := g.Head()
	tell(t, g, said{"2023-06-03", void(lift)})
	assert.Equal(t, b, pilotOf(g, Latest), "the annulment is void")
	tell(t, g, said{"2023-06-04", void(voided)})
	assert.Equal(t, "", pilotOf(g, Latest), "it is not, and nothing lifts it")
	for known, want := range map[uint64]string{n: b, annulment: "", lift: b, voided: b, voided + 1: b, voided + 2: ""} {
		assert.Equal(t, want, pilotOf(g, known), "known #%d", known)
	}
}

// What a decision changes is what its item says, as known; a decision corrected to what another event says follows that one.
func TestEffectsFollowWhatTheItemSays(t *testing.T) {
	g, n := decidedOnThePilot(t)
	pilot := func(m MemberID) AgendaItem {
		return AgendaItem{Item: "1", Title: "Pilot", Changes: []Change{&RoleGiven{Member: m, Role: Pilot}}}
	}
	proclaimed := g.Original(n).Act.(*DecisionProclaimed)
	amended := proclaimed.Defined
	anew := func(target uint64, a Act) said {
		return said{"2023-06-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: target, Replacement: &Event{date(t, day20), a}}}
	}
	tell(t, g, anew(amended, &ItemAmended{pilot("c"), "s"}))
	assert.Equal(t, "c #"+strconv.FormatUint(n, 10), pilotOf(g, Latest))
	other := *proclaimed
	other.Defined = 2 // as it was convened, it changed nothing
	tell(t, g, anew(n, &other))
	assert.Equal(t, "", pilotOf(g, Latest))
	second := *g.Original(2).Act.(*SittingConvened)
	second.Agenda = []AgendaItem{pilot("d")}
	tell(t, g, said{"2023-06-02", &EventCorrected{Kind: Clerical, Reason: "r", Target: 2, Replacement: &Event{date(t, "2023-03-01"), &second}}})
	assert.Equal(t, "d #"+strconv.FormatUint(n, 10), pilotOf(g, Latest))
	tell(t, g, said{"2023-06-03", void(n)})
	assert.Equal(t, "", pilotOf(g, Latest))
}

func TestACorrectedWeightLeavesADecisionAsItWasProclaimed(t *testing.T) {
	g, n := decidedOnThePilot(t)
	decided := *g.Original(n).Act.(*DecisionProclaimed)
	f := *g.Original(1).Act.(*GroupFounded)
	f.Changes = append([]Change(nil), f.Changes...)
	for i, c := range f.Changes {
		if _, ok := c.(*WeightsSet); ok {
			f.Changes[i] = tableOf("ag", "a=1", "b=1", "c=1", "d=4", "e=4")
		}
	}
	tell(t, g, said{"2023-06-01", &EventCorrected{Kind: Substantive, Reason: "misread", Target: 1, Replacement: &Event{date(t, "2023-01-01"), &f}}})
	weights, _ := g.Weights("ag", Now(dayNumber(2023, 3, 20)))
	assert.Equal(t, w("11"), weights.Total)
	d, _ := g.Decision(n, Now(dayNumber(2023, 6, 1)))
	assert.Equal(t, &decided, d.Proclaimed)
	recounted, ok := g.Recount(n, Latest)
	require.True(t, ok)
	assert.Equal(t, []any{Adopted, w("6")}, []any{recounted.Outcome, recounted.Total.Weight}, "on the roll that was fixed")
	// Put to vote now, the same item would have no quorum.
	refuses(t, g, QuorumMissing, day20, &ItemPutToVote{Item: "2", Sitting: "s"})
}

// A decision, a closing or a roll that is voided leaves a sitting that can go on.
func TestASittingGoesOnAfterWhatIsVoided(t *testing.T) {
	goesOn := func(g *Group) {
		t.Helper()
		put(t, g, "1")
		require.Equal(t, Adopted, decide(t, g, "1", "a for").Outcome)
		tell(t, g, said{day20, &SittingClosed{"s"}})
	}
	g, n := decidedOnThePilot(t)
	tell(t, g, said{day20, void(n)}) // the decision
	goesOn(g)

	g, n = decidedOnThePilot(t)
	tell(t, g, said{day20, void(n)}, said{day20, void(n - 1)}) // and the closing: the vote is open again
	refuses(t, g, VoteIsOpen, day20, &SittingClosed{"s"})
	tell(t, g, said{day20, &VoteCancelled{Item: "1", Reason: "r", Sitting: "s"}})
	goesOn(g)

	g = chamber(t, cast, "a", "b", "c")
	put(t, g, "1")
	tell(t, g, said{day20, void(g.Head())}) // the roll
	goesOn(g)

	g = chamber(t, cast)
	tell(t, g, said{day20, void(g.Head())}) // the convening
	refuses(t, g, UnknownSitting, day20, &SittingOpened{Sitting: "s"})
	tell(t, g, said{"2023-03-02", convened("s", dayNumber(2023, 3, 20), "1")}, said{day20, &SittingOpened{Sitting: "s", Present: ids("a", "b", "c")}})
	goesOn(g)
}

func TestAnAssertedDecisionIsNotRecounted(t *testing.T) {
	g := chamber(t, asItIs)
	tell(t, g, said{"2023-02-01", &DecisionAsserted{Body: "ag", Outcome: Adopted, Title: "Governance"}})
	n := g.Head()
	_, ok := g.Recount(n, Latest)
	assert.False(t, ok)
	tell(t, g, said{"2023-02-02", &DecisionPublished{n}}, said{"2023-02-03", &DecisionReceived{n}})
	d, ok := g.Decision(n, Now(dayNumber(2023, 6, 1)))
	require.True(t, ok)
	assert.Equal(t, dayNumber(2023, 2, 3), d.Binds)
	tell(t, g, said{"2023-05-01", &DecisionAnnulled{Court: "TA", Decision: n, Reason: "r"}})
	d, ok = g.Decision(n, Now(dayNumber(2023, 6, 1)))
	require.True(t, ok)
	assert.Equal(t, []any{Adopted, AnnulledStart, Day(0), (*DecisionProclaimed)(nil)}, []any{d.Outcome, d.Legal, d.Binds, d.Proclaimed})
}
