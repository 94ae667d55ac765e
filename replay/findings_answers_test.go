package replay_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections/casetest"
	"registre/replay"
)

func answering(code, subject string, events ...uint64) *domain.FindingAnswered {
	return &domain.FindingAnswered{Events: events, Finding: code, Subject: subject, Text: "the report counts a chair too many"}
}

func adding(text string) *domain.DocumentAdded {
	return &domain.DocumentAdded{Kind: "test", MediaType: "text/plain", Reference: text, SHA256: casetest.HashOf(text), Size: int64(len(text))}
}

func init() {
	mismatch := func(c *casetest.Teller) { c.Tell("2020-02-01", table("16", "8", "7"), doc) }
	resting := func(c *casetest.Teller) {
		c.Tell("2020-02-01", adding("R"))
		c.Tell("2020-02-01", table("", "1"), casetest.Document("test", "R"))
	}
	sightings["an answer to a finding that is not there"] = sighting{
		replay.AnswerLeft, func(c *casetest.Teller) {
			c.Tell("2020-02-01", table("15", "8", "7"), doc)
			c.Tell("2020-03-01", answering("F0101", "ag", 2), doc)
		},
		replay.Finding{Args: args("finding", "F0101"), Events: []uint64{3, 2}, Subject: "ag"},
		func(c *casetest.Teller) {
			mismatch(c)
			c.Tell("2020-03-01", answering("F0101", "ag", 2), doc)
		},
	}
	sightings["a document that was erased"] = sighting{
		replay.EvidenceErased, func(c *casetest.Teller) {
			resting(c)
			c.Tell("2020-03-01", &domain.DocumentErased{Reason: "as ordered", SHA256: casetest.HashOf("R")}, doc)
		}, replay.Finding{Args: args("kind", "test", "reason", "as ordered", "reference", "R"), Events: []uint64{3, 4}, Subject: "3"}, resting,
	}
}

// TestAnsweredFindings: a finding that was answered stays, with its answer, from when that is known; once it rests on other events it
// is open again, and the answer is of an earlier form; a voided answer is none.
func TestAnsweredFindings(t *testing.T) {
	c := founded(t)
	c.Tell("2020-02-01", table("16", "8", "7"), doc)                                                  // 2
	c.Tell("2020-03-01", answering("F0101", "ag", 2), doc)                                            // 3
	c.Tell("2020-03-02", &domain.FindingAnswered{Events: []uint64{2}, Finding: "F0101", Text: "two"}) // 4
	c.Tell("2020-03-03", corrected(4, domain.Clerical, "", nil), doc)                                 // 5
	c.Tell("2020-03-04", corrected(2, domain.Clerical, "2020-02-02", table("16", "8", "6")), doc)     // 6
	b := fold(t, c)
	found := func(known uint64, at string) replay.Finding {
		p := domain.Pair{Known: known}
		if at != "" {
			p.At = casetest.Day(at)
		}
		all := of(replay.StatedTotalMismatch, replay.Findings(b, p))
		require.Len(t, all, 1, "it is never gone")
		return all[0]
	}
	f := found(2, "")
	require.True(t, f.Open())
	require.Empty(t, f.Answers)

	f = found(3, "")
	require.False(t, f.Open())
	require.Equal(t, []replay.Answer{{
		Actor: b.Envelope(3).Actor, Documents: []replay.Document{{Kind: "test", Reference: "a document", SHA256: b.Envelope(3).Evidence[0].SHA256.String()}},
		Effective: domain.OnDay(casetest.Day("2020-03-01")), Event: 3, Recorded: b.Envelope(3).Recorded, Text: "the report counts a chair too many",
	}}, f.Answers)
	f = found(3, "2020-02-28")
	require.True(t, f.Open(), "the answer is of a later day")

	f = found(4, "")
	require.Len(t, f.Answers, 2)
	require.Empty(t, f.Answers[1].Documents)
	f = found(5, "")
	require.Len(t, f.Answers, 1, "the second was voided")

	f = found(6, "")
	require.True(t, f.Open())
	require.Equal(t, []uint64{2, 6}, f.Events)
	require.Len(t, f.Answers, 1)
	require.Equal(t, []uint64{2}, f.Answers[0].Earlier)
	require.Empty(t, of(replay.AnswerLeft, replay.Findings(b, domain.Pair{Known: 6})), "it is of an earlier form")
	f = found(3, "")
	require.False(t, f.Open(), "as known then, it is answered")
}

// TestAnswersToOtherFindings: with another code or another subject an answer is of another finding.
func TestAnswersToOtherFindings(t *testing.T) {
	for _, a := range []*domain.FindingAnswered{answering("F0102", "ag", 2), answering("F0101", "cst", 2), answering("F0101", "ag", 1)} {
		c := founded(t)
		c.Tell("2020-02-01", table("16", "8", "7"), doc)
		c.Tell("2020-03-01", a, doc)
		found := replay.Findings(fold(t, c), domain.Pair{Known: domain.Latest})
		require.Empty(t, of(replay.StatedTotalMismatch, found)[0].Answers)
		require.Len(t, of(replay.AnswerLeft, found), 1)
	}
	c := founded(t)
	c.Tell("2020-02-01", table("16", "8", "7"), doc)
	c.Tell("2020-03-01", answering("F0801", "", 2), doc)
	require.Empty(t, of(replay.AnswerLeft, replay.Findings(fold(t, c), domain.Pair{Known: domain.Latest})), "a replay finds those")
	forged := []replay.Finding{{Code: "F0801", Severity: replay.Error, Events: []uint64{2}}}
	require.Empty(t, replay.AnswerThem(fold(t, c), domain.Pair{Known: domain.Latest}, forged))
	require.True(t, forged[0].Answered)
	require.True(t, forged[0].Open(), "no words settle it")
}
