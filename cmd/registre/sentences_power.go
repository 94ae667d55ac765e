package main

import (
	"fmt"
	"maps"
	"strings"
)

func init() { maps.Copy(faults, powerFaults) }

// powerFaults are the sentences for what keeps power from being told.
var powerFaults = map[string]saying{
	"power-majority":     {"R0920", "%[1]s : ce n'est pas une majorité : %[2]s", "%[1]s: this is not a majority: %[2]s", "Écrire « >1/2 » (plus de la moitié) ou « >=2/3 » (au moins deux tiers), entre guillemets ; 1/2 vaut >1/2, toute autre fraction seule vaut « au moins ».", "Write '>1/2' (more than half) or '>=2/3' (at least two thirds), quoted; 1/2 alone is >1/2, any other fraction alone is \"at least\"."},
	"power-undetermined": {"R0921", "%[1]s : personne n'a dit quelles sont les voix de %[2]s ; nul ne peut donc dire qui y décide.", "%[1]s: nobody has said what the weights of %[2]s are; so nobody can say who decides there.", "« registre weights » montre ce qui manque ; un avenant ou une décision le fixe.", "`registre weights` shows what is missing; an avenant or a decision sets it."},
	"power-too-large":    {"R0922", "%[1]s : trop grand pour un compte exact (membres × unités communes de voix dont on peut se passer) : %[2]s", "%[1]s: too large for an exact count (members × common units of voices that can be spared): %[2]s", "Des voix de même proportion dans une unité plus grosse y ramènent. Rien n'est estimé à la place.", "Weights in the same proportion in a coarser unit bring it back. Nothing is estimated in its place."},
	"power-too-fine":     {"R0923", "%[1]s : ces voix n'ont pas d'unité commune assez grosse pour un compte exact.", "%[1]s: these weights have no common unit coarse enough for an exact count.", "Des voix aux dénominateurs plus petits y ramènent. Rien n'est estimé à la place.", "Weights with smaller denominators bring it back. Nothing is estimated in its place."},
	"power-members":      {"R0924", "%[1]s : plus de membres que l'on n'en compte exactement (%[2]s).", "%[1]s: more members than are counted exactly (%[2]s).", "", ""},
	"power-no-voices":    {"R0925", "%[1]s : toutes les voix y sont nulles ; nul ne décide de rien.", "%[1]s: all weights are 0 there; nobody decides anything.", "", ""},
}

// sayMajority says a majority, as ">1/2", of something.
func (a *app) sayMajority(m, ofFR, of string) string {
	fraction, strict := strings.CutPrefix(m, ">")
	fraction, least := strings.CutPrefix(fraction, "=")
	if fraction == "1/2" {
		fraction = a.tr("la moitié", "half")
	}
	says := a.tr("strictement plus de ", "strictly more than ")
	if !strict || least {
		says = a.tr("au moins ", "at least ")
	}
	return says + fraction + " " + a.tr(ofFR, of)
}

// sayPowerRule says under which rule power is told, and that it is none of the register's.
func (a *app) sayPowerRule(p *powerAnswer, byDefault bool) string {
	rule := a.sayMajority(p.Majority, "de toutes les voix", "of all voices")
	if p.MembersMajority != "" {
		rule += a.tr(", et ", ", and ") + a.sayMajority(p.MembersMajority, "des membres qui portent des voix", "of the members that hold a weight")
	}
	if byDefault {
		return fmt.Sprintf(a.tr("Hypothèse : %s, puisque le registre ne fixe pas de règle de vote pour cette instance.", "Hypothetical: %s, since the register sets no voting rule for this body."), rule)
	}
	return fmt.Sprintf(a.tr("Hypothèse : %s, comme demandé ; le registre ne fixe pas de règle de vote pour cette instance.", "Hypothetical: %s, as asked; the register sets no voting rule for this body."), rule)
}
