package main

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"registre/cmd/registre/sheet"
	"registre/domain"
)

// linesAnswer is the answer to "lines", as far as it is written.
type linesAnswer struct {
	about
	Lines []orderedRow
}

// orderedRow is a line of an order form, with what the form says.
type orderedRow struct {
	Agreement, Cycle, Day, From, Issued, Kind, Member, Now, Order, School, Until string
	CeilingReason                                                                string `json:"ceiling_reason"`
	CountsFor                                                                    string `json:"counts_for"`
	CountsFrom                                                                   string `json:"counts_from"`
	CountsUntil                                                                  string `json:"counts_until"`
	OverlapReason                                                                string `json:"overlap_reason"`
	SchoolKind                                                                   string `json:"school_kind"`
	SchoolName                                                                   string `json:"school_name"`
	UnitPrice                                                                    string `json:"unit_price"`
	Event, Issue                                                                 uint64
	Headcount                                                                    *int
	Taken                                                                        bool
}

// orderColumns are the columns of a table of order forms, which an import knows.
func orderColumns() *extract {
	return &extract{
		columns: []string{"order", "member", "agreement", "day", "from", "through", "uai", "school", "school_kind", "cycle", "headcount", "headcount_kind", "headcount_day", "unit_price", "overlap_reason", "ceiling_reason", "event"},
		french:  []string{"Bon de commande", "Membre", "Accord-cadre", "Date de commande", "Début", "Fin", "UAI", "Établissement", "Type d'établissement", "Cycle", "Effectif", "Nature de l'effectif", "Date d'effectif", "Prix unitaire", "Motif de recouvrement", "Motif de dépassement", "Événement"},
		kinds:   map[int]sheet.Kind{3: sheet.Day, 4: sheet.Day, 5: sheet.Day, 10: sheet.Count, 12: sheet.Day, 13: sheet.Decimal},
	}
}

// cells are those of a line under these columns. An amount in another currency than the euro names it.
func (l *orderedRow) cells() []string {
	count := ""
	if l.Headcount != nil {
		count = strconv.Itoa(*l.Headcount)
	}
	return []string{
		l.Order, l.Member, l.Agreement, l.Issued, l.From, through(l.Until), l.School, l.SchoolName, l.SchoolKind, l.Cycle, count, l.Kind, l.Day,
		strings.TrimSuffix(l.UnitPrice, " EUR"), l.OverlapReason, l.CeilingReason, "#" + decimal(l.Event),
	}
}

// add adds columns.
func (x *extract) add(key, french string, kind sheet.Kind) {
	if kind != sheet.Text {
		x.kinds[len(x.columns)] = kind
	}
	x.columns, x.french = append(x.columns, key), append(x.french, french)
}

// lines are those that count on a day, or all of all days.
func (e *exporting) lines(ctx context.Context, d desk) (*extract, error) {
	q := e.a.question("lines", e.group, asking("where", strings.Join(e.where, "\n"), "history", yes(e.history)))
	answer, err := answerTo[linesAnswer](ctx, d, q)
	return e.linesTable(&answer), err
}

func (e *exporting) linesTable(answer *linesAnswer) *extract {
	x := e.lineColumns()
	x.at, x.known = answer.At, answer.Known
	x.rows = e.lineRows(answer)
	return x
}

func (e *exporting) lineColumns() *extract {
	x := orderColumns()
	if e.history {
		x.add("counts_from", "Compte à partir du", sheet.Day)
		x.add("counts_through", "Compte jusqu'au", sheet.Day)
	} else {
		x.add("counts_for", "Compte pour", sheet.Text)
		x.add("now", "UAI ce jour", sheet.Text)
		x.add("double", "Compté deux fois", sheet.Text)
	}
	x.add("group", "Groupement", sheet.Text)
	x.add("illustrative", "Illustratif", sheet.Text)
	return x
}

func (e *exporting) lineRows(answer *linesAnswer) (rows [][]string) {
	invented := map[uint64]bool{}
	for _, r := range answer.Illustrative {
		invented[r.Event] = true
	}
	for i := range answer.Lines {
		l := &answer.Lines[i]
		row := l.cells()
		if e.history {
			row = append(row, l.CountsFrom, through(l.CountsUntil))
		} else {
			row = append(row, l.CountsFor, l.Now, yes(l.Taken))
		}
		row = append(row, e.group, numbers(inventedOf(invented, l.Issue, l.Event)))
		rows = append(rows, row)
	}
	return rows
}

// inventedOf are those of some events that are invented, each once.
func inventedOf(invented map[uint64]bool, events ...uint64) []uint64 {
	return slices.DeleteFunc(slices.Compact(events), func(n uint64) bool { return !invented[n] })
}

// selection is what the flags say of the lines that are counted, as the question has it.
func (e *exporting) selection() map[string]string {
	return asking("by", e.by, "where", strings.Join(e.where, "\n"), "series", e.series)
}

// totals are how many pupils there are on a day: a row, or one for each value of the dimensions.
func (e *exporting) totals(ctx context.Context, d desk) (*extract, error) {
	answer, err := answerTo[enrolmentAnswer](ctx, d, e.a.question("enrolment", e.group, e.selection()))
	if err != nil {
		return nil, err
	}
	x := e.countedColumns(answer.By, nil)
	x.at, x.known = answer.At, answer.Known
	rows := answer.Rows
	if len(answer.By) == 0 {
		rows = []enrolmentRow{{counted: answer.counted}}
	}
	x.counted(e.group, answer.By, rows, ranges(eventsOf(answer.Illustrative)))
	return x, nil
}

// steps are the same from one day through another, as long as it does not change.
func (e *exporting) steps(ctx context.Context, d desk) (*extract, error) {
	q := e.a.question("enrolment", e.group, e.selection())
	if q.At == "" {
		q.At = lastOf(e.series)
	}
	answer, err := answerTo[enrolmentAnswer](ctx, d, q)
	if err != nil {
		return nil, err
	}
	x := e.countedColumns(answer.By, []string{"from", "through"})
	x.known = answer.Known
	steps := *answer.Series
	for i := range steps {
		last := lastOf(e.series)
		if i+1 < len(steps) {
			last = through(steps[i+1].Day)
		}
		rows := steps[i].Rows
		if len(rows) == 0 { // so that no day is missing
			rows = []enrolmentRow{{counted: steps[i].counted}}
		}
		x.counted(e.group, answer.By, rows, ranges(eventsOf(answer.Illustrative)), steps[i].Day, last)
	}
	return x, nil
}

// countedColumns are the columns of totals, behind those of some days.
func (e *exporting) countedColumns(by, days []string) *extract {
	x := &extract{kinds: map[int]sheet.Kind{}}
	x.add("group", "groupement", sheet.Text)
	for _, day := range days {
		x.add(day, map[string]string{"from": "du", "through": "au"}[day], sheet.Day)
	}
	for _, d := range by {
		x.add(strings.ReplaceAll(d, "-", "_"), words[d][0], sheet.Text)
		if d == domain.ByMember.String() {
			x.add("undetermined", "indéterminé", sheet.Text)
		}
	}
	x.add("distinct", "élèves", sheet.Integer)
	x.add("unknown", "effectifs inconnus", sheet.Integer)
	x.add("gross", "brut", sheet.Integer)
	x.add("lines", "lignes", sheet.Integer)
	x.add("illustrative", "illustratif", sheet.Text)
	return x
}

// counted adds rows of totals.
func (x *extract) counted(group string, by []string, rows []enrolmentRow, invented string, days ...string) {
	for i := range rows {
		r := &rows[i]
		row := append([]string{group}, days...)
		for _, d := range by {
			row = append(row, r.value(d))
			if d == domain.ByMember.String() {
				row = append(row, yes(r.Undetermined))
			}
		}
		x.rows = append(x.rows, append(row, strconv.FormatInt(r.Distinct, 10), strconv.Itoa(r.Unknown), strconv.FormatInt(r.Gross, 10), strconv.Itoa(r.Lines), invented))
	}
}

func eventsOf(remarks []remark) (events []uint64) {
	for _, r := range remarks {
		events = append(events, r.Event)
	}
	return events
}
