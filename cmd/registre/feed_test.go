package main

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"github.com/stretchr/testify/require"
)

// TestFeeds: somebody else's reader reads the feeds of a group and of a body, page by page: all notices, each once, the newest first.
func TestFeeds(t *testing.T) {
	h := serveDemo(t)
	for address, more := range map[string][]string{"/notices.atom": nil, "/bodies/cogouv/notices.atom": {"body", "cogouv"}} {
		want := noticesPaged(t, h.desk, "", append(more, "newest", "yes")...)
		var got []string
		for next := "/v1/groups/" + demoGroup + address + "?lang=fr"; next != ""; {
			response, text := h.get("auditor", next)
			require.Equal(t, http.StatusOK, response.StatusCode, "%s", text)
			require.Equal(t, "application/atom+xml; charset=utf-8", response.Header.Get("Content-Type"))
			feed, err := (&atom.Parser{}).Parse(strings.NewReader(string(text)))
			require.NoError(t, err)
			require.Equal(t, "fr", feed.Language)
			require.NotEmpty(t, feed.Authors[0].Name)
			require.LessOrEqual(t, len(feed.Entries), 50)
			require.Equal(t, feed.Entries[0].Updated, feed.Updated)
			links := map[string]string{}
			for _, l := range feed.Links {
				links[l.Rel] = l.Href
			}
			require.Equal(t, next, links["self"])
			for _, e := range feed.Entries {
				_, id, found := strings.Cut(e.ID, ":ent-grand-est/")
				require.True(t, found, e.ID)
				require.True(t, strings.HasPrefix(e.ID, "urn:registre:notice:"), e.ID)
				require.NotNil(t, e.UpdatedParsed)
				require.NotEmpty(t, e.Title)
				require.True(t, strings.HasPrefix(e.Links[0].Href, "/v1/groups/"+demoGroup+"/"))
				got = append(got, demoGroup+"/"+id)
			}
			response, _ = h.get("auditor", next, "If-None-Match", response.Header.Get("ETag"))
			require.Equal(t, http.StatusNotModified, response.StatusCode)
			next = links["next"]
		}
		require.Equal(t, want, got)
	}
	_, text := h.get("auditor", "/v1/groups/"+demoGroup+"/notices.atom?lang=en")
	feed, err := gofeed.NewParser().ParseString(string(text))
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(feed.Items, func(i *gofeed.Item) bool {
		return strings.Contains(i.Content, "sum of the voices (Comité de gouvernance): 16 → 15")
	}))
	response, _ := h.get("auditor", "/v1/groups/"+demoGroup+"/notices.atom", "Accept-Language", "fr")
	require.Equal(t, "fr", response.Header.Get("Content-Language"))
	for address, status := range map[string]int{
		"/notices.atom?lang=de": 400, "/notices.atom?before=x": 400, "/notices.atom?after=1": 400, "/bodies/none/notices.atom": 404,
	} {
		response, _ := h.get("auditor", "/v1/groups/"+demoGroup+address)
		require.Equal(t, status, response.StatusCode, address)
	}
}

// TestFeedOfHostileText: whatever an event says, the feed is well-formed, and says it as text.
func TestFeedOfHostileText(t *testing.T) {
	h := serveDemo(t)
	hostile := `<script>alert(1)</script> &amp; ]]> "x" ` + "\\u202e"
	_, err := h.desk.Record(t.Context(), []byte(withdrawing("aube")))
	require.NoError(t, err)
	_, err = h.desk.Record(t.Context(), []byte(`{"actor":"a","command":"correct-event","data":{"kind":"clerical","reason":"`+strings.ReplaceAll(hostile, `"x"`, `\"x\"`)+`","target":1109},"group":"`+demoGroup+`","effective":"2025-03-02","id":"01890000-0000-7000-8000-000000000001"}`))
	require.NoError(t, err)
	_, text := h.get("auditor", "/v1/groups/"+demoGroup+"/notices.atom")
	require.NotContains(t, string(text), "<script")
	decoder := xml.NewDecoder(strings.NewReader(string(text)))
	for {
		if token, err := decoder.Token(); token == nil {
			require.ErrorContains(t, err, "EOF")
			break
		}
	}
	feed, err := gofeed.NewParser().ParseString(string(text))
	require.NoError(t, err)
	require.Contains(t, feed.Items[0].Content, "alert(1)")
}

// TestFeedReaders: a feed reader sends its token as the password of HTTP Basic; nothing else is taken, and no command is brought so.
func TestFeedReaders(t *testing.T) {
	h := serveDemo(t)
	at := "/v1/groups/" + demoGroup + "/notices.atom"
	ask := func(method, address, user, password string) int {
		r, err := http.NewRequestWithContext(t.Context(), method, h.url+address, strings.NewReader(obligation(demoGroup, "")))
		require.NoError(t, err)
		r.SetBasicAuth(user, password)
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	require.Equal(t, http.StatusOK, ask(http.MethodGet, at, "", h.tokens["auditor"]))
	require.Equal(t, http.StatusOK, ask(http.MethodGet, at, "anybody", h.tokens["auditor"]))
	require.Equal(t, http.StatusUnauthorized, ask(http.MethodGet, at, h.tokens["auditor"], ""))
	require.Equal(t, http.StatusUnauthorized, ask(http.MethodGet, at, "", "x"))
	require.Equal(t, http.StatusForbidden, ask(http.MethodGet, at, "", h.tokens["elsewhere"]))
	require.Equal(t, http.StatusUnauthorized, ask(http.MethodPost, "/v1/groups/"+demoGroup+"/commands", "", h.tokens["secretary"]))
}
