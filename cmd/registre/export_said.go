package main

import (
	"strings"

	"registre/domain"
)

// saidCells say, by the key of a column, what stands in its cells in the tables of a French spreadsheet. Everywhere else they hold
// codes, which do not change with the language: JSON Lines and English tables.
var saidCells = map[string]func(a *app, cell string) string{
	"outcome": func(a *app, s string) string { return a.outcomeWord(s, ofDecision) },
	"recount": func(a *app, s string) string {
		outcome, option, chosen := strings.Cut(s, " ")
		if outcome = a.outcomeWord(outcome, ofDecision); chosen {
			outcome += " : " + option
		}
		return outcome
	},
	"legal": (*app).word, "status": (*app).word,
	"ballot":         func(_ *app, s string) string { return among(ballotWords, s) },
	"roles":          wordsIn(" ", ", ", (*app).word),
	"headcount_kind": func(_ *app, s string) string { return among(headcountWords, s) },
	"quorum":         thresholdCells, "majority": thresholdCells, "blocking": thresholdCells,
	"counts": sensesIn, "chosen": sensesIn, "options": decimalsIn, "for": decimalsIn, "against": decimalsIn, "abstain": decimalsIn,
	"represented": decimalsIn, "absent": decimalsIn, "recused": decimalsIn,
	"tie": yesCell, "asserted": yesCell, "written": yesCell, "second_notice": yesCell, "second_round": yesCell, "undetermined": yesCell, "double": yesCell,
	"in_deliberations": yesCell,
}

// ballotWords are the manners of voting in French.
var ballotWords = map[string]string{domain.Final: "public, sans retour", domain.Changeable: "public, modifiable jusqu'à la clôture", domain.Secret: "secret"}

// headcountWords are the kinds of headcount in French, as the import of a table reads them.
var headcountWords = map[string]string{
	string(domain.Forecast): "prévisionnel", string(domain.Official): "constaté", string(domain.Live): "comptes",
}

// among is the word for a code; a code that has none as it is.
func among(words map[string]string, code string) string {
	if w, ok := words[code]; ok {
		return w
	}
	return code
}

func yesCell(*app, string) string { return "oui" }

// wordsIn says each of several codes.
func wordsIn(between, joined string, say func(*app, string) string) func(*app, string) string {
	return func(a *app, cell string) string {
		all := strings.Split(cell, between)
		for i := range all {
			all[i] = say(a, all[i])
		}
		return strings.Join(all, joined)
	}
}

func thresholdCells(a *app, cell string) string { return a.thresholdsSaid(strings.Split(cell, " ; ")) }

// decimalsIn puts the comma into the weights of a cell: region=4,5.
func decimalsIn(_ *app, cell string) string { return strings.ReplaceAll(cell, ".", ",") }

var senseCodes = strings.NewReplacer(":for=", ":pour=", "+for=", "+pour=", ":against=", ":contre=", "+against=", "+contre=", ":abstain=", ":abstention=", "+abstain=", "+abstention=")

// sensesIn says the senses of votes in a cell too: 4,5:pour=3.
func sensesIn(a *app, cell string) string { return decimalsIn(a, senseCodes.Replace(cell)) }

// said makes a row what a table in the user's language has.
func (a *app) said(x *extract, row []string) {
	for i, key := range x.columns {
		if say := saidCells[key]; say != nil && row[i] != "" {
			row[i] = say(a, row[i])
		}
	}
}
