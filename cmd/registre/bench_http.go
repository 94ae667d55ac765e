package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"registre/domain"
	"registre/web"
)

// Of what is asked and recorded over HTTP at once; whoever asks is in the same process, on the same processors.
const (
	httpClients     = 16
	httpCommands    = 1000 // a second, each with its receipt
	httpQueries     = 2000 // a second
	httpWaiting     = 512  // on their way at once, at most
	httpSubscribers = 5000
)

// A benchedServer is a server that is measured, and one that does nothing, with the same limits.
type benchedServer struct {
	url, empty string
	address    string
	token      string
	client     *http.Client
}

// http measures what is served over HTTP: questions beside an empty handler, questions and commands at once, and followers.
func (b *bench) http(ctx context.Context) (err error) {
	dir := filepath.Join(b.dir, "http")
	opened, err := openDesk(ctx, deskOptions{house: house{Data: dir, Create: true, Begin: true}, Kept: true, Now: time.Now})
	if err != nil {
		return err
	}
	l, ok := opened.(*local)
	defer func() { err = errors.Join(err, opened.Close()) }()
	if !ok {
		return misuse("serve-held", dir, "")
	}
	for _, act := range ballotsStory(ballotVoters, 1)[:1] {
		if _, err := l.ledger.Do(ctx, ballotCommand(act)); err != nil {
			return err
		}
	}
	right := ballotCommand(&domain.RightGranted{Principal: "p-bench", Role: domain.Secretary, Every: true})
	right.Group, right.Effective = domain.House, domain.OnDay(domain.InstantOf(time.Now()).Day())
	if _, err := l.ledger.Do(ctx, right); err != nil {
		return err
	}
	d := &door{dir: dir, now: time.Now, rights: l}
	s := &benchedServer{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: httpWaiting, MaxConnsPerHost: httpWaiting}}}
	if s.token, _, err = d.make(ctx, token{Principal: "p-bench", Expires: time.Now().Add(24 * time.Hour)}); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	served := web.New(web.Options{
		Desk: newCounter(l), Door: d, Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: programVersion(), Stopping: running,
	})
	endServed, err := b.listens(running, served, &s.url)
	if err != nil {
		stop()
		return err
	}
	endEmpty, err := b.listens(running, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }), &s.empty)
	if err == nil {
		s.address = strings.TrimPrefix(s.url, "http://")
		err = errors.Join(b.httpRates(ctx, s), b.httpLoad(ctx, s), b.httpFollowers(ctx, s))
		s.client.CloseIdleConnections()
		stop()
		err = errors.Join(err, <-endEmpty)
	}
	stop()
	return errors.Join(err, <-endServed)
}

// listens serves a handler with the limits of serve.
func (b *bench) listens(ctx context.Context, h http.Handler, url *string) (<-chan error, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	*url = "http://" + listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- serveHTTP(ctx, listener, h, servePace, slog.New(slog.DiscardHandler)) }()
	return ended, nil
}

// ask sends a request, and reads its answer whole.
func (s *benchedServer) ask(ctx context.Context, method, address, body string, want int) error {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != want {
		return fmt.Errorf("%s %s: %s", method, address, response.Status)
	}
	return nil
}

// question is as known now, of a day: what its answer says besides the register's end is at hand when it is asked again, until
// the register has more.
func (s *benchedServer) question(at domain.Day) string {
	return s.url + "/v1/groups/" + ballotGroup + "/weights?body=ag&at=" + at.String()
}

// asking asks for what is at an address, another each time or not.
func (s *benchedServer) asking(want int, address func() string) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error { return s.ask(ctx, http.MethodGet, address(), "", want) }
}

// benchedDay is the day that is asked about.
var benchedDay = domain.InstantOf(time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)).Day()

// httpRates measures how many questions are answered in a second, in turn with a handler that does nothing.
func (b *bench) httpRates(ctx context.Context, s *benchedServer) error {
	var days atomic.Int64
	ways := []struct {
		how     string
		want    int
		address func() string
	}{
		{"", http.StatusNoContent, func() string { return s.empty }},
		{"as known now, asked before", http.StatusOK, func() string { return s.question(benchedDay) }},
		{"at a number, asked before", http.StatusOK, func() string { return s.question(benchedDay) + "&known=1" }},
		{"as known now, on a day not asked about before", http.StatusOK, func() string { return s.question(benchedDay + domain.Day(days.Add(1))) }},
	}
	best := make([]float64, len(ways))
	for range rounds {
		for i, w := range ways {
			got, err := b.rate(ctx, httpClients, s.asking(w.want, w.address))
			if err != nil {
				return err
			}
			best[i] = max(best[i], got)
		}
	}
	for i, w := range ways[1:] {
		name := fmt.Sprintf("http: who has voices among %d, %s, %d clients", ballotVoters, w.how, httpClients)
		b.add(beside(figure{Name: name, Value: best[i+1], Unit: "/s", Target: 0.5}, best[0], "an empty handler"))
	}
	return nil
}

// A paced stream of requests has so many a second, whether those before were answered or not; each is timed from when it was due.
type paced struct {
	every  time.Duration
	ask    func(context.Context) error
	mu     sync.Mutex
	took   []time.Duration
	failed error
}

func (p *paced) run(ctx context.Context, until time.Time) {
	var all sync.WaitGroup
	places := make(chan struct{}, httpWaiting)
	for due := time.Now(); due.Before(until) && ctx.Err() == nil; due = due.Add(p.every) {
		time.Sleep(time.Until(due))
		places <- struct{}{}
		all.Go(func() {
			err := p.ask(ctx)
			p.mu.Lock()
			p.took, p.failed = append(p.took, time.Since(due)), errors.Join(p.failed, err)
			p.mu.Unlock()
			<-places
		})
	}
	all.Wait()
}

// worst is the time within which 99 of 100 were answered, in milliseconds.
func (p *paced) worst() float64 {
	slices.Sort(p.took)
	return float64(p.took[len(p.took)*99/100].Microseconds()) / 1000
}

// httpLoad measures commands with their receipts and questions, both at once at a fixed rate.
func (b *bench) httpLoad(ctx context.Context, s *benchedServer) error {
	commands := &paced{every: time.Second / httpCommands, ask: func(ctx context.Context) error {
		return s.ask(ctx, http.MethodPost, s.url+"/v1/groups/"+ballotGroup+"/commands?receipt=true", benchCommand(), http.StatusCreated)
	}}
	queries := &paced{every: time.Second / httpQueries, ask: func(ctx context.Context) error {
		return s.ask(ctx, http.MethodGet, s.question(benchedDay), "", http.StatusOK)
	}}
	begun := time.Now()
	until := begun.Add(time.Duration(b.seconds * float64(time.Second)))
	var both sync.WaitGroup
	for _, p := range []*paced{commands, queries} {
		both.Go(func() { p.run(ctx, until) })
	}
	both.Wait()
	lasted := time.Since(begun).Seconds()
	for _, p := range []*paced{commands, queries} {
		name := map[bool]string{true: "a command with its receipt", false: "a question"}[p == commands]
		if p.failed != nil {
			return p.failed
		}
		b.add(figure{Name: "http: " + name + ", answered", Value: float64(len(p.took)) / lasted, Unit: "/s"})
		b.add(figure{Name: "http: " + name + ", 99 of 100 within", Value: p.worst(), Unit: "ms", Target: 50, AtMost: true})
	}
	return nil
}

func benchCommand() string {
	text, err := json.Marshal(map[string]any{
		"command": "set-obligation", "group": ballotGroup, "id": uuid.NewString(), "effective": "2024-01-01",
		"data": map[string]any{"article": uuid.NewString(), "basis": "convention", "text": "Transmettre."},
	})
	if err != nil {
		panic(err) // it is one
	}
	return string(text)
}

// httpFollowers measures the memory of followers, theirs and the server's, and how long an event takes to reach them all.
func (b *bench) httpFollowers(ctx context.Context, s *benchedServer) error {
	before := heldMemory()
	conns := make([]net.Conn, 0, httpSubscribers)
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	head := "GET /v1/groups/" + ballotGroup + "/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nLast-Event-ID: 999999999\r\nAuthorization: Bearer " + s.token + "\r\n\r\n"
	for range httpSubscribers {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
		if err != nil {
			return err
		}
		conns = append(conns, c)
		if _, err := io.WriteString(c, head); err != nil {
			return err
		}
		line, err := bufio.NewReaderSize(c, 16).ReadString('\n')
		if err != nil || !strings.Contains(line, " 200 ") {
			return fmt.Errorf("a follower was answered %q: %w", line, err)
		}
	}
	held := heldMemory() - before
	b.add(figure{Name: fmt.Sprintf("http: memory of %d followers, both ends", len(conns)), Value: held / 1e6, Unit: "MB", Target: 200, AtMost: true})
	return nil
}

// heldMemory is what this process holds of the machine's memory, without what it would give back.
func heldMemory() float64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys - m.HeapReleased)
}
