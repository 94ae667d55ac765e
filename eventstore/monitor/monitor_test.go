package monitor_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/monitor"
)

const (
	origin  = "registre.example/house"
	envURL  = "REGISTRE_MONITOR_URL"
	envData = "REGISTRE_MONITOR_DATA"
)

// TestMain is a monitor itself, where it is asked to be: one that is to be killed.
func TestMain(m *testing.M) {
	if url := os.Getenv(envURL); url != "" {
		if err := once(url, os.Getenv(envData)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func once(url, dir string) error {
	source, err := archive.Web(url, archive.WebOptions{})
	if err != nil {
		return err
	}
	m, err := monitor.Open(context.Background(), dir, source, monitor.Options{})
	if err != nil {
		return err
	}
	_, err = m.Round(context.Background(), archive.News)
	return err
}

// A house records real events, and its archive is served.
type house struct {
	dir    string
	key    *archive.Key
	store  *archive.Store
	ledger *eventstore.Ledger
	url    string
	n      uint64
}

func newKey(t *testing.T) *archive.Key {
	t.Helper()
	key, err := archive.GenerateKey(origin)
	require.NoError(t, err)
	return key
}

func newHouse(t *testing.T, key *archive.Key, before func(http.ResponseWriter, *http.Request) bool) *house {
	t.Helper()
	h := &house{dir: t.TempDir(), key: key}
	var err error
	h.store, err = archive.Open(t.Context(), h.dir, key, eventstore.NewMemory(), archive.Options{CutAfter: 1 << 40})
	require.NoError(t, err)
	h.ledger = eventstore.NewLedger(h.store, eventstore.LedgerOptions{})
	t.Cleanup(func() { require.NoError(t, h.ledger.Close()) })
	h.url = serve(t, h.dir, before)
	return h
}

func serve(t *testing.T, dir string, before func(http.ResponseWriter, *http.Request) bool) string {
	t.Helper()
	files, err := archive.Handler(dir)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before == nil || before(w, r) {
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// found founds a group, and records so many more events of it.
func (h *house) found(t *testing.T, group string, more int) {
	t.Helper()
	h.do(t, group, &domain.GroupFounded{
		Name: "Groupement", Title: "Convention", Changes: []domain.Change{&domain.MemberJoined{Member: "region", Name: "Région"}},
	})
	h.record(t, group, more)
}

func (h *house) record(t *testing.T, group string, events int) {
	t.Helper()
	for range events {
		h.n++
		d := &domain.MemberDeliberated{Member: "region", Reference: "CP-2020-1", Text: domain.Convention}
		binary.BigEndian.PutUint64(d.SHA256[:], h.n)
		h.do(t, group, d)
	}
}

func (h *house) do(t *testing.T, group string, act domain.Act) {
	t.Helper()
	day, err := domain.NewDay(2020, 1, 1)
	require.NoError(t, err)
	_, err = h.ledger.Do(t.Context(), domain.Command{ID: uuid.New(), Group: domain.GroupID(group), Effective: domain.OnDay(day), Actor: "test", Act: act})
	require.NoError(t, err)
}

func (h *house) cut(t *testing.T) {
	t.Helper()
	require.NoError(t, h.store.Cut(t.Context()))
}

func source(t *testing.T, url string) archive.Source {
	t.Helper()
	s, err := archive.Web(url, archive.WebOptions{})
	require.NoError(t, err)
	return s
}

func open(t *testing.T, dir string, from archive.Source, options monitor.Options) *monitor.Monitor {
	t.Helper()
	options.Pause = time.Millisecond
	m, err := monitor.Open(t.Context(), dir, from, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

func requireWhole(t *testing.T, dir string, key *archive.Key, events uint64) {
	t.Helper()
	v, err := archive.Verify(t.Context(), filepath.Join(dir, monitor.ArchiveDir), archive.VerifyOptions{Key: key.PublicKey, Full: true})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.Equal(t, events, v.Events)
}

func alarmOf(t *testing.T, err error) *monitor.Alarm {
	t.Helper()
	alarm := new(monitor.Alarm)
	require.ErrorAs(t, err, &alarm)
	return alarm
}

// requireEvidence requires that the evidence of an alarm is what was received.
func requireEvidence(t *testing.T, alarm *monitor.Alarm) {
	t.Helper()
	for name, want := range map[string][]byte{"held": alarm.Held, "received": alarm.Signed, "file": alarm.Received} {
		content, err := os.ReadFile(filepath.Join(alarm.Evidence, name))
		if want == nil {
			require.ErrorIs(t, err, fs.ErrNotExist)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, string(want), string(content))
	}
	text, err := os.ReadFile(filepath.Join(alarm.Evidence, "finding.json"))
	require.NoError(t, err)
	require.Contains(t, string(text), fmt.Sprintf("%q", alarm.Kind()))
}

// TestFollows: a monitor follows a house that goes on, and what it holds is whole.
func TestFollows(t *testing.T) {
	h := newHouse(t, newKey(t), nil)
	h.found(t, "a", 5)
	h.cut(t)
	dir := filepath.Join(t.TempDir(), "monitor")
	m := open(t, dir, source(t, h.url), monitor.Options{})
	require.True(t, m.OnTrust())
	require.Zero(t, m.Since())
	events := uint64(6)
	for _, group := range []string{"", "a", "b", "a"} {
		switch group {
		case "a":
			h.record(t, "a", 300)
			events += 300
		case "b":
			h.found(t, "b", 9)
			events += 10
		}
		h.cut(t)
		u, err := m.Round(t.Context(), archive.News)
		require.NoError(t, err)
		require.Equal(t, string(h.store.Checkpoint()), string(u.Signed))
		requireWhole(t, dir, h.key, events)
		require.NotZero(t, m.Since())
		u, err = m.Round(t.Context(), archive.News)
		require.NoError(t, err)
		require.Empty(t, u.Grown)
	}
	_, err := monitor.Open(t.Context(), dir, source(t, h.url), monitor.Options{})
	require.ErrorIs(t, err, monitor.ErrLocked)
}

// rotate changes the house's key.
func (h *house) rotate(t *testing.T) {
	t.Helper()
	next := newKey(t)
	h.do(t, string(domain.House), &domain.KeyRotated{
		NewKey: domain.VerifierKey(archive.FormatPublicKey(next.PublicKey)), OldKey: domain.VerifierKey(archive.FormatPublicKey(h.key.PublicKey)), Reason: "leaked",
	})
	require.NoError(t, h.store.Rotate(t.Context(), next))
	h.key = next
}

// TestFollowsRotations: whoever trusts a key follows those that it is replaced by, one at a time or two, and comes from a newer one
// to the beginning as well. The old key, in other hands, is no longer believed.
func TestFollowsRotations(t *testing.T) {
	first := newKey(t)
	h := newHouse(t, first, nil)
	h.found(t, "a", 5)
	h.found(t, "still", 0)
	h.cut(t)
	dir := t.TempDir()
	m := open(t, dir, source(t, h.url), monitor.Options{Key: first.PublicKey})
	_, err := m.Round(t.Context(), archive.News)
	require.NoError(t, err)
	events := uint64(7)
	for _, times := range []int{1, 2} {
		for range times {
			h.rotate(t)
			h.record(t, "a", 3)
			h.cut(t)
			events += 4
		}
		_, err := m.Round(t.Context(), archive.News)
		require.NoError(t, err)
		requireWhole(t, dir, h.key, events)
		requireWhole(t, dir, first, events)
	}
	late := t.TempDir()
	_, err = open(t, late, source(t, h.url), monitor.Options{Key: h.key.PublicKey}).Round(t.Context(), archive.News)
	require.NoError(t, err)
	requireWhole(t, late, first, events)

	thief := newHouse(t, first, nil)
	thief.found(t, "a", 400)
	thief.cut(t)
	require.NoError(t, m.Close())
	alarm := alarmOf(t, second(open(t, dir, source(t, thief.url), monitor.Options{}).Round(t.Context(), archive.News)))
	require.ErrorIs(t, alarm, archive.ErrKeyReplaced)
	requireEvidence(t, alarm)
	stranger := newHouse(t, newKey(t), nil)
	stranger.found(t, "a", 5)
	stranger.rotate(t)
	stranger.cut(t)
	alarm = alarmOf(t, second(open(t, t.TempDir(), source(t, stranger.url), monitor.Options{Key: first.PublicKey}).Round(t.Context(), archive.News)))
	require.ErrorIs(t, alarm, archive.ErrOtherKey)
}

// TestTrust: the key that was trusted first is the one, whatever is given or served later.
func TestTrust(t *testing.T) {
	h, other := newHouse(t, newKey(t), nil), newHouse(t, newKey(t), nil)
	h.found(t, "a", 5)
	h.cut(t)
	other.found(t, "a", 5)
	other.cut(t)
	dir := t.TempDir()
	m, err := monitor.Open(t.Context(), dir, source(t, h.url), monitor.Options{Key: h.key.PublicKey})
	require.NoError(t, err)
	require.False(t, m.OnTrust())
	require.NoError(t, m.Close())
	_, err = monitor.Open(t.Context(), dir, source(t, h.url), monitor.Options{Key: other.key.PublicKey})
	require.ErrorIs(t, err, archive.ErrOtherKey)
	alarm := alarmOf(t, second(open(t, dir, source(t, other.url), monitor.Options{}).Round(t.Context(), archive.News)))
	require.Equal(t, "not-signed", alarm.Kind())
	requireEvidence(t, alarm)

	_, err = monitor.Open(t.Context(), t.TempDir(), source(t, h.url), monitor.Options{Kept: other.store.Checkpoint()})
	require.ErrorIs(t, err, archive.ErrNotSigned)
	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "letter"), nil, 0o600))
	_, err = monitor.Open(t.Context(), foreign, source(t, h.url), monitor.Options{})
	require.ErrorIs(t, err, monitor.ErrForeign)
	_, err = monitor.Open(t.Context(), t.TempDir(), source(t, h.url+"/heads"), monitor.Options{})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func second[T any](_ T, err error) error { return err }

// TestAlarms: history written anew with the stolen key, an older folder put back, one tile altered. The evidence is kept once.
func TestAlarms(t *testing.T) {
	key := newKey(t)
	h := newHouse(t, key, nil)
	h.found(t, "a", 5)
	h.cut(t)
	older := t.TempDir()
	require.NoError(t, os.CopyFS(older, os.DirFS(h.dir)))
	h.record(t, "a", 5)
	h.cut(t)
	dir := t.TempDir()
	m := open(t, dir, source(t, h.url), monitor.Options{})
	_, err := m.Round(t.Context(), archive.News)
	require.NoError(t, err)
	require.NoError(t, m.Close())
	thief := newHouse(t, key, nil)
	thief.found(t, "a", 20)
	thief.cut(t)
	for url, kind := range map[string]string{serve(t, older, nil): "rolled-back", thief.url: "rewritten"} {
		m := open(t, dir, source(t, url), monitor.Options{})
		alarm := alarmOf(t, second(m.Round(t.Context(), archive.News)))
		require.Equal(t, kind, alarm.Kind())
		require.Equal(t, string(h.store.Checkpoint()), string(alarm.Held))
		requireEvidence(t, alarm)
		again := alarmOf(t, second(m.Round(t.Context(), archive.News)))
		require.Equal(t, alarm.Evidence, again.Evidence)
		require.NoError(t, m.Close())
	}
	kept, err := os.ReadDir(filepath.Join(dir, "evidence"))
	require.NoError(t, err)
	require.Len(t, kept, 2)
	requireWhole(t, dir, key, 11)

	bundle := filepath.Join(h.dir, "groups", "a", "tile", "entries", "000.p", "11")
	content, err := os.ReadFile(bundle)
	require.NoError(t, err)
	content[len(content)-3] ^= 1
	require.NoError(t, os.WriteFile(bundle, content, 0o600))
	m = open(t, dir, source(t, h.url), monitor.Options{})
	_, err = m.Round(t.Context(), archive.Survey)
	require.NoError(t, err, "it was copied before")
	alarm := alarmOf(t, second(m.Round(t.Context(), archive.Everything)))
	require.Equal(t, "groups/a/tile/entries/000.p/11", alarm.File)
	require.EqualValues(t, 11, alarm.Number)
	require.Equal(t, string(content), string(alarm.Received))
	requireEvidence(t, alarm)
	requireWhole(t, dir, key, 11)
}

// TestEvidenceIsBounded: a server that sends other nonsense each time does not fill the disk; another history is kept all the same.
func TestEvidenceIsBounded(t *testing.T) {
	key := newKey(t)
	h, thief := newHouse(t, key, nil), newHouse(t, key, nil)
	h.found(t, "a", 5)
	h.cut(t)
	thief.found(t, "a", 9)
	thief.cut(t)
	dir := t.TempDir()
	m := open(t, dir, source(t, h.url), monitor.Options{})
	_, err := m.Round(t.Context(), archive.News)
	require.NoError(t, err)
	require.NoError(t, m.Close())
	var sent atomic.Int64
	url := serve(t, thief.dir, func(w http.ResponseWriter, r *http.Request) bool {
		if n := sent.Add(1); n < 300 {
			fmt.Fprintf(w, "nonsense %d\n", n)
			return false
		} else if strings.HasSuffix(r.URL.Path, "/heads/checkpoint") { // as signed, with a stranger's line below it
			_, _ = w.Write(thief.store.Checkpoint())
			fmt.Fprintf(w, "— stranger AAAAAA%02d\n", n%100)
			return false
		}
		return true
	})
	m = open(t, dir, source(t, url), monitor.Options{})
	kept, lost := map[string]bool{}, 0
	for range 110 {
		alarm := alarmOf(t, second(m.Round(t.Context(), archive.News)))
		if alarm.Lost != nil {
			lost++
			continue
		}
		kept[alarm.Evidence] = true
	}
	require.Greater(t, lost, 30)
	require.Len(t, kept, 65, "64 of nonsense, and one of another history")
	entries, err := os.ReadDir(filepath.Join(dir, "evidence"))
	require.NoError(t, err)
	require.Len(t, entries, 65)
}

// TestNotAnAlarm: what is wrong for a moment, or not to be had.
func TestNotAnAlarm(t *testing.T) {
	var wrong atomic.Int64
	h := newHouse(t, newKey(t), func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/heads/checkpoint") && wrong.Add(-1) >= 0 {
			_, _ = w.Write([]byte("an error page that says it is well\n"))
			return false
		}
		return true
	})
	h.found(t, "a", 5)
	h.cut(t)
	m := open(t, t.TempDir(), source(t, h.url), monitor.Options{})
	wrong.Store(2)
	_, err := m.Round(t.Context(), archive.News)
	require.NoError(t, err)
	wrong.Store(100)
	require.Equal(t, "malformed", alarmOf(t, second(m.Round(t.Context(), archive.News))).Kind())

	gone := httptest.NewServer(nil)
	gone.Close()
	dir := t.TempDir()
	_, err = open(t, dir, source(t, gone.URL), monitor.Options{Key: h.key.PublicKey}).Round(t.Context(), archive.News)
	require.ErrorIs(t, err, archive.ErrUnreachable)
	require.NotErrorIs(t, err, eventstore.ErrDamaged)
	_, err = os.Stat(filepath.Join(dir, "evidence"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestGroupThatNoHeadCovers: for a moment it is so at every commit; when it stays so, it is an alarm.
func TestGroupThatNoHeadCovers(t *testing.T) {
	h := newHouse(t, newKey(t), nil)
	h.found(t, "a", 5)
	h.cut(t)
	heads := filepath.Join(h.dir, "heads")
	kept := t.TempDir()
	require.NoError(t, os.CopyFS(kept, os.DirFS(heads)))
	h.record(t, "a", 5)
	h.cut(t)
	served := t.TempDir()
	require.NoError(t, os.CopyFS(served, os.DirFS(h.dir)))
	require.NoError(t, os.RemoveAll(filepath.Join(served, "heads")))
	require.NoError(t, os.CopyFS(filepath.Join(served, "heads"), os.DirFS(kept)))
	m := open(t, t.TempDir(), source(t, serve(t, served, nil)), monitor.Options{})
	alarm := alarmOf(t, second(m.Round(t.Context(), archive.News)))
	require.Equal(t, "no-head", alarm.Kind())
	require.EqualValues(t, 7, alarm.Number)
	var asked atomic.Int64
	m = open(t, t.TempDir(), source(t, serve(t, served, func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "groups/a/checkpoint") && asked.Add(1) == 2 { // then the heads follow
			require.NoError(t, os.CopyFS(served+"/new", os.DirFS(heads)))
			require.NoError(t, os.Rename(served+"/heads", served+"/old"))
			require.NoError(t, os.Rename(served+"/new", served+"/heads"))
		}
		return true
	})), monitor.Options{})
	u, err := m.Round(t.Context(), archive.News)
	require.NoError(t, err)
	require.EqualValues(t, 11, u.Grown[0].To)
}

// TestEvents: the house signs what is no event of the group, at its place: it is named, and not taken.
func TestEvents(t *testing.T) {
	good := func(t *testing.T) (h *house, bodies []string) {
		h = newHouse(t, newKey(t), nil)
		h.found(t, "a", 300)
		for r, err := range h.store.Read(t.Context(), "a", 0) {
			require.NoError(t, err)
			bodies = append(bodies, string(r.Body))
		}
		return newHouse(t, h.key, nil), bodies
	}
	for name, alter := range map[string]func(bodies []string) int{
		"none":       func([]string) int { return 0 },
		"gap":        func(b []string) int { copy(b[269:], b[270:]); return 270 },
		"twice":      func(b []string) int { b[100] = b[99]; return 101 },
		"other form": func(b []string) int { b[7] = " " + b[7]; return 8 },
		"no event":   func(b []string) int { b[299] = "{}"; return 300 },
		"other group": func(b []string) int {
			b[3] = strings.Replace(b[3], `"group":"a"`, `"group":"b"`, 1)
			return 4
		},
		"not later": func(b []string) int {
			recorded := func(i int) string { _, rest, _ := strings.Cut(b[i], `"recorded":"`); return rest[:27] }
			b[256] = strings.Replace(b[256], recorded(256), recorded(255), 1)
			return 257
		},
	} {
		h, bodies := good(t)
		number := alter(bodies)
		for i := 0; i < len(bodies); i += 100 {
			a := eventstore.Append{Group: "a", After: uint64(i)}
			for _, body := range bodies[i:min(i+100, len(bodies))] {
				a.Bodies = append(a.Bodies, []byte(body))
			}
			require.NoError(t, h.store.Write(t.Context(), []eventstore.Append{a})[0])
			require.NoError(t, h.store.Sync(t.Context()))
		}
		h.cut(t)
		_, err := open(t, t.TempDir(), source(t, h.url), monitor.Options{}).Round(t.Context(), archive.News)
		if number == 0 {
			require.NoError(t, err)
			continue
		}
		alarm := alarmOf(t, err)
		require.Equal(t, "wrong-event", alarm.Kind(), name)
		require.EqualValues(t, number, alarm.Number, name)
		require.Equal(t, domain.GroupID("a"), alarm.Group)
		requireEvidence(t, alarm)
	}
}

// TestKill: a monitor is killed again and again while it fetches. Its copy is whole at every moment, at what was published
// last or not yet there, and the last one brings it to its end.
func TestKill(t *testing.T) {
	var asked, killAt atomic.Int64
	running := make(chan *os.Process, 1)
	h := newHouse(t, newKey(t), func(_ http.ResponseWriter, r *http.Request) bool {
		if asked.Add(1) == killAt.Load() {
			_ = (<-running).Kill()
			<-r.Context().Done()
			return false
		}
		return true
	})
	dir, events := t.TempDir(), uint64(0)
	for _, group := range []string{"a", "b", "c"} {
		h.found(t, group, 300)
		h.cut(t)
		kills := 0
		for ; ; kills++ {
			asked.Store(0)
			killAt.Store(int64(3 + kills%4))
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), envURL+"="+h.url, envData+"="+dir)
			require.NoError(t, child.Start())
			running <- child.Process
			err := child.Wait()
			if err == nil {
				<-running // nobody has killed it
				break
			}
			exit := new(exec.ExitError)
			require.ErrorAs(t, err, &exit)
			require.Equal(t, -1, exit.ExitCode(), "it was killed")
			if _, err := os.Stat(filepath.Join(dir, monitor.ArchiveDir, "key.pub")); err == nil {
				requireWhole(t, dir, h.key, events)
			}
		}
		require.Greater(t, kills, 3)
		events += 301
		requireWhole(t, dir, h.key, events)
	}
}
