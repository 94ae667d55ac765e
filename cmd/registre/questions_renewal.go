package main

import (
	"registre/domain"
	"registre/projections"
)

type renewalTold struct {
	projections.RenewalAnswer
	behind
}

func renewalAsked(a *asked) (told renewalTold, err error) {
	of, err := renewalOf(a.more)
	if err != nil {
		return told, err
	}
	answer := projections.Renewal(a.state, a.Question, of)
	var events []uint64
	for _, d := range answer.Drafts {
		for _, l := range d.Lines {
			if n := len(events); n == 0 || events[n-1] != l.Event {
				events = append(events, l.Event)
			}
		}
	}
	return renewalTold{answer, a.behind(events)}, nil
}

// daysOfDrift is by how much a day that is moved by years may be moved more than the days between, for leap years.
const daysOfDrift = 2

// renewalOf reads what is to be renewed: "from", "to", "member" and "agreement", as the verb's flags say them.
func renewalOf(more map[string]string) (of projections.RenewalAsked, err error) {
	of.Member, of.Agreement = domain.MemberID(more["member"]), domain.AgreementID(more["agreement"])
	if of.From, err = domain.ParseDay(more["from"]); err != nil {
		return of, misuse("day-unreadable", "--from", more["from"])
	}
	if of.To, err = domain.ParseDay(more["to"]); err != nil {
		return of, misuse("day-unreadable", "--to", more["to"])
	}
	if of.To <= of.From {
		return of, misuse("renew-days", "", more["from"]+" … "+more["to"])
	}
	if domain.LastDay-of.To < of.To-of.From+daysOfDrift { // the last order form of the earlier period would end after that
		return of, misuse("renew-far", "", more["from"]+" … "+more["to"])
	}
	return of, nil
}
