package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"golang.org/x/text/language"

	"registre/web/login"
	"registre/web/operation"
)

// Options say what is served.
type Options struct {
	Desk      Desk
	Door      Door                      // who may; nil lets everybody
	SignIn    *SignIn                   // lets people in by a browser; nil for nobody
	Leaving   Leaving                   // ends subscriptions by a link; nil for none
	Own       OwnSubscriptions          // lets principals subscribe; nil for nobody
	Questions []operation.Question      // the table
	Exports   []operation.Question      // what can be had as a file
	Imports   []operation.Parameter     // what an import can be told; nil for no import
	Imported  reflect.Type              // what it is answered with
	Spool     string                    // the folder where tables lie on their way; "" for the system's
	Commands  map[string]map[string]any // the JSON Schemas of commands, by the names of their files
	Recorded  reflect.Type              // what a command is answered with
	Meta      reflect.Type              // what stands beside an answer
	Version   string
	Log       *slog.Logger                                     // nil for none
	Slow      int                                              // questions that read a whole register at once; 0 for two
	Patience  time.Duration                                    // for whoever reads 64 KB of an answer; 0 for 30 s
	Following int                                              // streams that go on, at once; 0 for 6,000
	Pace      Pace                                             // what each principal may ask for
	Busy      int                                              // requests at once; 0 for 512
	Stopping  context.Context                                  // what is followed ends with it; nil for never
	Standing  func(context.Context) ([]NoticesStanding, error) // how notices stand; nil where none are brought
}

// Server serves the operations over HTTP.
type Server struct {
	Options
	api     huma.API
	mux     *http.ServeMux
	busy    chan struct{}
	slow    chan struct{}
	follow  chan struct{}
	gauge   *gauge
	paces   *paces
	lasting *memory
	merged  map[reflect.Type]bool // whose schemas tell what they embed

	exporting, importing chan struct{}
}

// A Fault is what is wrong with a request, before it is a question or a command. The desk knows its sentence.
type Fault struct {
	Status                int
	Name, Subject, Detail string
	After                 int // seconds after which it is worth trying again; 0 where that is not said
}

func (f *Fault) Error() string { return f.Name + " " + f.Subject + " " + f.Detail }

// New makes a server.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Stopping == nil {
		o.Stopping = context.Background()
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	if o.Slow == 0 {
		o.Slow = 2
	}
	if o.Following == 0 {
		o.Following = 6000
	}
	if o.Busy == 0 {
		o.Busy = 512
	}
	s := &Server{Options: o, mux: http.NewServeMux(), busy: make(chan struct{}, o.Busy), slow: make(chan struct{}, o.Slow), follow: make(chan struct{}, o.Following), merged: map[reflect.Type]bool{}, lasting: newMemory(maxLasting)}
	s.gauge, s.paces = newGauge(s), newPaces(o.Pace)
	s.exporting, s.importing = make(chan struct{}, exporting), make(chan struct{}, importing)
	config := huma.Config{OpenAPI: s.document()}
	s.api = humago.New(s.mux, config)
	s.describe()
	for i := range o.Questions {
		s.question(&o.Questions[i])
	}
	s.commands()
	s.exports()
	s.imports()
	s.records()
	s.notices()
	s.allNotices()
	s.feeds()
	s.subscriptions()
	s.health()
	s.own(http.MethodGet, "/openapi.json", s.openapi())
	s.docs()
	s.signIn()
	s.leaving()
	s.mux.HandleFunc(anyPath, func(w http.ResponseWriter, r *http.Request) { s.serve("none", Right{}, s.lost, w, r) })
	s.ownFor(http.MethodGet, "/metrics", Right{What: ToWatch, Operation: "metrics"}, s.gauge.serve)
	return s
}

// handler answers a request, or says why not.
type handler func(w http.ResponseWriter, r *http.Request) error

// add serves a documented operation, to those who may.
func (s *Server) add(op *huma.Operation, right Right, h handler) {
	right.Operation = op.OperationID
	s.api.OpenAPI().AddOperation(op)
	s.api.Adapter().Handle(op, func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		s.serve(op.OperationID, right, h, w, r)
	})
}

// own serves what is for the operator and his tools, and documented elsewhere.
func (s *Server) own(method, path string, h handler) {
	s.ownFor(method, path, Right{}, h)
}

// ownFor is own, for those who may.
func (s *Server) ownFor(method, path string, right Right, h handler) {
	s.mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) { s.serve(path, right, h, w, r) })
}

// serve lets one request through the door, and says what became of it.
func (s *Server) serve(operation string, right Right, h handler, w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	seen := &seenWriter{ResponseWriter: w, out: http.NewResponseController(w), patience: s.Patience}
	var of *admitted
	v := visit{who: func() (Principal, error) { return s.Door.Who(r) }, from: hostOf(r), group: r.PathValue("group")}
	err := s.let(r.Context(), &v, right, func(ctx context.Context) error { return h(seen, r.WithContext(ctx)) }, func(a *admitted) { of = a })
	if err != nil && seen.status == 0 {
		s.problem(seen, r, err)
	}
	s.gauge.served(operation, seen.status, time.Since(begun))
	if s.Log.Enabled(r.Context(), slog.LevelInfo) {
		said := []any{"operation", operation, "status", seen.status, "milliseconds", float64(time.Since(begun).Microseconds()) / 1000}
		s.Log.Info("served", append(said, of.said(v.group)...)...)
	}
}

// let lets a request in, when there is room and it may.
func (s *Server) let(ctx context.Context, v *visit, right Right, h func(context.Context) error, know func(*admitted)) error {
	select {
	case s.busy <- struct{}{}:
	default:
		return &Fault{Status: http.StatusServiceUnavailable, Name: "too-many"}
	}
	free := sync.OnceFunc(func() { <-s.busy })
	defer free()
	ctx = context.WithValue(ctx, placeKey{}, free)
	if s.Door == nil || right.What == "" {
		return h(ctx)
	}
	right.Group = v.group
	a, err := s.admit(ctx, v, right)
	know(a)
	if a != nil {
		done, wait, ok := s.paces.take(pacedAs(a.Principal, v.from))
		if !ok {
			return tooFast(wait)
		}
		defer done()
	}
	if err != nil {
		return err
	}
	return h(context.WithValue(ctx, admittedKey{}, a))
}

type placeKey struct{}

// goesOn has a request go on for as long as it likes: it gives up its place among those that are soon answered, for one among as
// many as may follow.
func (s *Server) goesOn(r *http.Request, h func() error) error {
	select {
	case s.follow <- struct{}{}:
		defer func() { <-s.follow }()
	default:
		return &Fault{Status: http.StatusServiceUnavailable, Name: "too-many"}
	}
	if free, ok := r.Context().Value(placeKey{}).(func()); ok {
		free()
	}
	return h()
}

// slowly runs what reads a whole register, when there is room for one more of them.
func (s *Server) slowly(ctx context.Context, h func() error) error {
	select {
	case s.slow <- struct{}{}:
		defer func() { <-s.slow }()
		return h()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ServeHTTP implements http.Handler. What the mux would answer in its own words is a problem like the others.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	single(w, r)
	if r.URL.Path == path.Clean(r.URL.Path) && r.RequestURI != "*" {
		s.mux.ServeHTTP(w, r)
		return
	}
	s.serve("none", Right{}, s.lost, w, r)
}

// anyPath is the pattern of what nothing else is served for.
const anyPath = "/"

// single lets a connection end with a request whose length was said in pieces: what follows may be the rest of a request that
// somebody before us has counted otherwise.
func single(w http.ResponseWriter, r *http.Request) {
	if len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
	}
}

// lost says that a path is unknown, or takes another method. Paths are taken as they stand: none leads to another.
func (s *Server) lost(w http.ResponseWriter, r *http.Request) error {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := s.mux.Handler(other); pattern != "" && pattern != anyPath && r.URL.Path == path.Clean(r.URL.Path) {
			methods = append(methods, m)
		}
	}
	if methods == nil {
		return &Fault{Status: http.StatusNotFound, Name: "path-unknown", Subject: r.URL.Path}
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	return &Fault{Status: http.StatusMethodNotAllowed, Name: "method-unknown", Subject: r.Method, Detail: strings.Join(methods, ", ")}
}

var languages = language.NewMatcher([]language.Tag{language.English, language.French})

// languageOf is that in which a request wants to be told: "en" where it does not say.
func languageOf(r *http.Request) string { return languageIn(r.Header.Get("Accept-Language")) }

// languageIn is that in which whoever accepts some languages is told.
func languageIn(accepted string) string {
	tags, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil {
		return "en"
	}
	if _, i, confidence := languages.Match(tags...); i == 1 && confidence > language.No {
		return "fr"
	}
	return "en"
}

// problem answers with what went wrong.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, err error) {
	lang := languageOf(r)
	p := s.Desk.Problem(err, lang)
	if p.Status == http.StatusInternalServerError {
		s.Log.Error("failed", "code", p.Code, "cause", err.Error()) // which is told to nobody else
	}
	if f := (*Fault)(nil); errors.As(err, &f) && f.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.After))
	} else if f != nil && f.Name == string(login.Over) && s.SignIn != nil {
		s.SignIn.Forget(w, r)
	}
	tell(w, r, lang, p.Status, p)
}

// seenWriter remembers the status that was answered, and does not wait for ever for whoever reads the answer.
type seenWriter struct {
	http.ResponseWriter
	out      *http.ResponseController
	patience time.Duration
	status   int
}

// piece is how many bytes go out before somebody who reads slowly is given as much time again.
const piece = 64 << 10

func (w *seenWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	_ = w.out.SetWriteDeadline(time.Now().Add(w.patience))
	w.ResponseWriter.WriteHeader(status)
}

func (w *seenWriter) Write(b []byte) (n int, err error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	for len(b) > 0 && err == nil {
		part := b[:min(len(b), piece)]
		_ = w.out.SetWriteDeadline(time.Now().Add(w.patience))
		var done int
		done, err = w.ResponseWriter.Write(part)
		n, b = n+done, b[done:]
	}
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *seenWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
