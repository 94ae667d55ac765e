package paper

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ledongthuc/pdf"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pagesOf are the texts of a document's pages, as somebody else's program reads them, without what is empty.
func pagesOf(t *testing.T, d Document) (pages [][]string) {
	var b bytes.Buffer
	require.NoError(t, Write(&b, d))
	r, err := pdf.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	for n := 1; n <= r.NumPage(); n++ {
		text, err := r.Page(n).GetPlainText(nil)
		require.NoError(t, err)
		var lines []string
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
		pages = append(pages, lines)
	}
	return pages
}

// pushed is a document whose tables, headings and signatures stand lower by so many lines.
func pushed(lines, rows int) Document {
	table := &Table{Heads: []string{"COLUMN", "Other"}, Widths: []float64{90, 90}, Wrap: true, Sum: []string{"SUM", "x"}, Right: map[int]bool{1: true}}
	for i := range rows {
		table.Rows = append(table.Rows, []string{fmt.Sprintf("row %d", i), strings.Repeat("of several words ", i%9)})
	}
	d := Document{Lang: "fr", Title: "T", Stamp: "STAMP", Foot: "FOOT\nSECOND"}
	for range lines {
		d.Parts = append(d.Parts, Part{Text: "filler"})
	}
	d.Parts = append(d.Parts, Part{Heading: "HEADING", Level: 1}, Part{Heading: "BELOW", Level: 2}, Part{Text: "LEADS:", Lead: true}, Part{Table: table},
		Part{Text: strings.TrimSpace(strings.Repeat("many words that go on ", 60))}, Part{Sign: []string{"SIGNER", "OTHER"}})
	return d
}

// TestNothingStandsAloneAtTheFoot moves a document down line by line: nowhere does a heading, the head of a table or what leads to
// one end a page, and nowhere does a sum begin one.
func TestNothingStandsAloneAtTheFoot(t *testing.T) {
	broken := 0
	for lines := range 50 {
		for _, rows := range []int{4, 40} {
			pages := pagesOf(t, pushed(lines, rows))
			broken += len(pages) - 1
			for n, page := range pages {
				require.Equal(t, "STAMP", page[0])
				foot := len(page) - 3
				require.Equal(t, []string{"FOOT", fmt.Sprintf("%d / %d", n+1, len(pages)), "SECOND"}, page[foot:])
				last, first := page[foot-1], page[1]
				assert.NotContains(t, []string{"HEADING", "BELOW", "LEADS:", "COLUMN", "Other"}, last, "%d lines, page %d", lines, n)
				assert.NotEqual(t, "SUM", first)
				if first == "COLUMN" {
					assert.NotEqual(t, "SUM", page[3], "the sum stands with a row")
				}
			}
		}
	}
	assert.Greater(t, broken, 120, "pages do break in this test")
}

// TestHeadsAreRepeated: a table over several pages has its head on each.
func TestHeadsAreRepeated(t *testing.T) {
	pages := pagesOf(t, pushed(0, 300))
	require.Greater(t, len(pages), 5)
	for _, page := range pages[1 : len(pages)-1] {
		assert.Equal(t, "COLUMN", page[1])
	}
}

// TestWordsAreNotLost: what is wider than a cell takes more lines, even one word that is wider than the page; and what the letters
// do not have is shown, not lost.
func TestWordsAreNotLost(t *testing.T) {
	word := strings.Repeat("abcdefghij", 30)
	d := Document{Lang: "fr", Title: "T", Foot: "F", Parts: []Part{
		{Text: word}, {Table: &Table{Heads: []string{"A", "B"}, Widths: []float64{20, 160}, Wrap: true, Rows: [][]string{{word[:60], "😀 fin\u202e"}}}}, {List: []string{"premier", "second"}}, {Facts: [][2]string{{"fait", word}}},
	}}
	text := strings.Join(pagesOf(t, d)[0], "")
	assert.Equal(t, 2, strings.Count(regexp.MustCompile(`\s`).ReplaceAllString(text, ""), word))
	assert.Contains(t, text, "fin")
	assert.Contains(t, text, "second")
}

// TestMarkupTakesTextForText: what is said is neither Markdown nor HTML.
func TestMarkupTakesTextForText(t *testing.T) {
	evil := "# *x* _y_ `z` [a](b) <script>alert(1)</script> | & \u202eretro"
	d := Document{Lang: "en", Title: evil, Stamp: evil, Beneath: evil, Foot: evil, Facts: [][2]string{{evil, evil}}, Parts: []Part{
		{Heading: evil, Level: 1}, {Text: evil}, {Text: evil, Bold: true}, {Text: "1. " + evil}, {List: []string{evil}}, {Table: &Table{Heads: []string{evil}, Rows: [][]string{{evil}}, Sum: []string{evil}}}, {Sign: []string{evil}},
	}}
	var page, text bytes.Buffer
	require.NoError(t, WriteHTML(&page, d))
	require.NoError(t, WriteMarkdown(&text, d))
	assert.NotContains(t, page.String(), "<script")
	assert.Equal(t, 16, strings.Count(page.String(), "&lt;script&gt;"))
	assert.NotContains(t, text.String(), "\u202e")
	assert.NotContains(t, regexp.MustCompile(`\\.`).ReplaceAllString(text.String(), ""), "<script")
	assert.NotRegexp(t, `(^|[^\\])\[a`, text.String())
	assert.Contains(t, text.String(), "1\\. ")
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "|") {
			assert.Equal(t, 2, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
		}
	}
}
