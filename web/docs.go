package web

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the page, and what draws it
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// The page of the document is drawn by redoc 3.0.1, whole in one file as npm has it (bundles/redoc.standalone.js, MIT, its licence
// beside it). It is kept here, so that nothing is asked of anybody else; what it would tell its makers is switched off.
var (
	//go:embed redoc/page.html
	docsPage []byte
	//go:embed redoc/page.js
	docsStart []byte
	//go:embed redoc/redoc.standalone.js
	docsScript []byte
)

// docsPolicy is what the page may do: run scripts of this server, and ask it. Redoc writes its styles into the page.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docs serves the page of the document.
func (s *Server) docs() {
	s.own(http.MethodGet, "/docs", func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Security-Policy", docsPolicy)
		return file(w, r, "text/html; charset=utf-8", docsPage)
	})
	s.own(http.MethodGet, "/docs/page.js", func(w http.ResponseWriter, r *http.Request) error {
		return file(w, r, javascript, docsStart)
	})
	pressed := sync.OnceValue(func() []byte { return press(docsScript) })
	s.own(http.MethodGet, "/docs/redoc.js", func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Add("Vary", "Accept-Encoding")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			return file(w, r, javascript, docsScript)
		}
		w.Header().Set("Content-Encoding", "gzip")
		return file(w, r, javascript, pressed())
	})
}

const javascript = "text/javascript; charset=utf-8"

// file answers with bytes that stay the same as long as the program does.
func file(w http.ResponseWriter, r *http.Request, media string, body []byte) error {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if known(w, r, tagOf(body)) {
		return nil
	}
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}

func press(text []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(text) // into memory
	_ = w.Close()
	return out.Bytes()
}
