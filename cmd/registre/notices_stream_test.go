package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

// A followed stream is read as it comes.
type followed struct {
	t     *testing.T
	lines *bufio.Scanner
	end   func()
}

func (h *servedHouse) follow(as, address, last string) *followed {
	ctx, stop := context.WithCancel(h.t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+address, nil)
	require.NoError(h.t, err)
	r.Header.Set("Authorization", "Bearer "+h.tokens[as])
	r.Header.Set("Accept", "text/event-stream")
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(h.t, err)
	require.Equal(h.t, http.StatusOK, response.StatusCode)
	f := &followed{h.t, bufio.NewScanner(response.Body), func() { stop(); _ = response.Body.Close() }}
	f.lines.Buffer(nil, 1<<20)
	h.t.Cleanup(f.end)
	return f
}

// next is the next notice, with the id that it came with.
func (f *followed) next() (place, id string) {
	for f.lines.Scan() {
		name, value, _ := strings.Cut(f.lines.Text(), ": ")
		switch name {
		case "id":
			place = value
		case "data":
			var event struct{ ID string }
			require.NoError(f.t, json.Unmarshal([]byte(value), &event))
			return place, event.ID
		}
	}
	require.Fail(f.t, "the stream ended")
	return "", ""
}

// TestNoticesStreamed: as many as the question gives, in the same order; whoever goes on from any id that came gets every notice behind
// it; and what is recorded meanwhile comes.
func TestNoticesStreamed(t *testing.T) {
	h := serveDemo(t)
	at := "/v1/groups/" + demoGroup + "/notices/stream"
	for _, with := range []string{"", "findings=true"} {
		_, text := h.get("auditor", at+"?"+with)
		var all []string
		for line := range strings.Lines(string(text)) {
			var event struct{ ID string }
			require.NoError(t, json.Unmarshal([]byte(line), &event))
			all = append(all, event.ID)
		}
		if with == "" {
			require.Equal(t, noticesPaged(t, h.desk, ""), all)
		}
		var places []string
		f := h.follow("auditor", at+"?"+with, "")
		for i, want := range all {
			place, id := f.next()
			require.Equal(t, want, id)
			if places = append(places, place); i+1 < len(all) && strings.HasPrefix(all[i+1], strings.Join(strings.Split(id, "/")[:2], "/")+"/") && !strings.Contains(id, "/finding-raised/") && !strings.Contains(all[i+1], "/finding-raised/") {
				require.Empty(t, place, "another notice of %s follows", id)
			}
		}
		f.end()
		for i := 0; i+1 < len(all); i += 9 {
			for places[i] == "" {
				i++
			}
			if i+1 < len(all) {
				f := h.follow("auditor", at+"?"+with, places[i])
				_, id := f.next()
				f.end()
				require.Equal(t, all[i+1], id, "behind %s", places[i])
			}
		}
	}
	f := h.follow("auditor", at+"?kind=member-left&after=1108", "")
	for _, member := range []string{"aube", "marne"} {
		_, err := h.desk.Record(t.Context(), []byte(withdrawing(member)))
		require.NoError(t, err)
		place, id := f.next()
		require.Contains(t, id, "/member-left")
		require.Equal(t, place, strings.Split(id, "/")[1])
	}
	for _, last := range []string{"x", "5.x", "999999", "-1"} {
		response, text := h.get("auditor", at, "Last-Event-ID", last)
		require.Contains(t, string(text), `"code":"R0941"`)
		require.Equal(t, http.StatusBadRequest, response.StatusCode, last)
	}
	for address, status := range map[string]int{at + "?kind=none": 400, at + "?body=none": 404, at + "?limit=3": 400, "/v1/groups/none/notices/stream": 404} {
		response, _ := h.get("auditor", address)
		require.Equal(t, status, response.StatusCode, address)
	}
}

// TestNoticesEndWithTheRight: a stream of notices ends with the next one once its token is revoked.
func TestNoticesEndWithTheRight(t *testing.T) {
	h := serveDemo(t)
	lost := h.token("lost", token{Role: domain.Auditor, Groups: []string{demoGroup}})
	f := h.follow("lost", "/v1/groups/"+demoGroup+"/notices/stream?after=1107", "")
	_, id := f.next()
	require.Contains(t, id, "/1108/")
	_, err := h.door.revoke(t.Context(), lost.ID)
	require.NoError(t, err)
	_, err = h.desk.Record(t.Context(), []byte(withdrawing("aube")))
	require.NoError(t, err)
	ended := make(chan bool, 1)
	go func() {
		for f.lines.Scan() {
			if strings.HasPrefix(f.lines.Text(), "data") {
				ended <- false
				return
			}
		}
		ended <- true
	}()
	select {
	case ok := <-ended:
		require.True(t, ok, "it was still told")
	case <-time.After(time.Minute):
		require.Fail(t, "it goes on")
	}
}
