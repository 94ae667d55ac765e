package login

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/web/login/logintest"
)

// A site is a server that people can sign in to, and nothing else.
type site struct {
	t *testing.T
	*Login
	url string

	mu     sync.Mutex
	clock  time.Duration // by how much it is later than it is
	linked map[string]string
	wrong  error // of the last request
}

func (s *site) fails(w http.ResponseWriter, err error) bool {
	s.mu.Lock()
	s.wrong = err
	s.mu.Unlock()
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
	}
	return err != nil
}

// startSite starts a site that trusts a provider; register, where there is one, makes it known to it.
func startSite(t *testing.T, issuer string, register func(url string)) *site {
	t.Helper()
	s := &site{t: t, linked: map[string]string{logintest.Subject: "p-jehanne"}}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	if register != nil {
		register(s.url)
	}
	public, err := url.Parse(s.url)
	require.NoError(t, err)
	s.Login, err = New(Options{
		Issuer: issuer, Client: "us", Secret: "ours", Public: public, Scopes: []string{"profile"},
		Principal: func(of, subject string) (string, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			require.Equal(t, issuer, of)
			return s.linked[subject], nil
		},
		Now: func() time.Time {
			s.mu.Lock()
			defer s.mu.Unlock()
			return time.Now().Add(s.clock)
		},
	})
	require.NoError(t, err)
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		if address, err := s.Begin(w, r, r.URL.Query().Get("to")); !s.fails(w, err) {
			http.Redirect(w, r, address, http.StatusSeeOther)
		}
	})
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if _, to, err := s.Finish(w, r); !s.fails(w, err) {
			http.Redirect(w, r, to, http.StatusSeeOther)
		}
	})
	mux.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		if who, _, err := s.Session(r); !s.fails(w, err) {
			fmt.Fprintf(w, "%s %s", who.Principal, who.Name)
		}
	})
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		if address, err := s.End(w, r, "over"); !s.fails(w, err) {
			http.Redirect(w, r, address, http.StatusSeeOther)
		}
	})
	return s
}

func (s *site) later(by time.Duration) { s.mu.Lock(); s.clock += by; s.mu.Unlock() }

func (s *site) link(subject, principal string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.linked[subject] = principal
}

// begin begins a sign-in, and gives the provider's address.
func (s *site) begin(b *logintest.Browser) string {
	s.t.Helper()
	response, text := b.Get(s.url + "/login?to=/who")
	require.Equal(s.t, http.StatusSeeOther, response.StatusCode, text)
	return logintest.To(s.t, response)
}

// opens has a callback open a session.
func (s *site) opens(b *logintest.Browser, callback string) {
	s.t.Helper()
	response, text := b.Get(callback)
	require.Equal(s.t, http.StatusSeeOther, response.StatusCode, text)
	require.Equal(s.t, s.url+"/who", logintest.To(s.t, response))
	require.Equal(s.t, "p-jehanne", s.who(b))
}

// refuses has a callback refused, and no session opened.
func (s *site) refuses(b *logintest.Browser, callback string, why Problem, says string) *Error {
	s.t.Helper()
	response, text := b.Get(callback)
	require.Equal(s.t, http.StatusForbidden, response.StatusCode, text)
	of := s.is(why, says)
	require.Empty(s.t, b.Cookie(s.url, "registre"))
	require.Empty(s.t, s.who(b))
	return of
}

func (s *site) is(why Problem, says string) *Error {
	s.t.Helper()
	s.mu.Lock()
	wrong := s.wrong
	s.mu.Unlock()
	var of *Error
	require.True(s.t, errors.As(wrong, &of), "%v", wrong)
	require.Equal(s.t, why, of.Problem, "%v", wrong)
	require.Contains(s.t, of.Error(), says)
	return of
}

// who is whom the site takes a browser for.
func (s *site) who(b *logintest.Browser) string {
	s.t.Helper()
	response, text := b.Get(s.url + "/who")
	if response.StatusCode != http.StatusOK {
		return ""
	}
	principal, _, _ := strings.Cut(text, " ")
	return principal
}

func realSite(t *testing.T) (*site, *logintest.Provider) {
	p := logintest.Start(t)
	return startSite(t, p.Issuer, func(url string) { p.Register("us", "ours", url+"/callback", url+"/over") }), p
}

// TestSignIn: with a real provider, a sign-in opens a session for whoever is linked to its subject, and ends here and there.
func TestSignIn(t *testing.T) {
	t.Parallel()
	s, p := realSite(t)
	b := logintest.NewBrowser(t)
	address := s.begin(b)
	u, err := url.Parse(address)
	require.NoError(t, err)
	q := u.Query()
	require.Equal(t, "code", q.Get("response_type"))
	require.Equal(t, "S256", q.Get("code_challenge_method"))
	require.Equal(t, "openid profile", q.Get("scope"))
	again, err := url.Parse(s.begin(logintest.NewBrowser(t)))
	require.NoError(t, err)
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		require.GreaterOrEqual(t, len(q.Get(name)), 32, name)
		require.NotEqual(t, q.Get(name), again.Query().Get(name))
	}
	s.opens(b, p.Authenticate(b, address))
	_, text := b.Get(s.url + "/who")
	require.Equal(t, "p-jehanne "+logintest.Name, text)
	response, _ := b.Post(s.url+"/logout", nil)
	require.Empty(t, b.Cookie(s.url, "registre"))
	require.Empty(t, s.who(b))
	left, err := response.Location()
	require.NoError(t, err)
	q = left.Query()
	require.Equal(t, []string{"us", s.url + "/over"}, []string{q.Get("client_id"), q.Get("post_logout_redirect_uri")})
	require.Equal(t, 2, strings.Count(q.Get("id_token_hint"), "."), "the ID token, by which the provider knows whose session it is")
	require.GreaterOrEqual(t, len(q.Get("state")), 32)
	response, text = b.Get(left.String())
	require.Equal(t, http.StatusFound, response.StatusCode, text)
	require.Equal(t, s.url+"/over", strings.Split(logintest.To(t, response), "?")[0])
}

// TestTheSecretIsShown to the provider as it says that it wants it: in a header, unless it takes it in the form alone.
func TestTheSecretIsShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		methods []string
		secret  string
		inForm  bool
	}{
		{nil, "ours", false}, {[]string{"client_secret_post", "client_secret_basic"}, "ours", false}, {[]string{"client_secret_post"}, "ours", true}, {nil, "", false}, {[]string{"none"}, "", false},
	} {
		f := startForger(t)
		if c.methods != nil {
			f.says = map[string]any{"token_endpoint_auth_methods_supported": c.methods}
		}
		var form url.Values
		f.tokens = func(_ http.ResponseWriter, sent url.Values) bool { form = sent; return false }
		s := startSite(t, f.issuer, nil)
		s.Secret = c.secret
		b := logintest.NewBrowser(t)
		s.opens(b, f.authenticate(s.begin(b)))
		require.Equal(t, c.inForm, form.Get("client_secret") == "ours", c)
		require.Equal(t, c.inForm || c.secret == "", form.Get("client_id") == "us", "a client without a secret names itself: %v", c)
		require.Equal(t, !c.inForm && c.secret != "", f.basic == [2]string{"us", "ours"}, c)
	}
}

// TestWhoeverIsLinkedToNobodyGetsNothing, and is told under which subject he signed in.
func TestWhoeverIsLinkedToNobodyGetsNothing(t *testing.T) {
	t.Parallel()
	s, p := realSite(t)
	s.link(logintest.Subject, "")
	b := logintest.NewBrowser(t)
	of := s.refuses(b, p.Authenticate(b, s.begin(b)), Unknown, "")
	require.Equal(t, []string{p.Issuer, logintest.Subject}, []string{of.Issuer, of.Subject})
}

// TestForgedTokens: an ID token counts only if the provider's key has signed it, for this client and this sign-in, and in time.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	s := startSite(t, f.issuer, nil)
	put := func(name string, value any) func(map[string]any) { return func(c map[string]any) { c[name] = value } }
	without := func(name string) func(map[string]any) { return func(c map[string]any) { delete(c, name) } }
	for name, c := range map[string]struct {
		spoil func(map[string]any)
		sign  func(map[string]any) string
		says  string // "" where it is good
	}{
		"sound":                            {nil, nil, ""},
		"sound, for several":               {func(c map[string]any) { c["aud"], c["azp"] = []string{"us", "them"}, "us" }, nil, ""},
		"alg none":                         {nil, f.unsigned, "unexpected signature algorithm"},
		"HS256 with the public key, PEM":   {nil, f.byPublicKey(asPEM), "unexpected signature algorithm"},
		"HS256 with the public key, bytes": {nil, f.byPublicKey(asModulus), "unexpected signature algorithm"},
		"by another key":                   {nil, f.byAnother, "failed to verify signature"},
		"with another signature":           {nil, func(c map[string]any) string { text := f.signed(c); return text[:len(text)-8] + "AAAAAAAA" }, "failed to verify signature"},
		"nothing":                          {nil, func(map[string]any) string { return "" }, "malformed"},
		"for another client":               {put("aud", "them"), nil, "expected audience"},
		"for nobody":                       {without("aud"), nil, "expected audience"},
		"another client's":                 {func(c map[string]any) { c["aud"], c["azp"] = []string{"us", "them"}, "them" }, nil, "another client"},
		"for several, nobody's":            {put("aud", []string{"us", "them"}), nil, "another client"},
		"of another provider":              {put("iss", "https://elsewhere.example"), nil, "different provider"},
		"of one that is called almost so":  {put("iss", f.issuer+"/"), nil, "different provider"},
		"expired":                          {put("exp", time.Now().Add(-time.Second).Unix()), nil, "expired"},
		"without an end":                   {without("exp"), nil, "expired"},
		"not yet":                          {put("nbf", time.Now().Add(time.Hour).Unix()), nil, "not before"},
		"with another nonce":               {put("nonce", byChance()), nil, "nonce"},
		"without a nonce":                  {without("nonce"), nil, "nonce"},
		"of nobody":                        {without("sub"), nil, "no subject"},
		"of a subject that acts":           {put("sub", "x\n'; rm"), nil, "no subject"},
		"of a subject without end":         {put("sub", strings.Repeat("x", 256)), nil, "no subject"},
	} {
		f.spoil, f.sign = c.spoil, c.sign
		b := logintest.NewBrowser(t)
		callback := f.authenticate(s.begin(b))
		if c.says == "" {
			s.opens(b, callback)
			continue
		}
		t.Log(name)
		s.refuses(b, callback, Invalid, c.says)
	}
	f.spoil, f.sign = nil, nil
	b, other := logintest.NewBrowser(t), logintest.NewBrowser(t)
	first, second := f.authenticate(s.begin(b)), f.authenticate(s.begin(other))
	codes := map[bool]string{}
	for i, callback := range []string{first, second} {
		u, err := url.Parse(callback)
		require.NoError(t, err)
		codes[i == 0] = u.Query().Get("code")
	}
	s.refuses(b, strings.Replace(first, codes[true], codes[false], 1), Refused, "invalid_grant") // another's code, with one's own state: the verifier is not its
	s.opens(other, second)
}

// TestWhatIsSaidOfThePerson: in JSON, or signed as ProConnect does it; and only of who has signed in.
func TestWhatIsSaidOfThePerson(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	claims := func(change ...any) map[string]any {
		c := map[string]any{"iss": f.issuer, "aud": "us", "sub": logintest.Subject, "given_name": "Jéhanne", "usual_name": "Dupré\u202e\n"}
		for i := 0; i < len(change); i += 2 {
			c[change[i].(string)] = change[i+1]
		}
		return c
	}
	jwt := func(text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/jwt; charset=utf-8")
			fmt.Fprint(w, text)
		}
	}
	plain := func(c map[string]any) func(http.ResponseWriter) { return func(w http.ResponseWriter) { f.json(w, c) } }
	for name, c := range map[string]struct {
		info func(http.ResponseWriter)
		why  Problem
		says string
	}{
		"JSON":                     {plain(claims()), "", ""},
		"signed":                   {jwt(f.signed(claims("exp", time.Now().Add(time.Minute).Unix()))), "", ""},
		"signed, without an end":   {jwt(f.signed(claims())), "", ""},
		"of somebody else":         {plain(claims("sub", "s-4712")), Invalid, "somebody else"},
		"signed, of somebody else": {jwt(f.signed(claims("sub", "s-4712"))), Invalid, "somebody else"},
		"unsigned":                 {jwt(f.unsigned(claims())), Invalid, "unexpected signature algorithm"},
		"by the public key":        {jwt(f.byPublicKey(asPEM)(claims())), Invalid, "unexpected signature algorithm"},
		"by another key":           {jwt(f.byAnother(claims())), Invalid, "verify signature"},
		"for another client":       {jwt(f.signed(claims("aud", "them"))), Invalid, "audience"},
		"of another provider":      {jwt(f.signed(claims("iss", "https://elsewhere.example"))), Invalid, "different provider"},
		"expired":                  {jwt(f.signed(claims("exp", time.Now().Add(-time.Minute).Unix()))), Invalid, "expired"},
		"no JSON":                  {func(w http.ResponseWriter) { fmt.Fprint(w, "<p>") }, Invalid, "invalid character"},
		"without end":              {func(w http.ResponseWriter) { fmt.Fprint(w, strings.Repeat(" ", 2<<20)) }, Unreachable, "too large"},
		"nothing":                  {func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }, Unreachable, "401"},
	} {
		f.info = c.info
		s := startSite(t, f.issuer, nil)
		b := logintest.NewBrowser(t)
		callback := f.authenticate(s.begin(b))
		if c.why != "" {
			s.refuses(b, callback, c.why, c.says)
			continue
		}
		s.opens(b, callback)
		_, text := b.Get(s.url + "/who")
		require.Equal(t, "p-jehanne Jéhanne Dupré", text, name)
	}
}

// TestASignInIsOfOneBrowser: it is finished by the browser that began it, once, and in time.
func TestASignInIsOfOneBrowser(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	s := startSite(t, f.issuer, nil)
	b, other := logintest.NewBrowser(t), logintest.NewBrowser(t)
	callback := f.authenticate(s.begin(b))
	s.refuses(other, callback, Stale, "")
	s.begin(other)
	s.refuses(other, callback, Stale, "")
	for name, spoilt := range map[string]string{
		"another state": strings.Replace(callback, "state=", "state=x", 1),
		"no state":      strings.Replace(callback, "state=", "estate=", 1),
		"two states":    callback + "&state=x",
		"no code":       strings.Replace(callback, "code=", "encode=", 1),
	} {
		fresh := logintest.NewBrowser(t)
		own := f.authenticate(s.begin(fresh))
		state := strings.Split(own, "state=")[1]
		s.refuses(fresh, strings.Replace(spoilt, strings.Split(callback, "state=")[1], state, 1), Stale, "")
		s.refuses(fresh, own, Stale, "") // what was tried once is over
		t.Log(name)
	}
	begun := b.Cookie(s.url, "registre-login")
	require.NotEmpty(t, begun)
	s.opens(b, callback)
	require.Empty(t, b.Cookie(s.url, "registre-login"))
	for _, replayed := range []*logintest.Browser{logintest.NewBrowser(t), b} {
		if replayed == b {
			response, _ := b.Post(s.url+"/logout", nil)
			require.Equal(t, http.StatusSeeOther, response.StatusCode)
		}
		replayed.SetCookie(s.url, "registre-login", begun)
		s.refuses(replayed, callback, Stale, "")
	}
	late := logintest.NewBrowser(t)
	callback = f.authenticate(s.begin(late))
	s.later(begunLast)
	s.refuses(late, callback, Stale, "")
}

// TestAnotherProviderAnswers: what comes back from elsewhere, or with an error, opens nothing.
func TestAnotherProviderAnswers(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	f.says = map[string]any{"authorization_response_iss_parameter_supported": true}
	s := startSite(t, f.issuer, nil)
	for more, why := range map[string]Problem{
		"": Invalid, "&iss=https%3A%2F%2Felsewhere.example": Invalid, "&iss=" + url.QueryEscape(f.issuer) + "&error=access_denied": Refused, "&iss=" + url.QueryEscape(f.issuer): "",
	} {
		b := logintest.NewBrowser(t)
		callback := f.authenticate(s.begin(b)) + more
		if why == "" {
			s.opens(b, callback)
			continue
		}
		s.refuses(b, callback, why, "")
	}
}

// TestCodesAreOfOneClient: with the real provider, another client's code, and a code without the verifier, open nothing.
func TestCodesAreOfOneClient(t *testing.T) {
	t.Parallel()
	s, p := realSite(t)
	p.Register("them", "theirs", s.url+"/callback", s.url+"/over")
	b := logintest.NewBrowser(t)
	callback := p.Authenticate(b, strings.Replace(s.begin(b), "client_id=us", "client_id=them", 1))
	s.refuses(b, callback, Refused, "")

	callback = p.Authenticate(b, s.begin(b))
	u, err := url.Parse(callback)
	require.NoError(t, err)
	form := url.Values{"grant_type": {"authorization_code"}, "code": {u.Query().Get("code")}, "redirect_uri": {s.url + "/callback"}, "client_id": {"us"}, "client_secret": {"ours"}}
	for _, verifier := range []string{"", byChance()} {
		if verifier != "" {
			form.Set("code_verifier", verifier)
		}
		response, text := b.Post(p.Issuer+"/oauth/token", form)
		require.Equal(t, http.StatusBadRequest, response.StatusCode, text)
		require.NotContains(t, text, "id_token")
	}
	s.opens(b, callback) // the code was good
}
