package harness

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var (
	serverRounds = flag.Int("harness.servers", 1, "how often TestServers kills the leader, and one of the two that serve")
	serverEvery  = flag.Duration("harness.every", 0, "how long it goes on under load between a leader and the next; 0 for no longer than it must")
)

const servedGroups, servedClients = 3, 8

// resumesWithin is how long nothing may be recorded where a leader was killed.
const resumesWithin = 15 * time.Second

// A served is a `registre serve` beside the cluster, in a process of its own.
type served struct {
	name, dir, address, url, token string
	flags                          []string
	cmd                            *exec.Cmd
}

func newServed(t *testing.T, name, address string, flags ...string) *served {
	t.Helper()
	s := &served{name: name, dir: filepath.Join(t.TempDir(), name), address: address, url: fmt.Sprint("127.0.0.1:", freePort(t)), flags: flags}
	s.start(t)
	s.awaitReady(t)
	s.token, _, _ = strings.Cut(s.does(t, "token", "create"), "\n")
	return s
}

// does runs a verb on the folder and the cluster.
func (s *served) does(t *testing.T, args ...string) string {
	t.Helper()
	return does(t, append(args, "--nats", s.address, "--data", s.dir)...)
}

func (s *served) start(t *testing.T) {
	t.Helper()
	s.cmd = program(t, append([]string{"serve", "--listen", s.url, "--nats", s.address, "--data", s.dir, "--origin", "registre.example/" + s.name}, s.flags...)...)
	said := &bytes.Buffer{}
	s.cmd.Stderr = said
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		if t.Failed() {
			for line := range strings.Lines(said.String()) {
				if !strings.Contains(line, `"status":201`) && !strings.Contains(line, `"status":422`) {
					t.Log(s.name, line)
				}
			}
		}
	})
}

// awaitReady waits until it has opened its folder, has verified it, and is not behind the stream.
func (s *served) awaitReady(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		status, _ := s.request(t.Context(), http.MethodGet, "/ready", nil)
		return status == http.StatusNoContent
	}, time.Minute, 50*time.Millisecond)
}

func (s *served) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, s.cmd.Process.Kill())
	_ = s.cmd.Wait()
}

// request gives the status of an answer, 0 for none, and what it says.
func (s *served) request(ctx context.Context, method, path string, body []byte) (status int, text []byte) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, []byte(err.Error())
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, []byte(err.Error())
	}
	defer answer.Body.Close() //nolint:errcheck // it was read whole, or its error is given
	if text, err = io.ReadAll(io.LimitReader(answer.Body, 64<<20)); err != nil {
		return 0, []byte(err.Error())
	}
	return answer.StatusCode, text
}

// insist sends a command, with its one id, to either server, until one answers for good: recorded, or refused.
func insist(ctx context.Context, both [2]*served, group string, command []byte) (status int, text []byte, err error) {
	for ctx.Err() == nil {
		status, text = both[rand.IntN(2)].request(ctx, http.MethodPost, "/v1/groups/"+group+"/commands", command)
		switch status {
		case http.StatusCreated, http.StatusOK, http.StatusUnprocessableEntity:
			return status, text, nil
		case 0, http.StatusServiceUnavailable, http.StatusTooManyRequests:
			time.Sleep(50 * time.Millisecond)
		default:
			return status, text, fmt.Errorf("%s: %d: %s", command, status, text)
		}
	}
	return 0, nil, ctx.Err()
}

// races is what was answered to pairs of commands, sent at once, of which one alone can be decided for.
type races struct {
	both    [2]*served
	mutex   sync.Mutex
	won     map[string]uuid.UUID // of each race, the command that was recorded
	number  atomic.Int64
	last    time.Time     // when a command was last recorded
	longest time.Duration // nothing was, since standstill was last asked
}

// standstill is how long nothing was recorded, at the longest, since it was last asked.
func (r *races) standstill() time.Duration {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	longest := r.longest
	r.longest = 0
	return longest
}

// recorded notes the command that a race was decided for.
func (r *races) recorded(race string, id uuid.UUID) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	now := time.Now()
	if !r.last.IsZero() {
		r.longest = max(r.longest, now.Sub(r.last))
	}
	r.last, r.won[race] = now, id
	r.number.Add(1)
}

// run races until the context ends, and finishes the race that it is in.
func (r *races) run(ctx, hard context.Context, client int) error {
	for n := 0; ctx.Err() == nil; n++ {
		group, member := fmt.Sprint("g", rand.IntN(servedGroups)), fmt.Sprintf("m-%d-%d", client, n)
		if err := r.race(hard, group, member); err != nil {
			return err
		}
	}
	return nil
}

// race lets one member join by two commands at once.
func (r *races) race(ctx context.Context, group, member string) error {
	type outcome struct {
		id     uuid.UUID
		status int
		err    error
	}
	outcomes := make(chan outcome, 2)
	for range 2 {
		go func() {
			o := outcome{id: uuid.New()}
			command := fmt.Sprintf(`{"id":%q,"command":"join-member","group":%q,"effective":"2018-01-01","data":{"basis":"law","member":%q,"name":"Member"}}`, o.id, group, member)
			o.status, _, o.err = insist(ctx, r.both, group, []byte(command))
			outcomes <- o
		}()
	}
	recorded := 0
	for range 2 {
		o := <-outcomes
		if o.err != nil {
			return o.err
		}
		if o.status != http.StatusUnprocessableEntity {
			recorded++
			r.recorded(group+"/"+member, o.id)
		}
	}
	if recorded != 1 {
		return fmt.Errorf("%s joined %s %d times", member, group, recorded)
	}
	return nil
}

// requireRaces requires that a server gives, of each race, the command alone that was answered, once; and the whole of a group.
func (r *races) requireRaces(t *testing.T, s *served) (texts map[string]string) {
	t.Helper()
	texts = map[string]string{}
	found := map[string]uuid.UUID{}
	for i := range servedGroups {
		group := fmt.Sprint("g", i)
		after, more := 0, true
		for more {
			status, text := s.request(t.Context(), http.MethodGet, fmt.Sprintf("/v1/groups/%s/events?after=%d&limit=1000", group, after), nil)
			require.Equal(t, http.StatusOK, status, "%s", text)
			more = len(text) > 0
			texts[group] += string(text)
			lines := bufio.NewScanner(bytes.NewReader(text))
			lines.Buffer(nil, 1<<20)
			for lines.Scan() {
				var e struct {
					Command uuid.UUID
					Type    string
					Data    struct{ Member string }
				}
				require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
				after++
				if e.Type != "member-joined" {
					continue
				}
				_, twice := found[group+"/"+e.Data.Member]
				require.False(t, twice, "%s joined %s twice", e.Data.Member, group)
				found[group+"/"+e.Data.Member] = e.Command
			}
			require.NoError(t, lines.Err())
		}
	}
	require.Equal(t, r.won, found)
	return texts
}

// TestServers: three servers with three replicas, and two that serve over HTTP on them, to the same groups. The leader is killed, and
// so is one of the two, and they come back: nothing that was answered is lost or there twice, and no decision is taken on what was.
//
//	go test ./eventstore/harness -run TestServers -harness.servers=30 -harness.every=20s -timeout 30m
func TestServers(t *testing.T) {
	ofTheProgram(t)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir()) // where names of persons are kept
	nodes, address := newCluster(t)
	awaitCluster(t, address)
	r := &races{both: [2]*served{newServed(t, "a", address), newServed(t, "b", address)}, won: map[string]uuid.UUID{}}
	lines := filepath.Join(t.TempDir(), "lines")
	require.NoError(t, os.WriteFile(lines, foundings(), 0o600))
	r.both[0].does(t, "record", lines)
	r.both[0].does(t, "right", "grant", "me", "--role", "secretary", "--group", "all")
	soft, stop := context.WithCancel(t.Context())
	hard, cancel := context.WithTimeout(t.Context(), time.Duration(*serverRounds+4)*(time.Minute+*serverEvery))
	defer cancel()
	ended := make(chan error, servedClients)
	for i := range servedClients {
		go func() { ended <- r.run(soft, hard, i) }()
	}
	var still []time.Duration
	for n := range *serverRounds {
		r.await(t, 20)
		r.standstill()
		next := time.After(*serverEvery)
		r.strike(t, nodes, n)
		r.await(t, 20)
		<-next
		still = append(still, r.standstill().Round(10*time.Millisecond))
	}
	stop()
	var err error
	for range servedClients {
		err = errors.Join(err, <-ended)
	}
	require.NoError(t, err)
	for _, s := range r.both {
		s.awaitReady(t)
	}
	require.Equal(t, r.requireRaces(t, r.both[0]), r.requireRaces(t, r.both[1]))
	slices.Sort(still)
	t.Logf("%d races between two commands, each decided for one; a leader killed %d times, a server every other time; each time nothing was recorded for %v", r.number.Load(), *serverRounds, still)
	if *serverEvery > 0 { // it is the machine's figure as well, and so asked for
		require.LessOrEqual(t, still[len(still)-1], resumesWithin)
	}
	for _, s := range r.both {
		s.kill(t)
		s.does(t, "verify", "--full")
	}
}

func foundings() []byte {
	var lines bytes.Buffer
	for i := range servedGroups {
		fmt.Fprintf(&lines, `{"command":"found-group","group":"g%d","effective":"2017-11-06","data":{"name":"ENT","title":"Convention"}}`+"\n", i)
	}
	return lines.Bytes()
}

// await waits until so many more commands were recorded.
func (r *races) await(t *testing.T, more int64) {
	t.Helper()
	until := r.number.Load() + more
	require.Eventually(t, func() bool { return r.number.Load() >= until }, 3*time.Minute, 10*time.Millisecond)
}

// strike kills the leader and, every other time, one of the two that serve, and begins them again.
func (r *races) strike(t *testing.T, nodes []*node, n int) {
	t.Helper()
	name := leader(t, r.both[0].address)
	for _, node := range nodes {
		if node.name == name {
			require.NoError(t, node.cmd.Process.Kill())
			_ = node.cmd.Wait()
			defer node.start(t, nodes)
		}
	}
	if n%2 == 0 {
		s := r.both[rand.IntN(2)]
		s.kill(t)
		defer s.start(t)
	}
	time.Sleep(time.Second)
}
