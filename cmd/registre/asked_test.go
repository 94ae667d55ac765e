package main

import (
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// TestAskedWhileItIsRecorded asks, from several goroutines, of what was known at a number, while what comes after it is recorded: the
// answer is what it was before.
func TestAskedWhileItIsRecorded(t *testing.T) {
	all, err := story()
	require.NoError(t, err)
	const told = 900
	store := eventstore.NewMemory()
	require.NoError(t, tell(t.Context(), keptOpen{store}, all[:told]))
	d := newLocal(store, nowFor(all), false)
	questions := []Question{
		{Kind: "weights", More: asking("body", "ag", "why", "yes")},
		{Kind: "members"},
		{Kind: "enrolment"},
		{Kind: "timeline"},
		{Kind: "event", More: asking("number", "48")},
		{Kind: "explain", More: asking("figure", "total", "body", "ag")},
	}
	var readers sync.WaitGroup
	turns := make([]chan struct{}, len(questions)) // each begins to ask when it is given a turn, and asks while it is recorded on
	for i, q := range questions {
		turns[i] = make(chan struct{})
		q.Group, q.At, q.Known = demoGroup, "2022-11-30", "#850"
		before := withoutMeta(t, d, q)
		readers.Go(func() {
			for range turns[i] {
				if raw, err := d.Ask(t.Context(), q); err != nil || withoutMetaOf(raw) != before {
					t.Errorf("%s: another answer (%v)", q.Kind, err)
				}
			}
		})
	}
	for n, c := range all[told:] {
		if n%4 == 0 {
			for _, turn := range turns {
				turn <- struct{}{}
			}
		}
		_, err := d.ledger.Do(t.Context(), c.command)
		assert.NoError(t, err)
	}
	for _, turn := range turns {
		close(turn)
	}
	readers.Wait()
}

// withoutMetaOf is an answer without its meta; "" where it has none.
func withoutMetaOf(raw []byte) string {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || parts["meta"] == nil {
		return ""
	}
	delete(parts, "meta")
	b, _ := json.Marshal(parts)
	return string(b)
}

// TestReplayOfSeveralGroups: groups are replayed beside each other, and each is found to be as it is alone.
func TestReplayOfSeveralGroups(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	require.NoError(t, fillOrdering(t.Context(), dir, 7, 4, 200))
	replayed := func(names ...string) (groups []map[string]json.RawMessage) {
		_, out, errs := tried(t, append(append([]string{"replay"}, names...), "--json", "--at", "2030-01-01", "--data", dir)...)
		var answer struct{ Groups []map[string]json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(out), &answer), errs)
		return answer.Groups
	}
	together := replayed("--all")
	require.GreaterOrEqual(t, len(together), 4)
	for _, g := range together {
		var name string
		require.NoError(t, json.Unmarshal(g["group"], &name))
		require.Equal(t, []map[string]json.RawMessage{g}, replayed(name))
	}
}
