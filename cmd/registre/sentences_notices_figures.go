package main

import (
	"strings"

	"registre/domain"
	"registre/projections"
)

func (a *app) tellDecided(n *projections.Notice) (title, text string) {
	d := n.Data.Decision
	outcome := a.outcomeWord(d.Outcome, ofDecision)
	if d.Option != "" {
		chosen := d.Titled
		if chosen == "" {
			chosen = string(d.Option)
		}
		outcome += a.tr(" : ", ": ") + chosen
	}
	if d.Tie {
		outcome += a.tr(", à égalité", ", on a tie")
	}
	body := noticeBody(n, d.Body)
	title = a.fill("%s : « %s » %s", "%s: “%s” %s", body, d.Title, outcome)
	text = a.fill("%s : décision #%d, « %s », %s, %s", "%s: decision #%d, “%s”, %s, %s", body, d.Number, d.Title, outcome, a.dated(d.Day))
	if d.Asserted {
		text += a.tr(", affirmée sans les votes", ", asserted without the votes")
	}
	if sides := a.sides(d); sides != "" {
		text += a.tr(" ; ", "; ") + sides
	}
	return title, text
}

// sides tells who was for, and who against: the voices, and how many members.
func (a *app) sides(d *projections.DecisionRow) string {
	var says []string
	tell := func(sense string, e *projections.SideEntry) {
		if e == nil {
			return
		}
		switch heads := count(e.Heads); {
		case e.Weight.Given && heads != "":
			says = append(says, a.fill("%s : %s voix (membres : %s)", "%s: %s (members: %s)", a.word(sense), a.number(e.Weight.Weight.String()), heads))
		case e.Weight.Given:
			says = append(says, a.fill("%s : %s voix", "%s: %s", a.word(sense), a.number(e.Weight.Weight.String())))
		case heads != "":
			says = append(says, a.fill("%s : %s membres", "%s: %s members", a.word(sense), heads))
		}
	}
	tell(domain.SenseFor, d.For)
	tell(domain.SenseAgainst, d.Against)
	return strings.Join(says, ", ")
}

func (a *app) tellAnnulled(n *projections.Notice) (title, text string) {
	d := n.Data.Decision
	body := noticeBody(n, d.Body)
	title = a.fill("%s : décision « %s » annulée", "%s: decision “%s” annulled", body, d.Title)
	text = a.fill("%s annule, %s, la décision #%d de %s, « %s », du %s", "%s annuls, %s, decision #%d of %s, “%s”, of %s",
		n.Data.Court, a.dated(n.Data.Effective), d.Number, body, d.Title, d.Day)
	if d.Until != 0 {
		text += a.fill(", à compter du %s", ", from %s on", d.Until)
	}
	if d.Condition != "" {
		text += a.tr(", sauf si ", ", unless ") + d.Condition
	}
	return title, a.because(text, n.Data.Reason)
}

func (a *app) tellLifted(n *projections.Notice) (title, text string) {
	d := n.Data.Decision
	body := noticeBody(n, d.Body)
	title = a.fill("%s : annulation de la décision « %s » levée", "%s: annulment of the decision “%s” lifted", body, d.Title)
	text = a.fill("L'annulation de la décision #%d de %s, « %s », par %s, est levée, %s", "The annulment of decision #%d of %s, “%s”, by %s, is lifted, %s",
		d.Number, body, d.Title, n.Data.Court, a.dated(n.Data.Effective))
	return title, a.because(text, n.Data.Reason)
}

func (a *app) tellCorrected(n *projections.Notice) (title, text string) {
	c := n.Data.Correct
	verb := a.tr("rectifié", "corrected")
	if c.Voided {
		verb = a.tr("annulé", "voided")
	}
	title = a.fill("Événement #%d %s, chiffres changés : %d", "Event #%d %s, figures changed: %d", c.Event, verb, len(c.Figures))
	var says []string
	for i := range c.Figures[:min(len(c.Figures), shownFigures)] {
		says = append(says, a.figureChanged(n, &c.Figures[i]))
	}
	if more := len(c.Figures) - len(says); more > 0 {
		says = append(says, a.fill("et %d autres", "and %d others", more))
	}
	text = a.fill("L'événement #%d est %s, par #%d", "Event #%d is %s, by #%d", c.Event, verb, n.Number)
	if n.Data.Reason != "" {
		text += " (" + n.Data.Reason + ")"
	}
	return title, text + a.tr(" : ", ": ") + strings.Join(says, " ; ")
}

// noticeFigures are the figures of a notice.
var noticeFigures = map[string][2]string{
	"weight": {"voix", "voices"}, "total": {"total des voix", "sum of the voices"}, "member": {"membre", "member"},
	"gross": {"effectif brut", "gross enrolment"}, "distinct": {"effectif distinct", "distinct enrolment"}, "unknown": {"lignes dont l'effectif est inconnu", "lines of unknown enrolment"},
	"lines":   {"lignes", "lines"},
	"ordered": {"montant commandé", "ordered"}, "day": {"jour", "day"}, "outcome": {"résultat", "outcome"}, "recount": {"nouveau décompte", "recount"}, "legal": {"en droit", "in law"},
	"binds": {"exécutoire le", "binding from"},
}

// figureChanged says which figure is another, of whom, since when, and what it was.
func (a *app) figureChanged(n *projections.Notice, f *projections.FigureChange) string {
	w := noticeFigures[f.Figure]
	says := a.tr(w[0], w[1])
	var of []string
	if f.Member != "" {
		of = append(of, noticeMember(n, f.Member))
	}
	if f.Body != "" {
		of = append(of, noticeBody(n, f.Body))
	}
	if f.Agreement != "" {
		of = append(of, a.tr("accord-cadre ", "framework agreement ")+string(f.Agreement))
	}
	if f.Decision != 0 {
		of = append(of, a.tr("décision #", "decision #")+decimal(f.Decision))
	}
	if len(of) > 0 {
		says += " (" + strings.Join(of, ", ") + ")"
	}
	says += a.tr(" : ", ": ") + a.figureValue(f.Figure, f.Before) + " → " + a.figureValue(f.Figure, f.After)
	if f.At != 0 {
		says += a.tr(", à compter du ", ", from ") + f.At.String() + a.tr("", " on")
	}
	return says
}

func (a *app) figureValue(figure, value string) string {
	switch {
	case value == "" && figure == "member":
		return a.tr("non", "no")
	case value == "":
		return a.tr("rien", "nothing")
	case value == "undetermined":
		return a.tr("on l'ignore", "not known")
	}
	switch figure {
	case "member":
		return a.tr("oui", "yes")
	case "outcome", "recount":
		return a.outcomeWord(value, ofDecision)
	case "legal":
		return a.word(value)
	}
	return a.number(value)
}
