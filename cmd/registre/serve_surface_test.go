package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
)

// bareDemo serves the demonstration by the server itself, with all its limits, and so much patience.
func bareDemo(t *testing.T, patience time.Duration) (h *servedHouse, address string) {
	t.Helper()
	l := heldHere(demoDesk(t))
	h = &servedHouse{t: t, desk: l, door: &door{dir: l.house.Data, now: time.Now, rights: l}, tokens: map[string]string{}}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	server := web.New(web.Options{
		Desk: newCounter(l), Door: h.door, Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: "test",
		Patience: patience, Stopping: ctx,
	})
	ended := make(chan error, 1)
	go func() {
		ended <- serveHTTP(ctx, listener, server, pace{header: patience, whole: 2 * patience, idle: time.Minute}, slog.New(slog.DiscardHandler))
	}()
	t.Cleanup(func() { stop(); require.NoError(t, <-ended) })
	address = listener.Addr().String()
	h.url = "http://" + address
	h.token("secretary", token{Role: domain.Secretary, Every: true})
	h.token("operator", token{Role: domain.Operator})
	return h, address
}

// raw sends bytes as they are, and gives the statuses of all answers until the server ends the connection, or after the first says nothing
// more for a while.
func raw(t *testing.T, address, text string, while time.Duration) (statuses []int, last *http.Response, closed bool) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	in := bufio.NewReader(conn)
	for {
		within := untilGivenUp
		if len(statuses) > 0 {
			within = while
		}
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(within)))
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			var slow net.Error
			return statuses, last, !errors.As(err, &slow) || !slow.Timeout()
		}
		_, _ = io.Copy(io.Discard, response.Body)
		statuses, last = append(statuses, response.StatusCode), response
	}
}

// TestRequestsThatDeceive: whatever is wrong with how a request is framed, there is at most one answer, the connection ends, and
// nothing that hides behind it is ever read as a request.
func TestRequestsThatDeceive(t *testing.T) {
	h, address := bareDemo(t, untilGivenUp)
	command := obligation(demoGroup, "")
	hidden := "POST /v1/groups/" + demoGroup + "/commands HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + h.tokens["secretary"] +
		"\r\nContent-Type: application/json\r\nContent-Length: " + fmt.Sprint(len(command)) + "\r\n\r\n" + command
	post := "POST /v1/groups/" + demoGroup + "/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	before := h.headNow()
	for name, c := range map[string]struct {
		text   string
		status int
	}{
		"length and pieces":       {post + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", len(hidden)+5) + hidden, 401},
		"pieces and length":       {post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n" + strings.Repeat("x", 0x5c) + "\r\n0\r\n\r\n" + hidden, 401},
		"pieces, spelt oddly":     {post + "Transfer-Encoding: xchunked\r\n\r\n" + hidden, 501},
		"pieces, with a tab":      {post + "Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" + hidden, 401},
		"pieces, twice":           {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden, 501},
		"a space before a colon":  {post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden, 400},
		"two lengths":             {post + "Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}" + hidden, 400},
		"two lengths in one line": {post + "Content-Length: 2, 30\r\n\r\n{}" + hidden, 400},
		"a length with a sign":    {post + "Content-Length: +2\r\n\r\n{}" + hidden, 400},
		"a negative length":       {post + "Content-Length: -2\r\n\r\n{}" + hidden, 400},
		"a folded header":         {post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + hidden, 401},
		"bare line feeds":         {strings.ReplaceAll(post, "\r\n", "\n") + "Transfer-Encoding: chunked\n\n0\n\n" + hidden, 401},
		"a bare carriage return":  {post + "X: a\rTransfer-Encoding: chunked\r\n\r\n" + hidden, 400},
		"a null":                  {post + "X: a\x00b\r\n\r\n" + hidden, 400},
		"a line without a colon":  {post + "nothing\r\n\r\n" + hidden, 400},
		"no host":                 {"GET /health HTTP/1.1\r\n\r\n", 400},
		"two hosts":               {"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		"a version that is not":   {"GET /health HTTP/3.7\r\nHost: x\r\n\r\n", 505},
		"no version":              {"GET /health\r\n\r\n", 400},
		"a method with a space":   {"GE T /health HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a huge header":           {"GET /health HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n" + hidden, 431},
		"many headers":            {"GET /health HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: a\r\n", 20_000) + "\r\n" + hidden, 431},
		"a huge address":          {"GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n" + hidden, 431},
		"a broken piece":          {post + "Authorization: Bearer " + h.tokens["secretary"] + "\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + hidden, 400},
	} {
		statuses, _, closed := raw(t, address, c.text, untilGivenUp)
		require.LessOrEqual(t, len(statuses), 1, "%s: %v", name, statuses)
		if len(statuses) == 1 { // a connection that is cut while much is still on its way can lose its answer
			require.Equal(t, c.status, statuses[0], name)
		} else {
			require.Equal(t, 431, c.status, name)
		}
		require.True(t, closed, "%s: the connection goes on", name)
	}
	require.Equal(t, before, h.headNow(), "what was hidden was recorded")
	statuses, _, closed := raw(t, address, hidden, time.Second)
	require.Equal(t, []int{http.StatusCreated}, statuses, "by itself it would have been")
	require.False(t, closed)
}

// TestSlowAsking: whoever sends head or body by drops, or reads an answer so, is cut off, and holds nothing.
func TestSlowAsking(t *testing.T) {
	h, address := bareDemo(t, 500*time.Millisecond)
	for name, begins := range map[string]string{
		"nothing": "",
		"a head":  "GET /health HTTP/1.1\r\nHost: x\r\nX: ",
		"a body": "POST /v1/groups/" + demoGroup + "/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\nAuthorization: Bearer " +
			h.tokens["secretary"] + "\r\n\r\n",
		"a body nobody wants": "POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		_, err = io.WriteString(conn, begins)
		require.NoError(t, err)
		ended := make(chan struct{})
		go func() {
			_, _ = io.Copy(io.Discard, conn)
			close(ended)
		}()
		drops := time.NewTicker(50 * time.Millisecond)
		for n := 0; ; n++ {
			require.Less(t, n, 600, "%s: not cut off", name)
			_, _ = io.WriteString(conn, "a"[:min(1, len(begins))])
			select {
			case <-ended:
			case <-drops.C:
				continue
			}
			break
		}
		drops.Stop()
		require.NoError(t, conn.Close())
	}
	h.notReading(address)
}

// notReading asks for much and reads nothing of it.
func (h *servedHouse) notReading(address string) {
	free := func() bool {
		_, text := h.get("operator", "/metrics")
		return strings.Contains(string(text), "registre_http_requests_open 1\n") // the one that asks
	}
	const whole = 20 * 2_200_000
	for while := time.Second; ; while *= 2 { // a busy machine takes longer to begin, and to cut off
		conn, err := net.Dial("tcp", address)
		require.NoError(h.t, err)
		_, _ = io.WriteString(conn, strings.Repeat("GET /docs/redoc.js HTTP/1.1\r\nHost: x\r\n\r\n", 20))
		answered := false
		for until := time.Now().Add(while); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
			answered = answered || !free()
		}
		n, _ := io.Copy(io.Discard, conn)
		_ = conn.Close()
		if answered && n < whole {
			break
		}
		require.Less(h.t, while, untilGivenUp, "whoever does not read is given everything, or nothing is seen of him: %d bytes", n)
	}
	require.Eventually(h.t, free, untilGivenUp, 50*time.Millisecond, "whoever does not read is still being answered")
}

// TestManners: what browsers, caches and proxies may try beside the plain requests.
func TestManners(t *testing.T) {
	h, address := bareDemo(t, untilGivenUp)
	group := "/v1/groups/" + demoGroup
	before := h.headNow()
	var bomb bytes.Buffer
	packed := gzip.NewWriter(&bomb)
	_, err := packed.Write(make([]byte, 64<<20))
	require.NoError(t, err)
	require.NoError(t, packed.Close())
	command := obligation(demoGroup, "")
	for name, c := range map[string]struct {
		method, address, body string
		headers               []string
		status                int
	}{
		"a method in a header":      {"GET", group + "/commands", "", []string{"X-HTTP-Method-Override", "POST", "Content-Type", "application/json"}, 405},
		"a method in the address":   {"GET", group + "/commands?_method=POST", command, []string{"Content-Type", "application/json"}, 405},
		"a preflight":               {"OPTIONS", group + "/commands", "", []string{"Origin", "https://elsewhere.example", "Access-Control-Request-Method", "POST"}, 405},
		"from another site":         {"GET", group + "/members", "", []string{"Origin", "https://elsewhere.example"}, 200},
		"a form":                    {"POST", group + "/commands", command, []string{"Content-Type", "text/plain"}, 415},
		"a bomb":                    {"POST", group + "/commands", bomb.String(), []string{"Content-Type", "application/json", "Content-Encoding", "gzip"}, 415},
		"a trace":                   {"TRACE", "/health", "", nil, 405},
		"a part":                    {"GET", group + "/members", "", []string{"Range", "bytes=0-9"}, 200},
		"part of the page":          {"GET", "/docs/redoc.js", "", []string{"Range", "bytes=0-9"}, 200},
		"a key twice":               {"POST", group + "/commands", strings.Replace(command, `"data"`, `"id":"`+strings.Repeat("0", 8)+`-0000-4000-8000-000000000000","data"`, 1), []string{"Content-Type", "application/json"}, 400},
		"dots":                      {"GET", "/v1/groups/../../metrics", "", nil, 404},
		"dots, encoded":             {"GET", "/v1/groups/%2e%2e/groups", "", nil, 404},
		"slashes, encoded":          {"GET", "/v1/groups/" + demoGroup + "%2fmembers", "", nil, 404},
		"two slashes":               {"GET", "//v1/groups", "", nil, 404},
		"a slash behind":            {"GET", "/v1/groups/", "", nil, 404},
		"a null":                    {"GET", "/v1/groups/%00/members", "", nil, 404},
		"a backslash":               {"GET", `/v1/groups/..%5c..%5cmembers`, "", nil, 404},
		"a group with a line break": {"GET", "/v1/groups/a%0d%0aX:b/members", "", nil, 404},
	} {
		response, body := h.rawly(address, c.method, c.address, c.body, c.headers...)
		require.Equal(t, c.status, response.StatusCode, "%s: %s", name, body)
		for header := range response.Header {
			require.False(t, strings.HasPrefix(header, "Access-Control-"), name)
		}
		require.Empty(t, response.Header.Get("X"), name)
		require.Empty(t, response.Header.Get("Content-Range"), name)
		require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"), name)
	}
	require.Equal(t, before, h.headNow())

	for _, path := range []string{group + "/members", group + "/events", group + "/events?follow=true", "/openapi.json", "/docs", "/health", "/none"} {
		get, _ := h.rawly(address, "GET", strings.TrimSuffix(path, "?follow=true"), "")
		head, none := h.rawly(address, "HEAD", path, "")
		require.Equal(t, get.StatusCode, head.StatusCode, path)
		require.Equal(t, get.Header.Get("Content-Type"), head.Header.Get("Content-Type"), path)
		require.Equal(t, get.Header.Get("ETag"), head.Header.Get("ETag"), path)
		require.Empty(t, none, path)
	}
	response, _ := h.rawly(address, "DELETE", group+"/members", "")
	require.Equal(t, "GET, HEAD", response.Header.Get("Allow"))
}

// rawly sends a request whose address goes out as it is written, as a secretary.
func (h *servedHouse) rawly(address, method, target, body string, headers ...string) (*http.Response, string) {
	h.t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(h.t, err)
	defer conn.Close()
	require.NoError(h.t, conn.SetDeadline(time.Now().Add(untilGivenUp)))
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n", method, target, h.tokens["secretary"], len(body))
	for i := 0; i < len(headers); i += 2 {
		fmt.Fprintf(&head, "%s: %s\r\n", headers[i], headers[i+1])
	}
	_, err = io.WriteString(conn, head.String()+"\r\n"+body)
	require.NoError(h.t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	require.NoError(h.t, err)
	text, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	require.NoError(h.t, response.Body.Close())
	return response, string(text)
}

// TestFollowersHaveTheirOwnPlaces: whoever follows takes no place from those that ask, and there are only so many.
func TestFollowersHaveTheirOwnPlaces(t *testing.T) {
	l := heldHere(demoDesk(t))
	h := &servedHouse{t: t, desk: l, door: &door{dir: l.house.Data, now: time.Now, rights: l}, tokens: map[string]string{}}
	stopping, stop := context.WithCancel(t.Context())
	server := httptest.NewServer(web.New(web.Options{
		Desk: newCounter(l), Door: h.door, Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: "test",
		Busy: 1, Following: 2, Stopping: stopping,
	}))
	defer server.Close()
	defer stop()
	h.url = server.URL
	h.token("auditor", token{Role: domain.Auditor, Every: true})
	for _, want := range []int{http.StatusOK, http.StatusOK, http.StatusServiceUnavailable} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/v1/groups/"+demoGroup+"/events?follow=true&after=1000", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+h.tokens["auditor"])
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		require.Equal(t, want, response.StatusCode)
	}
	response, _ := h.get("auditor", "/v1/groups/"+demoGroup+"/members")
	require.Equal(t, http.StatusOK, response.StatusCode)
}
