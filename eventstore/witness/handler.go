package witness

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"registre/eventstore/archive"
)

// sizeType is the type of an answer that holds nothing but a size, by C2SP tlog-witness.
const sizeType = "text/x.tlog.size"

// Bounds in time of one connection.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute
)

// NewServer serves a witness with bounds on what a client may take: its time, its headers and its body.
func NewServer(w *Witness) *http.Server {
	return &http.Server{
		Handler: Handler(w), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: 16 << 10,
	}
}

// Handler serves a witness over HTTP:
//
//	POST /add-checkpoint               C2SP tlog-witness
//	GET  /<origin hash>/checkpoint     the newest cosigned checkpoint of a log; its place is that of C2SP tlog-mirror
//	GET  /                             a page for people: name, key, logs
func Handler(w *Witness) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(rw http.ResponseWriter, r *http.Request) { addCheckpoint(w, rw, r) })
	mux.HandleFunc("GET /{hash}/checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		s, ok := w.Newest(r.PathValue("hash"))
		if !ok {
			http.NotFound(rw, r)
			return
		}
		plain(rw, string(s.Signed))
	})
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, _ *http.Request) { plain(rw, page(w)) })
	return mux
}

func plain(rw http.ResponseWriter, text string) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-cache")
	_, _ = io.WriteString(rw, text)
}

func addCheckpoint(w *Witness, rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, MaxRequest))
	if err != nil {
		status := http.StatusBadRequest
		if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(rw, err.Error(), status)
		return
	}
	request, err := ParseRequest(body)
	var line []byte
	if err == nil {
		line, err = w.AddCheckpoint(request)
	}
	if err != nil {
		refuse(rw, err)
		return
	}
	plain(rw, string(line))
}

// refuse answers with the status that C2SP tlog-witness gives to an error. What went wrong in the witness itself is in its log, and
// nobody else's business.
func refuse(rw http.ResponseWriter, err error) {
	var conflict *ConflictError
	switch {
	case errors.As(err, &conflict):
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprintf(rw, "%d\n", conflict.Size)
	case errors.Is(err, ErrContradiction):
		http.Error(rw, err.Error(), http.StatusConflict)
	case errors.Is(err, ErrUnknownLog):
		http.Error(rw, err.Error(), http.StatusNotFound)
	case errors.Is(err, archive.ErrNotSigned):
		http.Error(rw, err.Error(), http.StatusForbidden)
	case errors.Is(err, archive.ErrNotProven):
		http.Error(rw, err.Error(), http.StatusUnprocessableEntity)
	case errors.Is(err, archive.ErrMalformed):
		http.Error(rw, err.Error(), http.StatusBadRequest)
	default:
		http.Error(rw, "the witness cannot cosign now", http.StatusInternalServerError)
	}
}

// page is what a person sees.
func page(w *Witness) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Witness %s\n\nPublic key: %s\nSubmissions: POST /add-checkpoint (https://c2sp.org/tlog-witness)\n\n", w.Key().Name(), archive.FormatCosignPublicKey(w.Key()))
	for _, s := range w.States() {
		fmt.Fprintf(&b, "%s\n  size %d, root %s, cosigned %s\n  /%s/checkpoint\n", s.Checkpoint.Origin, s.Checkpoint.Size, s.Checkpoint.Root,
			s.Time.Format(time.RFC3339), OriginHash(s.Checkpoint.Origin))
	}
	return b.String()
}
