package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"registre/cmd/registre/paper"
	"registre/domain"
	"registre/projections"
)

// A minuteTaker puts the minutes of one sitting on paper.
type minuteTaker struct {
	*app
	*projections.Minutes
	answer *minutesAnswer
	named  map[domain.MemberID]string
	parts  []paper.Part
}

// minutesPaper are the minutes as a document.
func (a *app) minutesPaper(m *minutesAnswer) paper.Document {
	t := &minuteTaker{app: a, Minutes: m.Minutes, answer: m, named: map[domain.MemberID]string{}}
	for _, n := range m.Minutes.Names {
		t.named[n.Member] = n.Name
	}
	a.cast = &cast{members: m.Named}
	t.presences()
	t.proxies()
	t.agenda()
	t.course()
	t.papers()
	t.signatures()
	return paper.Document{
		Lang: a.lang, Title: t.title(), Beneath: t.bodyName() + " – " + t.GroupName, Stamp: t.stamp(), Facts: t.heading(), Parts: t.parts,
		Foot: t.foot(), Of: dayOf(t.Day.String()),
	}
}

func (t *minuteTaker) add(p ...paper.Part) { t.parts = append(t.parts, p...) }

// section begins a part of the document.
func (t *minuteTaker) section(fr, en string) { t.add(paper.Part{Heading: t.tr(fr, en), Level: 1}) }

// say adds a paragraph.
func (t *minuteTaker) say(text string) { t.add(paper.Part{Text: text}) }

// f is a sentence of the language, with what it is about.
func (t *minuteTaker) f(fr, en string, args ...any) string { return fmt.Sprintf(t.tr(fr, en), args...) }

func (t *minuteTaker) title() string {
	if t.Mode == domain.Written {
		return t.f("Procès-verbal de la consultation écrite du %s au %s", "Minutes of the written consultation of %s to %s", t.day(t.Day), t.day(t.Deadline))
	}
	return t.f("Procès-verbal de la séance du %s", "Minutes of the sitting of %s", t.longDay(t.Day))
}

func (t *minuteTaker) bodyName() string {
	if t.BodyName == "" {
		return string(t.Body)
	}
	return t.BodyName
}

// stamp says what must not be missed on any page: that it is a draft, and what is invented.
func (t *minuteTaker) stamp() string {
	var says []string
	if t.Approved == nil {
		says = append(says, t.tr("PROJET – procès-verbal non approuvé", "DRAFT – minutes not approved"))
	}
	var what []string
	for _, r := range t.answer.Illustrative {
		if !slices.Contains(what, r.What) {
			what = append(what, r.What)
		}
	}
	switch {
	case len(what) > 2:
		says = append(says, t.f("Illustratif : %d événements, dits à la fin", "Illustrative: %d events, told at the end", len(t.answer.Illustrative)))
	case len(what) > 0:
		says = append(says, t.tr("Illustratif : ", "Illustrative: ")+strings.Join(what, t.tr(" ; ", "; ")))
	}
	return strings.Join(says, " · ")
}

// foot says where in the register all this stands, and the root of the register's tree as of then.
func (t *minuteTaker) foot() string {
	return t.f("%[1]s, séance %[2]s, n° %[3]d du registre ; état au %[4]s, connu au n° %[5]d", "%[1]s, sitting %[2]s, number %[3]d of the register; on %[4]s, as known at number %[5]d",
		t.answer.Group, t.Sitting, t.Event, t.answer.At, t.answer.Known) +
		"\n" + t.f("Racine du registre au n° %d (RFC 6962, SHA-256) : %s", "Root of the register at number %d (RFC 6962, SHA-256): %s", t.answer.Known, t.answer.Root)
}

// heading are the facts at the top.
func (t *minuteTaker) heading() (facts [][2]string) {
	fact := func(fr, en, is string) {
		if is != "" {
			facts = append(facts, [2]string{t.tr(fr, en), is})
		}
	}
	fact("Groupement", "Group", t.GroupName)
	fact("Instance", "Body", t.bodyName()+" ("+string(t.Body)+")")
	fact("Convoquée pour le", "Convened for", t.longDay(t.Day)+t.at(t.Hour))
	if t.Deadline != 0 {
		facts[len(facts)-1] = [2]string{t.tr("Consultation", "Consultation"), t.f("du %s au %s", "%s to %s", t.longDay(t.Day), t.longDay(t.Deadline))}
	}
	fact("Tenue", "Held", map[string]string{
		domain.InPerson: t.tr("en présence", "in person"), domain.Remote: t.tr("à distance", "remotely"), domain.Written: t.tr("par écrit, hors séance", "in writing, outside a sitting"),
	}[t.Mode])
	fact("Lieu", "Place", t.Place)
	fact("Convocation", "Notice", t.noticeNumber())
	for _, n := range t.Notices {
		fact(map[bool]string{true: "Reçue", false: "Envoyée"}[n.Received], map[bool]string{true: "Received", false: "Sent"}[n.Received], t.notice(&n))
	}
	fact("Délai", "Notice period", t.period())
	fact("Ouverture", "Opened", t.moment(t.Opened))
	fact(t.ending(), t.ending(), t.moment(t.Ended))
	fact("Approbation", "Approval", t.approval())
	return facts
}

func (t *minuteTaker) noticeNumber() string {
	says := t.f("n° %d du registre", "number %d of the register", t.Event)
	if t.Minutes.Notice == 1 {
		return t.tr("première, ", "first, ") + says
	}
	return t.f("%s, après la séance %s ajournée faute de quorum, %s", "%s, after the sitting %s adjourned for want of a quorum, %s", t.ordinal(t.Minutes.Notice), t.SecondOf, says)
}

func (t *minuteTaker) ordinal(n int) string {
	if n == 2 {
		return t.tr("seconde", "second")
	}
	return t.f("%de", "number %d", n)
}

func (t *minuteTaker) notice(n *projections.MinutesNotice) string {
	to := t.tr("tous", "all")
	if len(n.Members) > 0 {
		to = t.people(n.Members)
	}
	return t.f("le %[1]s%[2]s, %[3]s (n° %[4]d)", "%[1]s%[2]s, %[3]s (number %[4]d)", t.day(n.Day), t.at(n.Hour), map[bool]string{true: t.tr("par ", "by "), false: t.tr("à ", "to ")}[n.Received]+to, n.Event)
}

func (t *minuteTaker) period() string {
	switch p := t.Period; {
	case p == nil || t.Mode == domain.Written:
		return ""
	case p.Days == nil:
		return t.f("envoi non enregistré ; la règle (n° %[2]d) %[1]s", "no sending is recorded; the rule (number %[2]d) asks %[1]s", t.asked(p.Asked), p.Rule)
	case *p.Days < p.Asked:
		return t.f("%s : moins que ce que demande la règle (n° %d), %s", "%s: less than the rule (number %d) asks, %s", t.clear(*p.Days), p.Rule, t.clear(p.Asked))
	default:
		return t.f("%s ; la règle (n° %d) %s", "%s; the rule (number %d) asks %s", t.clear(*p.Days), p.Rule, t.asked(p.Asked))
	}
}

// asked says how many clear days a rule asks for; in French with the verb, which no day denies.
func (t *minuteTaker) asked(n int) string {
	if t.lang != "fr" {
		return t.clear(n)
	}
	if n == 0 {
		return "n'en demande aucun"
	}
	return "demande " + t.clear(n)
}

// clear is a number of clear days.
func (t *minuteTaker) clear(n int) string {
	if n == 0 {
		return t.tr("aucun jour franc", "no clear day")
	}
	return t.f("%d jour%s franc%s", "%d clear day%s%.0s", n, plural(n), plural(n))
}

// moment is when an event of the course happened.
func (t *minuteTaker) moment(event uint64) string {
	i := slices.IndexFunc(t.Course, func(p projections.MinutesPassage) bool { return p.Event == event })
	if event == 0 || i < 0 {
		return ""
	}
	p := &t.Course[i]
	return t.f("%s%s (n° %d)", "%s%s (number %d)", t.date(p.Day), t.at(p.Hour), event)
}

func (t *minuteTaker) ending() string {
	return map[string]string{
		domain.Adjourned: t.tr("Ajournement", "Adjourned"), domain.Closed: t.tr("Clôture", "Closed"), domain.Cancelled: t.tr("Annulation", "Cancelled"),
	}[t.Status]
}

func (t *minuteTaker) approval() string {
	if t.Approved == nil {
		return t.tr("aucune n'est enregistrée", "none is recorded")
	}
	says := t.f("le %s (n° %d)", "%s (number %d)", t.date(t.Approved.Day), t.Approved.Event)
	if t.Approved.SHA256 != "" {
		says += t.tr(" ; texte approuvé, SHA-256 : ", "; text approved, SHA-256: ") + t.Approved.SHA256
	}
	return says
}

// agenda tells the items, and what has become of each.
func (t *minuteTaker) agenda() {
	if len(t.Agenda) == 0 {
		return
	}
	t.section("Ordre du jour", "Agenda")
	table := &paper.Table{Heads: []string{t.tr("Point", "Item"), t.tr("Intitulé", "Title"), t.tr("Suite donnée", "Outcome")}, Widths: []float64{24, 88, 68}, Wrap: true}
	for _, item := range t.inOrder() {
		title := item.Title
		if item.PartOf != "" {
			title = t.f("(partie du point %s) %s", "(part of item %s) %s", item.PartOf, title)
		}
		table.Rows = append(table.Rows, []string{string(item.Item), title, t.became(item)})
	}
	t.add(paper.Part{Table: table})
	for _, item := range t.inOrder() {
		t.substance(item)
	}
}

// inOrder are the items, the parts of each behind it.
func (t *minuteTaker) inOrder() (items []*projections.MinutesItem) {
	var put func(of domain.ItemID)
	put = func(of domain.ItemID) {
		for i := range t.Agenda {
			if item := &t.Agenda[i]; item.PartOf == of {
				items = append(items, item)
				put(item.Item)
			}
		}
	}
	put("")
	return items
}

// substance tells the text and the kind of an item, and what it changes.
func (t *minuteTaker) substance(i *projections.MinutesItem) {
	var says []string
	what := t.f("Point %s", "Item %s", i.Item) + t.ofKind(i.Kind)
	if i.SHA256 != "" {
		says = append(says, t.tr("texte, SHA-256 ", "text, SHA-256 ")+i.SHA256)
	}
	var changes []actData
	if raw := t.answer.Changes[string(i.Item)]; raw != nil && json.Unmarshal(raw, &changes) == nil {
		says = append(says, t.tr("s'il est adopté, ", "if it is adopted, ")+strings.TrimSuffix(t.sayChanges(changes), "."))
	}
	for _, o := range i.Options {
		says = append(says, t.f("option « %s » : %s", "option “%s”: %s", o.Option, o.Title))
	}
	if len(says) > 0 || i.Kind != "" {
		t.add(paper.Part{Small: true, Text: strings.TrimSuffix(what+t.tr(" : ", ": ")+strings.Join(says, t.tr(" ; ", "; ")), t.tr(" : ", ": ")) + "."})
	}
}

// became says what has become of an item.
func (t *minuteTaker) became(i *projections.MinutesItem) string {
	because := ""
	if i.Reason != "" {
		because = t.tr(" : ", ": ") + i.Reason
	}
	switch {
	case i.Status == domain.Withdrawn:
		return t.tr("retiré", "withdrawn") + because
	case i.Status == domain.Postponed && i.To != "":
		return t.f("reporté à la séance %s", "postponed to the sitting %s", i.To) + because
	case i.Status == domain.Postponed:
		return t.tr("reporté", "postponed") + because
	case i.Status == domain.InParts:
		return t.tr("voté par parties", "voted in parts")
	case i.Decision > 0:
		return t.f("%s, décision n° %d", "%s, decision number %d", t.outcome(i.Outcome, t.option(i.Item, i.Option), i.Tie), i.Decision) + t.fate(i.Decision)
	case i.Status == domain.Voting:
		return t.tr("le vote est ouvert", "the vote is open")
	case i.Voted > 0:
		return t.tr("vote interrompu, sans résultat", "vote cancelled, without an outcome")
	}
	return t.tr("non mis aux voix", "not put to vote")
}

// fate says in a word that a decision is annulled.
func (t *minuteTaker) fate(decision uint64) string {
	for i := range t.Course {
		if v := t.Course[i].Vote; v != nil && v.Decision == decision && v.Legal != nil {
			switch v.Legal.State {
			case domain.AnnulledStart:
				return t.tr(" – ANNULÉE", " – ANNULLED")
			case domain.AnnulledFrom:
				return t.f(" – ANNULÉE à compter du %s", " – ANNULLED from %s", t.day(v.Legal.Until))
			}
		}
	}
	return ""
}

// outcome says an outcome in a few words.
func (t *minuteTaker) outcome(outcome, option string, tie bool) string {
	says := t.outcomeWord(outcome, ofItem)
	if outcome == domain.Elected {
		says += t.tr(" : ", ": ") + option
	}
	if tie {
		says += t.tr(" (égalité)", " (tie)")
	}
	return says
}

// option is the title of one of several options.
func (t *minuteTaker) option(item domain.ItemID, option domain.OptionID) string {
	for i := range t.Agenda {
		for _, o := range t.Agenda[i].Options {
			if t.Agenda[i].Item == item && o.Option == option {
				return o.Title
			}
		}
	}
	return string(option)
}

// papers tells what it all rests on.
func (t *minuteTaker) papers() {
	t.section("Pièces et références", "Documents and references")
	table := &paper.Table{Heads: []string{t.tr("Événement", "Event"), t.tr("Pièce", "Document"), "SHA-256"}, Widths: []float64{18, 57, 105}, Wrap: true}
	var without, corrected []uint64
	for _, s := range t.answer.Sources {
		if s.CorrectedBy > 0 {
			corrected = append(corrected, s.Number)
		}
		for _, d := range s.Documents {
			hash := d.SHA256
			if hash == "" {
				hash = t.tr("non disponible", "not at hand")
			}
			table.Rows = append(table.Rows, []string{"n° " + decimal(s.Number), d.Reference + " (" + t.kindOf(d.Kind) + ")", hash})
		}
		if len(s.Documents) == 0 && s.Type != "vote-opened" && s.Type != "decision-proclaimed" && s.Type != "event-corrected" {
			without = append(without, s.Number)
		}
	}
	if len(table.Rows) > 0 {
		t.add(paper.Part{Table: table})
	}
	if len(without) > 0 {
		t.say(t.tr("Affirmé sans pièce : ", "Asserted without document: ") + t.events(without) + ".")
	}
	for _, s := range t.answer.Sources {
		if slices.Contains(corrected, s.Number) {
			t.say(t.f("L'événement n° %d est rectifié par le n° %d ; le procès-verbal dit ce qui en résulte.", "Event number %d is corrected by number %d; the minutes tell what follows.", s.Number, s.CorrectedBy))
		}
	}
	for _, d := range t.answer.Doubtful {
		t.say(t.f("De l'événement n° %d on ne connaît que la date « %s ».", "Of event number %d only the date %s is known.", d.Event, t.date(d.Effective)))
	}
	t.invented()
	t.say(t.f("Le même procès-verbal, à l'octet : registre minutes %s %s --at %s --known '#%d' --lang %s.", "The same minutes, to the byte: registre minutes %s %s --at %s --known '#%d' --lang %s.",
		t.answer.Group, t.Sitting, t.answer.At, t.answer.Known, t.lang))
}

// kindOf is the kind of a document, in a word of the language where there is one.
func (a *app) kindOf(kind string) string {
	if fr := documentsFR[kind]; fr != "" && a.lang == "fr" {
		return fr
	}
	return kind
}

// documentsFR are the kinds of documents that events rest on.
var documentsFR = map[string]string{
	"award": "pièce du marché", "contract": "contrat", "demonstration": "démonstration", "execution": "pièce d'exécution",
	"deliberation": "délibération", "judgment": "jugement", "law": "loi", "letter": "lettre", "minutes": "procès-verbal", "notice": "convocation", "proxy": "pouvoir",
	"receipt": "accusé de réception", "report": "rapport",
}

// invented says what is illustrative. Events of which the same is invented share a line.
func (t *minuteTaker) invented() {
	var order []string
	events := map[string][]uint64{}
	for _, r := range t.answer.Illustrative {
		if events[r.What] == nil {
			order = append(order, r.What)
		}
		events[r.What] = append(events[r.What], r.Event)
	}
	for _, what := range order {
		t.say(t.f("Illustratif (%s) : %s", "Illustrative (%s): %s", t.events(events[what]), what))
	}
}

// events lists events by their numbers, runs of them as one.
func (t *minuteTaker) events(numbers []uint64) string {
	return t.tr("n° ", "number ") + strings.ReplaceAll(strings.ReplaceAll(ranges(numbers), "#", ""), " ", ", ")
}

func (t *minuteTaker) signatures() {
	if t.Mode == domain.Written {
		t.add(paper.Part{Sign: []string{t.tr("Pour le coordonnateur, le …", "For the coordinator, on …"), t.tr("Secrétariat, le …", "Secretariat, on …")}})
		return
	}
	t.add(paper.Part{Sign: []string{t.tr("Présidence de séance, le …", "Chair of the sitting, on …"), t.tr("Secrétariat de séance, le …", "Secretary of the sitting, on …")}})
}

// name is the name of whoever stands in the minutes.
func (t *minuteTaker) name(m domain.MemberID) string {
	if n := t.named[m]; n != "" {
		return n
	}
	return string(m)
}

func (t *minuteTaker) people(members []domain.MemberID) string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = t.name(m)
	}
	return t.list(names)
}

var (
	monthsFR = []string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	weekFR   = []string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
)

// day is a day in words: 1er mars 2023.
func (t *minuteTaker) day(d domain.Day) string {
	at := dayOf(d.String())
	if t.lang != "fr" {
		return at.Format("2 January 2006")
	}
	number := strconv.Itoa(at.Day())
	if at.Day() == 1 {
		number = "1er"
	}
	return fmt.Sprintf("%s %s %d", number, monthsFR[at.Month()-1], at.Year())
}

// longDay is a day with that of the week.
func (t *minuteTaker) longDay(d domain.Day) string {
	at := dayOf(d.String())
	return t.tr(weekFR[at.Weekday()], at.Weekday().String()) + " " + t.day(d)
}

// date is a day, or the month or year that is known of it.
func (t *minuteTaker) date(d domain.Date) string {
	at := dayOf(d.First.String())
	switch d.Precision {
	case domain.PrecisionYear:
		return strconv.Itoa(at.Year())
	case domain.PrecisionMonth:
		return t.tr(monthsFR[at.Month()-1], at.Month().String()) + " " + strconv.Itoa(at.Year())
	}
	return t.day(d.First)
}

// at is an hour behind a day; "" where there is none.
func (t *minuteTaker) at(hour string) string {
	if hour == "" {
		return ""
	}
	return t.tr(" à ", " at ") + t.clock(hour)
}

// clock is an hour as the language writes it.
func (t *minuteTaker) clock(hour string) string {
	return t.tr(strings.Replace(strings.TrimPrefix(hour, "0"), ":", " h ", 1), hour)
}
