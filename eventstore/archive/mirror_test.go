package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// A published is a house whose archive is served.
type published struct {
	dir   string
	key   *archive.Key
	store *archive.Store
	ends  map[string]uint64
	url   string
}

// publish begins a house, and serves it to whom before lets through; nil lets everybody.
func publish(t testing.TB, key *archive.Key, before func(w http.ResponseWriter, r *http.Request) bool) *published {
	t.Helper()
	p := &published{dir: t.TempDir(), key: key, ends: map[string]uint64{}}
	p.store = openStore(t, p.dir, key, eventstore.NewMemory(), archive.Options{CutAfter: 1 << 40})
	p.url = serve(t, p.dir, before)
	return p
}

func serve(t testing.TB, dir string, before func(w http.ResponseWriter, r *http.Request) bool) string {
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

// record records so many events in a group, up to a thousand in a commit.
func (p *published) record(t testing.TB, group string, events int) {
	t.Helper()
	if events > 1000 {
		p.record(t, group, events-1000)
		events = 1000
	}
	var bodies []string
	for i := range events {
		bodies = append(bodies, fmt.Sprintf("event %d of %s, which is %s", p.ends[group]+uint64(i)+1, group, strings.Repeat("long ", i%7)))
	}
	write(t, p.store, group, p.ends[group], bodies...)
	p.ends[group] += uint64(events)
}

func (p *published) cut(t testing.TB) {
	t.Helper()
	require.NoError(t, p.store.Cut(t.Context()))
}

func web(t testing.TB, url string) archive.Source {
	t.Helper()
	source, err := archive.Web(url, archive.WebOptions{})
	require.NoError(t, err)
	return source
}

func update(t testing.TB, source archive.Source, to string, key *archive.Key, look archive.Look) (archive.Update, error) {
	t.Helper()
	return archive.NewMirror(source, to, key.PublicKey, archive.MirrorOptions{}).Update(t.Context(), look)
}

// requireMirrored requires that a copy is whole, to us and to somebody else's program.
func requireMirrored(t testing.TB, to string, key *archive.Key, events uint64) *archive.Verification {
	t.Helper()
	v, err := archive.Verify(t.Context(), to, archive.VerifyOptions{Key: key.PublicKey, Full: true})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.Equal(t, events, v.Events)
	return v
}

// tessera has a log checked by the fsck of transparency-dev/tessera.
func tessera(t testing.TB, dir, origin string, key *archive.Key) error {
	t.Helper()
	v, err := key.Verifier(origin)
	require.NoError(t, err)
	leaves := func(bundle []byte) (hashes [][]byte, err error) {
		var entries api.EntryBundle
		err = entries.UnmarshalText(bundle)
		for _, entry := range entries.Entries {
			hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
		}
		return hashes, err
	}
	return fsck.New(origin, v, client.FileFetcher{Root: dir}, leaves, fsck.Opts{N: 2}).Check(t.Context())
}

func alarmOf(t testing.TB, err error) *archive.Alarm {
	t.Helper()
	alarm := new(archive.Alarm)
	require.ErrorAs(t, err, &alarm)
	return alarm
}

// TestMirrorFollows: a copy grows with its house, over HTTP and from a folder, takes only what is new, and is a whole archive
// after each update, to us and to somebody else.
func TestMirrorFollows(t *testing.T) {
	p := publish(t, newKey(t), nil)
	for name, source := range map[string]archive.Source{"http": web(t, p.url), "folder": archive.Folder(p.dir)} {
		to := filepath.Join(t.TempDir(), name)
		for round := range 3 {
			for i, n := range []int{300, 1, 70, 513}[round:] {
				p.record(t, fmt.Sprint("g", i), n)
			}
			p.cut(t)
			was, err := update(t, source, to, p.key, archive.News)
			require.NoError(t, err)
			require.Len(t, was.Grown, map[bool]int{true: len(p.ends), false: 4 - round}[round == 0])
			for _, g := range was.Grown {
				require.Equal(t, p.ends[string(g.Group)], g.To)
			}
			events := uint64(0)
			for group, end := range p.ends {
				events += end
				require.NoError(t, tessera(t, filepath.Join(to, "groups", group), archive.GroupOrigin(origin, group), p.key))
			}
			require.NoError(t, tessera(t, filepath.Join(to, "heads"), origin, p.key))
			v := requireMirrored(t, to, p.key, events)
			require.Equal(t, string(p.store.Checkpoint()), string(v.Signed))
			again, err := update(t, source, to, p.key, archive.Everything)
			require.NoError(t, err)
			require.Zero(t, again.Files, "all was there")
			again, err = update(t, source, to, p.key, archive.Survey)
			require.NoError(t, err)
			require.Empty(t, again.Grown)
		}
	}
}

// TestMirrorNamesWhatIsAltered flips a bit of each file that is served, in turn: it is named, with the event, nothing is
// published, and what was published before stays whole. So is a file that is missing.
func TestMirrorNamesWhatIsAltered(t *testing.T) {
	p := publish(t, newKey(t), nil)
	p.record(t, "a", 3)
	p.record(t, "b", 100)
	p.cut(t)
	before := t.TempDir()
	source := web(t, p.url)
	_, err := update(t, source, before, p.key, archive.News)
	require.NoError(t, err)
	p.record(t, "b", 800)
	p.record(t, "a", 1)
	p.cut(t)
	looked := 0
	require.NoError(t, filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(p.dir, path)
		name = filepath.ToSlash(name)
		if err != nil || d.IsDir() || strings.HasPrefix(name, "tail/") || name == "key.pub" || name == "newest" {
			return err
		}
		looked++
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, gone := range []bool{false, true} {
			altered := append([]byte(nil), content...)
			altered[len(altered)*2/3] ^= 4
			if require.NoError(t, os.WriteFile(path, altered, 0o644)); gone {
				require.NoError(t, os.Remove(path))
			}
			to := t.TempDir()
			require.NoError(t, os.CopyFS(to, os.DirFS(before)))
			_, err = update(t, source, to, p.key, archive.Everything)
			alarm := alarmOf(t, err)
			require.Equal(t, name, alarm.File, "%v", err)
			require.ErrorIs(t, err, eventstore.ErrDamaged)
			if gone {
				require.Equal(t, "missing", alarm.Kind())
			} else {
				require.Equal(t, string(altered), string(alarm.Received))
			}
			requireMirrored(t, to, p.key, 103)
			require.NoError(t, os.WriteFile(path, content, 0o644))
			_, err = update(t, source, to, p.key, archive.News)
			require.NoError(t, err)
			requireMirrored(t, to, p.key, 904)
		}
		return nil
	}))
	require.Greater(t, looked, 15)
}

// TestMirrorNamesTheEvent: of a bundle the very entry.
func TestMirrorNamesTheEvent(t *testing.T) {
	p := publish(t, newKey(t), nil)
	p.record(t, "a", 300)
	p.cut(t)
	bundle := filepath.Join(p.dir, "groups", "a", "tile", "entries", "001.p", "44")
	content, err := os.ReadFile(bundle)
	require.NoError(t, err)
	at := strings.Index(string(content), "event 290 of")
	content[at] = 'E'
	require.NoError(t, os.WriteFile(bundle, content, 0o644))
	_, err = update(t, web(t, p.url), t.TempDir(), p.key, archive.News)
	alarm := alarmOf(t, err)
	require.Equal(t, domain.GroupID("a"), alarm.Group)
	require.EqualValues(t, 290, alarm.Number)
	require.Equal(t, "altered", alarm.Kind())
}

// TestMirrorSeesAnotherHistory: the key was stolen, and history written anew, shorter, as long and longer than what was held;
// or an older copy of the folder was put back. It is an alarm, with both checkpoints in it as they were signed.
func TestMirrorSeesAnotherHistory(t *testing.T) {
	key := newKey(t)
	p := publish(t, key, nil)
	p.record(t, "a", 5)
	p.cut(t)
	older := t.TempDir()
	require.NoError(t, os.CopyFS(older, os.DirFS(p.dir)))
	p.record(t, "a", 5)
	p.record(t, "b", 5)
	p.cut(t)
	held := t.TempDir()
	_, err := update(t, web(t, p.url), held, key, archive.News)
	require.NoError(t, err)
	sees := func(dir, kind string, rewritten bool) {
		t.Helper()
		signed, err := os.ReadFile(filepath.Join(dir, "heads", "checkpoint"))
		require.NoError(t, err)
		_, err = update(t, web(t, serve(t, dir, nil)), held, key, archive.News)
		alarm := alarmOf(t, err)
		require.Equal(t, kind, alarm.Kind())
		require.Equal(t, rewritten, errors.Is(err, archive.ErrRewritten))
		require.Equal(t, string(p.store.Checkpoint()), string(alarm.Held))
		require.Equal(t, string(signed), string(alarm.Signed))
		requireMirrored(t, held, key, 15)
	}
	sees(older, "rolled-back", false)
	other := publish(t, key, nil)
	for range 6 { // heads, of which three were held
		other.record(t, "b", 2)
		other.cut(t)
		sees(other.dir, "rewritten", true)
	}
}

// TestMirrorContinuesWhatWasKept: a checkpoint that was kept elsewhere binds a copy that begins only now.
func TestMirrorContinuesWhatWasKept(t *testing.T) {
	key := newKey(t)
	p := publish(t, key, nil)
	p.record(t, "a", 5)
	kept := p.store.Checkpoint()
	p.record(t, "a", 5)
	p.cut(t)
	_, err := archive.NewMirror(web(t, p.url), t.TempDir(), key.PublicKey, archive.MirrorOptions{Kept: kept}).Update(t.Context(), archive.News)
	require.NoError(t, err)
	other := publish(t, key, nil)
	other.record(t, "a", 6)
	other.record(t, "a", 6)
	other.cut(t)
	_, err = archive.NewMirror(web(t, other.url), t.TempDir(), key.PublicKey, archive.MirrorOptions{Kept: kept}).Update(t.Context(), archive.News)
	require.ErrorIs(t, err, archive.ErrRewritten)
	require.Equal(t, string(kept), string(alarmOf(t, err).Held))
}

// TestMirrorMissesAGroup: a group whose files are gone is missed, also when nothing of it has grown.
func TestMirrorMissesAGroup(t *testing.T) {
	p := publish(t, newKey(t), nil)
	p.record(t, "a", 5)
	p.record(t, "b", 5)
	p.cut(t)
	to := t.TempDir()
	_, err := update(t, web(t, p.url), to, p.key, archive.News)
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(filepath.Join(p.dir, "groups", "b")))
	for _, to := range []string{to, t.TempDir()} {
		_, err = update(t, web(t, p.url), to, p.key, archive.Survey)
		alarm := alarmOf(t, err)
		require.Equal(t, "missing", alarm.Kind())
		require.Equal(t, domain.GroupID("b"), alarm.Group)
	}
	requireMirrored(t, to, p.key, 10)
}

// TestMirrorOfWhatMoves: the house goes on, and prunes, at every file that is fetched. What was begun is finished at the
// checkpoint that it was begun at.
func TestMirrorOfWhatMoves(t *testing.T) {
	var p *published
	var mu sync.Mutex
	grown := 0
	p = publish(t, newKey(t), func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(r.URL.Path, "/tile/") && grown < 40 {
			grown++
			p.record(t, fmt.Sprint("g", grown%3), 1+grown*3)
			p.cut(t)
		}
		return true
	})
	for i := range 3 {
		p.record(t, fmt.Sprint("g", i), 100)
	}
	p.cut(t)
	to, moved := t.TempDir(), 0
	for range 60 {
		_, err := update(t, web(t, p.url), to, p.key, archive.News)
		if errors.Is(err, archive.ErrMoved) {
			moved++
			continue
		}
		require.NoError(t, err)
	}
	t.Logf("moved on %d times of 60", moved)
	require.Equal(t, 40, grown)
	requireMirrored(t, to, p.key, p.ends["g0"]+p.ends["g1"]+p.ends["g2"])
}

// TestMirrorTakesUpWhatWasFetched: an update that broke off is not begun anew.
func TestMirrorTakesUpWhatWasFetched(t *testing.T) {
	var asked, most atomic.Int64
	most.Store(1 << 40)
	p := publish(t, newKey(t), func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/tile/") && asked.Add(1) > most.Load() {
			http.Error(w, "no more", http.StatusServiceUnavailable)
			return false
		}
		return true
	})
	p.record(t, "a", 5000)
	p.cut(t)
	_, err := update(t, web(t, p.url), t.TempDir(), p.key, archive.News)
	require.NoError(t, err)
	all := asked.Swap(0)
	to := t.TempDir()
	for most.Store(5); ; {
		_, err := update(t, web(t, p.url), to, p.key, archive.News)
		if err == nil {
			break
		}
		require.ErrorIs(t, err, archive.ErrUnreachable)
		_, err = os.Stat(filepath.Join(to, "heads", "checkpoint"))
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.Less(t, most.Load(), all+20)
		most.Add(5)
		asked.Store(0)
	}
	require.Less(t, asked.Load(), all/2, "the last of many updates had little left to fetch")
	requireMirrored(t, to, p.key, 5000)
}

// TestMirrorOfOwnDamage: what lies in the copy's folder, with its name or on its way there, is believed no more than what is served.
func TestMirrorOfOwnDamage(t *testing.T) {
	p := publish(t, newKey(t), nil)
	p.record(t, "a", 600)
	p.cut(t)
	to := t.TempDir()
	for i, name := range []string{"entries/000", "entries/001", "0/000", "0/001", "0/002.p/88", "1/000.p/2", "entries/002.p/88"} {
		path := filepath.Join(to, "groups", "a", "tile", filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		content, err := os.ReadFile(filepath.Join(p.dir, "groups", "a", "tile", filepath.FromSlash(name)))
		require.NoError(t, err)
		content[len(content)/2] ^= 1
		if i%2 == 1 {
			path += ".tmp"
		}
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
	_, err := update(t, web(t, p.url), to, p.key, archive.News)
	require.NoError(t, err)
	requireMirrored(t, to, p.key, 600)
}

// TestMirrorRefusesLeaves: what is signed for and is not what it must be is refused by who looks at the leaves.
func TestMirrorRefusesLeaves(t *testing.T) {
	p := publish(t, newKey(t), nil)
	p.record(t, "a", 300)
	p.cut(t)
	seen := uint64(0)
	m := archive.NewMirror(web(t, p.url), t.TempDir(), p.key.PublicKey, archive.MirrorOptions{
		Leaves: func(group domain.GroupID, from, to uint64, view *archive.View) error {
			for range view.Scan(from, to) {
				seen++
			}
			return &archive.LeafError{Index: 270, Cause: archive.ErrWrongEvent}
		},
	})
	_, err := m.Update(t.Context(), archive.News)
	alarm := alarmOf(t, err)
	require.EqualValues(t, 300, seen)
	require.EqualValues(t, 271, alarm.Number)
	require.Equal(t, "wrong-event", alarm.Kind())
	require.Contains(t, string(alarm.Received), "event 271 of a")
}

// TestMirrorOfAnother: neither another house's archive is taken, nor another house's copy overwritten.
func TestMirrorOfAnother(t *testing.T) {
	p, q := publish(t, newKey(t), nil), publish(t, newKey(t), nil)
	p.record(t, "a", 3)
	p.cut(t)
	q.record(t, "a", 3)
	q.cut(t)
	to := t.TempDir()
	_, err := update(t, web(t, p.url), to, p.key, archive.News)
	require.NoError(t, err)
	_, err = update(t, web(t, q.url), to, q.key, archive.News)
	require.ErrorIs(t, err, archive.ErrOtherKey)
	_, err = update(t, web(t, q.url), to, p.key, archive.News)
	require.ErrorIs(t, err, archive.ErrNotSigned)
	require.Equal(t, "not-signed", alarmOf(t, err).Kind())
	requireMirrored(t, to, p.key, 3)
}

// TestMirrorInterrupted: who stops an update gets that, and no alarm.
func TestMirrorInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := publish(t, newKey(t), func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/entries/") {
			cancel()
		}
		return true
	})
	p.record(t, "a", 3000)
	p.cut(t)
	_, err := archive.NewMirror(web(t, p.url), t.TempDir(), p.key.PublicKey, archive.MirrorOptions{}).Update(ctx, archive.News)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, eventstore.ErrDamaged)
}

// TestMirrorOfALargeLog crosses the bounds of tiles of level 1, within one update and from one to the next, and finds what is
// altered at every level.
func TestMirrorOfALargeLog(t *testing.T) {
	if testing.Short() {
		t.Skip("135,000 leaves")
	}
	p := publish(t, newKey(t), nil)
	to := t.TempDir()
	for _, size := range []int{65_000, 700, 70_000} {
		p.record(t, "a", size)
		p.cut(t)
		_, err := update(t, web(t, p.url), to, p.key, archive.News)
		require.NoError(t, err)
		requireMirrored(t, to, p.key, p.ends["a"])
	}
	require.NoError(t, tessera(t, filepath.Join(to, "groups", "a"), archive.GroupOrigin(origin, "a"), p.key))
	for _, name := range []string{"entries/300", "entries/530.p/20", "0/017", "0/300", "0/530.p/20", "1/000", "1/001", "1/002.p/18", "2/000.p/2"} {
		path := filepath.Join(p.dir, "groups", "a", "tile", filepath.FromSlash(name))
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		altered := append([]byte(nil), content...)
		altered[len(altered)/3] ^= 1
		require.NoError(t, os.WriteFile(path, altered, 0o644))
		_, err = update(t, web(t, p.url), to, p.key, archive.Everything)
		require.Equal(t, "groups/a/tile/"+name, alarmOf(t, err).File)
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
	own := filepath.Join(to, "groups", "a", "tile", "entries", "300")
	require.NoError(t, os.WriteFile(own, []byte("damaged"), 0o644))
	_, err := update(t, web(t, p.url), to, p.key, archive.Everything)
	require.NoError(t, err, "what is damaged in the copy is put right")
	requireMirrored(t, to, p.key, p.ends["a"])
}
