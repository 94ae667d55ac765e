package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func init() { maps.Copy(faults, readingFaults) }

// readingFaults are the sentences for what goes wrong when reading, exporting, demonstrating and measuring.
var readingFaults = map[string]saying{
	"export-kind":      {"R0050", "On n'exporte pas cela : %[2]s", "This cannot be exported: %[2]s", "Écrire weights, members, avenants, lines, totals, series, decisions ou deliberations.", "Write weights, members, avenants, lines, totals, series, decisions or deliberations."},
	"format-unknown":   {"R0051", "Le format du fichier n'est pas clair : %[2]s", "The file's format is not clear: %[2]s", "Nommer le fichier en .csv ou .jsonl, ou ajouter --format csv|jsonl.", "Name the file .csv or .jsonl, or add --format csv|jsonl."},
	"file-exists":      {"R0052", "Le fichier existe déjà : %[2]s", "The file exists already: %[2]s", "Ajouter --force pour le remplacer.", "Add --force to replace it."},
	"file-unwritable":  {"R0053", "Le fichier ne s'écrit pas : %[2]s", "The file cannot be written: %[2]s", "", ""},
	"aside-unwritable": {"R0484", "Ce qui est constaté ne peut être mis de côté : %[2]s", "What is found cannot be laid aside: %[2]s", "Faire de la place dans le dossier des données, et dans celui des fichiers provisoires (TMPDIR en nomme un autre), puis recommencer.", "Make room in the data folder, and in that of temporary files (TMPDIR names another), then try again."},
	"demo-occupied":    {"R0054", "Ce dossier contient autre chose que la démonstration : %[2]s", "This folder holds something other than the demonstration: %[2]s", "Choisir un autre dossier avec --data.", "Choose another folder with --data."},
	"demo-nats":        {"R0055", "La démonstration s'écrit dans un dossier, pas sur un serveur.", "The demonstration is written into a folder, not to a server.", "Retirer --nats.", "Leave out --nats."},
	"bench-few":        {"R0056", "Il en faut davantage : %[2]s", "This takes more: %[2]s", "", ""},
}

// words are the codes of answers, in both languages.
var words = map[string][2]string{
	"coordinator": {"coordonnateur", "coordinator"}, "pilot": {"pilote", "pilot"},
	"drafted": {"rédigé", "drafted"}, "approved": {"approuvé", "approved"}, "in-force": {"en vigueur", "in force"}, "abandoned": {"abandonné", "abandoned"},
	"waits-approvals": {"des approbations", "approvals"}, "waits-signatures": {"des signatures", "signatures"},
	"waits-stated-day": {"le jour annoncé", "the stated day"}, "waits-entry": {"son entrée en vigueur", "its entry into force"},
	"sum": {"additionnées", "added up"}, "keep": {"gardées", "kept"}, "set": {"fixées", "set"},
	"annulled": {"annulée", "annulled"}, "withdrawn": {"retirée", "withdrawn"},
	"clerical": {"faute de plume", "typing error"}, "substantive": {"le fait même", "the fact itself"},
	"month": {"mois", "month"}, "year": {"année", "year"},
	"member-gained": {"nouveau membre", "new member"}, "member-lost": {"n'est plus membre", "no longer a member"}, "member-renamed": {"membre renommé", "member renamed"},
	"role-changed": {"rôle", "role"}, "body-gained": {"nouvelle instance", "new body"}, "body-lost": {"fin de l'instance", "end of body"}, "body-renamed": {"instance renommée", "body renamed"},
	"weight-changed": {"voix de", "weight of"}, "total-changed": {"total de", "total of"}, "stated-total-changed": {"total annoncé de", "stated total of"},
	"text-changed": {"texte", "text"}, "obligation-changed": {"obligation de l'article", "obligation of article"},
	"group-founded": {"fondation", "founding"}, "member-joined": {"adhésion", "joining"}, "member-withdrew": {"retrait", "withdrawal"}, "members-succeeded": {"succession", "succession"},
	"role-given": {"rôle confié", "role given"}, "role-ended": {"fin de rôle", "end of role"}, "body-created": {"création d'instance", "creation of a body"},
	"body-replaced": {"remplacement d'instance", "replacement of a body"}, "body-dissolved": {"dissolution d'instance", "dissolution of a body"},
	"weights-set": {"voix fixées", "weights set"}, "obligation-set": {"obligation", "obligation"}, "amendment-rule-set": {"règle d'amendement", "rule of amendment"},
	"voting-rule-set": {"règle de vote", "voting rule"},
	"avenant-drafted": {"rédaction d'avenant", "drafting of an avenant"}, "member-deliberated": {"délibération", "deliberation"}, "deliberation-fell": {"délibération tombée", "fallen deliberation"},
	"key-rotated":   {"changement de clé", "rotation of the key"},
	"member-signed": {"signature", "signature"}, "avenant-abandoned": {"abandon d'avenant", "abandonment of an avenant"},
	"avenant-entered-into-force": {"entrée en vigueur", "entry into force"}, "event-corrected": {"rectification", "correction"},
	"every-member": {"chaque membre", "every member"}, "listed": {"les membres désignés", "the members listed"}, "share": {"une part des membres", "a share of the members"},
	"stated-day": {"effet au jour annoncé, sinon à la dernière signature", "effect on the stated day, otherwise with the last signature"}, "last-signature": {"effet à la dernière signature", "effect with the last signature"},
}

// word is a code in the user's language; itself where it has no word.
func (a *app) word(code string) string {
	w, ok := words[code]
	if !ok {
		return code
	}
	return a.tr(w[0], w[1])
}

// findingsSay are the sentences for findings, by name, in French and English. {x} stands for an argument of the finding.
var findingsSay = map[string][2]string{
	"stated-total-mismatch":     {"{subject} : le document annonce un total de {stated}, les voix font {computed}.", "{subject}: the document states a total of {stated}, the weights sum to {computed}."},
	"weight-undetermined":       {"{subject}, {body} : personne n'a dit combien de voix.", "{subject}, {body}: nobody has said how many voices."},
	"weights-too-fine":          {"{subject} : les voix ne s'additionnent pas exactement.", "{subject}: the weights cannot be added up exactly."},
	"other-text-approved":       {"{subject} a approuvé un autre texte ({approved}) que {text} ({wanted}) : cela ne compte pas ({reference}).", "{subject} approved another text ({approved}) than {text} ({wanted}): it does not count ({reference})."},
	"approval-without-hash":     {"{subject} : sa délibération sur {text} ne dit pas quel texte elle approuve ({reference}).", "{subject}: its deliberation on {text} does not say which text it approves ({reference})."},
	"approval-fell-after-force": {"{subject} : son approbation est tombée ({how}) après l'entrée en vigueur ; texte : {text} ; motif : {reason}.", "{subject}: its approval fell ({how}) after the entry into force; text: {text}; reason: {reason}."},
	"stated-day-passed":         {"{subject} est entré en vigueur le {effective}, plus tard qu'annoncé ({stated}).", "{subject} entered into force on {effective}, later than stated ({stated})."},
	"retroactive":               {"{subject} prend effet le {effective}, avant sa dernière signature ({last_signature}) : {reason}.", "{subject} takes effect on {effective}, before its last signature ({last_signature}): {reason}."},
	"late":                      {"{type} du {effective} : enregistrée après coup, le {recorded}.", "{type} of {effective}: recorded late, on {recorded}."},
	"doubtful-date":             {"{type} : du jour on ne connaît que « {effective} » ({precision}).", "{type}: the day is only known as {effective} ({precision})."},
	"asserted-without-document": {"événement {subject}, {type} : affirmé sans pièce.", "event {subject}, {type}: asserted without document."},
	"document-without-hash":     {"événement {subject} : la pièce « {kind} {reference} » n'était pas sous la main.", "event {subject}: the document “{kind} {reference}” was not at hand."},
	"contradiction":             {"{type} du {day}, {subject} : le registre dit depuis le contraire, et la règle est : {rule}.", "{type} of {day}, {subject}: the register has said otherwise since, and the rule is: {rule}."},
	"correction-substantive":    {"événement {subject} : le fait même a été rectifié ({reason}).", "event {subject}: the fact itself was corrected ({reason})."},
	"uai-letter":                {"la lettre du code {subject} devrait être {letter} ; le code est pris tel quel.", "the letter of the code {subject} should be {letter}; the code is taken as it is."},
	"overlap-accepted":          {"{subject} commande ce qu'un autre bon commande aussi : {reason}.", "{subject} orders what another order form orders too: {reason}."},
	"ceiling-overridden":        {"{subject} a été enregistré malgré le plafond : {reason}.", "{subject} was recorded in spite of the ceiling: {reason}."},
	"ceiling-passed":            {"{subject}, période du {from} au {until} exclu : le plafond ({ceiling}) est dépassé, {percent} % au moins.", "{subject}, period from {from} until {until}: the ceiling ({ceiling}) is passed, {percent} % at least."},
	"ceiling-near":              {"{subject}, période du {from} au {until} exclu : {percent} % au moins du plafond ({ceiling}) sont commandés.", "{subject}, period from {from} until {until}: {percent} % at least of the ceiling ({ceiling}) are ordered."},
	"illustrative":              {"événement {subject}, {type} : inventé ({illustrative}).", "event {subject}, {type}: invented ({illustrative})."},
}

// actData is what any event says, as far as sentences are made of it: each type has some of these fields.
type actData struct {
	Approval, Signature                               *quota
	Article, Avenant, Basis, Body, By, Change, Effect string
	Articles                                          []string
	Changes                                           []actData
	Deliberation, Target                              uint64
	NewKey                                            string `json:"new_key"`
	How, Kind, Member, Name, Reason, Reference        string
	Policies                                          []struct{ Body, Of, Way string }
	Predecessors                                      []string
	Replacement                                       *struct{ Effective, Type string }
	Retroactive, Role, SHA256, Text, Title            string
	Rule                                              struct{ Majority []string }
	StatedDay                                         string `json:"stated_day"`
	StatedTotal                                       string `json:"stated_total"`
	Successors                                        []struct{ Member, Name string }
	Weights                                           []struct{ Body, Member, Weight string }
	orderingData
	sittingData
	paperData
	rightData
	subscriptionData
}

type quota struct {
	Members    []string
	Share, Who string
}

// say makes a sentence of an event.
func (a *app) say(kind string, d *actData, drafts map[string]*actData) string {
	switch kind {
	case "group-founded":
		return fmt.Sprintf(a.tr("« %s » est fondé par « %s ». %s", "“%s” is founded by “%s”. %s"), d.Name, d.Title, a.sayChanges(d.Changes))
	case "avenant-drafted":
		return a.sayDraft(d)
	case "avenant-entered-into-force":
		says := fmt.Sprintf(a.tr("%s entre en vigueur", "%s enters into force"), d.Avenant)
		if draft := drafts[d.Avenant]; draft != nil && len(draft.Changes) > 0 {
			return says + a.tr(" ; ", "; ") + a.sayChanges(draft.Changes)
		}
		return says + "."
	case "member-deliberated":
		return a.sayDeliberation(d, drafts[d.Text])
	case "deliberation-fell":
		return fmt.Sprintf(a.tr("La délibération #%d est %s : %s", "Deliberation #%d is %s: %s"), d.Deliberation, a.word(d.How), d.Reason)
	case "member-signed":
		return fmt.Sprintf(a.tr("%s signe %s.", "%s signs %s."), a.member(d.Member), a.text(d.Text))
	case "avenant-abandoned":
		return fmt.Sprintf(a.tr("%s est abandonné : %s", "%s is abandoned: %s"), d.Avenant, d.Reason)
	case "key-rotated":
		return fmt.Sprintf(a.tr("La clé qui signe est remplacée par %s : %s", "The key that signs is replaced by %s: %s"), d.NewKey, d.Reason)
	case "event-corrected":
		verb := a.tr("est rectifié", "is corrected")
		if d.Replacement == nil {
			verb = a.tr("est annulé", "is voided")
		}
		return fmt.Sprintf(a.tr("L'événement #%d %s (%s) : %s", "Event #%d %s (%s): %s"), d.Target, verb, a.word(d.Kind), d.Reason)
	}
	if says := a.sayOrdering(kind, d); says != "" {
		return says
	}
	if says := a.saySitting(kind, d); says != "" {
		return says
	}
	if says := a.sayPaper(kind, d); says != "" {
		return says
	}
	if says := cmp.Or(a.sayRight(kind, d), a.saySubscription(kind, d)); says != "" {
		return says
	}
	d.Change = kind
	says := a.sayChange(d)
	if d.Basis != "" {
		says += " (" + d.Basis + ")"
	}
	return says + "."
}

func (a *app) text(id string) string {
	if id == "convention" {
		return a.tr("la convention", "the convention")
	}
	return id
}

func (a *app) sayDraft(d *actData) string {
	says := fmt.Sprintf(a.tr("%s est rédigé : « %s ».", "%s is drafted: “%s”."), d.Avenant, d.Title)
	if len(d.Articles) > 0 {
		says += " " + fmt.Sprintf(a.tr("Article%s %s.", "Article%s %s."), plural(len(d.Articles)), a.list(d.Articles))
	}
	if d.StatedDay != "" {
		says += " " + fmt.Sprintf(a.tr("Effet annoncé : %s.", "Stated to take effect: %s."), d.StatedDay)
	}
	if d.Retroactive != "" {
		says += " " + fmt.Sprintf(a.tr("Rétroactif : %s.", "Retroactive: %s."), strings.TrimSuffix(d.Retroactive, "."))
	}
	return says
}

func (a *app) sayDeliberation(d *actData, draft *actData) string {
	what := a.text(d.Text)
	if draft != nil && d.SHA256 != "" && draft.SHA256 != "" && d.SHA256 != draft.SHA256 {
		what = a.tr("un AUTRE texte que ", "ANOTHER text than ") + what
	}
	says := fmt.Sprintf(a.tr("%s approuve %s", "%s approves %s"), a.member(d.Member), what)
	if d.Reference != "" {
		says += " (" + d.Reference + ")"
	}
	return says + "."
}

// sayChanges says what a text changes. Members that join, and bodies that begin, are told together.
func (a *app) sayChanges(changes []actData) string {
	var says, joined, created []string
	for i := range changes {
		switch c := &changes[i]; c.Change {
		case "member-joined":
			joined = append(joined, a.member(c.Member))
		case "body-created":
			created = append(created, introduced(c.Body, c.Name))
		default:
			says = append(says, a.sayChange(c))
		}
	}
	if len(created) > 0 {
		says = slices.Insert(says, 0, a.tr("instances : ", "bodies: ")+strings.Join(created, ", "))
	}
	if len(joined) > 0 {
		says = slices.Insert(says, 0, fmt.Sprintf(a.tr("%d membres : %s", "%d members: %s"), len(joined), strings.Join(joined, ", ")))
	}
	if len(says) == 0 {
		return ""
	}
	return strings.Join(says, " ; ") + "."
}

func (a *app) sayChange(c *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch c.Change {
	case "member-joined":
		return f("%s (%s) devient membre", "%s (%s) becomes a member", c.Member, c.Name)
	case "member-withdrew":
		return f("%s se retire", "%s withdraws", a.member(c.Member))
	case "members-succeeded":
		return a.saySuccession(c)
	case "role-given":
		return f("%[1]s devient %[2]s", "%[1]s becomes %[2]s", a.member(c.Member), a.word(c.Role))
	case "role-ended":
		return f("il n'y a plus de %s", "there is no %s any more", a.word(c.Role))
	case "body-created":
		return f("l'instance %s est créée", "the body %s is created", introduced(c.Body, c.Name))
	case "body-renamed":
		return f("l'instance %s s'appelle désormais %s", "the body %s is now called %s", a.body(c.Body), c.Name)
	case "body-replaced":
		return f("l'instance %s est remplacée par %s", "the body %s is replaced by %s", a.body(c.Body), introduced(c.By, c.Name))
	case "body-dissolved":
		return f("l'instance %s est dissoute", "the body %s is dissolved", a.body(c.Body))
	case "weights-set":
		return a.sayWeights(c)
	case "obligation-set":
		if c.Text == "" {
			return f("l'obligation de l'article %s est levée", "the obligation of article %s is lifted", c.Article)
		}
		return f("obligation à l'article %s", "obligation under article %s", c.Article)
	case "amendment-rule-set":
		return f("règle d'amendement : approuvent %s, signent %s, %s", "rule of amendment: %s approve, %s sign, %s", a.sayQuota(c.Approval), a.sayQuota(c.Signature), a.word(c.Effect))
	case "voting-rule-set":
		return f("règle de vote de l'instance %s%s : majorité, %s", "voting rule of the body %s%s: majority, %s", a.body(c.Body), a.ofItems(c.Kind), a.thresholdsSaid(c.Rule.Majority))
	}
	return c.Change
}

// ofItems says for which kind of items a rule is, where it is not for all.
func (a *app) ofItems(kind string) string {
	if kind == "" {
		return ""
	}
	return fmt.Sprintf(a.tr(", points de nature « %s »", ", items of the kind “%s”"), kind)
}

func (a *app) saySuccession(c *actData) string {
	var to []string
	for _, s := range c.Successors {
		to = append(to, introduced(s.Member, s.Name))
	}
	says := fmt.Sprintf(a.tr("%s succède à %s", "%s succeeds to %s"), a.list(to), a.list(a.membersCalled(c.Predecessors)))
	for _, p := range c.Policies {
		says += fmt.Sprintf(a.tr(", voix %s dans %s", ", weights %s in %s"), a.word(p.Way), a.body(p.Body))
	}
	return says
}

// sayWeights tells a table of weights, those who hold the same together.
func (a *app) sayWeights(c *actData) string {
	var order []string
	holders := map[string][]string{}
	for _, w := range c.Weights {
		if holders[w.Weight] == nil {
			order = append(order, w.Weight)
		}
		holders[w.Weight] = append(holders[w.Weight], a.member(w.Member))
	}
	var says []string
	for _, w := range order {
		says = append(says, a.number(w)+" "+strings.Join(holders[w], ", "))
	}
	s := fmt.Sprintf(a.tr("voix dans %s : %s", "weights in %s: %s"), a.body(c.Body), strings.Join(says, " / "))
	if c.StatedTotal != "" {
		s += fmt.Sprintf(a.tr(" (total annoncé %s)", " (stated total %s)"), a.number(c.StatedTotal))
	}
	return s
}

func (a *app) sayQuota(q *quota) string {
	switch {
	case q == nil:
		return "–"
	case q.Who == "listed":
		return a.list(a.membersCalled(q.Members))
	case q.Who == "share":
		return a.word("share") + " (" + q.Share + ")"
	}
	return a.word(q.Who)
}

// plural is the s of several, in both languages.
func plural(n int) string {
	if n > 1 {
		return "s"
	}
	return ""
}

func unmarshal(raw []byte, into any) error { return json.Unmarshal(raw, into) }
