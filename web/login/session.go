package login

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// A Session is somebody who has signed in.
type Session struct {
	Principal string
	Name      string    // as the provider has it; "" where it does not say. It is kept nowhere else, and as long as the session
	Ends      time.Time // at the latest
}

func (l *Login) sessionOf(ctx context.Context) Session {
	return Session{l.sessions.GetString(ctx, "principal"), l.sessions.GetString(ctx, "name"), l.sessions.Deadline(ctx)}
}

// Session says who sends a request, by its cookie. Shown says that it has one; where that is not good, or another site sends what would
// change something, there is an error.
func (l *Login) Session(r *http.Request) (s Session, shown bool, err error) {
	ctx, shown, found, err := load(l.sessions, r)
	if !shown || err != nil {
		return s, shown, err
	}
	if err := l.origins.Check(r); err != nil {
		return s, true, &Error{Problem: OtherSite, Err: err}
	}
	if !found {
		return s, true, &Error{Problem: Over}
	}
	s = l.sessionOf(ctx)
	principal, err := l.Principal(l.Issuer, l.sessions.GetString(ctx, "subject"))
	if err != nil {
		return s, true, err
	}
	if principal != s.Principal || l.endedSince(ctx) {
		return Session{}, true, firstError(l.sessions.Destroy(ctx), &Error{Problem: Over})
	}
	return s, true, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// leave ends the session of a request, and gives the ID token that it began with.
func (l *Login) leave(r *http.Request) (idToken string) {
	ctx, _, found, err := load(l.sessions, r)
	if err != nil || !found {
		return ""
	}
	idToken = l.sessions.GetString(ctx, "id")
	_ = l.sessions.Destroy(ctx) // in memory
	return idToken
}

// Forget lets the browser forget the cookie of a session that is over.
func (l *Login) Forget(w http.ResponseWriter, r *http.Request) {
	l.sessions.WriteSessionCookie(r.Context(), w, "", time.Time{})
}

// End ends the session of a request, and gives the address at which the one with the provider ends too; "" where it has none.
func (l *Login) End(w http.ResponseWriter, r *http.Request, back string) (address string, err error) {
	if err := l.origins.Check(r); err != nil {
		return "", &Error{Problem: OtherSite, Err: err}
	}
	idToken := l.leave(r)
	l.Forget(w, r)
	p, err := l.provider(r.Context())
	if err != nil || p.leave == "" || idToken == "" {
		return "", nil // it is ended here, whatever the provider says
	}
	u, err := url.Parse(p.leave)
	if err != nil {
		return "", nil
	}
	q := u.Query()
	q.Set("id_token_hint", idToken)
	q.Set("client_id", l.Client)
	q.Set("post_logout_redirect_uri", l.Public.JoinPath(back).String())
	q.Set("state", byChance())
	u.RawQuery = q.Encode()
	return u.String(), nil
}
