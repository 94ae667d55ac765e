package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
)

func (h *servedHouse) today() domain.Date { return domain.OnDay(domain.InstantOf(h.desk.now()).Day()) }

// TestARightIsLostAtOnce: what is ended today gives nothing more, to the next request and on the stream that is open; what it let in before
// stays as it was recorded, and known.
func TestARightIsLostAtOnce(t *testing.T) {
	h := serveDemo(t)
	n := h.grant(&domain.RightGranted{Principal: "p-leaver", Role: domain.Auditor, Groups: []domain.GroupID{demoGroup}})
	h.bare("leaver", "p-leaver")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/v1/groups/"+demoGroup+"/events", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+h.tokens["leaver"])
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Last-Event-ID", decimal(h.headNow()-1))
	stream, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer stream.Body.Close()
	require.Len(t, idsOf(t, stream.Body, 1), 1)

	h.inHouse(h.today(), &domain.RightEnded{Right: n, Reason: "left"})
	response, _ := h.get("leaver", "/v1/groups/"+demoGroup+"/members")
	require.Equal(t, http.StatusForbidden, response.StatusCode)
	status, _ := h.bring("secretary", obligation(demoGroup, ""), "")
	require.Equal(t, http.StatusCreated, status)
	rest, err := io.ReadAll(stream.Body)
	require.NoError(t, err)
	require.NotContains(t, string(rest), "id: ")

	_, before := h.get("auditor", "/v1/groups/registre/rights?principal=p-leaver&known="+decimal(n))
	require.Contains(t, string(before), `"principal":"p-leaver"`)
	_, after := h.get("auditor", "/v1/groups/registre/rights?principal=p-leaver")
	require.NotContains(t, string(after), `"role"`)
}

// TestARightBegins: one that is granted from tomorrow on, or was until today, gives nothing today.
func TestARightBegins(t *testing.T) {
	h := serveDemo(t)
	today := h.today().First
	since, err := domain.ParseDate("2020-01-01")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		from  domain.Day
		until domain.Day
		want  int
	}{
		"tomorrow":  {today + 1, 0, http.StatusForbidden},
		"today":     {today, 0, http.StatusOK},
		"until-now": {since.First, today, http.StatusForbidden},
		"last-day":  {since.First, today + 1, http.StatusOK},
	} {
		h.inHouse(domain.OnDay(c.from), &domain.RightGranted{Principal: domain.PrincipalID("p-" + name), Role: domain.Auditor, Every: true, Until: c.until})
		h.bare(name, "p-"+name)
		response, _ := h.get(name, "/v1/groups/"+demoGroup+"/members")
		require.Equal(t, c.want, response.StatusCode, name)
	}
}

// TestOnlyOnesOwnGroupsAreListed: whoever has a right elsewhere is told of no other group; and a token that was narrowed opens less.
func TestOnlyOnesOwnGroupsAreListed(t *testing.T) {
	h := serveDemo(t)
	listed := func(as string) (names []string) {
		response, text := h.get(as, "/v1/groups")
		require.Equal(t, http.StatusOK, response.StatusCode, "%s", text)
		var answer groupsAnswer
		require.NoError(t, json.Unmarshal(text, &answer))
		for _, g := range answer.Groups {
			names = append(names, g.Group)
		}
		return names
	}
	require.Equal(t, []string{demoGroup}, listed("auditor"))
	require.Empty(t, listed("elsewhere"))
	text, _, err := h.door.make(t.Context(), token{Principal: "p-secretary", Role: domain.Auditor, Groups: []string{demoGroup}, Expires: h.door.now().AddDate(0, 0, 1)})
	require.NoError(t, err)
	h.tokens["narrowed"] = text
	response, _ := h.get("narrowed", "/v1/groups/"+demoGroup+"/members")
	require.Equal(t, http.StatusForbidden, response.StatusCode, "its holder is no auditor")
	text, _, err = h.door.make(t.Context(), token{Principal: "p-secretary", Groups: []string{"another"}, Expires: h.door.now().AddDate(0, 0, 1)})
	require.NoError(t, err)
	h.tokens["narrowed"] = text
	require.Empty(t, listed("narrowed"))
	response, _ = h.get("narrowed", "/v1/groups/"+demoGroup+"/members")
	require.Equal(t, http.StatusForbidden, response.StatusCode)
}

// A safeBuffer is written to by a server.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestWhatIsDoneIsLogged: who did what, in which group, whether it was let or not; never a name, a token or what was recorded.
func TestWhatIsDoneIsLogged(t *testing.T) {
	h := serveDemo(t)
	var log safeBuffer
	o := optionsOf(newCounter(h.desk), h.door)
	o.Log = slog.New(slog.NewJSONHandler(&log, nil))
	server := httptest.NewServer(web.New(o))
	defer server.Close()
	h.url = server.URL
	h.get("auditor", "/v1/groups/"+demoGroup+"/events?limit=1")
	require.Contains(t, log.String(), `"operation":"events","status":200`)
	require.Contains(t, log.String(), `"principal":"p-auditor","group":"`+demoGroup+`"`)
	status, _ := h.bring("secretary", obligation(demoGroup, ""), "")
	require.Equal(t, http.StatusCreated, status)
	require.Contains(t, log.String(), `"principal":"p-secretary","group":"`+demoGroup+`","command":"set-obligation"`)
	status, _ = h.bring("elsewhere", obligation(demoGroup, ""), "")
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, log.String(), `"status":403`)
	require.Contains(t, log.String(), `"principal":"p-elsewhere"`)
	for _, secret := range append([]string{"Transmettre"}, h.tokens["secretary"]) {
		require.NotContains(t, log.String(), secret)
	}
}

// TestEachHasHisPace: who asks too fast is told when to ask again, and it keeps nobody else from asking.
func TestEachHasHisPace(t *testing.T) {
	h := serveDemo(t)
	served := web.New(web.Options{
		Desk: newCounter(h.desk), Door: h.door, Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: "test",
		Pace: web.Pace{PerSecond: 0.01, Burst: 2},
	})
	server := httptest.NewServer(served)
	defer server.Close()
	h.url = server.URL
	for _, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
		response, text := h.get("auditor", "/v1/groups")
		require.Equal(t, want, response.StatusCode, "%s", text)
		if want == http.StatusTooManyRequests {
			require.Contains(t, string(text), `"code":"R0888"`)
			wait, err := strconv.Atoi(response.Header.Get("Retry-After"))
			require.NoError(t, err)
			require.Greater(t, wait, 1)
		}
	}
	response, _ := h.get("secretary", "/v1/groups")
	require.Equal(t, http.StatusOK, response.StatusCode)
	response, _ = h.get("", "/health")
	require.Equal(t, http.StatusNoContent, response.StatusCode)

	from := func(address, who string) int {
		r := httptest.NewRequest(http.MethodGet, "/v1/groups", nil)
		if r.RemoteAddr = address + ":4711"; who != "" {
			r.Header.Set("Authorization", "Bearer "+h.tokens[who])
		}
		w := httptest.NewRecorder()
		served.ServeHTTP(w, r)
		return w.Code
	}
	require.Equal(t, http.StatusTooManyRequests, from("192.0.2.2", "auditor"), "a principal is one, wherever he asks from")
	for _, want := range []int{http.StatusUnauthorized, http.StatusUnauthorized, http.StatusTooManyRequests} {
		require.Equal(t, want, from("192.0.2.1", ""))
	}
	require.Equal(t, http.StatusUnauthorized, from("192.0.2.2", ""), "whoever says nothing of himself is each address")
}
