package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What does not end by itself is stopped when it has shown what there was, and is as harmless as what ends.

// A shownText gathers what is printed, and says when it holds so many lines.
type shownText struct {
	mutex sync.Mutex
	text  bytes.Buffer
	lines int // after which enough is called
	once  sync.Once
	stop  func()
}

func (s *shownText) Write(some []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	n, err := s.text.Write(some)
	if bytes.Count(s.text.Bytes(), []byte("\n")) >= s.lines {
		s.once.Do(s.stop)
	}
	return n, err
}

func (s *shownText) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

// until runs a verb until it has printed so many lines, and checks them as run does.
func (h *hostileRun) until(lines int, lang string, args ...string) {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), 3*untilGivenUp)
	defer stop()
	shown, said := &shownText{lines: lines, stop: stop}, &bytes.Buffer{}
	args = append(args, "--data", h.dir, "--lang", lang)
	run(ctx, args, strings.NewReader(""), shown, said)
	require.NotErrorIs(h.t, ctx.Err(), context.DeadlineExceeded, "%v: %s", args, said)
	check := h.isPlain
	if slices.Contains(args, "--json") {
		check = h.isJSON
	}
	check(strings.Join(args, " "), shown.String())
	h.isPlain(strings.Join(args, " "), said.String())
	require.GreaterOrEqual(h.t, strings.Count(shown.String(), "\n"), lines, "%v: %s", args, said)
}

// live follows all events and notices, and watches sittings.
func (h *hostileRun) live() {
	for _, group := range []string{"hostile", "hostile-all"} {
		lang := langOf[group]
		events := len(h.rows(group, "timeline", "events"))
		require.Greater(h.t, events, 1000)
		for _, form := range [][]string{nil, {"--json"}} {
			h.until(events, lang, append([]string{"follow", group}, form...)...)
			h.until(events/10, lang, append([]string{"notices", group, "--follow"}, form...)...)
		}
		for i, row := range h.rows(group, "sittings", "sittings") {
			if i%3 == 0 {
				h.until(1, lang, "sitting", group, row["sitting"].(string), "--watch")
				h.until(1, lang, "sitting", group, row["sitting"].(string), "--watch", "--json")
			}
		}
	}
}

// elsewhere publishes the archive, has a monitor copy it, reads the copy, and names a witness what no key is called.
func (h *hostileRun) elsewhere() {
	h.until(1, "fr", "publish", "--listen", "127.0.0.1:0")
	h.until(1, "en", "publish", "--listen", "127.0.0.1:0", "--json")
	copied := &hostileRun{t: h.t, dir: filepath.Join(h.out, "copy"), out: h.out}
	for _, lang := range []string{"fr", "en"} {
		for _, form := range [][]string{nil, {"--json"}} {
			_, status := copied.run(lang, "monitor "+h.dir+" --once --full", form...)
			require.Equal(h.t, exitDone, status, copied.said)
			_, status = copied.run(lang, "replay hostile", form...)
			require.Equal(h.t, exitFindings, status, copied.said)
			_, status = copied.run(lang, "monitor", append([]string{"https://" + hostileRest, "--once"}, form...)...)
			require.NotEqual(h.t, exitDone, status)
		}
	}
	witness := filepath.Join(h.out, "witness")
	_, status := h.run("fr", "witness init", witness, "--name", "temoin.example/registre")
	require.Equal(h.t, exitDone, status, h.said)
	for _, name := range append(hostileStarts, hostileRest) {
		_, status = h.run("fr", "witness trust", witness, name+"+01234567+AAAA")
		require.NotEqual(h.t, exitDone, status, name)
	}
	_, status = h.run("en", "witness init", filepath.Join(h.out, "other"), "--name", hostileRest, "--json")
	require.NotEqual(h.t, exitDone, status)
	h.run("fr", "witness status", witness)
	h.run("en", "witness status", witness, "--json")
}

// database takes the tables for analysts away: what is printed of it is harmless, and in the database a text is what it was.
func (h *hostileRun) database() {
	for _, group := range []string{"hostile", "hostile-all"} {
		file := filepath.Join(h.out, group+".db")
		_, status := h.run(langOf[group], "export analyst "+group, file)
		require.Equal(h.t, exitDone, status, h.said)
		_, status = h.run(langOf[group], "export analyst "+group, file, "--force", "--json")
		require.Equal(h.t, exitDone, status, h.said)
		kept := sqlAnswers(h.t, file, [][]string{{"SELECT count(*) > 0 FROM evidence WHERE instr(reference, char(27)) > 0", "SELECT count(*) > 0 FROM events WHERE instr(actor, char(27)) > 0"}})
		require.Equal(h.t, [][]string{{"1", "1"}}, kept, "the database has the texts as they were recorded")
	}
}

// TestHostileRequestsComeOutHarmless asks a server in ways that do harm where they are told again, in its answers or in its log.
func TestHostileRequestsComeOutHarmless(t *testing.T) {
	data, token := servable(t)
	s := startServing(t, data, token)
	h := &hostileRun{t: t}
	harm := "%1b%5b31m%e2%80%ae%0aINFO"
	for _, path := range []string{
		"/" + harm, "/v1/groups/" + harm + "/weights?body=ag", "/v1/groups/ent-grand-est/weights?body=" + harm, "/v1/groups/ent-grand-est/" + harm,
		"/v1/groups/ent-grand-est/weights?" + harm + "=1", "/v1/groups/ent-grand-est/weights?body=ag&at=" + harm, "/v1/groups/ent-grand-est/decisions/" + harm,
	} {
		response, err := s.request(t.Context(), http.MethodGet, path, "")
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, errors.Join(err, response.Body.Close()))
		h.isJSON(path, string(text))
	}
	for _, command := range []string{`"\u001b[31m\u202e"`, `{"command":"\u202e"}`, `{"id":"\u202e","command":"join-member","group":"ent-grand-est","effective":"\u202e","data":{}}`} {
		response, err := s.request(t.Context(), http.MethodPost, "/v1/groups/ent-grand-est/commands", command)
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, errors.Join(err, response.Body.Close()))
		require.GreaterOrEqual(t, response.StatusCode, 400, command)
		h.isJSON(command, string(text))
	}
	require.Eventually(t, func() bool { return strings.Count(s.log.String(), `"status":4`) >= 6 }, untilGivenUp, 10*time.Millisecond, s.log)
	log := s.log.String()
	h.isPlain("the log", log)
	h.isJSON("the log", log)
}
