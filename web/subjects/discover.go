package subjects

import (
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"golang.org/x/time/rate"

	"registre/web"
)

// A count is what became of the requests of one operation.
type count struct {
	mu       sync.Mutex
	requests int
	errors   int
	last     string
	took     time.Duration
}

func (c *count) add(r *web.Reply, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	c.took += took
	if r.Problem != nil {
		c.errors++
		c.last = r.Problem.Code
	}
}

// signals bound how often each token may ask what services there are: the answers are long, and nothing else bounds them.
type signals struct {
	mu sync.Mutex
	of map[string]*rate.Limiter
}

// How often a second a token may ask for services, and how often at once.
const (
	discoversEach = 10
	discoversOnce = 30
)

func newSignals() *signals { return &signals{of: map[string]*rate.Limiter{}} }

func (s *signals) allow(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[token] == nil {
		s.of[token] = rate.NewLimiter(discoversEach, discoversOnce)
	}
	return s.of[token].Allow()
}

// discover answers what is asked of services: $SRV.PING, INFO and STATS, of all, of this one by its name, or by name and id. Subjects are
// told as clients have them.
func (d *desk) discover(m *nats.Msg) {
	token, rest, _ := strings.Cut(strings.TrimPrefix(m.Subject, discovered), ".")
	if !strings.HasPrefix(m.Reply, "_R_.") || !d.signals.allow(token) {
		return
	}
	of := strings.Split(rest, ".")
	info := d.micro.Info()
	if len(of) > 1 && of[1] != info.Name || len(of) > 2 && of[2] != info.ID || len(of) > 3 {
		return
	}
	var answer any
	switch of[0] {
	case micro.PingVerb.String():
		answer = micro.Ping{ServiceIdentity: info.ServiceIdentity, Type: micro.PingResponseType}
	case micro.InfoVerb.String():
		for i := range info.Endpoints {
			info.Endpoints[i].Subject = prefix + info.Endpoints[i].Name
		}
		answer = info
	case micro.StatsVerb.String():
		answer = d.stats()
	default:
		return
	}
	body, err := json.Marshal(answer)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		d.Log.Error("an answer did not go out", "operation", rest, "error", err)
	}
}

// stats are what became of requests, whoever sent them.
func (d *desk) stats() micro.Stats {
	all := d.micro.Stats()
	for _, e := range all.Endpoints {
		c := d.counts[e.Name]
		c.mu.Lock()
		e.Subject, e.NumRequests, e.NumErrors, e.LastError, e.ProcessingTime = prefix+e.Name, c.requests, c.errors, c.last, c.took
		e.AverageProcessingTime = c.took / time.Duration(max(1, c.requests))
		c.mu.Unlock()
	}
	return all
}
