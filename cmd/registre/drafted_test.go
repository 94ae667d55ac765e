package main

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// A countingDesk counts the events that are read through it.
type countingDesk struct {
	desk
	folder string
	read   int
}

func (d *countingDesk) Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		for r, err := range d.desk.Records(ctx, group, after, follow) {
			d.read++
			if !yield(r, err) {
				return
			}
		}
	}
}

// brought runs a verb on a desk that is open already.
func brought(t *testing.T, d *countingDesk, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	a := newApp(strings.NewReader(""), &out, &out)
	a.desk, a.lang = d, "en"
	root := a.root()
	root.SetArgs(append(args, "--lang", "en", "--data", d.folder))
	root.SetOut(a.out)
	root.SetErr(a.errs)
	require.NoError(t, root.ExecuteContext(t.Context()), "%v: %s", args, out.String())
	return out.String()
}

const draftFounding = `{"command":"found-group","group":"g","id":"01890000-0000-7000-8000-0000000000aa","effective":"2023-01-01","actor":"a","data":{"changes":[` +
	`{"change":"member-joined","member":"a","name":"A"},{"change":"member-joined","member":"b","name":"B"},{"body":"cg","change":"body-created","name":"CG"},` +
	`{"body":"cg","change":"weights-set","weights":[{"member":"a","weight":"2"},{"member":"b","weight":"3"}]}],"name":"G","title":"T"}}`

// TestDraftsReadNoEvents: what a second notice takes over, who is to be there and what of an item stays are taken from the state at hand,
// also with an id that was not recorded before. Where it was, the events before it are read, and the command is the same again.
func TestDraftsReadNoEvents(t *testing.T) {
	t.Parallel()
	a := newApp(strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{})
	a.data = filepath.Join(t.TempDir(), "data")
	opened, err := a.open(t.Context(), true)
	require.NoError(t, err)
	d := &countingDesk{desk: opened, folder: a.data}
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	_, err = d.Record(t.Context(), []byte(draftFounding))
	require.NoError(t, err)
	changes := filepath.Join(t.TempDir(), "changes.json")
	require.NoError(t, os.WriteFile(changes, []byte(`[{"body":"cg","change":"body-renamed","name":"CG 2"}]`), 0o600))
	id := func(n string) string { return "01890000-0000-7000-8000-00000000000" + n }

	brought(t, d, "rule", "voting", "g", "cg", "--majority", "weights total >1/2", "--quorum", "weights total >1/2", "--second-quorum", "none", "--basis", "x", "--effective", "2023-01-01")
	brought(t, d, "sitting", "convene", "g", "cg", "2023-03-20", "--item", "1=Budget", "--item", "2=Logo", "--changes", "2="+changes, "--observer", "o=O", "--effective", "2023-03-01")
	again := [][]string{
		{"item", "amend", "g", "cg-2023-03-20", "2", "--title", "Name", "--effective", "2023-03-02", "--id", id("1")},
		{"sitting", "convene", "g", "cg", "2023-06-01", "--second-of", "3", "--sitting", "again", "--effective", "2023-05-20", "--id", id("2")},
		{"sitting", "open", "g", "again", "--all", "--effective", "2023-06-01", "--id", id("3")},
	}
	brought(t, d, again[0]...)
	brought(t, d, "sitting", "open", "g", "cg-2023-03-20", "a", "--effective", "2023-03-20")
	brought(t, d, "sitting", "adjourn", "g", "cg-2023-03-20", "--no-quorum", "--effective", "2023-03-20")
	brought(t, d, again[1]...)
	brought(t, d, again[2]...)
	require.Zero(t, d.read)

	var amended *domain.ItemAmended
	var second *domain.SittingConvened
	var present *domain.SittingOpened
	events := uint64(0)
	for e, err := range heldHere(opened).ledger.Events(t.Context(), "g", 0) {
		require.NoError(t, err)
		switch act := e.Act.(type) {
		case *domain.ItemAmended:
			amended = act
		case *domain.SittingConvened:
			second = act
		case *domain.SittingOpened:
			present = act
		}
		events = e.Number
	}
	require.Equal(t, "Name", amended.Title)
	require.Equal(t, []domain.Change{&domain.BodyRenamed{Body: "cg", Name: "CG 2"}}, amended.Changes, "what was not named stays")
	require.Equal(t, "again", string(second.Sitting))
	require.Len(t, second.Agenda, 2)
	require.Equal(t, amended.AgendaItem, second.Agenda[1])
	require.Equal(t, []domain.Named{{Member: "o", Name: "O"}}, second.Observers)
	require.Equal(t, []domain.MemberID{"a", "b", "o"}, present.Present)

	for _, verb := range again {
		require.Contains(t, brought(t, d, append(verb, "--json")...), `"repeated":true`, "%v", verb)
	}
	require.Positive(t, d.read)
	require.NoError(t, heldHere(opened).ledger.View(t.Context(), "g", func(v *eventstore.View) error {
		require.Equal(t, events, v.Head, "nothing was recorded twice")
		return nil
	}))
	raw, err := d.Ask(t.Context(), Question{Kind: "drafted", Group: "g", More: asking("make", draftItem, "sitting", "none", "item", "1")})
	require.NoError(t, err)
	var told draftTold
	require.NoError(t, json.Unmarshal(raw, &told))
	require.Nil(t, told.Body)
}
