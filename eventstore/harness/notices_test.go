package harness

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/notify/posttest"
)

var (
	bringingKills = flag.Int("harness.bringing", 2, "how often TestServersBring kills one of the two servers that bring notices")
	bringingEach  = flag.Int("harness.brought", 24, "how many notices there are between a kill and the next")
)

const bringingClients = 4

// A target is a receiver of notices over HTTP, which may not always be at its best.
type target struct {
	t      *testing.T
	server *httptest.Server
	bad    bool
	id     string // of the subscription
	secret string
	origin string // of the log whose server has its address

	mu    sync.Mutex
	asked int
	held  int // how many it takes, until it is let go on; 0 for all
	taken []string
}

func newTarget(t *testing.T, through *served, bad bool) *target {
	h := &target{t: t, bad: bad, origin: "registre.example/" + through.name}
	h.server = httptest.NewServer(h)
	t.Cleanup(h.server.Close)
	return h
}

func (h *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // whoever sent it was killed
	}
	h.mu.Lock()
	secret := h.secret
	h.mu.Unlock()
	if secret == "" { // it is not told yet to whoever made the subscription
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	hook, err := standardwebhooks.NewWebhook(secret)
	if assert.NoError(h.t, err) {
		assert.NoError(h.t, hook.Verify(body, r.Header))
	}
	var event struct{ ID, Source string }
	assert.NoError(h.t, json.Unmarshal(body, &event))
	assert.Contains(h.t, event.Source, url.PathEscape(h.origin), "it comes from the server that has the address, and from no other")
	h.mu.Lock()
	if h.held > 0 && distinct(h.taken) >= h.held {
		h.mu.Unlock()
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	h.asked++
	turn := h.asked % 7
	if !h.bad || turn < 4 {
		h.taken = append(h.taken, event.ID)
	}
	h.mu.Unlock()
	switch {
	case !h.bad || turn < 4:
		w.WriteHeader(http.StatusNoContent)
	case turn == 4:
		w.WriteHeader(http.StatusInternalServerError)
	case turn == 5:
		panic(http.ErrAbortHandler) // half-way
	default:
		<-r.Context().Done()
	}
}

// subscribes has notices brought to it by a server, by its command line.
func (h *target) subscribes(t *testing.T, s *served, of ...string) {
	out := s.does(t, append([]string{"subscription", "webhook", h.server.URL, "--kind", "member-joined", "--json"}, of...)...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var made struct{ Subscription, Secret string }
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &made), out)
	h.made(made.Subscription, made.Secret)
}

func (h *target) made(id, secret string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.id, h.secret = id, secret
}

func (h *target) got() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.taken)
}

// hold has it take so many, and no more until it is let go on.
func (h *target) hold(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held = n
}

func distinct(ids []string) int { return len(slices.Compact(slices.Sorted(slices.Values(ids)))) }

// A bringing is two servers that bring notices, and those to whom.
type bringing struct {
	both    [2]*served
	streams [2]string // where their clients of NATS connect
	targets []*target // two through each server
	post    *posttest.Server
	joined  int // members, by now
}

// bothPublic is the one address under which both servers are reached.
const bothPublic = "http://localhost:1"

func newBringing(t *testing.T, address string) *bringing {
	b := &bringing{post: posttest.Start(t, nil, false, func(n int, _ string) posttest.Reply {
		return []posttest.Reply{{}, {To: 451}, {}, {Break: true}, {}, {}}[n%6]
	})}
	for i, name := range []string{"a", "b"} {
		b.streams[i] = fmt.Sprint("127.0.0.1:", freePort(t))
		b.both[i] = newServed(t, name, address, "--nats-listen", b.streams[i], "--webhook-allow", "127.0.0.0/8", "--webhook-within", "500ms", "--webhook-pauses", strings.Repeat("20ms,", 2000)+"1h",
			"--smtp-host", b.post.Host, "--smtp-port", strconv.Itoa(b.post.Port), "--smtp-tls", "none", "--smtp-from", "registre@example.org", "--smtp-within", "2s",
			"--public-url", bothPublic)
	}
	lines := filepath.Join(t.TempDir(), "lines")
	require.NoError(t, os.WriteFile(lines, foundings(), 0o600))
	b.both[0].does(t, "record", lines)
	b.both[0].does(t, "right", "grant", "me", "--role", "secretary", "--group", "all")
	return b
}

// subscribe has notices brought through both servers: over HTTP, from the command line, and as mail.
func (b *bringing) subscribe(t *testing.T) {
	for _, s := range b.both {
		h := newTarget(t, s, false)
		h.subscribes(t, s, "--group", "all", "--past")
		b.targets = append(b.targets, h)
	}
	for i, s := range b.both {
		h := newTarget(t, s, true)
		command := fmt.Sprintf(`{"id":%q,"url":%q,"every":true,"kinds":["member-joined"],"past":true}`, uuid.NewString(), h.server.URL)
		status, text := s.request(t.Context(), http.MethodPost, "/v1/subscriptions", []byte(command))
		require.Equal(t, http.StatusCreated, status, "%s", text)
		var made, again struct {
			Subscription, Secret string
			Repeated             bool
		}
		require.NoError(t, json.Unmarshal(text, &made))
		h.made(made.Subscription, made.Secret)
		b.targets = append(b.targets, h)

		other := b.both[1-i] // which has no address of it, however often the command is given there
		status, text = other.request(t.Context(), http.MethodPost, "/v1/subscriptions", []byte(command))
		require.Equal(t, http.StatusOK, status, "%s", text)
		require.NoError(t, json.Unmarshal(text, &again))
		require.True(t, again.Repeated)
		require.Equal(t, made.Subscription, again.Subscription)
		require.Empty(t, again.Secret)
		status, text = other.request(t.Context(), http.MethodPost, "/v1/subscriptions", []byte(strings.Replace(command, "joined", "left", 1)))
		require.Equal(t, http.StatusConflict, status, "the id stands for another: %s", text)
		kept, err := os.ReadFile(filepath.Join(other.dir, "contacts.json"))
		require.NoError(t, err)
		require.NotContains(t, string(kept), h.server.URL)
		s.does(t, "subscription", "mail", s.name+"@example.org", "--group", "all", "--kind", "member-joined", "--past")
	}
}

// join has members join, some at once, by commands through either server.
func (b *bringing) join(ctx context.Context, n int) error {
	commands := make(chan string)
	ended := make(chan error, bringingClients)
	for range bringingClients {
		go func() {
			var failed error
			for member := range commands {
				group := fmt.Sprint("g", rand.IntN(servedGroups))
				command := fmt.Sprintf(`{"id":%q,"command":"join-member","group":%q,"effective":"2018-01-01","data":{"basis":"law","member":%q,"name":"Member"}}`, uuid.New(), group, member)
				status, text, err := insist(ctx, b.both, group, []byte(command))
				if err == nil && status == http.StatusUnprocessableEntity {
					err = fmt.Errorf("%s: %s", command, text)
				}
				if failed == nil {
					failed = err
				}
			}
			ended <- failed
		}()
	}
	for range n {
		b.joined++
		commands <- fmt.Sprint("m", b.joined)
	}
	close(commands)
	var failed error
	for range bringingClients {
		if err := <-ended; failed == nil {
			failed = err
		}
	}
	return failed
}

// mailed are the notices that came to an address, whether it was said that they were taken or not.
func (b *bringing) mailed(t *testing.T, to string) (ids []string) {
	first := map[string]string{}
	for _, m := range b.post.Mails() {
		if m.To != to {
			continue
		}
		got := posttest.Open(t, m.Raw)
		notice, id := got.Get("Registre-Notice"), got.Get("Message-Id")
		if of, again := first[notice]; again {
			require.Equal(t, of, id, "a repetition")
		}
		first[notice] = id
		ids = append(ids, notice)
	}
	return ids
}

// brought is how many notices have come to whoever has the fewest.
func (b *bringing) brought(t *testing.T) int {
	least := min(distinct(b.mailed(t, "a@example.org")), distinct(b.mailed(t, "b@example.org")))
	for _, h := range b.targets {
		least = min(least, distinct(h.got()))
	}
	return least
}

// requireKept requires that somebody has got each notice of each group, first in their order.
func requireKept(t *testing.T, want map[string][]string, got []string) {
	first := map[string][]string{}
	seen := map[string]bool{}
	for _, id := range got {
		if !seen[id] {
			group, _, _ := strings.Cut(id, "/")
			seen[id], first[group] = true, append(first[group], id)
		}
	}
	require.Equal(t, want, first)
}

// wanted are the notices that there are, by groups.
func (b *bringing) wanted(t *testing.T) map[string][]string {
	all := map[string][]string{}
	for i := range servedGroups {
		group := fmt.Sprint("g", i)
		for line := range strings.Lines(b.both[0].does(t, "notices", group, "--kind", "member-joined", "--json")) {
			var event struct{ ID string }
			require.NoError(t, json.Unmarshal([]byte(line), &event), line)
			all[group] = append(all[group], event.ID)
		}
	}
	return all
}

// TestServersBring: two servers on one cluster, each of which brings the notices of the subscriptions that were made through it, whoever records.
// One is killed again and again, the leader too: none is lost, those of a group come in order, from the server alone that has the address.
// What is ended through one server is erased in the folder of the other; what lies there is said to; and what a server has lost goes on from
// the other.
//
//	go test ./eventstore/harness -run TestServersBring -harness.bringing=30 -harness.brought=40 -timeout 60m
func TestServersBring(t *testing.T) {
	ofTheProgram(t)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir()) // where names of persons are kept
	nodes, address := newCluster(t)
	awaitCluster(t, address)
	b := newBringing(t, address)
	b.subscribe(t)
	hard, cancel := context.WithTimeout(t.Context(), time.Duration(*bringingKills+4)*3*time.Minute)
	defer cancel()
	for n := range *bringingKills {
		struck, h := b.both[n%2], b.targets[2+n%2]
		until := distinct(h.got()) + 5 // of more that are to come: it is killed in the midst
		h.hold(until)
		joining := make(chan error, 1)
		go func() { joining <- b.join(hard, *bringingEach) }()
		require.Eventually(t, func() bool { return distinct(h.got()) >= until }, 3*time.Minute, 5*time.Millisecond)
		struck.kill(t)
		h.hold(0)
		if n%3 == 2 {
			strikeLeader(t, nodes, address)
		}
		struck.start(t)
		require.NoError(t, <-joining)
	}
	for _, s := range b.both {
		s.awaitReady(t)
	}
	want := b.wanted(t)
	all := 0
	for _, ids := range want {
		all += len(ids)
	}
	require.Equal(t, *bringingKills**bringingEach, all)
	require.Eventually(t, func() bool { return b.brought(t) == all }, 5*time.Minute, 50*time.Millisecond)
	var taken []int
	for _, h := range b.targets {
		requireKept(t, want, h.got())
		taken = append(taken, len(h.got()))
	}
	for _, to := range []string{"a@example.org", "b@example.org"} {
		requireKept(t, want, b.mailed(t, to))
		taken = append(taken, len(b.mailed(t, to)))
	}
	t.Logf("%d notices to each of four receivers and two addresses; a server killed %d times in the midst; taken, with repetitions: %v", all, *bringingKills, taken)
	for i := range b.both {
		requireKept(t, want, b.streamed(t, i, all))
	}
	b.logSoon(hard, t, want)
	b.requireElsewhere(t)
	b.requireUnsubscribed(t)
	b.requireSwept(t)
	b.requireTakenOver(hard, t, want["g0"])
}

// logSoon tells how soon what is recorded through one server is brought by the other.
func (b *bringing) logSoon(ctx context.Context, t *testing.T, want map[string][]string) {
	var soon []time.Duration
	h, other := b.targets[0], b.both[1]
	for range 5 {
		before := distinct(h.got())
		b.joined++
		command := fmt.Sprintf(`{"id":%q,"command":"join-member","group":"g0","effective":"2018-01-01","data":{"basis":"law","member":"m%d","name":"Member"}}`, uuid.New(), b.joined)
		_, text, err := insist(ctx, [2]*served{other, other}, "g0", []byte(command))
		require.NoError(t, err, "%s", text)
		answered := time.Now()
		require.Eventually(t, func() bool { return distinct(h.got()) > before }, 3*time.Minute, 5*time.Millisecond)
		soon = append(soon, time.Since(answered).Round(10*time.Millisecond))
	}
	want["g0"] = b.wanted(t)["g0"]
	t.Logf("recorded through one server, and brought by the other after %v", soon)
}

// requireTakenOver: a server comes back without addresses and places, which are lost. What it brought is ended through the other, and made
// anew there, from a number on. When what was lost turns up again, its server lets go of it.
func (b *bringing) requireTakenOver(ctx context.Context, t *testing.T, want []string) {
	lost, other, old := b.both[0], b.both[1], b.targets[0]
	lost.kill(t)
	aside := t.TempDir()
	for _, name := range []string{"contacts.json", "notices.db"} {
		require.NoError(t, os.Rename(filepath.Join(lost.dir, name), filepath.Join(aside, name)))
	}
	lost.start(t)
	lost.awaitReady(t)
	status, text := lost.request(t.Context(), http.MethodGet, "/v1/subscriptions/"+old.id+"/deliveries", nil)
	require.Equal(t, http.StatusOK, status, "%s", text)
	require.Contains(t, string(text), `"elsewhere":true`)
	b.requireNobody(t, old.id)

	other.does(t, "subscription", "end", old.id, "--reason", "its server was lost")
	h := newTarget(t, other, false)
	var number int
	_, err := fmt.Sscanf(want[len(want)/2], "g0/%d/", &number)
	require.NoError(t, err)
	h.subscribes(t, other, "--group", "g0", "--from", strconv.Itoa(number))
	require.NoError(t, b.join(ctx, servedGroups))
	want = b.wanted(t)["g0"][len(want)/2:]
	require.Eventually(t, func() bool { return distinct(h.got()) == len(want) }, 3*time.Minute, 20*time.Millisecond)
	requireKept(t, map[string][]string{"g0": want}, h.got())

	lost.kill(t)
	for _, name := range []string{"contacts.json", "notices.db"} {
		require.NoError(t, os.Rename(filepath.Join(aside, name), filepath.Join(lost.dir, name)))
	}
	before := len(old.got())
	lost.start(t)
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(filepath.Join(lost.dir, "contacts.json"))
		return err == nil && !strings.Contains(string(text), old.server.URL)
	}, time.Minute, 20*time.Millisecond)
	require.Len(t, old.got(), before)
}

// streamed are the notices on the stream of a server, which has each once.
func (b *bringing) streamed(t *testing.T, i, all int) (ids []string) {
	b.both[i].awaitReady(t)
	conn, err := nats.Connect(b.streams[i], nats.Token(b.both[i].token))
	require.NoError(t, err)
	defer conn.Close()
	js, err := natsjs.New(conn)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	consumer, err := js.OrderedConsumer(ctx, "REGISTRE_NOTICES", natsjs.OrderedConsumerConfig{FilterSubjects: []string{"registre.notices.v1.*.member-joined"}})
	require.NoError(t, err)
	messages, err := consumer.Messages()
	require.NoError(t, err)
	defer messages.Stop()
	for len(ids) < all {
		m, err := messages.Next(natsjs.NextContext(ctx))
		require.NoError(t, err, "%d of %d", len(ids), all)
		ids = append(ids, m.Headers().Get("Nats-Msg-Id"))
	}
	return ids
}

// strikeLeader kills the leader, and begins it again.
func strikeLeader(t *testing.T, nodes []*node, address string) {
	t.Helper()
	name := leader(t, address)
	for _, node := range nodes {
		if node.name == name {
			require.NoError(t, node.cmd.Process.Kill())
			_ = node.cmd.Wait()
			time.Sleep(time.Second)
			node.start(t, nodes)
		}
	}
}

// requireElsewhere: each server says of the subscriptions of the other that their addresses lie there.
func (b *bringing) requireElsewhere(t *testing.T) {
	for i, s := range b.both {
		s.awaitReady(t)
		own, away := b.targets[2+i].id, b.targets[3-i].id
		for id, elsewhere := range map[string]bool{own: false, away: true} {
			status, text := s.request(t.Context(), http.MethodGet, "/v1/subscriptions/"+id+"/deliveries", nil)
			require.Equal(t, http.StatusOK, status, "%s", text)
			require.Equal(t, elsewhere, strings.Contains(string(text), `"elsewhere":true`), "%s", text)
			require.Equal(t, !elsewhere, strings.Contains(string(text), `"group":"g0"`), "%s", text)
		}
		status, text := s.request(t.Context(), http.MethodPost, "/v1/subscriptions/"+away+"/secret", nil)
		require.Equal(t, http.StatusConflict, status, "%s", text)
		require.Contains(t, string(text), "R0474")
		exit, out := ends(t, "subscription", "rotate", away, "--lang", "en", "--nats", s.address, "--data", s.dir)
		require.Equal(t, 2, exit, out)
		require.Contains(t, out, "R0474")
		for _, verb := range []string{"list", "deliveries"} {
			lines := slices.Collect(strings.Lines(s.does(t, "subscription", verb, "--lang", "en")))
			for id, elsewhere := range map[string]bool{own: false, away: true} {
				at := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, id) })
				require.GreaterOrEqual(t, at, 0, verb)
				require.Equal(t, elsewhere, strings.Contains(lines[at], "by another server") || strings.Contains(lines[at], byNobody), lines[at])
			}
		}
		// The other server says that it brings it, if not at once.
		require.Eventually(t, func() bool {
			_, text := s.request(t.Context(), http.MethodGet, "/v1/subscriptions/"+away+"/deliveries", nil)
			return strings.Contains(string(text), `"elsewhere":true`) && !strings.Contains(string(text), `"nobody":true`)
		}, time.Minute, time.Millisecond)
	}
}

// byNobody is what is said of a subscription of which no server says that it brings it.
const byNobody = "no server says that it brings it"

// requireNobody: of a subscription whose address no server has any more, each says so.
func (b *bringing) requireNobody(t *testing.T, id string) {
	for _, s := range b.both {
		require.Eventually(t, func() bool {
			status, text := s.request(t.Context(), http.MethodGet, "/v1/subscriptions/"+id+"/deliveries", nil)
			return status == http.StatusOK && strings.Contains(string(text), `"nobody":true`)
		}, time.Minute, time.Millisecond)
		require.Eventually(t, func() bool { return strings.Contains(listedAs(t, s, id), byNobody) }, time.Minute, time.Millisecond)
	}
}

// listedAs is the line in which a server lists a subscription.
func listedAs(t *testing.T, s *served, id string) string {
	for line := range strings.Lines(s.does(t, "subscription", "list", "--lang", "en")) {
		if strings.Contains(line, id) {
			return line
		}
	}
	return ""
}

// requireUnsubscribed: the link of a mail, which one server has sent, ends its subscription at the other as well, where both are reached
// under one address; and the address is erased where it was. A link that neither has made ends nothing.
func (b *bringing) requireUnsubscribed(t *testing.T) {
	for i, s := range b.both {
		var path string
		for _, m := range b.post.Mails() {
			if m.To == s.name+"@example.org" {
				path = strings.TrimPrefix(strings.Trim(posttest.Open(t, m.Raw).Get("List-Unsubscribe"), "<>"), bothPublic)
			}
		}
		other := b.both[1-i]
		id, mark, found := strings.Cut(strings.TrimPrefix(path, "/unsubscribe/"), ".")
		require.True(t, found, path)
		status, _ := other.request(t.Context(), http.MethodGet, "/unsubscribe/"+id+"."+strings.Repeat("A", len(mark)), nil)
		require.Equal(t, http.StatusServiceUnavailable, status, "the server that has sent it could be away")
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			require.Eventually(t, func() bool {
				status, _ := other.request(t.Context(), method, path, nil)
				return status == http.StatusOK
			}, time.Minute, time.Millisecond, method)
		}
		text, err := os.ReadFile(filepath.Join(s.dir, "contacts.json"))
		require.NoError(t, err)
		require.NotContains(t, string(text), s.name+"@example.org")
		for _, one := range b.both {
			require.Eventually(t, func() bool { return strings.Contains(listedAs(t, one, id), "ended, #") }, time.Minute, time.Millisecond)
		}
	}
}

// requireSwept: what is ended through one server is erased in the folder of the other, which then brings nothing more.
func (b *bringing) requireSwept(t *testing.T) {
	for i, s := range b.both {
		h := b.targets[2+i]
		file := filepath.Join(s.dir, "contacts.json")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(text), h.server.URL)
		status, answer := b.both[1-i].request(t.Context(), http.MethodDelete, "/v1/subscriptions/"+h.id, nil)
		require.Equal(t, http.StatusOK, status, "%s", answer)
		require.Eventually(t, func() bool {
			text, err := os.ReadFile(file)
			return err == nil && !strings.Contains(string(text), h.server.URL)
		}, time.Minute, 20*time.Millisecond)
		text, err = os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(text), b.targets[i].server.URL, "the others stay")
	}
}
