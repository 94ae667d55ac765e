package sqlite

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// ErrTooLarge: the file would have more than 2^32-2 pages, which is 16 TiB.
var ErrTooLarge = errors.New("more than a database file holds")

// Affinities of columns: how SQLite compares what stands in them.
const (
	Integer = "INTEGER"
	Float   = "REAL"
	String  = "TEXT"
)

// A Column is one of a table.
type Column struct{ Name, Affinity string }

// A File is a database on its way into a file. Its methods are not safe for use by several goroutines. The first error of the
// writing is kept, and is that of Close.
type File struct {
	to      io.WriteSeeker
	out     *bufio.Writer
	written uint32 // pages
	schema  []entry
	blank   []byte
	fan     int // how many children a page has
	err     error
}

// An entry is a row of sqlite_schema.
type entry struct {
	kind, name, sql string
	tree            *tree // nil for a view
}

// A Table takes rows.
type Table struct {
	tree    *tree
	width   int
	record  []byte
	scratch []byte
}

// Create begins a database at the start of what out is; it has no other use until Close.
func Create(out io.WriteSeeker) *File {
	f := &File{to: out, out: bufio.NewWriterSize(out, 64*pageSize), blank: make([]byte, pageSize), fan: maxChildren}
	f.put(f.page()) // page 1 is written last
	return f
}

// Table begins a table.
func (f *File) Table(name string, columns []Column) *Table {
	var sql strings.Builder
	sql.WriteString("CREATE TABLE " + Quoted(name) + " (")
	for i, c := range columns {
		if i > 0 {
			sql.WriteString(", ")
		}
		sql.WriteString(Quoted(c.Name) + " " + c.Affinity)
	}
	sql.WriteString(")")
	t := &tree{f: f, room: pageSize - leafHead}
	f.schema = append(f.schema, entry{"table", name, sql.String(), t})
	return &Table{tree: t, width: len(columns)}
}

// View adds a view: what a query, in SQL, gives.
func (f *File) View(name, query string) {
	f.schema = append(f.schema, entry{"view", name, "CREATE VIEW " + Quoted(name) + " AS " + query, nil})
}

// Quoted is a name as SQL takes it, whatever stands in it.
func Quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Row adds a row. What is missing at its end is NULL.
func (t *Table) Row(row ...Value) {
	if len(row) > t.width {
		row = row[:t.width]
	}
	t.record = appendRecord(t.record[:0], row, &t.scratch)
	t.tree.add(t.record)
}

// Rows is how many rows the table has.
func (t *Table) Rows() int64 { return t.tree.rows }

// Err is the first error of the writing.
func (f *File) Err() error { return f.err }

// Close writes what is left: the last pages of each table, the schema, and page 1.
func (f *File) Close() error {
	schema := &tree{f: f, room: pageSize - leafHead - fileHead}
	var record, scratch []byte
	for _, e := range f.schema {
		var root int64
		if e.tree != nil {
			root = int64(e.tree.close())
		}
		record = appendRecord(record[:0], []Value{Text(e.kind), Text(e.name), Text(e.name), Int(root), Text(e.sql)}, &scratch)
		schema.add(record)
	}
	if !schema.fits() {
		schema.flush(schema.rows) // page 1 alone may stand above a single one
	}
	children, first := schema.top(), make([]byte, pageSize)
	if children == nil {
		schema.leaf(first, fileHead)
	} else {
		inner(first, fileHead, children)
	}
	f.head(first)
	if f.err == nil {
		f.err = f.out.Flush()
	}
	if f.err == nil {
		_, f.err = f.to.Seek(0, io.SeekStart)
	}
	f.write(first)
	if f.err == nil {
		f.err = f.out.Flush()
	}
	return f.err
}

// head lays out the header of the file (section 1.3 of the format).
func (f *File) head(page []byte) {
	copy(page, "SQLite format 3\x00")
	binary.BigEndian.PutUint16(page[16:], pageSize)
	copy(page[18:], []byte{1, 1, 0, 64, 32, 32}) // a journal, no reserved bytes, and three constants
	for at, n := range map[int]uint32{
		24: 1,         // changes
		28: f.written, // pages
		40: 1,         // of the schema
		44: 4,         // the schema's format
		56: 1,         // UTF-8
		92: 1,         // the change that the number of pages is of
		96: 3_008_000, // the version of SQLite as which it was written
	} {
		binary.BigEndian.PutUint32(page[at:], n)
	}
}

// page is an empty one; it is good until it is put.
func (f *File) page() []byte {
	clear(f.blank)
	return f.blank
}

// next is the number that the next page has.
func (f *File) next() uint32 {
	if f.written+1 == lockingPage {
		return lockingPage + 1
	}
	return f.written + 1
}

// put writes a page, and gives its number.
func (f *File) put(page []byte) uint32 {
	if f.written+1 == lockingPage {
		f.write(make([]byte, pageSize))
		f.written++
	}
	if f.written >= 1<<32-2 && f.err == nil {
		f.err = ErrTooLarge
	}
	f.write(page)
	f.written++
	return f.written
}

func (f *File) write(page []byte) {
	if f.err == nil {
		_, f.err = f.out.Write(page)
	}
}
