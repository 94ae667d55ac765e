package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"registre/cmd/registre/paper"
	"registre/cmd/registre/sheet"
	"registre/domain"
)

// An order form is exported as the contractor receives it: as PDF to be read, as JSON and as a table for programs. The table has
// the columns that an import knows, so that it can be imported again.

// exportOrder writes one order form to a file.
func (a *app) exportOrder(ctx context.Context, group, number, file, named string, force bool) error {
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	if number, err = a.orderNumber(ctx, d, group, number); err != nil {
		return err
	}
	if named == "" {
		named = strings.ToLower(strings.TrimPrefix(filepath.Ext(file), "."))
	}
	p, err := a.publishedOrder(ctx, d, group, number, file, named)
	if err != nil {
		return err
	}
	return a.putPublished(p, force)
}

// publishedOrder makes an order form in a format.
func (a *app) publishedOrder(ctx context.Context, d desk, group, number, file, named string) (*published, error) {
	raw, err := d.Ask(ctx, a.question("order", group, asking("order", number)))
	if err != nil {
		return nil, err
	}
	var o orderAnswer
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	if o.Order == nil {
		return nil, misuse("order-absent", number, "")
	}
	p := &published{file: file, says: func() []byte { return timeless(raw) }}
	if named == "json" {
		p.inside = true // in the answer itself
		p.write = func(w io.Writer) error { _, err := w.Write(append(raw, '\n')); return err }
		return p, nil
	}
	format := sheet.Format(named)
	if named != "pdf" {
		if format, err = a.formatOf(file, named); err != nil {
			return nil, err
		}
		named = (&exporting{format: format}).nameOfFormat()
	}
	i := imprint{At: o.At, Form: versioned("order"), Format: named, Group: group, Known: o.Known, Lang: a.lang, Options: asking("order", number)}
	if err := errors.Join(i.rooted(ctx, d), i.house(ctx, d)); err != nil {
		return nil, err
	}
	p.imprint, p.inside = i, named == "pdf" || format.HasNote()
	if named == "pdf" {
		p.write = func(w io.Writer) error { return a.orderPaper(ctx, d, &o, i.text(), w) }
		return p, nil
	}
	x, err := a.orderExtract(ctx, d, &o)
	if err != nil {
		return nil, err
	}
	x.note = i.text()
	p.write = func(w io.Writer) error { return a.write(ctx, w, x, number, format) }
	return p, nil
}

// orderExtract is an order form as a table, as lines are exported.
func (a *app) orderExtract(ctx context.Context, d desk, o *orderAnswer) (*extract, error) {
	names, err := a.orderNames(ctx, d, o)
	if err != nil {
		return nil, err
	}
	x, r := orderColumns(), o.Order
	x.at, x.known = o.At, o.Known
	for _, l := range o.Lines {
		school := names.schools[l.School]
		row := orderedRow{
			Agreement: r.Agreement, Cycle: l.Cycle, Day: l.Day, From: r.From, Issued: r.Issued, Kind: l.Kind, Member: orderedBy(r), Order: r.Number,
			School: l.School, Until: r.Until, SchoolKind: school.Kind, SchoolName: school.Name, UnitPrice: l.UnitPrice, Event: l.Event, Headcount: l.Headcount,
			OverlapReason: r.OverlapReason, CeilingReason: r.CeilingReason,
		}
		x.rows = append(x.rows, row.cells())
	}
	return x, x.rooted(ctx, d, o.Group)
}

// orderNumber is the number of an order form that is named by it, or by that of its event: #12.
func (a *app) orderNumber(ctx context.Context, d desk, group, number string) (string, error) {
	event, is := strings.CutPrefix(number, "#")
	if !is {
		return number, nil
	}
	all, err := answerTo[ordersAnswer](ctx, d, a.question("orders", group, nil))
	for _, o := range all.Orders {
		if decimal(o.Event) == event {
			return o.Number, err
		}
	}
	return number, err
}

// orderedBy is the member that ordered.
func orderedBy(r *orderRow) string {
	if r.Formerly != "" {
		return r.Formerly
	}
	return r.Member
}

// through is the last day of a period that ends before a day.
func through(until string) string {
	d, err := domain.ParseDay(until)
	if err != nil {
		return until
	}
	return (d - 1).String()
}

// orderPaper writes an order form as PDF.
func (a *app) orderPaper(ctx context.Context, d desk, o *orderAnswer, imprint string, w io.Writer) error {
	names, err := a.orderNames(ctx, d, o)
	if err != nil {
		return err
	}
	r := o.Order
	p := paper.Document{
		Lang: a.lang, Title: a.tr("Bon de commande ", "Order form ") + r.Number, Beneath: names.group, Stamp: a.orderStamp(o), Imprint: imprint,
		Facts: [][2]string{
			{a.tr("Membre", "Member"), names.member},
			{a.tr("Accord-cadre", "Framework agreement"), names.agreement},
			{a.tr("Titulaire", "Contractor"), names.contractor},
			{a.tr("Émis le", "Issued on"), r.Issued},
			{a.tr("Période", "Period"), r.From + " – " + through(r.Until)},
			{a.tr("État au ", "State on ") + o.At, a.state(r)},
		},
		Foot: fmt.Sprintf(a.tr("%[1]s, n° %[2]d du registre, connu au n° %[3]d", "%[1]s, number %[2]d of the register, as known at number %[3]d"), o.Group, r.Event, o.Known),
	}
	p.Table, p.Of = a.orderTable(o, names), dayOf(r.Issued)
	for _, reason := range [][2]string{{a.tr("Annulation : ", "Cancellation: "), r.Reason}, {a.tr("Recouvrement : ", "Overlap: "), r.OverlapReason}, {a.tr("Dépassement : ", "Past the ceiling: "), r.CeilingReason}} {
		if reason[1] != "" {
			p.Remarks = append(p.Remarks, reason[0]+reason[1])
		}
	}
	p.Remarks = append(p.Remarks, fmt.Sprintf(a.tr("Un bon de commande émis ne se modifie pas : tout changement est un événement du registre. Preuve de cet événement : registre receipt %[1]s %[2]d.",
		"An order form that was issued is not changed: every change is an event of the register. Proof of this event: registre receipt %[1]s %[2]d."), o.Group, r.Event))
	return paper.Write(w, p)
}

func dayOf(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Unix(0, 0)
	}
	return t
}

// orderStamp says what must not be missed: that the order form is cancelled, and that it is invented.
func (a *app) orderStamp(o *orderAnswer) string {
	var says []string
	if o.Order.Status == domain.Cancelled {
		says = append(says, a.tr("ANNULÉ", "CANCELLED"))
	}
	for _, r := range o.Illustrative {
		if r.Event == o.Order.Event {
			says = append(says, a.tr("Illustratif : ", "Illustrative: ")+r.What)
		}
	}
	return strings.Join(says, " · ")
}

// orderTable is the lines of an order form, with their amounts where there is a price.
func (a *app) orderTable(o *orderAnswer, names *orderNames) paper.Table {
	t := paper.Table{
		Heads:  []string{"UAI", a.tr("Établissement", "School"), a.tr("Cycle", "Cycle"), a.tr("Effectif", "Headcount"), a.tr("Prix unitaire", "Unit price"), a.tr("Montant", "Amount")},
		Widths: []float64{22, 70, 26, 18, 20, 24}, Right: map[int]bool{3: true, 4: true, 5: true},
	}
	pupils, unknown, total := 0, 0, domain.Money{}
	for _, l := range o.Lines {
		count, amount := a.tr("inconnu", "unknown"), ""
		if l.Headcount != nil {
			pupils += *l.Headcount
			count = strconv.Itoa(*l.Headcount)
			amount = amountOf(l.UnitPrice, *l.Headcount, &total)
		} else {
			unknown++
		}
		t.Rows = append(t.Rows, []string{l.School, names.schools[l.School].Name, l.Cycle, count, a.number(bare(l.UnitPrice)), a.number(amount)})
	}
	sum := strconv.Itoa(pupils)
	if unknown > 0 {
		sum = "≥ " + sum
	}
	t.Sum = []string{"", a.tr("Total", "Total"), "", sum, "", a.number(total.String())}
	return t
}

// bare is an amount without its currency, which stands at the total.
func bare(amount string) string {
	number, _, _ := strings.Cut(amount, " ")
	return number
}

// amountOf is a price so many times, added to the total; "" where there is none.
func amountOf(price string, times int, total *domain.Money) string {
	m, err := domain.ParseMoney(price)
	if err != nil {
		return ""
	}
	if m, err = m.Times(int64(times)); err != nil {
		return ""
	}
	if sum, err := total.Add(m); err == nil {
		*total = sum
	}
	return bare(m.String())
}

// orderNames are the names of what an order form has ids of.
type orderNames struct {
	group, member, agreement, contractor string
	schools                              map[string]schoolRow
}

func (a *app) orderNames(ctx context.Context, d desk, o *orderAnswer) (*orderNames, error) {
	n := &orderNames{member: orderedBy(o.Order), agreement: o.Order.Agreement, schools: map[string]schoolRow{}}
	all, err := a.groups(ctx, d)
	if err != nil {
		return nil, err
	}
	for _, g := range all.Groups {
		if g.Group == o.Group {
			n.group = g.Name
		}
	}
	known := "#" + decimal(o.Known)
	members, err := answerTo[membersAnswer](ctx, d, Question{Kind: "members", Group: o.Group, At: o.Order.Issued, Known: known})
	if err != nil {
		return nil, err
	}
	for _, m := range members.Members {
		if m.Member == n.member {
			n.member = m.Name
		}
	}
	agreements, err := answerTo[agreementsAnswer](ctx, d, Question{Kind: "agreements", Group: o.Group, At: o.At, Known: known})
	if err != nil {
		return nil, err
	}
	for _, g := range agreements.Agreements {
		if g.Agreement == n.agreement {
			n.agreement, n.contractor = g.Title, g.Contractor.Name+", SIRET "+g.Contractor.SIRET
		}
	}
	schools, err := answerTo[schoolsAnswer](ctx, d, Question{Kind: "schools", Group: o.Group, At: o.At, Known: known})
	for _, s := range append(schools.Schools, schools.Ended...) {
		n.schools[s.School] = s
	}
	return n, err
}
