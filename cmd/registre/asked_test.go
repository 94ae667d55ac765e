package main

import (
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"

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
	begun, done := make(chan struct{}, len(questions)), make(chan struct{})
	for _, q := range questions {
		q.Group, q.At, q.Known = demoGroup, "2022-11-30", "#850"
		before := withoutMeta(t, d, q)
		readers.Go(func() {
			for n := 0; ; n++ {
				if raw, err := d.Ask(t.Context(), q); err != nil || withoutMetaOf(raw) != before {
					t.Errorf("%s: another answer (%v)", q.Kind, err)
				}
				if n == 0 {
					begun <- struct{}{}
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range questions {
		<-begun
	}
	for _, c := range all[told:] {
		_, err := d.ledger.Do(t.Context(), c.command)
		require.NoError(t, err)
	}
	close(done)
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
