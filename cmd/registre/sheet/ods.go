package sheet

import (
	"encoding/xml"
	"iter"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const odsContent = "content.xml"

// openODS reads what tables there are: their names stand between their rows, so it goes through the whole part.
func (f *File) openODS() error {
	hidden := map[string]bool{} // styles of tables that are not shown
	style := ""
	err := f.elements(odsContent, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "style":
			style = attribute(e, "name")
		case "table-properties":
			hidden[style] = attribute(e, "display") == "false"
			return few(len(hidden), MaxStyles, "too many styles")
		case "table":
			f.Sheets = append(f.Sheets, Sheet{Name: attribute(e, "name"), Hidden: hidden[attribute(e, "style-name")]})
		}
		return f.fewSheets()
	})
	if err == nil && len(f.Sheets) == 0 {
		err = &Error{Code: Empty}
	}
	return err
}

func (f *File) odsRows(s Sheet) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		w, done, err := f.walk(odsContent)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer done()
		r := &odsReader{walker: w, above: map[int][2]int{}}
		if !r.table(s.Name) {
			yield(Row{}, r.failure(&Error{Code: NoSuchSheet, Detail: s.Name}))
			return
		}
		for r.nextRow() {
			for range r.times {
				if !blank(r.row.Cells) && !yield(r.row, nil) {
					return
				}
				r.row.Number++
			}
		}
		if r.err != nil {
			yield(Row{}, r.err)
		}
	}
}

// An odsReader reads the rows of one table.
type odsReader struct {
	*walker
	row   Row // its number is that of the next one to give
	times int // how often it stands there
	rows  int
	empty int            // cells without content since the last with some
	above map[int][2]int // by column: the row in which a merged cell has its value, and its last
}

func (r *odsReader) failure(other error) error {
	if r.err != nil {
		return r.err
	}
	return other
}

// table goes to the beginning of a table.
func (r *odsReader) table(name string) bool {
	for t := r.next(); t != nil; t = r.next() {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "table" && attribute(e, "name") == name {
			r.row.Number = 1
			return true
		}
	}
	return false
}

// nextRow reads the next row; false at the end of the table, and where something is wrong. A row without content may
// stand for a million.
func (r *odsReader) nextRow() bool {
	for t := r.next(); t != nil; t = r.next() {
		switch e := t.(type) {
		case xml.EndElement:
			if e.Name.Local == "table" {
				return false
			}
		case xml.StartElement:
			if e.Name.Local != "table-row" {
				continue
			}
			r.times, r.row.Cells = number(attribute(e, "number-rows-repeated"), 1), r.row.Cells[:0]
			r.empty = 0
			if !r.cells() {
				return false
			}
			if !blank(r.row.Cells) {
				if r.rows += r.times; r.times > MaxRepeat || r.rows > MaxRows {
					return r.wrong(0, "too many rows")
				}
				return true
			}
			r.row.Number += r.times
		}
	}
	if r.err == nil {
		r.err = &Error{Code: Broken, Row: r.row.Number, Detail: "the table does not end"}
	}
	return false
}

func (r *odsReader) wrong(column int, detail string) bool {
	r.err = &Error{Code: TooLarge, Row: r.row.Number, Column: column, Detail: detail}
	return false
}

// cells reads the cells of a row up to its end.
func (r *odsReader) cells() bool {
	for t := r.next(); t != nil; t = r.next() {
		switch e := t.(type) {
		case xml.StartElement:
			if e.Name.Local == "table-cell" || e.Name.Local == "covered-table-cell" {
				if !r.cell(e) {
					return false
				}
			}
		case xml.EndElement:
			if e.Name.Local == "table-row" {
				return true
			}
		}
	}
	if r.err == nil {
		r.err = &Error{Code: Broken, Row: r.row.Number, Detail: "the row does not end"}
	}
	return false
}

// cell reads one cell, as often as it stands there. Those without content behind the last one are left out.
func (r *odsReader) cell(begin xml.StartElement) bool {
	text := r.paragraphs(begin.Name.Local)
	if r.err != nil {
		return false
	}
	if len(text) > MaxCell {
		return r.wrong(len(r.row.Cells)+1, "the cell is too long")
	}
	c := r.valued(begin, text)
	column := len(r.row.Cells) + r.empty
	if rows := r.above[column]; c.Merged != Own && rows[0] < r.row.Number && r.row.Number <= rows[1] {
		c.Merged = Above
	}
	if span := number(attribute(begin, "number-rows-spanned"), 1); span > 1 {
		for i := range min(number(attribute(begin, "number-columns-spanned"), 1), max(0, MaxColumns-column)) {
			r.above[column+i] = [2]int{r.row.Number, r.row.Number + span - 1}
		}
	}
	times := number(attribute(begin, "number-columns-repeated"), 1)
	if c == (Cell{}) {
		r.empty = min(r.empty+min(times, MaxColumns), MaxColumns)
		return true
	}
	if len(r.row.Cells)+r.empty+times > MaxColumns {
		return r.wrong(len(r.row.Cells)+1, "too many columns")
	}
	for ; r.empty > 0; r.empty-- {
		r.row.Cells = append(r.row.Cells, Cell{})
	}
	for range times {
		r.row.Cells = append(r.row.Cells, c)
	}
	return true
}

// paragraphs reads the text of a cell up to its end; notes beside it are no part of it.
func (r *odsReader) paragraphs(cell string) string {
	r.take()
	var text strings.Builder
	note, lines := false, 0
	for t := r.next(); t != nil; t = r.next() {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "annotation":
				note = true
			case "p":
				r.take()
			case "s":
				r.write([]byte(strings.Repeat(space, min(number(attribute(e, "c"), 1), 64))))
			case "tab":
				r.write([]byte(tab))
			case "line-break":
				r.write([]byte(lineBreak))
			}
		case xml.EndElement:
			switch {
			case e.Name.Local == "annotation":
				note = false
			case e.Name.Local == "p" && !note:
				if lines++; lines > 1 {
					text.WriteByte('\n')
				}
				text.WriteString(collapse(r.take()))
				if text.Len() > MaxCell {
					return text.String()
				}
			case e.Name.Local == cell:
				return text.String()
			}
		}
	}
	if r.err == nil {
		r.err = &Error{Code: Broken, Row: r.row.Number, Detail: "the cell does not end"}
	}
	return ""
}

// What has an element of its own in a paragraph, as bytes that no XML can hold.
const space, tab, lineBreak = "\x00", "\x01", "\x02"

var spelled = strings.NewReplacer(space, " ", tab, "\t", lineBreak, "\n")

// collapse makes one space of all white space that has no element of its own (OpenDocument 1.3, part 3, 6.1.2).
func collapse(text string) string {
	return spelled.Replace(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }), " "))
}

// valued is the cell by the value that it says it has, which need not be what it shows.
func (r *odsReader) valued(e xml.StartElement, shown string) Cell {
	c := Cell{Text: norm.NFC.String(shown), Formula: attribute(e, "formula") != ""}
	if e.Name.Local == "covered-table-cell" {
		c.Merged = Beside
	}
	kind := ""
	for _, a := range e.Attr {
		if a.Name.Local == "value-type" && a.Name.Space == "office" {
			kind = a.Value
		}
	}
	switch kind {
	case "float", "currency", "percentage":
		c.Text, c.Number = plainNumber(attribute(e, "value")), true
	case "date":
		day := attribute(e, "date-value")
		c.Text, c.Date = day[:min(len(day), 10)], true
	case "":
		c.Uncounted = c.Formula && shown == ""
	}
	return c
}
