package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
)

// enrolmentAnswer is the answer to "enrolment", as far as it is printed.
type enrolmentAnswer struct {
	about
	counted
	By       []string
	Enrolled []enrolledRow
	Rows     []enrolmentRow
	Series   *[]stepRow
}

// counted is how many pupils some lines are for.
type counted struct {
	Distinct, Gross int64
	Lines, Unknown  int
}

type enrolmentRow struct {
	counted
	Agreement, Cycle, Formerly, Member, School string
	HeadcountKind                              string `json:"headcount_kind"`
	SchoolKind                                 string `json:"school_kind"`
	SchoolYear                                 string `json:"school_year"`
	Undetermined                               bool
}

type stepRow struct {
	counted
	Day  string
	Rows []enrolmentRow
}

type enrolledRow struct {
	Agreement, Cycle, Formerly, From, Kind, Member, Now, Order, School, Until string
	Event                                                                     uint64
	Headcount                                                                 *int
	Taken, Undetermined                                                       bool
}

// enrolmentFlags are the flags of "enrolment", as they are asked and said again.
type enrolmentFlags struct {
	by, series        string
	where             []string
	lines, chart, why bool
}

func (a *app) enrolmentVerb() *cobra.Command {
	var f enrolmentFlags
	cmd := &cobra.Command{
		Use:   "enrolment GROUP [--by X[,Y]] [--where X=VALUE] [--series FROM..TO] [--lines] [--chart]",
		Short: "How many pupils are enrolled, under which order forms",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.chart && f.by == "" && f.series == "" {
				f.by = domain.ByMember.String()
			}
			more := asking("by", f.by, "where", strings.Join(f.where, "\n"), "series", f.series, "lines", yes(f.lines), "why", yes(f.why))
			if _, err := enrolmentOf(more); err != nil {
				return err
			}
			q := a.question("enrolment", args[0], more)
			if q.At == "" {
				q.At = lastOf(f.series)
			}
			return ask(cmd.Context(), a, q, func(e enrolmentAnswer) error { return a.showEnrolment(&e, &f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.by, "by", "", "one or two of "+strings.Join(dimensionNames(), ", "))
	flags.StringArrayVar(&f.where, "where", nil, "only the lines with a value, as cycle=college (repeatable)")
	typedVar(flags, &f.series, "series", "the days FROM..TO on which it changes, both included; the total is then that of the last, unless --at says another day", typedSeries)
	flags.BoolVar(&f.lines, "lines", false, "the lines that it is made of")
	flags.BoolVar(&f.chart, "chart", false, "draw bars")
	whyFlag(cmd, &f.why)
	a.completeBy(cmd)
	return cmd
}

// dimensionNames are the names of the dimensions.
func dimensionNames() (names []string) {
	for _, d := range domain.Dimensions() {
		names = append(names, d.String())
	}
	return names
}

// completeBy completes the flag --by.
func (a *app) completeBy(cmd *cobra.Command) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return dimensionNames(), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("by", complete); err != nil {
		panic(err) // there is no such flag
	}
}

// completeWhere completes the flag --where with the dimensions; what their values are, the register knows.
func (a *app) completeWhere(cmd *cobra.Command) {
	complete := func(*cobra.Command, []string, string) (fit []string, how cobra.ShellCompDirective) {
		for _, name := range dimensionNames() {
			fit = append(fit, name+"=")
		}
		return fit, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	if err := cmd.RegisterFlagCompletionFunc("where", complete); err != nil {
		panic(err) // there is no such flag
	}
}

// lastOf is the last day of a series; "" where there is none.
func lastOf(series string) string {
	_, last, _ := strings.Cut(series, "..")
	return last
}

func (a *app) showEnrolment(e *enrolmentAnswer, f *enrolmentFlags) error {
	a.printf("%s, %s\n\n%s\n", e.Group, a.when(e.about), a.sayCounted(e.counted))
	if twice := e.Gross - e.Distinct; twice > 0 {
		a.printf("%s\n", fmt.Sprintf(a.tr("%d autres sont comptés deux fois : registre duplicates %s", "%d more are counted twice: registre duplicates %s"), twice, e.Group))
	}
	if len(e.By) > 0 && len(e.Rows) > 0 {
		a.printf("\n")
		a.showRows(e.By, e.Rows, f.chart)
	}
	if e.Series != nil {
		a.printf("\n")
		a.showSeries(e.By, *e.Series, f.chart)
	}
	if len(e.Enrolled) > 0 {
		a.printf("\n")
		a.showEnrolled(e.Enrolled)
	}
	verb := []string{"enrolment", e.Group}
	for _, flag := range [][2]string{{"--by", f.by}, {"--series", f.series}} {
		if flag[1] != "" {
			verb = append(verb, flag[0], flag[1])
		}
	}
	for _, w := range f.where {
		verb = append(verb, "--where", w)
	}
	if f.lines {
		verb = append(verb, "--lines")
	}
	a.close(e.about, verb...)
	return nil
}

// sayCounted says a number of pupils: "at least" where something is unknown.
func (a *app) sayCounted(c counted) string {
	switch {
	case c.Lines == 0:
		return a.tr("Aucun bon de commande ne compte ce jour-là.", "No order form counts on that day.")
	case c.Unknown > 0:
		return fmt.Sprintf(a.tr("au moins %d élèves, %d effectif%s inconnu%[3]s, %[4]d ligne%[5]s", "at least %d pupils, %d headcount%s unknown, %[4]d line%[5]s"),
			c.Distinct, c.Unknown, plural(c.Unknown), c.Lines, plural(c.Lines))
	}
	return fmt.Sprintf(a.tr("%d élèves, %d ligne%s", "%d pupils, %d line%s"), c.Distinct, c.Lines, plural(c.Lines))
}

// leastPupils is a number of pupils in a table.
func leastPupils(c counted) string {
	s := strconv.FormatInt(c.Distinct, 10)
	if c.Unknown > 0 {
		return "≥ " + s
	}
	return s
}

// countedHeads are the columns of counted in a table, behind some others.
func (a *app) countedTable(heads ...string) *table {
	t := &table{right: map[int]bool{}}
	for _, h := range []string{a.tr("élèves", "pupils"), a.tr("inconnus", "unknown"), a.tr("brut", "gross"), a.tr("lignes", "lines")} {
		t.right[len(heads)] = true
		heads = append(heads, h)
	}
	t.heads = heads
	return t
}

func (t *table) addCounted(c counted, cells ...string) {
	t.add(append(cells, leastPupils(c), strconv.Itoa(c.Unknown), strconv.FormatInt(c.Gross, 10), strconv.Itoa(c.Lines))...)
}

func (a *app) showRows(by []string, rows []enrolmentRow, chart bool) {
	var bars []bar
	t := a.countedTable(a.dimensions(by)...)
	for i := range rows {
		keys := a.keys(by, &rows[i])
		t.addCounted(rows[i].counted, keys...)
		bars = append(bars, pupilsBar(strings.Join(keys, ", "), rows[i].counted))
	}
	if chart {
		a.draw(bars)
	} else {
		t.print(a.out)
	}
}

func (a *app) showSeries(by []string, steps []stepRow, chart bool) {
	if len(by) > 0 && !chart {
		t := a.countedTable(append([]string{a.tr("à partir du", "from")}, a.dimensions(by)...)...)
		for i := range steps {
			for j := range steps[i].Rows {
				row := &steps[i].Rows[j]
				t.addCounted(row.counted, append([]string{steps[i].Day}, a.keys(by, row)...)...)
			}
		}
		t.print(a.out)
		return
	}
	var bars []bar
	t := a.countedTable(a.tr("à partir du", "from"))
	for _, s := range steps {
		t.addCounted(s.counted, s.Day)
		bars = append(bars, pupilsBar(s.Day, s.counted))
	}
	if chart {
		a.draw(bars)
	} else {
		t.print(a.out)
	}
}

// dimensions are the heads of the columns of dimensions.
func (a *app) dimensions(by []string) (heads []string) {
	for _, d := range by {
		heads = append(heads, a.word(d))
	}
	return heads
}

// value is what a row has of a dimension.
func (r *enrolmentRow) value(dimension string) string {
	return map[string]string{
		"member": r.Member, "formerly": r.Formerly, "agreement": r.Agreement, "school-year": r.SchoolYear, "cycle": r.Cycle,
		"headcount-kind": r.HeadcountKind, "school": r.School, "school-kind": r.SchoolKind,
	}[dimension]
}

// keys are the values of a row.
func (a *app) keys(by []string, r *enrolmentRow) (keys []string) {
	for _, d := range by {
		key := r.value(d)
		switch {
		case key == "" && d == "member":
			key = a.tr("indéterminé", "undetermined")
		case key == "":
			key = "–"
		case d == "headcount-kind":
			key = a.word(key)
		}
		keys = append(keys, key)
	}
	return keys
}

func (a *app) showEnrolled(lines []enrolledRow) {
	t := table{
		heads: []string{"UAI", a.tr("cycle", "cycle"), a.tr("effectif", "headcount"), a.tr("nature", "kind"), a.tr("bon", "order form"), a.tr("membre", "member"), a.tr("du", "from"), a.tr("au (exclu)", "until"), a.tr("d'après", "follows from")},
		right: map[int]bool{2: true},
	}
	for i := range lines {
		l := &lines[i]
		t.add(l.school(), l.Cycle, l.headcount(a), a.word(l.Kind), l.Order, a.holder(&orderRow{Member: l.Member, Formerly: l.Formerly, Undetermined: l.Undetermined}), l.From, l.Until, numbers([]uint64{l.Event}))
	}
	t.print(a.out)
}

func (l *enrolledRow) school() string {
	if l.Now != "" {
		return l.School + " → " + l.Now
	}
	return l.School
}

// headcount is that of a line, with a mark where a later order form has its pupils.
func (l *enrolledRow) headcount(a *app) string {
	s := "?"
	if l.Headcount != nil {
		s = strconv.Itoa(*l.Headcount)
	}
	if l.Taken {
		s = a.tr("(double) ", "(double) ") + s
	}
	return s
}
