package web

import (
	"bytes"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
		require.PanicsWithError(t, http.ErrAbortHandler.Error(), func() { _ = to.all(t.Context(), s, "a", 10, false, items) }, name)
		require.Equal(t, "{}\n", w.Body.String(), name)
		require.Contains(t, log.String(), "a stream broke off", name)
		log.Reset()
	}
}
