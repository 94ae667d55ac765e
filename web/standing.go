package web

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// NoticesStanding is how the notices stand that go one way. It counts, and names nobody.
type NoticesStanding struct {
	Channel string
	InForce int // subscriptions, whoever brings them
	Brought int // of these, those that this server brings
	Waiting int // subscriptions and groups of which a notice is tried again
	Parked  int // those of which one is tried no more
}

// standing measures how notices stand, each time it is asked.
type standing struct {
	of  func(context.Context) ([]NoticesStanding, error)
	ctx context.Context
}

var (
	inForce  = standingDesc("registre_subscriptions", "Subscriptions in force, by channel, whichever server brings them.")
	byThis   = standingDesc("registre_subscriptions_brought", "Subscriptions in force that this server brings, by channel.")
	waitings = standingDesc("registre_notices_waiting", "Subscriptions and groups of which this server tries a notice again, by channel.")
	parkings = standingDesc("registre_notices_parked", "Subscriptions and groups of which this server tries a notice no more, by channel.")
)

func standingDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"channel"}, nil)
}

// Describe implements prometheus.Collector.
func (s *standing) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{inForce, byThis, waitings, parkings} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (s *standing) Collect(to chan<- prometheus.Metric) {
	all, err := s.of(s.ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(inForce, err)
		return
	}
	for _, n := range all {
		for d, v := range map[*prometheus.Desc]int{inForce: n.InForce, byThis: n.Brought, waitings: n.Waiting, parkings: n.Parked} {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), n.Channel)
		}
	}
}
