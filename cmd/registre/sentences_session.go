package main

import (
	"maps"
	"strings"
)

func init() {
	maps.Copy(words, sessionWords)
	maps.Copy(faults, sessionFaults)
	maps.Copy(findingsSay, sessionFindings)
}

// sessionFaults are the sentences for what goes wrong when sittings, votes and decisions are written and read.
var sessionFaults = map[string]saying{
	"sitting-unknown":   {"R0561", "Aucune séance ne s'appelle « %[1]s » ce jour-là, à ce qu'on en sait.", "No sitting is called %[1]q on that day, as known.", "« registre sittings » les énumère ; une séance se nomme aussi par le numéro de sa convocation.", "`registre sittings` lists them; the number of the event that convened one is a name of it too."},
	"sitting-like":      {"R0562", "Aucune séance ne s'appelle « %[1]s ». Serait-ce %[2]s ?", "No sitting is called %[1]q. Did you mean %[2]s?", "« registre sittings » les énumère.", "`registre sittings` lists them."},
	"decision-unknown":  {"R0563", "L'événement %[1]s n'est pas une décision ce jour-là, à ce qu'on en sait.", "Event %[1]s is no decision on that day, as known.", "« registre decisions » les énumère.", "`registre decisions` lists them."},
	"decision-like":     {"R0564", "L'événement %[1]s est d'un vote ; sa décision est %[2]s.", "Event %[1]s is part of a vote; its decision is %[2]s.", "Demander la décision par ce numéro.", "Ask for the decision by that number."},
	"member-unknown":    {"R0565", "Aucun membre ne s'appelle « %[1]s ».", "No member is called %[1]q.", "« registre members » les énumère.", "`registre members` lists them."},
	"member-like":       {"R0566", "Aucun membre ne s'appelle « %[1]s ». Serait-ce %[2]s ?", "No member is called %[1]q. Did you mean %[2]s?", "« registre members » les énumère.", "`registre members` lists them."},
	"body-unknown":      {"R0567", "Aucune instance ne s'appelle « %[1]s ».", "No body is called %[1]q.", "« registre bodies » les énumère.", "`registre bodies` lists them."},
	"body-like":         {"R0568", "Aucune instance ne s'appelle « %[1]s ». Serait-ce %[2]s ?", "No body is called %[1]q. Did you mean %[2]s?", "« registre bodies » les énumère.", "`registre bodies` lists them."},
	"outcome-unknown":   {"R0569", "Un vote n'a pas ce résultat : %[2]s", "A vote has no such outcome: %[2]s", "L'un de adopted, rejected, unresolved, no-quorum, elected, second-round.", "One of adopted, rejected, unresolved, no-quorum, elected, second-round."},
	"item-form":         {"R0570", "Ce point ne se lit pas, ou aucun --item ne le nomme : %[2]s", "This item cannot be read, or no --item names it: %[2]s", "Écrire POINT=INTITULÉ, comme « 1=Budget 2024 ».", "Write ITEM=TITLE, as \"1=Budget 2024\"."},
	"instant-form":      {"R0571", "Cet instant ne se lit pas : %[2]s", "This instant cannot be read: %[2]s", "Écrire 2023-03-01T09:30:00+01:00, « 01/03/2023 9h30 », ou le jour seul.", "Write 2023-03-01T09:30:00+01:00, \"01/03/2023 9h30\", or the day alone."},
	"votes-form":        {"R0572", "Ces suffrages ne se lisent pas : %[2]s", "These votes cannot be read: %[2]s", "Écrire SENS=membre,membre : pour=a,b contre=c abstention=d ; pour=reste pour tous les autres.", "Write SENSE=member,member: for=a,b against=c abstain=d; for=rest for all others."},
	"votes-twice":       {"R0573", "%[1]s vote deux fois sur la ligne.", "%[1]s votes twice on the line.", "Une voix va dans un sens ; --split partage celles d'un membre.", "A member votes in one sense; --split divides its voices."},
	"rest-closed":       {"R0574", "« rest » désigne ceux qui n'ont pas voté, et aucun vote n'est ouvert sur le point %[1]s.", "rest means those who have not voted, and no vote is open on item %[1]s.", "Mettre le point aux voix : « registre vote open ».", "Put the item to vote: `registre vote open`."},
	"rest-nobody":       {"R0575", "« rest » désigne ceux qui n'ont pas voté, et il n'en reste aucun sur le point %[1]s : tous ont voté, ou sont nommés.", "rest means those who have not voted, and none is left on item %[1]s: all have voted, or are named.", "Retirer « rest » ; si tous ont voté, clore le vote : « registre vote close ».", "Take rest away; if all have voted, close the vote: `registre vote close`."},
	"split-form":        {"R0576", "Ce partage ne se lit pas : %[2]s", "This division cannot be read: %[2]s", "Écrire MEMBRE=SENS:VOIX,SENS:VOIX, comme cea=pour:1,5,contre:0,5.", "Write MEMBER=SENSE:WEIGHT,SENSE:WEIGHT, as cea=for:1.5,against:0.5."},
	"count-form":        {"R0577", "Ce décompte ne se lit pas : %[2]s", "This count cannot be read: %[2]s", "Écrire VOIX:SENS=NOMBRE, comme 1:pour=3 ; 0:pour=3 où seuls les membres comptent.", "Write WEIGHT:SENSE=NUMBER, as 1:for=3; 0:for=3 where heads alone count."},
	"observer-form":     {"R0578", "Cet observateur ne se lit pas : %[2]s", "This observer cannot be read: %[2]s", "Écrire IDENTIFIANT=NOM, comme « aa-nancy-metz=Académie de Nancy-Metz ».", "Write ID=NAME, as \"aa-nancy-metz=Académie de Nancy-Metz\"."},
	"option-form":       {"R0579", "Cette option ne se lit pas, ou aucun --item ne nomme son point : %[2]s", "This option cannot be read, or no --item names its item: %[2]s", "Écrire POINT:OPTION=INTITULÉ, comme « 3:blue=Bleu ».", "Write ITEM:OPTION=TITLE, as \"3:blue=Blue\"."},
	"mark-form":         {"R0418", "Un scrutin secret ne dit rien du sens d'un vote : %[2]s", "A secret ballot says nothing of how somebody votes: %[2]s", "Nommer les votants seuls, comme « cea moselle » ; « rest » désigne tous ceux qui n'ont pas encore voté.", "Name the voters alone, as cea moselle; rest stands for all who have not voted yet."},
	"receivers-missing": {"R0583", "Qui a reçu la convocation n'est pas dit.", "It is not said who had the notice.", "Nommer après la séance les membres qui l'ont reçue ; un envoi (--sent) sans membre est fait à tous.", "Name the members who had it behind the sitting; one that was sent (--sent) to nobody by name was sent to all."},
	"period-reversed":   {"R0419", "La période finit (%[2]s) avant de commencer (%[1]s).", "The period ends (%[2]s) before it begins (%[1]s).", "Donner avec --from un jour qui ne vient pas après celui de --to.", "Give --from a day that does not come after that of --to."},
}

// sessionFindings are the sentences for what an audit finds in sittings, votes and decisions.
var sessionFindings = map[string][2]string{
	"notice-too-short":      {"{subject} : convocation envoyée {clear} jours francs avant, la règle en demande {days} ; envoyée trop tard à : {members}.", "{subject}: the notice was sent {clear} clear days before, the rule asks for {days}; sent too late to: {members}."},
	"notice-unrecorded":     {"{subject} : aucune convocation n'est enregistrée pour : {members} ; la règle la demande {days} jours francs avant.", "{subject}: no notice is recorded to: {members}; the rule asks for one {days} clear days before."},
	"recount-differs":       {"décision #{subject}, {sitting}, point {item} : proclamé « {outcome} », les suffrages donnent « {recounted} » ({differs}) ; la décision reste.", "decision #{subject}, {sitting}, item {item}: proclaimed “{outcome}”, the votes come to “{recounted}” ({differs}); the decision stays."},
	"roll-differs":          {"{subject}, point {item} : les voix de la liste ne sont plus celles que dit le registre ({weights}) ; le résultat reste.", "{subject}, item {item}: the weights on the roll are not those that the register now tells of ({weights}); the result stays."},
	"annulled-still-counts": {"décision #{subject} « {title} » : annulée depuis le {from}, ses changements ({changes}) comptent toujours.", "decision #{subject} “{title}”: annulled from {from}, its changes ({changes}) still count."},
	"decision-asserted":     {"{body}, décision #{subject} « {title} » : affirmée sans vote, elle ne peut pas être recalculée.", "{body}, decision #{subject} “{title}”: asserted, it cannot be recomputed."},
	"kind-without-rule":     {"{subject}, point {item} : {body} n'a pas de règle propre à la nature « {kind} », mais en a pour : {others} ; le vote a suivi celle de tous les points.", "{subject}, item {item}: {body} has no rule of its own for the kind “{kind}”, but has for: {others}; the vote followed that of all items."},
}

// sessionWords are the codes that answers about sittings use, in both languages; those of the events stand with these.
var sessionWords = map[string][2]string{
	"convened": {"convoquée", "convened"}, "open": {"ouverte", "open"}, "suspended": {"suspendue", "suspended"}, "adjourned": {"ajournée", "adjourned"}, "closed": {"close", "closed"},
	"pending": {"à traiter", "to be dealt with"}, "voting": {"aux voix", "being voted on"}, "decided": {"décidé", "decided"}, "postponed": {"reporté", "postponed"}, "in-parts": {"divisé", "voted in parts"},
	"stands": {"valable", "stands"}, "annulled-from": {"annulée depuis", "annulled from"}, "no-result": {"rien n'est décidé", "nothing is decided"},
	"arrived": {"le mandant est arrivé", "its grantor came"}, "revoked": {"retiré", "revoked"},
}

// recountWords are what a recount can come out otherwise in.
var recountWords = map[string][2]string{
	"abstain": {"abstentions", "abstentions"}, "not_voted": {"sans vote", "not voted"}, "option": {"option retenue", "chosen option"}, "outcome": {"résultat", "outcome"},
	"present": {"présents", "present"}, "tie": {"égalité", "tie"}, "total": {"total", "total"}, "votes": {"suffrages", "votes"},
}

// differing says in what a recount comes out otherwise.
func (a *app) differing(in []string) string {
	says := make([]string, len(in))
	for i, code := range in {
		w := recountWords[code]
		says[i] = a.tr(w[0], w[1])
	}
	return strings.Join(says, ", ")
}
