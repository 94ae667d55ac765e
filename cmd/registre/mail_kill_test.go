package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/notify/posttest"
)

var (
	mailKills = flag.Int("mail.kills", 4, "how often the process that sends mail is killed")
	mailEach  = flag.Int("mail.each", 12, "how many notices each of eight groups has")
)

// TestMailKill kills the process that sends mail again and again, to one address that takes it and to one whose server refuses for now,
// breaks off or takes it and says nothing: none is lost, those of a group come in their order, and a repetition has the Message-ID of the first.
//
//	go test ./cmd/registre -run TestMailKill -mail.kills=20 -mail.each=100 -timeout 30m
func TestMailKill(t *testing.T) {
	oneByOne(t)
	data := groupsJoined(t, *mailEach)
	out, exit := command(t, filepath.Dir(data), "right", "grant", "me", "--role", domain.Subscriber, "--group", "all", "--data", data)
	require.Zero(t, exit, out)
	post := posttest.Start(t, nil, false, func(n int, to string) posttest.Reply {
		if to == "good@example.org" {
			return posttest.Reply{}
		}
		return []posttest.Reply{{}, {To: 451}, {}, {Break: true}, {}, {Data: 452}, {}, {Hang: true}, {}}[n%9]
	})
	for _, address := range []string{"good@example.org", "bad@example.org"} {
		out, exit = command(t, filepath.Dir(data), "subscription", "mail", address, "--group", "all", "--past", "--data", data)
		require.Zero(t, exit, out)
	}
	serve := func() *servedFolder {
		require.NoError(t, os.RemoveAll(filepath.Join(data, socketName)))
		return startServing(t, data, "", "--smtp-host", post.Host, "--smtp-port", strconv.Itoa(post.Port), "--smtp-tls", "none", "--smtp-from", "registre@example.org",
			"--smtp-within", "300ms", "--webhook-pauses", strings.Repeat("10ms,", 500)+"1h")
	}
	all := noticesGroups * *mailEach
	midst := 0
	for range *mailKills {
		s := serve()
		time.Sleep(rand.N(400 * time.Millisecond))
		require.NoError(t, s.cmd.Process.Kill())
		_ = s.cmd.Wait()
		if len(mailed(t, post, "bad@example.org").first) < all {
			midst++
		}
	}
	s := serve()
	require.Eventually(t, func() bool {
		return len(mailed(t, post, "good@example.org").first) == all && len(mailed(t, post, "bad@example.org").first) == all
	}, 5*time.Minute, 100*time.Millisecond, s.log)
	require.NotZero(t, midst)
	good, bad := mailed(t, post, "good@example.org"), mailed(t, post, "bad@example.org")
	requireKeptOrder(t, good.notices)
	requireKeptOrder(t, bad.notices)
	t.Logf("%d notices to each of two addresses, killed %d times, %d of them before the end: %d and %d mails, with repetitions", all, *mailKills, midst, len(good.notices), len(bad.notices))
}

// A mailbox is what came to an address.
type mailbox struct {
	notices []string          // their ids, as they came
	first   map[string]string // the Message-ID of each
}

func mailed(t *testing.T, post *posttest.Server, to string) mailbox {
	b := mailbox{first: map[string]string{}}
	var known []string
	for _, m := range post.Mails() {
		if m.To != to {
			continue
		}
		got := posttest.Open(t, m.Raw)
		notice, id := got.Get("Registre-Notice"), got.Get("Message-Id")
		if of, again := b.first[notice]; again {
			require.Equal(t, of, id, "a repetition")
		} else {
			require.NotContains(t, known, id)
			known = append(known, id)
		}
		b.first[notice] = id
		b.notices = append(b.notices, notice)
	}
	return b
}
