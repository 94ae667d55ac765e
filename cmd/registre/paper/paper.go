// Package paper writes documents to be printed, signed and filed, as PDF: a title, facts, a table over as many pages as it
// takes, remarks. The same document gives the same bytes. Its letters are those of Go's own fonts, which are part of the
// file: Latin, Greek and Cyrillic; what they do not have is shown as a box.
//
// It makes no claim to PDF/A.
package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
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
	Foot    string    // of every page, before its number
	Of      time.Time // when what it says was recorded: the date of the file
}

// A Table is rows under heads.
type Table struct {
	Heads  []string
	Widths []float64 // in millimetres; they add up to Width
	Right  map[int]bool
	Rows   [][]string
	Sum    []string // the last row, set apart; nil for none
}

// Width is the width that a table has, in millimetres.
const Width = 180.0

const (
	margin     = 15.0
	rowHeight  = 5.2
	pageBottom = 277.0
	small      = 8.5
	normal     = 10.0
)

// A press prints one document.
type press struct {
	*fpdf.Fpdf
	Document
}

// Write writes a document.
func Write(w io.Writer, d Document) error {
	p := &press{fpdf.New("P", "mm", "A4", ""), d}
	p.setUp()
	p.AddPage()
	p.title()
	p.facts()
	p.table()
	p.remarks()
	if err := p.Output(w); err != nil {
		return fmt.Errorf("writing a PDF: %w", err)
	}
	return nil
}

func (p *press) setUp() {
	p.SetCatalogSort(true)
	p.SetCreationDate(p.Of.UTC())
	p.SetModificationDate(p.Of.UTC())
	p.SetProducer("registre", true)
	p.SetTitle(p.Title, true)
	p.SetLang(p.Lang)
	p.AddUTF8FontFromBytes("go", "", goregular.TTF)
	p.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, margin)
	p.AliasNbPages("{pages}")
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
	p.MultiCell(Width, 4.5, clean(p.Stamp), "1", "C", false)
	p.SetTextColor(0, 0, 0)
	p.SetDrawColor(0, 0, 0)
	p.SetY(max(p.GetY()+3, margin))
}

func (p *press) foot() {
	p.SetFont("go", "", 7.5)
	p.SetTextColor(90, 90, 90)
	p.SetXY(margin, 284)
	p.CellFormat(Width-25, 5, clean(p.Foot), "T", 0, "L", false, 0, "")
	p.CellFormat(25, 5, fmt.Sprintf("%d / {pages}", p.PageNo()), "T", 0, "R", false, 0, "")
	p.SetTextColor(0, 0, 0)
}

func (p *press) title() {
	p.SetFont("go", "B", 16)
	p.MultiCell(Width, 7.5, clean(p.Title), "", "L", false)
	if p.Beneath != "" {
		p.SetFont("go", "", 11)
		p.MultiCell(Width, 6, clean(p.Beneath), "", "L", false)
	}
	p.Ln(3)
}

func (p *press) facts() {
	for _, f := range p.Facts {
		p.room(6)
		p.SetFont("go", "", small)
		p.SetTextColor(90, 90, 90)
		p.CellFormat(45, 5.5, clean(f[0]), "", 0, "L", false, 0, "")
		p.SetTextColor(0, 0, 0)
		p.SetFont("go", "", normal)
		p.MultiCell(Width-45, 5.5, clean(f[1]), "", "L", false)
	}
	p.Ln(3)
}

// room begins a new page where less than so many millimetres are left, and says whether it did.
func (p *press) room(height float64) bool {
	if p.GetY()+height <= pageBottom {
		return false
	}
	p.AddPage()
	return true
}

func (p *press) table() {
	if len(p.Table.Heads) == 0 {
		return
	}
	p.room(3 * rowHeight)
	p.heads()
	for i, row := range p.Table.Rows {
		if p.room(rowHeight) {
			p.heads()
		}
		p.SetFont("go", "", small)
		p.SetFillColor(244, 244, 244)
		p.row(row, "", i%2 == 1)
	}
	if p.Table.Sum != nil {
		p.room(rowHeight)
		p.SetFont("go", "B", small)
		p.row(p.Table.Sum, "T", false)
	}
	p.Ln(4)
}

func (p *press) heads() {
	p.SetFont("go", "B", small)
	p.row(p.Table.Heads, "B", false)
}

func (p *press) row(cells []string, border string, fill bool) {
	for i, cell := range cells {
		align := "L"
		if p.Table.Right[i] {
			align = "R"
		}
		p.CellFormat(p.Table.Widths[i], rowHeight, p.fitted(clean(cell), p.Table.Widths[i]-2), border, 0, align, fill, 0, "")
	}
	p.Ln(rowHeight)
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
		p.MultiCell(Width, 4.6, clean(r), "", "L", false)
		p.Ln(1)
	}
}

// clean takes out what would turn the writing round, or show as nothing.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0xfeff:
			return -1
		}
		return r
	}, text)
}
