package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
)

// foundingOf is a command that founds another group, and joiningOf one with which a member joins it.
func foundingOf(group string) string {
	return `{"command":"found-group","id":"` + uuid.NewString() + `","group":"` + group + `","effective":"2024-01-01","actor":"a","data":{"name":"G","title":"C"}}`
}

func joiningOf(group, member string) string {
	return `{"command":"join-member","id":"` + uuid.NewString() + `","group":"` + group + `","effective":"2024-01-01","actor":"a","data":{"basis":"b","member":"` + member + `","name":"M"}}`
}

func (h *servedHouse) does(commands ...string) {
	h.t.Helper()
	for _, c := range commands {
		_, err := h.desk.Record(h.t.Context(), []byte(c))
		require.NoError(h.t, err)
	}
}

// TestAllNoticesStreamed: the notices of every group that one may read, and of no other; whoever goes on from a place gets what is behind
// it; what is recorded meanwhile comes, in whichever group; and what cannot be asked is refused.
func TestAllNoticesStreamed(t *testing.T) {
	h := serveDemo(t)
	const at = "/v1/notices/stream"
	h.does(foundingOf("other"), joiningOf("other", "m1"), foundingOf("third"), joiningOf("third", "m1"))
	h.token("operator", token{Role: domain.Operator})
	h.token("few", token{Role: domain.Auditor, Groups: []string{demoGroup, "other"}})
	ids := func(as, query string) (all []string) {
		response, text := h.get(as, at+query)
		require.Equal(t, http.StatusOK, response.StatusCode)
		for line := range strings.Lines(string(text)) {
			var event struct{ ID string }
			require.NoError(t, json.Unmarshal([]byte(line), &event))
			all = append(all, event.ID)
		}
		return all
	}
	all := ids("auditor", "")
	demo := noticesPaged(t, h.desk, "")
	require.Equal(t, append(demo, "other/2/member-joined", "third/2/member-joined"), all)
	require.Equal(t, all[:len(all)-1], ids("few", ""))
	require.Equal(t, all[len(all)-2:], ids("auditor", "?since=2026-01-01&member=m1"))

	f := h.follow("few", at, "")
	var last string
	for _, want := range all[:len(all)-1] {
		place, id := f.next()
		require.Equal(t, want, id)
		last = place
	}
	require.Contains(t, last, "/other/2")
	h.does(joiningOf("third", "m2"), joiningOf("other", "m2"), withdrawing("aube"))
	_, id := f.next()
	require.Equal(t, "other/3/member-joined", id)
	_, id = f.next()
	require.Contains(t, id, demoGroup+"/1109/member-left")
	f.end()
	f = h.follow("few", at, last)
	_, id = f.next()
	require.Equal(t, "other/3/member-joined", id)
	f.end()

	f = h.follow("few", at+"?since=2999-01-01&kind=member-joined", "")
	h.does(joiningOf("third", "m3"), joiningOf("other", "m3"))
	_, id = f.next()
	require.Equal(t, "other/4/member-joined", id)

	for _, last := range []string{"x", "5", "2024-01-01", "9998-01-01T00:00:00.000000Z", "2024-01-01T00:00:00.000000Z/g/x"} {
		response, text := h.get("auditor", at, "Last-Event-ID", last)
		require.Contains(t, string(text), `"code":"R0941"`)
		require.Equal(t, http.StatusBadRequest, response.StatusCode, last)
	}
	_, text := h.get("auditor", "/v1/groups/"+demoGroup+"/events", "Last-Event-ID", "x", "Accept-Language", "fr")
	require.Contains(t, string(text), `"code":"R0941"`)
	require.Contains(t, string(text), "sans cet en-tête")
	for _, query := range []string{"?kind=none", "?since=x", "?after=3", "?findings=true"} {
		response, _ := h.get("auditor", at+query)
		require.Equal(t, http.StatusBadRequest, response.StatusCode, query)
	}
	for as, status := range map[string]int{"operator": http.StatusForbidden, "": http.StatusUnauthorized} {
		response, _ := h.get(as, at)
		require.Equal(t, status, response.StatusCode, as)
	}
}

// TestAllNoticesEndWithTheRight: whoever loses his right to one group is told nothing more of it at once, on the stream that is open, and
// goes on being told of the others; with the last right, or his token, the stream ends.
func TestAllNoticesEndWithTheRight(t *testing.T) {
	h := serveDemo(t)
	h.does(foundingOf("other"), foundingOf("third"))
	right := h.grant(&domain.RightGranted{Principal: "p-leaver", Role: domain.Auditor, Groups: []domain.GroupID{"other"}})
	h.grant(&domain.RightGranted{Principal: "p-leaver", Role: domain.Auditor, Groups: []domain.GroupID{"third"}})
	made := h.bare("leaver", "p-leaver")
	f := h.follow("leaver", "/v1/notices/stream?since=2999-01-01", "")
	for _, group := range []string{"other", "third"} {
		h.does(joiningOf(group, "m1"))
		_, id := f.next()
		require.Equal(t, group+"/2/member-joined", id)
	}
	h.inHouse(h.today(), &domain.RightEnded{Right: right, Reason: "left"})
	h.does(joiningOf("other", "m2"), joiningOf("third", "m2"))
	_, id := f.next()
	require.Equal(t, "third/3/member-joined", id)
	_, err := h.door.revoke(t.Context(), made.ID)
	require.NoError(t, err)
	h.does(joiningOf("third", "m3"))
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
