package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// The limits of what is asked of the provider.
const (
	askWithin   = 10 * time.Second
	mostAnswer  = 1 << 20
	askAgain    = 5 * time.Second // after the provider could not be reached, or for its keys
	knownFor    = 24 * time.Hour  // what it says of itself
	longestName = 200
	longestID   = 255 // of a subject: OpenID Connect Core 1.0, section 2
)

// A provider is what the provider said of itself.
type provider struct {
	oauth    oauth2.Config
	ids      *oidc.IDTokenVerifier
	infos    *oidc.IDTokenVerifier // of what it says of a person, where that is signed
	userinfo string
	leave    string // where a session with the provider ends; "" for nowhere
	named    bool   // it names itself in what it sends back
	since    time.Time
}

// algorithms are those that only the provider can sign with.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// provider gives what the provider says of itself, which is asked for when it is first wanted, and again every day.
func (l *Login) provider(ctx context.Context) (*provider, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.found != nil && now.Sub(l.found.since) < knownFor {
		return l.found, nil
	}
	if now.Sub(l.failed) < askAgain {
		return nil, &Error{Problem: Unreachable}
	}
	found, err := l.discover(ctx)
	if err != nil {
		l.failed = now
		return nil, &Error{Problem: Unreachable, Err: err}
	}
	l.found = found
	return found, nil
}

func (l *Login) discover(ctx context.Context) (*provider, error) {
	// Keys are fetched later with the client of this context. What comes of it is everybody's: whoever goes away does not end it.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), newSeldom(l)), l.Issuer)
	if err != nil {
		return nil, err
	}
	var says struct {
		Leave   string   `json:"end_session_endpoint"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Named   bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := p.Claims(&says); err != nil {
		return nil, err
	}
	endpoint := p.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if l.Secret == "" || says.Methods != nil && !slices.Contains(says.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	for _, address := range []string{endpoint.AuthURL, endpoint.TokenURL, says.Leave} {
		if u, err := url.Parse(address); err != nil || address != "" && !l.mayAsk(u) {
			return nil, fmt.Errorf("not over TLS: %q", address)
		}
	}
	return &provider{
		oauth: oauth2.Config{
			ClientID: l.Client, ClientSecret: l.Secret, Endpoint: endpoint, RedirectURL: l.Public.JoinPath("callback").String(), Scopes: append([]string{oidc.ScopeOpenID}, l.Scopes...),
		},
		ids:      p.Verifier(&oidc.Config{ClientID: l.Client, Now: l.now}),
		infos:    p.Verifier(&oidc.Config{ClientID: l.Client, SkipExpiryCheck: true, SupportedSigningAlgs: algorithms}),
		userinfo: p.UserInfoEndpoint(), leave: says.Leave, named: says.Named, since: l.now(),
	}, nil
}

// mayAsk reports whether an address of the provider is one to send secrets to: over TLS, or on this machine where the provider is.
func (l *Login) mayAsk(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && Loopback(u.Hostname()) && strings.HasPrefix(l.Issuer, "http://")
}

// Loopback reports whether a name of a host is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// bounded asks the provider only, over TLS, and reads no more of an answer than it must.
type bounded struct {
	l    *Login
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !b.l.mayAsk(r.URL) {
		return nil, fmt.Errorf("not over TLS: %s", r.URL.Host)
	}
	response, err := b.base.RoundTrip(r)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, mostAnswer)
	}
	return response, err
}

// newClient asks the provider. It follows nothing: what carries a secret is for whom it is sent to.
func newClient(l *Login) *http.Client {
	return &http.Client{
		Timeout: askWithin, Transport: bounded{l, http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// seldom asks for the same no more than once in a while: each token that the provider has not signed has its keys asked for, as it may
// have others by now.
type seldom struct {
	now  func() time.Time
	base http.RoundTripper

	mu   sync.Mutex
	last map[string]time.Time // by address
}

func newSeldom(l *Login) *http.Client {
	c := *l.client
	c.Transport = &seldom{now: l.now, base: c.Transport, last: map[string]time.Time{}}
	return &c
}

// RoundTrip implements http.RoundTripper.
func (s *seldom) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	address, now := r.URL.String(), s.now()
	last, asked := s.last[address]
	if asked && now.Sub(last) < askAgain {
		s.mu.Unlock()
		return nil, errors.New("it was asked a moment ago")
	}
	s.last[address] = now
	s.mu.Unlock()
	return s.base.RoundTrip(r)
}

// A person is who the provider says has signed in.
type person struct {
	subject string
	name    string // "" where it does not say
	idToken string
	session string    // of the provider's; "" where it does not say
	began   time.Time // by its clock
}

// redeem exchanges a code for who signed in.
func (l *Login) redeem(ctx context.Context, p *provider, code string, b *begun) (who person, err error) {
	token, err := p.oauth.Exchange(context.WithValue(ctx, oauth2.HTTPClient, l.client), code, oauth2.VerifierOption(b.verifier))
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError {
		return who, &Error{Problem: Refused, Says: saidCode(refused.ErrorCode), Err: err}
	} else if err != nil {
		return who, &Error{Problem: Unreachable, Err: err}
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.ids.Verify(ctx, raw)
	switch {
	case err != nil:
	case !same(id.Nonce, b.nonce):
		err = errors.New("the nonce is of another sign-in")
	case id.Subject == "" || len(id.Subject) > longestID || strings.IndexFunc(id.Subject, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		err = errors.New("no subject")
	default:
		err = forUs(id, l.Client)
	}
	if err != nil {
		return who, &Error{Problem: Invalid, Err: err}
	}
	who = person{subject: id.Subject, idToken: raw, began: id.IssuedAt}
	if who.session, err = sessionIn(id); err != nil {
		return who, &Error{Problem: Invalid, Err: err}
	}
	if p.userinfo != "" {
		who.name, err = l.about(ctx, p, token, id.Subject)
	}
	return who, err
}

// sessionIn is the session of the provider's that a token is of; "" where it does not say.
func sessionIn(id *oidc.IDToken) (string, error) {
	var says struct {
		Session string `json:"sid"`
	}
	err := id.Claims(&says)
	if err == nil && len(says.Session) > longestID {
		err = errors.New("a session with too long a name")
	}
	return says.Session, err
}

// forUs refuses a token that was made for another client as well, and is the other's.
func forUs(id *oidc.IDToken, client string) error {
	var says struct {
		Azp string `json:"azp"`
	}
	if err := id.Claims(&says); err != nil {
		return err
	}
	if says.Azp != client && (says.Azp != "" || len(id.Audience) > 1) {
		return errors.New("it was made for another client")
	}
	return nil
}

// about asks the provider what a person is called: in JSON, or in a token that it has signed for this client, as ProConnect does.
func (l *Login) about(ctx context.Context, p *provider, token *oauth2.Token, subject string) (name string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.userinfo, nil)
	if err != nil {
		return "", &Error{Problem: Invalid, Err: err}
	}
	token.SetAuthHeader(r)
	response, err := l.client.Do(r)
	if err != nil {
		return "", &Error{Problem: Unreachable, Err: err}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(http.MaxBytesReader(nil, response.Body, mostAnswer))
	if err != nil || response.StatusCode != http.StatusOK {
		return "", &Error{Problem: Unreachable, Err: errors.Join(err, errors.New(response.Status))}
	}
	var says struct {
		Subject string `json:"sub"`
		Name    string `json:"name"`
		Given   string `json:"given_name"`
		Family  string `json:"family_name"`
		Usual   string `json:"usual_name"` // of ProConnect
	}
	switch media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); media {
	case "application/jwt":
		signed, wrong := p.infos.Verify(ctx, string(text))
		if err = wrong; err == nil && !signed.Expiry.IsZero() && signed.Expiry.Before(l.now()) {
			err = errors.New("what the provider says of the person has expired")
		}
		if err == nil {
			err = signed.Claims(&says)
		}
	default:
		err = json.Unmarshal(text, &says)
	}
	if err == nil && says.Subject != subject {
		err = errors.New("the provider speaks of somebody else")
	}
	if err != nil {
		return "", &Error{Problem: Invalid, Err: err}
	}
	if says.Name == "" {
		says.Name = says.Given + " " + first(says.Usual, says.Family)
	}
	return shown(says.Name), nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// shown is a name as it can be shown on a line.
func shown(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > longestName {
		name = string(runes[:longestName])
	}
	return name
}

// saidCode is the code of an error of OAuth, if it looks like one.
func saidCode(code string) string {
	if len(code) > 64 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return ""
	}
	return code
}
