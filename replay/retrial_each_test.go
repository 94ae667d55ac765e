package replay_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections/casetest"
	"registre/replay"
)

// manyFound is a register longer than what is looked at in one go, with answers to findings of its beginning and its end, of an earlier
// form, of none, and of what an answer to none is found by.
func manyFound(c *casetest.Teller) {
	for i := range 700 {
		c.Tell("2020-02-01", table("16", []string{"8", "9"}[i%2], "6"), doc)
	}
	c.Tell("2020-03-01", answering("F0101", "ag", 2), casetest.Reference("minutes", "x"), casetest.Reference("minutes", "x"))
	c.Tell("2020-03-01", answering("F0101", "", 690), doc)
	c.Tell("2020-03-01", answering("F0101", "ag", 600, 3), doc)
	c.Tell("2020-03-01", answering("F0101", "cst", 5), doc)
	c.Tell("2020-03-01", answering("F0850", "cst", 705, 5), doc)
	for i := range 400 {
		c.Tell("2020-02-01", table("16", []string{"8", "9"}[i%2], "6"))
	}
	c.Tell("2020-03-01", answering("F0303", "", 1000))
}

// TestEach: what is given some at a time is, put into its order, what Findings and the retrial find; each finding is given once, and
// those that compare as equal together.
func TestEach(t *testing.T) {
	histories := map[string]func(*casetest.Teller){"many": manyFound}
	for name, s := range sightings {
		histories[name] = s.with
	}
	for name, tell := range histories {
		c := founded(t)
		tell(c)
		answerAll(c)
		r, err := replay.Retry(inTurn(c.Envelopes), 0)
		require.NoError(t, err, name)
		head := r.Book.Head()
		r.Findings = append(r.Findings, replay.Finding{Code: "F0806", Events: []uint64{1}, Subject: "y"}, replay.Finding{Code: "F0801", Events: []uint64{1, head / 2}, Subject: "x"})
		for _, known := range []uint64{head, head / 2, 1, 0} {
			p := domain.Pair{At: domain.LastDay, Known: known}
			own := slices.Clone(r.Findings)
			replay.AnswerThem(r.Book, p, own)
			requireEach(t, r.Each(p), append(replay.Findings(r.Book, p), own...))
			require.Len(t, r.All(p), len(replay.Findings(r.Book, p))+len(own), name)

			before := replay.Findings(r.Book, p)
			for _, f := range r.Findings {
				if slices.Max(f.Events) <= known {
					before = append(before, f)
				}
			}
			requireEach(t, r.EachBefore(p), before)
		}
	}
}

// answerAll answers some findings of each kind, and one of a retrial.
func answerAll(c *casetest.Teller) {
	kinds := map[string]int{}
	b, err := replay.Fold(inTurn(c.Envelopes))
	require.NoError(c.TB, err)
	for _, f := range replay.Findings(b, domain.Pair{At: domain.LastDay, Known: c.Group.Head()}) {
		if kinds[f.Code]++; kinds[f.Code] < 4 && len(f.Events) > 0 {
			c.Tell("2026-03-01", &domain.FindingAnswered{Events: f.Events, Finding: f.Code, Subject: f.Subject, Text: "so"})
		}
	}
	c.Tell("2026-03-01", answering("F0806", "y", 1))
}

// requireEach wants what is given to be all, each once, and what compares as equal in one part.
func requireEach(t *testing.T, each iter.Seq[[]replay.Finding], want []replay.Finding) {
	t.Helper()
	all, parts := []replay.Finding{}, map[string]int{} // by what findings are compared by
	n := 0
	for part := range each {
		n++
		for _, f := range part {
			key := (&replay.Finding{Code: f.Code, Events: f.Events, Subject: f.Subject}).Identity()
			if parts[key] == 0 {
				parts[key] = n
			}
			require.Equal(t, n, parts[key], "%s is in two parts", key)
		}
		all = append(all, part...)
	}
	inOrder := func(x, y replay.Finding) int { return x.Compare(&y) }
	slices.SortStableFunc(all, inOrder)
	slices.SortStableFunc(want, inOrder)
	require.Equal(t, want, all)
}

func inTurn(events []eventstore.Envelope) iter.Seq2[eventstore.Envelope, error] {
	return func(yield func(eventstore.Envelope, error) bool) {
		for i := range events {
			if !yield(events[i], nil) {
				return
			}
		}
	}
}
