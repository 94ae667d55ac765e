package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

// untilGivenUp is how long something is waited for that comes at once, but on a machine that has much else to do.
const untilGivenUp = 2 * time.Minute

const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// A receiver takes notices over HTTP, as a subscriber would.
type receiver struct {
	t      *testing.T
	server *httptest.Server
	reply  func(n int) int // the status of the nth request, from 1; 0 closes half-way, below 0 hangs

	mu    sync.Mutex
	asked int
	taken []string // ids, as they were answered with 2xx
}

func receive(t *testing.T, reply func(n int) int) *receiver {
	r := &receiver{t: t, reply: reply}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return // we were cut off
	}
	hook, err := standardwebhooks.NewWebhook(secret)
	assert.NoError(r.t, err)
	assert.NoError(r.t, hook.Verify(body, q.Header), "the signature, by somebody else's program")
	var event projections.CloudEvent
	assert.NoError(r.t, json.Unmarshal(body, &struct{ ID *string }{&event.ID}))
	assert.Equal(r.t, event.ID, q.Header.Get("Webhook-Id"))
	r.mu.Lock()
	r.asked++
	status := r.reply(r.asked)
	if status/100 == 2 {
		r.taken = append(r.taken, event.ID)
	}
	r.mu.Unlock()
	switch {
	case status < 0:
		<-q.Context().Done()
	case status == 0:
		panic(http.ErrAbortHandler)
	default:
		w.WriteHeader(status)
	}
}

func (r *receiver) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.taken)
}

// ledgerOf is a ledger with some groups, each of which some members join.
func ledgerOf(t *testing.T, groups, joins int) *eventstore.Ledger {
	return ledgerAt(t, time.Now, groups, joins)
}

func ledgerAt(t *testing.T, now func() time.Time, groups, joins int) *eventstore.Ledger {
	l := eventstore.NewLedger(eventstore.NewMemory(), eventstore.LedgerOptions{Now: now})
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	for g := range groups {
		do(t, l, g, &domain.GroupFounded{Name: "G", Title: "C"})
		for m := range joins {
			do(t, l, g, &domain.MemberJoined{Basis: "b", Member: domain.MemberID("m" + strconv.Itoa(m)), Name: "M"})
		}
	}
	return l
}

func do(t *testing.T, l *eventstore.Ledger, group int, act domain.Act) {
	day, err := domain.ParseDate("2024-01-01")
	require.NoError(t, err)
	_, err = l.Do(t.Context(), domain.Command{ID: uuid.Must(uuid.NewV7()), Group: domain.GroupID(fmt.Sprintf("g%d", group)), Effective: day, Actor: "a", Act: act})
	require.NoError(t, err)
}

// A desk of dispatchers over one ledger and one file of positions.
type house struct {
	t        *testing.T
	ledger   *eventstore.Ledger
	file     string
	contacts map[domain.SubscriptionID]*Contact
	subs     []Subscription
	pauses   []time.Duration
	within   time.Duration
	now      func() time.Time
	may      atomic.Bool
	mail     *Mail // nil where no server for mail is set up
	others   bool  // deliver too
	lag      time.Duration
	erasing  sync.Mutex
	looked   atomic.Int64 // how often a dispatcher has looked for what is new
}

func (h *house) contact(id domain.SubscriptionID) (*Contact, error) {
	h.erasing.Lock()
	defer h.erasing.Unlock()
	return h.contacts[id], nil
}

func (h *house) erase(_ context.Context, id domain.SubscriptionID) error {
	h.erasing.Lock()
	defer h.erasing.Unlock()
	delete(h.contacts, id)
	return nil
}

func houseOf(t *testing.T, l *eventstore.Ledger) *house {
	h := &house{
		t: t, ledger: l, file: filepath.Join(t.TempDir(), "positions"), contacts: map[domain.SubscriptionID]*Contact{},
		pauses: slices.Repeat([]time.Duration{time.Millisecond}, 200), within: untilGivenUp, now: time.Now,
	}
	h.may.Store(true)
	return h
}

func (h *house) subscribe(id domain.SubscriptionID, r *receiver, s Subscription) {
	s.ID, s.Channel = id, "webhook"
	h.contacts[id] = &Contact{URL: r.server.URL, Secrets: []string{secret}}
	h.subs = append(h.subs, s)
}

// run has a dispatcher work until ctx ends, and gives a function that waits for that.
func (h *house) run(ctx context.Context) (ended func()) {
	_, ended = h.start(ctx)
	return ended
}

func (h *house) start(ctx context.Context) (d *Dispatcher, ended func()) {
	positions, err := OpenPositions(h.file)
	require.NoError(h.t, err)
	guard := &Guard{Allow: prefixes("127.0.0.0/8")}
	channels := map[string]Channel{"webhook": NewWebhook(guard, "registre.example/house", "registre", h.within)}
	if h.mail != nil {
		channels[domain.ByMail], channels[domain.ByDigest] = h.mail, Digest{h.mail}
	}
	d, err = New(Options{
		Source:        &Source{Log: h.ledger, Now: func() domain.Instant { return domain.InstantOf(h.now()) }, Lag: h.lag},
		Subscriptions: func(context.Context) ([]Subscription, error) { h.looked.Add(1); return h.subs, nil },
		May:           func(context.Context, domain.PrincipalID, domain.GroupID) (bool, error) { return h.may.Load(), nil },
		Contact:       h.contact, Erase: h.erase, Others: h.others,
		Channels:  channels,
		Positions: positions, Log: slog.New(slog.DiscardHandler), Now: h.now, Pauses: h.pauses, Each: 2 * time.Millisecond, DigestAt: 7 * time.Hour,
	})
	require.NoError(h.t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		assert.NoError(h.t, d.Run(ctx))
		assert.NoError(h.t, positions.Close())
	}()
	return d, func() { <-done }
}

// wanted are the ids of a group that a subscriber to all gets.
func wanted(groups, joins int) (all [][]string) {
	for g := range groups {
		var ids []string
		for m := range joins {
			ids = append(ids, fmt.Sprintf("g%d/%d/member-joined", g, m+2))
		}
		all = append(all, ids)
	}
	return all
}

// requireInOrder checks that nothing is missing and that each group's notices came in their order: a repetition repeats what was last
// given, or later.
func requireInOrder(t *testing.T, got []string, groups, joins int) {
	for g, ids := range wanted(groups, joins) {
		next := 0
		for _, id := range got {
			if at := slices.Index(ids, id); at >= 0 {
				require.LessOrEqual(t, at, next, "group %d: %s came before %s", g, id, ids[min(next, len(ids)-1)])
				next = max(next, at+1)
			}
		}
		require.Equal(t, len(ids), next, "group %d", g)
	}
}

// distinct is how many notices came, repetitions left out.
func distinct(got []string) int { return len(slices.Compact(slices.Sorted(slices.Values(got)))) }

// TestHostileReceivers: receivers that answer 500, close half-way or hang get everything in order, and a dead one holds up nobody.
func TestHostileReceivers(t *testing.T) {
	const groups, joins = 8, 25
	h := houseOf(t, ledgerOf(t, groups, joins))
	h.within = 150 * time.Millisecond
	good := receive(t, func(int) int { return 204 })
	bad := receive(t, func(n int) int { return []int{500, 200, 0, 200, 200, 429, -1, 301}[n%8] })
	dead := receive(t, func(int) int { return -1 })
	h.subscribe("good", good, Subscription{})
	h.subscribe("bad", bad, Subscription{})
	h.subscribe("dead", dead, Subscription{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := h.run(ctx)
	require.Eventually(t, func() bool { return distinct(good.got()) == groups*joins }, untilGivenUp, time.Millisecond)
	requireInOrder(t, good.got(), groups, joins)
	require.Eventually(t, func() bool { return distinct(bad.got()) == groups*joins }, untilGivenUp, 10*time.Millisecond)
	requireInOrder(t, bad.got(), groups, joins)
	require.Empty(t, dead.got())
	stop()
	ended()
}

// TestCutOff: a dispatcher that is ended again and again, and begun anew with what was saved, loses nothing and keeps the order.
func TestCutOff(t *testing.T) {
	const groups, joins = 8, 50
	h := houseOf(t, ledgerOf(t, groups, joins))
	r := receive(t, func(n int) int { return []int{200, 200, 500, 200, 200}[n%5] })
	h.subscribe("one", r, Subscription{})
	for range 50 {
		ctx, stop := context.WithTimeout(t.Context(), time.Duration(1+rand.N(30))*time.Millisecond)
		h.run(ctx)()
		stop()
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := h.run(ctx)
	require.Eventually(t, func() bool { return distinct(r.got()) == groups*joins }, untilGivenUp, 5*time.Millisecond)
	requireInOrder(t, r.got(), groups, joins)
	stop()
	ended()
}

// TestGuard: what a subscriber may not have us call, however it is written.
func TestGuard(t *testing.T) {
	g := &Guard{Allow: prefixes("10.1.0.0/16")}
	for _, s := range []string{
		"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
		"::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1", "100.64.0.1",
		"198.18.0.1", "192.0.2.1", "203.0.113.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "::127.0.0.1", "fec0::1", "240.0.0.1",
	} {
		may, _ := g.May(netip.MustParseAddr(s))
		assert.False(t, may, s)
	}
	for _, s := range []string{"8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"} {
		may, plain := g.May(netip.MustParseAddr(s))
		assert.True(t, may, s)
		assert.False(t, plain, s)
	}
	may, plain := g.May(netip.MustParseAddr("::ffff:10.1.2.3"))
	assert.True(t, may && plain)
}

// TestGuarded: a name that resolves to this machine is refused when it is called, and so are the ways of writing its address.
func TestGuarded(t *testing.T) {
	r := receive(t, func(int) int { return 200 })
	port := netip.MustParseAddrPort(r.server.Listener.Addr().String()).Port()
	hook := NewWebhook(&Guard{}, "o", "registre", untilGivenUp)
	n := &projections.Notice{Group: "g", Number: 1, Kind: projections.MembersJoined}
	for _, host := range []string{"localhost", "127.0.0.1", "2130706433", "0x7f000001", "127.1", "[::ffff:127.0.0.1]", "[::1]", "0", "[::]", "localhost.", "017700000001"} {
		c := &Contact{URL: fmt.Sprintf("http://%s:%d/", host, port), Secrets: []string{secret}}
		require.Error(t, hook.Deliver(t.Context(), c, n, time.Now()), host)
	}
	c := &Contact{URL: fmt.Sprintf("http://127.0.0.1:%d/", port), Secrets: []string{secret}}
	require.ErrorIs(t, hook.Deliver(t.Context(), c, n, time.Now()), ErrGuarded)
	require.Zero(t, r.asked)
	for _, url := range []string{"ftp://a/", "file:///etc/passwd", "https://u:p@a/", "//a/", "https:///x", "https://a/#x", "gopher://a", "https:a"} {
		_, err := ParseTarget(url)
		require.Error(t, err, url)
	}
}
