package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore/jetstream"
	"registre/web"
)

// A servedFolder is a process that serves a folder.
type servedFolder struct {
	t     *testing.T
	cmd   *exec.Cmd
	url   string
	nats  string // where clients of NATS connect, if they may
	token string
	log   *heard
}

// startServing serves a folder by a process of its own, and waits until it is open.
func startServing(t *testing.T, data, token string, args ...string) *servedFolder {
	t.Helper()
	s := &servedFolder{t: t, token: token, log: &heard{}}
	s.cmd = exec.CommandContext(context.Background(), "registre", append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--lang", "en"}, args...)...)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() { _ = s.cmd.Process.Kill(); _, _ = s.cmd.Process.Wait() })
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan(), s.log.String())
	_, s.url, _ = strings.Cut(lines.Text(), "Serving on ")
	require.NotEmpty(t, s.url, lines.Text())
	if slices.Contains(args, "--nats-listen") {
		require.True(t, lines.Scan(), s.log.String())
		_, s.nats, _ = strings.Cut(lines.Text(), "Serving on ")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return s
}

// servable is a copy of the demonstration, and a token for a secretary.
func servable(t *testing.T) (data, token string) {
	t.Helper()
	onOneDay()
	data = filepath.Join(t.TempDir(), "data")
	var out, errs bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"demo", "--data", data}, nil, &out, &errs), errs.String())
	out.Reset()
	require.Zero(t, run(t.Context(), []string{"right", "grant", "me", "--role", domain.Secretary, "--group", "all", "--data", data}, nil, &out, &errs), errs.String())
	out.Reset()
	require.Zero(t, run(t.Context(), []string{"token", "create", "--data", data}, nil, &out, &errs), errs.String())
	token, rest, _ := strings.Cut(out.String(), "\n")
	require.Empty(t, rest, "TOKEN=$(registre token create) takes the token alone")
	return data, token
}

func (s *servedFolder) request(ctx context.Context, method, address, body string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.url+address, strings.NewReader(body))
	require.NoError(s.t, err)
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	return http.DefaultClient.Do(r)
}

// A load is commands that come from many at once, each counted as answered when its answer was read whole.
type load struct {
	sent     atomic.Int64
	mu       sync.Mutex
	answered map[string]bool // by id
	odd      []string        // answers of another status
	all      sync.WaitGroup
}

func (s *servedFolder) loaded(ctx context.Context, clients int) *load {
	l := &load{answered: map[string]bool{}}
	for range clients {
		l.all.Go(func() {
			for ctx.Err() == nil {
				command := obligation(demoGroup, "")
				l.sent.Add(1)
				response, err := s.request(context.WithoutCancel(ctx), http.MethodPost, "/v1/groups/"+demoGroup+"/commands?receipt=true", command)
				if err != nil {
					return // it is gone
				}
				text, err := io.ReadAll(response.Body)
				_ = response.Body.Close()
				var done struct{ Command string }
				l.mu.Lock()
				if response.StatusCode != http.StatusCreated || err != nil || json.Unmarshal(text, &done) != nil {
					l.odd = append(l.odd, response.Status+" "+string(text))
				} else {
					l.answered[done.Command] = true
				}
				l.mu.Unlock()
			}
		})
	}
	return l
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.answered)
}

// recordedIn is how often each command stands in the register behind a number.
func recordedIn(t *testing.T, data string, after uint64) map[string]int {
	t.Helper()
	return recordedOf(t, data, demoGroup, after)
}

func recordedOf(t *testing.T, data string, group domain.GroupID, after uint64) map[string]int {
	t.Helper()
	d, err := openDesk(t.Context(), deskOptions{house: house{Data: data}, Kept: true, Now: time.Now})
	require.NoError(t, err)
	defer d.Close()
	times := map[string]int{}
	for r, err := range d.Records(t.Context(), group, after, false) {
		require.NoError(t, err)
		var event struct{ Command string }
		require.NoError(t, json.Unmarshal(r.Body, &event))
		times[event.Command]++
	}
	return times
}

// TestServeStops: a server that is told to stop, under load, answers every command that it has begun: what is recorded was answered,
// and what was answered is recorded, once. Whoever follows is let go, and the process ends well.
func TestServeStops(t *testing.T) {
	data, token := servable(t)
	before := recordedIn(t, data, 0)
	s := startServing(t, data, token)
	ctx, stop := context.WithTimeout(t.Context(), 3*untilGivenUp)
	defer stop()
	following, err := s.request(ctx, http.MethodGet, "/v1/groups/"+demoGroup+"/events?follow=true&after=1000", "")
	require.NoError(t, err)
	followed := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, following.Body)
		followed <- err
	}()
	l := s.loaded(ctx, 16)
	require.Eventually(t, func() bool { return l.count() > 200 }, untilGivenUp, 10*time.Millisecond, s.log)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait(), s.log.String())
	require.NoError(t, <-followed, "a stream that is let go ends whole")
	l.all.Wait()
	require.Empty(t, l.odd)
	require.NoError(t, ctx.Err(), "it stopped in time")
	recorded := recordedIn(t, data, 0)
	for id, times := range recorded {
		if before[id] == 0 {
			require.True(t, l.answered[id], "recorded, and never answered")
			require.Equal(t, 1, times)
		}
	}
	require.Equal(t, len(recorded), len(before)+len(l.answered))
	t.Logf("%d commands sent, %d answered, all others never begun", l.sent.Load(), len(l.answered))
}

// TestServeKilled: a server that is killed under load has kept whatever it answered, once, and serves again.
func TestServeKilled(t *testing.T) {
	data, token := servable(t)
	answered := map[string]bool{}
	for range 3 {
		s := startServing(t, data, token)
		l := s.loaded(t.Context(), 16)
		require.Eventually(t, func() bool { return l.count() > 60 }, untilGivenUp, time.Millisecond, s.log)
		require.NoError(t, s.cmd.Process.Kill())
		require.Error(t, s.cmd.Wait())
		l.all.Wait()
		for id := range l.answered {
			answered[id] = true
		}
	}
	s := startServing(t, data, token)
	response, err := s.request(t.Context(), http.MethodGet, "/ready", "")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusNoContent, response.StatusCode)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait())
	recorded := recordedIn(t, data, 0)
	for id := range answered {
		require.Equal(t, 1, recorded[id], id)
	}
	out, exit := command(t, filepath.Dir(data), "verify", "--full", "--data", data)
	require.Zero(t, exit, out)
	t.Logf("killed 3 times, %d commands answered, each there once", len(answered))
}

// An openingFolder is a process that is to serve a folder, and answers already.
type openingFolder struct {
	*servedFolder
	address string
	ended   chan error
}

// opening begins one; at another address where the one that was free is taken meanwhile.
func opening(t *testing.T, data, token string) *openingFolder {
	t.Helper()
	for range 20 {
		probe, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		o := &openingFolder{&servedFolder{t: t, token: token, log: &heard{}}, probe.Addr().String(), make(chan error, 1)}
		require.NoError(t, probe.Close())
		o.url = "http://" + o.address
		o.cmd = exec.CommandContext(t.Context(), "registre", "serve", "--data", data, "--listen", o.address)
		o.cmd.Stderr = o.log
		require.NoError(t, o.cmd.Start())
		go func() { o.ended <- o.cmd.Wait() }()
		if o.runs() {
			return o
		}
		require.Contains(t, o.log.String(), "R0857", "it ended, and not because somebody else listens there")
	}
	require.Fail(t, "no address stays free")
	return nil
}

// runs waits until it says that it runs, or has ended.
func (o *openingFolder) runs() bool {
	for until := time.Now().Add(untilGivenUp); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		select {
		case <-o.ended:
			return false
		default:
		}
		if response, err := o.request(o.t.Context(), http.MethodGet, "/health", ""); err == nil {
			_ = response.Body.Close()
			return response.StatusCode == http.StatusNoContent
		}
	}
	require.Fail(o.t, "it does not say that it runs", o.log.String())
	return false
}

// TestServeOpening: from the first moment on a server says that it runs, and that nothing can be asked of it until the registers are
// open; here somebody else holds the folder for a while.
func TestServeOpening(t *testing.T) {
	data, token := servable(t)
	held := filepath.Join(t.TempDir(), "held")
	holder := exec.CommandContext(t.Context(), "holdlock", filepath.Join(data, "lock"), held)
	require.NoError(t, holder.Start())
	require.Eventually(t, func() bool { _, err := os.Stat(held); return err == nil }, untilGivenUp, 10*time.Millisecond)
	s := opening(t, data, token)
	status := func(method, path string) (int, web.Problem, http.Header) {
		response, err := s.request(t.Context(), method, path, "")
		if err != nil {
			return 0, web.Problem{}, nil
		}
		defer response.Body.Close()
		var p web.Problem
		_ = json.NewDecoder(response.Body).Decode(&p)
		return response.StatusCode, p, response.Header
	}
	code, _, _ := status("GET", "/health")
	require.Equal(t, http.StatusNoContent, code)
	for _, path := range []string{"/ready", "/v1/groups", "/openapi.json", "/docs", "/metrics", "/none"} {
		code, p, h := status("GET", path)
		require.Equal(t, http.StatusServiceUnavailable, code, path)
		require.Equal(t, "R0988", p.Code, path)
		require.Equal(t, "1", h.Get("Retry-After"), path)
	}
	require.True(t, jetstream.Claimed(data), "somebody else may take the folder up before it")
	_, exit := command(t, t.TempDir(), "serve", "--probe", "--listen", s.address)
	require.Equal(t, exitFailed, exit)
	code, _, _ = status("POST", "/health")
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.NoError(t, holder.Process.Kill())
	_ = holder.Wait()
	require.Eventually(t, func() bool { code, _, _ := status("GET", "/ready"); return code == http.StatusNoContent }, untilGivenUp, 10*time.Millisecond, s.log)
	require.False(t, jetstream.Claimed(data))
	out, exit := command(t, t.TempDir(), "serve", "--probe", "--listen", s.address)
	require.Zero(t, exit, out)
	code, _, _ = status("GET", "/v1/groups")
	require.Equal(t, http.StatusOK, code)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, <-s.ended, s.log)
}
