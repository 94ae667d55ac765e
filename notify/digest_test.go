package notify

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/notify/posttest"
	"registre/projections"
)

// A hand moves a clock.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(time.Microsecond)
	return h.at
}

func (h *hand) set(s string) {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = at
}

// TestRhythm: when digests are due, over both changes of the clocks.
func TestRhythm(t *testing.T) {
	t.Parallel()
	seven := 7 * time.Hour
	for _, c := range []struct {
		rhythm    Rhythm
		from, due string
	}{
		{Rhythm{At: seven}, "2026-11-26T05:59:59Z", "2026-11-26T06:00:00Z"},
		{Rhythm{At: seven}, "2026-11-26T06:00:00Z", "2026-11-27T06:00:00Z"},
		{Rhythm{At: seven}, "2026-03-28T06:00:00Z", "2026-03-29T05:00:00Z"},
		{Rhythm{At: seven}, "2026-10-24T05:00:00Z", "2026-10-25T06:00:00Z"},
		{Rhythm{At: 30 * time.Minute}, "2026-11-25T23:30:00Z", "2026-11-26T23:30:00Z"},
		{Rhythm{At: seven}, "2026-12-31T12:00:00Z", "2027-01-01T06:00:00Z"},
		{Rhythm{Weekly: true, At: seven}, "2026-11-26T12:00:00Z", "2026-11-30T06:00:00Z"},
		{Rhythm{Weekly: true, At: seven}, "2026-11-30T06:00:00Z", "2026-12-07T06:00:00Z"},
		{Rhythm{Weekly: true, At: 150 * time.Minute}, "2026-03-29T12:00:00Z", "2026-03-30T00:30:00Z"},
	} {
		from, err := time.Parse(time.RFC3339, c.from)
		require.NoError(t, err)
		require.Equal(t, c.due, c.rhythm.After(from).Format(time.RFC3339), "%+v", c)
	}
}

// digestsOf are the digests that came: each the ids of its notices.
func digestsOf(t *testing.T, s *posttest.Server, taken bool) (all [][]string, names []string) {
	for _, m := range s.Mails() {
		if taken && !m.Taken {
			continue
		}
		got := posttest.Open(t, m.Raw)
		var ids []string
		for line := range strings.Lines(got.Text) {
			if line = strings.TrimSpace(line); strings.Count(line, "/") == 2 {
				ids = append(ids, line)
			}
		}
		all, names = append(all, ids), append(names, got.Get("Message-Id"))
	}
	return all, names
}

// A diary is a house with one subscription to digests, and a clock.
type diary struct {
	*house
	*hand
	server *posttest.Server
	reply  posttest.Reply
}

func diaryOf(t *testing.T, weekly bool) *diary {
	d := &diary{hand: &hand{}}
	d.set("2026-11-23T09:00:00Z") // a Monday
	d.house = houseOf(t, ledgerAt(t, d.hand.now, 2, 0))
	d.house.now = d.hand.now
	d.server = posttest.Start(t, nil, false, func(int, string) posttest.Reply { return d.reply })
	d.mail = mailTo(d.server, untilGivenUp)
	d.mail.TellAll = func(c *Contact, all []*projections.Notice, _ time.Time) Letter { return d.mail.Tell(c, all) }
	d.contacts["one"] = &Contact{Subscription: "one", Mail: "one@example.org", Weekly: weekly}
	d.subs = []Subscription{{ID: "one", Channel: domain.ByDigest, Made: domain.InstantOf(d.hand.now())}}
	return d
}

func (d *diary) join(group int, member string) {
	do(d.t, d.ledger, group, &domain.MemberJoined{Basis: "b", Member: domain.MemberID(member), Name: "M"})
}

// until has a dispatcher work until it is through with the digest that was due at an instant.
func (d *diary) until(due string) {
	ctx, stop := context.WithCancel(d.t.Context())
	at, ended := d.start(ctx)
	own := func() Lane { return at.Standing()[LaneID{Subscription: "one"}] }
	require.Eventually(d.t, func() bool { return own().Due.Format(time.RFC3339) == due }, untilGivenUp, time.Millisecond, "%+v", own())
	stop()
	ended()
}

// TestDigest: one mail a day with what there was, none where there was nothing, by groups; each day's apart, however late they come.
func TestDigest(t *testing.T) {
	t.Parallel()
	d := diaryOf(t, false)
	d.join(1, "a")
	d.join(0, "b")
	d.join(1, "c")
	d.set("2026-11-24T05:59:00Z")
	d.until("2026-11-23T09:00:00Z")
	require.Empty(t, d.server.Mails(), "not yet due")
	d.set("2026-11-24T06:00:00Z")
	d.join(0, "d") // a microsecond after it is due
	d.until("2026-11-24T06:00:00Z")
	all, _ := digestsOf(t, d.server, true)
	require.Equal(t, [][]string{{"g0/2/member-joined", "g1/2/member-joined", "g1/3/member-joined"}}, all)
	d.set("2026-11-25T12:00:00Z")
	d.until("2026-11-25T06:00:00Z")
	d.join(1, "e")
	d.set("2026-11-27T12:00:00Z")
	d.join(1, "f")
	d.set("2026-11-30T12:00:00Z")
	d.until("2026-11-30T06:00:00Z")
	all, names := digestsOf(t, d.server, true)
	require.Equal(t, [][]string{{"g0/3/member-joined"}, {"g1/4/member-joined"}, {"g1/5/member-joined"}}, all[1:], "three digests, and none of the days on which there was nothing")
	require.Regexp(t, `^<digest\.20261126T0600Z\.g1\.4\.member-joined\.one\.[0-9a-f]{8}@example\.org>$`, names[2])
}

// TestDigestWeekly: what there was until Monday.
func TestDigestWeekly(t *testing.T) {
	t.Parallel()
	d := diaryOf(t, true)
	d.join(0, "a")
	d.set("2026-11-27T12:00:00Z")
	d.join(0, "b")
	d.set("2026-11-30T06:00:01Z")
	d.until("2026-11-30T06:00:00Z")
	all, _ := digestsOf(t, d.server, true)
	require.Equal(t, [][]string{{"g0/2/member-joined", "g0/3/member-joined"}}, all)
}

// TestDigestAgain: what was sent, and not known to be taken, is sent again days later with the same name and the same notices, whatever
// has been recorded since; what a right was missing for comes when it is back.
func TestDigestAgain(t *testing.T) {
	t.Parallel()
	d := diaryOf(t, false)
	d.join(0, "a")
	d.join(1, "b")
	d.set("2026-11-24T05:00:00Z")
	d.join(1, "early") // on the day itself, of which nothing is audited before it is over
	d.set("2026-11-24T06:00:01Z")
	d.reply = posttest.Reply{Break: true}
	ctx, stop := context.WithCancel(t.Context())
	ended := d.run(ctx)
	require.Eventually(t, func() bool { return len(d.server.Mails()) > 0 }, untilGivenUp, time.Millisecond)
	stop()
	ended()
	d.join(0, "c")
	d.set("2026-11-25T08:00:00Z")
	d.join(1, "later")
	d.set("2026-11-27T08:00:00Z")
	d.reply = posttest.Reply{}
	d.until("2026-11-27T06:00:00Z")
	all, names := digestsOf(t, d.server, false)
	last := len(all) - 1
	require.Equal(t, names[0], names[last-2])
	first, again := posttest.Open(t, d.server.Mails()[0].Raw), posttest.Open(t, d.server.Mails()[last-2].Raw)
	require.Equal(t, first.Text, again.Text, "what an audit of the day found among it")
	require.Contains(t, first.Text, projections.FindingRaised)
	require.Equal(t, [][]string{{"g0/3/member-joined"}, {"g1/4/member-joined"}}, all[last-1:])
	d.join(0, "d")
	d.may.Store(false)
	d.set("2026-11-28T08:00:00Z")
	d.until("2026-11-28T06:00:00Z")
	d.may.Store(true)
	d.set("2026-11-29T08:00:00Z")
	d.until("2026-11-29T06:00:00Z")
	all, _ = digestsOf(t, d.server, false)
	require.Equal(t, [][]string{{"g0/4/member-joined"}}, all[last+1:])
}

// TestDigestMany: what is too much for one mail comes in several, each with a name of its own, and an address that is refused is parked.
func TestDigestMany(t *testing.T) {
	t.Parallel()
	d := diaryOf(t, false)
	d.subs[0].Kinds = []string{projections.MembersJoined}
	for m := range maxGathered + 3 {
		d.join(m%2, fmt.Sprintf("m%d", m))
	}
	d.set("2026-11-24T06:00:01Z")
	d.until("2026-11-24T06:00:00Z")
	all, names := digestsOf(t, d.server, true)
	require.Len(t, all, 2)
	require.Len(t, all[0], maxGathered)
	require.Len(t, all[1], 3)
	require.NotEqual(t, names[0], names[1])
	d.join(0, "last")
	d.set("2026-11-25T06:00:01Z")
	d.reply = posttest.Reply{To: 550}
	ctx, stop := context.WithCancel(t.Context())
	at, ended := d.start(ctx)
	lane := func() Lane { return at.Standing()[LaneID{Subscription: "one"}] }
	require.Eventually(t, func() bool { return !lane().Parked.IsZero() }, untilGivenUp, time.Millisecond)
	require.Equal(t, "SMTP 550 5.1.1", lane().Failed)
	stop()
	ended()
	d.subs[0].Resumed = map[domain.GroupID]uint64{"": 7}
	d.reply = posttest.Reply{}
	d.until("2026-11-25T06:00:00Z")
	require.Len(t, d.server.Mails(), 3)
}
