package domain_test

import (
	"fmt"

	. "registre/domain"
	"registre/domain/domaintest"
)

// What the oracle says of documents and of answers to findings: it reads the facts in their order, and keeps the last word of each.

func papersOf(events []Event, q Pair) (lines []string) {
	all := facts(corrected(events, q.Known))
	for i := range domaintest.Documents {
		if line := documentLine(all, Hash{byte(i + 1), 31: 7}, q.At); line != "" {
			lines = append(lines, line)
		}
	}
	for _, f := range all {
		if a, ok := f.act.(*FindingAnswered); ok && f.day <= q.At {
			lines = append(lines, fmt.Sprintf("answer #%d %v %+v", f.number, f.day, *a))
		}
	}
	return lines
}

func documentLine(all []fact, h Hash, at Day) (line string) {
	var said *DocumentAdded
	var by, since, erased uint64
	var from Day
	kept := false
	for _, f := range all {
		if f.day > at {
			break
		}
		switch a := f.act.(type) {
		case *DocumentAdded:
			if a.SHA256 == h {
				said, by = a, f.number
			}
		case *DocumentKept:
			if a.SHA256 == h {
				kept, from, since = true, a.From, f.number
			}
		case *DocumentErased:
			if a.SHA256 == h {
				erased = f.number
			}
		}
	}
	if said == nil {
		return ""
	}
	if !kept && said.From != 0 {
		from, since = said.From, by
	}
	return fmt.Sprintf("document %v #%d %s from %v #%d erased #%d, to be kept %s", h, by, said.Reference, from, since, erased, keptLine(said.Kind, from))
}

func keptLine(kind string, from Day) string {
	years := map[string]int{"award": 5, "execution": 10}[kind]
	switch {
	case kind == "deliberation":
		return "for-ever 0"
	case years == 0:
		return "unsaid 0"
	case from == 0:
		return "unbegun 0"
	}
	for n := 1; ; n++ { // the days are counted one by one
		y, m, d := from.AddDays(n).Civil()
		fy, fm, fd := from.Civil()
		if y == fy+years && (m > fm || m == fm && d >= fd) {
			return fmt.Sprintf("until %d", from.AddDays(n))
		}
	}
}

func papersSaid(g *Group, q Pair) (lines []string) {
	for _, row := range g.Documents(q) {
		how, until := row.Keeping()
		lines = append(lines, fmt.Sprintf("document %v #%d %s from %v #%d erased #%d, to be kept %s %d", row.SHA256, row.Event, row.Reference, row.Since, row.SinceEvent, row.ErasedBy, how, until))
	}
	for _, a := range g.Answers(q) {
		lines = append(lines, fmt.Sprintf("answer #%d %v %+v", a.Event, a.Day, *a.FindingAnswered))
	}
	return lines
}

func renderPapers(g *Group, q Pair, say func(...any)) {
	for _, line := range papersSaid(g, q) {
		say(line)
	}
	row, ok := g.Document(Hash{1, 31: 7}, q)
	say(row.Event, row.Since, row.SinceEvent, row.ErasedBy, ok)
}
