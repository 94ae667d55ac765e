package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"registre/cmd/registre/sheet"
	"registre/domain"
)

// The table that is imported: so many order forms, each of a month, with so many schools.
const (
	importForms   = 25
	importSchools = 2000
	importRows    = importForms * importSchools
)

// The children of it: each opens the folder, and reads the table's cells, or imports it, or does nothing more.
const (
	cellsOf   = "cells"
	importOf  = "import"
	nothingOf = "idle"
)

// imports measures the import of a table of 50,000 rows beside the mere reading of its cells, in processes of their own. Each
// import is of a copy of the same register.
func (b *bench) imports(ctx context.Context) error {
	dir := filepath.Join(b.dir, "schools")
	if err := fillSchools(ctx, dir); err != nil {
		return err
	}
	for _, format := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		if err := b.importOf(ctx, dir, format); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) importOf(ctx context.Context, dir string, format sheet.Format) error {
	file := filepath.Join(b.dir, "orders."+string(format))
	if err := writeImported(file, format); err != nil {
		return err
	}
	best := map[string]childResult{}
	for n := range rounds {
		for _, what := range []string{nothingOf, cellsOf, importOf} {
			at := filepath.Join(b.dir, fmt.Sprintf("%s-%s-%d", format, what, n))
			if err := copyFolder(dir, at); err != nil {
				return err
			}
			r, err := b.inChild(ctx, what+":"+file, at)
			if err == nil {
				err = os.RemoveAll(at)
			}
			if err != nil {
				return err
			}
			if was, ok := best[what]; !ok || r.Read < was.Read {
				best[what] = r
			}
		}
	}
	name := fmt.Sprintf("import of %d rows, %s", importRows, format)
	taken, cells, idle := best[importOf], best[cellsOf], best[nothingOf]
	b.add(beside(figure{Name: name, Value: importRows / taken.Read, Unit: "/s"}, importRows/cells.Read, "reading its cells"))
	b.add(figure{Name: "  it takes", Value: taken.Read, Unit: "s", Target: 5, AtMost: true})
	stat, err := os.Stat(file)
	if err != nil {
		return err
	}
	mb := float64(stat.Size()) / (1 << 20)
	b.add(beside(figure{Name: "  resident, at most", Value: taken.Peak, Unit: "MB"}, mb, "the file"))
	b.add(beside(figure{Name: "  of that, for the import", Value: max(0, taken.Peak-idle.Peak), Unit: "MB", Target: 10, AtMost: true}, mb, "the file"))
	return nil
}

// fillSchools founds a group with an agreement and schools.
func fillSchools(ctx context.Context, dir string) (err error) {
	l, err := openLedger(ctx, dir, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	siret, err := domain.ParseSIRET("73282932000074")
	if err != nil {
		return err
	}
	do := func(day domain.Day, act domain.Act) error {
		_, err := l.Do(ctx, domain.Command{ID: uuid.New(), Group: "bench", Effective: domain.OnDay(day), Actor: "bench", Illustrative: "bench", Act: act})
		return err
	}
	err = errors.Join(
		do(importFrom, &domain.GroupFounded{Name: "Bench", Title: "T", Changes: []domain.Change{&domain.MemberJoined{Member: "region", Name: "R"}}}),
		do(importFrom, &domain.AgreementLaunched{
			Agreement: "ent", Ceiling: domain.Ceiling{Pupils: domain.MaxPupils}, Contractor: domain.Contractor{Name: "E", SIRET: siret}, Title: "ENT", Until: importFrom + 2000,
		}))
	errs := make([]error, importSchools)
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() {
			errs[n] = do(importFrom, &domain.SchoolOpened{School: importSchool(n), SchoolFacts: domain.SchoolFacts{Name: "Collège", Kind: "college", Department: "67"}})
		})
	}
	all.Wait()
	return errors.Join(append(errs, err)...)
}

const importFrom domain.Day = 737791 // 2021-01-01

func importSchool(n int) domain.UAI {
	const letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
	digits := 670_000 + n
	u, _ := domain.ParseUAI(fmt.Sprintf("%07d%c", digits, letters[digits%len(letters)]))
	return u
}

// writeImported writes the table, with the columns of a French office.
func writeImported(file string, format sheet.Format) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	columns := []sheet.Column{
		{Key: "order", Title: "Bon de commande"},
		{Key: "member", Title: "Membre"},
		{Key: "agreement", Title: "Accord-cadre"},
		{Key: "day", Title: "Date de commande", Kind: sheet.Day},
		{Key: "from", Title: "Début", Kind: sheet.Day},
		{Key: "through", Title: "Fin", Kind: sheet.Day},
		{Key: "uai", Title: "UAI"},
		{Key: "school", Title: "Établissement"},
		{Key: "cycle", Title: "Cycle"},
		{Key: "headcount", Title: "Effectif", Kind: sheet.Integer},
		{Key: "headcount_kind", Title: "Nature"},
		{Key: "unit_price", Title: "Prix unitaire", Kind: sheet.Decimal},
	}
	w, err := sheet.NewWriter(f, format, "effectifs", columns)
	for n := 0; n < importRows && err == nil; n++ {
		form, school := n/importSchools, n%importSchools
		from := importFrom + domain.Day(30*form)
		err = w.Write([]string{
			fmt.Sprintf("2021-%03d", form), "region", "ent", from.String(), from.String(), (from + 29).String(),
			importSchool(school).String(), fmt.Sprintf("Collège numéro %d", school), "college", fmt.Sprint((school*7 + form) % 900), "prévisionnel", "3.25",
		})
	}
	if err == nil {
		err = w.Close()
	}
	return err
}

// copyFolder copies a data folder that nobody has open.
func copyFolder(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return os.Chmod(filepath.Join(to, keyFile), 0o600)
}

// importChild measures what one of these children does.
func (b *bench) importChild(ctx context.Context, what, file string) (r childResult, err error) {
	a := newApp(nil, io.Discard, b.app.errs)
	a.data, a.dataNamed = b.app.data, true
	begun := time.Now()
	switch what {
	case cellsOf:
		r.Events, err = countCells(file)
	case importOf:
		i := &importing{a: a, group: "bench", file: file}
		if err = i.run(ctx); err == nil {
			r.Events = uint64(i.table.Rows)
		}
	default:
		_, err = a.open(ctx, false)
	}
	if a.desk != nil {
		err = errors.Join(err, a.desk.Close())
	}
	r.Read = time.Since(begun).Seconds()
	return r, err
}

func countCells(file string) (n uint64, err error) {
	f, err := sheet.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	s, err := f.Sheet("")
	if err != nil {
		return 0, err
	}
	for row, err := range f.Rows(s) {
		if err != nil {
			return n, err
		}
		n += uint64(len(row.Cells))
	}
	return n, nil
}
