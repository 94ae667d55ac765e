package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ledongthuc/pdf"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/cmd/registre/paper"
	"registre/domain"
	"registre/projections"
	"registre/projections/casetest"
)

var addMinutes = flag.Bool("registre.minutes", false, "write the golden minutes anew")

// minutesAt are the minutes of a sitting at a pair, as the desk answers and the verb reads.
func minutesAt(tb testing.TB, c *clerk, sitting string, day string, known uint64) *minutesAnswer {
	book := c.book()
	known = min(known, book.Head())
	a := &asked{Question: projections.Question{Group: "essai", At: domainDay(tb, day), Known: known}, more: map[string]string{"sitting": sitting, "why": "yes"}, state: book.Group, head: book.Head(), margin: bookMargin{book}}
	answer, err := minutesAsked(a)
	require.NoError(tb, err)
	raw, err := encode(answer)
	require.NoError(tb, err)
	var m minutesAnswer
	require.NoError(tb, json.Unmarshal(raw, &m))
	tree := c.tree(known)
	root := tree.Root()
	m.Root = hex.EncodeToString(root[:])
	return &m
}

func domainDay(tb testing.TB, s string) domain.Day {
	d, err := domain.ParseDay(s)
	require.NoError(tb, err)
	return d
}

func onPaper(tb testing.TB, lang string, m *minutesAnswer, write func(io.Writer, paper.Document) error) []byte {
	a := newApp(nil, io.Discard, io.Discard)
	a.lang = lang
	var b bytes.Buffer
	require.NoError(tb, write(&b, a.minutesPaper(m)))
	return b.Bytes()
}

// TestMinutesOfEverything compares the minutes of a sitting in which all happens with those that were read through.
func TestMinutesOfEverything(t *testing.T) {
	c := everythingHeld(t)
	m := minutesAt(t, c, string(heldSitting), "2024-03-01", domain.Latest)
	require.NotNil(t, m.Minutes)
	for name, text := range map[string][]byte{
		"everything.fr.md": onPaper(t, "fr", m, paper.WriteMarkdown), "everything.en.md": onPaper(t, "en", m, paper.WriteMarkdown), "everything.fr.html": onPaper(t, "fr", m, paper.WriteHTML),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", "minutes", name)
			if *addMinutes {
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(t, os.WriteFile(file, text, 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), string(text))
		})
	}
	if *addMinutes {
		require.NoError(t, os.WriteFile("/tmp/minutes.pdf", onPaper(t, "fr", m, paper.Write), 0o644))
	}
}

// TestMinutesAsPDF has somebody else's program read the text and count the pages.
func TestMinutesAsPDF(t *testing.T) {
	m := minutesAt(t, everythingHeld(t), string(heldSitting), "2024-03-01", domain.Latest)
	once := onPaper(t, "fr", m, paper.Write)
	require.Equal(t, once, onPaper(t, "fr", m, paper.Write), "the same pair gives the same bytes")
	r, err := pdf.NewReader(bytes.NewReader(once), int64(len(once)))
	require.NoError(t, err)
	require.Equal(t, 8, r.NumPage())
	for n := 1; n <= r.NumPage(); n++ {
		text, err := r.Page(n).GetPlainText(nil)
		require.NoError(t, err)
		text = strings.ReplaceAll(text, "\u00a0", " ")
		assert.Contains(t, text, "procès-verbal non approuvé", n)
		assert.Contains(t, text, "connu au n° 68", n)
		assert.Contains(t, text, m.Root, n)
		assert.Contains(t, text, fmt.Sprintf("%d / 8", n))
		for _, want := range map[int][]string{1: {"Comité de gouvernance", "15 jours francs", "Département de la Meuse"}, 8: {"Présidence de séance"}}[n] {
			assert.Contains(t, text, want)
		}
	}
}

// TestMinutesAreForEver: what is recorded later changes nothing of what was told as known before.
func TestMinutesAreForEver(t *testing.T) {
	c := everythingHeld(t)
	before := onPaper(t, "fr", minutesAt(t, c, string(heldSitting), "2024-03-01", 64), paper.WriteMarkdown)
	assert.NotContains(t, string(before), "ANNULÉE")
	assert.NotContains(t, string(before), "Recompté")
	assert.Contains(t, string(before), "partage", "the kind")
	assert.Contains(t, string(before), "pour 0,5 ; contre 1,5")
	c.Tell("2024-04-01", &domain.MinutesApproved{Sitting: heldSitting, SHA256: casetest.HashOf("PV")})
	c.Tell("2024-04-02", &domain.AnnulmentLifted{Annulment: 67, How: domain.OnAppeal, Reason: "la convocation était régulière"})
	assert.Equal(t, string(before), string(onPaper(t, "fr", minutesAt(t, c, string(heldSitting), "2024-03-01", 64), paper.WriteMarkdown)))
	after := string(onPaper(t, "fr", minutesAt(t, c, string(heldSitting), "2024-05-01", domain.Latest), paper.WriteMarkdown))
	assert.NotContains(t, after, "PROJET")
	assert.NotContains(t, after, "ANNULÉE")
	assert.Contains(t, after, "le 1er avril 2024 (n° 69) ; texte approuvé, SHA-256 : "+casetest.HashOf("PV").String())
	assert.Nil(t, minutesAt(t, c, string(heldSitting), "2023-05-19", domain.Latest).Minutes, "it was not convened yet")
	named := minutesAt(t, c, "#2", "2024-05-01", domain.Latest)
	require.NotNil(t, named.Minutes)
	assert.Equal(t, heldSitting, named.Minutes.Sitting)
}

// TestMinutesOfASecondNotice: a sitting is lost, and held again with another quorum.
func TestMinutesOfASecondNotice(t *testing.T) {
	c := newClerk(t)
	agenda := []domain.AgendaItem{{Item: "1", Title: "Budget"}}
	c.Tell("2023-03-01", &domain.SittingConvened{Agenda: agenda, Body: "cogouv", Day: casetest.Day("2023-03-10"), Mode: domain.Remote, Sitting: "first"})
	sent, _ := domain.ParseRFC3339("2023-03-01T10:00:00+01:00")
	c.Tell("2023-03-01", &domain.NoticeSent{Sent: sent, Sitting: "first"})
	c.Tell("2023-03-10", &domain.SittingOpened{Present: members("cea", "moselle"), Sitting: "first"}, casetest.RecordedOn("2023-03-11"))
	c.Tell("2023-03-10", &domain.SittingAdjourned{Sitting: "first", Why: domain.ForNoQuorum, Reason: "3,5 voix sur 15"}, casetest.RecordedOn("2023-03-11"))
	c.Tell("2023-03-12", &domain.SittingConvened{Agenda: agenda, Body: "cogouv", Day: casetest.Day("2023-03-20"), Mode: domain.Remote, Sitting: "second", SecondOf: "first"})
	c.day = "2023-03-20"
	c.at("10:00", &domain.SittingOpened{Present: members("cea", "moselle"), Sitting: "second"})
	c.at("10:01", &domain.ItemPutToVote{Item: "1", Sitting: "second"})
	c.at("10:02", &domain.VotesCast{Item: "1", Sitting: "second", Votes: []domain.CastVote{{Member: "cea", Sense: domain.SenseFor}}})
	open := c.Group.Head()
	c.at("10:03", &domain.VoteClosed{Item: "1", Sitting: "second"})
	c.at("10:04", &domain.SittingClosed{Sitting: "second"})
	text := func(lang, sitting string, known uint64) string {
		return string(onPaper(t, lang, minutesAt(t, c, sitting, "2024-01-01", known), paper.WriteMarkdown))
	}
	first, second, now := text("fr", "first", domain.Latest), text("en", "second", domain.Latest), text("fr", "second", open)
	for _, want := range []string{"8 jours francs : moins que ce que demande la règle (n° 1), 15 jours francs", "La séance est ajournée faute de quorum : 3,5 voix sur 15.", "- **Ouverture** : 10 mars 2023 (n° 4)", "| 1 | Budget | non mis aux voix |"} {
		assert.Contains(t, first, want)
	}
	assert.NotContains(t, first, "22 h 59", "it was recorded on another day")
	for _, want := range []string{"second, after the sitting first adjourned for want of a quorum", "on second notice", "Found: 2 members of 10: reached.", "The item is REJECTED."} {
		assert.Contains(t, second, want)
	}
	assert.Contains(t, now, "Le vote est encore ouvert ; il en est à :")
}

// TestWhoeverIsThereIsTold, whether it votes on something or not.
func TestWhoeverIsThereIsTold(t *testing.T) {
	c := newClerk(t)
	c.Tell("2023-02-01", &domain.MemberJoined{Basis: "loi", Member: "guest", Name: "Membre sans voix"})
	c.Tell("2023-03-01", &domain.SittingConvened{Agenda: []domain.AgendaItem{{Item: "1", Title: "Élection", Kind: "designation"}}, Body: "cogouv", Day: casetest.Day("2023-03-10"), Mode: domain.Remote, Sitting: "s"})
	c.Tell("2023-03-10", &domain.SittingOpened{Present: members("cea", "guest"), Sitting: "s"})
	text := string(onPaper(t, "fr", minutesAt(t, c, "s", "2024-01-01", domain.Latest), paper.WriteMarkdown))
	assert.Contains(t, text, "| Membre sans voix |  | présent |  |")
	assert.Contains(t, text, "| Département de la Meuse | 1 | absent |  |")
	c.Tell("2023-03-10", &domain.SittingAdjourned{Sitting: "s", Why: domain.ForOther, Reason: "panne"})
	assert.Contains(t, string(onPaper(t, "en", minutesAt(t, c, "s", "2024-01-01", domain.Latest), paper.WriteMarkdown)), "The sitting is adjourned: panne.")
}

// TestMinutesOfAConsultation: there is nobody in a room.
func TestMinutesOfAConsultation(t *testing.T) {
	c := newClerk(t)
	c.Tell("2023-03-01", &domain.SittingConvened{
		Agenda: []domain.AgendaItem{{Item: "1", Title: "Avis"}}, Body: "cogouv", Day: casetest.Day("2023-03-02"), Deadline: casetest.Day("2023-03-10"), Mode: domain.Written, Sitting: "w",
	})
	c.Tell("2023-03-02", &domain.SittingOpened{Sitting: "w"})
	c.Tell("2023-03-02", &domain.ItemPutToVote{Item: "1", Sitting: "w"})
	c.Tell("2023-03-05", &domain.VotesCast{Item: "1", Sitting: "w", Votes: []domain.CastVote{{Member: "region", Sense: domain.SenseFor}, {Member: "cea", Sense: domain.SenseFor}, {Member: "marne", Sense: domain.SenseFor}, {Member: "aube", Sense: domain.SenseAgainst}}})
	c.Tell("2023-03-11", &domain.VoteClosed{Item: "1", Sitting: "w"})
	text := string(onPaper(t, "fr", minutesAt(t, c, "w", "2024-01-01", domain.Latest), paper.WriteMarkdown))
	for _, want := range []string{
		"# Procès-verbal de la consultation écrite du 2 mars 2023 au 10 mars 2023", "| Département de la Meuse | 1 | consulté | sans réponse |", "La consultation est ouverte.", "| **Ont répondu** | **4** | **8,5** |", "qui répondent. Constaté : 8,5 voix sur 15 : atteint.", "Obtenu : 7,5 voix sur 15 : non atteinte",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "## Présences")
}

// TestMinutesByTheVerb has the program record all that and write the minutes, in each format.
func TestMinutesByTheVerb(t *testing.T) {
	dir := everythingHeld(t).folder(t)
	out, exit := command(t, dir, "minutes", "essai", string(heldSitting), "--at", "2024-03-01", "--lang", "fr")
	require.Zero(t, exit, out)
	assert.Contains(t, out, "# Procès-verbal de la séance du lundi 12 juin 2023")
	assert.Contains(t, out, "Le point est mis aux voix, au scrutin public. (n° 14)", "it was recorded today, so nobody knows the hour")
	assert.NotContains(t, out, "14 h 12")
	for ending, begins := range map[string]string{"pdf": "%PDF-1.", "html": "<!DOCTYPE html>", "md": "> **PROJET"} {
		file := filepath.Join(dir, "pv."+ending)
		for range 2 {
			said, exit := command(t, dir, "minutes", "essai", "#2", file, "--at", "2024-03-01", "--lang", "fr", "--force")
			require.Zero(t, exit, said)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(string(text), begins), ending)
		}
		said, exit := command(t, dir, "minutes", "essai", "#2", file, "--lang", "en")
		assert.Equal(t, exitMisused, exit, said)
	}
	text, err := os.ReadFile(filepath.Join(dir, "pv.md"))
	require.NoError(t, err)
	assert.Equal(t, out, string(text))
	raw, exit := command(t, dir, "minutes", "essai", string(heldSitting), "--json")
	require.Zero(t, exit)
	var m minutesAnswer
	require.NoError(t, json.Unmarshal([]byte(raw), &m))
	assert.Len(t, m.Minutes.Agenda, 11)
	said, exit := command(t, dir, "minutes", "essai", "no-such", "--lang", "fr")
	assert.Equal(t, exitMisused, exit)
	assert.Contains(t, said, "cogouv-2023-09-15, cogouv-2023-06-12")
}
