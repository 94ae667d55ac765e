package main

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/cmd/registre/sheet"
	"registre/cmd/registre/typed"
	"registre/domain"
	"registre/replay"
)

// comparing holds a table that was typed from a report against the register.
type comparing struct {
	a                  *app
	table, body, sheet string
	names              map[string]string // ids by what members are called
	told               compared
}

// compared is what is told of it.
type compared struct {
	At      string      `json:"at"`
	Body    string      `json:"body,omitzero"`
	File    string      `json:"file"`
	Group   string      `json:"group"`
	Known   uint64      `json:"known"`
	Missing []lacked    `json:"missing"` // members that the register has, and the table has not
	Rows    []typedRow  `json:"rows"`
	Same    bool        `json:"same"` // all of it
	Table   string      `json:"table"`
	Total   *typedTotal `json:"total,omitempty"` // where the table states one

	meta meta
	sum  *big.Rat // of the table's rows
}

type lacked struct {
	Gives  string `json:"register"`
	Member string `json:"member"`
}

// A typedRow is a row of the table. Gives is "" where the register has nothing of it.
type typedRow struct {
	Cell    string `json:"cell"`
	Gives   string `json:"register,omitzero"`
	Line    int    `json:"line"`
	Member  string `json:"member,omitzero"`
	Says    string `json:"file"`
	Verdict string `json:"verdict"`
	Written string `json:"written"` // who, as it is written
}

// What a row of a table is.
const (
	rowSame       = "same"
	rowDiffers    = "differs"
	rowUnknown    = "unknown"    // nobody is called so
	rowNothing    = "nothing"    // the register has nothing of the member there
	rowUnreadable = "unreadable" // it is no number
	rowTwice      = "twice"
)

type typedTotal struct {
	Gives  string `json:"register,omitzero"` // the sum in the register
	Line   int    `json:"line"`
	Quoted string `json:"quoted,omitzero"` // that a text in the register states
	Says   string `json:"file"`
	Sum    string `json:"sum"` // of the rows of the table
	Agrees bool   `json:"agrees"`
}

func (c *comparing) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&c.table, "table", "", "weights or enrolment: the file is a table that was typed from a report")
	flags.StringVar(&c.body, "body", "", "with --table weights: of this body")
	flags.StringVar(&c.sheet, "sheet", "", "with --table: the table of the file, by its name (default: the first that is shown)")
}

func (c *comparing) run(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) != 2:
		return misuse("arguments", "", cmd.UseLine())
	case c.table != "weights" && c.table != "enrolment":
		return misuse("table-kind", "", c.table)
	case c.table == "weights" && c.body == "":
		return misuse("table-body", "", "")
	}
	c.told = compared{Body: c.body, File: args[1], Group: args[0], Missing: []lacked{}, Rows: []typedRow{}, Table: c.table, sum: new(big.Rat)}
	d, err := c.a.open(cmd.Context(), false)
	if err != nil {
		return err
	}
	gives, total, quoted, err := c.register(cmd.Context(), d)
	if err != nil {
		return err
	}
	if err := c.called(cmd.Context(), d); err != nil {
		return err
	}
	if err := c.read(gives); err != nil {
		return err
	}
	c.conclude(gives, total, quoted)
	return c.say()
}

// register asks what the register has of each member: its weight, or its pupils.
func (c *comparing) register(ctx context.Context, d desk) (gives map[string]string, total, quoted string, err error) {
	gives = map[string]string{}
	if c.table == "weights" {
		w, err := answerTo[weightsAnswer](ctx, d, c.a.question("weights", c.told.Group, asking("body", c.body)))
		for _, m := range w.Members {
			gives[m.Member] = m.Weight
			if m.Undetermined {
				gives[m.Member] = replay.Undetermined
			}
		}
		c.told.At, c.told.Known, c.told.meta = w.At, w.Known, w.Meta
		return gives, w.Total, w.StatedTotal, err
	}
	e, err := answerTo[enrolmentAnswer](ctx, d, c.a.question("enrolment", c.told.Group, asking("by", domain.ByMember.String())))
	for i := range e.Rows {
		gives[e.Rows[i].Member] = decimal(uint64(e.Rows[i].Distinct))
	}
	c.told.At, c.told.Known, c.told.meta = e.At, e.Known, e.Meta
	return gives, decimal(uint64(e.Distinct)), "", err
}

// called finds what members are called, as an import of order forms does.
func (c *comparing) called(ctx context.Context, d desk) error {
	book, err := replay.Fold(replay.Decoded(d.Records(ctx, domain.GroupID(c.told.Group), 0, false)))
	if err != nil {
		return err
	}
	c.names = map[string]string{}
	for _, m := range book.Group.EveryMember() {
		name(c.names, string(m), book.Group.MemberName(m, domain.Latest))
	}
	return nil
}

// The words that the columns of such a table are called by, and its last row, as typed.Plain gives them.
var (
	memberWords = []string{"membre", "membres", "member", "collectivite", "adherent", "departement"}
	figureWords = map[string][]string{
		"weights":   {"voix", "nombre voix", "poids", "weight", "weights", "voices", "votes"},
		"enrolment": {"effectif", "effectifs", "eleves", "nombre eleves", "headcount", "pupils", "distinct"},
	}
	totalWords = []string{"total", "somme", "ensemble", "sum", "total voix", "total general", "total annonce", "stated total"}
)

// titleRowsTyped is within how many rows the names of the columns are looked for.
const titleRowsTyped = 20

// read reads the table, row by row.
func (c *comparing) read(gives map[string]string) error {
	f, err := sheet.Open(c.told.File)
	if err != nil {
		return sheetFault(c.told.File, err)
	}
	defer f.Close()
	s, err := f.Sheet(c.sheet)
	if err != nil {
		return sheetFault(c.told.File, err)
	}
	who, figure, rows := -1, -1, 0
	for row, err := range f.Rows(s) {
		if err != nil {
			return sheetFault(c.told.File, err)
		}
		if who >= 0 {
			c.row(row.Number, columnText(row.Cells, who), columnText(row.Cells, figure), figure, gives)
			continue
		}
		if rows++; rows > titleRowsTyped {
			break
		}
		m := slices.IndexFunc(row.Cells, func(cell sheet.Cell) bool { return slices.Contains(memberWords, typed.Plain(cell.Text)) })
		n := slices.IndexFunc(row.Cells, func(cell sheet.Cell) bool { return slices.Contains(figureWords[c.table], typed.Plain(cell.Text)) })
		if m >= 0 && n >= 0 {
			who, figure = m, n
		}
	}
	if who < 0 {
		return misuse("table-columns", c.told.File, c.a.tr(map[string]string{"weights": "voix", "enrolment": "effectifs"}[c.table], map[string]string{"weights": "weights", "enrolment": "headcounts"}[c.table]))
	}
	return nil
}

func columnText(cells []sheet.Cell, i int) string {
	if i < len(cells) {
		return strings.TrimSpace(cells[i].Text)
	}
	return ""
}

// row takes one row of the table.
func (c *comparing) row(line int, written, says string, column int, gives map[string]string) {
	if slices.Contains(totalWords, typed.Plain(written)) {
		c.told.Total = &typedTotal{Line: line, Says: says}
		return
	}
	if written == "" && says == "" {
		return
	}
	r := typedRow{Cell: letters(column) + decimal(uint64(line)), Line: line, Says: says, Written: written}
	id, _, _ := idOfName(c.names, written)
	value, has := gives[id]
	said, readable := typed.Figure(says)
	if readable {
		c.told.sum.Add(c.told.sum, said)
	}
	r.Member, r.Gives = id, value
	switch {
	case id == "":
		r.Verdict = rowUnknown
	case slices.ContainsFunc(c.told.Rows, func(o typedRow) bool { return o.Member == id }):
		r.Verdict = rowTwice
	case !has:
		r.Verdict = rowNothing
	case !readable:
		r.Verdict = rowUnreadable
	case !equalFigures(said, value):
		r.Verdict = rowDiffers
	default:
		r.Verdict = rowSame
	}
	c.told.Rows = append(c.told.Rows, r)
}

func equalFigures(said *big.Rat, gives string) bool {
	other, ok := typed.Figure(gives)
	return ok && said.Cmp(other) == 0
}

// conclude tells who is missing, and whether the total that is stated is that of the rows, and that of the register.
func (c *comparing) conclude(gives map[string]string, total, quoted string) {
	t := &c.told
	for member, value := range gives {
		if !slices.ContainsFunc(t.Rows, func(r typedRow) bool { return r.Member == member }) {
			t.Missing = append(t.Missing, lacked{Gives: value, Member: member})
		}
	}
	slices.SortFunc(t.Missing, func(a, b lacked) int { return strings.Compare(a.Member, b.Member) })
	t.Same = len(t.Missing) == 0 && !slices.ContainsFunc(t.Rows, func(r typedRow) bool { return r.Verdict != rowSame })
	if t.Total == nil {
		return
	}
	t.Total.Gives, t.Total.Quoted, t.Total.Sum = total, quoted, ratText(t.sum)
	stated, ok := typed.Figure(t.Total.Says)
	t.Total.Agrees = ok && stated.Cmp(t.sum) == 0 && equalFigures(stated, total)
	t.Same = t.Same && t.Total.Agrees
}

// ratText is an exact number: as a decimal where it is one, otherwise as a fraction.
func ratText(r *big.Rat) string {
	if n, exact := r.FloatPrec(); exact {
		return r.FloatString(n)
	}
	return r.RatString()
}

func (c *comparing) say() error {
	if c.a.asJSON {
		if err := c.a.json(c.told); err != nil {
			return err
		}
	} else {
		c.show()
	}
	if !c.told.Same {
		return &exitError{status: exitFindings}
	}
	return nil
}

func (c *comparing) show() {
	a, t := c.a, &c.told
	what := t.Group
	if t.Body != "" {
		what += " " + t.Body
	}
	a.printf("%s\n  %s, %s\n\n", plain(t.File), what, a.when(about{At: t.At, Known: t.Known, Meta: t.meta}))
	rows := table{heads: []string{a.tr("ligne", "row"), a.tr("écrit", "written"), a.tr("membre", "member"), a.tr("tableau", "table"), a.tr("registre", "register"), ""}, right: map[int]bool{0: true, 3: true, 4: true}}
	for i := range t.Rows {
		r := &t.Rows[i]
		says := rowVerdicts[r.Verdict]
		rows.add(decimal(uint64(r.Line)), r.Written, r.Member, r.Says, a.figure(r.Gives), a.tr(says[0], says[1]))
	}
	for _, m := range t.Missing {
		rows.add("", "–", m.Member, "–", a.figure(m.Gives), a.tr("✗ manque dans le tableau", "✗ missing from the table"))
	}
	rows.print(a.out)
	if t.Total != nil {
		c.showTotal(t.Total)
	}
	if t.Same {
		a.printf("\n%s\n", a.tr("✓ Tout est comme au registre.", "✓ All is as in the register."))
	}
}

func (a *app) figure(text string) string {
	if text == replay.Undetermined {
		return a.tr("indéterminé", "undetermined")
	}
	if text == "" {
		return "–"
	}
	return a.number(text)
}

// rowVerdicts are said of the rows.
var rowVerdicts = map[string][2]string{
	rowSame: {"=", "="}, rowDiffers: {"✗ autre", "✗ differs"}, rowUnknown: {"✗ personne ne s'appelle ainsi", "✗ nobody is called so"},
	rowNothing: {"✗ rien au registre", "✗ nothing in the register"}, rowUnreadable: {"✗ pas un nombre", "✗ not a number"}, rowTwice: {"✗ deux fois", "✗ twice"},
}

func (c *comparing) showTotal(t *typedTotal) {
	a := c.a
	mark := "✗"
	if t.Agrees {
		mark = "="
	}
	a.printf("\n")
	a.prose(format(a.tr("%[1]s Total annoncé par le tableau, ligne ", "%[1]s Total stated by the table, row "), mark, "")+decimal(uint64(t.Line))+
		format(a.tr(" : %[1]s ; ses lignes font %[2]s", ": %[1]s; its rows sum to %[2]s"), t.Says, a.number(t.Sum))+
		format(a.tr(" ; le registre, %[1]s.", "; the register's to %[1]s."), a.figure(t.Gives), ""), 2)
	if t.Quoted != "" {
		a.prose(format(a.tr("  Le texte au registre annonce lui aussi un total : %[1]s.", "  The text in the register states a total too: %[1]s."), a.number(t.Quoted), ""), 2)
	}
}
