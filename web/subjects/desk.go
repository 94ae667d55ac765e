package subjects

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"golang.org/x/mod/semver"

	"registre/eventstore/jetstream"
	"registre/web"
)

// How many requests are read at once, in all and of one token, so that none takes the room of all. web.Server has limits of its own for
// those that it answers.
const (
	maxAtOnce     = 1024
	maxAtOnceEach = 64
)

// A desk is the service: it reads requests, has them answered, and counts them.
type desk struct {
	*Broker
	micro   micro.Service
	room    chan struct{}
	rooms   rooms
	counts  map[string]*count
	signals *signals

	consumes *signals

	mu      sync.RWMutex
	closing bool
	wg      sync.WaitGroup
}

// openDesk adds the service, with an endpoint for each operation.
func openDesk(b *Broker) (*desk, error) {
	d := &desk{Broker: b, room: make(chan struct{}, maxAtOnce), rooms: rooms{of: map[string]int{}}, counts: map[string]*count{}, signals: newSignals(), consumes: newSignals()}
	var err error
	d.micro, err = micro.AddService(b.conn, micro.Config{
		Name: serviceName, Version: semantic(b.Version), Description: "Decisions of groups of public buyers, at two times", QueueGroupDisabled: true,
		ErrorHandler: func(_ micro.Service, err *micro.NATSError) {
			b.Log.Warn("nats: "+err.Description, "subject", err.Subject)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	for _, o := range b.Serves.Operations() {
		d.counts[o.Name] = &count{}
		err := d.micro.AddEndpoint(o.Name, micro.HandlerFunc(func(r micro.Request) { d.take(&o, r) }),
			micro.WithEndpointSubject(asked+"*."+o.Name), micro.WithEndpointMetadata(metadata(&o)))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
		}
	}
	if _, err = b.conn.Subscribe(discovered+"*.>", d.discover); err != nil {
		return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	if b.notices == nil {
		return d, nil
	}
	if _, err = b.conn.Subscribe(api+"*.>", d.consume); err != nil {
		return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	return d, nil
}

// semantic is a version as services must have it.
func semantic(version string) string {
	if semver.IsValid("v" + strings.TrimPrefix(version, "v")) {
		return strings.TrimPrefix(version, "v")
	}
	return "0.0.0"
}

// metadata says of an operation what whoever discovers it wants to know.
func metadata(o *web.Operation) map[string]string {
	said := map[string]string{"says": o.Says}
	if o.Body != "" {
		said[o.Body] = "a JSON object; needed"
	}
	for i := range o.Takes {
		p := &o.Takes[i]
		said[p.Name] = p.Says
		if p.Required {
			said[p.Name] += "; needed"
		}
	}
	return said
}

// take takes a request in, or says that there is no room. What could not be answered is not looked at: a reply goes back through the
// account that the request came from, and nowhere else.
func (d *desk) take(o *web.Operation, r micro.Request) {
	if !strings.HasPrefix(r.Reply(), "_R_.") {
		return
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	accepts, begun := r.Headers().Get("Accept-Language"), time.Now()
	token, _, _ := strings.Cut(strings.TrimPrefix(r.Subject(), asked), ".")
	if fault := d.enter(token); fault != nil {
		d.answer(o.Name, r.Reply(), d.Serves.Tell(fault, accepts), begun)
		return
	}
	d.wg.Go(func() {
		defer d.leave(token)
		d.answer(o.Name, r.Reply(), d.reply(o, token, r.Data(), accepts), begun)
	})
}

// enter takes a place for a request, or says why there is none. The caller holds mu for reading.
func (d *desk) enter(token string) *web.Fault {
	if d.closing {
		return &web.Fault{Status: http.StatusServiceUnavailable, Name: "interrupted"}
	}
	if !d.rooms.enter(token) {
		return &web.Fault{Status: http.StatusTooManyRequests, Name: "too-fast", Subject: "1", After: 1}
	}
	select {
	case d.room <- struct{}{}:
		return nil
	default:
		d.rooms.leave(token)
		return &web.Fault{Status: http.StatusServiceUnavailable, Name: "too-many"}
	}
}

func (d *desk) leave(token string) {
	<-d.room
	d.rooms.leave(token)
}

// rooms are how many requests of each token are being read.
type rooms struct {
	mu sync.Mutex
	of map[string]int
}

func (r *rooms) enter(token string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of[token] == maxAtOnceEach {
		return false
	}
	r.of[token]++
	return true
}

func (r *rooms) leave(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of[token]--; r.of[token] == 0 {
		delete(r.of, token)
	}
}

// reply answers one request.
func (d *desk) reply(o *web.Operation, token string, data []byte, accepts string) web.Reply {
	call, err := read(o, data)
	if call.Accepts == "" {
		call.Accepts = accepts
	}
	if err != nil {
		return d.Serves.Tell(err, call.Accepts)
	}
	call.Who, call.Longest = func() (web.Principal, error) { return d.Door.Holder(token) }, MaxPayload-maxHeaders
	return d.Serves.Call(context.Background(), call)
}

// maxHeaders is more than the headers of an answer need.
const maxHeaders = 16 << 10

// answer sends an answer, and counts it.
func (d *desk) answer(operation, to string, reply web.Reply, begun time.Time) {
	m := nats.NewMsg(to)
	m.Data = reply.Body
	for name, value := range reply.Headers {
		m.Header.Set(name, value)
	}
	m.Header.Set("Registre-Status", strconv.Itoa(reply.Status))
	if reply.Problem != nil {
		m.Header.Set(micro.ErrorCodeHeader, strconv.Itoa(reply.Status))
		m.Header.Set(micro.ErrorHeader, reply.Problem.Code+" "+reply.Problem.Detail)
	}
	d.counts[operation].add(&reply, time.Since(begun))
	if err := d.conn.PublishMsg(m); err != nil {
		d.Log.Error("an answer did not go out", "operation", operation, "error", err)
	}
}

// close takes no more requests, and waits for those that were taken, until ctx ends.
func (d *desk) close(ctx context.Context) error {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	done := make(chan struct{})
	go func() { d.wg.Wait(); close(done) }()
	select {
	case <-done:
		return d.conn.Flush()
	case <-ctx.Done():
		return ctx.Err()
	}
}
