package main

import (
	"bufio"
	"context"
	"io"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/projections"
)

// noticesPaged are the notices that a question asks for, page by page, at a number.
func noticesPaged(t *testing.T, d desk, known string, more ...string) (ids []string) {
	q := Question{Kind: "notices", Group: demoGroup, Known: known, More: asking(more...)}
	way := "after"
	if q.More["newest"] != "" {
		way = "before"
	}
	for {
		page, err := answerTo[noticesTold](t.Context(), d, q)
		require.NoError(t, err)
		for i := range page.Notices {
			ids = append(ids, page.Notices[i].ID)
		}
		if page.Next == 0 {
			return ids
		}
		require.NotEqual(t, q.More[way], decimal(page.Next))
		q.More[way] = decimal(page.Next)
	}
}

// TestNoticesInPages: whatever the size of the pages, and from whichever end, they are the same notices, each once; what is asked for
// up to a number is the beginning of what is asked for up to a later one.
func TestNoticesInPages(t *testing.T) {
	d := demoDesk(t)
	all := noticesPaged(t, d, "", "findings", "yes", "limit", "1000")
	require.Greater(t, len(all), 100)
	require.Equal(t, len(all), len(slices.Compact(slices.Sorted(slices.Values(all)))))
	for _, limit := range []string{"1", "7", "100"} {
		require.Equal(t, all, noticesPaged(t, d, "", "findings", "yes", "limit", limit), limit)
	}
	without := noticesPaged(t, d, "")
	require.Less(t, len(without), len(all))
	backwards := noticesPaged(t, d, "", "newest", "yes", "limit", "3")
	require.ElementsMatch(t, without, backwards)
	require.Equal(t, all[:len(all)-1], noticesPaged(t, d, "#1107", "findings", "yes"), "the last event's notice is the only one that is not known yet")
	require.Equal(t, []string{demoGroup + "/1108/" + projections.FigureCorrected}, noticesPaged(t, d, "", "after", "1107"))
	decided := noticesPaged(t, d, "", "kind", projections.DecisionWasProclaimed+"\n"+projections.DecisionWasAsserted, "body", "cogouv")
	require.Len(t, decided, 6)
	_, err := d.Ask(t.Context(), Question{Kind: "notices", Group: demoGroup, More: asking("kind", "x")})
	require.ErrorContains(t, err, "R0480")
	_, err = d.Ask(t.Context(), Question{Kind: "notices", Group: demoGroup, More: asking("body", "nobody")})
	require.ErrorContains(t, err, "body-unknown")
}

// TestNoticesFollowed: who follows from another process is told what was recorded before, and then what is recorded meanwhile, once each.
func TestNoticesFollowed(t *testing.T) {
	l := heldHere(demoDesk(t))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	beside, err := dial(ctx, l.house.Data)
	require.NoError(t, err)
	read, write := io.Pipe()
	follower := newApp(nil, write, io.Discard)
	follower.desk, follower.lang = beside, "en"
	ended := make(chan error, 1)
	go func() { ended <- follower.notices(ctx, demoGroup, &noticesAsking{after: 1107, goOn: true}) }()
	lines := bufio.NewScanner(read)
	require.True(t, lines.Scan())
	require.Contains(t, lines.Text(), "#1108  Event #1098 is voided, by #1108")
	for n, command := range []string{obligation(demoGroup, "a"), withdrawing("aube"), withdrawing("marne")} { // of an obligation nobody is told
		_, err := l.Record(ctx, []byte(command))
		require.NoError(t, err)
		if n == 0 {
			continue
		}
		require.True(t, lines.Scan())
		require.Contains(t, lines.Text(), decimal(uint64(1109+n))+"  Département de "+[]string{"", "l'Aube", "la Marne"}[n]+" leaves, on 2025-03-01.")
	}
	stop()
	require.NoError(t, <-ended)
}

// withdrawing is a command by which a member leaves.
func withdrawing(member string) string {
	return `{"actor":"a","command":"withdraw-member","data":{"basis":"article 5","member":"` + member + `"},"effective":"2025-03-01","group":"` + demoGroup + `","id":"` + uuid.NewString() + `"}`
}
