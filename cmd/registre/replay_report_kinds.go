package main

import (
	"slices"
	"strings"

	"registre/cmd/registre/paper"
	"registre/replay"
)

// reportRows is how many findings of a kind a report lists: what is printed to be signed is to be read.
const reportRows = 500

// serious tells what somebody should look at, by severity and kind: in one table, then each kind in a chapter of its own. The findings
// are numbered from the first to the last, those too that are not listed.
func (r *reporter) serious(g *replayedGroup, of string) error {
	r.section(of+"Constats", of+"Findings")
	r.add(paper.Part{Text: r.counted(g.Count) + "."})
	kinds := slices.DeleteFunc(g.kinds(), func(k *kindFound) bool { return k.severity == replay.Info })
	slices.SortStableFunc(kinds, func(x, y *kindFound) int { return strings.Compare(x.severity, y.severity) }) // an error before a warning
	if len(kinds) == 0 {
		return nil
	}
	t := &paper.Table{
		Heads:  []string{r.tr("Code", "Code"), r.tr("Gravité", "Severity"), r.tr("Ce qui est constaté", "What is found"), r.tr("Nombre", "Number"), r.tr("Numéros", "Numbers")},
		Widths: []float64{18, 29, 93, 18, 22}, Wrap: true, Right: map[int]bool{3: true},
	}
	n := 0
	for _, k := range kinds {
		numbers := decimal(uint64(n + 1))
		if n += k.n; k.n > 1 {
			numbers += "–" + decimal(uint64(n))
		}
		t.Rows = append(t.Rows, []string{k.code, r.severity(k.severity), r.kindSays(k.name), decimal(uint64(k.n)), numbers})
	}
	r.add(paper.Part{Table: t})
	n = 0
	for _, k := range kinds {
		if err := r.chapter(g, k, n); err != nil {
			return err
		}
		n += k.n
	}
	return nil
}

// chapter tells the findings of a kind: what they have in common once, then each in a row. So many findings stand before them.
func (r *reporter) chapter(g *replayedGroup, k *kindFound, before int) error {
	t := &paper.Table{
		Heads:  []string{"", r.tr("Constat", "Finding"), r.tr("Événements : effet / enregistré (UTC)", "Events: effective / recorded (UTC)"), r.tr("Pièces", "Documents")},
		Widths: []float64{9, 70, 54, 47}, Wrap: true, Lines: true, Right: map[int]bool{0: true},
	}
	var rules []string
	settles := ""
	for f, err := range g.findings(k.code) {
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, []string{decimal(uint64(before + len(t.Rows) + 1)), r.findingCell(f), r.eventsCell(f), r.documentsCell(f)})
		if rule := r.ruleOf(f); !slices.Contains(rules, rule) {
			rules = append(rules, rule)
		}
		if settles = f.Settles.in(r.lang); len(t.Rows) == reportRows {
			break
		}
	}
	facts := [][2]string{{r.tr("Gravité", "Severity"), r.countedKind(k)}}
	for i, rule := range rules {
		name := ""
		if i == 0 {
			name = r.tr("Règle", "Rule")
		}
		facts = append(facts, [2]string{name, rule})
	}
	r.add(
		paper.Part{Heading: k.code + " – " + r.kindSays(k.name), Level: 2},
		paper.Part{Facts: append(facts, [2]string{r.tr("Pour trancher", "What would settle it"), settles})},
		paper.Part{Table: t},
	)
	if k.n > len(t.Rows) {
		r.add(paper.Part{Small: true, Text: r.f("Les %[1]d premiers de %[2]d ; tous sont dans la table qu'écrit « %[3]s --csv FICHIER ».",
			"The first %[1]d of %[2]d; all of them are in the table that `%[3]s --csv FILE` writes.", len(t.Rows), k.n, r.sameAudit(g))})
	}
	return nil
}

// kindSays is what findings of a kind mean, in general.
func (r *reporter) kindSays(name string) string {
	return r.tr(kindsFrench[name], kindsEnglish[name])
}

// countedKind is how severe a kind is, how many findings it has, and how many of these are answered.
func (r *reporter) countedKind(k *kindFound) string {
	says := r.f("%s ; %d constat%s", "%s; %d finding%s", r.severity(k.severity), k.n, plural(k.n))
	if k.answered > 0 {
		says += r.f(", dont %d avec réponse", ", %d of them answered", k.answered)
	}
	return says
}

// findingCell is a finding in its own words, with the rule where it is not that of its kind, and the answers to it.
func (r *reporter) findingCell(f *replayedFinding) string {
	lines := []string{f.Says.in(r.lang) + r.ownRule(f) + r.marked(f)}
	for i := range f.Answers {
		lines = append(lines, r.tr("Réponse : ", "Answer: ")+r.answered(&f.Answers[i]))
	}
	return inLines(lines)
}

// eventsCell are the events of a finding, each on two lines.
func (r *reporter) eventsCell(f *replayedFinding) string {
	var lines []string
	for _, e := range f.Facts {
		lines = append(lines, "#"+decimal(e.Number)+" "+r.word(e.Type), e.Effective+" / "+strings.TrimSuffix(moment(e.Recorded), " UTC"))
	}
	return inLines(lines)
}

// documentsCell are the documents of a finding; where they are of several events, with the number of each.
func (r *reporter) documentsCell(f *replayedFinding) string {
	var lines []string
	for i := range f.Documents {
		d := &f.Documents[i]
		line := r.documentOf(d)
		if len(f.Facts) > 1 {
			line = "#" + decimal(d.Event) + " " + line
		}
		lines = append(lines, line)
	}
	return inLines(lines)
}

// inLines puts texts into a cell, each on a line of its own: within a text no line ends.
func inLines(texts []string) string {
	for i := range texts {
		texts[i] = plain(texts[i])
	}
	return strings.Join(texts, "\n")
}

// ruleOfDomain reports whether a rule is one of the domain, by its code.
func ruleOfDomain(code string) bool {
	return len(code) == len("R0123") && strings.HasPrefix(code, "R0")
}

// ownRule is the code of the rule of a finding whose kind has many.
func (r *reporter) ownRule(f *replayedFinding) string {
	if !ruleOfDomain(f.Rule) {
		return ""
	}
	return " [" + f.Rule + "]"
}

// ruleOf is the rule behind a finding: one of the domain in its words, or where the glossary has it.
func (r *reporter) ruleOf(f *replayedFinding) string {
	code, _, _ := strings.Cut(f.Rule, " ")
	if ruleOfDomain(code) {
		return code + " – " + strings.TrimSuffix(strings.TrimPrefix(r.rule(&Fault{Code: code}), r.tr("Refusé : ", "Refused: ")), ".") + " (docs/refusals.md)"
	}
	if fr := rulesBehind[f.Rule]; fr != "" && r.lang == "fr" {
		return fr + " (docs/findings.md)"
	}
	return f.Rule + " (docs/findings.md)"
}
