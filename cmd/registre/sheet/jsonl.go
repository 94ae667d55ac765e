package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"
)

// maxLine is how many bytes a line of JSON Lines can have.
const maxLine = 1 << 20

// isJSONLines says whether the first line is a JSON object.
func isJSONLines(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return bytes.HasPrefix(head, []byte("{")) && (bytes.HasPrefix(bytes.TrimLeft(head[1:], " \t"), []byte(`"`)) || bytes.HasPrefix(head, []byte("{}")))
}

// lookJSON reads the file once for the names of its columns: those of all its objects, as they come.
func (f *File) lookJSON() error {
	f.Format, f.Encoding, f.Sheets = JSONLines, "utf-8", []Sheet{{}}
	seen := map[string]bool{}
	for object, err := range f.objects() {
		if err != nil {
			return err
		}
		for _, m := range object.members {
			if !seen[m.name] {
				seen[m.name] = true
				f.names = append(f.names, m.name)
			}
		}
		if len(f.names) > MaxColumns {
			return &Error{Code: TooLarge, Row: object.line, Detail: "too many columns"}
		}
	}
	return nil
}

// jsonRows gives the names of the columns, as a row without a number, and then a row for each line.
func (f *File) jsonRows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		head := Row{}
		for _, name := range f.names {
			head.Cells = append(head.Cells, Cell{Text: name})
		}
		if len(head.Cells) == 0 || !yield(head, nil) {
			return
		}
		row := Row{Cells: make([]Cell, len(f.names))}
		for object, err := range f.objects() {
			if err != nil {
				yield(Row{}, err)
				return
			}
			row.Number, row.Cells = object.line, row.Cells[:0]
			for _, name := range f.names {
				i := slices.IndexFunc(object.members, func(m member) bool { return m.name == name })
				if i < 0 {
					row.Cells = append(row.Cells, Cell{})
				} else {
					row.Cells = append(row.Cells, object.members[i].cell)
				}
			}
			if !blank(row.Cells) && !yield(row, nil) {
				return
			}
		}
	}
}

// An object is a line of JSON Lines.
type object struct {
	line    int
	members []member
}

type member struct {
	name string
	cell Cell
}

// objects reads the lines of the file. An object can be used until the next one is asked for.
func (f *File) objects() iter.Seq2[object, error] {
	return func(yield func(object, error) bool) {
		lines := bufio.NewScanner(io.NewSectionReader(f.file, 0, f.size))
		lines.Buffer(make([]byte, 64<<10), maxLine)
		o := object{}
		for lines.Scan() {
			if o.line++; o.line > MaxRows {
				yield(o, &Error{Code: TooLarge, Row: o.line, Detail: "too many rows"})
				return
			}
			text := bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff"))
			if len(bytes.TrimSpace(text)) == 0 {
				continue
			}
			if err := o.read(text); err != nil || !yield(o, nil) {
				if err != nil {
					yield(o, err)
				}
				return
			}
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(o, &Error{Code: TooLarge, Row: o.line + 1, Detail: "the line is too long"})
		} else if err != nil {
			yield(o, err)
		}
	}
}

// read reads one object: its values are texts, numbers, true, false or null, which is an empty cell.
func (o *object) read(text []byte) error {
	bad := func(detail string) error { return &Error{Code: BadJSON, Row: o.line, Detail: detail} }
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if d.PeekKind() != '{' {
		return bad("it is no object")
	}
	o.members = o.members[:0]
	_, err := d.ReadToken()
	for err == nil && d.PeekKind() != '}' {
		var name, value jsontext.Token
		if name, err = d.ReadToken(); err != nil {
			break
		}
		m := member{name: norm.NFC.String(name.String())}
		switch kind := d.PeekKind(); kind {
		case '{', '[':
			return bad(m.name + " is no single value")
		default:
			if value, err = d.ReadToken(); err != nil {
				break
			}
			if kind != 'n' {
				m.cell = Cell{Text: norm.NFC.String(value.String()), Number: kind == '0'}
			}
		}
		if len(m.cell.Text) > MaxCell {
			return &Error{Code: TooLarge, Row: o.line, Detail: m.name + ": the cell is too long"}
		}
		o.members = append(o.members, m)
	}
	if err == nil {
		_, err = d.ReadToken()
	}
	if err == nil {
		if _, end := d.ReadToken(); !errors.Is(end, io.EOF) {
			return bad("something stands behind the object")
		}
	}
	if err != nil {
		return bad(err.Error())
	}
	return nil
}
