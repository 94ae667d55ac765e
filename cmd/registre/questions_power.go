package main

import (
	"errors"
	"fmt"
	"strings"

	"registre/domain"
	"registre/domain/power"
	"registre/projections"
)

type powerTold struct {
	projections.PowerAnswer
	behind
}

func powerAsked(a *asked) (told powerTold, err error) {
	of, err := powerOf(a.more)
	if err != nil {
		return told, err
	}
	body := domain.BodyID(a.more["body"])
	p, err := projections.Power(a.state, a.Question, body, of)
	if err != nil {
		return told, powerFault(string(body), err)
	}
	var events []uint64
	for _, d := range p.Days {
		if d.Applied {
			events = append(events, d.RuleEvent)
		}
		for i := range d.Members {
			events = append(events, d.Members[i].Why...)
			if !a.why() {
				d.Members[i].Why = nil
			}
		}
	}
	return powerTold{p, a.behind(events)}, nil
}

// powerOf reads under which rule power is asked for, and on which other day, as the verb's flags say it.
func powerOf(more map[string]string) (of projections.PowerAsked, err error) {
	of = projections.PowerAsked{CompareBody: domain.BodyID(more["compare_body"]), Coalitions: more["coalitions"] != ""}
	if of.CompareBody == "" {
		of.CompareBody = domain.BodyID(more["body"])
	}
	for _, m := range []struct {
		name, flag, of string
		into           **domain.Threshold
	}{{"majority", "--majority", domain.Weights, &of.Majority}, {"members_majority", "--members-majority", domain.Heads, &of.Members}} {
		text := more[m.name]
		if text == "" {
			continue
		}
		t, ok := projections.ParseMajority(text, m.of)
		if !ok {
			return of, misuse("power-majority", m.flag, text)
		}
		*m.into = &t
	}
	if text := more["compare"]; text != "" {
		day, err := domain.ParseDay(text)
		if err != nil {
			return of, misuse("day-unreadable", text, err.Error())
		}
		of.Compare = &day
	}
	return of, nil
}

// powerFault says why there is no power to tell of.
func powerFault(body string, err error) error {
	refused := func(name, subject, detail string) *Fault {
		return &Fault{Exit: exitRefused, Code: codeOf(name), Name: name, Subject: subject, Detail: detail}
	}
	var undetermined *projections.UndeterminedError
	var tooLarge *power.TooLargeError
	switch {
	case errors.As(err, &undetermined):
		names := make([]string, len(undetermined.Members))
		for i, m := range undetermined.Members {
			names[i] = string(m)
		}
		f := refused("power-undetermined", string(undetermined.Body), strings.Join(names, ", "))
		f.Day = undetermined.Day.String()
		return f
	case errors.As(err, &tooLarge):
		units := make([]string, len(tooLarge.Units))
		for i, u := range tooLarge.Units {
			units[i] = fmt.Sprint(u)
		}
		return refused("power-too-large", body, fmt.Sprintf("%d × %s > %d", tooLarge.Players, strings.Join(units, " × "), power.MaxCells))
	case errors.Is(err, power.ErrTooFine):
		return refused("power-too-fine", body, "")
	case errors.Is(err, power.ErrPlayers):
		return refused("power-members", body, fmt.Sprint(power.MaxPlayers))
	case errors.Is(err, power.ErrNobodyWins), errors.Is(err, power.ErrEverybodyWins):
		return refused("power-no-decision", body, "")
	}
	return err
}
