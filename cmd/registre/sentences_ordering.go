package main

import (
	"fmt"
	"maps"
	"strings"

	"registre/domain"
)

func init() {
	maps.Copy(words, orderingWords)
	maps.Copy(faults, orderingFaults)
}

// orderingFaults are the sentences for what goes wrong when agreements, schools and order forms are written and read.
var orderingFaults = map[string]saying{
	"order-absent":     {"R0709", "Aucun bon de commande n'a le numéro %[1]s ce jour-là.", "No order form has the number %[1]s on that day.", "« registre orders » les énumère ; --at JOUR pour un autre jour.", "`registre orders` lists them; --at DAY for another day."},
	"uai-form":         {"R0700", "Ce n'est pas un code UAI : %[2]s", "This is not a UAI: %[2]s", "Sept chiffres et une majuscule, comme 0680034T.", "Seven digits and a capital letter, as 0680034T."},
	"siret-form":       {"R0701", "Ce n'est pas un SIRET : %[2]s", "This is not a SIRET: %[2]s", "Quatorze chiffres sans espace, dont le dernier contrôle les autres : le recopier.", "Fourteen digits without spaces, of which the last checks the others: copy it again."},
	"ceiling-form":     {"R0702", "Ce n'est pas un plafond : %[2]s", "This is not a ceiling: %[2]s", "Écrire « 1250,00 € » ou « 90000 élèves ».", "Write \"1250.00 EUR\" or \"90000 pupils\"."},
	"amount-form":      {"R0703", "Ce n'est pas un montant : %[2]s", "This is not an amount: %[2]s", "Écrire « 3,20 € » : deux décimales, puis la monnaie.", "Write \"3.20 EUR\": two decimals, then the currency."},
	"line-form":        {"R0704", "Cette ligne ne se lit pas : %[2]s", "This line cannot be read: %[2]s", "Écrire UAI:CYCLE:EFFECTIF, comme 0680034T:college:412, ou ? si l'effectif est inconnu ; pour retirer, UAI:CYCLE.", "Write UAI:CYCLE:COUNT, as 0680034T:college:412, or ? where the headcount is unknown; to remove, UAI:CYCLE."},
	"lines-form":       {"R0705", "Ces lignes ne vont pas ensemble : %[2]s", "These lines do not go together: %[2]s", "Un établissement et un cycle ne figurent qu'une fois.", "A school and a cycle stand there once."},
	"export-flag":      {"R0710", "L'option %[1]s ne dit rien d'un export « %[2]s ».", "The flag %[1]s says nothing of an export of %[2]s.", "L'omettre ; « registre help export » dit ce que chacun prend.", "Leave it out; `registre help export` says what each takes."},
	"export-rows":      {"R0711", "Un tableau %[1]s n'a pas la place pour %[2]s lignes.", "A table of %[1]s has no room for %[2]s rows.", "Écrire du CSV ou du JSON Lines ; un export s'écrit aussi en plusieurs fois, avec --where.", "Write CSV or JSON Lines; an export can also be written in parts, with --where."},
	"export-history":   {"R0712", "Ce filtre change d'un jour à l'autre : %[2]s", "This filter is another from day to day: %[2]s", "Avec --history : formerly, agreement, cycle ou headcount-kind.", "With --history: formerly, agreement, cycle or headcount-kind."},
	"enrolment-by":     {"R0706", "On ne distingue pas ainsi : %[2]s", "It cannot be told apart like that: %[2]s", "Une ou deux dimensions de : member, formerly, agreement, school-year, cycle, headcount-kind, school, school-kind.", "One or two of: member, formerly, agreement, school-year, cycle, headcount-kind, school, school-kind."},
	"enrolment-where":  {"R0707", "Ce filtre ne se lit pas : %[2]s", "This filter cannot be read: %[2]s", "Écrire DIMENSION=VALEUR, comme cycle=college.", "Write DIMENSION=VALUE, as cycle=college."},
	"enrolment-series": {"R0708", "Ces jours ne se lisent pas : %[2]s", "These days cannot be read: %[2]s", "Écrire 2018-09-01..2024-08-31, le premier jour d'abord.", "Write 2018-09-01..2024-08-31, the first day first."},
}

// orderingWords are the codes of agreements, schools and order forms, in both languages.
var orderingWords = map[string][2]string{
	"agreement-launched": {"lancement d'accord-cadre", "launch of an agreement"}, "agreement-renewed": {"reconduction", "renewal"}, "agreement-ended": {"fin d'accord-cadre", "end of an agreement"},
	"school-opened": {"ouverture d'établissement", "opening of a school"}, "school-described": {"description d'établissement", "description of a school"},
	"school-closed": {"fermeture d'établissement", "closing of a school"}, "schools-merged": {"fusion d'établissements", "merger of schools"}, "school-moved": {"nouveau code d'établissement", "new code of a school"},
	"order-issued": {"bon de commande", "order form"}, "order-amended": {"modification de bon", "amendment of an order form"},
	"order-cancelled": {"annulation de bon", "cancelled order form"}, "order-received": {"réception de bon", "receipt of an order form"},
	"issued": {"émis", "issued"}, "running": {"en cours", "running"}, "ended": {"terminé", "ended"}, "cancelled": {"annulé", "cancelled"},
	"member": {"membre", "member"}, "formerly": {"anciennement", "formerly"}, "agreement": {"accord-cadre", "agreement"}, "school-year": {"année scolaire", "school year"},
	"cycle": {"cycle", "cycle"}, "headcount-kind": {"nature", "kind"}, "school": {"UAI", "UAI"}, "school-kind": {"type", "kind of school"},
	"forecast": {"prévision", "forecast"}, "official": {"constat officiel", "official count"}, "live": {"comptes ouverts", "live count"},
}

// orderingData is what agreements, schools and order forms say, as far as sentences are made of it.
type orderingData struct {
	Agreement, Ceiling, From, Into, Number, School, To, Until string
	Contractor                                                struct{ Name string }
	Lines, Added, Replaced                                    []struct{ Headcounts string }
	Removed                                                   []struct{ Schools string }
	Schools                                                   []string
	OverlapReason                                             string `json:"overlap_reason"`
	CeilingReason                                             string `json:"ceiling_reason"`
}

// sayOrdering makes a sentence of an event about an agreement, a school or an order form; "" of any other.
func (a *app) sayOrdering(kind string, d *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch kind {
	case "agreement-launched":
		return f("%s est lancé : « %s », avec %s, jusqu'au %s exclu%s.", "%s is launched: “%s”, with %s, until %s%s.", d.Agreement, d.Title, d.Contractor.Name, d.Until, a.sayCeiling(d.Ceiling))
	case "agreement-renewed":
		return f("%s est reconduit jusqu'au %s exclu%s.", "%s is renewed until %s%s.", d.Agreement, d.Until, a.sayCeiling(d.Ceiling))
	case "agreement-ended":
		return f("Il est mis fin à %s : %s", "%s is ended: %s", d.Agreement, d.Reason)
	case "school-opened":
		return f("%s (%s) ouvre.", "%s (%s) opens.", d.School, d.Name)
	case "school-described":
		return f("%s est décrit à nouveau : %s.", "%s is described anew: %s.", d.School, d.Name)
	case "school-closed":
		return f("%s ferme.", "%s closes.", a.school(d.School))
	case "schools-merged":
		from := make([]string, len(d.Schools))
		for i, s := range d.Schools {
			from[i] = a.school(s)
		}
		return f("%s se poursuit en %s.", "%s goes on as %s.", a.list(from), a.school(d.Into))
	case "school-moved":
		return f("%s a désormais le code %s.", "%s now has the code %s.", a.school(d.School), d.To)
	}
	return a.sayOrder(kind, d)
}

// sayCeiling tells a ceiling, behind a comma.
func (a *app) sayCeiling(ceiling string) string {
	if ceiling == "" {
		return ""
	}
	return fmt.Sprintf(a.tr(", plafond %s", ", ceiling %s"), a.ceiling(ceiling))
}

// ceiling is a ceiling in the user's language.
func (a *app) ceiling(s string) string {
	if pupils, ok := strings.CutSuffix(s, " pupils"); ok {
		return pupils + a.tr(" élèves", " pupils")
	}
	return a.number(s)
}

func (a *app) sayOrder(kind string, d *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch kind {
	case "order-issued":
		n := linesIn(d.Lines)
		return f("%s commande %s sous %s : %d ligne%s, du %s au %s exclu.", "%[1]s orders %[2]s under %[3]s: %[4]d line%[5]s, from %[6]s until %[7]s.", d.Member, d.Number, d.Agreement, n, plural(n), d.From, d.Until) + a.sayOverrides(d)
	case "order-amended":
		removed := 0
		for _, b := range d.Removed {
			removed += strings.Count(b.Schools, ",") + 1
		}
		return f("%s est modifié : lignes ajoutées %d, remplacées %d, retirées %d.", "%s is amended: lines added %d, replaced %d, removed %d.", d.Number, linesIn(d.Added), linesIn(d.Replaced), removed) + a.sayOverrides(d)
	case "order-cancelled":
		return f("%s est annulé : %s", "%s is cancelled: %s", d.Number, d.Reason)
	case "order-received":
		return f("Le titulaire a reçu %s.", "The contractor has received %s.", d.Number)
	}
	return ""
}

// sayOverrides tells the reasons for which a rule was set aside.
func (a *app) sayOverrides(d *actData) (says string) {
	if d.OverlapReason != "" {
		says += fmt.Sprintf(a.tr(" Recouvre un autre bon : %s.", " Overlaps another order form: %s."), strings.TrimSuffix(d.OverlapReason, "."))
	}
	if d.CeilingReason != "" {
		says += fmt.Sprintf(a.tr(" Dépasse le plafond : %s.", " Goes past the ceiling: %s."), strings.TrimSuffix(d.CeilingReason, "."))
	}
	return says
}

func linesIn(blocks []struct{ Headcounts string }) (n int) {
	for _, b := range blocks {
		n += domain.Headcounts(b.Headcounts).Len()
	}
	return n
}

// subjectOfOrdering is what an act about an agreement, a school or an order form is about.
func subjectOfOrdering(act domain.Act) string {
	switch act := act.(type) {
	case *domain.AgreementLaunched:
		return string(act.Agreement)
	case *domain.AgreementRenewed:
		return string(act.Agreement)
	case *domain.AgreementEnded:
		return string(act.Agreement)
	case *domain.SchoolOpened:
		return act.School.String()
	case *domain.SchoolDescribed:
		return act.School.String()
	case *domain.SchoolClosed:
		return act.School.String()
	case *domain.SchoolsMerged:
		var from []string
		for _, u := range act.Schools {
			from = append(from, u.String())
		}
		return strings.Join(from, ", ") + " → " + act.Into.String()
	case *domain.SchoolMoved:
		return act.School.String() + " → " + act.To.String()
	case *domain.OrderIssued:
		return string(act.Number) + " " + string(act.Member)
	case *domain.OrderAmended:
		return string(act.Number)
	case *domain.OrderCancelled:
		return string(act.Number)
	case *domain.OrderReceived:
		return string(act.Number)
	}
	return subjectOfSitting(act)
}
