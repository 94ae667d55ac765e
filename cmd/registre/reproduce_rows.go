package main

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ledongthuc/pdf"

	"registre/cmd/registre/sheet"
)

// differences are where a file and what the register gives differ.
type differences struct {
	Count int      `json:"count"` // cells, lines or values
	First []placed `json:"first"` // the first of them
}

// A placed difference is one of them. Says is what the file has there, Gives what the register gives.
type placed struct {
	Cell   string `json:"cell,omitzero"`   // D5, of a table
	Column string `json:"column,omitzero"` // its heading
	Gives  string `json:"register"`
	Kind   string `json:"kind,omitzero"` // a whole row or line: missing from the file, or more than the register gives
	Line   int    `json:"line,omitzero"` // the row of a table, the line of a text, or of a page
	Page   int    `json:"page,omitzero"`
	Path   string `json:"path,omitzero"` // in an answer: members[3].weight
	Says   string `json:"file"`
}

// Kinds of what differs as a whole.
const (
	lineMissing = "missing"
	lineMore    = "more"
)

// firstFew is how many differences are told.
const firstFew = 5

func (d *differences) add(p placed) {
	if d.Count++; len(d.First) < firstFew {
		d.First = append(d.First, p)
	}
}

// A laidRow is a row of a table, or a line of a text.
type laidRow struct {
	page, line int
	cells      []string
	table      bool
}

// differ finds where two texts or tables differ: rows in the midst of equal ones are those that were taken out or put in, where there
// are fewer or more of them; otherwise cells.
func differ(said, gives []laidRow) *differences {
	d, titles := &differences{}, []string(nil)
	if len(gives) > 0 && gives[0].table {
		titles = gives[0].cells
	}
	same := func(a, b laidRow) bool { return slices.Equal(a.cells, b.cells) }
	begin := 0
	for begin < min(len(said), len(gives)) && same(said[begin], gives[begin]) {
		begin++
	}
	said, gives = said[begin:], gives[begin:]
	for len(said) > 0 && len(gives) > 0 && same(said[len(said)-1], gives[len(gives)-1]) {
		said, gives = said[:len(said)-1], gives[:len(gives)-1]
	}
	for i := range min(len(said), len(gives)) {
		d.cells(said[i], gives[i], titles)
	}
	for _, row := range said[min(len(said), len(gives)):] {
		d.add(placed{Kind: lineMore, Page: row.page, Line: row.line, Says: row.text()})
	}
	for _, row := range gives[min(len(said), len(gives)):] {
		d.add(placed{Kind: lineMissing, Page: row.page, Line: row.line, Gives: row.text()})
	}
	return d
}

func (d *differences) cells(said, gives laidRow, titles []string) {
	for i := range max(len(said.cells), len(gives.cells)) {
		a, b := cellAt(said.cells, i), cellAt(gives.cells, i)
		if a == b {
			continue
		}
		p := placed{Page: said.page, Line: said.line, Says: a, Gives: b}
		if said.table {
			p.Cell, p.Column = fmt.Sprintf("%s%d", letters(i), said.line), cellAt(titles, i)
		}
		d.add(p)
	}
}

func cellAt(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// letters names a column as spreadsheets do.
func letters(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

func (r laidRow) text() string {
	if r.table {
		return strings.Join(r.cells, " | ")
	}
	return strings.Join(r.cells, " ")
}

// rowsOf reads what a file says: the rows of a table, the lines of a text.
func rowsOf(file, format string) ([]laidRow, error) {
	switch format {
	case "pdf":
		return pdfRows(file)
	case "md", "html":
		text, err := readSmall(file, maxPublished)
		return lineRows(string(text), format == "html"), err
	}
	return tableRows(file)
}

func tableRows(file string) (rows []laidRow, err error) {
	f, err := sheet.Open(file)
	if err != nil {
		return nil, sheetFault(file, err)
	}
	defer f.Close()
	s, err := f.Sheet("")
	if err != nil {
		return nil, sheetFault(file, err)
	}
	for row, err := range f.Rows(s) {
		if err != nil {
			return nil, sheetFault(file, err)
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			cells[i] = c.Text
		}
		for len(cells) > 0 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		rows = append(rows, laidRow{line: row.Number, cells: cells, table: true})
	}
	return rows, nil
}

var tags = regexp.MustCompile(`<[^>]*>`)

func lineRows(text string, html bool) (rows []laidRow) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if html {
			if shown := strings.TrimSpace(tags.ReplaceAllString(line, " ")); shown != "" {
				line = strings.Join(strings.Fields(shown), " ")
			}
		}
		rows = append(rows, laidRow{line: n, cells: []string{line}})
	}
	return rows
}

// What is read of a PDF that is not ours to the byte.
const (
	pdfPatience = 20 * time.Second
)

// pdfRows reads the lines of a PDF. Whoever altered it may have broken it: then it has none.
func pdfRows(file string) ([]laidRow, error) {
	text, err := readSmall(file, maxPublished)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), pdfPatience)
	defer cancel()
	read := make(chan []laidRow, 1)
	go func() {
		defer func() {
			if recover() != nil { // the reader panics on what is broken
				read <- nil
			}
		}()
		rows, _ := pdfLines(ctx, text)
		read <- rows
	}()
	select {
	case rows := <-read:
		return rows, nil
	case <-ctx.Done():
		return nil, nil
	}
}

func pdfLines(ctx context.Context, text []byte) (rows []laidRow, err error) {
	r, err := pdf.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err
	}
	for n := 1; n <= r.NumPage() && ctx.Err() == nil; n++ {
		rows = append(rows, pageLines(n, r.Page(n).Content().Text)...)
	}
	return rows, nil
}

// pageLines are the lines of a page, as they were written on it: what stands at one height, with a space between what begins anew.
func pageLines(page int, letters []pdf.Text) (rows []laidRow) {
	var line strings.Builder
	end := func() {
		if line.Len() > 0 {
			rows = append(rows, laidRow{page: page, line: len(rows) + 1, cells: []string{line.String()}})
		}
		line.Reset()
	}
	for i, l := range letters {
		switch {
		case i > 0 && l.Y != letters[i-1].Y:
			end()
		case i > 0 && l.X != letters[i-1].X && line.Len() > 0:
			line.WriteByte(' ')
		}
		line.WriteString(l.S)
	}
	end()
	return rows
}
