package sheet

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestJSONLines(t *testing.T) {
	got, _, err := read(t, put(t, "x.csv", []byte("\ufeff"+`{"b":412,"a":"Collège"}`+"\r\n\n"+`{"a":null,"c":true,"b":12.50}`+"\n"+`{}`+"\n"+`{"c":"e\u0301"}`)), "")
	require.NoError(t, err)
	assert.Equal(t, []rowOf{
		{0, []string{"b", "a", "c"}},
		{1, []string{"412", "Collège", ""}},
		{3, []string{"12.50", "", "true"}},
		{5, []string{"", "", "é"}},
	}, got)
}

func TestBadJSONLines(t *testing.T) {
	for name, c := range map[string]struct {
		content, code string
		row           int
	}{
		"cut off":      {`{"a":1}` + "\n" + `{"a":`, BadJSON, 2},
		"an array":     {`{"a":1}` + "\n[1]", BadJSON, 2},
		"nested":       {`{"a":1}` + "\n\n" + `{"a":{"b":1}}`, BadJSON, 3},
		"a name twice": {`{"a":1,"a":2}`, BadJSON, 1},
		"two objects":  {`{"a":1} {"a":2}`, BadJSON, 1},
		"no number":    {`{"a":01}`, BadJSON, 1},
		"long":         {`{"a":"` + strings.Repeat("x", MaxCell+1) + `"}`, TooLarge, 1},
		"very long":    {`{"a":1}` + "\n" + `{"a":"` + strings.Repeat("x", 2*maxLine) + `"}`, TooLarge, 2},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := read(t, put(t, "x.jsonl", []byte(c.content)), "")
			at := new(Error)
			require.ErrorAs(t, err, &at)
			assert.Equal(t, c.code, at.Code, "%v", err)
			assert.Equal(t, c.row, at.Row, "%v", err)
		})
	}
}

// TestUnknownCounts: a column of counts is there though all of them are unknown.
func TestUnknownCounts(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, JSONLines, "", []Column{{"n", "N", Count}, {"a", "A", Text}, {"b", "B", Text}})
	require.NoError(t, err)
	require.NoError(t, w.Write([]string{"", "x", ""}))
	require.NoError(t, w.Close())
	assert.Equal(t, `{"a":"x","n":null}`+"\n", b.String())
	got, _, err := read(t, put(t, "x.jsonl", b.Bytes()), "")
	require.NoError(t, err)
	assert.Equal(t, []rowOf{{0, []string{"a", "n"}}, {1, []string{"x", ""}}}, got)
}

// TestJSONLinesReadAgain: what is written is read again, under its names.
func TestJSONLinesReadAgain(t *testing.T) {
	columns := []Column{{"name", "Nom é", Text}, {"count", "Effectif", Count}, {"price", "Prix", Decimal}, {"begin", "Début", Day}}
	cell := rapid.OneOf(rapid.SampledFrom([]string{"", "=1+1", "'=1", "12", "12.5", "2022-09-01", "a\nb", "\"q\"", "\u2028"}), rapid.StringMatching(`[ -~éàü€]{0,12}`))
	path := filepath.Join(t.TempDir(), "x.jsonl")
	rapid.Check(t, func(r *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 4, 4), 1, 6).Draw(r, "rows")
		out, err := os.Create(path)
		require.NoError(r, err)
		w, err := NewWriter(out, JSONLines, "", columns)
		require.NoError(r, err)
		want, whole := map[int][]string{}, false
		for i, row := range rows {
			require.NoError(r, w.Write(row))
			if strings.TrimSpace(strings.Join(row, "")) != "" {
				want[i+1], whole = row, true
			}
		}
		require.NoError(r, w.Close())
		require.NoError(r, out.Close())
		if !whole {
			return
		}
		got, _, err := read(t, path, "")
		require.NoError(r, err)
		require.Len(r, got, len(want)+min(1, len(got)))
		for _, row := range got[min(1, len(got)):] {
			again := make([]string, len(columns))
			for i, c := range columns {
				for n, name := range got[0].Cells {
					if name == c.Key && n < len(row.Cells) {
						again[i] = row.Cells[n]
					}
				}
			}
			require.Equal(r, want[row.Number], again)
		}
	})
}
