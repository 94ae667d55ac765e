package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"registre/domain"
	"registre/projections"
)

type whatIfTold struct {
	projections.WhatIfAnswer
	behind
}

func whatIfAsked(a *asked) (told whatIfTold, err error) {
	of, err := whatIfOf(a.more)
	if err != nil {
		return told, err
	}
	n, err := strconv.ParseUint(a.more["decision"], 10, 64)
	if err != nil {
		return told, misuse("what-if-decision", a.more["decision"], "")
	}
	w, err := projections.WhatIf(a.state, a.Question, n, of)
	if err != nil {
		return told, a.whatIfFault("#"+a.more["decision"], of, err)
	}
	b := a.behind(w.Why)
	if !a.why() {
		w.Why = nil
	}
	return whatIfTold{w, b}, nil
}

type whatIfCoalitionsTold struct {
	projections.CoalitionsAnswer
	behind
}

func whatIfCoalitionsAsked(a *asked) (told whatIfCoalitionsTold, err error) {
	of, err := whatIfOf(a.more)
	if err != nil {
		return told, err
	}
	var inFavour []domain.MemberID
	for _, m := range listed(a.more["for"]) {
		inFavour = append(inFavour, domain.MemberID(m))
	}
	c, err := projections.WhatIfCoalitions(a.state, a.Question, of.Body, of, inFavour)
	if err != nil {
		return told, a.whatIfFault(string(of.Body), of, err)
	}
	var events []uint64
	if c.Power.Applied || of.RuleOf == nil {
		events = append(events, c.Power.RuleEvent)
	}
	for i := range c.Power.Members {
		events = append(events, c.Power.Members[i].Why...)
		if !a.why() {
			c.Power.Members[i].Why = nil
		}
	}
	return whatIfCoalitionsTold{c, a.behind(events)}, nil
}

// listed takes a list apart: a,b,c.
func listed(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// whatIfOf reads what is supposed, as the verb's flags say it.
func whatIfOf(more map[string]string) (of *projections.WhatIfAsked, err error) {
	of = &projections.WhatIfAsked{Body: domain.BodyID(more["body"]), Turn: more["turn"] != ""}
	for _, m := range listed(more["absent"]) {
		of.Absent = append(of.Absent, domain.MemberID(m))
	}
	for _, m := range listed(more["present"]) {
		of.Present = append(of.Present, domain.MemberID(m))
	}
	for _, d := range []struct {
		text string
		into **domain.Day
	}{{more["rule_of"], &of.RuleOf}, {more["weights_of"], &of.WeightsOf}} {
		if d.text == "" {
			continue
		}
		day, err := domain.ParseDay(d.text)
		if err != nil {
			return nil, misuse("day-unreadable", d.text, err.Error())
		}
		*d.into = &day
	}
	if err := whatIfPairs(more, of); err != nil {
		return nil, err
	}
	if of.Weights, err = readMemberWeights("--weights", listed(more["weights"]), readWeight); err != nil {
		return nil, err
	}
	return of, whatIfRule(more, of)
}

// whatIfPairs reads who votes how, and like whom.
func whatIfPairs(more map[string]string, of *projections.WhatIfAsked) error {
	for _, s := range listed(more["as"]) {
		name, like, ok := strings.Cut(s, "=")
		if !ok || name == "" || like == "" {
			return misuse("what-if-pair", "--as", s)
		}
		of.As = append(of.As, projections.Likeness{Like: domain.MemberID(like), Member: domain.MemberID(name)})
	}
	for _, s := range listed(more["votes"]) {
		name, sense, ok := strings.Cut(s, "=")
		if !ok || name == "" || sense == "" {
			return misuse("what-if-pair", "--vote", s)
		}
		of.Votes = append(of.Votes, projections.SupposedVote{Member: domain.MemberID(name), Sense: sense})
	}
	return nil
}

// whatIfRule reads the parts of a rule.
func whatIfRule(more map[string]string, of *projections.WhatIfAsked) (err error) {
	for _, p := range []struct {
		name string
		into *projections.Thresholds
	}{{"majority", &of.Majority}, {"blocking", &of.Blocking}, {"quorum", &of.Quorum}} {
		text := more[p.name]
		if p.into.Given = text != ""; text == "" || text == "none" && p.name != "majority" {
			continue
		}
		list := strings.Split(text, "\n")
		if p.into.List, err = readThresholds("--"+p.name, list); err != nil {
			return err
		}
		if len(list) > domain.MaxThresholds {
			return inFlag("threshold-form", "--"+p.name, fmt.Sprintf("%d > %d", len(list), domain.MaxThresholds))
		}
		for i, t := range p.into.List {
			if p.name == "quorum" && t.Base != domain.Total {
				return inFlag("threshold-form", "--quorum", list[i])
			}
		}
	}
	way, casting, _ := strings.Cut(more["tie"], ":")
	switch way {
	case "":
	case domain.TieRejected, domain.TieUnresolved:
		of.Tie = &domain.Tie{Way: way}
	case domain.TieCasting:
		of.Tie = &domain.Tie{Way: way, Role: casting}
		if member, ok := strings.CutPrefix(casting, "member:"); ok {
			of.Tie.Role, of.Tie.Member = "", domain.MemberID(member)
		} else if casting != domain.Coordinator && casting != domain.Pilot {
			return misuse("flag-value", "--casting", casting)
		}
	default:
		return misuse("flag-value", "--tie", way)
	}
	return nil
}

// whatIfFault says why nothing can be supposed.
func (a *asked) whatIfFault(of string, asked *projections.WhatIfAsked, err error) error {
	refused := func(name, subject, detail string) *Fault {
		return &Fault{Exit: exitRefused, Code: codeOf(name), Name: name, Subject: subject, Detail: detail}
	}
	var seat *domain.SeatError
	if errors.As(err, &seat) {
		m := string(seat.Member)
		for why, name := range map[error]string{
			domain.ErrNotOnRoll: "what-if-not-on-roll", domain.ErrNoPart: "what-if-no-part", domain.ErrSense: "what-if-sense",
			domain.ErrUnknownVote: "what-if-secret", domain.ErrParts: "what-if-parts", domain.ErrSplit: "what-if-parts",
		} {
			if errors.Is(err, why) {
				return refused(name, m, of)
			}
		}
		return misuse("what-if-member", m, strings.Join(a.namesLike(m), ", "))
	}
	day := func(d *domain.Day) string {
		if d == nil {
			return ""
		}
		return d.String()
	}
	switch {
	case errors.Is(err, projections.ErrNoDecision):
		return misuse("what-if-decision", of, "")
	case errors.Is(err, projections.ErrAsserted):
		return refused("what-if-asserted", of, "")
	case errors.Is(err, projections.ErrNoBallot):
		return refused("what-if-ballot", of, "")
	case errors.Is(err, projections.ErrNoRule):
		return refused("what-if-no-rule", of, day(asked.RuleOf))
	case errors.Is(err, projections.ErrNobody):
		return refused("what-if-nobody", of, day(asked.WeightsOf))
	case errors.Is(err, domain.ErrDividedHeads):
		return refused("what-if-divided", of, "")
	}
	return powerFault(of, err)
}

// namesLike are the members whose ids hold a name, or begin as it does; those of the day where none does.
func (a *asked) namesLike(name string) (like []string) {
	for _, m := range a.state.EveryMember() {
		id := string(m)
		if strings.Contains(id, name) || strings.Contains(name, id) || len(name) > 2 && strings.HasPrefix(id, name[:3]) {
			like = append(like, id)
		}
	}
	if like == nil {
		for _, row := range a.state.Members(a.Pair()) {
			like = append(like, string(row.Member))
		}
	}
	return like[:min(len(like), 12)]
}
