package login

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// A provider tells a server by a signed token, and not by the browser, that somebody has signed out, or was shut out: OpenID Connect
// Back-Channel Logout 1.0. What it ends are sessions that began before, by the provider's clock alone: so the same token again ends
// nothing that has begun since.

const (
	signedOut    = "http://schemas.openid.net/event/backchannel-logout" // the event of such a token
	logoutStands = 10 * time.Minute                                     // one that says nothing of it
	clocksDiffer = time.Minute                                          // that of the provider, and ours
)

// A logout is what a provider tells: that one session of its own is over, or all of a subject's.
type logout struct {
	Subject string                     `json:"sub"`
	Session string                     `json:"sid"`
	Events  map[string]json.RawMessage `json:"events"`
	Nonce   json.RawMessage            `json:"nonce"`
}

// EndedByProvider ends the sessions that a logout token of the provider's speaks of, and says whose they were; "" where it does not say,
// or that cannot be looked up: they are over all the same.
func (l *Login) EndedByProvider(ctx context.Context, token string) (principal string, err error) {
	p, err := l.provider(ctx)
	if err != nil {
		return "", err
	}
	said, err := p.infos.Verify(oidc.ClientContext(ctx, l.client), token)
	if err != nil {
		return "", &Error{Problem: Invalid, Err: err}
	}
	var of logout
	err = said.Claims(&of)
	if err == nil {
		err = errors.Join(of.check(), l.fresh(said))
	}
	if err != nil {
		return "", &Error{Problem: Invalid, Err: err}
	}
	for _, name := range of.ends() {
		if err := l.end(name, said.IssuedAt); err != nil {
			return "", err
		}
	}
	if of.Subject != "" {
		principal, _ = l.Principal(l.Issuer, of.Subject)
	}
	return principal, nil
}

// check refuses what is no logout token: an ID token has a nonce, and tells of no event.
func (o *logout) check() error {
	event := bytes.TrimSpace(o.Events[signedOut])
	switch {
	case len(event) == 0 || event[0] != '{':
		return errors.New("it tells of no sign-out")
	case o.Nonce != nil:
		return errors.New("it is of a sign-in")
	case o.Subject == "" && o.Session == "":
		return errors.New("no subject")
	case len(o.Subject) > longestID || len(o.Session) > longestID:
		return errors.New("no session has a name so long")
	}
	return nil
}

// fresh refuses a token that is no longer to be used, or not yet.
func (l *Login) fresh(said *oidc.IDToken) error {
	until, now := said.Expiry, l.now()
	if until.Unix() <= 0 {
		until = said.IssuedAt.Add(logoutStands)
	}
	if said.IssuedAt.Unix() <= 0 || said.IssuedAt.After(now.Add(clocksDiffer)) || !now.Before(until.Add(clocksDiffer)) {
		return errors.New("it is of another time")
	}
	return nil
}

// What a provider can end: all sessions of a subject; those of one of its own sessions; those of a subject of which it is not known of
// which of the provider's sessions they are.
const (
	whole = "whole "
	one   = "one "
	bare  = "bare "
)

// ends is what is over.
func (o *logout) ends() []string {
	switch {
	case o.Session == "":
		return []string{whole + o.Subject}
	case o.Subject == "":
		return []string{one + o.Session}
	}
	return []string{one + o.Session, bare + o.Subject}
}

// endedBy is what may have ended a session.
func endedBy(subject, session string) []string {
	if session == "" {
		return []string{whole + subject, bare + subject}
	}
	return []string{whole + subject, one + session}
}

// end notes an end, for as long as a session that it may be of can last.
func (l *Login) end(name string, at time.Time) error {
	l.ending.Lock()
	defer l.ending.Unlock()
	if was, ok := l.endOf(name); ok && !at.After(was) {
		return nil
	}
	return l.ended.Commit(name, strconv.AppendInt(nil, at.Unix(), 10), l.now().Add(Lasts))
}

func (l *Login) endOf(name string) (at time.Time, ok bool) {
	text, ok, _ := l.ended.Find(name) // in memory
	seconds, err := strconv.ParseInt(string(text), 10, 64)
	return time.Unix(seconds, 0), ok && err == nil
}

// endedSince reports whether the provider has ended a session since it began.
func (l *Login) endedSince(ctx context.Context) bool {
	get := func(name string) string { return l.sessions.GetString(ctx, name) }
	began, err := strconv.ParseInt(get("began"), 10, 64)
	for _, name := range endedBy(get("subject"), get("session")) {
		if at, ok := l.endOf(name); ok && (err != nil || began <= at.Unix()) {
			return true
		}
	}
	return false
}
