package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
)

// Limits of what is read.
const (
	MaxFile    = 256 << 20 // bytes of the file
	MaxPart    = 1 << 30   // bytes of one part of an XLSX or ODS, unpacked
	MaxRatio   = 300       // of unpacked to packed bytes of a part of more than a megabyte
	MaxRows    = 1 << 20   // as XLSX itself has it
	MaxColumns = 1 << 10
	MaxCell    = 32 << 10  // bytes of one cell
	MaxStrings = 128 << 20 // bytes of all shared strings of an XLSX
	MaxRepeat  = 1 << 10   // times that a cell or a row with content is repeated in an ODS
	MaxSheets  = 1 << 10   // tables of an XLSX or ODS
	MaxStyles  = 1 << 16   // of cells of an XLSX, and of tables of an ODS
	MaxTexts   = 1 << 22   // shared strings of an XLSX
	MaxMerged  = 1 << 20   // rows of merged cells of a table of an XLSX
	MaxToken   = 1 << 20   // bytes of XML from one tag to the next
	MaxLine    = 4 << 20   // bytes of a row of CSV
	MaxFolder  = 1 << 20   // bytes of the folder of a ZIP, which names its parts: some 10,000
)

// A Format is how a table lies in a file.
type Format string

// The formats.
const (
	CSV       Format = "csv"
	XLSX      Format = "xlsx"
	ODS       Format = "ods"
	CommaCSV  Format = "csv, commas" // CSV as the rest of the world writes it: only written
	JSONLines Format = "jsonl"
)

// A Cell is one cell, as text.
type Cell struct {
	Text      string
	Formula   bool // it is computed; Text is what it last came to
	Uncounted bool // a formula that nobody has computed yet: Text is "" and says nothing
	Merged    Merge
	Date      bool // XLSX and ODS: the file says that it is a date, and Text is YYYY-MM-DD
	Number    bool // XLSX and ODS: the file says that it is a number
}

// A Merge says where the value of a merged cell stands.
type Merge uint8

// Where it stands.
const (
	Own    Merge = iota // the cell is not merged, or the first of those that are
	Beside              // in a cell to the left, in the same row
	Above               // in a row above
)

// Merged gives the cells of successive rows that are merged the value of the one that stands for all.
type Merged struct{ above []string }

// Spread takes the next row.
func (m *Merged) Spread(cells []Cell) {
	for i := range cells {
		switch c := &cells[i]; {
		case c.Merged == Above && i < len(m.above):
			c.Text = m.above[i]
		case c.Merged == Beside && i > 0:
			c.Text = cells[i-1].Text
		}
	}
	m.above = m.above[:0]
	for _, c := range cells {
		m.above = append(m.above, c.Text)
	}
}

// A Row is one row. Its cells can be used until the next one is asked for.
type Row struct {
	Number int // counted from 1, as its owner sees it; 0 for the names of the columns of JSON Lines, which are in no row
	Cells  []Cell
}

// A Sheet is one table of a file.
type Sheet struct {
	Name   string
	Hidden bool
	part   string // where it lies in the file
}

// A File is a file of tables that is open for reading.
type File struct {
	Format    Format
	Sheets    []Sheet // CSV and JSON Lines have one, without a name
	Encoding  string  // CSV: utf-8, utf-16le, utf-16be or windows-1252 (which has all of iso-8859-1 that is text)
	Delimiter rune    // CSV

	file  *os.File
	size  int64
	zip   *zip.Reader
	book  *workbook // XLSX
	names []string  // JSONLines: of its columns
}

// Open opens a file and looks at what it is. Its error is an *Error where the file is at fault.
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	f := &File{file: file}
	if err := f.look(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return f, nil
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// Size is the file's size in bytes.
func (f *File) Size() int64 { return f.size }

func (f *File) look() error {
	stat, err := f.file.Stat()
	if err != nil {
		return err
	}
	switch f.size = stat.Size(); {
	case !stat.Mode().IsRegular():
		return &Error{Code: NotASheet, Detail: stat.Mode().Type().String()}
	case f.size == 0:
		return &Error{Code: Empty}
	case f.size > MaxFile:
		return &Error{Code: TooLarge, Detail: fmt.Sprintf("%d bytes, and %d are the most", f.size, MaxFile)}
	}
	head := make([]byte, 4096)
	n, err := io.ReadFull(f.file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return f.recognise(head[:n])
}

// magic is what other files than tables begin with.
var magic = []struct{ begins, what string }{
	{"%PDF-", "PDF"},
	{"\x89PNG", "PNG"},
	{"\xff\xd8\xff", "JPEG"},
	{"GIF8", "GIF"},
	{"Rar!", "RAR"},
	{"7z\xbc\xaf", "7z"},
	{"\x1f\x8b", "gzip"},
	{"SQLite format 3", "SQLite"},
	{"{\\rtf", "RTF"},
}

func (f *File) recognise(head []byte) error {
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return f.lookZip()
	}
	if bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return f.lookCompound()
	}
	for _, m := range magic {
		if bytes.HasPrefix(head, []byte(m.begins)) {
			return &Error{Code: NotASheet, Detail: m.what}
		}
	}
	start := strings.ToLower(strings.TrimSpace(string(head[:min(len(head), 256)])))
	for _, mark := range []string{"<!doctype html", "<html", "<?xml", "<svg"} {
		if strings.HasPrefix(start, mark) {
			return &Error{Code: NotASheet, Detail: "HTML or XML"}
		}
	}
	if isJSONLines(head) {
		return f.lookJSON()
	}
	return f.lookCSV()
}

// lookCompound tells the two kinds of OLE file that offices send as tables: an old .xls, and an XLSX under a password.
func (f *File) lookCompound() error {
	head := make([]byte, 64<<10)
	n, _ := f.file.ReadAt(head, 0)
	if bytes.Contains(head[:n], []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
		return &Error{Code: Locked}
	}
	return &Error{Code: OldExcel}
}

func (f *File) lookZip() error {
	folder := &zipFolder{ReaderAt: f.file, left: MaxFolder}
	reader, err := zip.NewReader(folder, f.size)
	folder.read = true
	switch {
	case errors.Is(err, errFolder):
		return &Error{Code: TooLarge, Detail: "too many parts"}
	case err != nil:
		return &Error{Code: Broken, Detail: err.Error()}
	}
	f.zip = reader
	switch {
	case f.part("xl/workbook.xml") != nil:
		f.Format = XLSX
		return f.openXLSX()
	case f.part("content.xml") != nil:
		f.Format = ODS
		return f.openODS()
	case f.part("word/document.xml") != nil:
		return &Error{Code: NotASheet, Detail: "DOCX"}
	}
	return &Error{Code: NotASheet, Detail: "ZIP"}
}

func (f *File) part(name string) *zip.File {
	for _, p := range f.zip.File {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// open opens a part of the file within its limits.
func (f *File) open(name string, most uint64) (io.ReadCloser, error) {
	p := f.part(name)
	if p == nil {
		return nil, &Error{Code: Broken, Detail: "no " + name}
	}
	if n := p.UncompressedSize64; n > most || n > 1<<20 && n/max(p.CompressedSize64, 1) > MaxRatio {
		return nil, &Error{Code: TooLarge, Detail: fmt.Sprintf("%s unpacks to %d bytes", name, n)}
	}
	r, err := p.Open()
	if err != nil {
		return nil, &Error{Code: Broken, Detail: name + ": " + err.Error()}
	}
	return r, nil
}

// Sheet finds a table by its name; "" is the first that is not hidden. Its error is NoSuchSheet.
func (f *File) Sheet(name string) (Sheet, error) {
	for _, s := range f.Sheets {
		if s.Name == name || name == "" && !s.Hidden {
			return s, nil
		}
	}
	return Sheet{}, &Error{Code: NoSuchSheet, Detail: name}
}

// Rows reads a table from its beginning. Rows without any content are left out. It ends with the first error.
func (f *File) Rows(s Sheet) iter.Seq2[Row, error] {
	switch f.Format {
	case XLSX:
		return f.xlsxRows(s)
	case ODS:
		return f.odsRows(s)
	case JSONLines:
		return f.jsonRows()
	}
	return f.csvRows()
}
