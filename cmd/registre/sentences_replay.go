package main

import "maps"

func init() {
	maps.Copy(findingsSay, replayFindings)
	maps.Copy(recountWords, replayFields)
}

// replayFindings are the sentences for what the replay of a register finds, beside what its state shows.
var replayFindings = map[string][2]string{
	"against-rule":        {"événement {subject}, {type} du {day} : enregistré alors qu'une règle le refusait ce jour-là ({rule}, {of}).", "event {subject}, {type} of {day}: recorded though a rule refused it then ({rule}, {of})."},
	"against-form":        {"événement {subject}, {type} : la commande n'a pas la forme d'une commande ({field}).", "event {subject}, {type}: the command has not the form of a command ({field})."},
	"given-by-nothing":    {"événement {subject}, {type} : aucune commande ne le donne, et il ne découle de rien.", "event {subject}, {type}: no command gives it, and it follows from nothing."},
	"other-command":       {"événement {subject}, {type} : il nomme une autre commande que celle dont il découle.", "event {subject}, {type}: it names another command than the one that it follows from."},
	"other-surroundings":  {"événement {subject}, {type} : il nomme d'autres personnes ou d'autres pièces que la commande dont il découle.", "event {subject}, {type}: it names other people or documents than the command that it follows from."},
	"consequence-missing": {"{subject} : {type} du {effective} découle de ce qui est enregistré, et n'y figure pas.", "{subject}: {type} of {effective} follows from what is recorded, and does not stand there."},
	"tally-unfounded":     {"{subject} : proclamé « {outcome} », les suffrages alors enregistrés donnent « {recounted} » ; autrement que proclamé : {differs}.", "{subject}: proclaimed “{outcome}”, the votes then recorded come to “{recounted}”; otherwise than proclaimed: {differs}."},
	"roll-unfounded":      {"{subject} : la liste du vote n'est pas celle que donnait alors le registre ({differs}).", "{subject}: the roll of the vote is not the one that the register then gave ({differs})."},
	"entry-unfounded":     {"{subject} : entré en vigueur le {effective}, alors qu'approbations et signatures donnaient le {follows}.", "{subject}: entered into force on {effective}, while approvals and signatures gave {follows}."},
	"command-twice":       {"événement {subject}, {type} : l'identifiant {command} est déjà celui d'une autre commande.", "event {subject}, {type}: the id {command} is that of another command already."},
	"event-id-twice":      {"événement {subject}, {type} : un autre événement porte déjà l'identifiant {id}.", "event {subject}, {type}: another event has the id {id} already."},
	"instant-goes-back":   {"événement {subject}, {type} : enregistré le {recorded}, donc pas après le précédent ({before}).", "event {subject}, {type}: recorded at {recorded}, so not after the one before ({before})."},
	"instant-ahead":       {"événement {subject}, {type} : enregistré le {recorded}, qui est encore à venir ({now}).", "event {subject}, {type}: recorded at {recorded}, which is still to come ({now})."},
	"event-id-time":       {"à partir de l'événement {subject} : {count} identifiants ont été faits à une autre heure que celle de l'enregistrement, jusqu'à {minutes} minutes.", "from event {subject} on: {count} ids were made at another time than that of the recording, by up to {minutes} minutes."},
	"event-id-other":      {"à partir de l'événement {subject} : {count} identifiants ne sont pas de la version 7 et ne disent pas quand ils ont été faits.", "from event {subject} on: {count} ids are not of version 7, and do not tell when they were made."},
	"decision-annulled":   {"décision #{subject} « {title} » : annulée par {court} ({reason}).", "decision #{subject} “{title}”: annulled by {court} ({reason})."},
}

// replayFields are the fields in which what stands can be otherwise than what follows.
var replayFields = map[string][2]string{
	"against": {"contre", "against"}, "body": {"instance", "body"}, "casting": {"voix prépondérante", "casting vote"}, "data": {"contenu", "content"},
	"defined": {"point visé", "item meant"}, "effective": {"jour", "day"}, "for": {"pour", "for"}, "options": {"options", "options"}, "roll": {"membres et voix", "members and weights"},
	"rule": {"règle de vote", "voting rule"}, "rule_set": {"origine de la règle", "source of the rule"}, "second_notice": {"seconde convocation", "second notice"},
	"second_round": {"second tour", "second round"}, "vote": {"vote visé", "vote meant"}, "written": {"consultation écrite", "written consultation"},
}

// settlesFrench says what would settle a finding, by its name; the English stands in the catalogue.
var settlesFrench = map[string]string{
	"stated-total-mismatch":     "le texte signé : s'il porte d'autres voix, une rectification d'écriture ; s'il annonce un total faux, un avenant ou une note des parties qui le dise",
	"weight-undetermined":       "le texte, ou l'accord des successeurs, qui donne les voix ; puis une commande qui les fixe",
	"weights-too-fine":          "des voix aux dénominateurs plus petits, données par le texte qui les a fixées",
	"other-text-approved":       "une nouvelle délibération qui nomme l'empreinte du texte en cause, ou la pièce qui montre que les deux fichiers portent le même texte",
	"approval-without-hash":     "l'annexe de la délibération, avec son empreinte",
	"approval-fell-after-force": "le jugement ou l'acte de retrait, et ce qu'il dit du texte ; au besoin une nouvelle approbation",
	"stated-day-passed":         "la dernière signature, datée ; si les parties voulaient le jour annoncé, leur acte qui rend le texte rétroactif",
	"retroactive":               "l'acte des parties qui en donne le motif, et ce qu'en ont dit le juge ou la préfecture",
	"late":                      "la pièce de ce jour, qui montre que le fait est plus ancien que son enregistrement",
	"doubtful-date":             "une pièce qui porte le jour ; puis une rectification d'écriture",
	"asserted-without-document": "la pièce, avec son empreinte, nommée par une rectification ou par une réponse à ce constat",
	"document-without-hash":     "la pièce elle-même, pour que son empreinte soit enregistrée",
	"contradiction":             "les pièces des deux événements : l'un d'eux a été mal enregistré, et une rectification dit lequel",
	"correction-substantive":    "la pièce sur laquelle repose la rectification",
	"illustrative":              "rien : c'est inventé, et à ôter de tout chiffre qui doit compter pour de bon",
	"uai-letter":                "l'annuaire national des établissements : le code tel qu'il y figure",
	"overlap-accepted":          "les deux bons de commande : lequel a été livré et facturé",
	"ceiling-overridden":        "l'acte qui relève le plafond, ou l'avis qui a permis de le dépasser",
	"ceiling-passed":            "l'acte qui relève le plafond, ou l'annulation de ce qui a été commandé au-delà",
	"ceiling-near":              "rien n'est à trancher : ce qui reste jusqu'au plafond est à surveiller",
	"notice-too-short":          "la preuve d'envoi datée, ou la renonciation des membres concernés",
	"notice-unrecorded":         "la convocation et la preuve de son envoi",
	"recount-differs":           "les bulletins ou le procès-verbal signé : une rectification s'ils ont été mal enregistrés, sinon un nouveau vote",
	"roll-differs":              "le texte qui donnait les voix ce jour-là ; si la liste était fausse, si le résultat tient avec les bonnes",
	"annulled-still-counts":     "le jugement, et l'acte qui dit ce qui remplace ce qui avait été décidé",
	"decision-asserted":         "le procès-verbal signé, avec les suffrages de chaque membre",
	"kind-without-rule":         "le texte qui dit comment l'instance décide sur les points de cette nature, ou la nature bien écrite ; puis le point modifié, ou une règle",
	"decision-annulled":         "le jugement, sa date d'effet, et s'il en a été fait appel",
	"against-rule":              "la pièce sur laquelle repose la commande, et qui tenait le registre : le programme n'enregistre pas ce qu'une règle refuse",
	"against-form":              "qui tenait le registre : le programme n'enregistre pas de commande sans forme",
	"given-by-nothing":          "qui tenait le registre : le programme n'enregistre pas d'événement de lui-même ; une copie de l'archive d'alors montre s'il y figurait",
	"other-command":             "une copie de l'archive d'alors, et qui tenait le registre",
	"other-surroundings":        "la pièce que nomme la commande, et une copie de l'archive d'alors",
	"consequence-missing":       "une copie de l'archive d'alors : ce qui découle d'une commande est enregistré avec elle, il a donc été ôté, ou jamais écrit",
	"tally-unfounded":           "les bulletins ou le procès-verbal signé ; une copie de l'archive d'alors montre si ce sont les suffrages ou le dépouillement qui ont changé",
	"roll-unfounded":            "la feuille de présence, les pouvoirs et le texte qui donnait les voix ; une copie de l'archive d'alors",
	"entry-unfounded":           "les délibérations et les signatures, datées",
	"command-twice":             "une copie de l'archive d'alors : une commande n'est enregistrée qu'une fois",
	"event-id-twice":            "une copie de l'archive d'alors : le programme fait un nouvel identifiant pour chaque événement",
	"instant-goes-back":         "un point de contrôle cosigné entre les deux instants : ce qu'un témoin avait vu alors est plus ancien que sa signature",
	"instant-ahead":             "une horloge que l'on sait juste ; puis un point de contrôle cosigné qui contient l'événement",
	"event-id-time":             "un point de contrôle cosigné entre les deux instants, ou le journal de l'horloge de la machine",
	"answer-left":               "une rectification de la réponse, si elle vise le mauvais constat ; sinon rien : ce à quoi elle répondait n'est plus",
	"evidence-erased":           "l'ordre par lequel elle a été effacée ; qui en a gardé copie se reconnaît à l'empreinte",
	"event-id-other":            "qui a fait les identifiants : la démonstration fait les siens, et d'autres programmes le peuvent",
}
