package main

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"

	"registre/cmd/registre/sheet"
	"registre/replay/evidence"
)

// laterRows makes some rows of a table, in whichever goroutine calls it, once.
type laterRows func() ([][]string, error)

// partRows is how many rows a part of a table has where they are there already.
const partRows = 512

// parts are the rows, some at a time.
func (x *extract) parts(yield func(laterRows, error) bool) {
	for rows := range slices.Chunk(x.rows, partRows) {
		if !yield(func() ([][]string, error) { return rows, nil }, nil) {
			return
		}
	}
	if x.later != nil {
		x.later(yield)
	}
}

// putTable writes a table. Its parts are made on every processor, and lie aside until all are there: a ZIP has a file in one piece.
func (f *takenEvidence) putTable(ctx context.Context, w *evidence.Writer, name string, x *extract) (err error) {
	g, err := f.newGrowing(f.a.columnsOf(x))
	if err != nil {
		return err
	}
	defer g.Remove()
	bar := newProgress(f.a, 0)
	defer bar.end()
	var line evidence.InOrder
	rows := 0
	for later, err := range x.parts {
		if err = cmp.Or(err, ctx.Err()); err == nil {
			err = line.Add(func() func() error {
				m := f.make(g, x, later)
				return func() error {
					rows += m.rows
					bar.at(rows, 0)
					return m.addTo(g)
				}
			})
		}
		if err != nil {
			return line.WaitAfter(err)
		}
	}
	if err := line.Wait(); err != nil {
		return err
	}
	return w.WaitAfter(w.PutTable("tables/"+name+".csv", g.Table))
}

// A madePart is some rows as they go into a table.
type madePart struct {
	rows int
	part *rowsPart
	err  error
}

// roomForText is used again and again.
var roomForText = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// make makes some rows, and writes them.
func (f *takenEvidence) make(g *growing, x *extract, later laterRows) (m madePart) {
	rows, err := later()
	m.rows, m.part = len(rows), g.part(roomForText.Get().(*bytes.Buffer))
	writeRow := f.a.rowsInto(m.part, x, g.format)
	for _, row := range rows {
		err = cmp.Or(err, writeRow(row))
	}
	m.err = cmp.Or(err, m.part.Close())
	return m
}

func (m *madePart) addTo(g *growing) error {
	defer roomForText.Put(m.part.text)
	if m.err != nil {
		return m.err
	}
	return g.add(m.part)
}

// A growing table is written in parts.
type growing struct {
	*evidence.Table
	format  sheet.Format
	columns []sheet.Column
	heading int // how long the heading is, which every writer of a part begins with, and only the first shall have
}

func (f *takenEvidence) newGrowing(columns []sheet.Column) (*growing, error) {
	format, err := f.a.formatOf("-", "csv")
	if err != nil {
		return nil, err
	}
	g := &growing{format: format, columns: f.a.titled(columns)}
	heading := g.part(&bytes.Buffer{})
	if err := heading.Close(); err != nil {
		return nil, err
	}
	if g.Table, err = evidence.NewTable(f.aside); err != nil {
		return nil, err
	}
	g.heading = heading.text.Len()
	return g, g.add(&rowsPart{text: heading.text})
}

// titled are columns with their titles in the language that is wanted.
func (a *app) titled(columns []sheet.Column) []sheet.Column {
	columns = slices.Clone(columns)
	for i := range columns {
		columns[i].Title = a.tr(columns[i].Title, columns[i].Key)
	}
	return columns
}

// A rowsPart of such a table has some of its rows.
type rowsPart struct {
	sheet.Writer
	text    *bytes.Buffer
	heading int
}

// part is one that is written into text, which is emptied.
func (g *growing) part(text *bytes.Buffer) *rowsPart {
	text.Reset()
	p := &rowsPart{text: text, heading: g.heading}
	p.Writer, _ = sheet.NewWriter(p.text, g.format, "", g.columns) // a bytes.Buffer takes everything
	return p
}

// add adds a part that is closed.
func (g *growing) add(p *rowsPart) error {
	_, err := g.Write(p.text.Bytes()[p.heading:])
	return err
}
