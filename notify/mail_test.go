package notify

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/notify/posttest"
	"registre/projections"
)

// certified is a certificate for this machine, and those who believe it.
func certified(t *testing.T) (*tls.Certificate, *tls.Config) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	of := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, &tls.Config{RootCAs: roots}
}

// mailTo is a way to a server, and told is what its letters say.
func mailTo(s *posttest.Server, within time.Duration) *Mail {
	return NewMail(Mail{
		Relay:  Relay{Host: s.Host, Port: s.Port, Security: NoTLS, From: &netmail.Address{Name: "Régistre", Address: "registre@example.org"}, Within: within},
		Origin: "registre.example/house", Agent: "registre/test",
		Tell: func(_ *Contact, all []*projections.Notice) Letter {
			l := Letter{Lang: "fr", Subject: all[0].ID(), Foot: []string{"foot"}, End: "Se désabonner"}
			for _, n := range all {
				l.Parts = append(l.Parts, LetterPart{Entries: []LetterEntry{{Title: n.ID(), Text: n.Data.Reason, Where: string(n.Group)}}})
			}
			return l
		},
	})
}

func taken(int, string) posttest.Reply { return posttest.Reply{} }

var reader = &Contact{Subscription: "s-1", Mail: "anne@example.org", Lang: "fr"}

// TestMail: a mail as somebody else's parser reads it.
func TestMail(t *testing.T) {
	t.Parallel()
	s := posttest.Start(t, nil, false, taken)
	m := mailTo(s, untilGivenUp)
	m.End = func(c *Contact) string { return "https://registre.example/unsubscribe/" + string(c.Subscription) }
	n := &projections.Notice{Group: "g", Number: 7, Kind: projections.MembersJoined, Data: projections.NoticeData{Reason: "Été & <b>œuvre</b>"}}
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	require.NoError(t, m.Deliver(t.Context(), reader, n, at))
	got := posttest.Open(t, s.Mails()[0].Raw)
	require.Equal(t, "anne@example.org", s.Mails()[0].To)
	require.Equal(t, "g/7/member-joined", got.Subject)
	from, err := netmail.ParseAddress(got.Get("From"))
	require.NoError(t, err)
	require.Equal(t, netmail.Address{Name: "Régistre", Address: "registre@example.org"}, *from)
	require.Equal(t, "<anne@example.org>", got.Get("To"))
	require.Regexp(t, `^<g\.7\.member-joined\.s-1\.[0-9a-f]{8}@example\.org>$`, got.Get("Message-Id"))
	require.Equal(t, "auto-generated", got.Get("Auto-Submitted"))
	require.Equal(t, "fr", got.Get("Content-Language"))
	require.Equal(t, "<g.notices.example.org>", got.Get("List-Id"))
	require.Equal(t, "g/7/member-joined", got.Get("Registre-Notice"))
	require.Equal(t, "<https://registre.example/unsubscribe/s-1>", got.Get("List-Unsubscribe"))
	require.Equal(t, "List-Unsubscribe=One-Click", got.Get("List-Unsubscribe-Post"))
	date, err := got.Date()
	require.NoError(t, err)
	require.True(t, date.Equal(at))
	require.Contains(t, got.Text, "Été & <b>œuvre</b>")
	require.Contains(t, got.Text, "Se désabonner\nhttps://registre.example/unsubscribe/s-1")
	require.Contains(t, got.HTML, "Été &amp; &lt;b&gt;œuvre&lt;/b&gt;")
	require.Contains(t, got.HTML, `<a href="https://registre.example/unsubscribe/s-1">Se désabonner</a>`)
	require.NotRegexp(t, `(?i)<(img|script|link|iframe|object|form|style)|src=|@import|url\(`, got.HTML)
	require.NoError(t, m.Deliver(t.Context(), reader, n, at.Add(time.Hour)))
	require.Equal(t, got.Get("Message-Id"), posttest.Open(t, s.Mails()[1].Raw).Get("Message-Id"), "a repetition")
}

// TestMailHostile: no text gets out of its place, whatever it holds.
func TestMailHostile(t *testing.T) {
	t.Parallel()
	s := posttest.Start(t, nil, false, taken)
	m := mailTo(s, untilGivenUp)
	hostile := []string{
		"x\r\nBcc: eve@example.org", "x\nBcc: eve@example.org\n\nbody", "x\r\n\r\n<script>alert(1)</script>", "x\rBcc: eve@example.org", "x\u2028Bcc: eve@example.org",
		"=?utf-8?q?x=0D=0ABcc:_eve@example.org?=", "\x00\x07\x1b[31m", "\xff\xfe", strings.Repeat("é", 5000), "\r\n.\r\nMAIL FROM:<eve@example.org>", "x\u202ey", "",
	}
	for i, text := range hostile {
		m.Tell = func(*Contact, []*projections.Notice) Letter {
			return Letter{Lang: "fr", Subject: text, Title: text, Parts: []LetterPart{{Heading: text, Entries: []LetterEntry{{Title: text, Text: text, Where: text}}}}, Foot: []string{text}}
		}
		require.NoError(t, m.Deliver(t.Context(), reader, &projections.Notice{Group: "g", Number: uint64(i + 1), Kind: "k"}, time.Now()), "%.40q", text)
		require.Len(t, s.Mails(), i+1, "%.40q", text)
		got := posttest.Open(t, s.Mails()[i].Raw)
		for name := range got.Header {
			require.Regexp(t, `^(Auto-Submitted|Content-Language|Content-Type|Date|From|List-Id|Message-Id|Mime-Version|Registre-Notice|Subject|To|User-Agent|X-Mailer)$`, name, "%.40q", text)
		}
		require.NotRegexp(t, `[\x00-\x1f\x7f]`, got.Subject)
		require.LessOrEqual(t, len([]rune(got.Subject)), maxSubject)
		require.NotRegexp(t, `(?m)^(Bcc|MAIL FROM)`, got.Text)
		require.NotContains(t, got.HTML, "<script")
		for line := range strings.SplitSeq(string(s.Mails()[i].Raw), "\r\n") {
			require.LessOrEqual(t, len(line), 998, "RFC 5322, 2.1.1")
		}
	}
}

// TestMailRefused: what a server answers to an address or a mail for good parks it at once; what it answers for now, or nothing, is tried
// again. No word that is kept holds an address.
func TestMailRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reply posttest.Reply
		word  string
		gone  bool
	}{
		{posttest.Reply{To: 451}, "SMTP 451 4.1.1", false},
		{posttest.Reply{To: 550}, "SMTP 550 5.1.1", true},
		{posttest.Reply{Data: 452}, "SMTP 452 4.1.1", false},
		{posttest.Reply{Data: 554}, "SMTP 554 5.1.1", true},
		{posttest.Reply{Hang: true}, TooSlow, false},
		{posttest.Reply{Break: true}, NoAnswer, false},
		{posttest.Reply{Half: true}, NoAnswer, false},
	} {
		s := posttest.Start(t, nil, false, func(int, string) posttest.Reply { return c.reply })
		within := untilGivenUp
		if c.reply.Hang {
			within = 300 * time.Millisecond
		}
		err := mailTo(s, within).Deliver(t.Context(), reader, &projections.Notice{Group: "g", Number: 1, Kind: "k"}, time.Now())
		var failed *FailedError
		require.ErrorAs(t, err, &failed, "%+v", c.reply)
		require.Equal(t, c.word, wordOf(err), "%+v: %v", c.reply, err)
		require.Equal(t, c.gone, failed.Gone, "%+v: %v", c.reply, err)
	}
}

// TestMailTLS: the ways to a server, with a password and without; a certificate that nobody vouches for ends it, and so does a server that
// has no TLS.
func TestMailTLS(t *testing.T) {
	t.Parallel()
	certificate, roots := certified(t)
	n := &projections.Notice{Group: "g", Number: 1, Kind: "k"}
	for _, security := range []string{StartTLS, ImplicitTLS} {
		s := posttest.Start(t, certificate, security == ImplicitTLS, taken)
		s.User, s.Password = "registre", "a password"
		m := mailTo(s, untilGivenUp)
		m.Security, m.User, m.Password = security, s.User, func() (string, error) { return s.Password, nil }
		require.Equal(t, NoCertificate, wordOf(m.Deliver(t.Context(), reader, n, time.Now())), security)
		m.Roots = roots
		require.NoError(t, m.Deliver(t.Context(), reader, n, time.Now()), security)
		require.True(t, s.Mails()[0].Taken)
		m.Password = func() (string, error) { return "another", nil }
		err := m.Deliver(t.Context(), reader, n, time.Now())
		var failed *FailedError
		require.ErrorAs(t, err, &failed)
		require.False(t, failed.Gone, "that is for the operator to mend")
		require.Equal(t, "SMTP 535", wordOf(err))
	}
	s := posttest.Start(t, nil, false, taken)
	m := mailTo(s, untilGivenUp)
	m.Security = StartTLS
	require.Error(t, m.Deliver(t.Context(), reader, n, time.Now()), "STARTTLS is insisted on")
	require.Empty(t, s.Mails())
}

// TestParseMail: whom mail can be brought to.
func TestParseMail(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"anne@example.org": "anne@example.org", "a.b+registre@sub.example.org": "a.b+registre@sub.example.org", "anne@exämple.org": "anne@xn--exmple-cua.org",
	} {
		got, err := ParseMail(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got)
	}
	for _, s := range []string{
		"", "anne", "anne@", "@example.org", "Anne <anne@example.org>", "<anne@example.org>", "anne@example", "anne@example.org, eve@example.org", "anne@example.org\r\nBcc: eve@example.org",
		`"a b"@example.org`, `"a\"b"@example.org`, "ännë@example.org", "anne@[127.0.0.1]", strings.Repeat("a", 65) + "@example.org", "a@" + strings.Repeat("b.", 130) + "org", "anne@-a-.org", "a@b c.org", "anne@example.org ",
	} {
		_, err := ParseMail(s)
		require.Error(t, err, "%q", s)
	}
}

// TestMailDispatched: a server that refuses for now, hangs, breaks off: every address gets everything in order, and each repetition has the
// id of the first. An address that is refused for good is parked and holds up nobody; a receiver over HTTP neither.
func TestMailDispatched(t *testing.T) {
	t.Parallel()
	const groups, joins = 4, 10
	h := houseOf(t, ledgerOf(t, groups, joins))
	tried := 0
	s := posttest.Start(t, nil, false, func(_ int, to string) posttest.Reply {
		switch to {
		case "gone@example.org":
			return posttest.Reply{To: 550}
		case "bad@example.org":
			tried++
			if tried == 9 || tried == 31 {
				return posttest.Reply{Hang: true}
			}
			return []posttest.Reply{{}, {To: 451}, {}, {Data: 452}, {}, {Break: true}, {}, {Half: true}}[tried%8]
		}
		return posttest.Reply{}
	})
	h.mail = mailTo(s, 5*time.Second) // for which two letters wait
	hook := receive(t, func(int) int { return 204 })
	h.subscribe("hook", hook, Subscription{})
	for _, id := range []domain.SubscriptionID{"good", "bad", "gone"} {
		h.contacts[id] = &Contact{Subscription: id, Mail: string(id) + "@example.org"}
		h.subs = append(h.subs, Subscription{ID: id, Channel: domain.ByMail})
	}
	h.contacts["good"].Mail = "good@example.org"
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	d, ended := h.start(ctx)
	of := func(id string) (ids []string) {
		for _, m := range s.Mails() {
			if m.To == id+"@example.org" {
				ids = append(ids, posttest.Open(t, m.Raw).Get("Registre-Notice"))
			}
		}
		return ids
	}
	distinct := func(id string) int { return len(slices.Compact(slices.Sorted(slices.Values(of(id))))) }
	require.Eventually(t, func() bool {
		return len(hook.got()) == groups*joins && distinct("good") == groups*joins && distinct("bad") == groups*joins
	}, untilGivenUp, 20*time.Millisecond)
	stop()
	ended()
	requireInOrder(t, of("good"), groups, joins)
	requireInOrder(t, of("bad"), groups, joins)
	require.Empty(t, of("gone"))
	name := regexp.MustCompile(`^<(.*)\.(good|bad)\.[0-9a-f]{8}@example\.org>$`)
	for _, m := range s.Mails() {
		got := posttest.Open(t, m.Raw)
		require.Equal(t, strings.ReplaceAll(got.Get("Registre-Notice"), "/", "."), name.FindStringSubmatch(got.Get("Message-Id"))[1])
	}
	for g := range groups {
		l := d.Standing()[LaneID{"gone", domain.GroupID(fmt.Sprintf("g%d", g))}]
		require.False(t, l.Parked.IsZero())
		require.Equal(t, "SMTP 550 5.1.1", l.Failed)
		require.Equal(t, 1, l.Attempts, "parked at once")
	}
}

// TestNotSetUp: what nobody has set up waits without being tried, and goes on when somebody has.
func TestNotSetUp(t *testing.T) {
	t.Parallel()
	h := houseOf(t, ledgerOf(t, 1, 3))
	h.pauses = []time.Duration{time.Millisecond}
	h.contacts["one"] = &Contact{Subscription: "one", Mail: "one@example.org"}
	h.subs = []Subscription{{ID: "one", Channel: domain.ByMail}}
	ctx, stop := context.WithCancel(t.Context())
	d, ended := h.start(ctx)
	lane := func() Lane { return d.Standing()[LaneID{"one", "g0"}] }
	require.Eventually(t, func() bool { return lane().Failed == NotSetUp }, untilGivenUp, time.Millisecond)
	time.Sleep(20 * time.Millisecond) // rounds enough to be parked by
	require.True(t, lane().Parked.IsZero())
	require.Zero(t, lane().Attempts)
	stop()
	ended()
	s := posttest.Start(t, nil, false, taken)
	h.mail = mailTo(s, untilGivenUp)
	ctx, stop = context.WithCancel(t.Context())
	defer stop()
	ended = h.run(ctx)
	require.Eventually(t, func() bool { return len(s.Mails()) == 3 }, untilGivenUp, time.Millisecond)
	stop()
	ended()
}
