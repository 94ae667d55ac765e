package orderfile

import (
	"strings"

	"registre/cmd/registre/sheet"
	"registre/cmd/registre/typed"
)

// titleRows is within how many rows the names of the columns are looked for.
const titleRows = 50

// A NoHeaderError is an ErrNoHeader that tells what might be the names.
type NoHeaderError struct {
	Row   int
	Texts []string
}

func (e *NoHeaderError) Error() string { return ErrNoHeader.Error() }

// Is makes it an ErrNoHeader.
func (e *NoHeaderError) Is(target error) bool { return target == ErrNoHeader }

// title looks whether a row has the names of the columns: one of a school's code, and one of a headcount.
func (r *reader) title(row sheet.Row) error {
	if r.titles++; r.titles > titleRows {
		return ErrNoHeader
	}
	r.see(row)
	columns := make([]Field, len(row.Cells))
	code, count := false, r.mapping.Constants[Count] != ""
	for i, c := range row.Cells {
		columns[i] = r.recognise(c.Text)
		code = code || columns[i] == UAI
		count = count || columns[i] == Count || columns[i].Of() != ""
	}
	if !code || !count {
		return nil
	}
	t := r.table
	r.inBody, t.HeaderRow, t.Columns = true, row.Number, columns
	seen := map[Field]int{}
	for i, c := range row.Cells {
		t.Header = append(t.Header, strings.TrimSpace(c.Text))
		switch first, twice := seen[columns[i]]; {
		case columns[i] == nothing && t.Header[i] != "":
			t.Ignored = append(t.Ignored, t.Header[i])
		case columns[i] == nothing || columns[i] == Remark:
		case twice:
			t.Faults = append(t.Faults, Fault{Row: row.Number, Column: i + 1, Field: columns[i], Header: t.Header[i], Value: t.Header[i], Code: ColumnTwice, Hint: t.Header[first]})
			columns[i], r.doubtful = nothing, true
		default:
			seen[columns[i]] = i
		}
	}
	return nil
}

// see remembers the row that has most texts, for want of one with the names.
func (r *reader) see(row sheet.Row) {
	var texts []string
	for _, c := range row.Cells {
		if text := strings.TrimSpace(c.Text); text != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) > len(r.widest.Texts) {
		r.widest = NoHeaderError{row.Number, texts}
	}
}

func (r *reader) noHeader() error { return &r.widest }

func (r *reader) recognise(name string) Field {
	if f, ok := r.mapping.Columns[typed.Plain(name)]; ok {
		return f
	}
	return recognise(name)
}

// cyclesBelow says whether the row goes on with the names of the columns: below "Effectifs", which is one cell over several
// columns, it names the cycles, and nothing else.
func (r *reader) cyclesBelow() bool {
	below := map[int]Field{}
	for i, c := range r.cells {
		word := typed.Plain(c.Text)
		above := i < len(r.table.Header) && word == typed.Plain(r.table.Header[i]) // one cell over both rows
		if word == "" || above {
			continue
		}
		cycle, is := cycles[word]
		if free := i >= len(r.table.Columns) || r.table.Columns[i] == nothing || r.table.Columns[i] == Count; !is || !free {
			return false
		}
		below[i] = Field(countOf + cycle)
	}
	for i, f := range below {
		for len(r.table.Columns) <= i {
			r.table.Columns, r.table.Header = append(r.table.Columns, nothing), append(r.table.Header, "")
		}
		r.table.Columns[i], r.table.Header[i] = f, strings.TrimSpace(r.cells[i].Text)
	}
	return len(below) > 0
}

// HasHeader says whether one of the first rows of a table names a school's code and a headcount.
func HasHeader(f *sheet.File, s sheet.Sheet, m Mapping) bool {
	r := &reader{mapping: m, table: &Table{}}
	for row, err := range f.Rows(s) {
		if err != nil || r.title(row) != nil {
			return false
		}
		if r.inBody {
			return true
		}
	}
	return false
}
