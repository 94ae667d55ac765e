package witness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// A house is one with an archive, whose other copy is in memory.
type houseOf struct {
	dir    string
	key    *archive.Key
	memory *eventstore.Memory
	store  *archive.Store
}

func newHouse(t testing.TB, key *archive.Key) *houseOf {
	t.Helper()
	h := &houseOf{dir: t.TempDir(), key: key, memory: eventstore.NewMemory()}
	h.open(t)
	return h
}

func (h *houseOf) open(t testing.TB) {
	t.Helper()
	store, err := archive.Open(context.Background(), filepath.Join(h.dir, "archive"), h.key, h.memory.Handle(), archive.Options{})
	require.NoError(t, err)
	h.store = store
	t.Cleanup(func() { require.NoError(t, store.Close()) })
}

// write writes events of a group from a number on, in a commit of their own each.
func (h *houseOf) write(t testing.TB, group string, after int, bodies ...string) {
	t.Helper()
	for i, body := range bodies {
		a := eventstore.Append{Group: domain.GroupID(group), After: uint64(after + i), Bodies: [][]byte{[]byte(body)}}
		require.NoError(t, h.store.Write(context.Background(), []eventstore.Append{a})[0])
		require.NoError(t, h.store.Sync(context.Background()))
	}
}

// rounds starts rounds with a policy whose lines name the witnesses W0, W1 … with their URLs.
func (h *houseOf) rounds(t testing.TB, witnesses []*server, lines ...string) *Rounds {
	t.Helper()
	var text strings.Builder
	for i, s := range witnesses {
		fmt.Fprintf(&text, "witness w%d %s %s\n", i, archive.FormatCosignPublicKey(s.key), s.url)
	}
	policy, err := archive.ParsePolicy([]byte(text.String() + strings.Join(lines, "\n") + "\n"))
	require.NoError(t, err)
	r, err := StartRounds(h.store, policy, RoundsOptions{Alarms: filepath.Join(h.dir, "alarms"), pause: 5 * time.Millisecond, Now: at(day)})
	require.NoError(t, err)
	t.Cleanup(func() {
		select {
		case <-r.hurry:
		default:
			r.Close(ended())
		}
	})
	return r
}

// ended is a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// soon is a context that ends when a test has waited long enough.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// A server is a witness on a port, which can be away.
type server struct {
	dir      string
	key      archive.CosignPublicKey
	url      string
	asked    atomic.Int64
	witness  *Witness
	http     *http.Server
	listener net.Listener
}

// newServer is a witness of its own name that watches the log of a key, and is there.
func newServer(t testing.TB, name string, key *archive.Key) *server {
	t.Helper()
	s := &server{dir: filepath.Join(t.TempDir(), "witness")}
	var err error
	s.key, err = Create(s.dir, name)
	require.NoError(t, err)
	_, err = AddLog(s.dir, key.PublicKey)
	require.NoError(t, err)
	s.come(t)
	t.Cleanup(func() { s.leave(t) })
	return s
}

func (s *server) come(t testing.TB) {
	t.Helper()
	var err error
	s.witness, err = Open(s.dir, Options{})
	require.NoError(t, err)
	where := "127.0.0.1:0"
	if s.url != "" {
		where = strings.TrimPrefix(s.url, "http://")
	}
	s.listener, err = net.Listen("tcp", where)
	require.NoError(t, err)
	s.url = "http://" + s.listener.Addr().String()
	s.http = NewServer(s.witness)
	inner := s.http.Handler
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.asked.Add(1); inner.ServeHTTP(w, r) })
	go func(h *http.Server, l net.Listener) { _ = h.Serve(l) }(s.http, s.listener)
}

func (s *server) leave(t testing.TB) {
	t.Helper()
	require.NoError(t, s.http.Close())
	require.NoError(t, s.witness.Close())
}

// TestAwait: two of three are enough, and one is not; who waits is told when they come back.
func TestAwait(t *testing.T) {
	key := logKey(t)
	h := newHouse(t, key)
	var three []*server
	for i := range 3 {
		three = append(three, newServer(t, fmt.Sprint("witness.example/w", i), key))
	}
	three[2].leave(t)
	r := h.rounds(t, three, "group g 2 w0 w1 w2", "quorum g")
	h.write(t, "ent", 0, "1", "2", "3")
	require.NoError(t, r.Await(soon(t), "ent", 3))
	receipt, err := h.store.Receipt(t.Context(), "ent", 3)
	require.NoError(t, err)
	by, err := r.Policy().Cosignatures(receipt.Signed)
	require.NoError(t, err)
	require.True(t, r.Policy().Satisfied(by))
	require.Len(t, by, 2)

	three[1].leave(t)
	h.write(t, "ent", 3, "4")
	require.ErrorIs(t, r.Await(ended(), "ent", 4), ErrNotWitnessed)
	require.NoError(t, r.Await(ended(), "ent", 3), "what was witnessed stays so")
	r.Ready(soon(t))
	receipt, err = h.store.Receipt(t.Context(), "ent", 4)
	require.NoError(t, err)
	by, err = r.Policy().Cosignatures(receipt.Signed)
	require.NoError(t, err)
	require.False(t, r.Policy().Satisfied(by))

	three[2].come(t)
	require.NoError(t, r.Await(soon(t), "ent", 4))
	three[1].come(t)
	all, kept := r.Report()
	require.EqualValues(t, 4, kept)
	require.Len(t, all, 3)
	require.EqualValues(t, 4, all[2].Size)
	require.Nil(t, r.Contradicted())

	// In the next process, what was witnessed is known without asking anybody.
	r.Close(ended())
	for _, s := range three {
		s.leave(t)
	}
	r = h.rounds(t, three, "group g 2 w0 w1 w2", "quorum g")
	require.NoError(t, r.Await(ended(), "ent", 4))
	for _, s := range three {
		s.come(t)
	}
}

// TestManyShareARound: hundreds who wait cost as many submissions as there are rounds.
func TestManyShareARound(t *testing.T) {
	key := logKey(t)
	h, w := newHouse(t, key), newServer(t, "witness.example/w", key)
	r := h.rounds(t, []*server{w}, "quorum w0")
	var appends []eventstore.Append
	for i := range 200 {
		appends = append(appends, eventstore.Append{Group: domain.GroupID(fmt.Sprint("g", i)), Bodies: [][]byte{[]byte("body")}})
	}
	for _, err := range h.store.Write(t.Context(), appends) {
		require.NoError(t, err)
	}
	require.NoError(t, h.store.Sync(t.Context()))
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() { require.NoError(t, r.Await(soon(t), domain.GroupID(fmt.Sprint("g", i)), 1)) })
	}
	all.Wait()
	require.LessOrEqual(t, w.asked.Load(), int64(2))
}

// TestReported: without a quorum nobody waits, and what was cosigned is kept all the same.
func TestReported(t *testing.T) {
	key := logKey(t)
	h, w := newHouse(t, key), newServer(t, "witness.example/w", key)
	r := h.rounds(t, []*server{w}, "quorum none")
	h.write(t, "ent", 0, "1", "2", "3")
	require.NoError(t, r.Await(ended(), "ent", 3))
	r.Close(soon(t))
	by, err := r.Policy().Cosignatures(h.store.Witnessed())
	require.NoError(t, err)
	require.Len(t, by, 1)
	c, err := archive.UnverifiedCheckpoint(h.store.Witnessed())
	require.NoError(t, err)
	require.EqualValues(t, 3, c.Size)
}

// TestNoCosignatureIsLost: whoever asks fewer witnesses, or has heard fewer, takes none away from a checkpoint that others have
// cosigned.
func TestNoCosignatureIsLost(t *testing.T) {
	key := logKey(t)
	h := newHouse(t, key)
	both := []*server{newServer(t, "witness.example/w0", key), newServer(t, "witness.example/w1", key)}
	r := h.rounds(t, both, "group g all w0 w1", "quorum g")
	h.write(t, "ent", 0, "1", "2", "3")
	require.NoError(t, r.Await(soon(t), "ent", 3))
	policy := r.Policy()
	r.Close(soon(t))
	one := h.rounds(t, both[:1], "quorum none")
	require.Eventually(t, func() bool { return both[0].asked.Load() > 1 }, 30*time.Second, time.Millisecond)
	one.Close(soon(t))
	by, err := policy.Cosignatures(h.store.Witnessed())
	require.NoError(t, err)
	require.Len(t, by, 2)
}

// TestOlderCopy: a house whose folder was put back to an older state is contradicted by its witness, in this process and the next,
// until the newest copy is back.
func TestOlderCopy(t *testing.T) {
	key := logKey(t)
	h, w := newHouse(t, key), newServer(t, "witness.example/w", key)
	h.write(t, "ent", 0, "1", "2")
	require.NoError(t, h.store.Close())
	older := t.TempDir()
	require.NoError(t, os.CopyFS(older, os.DirFS(h.dir)))
	memory := eventstore.NewMemory()

	h.open(t)
	r := h.rounds(t, []*server{w}, "quorum w0")
	h.write(t, "ent", 2, "3", "4", "5")
	require.NoError(t, r.Await(soon(t), "ent", 5))
	r.Close(ended())
	require.NoError(t, h.store.Close())

	back := &houseOf{dir: older, key: key, memory: memory}
	back.open(t)
	r = back.rounds(t, []*server{w}, "quorum w0")
	r.Ready(soon(t))
	against := r.Contradicted()
	require.NotNil(t, against)
	require.Equal(t, ContradictedError{Witness: "w0", Theirs: 5, Ours: 2}, *against)
	r.Close(ended())
	w.leave(t)
	r = back.rounds(t, []*server{w}, "quorum w0")
	require.NotNil(t, r.Contradicted(), "without asking again")
	r.Close(ended())
	w.come(t)
	alarms, err := ReadAlarms(filepath.Join(older, "alarms"))
	require.NoError(t, err)
	require.Equal(t, []Alarm{{Witness: "w0", Theirs: 5, Ours: 2, Seen: day}}, alarms)
	r = back.rounds(t, []*server{w}, "quorum none")
	require.Nil(t, r.Contradicted(), "it counts for no quorum")
	r.Close(ended())

	r = back.rounds(t, nil, "quorum none")
	r.Close(ended())
	require.NoFileExists(t, filepath.Join(older, "alarms"), "it is no longer asked")
	require.NoError(t, writeAlarms(filepath.Join(h.dir, "alarms"), alarms))
	h.open(t)
	r = h.rounds(t, []*server{w}, "quorum w0")
	r.Ready(soon(t))
	require.Nil(t, r.Contradicted(), "the newest copy is back")
	require.NoFileExists(t, filepath.Join(h.dir, "alarms"))
}

// TestRewritten: a forger who has the key makes another history, longer than the old one. The witness does not cosign it and keeps the
// evidence; and the house's own witnessed checkpoint, where it was left in place, gives it away before anybody is asked.
func TestRewritten(t *testing.T) {
	key := logKey(t)
	h, w := newHouse(t, key), newServer(t, "witness.example/w", key)
	r := h.rounds(t, []*server{w}, "quorum w0")
	h.write(t, "ent", 0, "1", "2", "3")
	require.NoError(t, r.Await(soon(t), "ent", 3))

	forger := newHouse(t, key)
	forger.write(t, "ent", 0, "1", "another 2", "3", "4")
	r = forger.rounds(t, []*server{w}, "quorum w0")
	r.Ready(soon(t))
	require.NotNil(t, r.Contradicted())
	require.ErrorIs(t, r.Await(ended(), "ent", 4), ErrNotWitnessed)
	evidence, err := ReadEvidence(w.dir)
	require.NoError(t, err)
	require.Len(t, evidence, 1)
	require.Nil(t, forger.store.Witnessed())
	r.Close(ended())

	w.leave(t)
	require.NoError(t, os.WriteFile(filepath.Join(forger.dir, "archive", "witnessed"), h.store.Witnessed(), 0o644))
	require.NoError(t, os.Remove(filepath.Join(forger.dir, "alarms")))
	require.NoError(t, forger.store.Close())
	forger.open(t)
	r = forger.rounds(t, []*server{w}, "quorum w0")
	require.NotNil(t, r.Contradicted())
	w.come(t)
}

// TestAnswersOfOthers: what a witness must not say is no cosignature, and no contradiction either.
func TestAnswersOfOthers(t *testing.T) {
	key, h := logKey(t), numbered(9, 9, "")
	right := newServer(t, "witness.example/w", key)
	stranger := newServer(t, "witness.example/w", key)
	c := &client{name: "w", key: right.key, url: stranger.url, http: newHTTP()}
	prove := func(_ context.Context, older, newer uint64) ([]archive.Hash, error) {
		return archive.ProveConsistency(h, older, newer)
	}
	_, err := c.submit(t.Context(), signed(t, key, h.at(5)), h.at(5), prove)
	require.ErrorIs(t, err, archive.ErrNotSigned, "another key of the same name")

	var say func(http.ResponseWriter)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	other := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { say(w) })}
	go func() { _ = other.Serve(l) }()
	defer other.Close()
	c = &client{name: "w", key: right.key, url: "http://" + l.Addr().String() + "/", http: newHTTP()}
	size := func(text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", sizeType)
			w.WriteHeader(409)
			fmt.Fprint(w, text)
		}
	}
	against := new(ContradictedError)
	for name, s := range map[string]struct {
		say   func(http.ResponseWriter)
		alarm bool
	}{
		"nothing":            {func(http.ResponseWriter) {}, false},
		"nonsense":           {func(w http.ResponseWriter) { fmt.Fprint(w, "fine\n") }, false},
		"endless":            {func(w http.ResponseWriter) { fmt.Fprint(w, strings.Repeat("— x AAAAAAAA\n", 1<<14)) }, false},
		"a redirection":      {func(w http.ResponseWriter) { w.Header().Set("Location", right.url); w.WriteHeader(307) }, false},
		"no size":            {size("many\n"), false},
		"the same size":      {size("0\n"), false},
		"unknown":            {func(w http.ResponseWriter) { w.WriteHeader(404) }, false},
		"not signed":         {func(w http.ResponseWriter) { w.WriteHeader(403) }, false},
		"in trouble":         {func(w http.ResponseWriter) { w.WriteHeader(500) }, false},
		"a larger size":      {size("6\n"), true},
		"another root":       {func(w http.ResponseWriter) { w.WriteHeader(409) }, true},
		"no such beginnings": {func(w http.ResponseWriter) { w.WriteHeader(422) }, true},
	} {
		say, c.size = s.say, 0
		_, err := c.submit(t.Context(), signed(t, key, h.at(5)), h.at(5), prove)
		require.Error(t, err, name)
		require.Equal(t, s.alarm, asContradicted(err, &against), "%s: %v", name, err)
	}
}

func asContradicted(err error, target **ContradictedError) bool { return errors.As(err, target) }
