package main

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
)

// powerAnswer is the answer to "power", as far as it is printed.
type powerAnswer struct {
	about
	Body string
	Days []powerDay
}

type powerDay struct {
	Applied                          bool
	Casting, Voters                  string
	Majority, Blocking               []domain.Threshold
	RuleEvent                        uint64 `json:"rule_event"`
	At, Body                         string
	Coalitions, Winning, Ties, Total string
	Members                          []powerRow
	MinimalBlocking                  []coalitionRow `json:"minimal_blocking"`
	MinimalWinning                   []coalitionRow `json:"minimal_winning"`
	SmallestBlocking                 int            `json:"smallest_blocking"`
	SmallestWinning                  int            `json:"smallest_winning"`
	Unlisted                         bool
}

type powerRow struct {
	Banzhaf, Member, Weight string
	BanzhafPercent          string `json:"banzhaf_percent"`
	ShapleyPercent          string `json:"shapley_percent"`
	Dictator, Dummy, Veto   bool
	Why                     []uint64
}

type coalitionRow struct {
	Coalitions string
	Parts      []struct {
		Choose int
		Of     []string
	}
}

// powerFlags are the flags of "power", as they are asked and said again.
type powerFlags struct {
	body, majority, membersMajority, compare, compareBody string
	coalitions, chart, why                                bool
}

func (a *app) powerVerb() *cobra.Command {
	var f powerFlags
	cmd := &cobra.Command{
		Use:   "power GROUP --body BODY [--majority M] [--members-majority M] [--compare DAY] [--coalitions] [--chart]",
		Short: "How often each member of a body decides, if all vote (Banzhaf, Shapley-Shubik)",
		Long: `How often each member of a body decides, if all vote: its normalised Banzhaf index (its part in all swings) and its Shapley-Shubik index (its part of all orders), exactly; how many coalitions win, and how many tie.

All are supposed to be there and to vote, by the register's rule for the body where there is one, and otherwise by more than half
of all voices; --majority supposes another: '>1/2' (more than half), '>=2/3' (at least two thirds), with its quotes. 1/2 alone
stands for '>1/2', since exactly half is no majority; any other fraction alone is "at least".`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.body == "" || f.compareBody != "" && f.compare == "" {
				return misuse("arguments", "", cmd.UseLine())
			}
			more := asking("body", f.body, "majority", f.majority, "members_majority", f.membersMajority, "compare", f.compare,
				"compare_body", f.compareBody, "coalitions", yes(f.coalitions), "why", yes(f.why))
			if _, err := powerOf(more); err != nil {
				return err
			}
			return ask(cmd.Context(), a, a.question("power", args[0], more), func(p powerAnswer) error { return a.showPower(&p, &f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.body, "body", "", "the body: ag, cogouv …")
	flags.StringVar(&f.majority, "majority", "", "what wins: '>1/2', '>=2/3' … of all voices (default: the register's rule, otherwise more than half)")
	flags.StringVar(&f.membersMajority, "members-majority", "", "what must be reached too: '>1/2' … of the members that hold a weight")
	dayVar(flags, &f.compare, "compare", "another day to set beside it, as before an avenant")
	flags.StringVar(&f.compareBody, "compare-body", "", "the body on that other day (default: --body)")
	flags.BoolVar(&f.coalitions, "coalitions", false, "the minimal winning coalitions and blocking sets")
	flags.BoolVar(&f.chart, "chart", false, "draw bars of the Banzhaf index")
	whyFlag(cmd, &f.why)
	majorities := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{">1/2", ">=1/2", ">=2/3", ">=3/4", ">=4/5"}, cobra.ShellCompDirectiveNoFileComp
	}
	for _, name := range []string{"majority", "members-majority"} {
		if err := cmd.RegisterFlagCompletionFunc(name, majorities); err != nil {
			panic(err) // there is no such flag
		}
	}
	return cmd
}

func (a *app) showPower(p *powerAnswer, f *powerFlags) error {
	a.printf("%s, %s\n", p.Body, a.when(p.about))
	for i := range p.Days {
		rule := a.sayPowerRule(&p.Days[i], f.majority+f.membersMajority != "")
		if i == 0 || rule != a.sayPowerRule(&p.Days[0], f.majority+f.membersMajority != "") {
			a.prose(rule, 0)
		}
	}
	a.printf("\n")
	switch {
	case len(p.Days) == 1 && len(p.Days[0].Members) == 0:
		a.printf("%s\n", a.tr("Personne n'y porte de voix.", "Nobody holds a weight there."))
	case f.chart:
		a.drawPower(p.Days)
	default:
		a.powerTable(p).print(a.out)
	}
	for i := range p.Days {
		if d := &p.Days[i]; len(d.Members) > 0 {
			a.printf("\n")
			a.showPowerDay(d, len(p.Days) > 1)
		}
	}
	verb := []string{"power", p.Group, "--body", p.Body}
	for _, flag := range [][2]string{{"--majority", f.majority}, {"--members-majority", f.membersMajority}, {"--compare", f.compare}, {"--compare-body", f.compareBody}} {
		if flag[1] != "" {
			verb = append(verb, flag[0], flag[1])
		}
	}
	if f.coalitions {
		verb = append(verb, "--coalitions")
	}
	a.close(p.about, verb...)
	return nil
}

// powerTable has a row for each member, and the columns of each day beside each other.
func (a *app) powerTable(p *powerAnswer) *table {
	t := &table{heads: []string{a.tr("membre", "member")}, right: map[int]bool{}}
	rows := map[string][]string{}
	for i := range p.Days {
		d := &p.Days[i]
		before := len(t.heads)
		if len(p.Days) > 1 {
			t.heads = append(t.heads, d.Body+" "+d.At, "Banzhaf %", "Shapley %")
		} else {
			t.heads = append(t.heads, a.tr("voix", "weight"), "%", "Banzhaf %", "Shapley-Shubik %")
		}
		for column := before; column < len(t.heads); column++ {
			t.right[column] = true
		}
		for j := range d.Members {
			m := &d.Members[j]
			row := padded(rows[m.Member], before-1)
			row = append(row, a.number(m.Weight))
			if len(p.Days) == 1 {
				row = append(row, a.number(partOf(m.Weight, d.Total)))
			}
			rows[m.Member] = append(row, a.number(m.BanzhafPercent), a.number(m.ShapleyPercent))
		}
	}
	for _, member := range sortedKeys(rows) {
		t.add(append([]string{member}, padded(rows[member], len(t.heads)-1)...)...)
	}
	return t
}

// padded is a row with – in the cells up to a length that it does not have.
func padded(row []string, length int) []string {
	return append(row, slices.Repeat([]string{"–"}, max(length-len(row), 0))...)
}

func sortedKeys(rows map[string][]string) (keys []string) {
	for k := range rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}

// partOf is a weight in percent of the total.
func partOf(weight, total string) string {
	w, ok := new(big.Rat).SetString(weight)
	all, okAll := new(big.Rat).SetString(total)
	if !ok || !okAll || all.Sign() == 0 {
		return ""
	}
	return w.Mul(w.Quo(w, all), big.NewRat(100, 1)).FloatString(2)
}

// drawPower draws the Banzhaf index of each member on each day, all on one scale.
func (a *app) drawPower(days []powerDay) {
	charts, most := make([][]bar, len(days)), int64(0)
	for i := range days {
		for _, m := range days[i].Members {
			size, _ := strconv.ParseInt(strings.Replace(m.BanzhafPercent, ".", "", 1), 10, 64) // in hundredths of a percent
			charts[i], most = append(charts[i], bar{m.Member, a.number(m.BanzhafPercent) + " %", size}), max(most, size)
		}
	}
	for i, bars := range charts {
		a.printf("%s%s, Banzhaf\n", map[bool]string{true: "\n"}[i > 0], days[i].Body+" "+days[i].At)
		a.drawUpTo(bars, most)
	}
}

// showPowerDay tells the coalitions of a day.
func (a *app) showPowerDay(d *powerDay, named bool) {
	lead := ""
	if named {
		lead = d.Body + " " + d.At + a.tr(" : ", ": ")
	}
	a.prose(lead+fmt.Sprintf(a.tr("%s coalitions sur %s l'emportent ; %s tiennent exactement la moitié des voix.", "%s of %s coalitions win; %s hold exactly half of the voices."), d.Winning, d.Coalitions, d.Ties), 0)
	a.prose(fmt.Sprintf(a.tr("La plus petite qui l'emporte compte %d membre%s ; il en suffit de %d pour bloquer.", "The smallest that wins has %d member%s; %d can block."), d.SmallestWinning, plural(d.SmallestWinning), d.SmallestBlocking), 0)
	for _, kind := range []struct {
		says string
		is   func(*powerRow) bool
	}{
		{a.tr("Décide seul : ", "Decides alone: "), func(m *powerRow) bool { return m.Dictator }},
		{a.tr("Sans qui rien ne passe : ", "Without whom nothing passes: "), func(m *powerRow) bool { return m.Veto && !m.Dictator }},
		{a.tr("Dont la voix ne change jamais rien : ", "Whose vote never changes anything: "), func(m *powerRow) bool { return m.Dummy }},
	} {
		var names []string
		for i := range d.Members {
			if kind.is(&d.Members[i]) {
				names = append(names, d.Members[i].Member)
			}
		}
		if names != nil {
			a.prose(kind.says+strings.Join(names, ", "), 2)
		}
	}
	if d.Unlisted {
		a.prose(a.tr("Les coalitions minimales sont trop nombreuses pour être énumérées.", "The minimal coalitions are too many to be listed."), 0)
	}
	a.showCoalitions(a.tr("Coalitions gagnantes minimales", "Minimal winning coalitions"), d.MinimalWinning)
	a.showCoalitions(a.tr("Ensembles bloquants minimaux", "Minimal blocking sets"), d.MinimalBlocking)
}

// showCoalitions lists coalitions, those that differ only in members that count alike on one line.
func (a *app) showCoalitions(title string, rows []coalitionRow) {
	if len(rows) == 0 {
		return
	}
	all := new(big.Int)
	for i := range rows {
		if n, ok := new(big.Int).SetString(rows[i].Coalitions, 10); ok {
			all.Add(all, n)
		}
	}
	a.printf("\n%s%s%s\n", title, a.tr(" : ", ": "), all)
	for i := range rows {
		var parts []string
		for _, part := range rows[i].Parts {
			names := strings.Join(part.Of, ", ")
			if part.Choose < len(part.Of) {
				names = fmt.Sprintf(a.tr("%d parmi (%s)", "%d of (%s)"), part.Choose, names)
			}
			parts = append(parts, names)
		}
		a.prose(fmt.Sprintf("%6s  %s", rows[i].Coalitions, strings.Join(parts, " + ")), 8)
	}
}
