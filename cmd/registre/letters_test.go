package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/notify"
	"registre/projections"
)

var tagged = regexp.MustCompile(`<[^>]*>`)

// TestLetters: every notice is told in a letter, in the language of its reader, in text as on the page; a digest heads each register with
// its name, and says until when.
func TestLetters(t *testing.T) {
	t.Parallel()
	l := heldHere(demoDesk(t))
	var all []*projections.Notice
	for _, n := range noticesOfDemo(t, l) {
		all = append(all, &n)
	}
	require.NotEmpty(t, all)
	c := newCounter(l)
	for _, lang := range []string{"fr", "en"} {
		to := &notify.Contact{Subscription: "s-1", Lang: lang}
		for _, n := range all {
			letter := c.letterOf(to, []*projections.Notice{n})
			title, text := c.tongues[lang].tellNotice(n)
			require.Equal(t, "["+demoGroup+"] "+title, letter.Subject)
			page, err := letter.HTML()
			require.NoError(t, err)
			for _, says := range []string{title, text, "s-1"} {
				require.Contains(t, letter.Text(), says)
				require.Contains(t, tagged.ReplaceAllString(page, ""), strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "+", "&#43;").Replace(says))
			}
		}
		digest := c.digestOf(to, all, time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC))
		require.Len(t, digest.Parts, 1)
		require.Contains(t, digest.Parts[0].Heading, "("+demoGroup+")")
		require.Len(t, digest.Parts[0].Entries, len(all))
		require.Contains(t, digest.Subject, map[string]string{"fr": "jusqu'au 2026-11-30 à 07:00", "en": "up to 2026-11-30 at 07:00"}[lang])
	}
	require.Equal(t, "fr", c.letterOf(&notify.Contact{}, all[:1]).Lang, "who has no language is told in French")
}
