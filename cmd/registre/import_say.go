package main

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"registre/cmd/registre/orderfile"
	"registre/cmd/registre/sheet"
	"registre/domain"
)

// importAnswer is what became of an import.
type importAnswer struct {
	DryRun   bool            `json:"dry_run,omitempty"`
	Faults   []*Fault        `json:"faults,omitempty"`
	Group    domain.GroupID  `json:"group"`
	Ignored  []string        `json:"ignored,omitempty"` // columns that say nothing known
	Orders   []importedOrder `json:"orders"`
	Others   []string        `json:"other_sheets,omitempty"` // that are shown, and were not read
	Rejected int             `json:"rejected"`               // rows
	Rows     int             `json:"rows"`
	Schools  int             `json:"schools"` // that were opened
	Totals   []importedTotal `json:"totals,omitempty"`
	Warnings []warned        `json:"warnings,omitempty"`
}

// importedOrder is one order form of an import.
type importedOrder struct {
	Agreement domain.AgreementID `json:"agreement"`
	Event     uint64             `json:"event,omitempty"`
	From      domain.Day         `json:"from"`
	Lines     int                `json:"lines"` // of the table
	Member    domain.MemberID    `json:"member"`
	Number    domain.OrderNumber `json:"number"`
	Pupils    uint64             `json:"pupils"` // of the known headcounts of its first day
	Status    string             `json:"status"` // issued, amended, unchanged or refused
	Unknown   int                `json:"unknown"`
	Until     domain.Day         `json:"until"`
}

// importedTotal is a total that the table states.
type importedTotal struct {
	Agrees  bool   `json:"agrees"`
	Row     int    `json:"row"`
	Stated  string `json:"stated"`
	Sum     uint64 `json:"sum"`
	Unknown int    `json:"unknown"`
}

// What becomes of an order form.
const (
	importIssued    = "issued"
	importAmended   = "amended"
	importUnchanged = "unchanged"
	importRefused   = "refused"
)

func (i *importing) answer() importAnswer {
	t := i.table
	answer := importAnswer{DryRun: i.dryRun, Faults: i.told(), Group: i.group, Ignored: t.Ignored, Rejected: len(t.Rejected), Rows: t.Rows, Orders: []importedOrder{}}
	for n := range t.Forms {
		answer.Orders = append(answer.Orders, i.imported(n))
	}
	for _, s := range i.steps {
		if s.form < 0 && !s.failed {
			answer.Schools++
		}
	}
	for _, total := range t.Totals {
		answer.Totals = append(answer.Totals, importedTotal{Agrees: total.Agrees(), Row: total.Row, Stated: total.Stated, Sum: total.Sum, Unknown: total.Unknown})
	}
	answer.Warnings, answer.Others = i.warned(), i.others
	return answer
}

// warned are the warnings: of letters that do not check, of order forms that overlap others, and what the last of them that comes
// near a ceiling brings it to.
func (i *importing) warned() (all []warned) {
	for _, s := range i.table.Schools {
		if letter, right := s.UAI.Check(); !right {
			all = append(all, warned{Kind: domain.WarnLetter, School: s.UAI.String(), Letter: string(letter), Row: s.Row})
		}
	}
	ceilings := map[domain.AgreementID]warned{}
	for n := range i.steps {
		s := &i.steps[n]
		if s.failed || s.repeated {
			continue
		}
		for _, w := range warnedOf(s.warnings) {
			switch w.Row = s.row; w.Kind {
			case domain.WarnOverlap:
				all = append(all, w)
			case domain.WarnCeiling, domain.WarnPast:
				ceilings[w.Agreement] = w
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ceilings)) {
		all = append(all, ceilings[id])
	}
	return all
}

// imported says what became of one order form.
func (i *importing) imported(n int) importedOrder {
	form := &i.table.Forms[n]
	o := importedOrder{
		Agreement: form.Agreement, From: form.From, Lines: len(form.Rows), Member: form.Member, Number: form.Number, Until: form.Until, Status: importUnchanged,
	}
	for _, l := range form.Lines {
		if pupils, known := l.Headcount.Pupils(); known {
			o.Pupils += uint64(pupils)
		} else {
			o.Unknown++
		}
	}
	if i.rejected(form) {
		o.Status = importRefused
	}
	for _, s := range i.steps {
		if s.form != n || s.failed {
			continue
		}
		if o.Event > 0 || o.Status == importIssued {
			continue // it is amended besides
		}
		if o.Status = importIssued; isAmendment(s.command.Act) {
			o.Status = importAmended
		}
		if s.outcome != nil && !i.dryRun {
			o.Event = s.outcome.First
		}
		if s.repeated || s.outcome != nil && s.outcome.Repeated {
			o.Status = importUnchanged
		}
	}
	return o
}

func isAmendment(act domain.Act) bool { _, ok := act.(*domain.OrderAmended); return ok }

// told are the faults in the user's language, in the order of their rows.
func (i *importing) told() (all []*Fault) {
	slices.SortStableFunc(i.wrong, func(a, b *Fault) int { return a.Line - b.Line })
	for _, f := range i.wrong {
		all = append(all, i.a.told(f))
	}
	return all
}

// sayWrong says all that is wrong, when nothing was recorded.
func (i *importing) sayWrong() {
	a := i.a
	if a.asJSON {
		_ = a.json(i.answer())
		return
	}
	i.sayFaults()
	a.printf(a.tr("%[1]d défaut(s) dans %[2]d ligne(s) sur %[3]d ; rien n'a été enregistré. Avec --partial FICHIER, ce qui est sain l'est.\n",
		"%[1]d fault(s) in %[2]d row(s) of %[3]d; nothing was recorded. With --partial FILE what is sound will be.\n"),
		len(i.wrong), len(i.table.Rejected), i.table.Rows)
}

// mostFaults is how many faults are said to people; what is beyond has mostly the same cause.
const mostFaults = 40

func (i *importing) sayFaults() {
	slices.SortStableFunc(i.wrong, func(a, b *Fault) int { return a.Line - b.Line })
	unknown := false
	for n, f := range i.wrong {
		if n < mostFaults {
			i.a.printf("%s\n", i.a.sentence(f))
		}
		unknown = unknown || f.Code == domain.UnknownSchool.Code
	}
	if rest := len(i.wrong) - mostFaults; rest > 0 {
		i.a.printf("%s\n", format(i.a.tr("… et %[1]d autres : --json les donne tous.", "… and %[1]d others: --json gives them all."), rest, ""))
	}
	if unknown && !i.openSchools {
		i.a.printf("%s\n", i.a.tr("Les établissements que le registre ne connaît pas : --open-schools les ouvre.", "Schools that the register does not know: --open-schools opens them."))
	}
}

// conclude writes the rejected rows, and says what became of all.
func (i *importing) conclude() error {
	if i.partial != "" && len(i.table.Rejected) > 0 && !i.dryRun {
		if err := i.writeRejected(); err != nil {
			return err
		}
	}
	a := i.a
	if a.asJSON {
		if err := a.json(i.answer()); err != nil {
			return err
		}
	} else {
		i.say()
	}
	if i.worst != 0 {
		return &exitError{i.worst}
	}
	return nil
}

// say says to people what became of an import.
func (i *importing) say() {
	a, answer := i.a, i.answer()
	t := &table{
		heads: []string{a.tr("bon de commande", "order form"), a.tr("membre", "member"), a.tr("accord-cadre", "agreement"), a.tr("période", "period"), a.tr("lignes", "lines"), a.tr("élèves", "pupils"), ""},
		right: map[int]bool{4: true, 5: true},
	}
	for _, o := range answer.Orders {
		t.add(string(o.Number), string(o.Member), string(o.Agreement), o.From.String()+" → "+o.Until.String(), strconv.Itoa(o.Lines), a.atLeast(o.Pupils, o.Unknown), i.status(o))
	}
	t.print(a.out)
	i.sayRemarks(answer)
	i.sayFaults()
	if i.dryRun {
		a.printf("%s\n", a.tr("Rien n'a été enregistré.", "Nothing was recorded."))
	}
	if answer.Rejected > 0 && i.partial != "" && !i.dryRun {
		a.printf(a.tr("%d ligne(s) écartée(s), dans %s : les corriger, et importer ce fichier.\n", "%d row(s) rejected, in %s: mend them, and import that file.\n"), answer.Rejected, plain(i.partial))
	}
}

// atLeast writes a number of pupils of which some are not known.
func (a *app) atLeast(pupils uint64, unknown int) string {
	if unknown == 0 {
		return strconv.FormatUint(pupils, 10)
	}
	return a.tr("au moins ", "at least ") + strconv.FormatUint(pupils, 10) + ", " + strconv.Itoa(unknown) + a.tr(" inconnu(s)", " unknown")
}

func (i *importing) status(o importedOrder) string {
	a := i.a
	number := ""
	if o.Event > 0 {
		number = " #" + strconv.FormatUint(o.Event, 10)
	}
	switch o.Status {
	case importUnchanged:
		return a.tr("déjà là", "there already") + number
	case importRefused:
		return a.tr("refusé", "refused")
	case importAmended:
		return a.tr("complété", "amended") + number
	}
	return a.tr("émis", "issued") + number
}

// sayRemarks says what is odd about a table, and no fault.
func (i *importing) sayRemarks(answer importAnswer) {
	a := i.a
	if answer.Schools > 0 {
		a.printf(a.tr("%d établissement(s) ouvert(s).\n", "%d school(s) opened.\n"), answer.Schools)
	}
	if len(answer.Ignored) > 0 {
		a.printf(a.tr("Colonnes sans emploi : %s.\n", "Columns without a use: %s.\n"), plain(strings.Join(answer.Ignored, ", ")))
	}
	if len(answer.Others) > 0 {
		a.printf(a.tr("Le fichier a d'autres feuilles, qui n'ont pas été lues : %s. Une à la fois, avec --sheet.\n", "The file has other tables, which were not read: %s. One at a time, with --sheet.\n"), plain(strings.Join(answer.Others, ", ")))
	}
	for _, t := range answer.Totals {
		if !t.Agrees {
			a.printf(a.tr("Ligne %[1]d : le total écrit est %[2]s, la somme %[3]s.\n", "Row %[1]d: the total stated is %[2]s, the sum %[3]s.\n"), t.Row, plain(t.Stated), a.atLeast(t.Sum, t.Unknown))
		}
	}
	a.sayWarnings(answer.Warnings)
}

// cellFault is a fault of a cell of the table.
func (i *importing) cellFault(at orderfile.Fault) *Fault {
	name := "import-" + at.Code
	f := misuse(name, at.Value, at.Hint)
	if at.Other > 0 {
		f.Detail = strconv.Itoa(at.Other)
	}
	if f.Detail == "" {
		if s := f.Name + "-plain"; codeOf(s) != "" {
			f.Name, f.Code = s, codeOf(s)
		}
	}
	if words, known := fieldWords[at.Field]; known && at.Code == orderfile.NoColumn {
		f.Subject, f.Detail = i.a.tr(words[0], words[1]), words[2]
	}
	f.Line, f.Field = at.Row, at.Header
	if f.Field == "" {
		f.Field = string(at.Field)
	}
	if at.Column > 0 {
		f.Field = sheet.Letters(at.Column) + " " + f.Field
	}
	return f
}

// sheetFault is what is wrong with a file of tables.
func sheetFault(file string, err error) error {
	var at *sheet.Error
	var heads *orderfile.NoHeaderError
	switch {
	case errors.As(err, &at):
		name := "sheet-" + at.Code
		f := misuse(name, file, at.Detail)
		f.File, f.Line = file, at.Row
		if at.Column > 0 {
			f.Field = sheet.Letters(at.Column)
		}
		return f
	case errors.As(err, &heads):
		f := misuse("import-no-header", file, strings.Join(heads.Texts, ", "))
		f.File, f.Line = file, heads.Row
		return f
	case errors.Is(err, orderfile.ErrNoLines):
		return misuse("import-no-lines", file, "")
	}
	return fileFault(file, err)
}

// writeRejected writes the rejected rows as they stood in the file, under the names of their columns. Merged cells are no
// longer.
func (i *importing) writeRejected() error {
	format, err := i.a.formatOf(i.partial, "")
	if err != nil {
		return err
	}
	f, err := sheet.Open(i.file)
	if err != nil {
		return sheetFault(i.file, err)
	}
	defer f.Close()
	s, err := f.Sheet(i.sheet)
	if err != nil {
		return sheetFault(i.file, err)
	}
	x := &extract{columns: i.table.Header, french: i.table.Header}
	var merged sheet.Merged
	for row, err := range f.Rows(s) {
		if err != nil {
			return sheetFault(i.file, err)
		}
		merged.Spread(row.Cells)
		if !i.table.Rejected[row.Number] {
			continue
		}
		texts := make([]string, len(x.columns))
		for n, c := range row.Cells[:min(len(row.Cells), len(texts))] {
			texts[n] = c.Text
		}
		x.rows = append(x.rows, texts)
	}
	text, err := i.a.written(x, s.Name, format)
	if err != nil {
		return err
	}
	return writeFile(i.partial, text, i.force)
}
