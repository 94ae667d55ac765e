package web

import (
	"bytes"
	"context"
	_ "embed" // the page
	"errors"
	"html/template"
	"net/http"

	"registre/domain"
)

// Leaving lets whoever has the link for it end a subscription, and do nothing else.
type Leaving interface {
	// Named is the subscription that a link is for; a *Fault where it is for none.
	Named(ctx context.Context, token string) (subscription string, err error)
	// Leave ends it. That it has ended already is no error.
	Leave(ctx context.Context, token string) error
}

var (
	//go:embed pages/unsubscribe.html
	unsubscribePage string

	unsubscribeTemplate = template.Must(template.New("unsubscribe").Parse(unsubscribePage))
)

// leavingText is what stands on the page, in one language.
type leavingText struct{ Lang, Title, Asks, Button, Done, After string }

var leavingTexts = map[string]leavingText{
	"fr": {
		Lang: "fr", Title: "registre : fin d'un abonnement", Asks: "Ne plus recevoir les messages de l'abonnement", Button: "Se désabonner",
		Done: "C'est fait : plus aucun message ne sera envoyé pour l'abonnement", After: "L'adresse a été effacée.",
	},
	"en": {
		Lang: "en", Title: "registre: the end of a subscription", Asks: "Stop the messages of the subscription", Button: "Unsubscribe",
		Done: "Done: no more messages will be sent for the subscription", After: "The address has been erased.",
	},
}

// leavingShown is what the page shows.
type leavingShown struct {
	leavingText
	Style        template.CSS
	Subscription string
	Left         bool
	Problem      *Problem
}

// leaving serves the links by which subscriptions are ended, as RFC 8058 has it: asked for, a link shows a button; what is posted to it,
// by the button or a program for mail, ends the subscription. Programs that follow every link of a mail end none.
func (s *Server) leaving() {
	if s.Leaving == nil {
		return
	}
	const path = "/unsubscribe/{token}"
	s.leavingBy(http.MethodGet, path, s.Leaving.Named)
	s.leavingBy(http.MethodPost, path, func(ctx context.Context, token string) (string, error) {
		of, err := s.Leaving.Named(ctx, token)
		if err == nil {
			err = s.Leaving.Leave(ctx, token)
		}
		return of, err
	})
}

// leavingBy serves the link for one method. Whoever asks is counted by his address; the body says nothing that counts.
func (s *Server) leavingBy(method, path string, do func(ctx context.Context, token string) (string, error)) {
	s.own(method, path, func(w http.ResponseWriter, r *http.Request) error {
		done, wait, ok := s.paces.take(pacedAs(Principal{ID: string(domain.Anonymous), Nobody: true}, hostOf(r)))
		if !ok {
			return tooFast(wait)
		}
		defer done()
		p := leavingShown{leavingText: leavingTexts[languageOf(r)], Style: template.CSS(pageStyle), Left: method == http.MethodPost}
		status := http.StatusOK
		var err error
		if p.Subscription, err = do(r.Context(), r.PathValue("token")); err != nil {
			problem := s.Desk.Problem(err, languageOf(r))
			p.Problem, status = &problem, problem.Status
			if status == http.StatusServiceUnavailable {
				w.Header().Set("Retry-After", "60")
			}
			if f := (*Fault)(nil); !errors.As(err, &f) {
				s.Log.Error("a subscription was not ended", "code", problem.Code)
			}
		}
		return showLeaving(w, status, &p)
	})
}

func showLeaving(w http.ResponseWriter, status int, p *leavingShown) error {
	var page bytes.Buffer
	if err := unsubscribeTemplate.Execute(&page, p); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", pagePolicy("'self'"))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Lang)
	h.Set("Vary", "Accept-Language")
	h.Set("X-Robots-Tag", "noindex")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
	return nil
}
