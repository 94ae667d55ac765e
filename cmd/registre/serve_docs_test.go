package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A guide is a proxy through which a browser goes everywhere. It takes it to one server alone, and remembers where else it wanted to go.
type guide struct {
	*httptest.Server
	mu     sync.Mutex
	wanted []string // hosts
}

// newGuide makes one that leads to a server, whose answers pass through mend.
func newGuide(t *testing.T, to string, mend func(*http.Response) error) *guide {
	of, err := url.Parse(to)
	require.NoError(t, err)
	g, lead := &guide{}, httputil.NewSingleHostReverseProxy(of)
	lead.ModifyResponse = mend
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == of.Host && r.Method == http.MethodGet {
			lead.ServeHTTP(w, r)
			return
		}
		g.mu.Lock()
		g.wanted = append(g.wanted, r.Host)
		g.mu.Unlock()
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *guide) outside() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.wanted), browsersOwn)
}

// browsersOwn reports whether a host is where the browser itself goes, whatever it shows.
func browsersOwn(host string) bool {
	host, _, _ = strings.Cut(host, ":")
	for _, of := range []string{".google.com", ".googleapis.com", ".gvt1.com", ".gstatic.com"} {
		if strings.HasSuffix(host, of) {
			return true
		}
	}
	return false
}

// browse opens an address in a real browser, which goes through the guide, and gives what stands there once it is drawn.
func (g *guide) browse(t *testing.T, address string) string {
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("there is no browser here")
	}
	if _, err := drawn(t, program, "about:blank"); err != nil {
		t.Skipf("the browser draws nothing here, be it an empty page: %v", err)
	}
	text, err := drawn(t, program, "--proxy-server="+g.URL, "--proxy-bypass-list=<-loopback>", "--virtual-time-budget=20000", address)
	require.NoError(t, err)
	return text
}

// drawn is what stands on a page once a browser has drawn it, at home in a folder of its own.
func drawn(t *testing.T, program string, args ...string) (string, error) {
	ctx, stop := context.WithTimeout(t.Context(), 2*untilGivenUp)
	defer stop()
	home, err := os.MkdirTemp("", "browser")
	require.NoError(t, err)
	defer os.RemoveAll(home)
	cmd := exec.CommandContext(ctx, program, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-default-apps", "--disable-dev-shm-usage", "--user-data-dir=" + home, "--dump-dom",
	}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	cmd.WaitDelay = 10 * time.Second
	cmd.Stderr = io.Discard
	text, err := cmd.Output()
	if errors.Is(err, exec.ErrWaitDelay) { // it has ended, and something that it began has not
		err = nil
	}
	return string(text), err
}

// TestPageOfTheDocument: a browser draws the document, and asks nobody else for anything; of the same page without its policy it
// would, so that the test sees it.
func TestPageOfTheDocument(t *testing.T) {
	h := serveDemo(t)
	g := newGuide(t, h.url, nil)
	drawn := g.browse(t, h.url+"/docs")
	for _, says := range []string{"/v1/groups/{group}/agreements", "/v1/groups/{group}/commands", "What the register says, on any day"} {
		require.True(t, strings.Contains(drawn, says), says)
	}
	require.False(t, strings.Contains(drawn, "ChatGPT"), "it offers to send the document to others")
	require.Empty(t, g.outside())

	careless := newGuide(t, h.url, func(r *http.Response) error {
		r.Header.Del("Content-Security-Policy")
		return nil
	})
	careless.browse(t, h.url+"/docs")
	require.NotEmpty(t, careless.outside(), "without its policy redoc asks for its logo")
}

// TestFilesOfThePage: they are of this program, pressed for those who take it, and none has a policy wider than its own.
func TestFilesOfThePage(t *testing.T) {
	h := serveDemo(t)
	page, text := h.get("", "/docs")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, page.Header.Get("Content-Security-Policy"), "script-src 'self';")
	require.NotContains(t, string(text), "://cdn")
	plain, whole := h.get("", "/docs/redoc.js", "Accept-Encoding", "identity")
	require.Contains(t, plain.Header.Get("Content-Type"), "text/javascript")
	require.Contains(t, plain.Header.Get("Content-Security-Policy"), "default-src 'none'; frame")
	pressed, part := h.get("", "/docs/redoc.js", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", pressed.Header.Get("Content-Encoding"))
	require.Less(t, len(part), len(whole)/3)
	again, _ := h.get("", "/docs/redoc.js", "If-None-Match", plain.Header.Get("ETag"), "Accept-Encoding", "identity")
	require.Equal(t, http.StatusNotModified, again.StatusCode)
}
