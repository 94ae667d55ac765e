package archive_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/eventstore/archive"
)

// sizeOf is how many bytes there are in all files below a folder, save the tail, which is laid out in zeros.
func sizeOf(t *testing.T, dir string) (all int64) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && d.Name() == "tail" {
			return fs.SkipDir
		}
		if info, statErr := d.Info(); err == nil && statErr == nil && info.Mode().IsRegular() {
			all += info.Size()
		}
		return err
	}))
	return all
}

// endless writes until nobody reads any more, and counts.
func endless(sent *atomic.Int64) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		block := []byte(strings.Repeat("0", 32<<10))
		for {
			n, err := w.Write(block)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	}
}

// TestMirrorOfAnEndlessBody: of no file is more taken than it can have, whichever is endless.
func TestMirrorOfAnEndlessBody(t *testing.T) {
	for _, name := range []string{
		"/heads/checkpoint", "/heads/tile/0/000.p/1", "/groups/a/checkpoint", "/groups/a/tile/0/000.p/9", "/groups/a/tile/entries/000.p/9",
	} {
		var sent atomic.Int64
		p := publish(t, newKey(t), func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != name {
				return true
			}
			endless(&sent)(w)
			return false
		})
		p.record(t, "a", 9)
		p.cut(t)
		to := t.TempDir()
		_, err := update(t, web(t, p.url), to, p.key, archive.News)
		alarm := alarmOf(t, err)
		require.Equal(t, strings.TrimPrefix(name, "/"), alarm.File)
		require.Equal(t, "malformed", alarm.Kind())
		require.Less(t, sent.Load(), int64(32<<20), "what the network holds, and not much more")
		require.Less(t, sizeOf(t, to), int64(16<<10))
	}
}

// TestMirrorOfAHugeSize: who has the key can sign any size. Without tiles that lead to the root, nothing is fetched for it; and
// without the key it is nothing at all.
func TestMirrorOfAHugeSize(t *testing.T) {
	key, stranger := newKey(t), newKey(t)
	for name, by := range map[string]*archive.Key{"not-signed": stranger, "wrong-root": key} {
		signer, err := by.Signer(origin)
		require.NoError(t, err)
		signed, err := archive.Checkpoint{Origin: origin, Size: archive.MaxSize, Root: archive.LeafHash([]byte("x"))}.Sign(signer)
		require.NoError(t, err)
		var asked atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			_, file, partial := strings.Cut(r.URL.Path, ".p/")
			width := 256
			if partial {
				_, err := fmt.Sscan(file, &width)
				require.NoError(t, err)
			}
			switch {
			case r.URL.Path == "/heads/checkpoint":
				_, _ = w.Write(signed)
				return
			case strings.HasPrefix(r.URL.Path, "/rotations/"):
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write(make([]byte, 32*width))
		}))
		defer server.Close()
		to := t.TempDir()
		_, err = update(t, web(t, server.URL), to, key, archive.News)
		require.Equal(t, name, alarmOf(t, err).Kind())
		require.Less(t, asked.Load(), int64(4000), "the tiles of the edge, and what lies below them")
		require.Zero(t, sizeOf(t, to))
	}
}

// signLog writes a log with any leaves, as whoever has the key can.
func signLog(t *testing.T, key *archive.Key, dir, origin string, leaves ...[]byte) {
	t.Helper()
	log := archive.OpenLog(dir, origin, key.Ring())
	x, err := log.Extend(archive.Tree{}, slices.Values(leaves))
	require.NoError(t, err)
	require.NoError(t, x.Land())
	signer, err := key.Signer(origin)
	require.NoError(t, err)
	tree := x.Tree()
	signed, err := archive.Checkpoint{Origin: origin, Size: tree.Size(), Root: tree.Root()}.Sign(signer)
	require.NoError(t, err)
	require.NoError(t, log.Publish(nil, signed))
}

// TestMirrorOfStrangeNames: a head that was signed for and names something else than a group leads nowhere.
func TestMirrorOfStrangeNames(t *testing.T) {
	for _, name := range []string{"../../../etc", "a/b", "A", ".", "a\\b", "%2e%2e"} {
		key, dir := newKey(t), t.TempDir()
		head := archive.Checkpoint{Origin: archive.GroupOrigin(origin, name), Size: 1, Root: archive.LeafHash([]byte("x"))}
		signLog(t, key, filepath.Join(dir, "heads"), origin, head.Text())
		var mu sync.Mutex
		var asked []string
		url := serve(t, dir, func(_ http.ResponseWriter, r *http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, r.URL.Path)
			return true
		})
		_, err := update(t, web(t, url), t.TempDir(), key, archive.Survey)
		alarm := alarmOf(t, err)
		require.Equal(t, "wrong-head", alarm.Kind(), name)
		require.EqualValues(t, 1, alarm.Number)
		for _, path := range asked {
			require.True(t, strings.HasPrefix(path, "/heads/") || path == "/rotations/1", path)
		}
	}
}

// TestMirrorHoldsEveryHead: heads that were signed for and are not what the group's events come to, in between or at the end.
func TestMirrorHoldsEveryHead(t *testing.T) {
	var trees [4]archive.Tree
	leaves := [][]byte{[]byte("one"), []byte("two"), []byte("three")}
	for i, leaf := range leaves {
		trees[i+1] = trees[i]
		trees[i+1].Append(archive.LeafHash(leaf))
	}
	group := archive.GroupOrigin(origin, "a")
	head := func(size uint64, of int) []byte {
		return archive.Checkpoint{Origin: group, Size: size, Root: trees[of].Root()}.Text()
	}
	for kind, heads := range map[string][][]byte{
		"":             {head(1, 1), head(3, 3)},
		"other-state":  {head(1, 1), head(2, 3), head(3, 3)},
		"other-state ": {head(1, 1), head(3, 2)},
		"shrunk":       {head(2, 2), head(1, 1), head(3, 3)},
		"behind":       {head(1, 1), head(4, 3)},
		"wrong-head":   {head(0, 0), head(3, 3)},
		"malformed":    {[]byte("no head"), head(3, 3)},
	} {
		key, dir := newKey(t), t.TempDir()
		signLog(t, key, filepath.Join(dir, "heads"), origin, heads...)
		signLog(t, key, filepath.Join(dir, "groups", "a"), group, leaves...)
		_, err := update(t, web(t, serve(t, dir, nil)), t.TempDir(), key, archive.News)
		if kind == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, strings.TrimSpace(kind), alarmOf(t, err).Kind(), "%v", err)
	}
}

// TestWeb: what a server can do that is no sign of anything wrong with the archive. It can be tried again.
func TestWeb(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("nobody is to come here") }))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/below/here":
			_, _ = w.Write([]byte("content"))
		case "/below/leads":
			http.Redirect(w, r, "/below/here", http.StatusFound)
		case "/below/away":
			http.Redirect(w, r, other.URL+"/below/here", http.StatusFound)
		case "/below/round":
			http.Redirect(w, r, "/below/round", http.StatusFound)
		case "/below/busy":
			http.Error(w, "busy", http.StatusServiceUnavailable)
		case "/below/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("not so long"))
		case "/below/silent":
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/below/drips":
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("x"))
				w.(http.Flusher).Flush()
				time.Sleep(time.Millisecond)
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	source, err := archive.Web(server.URL+"/below/", archive.WebOptions{Idle: 200 * time.Millisecond})
	require.NoError(t, err)
	short, err := archive.Web(server.URL+"/below/", archive.WebOptions{Whole: 200 * time.Millisecond})
	require.NoError(t, err)
	_, err = short.Get(t.Context(), "drips", 1<<20)
	require.ErrorIs(t, err, archive.ErrUnreachable)
	for name, want := range map[string]error{
		"here": nil, "leads": nil, "away": archive.ErrUnreachable, "round": archive.ErrUnreachable, "busy": archive.ErrUnreachable,
		"cut": archive.ErrUnreachable, "silent": archive.ErrUnreachable, "not/there": fs.ErrNotExist,
	} {
		content, err := source.Get(t.Context(), name, 1<<20)
		require.ErrorIs(t, err, want, name)
		if want == nil {
			require.Equal(t, "content", string(content))
		}
	}
	_, err = source.Get(t.Context(), "here", 6)
	require.ErrorIs(t, err, archive.ErrMalformed)
	_, err = source.Get(t.Context(), "here", 7)
	require.NoError(t, err)
	for _, address := range []string{"ftp://x/", "registre.example", "http://", "https://x/?q", "://"} {
		_, err := archive.Web(address, archive.WebOptions{})
		require.ErrorIs(t, err, archive.ErrMalformed, address)
	}
	secret, err := archive.Web("https://me:secret@x/", archive.WebOptions{})
	require.NoError(t, err)
	require.NotContains(t, secret.String(), "secret")
}

// TestHandler: the public files are served, each as long as it is good for, and nothing else is.
func TestHandler(t *testing.T) {
	p := publish(t, newKey(t), nil)
	p.record(t, "a", 300)
	p.cut(t)
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "key"), []byte("secret"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "heads", "checkpoint.tmp"), []byte("not yet"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(p.dir), "outside"), []byte("secret"), 0o600))
	require.NoError(t, os.Symlink("../../../outside", filepath.Join(p.dir, "groups", "a", "tile", "0", "009")))
	get := func(method, path string) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), method, p.url, nil)
		require.NoError(t, err)
		request.URL.Opaque = "//" + request.URL.Host + path // as it stands, with its dots
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		response.Body.Close()
		return response
	}
	for path, cache := range map[string]string{
		"/key.pub":                           "public, max-age=60",
		"/heads/checkpoint":                  "no-store",
		"/groups/a/checkpoint":               "no-store",
		"/groups/a/tile/0/000":               "public, max-age=31536000, immutable",
		"/groups/a/tile/entries/000":         "public, max-age=31536000, immutable",
		"/groups/a/tile/entries/001.p/44":    "public, max-age=60",
		"/groups/a/tile/1/000.p/1":           "public, max-age=60",
		"/heads/tile/entries/000.p/1":        "public, max-age=60",
		"//heads/checkpoint":                 "",
		"/":                                  "",
		"/key":                               "",
		"/tail/00000000000000000001":         "",
		"/tail/1":                            "",
		"/heads":                             "",
		"/heads/":                            "",
		"/heads/tile/0":                      "",
		"/heads/checkpoint.tmp":              "",
		"/heads/checkpoint/":                 "",
		"/groups/":                           "",
		"/groups/a":                          "",
		"/groups/a/tile/0/009":               "",
		"/groups/b/checkpoint":               "",
		"/groups/../key":                     "",
		"/groups/../key/checkpoint":          "",
		"/groups/%2e%2e/heads/checkpoint":    "",
		"/groups/a/../../key":                "",
		"/groups/a/tile/0/000/../../../../k": "",
	} {
		response := get(http.MethodGet, path)
		if cache == "" {
			require.Equal(t, http.StatusNotFound, response.StatusCode, path)
			continue
		}
		require.Equal(t, http.StatusOK, response.StatusCode, path)
		require.Equal(t, cache, response.Header.Get("Cache-Control"), path)
		head := get(http.MethodHead, path)
		require.Equal(t, response.Header.Get("Content-Type"), head.Header.Get("Content-Type"))
		require.Equal(t, strings.Contains(path, "tile"), head.Header.Get("Content-Type") == "application/octet-stream")
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		require.Equal(t, http.StatusMethodNotAllowed, get(method, "/heads/checkpoint").StatusCode)
	}
}
