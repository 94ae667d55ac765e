package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A workbook is what all tables of an XLSX share.
type workbook struct {
	strings   []string
	dates     []bool // by style: whether it shows numbers as days
	since1904 bool
}

// openXLSX reads what tables there are. What they share is read when the first of them is.
func (f *File) openXLSX() error {
	parts, err := f.relations()
	if err != nil {
		return err
	}
	f.book = &workbook{}
	err = f.elements("xl/workbook.xml", func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			f.book.since1904 = isTrue(attribute(e, "date1904"))
		case "sheet":
			id := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					id = a.Value
				}
			}
			state := attribute(e, "state")
			f.Sheets = append(f.Sheets, Sheet{Name: attribute(e, "name"), Hidden: state != "" && state != "visible", part: parts[id]})
		}
		return f.fewSheets()
	})
	if err == nil && len(f.Sheets) == 0 {
		err = &Error{Code: Empty}
	}
	return err
}

func isTrue(text string) bool { return text == "1" || text == "true" || text == "on" }

// relations says in which parts the tables lie.
func (f *File) relations() (map[string]string, error) {
	parts := map[string]string{}
	err := f.elements("xl/_rels/workbook.xml.rels", func(e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attribute(e, "TargetMode") == "External" {
			return nil
		}
		target := attribute(e, "Target")
		if rest, rooted := strings.CutPrefix(target, "/"); rooted {
			target = rest
		} else {
			target = path.Join("xl", target)
		}
		parts[attribute(e, "Id")] = target
		return few(len(parts), MaxStyles, "too many parts")
	})
	return parts, err
}

// few holds a number of things to its limit.
func few(n, most int, detail string) error {
	if n > most {
		return &Error{Code: TooLarge, Detail: detail}
	}
	return nil
}

func (f *File) fewSheets() error { return few(len(f.Sheets), MaxSheets, "too many tables") }

// elements visits every element that begins in a part, up to the first that is refused.
func (f *File) elements(part string, visit func(xml.StartElement) error) error {
	w, done, err := f.walk(part)
	if err != nil {
		return err
	}
	defer done()
	for t := w.next(); t != nil; t = w.next() {
		if e, ok := t.(xml.StartElement); ok {
			if err := visit(e); err != nil {
				return err
			}
		}
	}
	return w.err
}

// share reads what all tables share, once.
func (f *File) share() error {
	if f.book.dates != nil {
		return nil
	}
	if err := f.readStyles(); err != nil {
		return err
	}
	return f.readStrings()
}

// readStyles finds out which styles show numbers as days.
func (f *File) readStyles() error {
	f.book.dates = []bool{}
	if f.part("xl/styles.xml") == nil {
		return nil
	}
	formats, inCells := map[int]bool{}, false
	w, done, err := f.walk("xl/styles.xml")
	if err != nil {
		return err
	}
	defer done()
	for t := w.next(); t != nil; t = w.next() {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				formats[number(attribute(e, "numFmtId"), 0)] = isDateFormat(attribute(e, "formatCode"))
				err = few(len(formats), MaxStyles, "too many styles")
			case "cellXfs":
				inCells = true
			case "xf":
				if inCells {
					id := number(attribute(e, "numFmtId"), 0)
					date, own := formats[id]
					f.book.dates = append(f.book.dates, own && date || !own && isBuiltInDate(id))
					err = few(len(f.book.dates), MaxStyles, "too many styles")
				}
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			inCells = inCells && e.Name.Local != "cellXfs"
		}
	}
	return w.err
}

// readStrings reads the shared strings: the text of each without its phonetic guides.
func (f *File) readStrings() error {
	const part = "xl/sharedStrings.xml"
	if f.part(part) == nil {
		return nil
	}
	w, done, err := f.walk(part)
	if err != nil {
		return err
	}
	defer done()
	var text strings.Builder
	phonetic, size := false, 0
	for t := w.next(); t != nil; t = w.next() {
		switch e := t.(type) {
		case xml.StartElement:
			phonetic = phonetic || e.Name.Local == "rPh"
			w.take()
		case xml.EndElement:
			switch e.Name.Local {
			case "t":
				if !phonetic {
					within(&text, w.take())
				}
			case "rPh":
				phonetic = false
			case "si":
				if size += text.Len(); size > MaxStrings || len(f.book.strings) >= MaxTexts {
					return &Error{Code: TooLarge, Detail: "too many texts"}
				}
				f.book.strings = append(f.book.strings, norm.NFC.String(text.String()))
				text.Reset()
			}
		}
	}
	return w.err
}

// within adds to the text of a cell, up to a byte more than a cell can have, which tells that it is too much.
func within(text *strings.Builder, more string) {
	text.WriteString(more[:min(len(more), max(0, MaxCell+1-text.Len()))])
}

func (f *File) xlsxRows(s Sheet) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		err := f.share()
		if err == nil && s.part == "" {
			err = &Error{Code: Broken, Detail: "the table " + s.Name + " has no part"}
		}
		var merged map[int][]span
		if err == nil {
			merged, err = f.mergedCells(s.part)
		}
		if err != nil {
			yield(Row{}, err)
			return
		}
		w, done, err := f.walk(s.part)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer done()
		r := &xlsxReader{walker: w, book: f.book, merged: merged}
		for r.nextRow() {
			if !blank(r.row.Cells) && !yield(r.row, nil) {
				return
			}
		}
		if r.err != nil {
			yield(Row{}, r.err)
		}
	}
}

// span is the columns of a row that belong to a merged cell, save the first cell of all.
type span struct {
	from, to int
	merge    Merge
}

// mergedCells reads which cells are merged, which stands behind all rows: so most tables are only looked through for the word.
func (f *File) mergedCells(part string) (map[int][]span, error) {
	if has, err := f.has(part, "mergeCell "); err != nil || !has {
		return nil, err
	}
	merged, cells := map[int][]span{}, 0
	err := f.elements(part, func(e xml.StartElement) error {
		if e.Name.Local != "mergeCell" {
			return nil
		}
		from, to, _ := strings.Cut(attribute(e, "ref"), ":")
		column, row := place(from)
		lastColumn, lastRow := place(to)
		if cells += min(max(0, lastRow-row), MaxMerged) + 1; cells > MaxMerged {
			return few(cells, MaxMerged, "too many merged cells")
		}
		for r := row; r <= lastRow; r++ {
			s := span{column, lastColumn, Above}
			if r == row {
				s.from, s.merge = column+1, Beside
			}
			merged[r] = append(merged[r], s)
		}
		return nil
	})
	return merged, err
}

// has says whether some bytes stand in a part.
func (f *File) has(part, word string) (bool, error) {
	r, err := f.open(part, MaxPart)
	if err != nil {
		return false, err
	}
	defer r.Close()
	window := make([]byte, 64<<10)
	for kept := 0; ; {
		n, err := io.ReadFull(r, window[kept:])
		if bytes.Contains(window[:kept+n], []byte(word)) {
			return true, nil
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return false, nil
		case err != nil:
			return false, &Error{Code: Broken, Detail: part + ": " + err.Error()}
		}
		kept = copy(window, window[len(window)-len(word):])
	}
}

// place reads a reference such as AB12; 0 where it is none.
func place(ref string) (column, row int) {
	i := 0
	for ; i < len(ref) && 'A' <= ref[i] && ref[i] <= 'Z' && column <= MaxColumns; i++ {
		column = column*26 + int(ref[i]-'A') + 1
	}
	return column, number(ref[i:], 0)
}

// An xlsxReader reads the rows of one table.
type xlsxReader struct {
	*walker
	book   *workbook
	merged map[int][]span
	row    Row
	rows   int
}

// nextRow reads the next row; false at the end, and where something is wrong.
func (r *xlsxReader) nextRow() bool {
	for t := r.next(); t != nil; t = r.next() {
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			continue
		}
		if r.rows++; r.rows > MaxRows {
			r.err = &Error{Code: TooLarge, Row: r.row.Number, Detail: "too many rows"}
			return false
		}
		r.row.Number, r.row.Cells = number(attribute(e, "r"), r.row.Number+1), r.row.Cells[:0]
		return r.cells()
	}
	return false
}

// cells reads the cells of a row up to its end.
func (r *xlsxReader) cells() bool {
	for t := r.next(); t != nil; t = r.next() {
		switch e := t.(type) {
		case xml.StartElement:
			if e.Name.Local == "c" && !r.cell(e) {
				return false
			}
		case xml.EndElement:
			if e.Name.Local == "row" {
				r.mark()
				return true
			}
		}
	}
	if r.err == nil {
		r.err = &Error{Code: Broken, Row: r.row.Number, Detail: "the row does not end"}
	}
	return false
}

// mark marks the cells of the row that are merged into others.
func (r *xlsxReader) mark() {
	for _, s := range r.merged[r.row.Number] {
		for s.merge == Above && len(r.row.Cells) > 0 && len(r.row.Cells) < s.from {
			r.row.Cells = append(r.row.Cells, Cell{})
		}
		for column := s.from; column <= min(s.to, len(r.row.Cells)); column++ {
			r.row.Cells[column-1].Merged = s.merge
		}
	}
}

// cell reads one cell.
func (r *xlsxReader) cell(begin xml.StartElement) bool {
	column, _ := place(attribute(begin, "r"))
	if column == 0 {
		column = len(r.row.Cells) + 1
	}
	if column > MaxColumns {
		return r.wrong(column, "too many columns")
	}
	for len(r.row.Cells) < column {
		r.row.Cells = append(r.row.Cells, Cell{})
	}
	c := &r.row.Cells[column-1]
	value, given := r.value(c)
	if r.err != nil {
		return false
	}
	if len(value) > MaxCell {
		return r.wrong(column, "the cell is too long")
	}
	c.Uncounted = c.Formula && !given
	r.put(c, value, attribute(begin, "t"), number(attribute(begin, "s"), 0))
	return r.err == nil
}

func (r *xlsxReader) wrong(column int, detail string) bool {
	r.err = &Error{Code: TooLarge, Row: r.row.Number, Column: column, Detail: detail}
	return false
}

// value reads up to the end of a cell.
func (r *xlsxReader) value(c *Cell) (value string, given bool) {
	r.take()
	var inline strings.Builder
	for t := r.next(); t != nil; t = r.next() {
		switch e := t.(type) {
		case xml.StartElement:
			c.Formula = c.Formula || e.Name.Local == "f"
			r.take()
		case xml.EndElement:
			switch e.Name.Local {
			case "v":
				value, given = r.take(), true
			case "t":
				within(&inline, r.take())
			case "is":
				value, given = inline.String(), true
			case "c":
				return value, given
			}
		}
	}
	if r.err == nil {
		r.err = &Error{Code: Broken, Row: r.row.Number, Detail: "the cell does not end"}
	}
	return value, given
}

// put gives a cell its text, by the type and the style that it says it has.
func (r *xlsxReader) put(c *Cell, value, kind string, style int) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(r.book.strings) {
			r.err = &Error{Code: Broken, Row: r.row.Number, Detail: fmt.Sprintf("no shared string %.20q", value)}
			return
		}
		c.Text = r.book.strings[i]
	case "d":
		c.Text, c.Date = value[:min(len(value), 10)], true
	case "str", "inlineStr", "e", "b":
		c.Text = norm.NFC.String(value)
	default:
		c.Text, c.Number = plainNumber(value), value != ""
		if style < len(r.book.dates) && r.book.dates[style] {
			if day, ok := serialDate(value, r.book.since1904); ok {
				c.Text, c.Date, c.Number = day, true, false
			}
		}
	}
}
