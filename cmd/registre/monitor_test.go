package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A running is a run of the program that has not ended yet: what it says, line by line, and how it ends.
type running struct {
	lines *bufio.Scanner
	stop  context.CancelFunc
	exit  chan int
}

func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	r := &running{lines: bufio.NewScanner(out), stop: cancel, exit: make(chan int, 1)}
	go func() {
		r.exit <- run(ctx, args, strings.NewReader(""), in, os.Stderr)
		in.Close()
	}()
	t.Cleanup(func() { cancel(); out.Close() })
	return r
}

// next reads a line of JSON.
func (r *running) next(t *testing.T) map[string]any {
	t.Helper()
	require.True(t, r.lines.Scan(), "it said no more")
	var line map[string]any
	require.NoError(t, json.Unmarshal(r.lines.Bytes(), &line))
	return line
}

// end ends the run, and gives its exit.
func (r *running) end(t *testing.T) int {
	t.Helper()
	r.stop()
	for r.lines.Scan() {
		t.Log(r.lines.Text())
	}
	return <-r.exit
}

// registre runs the program to its end, which must be done.
func registre(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	require.Zero(t, run(t.Context(), args, strings.NewReader(""), &out, &errs), "%s", errs.String())
	return out.String()
}

// TestPublishAndMonitor: a house publishes, and grows; a monitor follows it until it is stopped. Then its history is another, and the
// monitor that goes on says so, once, and ends with 5.
func TestPublishAndMonitor(t *testing.T) {
	dir := t.TempDir()
	data, copied, older := filepath.Join(dir, "house"), filepath.Join(dir, "copy"), filepath.Join(dir, "older")
	registre(t, "found", "ent", "--title", "Convention", "--name", "ENT", "--effective", "2020-01-01", "--data", data, "--origin", "registre.example/a")
	registre(t, "backup", filepath.Join(dir, "backup"), "--data", data)
	registre(t, "restore", filepath.Join(dir, "backup"), "--data", older, "--key", filepath.Join(data, "key"))
	server := start(t, "publish", "--listen", "127.0.0.1:0", "--data", data, "--json")
	at := server.next(t)
	url := at["url"].(string)
	response, err := http.Get(url + "key.pub")
	require.NoError(t, err)
	key, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)

	follower := start(t, "monitor", url, "--every", "20ms", "--json", "--data", copied, "--public-key", strings.TrimSpace(string(key)))
	line := follower.next(t)
	require.Equal(t, "grew", line["what"])
	require.Equal(t, []any{map[string]any{"from": 0.0, "group": "ent", "to": 1.0}}, line["groups"])
	registre(t, "member", "join", "ent", "reims", "--name", "Reims", "--effective", "2020-02-01", "--basis", "x", "--data", data)
	line = follower.next(t)
	require.Equal(t, []any{map[string]any{"from": 1.0, "group": "ent", "to": 2.0}}, line["groups"])
	require.Equal(t, exitDone, follower.end(t))
	require.Contains(t, registre(t, "verify", "--full", "--data", copied), "2 event(s) of 1 group(s), full check")
	require.Equal(t, exitDone, server.end(t))

	registre(t, "member", "join", "ent", "metz", "--name", "Metz", "--effective", "2020-02-01", "--basis", "x", "--data", older)
	server = start(t, "publish", "--listen", "127.0.0.1:0", "--data", older, "--json")
	follower = start(t, "monitor", server.next(t)["url"].(string), "--every", "20ms", "--json", "--data", copied, "--keep-going")
	line = follower.next(t)
	require.Equal(t, "alarm", line["what"])
	require.Equal(t, "rewritten", line["finding"].(map[string]any)["kind"])
	evidence := line["evidence"].(string)
	for _, name := range []string{"held", "received", "finding.json"} {
		_, err := os.Stat(filepath.Join(evidence, name))
		require.NoError(t, err)
	}
	require.Equal(t, exitDone, server.end(t))
	require.Equal(t, "unreachable", follower.next(t)["what"])
	require.Equal(t, exitDamage, follower.end(t))
	require.Contains(t, registre(t, "verify", "--full", "--data", copied), "Nothing is wrong")
}
