package login

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/web/login/logintest"
)

// ends are the claims of a logout token.
func (f *forger) ends(subject, session string) map[string]any {
	now := time.Now()
	c := map[string]any{"iss": f.issuer, "aud": "us", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": byChance(), "events": map[string]any{signedOut: map[string]any{}}}
	for name, value := range map[string]string{"sub": subject, "sid": session} {
		if value != "" {
			c[name] = value
		}
	}
	return c
}

// opened signs in a browser under a subject, and a session of the provider's, which began some time ago by its clock.
func (s *site) opened(f *forger, subject, session string, ago time.Duration) *logintest.Browser {
	s.t.Helper()
	f.spoil = func(c map[string]any) {
		c["sub"], c["iat"] = subject, time.Now().Add(-ago).Unix()
		if session != "" {
			c["sid"] = session
		}
	}
	b := logintest.NewBrowser(s.t)
	response, text := b.Get(f.authenticate(s.begin(b)))
	require.Equal(s.t, http.StatusSeeOther, response.StatusCode, text)
	f.spoil = nil
	return b
}

// TestTheProviderEndsSessions: those of a subject, or the one that it names, that began before; what it does not speak of goes on.
func TestTheProviderEndsSessions(t *testing.T) {
	t.Parallel()
	const other = "s-other"
	for name, c := range map[string]struct {
		subject, session string
		stand            string // of the sessions a (with the provider's A), b (with its B), c (with none), and o, of another subject
	}{
		"a subject":                    {logintest.Subject, "", "o"},
		"a session":                    {"", "A", "bco"},
		"both, and what may be either": {logintest.Subject, "A", "bo"},
		"somebody unknown":             {"s-nobody", "", "abco"},
		"a session of nobody":          {"", "C", "abco"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startForger(t)
			s := startSite(t, f.issuer, nil)
			s.link(other, "p-other")
			all := map[string]*logintest.Browser{
				"a": s.opened(f, logintest.Subject, "A", time.Second), "b": s.opened(f, logintest.Subject, "B", 0), "c": s.opened(f, logintest.Subject, "", time.Hour), "o": s.opened(f, other, "O", time.Second),
			}
			for _, b := range all {
				require.NotEmpty(t, s.who(b))
			}
			token := f.signed(f.ends(c.subject, c.session))
			who, err := s.EndedByProvider(t.Context(), token)
			require.NoError(t, err)
			require.Equal(t, s.linked[c.subject], who)
			for of, b := range all {
				require.Equal(t, strings.Contains(c.stand, of), s.who(b) != "", of)
			}
			again := s.opened(f, logintest.Subject, "A", -2*time.Second)
			_, err = s.EndedByProvider(t.Context(), token)
			require.NoError(t, err)
			require.NotEmpty(t, s.who(again), "what has begun since")
			s.later(2 * Idle)
			_, err = s.EndedByProvider(t.Context(), token)
			require.Error(t, err, "it has expired")
		})
	}
}

// TestTheLatestEndCounts: in whichever order the provider's words arrive.
func TestTheLatestEndCounts(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	s := startSite(t, f.issuer, nil)
	early, late := f.ends(logintest.Subject, ""), f.ends(logintest.Subject, "")
	late["iat"] = time.Now().Add(30 * time.Second).Unix()
	for _, order := range [][]map[string]any{{early, late}, {late, early}} {
		b := s.opened(f, logintest.Subject, "A", -10*time.Second)
		for _, claims := range order {
			_, err := s.EndedByProvider(t.Context(), f.signed(claims))
			require.NoError(t, err)
		}
		require.Empty(t, s.who(b))
		s.ended = newMemory(s.now, mostSessions)
	}
	at := time.Now()
	for n := range 10_000 { // and where they arrive at once
		name, all := whole+strconv.Itoa(n), sync.WaitGroup{}
		for i := range 8 {
			all.Go(func() { _ = s.end(name, at.Add(time.Duration(i)*time.Second)) })
		}
		all.Wait()
		latest, _ := s.endOf(name)
		require.Equal(t, at.Unix()+7, latest.Unix())
	}
}

// TestWhoseItWasIsForTheLog: sessions end also where it is not found out whose they are.
func TestWhoseItWasIsForTheLog(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	s := startSite(t, f.issuer, nil)
	b := s.opened(f, logintest.Subject, "A", time.Second)
	known := s.Principal
	s.Principal = func(string, string) (string, error) { return "", errors.New("the file is broken") }
	who, err := s.EndedByProvider(t.Context(), f.signed(f.ends(logintest.Subject, "")))
	require.NoError(t, err)
	require.Empty(t, who)
	s.Principal = known
	require.Empty(t, s.who(b))
}

// TestNobodyHasTheProviderAskedOften: whoever sends what the provider did not sign has its keys asked for once in a while, and no more; and
// whoever goes away while it is asked keeps nobody from signing in.
func TestNobodyHasTheProviderAskedOften(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	s := startSite(t, f.issuer, nil)
	gone, goes := context.WithCancel(t.Context())
	goes()
	_, _ = s.EndedByProvider(gone, f.byAnother(f.ends(logintest.Subject, "")))
	b := s.opened(f, logintest.Subject, "A", time.Second)
	forged := f.byAnother(f.ends(logintest.Subject, ""))
	for range 10 {
		_, err := s.EndedByProvider(t.Context(), forged)
		var of *Error
		require.ErrorAs(t, err, &of)
		require.Equal(t, Invalid, of.Problem)
	}
	require.LessOrEqual(t, f.keys.Load(), int64(2))
	s.later(askAgain)
	before := f.keys.Load()
	require.Eventually(t, func() bool {
		_, err := s.EndedByProvider(t.Context(), forged)
		require.Error(t, err)
		return f.keys.Load() == before+1
	}, time.Minute, time.Millisecond, "it may have others by now")
	require.NotEmpty(t, s.who(b))
	_, err := s.EndedByProvider(t.Context(), f.signed(f.ends(logintest.Subject, "")))
	require.NoError(t, err)
	require.Empty(t, s.who(b))
}

// TestForgedLogouts: what the provider did not sign for this server, as a logout token and now, ends nothing.
func TestForgedLogouts(t *testing.T) {
	t.Parallel()
	f := startForger(t)
	s := startSite(t, f.issuer, nil)
	b := s.opened(f, logintest.Subject, "A", time.Second)
	idToken := f.signed(f.claimed)
	with := func(name string, value any) string {
		c := f.ends(logintest.Subject, "A")
		if c[name] = value; value == nil {
			delete(c, name)
		}
		return f.signed(c)
	}
	ends := f.ends(logintest.Subject, "A")
	for name, token := range map[string]string{
		"nothing": "", "no token": "a.b.c", "an ID token": idToken,
		"unsigned": f.unsigned(ends), "by another": f.byAnother(ends), "by the public key": f.byPublicKey(asPEM)(ends), "by its modulus": f.byPublicKey(asModulus)(ends),
		"of another provider": with("iss", "https://id.example.org"), "for another client": with("aud", "them"), "for nobody": with("aud", nil),
		"with a nonce": with("nonce", "n"), "of no event": with("events", nil), "of another event": with("events", map[string]any{"x": map[string]any{}}),
		"of an event that is none": with("events", map[string]any{signedOut: "yes"}), "events that are none": with("events", "yes"),
		"that has expired": with("exp", time.Now().Add(-2*clocksDiffer).Unix()), "of no time": with("iat", nil), "of the future": with("iat", time.Now().Add(2*clocksDiffer).Unix()),
		"of nobody": f.signed(f.ends("", "")), "of a subject that is none": with("sub", 7),
		"of a long subject": with("sub", strings.Repeat("s", longestID+1)), "of a long session": with("sid", strings.Repeat("s", longestID+1)),
	} {
		_, err := s.EndedByProvider(t.Context(), token)
		var of *Error
		require.True(t, errors.As(err, &of), name)
		require.Equal(t, Invalid, of.Problem, name)
		require.NotEmpty(t, s.who(b), name)
	}
	old := f.ends(logintest.Subject, "")
	delete(old, "exp")
	old["iat"] = time.Now().Add(-logoutStands - 2*clocksDiffer).Unix()
	_, err := s.EndedByProvider(t.Context(), f.signed(old))
	require.Error(t, err, "one that says nothing of when it expires")
	old["iat"] = time.Now().Unix()
	_, err = s.EndedByProvider(t.Context(), f.signed(old))
	require.NoError(t, err)
	require.Empty(t, s.who(b))
}
