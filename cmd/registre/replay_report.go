package main

import (
	"cmp"
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
		e := b.Envelope(n)
		found = append(found, foundEvent{Effective: e.Effective.String(), Number: n, Recorded: e.Recorded.String(), Type: e.Type})
	}
	return found
}

// putReport writes the report of a replay, held to a checkpoint of an earlier visit or to none, as one page that stands by itself and
// prints well.
func (a *app) putReport(file string, force bool, answer *replayAnswer, kept []byte) error {
	imprint := ""
	if i, ok := a.imprintOf(answer, kept); ok {
		imprint = i.canonical()
	}
	return a.putFile(file, force, func(w io.Writer) error { return a.writeReport(w, answer, imprint) })
}

func (a *app) writeReport(w io.Writer, answer *replayAnswer, imprint string) error {
	r := &reporter{app: a, answer: answer}
	d := r.document()
	d.Imprint = imprint
	return cmp.Or(paper.WriteHTML(w, d), r.err)
}

// A reporter puts what a replay has found on paper, some of it at a time.
type reporter struct {
	*app
	answer *replayAnswer
	put    func(paper.Part) bool // once it is false, there is no more
	ended  bool
	err    error // of what lies aside
}

func (r *reporter) add(parts ...paper.Part) {
	for _, p := range parts {
		r.ended = r.ended || !r.put(p)
	}
}

func (r *reporter) section(fr, en string) { r.add(paper.Part{Heading: r.tr(fr, en), Level: 1}) }

func (r *reporter) f(fr, en string, args ...any) string { return fmt.Sprintf(r.tr(fr, en), args...) }

// document is the whole report.
func (r *reporter) document() paper.Document {
	var names []string
	for i := range r.answer.Groups {
		names = append(names, r.nameOf(&r.answer.Groups[i]))
	}
	return paper.Document{
		Lang: r.lang, Title: r.tr("Contrôle du registre", "Audit of the register"), Beneath: strings.Join(names, " ; "), Stamp: r.stamp(), Facts: r.facts(),
		Later: r.parts, Foot: r.foot(), Fixed: true,
	}
}

// parts are those of the report.
func (r *reporter) parts(yield func(paper.Part) bool) {
	r.put, r.ended = func(p paper.Part) bool { return !r.ended && yield(p) }, false
	r.damage()
	for i := range r.answer.Groups {
		r.cast = r.answer.Groups[i].Named.cast()
		if r.err = r.group(&r.answer.Groups[i], len(r.answer.Groups) > 1); r.err != nil {
			return
		}
	}
	r.cast = nil
	r.fingerprints()
	r.section("Signatures", "Signatures")
	r.add(paper.Part{Text: r.tr("Les constats ci-dessus disent où regarder ; ils ne jugent personne. Celui ou celle qui contrôle y ajoute ses conclusions.",
		"The findings above say where to look; they judge nobody. Whoever audits adds the conclusions.")})
	r.add(paper.Part{Sign: []string{r.tr("Contrôle : nom, qualité, date", "Audit: name, capacity, date"), r.tr("Pour le coordonnateur, pris connaissance le", "For the coordinator, taken note on")}})
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
		for _, k := range r.answer.Groups[i].kinds() {
			if k.illustrative {
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
func (r *reporter) group(g *replayedGroup, several bool) error {
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
	if err := r.since(g, of); err != nil {
		return err
	}
	if err := r.serious(g, of); err != nil {
		return err
	}
	return r.remarks(g, of)
}

// since tells what has come since the checkpoint of an earlier visit.
func (r *reporter) since(g *replayedGroup, of string) error {
	if g.Since == nil {
		return nil
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
	for f, err := range g.gone() {
		if err != nil {
			return err
		}
		r.add(paper.Part{Text: r.tr("N'est plus constaté : ", "No longer found: ") + f.Code + " " + f.Says.in(r.lang)})
	}
	return nil
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
	return r.f("%s (#%d, %s, %s ; %s)", "%s (#%d, %s, %s; %s)", x.Text, x.Event, x.Effective.String(), who, with) + r.earlierForm(x)
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

// remarks tells what is only worth knowing: by kind, the first of each and of which events the others are.
func (r *reporter) remarks(g *replayedGroup, of string) error {
	if g.Count.Infos == 0 {
		return nil
	}
	r.section(of+"Remarques pour information", of+"Remarks worth knowing")
	t := &paper.Table{Heads: []string{r.tr("Code", "Code"), r.tr("Nombre", "Number"), r.tr("La première", "The first"), r.tr("Événements", "Events")}, Widths: []float64{18, 20, 84, 58}, Wrap: true, Right: map[int]bool{1: true}}
	anyCut := false
	for _, k := range g.kinds() {
		if k.severity != replay.Info {
			continue
		}
		first, err := g.firstOf(k.code)
		if err != nil {
			return err
		}
		events, fresh, err := g.firstEvents(k.code)
		if err != nil {
			return err
		}
		number := decimal(uint64(k.n))
		if fresh > 0 {
			number += fmt.Sprintf(r.tr(", nouvelles : %d", ", %d new"), fresh)
		}
		some, isCut := firstRanges(distinct(events))
		anyCut = anyCut || isCut
		t.Rows = append(t.Rows, []string{k.code, number, first.Says.in(r.lang) + r.marked(first), some})
	}
	r.add(paper.Part{Table: t})
	if anyCut {
		r.add(paper.Part{Small: true, Text: r.f("De nombreux événements, seuls les premiers figurent ici ; tous sont dans la table qu'écrit « %s --csv FICHIER ».",
			"Of many events the first stand here; all are in the table that `%s --csv FILE` writes.", r.sameAudit(g))})
	}
	return nil
}

// firstRanges lists the first of many events.
func firstRanges(events []uint64) (some string, isCut bool) {
	all := ranges(events)
	const most = 120
	if len(all) <= most {
		return all, false
	}
	end := strings.LastIndexByte(all[:most], ' ')
	return all[:max(end, 0)] + " …", true
}

// sameAudit is the line that asks for the same of a register again.
func (r *reporter) sameAudit(g *replayedGroup) string {
	line := "registre replay " + g.Group + " --at " + r.answer.At + " --known '#" + decimal(g.Known) + "'"
	if g.Since != nil {
		line += r.tr(" --from POINT", " --from CHECKPOINT")
	}
	return line
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
		r.add(paper.Part{Small: true, Text: r.tr("Le même contrôle : ", "The same audit: ") + r.sameAudit(g)})
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
