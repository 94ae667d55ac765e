package main

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
	"registre/web/login/logintest"
)

// A signInHouse is the demonstration behind its doors, to which people sign in by a real provider; nobody is linked to it yet.
type signInHouse struct {
	*servedHouse
	provider *logintest.Provider
	log      *safeBuffer
}

func signInDemo(t *testing.T) *signInHouse {
	h := &signInHouse{servedHouse: serveDemo(t), provider: logintest.Start(t), log: &safeBuffer{}}
	server := httptest.NewUnstartedServer(nil)
	h.url = "http://" + server.Listener.Addr().String()
	h.provider.Register("registre", "ours", h.url+"/callback", h.url+"/session")
	secret := h.door.dir + "~secret~"
	require.NoError(t, writeFile(secret, []byte("ours\n"), false))
	f := &signingIn{issuer: h.provider.Issuer, client: "registre", secretFile: secret, public: h.url, scopes: []string{"profile"}}
	var err error
	h.door.signIn, err = f.login(h.door.dir)
	require.NoError(t, err)
	desk := newCounter(h.desk)
	o := optionsOf(desk, h.door)
	o.SignIn, o.Log = desk.signIn(h.door), slog.New(slog.NewJSONHandler(h.log, nil))
	server.Config.Handler = web.New(o)
	server.Start()
	t.Cleanup(server.Close)
	h.does("people", "name", "p-jehanne", logintest.Name)
	h.grant(&domain.RightGranted{Principal: "p-jehanne", Role: domain.Secretary, Groups: []domain.GroupID{demoGroup}})
	return h
}

// does runs a verb on the folder, which does what it should.
func (h *signInHouse) does(args ...string) string {
	h.t.Helper()
	out, exit := h.verb(append(args, "--lang", "en")...)
	require.Zero(h.t, exit, out)
	require.NotContains(h.t, out, "%!", "a sentence is told wrong")
	return out
}

// signIn has somebody sign in by a browser, and gives the last page.
func (h *signInHouse) signIn(b *logintest.Browser, lang string) (status int, page string) {
	h.t.Helper()
	response, text := b.Get(h.url + "/login")
	require.Equal(h.t, http.StatusSeeOther, response.StatusCode, text)
	response, text = b.Get(h.provider.Authenticate(b, logintest.To(h.t, response)), "Accept-Language", lang)
	if response.StatusCode == http.StatusSeeOther {
		response, text = b.Get(logintest.To(h.t, response), "Accept-Language", lang)
	}
	require.Equal(h.t, "text/html; charset=utf-8", response.Header.Get("Content-Type"))
	require.Equal(h.t, "no-store", response.Header.Get("Cache-Control"))
	require.NotContains(h.t, text, "<script")
	return response.StatusCode, html.UnescapeString(text)
}

func (h *signInHouse) linked(b *logintest.Browser) {
	h.t.Helper()
	h.does("login", "link", "p-jehanne", h.provider.Issuer, logintest.Subject)
	status, page := h.signIn(b, "en")
	require.Equal(h.t, http.StatusOK, status, page)
}

func (h *signInHouse) ask(b *logintest.Browser) (int, string) {
	response, text := b.Get(h.url + "/v1/groups/" + demoGroup + "/members")
	return response.StatusCode, text
}

// TestSigningInByABrowser: whoever is linked to nobody is told what to ask for; once that is done, he does and sees by a browser what the
// same principal does with a token, and the log knows his pseudonym alone.
func TestSigningInByABrowser(t *testing.T) {
	t.Parallel()
	h := signInDemo(t)
	b := logintest.NewBrowser(t)
	status, page := h.signIn(b, "fr")
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, page, "R0966")
	asked := regexp.MustCompile(`registre (login link) PSEUDONYME '(.*)' '(.*)'<`).FindStringSubmatch(page)
	require.NotNil(t, asked, page)
	status, _ = h.ask(b)
	require.Equal(t, http.StatusUnauthorized, status)
	h.does("login", "link", "p-jehanne", asked[2], asked[3])

	status, page = h.signIn(b, "fr")
	require.Equal(t, http.StatusOK, status)
	for _, says := range []string{`lang="fr"`, logintest.Name, "p-jehanne", "secrétaire", demoGroup, "2020-01-01", "sans fin", "Se déconnecter"} {
		require.Contains(t, page, says)
	}
	require.Regexp(t, `La session finit le \d\d/\d\d/\d{4} à \d\d:\d\d au plus tard`, page)
	_, page = b.Get(h.url+"/session", "Accept-Language", "en")
	require.Contains(t, page, "You act under the pseudonym")
	require.Regexp(t, `The session ends at \d\d:\d\d on \d{4}-\d\d-\d\d at the latest`, page)
	status, text := h.ask(b)
	require.Equal(t, http.StatusOK, status, text)
	response, text := b.Get(h.url + "/v1/groups/another/members")
	require.Equal(t, http.StatusForbidden, response.StatusCode, text)
	h.records(b)

	response, text = b.Post(h.url+"/logout", nil, "Origin", h.url)
	require.Equal(t, http.StatusSeeOther, response.StatusCode, text)
	response, _ = b.Get(logintest.To(t, response))
	require.Equal(t, h.url+"/session", strings.Split(logintest.To(t, response), "?")[0])
	_, page = b.Get(h.url + "/session")
	require.Contains(t, page, "You are not signed in.")
	status, _ = h.ask(b)
	require.Equal(t, http.StatusUnauthorized, status)

	log := h.log.String()
	for _, says := range []string{`"msg":"signed in","principal":"p-jehanne"`, `"msg":"signed out","principal":"p-jehanne"`, `"code":"R0966"`} {
		require.Contains(t, log, says)
	}
	for _, secret := range []string{"Jéhanne", "Dupré", "jehanne@", logintest.Subject, "state=", "code="} {
		require.NotContains(t, log, secret)
	}
}

// records records by a browser: under the pseudonym, but not from another site.
func (h *signInHouse) records(b *logintest.Browser) {
	send := func(headers ...string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url+"/v1/groups/"+demoGroup+"/commands", strings.NewReader(obligation(demoGroup, "")))
		require.NoError(h.t, err)
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return b.Do(r)
	}
	before := h.headNow()
	for _, headers := range [][]string{{"Origin", "https://elsewhere.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
		response, text := send(headers...)
		require.Equal(h.t, http.StatusForbidden, response.StatusCode, text)
		require.Contains(h.t, text, "R0969")
	}
	require.Equal(h.t, before, h.headNow(), "another site recorded something")
	response, text := send("Origin", h.url)
	require.Equal(h.t, http.StatusCreated, response.StatusCode, text)
	_, kept := h.get("auditor", "/v1/groups/"+demoGroup+"/events/"+decimal(before+1))
	require.Contains(h.t, string(kept), `"actor":"p-jehanne"`)
}

// followed is the stream of the group's events, which a browser has begun to follow.
func (h *signInHouse) followed(b *logintest.Browser) *http.Response {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.url+"/v1/groups/"+demoGroup+"/events", nil)
	require.NoError(h.t, err)
	r.AddCookie(&http.Cookie{Name: "registre", Value: b.Cookie(h.url, "registre")})
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Last-Event-ID", decimal(h.headNow()-1))
	stream, err := http.DefaultClient.Do(r)
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = stream.Body.Close() })
	require.Len(h.t, idsOf(h.t, stream.Body, 1), 1)
	return stream
}

// TestASessionIsLostAtOnce: on an open stream too, where an account is unlinked, and where the name is erased; the browser forgets it.
func TestASessionIsLostAtOnce(t *testing.T) {
	t.Parallel()
	h := signInDemo(t)
	for _, verb := range [][]string{{"login", "unlink", h.provider.Issuer, logintest.Subject}, {"people", "erase", "p-jehanne"}} {
		b := logintest.NewBrowser(t)
		h.linked(b)
		stream := h.followed(b)
		h.does(verb...)
		status, _ := h.bring("secretary", obligation(demoGroup, ""), "")
		require.Equal(t, http.StatusCreated, status)
		rest, err := io.ReadAll(stream.Body)
		require.NoError(t, err)
		require.NotContains(t, string(rest), "id: ")
		status, text := h.ask(b)
		require.Equal(t, http.StatusUnauthorized, status)
		require.Contains(t, text, "R0968")
		require.Empty(t, b.Cookie(h.url, "registre"), "the browser forgets it")
		status, page := h.signIn(b, "en")
		require.Equal(t, http.StatusForbidden, status, page)
	}
	require.NotContains(t, h.does("login", "list"), logintest.Subject)
}

// TestTheProviderSignsOut: what the provider ends is over at once, on an open stream too; a forged word ends nothing. The log tells whose
// it was by the pseudonym alone.
func TestTheProviderSignsOut(t *testing.T) {
	t.Parallel()
	h := signInDemo(t)
	b := logintest.NewBrowser(t)
	h.linked(b)
	stream := h.followed(b)
	says := func(form url.Values) (int, string) {
		response, text := logintest.NewBrowser(t).Post(h.url+"/backchannel-logout", form)
		require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
		return response.StatusCode, text
	}
	good := h.provider.Logout(t, "registre", 0)
	for code, form := range map[string]url.Values{
		"R0843": {}, "R0965": {"logout_token": {good[:len(good)-8] + "AAAAAAAA"}}, "R0843 ": {"logout_token": {good, good}},
	} {
		status, text := says(form)
		require.Equal(t, http.StatusBadRequest, status)
		require.Contains(t, text, strings.TrimSpace(code))
	}
	status, text := says(url.Values{"logout_token": {h.provider.Logout(t, "another", 0)}})
	require.Equal(t, http.StatusBadRequest, status, text)
	status, text = says(url.Values{"logout_token": {strings.Repeat("a", 1<<20)}})
	require.Equal(t, http.StatusBadRequest, status, text)
	long := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + strings.Repeat("x", 20_000) + `"}`))
	status, text = says(url.Values{"logout_token": {long + ".e30.AAAA"}})
	require.Equal(t, http.StatusBadRequest, status, text)
	require.Contains(t, h.log.String(), "sessions were not ended for the provider")
	require.NotContains(t, h.log.String(), strings.Repeat("x", 1000), "whoever is not let in fills the log")
	status, _ = h.ask(b)
	require.Equal(t, http.StatusOK, status)

	status, text = says(url.Values{"logout_token": {good}})
	require.Equal(t, http.StatusOK, status, text)
	require.Empty(t, text)
	status, _ = h.bring("secretary", obligation(demoGroup, ""), "")
	require.Equal(t, http.StatusCreated, status)
	rest, err := io.ReadAll(stream.Body)
	require.NoError(t, err)
	require.NotContains(t, string(rest), "id: ")
	status, text = h.ask(b)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, text, "R0968")
	require.Contains(t, h.log.String(), `"msg":"signed out","principal":"p-jehanne","by":"provider"`)
	require.NotContains(t, h.log.String(), logintest.Subject)
}

// TestPagesOfSigningIn: what goes wrong is a page in words, nobody is led elsewhere, and a page may do nothing but send its form.
func TestPagesOfSigningIn(t *testing.T) {
	t.Parallel()
	h := signInDemo(t)
	for address, code := range map[string]string{
		"/login?to=" + url.QueryEscape("https://elsewhere.example"): "R0967", "/login?to=//elsewhere.example": "R0967", "/login?from=x": "R0842", "/login?to=/a&to=/b": "R0844",
		"/callback": "R0962", "/callback?code=x&state=y": "R0962",
	} {
		response, page := logintest.NewBrowser(t).Get(h.url+address, "Accept-Language", "fr")
		require.Equal(t, http.StatusBadRequest, response.StatusCode, address)
		require.Contains(t, page, code)
		require.Contains(t, response.Header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-")
		require.Empty(t, response.Header.Get("Location"))
	}
	b := logintest.NewBrowser(t)
	h.linked(b)
	response, page := b.Post(h.url+"/logout", nil, "Origin", "https://elsewhere.example")
	require.Equal(t, http.StatusForbidden, response.StatusCode)
	require.Contains(t, page, "R0969")
	status, _ := h.ask(b)
	require.Equal(t, http.StatusOK, status, "another site signed him out")
	response, _ = b.Get(h.url + "/logout")
	require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
}

// TestSettingsOfSigningIn: a provider wants a client and a public address; that one is over TLS, or on this machine.
func TestSettingsOfSigningIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f     signingIn
		named string // of the setting that is wrong; "" for none
	}{
		{signingIn{}, ""},
		{signingIn{issuer: "https://id.example.org", client: "us", public: "https://registre.example.org/"}, ""},
		{signingIn{issuer: "https://id.example.org", client: "us", public: "http://localhost:8480"}, ""},
		{signingIn{issuer: "https://id.example.org", public: "https://registre.example.org"}, "--oidc-client"},
		{signingIn{issuer: "https://id.example.org", client: "us"}, "--public-url"},
		{signingIn{public: "http://registre.example.org"}, "--public-url"},
		{signingIn{public: "https://registre.example.org/under"}, "--public-url"},
		{signingIn{public: "https://x@registre.example.org"}, "--public-url"},
		{signingIn{issuer: "http://id.example.org", client: "us", public: "https://registre.example.org"}, "--oidc-issuer"},
		{signingIn{issuer: "https://id.example.org", client: "us", public: "https://registre.example.org", secretFile: "none"}, "none"},
	} {
		l, err := c.f.login(t.TempDir())
		if c.named == "" {
			require.NoError(t, err, "%+v", c.f)
			require.Equal(t, c.f.issuer != "", l != nil)
			continue
		}
		require.Error(t, err, "%+v", c.f)
		f := faultOf(err)
		require.Contains(t, f.Subject+f.Field+f.File+f.Detail, c.named, "%+v", f)
	}
}

// TestLinkingAccounts: an account is one principal's, who must be known.
func TestLinkingAccounts(t *testing.T) {
	t.Parallel()
	h := signInDemo(t)
	verb := func(args ...string) (code string) {
		var out, errs bytes.Buffer
		if run(t.Context(), append(args, "--data", h.door.dir, "--lang", "fr"), nil, &out, &errs) == exitDone {
			return ""
		}
		return regexp.MustCompile(`R\d{4}`).FindString(errs.String())
	}
	require.Empty(t, verb("login", "list"))
	require.Empty(t, verb("login", "link", "p-jehanne", "https://id.example.org", "x"))
	require.Empty(t, verb("login", "link", "p-jehanne", "https://id.example.org", "x"), "again")
	require.Empty(t, verb("login", "link", "me", "https://id.example.org", "y"))
	require.Equal(t, "R0973", verb("login", "link", "me", "https://id.example.org", "x"))
	require.Equal(t, "R0974", verb("login", "unlink", "https://id.example.org", "z"))
	require.Equal(t, "R0975", verb("login", "link", "p-jehanne", "https://id.example.org", "x y"))
	require.Equal(t, "R0555", verb("login", "link", "p-none", "https://id.example.org", "z"))
	require.Equal(t, 2, strings.Count(h.does("login", "list", "--json"), `"principal"`))
	require.Empty(t, verb("login", "unlink", "https://id.example.org", "x"))
	require.Equal(t, 1, strings.Count(h.does("login", "list", "--json"), `"principal"`))
}

// TestTheLogTellsWhoDidWhat: exports, imports and acts of administration, in pseudonyms; nothing of whom a table, a file or an account names.
func TestTheLogTellsWhoDidWhat(t *testing.T) {
	t.Parallel()
	h := signInDemo(t)
	h.buys()
	b := logintest.NewBrowser(t)
	h.linked(b)
	table := csvOf(append(append([]any{}, orderHeads...), "Remarque"), append(orderLine("2022-01", "0570054Z", "college", 412), logintest.Name), append(orderLine("2022-77", "0570055A", "college", -1), "=cmd|'/c calc'!A1"))
	status, answer := h.brings("secretary", "", table)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.NotEmpty(t, answer.Import.Faults)
	status, answer = h.brings("secretary", "?partial=true&overlap_reason="+url.QueryEscape(logintest.Name), table)
	require.Equal(t, http.StatusOK, status, answer.Detail)
	response, _ := b.Get(h.url + "/v1/groups/" + demoGroup + "/exports/lines?at=2022-10-01&where=" + url.QueryEscape("member=moselle"))
	require.Equal(t, http.StatusOK, response.StatusCode)
	made := regexp.MustCompile(`registre_([0-9a-f]{8})_\S+`).FindStringSubmatch(h.does("token", "create", "--for", "p-jehanne"))
	require.NotNil(t, made)
	h.does("token", "revoke", made[1])
	h.does("login", "unlink", h.provider.Issuer, logintest.Subject)
	h.does("people", "erase", "p-jehanne")

	journal, err := os.ReadFile(filepath.Join(h.door.dir, journalFile))
	require.NoError(t, err)
	log := h.log.String() + string(journal)
	for _, says := range []string{
		`"msg":"exported","principal":"p-jehanne","operation":"export-lines","group":"` + demoGroup + `","format":"csv","rows":`,
		`"msg":"imported","principal":"p-secretary","operation":"import-orders","group":"essai","rows":2,"rejected":1,`,
		`"token":"` + made[1] + `","principal":"p-jehanne","until":`, `"msg":"token revoked"`, `"msg":"account linked"`, `"msg":"account unlinked"`, `"msg":"name erased"`,
	} {
		require.Contains(t, log, says)
	}
	for _, secret := range []string{"Jéhanne", "Dupré", logintest.Subject, "0570054Z", "2022-77", "Collège", "calc", "Moselle", made[0], made[0][len("registre_")+9:]} {
		require.NotContains(t, log, secret)
	}
}
