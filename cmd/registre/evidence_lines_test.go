package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// TestLineStretches: the lines that are given some at a time are those of the answer, in its order, however many at a time, and also
// where the register goes on between two stretches.
func TestLineStretches(t *testing.T) {
	t.Parallel()
	a := newApp(strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{})
	a.data = filepath.Join(t.TempDir(), "data")
	d, err := a.open(t.Context(), true)
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	o := newOrdering(8, 0, 6000)
	record := func() (group domain.GroupID) {
		c, ok := o.command()
		require.True(t, ok)
		body, err := eventstore.AppendCommand(nil, &c)
		require.NoError(t, err)
		_, err = d.Record(t.Context(), body)
		require.NoError(t, err)
		return c.Group
	}
	group := record()
	for o.lines < 4000 {
		record()
	}
	l := localOf(d)
	head := func() (n uint64) {
		require.NoError(t, l.ledger.View(t.Context(), group, func(v *eventstore.View) error { n = v.Head; return nil }))
		return n
	}
	ends := head()
	for known, day := range map[uint64]domain.Day{ends: on(2016, 11, 20), ends - 10: on(2015, 11, 20), 1: on(2016, 11, 20)} {
		q := projections.Question{Group: group, At: day, Known: known}
		var want linesTold
		require.NoError(t, l.ledger.View(t.Context(), group, func(v *eventstore.View) error {
			a := &asked{Question: q, ctx: t.Context(), state: v.State, head: v.Head, margin: v}
			want = a.linesTold(projections.Lines(v.State, q, nil))
			return nil
		}))
		for _, least := range []int{1, 100, 1 << 30} {
			before := head()
			var got []projections.OrderedEntry
			invented, stretches := map[uint64]string{}, 0
			for some, err := range l.lineStretches(t.Context(), q, least) {
				require.NoError(t, err)
				got, stretches = append(got, some.Lines...), stretches+1
				for _, r := range some.Illustrative {
					invented[r.Event] = r.What
				}
				if stretches%5 == 1 {
					record()
				}
			}
			require.Equal(t, len(want.Lines), len(got))
			for i := range got {
				require.Equal(t, want.Lines[i], got[i])
			}
			require.Len(t, invented, len(want.Illustrative))
			for _, r := range want.Illustrative {
				require.Equal(t, r.What, invented[r.Event])
			}
			if least == 1 && known > 1 {
				require.Greater(t, stretches, 5)
				require.Greater(t, head(), before, "the register did not go on: the test sees nothing of it")
			}
		}
	}
}
