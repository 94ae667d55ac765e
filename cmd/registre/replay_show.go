package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"registre/cmd/registre/sheet"
	"registre/replay"
)

// showReplay tells what was found, group by group.
func (a *app) showReplay(answer *replayAnswer, infos bool) error {
	if n := len(answer.Meta.Verification.Findings); n > 0 {
		a.showVerification(answer.Meta.Verification)
		a.printf("\n")
	}
	for i := range answer.Groups {
		if i > 0 {
			a.printf("\n")
		}
		if err := a.showReplayed(answer, &answer.Groups[i], infos); err != nil {
			return err
		}
	}
	v := &answer.Meta.Verification
	if len(v.Findings) == 0 {
		a.printf("\n%s\n", fmt.Sprintf(a.tr("%[1]s : vérifié jusqu'au dernier octet, taille %[2]s.", "%[1]s: verified to the last byte, size %[2]s."), v.Origin, decimal(v.Size)))
	}
	return nil
}

func (a *app) showReplayed(answer *replayAnswer, g *replayedGroup, infos bool) error {
	a.cast = g.Named.cast()
	title := g.Group
	if g.Name != "" {
		title += " · " + g.Name
	}
	a.prose(title+", "+a.on(answer.At)+a.tr(", connu au #", ", as known at #")+decimal(g.Known), 2)
	a.showChecked(g)
	if g.Damage != nil {
		a.prose(a.tr("Le registre ne se lit pas plus loin : ", "The register cannot be read any further: ")+plain(g.Damage.Cause)+" ["+g.Damage.Code+"]", 2)
	}
	if err := a.showSince(g); err != nil {
		return err
	}
	a.printf("\n")
	if err := a.showSerious(g); err != nil {
		return err
	}
	if err := a.showRemarks(g, infos); err != nil {
		return err
	}
	a.printf("\n%s\n", fmt.Sprintf(a.tr("%[1]s erreur(s), %[2]s avertissement(s), dont %[4]s avec réponse ; %[3]s remarque(s).", "%[1]s error(s), %[2]s warning(s), %[4]s of them answered; %[3]s remark(s)."),
		decimal(uint64(g.Count.Errors)), decimal(uint64(g.Count.Warnings)), decimal(uint64(g.Count.Infos)), decimal(uint64(g.Count.Answered))))
	return nil
}

func (a *app) showChecked(g *replayedGroup) {
	c := &g.Checked
	a.prose(fmt.Sprintf(a.tr("%[1]s événements : %[2]s commandes jugées à nouveau, %[3]s conséquences refaites (%[4]s listes de vote, %[5]s dépouillements, %[6]s entrées en vigueur), %[7]s total(s) annoncé(s), %[8]s commandes sous plafond.",
		"%[1]s events: %[2]s commands judged again, %[3]s consequences made again (%[4]s rolls, %[5]s tallies, %[6]s entries into force), %[7]s stated total(s), %[8]s orders under a ceiling."),
		decimal(c.Events), decimal(c.Commands), decimal(c.Consequences), decimal(c.Rolls), decimal(c.Tallies), decimal(c.Entries), decimal(c.StatedTotals), decimal(c.Ceilings)), 2)
}

// showSince tells what has come since the checkpoint that was kept.
func (a *app) showSince(g *replayedGroup) error {
	if g.Since == nil {
		return nil
	}
	a.prose(fmt.Sprintf(a.tr("Depuis le point de contrôle : les événements jusqu'au #%[1]s sont prouvés inchangés ; %[2]s nouveaux.",
		"Since the checkpoint: the events up to #%[1]s are proven unchanged; %[2]s new ones."), decimal(g.Since.Known), decimal(uint64(len(g.Since.Events)))), 2)
	for i := range g.Since.Events {
		e := &g.Since.Events[i]
		a.prose("  + #"+decimal(e.Number)+" "+e.Effective+"  "+e.Says.in(a.lang), 4)
	}
	for f, err := range g.gone() {
		if err != nil {
			return err
		}
		a.prose("  − "+f.Code+" "+f.Says.in(a.lang)+" "+a.tr("[n'est plus constaté]", "[no longer found]"), 4)
	}
	return nil
}

// showSerious lists what somebody should look at; after the last of a kind, what would settle it.
func (a *app) showSerious(g *replayedGroup) error {
	if g.Count.Errors+g.Count.Warnings == 0 {
		a.printf("%s\n", a.tr("Rien à signaler.", "Nothing to report."))
		return nil
	}
	for _, k := range g.kinds() {
		if k.severity == replay.Info {
			continue
		}
		var last *replayedFinding
		for f, err := range g.findings(k.code) {
			if err != nil {
				return err
			}
			a.prose(a.replayedLine(f), 9)
			for j := range f.Answers {
				a.prose(a.answerLine(&f.Answers[j]), 9)
			}
			last = f
		}
		a.prose("         → "+last.Settles.in(a.lang), 11)
	}
	return nil
}

func (a *app) replayedLine(f *replayedFinding) string {
	rule := ""
	if strings.HasPrefix(f.Rule, "R0") && len(f.Rule) == len("R0123") {
		rule = " [" + f.Rule + "]"
	}
	line := f.Code + "  " + a.markOf(&finding{Answered: f.Answered, Severity: f.Severity}) + " " + f.Says.in(a.lang) + " " + numbers(f.Events) + rule
	if f.Illustrative {
		line += a.tr(" [illustratif]", " [illustrative]")
	}
	if f.New {
		line += a.tr(" [nouveau]", " [new]")
	}
	return line
}

// showRemarks lists what is only worth knowing: each, or the first of a kind and of which events the others are.
func (a *app) showRemarks(g *replayedGroup, each bool) error {
	for _, k := range g.kinds() {
		if k.severity != replay.Info {
			continue
		}
		if !each {
			if err := a.showFirst(g, k); err != nil {
				return err
			}
			continue
		}
		for f, err := range g.findings(k.code) {
			if err != nil {
				return err
			}
			a.prose(a.replayedLine(f), 9)
		}
	}
	return nil
}

// showFirst shows the first of a kind, and of which events the others are.
func (a *app) showFirst(g *replayedGroup, k *kindFound) error {
	f, err := g.firstOf(k.code)
	if err != nil {
		return err
	}
	line := a.replayedLine(f)
	if k.n > 1 {
		events, _, err := g.firstEvents(k.code)
		if err != nil {
			return err
		}
		line += fmt.Sprintf(a.tr(" ; et %[1]s autre(s) : %[2]s", "; and %[1]s more: %[2]s"), decimal(uint64(k.n-1)), ranges(distinct(events[1:])))
	}
	a.prose(line, 9)
	return nil
}

// distinct gives numbers once each, ascending.
func distinct(events []uint64) []uint64 {
	slices.Sort(events)
	return slices.Compact(events)
}

// putFindings writes the findings as a table, in the dialect of the language.
func (a *app) putFindings(ctx context.Context, file string, force bool, answer *replayAnswer) error {
	format, err := a.formatOf(file, "csv")
	if err != nil {
		return err
	}
	x := findingsTable(answer, a.lang)
	return a.putFile(file, force, func(w io.Writer) error { return a.write(ctx, w, x, "", format) })
}

func findingsTable(answer *replayAnswer, lang string) *extract {
	x := &extract{
		columns: []string{"group", "code", "name", "severity", "new", "subject", "finding", "events", "documents", "rule", "settles", "answers", "illustrative", "at", "known", "root"},
		french:  []string{"groupement", "code", "nom", "gravité", "nouveau", "sujet", "constat", "événements", "pièces", "règle", "pour trancher", "réponses", "illustratif", "état au", "connu", "racine"},
		kinds:   map[int]sheet.Kind{},
	}
	x.later = func(yield func(laterRows, error) bool) {
		for i := range answer.Groups {
			g := &answer.Groups[i]
			for f, err := range g.findings("") {
				var row []string
				if err == nil {
					row = []string{
						g.Group, f.Code, f.Name, f.Severity, yes(f.New), f.Subject, f.Says.in(lang), numbers(f.Events), documentsIn(f.Documents), f.Rule,
						f.Settles.in(lang), answersIn(f.Answers, lang), yes(f.Illustrative), answer.At, "#" + decimal(g.Known), g.Root,
					}
				}
				if !yield(func() ([][]string, error) { return [][]string{row}, nil }, err) || err != nil {
					return
				}
			}
		}
	}
	return x
}

// answersIn lists the answers to a finding, each with its event.
func answersIn(answers []replay.Answer, lang string) string {
	all := make([]string, len(answers))
	for i, n := range answers {
		all[i] = "#" + decimal(n.Event) + " " + n.Actor + " : " + n.Text + (&app{lang: lang}).earlierForm(&n)
	}
	return strings.Join(all, " ; ")
}

// documentsIn lists documents, each with its event and the hash.
func documentsIn(documents []foundDocument) string {
	all := make([]string, len(documents))
	for i, d := range documents {
		all[i] = strings.TrimSpace("#" + decimal(d.Event) + " " + d.Kind + " " + d.Reference + " " + d.SHA256)
	}
	return strings.Join(all, " ; ")
}
