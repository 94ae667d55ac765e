// Package logintest runs a real OpenID Connect provider, zitadel/oidc, in the process of a test, and a browser that goes through it.
package logintest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/crypto"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Subject is that of the one person whom the provider knows, and Name what it calls her.
const (
	Subject = "s-4711"
	Name    = "Jéhanne Dupré-Müller"
)

// A Provider is a running one.
type Provider struct {
	Issuer  string
	clients map[string]*storage.Client
	leads   map[string]string // where each client's sign-out leads
	kept    *keeper
}

// Start starts a provider, which ends with the test.
func Start(t testing.TB) *Provider {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	p := &Provider{Issuer: "http://" + server.Listener.Addr().String(), clients: map[string]*storage.Client{}, leads: map[string]string{}}
	p.kept = &keeper{storage.NewStorageWithClients(users{}, p.clients), p}
	server.Config.Handler = exampleop.SetupServer(p.Issuer, p.kept, nil, false)
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// Register lets a client in, before it is first used.
func (p *Provider) Register(id, secret, callback, leads string) {
	p.clients[id], p.leads[id] = storage.WebClient(id, secret, callback), leads
}

// Logout is the token by which the provider tells a client that the person has signed out; when it is made, by the provider's clock, is
// some time from now.
func (p *Provider) Logout(t testing.TB, client string, in time.Duration) (token string) {
	t.Helper()
	key, err := p.kept.SigningKey(t.Context())
	require.NoError(t, err)
	signer, err := op.SignerFromKey(key)
	require.NoError(t, err)
	token, err = crypto.Sign(oidc.NewLogoutTokenClaims(p.Issuer, Subject, oidc.Audience{client}, time.Now().Add(time.Minute), "j", "", -in), signer)
	require.NoError(t, err)
	return token
}

// keeper is the example's storage, of which the clients say where a sign-out leads.
type keeper struct {
	*storage.Storage
	p *Provider
}

type client struct {
	op.Client
	leads string
}

func (c client) PostLogoutRedirectURIs() []string { return []string{c.leads} }

// GetClientByClientID implements op.Storage.
func (k *keeper) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := k.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return client{c, k.p.leads[id]}, nil
}

// users are the one person.
type users struct{}

var jehanne = &storage.User{ID: Subject, Username: "jehanne", Password: "sesame", FirstName: "Jéhanne", LastName: "Dupré-Müller", Email: "jehanne@example.org"}

func (users) ExampleClientID() string { return "" }

func (users) GetUserByID(id string) *storage.User {
	if id != Subject {
		return nil
	}
	return jehanne
}

func (users) GetUserByUsername(name string) *storage.User {
	if name != jehanne.Username {
		return nil
	}
	return jehanne
}

// A Browser keeps cookies, and follows nothing by itself.
type Browser struct {
	t  testing.TB
	mu sync.Mutex
	of map[string]map[string]string // by host, and by name
}

// NewBrowser starts a browser that has been nowhere.
func NewBrowser(t testing.TB) *Browser {
	return &Browser{t: t, of: map[string]map[string]string{}}
}

// Cookie is what a browser keeps for an address; "" for nothing.
func (b *Browser) Cookie(address, name string) string {
	u, err := url.Parse(address)
	require.NoError(b.t, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.of[u.Host][name]
}

// SetCookie puts a cookie into a browser.
func (b *Browser) SetCookie(address, name, value string) {
	u, err := url.Parse(address)
	require.NoError(b.t, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of[u.Host] == nil {
		b.of[u.Host] = map[string]string{}
	}
	if b.of[u.Host][name] = value; value == "" {
		delete(b.of[u.Host], name)
	}
}

// Do sends a request with the browser's cookies, and keeps those that come back.
func (b *Browser) Do(r *http.Request) (*http.Response, string) {
	b.t.Helper()
	b.mu.Lock()
	for name, value := range b.of[r.URL.Host] {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	b.mu.Unlock()
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(b.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(http.MaxBytesReader(nil, response.Body, 1<<20))
	require.NoError(b.t, err)
	for _, c := range response.Cookies() {
		if c.MaxAge < 0 {
			c.Value = ""
		}
		b.SetCookie(r.URL.String(), c.Name, c.Value)
	}
	return response, string(text)
}

// Get asks for an address.
func (b *Browser) Get(address string, headers ...string) (*http.Response, string) {
	b.t.Helper()
	return b.send(http.MethodGet, address, "", headers)
}

// Post sends a form.
func (b *Browser) Post(address string, form url.Values, headers ...string) (*http.Response, string) {
	b.t.Helper()
	return b.send(http.MethodPost, address, form.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...))
}

func (b *Browser) send(method, address, body string, headers []string) (*http.Response, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(body))
	require.NoError(b.t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.Do(r)
}

// To is where a response leads.
func To(t testing.TB, response *http.Response) string {
	t.Helper()
	to, err := response.Location()
	require.NoError(t, err)
	return to.String()
}

// Authenticate has the person sign in at the provider, from the address at which it asks who she is, and gives the one to which it leads
// the browser back.
func (p *Provider) Authenticate(b *Browser, address string) (callback string) {
	b.t.Helper()
	response, text := b.Get(address)
	require.Equal(b.t, http.StatusFound, response.StatusCode, text)
	form, err := response.Location()
	require.NoError(b.t, err)
	response, text = b.Post(p.Issuer+"/login/username", url.Values{"id": {form.Query().Get("authRequestID")}, "username": {jehanne.Username}, "password": {jehanne.Password}})
	require.Equal(b.t, http.StatusFound, response.StatusCode, text)
	response, text = b.Get(To(b.t, response))
	require.Equal(b.t, http.StatusFound, response.StatusCode, text)
	return To(b.t, response)
}
