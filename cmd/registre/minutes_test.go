package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/cmd/registre/paper"
	"registre/domain"
	"registre/projections"
)

var addMinutes = flag.Bool("registre.minutes", false, "write the golden minutes anew")

// minutesAt are the minutes of a sitting at a pair, as the desk answers and the verb reads.
func minutesAt(tb testing.TB, c *clerk, sitting string, day string, known uint64) *minutesAnswer {
	book := c.book()
	known = min(known, book.Head())
	a := &asked{Question: projections.Question{Group: "essai", At: domainDay(tb, day), Known: known}, more: map[string]string{"sitting": sitting, "why": "yes"}, book: book}
	answer, err := minutesAsked(a)
	require.NoError(tb, err)
	raw, err := encode(answer, nil)
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

func written(tb testing.TB, lang string, m *minutesAnswer, write func(io.Writer, paper.Document) error) []byte {
	a := newApp(nil, io.Discard, io.Discard)
	a.lang = lang
	var b bytes.Buffer
	require.NoError(tb, write(&b, a.minutesPaper(m)))
	return b.Bytes()
}

// TestMinutesOfEverything compares the minutes of a sitting in which all happens with those that were read through.
func TestMinutesOfEverything(t *testing.T) {
	c := everything(t)
	m := minutesAt(t, c, string(heldSitting), "2024-03-01", domain.Latest)
	require.NotNil(t, m.Minutes)
	for name, text := range map[string][]byte{
		"everything.fr.md": written(t, "fr", m, paper.WriteMarkdown), "everything.en.md": written(t, "en", m, paper.WriteMarkdown), "everything.fr.html": written(t, "fr", m, paper.WriteHTML),
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
		require.NoError(t, os.WriteFile("/tmp/minutes.pdf", written(t, "fr", m, paper.Write), 0o644))
	}
}
