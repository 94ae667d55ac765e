package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
)

// own sends something about one's own subscriptions, and reads the answer.
func (h *servedHouse) own(method, as, behind string, want any, into any) int {
	h.t.Helper()
	body := ""
	headers := []string{}
	if want != nil {
		text, err := json.Marshal(want)
		require.NoError(h.t, err)
		body, headers = string(text), []string{"Content-Type", "application/json"}
	}
	_, response, text := h.request(method, as, "/v1/subscriptions"+behind, body, headers...)
	if into != nil && response.StatusCode/100 == 2 {
		require.NoError(h.t, json.Unmarshal(text, into), string(text))
	}
	return response.StatusCode
}

const receiverURL = "https://receiver.example/hook"

// TestOwnSubscriptions: somebody subscribes for himself, to groups whose notices he may read, and sees and ends his own alone. The same
// command again is the same subscription, and its secret is shown once.
func TestOwnSubscriptions(t *testing.T) {
	h := serveDemo(t)
	h.read()
	h.token("anne", token{Role: domain.Subscriber, Groups: []string{demoGroup}})
	h.token("bob", token{Role: domain.Subscriber, Every: true})
	want := web.Subscribe{ID: uuid.NewString(), URL: receiverURL, Groups: []string{demoGroup}, Kinds: []string{"decision-proclaimed"}, Past: true}
	var made, again web.SubscriptionMade
	require.Equal(t, http.StatusCreated, h.own(http.MethodPost, "anne", "", want, &made))
	require.Contains(t, made.Secret, "whsec_")
	require.Equal(t, http.StatusOK, h.own(http.MethodPost, "anne", "", want, &again))
	require.Equal(t, web.SubscriptionMade{Repeated: true, Subscription: made.Subscription}, again)
	other := want
	other.Past = false
	require.Equal(t, http.StatusConflict, h.own(http.MethodPost, "anne", "", other, nil), "another command of the same id")
	require.Equal(t, http.StatusConflict, h.own(http.MethodPost, "bob", "", want, nil), "nor is it somebody else's")

	var all web.SubscriptionsListed
	require.Equal(t, http.StatusOK, h.own(http.MethodGet, "anne", "", nil, &all))
	require.Len(t, all.Subscriptions, 1)
	require.Equal(t, web.SubscriptionState{
		Channel: domain.ByWebhook, Groups: []string{demoGroup}, Kinds: []string{"decision-proclaimed"}, Past: true, Since: all.Subscriptions[0].Since, Subscription: made.Subscription,
	}, all.Subscriptions[0])
	require.Equal(t, http.StatusOK, h.own(http.MethodGet, "bob", "", nil, &all))
	require.Empty(t, all.Subscriptions)
	one := "/" + made.Subscription
	for _, c := range [][2]string{{http.MethodDelete, one}, {http.MethodPost, one + "/secret"}, {http.MethodGet, one + "/deliveries"}} {
		require.Equal(t, http.StatusNotFound, h.own(c[0], "bob", c[1], nil, nil), c)
		require.Equal(t, http.StatusNotFound, h.own(c[0], "bob", strings.Replace(c[1], "/s-", "/t-", 1), nil, nil), c)
	}
	kept := h.contact(made.Subscription)
	require.Equal(t, []hookSecret{{Text: made.Secret}}, kept.Secrets, "what was refused has changed nothing")
	require.Equal(t, receiverURL, kept.URL)
	var turned web.SubscriptionMade
	require.Equal(t, http.StatusOK, h.own(http.MethodPost, "anne", one+"/secret", nil, &turned))
	require.NotEqual(t, made.Secret, turned.Secret)
	require.Equal(t, turned.Secret, h.contact(made.Subscription).Secrets[0].Text)
	require.Equal(t, http.StatusOK, h.own(http.MethodGet, "anne", one+"/deliveries", nil, nil))

	var state web.SubscriptionState
	require.Equal(t, http.StatusOK, h.own(http.MethodDelete, "anne", one+"?reason=moved", nil, &state))
	require.True(t, state.Ended)
	require.Nil(t, h.contact(made.Subscription))
	require.Equal(t, http.StatusOK, h.own(http.MethodDelete, "anne", one, nil, &state), "once more is as good")
	require.Equal(t, http.StatusNotFound, h.own(http.MethodPost, "anne", one+"/secret", nil, nil))
	require.Equal(t, http.StatusOK, h.own(http.MethodPost, "anne", "", want, &again), "the command was done once, for ever")
	require.Nil(t, h.contact(made.Subscription))
}

func (h *servedHouse) contact(id string) *contact {
	all, err := ownFile[contact]{dir: h.desk.house.Data, name: contactsName}.list()
	require.NoError(h.t, err)
	for i := range all {
		if string(all[i].Subscription) == id {
			return &all[i]
		}
	}
	return nil
}

// TestSubscribingIsRefused: nobody subscribes to what he may not read, with a token that opens less either, or to what nobody can be
// brought; and nothing is kept of it.
func TestSubscribingIsRefused(t *testing.T) {
	h := serveDemo(t)
	h.read()
	h.token("anne", token{Role: domain.Subscriber, Groups: []string{demoGroup}})
	narrowed, _, err := h.door.make(t.Context(), token{Principal: "p-auditor", Groups: []string{"another"}, Expires: time.Now().Add(time.Hour)})
	require.NoError(t, err)
	h.tokens["narrowed"] = narrowed
	h.bare("wide", "p-anne")
	good := web.Subscribe{URL: receiverURL, Groups: []string{demoGroup}}
	for name, c := range map[string]struct {
		as     string
		change func(*web.Subscribe)
		status int
	}{
		"nobody":                {"", func(*web.Subscribe) {}, 401},
		"another group":         {"anne", func(s *web.Subscribe) { s.Groups = []string{demoGroup, "another"} }, 403},
		"the house":             {"anne", func(s *web.Subscribe) { s.Groups = []string{"registre"} }, 403},
		"a narrowed token":      {"narrowed", func(*web.Subscribe) {}, 403},
		"all, narrowed":         {"narrowed", func(s *web.Subscribe) { s.Groups, s.Every = nil, true }, 403},
		"neither":               {"wide", func(s *web.Subscribe) { s.Groups = nil }, 400},
		"both":                  {"wide", func(s *web.Subscribe) { s.Every = true }, 400},
		"a kind there is not":   {"anne", func(s *web.Subscribe) { s.Kinds = []string{"none"} }, 400},
		"no address":            {"anne", func(s *web.Subscribe) { s.URL = "" }, 400},
		"a password":            {"anne", func(s *web.Subscribe) { s.URL = "https://a:b@receiver.example" }, 400},
		"a file":                {"anne", func(s *web.Subscribe) { s.URL = "file:///etc/passwd" }, 400},
		"a very long address":   {"anne", func(s *web.Subscribe) { s.URL = "https://receiver.example/" + strings.Repeat("a", maxTarget) }, 400},
		"no id":                 {"anne", func(s *web.Subscribe) { s.ID = "" }, 400},
		"a number and the past": {"anne", func(s *web.Subscribe) { s.Past, s.FromNumber = true, 3 }, 400},
	} {
		want := good
		want.ID = uuid.NewString()
		c.change(&want)
		assert.Equal(t, c.status, h.own(http.MethodPost, c.as, "", want, nil), name)
	}
	for _, body := range []string{"", "{}", "[]", `{"id":1}`, `{"id":"x","id":"y"}`, `{"principal":"p-auditor"}`} {
		_, response, _ := h.request(http.MethodPost, "anne", "/v1/subscriptions", body, "Content-Type", "application/json")
		assert.Equal(t, http.StatusBadRequest, response.StatusCode, body)
	}
	_, response, _ := h.request(http.MethodPost, "anne", "/v1/subscriptions", "{}", "Content-Type", "text/plain")
	assert.Equal(t, http.StatusUnsupportedMediaType, response.StatusCode)
	_, err = os.Stat(filepath.Join(h.desk.house.Data, contactsName+".json"))
	if err == nil {
		text, err := os.ReadFile(filepath.Join(h.desk.house.Data, contactsName+".json"))
		require.NoError(t, err)
		require.NotContains(t, string(text), "receiver.example")
	}
	for range maxOwn {
		require.Equal(t, http.StatusCreated, h.own(http.MethodPost, "anne", "", web.Subscribe{ID: uuid.NewString(), URL: receiverURL, Groups: []string{demoGroup}}, nil))
	}
	require.Equal(t, http.StatusConflict, h.own(http.MethodPost, "anne", "", web.Subscribe{ID: uuid.NewString(), URL: receiverURL, Groups: []string{demoGroup}}, nil))
}

// TestEveryCellOfOwnSubscriptions: who may have subscriptions at all.
func TestEveryCellOfOwnSubscriptions(t *testing.T) {
	h := serveDemo(t)
	as := roleHolders(h)
	for _, role := range domain.PrincipalRoles() {
		want := http.StatusOK
		switch role {
		case domain.Operator:
			want = http.StatusForbidden
		case domain.Public:
			want = http.StatusUnauthorized
		}
		assert.Equal(t, want, h.own(http.MethodGet, as[role], "", nil, nil), role)
		if want == http.StatusOK {
			want = http.StatusCreated
		}
		assert.Equal(t, want, h.own(http.MethodPost, as[role], "", web.Subscribe{ID: uuid.NewString(), URL: receiverURL, Groups: []string{demoGroup}}, nil), role)
	}
}

// TestSubscribedTwiceAtOnce: the same command many times at once has one secret, which is shown once.
func TestSubscribedTwiceAtOnce(t *testing.T) {
	h := serveDemo(t)
	h.token("anne", token{Role: domain.Subscriber, Groups: []string{demoGroup}})
	want, err := json.Marshal(web.Subscribe{ID: uuid.NewString(), URL: receiverURL, Groups: []string{demoGroup}})
	require.NoError(t, err)
	var mu sync.Mutex
	var secrets []string
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/v1/subscriptions", strings.NewReader(string(want)))
			assert.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+h.tokens["anne"])
			r.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(r)
			if !assert.NoError(t, err) {
				return
			}
			defer response.Body.Close()
			var made web.SubscriptionMade
			assert.NoError(t, json.NewDecoder(response.Body).Decode(&made))
			mu.Lock()
			defer mu.Unlock()
			if made.Secret != "" {
				secrets = append(secrets, made.Secret)
			}
			assert.Equal(t, made.Secret == "", made.Repeated)
		})
	}
	wg.Wait()
	require.Len(t, secrets, 1)
}

// TestSubscribedOverHTTP: what somebody subscribes to over HTTP is brought to him, signed with the secret that he was shown.
func TestSubscribedOverHTTP(t *testing.T) {
	oneByOne(t)
	data := groupsJoined(t, 2)
	dir := filepath.Dir(data)
	out, exit := command(t, dir, "right", "grant", "me", "--role", domain.Subscriber, "--group", "g0", "--data", data)
	require.Zero(t, exit, out)
	out, exit = command(t, dir, "token", "create", "--json", "--data", data)
	require.Zero(t, exit, out)
	var shown struct{ Token string }
	require.NoError(t, json.Unmarshal([]byte(out), &shown), out)
	target := &hookTarget{t: t}
	known := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-known // the secret
		target.ServeHTTP(w, r)
	}))
	t.Cleanup(receiver.Close)
	s := startServing(t, data, shown.Token, "--webhook-allow", "127.0.0.0/8")
	body, err := json.Marshal(web.Subscribe{ID: uuid.NewString(), URL: receiver.URL, Groups: []string{"g0"}, Past: true})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/subscriptions", strings.NewReader(string(body)))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+shown.Token)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	var made web.SubscriptionMade
	assert.Equal(t, http.StatusCreated, response.StatusCode)
	assert.NoError(t, json.NewDecoder(response.Body).Decode(&made))
	target.secret = made.Secret
	close(known)
	require.Eventually(t, func() bool { return target.distinct() == 2 }, untilGivenUp, 10*time.Millisecond, s.log)
	require.Equal(t, []string{"g0/2/member-joined", "g0/3/member-joined"}, slices.Compact(target.all()), "what it was too slow for comes again")
}
