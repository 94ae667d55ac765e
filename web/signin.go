package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed" // the page, and its style
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"registre/domain"
	"registre/web/login"
	"registre/web/operation"
)

// A SignIn lets people in by a browser.
type SignIn struct {
	*login.Login
	// Rights are those of a principal that stand now, in a language.
	Rights func(ctx context.Context, principal, lang string) ([]StandingRight, error)
	// Told is called with a token by which the provider has ended sessions, so that others end theirs; nil where there are no others.
	Told func(token string)
}

// A StandingRight is a right in words.
type StandingRight struct {
	Role, Where, From, Until string // Until "" for an open end
}

var (
	//go:embed pages/session.html
	sessionPage string
	//go:embed pages/style.css
	pageStyle string

	sessionTemplate = template.Must(template.New("session").Parse(sessionPage))
)

// pagePolicy is what the pages may do: nothing but show themselves, and send their form. Whoever signs out is led on to the provider, and
// by it to others.
func pagePolicy(form string) string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action " + form + "; frame-ancestors 'none'"
}

// pageText is what stands on a page, in one language.
type pageText struct {
	Lang, Title, Here, Role, Where, From, Until, Open, NoRight, Ends, Out, In, Nobody string
}

var pageTexts = map[string]pageText{
	"fr": {
		Lang: "fr", Title: "registre : votre session", Here: "Vous agissez sous le pseudonyme", Role: "droit", Where: "où", From: "depuis", Until: "jusqu'au (exclu)", Open: "sans fin",
		NoRight: "Vous n'avez encore aucun droit : qui tient le registre les donne.", Ends: "La session finit le %s au plus tard (heure de Paris), ou après une heure sans rien demander.",
		Out: "Se déconnecter", In: "Se connecter", Nobody: "Vous n'êtes pas connecté.",
	},
	"en": {
		Lang: "en", Title: "registre: your session", Here: "You act under the pseudonym", Role: "right", Where: "where", From: "since", Until: "until (excluded)", Open: "no end",
		NoRight: "You have no right yet: whoever keeps the register grants them.", Ends: "The session ends at %s at the latest (Paris time), or after an hour in which nothing is asked.",
		Out: "Sign out", In: "Sign in", Nobody: "You are not signed in.",
	},
}

// shownPage is what a page shows: a session, or what went wrong.
type shownPage struct {
	pageText
	Style   template.CSS
	Session *login.Session
	Rights  []StandingRight
	EndsAt  string
	Problem *Problem
}

// signIn serves what people see who sign in by a browser.
func (s *Server) signIn() {
	if s.SignIn == nil {
		return
	}
	s.page(http.MethodGet, "/login", s.begin)
	s.page(http.MethodGet, "/callback", s.finish)
	s.page(http.MethodGet, "/session", s.session)
	s.page(http.MethodPost, "/logout", s.leave)
	s.own(http.MethodPost, "/backchannel-logout", s.endedByProvider)
}

// page serves what a browser asks for; what goes wrong is a page too. Who asks is counted by his address.
func (s *Server) page(method, path string, h handler) {
	s.own(method, path, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", pagePolicy("'self'"))
		done, wait, ok := s.paces.take(pacedAs(Principal{ID: string(domain.Anonymous), Nobody: true}, hostOf(r)))
		err := tooFast(wait)
		if ok {
			err = SignInFault(h(w, r))
			done()
		}
		if err == nil {
			return nil
		}
		w.Header().Set("Retry-After", "5")
		if f := (*Fault)(nil); errors.As(err, &f) && f.Name == string(login.Over) {
			s.SignIn.Forget(w, r)
		} else if f != nil && f.After > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.After))
		}
		p := s.Desk.Problem(err, languageOf(r))
		s.Log.Warn("a page was refused", "operation", path, "code", p.Code, "cause", CauseOf(err))
		if p.Status != http.StatusServiceUnavailable && p.Status != http.StatusTooManyRequests {
			w.Header().Del("Retry-After")
		}
		return s.show(w, r, p.Status, &shownPage{Problem: &p})
	})
}

// A signInError is a fault that somebody was not let in for, with what the log may say of it.
type signInError struct {
	*Fault
	cause error
}

func (e *signInError) Unwrap() error { return e.Fault }

// maxCause is how much the log says of it: whoever was not let in may have written it.
const maxCause = 500

// CauseOf is what the log says of why somebody was not let in, for whoever runs the server; never who it was.
func CauseOf(err error) string {
	of := (*signInError)(nil)
	if !errors.As(SignInFault(err), &of) || of.cause == nil {
		return ""
	}
	cause := of.cause.Error()
	if len(cause) > maxCause {
		cause = strings.ToValidUTF8(cause[:maxCause], "") + "…"
	}
	return cause
}

var signInStatus = map[login.Problem]int{
	login.Stale: http.StatusBadRequest, login.Elsewhere: http.StatusBadRequest, login.Refused: http.StatusForbidden, login.Invalid: http.StatusForbidden,
	login.Unknown: http.StatusForbidden, login.OtherSite: http.StatusForbidden, login.Unreachable: http.StatusServiceUnavailable, login.Over: http.StatusUnauthorized,
}

// SignInFault says in the words of this package why somebody was not let in; other errors it leaves alone.
func SignInFault(err error) error {
	var of *login.Error
	if !errors.As(err, &of) {
		return err
	}
	f := &Fault{Status: signInStatus[of.Problem], Name: string(of.Problem), Detail: of.Says}
	if of.Problem == login.Unknown {
		f.Subject, f.Detail = quoted(of.Subject), quoted(of.Issuer)
	}
	return &signInError{f, of.Err}
}

// quoted is a text as one word of a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// begin leads to the provider.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) error {
	told, err := toldOf(r, []operation.Parameter{{Name: "to", Form: operation.Word}})
	if err != nil {
		return err
	}
	address, err := s.SignIn.Begin(w, r, cmp.Or(told["to"], "/session"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// finish opens a session.
func (s *Server) finish(w http.ResponseWriter, r *http.Request) error {
	session, to, err := s.SignIn.Finish(w, r)
	if err != nil {
		return err
	}
	s.Log.Info("signed in", "principal", session.Principal)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// session shows who is signed in, and what he may.
func (s *Server) session(w http.ResponseWriter, r *http.Request) error {
	session, shown, err := s.SignIn.Session(r)
	if err != nil {
		return err
	}
	if !shown {
		return s.show(w, r, http.StatusOK, &shownPage{})
	}
	rights, err := s.SignIn.Rights(r.Context(), session.Principal, languageOf(r))
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, &shownPage{Session: &session, Rights: rights, EndsAt: endOf(session.Ends, languageOf(r))})
}

// endOf is the day and the hour in Paris at which a session ends.
func endOf(t time.Time, lang string) string {
	at := domain.InstantOf(t)
	if lang == "fr" {
		y, m, d := at.Day().Civil()
		return fmt.Sprintf("%02d/%02d/%04d à %s", d, m, y, at.Hour())
	}
	return at.Hour() + " on " + at.Day().String()
}

// leave ends a session, here and with the provider.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	session, _, _ := s.SignIn.Session(r)
	address, err := s.SignIn.End(w, r, "session")
	if err != nil {
		return err
	}
	if session.Principal != "" {
		s.Log.Info("signed out", "principal", session.Principal)
	}
	http.Redirect(w, r, cmp.Or(address, "/session"), http.StatusSeeOther)
	return nil
}

// maxLogout is how long what a provider sends can be.
const maxLogout = 64 << 10

// endedByProvider ends sessions that the provider says are over: it answers 200, or 400, as OpenID Connect Back-Channel Logout 1.0 has it.
// Who sends something is counted by his address.
func (s *Server) endedByProvider(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	done, wait, ok := s.paces.take(pacedAs(Principal{ID: string(domain.Anonymous), Nobody: true}, hostOf(r)))
	if !ok {
		return tooFast(wait)
	}
	defer done()
	r.Body = http.MaxBytesReader(w, r.Body, maxLogout)
	if err := r.ParseForm(); err != nil || len(r.PostForm["logout_token"]) != 1 {
		return &Fault{Status: http.StatusBadRequest, Name: string(operation.Missing), Subject: "logout_token"}
	}
	token := r.PostForm.Get("logout_token")
	principal, err := s.SignIn.EndedByProvider(r.Context(), token)
	if err != nil {
		s.Log.Warn("sessions were not ended for the provider", "cause", CauseOf(err))
		if of := (*login.Error)(nil); errors.As(err, &of) && of.Problem == login.Invalid {
			return &Fault{Status: http.StatusBadRequest, Name: string(of.Problem)}
		}
		return SignInFault(err)
	}
	s.Log.Info("signed out", "principal", principal, "by", "provider")
	if s.SignIn.Told != nil {
		s.SignIn.Told(token)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// show shows a page.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, p *shownPage) error {
	lang := languageOf(r)
	p.pageText, p.Style = pageTexts[lang], template.CSS(pageStyle)
	p.Ends = strings.Replace(p.Ends, "%s", p.EndsAt, 1)
	var page bytes.Buffer
	if err := sessionTemplate.Execute(&page, p); err != nil {
		return err
	}
	h := w.Header()
	form := "'self' https:"
	if public := s.SignIn.Issuer; strings.HasPrefix(public, "http:") {
		if u, err := url.Parse(public); err == nil {
			form += " " + u.Scheme + "://" + u.Host
		}
	}
	h.Set("Content-Security-Policy", pagePolicy(form))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", lang)
	h.Set("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
	return nil
}
