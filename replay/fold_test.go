package replay_test

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
	"registre/projections/casetest"
	"registre/replay"
)

func events(es []eventstore.Envelope, last error) iter.Seq2[eventstore.Envelope, error] {
	return func(yield func(eventstore.Envelope, error) bool) {
		for _, e := range es {
			if !yield(e, nil) {
				return
			}
		}
		if last != nil {
			yield(eventstore.Envelope{}, last)
		}
	}
}

func fold(t require.TestingT, c *casetest.Teller) *replay.Book {
	b, err := replay.Fold(events(c.Envelopes, nil))
	require.NoError(t, err)
	require.Equal(t, c.Group.Head(), b.Head())
	return b
}

func TestFold(t *testing.T) {
	whole := casetest.GrandEst(t).Envelopes
	failed := errors.New("the disk is gone")
	tests := map[string]struct {
		change func([]eventstore.Envelope) []eventstore.Envelope
		last   error
		head   uint64 // of the book that is returned
		check  func(*testing.T, error)
	}{
		"whole":   {head: 26, check: func(t *testing.T, err error) { require.NoError(t, err) }},
		"nothing": {change: func([]eventstore.Envelope) []eventstore.Envelope { return nil }, check: func(t *testing.T, err error) { require.NoError(t, err) }},
		"unread": {last: failed, head: 26, check: func(t *testing.T, err error) {
			require.ErrorIs(t, err, failed)
			require.NotErrorIs(t, err, eventstore.ErrDamaged)
		}},
		"removed":            {head: 9, change: func(es []eventstore.Envelope) []eventstore.Envelope { return slices.Delete(es, 9, 10) }, check: disorder(10, 11)},
		"doubled":            {head: 10, change: func(es []eventstore.Envelope) []eventstore.Envelope { return slices.Insert(es, 9, es[9]) }, check: disorder(11, 10)},
		"not from the first": {head: 0, change: func(es []eventstore.Envelope) []eventstore.Envelope { return es[1:] }, check: disorder(1, 2)},
		"of another group": {head: 4, change: func(es []eventstore.Envelope) []eventstore.Envelope { es[4].Group = "another"; return es }, check: func(t *testing.T, err error) {
			var group *replay.GroupError
			require.ErrorAs(t, err, &group)
			require.EqualValues(t, "another", group.Group)
		}},
		"recorded at the same instant": {head: 4, change: func(es []eventstore.Envelope) []eventstore.Envelope { es[4].Recorded = es[3].Recorded; return es }, check: disorder(5, 5)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			es := slices.Clone(whole)
			if tt.change != nil {
				es = tt.change(es)
			}
			b, err := replay.Fold(events(es, tt.last))
			require.Equal(t, tt.head, b.Head())
			require.Equal(t, tt.head, b.Group.Head())
			require.Equal(t, tt.head, b.Register.Head())
			tt.check(t, err)
			var damage *eventstore.DamageError
			if errors.As(err, &damage) {
				require.ErrorIs(t, err, eventstore.ErrDamaged)
				require.EqualValues(t, "ent-grand-est", damage.Group)
				require.Equal(t, tt.head+1, damage.Number)
			} else {
				require.Contains(t, []string{"whole", "nothing", "unread"}, name)
			}
		})
	}
}

func disorder(want, number uint64) func(*testing.T, error) {
	return func(t *testing.T, err error) {
		var disorder *projections.DisorderError
		require.ErrorAs(t, err, &disorder)
		require.Equal(t, want, disorder.Want)
		require.Equal(t, number, disorder.Number)
	}
}

// TestDecoded: the stored bytes, opened and folded, tell what was told.
func TestDecoded(t *testing.T) {
	c := casetest.GrandEst(t)
	records := func(yield func(eventstore.Record, error) bool) {
		for _, e := range c.Envelopes {
			body, err := e.Append(nil)
			require.NoError(t, err)
			if !yield(eventstore.Record{Group: c.ID, Number: e.Number, Body: body}, nil) {
				return
			}
		}
	}
	b, err := replay.Fold(replay.Decoded(records))
	require.NoError(t, err)
	require.Equal(t, c.Envelopes, slices.Collect(b.Envelopes(b.Head())))

	torn := func(yield func(eventstore.Record, error) bool) {
		for r, err := range records {
			if r.Number == 7 {
				r.Body = r.Body[1:]
			}
			if !yield(r, err) {
				return
			}
		}
	}
	b, err = replay.Fold(replay.Decoded(torn))
	require.ErrorIs(t, err, eventstore.ErrDamaged)
	require.EqualValues(t, 6, b.Head())
}

func TestResolve(t *testing.T) {
	b := fold(t, casetest.GrandEst(t))
	for s, want := range map[string]uint64{
		"": 26, "#0": 0, "#1": 1, "#26": 26, "2017-11-30": 0, "2017-12-01": 3, "2020-12-31": 3, "2021-01-01": 4, "2099-01-01": 26,
		"2021-01-01T22:59:59.999999+01:00": 4, "2021-01-01T21:59:59.999998Z": 3,
	} {
		known, err := replay.ParseKnown(s)
		require.NoError(t, err, s)
		got, err := b.Resolve(known)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
	}
	_, err := b.Resolve(replay.UpTo(27))
	require.Equal(t, &replay.BeyondError{Number: 27, Head: 26}, err)
	for _, s := range []string{"#", "#-1", "#01", "#+1", "#1e3", "#99999999999999999999", "26", "2021-02-30", "2021-1-1", "now", "2021"} {
		_, err := replay.ParseKnown(s)
		var text *domain.TextError
		require.ErrorAs(t, err, &text, s)
	}
}

func TestExplain(t *testing.T) {
	c := casetest.GrandEst(t)
	c.Tell("2024-01-01", &domain.EventCorrected{Target: 2, Kind: domain.Clerical, Reason: "never was"}, casetest.RecordedOn("2024-01-05"))
	b := fold(t, c)
	got := explain(b, domain.Latest, 1, 2, 5, 26, 99, 0)
	require.Len(t, got, 4)
	require.Equal(t, replay.Source{
		Actor: "secretariat", Documents: []replay.Document{{Kind: "report", Reference: "CP-2022-9-5-1"}}, Effective: domain.Date{First: casetest.Day("2017-01-01"), Precision: domain.PrecisionYear},
		Number: 1, Precision: "year", Recorded: c.Envelopes[0].Recorded, Type: "group-founded",
	}, got[0])
	require.True(t, got[1].Void)
	require.EqualValues(t, 27, got[1].CorrectedBy)
	require.NotEmpty(t, got[2].Documents[0].SHA256)
	require.Equal(t, "avenant-entered-into-force", got[3].Type)

	before := explain(b, 26, 2)
	require.False(t, before[0].Void)
	require.Zero(t, before[0].CorrectedBy)
	require.Empty(t, explain(b, 1, 2))
}

// explain gives the events behind some numbers, in the order given, as known. Numbers that are not there are left out.
func explain(b *replay.Book, known uint64, numbers ...uint64) []replay.Source {
	sources := make([]replay.Source, 0, len(numbers))
	for _, n := range numbers {
		if n == 0 || n > min(known, b.Head()) {
			continue
		}
		e := b.Envelope(n)
		sources = append(sources, replay.SourceOf(b.Group, known, &e))
	}
	return sources
}
