package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// How long things last.
const (
	Lasts     = 10 * time.Hour // a session, at most
	Idle      = time.Hour      // a session that nobody uses
	begunLast = 10 * time.Minute

	mostSessions = 100_000
)

// Options say whom to trust, and where this server is.
type Options struct {
	Issuer, Client string
	Secret         string   // "" for a client that has none
	Public         *url.URL // where browsers reach this server; over TLS, or on this machine
	Scopes         []string // beside openid
	// Principal is who is linked to a subject of an issuer; "" for nobody.
	Principal func(issuer, subject string) (string, error)
	Now       func() time.Time // nil for the clock
}

// Login lets people in. It can be used by several goroutines.
type Login struct {
	Options
	now      func() time.Time
	client   *http.Client
	begun    *scs.SessionManager
	sessions *scs.SessionManager
	ended    *memory // which sessions the provider has ended, and when
	ending   sync.Mutex
	origins  *http.CrossOriginProtection

	mu     sync.Mutex
	found  *provider
	failed time.Time // when the provider could not be reached
}

// A Problem is why somebody is not let in.
type Problem string

// The problems.
const (
	Stale       Problem = "login-stale"       // the sign-in was begun by another browser, is finished, or took too long
	Refused     Problem = "login-refused"     // by the provider
	Invalid     Problem = "login-invalid"     // what the provider says does not hold
	Unreachable Problem = "login-unreachable" // the provider; nothing is known
	Unknown     Problem = "login-unknown"     // whoever signed in is linked to nobody here
	Elsewhere   Problem = "login-return"      // it would lead away from this server
	Over        Problem = "session-over"      // or there never was one
	OtherSite   Problem = "origin-other"      // another site sends what changes something
)

// An Error says why somebody is not let in. Err is for the log of whoever runs the server: it holds nothing of the person but what the
// provider may have put there.
type Error struct {
	Problem         Problem
	Says            string // a code of the provider's
	Issuer, Subject string // of Unknown
	Err             error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Problem)
	}
	return string(e.Problem) + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// New makes a Login. The provider need not be there yet.
func New(o Options) (*Login, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	issuer, err := url.Parse(o.Issuer)
	switch {
	case err != nil:
		return nil, err
	case o.Public.Scheme != "https" && (o.Public.Scheme != "http" || !Loopback(o.Public.Hostname())):
		return nil, errors.New("browsers must reach this server over TLS")
	}
	l := &Login{Options: o, now: o.Now, origins: http.NewCrossOriginProtection()}
	if issuer.Host == "" || !l.mayAsk(issuer) {
		return nil, errors.New("the provider must be reached over TLS")
	}
	if err := l.origins.AddTrustedOrigin(o.Public.Scheme + "://" + o.Public.Host); err != nil {
		return nil, err
	}
	l.client = newClient(l)
	l.begun, l.sessions = l.manager("-login", begunLast), l.manager("", Lasts)
	once, all := newMemory(l.now, mostSessions), newMemory(l.now, mostSessions)
	once.once, all.idle = true, Idle
	l.begun.Store, l.sessions.Store, l.ended = once, all, newMemory(l.now, mostSessions)
	return l, nil
}

// manager keeps sessions that a cookie names, which only this host gets, only over TLS, and no script sees. On this machine alone, where
// there is no TLS, it is without the prefix that demands it.
func (l *Login) manager(suffix string, lasts time.Duration) *scs.SessionManager {
	m := scs.New()
	m.Lifetime, m.HashTokenInStore = lasts, true
	m.Cookie.Name, m.Cookie.Secure = "__Host-registre"+suffix, true
	if l.Public.Scheme != "https" {
		m.Cookie.Name, m.Cookie.Secure = "registre"+suffix, false
	}
	m.Cookie.Path, m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Persist = "/", true, http.SameSiteLaxMode, false
	return m
}

func byChance() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func same(a, b string) bool { return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// begun is a sign-in on its way.
type begun struct{ state, nonce, verifier, to string }

// Local refuses an address to return to that is not a path of this server.
func Local(to string) error {
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || u.Host != "" || u.Scheme != "" ||
		strings.ContainsFunc(to, func(r rune) bool { return r <= ' ' || r == '\\' || r > '~' }) {
		return &Error{Problem: Elsewhere}
	}
	return nil
}

// Begin gives the address at which the provider asks who somebody is; after that he is led back to a path of this server.
func (l *Login) Begin(w http.ResponseWriter, r *http.Request, to string) (address string, err error) {
	if err := Local(to); err != nil {
		return "", err
	}
	p, err := l.provider(r.Context())
	if err != nil {
		return "", err
	}
	b := begun{state: byChance(), nonce: byChance(), verifier: oauth2.GenerateVerifier(), to: to}
	_, err = l.open(l.begun, w, r, map[string]string{"state": b.state, "nonce": b.nonce, "verifier": b.verifier, "to": b.to})
	return p.oauth.AuthCodeURL(b.state, oidc.Nonce(b.nonce), oauth2.S256ChallengeOption(b.verifier)), err
}

// open opens a new session, whatever the browser shows.
func (l *Login) open(m *scs.SessionManager, w http.ResponseWriter, r *http.Request, values map[string]string) (context.Context, error) {
	ctx, err := m.Load(r.Context(), "")
	if err != nil {
		return nil, err
	}
	m.SetDeadline(ctx, l.now().Add(m.Lifetime).UTC())
	for name, value := range values {
		m.Put(ctx, name, value)
	}
	token, expiry, err := m.Commit(ctx)
	if err == nil {
		m.WriteSessionCookie(ctx, w, token, expiry)
	}
	return ctx, err
}

// load gives the session that a request shows the cookie of.
func load(m *scs.SessionManager, r *http.Request) (ctx context.Context, shown, found bool, err error) {
	cookies := r.CookiesNamed(m.Cookie.Name)
	if len(cookies) != 1 || cookies[0].Value == "" {
		return nil, len(cookies) > 1, false, nil
	}
	ctx, err = m.Load(r.Context(), cookies[0].Value)
	return ctx, true, err == nil && m.Token(ctx) != "", err
}

// Finish finishes a sign-in: it opens a session, and says whose, and where to go on.
func (l *Login) Finish(w http.ResponseWriter, r *http.Request) (s Session, to string, err error) {
	ctx, shown, found, err := load(l.begun, r)
	if shown {
		l.begun.WriteSessionCookie(r.Context(), w, "", time.Time{})
	}
	if err != nil || !found {
		return s, "", &Error{Problem: Stale, Err: err}
	}
	get := func(name string) string { return l.begun.GetString(ctx, name) }
	b := &begun{get("state"), get("nonce"), get("verifier"), get("to")}
	p, err := l.provider(r.Context())
	if err != nil {
		return s, "", err
	}
	code, err := l.answered(r.URL.Query(), p, b)
	if err != nil {
		return s, "", err
	}
	who, err := l.redeem(r.Context(), p, code, b)
	if err != nil {
		return s, "", err
	}
	principal, err := l.Principal(l.Issuer, who.subject)
	if err == nil && principal == "" {
		err = &Error{Problem: Unknown, Issuer: l.Issuer, Subject: who.subject}
	}
	if err != nil {
		return s, "", err
	}
	l.leave(r)
	ctx, err = l.open(l.sessions, w, r, map[string]string{
		"principal": principal, "subject": who.subject, "name": who.name, "id": who.idToken, "session": who.session, "began": strconv.FormatInt(who.began.Unix(), 10),
	})
	if err != nil {
		return s, "", err
	}
	return l.sessionOf(ctx), b.to, nil
}

// answered is the code that the provider sends back with a browser.
func (l *Login) answered(q url.Values, p *provider, b *begun) (code string, err error) {
	for _, given := range q {
		if len(given) > 1 {
			return "", &Error{Problem: Stale}
		}
	}
	switch issuer := q.Get("iss"); {
	case !same(q.Get("state"), b.state):
		return "", &Error{Problem: Stale}
	case issuer != l.Issuer && (issuer != "" || p.named):
		return "", &Error{Problem: Invalid, Err: errors.New("another provider answers")}
	case q.Has("error"):
		return "", &Error{Problem: Refused, Says: saidCode(q.Get("error"))}
	case q.Get("code") == "":
		return "", &Error{Problem: Stale}
	}
	return q.Get("code"), nil
}
