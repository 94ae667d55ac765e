package main

import (
	"fmt"
	"io"
	"strings"

	"registre/cmd/registre/paper"
	"registre/domain"
	"registre/replay"
)

// A foundEvent is an event that a finding rests on.
type foundEvent struct {
	Effective string `json:"effective"`
	Number    uint64 `json:"number"`
	Recorded  string `json:"recorded"`
	Type      string `json:"type"`
}

// eventsOfFinding are the events of a finding that a register has.
func eventsOfFinding(b *replay.Book, numbers []uint64) []foundEvent {
	found := []foundEvent{}
	for _, n := range numbers {
		if n == 0 || n > b.Head() {
			continue
		}
		e := &b.Envelopes[n-1]
		found = append(found, foundEvent{Effective: e.Effective.String(), Number: n, Recorded: e.Recorded.String(), Type: e.Type})
	}
	return found
}

// putReport writes the report of a replay, held to a checkpoint of an earlier visit or to none, as one page that stands by itself and
// prints well.
func (a *app) putReport(file string, force bool, answer *replayAnswer, kept []byte) error {
	document := a.reportOf(answer)
	if i, ok := a.imprintOf(answer, kept); ok {
		document.Imprint = i.canonical()
	}
	return a.putFile(file, force, func(w io.Writer) error { return paper.WriteHTML(w, document) })
}

func (a *app) reportOf(answer *replayAnswer) paper.Document {
	return (&reporter{app: a, answer: answer}).document()
}

// A reporter puts what a replay has found on paper.
type reporter struct {
	*app
	answer *replayAnswer
	parts  []paper.Part
}

func (r *reporter) add(p ...paper.Part)   { r.parts = append(r.parts, p...) }
func (r *reporter) section(fr, en string) { r.add(paper.Part{Heading: r.tr(fr, en), Level: 1}) }

func (r *reporter) f(fr, en string, args ...any) string { return fmt.Sprintf(r.tr(fr, en), args...) }

// document is the whole report.
func (r *reporter) document() paper.Document {
	var names []string
	for i := range r.answer.Groups {
		names = append(names, r.nameOf(&r.answer.Groups[i]))
	}
	r.damage()
	for i := range r.answer.Groups {
		r.cast = r.answer.Groups[i].Named.cast()
		r.group(&r.answer.Groups[i], len(r.answer.Groups) > 1)
	}
	r.cast = nil
	r.fingerprints()
	r.section("Signatures", "Signatures")
	r.add(paper.Part{Text: r.tr("Les constats ci-dessus disent où regarder ; ils ne jugent personne. Celui ou celle qui contrôle y ajoute ses conclusions.",
		"The findings above say where to look; they judge nobody. Whoever audits adds the conclusions.")})
	r.add(paper.Part{Sign: []string{r.tr("Contrôle : nom, qualité, date", "Audit: name, capacity, date"), r.tr("Pour le coordonnateur, pris connaissance le", "For the coordinator, taken note on")}})
	return paper.Document{
		Lang: r.lang, Title: r.tr("Contrôle du registre", "Audit of the register"), Beneath: strings.Join(names, " ; "), Stamp: r.stamp(), Facts: r.facts(), Parts: r.parts,
		Foot: r.foot(), Fixed: true,
	}
}

func (r *reporter) nameOf(g *replayedGroup) string {
	if g.Name == "" {
		return g.Group
	}
	return g.Name + " (" + g.Group + ")"
}

// stamp says on every sheet that something in it is invented.
func (r *reporter) stamp() string {
	for i := range r.answer.Groups {
		for j := range r.answer.Groups[i].Findings {
			if r.answer.Groups[i].Findings[j].Illustrative {
				return r.tr("Illustratif : des constats reposent sur des faits inventés, marqués comme tels", "Illustrative: some findings rest on invented facts, which are marked")
			}
		}
	}
	return ""
}

func (r *reporter) facts() [][2]string {
	var count severities
	for i := range r.answer.Groups {
		c := &r.answer.Groups[i].Count
		count.Errors, count.Warnings, count.Infos = count.Errors+c.Errors, count.Warnings+c.Warnings, count.Infos+c.Infos
	}
	v := &r.answer.Meta.Verification
	kept := r.f("chaque octet, chaque empreinte et chaque signature de l'archive tiennent (taille %d)", "every byte, every hash and every signature of the archive holds (size %d)", v.Size)
	if n := len(v.Findings); n > 0 {
		kept = r.f("ENDOMMAGÉE : %d constats, ci-dessous", "DAMAGED: %d findings, below", n)
	}
	facts := [][2]string{
		{r.tr("Maison", "House"), v.Origin},
		{r.tr("État au", "State on"), r.answer.At},
		{r.tr("Rejoué le", "Replayed on"), moment(r.answer.Meta.Replayed)},
		{r.tr("Archive", "Archive"), kept},
		{r.tr("Constats", "Findings"), r.counted(count)},
	}
	if len(r.answer.Groups) == 1 {
		facts = append(facts, [2]string{r.tr("Registre connu", "Register known"), r.f("jusqu'au n° %d", "up to number %d", r.answer.Groups[0].Known)})
	}
	return facts
}

func (r *reporter) counted(c severities) string {
	return r.f("%d erreur%s, %d avertissement%s, %d remarque%s", "%d error%s, %d warning%s, %d remark%s", c.Errors, plural(c.Errors), c.Warnings, plural(c.Warnings), c.Infos, plural(c.Infos))
}

// moment is an instant as it is read: to the minute, with the zone it is told in.
func moment(instant string) string {
	t, err := domain.ParseRFC3339(instant)
	if err != nil {
		return instant
	}
	text := t.String()
	return strings.Replace(text[:min(len(text), 16)], "T", " ", 1) + " UTC"
}

// damage tells what is not as it was signed.
func (r *reporter) damage() {
	found := r.answer.Meta.Verification.Findings
	if len(found) == 0 {
		return
	}
	r.section("Ce qui n'est pas ce qui fut signé", "What is not what was signed")
	t := &paper.Table{Heads: []string{r.tr("Copie", "Copy"), r.tr("Fichier", "File"), r.tr("Ce qui est constaté", "What is found"), r.tr("Code", "Code")}, Widths: []float64{22, 44, 96, 18}, Wrap: true}
	for _, f := range found {
		t.Rows = append(t.Rows, []string{f.Copy, f.File, f.Cause, f.Code})
	}
	r.add(paper.Part{Table: t})
}

// group tells what was found in one register. Where there are several, its headings name it.
func (r *reporter) group(g *replayedGroup, several bool) {
	of := ""
	if several {
		of = g.Group + " – "
	}
	r.section(of+"Ce qui a été rejoué", of+"What was replayed")
	c := &g.Checked
	r.add(paper.Part{Text: r.f("Les %d événements du registre ont été lus tels que l'archive les garde, et décidés à nouveau sous les règles de chaque jour : %d commandes jugées, %d conséquences refaites (listes de vote : %d ; dépouillements : %d ; entrées en vigueur : %d ; totaux annoncés comparés aux voix : %d ; bons de commande tenus à un plafond : %d).",
		"The register's %d events were read as the archive keeps them, and decided again under the rules of each day: %d commands judged, %d consequences made again (rolls: %d; tallies: %d; entries into force: %d; stated totals held against the weights: %d; orders held to a ceiling: %d).",
		c.Events, c.Commands, c.Consequences, c.Rolls, c.Tallies, c.Entries, c.StatedTotals, c.Ceilings)})
	if g.Damage != nil {
		r.add(paper.Part{Bold: true, Text: r.tr("Le registre ne se lit pas plus loin : ", "The register cannot be read any further: ") + g.Damage.Cause + " [" + g.Damage.Code + "]"})
	}
	r.since(g, of)
	r.serious(g, of)
	r.remarks(g, of)
}

// since tells what has come since the checkpoint of an earlier visit.
func (r *reporter) since(g *replayedGroup, of string) {
	if g.Since == nil {
		return
	}
	r.section(of+"Depuis le contrôle précédent", of+"Since the previous audit")
	r.add(paper.Part{Text: r.f("Il est prouvé que rien n'a changé jusqu'au n° %d ; %d événements sont venus depuis.", "It is proven that nothing has changed up to number %d; %d events have come since.", g.Since.Known, len(g.Since.Events))})
	if len(g.Since.Events) > 0 {
		t := &paper.Table{Heads: []string{r.tr("N°", "No."), r.tr("Effet", "Effective"), r.tr("Enregistré", "Recorded"), r.tr("Acte", "Act")}, Widths: []float64{14, 24, 44, 98}, Wrap: true, Right: map[int]bool{0: true}}
		for i := range g.Since.Events {
			e := &g.Since.Events[i]
			t.Rows = append(t.Rows, []string{decimal(e.Number), e.Effective, moment(e.Recorded), e.Says.in(r.lang)})
		}
		r.add(paper.Part{Table: t})
	}
	for i := range g.Since.Gone {
		f := &g.Since.Gone[i]
		r.add(paper.Part{Text: r.tr("N'est plus constaté : ", "No longer found: ") + f.Code + " " + f.Says.in(r.lang)})
	}
}

// serious tells what somebody should look at: in one table, by severity, then each by itself.
func (r *reporter) serious(g *replayedGroup, of string) {
	r.section(of+"Constats", of+"Findings")
	r.add(paper.Part{Text: r.counted(g.Count) + "."})
	var found []*replayedFinding
	for _, severity := range []string{replay.Error, replay.Warning} {
		for i := range g.Findings {
			if g.Findings[i].Severity == severity {
				found = append(found, &g.Findings[i])
			}
		}
	}
	if len(found) == 0 {
		return
	}
	t := &paper.Table{Heads: []string{"", r.tr("Gravité", "Severity"), r.tr("Code", "Code"), r.tr("Constat", "Finding"), r.tr("Événements", "Events")}, Widths: []float64{9, 29, 18, 92, 32}, Wrap: true, Right: map[int]bool{0: true}}
	for i, f := range found {
		t.Rows = append(t.Rows, []string{decimal(uint64(i + 1)), r.severity(f.Severity), f.Code, r.inShort(f.Says.in(r.lang), i+1) + r.marked(f), numbers(f.Events)})
	}
	r.add(paper.Part{Table: t})
	for i, f := range found {
		r.finding(i+1, f)
	}
}

// shortFinding is how many letters of a finding stand in the table of all: who forty members are is told where it stands by itself.
const shortFinding = 240

// inShort is a sentence as far as a table has room for it, and where the rest stands.
func (r *reporter) inShort(says string, n int) string {
	letters := []rune(says)
	if len(letters) <= shortFinding {
		return says
	}
	cut := shortFinding
	for i := cut; i > cut/2; i-- {
		if letters[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(letters[:cut]), " ,;:(") + r.f(" … (en entier au n° %d)", " … (whole at number %d)", n)
}

func (r *reporter) severity(s string) string {
	return map[string]string{replay.Error: r.tr("erreur", "error"), replay.Warning: r.tr("avertissement", "warning"), replay.Info: r.tr("remarque", "remark")}[s]
}

// marked says that a finding is new, or rests on something invented.
func (r *reporter) marked(f *replayedFinding) (marks string) {
	if f.New {
		marks += r.tr(" [nouveau]", " [new]")
	}
	if f.Illustrative {
		marks += r.tr(" [illustratif]", " [illustrative]")
	}
	return marks
}

// finding tells one: its sentence, events and documents, the rule, and what would settle it.
func (r *reporter) finding(n int, f *replayedFinding) {
	r.add(
		paper.Part{Heading: fmt.Sprintf("%d. %s – %s%s", n, f.Code, r.severity(f.Severity), r.marked(f)), Level: 2},
		paper.Part{Text: f.Says.in(r.lang), Lead: true},
	)
	t := &paper.Table{Heads: []string{r.tr("Événement", "Event"), r.tr("Acte", "Act"), r.tr("Effet", "Effective"), r.tr("Enregistré", "Recorded"), r.tr("Pièces", "Documents")}, Widths: []float64{25, 33, 24, 44, 54}, Wrap: true, Right: map[int]bool{0: true}}
	for _, e := range f.Facts {
		var documents []string
		for _, d := range f.Documents {
			if d.Event == e.Number {
				documents = append(documents, r.documentOf(&d))
			}
		}
		t.Rows = append(t.Rows, []string{"#" + decimal(e.Number), r.word(e.Type), e.Effective, moment(e.Recorded), strings.Join(documents, " ; ")})
	}
	if len(t.Rows) > 0 {
		r.add(paper.Part{Table: t})
	}
	facts := [][2]string{{r.tr("Règle", "Rule"), r.ruleOf(f)}, {r.tr("Pour trancher", "What would settle it"), f.Settles.in(r.lang)}}
	for i := range f.Answers {
		facts = append(facts, [2]string{r.tr("Réponse", "Answer"), r.answered(&f.Answers[i])})
	}
	r.add(paper.Part{Facts: facts})
}

// answered says how a finding was answered: by whom, when, and with which documents.
func (r *reporter) answered(x *replay.Answer) string {
	who := x.Actor
	if x.OnBehalfOf != "" {
		who += r.tr(", pour ", ", for ") + r.quoted(r.member(string(x.OnBehalfOf)))
	}
	with := r.tr("sans pièce", "without document")
	if len(x.Documents) > 0 {
		var all []string
		for i := range x.Documents {
			d := &x.Documents[i]
			all = append(all, strings.TrimSpace(string(d.Kind)+" "+d.Reference))
		}
		with = strings.Join(all, " ; ")
	}
	return r.f("%s (#%d, %s, %s ; %s)", "%s (#%d, %s, %s; %s)", x.Text, x.Event, x.Effective.String(), who, with)
}

func (r *reporter) documentOf(d *foundDocument) string {
	says := d.Reference
	if says == "" {
		says = d.Kind
	}
	if d.SHA256 == "" {
		return says + r.tr(" (sans empreinte)", " (no hash)")
	}
	return says + " (SHA-256 " + d.SHA256[:16] + "…)"
}

// ruleOf is the rule behind a finding: one of the domain in its words, or where the glossary has it.
func (r *reporter) ruleOf(f *replayedFinding) string {
	code, _, _ := strings.Cut(f.Rule, " ")
	if len(code) == len("R0123") && strings.HasPrefix(code, "R0") {
		return code + " – " + strings.TrimSuffix(strings.TrimPrefix(r.rule(&Fault{Code: code}), r.tr("Refusé : ", "Refused: ")), ".") + " (docs/refusals.md)"
	}
	if fr := rulesBehind[f.Rule]; fr != "" && r.lang == "fr" {
		return fr + " (docs/findings.md)"
	}
	return f.Rule + " (docs/findings.md)"
}

// remarks tells what is only worth knowing: by kind, the first of each and of which events the others are.
func (r *reporter) remarks(g *replayedGroup, of string) {
	if g.Count.Infos == 0 {
		return
	}
	r.section(of+"Remarques pour information", of+"Remarks worth knowing")
	t := &paper.Table{Heads: []string{r.tr("Code", "Code"), r.tr("Nombre", "Number"), r.tr("La première", "The first"), r.tr("Événements", "Events")}, Widths: []float64{18, 20, 84, 58}, Wrap: true, Right: map[int]bool{1: true}}
	for i := 0; i < len(g.Findings); {
		first, j := &g.Findings[i], i
		var events []uint64
		for ; j < len(g.Findings) && g.Findings[j].Code == first.Code; j++ {
			events = append(events, g.Findings[j].Events[0])
		}
		if first.Severity == replay.Info {
			t.Rows = append(t.Rows, []string{first.Code, decimal(uint64(j - i)), first.Says.in(r.lang), briefly(ranges(distinct(events)))})
		}
		i = j
	}
	r.add(paper.Part{Table: t})
}

// fingerprints are what the report can be held against years later.
func (r *reporter) fingerprints() {
	r.section("Empreintes", "Fingerprints")
	v := &r.answer.Meta.Verification
	facts := [][2]string{{r.tr("Maison", "House"), v.Origin}, {r.tr("Journal des registres", "Log of registers"), r.f("taille %d, racine %s", "size %d, root %s", v.Size, v.Root)}}
	for i := range r.answer.Groups {
		g := &r.answer.Groups[i]
		root := g.Root
		if root == "" {
			root = r.tr("calculée à la fin du registre seulement", "computed at the register's end only")
		}
		facts = append(facts, [2]string{g.Group, r.f("n° %d, racine (RFC 6962, SHA-256) %s", "number %d, root (RFC 6962, SHA-256) %s", g.Known, root)})
	}
	for i, line := range strings.Split(strings.TrimSpace(r.answer.Meta.Checkpoint), "\n") {
		if line == "" {
			continue
		}
		name := ""
		if i == 0 {
			name = r.tr("Point de contrôle signé", "Signed checkpoint")
		}
		facts = append(facts, [2]string{name, line})
	}
	r.add(paper.Part{Facts: facts})
	r.add(paper.Part{Text: r.tr("Qui garde ce point de contrôle voit tout changement ultérieur de ce qui précède : « registre verify --checkpoint », et « registre replay --from » à la visite suivante.",
		"Whoever keeps this checkpoint sees any later change of what came before it: `registre verify --checkpoint`, and `registre replay --from` at the next visit.")})
	for i := range r.answer.Groups {
		g := &r.answer.Groups[i]
		r.add(paper.Part{Small: true, Text: r.tr("Le même contrôle : ", "The same audit: ") + "registre replay " + g.Group + " --at " + r.answer.At + " --known '#" + decimal(g.Known) + "'"})
	}
}

func (r *reporter) foot() string {
	v := &r.answer.Meta.Verification
	return r.f("%s, état au %s, rejoué le %s par registre ; journal des registres : taille %d", "%s, on %s, replayed on %s by registre; log of registers: size %d", v.Origin, r.answer.At, moment(r.answer.Meta.Replayed), v.Size) +
		"\n" + r.tr("Racine : ", "Root: ") + v.Root
}

// rulesBehind are the rules behind findings in French, by what they are in English.
var rulesBehind = map[string]string{
	"glossary: the sum is computed, a stated total is a quotation":                             "glossaire : la somme se calcule, un total annoncé est une citation",
	"succession: a split needs its weights to be given":                                        "succession : une scission demande que ses voix soient données",
	"avenant: a member approves the text itself":                                               "avenant : un membre approuve le texte même",
	"avenant: an approval falls as known from then on":                                         "avenant : une approbation tombe à partir du moment où on le sait",
	"avenant: the stated day, otherwise the last signature":                                    "avenant : le jour annoncé, à défaut la dernière signature",
	"avenant: a retroactive day is always a finding":                                           "avenant : un effet rétroactif est toujours un constat",
	"two times: effective and recorded":                                                        "les deux temps : effet et enregistrement",
	"two times: the precision is kept":                                                         "les deux temps : la précision est gardée",
	"two times: recorded instants ascend within a register":                                    "les deux temps : dans un registre, les instants d'enregistrement croissent",
	"two times: recorded is the ledger's own instant":                                          "les deux temps : l'enregistrement est l'instant du registre lui-même",
	"evidence: asserted without document":                                                      "pièces justificatives : affirmé sans pièce",
	"evidence: reference, kind, SHA-256":                                                       "pièces justificatives : référence, nature, SHA-256",
	"evidence: illustrative data are marked":                                                   "pièces justificatives : ce qui est inventé est marqué",
	"correction: clerical or substantive":                                                      "rectification : de plume ou de fond",
	"school: the check letter of a UAI is a warning":                                           "établissement : la lettre de contrôle d'un code UAI est un avertissement",
	"framework agreement: past 100 % a reason is needed":                                       "accord-cadre : au-delà de 100 %, il faut un motif",
	"framework agreement: a warning at 80 and 90 %":                                            "accord-cadre : un avertissement à 80 et à 90 %",
	"voting rule: the notice is sent so many clear days before the sitting":                    "règle de vote : la convocation est envoyée tant de jours francs avant la séance",
	"voting rule: that of the kind of item, otherwise that of all items":                       "règle de vote : celle de la nature du point, à défaut celle de tous les points",
	"decision: what was recorded of its vote recomputes it":                                    "décision : ce qui est enregistré de son vote la recalcule",
	"decision: asserted, it never pretends to be recomputable":                                 "décision : affirmée, elle ne prétend jamais pouvoir être recalculée",
	"vote: its roll is fixed as it is opened, as known then":                                   "vote : sa liste est fixée à son ouverture, telle qu'alors connue",
	"annulment: one from a day on undoes nothing that was done":                                "annulation : celle qui vaut à compter d'un jour ne défait rien de ce qui fut fait",
	"annulment: the legal answer and the historical one both stay":                             "annulation : la réponse en droit et la réponse historique demeurent toutes deux",
	"command: its form is checked before its rules":                                            "commande : sa forme se vérifie avant ses règles",
	"command: it is applied at most once":                                                      "commande : elle s'applique une fois au plus",
	"register: every event is given by a command, or follows from one by itself":               "registre : tout événement est donné par une commande, ou en découle",
	"register: what a command gives is recorded together, under its id":                        "registre : ce que donne une commande s'enregistre ensemble, sous son identifiant",
	"register: what a command gives is recorded together or not at all":                        "registre : ce que donne une commande s'enregistre ensemble ou pas du tout",
	"register: what follows from a command rests on what that rests on":                        "registre : ce qui découle d'une commande repose sur ce sur quoi elle repose",
	"register: the id of an event is its own":                                                  "registre : l'identifiant d'un événement est à lui seul",
	"format: the id of an event is a UUID of version 7, which holds the time when it was made": "format : l'identifiant d'un événement est un UUID de version 7, qui contient l'heure où il fut fait",
}
