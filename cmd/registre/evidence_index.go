package main

import (
	"context"
	"fmt"
	"strings"

	"registre/cmd/registre/paper"
	"registre/domain"
	"registre/eventstore"
	"registre/replay/evidence"
)

// pageRows is how many rows a list of the page has at most: a page that nobody can open helps nobody.
const pageRows = 2000

// An indexPage is the page of an evidence file that people read.
type indexPage struct {
	taken    *takenEvidence
	bodies   *bodiesAnswer
	extracts map[string]*extract
	events   [][]string
	invented uint64 // events that are marked illustrative
	name     string // of the group
	parts    []paper.Part
}

// take keeps the tables that the page shows.
func (p *indexPage) take(name string, x *extract) {
	switch name {
	case "weights", "enrolment-by-member", "decisions":
	default:
		return
	}
	if p.extracts == nil {
		p.extracts = map[string]*extract{}
	}
	p.extracts[name] = x
}

// event notes one for the list.
func (p *indexPage) event(e *eventstore.Envelope) {
	if f, ok := e.Act.(*domain.GroupFounded); ok && p.name == "" {
		p.name = f.Name
	}
	if e.Illustrative != "" {
		p.invented++
	}
	if len(p.events) >= pageRows {
		return
	}
	a := p.taken.a
	var documents []string
	for _, d := range e.Evidence {
		documents = append(documents, strings.TrimSpace(d.Kind+" "+d.Reference))
	}
	act := a.word(e.Type)
	if c, ok := e.Act.(*domain.EventCorrected); ok {
		act += " #" + decimal(c.Target)
	}
	p.events = append(p.events, []string{decimal(e.Number), act, e.Effective.String(), e.Recorded.String()[:16] + "Z", string(e.OnBehalfOf), strings.Join(documents, "; ")})
}

func (p *indexPage) write(_ context.Context, w *evidence.Writer) error {
	out, err := w.Create("index.html", false)
	if err != nil {
		return err
	}
	return paper.WriteHTML(out, p.document())
}

func (p *indexPage) add(parts ...paper.Part) { p.parts = append(p.parts, parts...) }

func (p *indexPage) section(fr, en string) {
	p.add(paper.Part{Heading: p.taken.a.tr(fr, en), Level: 1})
}

func (p *indexPage) say(fr, en string, args ...any) {
	p.add(paper.Part{Text: fmt.Sprintf(p.taken.a.tr(fr, en), args...)})
}

func (p *indexPage) document() paper.Document {
	f := p.taken
	a, x := f.a, f.extract
	p.check()
	p.figures()
	p.found()
	p.list()
	p.documents()
	p.contents()
	d := paper.Document{
		Lang: a.lang, Title: a.tr("Dossier de preuve du registre", "Evidence file of the register"), Beneath: p.name, Parts: p.parts,
		Facts: [][2]string{
			{a.tr("Groupement", "Group"), p.name + " (" + f.group + ")"},
			{a.tr("Chiffres", "Figures"), fmt.Sprintf(a.tr("au %s, connu au n° %d", "on %s, as known at number %d"), f.at, f.known)},
			{a.tr("Événements", "Events"), fmt.Sprintf(a.tr("n° 1 à %d", "numbers 1 to %d"), x.Group.Size)},
			{a.tr("Racine du registre", "Root of the register"), x.Group.Root.String()},
			{a.tr("Journal des têtes", "Log of heads"), fmt.Sprintf(a.tr("%s, %d entrées, racine %s", "%s, %d entries, root %s"), x.Heads.Origin, x.Heads.Size, x.Heads.Root)},
		},
		Foot: fmt.Sprintf(a.tr("%s, état au %s, connu au n° %d", "%s, on %s, as known at number %d"), f.group, f.at, f.known) + "\n" +
			fmt.Sprintf(a.tr("Racine du registre au n° %d (RFC 6962, SHA-256) : %s", "Root of the register at number %d (RFC 6962, SHA-256): %s"), f.known, f.root),
	}
	if p.invented > 0 {
		d.Stamp = fmt.Sprintf(a.tr("Illustratif : %d événements sur %d sont inventés en tout ou en partie (tables/events.csv)", "Illustrative: %d of %d events are invented in whole or in part (tables/events.csv)"), p.invented, x.Group.Size)
	}
	return d
}

// check says what this is, and how to check it.
func (p *indexPage) check() {
	p.section("Ce que c'est", "What this is")
	p.say("Le registre d'un groupement de commandes, tel qu'il a été tenu : chaque événement, à l'octet près (dossier group), et ce qui prouve que rien n'y a été changé, ôté, ajouté ni déplacé. Cette page et les tableaux en sont tirés ; seuls les événements font foi.",
		"The register of a purchasing group as it was kept: every event, to the byte (folder group), and what proves that nothing in it was changed, left out, added or moved. This page and the tables are made from it; the events alone count.")
	p.section("Comment le vérifier", "How to check it")
	a := p.taken.a
	p.add(paper.Part{List: []string{
		a.tr("python3 verify.py vérifie les fichiers, la clé, les journaux et la chaîne des événements. Python 3.8 suffit ; rien ne s'installe, rien ne sort sur le réseau.",
			"python3 verify.py checks the files, the key, the logs and the chain of events. Python 3.8 will do; nothing is installed, and nothing goes over the network."),
		a.tr("python3 figures.py recompte les voix, les effectifs et le résultat de chaque vote, à partir des seuls événements ; avec --at JOUR et --known #N, à toute autre date.",
			"python3 figures.py counts the weights, the enrolment and the outcome of each vote anew, from the events alone; with --at DAY and --known #N, for any other pair of times."),
		a.tr("Comparer key.pub avec la clé que la maison a publiée ; et poser à côté, sous le nom old-checkpoint, un point de contrôle obtenu plus tôt : verify.py dit si l'histoire le prolonge. Sans lui, personne ne voit d'ici si la maison montre à d'autres une autre histoire.",
			"Compare key.pub with the key that the house has published; and put a checkpoint that was got earlier beside it, named old-checkpoint: verify.py says whether the history goes on from it. Without one nobody can see from here whether the house shows others another history."),
	}})
	p.add(paper.Part{Text: "key.pub: " + archiveKey(p.taken), Small: true})
}

// figures are those of the pair.
func (p *indexPage) figures() {
	a := p.taken.a
	p.section("Voix par instance", "Weights by body")
	weights := p.extracts["weights"]
	for _, b := range p.bodies.Bodies {
		t := &paper.Table{Heads: []string{a.tr("membre", "member"), a.tr("voix", "weight")}, Right: map[int]bool{1: true}}
		for _, row := range weights.rows {
			if row[1] != b.Body {
				continue
			}
			weight := a.number(row[3])
			if row[4] != "" {
				weight = a.tr("indéterminées", "undetermined")
			}
			t.Rows = append(t.Rows, []string{row[2], weight})
		}
		p.add(paper.Part{Heading: b.Name + " (" + b.Body + ")", Level: 2})
		if len(t.Rows) == 0 {
			p.say("Aucun texte ne lui donne de voix.", "No text gives it weights.")
			continue
		}
		p.add(paper.Part{Table: t})
	}
	p.section("Effectifs", "Enrolment")
	p.extractTable("enrolment-by-member", 1)
	p.section("Décisions", "Decisions")
	p.decided()
}

// extractTable shows a table without the column of the group, and without what each row ends with.
func (p *indexPage) extractTable(name string, from int) {
	x := p.extracts[name]
	if len(x.rows) == 0 {
		p.say("Aucun.", "None.")
		return
	}
	titles := x.columns
	if p.taken.a.lang == "fr" {
		titles = x.french
	}
	t := &paper.Table{Heads: titles[from:], Right: map[int]bool{}}
	for i := range x.kinds {
		t.Right[i-from] = true
	}
	for _, row := range x.rows {
		t.Rows = append(t.Rows, row[from:])
	}
	p.add(paper.Part{Table: t})
}

func (p *indexPage) decided() {
	a, x := p.taken.a, p.extracts["decisions"]
	if len(x.rows) == 0 {
		p.say("Aucune.", "None.")
		return
	}
	column := map[string]int{}
	for i, key := range x.columns {
		column[key] = i
	}
	t := &paper.Table{Heads: []string{"#", a.tr("jour", "day"), a.tr("instance", "body"), a.tr("objet", "subject"), a.tr("pour", "for"), a.tr("contre", "against"), a.tr("résultat", "outcome"), a.tr("en droit", "in law")}, Right: map[int]bool{4: true, 5: true}}
	for _, row := range x.rows {
		cell := func(key string) string { return row[column[key]] }
		t.Rows = append(t.Rows, []string{
			cell("decision"), cell("day"), cell("body"), cell("title"), a.number(cell("voices_for")), a.number(cell("voices_against")), a.outcomeWord(cell("outcome"), ofDecision), a.word(cell("legal")),
		})
	}
	p.add(paper.Part{Table: t})
}

// found are the findings, the graver ones in full.
func (p *indexPage) found() {
	a := p.taken.a
	p.section("Constats", "Findings")
	found := p.taken.found
	if found.serious == 0 {
		p.say("Rien à signaler.", "Nothing to report.")
	} else {
		if found.serious > pageRows {
			p.say("Les %d premiers de %d ; tous sont dans tables/findings.csv.", "The first %d of %d; all are in tables/findings.csv.", pageRows, found.serious)
		}
		p.add(paper.Part{Table: &paper.Table{Heads: []string{"code", "", a.tr("constat", "finding"), a.tr("événements", "events")}, Rows: p.serious()}})
	}
	if found.rest > 0 {
		p.say("Et %d remarques pour information, dans tables/findings.csv.", "And %d remarks worth knowing, in tables/findings.csv.", found.rest)
	}
}

// serious are the rows of what is more than worth knowing.
func (p *indexPage) serious() (rows [][]string) {
	a := p.taken.found.sayer(p.taken.a)
	for f := range p.taken.found.first.all() {
		says := a.findingSays(f)
		if f.Illustrative {
			says += a.tr(" [illustratif]", " [illustrative]")
		}
		rows = append(rows, []string{f.Code, a.mark(f.Severity), says, numbers(f.Events)})
	}
	return rows
}

// list are the events.
func (p *indexPage) list() {
	a := p.taken.a
	p.section("Événements", "Events")
	if size := p.taken.extract.Group.Size; size > uint64(len(p.events)) {
		p.say("Les %d premiers de %d ; tous sont dans tables/events.csv.", "The first %d of %d; all are in tables/events.csv.", len(p.events), size)
	}
	p.add(paper.Part{Table: &paper.Table{
		Heads: []string{a.tr("n°", "no."), a.tr("acte", "act"), a.tr("effet", "effective"), a.tr("enregistré", "recorded"), a.tr("pour", "for"), a.tr("pièces", "documents")}, Right: map[int]bool{0: true}, Rows: p.events,
	}})
}

// contents say what each file is.
func (p *indexPage) contents() {
	a := p.taken.a
	p.section("Les fichiers", "The files")
	p.add(paper.Part{Facts: [][2]string{
		{"group/", a.tr("le registre : point de contrôle signé, liasses d'événements, tuiles de hachages (C2SP tlog-tiles)", "the register: signed checkpoint, bundles of events, tiles of hashes (C2SP tlog-tiles)")},
		{"heads/", a.tr("le journal où la maison note chaque état de chacun de ses registres, en entier : le nom et la taille des autres registres s'y lisent, non ce qu'ils disent", "the log in which the house notes each state of each of its registers, whole: names and sizes of its other registers can be read there, not what they say")},
		{"key.pub, rotations/", a.tr("la clé publique, et comment elle a remplacé les précédentes", "the public key, and how it took the place of earlier ones")},
		{"witnesses, witnessed", a.tr("s'ils sont là : les clés des témoins, et le dernier point de contrôle qu'ils ont cosigné", "where they are there: the keys of the witnesses, and the newest checkpoint that they have cosigned")},
		{"tables/", a.tr("voix, membres, avenants, effectifs, lignes des bons de commande, décisions et votes, constats, événements, pièces (CSV)", "weights, members, avenants, enrolment, lines of order forms, decisions and votes, findings, events, documents (CSV)")},
		{"documents/", a.tr("les pièces qui sont là, sous leur empreinte ; tables/documents-kept.csv les énumère toutes, aussi les manquantes et les effacées", "the documents that are at hand, named by their hashes; tables/documents-kept.csv lists them all, also those that are missing or were erased")},
		{"schema/", a.tr("ce que dit chaque version de chaque événement (JSON Schema)", "what each version of each event says (JSON Schema)")},
		{"about.json, SHA256SUMS", a.tr("de quel registre et de quelle date il s'agit ; les hachages de tous les fichiers", "which register and which pair of times this is of; the hashes of all files")},
	}})
}
