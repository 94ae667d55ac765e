// Package paper writes documents to be printed, signed and filed: a title, facts, a table over as many pages as it takes,
// remarks; then parts in any order, with headings, running text, more tables and room for signatures. It writes them as PDF, as
// Markdown and as HTML; the same document gives the same bytes. In PDF its letters are those of Go's own fonts, which are part
// of the file: Latin, Greek and Cyrillic; what they do not have is shown as a box. No heading, and no head of a table, stands
// alone at the foot of a page.
//
// It makes no claim to PDF/A.
package paper

import (
	"fmt"
	"html"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"registre/cmd/registre/harmless"
)

// A Document is what is written.
type Document struct {
	Lang    string // fr or en
	Title   string
	Beneath string      // the title, smaller
	Stamp   string      // across the top of every page, where there is something that must not be missed: that it is cancelled, or invented
	Facts   [][2]string // what, and what it is
	Table   Table
	Remarks []string
	Parts   []Part         // what follows
	Later   iter.Seq[Part] // and behind it, made as it is written; HTML
	Foot    string         // of every page, before its number; two lines at most
	Of      time.Time      // when what it says was recorded: the date of the file
	Fixed   bool           // HTML: tables keep the widths of their columns, and long words are broken
	Imprint string         // where it comes from, for programs: shown to nobody, and read by ImprintIn
}

// A Part is one piece of a document: the one of its fields that is given.
type Part struct {
	Heading string // of what follows; Level says how deep it stands, from 1
	Level   int
	Text    string      // a paragraph
	Small   bool        // in smaller letters
	Bold    bool        // it is one that must not be missed
	Lead    bool        // it says what the next part is, and stays with it
	List    []string    // paragraphs with a dash before each
	Facts   [][2]string // what, and what it is
	Table   *Table
	Sign    []string // who signs, side by side
}

// A Table is rows under heads.
type Table struct {
	Heads  []string
	Widths []float64 // in millimetres; they add up to Width
	Right  map[int]bool
	Rows   [][]string
	Sum    []string // the last row, set apart; nil for none
	Wrap   bool     // what is wider than its cell takes more lines; otherwise it is cut
	Lines  bool     // HTML: where a line of a cell ends, another begins; otherwise there is a space
}

// Width is the width that a table has, in millimetres.
const Width = 180.0

const (
	margin     = 15.0
	rowHeight  = 5.2
	lineHeight = 4.1 // of the further lines of a row
	smallTable = 6   // rows at most that stay on one page
	pageBottom = 277.0
	small      = 8.5
	normal     = 10.0
)

// A press prints one document.
type press struct {
	*fpdf.Fpdf
	Document
	pages int // in all; 0 where they are still to be counted
}

// Write writes a document.
func Write(w io.Writer, d Document) error {
	d = d.typeset()
	counted := d.printed(0)
	p := d.printed(counted.PageNo())
	if err := p.Output(w); err != nil {
		return fmt.Errorf("writing a PDF: %w", err)
	}
	return nil
}

// printed is a document on its pages, of which there are so many in all.
func (d Document) printed(pages int) *press {
	p := &press{fpdf.New("P", "mm", "A4", ""), d, pages}
	p.setUp()
	p.AddPage()
	p.title()
	p.facts()
	p.table(&p.Table)
	p.remarks()
	p.parts()
	return p
}

func (p *press) setUp() {
	p.SetCatalogSort(true)
	p.SetCreationDate(p.Of.UTC())
	p.SetModificationDate(p.Of.UTC())
	p.SetProducer("registre", true)
	p.SetTitle(clean(p.Title), true)
	p.SetLang(p.Lang)
	if p.Imprint != "" {
		p.SetXmpMetadata([]byte(xmpBegin + html.EscapeString(p.Imprint) + xmpEnd))
	}
	p.AddUTF8FontFromBytes("go", "", goregular.TTF)
	p.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, margin)
	p.SetHeaderFunc(p.head)
	p.SetFooterFunc(p.foot)
}

// head stands above every page.
func (p *press) head() {
	if p.Stamp == "" {
		return
	}
	p.SetFont("go", "B", small)
	p.SetTextColor(170, 20, 20)
	p.SetDrawColor(170, 20, 20)
	p.SetXY(margin, 8)
	p.MultiCell(Width, 4.5, printed(p.Stamp), "1", "C", false)
	p.SetTextColor(0, 0, 0)
	p.SetDrawColor(0, 0, 0)
	p.SetY(max(p.GetY()+3, margin))
}

func (p *press) foot() {
	p.SetFont("go", "", 7.5)
	p.SetTextColor(90, 90, 90)
	first, second, _ := strings.Cut(p.Foot, "\n")
	p.SetXY(margin, 284)
	if second != "" {
		p.SetXY(margin, 281)
	}
	p.CellFormat(Width-25, 5, printed(first), "T", 0, "L", false, 0, "")
	p.CellFormat(25, 5, fmt.Sprintf("%d / %d", p.PageNo(), p.pages), "T", 0, "R", false, 0, "")
	if second != "" {
		p.SetXY(margin, 285)
		p.CellFormat(Width, 5, printed(second), "", 0, "L", false, 0, "")
	}
	p.SetTextColor(0, 0, 0)
}

func (p *press) title() {
	p.SetFont("go", "B", 16)
	p.MultiCell(Width, 7.5, printed(p.Title), "", "L", false)
	if p.Beneath != "" {
		p.SetFont("go", "", 11)
		p.MultiCell(Width, 6, printed(p.Beneath), "", "L", false)
	}
	p.Ln(3)
}

func (p *press) facts() {
	for _, f := range p.Facts {
		p.fact(f)
	}
	p.Ln(3)
}

func (p *press) fact(f [2]string) {
	p.SetFont("go", "", normal)
	lines := p.split(printed(f[1]), Width-47)
	p.room(max(5.5*float64(min(len(lines), 3)), 6))
	p.SetFont("go", "", small)
	p.SetTextColor(90, 90, 90)
	p.CellFormat(45, 5.5, printed(f[0]), "", 0, "L", false, 0, "")
	p.SetTextColor(0, 0, 0)
	p.SetFont("go", "", normal)
	for i, line := range lines {
		if i > 2 {
			p.room(5.5)
		}
		p.SetX(margin + 45)
		p.CellFormat(Width-45, 5.5, line, "", 1, "L", false, 0, "")
	}
	if len(lines) == 0 {
		p.Ln(5.5)
	}
}

// room begins a new page where less than so many millimetres are left, and says whether it did.
func (p *press) room(height float64) bool {
	if p.GetY()+height <= pageBottom {
		return false
	}
	p.AddPage()
	return true
}

func (p *press) table(t *Table) {
	if len(t.Heads) == 0 {
		return
	}
	p.room(p.tableStart(t))
	p.heads(t)
	for i, row := range t.Rows {
		need := p.rowHeight(t, row, "")
		if i == len(t.Rows)-1 && t.Sum != nil {
			need += p.rowHeight(t, t.Sum, "B") // the sum does not stand alone
		}
		if p.room(need) {
			p.heads(t)
		}
		p.SetFont("go", "", small)
		p.SetFillColor(244, 244, 244)
		p.row(t, row, "", i%2 == 1)
	}
	if t.Sum != nil {
		if len(t.Rows) == 0 {
			p.room(p.rowHeight(t, t.Sum, "B"))
		}
		p.SetFont("go", "B", small)
		p.row(t, t.Sum, "T", false)
	}
	p.Ln(4)
}

// tableStart is the height of the head and the first two rows, which stay together; of a small table, that of all of it.
func (p *press) tableStart(t *Table) float64 {
	rows := 2
	if len(t.Rows) <= smallTable {
		rows = smallTable
	}
	h := p.rowHeight(t, t.Heads, "B")
	for i := range min(rows, len(t.Rows)) {
		h += p.rowHeight(t, t.Rows[i], "")
	}
	if t.Sum != nil && len(t.Rows) <= rows {
		h += p.rowHeight(t, t.Sum, "B")
	}
	return min(max(h, 3*rowHeight), (pageBottom-margin)/2)
}

func (p *press) heads(t *Table) {
	p.SetFont("go", "B", small)
	p.row(t, t.Heads, "B", false)
}

// rowHeight is the height of a row in a style.
func (p *press) rowHeight(t *Table, cells []string, style string) float64 {
	if !t.Wrap {
		return rowHeight
	}
	p.SetFont("go", style, small)
	most := 1
	for i, cell := range cells {
		most = max(most, len(p.split(printed(cell), t.Widths[i]-2-t.inset(i))))
	}
	return rowHeight + float64(most-1)*lineHeight
}

func (p *press) row(t *Table, cells []string, border string, fill bool) {
	if t.Wrap {
		p.wrapped(t, cells, border, fill)
		return
	}
	for i, cell := range cells {
		p.CellFormat(t.Widths[i], rowHeight, p.fitted(printed(cell), t.Widths[i]-2), border, 0, t.align(i), fill, 0, "")
	}
	p.Ln(rowHeight)
}

func (t *Table) align(column int) string {
	if t.Right[column] {
		return "R"
	}
	return "L"
}

// inset is what stays free to the right of a column that ends there, so that the next does not seem to go on with it.
func (t *Table) inset(column int) float64 {
	if t.Right[column] && column < len(t.Widths)-1 {
		return 2.5
	}
	return 0
}

// wrapped writes a row whose cells take as many lines as they need.
func (p *press) wrapped(t *Table, cells []string, border string, fill bool) {
	lines, most := make([][]string, len(cells)), 1
	for i, cell := range cells {
		lines[i] = p.split(printed(cell), t.Widths[i]-2-t.inset(i))
		most = max(most, len(lines[i]))
	}
	height, top, left := rowHeight+float64(most-1)*lineHeight, p.GetY(), margin
	for i := range cells {
		p.SetXY(left, top)
		p.CellFormat(t.Widths[i], height, "", border, 0, "L", fill, 0, "")
		for j, line := range lines[i] {
			p.SetXY(left, top+float64(j)*lineHeight)
			p.CellFormat(t.Widths[i]-t.inset(i), rowHeight, line, "", 0, t.align(i), false, 0, "")
		}
		left += t.Widths[i]
	}
	p.SetXY(margin, top+height)
}

// fitted cuts a text that is wider than its cell.
func (p *press) fitted(text string, width float64) string {
	if p.GetStringWidth(text) <= width {
		return text
	}
	for text != "" && p.GetStringWidth(text+"…") > width {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text + "…"
}

func (p *press) remarks() {
	p.SetFont("go", "", small)
	for _, r := range p.Remarks {
		p.room(10)
		p.MultiCell(Width, 4.6, printed(r), "", "L", false)
		p.Ln(1)
	}
}

// clean is a text that stands within a line, and does no harm.
func clean(text string) string { return harmless.Line(text) }

// printed is a clean text in the letters that there are: they end at U+FFFF.
func printed(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return utf8.RuneError
		}
		return r
	}, clean(text))
}
