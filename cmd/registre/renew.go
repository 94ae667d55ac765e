package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"registre/cmd/registre/sheet"
	"registre/domain"
	"registre/projections"
)

// renewalAnswer is the answer to "renewal", as far as it is printed and written.
type renewalAnswer struct {
	about
	From, To string
	Drafts   []draftRow
	Remarks  []renewalRemark
}

type draftRow struct {
	Agreement, Earlier, From, Member, Number, Until string
	Lines                                           []draftLine
}

type draftLine struct {
	Cycle, School string
	Event         uint64
	Headcount     *int
	Remark        *renewalRemark
	SchoolKind    string `json:"school_kind"`
	SchoolName    string `json:"school_name"`
	UnitPrice     string `json:"unit_price"`
}

type renewalRemark struct {
	Agreement, Cycle, Day, Kind, Member, Now, Order, Other, School string
}

// renewing is one run of the verb.
type renewing struct {
	a                 *app
	group             string
	from, to          string
	member, agreement string
	file, named       string
	force             bool
	format            sheet.Format
}

func (a *app) renewOrdersVerb() *cobra.Command {
	r := &renewing{a: a}
	cmd := &cobra.Command{
		Use:   "renew GROUP --from DAY --to DAY --out FILE",
		Short: "Draft order forms from those of an earlier period, into a table that can be mended and imported",
		Long: `Draft order forms from those that count on a day from --from on and before --to, each as much later as --to is than --from. The draft
is a table that can be mended and then imported: registre import orders. Nothing is recorded.

The lines are those that each order form had last, as forecasts, with the headcounts that were known last; an unknown one stays
empty. A school that has moved or merged stands under the code under which it goes on. What became of schools, members
and agreements meanwhile is said, and what cannot be ordered any more is left out, and said too. The order forms are of the day
--at.`,
		Args:              exactly(1),
		PreRun:            a.orDemo,
		RunE:              func(cmd *cobra.Command, args []string) error { r.group = args[0]; return r.run(cmd) },
		ValidArgsFunction: a.completeGroup,
	}
	flags := cmd.Flags()
	dayVar(flags, &r.from, "from", "the first day of the earlier period, as 2022-09-01")
	dayVar(flags, &r.to, "to", "the first day of the new one, as 2023-09-01")
	flags.StringVar(&r.file, "out", "", "the table: .csv, .xlsx, .ods or .jsonl (- for the output)")
	flags.StringVar(&r.named, "format", "", "of that file (default: by its ending; csv for -)")
	flags.BoolVar(&r.force, "force", false, "replace that file if it exists")
	flags.StringVar(&r.member, "member", "", "only what this member would order")
	flags.StringVar(&r.agreement, "agreement", "", "only what was ordered under this framework agreement")
	return cmd
}

func (r *renewing) run(cmd *cobra.Command) (err error) {
	for _, flag := range [][2]string{{"--from", r.from}, {"--to", r.to}, {"--out", r.file}} {
		if flag[1] == "" {
			return misuse("flag-missing", flag[0], "")
		}
	}
	more := asking("from", r.from, "to", r.to, "member", r.member, "agreement", r.agreement)
	if _, err := renewalOf(more); err != nil {
		return err
	}
	if r.format, err = r.a.formatOf(r.file, r.named); err != nil {
		return err
	}
	if err := mayWrite(r.file, r.force); err != nil {
		return err
	}
	d, err := r.a.open(cmd.Context(), false)
	if err != nil {
		return err
	}
	raw, err := d.Ask(cmd.Context(), r.a.question("renewal", r.group, more))
	if err != nil {
		return err
	}
	var answer renewalAnswer
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	return r.write(cmd.Context(), d, raw, &answer)
}

// write writes the draft, and says what there is to say of it.
func (r *renewing) write(ctx context.Context, d desk, raw []byte, answer *renewalAnswer) (err error) {
	x := r.table(answer)
	if err := x.rooted(ctx, d, r.group); err != nil {
		return err
	}
	if len(answer.Drafts) > 0 {
		err = r.a.putFile(r.file, r.force, func(w io.Writer) error { return r.a.write(ctx, w, x, r.group, r.format) })
	}
	if err != nil || r.file == "-" {
		return err
	}
	if r.a.asJSON {
		_, err := fmt.Fprintf(r.a.out, "%s\n", raw)
		return err
	}
	return r.show(answer)
}

// table is the draft as a table that an import takes.
func (r *renewing) table(answer *renewalAnswer) *extract {
	x := orderColumns()
	x.at, x.known = answer.At, answer.Known
	x.add("earlier_order", "Bon précédent", sheet.Text)
	x.add("earlier_headcount", "Effectif précédent", sheet.Count)
	x.add("remark", "Remarque", sheet.Text)
	x.add("group", "Groupement", sheet.Text)
	for i := range answer.Drafts {
		d := &answer.Drafts[i]
		for j := range d.Lines {
			l := &d.Lines[j]
			line := orderedRow{
				Agreement: d.Agreement, Cycle: l.Cycle, Day: "", From: d.From, Issued: answer.At, Kind: string(domain.Forecast), Member: d.Member, Order: d.Number,
				School: l.School, Until: d.Until, SchoolKind: l.SchoolKind, SchoolName: l.SchoolName, UnitPrice: l.UnitPrice, Event: l.Event, Headcount: l.Headcount,
			}
			row, remark := line.cells(), ""
			if l.Remark != nil {
				remark = r.a.sayRenewal(l.Remark)
			}
			x.rows = append(x.rows, append(row, d.Earlier, row[10], remark, r.group))
		}
	}
	return x
}

func (r *renewing) show(answer *renewalAnswer) error {
	a := r.a
	a.printf("%s, %s\n\n", answer.Group, a.when(answer.about))
	t := &table{
		heads: []string{a.tr("brouillon", "draft"), a.tr("d'après", "from"), a.tr("membre", "member"), a.tr("accord-cadre", "agreement"), a.tr("du", "from"), a.tr("au (exclu)", "until"), a.tr("lignes", "lines"), a.tr("élèves", "pupils")},
		right: map[int]bool{6: true, 7: true},
	}
	for i := range answer.Drafts {
		d := &answer.Drafts[i]
		pupils, unknown := int64(0), 0
		for j := range d.Lines {
			if d.Lines[j].Headcount == nil {
				unknown++
			} else {
				pupils += int64(*d.Lines[j].Headcount)
			}
		}
		t.add(d.Number, d.Earlier, cmp.Or(d.Member, "?"), d.Agreement, d.From, d.Until, strconv.Itoa(len(d.Lines)), leastPupils(counted{Distinct: pupils, Unknown: unknown}))
	}
	if len(answer.Drafts) == 0 {
		a.printf("%s\n", a.tr("Il n'y a rien à reconduire : aucun brouillon n'est écrit.", "There is nothing to renew: no draft is written."))
	} else {
		t.print(a.out)
	}
	r.showRemarks(answer.Remarks)
	if len(answer.Drafts) > 0 {
		a.printf("\n%s %s\n", a.tr("Rien n'est enregistré. Après l'avoir relu :", "Nothing is recorded. Once it is looked through:"), a.commandLine("import", "orders", r.group, r.file))
	}
	verb := []string{"orders", "renew", r.group, "--from", r.from, "--to", r.to}
	for _, flag := range [][2]string{{"--member", r.member}, {"--agreement", r.agreement}} {
		if flag[1] != "" {
			verb = append(verb, flag[0], flag[1])
		}
	}
	a.close(answer.about, append(verb, "--out", r.file)...)
	return nil
}

// showRemarks prints what is to be looked at: each kind as a paragraph of its own, with no more than a dozen of it.
func (r *renewing) showRemarks(remarks []renewalRemark) {
	const most = 12
	of := map[string][]string{}
	var kinds []string
	for _, m := range r.collapsed(remarks) {
		if of[m.Kind] == nil {
			kinds = append(kinds, m.Kind)
		}
		of[m.Kind] = append(of[m.Kind], r.a.sayRenewal(&m))
	}
	for _, kind := range kinds {
		r.a.printf("\n")
		for _, says := range of[kind][:min(most, len(of[kind]))] {
			r.a.prose(says, 2)
		}
		if more := len(of[kind]) - most; more > 0 {
			r.a.printf("%s\n", fmt.Sprintf(r.a.tr("… et %d autres ; --json les donne tous.", "… and %d more; --json gives them all."), more))
		}
	}
}

// collapsed tells the lines of an order form that another has ordered already as one remark, where they are several.
func (r *renewing) collapsed(remarks []renewalRemark) (fewer []renewalRemark) {
	at, times := map[[2]string]int{}, map[[2]string]int{}
	for _, m := range remarks {
		pair := [2]string{m.Order, m.Other}
		if m.Kind != projections.LineIsOrdered {
			fewer = append(fewer, m)
			continue
		}
		if times[pair]++; times[pair] == 1 {
			at[pair] = len(fewer)
			fewer = append(fewer, m)
			continue
		}
		first := &fewer[at[pair]]
		first.School, first.Cycle = strconv.Itoa(times[pair])+r.a.tr(" lignes", " lines"), ""
	}
	return fewer
}
