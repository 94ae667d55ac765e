package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"registre/cmd/registre/harmless"
)

// The encodings of text, by their names.
var encodings = map[string]encoding.Encoding{
	"utf-8":        utf.UTF8BOM,
	"utf-16le":     utf.UTF16(utf.LittleEndian, utf.UseBOM),
	"utf-16be":     utf.UTF16(utf.BigEndian, utf.UseBOM),
	"windows-1252": charmap.Windows1252,
}

// lookCSV finds out how the text is encoded and what stands between its cells.
func (f *File) lookCSV() error {
	f.Format, f.Sheets = CSV, []Sheet{{}}
	var err error
	if f.Encoding, err = f.encoding(); err != nil {
		return err
	}
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f.text(), head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	f.Delimiter = delimiterOf(string(head[:n]))
	return nil
}

// encoding reads the file once. What is not UTF-8 is taken for Windows-1252, whose five bytes without a meaning, and whose control
// characters, no text has.
func (f *File) encoding() (string, error) {
	r := bufio.NewReader(io.NewSectionReader(f.file, 0, f.size))
	head, _ := r.Peek(2)
	switch {
	case bytes.Equal(head, []byte{0xff, 0xfe}):
		return "utf-16le", nil
	case bytes.Equal(head, []byte{0xfe, 0xff}):
		return "utf-16be", nil
	}
	isUTF8, is1252 := true, true
	for isUTF8 || is1252 {
		c, size, err := r.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		if c == utf8.RuneError && size == 1 {
			isUTF8 = false
			_ = r.UnreadRune()
			b, _ := r.ReadByte()
			is1252 = is1252 && strings.IndexByte("\x81\x8d\x8f\x90\x9d", b) < 0
		} else if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' {
			isUTF8, is1252 = false, false
		}
	}
	switch {
	case isUTF8:
		return "utf-8", nil
	case is1252:
		return "windows-1252", nil
	}
	return "", &Error{Code: NotText}
}

// text is the file's text, in UTF-8 without a mark before it.
func (f *File) text() io.Reader {
	return transform.NewReader(io.NewSectionReader(f.file, 0, f.size), encodings[f.Encoding].NewDecoder())
}

// delimiters are what can stand between cells, the likeliest first.
const delimiters = ";\t,|"

// delimiterOf finds the delimiter that stands equally often, outside quotes, in most of the first lines. A first line
// "sep=;" says it, as Excel writes it.
func delimiterOf(head string) rune {
	if rest, says := strings.CutPrefix(head, "sep="); says && rest != "" {
		if c, _ := utf8.DecodeRuneInString(rest); c != '"' && c != '\r' && c != '\n' && c != utf8.RuneError {
			return c
		}
	}
	best, score := ';', 0
	for _, d := range delimiters {
		times := map[int]int{}
		for line := range strings.Lines(head) {
			if n := outside(line, d); n > 0 {
				times[n]++
			}
		}
		for n, lines := range times {
			if s := lines * min(n, 8); s > score {
				best, score = d, s
			}
		}
	}
	return best
}

// outside counts a delimiter outside quotes.
func outside(line string, d rune) (n int) {
	quoted := false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == d && !quoted:
			n++
		}
	}
	return n
}

func (f *File) csvRows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		from := &meter{Reader: f.text(), most: MaxLine, left: MaxLine}
		r := csv.NewReader(from)
		r.Comma, r.FieldsPerRecord, r.ReuseRecord = f.Delimiter, -1, true
		row := Row{}
		for rows := 0; ; rows++ {
			from.again()
			fields, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if errors.Is(err, errMeter) {
				err = &Error{Code: TooLarge, Row: row.Number + 1, Detail: "the line is too long"}
			}
			if err == nil {
				row.Number, _ = r.FieldPos(0)
				err = bounds(row.Number, rows, fields)
			}
			if err != nil {
				yield(Row{}, csvError(err))
				return
			}
			if row.Cells = csvCells(row.Cells[:0], fields); blank(row.Cells) || rows == 0 && isSep(fields, f.Delimiter) {
				continue
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// isSep says whether a row is the line with which Excel names the delimiter.
func isSep(fields []string, d rune) bool {
	return len(fields) == 2 && fields[0] == "sep=" && fields[1] == "" || len(fields) == 1 && fields[0] == "sep="+string(d)
}

func csvCells(cells []Cell, fields []string) []Cell {
	for _, field := range fields {
		text := norm.NFC.String(field)
		if rest, marked := strings.CutPrefix(text, "'"); marked && dangerous(rest) {
			text = rest
		}
		cells = append(cells, Cell{Text: text})
	}
	return cells
}

// bounds holds a row to the limits.
func bounds(number, rows int, fields []string) error {
	if rows >= MaxRows {
		return &Error{Code: TooLarge, Row: number, Detail: "too many rows"}
	}
	if len(fields) > MaxColumns {
		return &Error{Code: TooLarge, Row: number, Detail: "too many columns"}
	}
	for i, field := range fields {
		if len(field) > MaxCell {
			return &Error{Code: TooLarge, Row: number, Column: i + 1, Detail: "the cell is too long"}
		}
	}
	return nil
}

func csvError(err error) error {
	if parse := new(csv.ParseError); errors.As(err, &parse) {
		return &Error{Code: BadQuotes, Row: parse.StartLine}
	}
	return err
}

func blank(cells []Cell) bool {
	for i := range cells {
		if c := &cells[i]; strings.TrimSpace(c.Text) != "" || c.Uncounted {
			return false
		}
	}
	return true
}

// dangerous says whether a spreadsheet would take a text for a formula, apostrophes before it apart: so that one of them can
// be put there and taken off again. It would for a sign of a formula, as wide as it may be, behind spaces or not; and cells that
// begin with a tab, or the end of a line, are taken apart by some before they look.
func dangerous(text string) bool {
	text = strings.TrimLeft(text, "'")
	if text != "" && strings.IndexByte("\t\r\n", text[0]) >= 0 {
		return true
	}
	text = strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || harmless.Spoils(r) || r == utf8.RuneError })
	first, _ := utf8.DecodeRuneInString(text)
	return text != "" && strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212", first)
}
