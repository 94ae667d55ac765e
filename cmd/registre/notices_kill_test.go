package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
)

var (
	noticesKills = flag.Int("notices.kills", 4, "how often the dispatcher is killed")
	noticesEach  = flag.Int("notices.each", 30, "how many notices each of eight groups has")
)

// noticesGroups is how many groups the killed dispatcher brings the notices of.
const noticesGroups = 8

// A hookTarget takes notices as a receiver does that is not always at its best.
type hookTarget struct {
	t      *testing.T
	secret string
	bad    bool

	mu    sync.Mutex
	asked int
	taken []string
}

func (h *hookTarget) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // whoever sent it was killed
	}
	hook, err := standardwebhooks.NewWebhook(h.secret)
	if assert.NoError(h.t, err) {
		assert.NoError(h.t, hook.Verify(body, r.Header))
	}
	var event struct{ ID string }
	assert.NoError(h.t, json.Unmarshal(body, &event))
	h.mu.Lock()
	h.asked++
	turn := h.asked % 9
	if !h.bad || turn < 5 {
		h.taken = append(h.taken, event.ID)
	}
	h.mu.Unlock()
	switch {
	case !h.bad || turn < 5:
		w.WriteHeader(http.StatusNoContent)
	case turn == 5:
		w.WriteHeader(http.StatusInternalServerError)
	case turn == 6:
		panic(http.ErrAbortHandler) // half-way
	case turn == 7:
		time.Sleep(400 * time.Millisecond) // too late, though it is taken then
		h.mu.Lock()
		h.taken = append(h.taken, event.ID)
		h.mu.Unlock()
	default:
		<-r.Context().Done()
	}
}

// all are the ids of what it has taken, with repetitions.
func (h *hookTarget) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.taken)
}

func (h *hookTarget) distinct() int {
	return len(slices.Compact(slices.Sorted(slices.Values(h.all()))))
}

// TestNoticesKill kills the process that brings notices again and again, to one receiver that takes them and to one that answers 500,
// hangs, breaks off and answers too late: none is lost, those of a group come in their order, and a repetition has the same id.
//
//	go test ./cmd/registre -run TestNoticesKill -notices.kills=50 -notices.each=500 -timeout 30m
func TestNoticesKill(t *testing.T) {
	oneByOne(t)
	data := groupsJoined(t, *noticesEach)
	out, exit := command(t, filepath.Dir(data), "right", "grant", "me", "--role", domain.Subscriber, "--group", "all", "--data", data)
	require.Zero(t, exit, out)
	targets := []*hookTarget{{t: t}, {t: t, bad: true}}
	for _, h := range targets {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		out, exit = command(t, filepath.Dir(data), "subscription", "webhook", server.URL, "--group", "all", "--past", "--json", "--data", data)
		require.Zero(t, exit, out)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		var made struct{ Secret string }
		require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &made))
		h.secret = made.Secret
	}
	serve := func() *servedFolder {
		require.NoError(t, os.RemoveAll(filepath.Join(data, socketName)))
		return startServing(t, data, "", "--webhook-allow", "127.0.0.0/8", "--webhook-within", "300ms", "--webhook-pauses", strings.Repeat("10ms,", 500)+"1h")
	}
	midst := 0
	for range *noticesKills {
		s := serve()
		time.Sleep(rand.N(500 * time.Millisecond))
		require.NoError(t, s.cmd.Process.Kill())
		_ = s.cmd.Wait()
		if targets[1].distinct() < noticesGroups**noticesEach {
			midst++
		}
	}
	s := serve()
	require.Eventually(t, func() bool {
		return targets[0].distinct() == noticesGroups**noticesEach && targets[1].distinct() == noticesGroups**noticesEach
	}, 10*time.Minute, 50*time.Millisecond, s.log)
	for _, h := range targets {
		requireKeptOrder(t, h.all())
	}
	require.NotZero(t, midst)
	t.Logf("%d notices to each of two receivers, killed %d times, %d of them before the end: %d and %d taken, with repetitions", noticesGroups**noticesEach, *noticesKills, midst, len(targets[0].all()), len(targets[1].all()))
}

// requireKeptOrder checks that each group's notices first come in their order.
func requireKeptOrder(t *testing.T, taken []string) {
	first := map[string]int{}
	last := map[string]uint64{}
	for _, id := range taken {
		if first[id]++; first[id] > 1 {
			continue
		}
		group, rest, _ := strings.Cut(id, "/")
		var n uint64
		_, err := fmt.Sscanf(rest, "%d/", &n)
		require.NoError(t, err)
		require.Greater(t, n, last[group], "%s", id)
		last[group] = n
	}
}

// joinsEach has a member join each of the groups.
func joinsEach(commands *strings.Builder, member string) {
	for g := range noticesGroups {
		fmt.Fprintf(commands, `{"command":"join-member","id":"%s","group":"g%d","effective":"2024-01-01","actor":"a","data":{"basis":"b","member":"%s","name":"M"}}`+"\n", uuid.NewString(), g, member)
	}
}

// joinMore has more members join them, whom nobody else has.
func joinMore(t *testing.T, data string, round, joins int) {
	var commands strings.Builder
	for m := range joins {
		joinsEach(&commands, fmt.Sprintf("m%d-%d", round, m))
	}
	file := filepath.Join(t.TempDir(), "more.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(commands.String()), 0o600))
	require.NoError(t, os.RemoveAll(filepath.Join(data, socketName)))
	out, exit := command(t, filepath.Dir(data), "record", file, "--data", data)
	require.Zero(t, exit, out)
}

// groupsJoined is a folder of eight groups, each of which some members join.
func groupsJoined(t *testing.T, joins int) (data string) {
	dir := t.TempDir()
	var commands strings.Builder
	for g := range noticesGroups {
		fmt.Fprintf(&commands, `{"command":"found-group","id":"%s","group":"g%d","effective":"2024-01-01","actor":"a","data":{"changes":[{"change":"body-created","body":"ag","name":"AG"}],"name":"G","title":"C"}}`+"\n", uuid.NewString(), g)
	}
	for m := range joins {
		joinsEach(&commands, fmt.Sprint("m", m))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.jsonl"), []byte(commands.String()), 0o600))
	out, exit := command(t, dir, "record", "c.jsonl", "--data", "d")
	require.Zero(t, exit, out)
	return filepath.Join(dir, "d")
}
