package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"registre/cmd/registre/orderfile"
	"registre/cmd/registre/sheet"
	"registre/cmd/registre/typed"
	"registre/domain"
	"registre/replay"
)

// importing is one run of a verb that records order forms from a table.
type importing struct {
	a           *app
	group       domain.GroupID
	file        string
	sheet       string
	mappingFile string
	mappingText string // in the place of that file
	constants   map[orderfile.Field]*string
	openSchools bool
	schoolKind  string
	overlap     string
	ceiling     string
	partial     string
	force       bool
	dryRun      bool

	table    *orderfile.Table
	state    *domain.Group // on which the commands are rehearsed
	commands map[uuid.UUID]bool
	body     []byte   // room for one
	others   []string // tables of the file that were not read
	bench    *workbench
	steps    []step
	wrong    []*Fault
	worst    int
}

func (a *app) importVerb() *cobra.Command {
	return under("import", "Record what others send as tables", a.importOrdersVerb())
}

func (a *app) importOrdersVerb() *cobra.Command {
	i := &importing{a: a, constants: map[orderfile.Field]*string{}}
	cmd := &cobra.Command{
		Use:   "orders GROUP FILE",
		Short: "Record order forms from a table: CSV, XLSX or ODS",
		Long: `Record the order forms of a table, as members send them: CSV (with semicolons, commas or tabs; UTF-8, Windows-1252, Latin-1), XLSX or
ODS. Columns are known by their names, in French or English; a mapping file or a flag says what no column says. Every fault
is named, with its row, column and value, and then nothing is recorded at all; with --partial the sound rows are, and the others
are written to a file, which can be mended and imported again: then they are added to their order forms by an amendment.

Importing a file again changes nothing that is recorded: lines that an order form lacks are added to it by an amendment, and a
line that says something else than the register is a fault.`,
		Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			i.group, i.file = domain.GroupID(args[0]), args[1]
			return i.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	for flag, f := range importFields {
		i.constants[f] = flags.String(flag, "", importMeans[flag])
	}
	flags.StringVar(&i.sheet, "sheet", "", "the table of the file (default: the first that is shown)")
	flags.StringVar(&i.mappingFile, "mapping", "", "a file that gives fields their columns: a line for each, as uai = Code RNE, or member := moselle")
	flags.BoolVar(&i.openSchools, "open-schools", false, "open the schools that the register does not know")
	flags.StringVar(&i.schoolKind, "school-kind", "", "of the schools that are opened and of which the table does not say it")
	flags.StringVar(&i.overlap, "overlap-reason", "", "why schools are ordered for that another order form has ordered for")
	flags.StringVar(&i.ceiling, "ceiling-reason", "", "why the ceiling is exceeded")
	flags.StringVar(&i.partial, "partial", "", "record the sound rows, and write the others to this file")
	flags.BoolVar(&i.force, "force", false, "replace that file if it exists")
	flags.BoolVar(&i.dryRun, "dry-run", false, "say what would be ordered, and record nothing")
	return cmd
}

// importFields are the flags that stand for a column.
var importFields = map[string]orderfile.Field{
	"order": orderfile.Order, "member": orderfile.Member, "agreement": orderfile.Agreement, "day": orderfile.Day, "from": orderfile.From,
	"until": orderfile.Until, "through": orderfile.Through, "cycle": orderfile.Cycle, "headcount-kind": orderfile.CountKind, "headcount-day": orderfile.CountDay,
	"unit-price": orderfile.UnitPrice,
}

// importMeans says what the flags are that stand for a column.
var importMeans = map[string]string{
	"order": "the number of the order form", "member": "who orders: an id or a name", "agreement": "the framework agreement: its id or its title",
	"day": "the day of the order form", "from": "the first day that it covers", "until": "the day on which it covers no more", "through": "the last day that it covers",
	"cycle": "college, lycee …", "headcount-kind": "forecast, official or live", "headcount-day": "the day to which the headcounts belong (default: that of the order form)",
	"unit-price": "the price of one pupil, in euros",
}

// collectImportAt is the growth, in per cent, at which the collector runs during an import: sooner than otherwise, so that the
// memory stays in proportion to the file. GOGC, where it is set, prevails.
const collectImportAt = 25

func (i *importing) run(ctx context.Context) error {
	defer i.giveBack(collectAtMost(collectImportAt))
	if err := i.prepare(ctx); err != nil {
		return err
	}
	if i.bench != nil {
		defer i.bench.close()
	}
	switch err := i.carry(ctx, func(*domain.Command) error { return nil }); {
	case errors.Is(err, errTableWrong):
		i.sayWrong()
		return &exitError{i.worst}
	case err != nil:
		return err
	}
	return i.conclude()
}

// errTableWrong says that something is wrong with the table, and that nothing was recorded.
var errTableWrong = errors.New("something is wrong with the table")

// carry reads the table and records what it says, each command if it may be. Whoever calls has prepared it.
func (i *importing) carry(ctx context.Context, may func(*domain.Command) error) error {
	if err := i.takeUp(ctx); err != nil {
		return err
	}
	if err := i.read(); err != nil {
		return err
	}
	i.plan()
	for n := range i.steps {
		command := i.steps[n].command
		if err := may(&command); err != nil {
			return err
		}
	}
	if err := i.rehearse(ctx); err != nil {
		return err
	}
	i.state, i.commands = nil, nil // which take more room than the table
	if len(i.wrong) > 0 && i.partial == "" {
		return errTableWrong
	}
	return i.record(ctx)
}

// giveBack lets go of what was read, before the register is closed and what came to it is saved: both at once would be the most
// that the import ever holds.
func (i *importing) giveBack(restore func()) {
	if i.table != nil {
		i.table.Forms = nil
	}
	i.steps = nil
	runtime.GC()
	restore()
}

// prepare opens the register.
func (i *importing) prepare(ctx context.Context) error {
	if i.partial != "" {
		if _, err := i.a.formatOf(i.partial, ""); err != nil {
			return err
		}
	}
	if i.partial != "" && !i.force {
		if _, err := os.Stat(i.partial); err == nil {
			return misuse("file-exists", i.partial, "")
		}
	}
	var err error
	i.bench, err = i.a.workbench(ctx, false, false)
	return err
}

// takeUp takes up what the register holds of the group.
func (i *importing) takeUp(ctx context.Context) error {
	book, err := replay.Fold(replay.Decoded(i.bench.desk.Records(ctx, i.group, 0, false)))
	if err == nil && book.Head() == 0 {
		err = misuse("unknown-group", string(i.group), "")
	}
	if err != nil {
		return err
	}
	i.state, i.commands = book.Group, commandsOf(book)
	return nil
}

// read reads the table.
func (i *importing) read() error {
	mapping, err := i.mapping()
	if err != nil {
		return err
	}
	f, err := sheet.Open(i.file)
	if err != nil {
		return sheetFault(i.file, err)
	}
	defer f.Close()
	bar := newProgress(i.a, 0) // nobody knows yet how many rows there are
	defer bar.end()
	s, err := i.choose(f, mapping)
	if err == nil {
		i.sheet = s.Name
		i.table, err = orderfile.Read(f, s, mapping, i.names(), func(row int) { bar.at(row, 0) })
	}
	if err != nil {
		return sheetFault(i.file, err)
	}
	for _, fault := range i.table.Faults {
		i.found(i.cellFault(fault))
	}
	return nil
}

// choose gives the table of the file that is named, or the first that is shown and has order forms: before it there may be one
// that explains how to fill it. The others of that kind are remembered.
func (i *importing) choose(f *sheet.File, m orderfile.Mapping) (chosen sheet.Sheet, err error) {
	chosen, err = f.Sheet(i.sheet)
	if i.sheet != "" || err != nil || len(f.Sheets) < 2 {
		return chosen, err
	}
	found := false
	for _, s := range f.Sheets {
		switch {
		case s.Hidden || !orderfile.HasHeader(f, s, m):
		case found:
			i.others = append(i.others, s.Name)
		default:
			chosen, found = s, true
		}
	}
	return chosen, nil
}

// mapping is what the mapping file and the flags say; the flags prevail.
func (i *importing) mapping() (orderfile.Mapping, error) {
	m := orderfile.Mapping{Constants: map[orderfile.Field]string{}}
	text, err := []byte(i.mappingText), error(nil)
	if i.mappingFile != "" {
		if text, err = readSmall(i.mappingFile, orderfile.MaxMapping); err != nil {
			return m, err
		}
	}
	if len(text) > 0 {
		if m, err = orderfile.ReadMapping(bytes.NewReader(text)); err != nil {
			if at := new(orderfile.MappingError); errors.As(err, &at) {
				f := misuse("mapping-form", "", at.Text)
				f.File, f.Line = i.mappingFile, at.Line
				return m, f
			}
			return m, fileFault(i.mappingFile, err)
		}
	}
	for field, value := range i.constants {
		if *value != "" {
			m.Constants[field] = nfc(*value)
		}
	}
	return m, nil
}

// names finds members and framework agreements by what the register calls them, whether they are so today or not.
func (i *importing) names() orderfile.Names {
	g := i.state
	members, agreements := map[string]string{}, map[string]string{}
	for _, m := range g.EveryMember() {
		name(members, string(m), g.MemberName(m, domain.Latest))
	}
	for _, a := range g.Agreements(domain.Now(domain.LastDay)) {
		name(agreements, string(a.Agreement), a.Title)
	}
	return orderfile.Names{
		Member: func(text string) (domain.MemberID, string, bool) {
			id, hint, ok := idOfName(members, text)
			return domain.MemberID(id), hint, ok
		},
		Agreement: func(text string) (domain.AgreementID, string, bool) {
			id, hint, ok := idOfName(agreements, text)
			return domain.AgreementID(id), hint, ok
		},
	}
}

// name keeps an id by itself and by its name. A name that two have finds neither.
func name(ids map[string]string, id, called string) {
	ids[typed.Plain(id)] = id
	word := typed.Plain(called)
	if other, taken := ids[word]; taken && other != id {
		id = ""
	}
	ids[word] = id
}

// idOfName finds an id by what people write; where nothing is called so, hint is what contains all its words, if that is one.
func idOfName(ids map[string]string, text string) (id, hint string, ok bool) {
	word := typed.Plain(text)
	if id := ids[word]; id != "" {
		return id, "", true
	}
	fits := map[string]bool{}
	for called, id := range ids {
		if id != "" && containsWords(called, word) || containsWords(word, called) {
			fits[id] = true
		}
	}
	if len(fits) == 1 {
		for hint = range fits {
			return "", hint, false
		}
	}
	return "", "", false
}

func containsWords(text, words string) bool {
	return words != "" && strings.Contains(" "+text+" ", " "+words+" ")
}

// found takes note of something wrong.
func (i *importing) found(f *Fault) {
	f.File = filepath.Base(i.file)
	i.wrong, i.worst = append(i.wrong, f), max(i.worst, f.Exit)
}
