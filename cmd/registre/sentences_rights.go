package main

import (
	"fmt"
	"maps"

	"registre/domain"
)

func init() {
	maps.Copy(words, rightWords)
	maps.Copy(rulesFR, rightRules)
	maps.Copy(faults, rightFaults)
}

// rightFaults are the sentences for what goes wrong with rights.
var rightFaults = map[string]saying{
	"too-fast":   {"R0888", "C'est trop de demandes à la fois, ou trop vite.", "These are too many requests at once, or too fast.", "Réessayer dans %[1]s s.", "Try again in %[1]s s."},
	"house-only": {"R0887", "Seul le registre de la maison répond à cela : %[1]s", "Only the house register answers this: %[1]s", "Le demander du registre « registre ».", "Ask it of the register “registre”."},
}

var rightWords = map[string][2]string{
	"right-granted": {"droit donné", "right granted"}, "right-ended": {"fin de droit", "end of a right"},
	domain.Secretary: {"secrétaire", "secretary"}, domain.MemberClerk: {"agent d'un membre", "member's clerk"}, domain.SittingOfficer: {"secrétaire de séance", "officer of a sitting"},
	domain.Auditor: {"contrôleur", "auditor"}, domain.Subscriber: {"abonné", "subscriber"}, domain.Operator: {"exploitant", "operator"}, domain.Public: {"public", "public"},
}

var rightRules = map[string]string{
	"R0224": "le droit qui prend fin doit avoir été donné",
	"R0357": "un droit qui prend fin est en vigueur ce jour-là",
}

// rightData is what events about rights say.
type rightData struct {
	Every     bool
	Groups    []string
	Principal string
	Right     uint64
}

// sayRight makes a sentence of an event about a right; "" of any other.
func (a *app) sayRight(kind string, d *actData) string {
	switch kind {
	case "right-granted":
		says := fmt.Sprintf(a.tr("%s peut agir comme %s", "%s may act as %s"), d.Principal, a.word(d.Role))
		if where := a.extent(d.Every, d.Groups, d.Member, d.Body, d.Sitting); where != "" {
			says += " (" + where + ")"
		}
		if d.Until != "" {
			says += fmt.Sprintf(a.tr(", jusqu'au %s exclu", ", until %s"), d.Until)
		}
		return says + "."
	case "right-ended":
		return fmt.Sprintf(a.tr("Le droit #%d prend fin : %s", "Right #%d ends: %s"), d.Right, d.Reason)
	}
	return ""
}
