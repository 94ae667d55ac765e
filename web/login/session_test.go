package login

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/web/login/logintest"
)

// signedIn is a site that trusts a provider whose sign-ins all hold, and a browser that has signed in.
func signedIn(t *testing.T) (*site, *forger, *logintest.Browser) {
	f := startForger(t)
	s := startSite(t, f.issuer, nil)
	b := logintest.NewBrowser(t)
	s.opens(b, f.authenticate(s.begin(b)))
	return s, f, b
}

// TestASessionIsNewAtSignIn: what somebody has put into a browser before opens nothing after, nor does what it had from before.
func TestASessionIsNewAtSignIn(t *testing.T) {
	t.Parallel()
	s, f, b := signedIn(t)
	before := b.Cookie(s.url, "registre")
	fixed := logintest.NewBrowser(t)
	fixed.SetCookie(s.url, "registre", "fixed-by-somebody-else-and-known-to-him-4711")
	s.opens(fixed, f.authenticate(s.begin(fixed)))
	require.NotEqual(t, "fixed-by-somebody-else-and-known-to-him-4711", fixed.Cookie(s.url, "registre"))
	attacker := logintest.NewBrowser(t)
	attacker.SetCookie(s.url, "registre", "fixed-by-somebody-else-and-known-to-him-4711")
	require.Empty(t, s.who(attacker))
	s.opens(b, f.authenticate(s.begin(b)))
	require.NotEqual(t, before, b.Cookie(s.url, "registre"))
	attacker.SetCookie(s.url, "registre", before)
	require.Empty(t, s.who(attacker))
	begun := logintest.NewBrowser(t)
	s.begin(begun)
	attacker.SetCookie(s.url, "registre", begun.Cookie(s.url, "registre-login"))
	require.Empty(t, s.who(attacker), "a sign-in that was begun is no session")
}

// TestWhatIsKeptOpensNothing: of a session the server keeps no cookie, only what recognises it.
func TestWhatIsKeptOpensNothing(t *testing.T) {
	t.Parallel()
	s, _, b := signedIn(t)
	store := s.sessions.Store.(*memory)
	require.Len(t, store.kept, 1)
	for token := range store.kept {
		require.NotEqual(t, b.Cookie(s.url, "registre"), token)
		thief := logintest.NewBrowser(t)
		thief.SetCookie(s.url, "registre", token)
		require.Empty(t, s.who(thief))
		s.is(Over, "")
	}
	own := b.Cookie(s.url, "registre")
	for _, c := range []struct {
		shows []string
		is    bool // a session, or none that is good
	}{{nil, false}, {[]string{""}, false}, {[]string{"none"}, true}, {[]string{own, own}, true}, {[]string{"", own}, true}} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/who", nil)
		for _, value := range c.shows {
			r.AddCookie(&http.Cookie{Name: "registre", Value: value})
		}
		who, shown, err := s.Session(r)
		require.Equal(t, c.is, shown, c.shows)
		require.Empty(t, who.Principal, c.shows)
		if !c.is {
			require.NoError(t, err)
			continue
		}
		var of *Error
		require.ErrorAs(t, err, &of, c.shows)
		require.Equal(t, Over, of.Problem)
	}
}

// TestASessionEnds: after an hour in which nobody uses it, after ten hours, when it is ended, and when its account is linked to nobody or
// to somebody else.
func TestASessionEnds(t *testing.T) {
	t.Parallel()
	s, f, b := signedIn(t)
	f.spoil = func(c map[string]any) { c["exp"] = time.Now().Add(10 * Lasts).Unix() } // by the clock of the site
	over := func() {
		t.Helper()
		require.Empty(t, s.who(b))
		s.link(logintest.Subject, "p-jehanne")
		require.Empty(t, s.who(b), "what is over stays over")
		s.opens(b, f.authenticate(s.begin(b)))
	}
	s.later(Idle)
	over()
	for range 10 {
		s.later(Lasts/10 - time.Second)
		require.Equal(t, "p-jehanne", s.who(b))
	}
	s.later(10 * time.Second)
	over()
	s.link(logintest.Subject, "")
	over()
	s.link(logintest.Subject, "p-another")
	over()
	kept := b.Cookie(s.url, "registre")
	response, _ := b.Post(s.url+"/logout", nil)
	require.Equal(t, s.url+"/", logintest.To(t, response), "the provider has no place where a sign-out leads")
	b.SetCookie(s.url, "registre", kept)
	over()
}

// TestOtherSites: with a cookie alone, nothing is changed from another site.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	s, _, b := signedIn(t)
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://elsewhere.example"},
		{"Origin", "null"},
		{"Origin", "http://localhost:1"},
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://elsewhere.example"},
	} {
		for _, path := range []string{"/who", "/logout"} {
			response, text := b.Post(s.url+path, nil, headers...)
			require.Equal(t, http.StatusForbidden, response.StatusCode, "%v %s", headers, text)
			s.is(OtherSite, "")
		}
	}
	require.Equal(t, "p-jehanne", s.who(b), "nobody was signed out")
	for _, headers := range [][]string{nil, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Origin", s.url}} {
		response, text := b.Post(s.url+"/who", nil, headers...)
		require.Equal(t, http.StatusOK, response.StatusCode, "%v %s", headers, text)
	}
}

// TestOneReturnsToThisServer: after a sign-in nobody is led elsewhere.
func TestOneReturnsToThisServer(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	s := startSite(t, f.issuer, nil)
	for _, to := range []string{
		"", "https://elsewhere.example", "//elsewhere.example", "///elsewhere.example", `/\elsewhere.example`, `\/elsewhere.example`, "/\t/elsewhere.example", "/\n", "who", "javascript:alert(1)",
		"https:elsewhere.example", "/%zz", " /who", "/\u00e9", "http://" + strings.TrimPrefix(s.url, "http://") + "@elsewhere.example",
	} {
		response, _ := logintest.NewBrowser(t).Get(s.url + "/login?to=" + url.QueryEscape(to))
		require.Equal(t, http.StatusForbidden, response.StatusCode, "%q", to)
		s.is(Elsewhere, "")
	}
	require.NoError(t, Local("/v1/groups/x/weights?body=ag&at=2022-01-01"))
}

// TestCookies: on a server that is reached over TLS, cookies go to this host alone, over TLS, and to no script.
func TestCookies(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	public := &url.URL{Scheme: "https", Host: "registre.example.org"}
	l, err := New(Options{Issuer: f.issuer, Client: "us", Public: public, Principal: func(string, string) (string, error) { return "p-jehanne", nil }})
	require.NoError(t, err)
	begin := httptest.NewRecorder()
	address, err := l.Begin(begin, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://registre.example.org/login", nil), "/session")
	require.NoError(t, err)
	back := httptest.NewRequestWithContext(t.Context(), http.MethodGet, f.authenticate(address), nil)
	require.Equal(t, "registre.example.org", back.Host)
	back.AddCookie(begin.Result().Cookies()[0])
	finish := httptest.NewRecorder()
	_, _, err = l.Finish(finish, back)
	require.NoError(t, err)
	for name, set := range map[string]*http.Cookie{"__Host-registre-login": begin.Result().Cookies()[0], "__Host-registre": finish.Result().Cookies()[1]} {
		require.Equal(t, name, set.Name)
		require.True(t, set.Secure && set.HttpOnly, name)
		require.Equal(t, http.SameSiteLaxMode, set.SameSite)
		require.Equal(t, []string{"/", ""}, []string{set.Path, set.Domain})
		require.GreaterOrEqual(t, len(set.Value), 43, "256 bits")
		require.Zero(t, set.MaxAge, "it goes with the browser")
	}
	here, _ := logintest.NewBrowser(t).Get(startSite(t, f.issuer, nil).url + "/login?to=/who")
	require.Equal(t, "registre-login", here.Cookies()[0].Name)
	require.False(t, here.Cookies()[0].Secure, "on this machine without TLS no browser would send it back")
	require.True(t, here.Cookies()[0].HttpOnly)
}

// TestTheProviderIsReachedOverTLS: secrets are sent to a provider over TLS, or on this machine; it leads nowhere else, and says no more
// than can be read.
func TestTheProviderIsReachedOverTLS(t *testing.T) {
	t.Parallel()
	here := &url.URL{Scheme: "http", Host: "127.0.0.1:8480"}
	for _, c := range []struct {
		issuer string
		public *url.URL
		good   bool
	}{
		{"https://id.example.org", here, true},
		{"http://127.0.0.1:1", here, true},
		{"http://localhost:1", here, true},
		{"http://[::1]:1", here, true},
		{"http://192.0.2.1:1", here, false},
		{"http://[2001:db8::1]:1", here, false},
		{"http://id.example.org", here, false},
		{"http://127.0.0.1.example.org", here, false},
		{"id.example.org", here, false},
		{"", here, false},
		{"https://id.example.org", &url.URL{Scheme: "http", Host: "registre.example.org"}, false},
		{"https://id.example.org", &url.URL{Scheme: "http", Host: "192.0.2.1:80"}, false},
	} {
		_, err := New(Options{Issuer: c.issuer, Client: "us", Public: c.public})
		require.Equal(t, c.good, err == nil, "%s %v", c.issuer, err)
	}
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer elsewhere.Close()
	f := startForger(t)
	for name, says := range map[string]map[string]any{
		"a token endpoint without TLS": {"token_endpoint": "http://id.example.org/token"},
		"where to sign in without TLS": {"authorization_endpoint": "http://id.example.org/auth"},
		"where it ends without TLS":    {"end_session_endpoint": "http://id.example.org/end"},
		"another name":                 {"issuer": f.issuer + "/"},
		"without end":                  {"x": strings.Repeat("x", 2<<20)},
	} {
		f.says = says
		s := startSite(t, f.issuer, nil)
		response, text := logintest.NewBrowser(t).Get(s.url + "/login?to=/who")
		require.Equal(t, http.StatusForbidden, response.StatusCode, name)
		require.Contains(t, text, string(Unreachable))
	}
	f.says = nil
	f.tokens = func(w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
	s := startSite(t, f.issuer, nil)
	b := logintest.NewBrowser(t)
	s.refuses(b, f.authenticate(s.begin(b)), Refused, "")
	require.Zero(t, asked, "the code and the secret went elsewhere")
}

// TestTheProviderIsAway: it is not asked again at once, and once it is back everything goes on.
func TestTheProviderIsAway(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	f.says = map[string]any{"issuer": "another"}
	s := startSite(t, f.issuer, nil)
	b := logintest.NewBrowser(t)
	for range 2 {
		response, _ := b.Get(s.url + "/login?to=/who")
		require.Equal(t, http.StatusForbidden, response.StatusCode)
		s.is(Unreachable, "")
		f.says = nil
	}
	s.later(askAgain)
	s.opens(b, f.authenticate(s.begin(b)))
}

// TestSoManyAreKept: of what is begun and never finished only so much is kept, the newest; and what is over goes.
func TestSoManyAreKept(t *testing.T) {
	t.Parallel()
	now := time.Now()
	m := newMemory(func() time.Time { return now }, 3)
	for _, token := range []string{"a", "b", "c", "d"} {
		require.NoError(t, m.Commit(token, []byte(token), now.Add(time.Minute)))
	}
	require.Equal(t, 3, m.order.Len())
	for token, want := range map[string]bool{"a": false, "b": true, "d": true} {
		_, found, err := m.Find(token)
		require.NoError(t, err)
		require.Equal(t, want, found, token)
	}
	now = now.Add(time.Minute)
	require.NoError(t, m.Commit("e", nil, now.Add(time.Minute)))
	require.Equal(t, 1, m.order.Len())
	require.Len(t, m.kept, 1)
}
