package analyst

import (
	"io"
	"strings"

	"registre/domain"
	"registre/eventstore"
	"registre/replay/analyst/sqlite"
)

// Form is the version of the tables, as it stands in the file.
const Form = "registre-analyst@v1"

// A Writer writes a file of tables: of each group its events, in their order, then Group, then its findings; at last Close. The
// first error of the file is kept, and is that of Close.
type Writer struct {
	file   *sqlite.File
	tables [tableCount]*sqlite.Table
	group  sqlite.Value
	row    []sqlite.Value
}

// Create begins a file.
func Create(out io.WriteSeeker) *Writer {
	w := &Writer{file: sqlite.Create(out)}
	for id := range specs {
		w.tables[id] = w.file.Table(specs[id].name, specs[id].sqlColumns())
	}
	for _, v := range views {
		w.file.View(v.name, v.query)
	}
	for i := range specs {
		w.put(tablesTable, text(specs[i].name), text(specs[i].french), text(specs[i].english))
	}
	for i := range views {
		w.put(tablesTable, text(views[i].name), text(views[i].french), text(views[i].english))
	}
	return w
}

func parseColumns(list string) (columns []sqlite.Column) {
	for _, c := range strings.Split(list, ", ") {
		name, affinity, ok := strings.Cut(c, " ")
		if !ok {
			affinity = sqlite.String
		}
		columns = append(columns, sqlite.Column{Name: name, Affinity: affinity})
	}
	return columns
}

// put adds a row of the group that is being written.
func (w *Writer) put(id tableID, row ...sqlite.Value) {
	w.row = w.row[:0]
	if specs[id].times != ungrouped {
		w.row = append(w.row, w.group)
	}
	w.row = append(w.row, row...)
	w.tables[id].Row(w.row...)
}

// Err is the first error of the file.
func (w *Writer) Err() error { return w.file.Err() }

// Rows is how many rows there are in all tables.
func (w *Writer) Rows() (n int64) {
	for _, t := range w.tables {
		n += t.Rows()
	}
	return n
}

// Tables is how many tables a file has.
func Tables() int { return int(tableCount) }

// Close writes what is left of the file.
func (w *Writer) Close() error { return w.file.Close() }

// Begin begins a group.
func (w *Writer) Begin(id domain.GroupID) { w.group = text(id) }

// Event adds an event, and the documents that it names.
func (w *Writer) Event(e *eventstore.Envelope, body []byte) {
	corrects := sqlite.Value{}
	if c, ok := e.Act.(*domain.EventCorrected); ok {
		corrects = number(c.Target)
	}
	w.put(eventsTable,
		number(e.Number), text(e.Type), sqlite.Int(int64(e.Version)), date(e.Effective), day(e.Effective.First), text(e.Recorded.String()), text(e.Actor), text(e.OnBehalfOf),
		corrects, text(e.Illustrative), text(e.Command.String()), text(e.ID.String()), sqlite.Text(string(body)),
	)
	for _, d := range e.Evidence {
		w.put(evidenceTable, number(e.Number), text(d.Kind), text(d.Reference), hash(d.SHA256))
	}
}

// Meta is what is said of a register: up to which event its tables tell, at which pair its questions begin, and by what it is
// checked.
type Meta struct {
	Name, Root, Origin, Checkpoint, Program string
	Number                                  uint64 // the last event
	Recorded                                domain.Instant
	domain.Pair
}

// Group adds all that a group's events come to, those up to its head. It asks done now and then whether to go on; an error ends it.
func (w *Writer) Group(m *Meta, g *domain.Group, done func() error) error {
	w.put(metaTable, text(m.Name), number(m.Number), text(m.Recorded.String()), number(m.Known), text(m.Root), text(m.Origin), text(m.Checkpoint), text(m.Program), text(Form))
	w.put(questionTable, day(m.At), number(m.Known))
	t := &teller{w: w, g: g, done: done, touched: touchesOf(g)}
	for _, tell := range []func(*teller) error{(*teller).governance, (*teller).schools, (*teller).orders, (*teller).lines, (*teller).sittings, (*teller).decisions, (*teller).documents} {
		if err := tell(t); err != nil {
			return err
		}
		if err := w.Err(); err != nil {
			return err
		}
	}
	return nil
}

// A Finding is one of an audit, in both languages.
type Finding struct {
	Code, Severity, Name, Subject, French, English, Rule string
	Illustrative, Answered                               bool
	Events                                               []uint64
}

// Findings adds what an audit finds at a pair.
func (w *Writer) Findings(q domain.Pair, all []Finding) {
	for i := range all {
		f, ordinal := &all[i], sqlite.Int(int64(i+1))
		w.put(findingsTable, day(q.At), number(q.Known), ordinal, text(f.Code), text(f.Severity), text(f.Name), text(f.Subject), text(f.French), text(f.English), text(f.Rule), is(f.Illustrative), is(f.Answered))
		for _, n := range f.Events {
			w.put(findingEventsTable, ordinal, number(n))
		}
	}
}

// Spellings of values; what there is none of is NULL.

func text[S ~string](s S) sqlite.Value { return sqlite.TextOrNull(string(s)) }

func number(n uint64) sqlite.Value {
	if n == 0 {
		return sqlite.Value{}
	}
	return sqlite.Int(int64(n))
}

func day(d domain.Day) sqlite.Value { return text(d.String()) }

func date(d domain.Date) sqlite.Value { return text(d.String()) }

func hash(h domain.Hash) sqlite.Value { return text(h.String()) }

func weight(w domain.Weight) sqlite.Value { return sqlite.Text(w.String()) }

func is(so bool) sqlite.Value {
	if so {
		return sqlite.Int(1)
	}
	return sqlite.Int(0)
}
