package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"registre/cmd/registre/harmless"
)

// A Kind says what the cells of a column are.
type Kind uint8

// The kinds of columns.
const (
	Text    Kind = iota
	Integer      // plain digits, or nothing
	Decimal      // plain digits with a decimal point, or nothing; in CSV with a comma
	Day          // YYYY-MM-DD, or nothing; in CSV as 01/09/2022
	Count        // an integer, or nothing where it is unknown; in JSON Lines then null
)

// A Column is a column of what is written.
type Column struct {
	Key   string // as JSON Lines name it
	Title string // as all others do
	Kind  Kind
}

// A Writer writes one table. Close ends it; the writer under it stays open.
type Writer interface {
	// Write writes a row, a text for each column. A text that is not of its column's kind is written as text.
	Write(row []string) error
	Close() error
}

// NewWriter begins a table. name is that of the table, where the format has one. It is reproducible: the same rows give the
// same bytes.
func NewWriter(w io.Writer, f Format, name string, columns []Column) (Writer, error) {
	return NewNoted(w, f, name, "", columns)
}

// HasNote says whether a file of the format has room for a note, which is no cell of any table.
func (f Format) HasNote() bool { return f == XLSX || f == ODS }

// NewNoted is NewWriter for a file that has a note: its description, which offices show among the file's properties, and which
// [File.Note] reads. A format that has no room for one leaves it out.
func NewNoted(w io.Writer, f Format, name, note string, columns []Column) (Writer, error) {
	switch f {
	case CSV:
		return madeHarmless(newCSV(w, columns))
	case CommaCSV:
		return madeHarmless(newCommaCSV(w, columns))
	case XLSX:
		return madeHarmless(newXLSX(w, name, note, columns))
	case ODS:
		return madeHarmless(newODS(w, name, note, columns))
	case JSONLines:
		return newJSON(w, columns), nil
	}
	return nil, fmt.Errorf("no format %q", f)
}

// readByPeople is a table that people open: what would do harm to them stands as U+FFFD. JSON Lines keep every text as it is.
type readByPeople struct {
	Writer
	row []string
}

func madeHarmless[W Writer](w W, err error) (Writer, error) {
	if err != nil {
		return nil, err
	}
	return &readByPeople{Writer: w}, nil
}

func (r *readByPeople) Write(row []string) error {
	r.row = r.row[:0]
	for _, text := range row {
		r.row = append(r.row, harmless.Text(text))
	}
	return r.Writer.Write(r.row)
}

func titles(columns []Column) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.Title
	}
	return all
}

// is says whether a text is of a kind, and not empty.
func (k Kind) is(text string) bool {
	switch k {
	case Integer, Count:
		return isNumber(text, false)
	case Decimal:
		return isNumber(text, true)
	case Day:
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	}
	return false
}

// isNumber says whether a text is a number of at most fifteen digits, which every spreadsheet keeps exactly.
func isNumber(text string, decimal bool) bool {
	text = strings.TrimPrefix(text, "-")
	whole, part, has := strings.Cut(text, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!has || decimal && digits(part)) && len(whole)+len(part) <= 15 && (len(whole) == 1 || whole[0] != '0')
}

// csvWriter writes the French dialect: a mark that it is UTF-8, semicolons, decimal commas, days as 01/09/2022; or the plain one.
type csvWriter struct {
	w       *csv.Writer
	columns []Column
	line    []string
	french  bool
}

func newCommaCSV(w io.Writer, columns []Column) (*csvWriter, error) {
	c := &csvWriter{w: csv.NewWriter(w), columns: columns}
	c.w.UseCRLF = true
	return c, c.w.Write(titles(columns))
}

func newCSV(w io.Writer, columns []Column) (*csvWriter, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := &csvWriter{w: csv.NewWriter(w), columns: columns, french: true}
	c.w.Comma, c.w.UseCRLF = ';', true
	return c, c.w.Write(titles(columns))
}

func (c *csvWriter) Write(row []string) error {
	c.line = c.line[:0]
	for i, text := range row {
		switch kind := c.columns[i].Kind; {
		case c.french && kind == Decimal && kind.is(text):
			text = strings.Replace(text, ".", ",", 1)
		case c.french && kind == Day && kind.is(text):
			text = text[8:] + "/" + text[5:7] + "/" + text[:4]
		case !kind.is(text) && dangerous(text):
			text = "'" + text
		}
		c.line = append(c.line, text)
	}
	return c.w.Write(c.line)
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// jsonWriter writes an object a line, with its keys in ascending order. Empty cells are left out, unless they are of counts. What is not whole is a
// string, so that nobody reads it as a binary fraction.
type jsonWriter struct {
	w       *bufio.Writer
	columns []Column
	order   []int
}

func newJSON(w io.Writer, columns []Column) *jsonWriter {
	j := &jsonWriter{w: bufio.NewWriter(w), columns: columns}
	for i := range columns {
		j.order = append(j.order, i)
	}
	slices.SortFunc(j.order, func(a, b int) int { return strings.Compare(columns[a].Key, columns[b].Key) })
	return j
}

func (j *jsonWriter) Write(row []string) error {
	begin := byte('{')
	for _, i := range j.order {
		text := row[i]
		kind := j.columns[i].Kind
		if text == "" && kind != Count {
			continue
		}
		key, _ := json.Marshal(j.columns[i].Key)
		value := []byte(text)
		if text == "" {
			value = []byte("null")
		} else if kind != Integer && kind != Count || !kind.is(text) {
			value, _ = json.Marshal(text)
		}
		j.w.WriteByte(begin)
		j.w.Write(key)
		j.w.WriteByte(':')
		j.w.Write(value)
		begin = ','
	}
	if begin == '{' {
		j.w.WriteByte(begin)
	}
	_, err := j.w.WriteString("}\n")
	return err
}

func (j *jsonWriter) Close() error { return j.w.Flush() }

// xlsxWriter writes through excelize, which keeps the rows of a large table in a file meanwhile.
type xlsxWriter struct {
	out     io.Writer
	book    *excelize.File
	stream  *excelize.StreamWriter
	columns []Column
	note    string
	day     int // the style of days
	rows    int
}

func newXLSX(w io.Writer, name, note string, columns []Column) (*xlsxWriter, error) {
	x := &xlsxWriter{out: w, book: excelize.NewFile(), columns: columns, note: note}
	err := x.book.SetSheetName("Sheet1", tableName(name))
	if err == nil {
		x.stream, err = x.book.NewStreamWriter(tableName(name))
	}
	if err != nil {
		return nil, err
	}
	format := "yyyy-mm-dd"
	if x.day, err = x.book.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return nil, err
	}
	bold, err := x.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	head := make([]any, len(columns))
	for i, c := range columns {
		head[i] = excelize.Cell{Value: c.Title, StyleID: bold}
	}
	if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	return x, x.add(head)
}

// tableName is a name that a table of an XLSX can have.
func tableName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, name)
	runes := []rune(strings.TrimSpace(name))
	if len(runes) == 0 {
		return "registre"
	}
	return string(runes[:min(len(runes), 31)])
}

func (x *xlsxWriter) add(cells []any) error {
	x.rows++
	return x.stream.SetRow("A"+strconv.Itoa(x.rows), cells)
}

func (x *xlsxWriter) Write(row []string) error {
	cells := make([]any, len(row))
	for i, text := range row {
		switch kind := x.columns[i].Kind; {
		case text == "":
		case kind == Day && kind.is(text):
			day, _ := time.Parse(time.DateOnly, text)
			cells[i] = excelize.Cell{Value: day, StyleID: x.day}
		case (kind == Integer || kind == Count) && kind.is(text):
			n, _ := strconv.ParseInt(text, 10, 64)
			cells[i] = n
		case kind == Decimal && kind.is(text):
			n, _ := strconv.ParseFloat(text, 64)
			cells[i] = n
		default:
			cells[i] = text
		}
	}
	return x.add(cells)
}

func (x *xlsxWriter) Close() error {
	err := x.stream.Flush()
	if err == nil {
		err = x.book.SetDocProps(&excelize.DocProperties{Created: "2000-01-01T00:00:00Z", Modified: "2000-01-01T00:00:00Z", Creator: "registre", Description: x.note})
	}
	if err == nil {
		err = x.book.Write(x.out)
	}
	if closing := x.book.Close(); err == nil {
		err = closing
	}
	return err
}

// odsWriter writes the two parts that an ODS needs, as it goes.
type odsWriter struct {
	zip     *zip.Writer
	content *bufio.Writer
	columns []Column
}

const (
	odsType  = "application/vnd.oasis.opendocument.spreadsheet"
	odsBegin = `<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" ` +
		`xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" ` +
		`xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3"><office:automatic-styles>` +
		`<number:date-style style:name="N1"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/>` +
		`<number:text>-</number:text><number:day number:style="long"/></number:date-style>` +
		`<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/></office:automatic-styles>` +
		`<office:body><office:spreadsheet><table:table table:name="`
	odsEnd      = `</table:table></office:spreadsheet></office:body></office:document-content>`
	odsManifest = `<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">` +
		`<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="` + odsType + `"/>` +
		`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>`
	odsManifestEnd  = `</manifest:manifest>`
	odsManifestNote = `<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>`
	odsMeta         = `<?xml version="1.0" encoding="UTF-8"?>
<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3">` +
		`<office:meta><dc:description>`
	odsMetaEnd = `</dc:description></office:meta></office:document-meta>`
)

func newODS(w io.Writer, name, note string, columns []Column) (*odsWriter, error) {
	o := &odsWriter{zip: zip.NewWriter(w), columns: columns}
	mime, err := o.zip.CreateHeader(&zip.FileHeader{Name: "mimetype", Method: zip.Store}) // first and as it is, so that its type can be seen
	if err == nil {
		_, err = io.WriteString(mime, odsType)
	}
	manifest, err := o.part("META-INF/manifest.xml", err)
	if err == nil {
		_, err = io.WriteString(manifest, manifestOf(note))
	}
	if note != "" {
		err = o.noted(note, err)
	}
	content, err := o.part("content.xml", err)
	if err != nil {
		return nil, err
	}
	o.content = bufio.NewWriter(content)
	o.content.WriteString(odsBegin)
	o.escape(tableName(name))
	fmt.Fprintf(o.content, `"><table:table-column table:number-columns-repeated="%d"/>`, len(columns))
	return o, o.write(titles(columns), false)
}

func manifestOf(note string) string {
	if note == "" {
		return odsManifest + odsManifestEnd
	}
	return odsManifest + odsManifestNote + odsManifestEnd
}

// noted writes the part that has the note.
func (o *odsWriter) noted(note string, err error) error {
	part, err := o.part("meta.xml", err)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	text.WriteString(odsMeta)
	if err := xml.EscapeText(&text, []byte(note)); err != nil {
		return err
	}
	text.WriteString(odsMetaEnd)
	_, err = part.Write(text.Bytes())
	return err
}

func (o *odsWriter) part(name string, err error) (io.Writer, error) {
	if err != nil {
		return nil, err
	}
	return o.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
}

func (o *odsWriter) Write(row []string) error { return o.write(row, true) }

func (o *odsWriter) write(row []string, kinds bool) error {
	o.content.WriteString("<table:table-row>")
	for i, text := range row {
		kind := o.columns[i].Kind
		switch {
		case text == "":
			o.content.WriteString("<table:table-cell/>")
			continue
		case kinds && kind == Day && kind.is(text):
			fmt.Fprintf(o.content, `<table:table-cell table:style-name="day" office:value-type="date" office:date-value="%s"><text:p>`, text)
		case kinds && kind != Text && kind.is(text):
			fmt.Fprintf(o.content, `<table:table-cell office:value-type="float" office:value="%s"><text:p>`, text)
		default:
			o.content.WriteString(`<table:table-cell office:value-type="string"><text:p>`)
		}
		o.escape(text)
		o.content.WriteString("</text:p></table:table-cell>")
	}
	_, err := o.content.WriteString("</table:table-row>")
	return err
}

// escape writes text. White space has elements of its own, unless it is one space between words.
func (o *odsWriter) escape(text string) {
	spaces := 0
	for i, r := range text {
		switch r {
		case ' ':
			if spaces++; spaces > 1 || i == 0 || i == len(text)-1 || text[i-1] == '\n' || text[i-1] == '\t' || text[i+1] == '\n' {
				o.content.WriteString("<text:s/>")
				continue
			}
		case '\t':
			o.content.WriteString("<text:tab/>")
			continue
		case '\n':
			o.content.WriteString("</text:p><text:p>")
			continue
		default:
			spaces = 0
		}
		_ = xml.EscapeText(o.content, []byte(string(r)))
	}
}

func (o *odsWriter) Close() error {
	o.content.WriteString(odsEnd)
	if err := o.content.Flush(); err != nil {
		return err
	}
	return o.zip.Close()
}
