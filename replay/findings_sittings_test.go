package replay_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections/casetest"
	"registre/replay"
)

func init() { maps.Copy(sightings, sittingSightings) }

// deciding tells of weights a=2, b=1, c=1 in AG and of its rule: more than half of all voices, and so many clear days of notice.
func deciding(c *casetest.Teller, days int) {
	rule := casetest.RuleOfCOGOUV()
	rule.Notice = domain.Notice{Days: days}
	c.Tell("2020-02-01", table("", "2", "1", "1"), doc)
	c.Tell("2020-02-01", &domain.VotingRuleSet{Basis: "x", Body: "ag", Rule: rule}, doc)
}

// convened tells that AG is convened for 2020-03-20, event 4, with an item that makes b the pilot; and opened, event 5 but for the notices.
func convened(c *casetest.Teller, notices ...*domain.NoticeSent) {
	c.Tell("2020-03-01", &domain.SittingConvened{Body: "ag", Day: casetest.Day("2020-03-20"), Mode: domain.InPerson, Sitting: "s", Agenda: []domain.AgendaItem{
		{Item: "1", Title: "Pilote", Changes: []domain.Change{&domain.RoleGiven{Member: "b", Role: domain.Pilot}}},
		{Item: "2", Title: "Budget"},
	}}, doc)
	for _, n := range notices {
		n.Sitting = "s"
		c.Tell("2020-03-15", n, doc)
	}
	c.Tell("2020-03-20", &domain.SittingOpened{Sitting: "s", Present: []domain.MemberID{"a", "b", "c"}})
}

// ofKind tells of AG's rule for items of the kind person, and of a sitting, opened, with an item of another.
func ofKind(c *casetest.Teller, kind domain.ItemKind) {
	deciding(c, 0)
	c.Tell("2020-02-01", &domain.VotingRuleSet{Basis: "x", Body: "ag", Kind: "person", Rule: casetest.RuleOfCOGOUV()}, doc)
	c.Tell("2020-03-01", &domain.SittingConvened{Body: "ag", Day: casetest.Day("2020-03-20"), Mode: domain.InPerson, Sitting: "s", Agenda: []domain.AgendaItem{
		{Item: "1", Kind: kind, Title: "Président"},
	}}, doc)
	c.Tell("2020-03-20", &domain.SittingOpened{Sitting: "s", Present: []domain.MemberID{"a", "b", "c"}})
}

func sentOn(day string, members ...domain.MemberID) *domain.NoticeSent {
	return &domain.NoticeSent{Members: members, Sent: domain.EndOfDay(casetest.Day(day))}
}

// adopted tells of the first item voted on, all for it; events 6 to 9.
func adopted(c *casetest.Teller) uint64 {
	deciding(c, 0)
	convened(c)
	return c.Vote("2020-03-20", "s", "1", casetest.Votes(domain.SenseFor, "a", "b", "c"))
}

var sittingSightings = map[string]sighting{
	"a notice of four clear days against five": {
		kind: replay.NoticeTooShort,
		with: func(c *casetest.Teller) {
			deciding(c, 5)
			convened(c, sentOn("2020-03-14", "a"), sentOn("2020-03-15", "b", "c"))
		},
		want:    replay.Finding{Subject: "s", Events: []uint64{7, 4, 5, 6}, Args: args("clear", "4", "days", "5", "members", "b, c")},
		without: func(c *casetest.Teller) { deciding(c, 5); convened(c, sentOn("2020-03-14")) },
	},
	"a second notice that is too short": {
		kind: replay.NoticeTooShort,
		with: func(c *casetest.Teller) {
			deciding(c, 0)
			rule := casetest.RuleOfCOGOUV()
			rule.Notice = domain.Notice{SecondDays: 3}
			c.Tell("2020-02-02", &domain.VotingRuleSet{Basis: "x", Body: "ag", Rule: rule}, doc)
			c.Tell("2020-03-01", &domain.SittingConvened{Body: "ag", Day: casetest.Day("2020-03-02"), Mode: domain.Remote, Sitting: "first", Agenda: []domain.AgendaItem{{Item: "1", Title: "Budget"}}}, doc)
			c.Tell("2020-03-02", &domain.SittingOpened{Sitting: "first", Present: []domain.MemberID{"a"}})
			c.Tell("2020-03-02", &domain.SittingAdjourned{Sitting: "first", Why: domain.ForNoQuorum})
			c.Tell("2020-03-03", &domain.SittingConvened{Body: "ag", Day: casetest.Day("2020-03-06"), Mode: domain.Remote, Sitting: "second", SecondOf: "first"}, doc)
			c.Tell("2020-03-03", &domain.NoticeSent{Sent: domain.EndOfDay(casetest.Day("2020-03-03")), Sitting: "second"}, doc)
			c.Tell("2020-03-06", &domain.SittingOpened{Sitting: "second", Present: []domain.MemberID{"a"}})
		},
		want:    replay.Finding{Subject: "second", Events: []uint64{10, 8, 9}, Args: args("clear", "2", "days", "3", "members", "a, b, c")},
		without: func(c *casetest.Teller) { deciding(c, 0); convened(c) },
	},
	"a notice that was not sent to one": {
		kind:    replay.NoticeUnrecorded,
		with:    func(c *casetest.Teller) { deciding(c, 5); convened(c, sentOn("2020-03-01", "a", "b")) },
		want:    replay.Finding{Subject: "s", Events: []uint64{6, 4, 5}, Args: args("days", "5", "members", "c")},
		without: func(c *casetest.Teller) { deciding(c, 0); convened(c) },
	},
	"a vote corrected after the decision": {
		kind: replay.RecountDiffers,
		with: func(c *casetest.Teller) {
			adopted(c)
			c.Tell("2020-04-01", corrected(8, domain.Clerical, "2020-03-20", &domain.VotesCast{Item: "1", Sitting: "s", Votes: casetest.Votes(domain.SenseAgainst, "a", "b", "c")}), doc)
		},
		want:    replay.Finding{Subject: "10", Events: []uint64{10, 7}, Args: args("differs", "outcome, votes", "item", "1", "outcome", "adopted", "recounted", "rejected", "sitting", "s")},
		without: func(c *casetest.Teller) { adopted(c) },
	},
	"a weight corrected after the vote": {
		kind: replay.RollDiffers,
		with: func(c *casetest.Teller) {
			adopted(c)
			c.Tell("2020-04-01", corrected(2, domain.Clerical, "2020-02-01", table("", "2", "1", "3")), doc)
		},
		want: replay.Finding{Subject: "s", Events: []uint64{7, 1, 2, 11}, Args: args("item", "1", "weights", "c 1 → 3")},
		without: func(c *casetest.Teller) { // a weight of the same day, set after the vote
			adopted(c)
			c.Tell("2020-03-20", table("", "2", "1", "3"), doc)
		},
	},
	"a table of weights voided after the vote": {
		kind: replay.RollDiffers,
		with: func(c *casetest.Teller) {
			n := c.Tell("2020-03-01", table("", "2", "1", "3"), doc)
			adopted(c)
			c.Tell("2020-04-01", &domain.EventCorrected{Kind: domain.Substantive, Reason: "no text says so", Target: n}, doc)
		},
		want: replay.Finding{Subject: "s", Events: []uint64{8, 1, 2, 12, 3}, Args: args("item", "1", "weights", "c 3 → 1")},
		without: func(c *casetest.Teller) { // voided before the vote
			n := c.Tell("2020-03-01", table("", "2", "1", "3"), doc)
			c.Tell("2020-03-02", &domain.EventCorrected{Kind: domain.Substantive, Reason: "no text says so", Target: n}, doc)
			adopted(c)
		},
	},
	"a decision annulled from its beginning": {
		kind: replay.DecisionAnnulled,
		with: func(c *casetest.Teller) {
			c.Tell("2020-05-01", &domain.DecisionAnnulled{Court: "TA", Decision: adopted(c), Reason: "x"}, doc)
		},
		want: replay.Finding{Subject: "10", Events: []uint64{11, 10}, Args: args("court", "TA", "reason", "x", "title", "Pilote")},
		without: func(c *casetest.Teller) {
			n := c.Tell("2020-05-01", &domain.DecisionAnnulled{Court: "TA", Decision: adopted(c), Reason: "x"}, doc)
			c.Tell("2020-06-01", &domain.AnnulmentLifted{Annulment: n, How: domain.OnAppeal, Reason: "y"}, doc)
		},
	},
	"a decision annulled from a day on, whose pilot still is one": {
		kind: replay.AnnulledStillCounts,
		with: func(c *casetest.Teller) {
			n := adopted(c)
			c.Tell("2020-05-01", &domain.DecisionAnnulled{Court: "TA", Decision: n, From: casetest.Day("2020-06-01"), Reason: "x"}, doc)
		},
		want: replay.Finding{Subject: "10", Events: []uint64{11, 10, 4}, Args: args("changes", "1", "from", "2020-06-01", "title", "Pilote")},
		without: func(c *casetest.Teller) {
			n := adopted(c)
			c.Tell("2020-05-01", &domain.DecisionAnnulled{Court: "TA", Decision: n, From: casetest.Day("2020-06-01"), Reason: "x"}, doc)
			c.Tell("2020-05-02", &domain.AnnulmentLifted{Annulment: n + 1, How: domain.OnAppeal, Reason: "x"}, doc)
		},
	},
	"a vote under a kind that has no rule, where another has one": {
		kind: replay.KindWithoutRule,
		with: func(c *casetest.Teller) { ofKind(c, "persone"); c.Vote("2020-03-20", "s", "1") },
		want: replay.Finding{Subject: "s", Events: []uint64{8, 5, 3}, Args: args("body", "ag", "item", "1", "kind", "persone", "others", "person")},
		without: func(c *casetest.Teller) {
			ofKind(c, "person")
			c.Vote("2020-03-20", "s", "1")
		},
	},
	"a vote in a body that was no more": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			adopted(c)
			c.Tell("2020-03-10", &domain.BodyDissolved{Basis: "x", Body: "ag"}, doc)
		},
		want: replay.Finding{Rule: "R0304", Subject: "ag", Events: []uint64{7}, Args: args("day", "2020-03-20", "rule", "no-such-body", "type", "vote-opened")},
		without: func(c *casetest.Teller) {
			adopted(c)
			c.Tell("2020-03-21", &domain.BodyDissolved{Basis: "x", Body: "ag"}, doc)
		},
	},
	"a decision of a body that was no more, of which only the result is known": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			c.Tell("2020-03-01", &domain.DecisionAsserted{Body: "ag", Outcome: domain.Adopted, Title: "Budget"}, doc)
			c.Tell("2020-02-15", &domain.BodyDissolved{Basis: "x", Body: "ag"}, doc)
		},
		want: replay.Finding{Rule: "R0304", Subject: "ag", Events: []uint64{2}, Args: args("day", "2020-03-01", "rule", "no-such-body", "type", "decision-asserted")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-03-01", &domain.DecisionAsserted{Body: "ag", Outcome: domain.Adopted, Title: "Budget"}, doc)
		},
	},
	"a decision of which only the result is known": {
		kind: replay.DecisionAsserted,
		with: func(c *casetest.Teller) {
			c.Tell("2020-03-01", &domain.DecisionAsserted{Body: "ag", Outcome: domain.Adopted, Title: "Budget"}, doc)
		},
		want:    replay.Finding{Subject: "2", Events: []uint64{2}, Args: args("body", "ag", "title", "Budget")},
		without: func(c *casetest.Teller) { adopted(c) },
	},
}

// TestASittingRestsOnItsMinutes: what goes on in a sitting has no document of its own; once it is over, the minutes are missing.
func TestASittingRestsOnItsMinutes(t *testing.T) {
	c := founded(t)
	adopted(c)
	without := func() []replay.Finding {
		return of(replay.AssertedWithoutDocument, replay.Findings(fold(t, c), domain.Pair{Known: domain.Latest}))
	}
	require.Empty(t, without())
	sources := explain(fold(t, c), domain.Latest, 4, 5, 8)
	assert.Equal(t, []bool{false, true, true}, []bool{sources[0].InMinutes, sources[1].InMinutes, sources[2].InMinutes}, "the convening has a document of its own")
	items, err := replay.Story(fold(t, c), domain.Now(domain.LastDay))
	require.NoError(t, err)
	for _, i := range items {
		assert.False(t, i.Undocumented, "%d %s", i.Number, i.Type)
	}
	n := c.Tell("2020-03-20", &domain.SittingClosed{Sitting: "s"})
	require.Len(t, without(), 1)
	assert.Equal(t, []uint64{n}, without()[0].Events)
	c.Tell("2020-04-20", &domain.MinutesApproved{Sitting: "s"}, doc)
	require.Empty(t, without())
}

// TestAConsultationIsDecidedOnTheWorldOfItsClosing: what an item of a written consultation changes could be done as it was put to vote.
// That it no longer can as the consultation is closed does not undo the votes: it is decided, and the contradiction is found.
func TestAConsultationIsDecidedOnTheWorldOfItsClosing(t *testing.T) {
	consulted := func(between ...domain.Act) []replay.Finding {
		c := founded(t)
		deciding(c, 0)
		c.Tell("2020-03-01", &domain.SittingConvened{Body: "ag", Day: casetest.Day("2020-03-20"), Deadline: casetest.Day("2020-03-30"), Mode: domain.Written, Sitting: "s", Agenda: []domain.AgendaItem{
			{Item: "1", Title: "Pilote", Changes: []domain.Change{&domain.RoleGiven{Member: "b", Role: domain.Pilot}}},
		}}, doc)
		c.Tell("2020-03-20", &domain.SittingOpened{Sitting: "s"})
		c.Tell("2020-03-20", &domain.ItemPutToVote{Item: "1", Sitting: "s"})
		c.Tell("2020-03-21", &domain.VotesCast{Item: "1", Sitting: "s", Votes: casetest.Votes(domain.SenseFor, "a", "b", "c")})
		for _, act := range between {
			c.Tell("2020-03-22", act, doc)
		}
		n := c.Tell("2020-03-31", &domain.VoteClosed{Item: "1", Sitting: "s"}) // the decision follows
		for _, f := range of(replay.Contradiction, replay.Findings(fold(t, c), domain.Pair{Known: domain.Latest})) {
			require.Contains(t, []uint64{n, n + 1}, f.Events[0])
			require.Equal(t, []string{domain.NotMember.Code, "b"}, []string{f.Rule, f.Subject})
		}
		return of(replay.Contradiction, replay.Findings(fold(t, c), domain.Pair{Known: domain.Latest}))
	}
	require.Empty(t, consulted())
	require.Len(t, consulted(&domain.MemberWithdrew{Basis: "x", Member: "b"}), 1)
}

// TestADecisionBringsAboutItsChanges: what a decision changes is different between the days before and after it, and its events are
// named; annulled, it takes its changes back, and the judgment is named.
func TestADecisionBringsAboutItsChanges(t *testing.T) {
	c := founded(t)
	n := adopted(c)
	before, after := domain.Now(casetest.Day("2020-03-19")), domain.Now(casetest.Day("2020-03-20"))
	roles := func(from, to domain.Pair) (found []replay.Difference) {
		all, err := replay.Diff(fold(t, c), from, to)
		require.NoError(t, err)
		for _, d := range all {
			if d.Code == replay.RoleChanged {
				found = append(found, d)
			}
		}
		return found
	}
	changed := roles(before, after)
	require.Len(t, changed, 1)
	assert.Contains(t, changed[0].Events, n)
	annulled := c.Tell("2020-05-01", &domain.DecisionAnnulled{Court: "TA", Decision: n, Reason: "x"}, doc)
	require.Empty(t, roles(before, after))
	back := roles(domain.Pair{At: after.At, Known: n}, domain.Pair{At: after.At, Known: domain.Latest})
	require.Len(t, back, 1)
	assert.Equal(t, []uint64{annulled}, back[0].Events)
}
