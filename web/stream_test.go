package web

import (
	"bytes"
	"context"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStreamThatBreaks: what gives the items may fail in any way; that ends the connection before its time, and nothing else.
func TestStreamThatBreaks(t *testing.T) {
	var log bytes.Buffer
	s := &Server{Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	for name, end := range map[string]func() error{
		"an error": func() error { return http.ErrServerClosed },
		"a panic":  func() error { panic("none of our business") },
	} {
		w := httptest.NewRecorder()
		to := &sender{w: w, out: http.NewResponseController(w), lines: true}
		var items iter.Seq2[Item, error] = func(yield func(Item, error) bool) {
			if yield(Item{Body: []byte(`{}`)}, nil) {
				yield(Item{}, end())
			}
		}
		require.PanicsWithError(t, http.ErrAbortHandler.Error(), func() { _ = to.all(t.Context(), func() {}, s, "a", 10, false, items) }, name)
		require.Equal(t, "{}\n", w.Body.String(), name)
		require.Contains(t, log.String(), "a stream broke off", name)
		log.Reset()
	}
}

// onlyGroup are rights in one group.
type onlyGroup string

func (g onlyGroup) May(r Right) bool        { return r.Group == string(g) }
func (g onlyGroup) Reach() ([]string, bool) { return []string{string(g)}, false }

// TestStreamRests: what somebody may hear goes out at once, though the last item at hand is one that he may not hear; and his rights are
// looked up once for what was found at once.
func TestStreamRests(t *testing.T) {
	looked := 0
	ctx := context.WithValue(t.Context(), admittedKey{}, &admitted{still: func() Rights { looked++; return onlyGroup("a") }})
	w := httptest.NewRecorder()
	to := &sender{w: w, out: http.NewResponseController(w), lines: true}
	item := func(group string, round uint64, rests bool) Item {
		return Item{Body: []byte(group + strconv.FormatUint(round, 10)), Group: group, Round: round, Rests: rests}
	}
	items := func(yield func(Item, error) bool) {
		want := ""
		for _, round := range []struct {
			items  []Item
			looked int
			out    string
		}{
			{[]Item{item("a", 1, false), item("a", 1, false), item("b", 1, true)}, 1, "a1\na1\n"},
			{[]Item{item("a", 2, false), item("b", 2, false), item("b", 2, true)}, 2, "a2\n"},
			{[]Item{item("a", 0, false), item("a", 0, true)}, 4, "a0\na0\n"},
			{[]Item{item("b", 3, true)}, 5, ""},
		} {
			for i := range round.items {
				require.True(t, yield(round.items[i], nil))
			}
			want += round.out
			require.Equal(t, want, w.Body.String())
			require.Equal(t, round.looked, looked)
			require.True(t, w.Flushed)
			w.Flushed = false
		}
	}
	require.NoError(t, to.all(ctx, func() {}, &Server{}, "", 0, true, items))
	require.Nil(t, to.held)

	ctx = context.WithValue(t.Context(), admittedKey{}, &admitted{still: func() Rights { return nil }})
	require.NoError(t, to.all(ctx, func() {}, &Server{}, "", 0, true, func(yield func(Item, error) bool) {
		require.False(t, yield(item("a", 1, true), nil), "whose right is gone is told nothing more")
	}))
}

// TestReachOfWhomNobodyKnows: whose rights cannot be looked up for a moment is not taken for one who hears of nothing.
func TestReachOfWhomNobodyKnows(t *testing.T) {
	var rights Rights
	ctx := context.WithValue(t.Context(), admittedKey{}, &admitted{still: func() Rights { return rights }})
	_, every := Reach(ctx)
	require.True(t, every)
	rights = onlyGroup("a")
	groups, every := Reach(ctx)
	require.False(t, every)
	require.Equal(t, []string{"a"}, groups)
}
