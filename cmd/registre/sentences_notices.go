package main

import (
	"fmt"
	"strconv"
	"strings"

	"registre/domain"
	"registre/projections"
)

func init() {
	faults["notice-kind"] = saying{"R0480", "Aucun avis n'est de ce genre : %[1]s", "No notice is of this kind: %[1]s", "L'un de %[2]s.", "One of %[2]s."}
}

// shownFigures is how many changed figures a sentence tells; of the others it says how many there are.
const shownFigures = 12

// A teller tells a notice: a title of a few words, and a sentence with all there is to say.
type teller func(a *app, n *projections.Notice) (title, text string)

// tellers are those of all kinds of notices.
var tellers = map[string]teller{
	projections.DecisionWasProclaimed: (*app).tellDecided,
	projections.DecisionWasAsserted:   (*app).tellDecided,
	projections.DecisionWasAnnulled:   (*app).tellAnnulled,
	projections.AnnulmentWasLifted:    (*app).tellLifted,
	projections.AvenantWasDrafted:     (*app).tellDrafted,
	projections.AvenantWasApproved:    (*app).tellApproved,
	projections.AvenantInForce:        (*app).tellInForce,
	projections.AvenantWasAbandoned:   (*app).tellAbandoned,
	projections.MembersJoined:         (*app).tellJoined,
	projections.MembersLeft:           (*app).tellLeft,
	projections.MembersMerged:         (*app).tellSucceeded,
	projections.SittingWasConvened:    (*app).tellConvened,
	projections.SittingWasCancelled:   (*app).tellSittingOff,
	projections.SittingWasAdjourned:   (*app).tellSittingOff,
	projections.OrderWasIssued:        (*app).tellIssued,
	projections.OrderWasAmended:       (*app).tellAmended,
	projections.OrderWasCancelled:     (*app).tellOrderOff,
	projections.FigureCorrected:       (*app).tellCorrected,
	projections.FindingRaised:         (*app).tellFinding,
}

// tellNotice is a notice in words: a title, and what there is to say of it. Both say where something of it is invented.
func (a *app) tellNotice(n *projections.Notice) (title, text string) {
	tell, ok := tellers[n.Kind]
	if !ok {
		return n.Kind, n.ID()
	}
	title, text = tell(a, n)
	if n.Illustrative != "" {
		title += a.tr(" [illustratif]", " [illustrative]")
		text = ended(text) + a.tr(" Illustratif : ", " Illustrative: ") + n.Illustrative
	}
	return plain(title), plain(ended(text))
}

// ended is a sentence with its full stop.
func ended(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:") {
		return s
	}
	return s + "."
}

// fill is Sprintf in the user's language.
func (a *app) fill(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }

// dated says on which day, or in which month or year.
func (a *app) dated(d domain.Date) string {
	if d.Precision == domain.PrecisionDay {
		return a.on(d.String())
	}
	return a.tr("en ", "in ") + d.String()
}

// noticeBody is a body that a notice names, by its name; by its id where it has none.
func noticeBody(n *projections.Notice, id domain.BodyID) string {
	for _, b := range n.Data.Bodies {
		if b.Body == id && b.Name != "" {
			return b.Name
		}
	}
	return string(id)
}

func noticeMember(n *projections.Notice, id domain.MemberID) string {
	for _, m := range n.Data.Members {
		if m.Member == id && m.Name != "" {
			return m.Name
		}
	}
	return string(id)
}

// fewNames are some names, of many the first and how many more there are.
func (a *app) fewNames(names []string) string {
	const few = 3
	if len(names) <= few {
		return a.list(names)
	}
	return strings.Join(names[:few-1], ", ") + a.fill(" et %d autres", " and %d others", len(names)-few+1)
}

func entryNames(all []projections.NamedEntry) (names []string) {
	for _, m := range all {
		if m.Name == "" {
			m.Name = string(m.Member)
		}
		names = append(names, m.Name)
	}
	return names
}

func (a *app) tellJoined(n *projections.Notice) (title, text string) {
	names := entryNames(n.Data.Joined)
	title = a.tr("Adhésion : ", "Joining: ") + a.fewNames(names)
	if len(names) == 1 {
		return title, a.fill("%s adhère, %s", "%s joins, %s", names[0], a.dated(n.Data.Effective))
	}
	return title, a.fill("%s adhèrent, %s", "%s join, %s", a.list(names), a.dated(n.Data.Effective))
}

func (a *app) tellLeft(n *projections.Notice) (title, text string) {
	names := entryNames(n.Data.Left)
	title = a.tr("Retrait : ", "Leaving: ") + a.fewNames(names)
	if len(names) == 1 {
		return title, a.fill("%s se retire, %s", "%s leaves, %s", names[0], a.dated(n.Data.Effective))
	}
	return title, a.fill("%s se retirent, %s", "%s leave, %s", a.list(names), a.dated(n.Data.Effective))
}

func (a *app) tellSucceeded(n *projections.Notice) (title, text string) {
	before, after := entryNames(n.Data.Succeeded.Predecessors), entryNames(n.Data.Succeeded.Successors)
	title = a.tr("Succession : ", "Succession: ") + a.fewNames(before) + " → " + a.fewNames(after)
	if len(after) == 1 {
		return title, a.fill("%s prend la place de %s, %s", "%s takes the place of %s, %s", after[0], a.list(before), a.dated(n.Data.Effective))
	}
	return title, a.fill("%s prennent la place de %s, %s", "%s take the place of %s, %s", a.list(after), a.list(before), a.dated(n.Data.Effective))
}

// aboutAvenant says of which text a notice is, with its title and its name.
func (a *app) aboutAvenant(n *projections.Notice) string {
	return a.fill("« %s » (%s)", "“%s” (%s)", n.Data.Avenant.Title, n.Data.Avenant.Text)
}

// concerns names the bodies that a text changes, as a sentence; nothing where there are none.
func (a *app) concerns(n *projections.Notice) string {
	var names []string
	for _, b := range n.Data.Bodies {
		names = append(names, noticeBody(n, b.Body))
	}
	if len(names) == 0 {
		return ""
	}
	return a.tr(" Instances concernées : ", " Bodies concerned: ") + strings.Join(names, ", ") + "."
}

// counted says how many of the members have approved and signed.
func (a *app) counted(n *projections.Notice) string {
	v := n.Data.Avenant
	return a.fill(" Approbations : %d, signatures : %d, sur %d membres.", " Approvals: %d, signatures: %d, of %d members.", v.Approved, v.Signed, v.Members)
}

func (a *app) stated(n *projections.Notice) string {
	if n.Data.Avenant.StatedDay == 0 {
		return ""
	}
	return a.fill(" ; effet annoncé le %s", "; its stated day is %s", n.Data.Avenant.StatedDay)
}

func (a *app) tellDrafted(n *projections.Notice) (title, text string) {
	title = a.fill("%s : rédigé", "%s: drafted", n.Data.Avenant.Title)
	return title, a.fill("%s est rédigé, %s", "%s is drafted, %s", a.aboutAvenant(n), a.dated(n.Data.Effective)) + a.stated(n) + "." + a.concerns(n) + a.counted(n)
}

func (a *app) tellApproved(n *projections.Notice) (title, text string) {
	title = a.fill("%s : approuvé par tous ceux qui doivent l'approuver", "%s: approved by all who must", n.Data.Avenant.Title)
	return title, a.fill("%s est approuvé par tous ceux qui doivent l'approuver, %s", "%s is approved by all who must, %s", a.aboutAvenant(n), a.dated(n.Data.Effective)) +
		a.stated(n) + "." + a.concerns(n) + a.counted(n)
}

func (a *app) tellInForce(n *projections.Notice) (title, text string) {
	day := n.Data.Avenant.Day.String()
	title = a.fill("%s : en vigueur le %s", "%s: in force on %s", n.Data.Avenant.Title, day)
	return title, a.fill("%s entre en vigueur, le %s", "%s enters into force, on %s", a.aboutAvenant(n), day) + a.stated(n) + "." + a.concerns(n) + a.counted(n)
}

func (a *app) tellAbandoned(n *projections.Notice) (title, text string) {
	title = a.fill("%s : abandonné", "%s: abandoned", n.Data.Avenant.Title)
	return title, a.because(a.fill("%s est abandonné, %s", "%s is abandoned, %s", a.aboutAvenant(n), a.dated(n.Data.Effective)), n.Data.Reason)
}

func (a *app) tellConvened(n *projections.Notice) (title, text string) {
	s := n.Data.Sitting
	body := noticeBody(n, s.Body)
	title = a.fill("%s : séance convoquée le %s", "%s: sitting convened on %s", body, s.Day)
	text = a.fill("%s : la séance %s est convoquée, le %s", "%s: the sitting %s is convened, on %s", body, s.Sitting, s.Day)
	if s.Hour != "" {
		text += a.tr(" à ", " at ") + s.Hour
	}
	if s.Mode != "" {
		text += ", " + a.word(s.Mode)
	}
	if s.Place != "" {
		text += " (" + s.Place + ")"
	}
	if s.Deadline != 0 {
		text += a.fill(" ; réponses jusqu'au %s", "; answers until %s", s.Deadline)
	}
	text += "."
	if s.SecondOf != "" {
		text += a.fill(" Seconde convocation, après %s.", " Second notice, after %s.", s.SecondOf)
	}
	var titles []string
	for _, i := range s.Agenda {
		titles = append(titles, i.Title)
	}
	if len(titles) > 0 {
		text += a.tr(" Ordre du jour : ", " Agenda: ") + strings.Join(titles, " ; ") + "."
	}
	return title, text
}

func (a *app) tellSittingOff(n *projections.Notice) (title, text string) {
	s := n.Data.Sitting
	off := a.tr("décommandée", "cancelled")
	if n.Kind == projections.SittingWasAdjourned {
		if off = a.tr("ajournée", "adjourned"); s.Why == domain.NoQuorum {
			off += ", " + a.word(s.Why)
		}
	}
	body := noticeBody(n, s.Body)
	title = a.fill("%s : séance du %s %s", "%s: sitting of %s %s", body, s.Day, off)
	return title, a.because(a.fill("%s : la séance %s, du %s, est %s, %s", "%s: the sitting %s, of %s, is %s, %s", body, s.Sitting, s.Day, off, a.dated(n.Data.Effective)), n.Data.Reason)
}

// aboutOrder says which order form a notice is of.
func (a *app) aboutOrder(n *projections.Notice) string {
	o := n.Data.Order
	return a.fill("le bon de commande %s de %s (accord-cadre %s, du %s au %s exclu)", "the order form %s of %s (framework agreement %s, from %s until %s)",
		o.Number, noticeMember(n, o.Member), o.Agreement, o.From, o.Until)
}

func (a *app) tellIssued(n *projections.Notice) (title, text string) {
	o := n.Data.Order
	title = a.fill("Bon de commande %s émis (%s)", "Order form %s issued (%s)", o.Number, noticeMember(n, o.Member))
	return title, a.fill("Émis, %s : %s ; lignes : %d", "Issued, %s: %s; lines: %d", a.dated(n.Data.Effective), a.aboutOrder(n), o.Lines)
}

func (a *app) tellAmended(n *projections.Notice) (title, text string) {
	o := n.Data.Order
	title = a.fill("Bon de commande %s modifié (%s)", "Order form %s amended (%s)", o.Number, noticeMember(n, o.Member))
	return title, a.fill("Modifié, %s : %s ; lignes ajoutées : %d, remplacées : %d, retirées : %d, en tout : %d", "Amended, %s: %s; lines added: %d, replaced: %d, removed: %d, in all: %d",
		a.dated(n.Data.Effective), a.aboutOrder(n), o.Added, o.Replaced, o.Removed, o.Lines)
}

func (a *app) tellOrderOff(n *projections.Notice) (title, text string) {
	o := n.Data.Order
	title = a.fill("Bon de commande %s annulé (%s)", "Order form %s cancelled (%s)", o.Number, noticeMember(n, o.Member))
	return title, a.because(a.fill("Annulé, %s : %s", "Cancelled, %s: %s", a.dated(n.Data.Effective), a.aboutOrder(n)), n.Data.Reason)
}

func (a *app) tellFinding(n *projections.Notice) (title, text string) {
	f := n.Data.Finding
	says := a.findingSays(&finding{Args: f.Args, Code: f.Code, Events: f.Events, Name: f.Name, Severity: f.Severity, Subject: f.Subject})
	of := f.Subject
	if _, err := strconv.ParseUint(of, 10, 53); err == nil || of == "" {
		of = numbers(f.Events[:min(len(f.Events), 1)])
	}
	return a.fill("Constat %s : %s", "Finding %s: %s", f.Code, of), strings.TrimSuffix(says, ".") + " (" + numbers(f.Events) + ")"
}

func count(heads *int64) string {
	if heads == nil {
		return ""
	}
	return strconv.FormatInt(*heads, 10)
}
