package main

import (
	"fmt"
	"maps"
	"strings"

	"registre/domain"
)

func init() { maps.Copy(faults, powerFaults) }

// powerFaults are the sentences for what keeps power from being told.
var powerFaults = map[string]saying{
	"power-majority":     {"R0920", "%[1]s : ce n'est pas une majorité : %[2]s", "%[1]s: this is not a majority: %[2]s", "Écrire « >1/2 » (plus de la moitié) ou « >=2/3 » (au moins deux tiers), entre guillemets ; 1/2 vaut >1/2, toute autre fraction seule vaut « au moins ».", "Write '>1/2' (more than half) or '>=2/3' (at least two thirds), quoted; 1/2 alone is >1/2, any other fraction alone is \"at least\"."},
	"power-undetermined": {"R0921", "%[1]s : personne n'a dit quelles sont les voix de %[2]s ; nul ne peut donc dire qui y décide.", "%[1]s: nobody has said what the weights of %[2]s are; so nobody can say who decides there.", "« registre weights » montre ce qui manque ; un avenant ou une décision le fixe.", "`registre weights` shows what is missing; an avenant or a decision sets it."},
	"power-too-large":    {"R0922", "%[1]s : trop grand pour un compte exact (membres × unités communes de voix dont on peut se passer) : %[2]s", "%[1]s: too large for an exact count (members × common units of voices that can be spared): %[2]s", "Des voix de même proportion dans une unité plus grosse y ramènent. Rien n'est estimé à la place.", "Weights in the same proportion in a coarser unit bring it back. Nothing is estimated in its place."},
	"power-too-fine":     {"R0923", "%[1]s : ces voix n'ont pas d'unité commune assez grosse pour un compte exact.", "%[1]s: these weights have no common unit coarse enough for an exact count.", "Des voix aux dénominateurs plus petits y ramènent. Rien n'est estimé à la place.", "Weights with smaller denominators bring it back. Nothing is estimated in its place."},
	"power-members":      {"R0924", "%[1]s : plus de membres que l'on n'en compte exactement (%[2]s).", "%[1]s: more members than are counted exactly (%[2]s).", "", ""},
	"power-no-decision":  {"R0925", "%[1]s : sous cette règle, rien n'y passe jamais, ou tout : toutes les voix sont nulles, ou elle demande plus qu'il n'y a.", "%[1]s: under this rule nothing ever passes there, or everything: all weights are 0, or it asks for more than there is.", "", ""},
}

// sayPowerRule says under which rule power is told on a day, and whose rule it is. asked: the question names it.
func (a *app) sayPowerRule(d *powerDay, asked bool) string {
	var says []string
	for _, t := range d.Majority {
		says = append(says, a.sayThreshold(t))
	}
	rule := strings.Join(says, a.tr(", et ", ", and "))
	for _, t := range d.Blocking {
		rule += a.tr(" ; bloquent, contre : ", "; against, what blocks: ") + a.sayThreshold(t)
	}
	if d.Casting != "" {
		rule += fmt.Sprintf(a.tr(" ; à égalité, le côté de %s l'emporte", "; of a tie, the side of %s wins"), d.Casting)
	}
	if d.Voters != "" {
		rule += map[string]string{
			domain.AllMembers:  a.tr(" ; votent tous les membres du groupement", "; all members of the group vote"),
			domain.TheseVoters: a.tr(" ; votent ceux que la règle nomme", "; those whom the rule names vote"),
		}[d.Voters]
	}
	event := decimal(d.RuleEvent)
	switch {
	case d.Applied:
		return fmt.Sprintf(a.tr("Hypothèse : tous votent, pour ou contre, selon la règle du registre (#%s) : %s.", "Hypothetical: all vote, for or against, by the register's rule (#%s): %s."), event, rule)
	case asked && d.RuleEvent == 0:
		return fmt.Sprintf(a.tr("Hypothèse : %s, comme demandé ; le registre ne fixe pas de règle de vote pour cette instance.", "Hypothetical: %s, as asked; the register sets no voting rule for this body."), rule)
	case asked:
		return fmt.Sprintf(a.tr("Hypothèse : %s, comme demandé ; la règle du registre (#%s) n'est pas appliquée.", "Hypothetical: %s, as asked; the register's rule (#%s) is not applied."), rule, event)
	}
	return fmt.Sprintf(a.tr("Hypothèse : %s, puisque le registre ne fixe pas de règle de vote pour cette instance.", "Hypothetical: %s, since the register sets no voting rule for this body."), rule)
}

func (a *app) sayThreshold(t domain.Threshold) string { return t.Sentence(domain.Language(a.lang)) }
