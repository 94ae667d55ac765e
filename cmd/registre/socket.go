package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"registre/domain"
	"registre/eventstore"
)

const (
	socketName    = "socket"
	maxRequest    = 1 << 20
	timeoutHeader = "Registre-Witness-Timeout" // how long a command waits for witnesses
	maxSockPath   = 100                        // bytes that every system takes as the path of a socket
)

// socket serves a desk to other processes of the same user, over HTTP on a socket in the data folder.
type socket struct {
	server *http.Server
	done   chan struct{}
	stop   context.CancelFunc
}

// short gives a path that a socket can have, and a function to call once it is in use.
func short(path string) (string, func(), error) {
	if len(path) <= maxSockPath || runtime.GOOS != "linux" {
		return path, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)), func() { dir.Close() }, nil
}

// listen starts serving; giveWay, where it is not nil, is called when a server wants the folder.
func listen(path string, d desk, giveWay func() gaveWay) (*socket, error) {
	return listenWith(path, routes(d, giveWay))
}

// listenWith starts serving as a handler does. Whatever stands at the path was left by a process that is gone, or is this one's: the folder's
// lock is ours.
func listenWith(path string, handler http.Handler) (*socket, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	name, release, err := short(path)
	if err != nil {
		return nil, err
	}
	defer release()
	l, err := net.Listen("unix", name)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // the next one removes it: it may be theirs already
	ctx, stop := context.WithCancel(context.Background())
	s := &socket{done: make(chan struct{}), stop: stop}
	s.server = &http.Server{
		Handler: handler, ReadHeaderTimeout: patience,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go func() { defer close(s.done); _ = s.server.Serve(l) }()
	return s, nil
}

// Close answers what is being asked, ends what is followed, and stops.
func (s *socket) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	time.AfterFunc(100*time.Millisecond, s.stop)
	err := s.server.Shutdown(ctx)
	s.stop()
	<-s.done
	return err
}

func routes(d desk, giveWay func() gaveWay) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /record", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest+1))
		if err != nil {
			reply(w, nil, misuse("unreadable", "", err.Error()))
			return
		}
		// Once begun, a command is carried through, whoever still listens.
		ctx := context.WithoutCancel(r.Context())
		if patience, err := time.ParseDuration(r.Header.Get(timeoutHeader)); err == nil {
			ctx = withWitnessTimeout(ctx, patience)
		}
		done, err := d.Record(ctx, body)
		reply(w, done, err)
	})
	mux.HandleFunc("POST /ask", func(w http.ResponseWriter, r *http.Request) {
		var q Question
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&q); err != nil {
			reply(w, nil, misuse("unknown-question", err.Error(), ""))
			return
		}
		answer, err := d.Ask(r.Context(), q)
		reply(w, answer, orLeft(r, err))
	})
	if giveWay != nil {
		mux.HandleFunc("POST "+giveWayPath, func(w http.ResponseWriter, _ *http.Request) {
			reply(w, giveWay(), nil)
		})
	}
	if all, ok := d.(allNoticing); ok {
		mux.HandleFunc("GET /notices", func(w http.ResponseWriter, r *http.Request) { streamNotices(w, r, all) })
	}
	mux.HandleFunc("GET /records", func(w http.ResponseWriter, r *http.Request) { stream(w, r, d) })
	return mux
}

// orLeft is err; where it came of leaving, whoever asked is told to ask the next one.
func orLeft(r *http.Request, err error) error {
	if err != nil && r.Context().Err() != nil {
		return failure("unreachable", "", err)
	}
	return err
}

// reply writes one answer or one fault.
func reply(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		v = faultOf(err)
	}
	_ = asKept(w).Encode(v)
}

// passed is a record, or a notice, on its way between two processes: or the fault that ends them.
type passed struct {
	Group  domain.GroupID `json:"group,omitempty"`
	Number uint64         `json:"number,omitempty"`
	Body   []byte         `json:"body,omitempty"`
	Place  string         `json:"place,omitempty"` // of a notice: from where it goes on
	Fault  *Fault         `json:"fault,omitempty"`
}

func stream(w http.ResponseWriter, r *http.Request, d desk) {
	after, _ := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	follow := r.URL.Query().Get("follow") != ""
	out := asKept(w)
	flush := http.NewResponseController(w)
	_ = flush.Flush()
	for record, err := range d.Records(r.Context(), domain.GroupID(r.URL.Query().Get("group")), after, follow) {
		p := passed{Group: record.Group, Number: record.Number, Body: record.Body}
		if err != nil {
			p = passed{Fault: faultOf(orLeft(r, err))}
		}
		if out.Encode(p) != nil || err != nil {
			return
		}
		if follow {
			_ = flush.Flush()
		}
	}
}

// remote is the desk of the process that holds the folder.
type remote struct {
	client *http.Client
}

// dial reaches the process that holds the folder, if it serves already.
func dial(ctx context.Context, data string) (*remote, error) {
	r := remoteOf(data)
	_, err := r.Ask(ctx, Question{Kind: "groups"})
	return r, err
}

// remoteOf is the desk of whoever holds a folder.
func remoteOf(data string) *remote {
	return &remote{client: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			name, release, err := short(filepath.Join(data, socketName))
			if err != nil {
				return nil, err
			}
			defer release()
			return (&net.Dialer{}).DialContext(ctx, "unix", name)
		},
	}}}
}

func (r *remote) post(ctx context.Context, path string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://registre"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set(timeoutHeader, witnessTimeoutOf(ctx).String())
	response, err := r.client.Do(request)
	if err != nil {
		return failure("unreachable", "", err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusUnprocessableEntity:
		var f Fault
		if err := json.NewDecoder(response.Body).Decode(&f); err != nil {
			return failure("unreachable", "", err)
		}
		return &f
	default:
		return unlike(response)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return failure("unreachable", "", err)
	}
	return nil
}

// unlike says that the process that holds the folder answers otherwise than this program does: it does not take what is asked.
func unlike(response *http.Response) error {
	return failure("holder-unlike", "", errors.New(response.Request.URL.Path+": "+response.Status))
}

// Record implements desk.
func (r *remote) Record(ctx context.Context, command []byte) (done Recorded, err error) {
	return done, r.post(ctx, "/record", command, &done)
}

// Ask implements desk.
func (r *remote) Ask(ctx context.Context, q Question) (answer json.RawMessage, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	return answer, r.post(ctx, "/ask", body, &answer)
}

// Records implements desk.
func (r *remote) Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error] {
	query := url.Values{"group": {string(group)}, "after": {strconv.FormatUint(after, 10)}}
	if follow {
		query.Set("follow", "1")
	}
	return func(yield func(eventstore.Record, error) bool) {
		for p, err := range r.passed(ctx, "/records?"+query.Encode()) {
			if !yield(eventstore.Record{Group: p.Group, Number: p.Number, Body: p.Body}, err) || err != nil {
				return
			}
		}
	}
}

// Close implements desk.
func (r *remote) Close() error {
	r.client.CloseIdleConnections()
	return nil
}

// asKept is an encoder that leaves what is JSON already as it is: the bytes of an event are those that were signed for.
func asKept(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}
