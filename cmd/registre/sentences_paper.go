package main

import (
	"fmt"
	"maps"

	"registre/domain"
)

func init() {
	maps.Copy(faults, paperFaults)
	maps.Copy(words, paperWords)
	maps.Copy(findingsSay, paperFindings)
	maps.Copy(rulesFR, paperRules)
}

// paperFaults are the sentences for what goes wrong with findings that are answered, and with documents.
var paperFaults = map[string]saying{
	"finding-unknown":   {"R0950", "%[1]s : il n'y a pas de tel constat : %[2]s", "%[1]s: there is no such finding: %[2]s", "« registre findings %[1]s --all » les énumère, avec leurs codes et leurs événements.", "`registre findings %[1]s --all` lists them, with their codes and events."},
	"finding-unclear":   {"R0951", "Plusieurs constats %[1]s répondent à cela : %[2]s", "Several findings %[1]s fit this: %[2]s", "Nommer tous les événements du constat, ou ajouter --subject.", "Name all the events of the finding, or add --subject."},
	"documents-nowhere": {"R0952", "Les pièces se gardent dans un dossier, et aucun n'est désigné à côté de %[1]s.", "Documents are kept in a folder, and none is named beside %[1]s.", "Ajouter --data DOSSIER.", "Add --data DIR."},
	"document-unknown":  {"R0953", "%[1]s n'a pas de pièce %[2]s.", "%[1]s has no document %[2]s.", "« registre documents %[1]s » les énumère.", "`registre documents %[1]s` lists them."},
	"document-unclear":  {"R0954", "Plusieurs pièces de %[1]s commencent par %[2]s.", "Several documents of %[1]s begin with %[2]s.", "Donner l'empreinte entière.", "Give the whole hash."},
	"document-missing":  {"R0955", "La pièce %[1]s n'est pas à sa place : %[2]s", "Document %[1]s is not in its place: %[2]s", "La verser de nouveau (« document add »), depuis l'original ou une sauvegarde.", "Add it again (`document add`), from the original or a backup."},
	"document-altered":  {"R0956", "La pièce %[1]s n'est plus celle qui a été versée : %[2]s", "Document %[1]s is no longer what was added: %[2]s", "La verser de nouveau (« document add »), depuis l'original ou une sauvegarde.", "Add it again (`document add`), from the original or a backup."},
	"document-gone":     {"R0957", "La pièce %[1]s a été effacée : %[2]s", "Document %[1]s was erased: %[2]s", "", ""},
	"documents-locked":  {"R0958", "Un autre programme tient les pièces : %[1]s", "Another program holds the documents: %[1]s", "Réessayer.", "Try again."},
	"document-later":    {"R0959", "Une pièce s'efface aujourd'hui, non le %[2]s.", "A document is erased today, not on %[2]s.", "Sans --effective, ou au jour où elle l'a été.", "Without --effective, or on the day on which it was."},
	"people-altered":    {"R0961", "Le fichier des noms n'est plus tel qu'il fut écrit : %[1]s", "The file of names is no longer as it was written: %[1]s", "Le relire : où les noms sont justes, en ôter le champ sha256 ; sinon l'écarter, aucun événement n'en dépend.", "Read it: where the names are right, take its field sha256 out; otherwise put it aside, no event depends on it."},
	"document-unerased": {"R0960", "L'effacement de la pièce %[1]s est enregistré, mais pas achevé : %[2]s", "The erasure of document %[1]s is recorded, but not finished: %[2]s", "« registre document verify » l'achève.", "`registre document verify` finishes it."},
}

var paperWords = map[string][2]string{
	"finding-answered": {"réponse à un constat", "answer to a finding"},
	"document-added":   {"pièce versée", "document added"},
	"document-kept":    {"délai de conservation", "time a document is kept"},
	"document-erased":  {"pièce effacée", "document erased"},
}

var paperFindings = map[string][2]string{
	"answer-left":     {"une réponse vise un constat {finding} qui n'est pas là, ou n'y est plus.", "an answer is of a finding {finding} that is not there, or not there any more."},
	"evidence-erased": {"événement {subject} : la pièce « {kind} {reference} » a été effacée ({reason}) ; son empreinte reste.", "event {subject}: the document “{kind} {reference}” was erased ({reason}); its hash stays."},
}

var paperRules = map[string]string{
	"R0464": "la pièce désignée doit avoir été versée",
	"R0465": "une pièce effacée n'est plus versée, datée ni effacée à nouveau",
	"R0466": "le jour d'où court la conservation ne se dit que des pièces de passation et d'exécution",
	"R0467": "une pièce encore à conserver ne s'efface que sur un ordre désigné",
}

// paperData is what events about findings and documents say.
type paperData struct {
	Events    []uint64
	Finding   string
	MediaType string `json:"media_type"`
	Order     string
	Size      uint64
	Subject   string
}

// sayPaper makes a sentence of an event about a finding or a document; "" of any other.
func (a *app) sayPaper(kind string, d *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch kind {
	case "finding-answered":
		return f("Réponse au constat %s, %s : %s", "Answer to finding %s, %s: %s", d.Finding, numbers(d.Events), d.Text)
	case "document-added":
		which := fingerprint(d.SHA256)
		if d.Reference != "" {
			which = f("« %s », %s", "“%s”, %s", d.Reference, which)
		}
		return f("Pièce versée (%s) : %s, %s.", "Document added (%s): %s, %s.", a.paperKind(d.Kind), which, a.octets(d.Size))
	case "document-kept":
		return f("La conservation de la pièce %s court à compter du %s.", "The time for which document %s is kept runs from %s.", fingerprint(d.SHA256), d.From)
	case "document-erased":
		says := f("La pièce %s est effacée", "Document %s is erased", fingerprint(d.SHA256))
		if d.Order != "" {
			says += f(" sur ordre (%s)", " by order (%s)", d.Order)
		}
		return a.because(says, d.Reason)
	}
	return ""
}

// paperKind is the kind of a document in the user's language, where it is one of those that the house knows.
func (a *app) paperKind(kind string) string {
	switch kind {
	case domain.AwardPaper:
		return a.tr("pièce de passation", "award paper")
	case domain.ExecutionPaper:
		return a.tr("pièce d'exécution", "execution paper")
	case domain.DeliberationPaper:
		return a.tr("délibération", "deliberation")
	}
	return kind
}

// fingerprint is the beginning of a hash, by which people compare.
func fingerprint(hash string) string {
	if len(hash) > 8 {
		return hash[:8] + "…"
	}
	return hash
}

// subjectOfPaper is what an act about a finding or a document is about.
func subjectOfPaper(act domain.Act) string {
	switch act := act.(type) {
	case *domain.FindingAnswered:
		return act.Finding + " " + numbers(act.Events)
	case *domain.DocumentAdded:
		return fingerprint(act.SHA256.String())
	case *domain.DocumentKept:
		return fingerprint(act.SHA256.String())
	case *domain.DocumentErased:
		return fingerprint(act.SHA256.String())
	}
	return ""
}

// octets is a number of bytes, in words.
func (a *app) octets(n uint64) string {
	if n == 1 {
		return a.tr("1 octet", "1 byte")
	}
	return decimal(n) + a.tr(" octets", " bytes")
}
