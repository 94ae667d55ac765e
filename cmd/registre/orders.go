package main

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"registre/domain"
)

// ordersAnswer is the answer to "orders", as far as it is printed; orderAnswer that to "order".
type (
	ordersAnswer struct {
		about
		Orders []orderRow
	}
	orderAnswer struct {
		about
		Order *orderRow
		Lines []lineRow
	}
)

type orderRow struct {
	Agreement, Formerly, From, Issued, Member, Number, Reason, Status, Until string
	Amendments                                                               []uint64
	CeilingReason                                                            string `json:"ceiling_reason"`
	OverlapReason                                                            string `json:"overlap_reason"`
	Event, Received                                                          uint64
	Lines                                                                    int
	Undetermined                                                             bool
	Why                                                                      []uint64
}

type lineRow struct {
	Cycle, Day, Kind, Now, School string
	Event                         uint64
	Headcount                     *int
	UnitPrice                     string `json:"unit_price"`
}

func (a *app) ordersVerb() *cobra.Command {
	var why bool
	var order, member, agreement, status, export, format string
	var force bool
	cmd := &cobra.Command{
		Use:   "orders GROUP [--order NUMBER [--export FILE] | --member MEMBER --agreement AGREEMENT --status STATUS]",
		Short: "Which order forms there are, of whom, and for when; or one with its lines",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if order != "" {
				if member+agreement+status != "" {
					return misuse("flags-exclusive", "--order, --member, --agreement, --status", "")
				}
				if export != "" {
					return a.exportOrder(cmd.Context(), args[0], order, export, format, force)
				}
				return ask(cmd.Context(), a, a.question("order", args[0], asking("order", order, "why", yes(why))), func(o orderAnswer) error {
					return a.showOrder(&o, order)
				})
			}
			if export != "" {
				return misuse("flag-missing", "--order", "")
			}
			if status != "" && !slices.Contains([]string{domain.Issued, domain.Running, domain.Ended, domain.Cancelled}, status) {
				return misuse("flag-value", "--status", status)
			}
			flags := []string{"member", member, "agreement", agreement, "status", status}
			return ask(cmd.Context(), a, a.question("orders", args[0], asking(append(flags, "why", yes(why))...)), func(o ordersAnswer) error {
				return a.showOrders(&o, flags)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&order, "order", "", "one order form, with its lines")
	flags.StringVar(&export, "export", "", "write it to this file as the contractor receives it: .pdf, .json, .xlsx, .ods, .csv or .jsonl (- for the output)")
	flags.StringVar(&format, "format", "", "of that file (default: by its ending)")
	flags.BoolVar(&force, "force", false, "replace that file if it exists")
	flags.StringVar(&member, "member", "", "only those that count for a member on that day")
	flags.StringVar(&agreement, "agreement", "", "only those under a framework agreement")
	flags.StringVar(&status, "status", "", "only those that are issued, running, ended or cancelled")
	whyFlag(cmd, &why)
	cmd.AddCommand(a.renewOrdersVerb())
	return cmd
}

func (a *app) showOrders(o *ordersAnswer, flags []string) error {
	a.printf("%s, %s\n\n", o.Group, a.when(o.about))
	t := table{
		heads: []string{a.tr("numéro", "number"), a.tr("membre", "member"), a.tr("accord-cadre", "agreement"), a.tr("du", "from"), a.tr("au (exclu)", "until"), a.tr("lignes", "lines"), a.tr("état", "state")},
		right: map[int]bool{5: true},
	}
	if o.Sources != nil {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for i := range o.Orders {
		r := &o.Orders[i]
		cells := []string{r.Number, a.holder(r), r.Agreement, r.From, r.Until, strconv.Itoa(r.Lines), a.state(r)}
		if o.Sources != nil {
			cells = append(cells, numbers(r.Why))
		}
		t.add(cells...)
	}
	if len(o.Orders) == 0 {
		a.printf("%s\n", a.tr("Il n'y a aucun bon de commande.", "There is no order form."))
	} else {
		t.print(a.out)
	}
	verb := []string{"orders", o.Group}
	for i := 0; i < len(flags); i += 2 {
		if flags[i+1] != "" {
			verb = append(verb, "--"+flags[i], flags[i+1])
		}
	}
	a.close(o.about, verb...)
	return nil
}

// holder is the member for which an order form counts, with the one that ordered where that is another.
func (a *app) holder(r *orderRow) string {
	switch {
	case r.Undetermined:
		return fmt.Sprintf(a.tr("indéterminé (anciennement %s)", "undetermined (formerly %s)"), r.Formerly)
	case r.Formerly != "":
		return fmt.Sprintf(a.tr("%s (anciennement %s)", "%s (formerly %s)"), r.Member, r.Formerly)
	}
	return r.Member
}

// state is what has become of an order form.
func (a *app) state(r *orderRow) string {
	says := a.word(r.Status)
	if len(r.Amendments) > 0 {
		says += a.tr(", modifié ", ", amended ") + numbers(r.Amendments)
	}
	if r.Received > 0 {
		says += a.tr(", reçu ", ", received ") + numbers([]uint64{r.Received})
	}
	return says
}

func (a *app) showOrder(o *orderAnswer, number string) error {
	a.printf("%s, %s\n\n", o.Group, a.when(o.about))
	if o.Order == nil {
		a.printf("%s\n", a.tr("Aucun bon de commande n'a ce numéro ce jour-là.", "No order form has this number on that day."))
	} else {
		a.showOneOrder(o.Order)
	}
	if len(o.Lines) > 0 {
		a.printf("\n")
		a.linesTable(o.Lines)
	}
	a.close(o.about, "orders", o.Group, "--order", number)
	return nil
}

func (a *app) showOneOrder(r *orderRow) {
	a.prose(fmt.Sprintf(a.tr("%s, de %s, sous %s, #%d", "%s, of %s, under %s, #%d"), r.Number, a.holder(r), r.Agreement, r.Event), 2)
	a.prose("  "+fmt.Sprintf(a.tr("émis le %s, %s, %s", "issued on %s, %s, %s"), r.Issued, a.span(r.From, r.Until), a.state(r)), 4)
	for _, reason := range [][2]string{{a.tr("annulation : ", "cancellation: "), r.Reason}, {a.tr("recouvrement : ", "overlap: "), r.OverlapReason}, {a.tr("dépassement : ", "past the ceiling: "), r.CeilingReason}} {
		if reason[1] != "" {
			a.prose("  "+reason[0]+reason[1], 4)
		}
	}
}

// linesTable prints lines, and how many pupils they have together: at least so many, where some are unknown.
func (a *app) linesTable(lines []lineRow) {
	t := table{
		heads: []string{"UAI", a.tr("cycle", "cycle"), a.tr("effectif", "headcount"), a.tr("nature", "kind"), a.tr("jour", "day"), a.tr("prix unitaire", "unit price"), a.tr("d'après", "follows from")},
		right: map[int]bool{2: true, 5: true},
	}
	sum, unknown := 0, 0
	for _, l := range lines {
		school, count := l.School, "?"
		if l.Now != "" {
			school += " → " + l.Now
		}
		if l.Headcount != nil {
			sum += *l.Headcount
			count = strconv.Itoa(*l.Headcount)
		} else {
			unknown++
		}
		t.add(school, l.Cycle, count, a.word(l.Kind), l.Day, a.number(l.UnitPrice), numbers([]uint64{l.Event}))
	}
	t.print(a.out)
	a.printf("\n%s\n", a.pupils(sum, unknown))
}

// pupils says how many there are: at least so many where headcounts are unknown, which are never 0.
func (a *app) pupils(sum, unknown int) string {
	if unknown == 0 {
		return fmt.Sprintf(a.tr("%d élève%s", "%d pupil%s"), sum, plural(sum))
	}
	return fmt.Sprintf(a.tr("au moins %d élève%s, %d ligne%s d'effectif inconnu", "at least %d pupil%s, the headcount of %d line%s is unknown"), sum, plural(sum), unknown, plural(unknown))
}
