package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync/atomic"
)

// A Front answers from the first moment on: while the registers are being opened it says so, and then the server answers.
type Front struct {
	// Problem tells an error in a language.
	Problem func(err error, lang string) Problem

	server atomic.Pointer[Server]
}

// Open lets the server answer from now on.
func (f *Front) Open(s *Server) { f.server.Store(s) }

// ServeHTTP implements http.Handler.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s := f.server.Load(); s != nil {
		s.ServeHTTP(w, r)
		return
	}
	guard(w.Header())
	single(w, r)
	if r.URL.Path == "/health" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	lang := languageOf(r)
	tell(w, r, lang, http.StatusServiceUnavailable, f.Problem(&Fault{Status: http.StatusServiceUnavailable, Name: "opening"}, lang))
}

// guard sets what every answer says to browsers.
func guard(h http.Header) {
	h["X-Content-Type-Options"] = notGuessed
	h["Content-Security-Policy"] = nothingLoaded
	h["Referrer-Policy"] = notReferred
}

// What every answer says. Nobody writes to them.
var (
	notGuessed    = []string{"nosniff"}
	nothingLoaded = []string{"default-src 'none'; frame-ancestors 'none'"}
	notReferred   = []string{"no-referrer"}
)

// tell answers with a problem.
func tell(w http.ResponseWriter, r *http.Request, lang string, status int, p any) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", lang)
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	switch status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		if h.Get("Retry-After") == "" {
			h.Set("Retry-After", "1")
		}
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="registre"`)
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(problemBody(p))
	}
}

// problemBody is a problem as it is sent.
func problemBody(p any) []byte {
	var body bytes.Buffer
	_ = json.NewEncoder(&body).Encode(p) // of strings and numbers alone
	return body.Bytes()
}
