package main

import (
	"fmt"
	"maps"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"registre/domain"
)

func init() { maps.Copy(words, sittingWords) }

// sittingWords are the codes of sittings, votes and decisions, in both languages.
var sittingWords = map[string][2]string{
	"sitting-convened": {"convocation", "convening"}, "notice-sent": {"envoi de convocation", "notice sent"}, "notice-received": {"réception de convocation", "notice received"},
	"notice-answered": {"réponse à une convocation", "answer to a notice"}, "sitting-opened": {"ouverture de séance", "opening of a sitting"},
	"attendees-arrived": {"arrivée en séance", "arrival"}, "attendees-left": {"départ de séance", "departure"}, "delegate-replaced": {"remplacement en séance", "replacement of a delegate"},
	"proxy-given": {"pouvoir", "proxy"}, "proxy-revoked": {"retrait de pouvoir", "revoked proxy"}, "member-recused": {"déport", "recusal"},
	"sitting-suspended": {"suspension de séance", "suspension of a sitting"}, "sitting-resumed": {"reprise de séance", "resumption of a sitting"},
	"sitting-adjourned": {"ajournement", "adjournment"}, "sitting-closed": {"clôture de séance", "closing of a sitting"}, "sitting-cancelled": {"séance décommandée", "cancelled sitting"},
	"item-added": {"inscription d'un point", "item added"}, "item-amended": {"modification d'un point", "amendment of an item"}, "item-withdrawn": {"retrait d'un point", "withdrawal of an item"},
	"item-postponed": {"report d'un point", "postponement of an item"}, "item-divided": {"division d'un point", "division of an item"},
	"item-put-to-vote": {"mise aux voix", "putting to vote"}, "vote-opened": {"ouverture d'un vote", "opening of a vote"}, "votes-cast": {"suffrages", "votes cast"},
	"voters-marked": {"votants", "voters"}, "vote-cancelled": {"interruption d'un vote", "cancelled vote"}, "vote-closed": {"clôture d'un vote", "closing of a vote"},
	"decision-proclaimed": {"décision", "decision"}, "decision-asserted": {"décision affirmée", "asserted decision"}, "decision-published": {"publication", "publication"},
	"decision-received": {"réception en préfecture", "receipt by the prefecture"}, "decision-annulled": {"annulation", "annulment"},
	"annulment-lifted": {"levée d'annulation", "lifting of an annulment"}, "minutes-approved": {"approbation du PV", "approval of minutes"},

	"in-person": {"en présence", "in person"}, "remote": {"à distance", "remote"}, "written": {"consultation écrite", "written consultation"},
	"will-attend": {"viendra", "will attend"}, "will-be-represented": {"sera représenté", "will be represented"}, "excused": {"est excusé", "is excused"},
	"no-quorum": {"faute de quorum", "for want of a quorum"},
	"present":   {"présents", "present"}, "represented": {"représentés", "represented"}, "absent": {"absents", "absent"}, "recused": {"déportés", "recused"},
	"for": {"pour", "for"}, "against": {"contre", "against"}, "abstain": {"abstention", "abstention"},
	"on-appeal": {"en appel", "on appeal"}, "condition-met": {"sa condition étant remplie", "since its condition was met"},
}

// sittingData is what sittings, votes and decisions say, as far as sentences are made of it. What is said in several forms
// under one name is read when its type is known.
type sittingData struct {
	Abstain, Against, For, Options, Present      jsontext.Value
	Agenda, Parts                                []agendaItem
	Annulment, Decision                          uint64
	Answer, Condition, Court, Day, Deadline      string
	Attendees, Items, Members                    []string
	Counts                                       []secretCount
	Grantor, Holder, Hour, Item, Mode, Option    string
	NotVoted                                     votedFigure `json:"not_voted"`
	Observers                                    []struct{ Member, Name string }
	Outcome, Place, Received, Sent, Sitting, Why string
	Roll                                         []struct {
		Members  []string
		Presence string
	}
	RuleSet  uint64 `json:"rule_set"`
	SecondOf string `json:"second_of"`
	Tie      bool
	Votes    []castVote
	choice   []agendaOption // of the item, where the story tells them
}

type secretCount struct {
	Sense, Weight string
	Votes         int
}

type agendaItem struct {
	Item, Title string
	Options     []agendaOption
}

type castVote struct {
	Member, Sense string
	Parts         []struct{ Sense, Weight string }
}

// votedFigure is how many members, and how many voices.
type votedFigure struct {
	Heads  int64
	Weight string
}

// saidAs reads what a field says, in the form that its type has; nothing where it is not there.
func saidAs[T any](raw jsontext.Value) (v T) {
	_ = unmarshal(raw, &v)
	return v
}

// saySitting makes a sentence of an event about a sitting; "" of any other.
func (a *app) saySitting(kind string, d *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch kind {
	case "sitting-convened":
		return a.sayConvening(d)
	case "notice-sent":
		to := a.tr("tous", "everybody")
		if len(d.Members) > 0 {
			to = a.called(d.Members)
		}
		return f("La convocation à %s est envoyée à %s, le %s.", "The notice of %s is sent to %s, on %s.", d.Sitting, to, parisDay(d.Sent))
	case "notice-received":
		return f("La convocation à %s est reçue par %s, le %s.", "The notice of %s is received by %s, on %s.", d.Sitting, a.called(d.Members), parisDay(d.Received))
	case "notice-answered":
		return f("Convocation à %s : %s %s.", "Notice of %s: %s %s.", d.Sitting, a.member(d.Member), a.word(d.Answer))
	case "sitting-opened":
		present := saidAs[[]string](d.Present)
		if len(present) == 0 {
			return f("%s est ouverte ; personne n'est là.", "%s is opened; nobody is there.", d.Sitting)
		}
		return f("%s est ouverte. Sont là : %s.", "%s is opened. There are: %s.", d.Sitting, a.called(present))
	case "sitting-suspended":
		return f("%s est suspendue.", "%s is suspended.", d.Sitting)
	case "sitting-resumed":
		return f("%s reprend.", "%s is resumed.", d.Sitting)
	case "sitting-adjourned":
		says := f("%s est ajournée", "%s is adjourned", d.Sitting)
		if d.Why == domain.ForNoQuorum {
			says += ", " + a.word(d.Why)
		}
		return a.because(says, d.Reason)
	case "sitting-closed":
		return f("%s est close.", "%s is closed.", d.Sitting)
	case "sitting-cancelled":
		return a.because(f("%s est décommandée", "%s is cancelled", d.Sitting), d.Reason)
	case "minutes-approved":
		return f("Le PV de %s est approuvé.", "The minutes of %s are approved.", d.Sitting)
	}
	return a.sayAttendance(kind, d)
}

// because ends a sentence with a reason, where there is one.
func (a *app) because(says, reason string) string {
	if reason == "" {
		return says + "."
	}
	return says + a.tr(" : ", ": ") + reason
}

func (a *app) sayConvening(d *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	says := f("%s : la séance %s est convoquée, le %s", "%s: the sitting %s is convened, on %s", a.body(d.Body), d.Sitting, d.Day)
	switch {
	case d.Deadline != "":
		says = f("%s : la consultation écrite %s est convoquée, réponses du %s au %s", "%s: the written consultation %s is convened, answers from %s to %s", a.body(d.Body), d.Sitting, d.Day, d.Deadline)
	case d.Hour != "":
		says += f(" à %s, %s", " at %s, %s", d.Hour, a.word(d.Mode))
	default:
		says += ", " + a.word(d.Mode)
	}
	if d.Place != "" {
		says += f(" (%s)", " (%s)", d.Place)
	}
	says += "."
	if d.SecondOf != "" {
		says += f(" Seconde convocation, après %s.", " Second notice, after %s.", d.SecondOf)
	}
	var observers []string
	for _, o := range d.Observers {
		observers = append(observers, o.Name)
	}
	if len(observers) > 0 {
		says += f(" Observateurs : %s.", " Observers: %s.", a.list(observers))
	}
	if len(d.Agenda) > 0 {
		says += f(" Ordre du jour : %s.", " Agenda: %s.", titles(d.Agenda))
	}
	return says
}

func titles(items []agendaItem) string {
	var all []string
	for _, i := range items {
		all = append(all, i.Title)
	}
	return strings.Join(all, " ; ")
}

// sayAttendance tells who comes and goes, and who votes for whom.
func (a *app) sayAttendance(kind string, d *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch kind {
	case "attendees-arrived":
		return f("Arrivent à %s : %s.", "Arriving at %s: %s.", d.Sitting, a.called(d.Attendees))
	case "attendees-left":
		return f("Quittent %s : %s.", "Leaving %s: %s.", d.Sitting, a.called(d.Attendees))
	case "delegate-replaced":
		return f("Une autre personne siège pour %s à %s.", "Another person sits for %s at %s.", a.member(d.Member), d.Sitting)
	case "proxy-given":
		on := ""
		if len(d.Items) > 0 {
			on = f(" (points : %s)", " (items: %s)", strings.Join(d.Items, ", "))
		}
		return f("%s donne pouvoir à %s pour %s%s.", "%s gives its proxy to %s for %s%s.", a.member(d.Grantor), a.member(d.Holder), d.Sitting, on)
	case "proxy-revoked":
		return f("%s reprend son pouvoir pour %s.", "%s revokes its proxy for %s.", a.member(d.Grantor), d.Sitting)
	case "member-recused":
		return f("%s se déporte sur %s.", "%s is recused from %s.", a.member(d.Member), d.point())
	}
	return a.sayItem(kind, d)
}

// point is an item and its sitting.
func (d *sittingData) point() string { return d.Item + " (" + d.Sitting + ")" }

// sayItem tells what becomes of an item on an agenda.
func (a *app) sayItem(kind string, d *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch kind {
	case "item-added":
		return f("Point inscrit : %s, « %s »%s.", "Item added: %s, “%s”%s.", d.point(), d.Title, a.sayProposed(d))
	case "item-amended":
		return f("Point modifié : %s, « %s »%s.", "Item amended: %s, “%s”%s.", d.point(), d.Title, a.sayProposed(d))
	case "item-withdrawn":
		return a.because(f("Point retiré : %s", "Item withdrawn: %s", d.point()), d.Reason)
	case "item-postponed":
		says := f("Point reporté : %s", "Item postponed: %s", d.point())
		if d.To != "" {
			says += " → " + d.To
		}
		return a.because(says, d.Reason)
	case "item-divided":
		return f("Point voté par parties : %s, en %s.", "Item divided: %s, into %s.", d.point(), titles(d.Parts))
	case "item-put-to-vote":
		return f("Point mis aux voix : %s.", "Item put to vote: %s.", d.point())
	}
	return a.sayVote(kind, d)
}

// sayProposed tells the options to choose from, or the changes that an item is to bring, behind a colon.
func (a *app) sayProposed(d *actData) string {
	var all []string
	for _, o := range saidAs[[]struct{ Title string }](d.Options) {
		all = append(all, o.Title)
	}
	if len(all) > 0 {
		return a.tr(" ; au choix : ", "; to choose from: ") + strings.Join(all, ", ")
	}
	if says := strings.TrimSuffix(a.sayChanges(d.Changes), "."); says != "" {
		return a.tr(" ; propose : ", "; proposes: ") + says
	}
	return ""
}
