package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOtherMeasuresStand: where nobody can say how notices stand, that is logged, and everything else is measured.
func TestOtherMeasuresStand(t *testing.T) {
	var log bytes.Buffer
	var wrong error
	s := &Server{Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Stopping: t.Context(), Version: "v1", Standing: func(context.Context) ([]NoticesStanding, error) {
		return []NoticesStanding{{Channel: "mail", InForce: 2}}, wrong
	}}}
	g := newGauge(s)
	measured := func() string {
		w := httptest.NewRecorder()
		require.NoError(t, g.serve(w, httptest.NewRequest(http.MethodGet, "/metrics", nil)))
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), `registre_build_info{version="v1"} 1`)
		require.Contains(t, w.Body.String(), "registre_http_requests_open 0")
		return w.Body.String()
	}
	require.Contains(t, measured(), `registre_subscriptions{channel="mail"} 2`)
	require.Empty(t, log.String())
	wrong = errors.New("the folder cannot be read")
	require.NotContains(t, measured(), "registre_subscriptions")
	require.Contains(t, log.String(), "level=WARN")
	require.Contains(t, log.String(), wrong.Error())
}
