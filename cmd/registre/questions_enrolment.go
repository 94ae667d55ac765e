package main

import (
	"slices"
	"strings"

	"registre/domain"
	"registre/projections"
)

type enrolmentTold struct {
	projections.EnrolmentAnswer
	behind
}

func enrolmentAsked(a *asked) (told enrolmentTold, err error) {
	of, err := enrolmentOf(a.more)
	if err != nil {
		return told, err
	}
	answer := projections.Enrolment(a.state, a.Question, of)
	var events []uint64
	if a.why() || a.IsIllustrative(a.Known) {
		events = a.state.EnrolmentEvents(a.Pair(), of.Where)
		if answer.Series != nil {
			for _, step := range *answer.Series {
				events = append(events, a.state.EnrolmentEvents(domain.Pair{At: step.Day, Known: a.Known}, of.Where)...)
			}
		}
	}
	return enrolmentTold{answer, a.behind(events)}, nil
}

// enrolmentOf reads which lines are asked for: "by", "where", "series" and "lines", as the verb's flags say them.
func enrolmentOf(more map[string]string) (of projections.EnrolmentAsked, err error) {
	if by := more["by"]; by != "" {
		for name := range strings.SplitSeq(by, ",") {
			d, ok := domain.ParseDimension(name)
			if !ok || len(of.By) == 2 || slices.Contains(of.By, d) {
				return of, misuse("enrolment-by", "--by", by)
			}
			of.By = append(of.By, d)
		}
	}
	if where := more["where"]; where != "" {
		for text := range strings.SplitSeq(where, "\n") {
			name, value, said := strings.Cut(text, "=")
			d, ok := domain.ParseDimension(name)
			if !ok || !said {
				return of, misuse("enrolment-where", "--where", text)
			}
			of.Where = append(of.Where, domain.Filter{By: d, Value: value})
		}
	}
	if series := more["series"]; series != "" {
		first, last, _ := strings.Cut(series, "..")
		from, err := domain.ParseDay(first)
		to, toErr := domain.ParseDay(last)
		if err != nil || toErr != nil || to < from {
			return of, misuse("enrolment-series", "--series", series)
		}
		of.Series = &domain.Period{From: from, To: to + 1}
	}
	of.Lines = more["lines"] != ""
	return of, nil
}

type linesTold struct {
	projections.LinesAnswer
	behind
}

// linesAsked answers with lines as a table has them: "where" as the verb's flag says it, "history" for those of all days.
func linesAsked(a *asked) (told linesTold, err error) {
	of, err := enrolmentOf(asking("where", a.more["where"]))
	if err != nil {
		return told, err
	}
	answer := projections.LinesAnswer{}
	if a.more["history"] == "" {
		answer = projections.Lines(a.state, a.Question, of.Where)
	} else {
		if answer, err = lineHistory(a, of.Where); err != nil {
			return told, err
		}
	}
	return a.linesTold(answer), nil
}

func (a *asked) linesTold(answer projections.LinesAnswer) linesTold {
	var events []uint64
	for _, l := range answer.Lines {
		if n := len(events); n < 2 || events[n-1] != l.Event || events[n-2] != l.Issue {
			events = append(events, l.Issue, l.Event)
		}
	}
	return linesTold{answer, a.behind(events)}
}

// lineHistory refuses filters of what is another from day to day.
func lineHistory(a *asked, where []domain.Filter) (none projections.LinesAnswer, err error) {
	for _, f := range where {
		switch f.By {
		case domain.ByFormerly, domain.ByAgreement, domain.ByCycle, domain.ByHeadcountKind:
		default:
			return none, misuse("export-history", "--where", f.By.String()+"="+f.Value)
		}
	}
	return projections.LineHistory(a.state, a.Question, where), nil
}

type ceilingTold struct {
	projections.CeilingsAnswer
	behind
}

func ceilingAsked(a *asked) (told ceilingTold, err error) {
	answer := projections.Ceilings(a.state, a.Question)
	var events []uint64
	for _, c := range answer.Ceilings {
		events = append(events, c.Event)
	}
	for _, o := range a.state.Orders(a.Pair()) {
		if slices.ContainsFunc(answer.Ceilings, func(c projections.CeilingEntry) bool { return c.Agreement == o.Agreement && c.From <= o.Issued.First }) {
			events = append(append(events, o.Event), o.Amendments...)
		}
	}
	return ceilingTold{answer, a.behind(events)}, nil
}

type duplicatesTold struct {
	projections.DuplicatesAnswer
	behind
}

func duplicatesAsked(a *asked) (told duplicatesTold, err error) {
	answer := projections.Duplicates(a.state, a.Question)
	var events []uint64
	for _, d := range answer.Duplicates {
		events = append(events, d.Line.Event, d.Later.Event)
	}
	return duplicatesTold{answer, a.behind(events)}, nil
}
