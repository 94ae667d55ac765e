package web

import (
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Pace bounds what one principal may ask of the server, so that none takes all of it.
type Pace struct {
	PerSecond float64 // requests, as a rule; 0 for no bound
	Burst     int     // requests at once, after a pause; 0 for twice as many as in a second
	Open      int     // requests that are being served at the same time, streams among them; 0 for no bound
}

// paces keeps the pace of each principal. Of those who have not asked for a while nothing is kept.
type paces struct {
	Pace
	now func() time.Time

	mu    sync.Mutex
	of    map[string]*pace
	swept time.Time
}

type pace struct {
	bucket *rate.Limiter
	open   int
	last   time.Time
}

// forgetAfter is how long a principal is remembered who asks nothing: by then his bucket is full again.
const forgetAfter = 5 * time.Minute

func newPaces(p Pace) *paces {
	if p.Burst == 0 {
		p.Burst = int(math.Ceil(2 * p.PerSecond))
	}
	return &paces{Pace: p, now: time.Now, of: map[string]*pace{}}
}

// take lets one more request of a principal begin; done says that it has ended. Where it may not, wait is after how long it may.
func (p *paces) take(who string) (done func(), wait time.Duration, ok bool) {
	if p.PerSecond == 0 && p.Open == 0 {
		return func() {}, 0, true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.sweep(now)
	one := p.of[who]
	if one == nil {
		one = &pace{bucket: rate.NewLimiter(rate.Inf, 0)}
		if p.PerSecond > 0 {
			one.bucket = rate.NewLimiter(rate.Limit(p.PerSecond), p.Burst)
		}
		p.of[who] = one
	}
	one.last = now
	if p.Open > 0 && one.open >= p.Open {
		return nil, time.Second, false
	}
	if r := one.bucket.ReserveN(now, 1); r.DelayFrom(now) > 0 {
		wait = r.DelayFrom(now)
		r.CancelAt(now)
		return nil, wait, false
	}
	one.open++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		one.open--
		one.last = p.now()
	}, 0, true
}

// sweep forgets who has asked nothing for a while. The caller holds the lock.
func (p *paces) sweep(now time.Time) {
	if now.Sub(p.swept) < forgetAfter {
		return
	}
	p.swept = now
	for who, one := range p.of {
		if one.open == 0 && now.Sub(one.last) > forgetAfter {
			delete(p.of, who)
		}
	}
}

// pacedAs is under which name a request is counted: its principal, and whoever says nothing of himself under his address.
func pacedAs(who Principal, from string) string {
	if !who.Nobody {
		return who.ID
	}
	return who.ID + " " + from
}

// hostOf is the address that a request comes from.
func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// tooFast is the fault of whoever asks more than he may.
func tooFast(wait time.Duration) error {
	seconds := max(1, int(math.Ceil(wait.Seconds())))
	return &Fault{Status: http.StatusTooManyRequests, Name: "too-fast", Subject: strconv.Itoa(seconds), After: seconds}
}
