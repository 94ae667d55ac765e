package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"registre/domain"
	"registre/eventstore"
)

// warned is a warning as programs read it: what a command brings about that is worth knowing, and no reason to refuse it.
type warned struct {
	Agreement domain.AgreementID `json:"agreement,omitempty"` // of a ceiling
	Body      domain.BodyID      `json:"body,omitempty"`      // of an item's kind
	Cycle     domain.Cycle       `json:"cycle,omitempty"`     // of the first line that overlaps
	Item      domain.ItemID      `json:"item,omitempty"`      // whose kind it is
	ItemKind  domain.ItemKind    `json:"item_kind,omitempty"` // that has no rule of its own
	Kind      string             `json:"kind"`                // uai-letter, overlap, ceiling-near, ceiling-passed, kind-without-rule
	Letter    string             `json:"letter,omitempty"`    // that the digits of the school's code ask for
	Lines     int                `json:"lines,omitempty"`     // that overlap
	Order     domain.OrderNumber `json:"order,omitempty"`     // that has the same pupils
	Others    []domain.ItemKind  `json:"others,omitempty"`    // the kinds that have a rule of their own in the body
	Percent   int64              `json:"percent,omitempty"`   // of the ceiling, rounded down
	Row       int                `json:"row,omitempty"`       // of a table
	School    string             `json:"school,omitempty"`    // of the code, or of the first line that overlaps
	Unknown   int                `json:"unknown,omitempty"`   // lines of which it is not known what they come to: percent is "at least"
}

// warnedOf makes one warning of all lines that overlap the same order form.
func warnedOf(warnings []domain.Warning) (all []warned) {
	with := map[domain.OrderNumber]int{}
	for _, w := range warnings {
		at, told := with[w.Order]
		if w.Kind == domain.WarnOverlap && told {
			all[at].Lines++
			continue
		}
		one := warned{Agreement: w.Under, Cycle: w.Cycle, Kind: w.Kind, Letter: w.Letter, Order: w.Order, Percent: w.Percent, Unknown: w.Unknown}
		one.Body, one.Item, one.ItemKind, one.Others = w.Body, w.Item, w.Of, w.Others
		if !w.School.IsZero() {
			one.School = w.School.String()
		}
		if w.Kind == domain.WarnOverlap {
			one.Lines, with[w.Order] = 1, len(all)
		}
		all = append(all, one)
	}
	return all
}

// warnings are those of a command, as the group stands before it: by the time that it is recorded somebody else may have
// recorded something.
func (l *local) warnings(ctx context.Context, c *domain.Command) (all []warned) {
	switch c.Act.(type) {
	case *domain.SchoolOpened, *domain.SchoolMoved, *domain.OrderIssued, *domain.OrderAmended:
	case *domain.SittingConvened, *domain.ItemAdded, *domain.ItemAmended, *domain.ItemDivided, *domain.ItemPutToVote:
	default:
		return nil
	}
	_ = l.ledger.View(ctx, c.Group, func(v *eventstore.View) error { // who cannot look cannot record: that says it
		all = warnedOf(domain.Warnings(v.State, *c))
		return nil
	})
	return all
}

// warn is the sentence of a warning.
func (a *app) warn(w *warned) string {
	least := ""
	if w.Unknown > 0 {
		least = a.tr("au moins ", "at least ")
	}
	switch w.Kind {
	case domain.WarnLetter:
		return format(a.tr("la lettre de %[1]s devrait être %[2]s ; le code est pris tel quel.", "the letter of %[1]s should be %[2]s; the code is taken as it is."), w.School, w.Letter)
	case domain.WarnOverlap:
		first := w.School + " " + string(w.Cycle)
		if w.Lines == 1 {
			return format(a.tr("%[1]s est commandé aussi par %[2]s : l'effectif compte deux fois dans le brut.", "%[1]s is ordered by %[2]s too: the headcount counts twice in the gross figure."), first, string(w.Order))
		}
		return format(a.tr("%[1]d lignes sont commandées aussi par %[2]s : leurs effectifs comptent deux fois dans le brut.", "%[1]d lines are ordered by %[2]s too: their headcounts count twice in the gross figure."), w.Lines, string(w.Order))
	case domain.WarnKind:
		return a.warnKind(w)
	case domain.WarnPast:
		return format(a.tr("le plafond de %[1]s est dépassé : %[2]s.", "the ceiling of %[1]s is passed: %[2]s."), string(w.Agreement), least+strconv.FormatInt(w.Percent, 10)+" %")
	}
	return format(a.tr("%[2]s du plafond de %[1]s sont commandés.", "%[2]s of the ceiling of %[1]s are ordered."), string(w.Agreement), least+strconv.FormatInt(w.Percent, 10)+" %")
}

// warnKind says that a kind of item has no rule of its own, and which have.
func (a *app) warnKind(w *warned) string {
	says := fmt.Sprintf(a.tr("point %s : %s n'a pas de règle propre à la nature « %s » ; celle de tous les points s'applique.", "item %s: %s has no rule of its own for the kind “%s”; that of all items holds."), w.Item, w.Body, w.ItemKind)
	var others []string
	for _, k := range w.Others {
		others = append(others, string(k))
	}
	if like := alike(string(w.ItemKind), others); len(like) > 0 {
		says += fmt.Sprintf(a.tr(" Serait-ce « %s » ?", " Did you mean “%s”?"), strings.Join(like, a.tr(" » ou « ", "” or “")))
	}
	if len(others) == 0 {
		return says + a.tr(" Aucune nature n'en a.", " No kind has one.")
	}
	return says + a.tr(" En ont une : ", " With one: ") + strings.Join(others, ", ") + "."
}

// sayWarnings says warnings to people; mark is what stands before each.
func (a *app) sayWarnings(all []warned) {
	for i := range all {
		where := ""
		if all[i].Row > 0 {
			where = format(a.tr("ligne %[1]d : ", "row %[1]d: "), all[i].Row, "")
		}
		a.printf("%s %s%s\n", a.tr("Attention :", "Warning:"), where, plain(a.warn(&all[i])))
	}
}
