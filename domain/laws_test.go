package domain_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "registre/domain"
	"registre/domain/domaintest"
)

// render writes every answer that a group gives at a pair.
func render(g *Group, q Pair) []byte {
	var b bytes.Buffer
	say := func(values ...any) { fmt.Fprintf(&b, "%+v\n", values) }
	say(g.Members(q), g.Bodies(q), g.Texts(q), *g.Rule(q))
	for _, d := range g.Obligations(q) {
		say(*d)
	}
	for _, id := range domaintest.Bodies {
		w, err := g.Weights(id, q)
		if w.Stated != nil {
			say(*w.Stated)
			w.Stated = nil
		}
		say(w, err, g.HasBody(id, q), g.HeardOfBody(id, q.Known))
		for _, m := range domaintest.Members {
			say(g.WhyWeight(id, m, q))
		}
		say(g.Doubts(q, TouchWeights|TouchBodies, id))
	}
	for _, m := range domaintest.Members {
		say(g.IsMember(m, q), g.MemberName(m, q.Known))
	}
	for _, r := range Roles {
		say(g.Holder(r, q))
	}
	say(g.Doubts(q, TouchMembers|TouchRoles|TouchTexts, ""))
	renderOrdering(g, q, say)
	renderEnrolment(g, q, say)
	renderSittings(g, q, say)
	renderPapers(g, q, say)
	for n := uint64(1); n <= min(q.Known, g.Head()); n++ {
		e, ok := g.Said(n, q.Known)
		say(n, e.Effective, ok, g.CorrectedBy(n, q.Known))
	}
	return b.Bytes()
}

// renderEnrolment writes how many pupils there are, and what is ordered.
func renderEnrolment(g *Group, q Pair, say func(...any)) {
	for i, s := range selections {
		if i < 12 || (uint64(i)+q.Known)%7 == 0 {
			total, rows := g.Enrolment(q, s)
			say(total, rows)
		}
	}
	say(g.EnrolledLines(q, nil), g.Duplicates(q), g.Spending(q), g.EnrolmentEvents(q, nil))
	if p := (Period{q.At, q.At + 30}); q.At > domaintest.First+70 {
		say(g.EnrolmentSeries(p, q.Known, Selection{}), g.EnrolmentSeries(p, q.Known, Selection{By: []Dimension{ByMember}}))
	}
}

// renderOrdering writes the answers about agreements, schools and order forms.
func renderOrdering(g *Group, q Pair, say func(...any)) {
	say(g.Agreements(q), g.Schools(q), g.Doubts(q, TouchAgreements|TouchSchools|TouchOrders, ""))
	for _, row := range g.Orders(q) {
		row, ok := g.Order(row.Number, q)
		say(row, ok)
	}
	for _, id := range domaintest.Agreements {
		say(g.AgreementPeriod(id, q))
		for _, m := range domaintest.Members {
			say(g.MayOrder(m, id, q))
		}
	}
	for _, u := range domaintest.Schools {
		say(g.SchoolAt(u, q), g.HasSchool(u, q), g.HeardOfSchool(u, q.Known))
	}
}

// everything renders the answers at pairs all over a group's two times.
func everything(g *Group, step int) (all [][]byte) {
	for known := range g.Head() + 1 {
		for at := -1; at < domaintest.Days+2; at += step {
			all = append(all, render(g, Pair{At: domaintest.First + Day(at), Known: known}))
		}
	}
	return all
}

func TestNothingRecordedLaterChangesAnEarlierAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, before := &Group{}, [][]byte(nil)
		for n, e := range domaintest.Events(domaintest.Rapid(t), 15) {
			Evolve(g, e)
			now := everything(g, 11)
			for i, was := range before {
				require.Equal(t, string(was), string(now[i]), "after event %d", n+1)
			}
			before = now
		}
	})
}

// Folded anew from its events, a group answers as the one on which the commands were enacted, and nothing follows from it.
func TestEvolveAgreesWithEnact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		enacted, anew := &Group{}, &Group{}
		for _, c := range domaintest.History(domaintest.Rapid(t), 40) {
			events, err := Enact(enacted, c)
			require.NoError(t, err)
			require.Equal(t, c.Act, events[0].Act)
			for i, e := range events {
				if i > 0 {
					follows, ok := Follow(anew)
					require.True(t, ok)
					require.Equal(t, e, follows)
				}
				Evolve(anew, e)
			}
			_, ok := Follow(enacted)
			require.False(t, ok, "something still follows")
		}
		for _, at := range []Day{0, 10, 31, 45, 70} {
			q := Pair{domaintest.First + at, enacted.Head()}
			require.Equal(t, string(render(enacted, q)), string(render(anew, q)))
		}
	})
}

// A group whose events are corrected answers as one in which they had always said so.
func TestCorrectionsFoldAsIfTheEventHadSaidSo(t *testing.T) {
	void := Event{Effective: OnDay(1), Act: &EventCorrected{Target: 1 << 40}} // names nothing
	rapid.Check(t, func(t *rapid.T) {
		events := domaintest.Events(domaintest.Rapid(t), 40)
		asIf := &Group{}
		for _, e := range corrected(events, uint64(len(events))) {
			if e == nil {
				Evolve(asIf, void)
			} else if _, ok := e.Act.(*EventCorrected); ok {
				Evolve(asIf, void)
			} else {
				Evolve(asIf, *e)
			}
		}
		for at := range Day(domaintest.Days) {
			q := Now(domaintest.First + at)
			require.Equal(t, answersOf(t, asIf, q), answersOf(t, folded(events), q), "on %v", q.At)
			require.Equal(t, asIf.Doubts(q, TouchMembers|TouchTexts, ""), folded(events).Doubts(q, TouchMembers|TouchTexts, ""))
			for _, m := range domaintest.Members {
				require.Equal(t, asIf.MemberName(m, Latest), folded(events).MemberName(m, Latest))
			}
		}
	})
}

func TestDecideAndRefusalsLeaveTheGroupAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &Group{}
		for c := range domaintest.Attempts(domaintest.Rapid(t), 15) {
			before := everything(g, 30)
			events, err := Decide(g, c)
			Follow(g)
			require.Equal(t, before, everything(g, 30))
			made, enactErr := Enact(g, c)
			require.Equal(t, err, enactErr)
			if err != nil {
				require.Nil(t, events)
				require.Equal(t, before, everything(g, 30))
			} else {
				require.Equal(t, events, made[:1])
			}
		}
	})
}

// The generator must make what the laws are to be tried on.
func TestHistoriesReachEveryAct(t *testing.T) {
	made, refused, accepted := map[string]int{}, map[string]int{}, 0
	deep := 0
	for seed := range uint64(200) {
		g := &Group{}
		for c, err := range domaintest.Attempts(domaintest.Seeded(seed), 90) {
			if err != nil {
				r, ok := err.(*Refusal)
				require.True(t, ok, "%v", err)
				refused[r.Rule.Name]++
				continue
			}
			accepted++
			events, err := Enact(g, c)
			require.NoError(t, err)
			for _, e := range events {
				made[fmt.Sprintf("%T", e.Act)]++
				if x, ok := e.Act.(*EventCorrected); ok {
					if _, ok := g.Original(x.Target).Act.(*EventCorrected); ok {
						deep++
					}
				}
			}
		}
	}
	t.Log(accepted, deep, made, refused)
	for _, a := range everyAct {
		assert.GreaterOrEqual(t, made[fmt.Sprintf("%T", a)], 20, "%T", a)
	}
	assert.Greater(t, deep, 100, "corrections of corrections")
	total := 0
	for n := range maps.Values(refused) {
		total += n
	}
	assert.Greater(t, accepted, total, "most commands should be accepted")
	assert.Equal(t, domaintest.History(domaintest.Seeded(3), 30), domaintest.History(domaintest.Seeded(3), 30))
}

var everyAct = []Act{
	&GroupFounded{}, &MemberJoined{}, &MemberWithdrew{}, &MembersSucceeded{}, &RoleGiven{}, &RoleEnded{}, &BodyCreated{},
	&BodyRenamed{}, &BodyReplaced{}, &BodyDissolved{}, &WeightsSet{}, &ObligationSet{}, &AmendmentRuleSet{}, &VotingRuleSet{}, &AvenantDrafted{},
	&MemberDeliberated{}, &DeliberationFell{}, &MemberSigned{}, &AvenantAbandoned{}, &AvenantEnteredIntoForce{}, &EventCorrected{},
	&AgreementLaunched{}, &AgreementRenewed{}, &AgreementEnded{}, &SchoolOpened{}, &SchoolDescribed{}, &SchoolClosed{}, &SchoolsMerged{},
	&SchoolMoved{}, &OrderIssued{}, &OrderAmended{}, &OrderCancelled{}, &OrderReceived{},
	&SittingConvened{}, &NoticeSent{}, &NoticeReceived{}, &NoticeAnswered{}, &SittingOpened{}, &AttendeesArrived{}, &AttendeesLeft{}, &DelegateReplaced{},
	&ProxyGiven{}, &ProxyRevoked{}, &MemberRecused{}, &SittingSuspended{}, &SittingResumed{}, &SittingAdjourned{}, &SittingClosed{}, &SittingCancelled{},
	&ItemAdded{}, &ItemAmended{}, &ItemWithdrawn{}, &ItemPostponed{}, &ItemDivided{}, &ItemPutToVote{}, &VoteOpened{}, &VotesCast{}, &VotersMarked{},
	&VoteCancelled{}, &VoteClosed{}, &DecisionProclaimed{}, &DecisionAsserted{}, &DecisionPublished{}, &DecisionReceived{}, &DecisionAnnulled{},
	&AnnulmentLifted{}, &MinutesApproved{}, &FindingAnswered{}, &DocumentAdded{}, &DocumentKept{}, &DocumentErased{},
}

// Whatever events are forged, Evolve takes them and the group answers.
func TestEvolveTakesForgedEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := domaintest.Rapid(t)
		events := domaintest.Events(pick, 20)
		for range 6 {
			events = append(events, forged(pick, events))
		}
		for i := len(events) - 1; i > 0; i-- { // and in any order
			if pick(2) == 0 {
				j := pick(i + 1)
				events[i], events[j] = events[j], events[i]
			}
		}
		g := &Group{}
		for _, e := range events {
			Evolve(g, e)
			Settle(g)
		}
		_, follows := Follow(g)
		require.False(t, follows)
		everything(g, 20)
		for c := range domaintest.Attempts(pick, 6) {
			_, err := Decide(g, c)
			_ = err // any; it must come back
		}
	})
}

func forged(pick domaintest.Pick, from []Event) Event {
	n := uint64(pick(len(from) + 8))
	day := OnDay(domaintest.First + Day(pick(domaintest.Days)))
	nobody, nowhere := MemberID("nobody"), BodyID("nowhere")
	other := from[pick(len(from))]
	one, two := domaintest.Schools[0], domaintest.Schools[1]
	acts := []Act{
		&EventCorrected{Target: n}, &EventCorrected{Target: n, Replacement: &other}, &EventCorrected{Target: 1 << 60},
		&EventCorrected{Target: n, Replacement: &Event{Effective: day, Act: &EventCorrected{Target: uint64(pick(30)), Replacement: &other}}},
		&DeliberationFell{Deliberation: n}, &DeliberationFell{Deliberation: 1 << 60},
		&AvenantEnteredIntoForce{Avenant: "undrafted"}, &AvenantEnteredIntoForce{Avenant: "avenant-1"}, &AvenantEnteredIntoForce{Avenant: Convention},
		&AvenantAbandoned{Avenant: "undrafted"}, &AvenantDrafted{Avenant: Convention}, &AvenantDrafted{Avenant: "avenant-1"},
		&MemberSigned{Member: nobody, Text: "undrafted"}, &MemberDeliberated{Member: nobody, Text: "avenant-1"},
		&RoleGiven{Member: nobody, Role: Coordinator}, &RoleGiven{Member: nobody, Role: "king"}, &RoleEnded{Role: "king"},
		&MemberWithdrew{Member: nobody}, &WeightsSet{Body: nowhere}, &WeightsSet{Body: "ag", Weights: []MemberWeight{{Member: nobody}}},
		&MembersSucceeded{}, &MembersSucceeded{Predecessors: []MemberID{nobody, "a"}, Successors: []Named{{Member: "a"}, {Member: "b"}}},
		&MembersSucceeded{Predecessors: []MemberID{"a"}, Successors: []Named{{Member: "a"}}, Policies: []Policy{{Body: nowhere, Way: Sum}, {Body: "ag", Way: Keep}}},
		&BodyReplaced{Body: nowhere, By: nowhere}, &BodyRenamed{Body: nowhere}, &BodyDissolved{Body: nowhere}, &ObligationSet{},
		&AgreementLaunched{}, &AgreementRenewed{Agreement: "x"}, &AgreementEnded{Agreement: "ent"}, &AgreementLaunched{Agreement: "ent", Orderers: []MemberID{nobody}},
		&SchoolOpened{}, &SchoolDescribed{School: one}, &SchoolClosed{School: 1}, &SchoolsMerged{Into: one, Schools: []UAI{one, two}},
		&SchoolsMerged{Into: two, Schools: []UAI{one, 0}}, &SchoolMoved{School: one, To: one}, &SchoolMoved{School: one, To: two}, &SchoolMoved{School: two, To: one},
		&OrderIssued{}, &OrderIssued{Number: "O-1", Member: nobody, From: 9, Until: 3}, &OrderIssued{Number: "O-1", Agreement: "ent", Member: "a", From: day.First, Until: LastDay},
		&OrderAmended{Number: "x"}, &OrderCancelled{Number: "x"}, &OrderCancelled{Number: "O-1"}, &OrderReceived{Number: "x"},
		&FindingAnswered{}, &FindingAnswered{Events: []uint64{n, 0, 1 << 60}}, &DocumentAdded{}, &DocumentKept{}, &DocumentErased{SHA256: Hash{1}},
		&KeyRotated{}, &KeyRotated{OldKey: "x", NewKey: "x"}, &RightGranted{}, &RightGranted{Principal: "p", Role: Auditor, Every: true, Until: 1},
		&RightEnded{}, &RightEnded{Right: n}, &RightEnded{Right: 1 << 60},
		&SubscriptionMade{}, &SubscriptionMade{Subscription: "s", Principal: "p", Channel: ByMail, Every: true}, &SubscriptionEnded{}, &SubscriptionEnded{Subscription: "s"},
		&DeliveryResumed{}, &DeliveryResumed{Subscription: "s"}, &NoticeSkipped{}, &NoticeSkipped{Subscription: "s", Notice: "g/1/k"},
		&GroupFounded{}, &AmendmentRuleSet{Approval: Quota{Who: Share}}, &AmendmentRuleSet{Signature: Quota{Who: Listed, Members: []MemberID{nobody}}},
	}
	if pick(2) == 0 {
		return Event{Effective: day, Act: forgedInSitting(pick, n)}
	}
	return Event{Effective: day, Act: acts[pick(len(acts))]}
}

// Two forged corrections that name each other once sent Evolve round for ever.
func TestCorrectionsThatNameEachOther(t *testing.T) {
	correct := func(n uint64) Event { return Event{Effective: OnDay(1), Act: &EventCorrected{Target: n}} }
	g := folded([]Event{correct(2), correct(1), correct(3), correct(0), correct(4), correct(1)})
	require.EqualValues(t, 6, g.Head())
	require.False(t, slices.ContainsFunc(g.Texts(Now(LastDay)), func(TextRow) bool { return true }))
}
