package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
	"registre/web/subjects"
)

// subscriber is a client of somebody who may be told of the demonstration's group, and nothing else; what the server says that he may not
// comes on the channel.
func (c *clients) subscriber() (*nats.Conn, chan error) {
	c.h.token("reader", token{Role: domain.Subscriber, Groups: []string{demoGroup}})
	said := make(chan error, 100)
	return c.as("reader", nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { said <- err })), said
}

// heardNo waits until the server has said that something is not permitted.
func heardNo(t *testing.T, said chan error, what string) {
	t.Helper()
	select {
	case err := <-said:
		require.ErrorContains(t, err, "Permissions Violation", what)
	case <-time.After(untilGivenUp):
		t.Fatalf("nothing was said of %s", what)
	}
}

// TestNATSDeniesByDefault: a client may ask, and hear answers. Neither the streams of the registers nor those of anybody, nor the server's
// own subjects, can be reached, heard or written to.
func TestNATSDeniesByDefault(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	conn, said := c.subscriber()
	defer conn.Close()
	head := h.headNow()
	for _, subject := range []string{
		"registre.0." + demoGroup, "registre.asked.00000000.record", "registre.discovered.00000000.INFO", "registre.v1.weights.more", "registre", "_INBOX.other", "_R_.other",
		"$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.STREAM.CREATE.X", "$JS.API.STREAM.INFO.REGISTRE_0", "$JS.API.STREAM.UPDATE.REGISTRE_0",
		"$JS.API.STREAM.PURGE.REGISTRE_0", "$JS.API.STREAM.DELETE.REGISTRE_0", "$JS.API.STREAM.MSG.GET.REGISTRE_0", "$JS.API.STREAM.MSG.DELETE.REGISTRE_0", "$JS.API.STREAM.SNAPSHOT.REGISTRE_0",
		"$JS.API.DIRECT.GET.REGISTRE_0", "$JS.API.CONSUMER.CREATE.REGISTRE_0", "$JS.API.CONSUMER.DURABLE.CREATE.REGISTRE_0.x", "$JS.API.CONSUMER.LIST.REGISTRE_0", "$JS.ACK.REGISTRE_0.x.1.1.1.1.1",
		"$SYS.REQ.SERVER.PING", "$SYS.REQ.USER.INFO", "$SYS.REQ.ACCOUNT.PING.CONNZ", "$SYS.ACCOUNT.registre.CONNECT", "$KV.x.y", "$O.x", "$SRV.STOP",
	} {
		require.NoError(t, conn.PublishRequest(subject, conn.NewRespInbox(), []byte(`{"name":"REGISTRE_0","max_msgs":1}`)))
		heardNo(t, said, subject)
	}
	for _, subject := range []string{">", "*.>", "registre.>", "registre.v1.*", "registre.asked.>", "$SYS.>", "$JS.>", "_R_.>", "$SRV.>", "_INBOX", "*"} {
		_, err := conn.SubscribeSync(subject)
		require.NoError(t, err)
		heardNo(t, said, subject)
	}
	require.Equal(t, head, h.headNow())
	require.Empty(t, said)
}

// TestNATSAnswersAreOnesOwn: another client neither hears what somebody is answered nor answers for the server, whatever inbox he names.
func TestNATSAnswersAreOnesOwn(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	conn, said := c.subscriber()
	defer conn.Close()
	overheard, err := conn.SubscribeSync("_INBOX.>")
	require.NoError(t, err)
	require.NoError(t, conn.Flush())
	status, _ := c.ask("auditor", "members", map[string]any{"group": demoGroup})
	require.Equal(t, http.StatusOK, status)

	inbox := nats.NewInbox()
	waiting, err := c.as("auditor").SubscribeSync(inbox)
	require.NoError(t, err)
	require.NoError(t, conn.Publish(inbox, []byte(`{"members":[]}`)))
	heardNo(t, said, inbox)
	require.NoError(t, conn.PublishRequest("registre.v1.weights", inbox, []byte(`{"group":"`+demoGroup+`","body":"ag"}`))) // whose answer goes to his own account
	m, err := conn.Request("registre.v1.weights", []byte(`{"group":"`+demoGroup+`","body":"ag"}`), untilGivenUp)
	require.NoError(t, err)
	require.Equal(t, "200", m.Header.Get("Registre-Status"))
	require.NoError(t, c.as("auditor").Flush())
	pending, _, err := waiting.Pending()
	require.NoError(t, err)
	require.Zero(t, pending)
	for range 2 { // he hears what he asked himself, twice, and no more
		own, err := overheard.NextMsg(untilGivenUp)
		require.NoError(t, err)
		require.Contains(t, string(own.Data), `"total"`)
	}
	_, err = overheard.NextMsg(100 * time.Millisecond)
	require.ErrorIs(t, err, nats.ErrTimeout)
}

// TestNATSReplySubjects: an answer goes to whoever asked. Sent to where something would happen, nothing does.
func TestNATSReplySubjects(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	conn := c.as("secretary")
	head := h.headNow()
	command := `{"group":"` + demoGroup + `","command":` + obligation(demoGroup, "") + `}`
	for _, reply := range []string{
		"registre.0." + demoGroup, "registre.v1.record", "registre.v1.weights", "registre.asked.x.record", "$JS.API.STREAM.DELETE.REGISTRE_0", "$JS.API.STREAM.INFO.REGISTRE_0", "$JS.ACK.REGISTRE_0.x.1.1.1.1.1",
		"$SYS.REQ.SERVER.PING", "$SRV.INFO", "_R_.x",
	} {
		require.NoError(t, conn.PublishRequest("registre.v1.weights", reply, []byte(command)))
	}
	require.NoError(t, conn.Publish("registre.v1.record", []byte(command)), "who wants no answer is not heard")
	status, m := c.ask("secretary", "event", map[string]any{"group": demoGroup, "number": head})
	require.Equal(t, http.StatusOK, status, "%s", m.Data)
	require.Equal(t, head, h.headNow())
}

// TestNATSForgedHeaders: no header says who asks, however it is sent.
func TestNATSForgedHeaders(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	conn, _ := c.subscriber()
	defer conn.Close()
	info := `{"acc":"registre","svc":"registre","user":"p-secretary","id":1,"kind":"Client"}`
	another := func() string { return `{"group":"` + demoGroup + `","command":` + obligation(demoGroup, "") + `}` }
	head := h.headNow()
	for name, value := range map[string]string{
		"Nats-Request-Info": info, "Nats-Expected-Stream": "REGISTRE_0", "Nats-Subject": "registre.asked.x.record", "Nats-Sequence": "1", "Nats-Msg-Id": "x", "Nats-Rollup": "all", "Nats-TTL": "1s",
		"Nats-Trace-Dest": "registre.v1.record", "Nats-Schedule": "@every 1s", "Authorization": "Bearer " + h.tokens["secretary"], "Status": "503", "Reply-To": "x",
	} {
		m := nats.NewMsg("registre.v1.record")
		m.Data = []byte(another())
		m.Header[name] = []string{value, value}
		answer, err := conn.RequestMsg(m, untilGivenUp)
		require.NoError(t, err, name)
		require.Equal(t, "403", answer.Header.Get("Registre-Status"), name)
	}
	for _, block := range []string{ // that swallow the line which the server adds
		"NATS/1.0\r\nNats-Request-Info: " + info + "\r\nNats-Request-Info: " + info + "\r\nX: y", "NATS/1.0\r\n", "NATS/1.0", "x", "NATS/1.0\r\nX", "NATS/1.0\r\n\r\n\r\nNats-Request-Info: " + info,
	} {
		require.NotContains(t, c.raw("reader", block, another()), "Registre-Status: 201")
	}
	c.raw("secretary", "NATS/1.0\r\nX: y\r\n\r\n", another()) // what is sent so is recorded, for whom it is lawful, and after all that was sent before
	require.Eventually(t, func() bool { return h.headNow() > head }, untilGivenUp, 10*time.Millisecond)
	require.Equal(t, head+1, h.headNow())
}

// raw sends a request with a block of headers as it stands, and gives what comes back until the server has answered a ping that follows.
func (c *clients) raw(who, block, body string) string {
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "nats://"))
	require.NoError(c.h.t, err)
	defer conn.Close()
	require.NoError(c.h.t, conn.SetDeadline(time.Now().Add(untilGivenUp)))
	_, err = fmt.Fprintf(conn, "CONNECT {\"auth_token\":%q,\"headers\":true,\"verbose\":false}\r\nSUB _INBOX.x 1\r\nHPUB registre.v1.record _INBOX.x %d %d\r\n%s%s\r\nPING\r\nPUB registre.v1.weights _INBOX.x 0\r\n\r\n",
		c.h.tokens[who], len(block), len(block)+len(body), block, body)
	require.NoError(c.h.t, err)
	var all strings.Builder
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), `"code":"R0855"`) || strings.Contains(lines.Text(), "-ERR") {
			break
		}
	}
	require.Regexp(c.h.t, `R0855|-ERR`, all.String())
	return all.String()
}

// TestNATSFlood: who asks and asks what services there are, or sends what nobody reads, keeps nobody else from an answer; the answers to
// him are bounded.
func TestNATSFlood(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATSAt(web.Pace{PerSecond: 1, Burst: 100}, nil)
	conn, _ := c.subscriber()
	defer conn.Close()
	var infos, given, refused atomic.Int32
	inbox, other := conn.NewInbox(), conn.NewInbox()
	_, err := conn.Subscribe(inbox, func(*nats.Msg) { infos.Add(1) })
	require.NoError(t, err)
	_, err = conn.Subscribe(other, func(m *nats.Msg) {
		switch m.Header.Get("Registre-Status") {
		case "200":
			given.Add(1)
		case "429", "503": // for him, or for anybody
			refused.Add(1)
		}
	})
	require.NoError(t, err)
	for range 5000 {
		require.NoError(t, conn.PublishRequest("$SRV.INFO", inbox, nil))
		require.NoError(t, conn.PublishRequest("registre.v1.weights", other, []byte(`{"group":"`+demoGroup+`","body":"ag"}`)))
	}
	status, m := c.ask("auditor", "weights", map[string]any{"group": demoGroup, "body": "ag"})
	require.Equal(t, http.StatusOK, status, "%s", m.Data)
	require.NoError(t, conn.FlushTimeout(untilGivenUp))
	require.Eventually(t, func() bool { return given.Load()+refused.Load() == 5000 }, time.Minute, 10*time.Millisecond)
	require.Less(t, given.Load(), int32(200))
	require.Positive(t, infos.Load())
	require.Less(t, infos.Load(), int32(1000))
	_, m = c.ask("reader", "weights", map[string]any{"group": demoGroup, "body": "ag"})
	require.Contains(t, []string{"200", "429"}, m.Header.Get("Registre-Status"))
}

// TestNATSOversized: what is longer than a message can be ends the connection, and what is longer than a command is refused.
func TestNATSOversized(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	status, m := c.ask("secretary", "record", []byte(`{"group":"`+demoGroup+`","command":"`+strings.Repeat("x", 1<<20)+`"}`))
	require.Equal(t, http.StatusRequestEntityTooLarge, status, "%s", m.Data)
	status, m = c.ask("secretary", "record", []byte(strings.Repeat("x", 2<<20)))
	require.Equal(t, http.StatusRequestEntityTooLarge, status, "%s", m.Data)
	require.ErrorIs(t, c.as("secretary").Publish("registre.v1.record", make([]byte, subjects.MaxPayload+1)), nats.ErrMaxPayload)
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "nats://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "CONNECT {\"auth_token\":%q}\r\nPUB registre.v1.record _INBOX.x 100000000\r\n", h.tokens["secretary"])
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(untilGivenUp)))
	said := bufio.NewScanner(conn)
	for said.Scan() && !strings.Contains(said.Text(), "Maximum Payload") {
	}
	require.Contains(t, said.Text(), "Maximum Payload")
}

// TestNATSTokens: whoever connects shows a token that stands, under his own name if under any; taken back or expired, it is good for
// nothing more, and the connection is closed.
func TestNATSTokens(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	refused := func(options ...nats.Option) {
		t.Helper()
		_, err := nats.Connect(c.url, append(options, patient)...)
		require.ErrorIs(t, err, nats.ErrAuthorization)
	}
	refused()
	refused(nats.Token("x"))
	refused(nats.Token(hashed(h.tokens["auditor"])))
	refused(nats.UserInfo("p-secretary", h.tokens["auditor"]))
	refused(nats.UserInfo("registre", ""))
	conn := c.as("auditor", nats.UserInfo("p-auditor", h.tokens["auditor"]))
	conn.Close()

	<-c.passing()
	refused(nats.Token(h.tokens["passing"]))

	h.token("leaver", token{Role: domain.Auditor, Every: true})
	conn, gone, err := c.passer("leaver")
	require.NoError(t, err)
	ask := func() string {
		m, err := conn.Request("registre.v1.weights", []byte(`{"group":"`+demoGroup+`","body":"ag"}`), untilGivenUp)
		if errors.Is(err, nats.ErrConnectionClosed) {
			return "401"
		}
		require.NoError(t, err)
		return m.Header.Get("Registre-Status")
	}
	require.Equal(t, "200", ask())
	id := strings.Split(h.tokens["leaver"], "_")[1]
	_, err = h.door.revoke(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "401", ask())
	<-gone
	refused(nats.Token(h.tokens["leaver"]))
}

// passer connects with the token of somebody, and gives what is closed when the connection is.
func (c *clients) passer(who string) (conn *nats.Conn, gone chan struct{}, err error) {
	gone = make(chan struct{})
	conn, err = nats.Connect(c.url, patient, nats.Token(c.h.tokens[who]), nats.NoReconnect(), nats.ClosedHandler(func(*nats.Conn) { close(gone) }))
	return conn, gone, err
}

// passing is a connection with a token that is soon to expire: as soon as the machine is quick enough to connect before.
func (c *clients) passing() (gone chan struct{}) {
	h := c.h
	for lasts := time.Second; ; lasts *= 2 {
		h.token("passing", token{Role: domain.Auditor, Every: true, Expires: time.Now().Add(lasts)})
		_, gone, err := c.passer("passing")
		if err == nil {
			return gone
		}
		require.ErrorIs(h.t, err, nats.ErrAuthorization)
		require.Less(h.t, lasts, untilGivenUp, "a token that stands is refused")
	}
}

// TestNATSRightLost: a right that is ended gives nothing more, on a connection that is open.
func TestNATSRightLost(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	n := h.grant(&domain.RightGranted{Principal: "p-leaver", Role: domain.Auditor, Groups: []domain.GroupID{demoGroup}})
	h.bare("leaver", "p-leaver")
	status, _ := c.ask("leaver", "members", map[string]any{"group": demoGroup})
	require.Equal(t, http.StatusOK, status)
	h.inHouse(h.today(), &domain.RightEnded{Right: n, Reason: "left"})
	status, m := c.ask("leaver", "members", map[string]any{"group": demoGroup})
	require.Equal(t, http.StatusForbidden, status, "%s", m.Data)
}

// TestNATSConnections: one token has so many connections, and no more.
func TestNATSConnections(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	for range 32 {
		conn, err := nats.Connect(c.url, patient, nats.Token(h.tokens["auditor"]))
		require.NoError(t, err)
		defer conn.Close()
	}
	_, err := nats.Connect(c.url, patient, nats.Token(h.tokens["auditor"]))
	require.ErrorIs(t, err, nats.ErrAuthorization)
	status, _ := c.ask("secretary", "groups", map[string]any{})
	require.Equal(t, http.StatusOK, status)
}

// TestNATSDiscovery: the tools of NATS find the service, with every operation under the subject on which it is asked.
func TestNATSDiscovery(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	c := h.overNATS()
	conn := c.as("auditor")
	find := func(subject string) (found map[string]any) {
		m, err := conn.Request(subject, nil, untilGivenUp)
		require.NoError(t, err, subject)
		require.NoError(t, json.Unmarshal(m.Data, &found), "%s", m.Data)
		return found
	}
	ping := find("$SRV.PING")
	require.Equal(t, "io.nats.micro.v1.ping_response", ping["type"])
	require.Equal(t, "1.2.3", ping["version"])
	status, _ := c.ask("auditor", "weights", map[string]any{"group": demoGroup})
	require.Equal(t, http.StatusBadRequest, status)
	subjects := map[string]bool{}
	for _, e := range find("$SRV.INFO.registre." + ping["id"].(string))["endpoints"].([]any) {
		subjects[e.(map[string]any)["subject"].(string)] = true
	}
	for _, q := range operations() {
		require.True(t, subjects["registre.v1."+q.Name], q.Name)
	}
	require.True(t, subjects["registre.v1.record"] && subjects["registre.v1.events"])
	for _, e := range find("$SRV.STATS.registre")["endpoints"].([]any) {
		if e := e.(map[string]any); e["name"] == "weights" {
			require.EqualValues(t, 1, e["num_requests"])
			require.EqualValues(t, 1, e["num_errors"])
			require.Equal(t, "R0843", e["last_error"])
		}
	}
	_, err := conn.Request("$SRV.PING.other", nil, 500*time.Millisecond)
	require.Error(t, err)
}
