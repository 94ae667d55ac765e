package orderfile

import (
	"errors"
	"slices"
	"strings"

	"registre/cmd/registre/sheet"
	"registre/cmd/registre/typed"
	"registre/domain"
)

// A Fault is one thing that is wrong with the table.
type Fault struct {
	Row, Column int    // counted from 1; Column 0 for the row, or for what no column says
	Field       Field  // concerned
	Header      string // the name of the column
	Value       string // as it stands there
	Code        string
	Hint        string // what might be meant; "" where nobody can tell
	Other       int    // another row that it has to do with; 0 for none
}

// A Total is a row that states a sum.
type Total struct {
	Row            int
	Stated         string
	Sum            uint64 // of the known headcounts of the rows above it, since the last one; or of all of them
	Unknown, Lines int
}

// Agrees says whether it states the sum.
func (t Total) Agrees() bool {
	n, known, err := headcount(t.Stated)
	return err == nil && known && uint64(n) == t.Sum
}

func (t *Total) add(h domain.Headcount) {
	t.Lines++
	if pupils, known := h.Pupils(); known {
		t.Sum += uint64(pupils)
	} else {
		t.Unknown++
	}
}

// A School is what the table tells of a school.
type School struct {
	UAI                 domain.UAI
	Name, Kind, Address string
	Row                 int // that told it first
}

// A Form is an order form, as the rows of the table make it.
type Form struct {
	Number           domain.OrderNumber
	Member           domain.MemberID
	Agreement        domain.AgreementID
	Day, From, Until domain.Day
	Precision        domain.Precision // to which Day is known: the first of the month, or of the year
	Lines            []domain.Line    // those of its first day
	Rows             []int            // of the lines, then of those of Changes
	Overlap, Ceiling string           // the reasons that these lines state
	Changes          []Change         // of later days, ascending
}

// A Table is what was read.
type Table struct {
	HeaderRow int
	Header    []string
	Columns   []Field  // what each column says; "" for nothing that is known
	Ignored   []string // the names of the columns that say nothing known
	Forms     []Form   // without the lines of rows that have a fault
	Schools   []School
	Totals    []Total
	Faults    []Fault
	Rejected  map[int]bool // rows that have a fault
	Rows      int          // with lines of order forms
}

// Names finds ids by what people write. An id that is one is itself; ok is false where nothing is found, and hint is then
// what might be meant.
type Names struct {
	Member    func(text string) (id domain.MemberID, hint string, ok bool)
	Agreement func(text string) (id domain.AgreementID, hint string, ok bool)
}

// What can be wrong with a table as a whole.
var (
	ErrNoHeader = errors.New("no row names a school's code and a headcount")
	ErrNoLines  = errors.New("no row has an order")
)

// Read reads a table. Its error is ErrNoHeader, ErrNoLines, or what the file gives; all that is wrong with rows stands in
// the table. seen is told, now and then, which row is being read.
func Read(f *sheet.File, s sheet.Sheet, m Mapping, names Names, seen func(row int)) (*Table, error) {
	r := &reader{mapping: m, names: names, table: &Table{Rejected: map[int]bool{}}}
	r.begin()
	for row, err := range f.Rows(s) {
		if err != nil {
			return nil, err
		}
		if row.Number%256 == 0 {
			seen(row.Number)
		}
		if !r.inBody {
			if err := r.title(row); err != nil {
				return nil, r.noHeader()
			}
			continue
		}
		r.body(row)
	}
	for _, b := range r.forms {
		r.table.Forms[b.form].fill(b.parts)
	}
	switch {
	case r.titles == 0:
		return nil, &sheet.Error{Code: sheet.Empty}
	case !r.inBody:
		return nil, r.noHeader()
	case r.table.Rows == 0 && len(r.table.Faults) == 0:
		return nil, ErrNoLines
	}
	return r.table, nil
}

// A reader reads the rows of one table.
type reader struct {
	mapping  Mapping
	names    Names
	table    *Table
	inBody   bool
	titles   int
	widest   NoHeaderError // of the rows looked at for names, the one with most cells
	doubtful bool          // two columns say the same: no row can be trusted

	cells   []sheet.Cell // of the present row
	merged  sheet.Merged
	row     int
	counted map[int]int // the last row in which the headcount of a column stood in a cell of its own
	failed  bool        // the present row has a fault
	forms   map[domain.OrderNumber]*began
	schools map[domain.UAI]int
	lines   map[lineAt]int32     // the row of each line of a whole period
	parts   map[lineAt][]stretch // of those of some days only
	cycles  map[domain.Cycle]uint32
	since   Total // what was read since the last total
	all     Total // what was read of the table

	plain map[string]string          // what Plain has made of texts
	days  map[string]readDay         // what days have been read
	ids   map[Field]map[string]found // what names have found
}

// What stands in many rows is read once; so much of it is remembered at most.
const remembered = 4096

type readDay struct {
	day domain.Day
	err error
}

type found struct {
	id, hint string
	ok       bool
}

// remember looks something up, or finds it and keeps it.
func remember[T any](kept map[string]T, text string, find func(string) T) T {
	v, ok := kept[text]
	if !ok {
		if v = find(text); len(kept) < remembered {
			kept[text] = v
		}
	}
	return v
}

// plainly is Plain.
func (r *reader) plainly(text string) string { return remember(r.plain, text, typed.Plain) }

// began is an order form, the row that it began in, and its lines of some days only.
type began struct {
	form, row int
	parts     []stretch
}

// lineAt is a school in a cycle on an order form, in little room.
type lineAt struct {
	form, cycle uint32
	school      domain.UAI
}

func (r *reader) begin() {
	r.forms, r.schools, r.lines = map[domain.OrderNumber]*began{}, map[domain.UAI]int{}, map[lineAt]int32{}
	r.cycles, r.plain, r.days = map[domain.Cycle]uint32{}, map[string]string{}, map[string]readDay{}
	r.counted = map[int]int{}
	r.ids = map[Field]map[string]found{Member: {}, Agreement: {}}
	r.parts = map[lineAt][]stretch{}
}

func (r *reader) lineAt(form int, key domain.LineKey) lineAt {
	cycle, known := r.cycles[key.Cycle]
	if !known {
		cycle = uint32(len(r.cycles))
		r.cycles[key.Cycle] = cycle
	}
	return lineAt{uint32(form), cycle, key.School}
}

// body reads a row below the names: a total, or lines of an order form.
func (r *reader) body(row sheet.Row) {
	r.cells, r.row, r.failed = row.Cells, row.Number, false
	r.merged.Spread(r.cells)
	if r.table.Rows == 0 && r.cyclesBelow() || r.total() {
		return
	}
	r.table.Rows++
	r.failed = r.doubtful
	r.lineOrLines()
	if r.failed {
		r.table.Rejected[r.row] = true
	}
}

// total says whether the row states a sum: it has no school's code, and says "total" somewhere.
func (r *reader) total() bool {
	if code, _ := r.text(UAI); code != "" && !saysTotal(typed.Plain(code)) {
		return false
	}
	if !slices.ContainsFunc(r.cells, func(c sheet.Cell) bool { return saysTotal(typed.Plain(c.Text)) }) {
		return false
	}
	stated := ""
	for i, f := range r.table.Columns {
		if f == Count && i < len(r.cells) {
			stated = strings.TrimSpace(r.cells[i].Text)
		}
	}
	if stated != "" {
		r.state(stated)
	}
	return true
}

// state takes up a stated sum: of the rows since the last one, or, below sums of parts, of the whole table.
func (r *reader) state(stated string) {
	part, all := r.since, r.all
	part.Row, part.Stated, all.Row, all.Stated = r.row, stated, r.row, stated
	if all.Agrees() || part.Lines == 0 {
		part = all
	}
	r.table.Totals = append(r.table.Totals, part)
	r.since = Total{}
}

// saysTotal says whether a text, as Plain writes it, begins as that of a total does.
func saysTotal(word string) bool {
	return strings.HasPrefix(word, "total") || strings.HasPrefix(word, "sous total") || strings.HasPrefix(word, "somme")
}

// column is where a field stands; 0 where no column says it.
func (r *reader) column(f Field) int {
	for i, c := range r.table.Columns {
		if c == f {
			return i + 1
		}
	}
	return 0
}

// text is what the row says of a field, and in which column; 0 where it is said for all rows, or not at all.
func (r *reader) text(f Field) (text string, column int) {
	column = r.column(f)
	if column > 0 && column <= len(r.cells) {
		c := &r.cells[column-1]
		text = strings.TrimSpace(c.Text)
		if c.Uncounted {
			r.fault(f, column, Uncomputed, "")
		}
	}
	if text == "" {
		if constant := r.mapping.Constants[f]; constant != "" {
			return constant, 0
		}
	}
	return text, column
}

func (r *reader) fault(f Field, column int, code, hint string) { r.faultWith(f, column, code, hint, 0) }

func (r *reader) faultWith(f Field, column int, code, hint string, other int) {
	at := Fault{Row: r.row, Column: column, Field: f, Code: code, Hint: hint, Other: other}
	if column > 0 {
		at.Header = r.table.Header[column-1]
		if column <= len(r.cells) {
			at.Value = r.cells[column-1].Text
		}
	}
	if at.Value == "" {
		at.Value = r.mapping.Constants[f]
	}
	r.failed = true
	for _, before := range r.table.Faults {
		if before.Row == at.Row && before.Column == at.Column && before.Field == at.Field {
			return
		}
	}
	r.table.Faults = append(r.table.Faults, at)
}
