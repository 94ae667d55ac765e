package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/notify"
	"registre/projections"
)

// noticesOfDemo are all notices of the demonstration, those of findings too.
func noticesOfDemo(t *testing.T, l *local) (all []projections.Notice) {
	source := &notify.Source{Log: l.ledger, Now: func() domain.Instant { return domain.InstantOf(time.Now().AddDate(1, 0, 0)) }}
	var at notify.Place
	for {
		steps, err := source.After(t.Context(), demoGroup, at, true)
		require.NoError(t, err)
		if len(steps) == 0 {
			return all
		}
		for _, s := range steps {
			if at = s.Behind; s.Notice != nil {
				all = append(all, *s.Notice)
			}
		}
	}
}

// noticesOfTheCase are those of the reference case, as they are kept for ever.
func noticesOfTheCase(t *testing.T) (all []projections.Notice) {
	text, err := os.ReadFile("../../projections/testdata/notices.json")
	require.NoError(t, err)
	var events []projections.CloudEvent
	require.NoError(t, json.Unmarshal(text, &events))
	for i := range events {
		all = append(all, events[i].Notice())
	}
	return all
}

// TestEveryNoticeIsTold: every kind of notice is told in both languages, whole, and says where it is invented.
func TestEveryNoticeIsTold(t *testing.T) {
	all := noticesOfDemo(t, heldHere(demoDesk(t)))
	require.NotEmpty(t, all)
	all = append(all, noticesOfTheCase(t)...)
	seen := map[string]bool{}
	for i := range all {
		n := &all[i]
		var titles, texts [2]string
		for l, lang := range []string{"fr", "en"} {
			titles[l], texts[l] = (&app{lang: lang}).tellNotice(n)
			for _, says := range []string{titles[l], texts[l]} {
				require.NotContains(t, says, "%!", n.ID())
				require.NotContains(t, says, "  ", n.ID())
				require.NotContains(t, says, "{", n.ID())
				require.NotContains(t, says, n.Kind, n.ID())
				require.Equal(t, n.Illustrative != "", strings.Contains(strings.ToLower(says), "illustrati"), says)
			}
			require.Contains(t, texts[l][max(0, len(texts[l])-1):], ".", texts[l])
		}
		require.NotEqual(t, texts[0], texts[1], n.ID())
		for _, b := range n.Data.Bodies {
			require.NotEmpty(t, b.Name, n.ID())
		}
		for _, m := range n.Data.Members {
			require.NotEmpty(t, m.Name, n.ID())
		}
		seen[n.Kind] = true
	}
	for _, kind := range projections.NoticeKinds() {
		require.Contains(t, tellers, kind)
		require.True(t, seen[kind], "no %s was told", kind)
	}
	require.Len(t, tellers, len(projections.NoticeKinds()))
	require.True(t, slices.ContainsFunc(all, func(n projections.Notice) bool { return n.Illustrative != "" }))
}
