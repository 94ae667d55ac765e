package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/notify/posttest"
)

// TestUnsubscribe: the link of a mail ends its subscription when it is posted to, as RFC 8058 has it, and only then; as the act of whoever
// subscribed, and with his address. Any other link ends nothing.
func TestUnsubscribe(t *testing.T) {
	oneByOne(t)
	data := groupsJoined(t, 1)
	dir := filepath.Dir(data)
	do := func(args ...string) string {
		out, exit := command(t, dir, append(args, "--data", data)...)
		require.Zero(t, exit, out)
		return out
	}
	do("right", "grant", "me", "--role", domain.Subscriber, "--group", "all")
	do("right", "grant", "me", "--role", domain.Operator)
	operator, _, _ := strings.Cut(do("token", "create"), "\n")
	post := posttest.Start(t, nil, false, func(int, string) posttest.Reply { return posttest.Reply{} })
	do("subscription", "mail", "anne@example.org", "--group", "g0", "--past", "--lang", "fr")
	do("subscription", "mail", "bob@example.org", "--group", "g1", "--past", "--lang", "en")
	do("subscription", "webhook", "https://receiver.invalid/", "--group", "g0", "--past")
	s := startServing(t, data, "", "--smtp-host", post.Host, "--smtp-port", strconv.Itoa(post.Port), "--smtp-tls", "none", "--smtp-from", "registre@example.org", "--public-url", "http://localhost:1")
	require.Eventually(t, func() bool { return len(post.Mails()) == 2 }, untilGivenUp, 10*time.Millisecond, s.log)
	links := map[string]string{}
	for _, m := range post.Mails() {
		got := posttest.Open(t, m.Raw)
		link := strings.Trim(got.Get("List-Unsubscribe"), "<>")
		require.Contains(t, got.Text, "\n"+link+"\n")
		require.Equal(t, "List-Unsubscribe=One-Click", got.Get("List-Unsubscribe-Post"))
		links[m.To] = link
	}
	ask := func(method, link, lang string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, s.url+strings.TrimPrefix(link, "http://localhost:1"), nil)
		if method == http.MethodPost {
			r, err = http.NewRequestWithContext(t.Context(), method, s.url+strings.TrimPrefix(link, "http://localhost:1"), strings.NewReader(url.Values{"List-Unsubscribe": {"One-Click"}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		require.NoError(t, err)
		r.Header.Set("Accept-Language", lang)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		page, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(page)
	}
	requireStanding(t, s, operator, `registre_subscriptions{channel="mail"} 2`, `registre_subscriptions_brought{channel="mail"} 2`, `registre_notices_waiting{channel="mail"} 0`,
		`registre_notices_parked{channel="mail"} 0`, `registre_subscriptions{channel="webhook"} 1`, `registre_notices_waiting{channel="webhook"} 1`, `registre_subscriptions{channel="digest"} 0`)
	anne, bob := links["anne@example.org"], links["bob@example.org"]
	status, page := ask(http.MethodGet, anne, "fr")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Se désabonner")
	status, _ = ask(http.MethodHead, anne, "fr")
	require.Equal(t, http.StatusOK, status)
	id, mark, _ := strings.Cut(strings.TrimPrefix(anne, "http://localhost:1/unsubscribe/"), ".")
	other, _, _ := strings.Cut(strings.TrimPrefix(bob, "http://localhost:1/unsubscribe/"), ".")
	for _, forged := range []string{
		other + "." + mark, id + "." + strings.Repeat("A", len(mark)), id + ".", id, "." + mark, id + "." + mark[:len(mark)-1], id + "." + mark + "A", strings.ToUpper(id) + "." + mark, "%00." + mark, id + "." + mark + "%0a",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, page = ask(method, "http://localhost:1/unsubscribe/"+forged, "fr")
			require.Equal(t, http.StatusNotFound, status, "%s %s", method, forged)
			require.Contains(t, page, "R0471", forged)
		}
	}
	require.NotContains(t, do("subscription", "list", "--lang", "en"), "ended")
	contacts, err := os.ReadFile(filepath.Join(data, "contacts.json"))
	require.NoError(t, err)
	require.Contains(t, string(contacts), "anne@example.org")

	status, page = ask(http.MethodPost, anne, "en")
	require.Equal(t, http.StatusOK, status, page)
	require.Contains(t, page, "Done:")
	status, _ = ask(http.MethodPost, anne, "en")
	require.Equal(t, http.StatusOK, status, "once more is as good")
	listed := do("subscription", "list", "--lang", "en")
	require.Equal(t, 1, strings.Count(listed, "ended"), listed)
	contacts, err = os.ReadFile(filepath.Join(data, "contacts.json"))
	require.NoError(t, err)
	require.NotContains(t, string(contacts), "anne@example.org")
	require.Contains(t, string(contacts), "bob@example.org")
	said := do("timeline", "registre", "--lang", "fr")
	require.Equal(t, 1, strings.Count(said, "désabonnement par le lien d'un message"), said)
	requireStanding(t, s, operator, `registre_subscriptions{channel="mail"} 1`, `registre_subscriptions_brought{channel="mail"} 1`)
	status, _ = ask(http.MethodPut, bob, "en")
	require.Equal(t, http.StatusMethodNotAllowed, status)
	info, err := os.Stat(filepath.Join(data, leavingKeyFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	key, err := os.ReadFile(filepath.Join(data, leavingKeyFile))
	require.NoError(t, err)
	require.NotEqual(t, make([]byte, leavingKeySize), key, "whoever guesses the key ends every subscription")
	require.NotContains(t, s.log.String(), mark, "no link stands in the log")
}

// requireStanding waits until the server measures what is wanted of how notices stand.
func requireStanding(t *testing.T, s *servedFolder, operator string, want ...string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/metrics", nil)
		require.NoError(c, err)
		r.Header.Set("Authorization", "Bearer "+operator)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(c, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(c, err)
		lines := strings.Split(string(text), "\n")
		for _, line := range want {
			require.Contains(c, lines, line)
		}
	}, untilGivenUp, 20*time.Millisecond)
}
