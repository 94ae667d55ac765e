package main

import (
	"fmt"
	"strconv"
	"strings"
)

func (a *app) printf(sentence string, args ...any) { fmt.Fprintf(a.out, sentence, args...) }

// number writes a weight as people of the language do: 4,5 in French.
func (a *app) number(weight string) string {
	if a.lang == "fr" {
		return strings.Replace(weight, ".", ",", 1)
	}
	return weight
}

// numbers lists events as #1 #7.
func numbers(events []uint64) string {
	s := make([]string, len(events))
	for i, n := range events {
		s[i] = "#" + strconv.FormatUint(n, 10)
	}
	return strings.Join(s, " ")
}

// showDoubts says which days are not known exactly.
func (a *app) showDoubts(doubts []doubt) {
	for _, d := range doubts {
		a.printf("\n%s\n", format(a.tr(
			"Attention : de l'événement %[1]s on ne connaît que la date « %[2]s » ; la réponse pourrait être autre.",
			"Mind: the day of event %[1]s is only known as %[2]s; the answer could be another."),
			"#"+strconv.FormatUint(d.Event, 10), d.Effective))
	}
}
