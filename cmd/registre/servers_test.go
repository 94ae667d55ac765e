package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore/jetstream"
	"registre/web/login"
	"registre/web/login/logintest"
)

// TestServersAskEachOther: a link is known where another server has made it, and of one that nobody has made it is said that its server
// may be away; a few links are asked about at once; of a subscription that nobody brings, nobody says that he does.
func TestServersAskEachOther(t *testing.T) {
	t.Parallel()
	host, err := jetstream.Open(t.Context(), t.TempDir(), jetstream.Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer host.Close()
	var servers [2]*local
	var leavers [2]*leaver
	for i := range servers {
		d, err := openDesk(t.Context(), deskOptions{house: house{Data: t.TempDir(), Create: true, Begin: true}, NATS: host.URL(), Kept: true, Now: time.Now})
		require.NoError(t, err)
		defer func() { require.NoError(t, d.Close()) }()
		servers[i] = localOf(d)
		leavers[i] = &leaver{counter: newCounter(servers[i]), key: bytes.Repeat([]byte{byte(i)}, leavingKeySize)}
		require.NoError(t, servers[i].answerServers(t.Context(), leavers[i], nil, slog.New(slog.DiscardHandler)))
	}
	const id = domain.SubscriptionID("s-1")
	made, forged := string(id)+"."+leavers[0].mark(id), string(id)+"."+leavers[1].mark(id+"2")
	here := servers[1]
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		knows, err := here.linkKnown(t.Context(), made, false)
		require.NoError(c, err)
		require.True(c, knows)
	}, untilGivenUp, time.Millisecond)
	_, err = here.linkKnown(t.Context(), forged, false)
	require.Equal(t, "server-away", faultOf(err).Name)

	here.following.Store(linksFollowed)
	_, err = here.linkKnown(t.Context(), made, false)
	require.Equal(t, "server-away", faultOf(err).Name, "enough are being asked about")
	here.following.Store(0)
	knows, err := here.linkKnown(t.Context(), made, false)
	require.NoError(t, err)
	require.True(t, knows)
	require.Zero(t, here.following.Load())

	brought, known, err := here.broughtBy(t.Context(), []domain.SubscriptionID{id})
	require.NoError(t, err)
	require.True(t, known)
	require.Empty(t, brought)
}

// TestServersEndSessions: what the provider tells one server, the others do too, each by its own look at what was signed, however
// much it tells at once, and whatever else is asked.
func TestServersEndSessions(t *testing.T) {
	t.Parallel()
	host, err := jetstream.Open(t.Context(), t.TempDir(), jetstream.Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer host.Close()
	provider, log, mux := logintest.Start(t), &safeBuffer{}, http.NewServeMux()
	site := httptest.NewServer(mux)
	defer site.Close()
	provider.Register("registre", "ours", site.URL+"/callback", site.URL)
	public, err := url.Parse(site.URL)
	require.NoError(t, err)
	var servers [2]*local
	var logins [2]*login.Login
	for i := range servers {
		d, err := openDesk(t.Context(), deskOptions{house: house{Data: t.TempDir(), Create: true, Begin: true}, NATS: host.URL(), Kept: true, Now: time.Now})
		require.NoError(t, err)
		defer func() { require.NoError(t, d.Close()) }()
		servers[i] = localOf(d)
		logins[i], err = login.New(login.Options{Issuer: provider.Issuer, Client: "registre", Secret: "ours", Public: public, Principal: func(string, string) (string, error) { return "p-jehanne", nil }})
		require.NoError(t, err)
		require.NoError(t, servers[i].answerServers(t.Context(), nil, logins[i], slog.New(slog.NewJSONHandler(log, nil))))
	}
	leads := func(w http.ResponseWriter, r *http.Request, to string, err error) {
		assert.NoError(t, err)
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		to, err := logins[1].Begin(w, r, "/")
		leads(w, r, to, err)
	})
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		_, to, err := logins[1].Finish(w, r)
		leads(w, r, to, err)
	})
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		who, _, err := logins[1].Session(r)
		_, _ = fmt.Fprint(w, who.Principal, err)
	})
	b := logintest.NewBrowser(t)
	response, _ := b.Get(site.URL + "/login")
	_, _ = b.Get(provider.Authenticate(b, logintest.To(t, response)))
	who := func() string { _, text := b.Get(site.URL + "/who"); return text }
	require.Equal(t, "p-jehanne<nil>", who())

	var asking sync.WaitGroup
	ctx, enough := context.WithCancel(t.Context())
	for range 8 { // more than may ask at once
		asking.Go(func() {
			_, _ = servers[0].askServers(ctx, askedOfServers{Link: "none"}, untilGivenUp, func(saidByServer) bool { return false })
		})
	}
	defer asking.Wait()
	defer enough()
	time.Sleep(100 * time.Millisecond)
	const atOnce = 20
	for range atOnce {
		servers[0].tellEnded(provider.Logout(t, "another", 0))
	}
	require.Eventually(t, func() bool {
		return strings.Count(log.String(), "sessions were not ended for another server") == atOnce*len(servers)
	}, untilGivenUp, time.Millisecond, "each hears each")
	require.Equal(t, "p-jehanne<nil>", who())
	servers[0].tellEnded(provider.Logout(t, "registre", 0))
	require.Eventually(t, func() bool { return who() == string(login.Over) }, untilGivenUp, time.Millisecond)
}

// TestDoctorOfServers: where the registers lie on a server, the doctor says which server brings what, in both languages, and what nobody
// brings; without one it says nothing of it.
func TestDoctorOfServers(t *testing.T) {
	t.Parallel()
	host, err := jetstream.Open(t.Context(), t.TempDir(), jetstream.Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer host.Close()
	founded := ""
	data, other := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "data")
	do := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		got := run(t.Context(), append(args, "--nats", host.URL()), strings.NewReader(founded+"\n"), &out, &errs)
		require.Equal(t, want, got, out.String()+errs.String())
		return out.String()
	}
	for i, folder := range []string{data, other} {
		founded = foundingOf("g" + strconv.Itoa(i))
		do(exitDone, "record", "-", "--data", folder, "--origin", "test.example/"+strconv.Itoa(i))
	}
	said := func(want int, args ...string) (all []string) {
		t.Helper()
		var answer struct{ Checks []check }
		require.NoError(t, json.Unmarshal([]byte(do(want, append(args, "doctor", "--json", "--data", other)...)), &answer))
		for _, c := range answer.Checks {
			if c.Name == "notices" {
				all = append(all, c.Found)
			}
		}
		return all
	}
	require.Equal(t, []string{"no server says that it brings notices"}, said(exitDone))
	do(exitDone, "right", "grant", "me", "--role", domain.Subscriber, "--group", "g0", "--data", data)
	do(exitDone, "subscription", "webhook", "https://receiver.invalid/", "--group", "g0", "--data", data)
	do(exitDone, "subscription", "mail", "a@example.org", "--group", "g0", "--data", data)
	require.Equal(t, []string{
		"no server says that it brings notices", "webhook: 1 subscription(s) of 1 that no server says that it brings", "mail: 1 subscription(s) of 1 that no server says that it brings",
	}, said(exitFailed))
	s := startServing(t, data, "", "--nats", host.URL())
	require.Equal(t, []string{"test.example/0 brings: webhook 1", "test.example/0 has addresses to which it brings nothing: mail 1"}, said(exitFailed))
	require.Equal(t, []string{"test.example/0 remet : HTTP 1", "test.example/0 a des adresses auxquelles il ne remet rien : courriel 1"}, said(exitFailed, "--lang", "fr"))
	require.NoError(t, s.cmd.Process.Kill())
	_, _ = s.cmd.Process.Wait()
	startServing(t, data, "", "--nats", host.URL(), "--smtp-host", "127.0.0.1", "--smtp-port", "1", "--smtp-tls", "none", "--smtp-from", "registre@example.org")
	require.Equal(t, []string{"test.example/0 brings: webhook 1, mail 1, digest 0"}, said(exitDone))
}
