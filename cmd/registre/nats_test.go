package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"registre/web"
	"registre/web/operation"
	"registre/web/subjects"
)

// clients serve the house to clients of NATS as well.
type clients struct {
	h      *servedHouse
	broker *subjects.Broker
	url    string
	open   map[string]*nats.Conn // by whose token it is
}

func (h *servedHouse) overNATS() *clients { return h.overNATSAt(web.Pace{}, nil) }

// overNATSAt has everybody keep a pace, and notices published.
func (h *servedHouse) overNATSAt(pace web.Pace, notices *subjects.Notices) *clients {
	server := web.New(web.Options{Pace: pace, Desk: newCounter(h.desk), Door: h.door, Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: "1.2.3"})
	broker, err := subjects.Open(subjects.Options{Listen: "127.0.0.1:0", Door: h.door, Serves: server, Version: "1.2.3", Log: slog.New(slog.DiscardHandler), Notices: notices})
	require.NoError(h.t, err)
	c := &clients{h: h, broker: broker, url: broker.URL(), open: map[string]*nats.Conn{}}
	h.t.Cleanup(func() {
		for _, conn := range c.open {
			conn.Close()
		}
		require.NoError(h.t, broker.Close(context.Background()))
	})
	return c
}

// as is a client with the token of somebody.
func (c *clients) as(who string, options ...nats.Option) *nats.Conn {
	if conn := c.open[who]; conn != nil && options == nil {
		return conn
	}
	conn, err := nats.Connect(c.url, append([]nats.Option{patient, nats.Token(c.h.tokens[who])}, options...)...)
	require.NoError(c.h.t, err)
	if options == nil {
		c.open[who] = conn
	}
	return conn
}

// patient is a client that gives a busy machine its time.
var patient = nats.Timeout(untilGivenUp)

// ask sends a request, and gives the status and the answer; 401 where whoever asks cannot even connect.
func (c *clients) ask(who, operation string, request any) (int, *nats.Msg) {
	if who == "" {
		_, err := nats.Connect(c.url, patient)
		require.ErrorIs(c.h.t, err, nats.ErrAuthorization)
		return http.StatusUnauthorized, nats.NewMsg("")
	}
	body, ok := request.([]byte)
	if !ok {
		var err error
		body, err = json.Marshal(request)
		require.NoError(c.h.t, err)
	}
	m, err := c.as(who).Request("registre.v1."+operation, body, untilGivenUp)
	require.NoError(c.h.t, err, "%s %s", operation, body)
	status, err := strconv.Atoi(m.Header.Get("Registre-Status"))
	require.NoError(c.h.t, err)
	return status, m
}

// told is what an example of a question says, as a request over NATS has it.
func told(q *operation.Question, group, example string) map[string]any {
	path, query, _ := strings.Cut(example, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	request := map[string]any{}
	if kinds[q.Name].ofHouse {
		group = "registre"
	}
	if !q.House || q.Name == receiptQuestion.Name {
		request["group"] = group
	}
	for name, given := range values {
		request[name] = given[0]
		if len(given) > 1 {
			request[name] = given
		}
	}
	parts := strings.Split(path, "/")
	for i, part := range strings.Split(strings.TrimPrefix(q.Path, "groups/{group}/"), "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			request[strings.TrimSuffix(name, "}")] = parts[i]
		}
	}
	return request
}

// TestEveryQuestionOverNATS asks each question with each of its parameters: the answer is that of HTTP, to the byte.
func TestEveryQuestionOverNATS(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	for _, q := range operations() {
		for _, example := range examples[q.Name] {
			response, want := h.get("auditor", addressOf(&q, example))
			status, m := c.ask("auditor", q.Name, told(&q, demoGroup, example))
			require.Equal(t, http.StatusOK, status, "%s: %s", example, m.Data)
			require.Equal(t, strings.TrimSuffix(string(want), "\n"), string(m.Data), example)
			require.Equal(t, response.Header.Get("ETag"), m.Header.Get("ETag"))
			require.Equal(t, response.Header.Get("Registre-Head"), m.Header.Get("Registre-Head"))
		}
	}
}

// TestPagesOverNATS: the register comes in pages, the same bytes as over HTTP.
func TestPagesOverNATS(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	_, whole := h.get("auditor", "/v1/groups/"+demoGroup+"/events")
	var got strings.Builder
	next, pages := "0", 0
	for ; next != ""; pages++ {
		status, m := c.ask("auditor", "events", map[string]any{"group": demoGroup, "after": next, "limit": 400})
		require.Equal(t, http.StatusOK, status)
		got.Write(m.Data)
		next = m.Header.Get("Registre-Next")
	}
	require.Equal(t, string(whole), got.String())
	require.Equal(t, 3, pages)
}

// TestCommandsOverNATS: a command is applied once, whichever door it comes through, where the register ends as expected.
func TestCommandsOverNATS(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	head := h.headNow()
	command := json.RawMessage(obligation(demoGroup, ""))
	send := func(who string, more ...any) (int, *nats.Msg) {
		request := map[string]any{"group": demoGroup, "command": command}
		for i := 0; i < len(more); i += 2 {
			request[more[i].(string)] = more[i+1]
		}
		return c.ask(who, "record", request)
	}
	problem := func(code string, status int, m *nats.Msg, want int) {
		t.Helper()
		require.Equal(t, want, status, "%s", m.Data)
		require.Contains(t, string(m.Data), `"code":"`+code+`"`)
		require.Equal(t, strconv.Itoa(want), m.Header.Get("Nats-Service-Error-Code"))
		require.Equal(t, "application/problem+json", m.Header.Get("Content-Type"))
	}
	status, m := send("secretary", "expected_number", head+1)
	problem("R0845", status, m, http.StatusConflict)
	status, m = send("auditor")
	problem("R0855", status, m, http.StatusForbidden)
	status, m = send("secretary", "dry_run", true)
	require.Equal(t, http.StatusOK, status, "%s", m.Data)
	require.Equal(t, head, h.headNow())
	status, m = send("secretary", "expected_number", head, "receipt", true)
	require.Equal(t, http.StatusCreated, status, "%s", m.Data)
	require.Contains(t, string(m.Data), `"receipt":"c2sp.org/tlog-proof`)
	status, again := h.bring("secretary", string(command), "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, true, again["repeated"])
	require.EqualValues(t, head+1, again["first"])
	status, m = c.ask("secretary", "record", map[string]any{"group": "another", "command": command})
	problem("R0852", status, m, http.StatusBadRequest)
	status, m = c.ask("secretary", "record", map[string]any{"group": demoGroup})
	problem("R0843", status, m, http.StatusBadRequest)
}

// TestMalformedOverNATS: what cannot be read is refused with the codes of HTTP, in the language asked for.
func TestMalformedOverNATS(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	for request, code := range map[string]string{
		`{"group":"ent-grand-est","body":"ag","body":"cogouv"}`: "R0483", `[]`: "R0483", `null`: "R0483", `{`: "R0483", "\xff": "R0483", strings.Repeat("[", 20_000): "R0483",
		`{"group":"ent-grand-est","body":"ag","x":1}`: "R0842", `{"group":"ent-grand-est"}`: "R0843", `{"body":"ag"}`: "R0843", ``: "R0843",
		`{"group":"ent-grand-est","body":["ag"]}`: "R0844", `{"group":"ent-grand-est","body":{"a":1}}`: "R0844", `{"group":"ent-grand-est","body":"ag","why":"perhaps"}`: "R0844", `{"group":"ent-grand-est","body":null}`: "R0844",
		`{"group":"ent-grand-est","body":"ag","lang":null}`: "R0844",
	} {
		status, m := c.ask("auditor", "weights", []byte(request))
		require.Contains(t, []int{http.StatusBadRequest, http.StatusForbidden}, status, "%s: %s", request, m.Data)
		if status == http.StatusBadRequest {
			require.Contains(t, string(m.Data), `"code":"`+code+`"`, "%.80s", request)
		} else {
			require.NotContains(t, request, `"group"`) // nobody has a right in no group
		}
	}
	status, m := c.ask("auditor", "weights", map[string]any{"group": demoGroup, "lang": "fr"})
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, string(m.Data), "Il manque un paramètre : body")
	_, err := c.as("auditor").Request("registre.v1.nothing", nil, untilGivenUp)
	require.True(t, errors.Is(err, nats.ErrNoResponders), "%v", err)
}

// TestServeNATS: a process lets clients of NATS connect, over TLS where it has a certificate; stopped, it ends as it should, and its log knows
// no token.
func TestServeNATS(t *testing.T) {
	t.Parallel()
	data, token := servable(t)
	dir := t.TempDir()
	cert, key := certify(t, 1)
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(certFile, cert, 0o600))
	require.NoError(t, os.WriteFile(keyFile, key, 0o600))
	s := startServing(t, data, token, "--nats-listen", "127.0.0.1:0", "--tls-cert", certFile, "--tls-key", keyFile)
	conn, err := nats.Connect(s.nats, patient, nats.Token(token), nats.RootCAs(certFile))
	require.NoError(t, err)
	defer conn.Close()
	require.True(t, conn.TLSRequired())
	m, err := conn.Request("registre.v1.record", []byte(`{"group":"`+demoGroup+`","command":`+obligation(demoGroup, "")+`}`), untilGivenUp)
	require.NoError(t, err)
	require.Equal(t, "201", m.Header.Get("Registre-Status"), "%s", m.Data)
	_, err = nats.Connect(s.nats, patient, nats.Token(token))
	require.Error(t, err, "whose certificate nobody has vouched for")

	answered := make(chan string, 200)
	inbox := conn.NewInbox()
	_, err = conn.Subscribe(inbox, func(m *nats.Msg) { answered <- m.Header.Get("Registre-Status") })
	require.NoError(t, err)
	for range 50 {
		require.NoError(t, conn.PublishRequest("registre.v1.weights", inbox, []byte(`{"group":"`+demoGroup+`","body":"ag"}`)))
	}
	require.Equal(t, "200", <-answered)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait(), s.log.String())
	require.NotContains(t, s.log.String(), token)
}
