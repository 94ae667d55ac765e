package harness

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

var leaders = flag.Int("harness.leaders", 1, "how often TestCluster kills the leader")

// beside is the way of a child that records on a server, with an archive of its own in its folder.
const beside = "beside"

const (
	envServer = "REGISTRE_HARNESS_SERVER" // the address of the server that a child records on
	envNode   = "REGISTRE_HARNESS_NODE"   // what a child is told that is a server of a cluster
)

// openBeside makes or opens the archive in a folder, beside a server.
func openBeside(ctx context.Context, dir, address string, cutAfter int64) (*house, error) {
	data := filepath.Join(dir, "registers")
	stream, err := jetstream.Connect(ctx, jetstream.Remote{URL: address, Create: true})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(data, 0o755); err != nil {
		return nil, err
	}
	key, err := key(data)
	if err != nil {
		return nil, err
	}
	fence, err := stream.Fence(ctx, archive.FormatPublicKey(key.PublicKey)) // all have the same origin here
	if err != nil {
		return nil, errors.Join(err, stream.Close())
	}
	h := &house{stream: stream}
	h.store, err = archive.Open(ctx, filepath.Join(data, "archive"), key, stream, archive.Options{
		CutAfter: cutAfter, Shared: true, Fence: fence, FollowAfter: 50 * time.Millisecond,
	})
	if err != nil {
		return nil, errors.Join(err, stream.Close())
	}
	return h, nil
}

// openPatiently opens the archive as soon as the servers have a leader.
func openPatiently(ctx context.Context, dir, address string, cutAfter int64) (*house, error) {
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		h, err := openBeside(ctx, dir, address, cutAfter)
		for _, lasting := range []error{eventstore.ErrDamaged, archive.ErrFenced, archive.ErrOlder, archive.ErrNoArchive} {
			if errors.Is(err, lasting) {
				return nil, err
			}
		}
		if err == nil || time.Now().After(deadline) {
			return h, err
		}
	}
}

// A process records in a folder of its own, is killed, and begins again.
type process struct {
	dir      string
	now      *child
	answered *memory
}

func (p *process) begin(t *testing.T, address string) {
	t.Helper()
	t.Setenv(envServer, address)
	p.now = start(t, p.dir, beside, cutAfter())
}

// kill kills the process, and takes note of what it said.
func (p *process) kill(t *testing.T) {
	t.Helper()
	p.now.kill(t)
	p.answered.answered = append(p.answered.answered, p.now.answered...)
}

// kill9 lets two processes record on a server, and kills one or the other, again and again.
func kill9(t *testing.T, address string, times int, meanwhile func(n int, both [2]*process)) (both [2]*process, receipts [2][]receipt) {
	t.Helper()
	for i := range both {
		both[i] = &process{dir: t.TempDir(), answered: newMemory()}
		both[i].begin(t, address)
	}
	for n := range times {
		meanwhile(n, both)
		i := rand.IntN(2)
		both[i].now.wait(t, 300*time.Millisecond, true)
		both[i].kill(t)
		receipts[i] = append(receipts[i], both[i].now.receipts...)
		both[i].begin(t, address)
	}
	for i, p := range both {
		p.now.wait(t, 300*time.Millisecond, false)
		p.kill(t)
		receipts[i] = append(receipts[i], p.now.receipts...)
	}
	return both, receipts
}

// requireBoth requires of two archives beside one server that each has everything that either process has answered, that both
// hold the same events as the stream, that they are whole, and that the receipts of each hold.
func requireBoth(t *testing.T, address string, both [2]*process, receipts [2][]receipt) {
	t.Helper()
	all := slices.Concat(both[0].answered.answered, both[1].answered.answered)
	require.NotEmpty(t, both[0].answered.answered)
	require.NotEmpty(t, both[1].answered.answered)
	for i, p := range both {
		h, err := openPatiently(t.Context(), p.dir, address, 0)
		require.NoError(t, err)
		require.NoError(t, h.store.TakeUp(t.Context()))
		lag, err := h.store.Lag(t.Context())
		require.NoError(t, err)
		require.Equal(t, archive.Lag{}, lag)
		f := lookAt(t, h)
		require.Zero(t, f.missing(all), "of %d that were answered", len(all))
		keys := publicKey(t, p.dir)
		p.answered.found = f
		p.answered.verify(t, receipts[i], keys)
		require.NoError(t, h.store.Close())
		require.Zero(t, inconsistent(t, p.dir, keys, p.answered.checkpoints), "of %d checkpoints", len(p.answered.checkpoints))
		checkLogs(t, p.dir, keys)
		v, err := archive.Verify(t.Context(), filepath.Join(p.dir, "registers", "archive"), archive.VerifyOptions{Full: true})
		require.NoError(t, err)
		require.Empty(t, v.Findings)
		require.EqualValues(t, f.events, v.Events)
		t.Logf("archive %d: %d events, %d of both processes answered, 0 missing; %d receipts, all of which hold; %d checkpoints, all of which it goes on from",
			i, f.events, len(all), len(receipts[i]), len(p.answered.checkpoints))
	}
	require.Equal(t, both[0].answered.found.bodies, both[1].answered.found.bodies)
}

// TestKillBeside kills two processes that record on one server, to the same groups.
func TestKillBeside(t *testing.T) {
	host, err := jetstream.Open(t.Context(), t.TempDir(), jetstream.Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer host.Close()
	both, receipts := kill9(t, host.URL(), *kills, func(int, [2]*process) {})
	requireBoth(t, host.URL(), both, receipts)
}

// A node is a server of a cluster, in a process of its own.
type node struct {
	name, dir     string
	client, route int
	cmd           *exec.Cmd
}

// newCluster runs three servers that sync always.
func newCluster(t testing.TB) (nodes []*node, address string) {
	t.Helper()
	var addresses []string
	for i := range 3 {
		n := &node{name: fmt.Sprint("n", i), dir: t.TempDir(), client: freePort(t), route: freePort(t)}
		nodes, addresses = append(nodes, n), append(addresses, fmt.Sprint("nats://127.0.0.1:", n.client))
	}
	for _, n := range nodes {
		n.start(t, nodes)
	}
	return nodes, strings.Join(addresses, ",")
}

// freePort gives a port below those that a system gives to whoever asks for any: while a node is down, nobody takes its own.
func freePort(t testing.TB) int {
	t.Helper()
	for range 1000 {
		port := 20_000 + int(ports.Add(1)%12_000)
		if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			require.NoError(t, l.Close())
			return port
		}
	}
	require.Fail(t, "no port is free")
	return 0
}

var ports atomic.Uint32 // the one that was given last

func init() { ports.Store(rand.Uint32N(12_000)) }

func (n *node) start(t testing.TB, all []*node) {
	t.Helper()
	words := []string{n.name, n.dir, strconv.Itoa(n.client), strconv.Itoa(n.route)}
	for _, other := range all {
		words = append(words, strconv.Itoa(other.route))
	}
	n.cmd = exec.Command(os.Args[0])
	n.cmd.Env = append(os.Environ(), envNode+"="+strings.Join(words, " "))
	require.NoError(t, n.cmd.Start())
	t.Cleanup(func() { _ = n.cmd.Process.Kill(); _ = n.cmd.Wait() })
}

// serve is what a node does, until it is killed.
func serve(words []string) error {
	client, err := strconv.Atoi(words[2])
	route, err2 := strconv.Atoi(words[3])
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	options := &server.Options{
		ServerName: words[0], StoreDir: words[1], Host: "127.0.0.1", Port: client, NoSigs: true, NoLog: true,
		JetStream: true, SyncAlways: true, Cluster: server.ClusterOpts{Name: "harness", Host: "127.0.0.1", Port: route},
	}
	for _, other := range words[4:] {
		options.Routes = append(options.Routes, &url.URL{Scheme: "nats", Host: "127.0.0.1:" + other})
	}
	s, err := server.NewServer(options)
	if err != nil {
		return err
	}
	s.Start()
	s.WaitForShutdown()
	return nil
}

// leader waits until the stream has a leader, and gives its name; "" for a stream that is not there.
func leader(t *testing.T, address string) (name string) {
	t.Helper()
	conn, err := nats.Connect(address, nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true))
	require.NoError(t, err)
	defer conn.Close()
	js, err := natsjs.New(conn)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		s, err := js.Stream(t.Context(), "REGISTRE_0")
		if err == nil && s.CachedInfo().Cluster != nil {
			name = s.CachedInfo().Cluster.Leader
		}
		return name != ""
	}, 60*time.Second, 100*time.Millisecond)
	return name
}

// awaitCluster makes the stream and the bucket, as soon as the servers have found each other.
func awaitCluster(t testing.TB, address string) {
	t.Helper()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		s, err := jetstream.Connect(ctx, jetstream.Remote{URL: address, Create: true})
		if err != nil {
			return false
		}
		_, err = s.Fence(ctx, "any")
		return err == nil && s.Replicas() == 3 && s.Close() == nil
	}, 60*time.Second, 200*time.Millisecond)
}

// TestCluster: three servers, three replicas. Two processes record on them; the leader is killed, and comes back; and the
// processes are killed as well.
func TestCluster(t *testing.T) {
	nodes, address := newCluster(t)
	awaitCluster(t, address)
	both, receipts := kill9(t, address, 2**leaders, func(n int, both [2]*process) {
		if n%2 != 0 {
			return
		}
		for _, p := range both {
			p.now.wait(t, 100*time.Millisecond, false)
		}
		name := leader(t, address)
		for _, node := range nodes {
			if node.name == name {
				require.NoError(t, node.cmd.Process.Kill())
				_ = node.cmd.Wait()
				time.Sleep(time.Second)
				node.start(t, nodes)
			}
		}
		t.Logf("the leader %s was killed, and began again", name)
	})
	requireBoth(t, address, both, receipts)
}

// tolerable says of what was not answered, without any damage, that it is no reason to end: a server was away.
func tolerable(way string, err error) bool {
	if way != beside || errors.Is(err, eventstore.ErrBroken) || errors.Is(err, eventstore.ErrDamaged) || errors.As(err, new(*domain.Refusal)) {
		return false
	}
	time.Sleep(20 * time.Millisecond)
	return true
}
