package main

import "registre/domain"

// What an outcome is said of: French words agree with it.
type agreement int

const (
	ofItem     agreement = iota // un point est adopté
	ofDecision                  // une décision est adoptée
)

// outcomeWords are the outcomes: in French of an item and of a decision, and in English.
var outcomeWords = map[string][3]string{
	domain.Adopted:     {"adopté", "adoptée", "adopted"},
	domain.Rejected:    {"rejeté", "rejetée", "rejected"},
	domain.Unresolved:  {"sans résultat", "sans résultat", "without a result"},
	domain.NoQuorum:    {"sans décision, faute de quorum", "sans effet, faute de quorum", "not decided, for want of a quorum"},
	domain.Elected:     {"option choisie", "option choisie", "chosen"},
	domain.SecondRound: {"à départager au second tour", "à départager au second tour", "to be chosen in a second round"},
}

// outcomeWord says an outcome in the user's language; a code that is none as it is.
func (a *app) outcomeWord(outcome string, of agreement) string {
	w, ok := outcomeWords[outcome]
	if !ok {
		return outcome
	}
	return a.tr(w[of], w[2])
}
