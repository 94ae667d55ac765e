package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"registre/cmd/registre/orderfile"
	"registre/cmd/registre/sheet"
	"registre/domain"
	"registre/eventstore/atmost"
	"registre/projections/canonical"
	"registre/web"
	"registre/web/operation"
)

// exportTakes are what an export can be told, as the verb's flags say it.
var exportTakes = map[string]operation.Parameter{
	"body":       anID("body", "of this body only; of all where it is left out"),
	"by":         aList("by", "one or two dimensions, between commas"),
	"where":      {Name: "where", Form: operation.Lines, Says: "only the lines with a value, as cycle=college"},
	"series":     aWord("series", "the days FROM..TO, both included"),
	"history":    aFlag("history", "of all days, each with the days on which it counts"),
	"siret":      aWord("siret", "the SIRET of the coordinator, since a group has none"),
	"matter":     {Name: "matter", Form: operation.Lines, Says: "the matter in the ACTES nomenclature, as 1.7, or of a kind of item, as budget=7.1"},
	"prefecture": aWord("prefecture", "the prefecture that received them, as PREF067"),
}

// exportSays is what each export is.
var exportSays = map[string]string{
	"weights": "The voices of each member in each body, as a table", "members": "Who they are, as a table", "avenants": "How far each text has come, as a table",
	"lines":  "The lines of order forms that count on the day, as a table that imports again to the same",
	"totals": "How many pupils there are, by one or two dimensions, as a table", "series": "The same on the days on which it changes, as a table",
	"decisions":     "What the bodies decided, each with its vote, as a table",
	"deliberations": "What they adopted, in the columns of the open-data schema SCDL délibérations 2.1.5; with part=voices every decision with its voices",
}

// exportOperations are the exports that doors offer.
func exportOperations() (all []operation.Question) {
	for _, k := range exportKinds() {
		q := operation.Question{Name: "export-" + k.name, Path: "exports/" + k.name, Says: exportSays[k.name]}
		for _, flag := range k.flags {
			q.Takes = append(q.Takes, exportTakes[flag])
		}
		if k.name == "deliberations" {
			q.Takes = append(q.Takes, aWord("part", "the second file", partVoices))
		}
		all = append(all, q)
	}
	return all
}

// Export implements web.Desk: the same bytes as the verb writes.
func (c *counter) Export(ctx context.Context, q web.ExportAsked) (web.Exported, error) {
	a := newApp(nil, io.Discard, io.Discard)
	a.now, a.lang, a.at, a.known = c.now, q.Lang, q.At, q.Known
	e := &exporting{a: a, kind: strings.TrimPrefix(q.Name, "export-"), group: q.Group, named: q.Format}
	e.file = e.kind + "." + q.Format
	told, err := operation.Told(exportOperations()[slices.IndexFunc(exportOperations(), func(o operation.Question) bool { return o.Name == q.Name })].Takes, q.Told)
	if err != nil {
		return web.Exported{}, err
	}
	part := told["part"]
	delete(told, "part")
	e.take(told)
	kind, err := e.chosen()
	if err == nil && part != "" && part != partVoices {
		err = &operation.ParameterError{Problem: operation.Unreadable, Name: "part", Value: part}
	}
	if err != nil {
		return web.Exported{}, err
	}
	if e.kind == "series" && a.at == "" {
		a.at = lastOf(e.series)
	}
	r, err := c.resolve(ctx, Question{At: a.at, Group: q.Group, Kind: "pair", Known: a.known})
	if err != nil {
		return web.Exported{}, err
	}
	a.at, a.known = r.meta.Question.At, r.meta.Question.Known
	done := web.Exported{Head: r.meta.Head, File: e.file, Lasting: q.At != "" && q.Known != "" && !r.meta.Provisional && !c.shared(q.Known)}
	if part != "" {
		done.File = filepath.Base(besideFile(e.file))
	}
	done.Write = func(ctx context.Context, w io.Writer) (int, error) {
		all, err := e.published(ctx, c.local, kind)
		if err != nil {
			return 0, err
		}
		p := all[0]
		if part != "" {
			p = all[1]
		}
		return p.rows, p.write(w)
	}
	done.Tag, err = e.tag(&r.meta, part)
	return done, err
}

// tag names the bytes of an export: the pair, and the register up to it, what is asked of it, its form, format and language.
func (e *exporting) tag(m *meta, part string) (string, error) {
	m.Head, m.Checkpoint, m.Provisional = 0, "", false
	i := imprint{Form: versioned("export-" + e.kind), Format: e.nameOfFormat(), Lang: e.a.lang, Options: e.options(), Group: e.group}
	if part != "" {
		i.Options = maps.Clone(i.Options)
		i.Options["part"] = part
	}
	of, err := m.canonical()
	if err != nil {
		return "", err
	}
	text, err := canonical.MarshalWith(struct {
		Imprint string `json:"imprint"`
	}{i.text()}, "meta", of)
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:18]), err
}

// importTakes are what an import can be told, beside what stands in the table.
func importTakes() []operation.Parameter {
	all := []operation.Parameter{
		aFlag("dry_run", "say what would be ordered, and record nothing"),
		aFlag("partial", "record the sound rows; the others stand in the answer, as a table to be mended and brought again"),
		aWord("sheet", "the table of the file; the first that is shown where it is left out"),
		{Name: "mapping", Form: operation.Lines, Says: "gives a field its column, as uai = Code RNE, or a value, as member := moselle"},
		aFlag("open_schools", "open the schools that the register does not know"),
		aWord("school_kind", "of the schools that are opened and of which the table does not say it"),
		aWord("overlap_reason", "why schools are ordered for that another order form has ordered for"),
		aWord("ceiling_reason", "why the ceiling is exceeded"),
	}
	for _, flag := range slices.Sorted(maps.Keys(importFields)) {
		all = append(all, aWord(strings.ReplaceAll(flag, "-", "_"), importMeans[flag]))
	}
	return all
}

// broughtTable is what an import through a door is answered with.
type broughtTable struct {
	importAnswer
	RejectedTable string `json:"rejected_table,omitempty"` // CSV, of the rows that were not recorded
}

// Import implements web.Desk: as the verb does, with the rights and under the pseudonym of whoever brings the table.
func (c *counter) Import(ctx context.Context, b web.TableBrought) (web.Imported, error) {
	told, err := operation.Told(importTakes(), b.Told)
	if err != nil {
		return web.Imported{}, err
	}
	i := c.importing(ctx, b, told)
	err = i.carry(ctx, func(command *domain.Command) error { return c.admits(ctx, command) })
	wrong := errors.Is(err, errTableWrong)
	if err != nil && !wrong {
		return web.Imported{}, unplaced(err, i.file)
	}
	answer := broughtTable{importAnswer: i.answer()}
	if i.partial != "" && !i.dryRun && len(i.table.Rejected) > 0 {
		if err := i.writeRejected(); err != nil {
			return web.Imported{}, unplaced(err, i.file)
		}
		text, err := atmost.File(i.partial, sheet.MaxFile)
		if err != nil {
			return web.Imported{}, err
		}
		answer.RejectedTable = string(text)
	}
	text, err := encode(answer)
	if err == nil && wrong {
		err = &web.TableError{Faults: len(i.wrong), Rejected: len(i.table.Rejected), Rows: i.table.Rows, Answer: text}
	}
	return web.Imported{Answer: text, Rows: i.table.Rows, Rejected: len(i.table.Rejected), DryRun: i.dryRun}, err
}

// importing is an import of a table that came through a door.
func (c *counter) importing(ctx context.Context, b web.TableBrought, told map[string]string) *importing {
	a := newApp(nil, io.Discard, io.Discard)
	a.now, a.lang, a.asJSON = c.now, b.Lang, true
	i := &importing{
		a: a, group: domain.GroupID(b.Group), file: b.File, sheet: told["sheet"], mappingText: told["mapping"], constants: map[orderfile.Field]*string{},
		openSchools: told["open_schools"] != "", schoolKind: told["school_kind"], overlap: nfc(told["overlap_reason"]), ceiling: nfc(told["ceiling_reason"]),
		dryRun: told["dry_run"] != "", force: true,
		bench: &workbench{a: a, desk: c.local, me: cmp.Or(web.PrincipalOf(ctx).ID, string(domain.Anonymous))},
	}
	for flag, f := range importFields {
		value := told[strings.ReplaceAll(flag, "-", "_")]
		i.constants[f] = &value
	}
	if told["partial"] != "" {
		i.partial = filepath.Join(filepath.Dir(b.File), "rejected.csv")
	}
	return i
}

// unplaced is an error that does not say where on this server a file lay that somebody brought.
func unplaced(err error, file string) error {
	var of *Fault
	if !errors.As(err, &of) {
		if errors.Is(err, fs.ErrNotExist) {
			return failure("failed", "", err)
		}
		return err
	}
	f := *of
	f.File = ""
	f.Subject, f.Detail = strings.ReplaceAll(f.Subject, file, "table"), strings.ReplaceAll(f.Detail, file, "table")
	return &f
}

// sweepTables takes away what a server that was killed has left of tables on their way.
func sweepTables(dir string) error {
	for _, of := range []string{"import-*~", "export-*~"} {
		left, err := filepath.Glob(filepath.Join(dir, of))
		for _, path := range left {
			err = errors.Join(err, os.RemoveAll(path))
		}
		if err != nil {
			return unwritable(err)
		}
	}
	return nil
}

// tableFault is the fault of a table of which nothing was recorded.
func tableFault(of *web.TableError) (*Fault, int) {
	return misuse("import-faults", decimal(uint64(of.Faults)), decimal(uint64(of.Rejected))+"/"+decimal(uint64(of.Rows))), http.StatusUnprocessableEntity
}
