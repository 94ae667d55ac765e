package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

var (
	memoryFor  = flag.Duration("memory.for", 6*time.Second, "how long a server is used whose memory is watched")
	memoryPace = flag.Duration("memory.pace", 20*time.Millisecond, "how long each of its clients pauses between two requests")
)

// measured reads from a server's metrics what it holds.
func (s *servedFolder) measured(names ...string) map[string]float64 {
	response, err := s.request(s.t.Context(), http.MethodGet, "/metrics", "")
	require.NoError(s.t, err)
	defer response.Body.Close()
	require.Equal(s.t, http.StatusOK, response.StatusCode)
	found := map[string]float64{}
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if slices.Contains(names, name) {
			found[name], err = strconv.ParseFloat(value, 64)
			require.NoError(s.t, err)
		}
	}
	require.Len(s.t, found, len(names))
	return found
}

// A usage is what many do with a server: they ask, take files, bring commands that are new, old or wrong, follow and go away.
type usage struct {
	*servedFolder
	asked, recorded, followed atomic.Int64
	odd                       sync.Map // statuses that were not expected
}

// one makes a request that whoever uses a server makes; n tells them apart.
func (u *usage) one(ctx context.Context, r *rand.Rand) {
	group := "/v1/groups/" + demoGroup
	method, address, body := http.MethodGet, group, ""
	switch roll := r.IntN(100); {
	case roll < 60: // a question of any kind, on a day of its own
		kind := oneOf(r, slices.Sorted(maps.Keys(examples)))
		if kinds[kind].path == "" || kinds[kind].ofHouse {
			kind = "weights"
		}
		address += "/" + oneOf(r, examples[kind])
		if !strings.Contains(address, "at=") {
			joint := map[bool]string{true: "&", false: "?"}[strings.Contains(address, "?")]
			address += joint + "at=" + (domain.InstantOf(time.Now()).Day() - domain.Day(r.IntN(3000))).String()
		}
	case roll < 70: // a table
		address += "/exports/members?format=" + oneOf(r, []string{"csv", "xlsx", "ods", "jsonl"})
	case roll < 80: // a stream, for a while
		u.follow(ctx, group+oneOf(r, []string{"/events", "/notices/stream"}), time.Duration(r.IntN(400))*time.Millisecond)
		return
	case roll < 90: // a command that is refused
		method, address, body = http.MethodPost, address+"/commands", `{"command":"set-obligation","group":"`+demoGroup+`"}`
	case roll < 95: // somebody unknown
		address += "/weights?body=none"
	default:
		method, address, body = http.MethodPost, address+"/commands?receipt=true", obligation(demoGroup, "")
	}
	response, err := u.request(ctx, method, address, body)
	if err != nil {
		return // it is over
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	u.asked.Add(1)
	if response.StatusCode == http.StatusCreated {
		u.recorded.Add(1)
	}
	if response.StatusCode >= 500 {
		u.odd.Store(response.Status+" "+address, true)
	}
}

func (u *usage) follow(ctx context.Context, address string, during time.Duration) {
	ctx, stop := context.WithTimeout(ctx, during)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.url+address, http.NoBody)
	require.NoError(u.t, err)
	r.Header.Set("Authorization", "Bearer "+u.token)
	r.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // until it goes away
	u.followed.Add(1)
}

// TestServeMemory: a server that is used by many, in all ways, for long, holds no more in the end than in the middle, but for what
// was recorded; and when all have gone it has neither a connection nor a goroutine more than before they came.
//
//	go test ./cmd/registre -run TestServeMemory -memory.for=1h -memory.pace=5ms -timeout 2h -v
func TestServeMemory(t *testing.T) {
	const cached = 64e6 // answers that are kept at hand, as long as there are none or the collector has not been by
	const resident, live, goroutines, files = "process_resident_memory_bytes", "go_memstats_next_gc_bytes", "go_goroutines", "process_open_fds"
	data, token := servable(t)
	var out, errs bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"right", "grant", "me", "--role", domain.Operator, "--data", data}, nil, &out, &errs), errs.String())
	u := &usage{servedFolder: startServing(t, data, token)}
	client := http.DefaultTransport.(*http.Transport)
	for r := rand.New(rand.NewPCG(1, 1)); u.recorded.Load() == 0 || u.followed.Load() == 0; { // what it begins only then goes on
		u.one(t.Context(), r)
	}
	var before map[string]float64
	alone := func() map[string]float64 { client.CloseIdleConnections(); return u.measured(goroutines, files) }
	require.Eventually(t, func() bool {
		was := before
		before = alone()
		return maps.Equal(was, before)
	}, untilGivenUp, 200*time.Millisecond)

	ctx, stop := context.WithTimeout(t.Context(), *memoryFor)
	defer stop()
	var all sync.WaitGroup
	for n := range uint64(8) {
		all.Go(func() {
			for r := rand.New(rand.NewPCG(7, n)); ctx.Err() == nil; time.Sleep(*memoryPace) {
				u.one(ctx, r)
			}
		})
	}
	const samples = 30
	var held [2][samples]float64 // of the process, and of what a collection of garbage leaves
	var recorded [samples]int64
	for i := range samples {
		time.Sleep(*memoryFor / samples)
		now := u.measured(resident, live)
		held[0][i], held[1][i], recorded[i] = now[resident], now[live], u.recorded.Load()
		if i%5 == 4 {
			t.Logf("%v: resident %.1f MB, next collection at %.1f MB, %d asked, %d followed, %d recorded", *memoryFor/samples*time.Duration(i+1), now[resident]/1e6, now[live]/1e6, u.asked.Load(), u.followed.Load(), u.recorded.Load())
		}
	}
	all.Wait()
	u.odd.Range(func(what, _ any) bool { t.Error(what); return true })

	third := samples / 3
	more := float64(recorded[samples-1] - recorded[third])
	for i, what := range []string{"resident", "next collection"} {
		middle, end := median(held[i][third:2*third]), median(held[i][2*third:])
		t.Logf("%s: %.1f MB in the middle, %.1f MB in the end, %.0f events more", what, middle/1e6, end/1e6, more)
		if *memoryFor >= 10*time.Minute { // before that it still fills what it keeps at hand
			require.Less(t, end, middle*1.1+cached+more*2000, what)
		}
	}
	var after map[string]float64
	for until := time.Now().Add(untilGivenUp); ; time.Sleep(200 * time.Millisecond) {
		after = alone()
		if after[goroutines] <= before[goroutines]+1 && after[files] <= before[files]+1 {
			break
		}
		if time.Now().After(until) {
			open, _ := exec.CommandContext(t.Context(), "ls", "-l", fmt.Sprintf("/proc/%d/fd", u.cmd.Process.Pid)).Output()
			_ = u.cmd.Process.Signal(syscall.SIGQUIT) // it tells what its goroutines do
			_ = u.cmd.Wait()
			t.Fatalf("before %v, after %v: %s\n%s", before, after, open, u.log)
		}
	}
	t.Logf("before %v, after %v", before, after)
}

func oneOf[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
