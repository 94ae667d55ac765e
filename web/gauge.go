package web

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A gauge measures what is served, for Prometheus. It names operations, never groups or people.
type gauge struct {
	took    *prometheus.HistogramVec
	handler http.Handler
}

func newGauge(s *Server) *gauge {
	registry := prometheus.NewRegistry()
	g := &gauge{took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "registre_http_request_seconds", Help: "How long requests took, by operation and status.",
		Buckets: []float64{0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30},
	}, []string{"operation", "status"})}
	busy := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "registre_http_requests_open", Help: "Requests that are being served."},
		func() float64 { return float64(len(s.busy)) })
	following := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "registre_http_streams_open", Help: "Streams that go on."},
		func() float64 { return float64(len(s.follow)) })
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "registre_build_info", Help: "The version that runs.", ConstLabels: prometheus.Labels{"version": s.Version}})
	build.Set(1)
	registry.MustRegister(g.took, busy, following, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if s.Standing != nil {
		registry.MustRegister(&standing{s.Standing, s.Stopping})
	}
	g.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, // the others stand
		ErrorLog:      slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	})
	return g
}

func (g *gauge) served(operation string, status int, took time.Duration) {
	g.took.WithLabelValues(operation, strconv.Itoa(status)).Observe(took.Seconds())
}

func (g *gauge) serve(w http.ResponseWriter, r *http.Request) error {
	g.handler.ServeHTTP(w, r)
	return nil
}
