package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/cmd/registre/harmless"
	"registre/cmd/registre/sheet"
	"registre/domain"
	"registre/eventstore/archive"
)

// An extract is what is exported: rows under named columns, the same for every format. What is of a register ends with the
// pair of times that it is of, and the root of the register's tree as of known: the same pair gives the same bytes.
type extract struct {
	columns []string // as JSON Lines name them, and tables in English
	french  []string // as tables in French do
	kinds   map[int]sheet.Kind
	rows    [][]string
	later   iter.Seq2[laterRows, error] // rows behind these; nil for none
	at      string                      // "" where each row tells its own days
	known   uint64                      // 0 for what is of no register
	root    string
	note    string // the imprint, for formats that have room for it
}

// exporting is one run of the verb.
type exporting struct {
	a                 *app
	kind, group, file string
	format            sheet.Format
	named             string // the format, where the flag says it
	body, by, series  string
	where             []string
	history, force    bool
	seal, dryRun      bool
	scdl              scdlFlags
	second            *extract // what goes into a second file
}

// An exportKind is what can be exported: how it is asked for, and which flags say what of it.
type exportKind struct {
	name    string
	flags   []string
	extract func(*exporting, context.Context, desk) (*extract, error)
}

func exportKinds() []exportKind {
	return []exportKind{
		{"weights", []string{"body"}, (*exporting).weights},
		{"members", nil, (*exporting).members},
		{"avenants", nil, (*exporting).avenants},
		{"lines", []string{"where", "history"}, (*exporting).lines},
		{"totals", []string{"by", "where"}, (*exporting).totals},
		{"series", []string{"by", "where", "series"}, (*exporting).steps},
		{"decisions", nil, (*exporting).decisions},
		{"deliberations", []string{"siret", "matter", "prefecture"}, (*exporting).deliberations},
	}
}

func (a *app) exportVerb() *cobra.Command {
	e := &exporting{a: a}
	cmd := &cobra.Command{
		Use:   "export weights|members|avenants|lines|totals|series|decisions|deliberations|analyst GROUP FILE",
		Short: "Write what the register answers to a file that other programs open (- for the output)",
		Long: `Write what the register answers, on a day and as known, to a file that other programs open: CSV (with semicolons and decimal commas in
French), XLSX, ODS or JSON Lines, by its ending.

  weights   the voices of each member in each body
  members   who they are
  avenants  how far each text has come
  lines     the lines of order forms that count on the day, with all that their order forms say; with --history those of all
            days, each with the days on which it counts. Such a file imports again to the same: registre import orders
  totals    how many pupils there are, by one or two dimensions
  series    the same on the days FROM..TO on which it changes
  decisions what the bodies decided, each with its vote
  deliberations  what they adopted, in the columns of the open-data schema SCDL "délibérations" 2.1.5, which counts members; and
            beside it, in FILE-voix, every decision with its voices (docs/scdl.md)
  analyst   everything, with both times as columns, as tables of one SQLite file, and views that answer who had how many voices,
            how many pupils there were and what was decided, at the pair that stands in its table question. Without GROUP of all
            groups (docs/analyst.md)

Every row ends with the pair of times that it is of, and the root of the register's tree as known then (RFC 6962, SHA-256), save in the file of the schema. The same pair gives the same bytes. A headcount that is unknown is an empty cell, never 0.

The file says of which question and register it is: XLSX and ODS in their properties, CSV and JSON Lines, which have no room for
it, in FILE.registre.json beside them; registre reproduce FILE asks it again, years later. With --seal that file is written beside
every format: it also has the newest signed checkpoint.`,
		Args: exportArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if e.kind = args[0]; e.kind == analystKind {
				return e.analyst(cmd, args)
			}
			e.group, e.file = args[1], args[2]
			return e.run(cmd)
		},
		ValidArgsFunction: a.completeExport,
	}
	flags := cmd.Flags()
	flags.StringVar(&e.named, "format", "", "csv, xlsx, ods or jsonl (default: by the file's ending; csv for -)")
	flags.StringVar(&e.body, "body", "", "weights: of this body only (default: of all)")
	flags.StringVar(&e.by, "by", "", "totals, series: one or two of "+strings.Join(dimensionNames(), ", "))
	flags.StringArrayVar(&e.where, "where", nil, "lines, totals, series: only the lines with a value, as cycle=college (repeatable)")
	typedVar(flags, &e.series, "series", "series: the days FROM..TO, both included", typedSeries)
	flags.BoolVar(&e.history, "history", false, "lines: of all days, each with the days on which it counts")
	flags.StringVar(&e.scdl.siret, "siret", "", "deliberations: the SIRET of the coordinator, since a group has none")
	flags.StringArrayVar(&e.scdl.matters, "matter", nil, "deliberations: the matter in the ACTES nomenclature, as 1.7, or of a kind of item, as budget=7.1 (repeatable)")
	flags.StringVar(&e.scdl.prefecture, "prefecture", "", "deliberations: the prefecture that received them, as PREF067")
	flags.BoolVar(&e.force, "force", false, "replace a file that exists")
	flags.BoolVar(&e.dryRun, "dry-run", false, "analyst: say how much would be written, and write nothing")
	flags.BoolVar(&e.seal, "seal", false, "write FILE.registre.json, with the newest signed checkpoint, beside any format")
	a.completeBy(cmd)
	return cmd
}

// completeExport completes what is exported, then the group; a file is the shell's.
func (a *app) completeExport(cmd *cobra.Command, args []string, begun string) (fit []string, how cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		for _, k := range exportKinds() {
			if strings.HasPrefix(k.name, begun) {
				fit = append(fit, k.name)
			}
		}
		if strings.HasPrefix(analystKind, begun) {
			fit = append(fit, analystKind)
		}
		return fit, cobra.ShellCompDirectiveNoFileComp
	case 1:
		return a.completeGroup(cmd, nil, begun)
	}
	return nil, cobra.ShellCompDirectiveDefault
}

func (e *exporting) run(cmd *cobra.Command) error {
	kind, err := e.checked(cmd)
	if err != nil {
		return err
	}
	d, err := e.a.open(cmd.Context(), false)
	if err != nil {
		return err
	}
	all, err := e.published(cmd.Context(), d, kind)
	for _, p := range slices.Backward(all) {
		if err == nil {
			err = e.a.putPublished(p, e.force)
		}
	}
	return err
}

// published makes the files of an export: one, or two.
func (e *exporting) published(ctx context.Context, d desk, kind exportKind) ([]*published, error) {
	if e.kind == "series" && e.a.at == "" {
		e.a.at = lastOf(e.series)
	}
	pair, err := e.a.pairOf(ctx, d, e.group)
	if err != nil {
		return nil, err
	}
	e.a.at, e.a.known = pair.At.String(), "#"+decimal(pair.Known) // one pair for all that is asked
	x, err := kind.extract(e, ctx, d)
	if err != nil {
		return nil, err
	}
	i := imprint{At: e.a.at, Form: versioned("export-" + e.kind), Format: e.nameOfFormat(), Group: e.group, Known: pair.Known, Lang: e.a.lang, Options: e.options()}
	if err := errors.Join(i.rooted(ctx, d), i.house(ctx, d)); err != nil {
		return nil, err
	}
	if e.second == nil {
		return []*published{e.fileOf(ctx, x, i, e.file, e.format)}, nil
	}
	format := e.format
	if format == sheet.CSV {
		format = sheet.CommaCSV // that of the schema, in every language
	}
	voices := i
	voices.Options = maps.Clone(i.Options)
	voices.Options["part"] = partVoices
	return []*published{e.fileOf(ctx, x, i, e.file, format), e.fileOf(ctx, e.second, voices, besideFile(e.file), e.format)}, nil
}

// partVoices is the option that means the second file of an export.
const partVoices = "voices"

// fileOf is one file of an export.
func (e *exporting) fileOf(ctx context.Context, x *extract, i imprint, file string, format sheet.Format) *published {
	x.root, x.note = i.Root, i.text()
	return &published{
		file: file, imprint: i, rows: len(x.rows), inside: format.HasNote(), seal: e.seal,
		write: func(w io.Writer) error { return e.a.write(ctx, w, x, e.group, format) },
		says:  func() []byte { text, _ := json.Marshal(x.rows); return text },
	}
}

// nameOfFormat is the format as it is asked for.
func (e *exporting) nameOfFormat() string {
	if e.format == sheet.CommaCSV {
		return string(sheet.CSV)
	}
	return string(e.format)
}

// options are those that the flags give, as an imprint has them.
func (e *exporting) options() map[string]string {
	return asking("body", e.body, "by", e.by, "where", strings.Join(e.where, "\n"), "series", e.series, "history", yes(e.history),
		"siret", e.scdl.siret, "matter", strings.Join(e.scdl.matters, "\n"), "prefecture", e.scdl.prefecture)
}

// take takes the options of an imprint.
func (e *exporting) take(options map[string]string) {
	lines := func(s string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, "\n")
	}
	e.body, e.by, e.series, e.history = options["body"], options["by"], options["series"], options["history"] != ""
	e.where, e.scdl = lines(options["where"]), scdlFlags{siret: options["siret"], prefecture: options["prefecture"], matters: lines(options["matter"])}
}

// checked finds what is to be exported, and refuses what cannot come of it before anything is asked.
func (e *exporting) checked(cmd *cobra.Command) (kind exportKind, err error) {
	if kind, err = e.exportKind(); err != nil {
		return kind, err
	}
	for _, flag := range []string{"body", "by", "where", "series", "history", "siret", "matter", "prefecture", "dry-run"} {
		if cmd.Flags().Changed(flag) && !slices.Contains(kind.flags, flag) {
			return kind, misuse("export-flag", "--"+flag, e.kind)
		}
	}
	if kind, err = e.chosen(); err != nil {
		return kind, err
	}
	if e.kind == "deliberations" {
		if err := mayWrite(besideFile(e.file), e.force); err != nil {
			return kind, err
		}
	}
	return kind, mayWrite(e.file, e.force)
}

// exportKind is the kind that is named.
func (e *exporting) exportKind() (kind exportKind, err error) {
	all := exportKinds()
	i := slices.IndexFunc(all, func(k exportKind) bool { return k.name == e.kind })
	if i < 0 {
		return kind, misuse("export-kind", "", e.kind)
	}
	return all[i], nil
}

// chosen finds kind and format, and refuses options that cannot be.
func (e *exporting) chosen() (kind exportKind, err error) {
	if kind, err = e.exportKind(); err != nil {
		return kind, err
	}
	if e.kind == "series" && e.series == "" {
		return kind, misuse("flag-missing", "--series", "")
	}
	if _, err := enrolmentOf(e.selection()); err != nil {
		return kind, err
	}
	if e.format, err = e.a.formatOf(e.file, e.named); err != nil {
		return kind, err
	}
	if e.kind == "deliberations" {
		return kind, e.scdl.check(e.file)
	}
	return kind, nil
}

// formatOf is the format of a file: the one named, or that of its ending.
func (a *app) formatOf(file, named string) (sheet.Format, error) {
	if named == "" {
		named = strings.ToLower(strings.TrimPrefix(filepath.Ext(file), "."))
	}
	switch {
	case named == "ndjson":
		named = "jsonl"
	case named == "" && file == "-":
		named = "csv"
	}
	switch f := sheet.Format(named); f {
	case sheet.CSV:
		if a.lang != "fr" {
			return sheet.CommaCSV, nil
		}
		return f, nil
	case sheet.XLSX, sheet.ODS, sheet.JSONLines:
		return f, nil
	}
	return "", misuse("format-unknown", "", strings.TrimSpace(file+" "+named))
}

// rooted gives an extract the root of the tree of the register's first events, up to the last that was known: whoever has
// these can compute it, and so tell whether they are those that the extract was made of.
func (x *extract) rooted(ctx context.Context, d desk, group string) error {
	var tree archive.Tree
	for r, err := range d.Records(ctx, domain.GroupID(group), 0, false) {
		if err != nil {
			return err
		}
		if r.Number > x.known {
			break
		}
		tree.Append(archive.LeafHash(r.Body))
	}
	root := tree.Root()
	x.root = hex.EncodeToString(root[:])
	return nil
}

// written writes an extract in a format.
func (a *app) written(x *extract, name string, format sheet.Format) ([]byte, error) {
	var b bytes.Buffer
	err := a.write(context.Background(), &b, x, name, format)
	return b.Bytes(), err
}

func (a *app) write(ctx context.Context, out io.Writer, x *extract, name string, format sheet.Format) error {
	if err := hasRoom(format, len(x.rows)); err != nil {
		return err
	}
	w, err := sheet.NewNoted(out, format, name, x.note, a.columnsOf(x))
	if err != nil {
		return err
	}
	bar := newProgress(a, int64(len(x.rows)))
	defer bar.end()
	n := 0
	writeRow := a.rowsInto(w, x, format)
	for later, err := range x.parts {
		var rows [][]string
		if err == nil {
			rows, err = later()
		}
		for _, row := range rows {
			err = cmp.Or(err, ctx.Err(), hasRoom(format, n+1), writeRow(row))
			bar.at(n, int64(n))
			n++
		}
		if err != nil {
			return err
		}
	}
	return w.Close()
}

// hasRoom refuses more rows than a table of a format has behind its heading.
func hasRoom(format sheet.Format, rows int) error {
	if spreads := format == sheet.XLSX || format == sheet.ODS; spreads && rows >= sheet.MaxRows {
		return misuse("export-rows", string(format), decimal(uint64(rows)))
	}
	return nil
}

// rowsInto gives what writes rows of an extract, each with what every row ends with. It is not for several goroutines.
func (a *app) rowsInto(w sheet.Writer, x *extract, format sheet.Format) func(row []string) error {
	pair, inWords := x.pair(), a.lang == "fr" && format != sheet.JSONLines
	var line []string
	return func(row []string) error {
		line = append(line[:0], row[:len(x.columns)]...)
		if inWords {
			a.said(x, line)
		}
		line = append(line, pair...)
		return w.Write(line)
	}
}

// pair is what every row ends with.
func (x *extract) pair() (cells []string) {
	if x.known == 0 {
		return nil
	}
	if x.at != "" {
		cells = append(cells, x.at)
	}
	return append(cells, "#"+decimal(x.known), x.root)
}

func (a *app) columnsOf(x *extract) []sheet.Column {
	keys, french := slices.Clone(x.columns), slices.Clone(x.french)
	if x.known > 0 {
		if x.at != "" {
			keys, french = append(keys, "at"), append(french, "état au")
		}
		keys, french = append(keys, "known", "root"), append(french, "connu", "racine")
	}
	columns := make([]sheet.Column, len(keys))
	for i, key := range keys {
		title := key
		if a.lang == "fr" {
			title = french[i]
		}
		columns[i] = sheet.Column{Key: key, Title: title, Kind: x.kinds[i]}
	}
	return columns
}

// mayWrite refuses a file that is there already and is not to be replaced.
func mayWrite(file string, force bool) error {
	if file == "-" || force {
		return nil
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return misuse("file-exists", file, file)
	}
	return nil
}

// writeFile puts a file in its place whole or not at all.
func writeFile(file string, text []byte, force bool) error {
	return replaceFile(file, force, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// putFile writes to the output, where the file is -; otherwise as replaceFile does.
func (a *app) putFile(file string, force bool, write func(io.Writer) error) error {
	if file != "-" {
		return replaceFile(file, force, write)
	}
	w := bufio.NewWriterSize(harmless.Under(a.out), 64<<10) // what writes the file makes it harmless, as its form asks for
	return errors.Join(write(w), w.Flush())
}

// replaceFile puts what is written in the place of a file, whole or not at all.
func replaceFile(file string, force bool, write func(io.Writer) error) error {
	return placeFile(file, force, func(f *os.File) error {
		w := bufio.NewWriterSize(f, 64<<10)
		if err := write(w); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return failure("file-unwritable", file, err)
		}
		return nil
	})
}

// placeFile puts a file, as it is filled, in the place of another, whole or not at all.
func placeFile(file string, force bool, fill func(*os.File) error) error {
	if err := mayWrite(file, force); err != nil {
		return err
	}
	parent, name := filepath.Dir(file), "."+filepath.Base(file)
	sweepParts(parent, name, fs.FileMode.IsRegular)
	temp, err := os.CreateTemp(parent, name+partMark+"*")
	if err != nil {
		return failure("file-unwritable", file, err)
	}
	held, ok := holdPart(temp.Name())
	defer held.Close()
	if !ok {
		return failure("file-unwritable", file, errors.Join(errPartTaken, temp.Close(), os.Remove(temp.Name())))
	}
	if err := fill(temp); err != nil {
		return errors.Join(err, temp.Close(), os.Remove(temp.Name()))
	}
	err = errors.Join(temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return failure("file-unwritable", file, errors.Join(err, os.Remove(temp.Name())))
	}
	return nil
}
