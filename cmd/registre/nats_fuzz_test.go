package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"
	"github.com/pb33f/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
	"registre/web/operation"
	"registre/web/subjects"
)

// A natsSurface is what the service says can be asked over NATS, with what the document of HTTP says an answer may then be.
type natsSurface struct {
	*surface
	c         *clients
	all       []natsOperation
	conns     []*nats.Conn // most of a secretary
	questions map[string]*operation.Question
}

type natsOperation struct {
	*surfaceOperation
	subject string
	takes   []string
}

// natsSurfaceOf reads what the service tells whoever discovers it.
func natsSurfaceOf(c *clients) *natsSurface {
	s := &natsSurface{surface: surfaceOf(c.h), c: c, questions: map[string]*operation.Question{}}
	s.learn()
	m, err := c.as("secretary").Request("$SRV.INFO.registre", nil, untilGivenUp)
	require.NoError(c.h.t, err)
	var info micro.Info
	require.NoError(c.h.t, json.Unmarshal(m.Data, &info))
	for _, e := range info.Endpoints {
		i := slices.IndexFunc(s.surface.all, func(o surfaceOperation) bool { return o.id == e.Name })
		require.GreaterOrEqual(c.h.t, i, 0, "%s is not in the document", e.Name)
		o := natsOperation{surfaceOperation: &s.surface.all[i], subject: e.Subject}
		for name := range e.Metadata {
			if name != "says" {
				o.takes = append(o.takes, name)
			}
		}
		slices.Sort(o.takes)
		s.all = append(s.all, o)
	}
	for _, q := range operations() {
		s.questions[q.Name] = &q
	}
	require.Len(c.h.t, s.all, len(s.questions)+2)
	c.h.token("reader", token{Role: domain.Subscriber, Groups: []string{demoGroup}})
	for _, who := range []string{"secretary", "secretary", "secretary", "secretary", "secretary", "secretary", "auditor", "elsewhere", "reader"} {
		conn := c.as(who, nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // what is denied is told there, and is no answer
		c.h.t.Cleanup(conn.Close)
		s.conns = append(s.conns, conn)
	}
	return s
}

// A natsDrawer draws requests over NATS.
type natsDrawer struct {
	*drawer
	of *natsSurface
}

// asked draws the body of a request.
func (d *natsDrawer) asked(o *natsOperation) []byte {
	request := map[string]any{}
	for _, name := range o.takes {
		schema := map[string]any{"type": "string"}
		for _, p := range o.parameters {
			if p := p.(map[string]any); p["name"] == name {
				schema = p["schema"].(map[string]any)
			}
		}
		switch {
		case name == "group" && !d.chance(12):
			request[name] = demoGroup
		case name == "command" && !d.chance(20):
			request[name] = json.RawMessage(`{"unread":1}`) // which is put in its place below
		case d.chance(4):
			request[name] = d.value(schema, 0)
		case d.chance(12):
			request[name] = d.word()
		}
	}
	if q := d.of.questions[o.id]; q != nil && examples[o.id] != nil && d.chance(3) {
		request = told(q, demoGroup, oneOfThese(d.drawer, examples[o.id]))
		if d.chance(2) {
			d.change(request)
		}
	}
	if d.chance(12) {
		request["lang"] = oneOfThese(d.drawer, []any{"fr", "en", "*", 1, nil, d.word()})
	}
	if d.chance(20) {
		request[d.word()] = d.word()
	}
	text, err := json.Marshal(request)
	if err != nil {
		text = []byte("{") // a number that cannot be written
	}
	if o.body != nil {
		text = []byte(strings.Replace(string(text), `{"unread":1}`, d.command(o.body), 1))
	}
	switch {
	case d.chance(300):
		return []byte(strings.Repeat(" ", 1<<20+64<<10+d.IntN(3)))
	case d.chance(12):
		return []byte(d.torn(string(text)))
	}
	return text
}

// forged are headers that nobody should send.
var forged = []string{"Accept-Language", "Nats-Msg-Id", "Nats-Expected-Last-Sequence", "Nats-Rollup", "Nats-TTL", "Nats-Request-Info", "Nats-Sequence", "Registre-Status", "Status", "Content-Type"}

// try sends a request, and says what is wrong with the answer.
func (d *natsDrawer) try(o *natsOperation) error {
	m := nats.NewMsg(o.subject)
	m.Data = d.asked(o)
	for range d.IntN(3) {
		if value := d.word(); d.chance(3) && !strings.ContainsAny(value, "\r\n") {
			m.Header.Set(oneOfThese(d.drawer, forged), value)
		}
	}
	d.sent.Add(1)
	answer, err := oneOfThese(d.drawer, d.of.conns).RequestMsg(m, untilGivenUp)
	if err != nil {
		return fmt.Errorf("%w: %.200s", err, m.Data)
	}
	n, _ := d.statuses.LoadOrStore(o.id+" "+answer.Header.Get("Registre-Status"), new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
	if err := o.fits(answer); err != nil {
		return fmt.Errorf("%w\nto %.2000s", err, m.Data)
	}
	return nil
}

// fits holds an answer to the document of HTTP, and to what docs/nats.md says beside it.
func (o *natsOperation) fits(m *nats.Msg) error {
	text := m.Header.Get("Registre-Status")
	status, err := strconv.Atoi(text)
	switch {
	case err != nil || status >= 500:
		return fmt.Errorf("%q %s", text, m.Data)
	case len(m.Data) > subjects.MaxPayload:
		return fmt.Errorf("%d bytes", len(m.Data))
	}
	content, ok := o.answers[text][m.Header.Get("Content-Type")]
	if problem := status >= 400; problem {
		if !ok && status == http.StatusRequestEntityTooLarge { // messages have a length, whatever is asked
			content, ok = o.answers["400"]["application/problem+json"]
		}
		var p web.Problem
		if err := json.Unmarshal(m.Data, &p); err != nil || p.Status != status || p.Code == "" || p.Title == "" {
			return fmt.Errorf("%d %s", status, m.Data)
		}
		if code, says := m.Header.Get(micro.ErrorCodeHeader), m.Header.Get(micro.ErrorHeader); code != text || !strings.HasPrefix(says, p.Code+" ") {
			return fmt.Errorf("%d has the header %q, %q", status, code, says)
		}
	} else if m.Header.Get(micro.ErrorHeader) != "" || m.Header.Get(micro.ErrorCodeHeader) != "" {
		return fmt.Errorf("%d has the header of an error", status)
	}
	switch {
	case !ok:
		return fmt.Errorf("%d with %q is not in the document: %s", status, m.Header.Get("Content-Type"), m.Data)
	case !strings.HasSuffix(m.Header.Get("Content-Type"), "json") || m.Header.Get("Content-Type") == "application/x-ndjson":
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(m.Data)))
	if err != nil {
		return fmt.Errorf("%d %w: %s", status, err, m.Data)
	}
	return content.Validate(value)
}

// wanted draws what somebody may want of the stream of notices.
func (d *natsDrawer) wanted() (subject string, data []byte) {
	name := oneOfThese(d.drawer, []string{"mine", "a", "passing-1", "passing-1_1", "p-reader_mine", strings.Repeat("x", 64), strings.Repeat("x", 65), "é", "a b", ".", "*", ">", "a.b"})
	subject = "$JS.API." + oneOfThese(d.drawer, []string{"CONSUMER.CREATE", "CONSUMER.CREATE", "CONSUMER.CREATE", "CONSUMER.INFO", "CONSUMER.DELETE", "CONSUMER.MSG.NEXT"}) + ".REGISTRE_NOTICES." + name
	if d.chance(12) {
		return "$JS.API.STREAM.INFO.REGISTRE_NOTICES", []byte(d.torn(`{"subjects_filter":">","deleted_details":true}`))
	}
	filters := []any{filterOf(demoGroup, ">"), filterOf("*", "*"), filterOf("another", "*"), "registre.notices.v1.>", ">", "", d.word(), nil, 1, filterOf(demoGroup, d.word())}
	config := map[string]any{"name": name, "durable_name": name}
	for key, values := range map[string][]any{
		"durable_name": {"", "other", nil}, "deliver_subject": {"registre.v1.record", "_INBOX.a"}, "deliver_policy": {"all", "last", "new", "by_start_sequence", "by_start_time", "last_per_subject", "none", 1},
		"opt_start_seq": {0, 1, 9007199254740993, -1, "a"}, "opt_start_time": {"2021-06-01T00:00:00Z", "9999-12-31T23:59:59Z", "2021", nil}, "ack_policy": {"none", "explicit", "all", "some", 1},
		"ack_wait": {-1, 0, 1, 1 << 60}, "filter_subject": filters, "filter_subjects": {filters, []any{filters[d.IntN(4)]}, []any{filters[d.IntN(4)], filters[d.IntN(4)]}, []any{}, nil},
		"inactive_threshold": {-1, 1, 1 << 62}, "headers_only": {true, "a"}, "max_ack_pending": {-1, 1 << 40}, "num_replicas": {3, -1}, "metadata": {map[string]any{"principal": "p-secretary"}}, "mem_storage": {true},
		"sample_freq": {"100"}, "backoff": {[]any{1}}, "rate_limit_bps": {1}, "max_deliver": {1}, "priority_policy": {"pinned_client"},
	} {
		if d.chance(4) {
			config[key] = oneOfThese(d.drawer, values)
		}
	}
	text, _ := json.Marshal(map[string]any{"stream_name": "REGISTRE_NOTICES", "config": config, "action": oneOfThese(d.drawer, []any{"", "create", "update", "else", nil})})
	if strings.Contains(subject, "MSG.NEXT") {
		text = []byte(oneOfThese(d.drawer, []string{`{"batch":1,"expires":50000000}`, `{"batch":1,"no_wait":true}`, `{"batch":1000000,"expires":-1}`, `{"expires":50000000}`, ``, `5`, `{"batch":1,"expires":50000000,"max_bytes":1}`}))
	}
	if d.chance(12) {
		text = []byte(d.torn(string(text)))
	}
	return subject, text
}

// want sends it, and says what is wrong with the answer. Where a subject is none that a client may publish on, there is none.
func (d *natsDrawer) want() error {
	subject, data := d.wanted()
	if strings.ContainsAny(subject, " ") || len(data) > 1<<20 {
		return nil
	}
	within := untilGivenUp
	may := !strings.ContainsAny(subject, "*>") && (strings.Count(subject, ".") == 5 || strings.Contains(subject, "CREATE"))
	if !may || strings.Contains(subject, "NEXT") || strings.Contains(subject, ".REGISTRE_NOTICES..") {
		within = 100 * time.Millisecond // nobody need answer
	}
	d.sent.Add(1)
	conn := oneOfThese(d.drawer, d.of.conns)
	if strings.Contains(subject, "NEXT") {
		return pull(conn, subject, data, within)
	}
	answer, err := conn.Request(subject, data, within)
	switch {
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, nats.ErrBadSubject), errors.Is(err, nats.ErrTimeout) && within < time.Second:
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w: %.500s", subject, err, data)
	}
	var said struct {
		Type  string
		Error *struct {
			Code        int
			Description string
		}
	}
	if err := json.Unmarshal(answer.Data, &said); err != nil || !strings.HasPrefix(said.Type, "io.nats.jetstream.api.v1.") {
		return fmt.Errorf("%s: %s", subject, answer.Data)
	}
	code := 200
	if said.Error != nil {
		code = said.Error.Code
	}
	n, _ := d.statuses.LoadOrStore(fmt.Sprintf("%s %d", strings.TrimPrefix(said.Type, "io.nats.jetstream.api.v1."), code), new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
	if code >= 500 || said.Error != nil && said.Error.Description == "" {
		return fmt.Errorf("%s: %s to %.2000s", subject, answer.Data, data)
	}
	return nil
}

// pull asks a consumer for notices, and takes what comes in time: one, a status of NATS, or nothing. They come with a subject of their own,
// so that the client would take a late one for the answer to whatever is asked next, had they no inbox of their own.
func pull(conn *nats.Conn, subject string, data []byte, within time.Duration) error {
	inbox := conn.NewInbox()
	mine, err := conn.SubscribeSync(inbox)
	if err != nil {
		return err
	}
	if err := conn.PublishRequest(subject, inbox, data); err != nil && !errors.Is(err, nats.ErrBadSubject) {
		return err
	}
	if _, err := mine.NextMsg(within); err != nil && !errors.Is(err, nats.ErrTimeout) && !errors.Is(err, nats.ErrNoResponders) {
		return err
	}
	return mine.Unsubscribe()
}

// streamOf is how the stream of notices is set up, and how many it has.
func (c *clients) streamOf(t *testing.T) (natsjs.StreamConfig, uint64) {
	s, err := c.stream("auditor").Stream(t.Context(), subjects.NoticeStream)
	require.NoError(t, err)
	return s.CachedInfo().Config, s.CachedInfo().State.Msgs
}

// TestSurfaceOverNATS makes requests of what the service says of itself: some that fit it, some at its limits, some broken; and asks the
// stream of notices for what it gives, and for what it does not. No answer is a failure of the server, none has a status or a form that
// the document does not name; the connections stay, and so do the register and the stream.
//
//	go test ./cmd/registre -run TestSurfaceOverNATS -surface.for=10m -timeout 15m
func TestSurfaceOverNATS(t *testing.T) {
	h := serveDemo(t)
	c := h.publishing()
	s := natsSurfaceOf(c)
	question := map[string]any{"group": demoGroup, "body": "ag", "at": "2022-01-01", "known": "900"}
	_, before := c.ask("auditor", "weights", question)
	config, _ := c.streamOf(t)
	begun := h.headNow()
	var workers sync.WaitGroup
	until, least := time.Now().Add(*surfaceFor), int64(len(s.all)*4) // a slow machine takes longer, and tries no less
	for n := range uint64(4) {
		d := &natsDrawer{&drawer{s.surface, rand.New(rand.NewPCG(*surfaceSeed, n))}, s}
		workers.Go(func() {
			for i := 0; (time.Now().Before(until) || s.sent.Load() <= least) && s.wrong.Load() < 10; i++ {
				o := &s.all[i%len(s.all)]
				if d.chance(3) {
					o = &s.all[slices.IndexFunc(s.all, func(o natsOperation) bool { return o.body != nil })]
				}
				id, try := o.id, func() error { return d.try(o) }
				if d.chance(12) {
					id, try = "notices", d.want
				}
				if err := try(); err != nil {
					s.wrong.Add(1)
					t.Errorf("seed %d, worker %d, request %d: %s: %.2000s", *surfaceSeed, n, i, id, err)
				}
			}
		})
	}
	workers.Wait()
	_, after := c.ask("auditor", "weights", question)
	require.Equal(t, string(before.Data), string(after.Data))
	s.requireWhole(t, config)
	var seen []string
	s.statuses.Range(func(k, n any) bool {
		seen = append(seen, fmt.Sprintf("%s ×%d", k, n.(*atomic.Int64).Load()))
		return true
	})
	slices.Sort(seen)
	t.Logf("%d requests to %d operations, %d events recorded\n%s", s.sent.Load(), len(s.all), h.headNow()-begun, strings.Join(seen, ", "))
	for _, o := range s.all {
		require.True(t, *surfaceFor < time.Minute || examples[o.id] == nil && o.id != "events" && o.id != "record" ||
			slices.ContainsFunc(seen, func(line string) bool { return strings.HasPrefix(line, o.id+" 2") }), "%s was never answered well", o.id)
	}
}

// requireWhole requires that nothing is lost or out of order, in the register and on the stream, and that nobody was thrown out.
func (s *natsSurface) requireWhole(t *testing.T, config natsjs.StreamConfig) {
	for _, conn := range s.conns {
		require.True(t, conn.IsConnected())
		require.Zero(t, conn.Stats().Reconnects)
	}
	all := noticesPaged(t, s.h.desk, "")
	require.Eventually(t, func() bool {
		now, number := s.c.streamOf(t)
		return number == uint64(len(all)) && assert.ObjectsAreEqual(config, now)
	}, untilGivenUp, 100*time.Millisecond)
	ordered, err := s.c.stream("auditor").OrderedConsumer(t.Context(), subjects.NoticeStream, natsjs.OrderedConsumerConfig{})
	require.NoError(t, err)
	require.Equal(t, all, takenFrom(t, ordered, len(all)))
	out, exit := s.h.verb("verify", "--full")
	require.Zero(t, exit, out)
}
