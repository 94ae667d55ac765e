package main

import (
	"slices"
	"strconv"
	"strings"

	"registre/domain"
	"registre/projections"
)

type sittingsTold struct {
	projections.SittingsAnswer
	behind
}

func sittingsAsked(a *asked) (told sittingsTold, err error) {
	body, err := a.body()
	if err != nil {
		return told, err
	}
	answer := projections.Sittings(a.state, a.Question, body, a.traced())
	return sittingsTold{answer, behindAll(a, answer.Sittings, func(r *projections.SittingRow) *[]uint64 { return &r.Why })}, nil
}

type sittingTold struct {
	projections.SittingAnswer
	behind
}

func sittingAsked(a *asked) (told sittingTold, err error) {
	answer, err := a.sitting()
	if err != nil {
		return told, err
	}
	events := answer.Why
	if !a.why() {
		answer.Why = nil
	}
	return sittingTold{answer, a.behind(events)}, nil
}

// sitting is the sitting that was named.
func (a *asked) sitting() (projections.SittingAnswer, error) {
	id, ok := projections.SittingNamed(a.state, a.Question, a.more["sitting"])
	if !ok {
		var all []string
		for _, s := range projections.Sittings(a.state, a.Question, "", false).Sittings {
			all = append(all, string(s.Sitting))
		}
		return projections.SittingAnswer{}, unknown("sitting", a.more["sitting"], all)
	}
	answer, _ := projections.SittingOf(a.state, a.Question, id, a.traced())
	return answer, nil
}

// body is the body that was named, of which the register has heard by then; "" where none was.
func (a *asked) body() (domain.BodyID, error) {
	name := a.more["body"]
	if name == "" || a.state.HeardOfBody(domain.BodyID(name), a.Known) {
		return domain.BodyID(name), nil
	}
	var all []string
	for _, b := range projections.Bodies(a.state, a.Question, false).Bodies {
		all = append(all, string(b.Body))
	}
	return "", unknown("body", name, all)
}

// member is the member that was named, of which the register has heard by then; "" where none was.
func (a *asked) member() (domain.MemberID, error) {
	name := a.more["member"]
	if name == "" || a.state.MemberName(domain.MemberID(name), a.Known) != "" {
		return domain.MemberID(name), nil
	}
	var all []string
	for _, m := range a.state.EveryMember() {
		if a.state.MemberName(m, a.Known) != "" {
			all = append(all, string(m))
		}
	}
	return "", unknown("member", name, all)
}

type decisionsTold struct {
	projections.DecisionsAnswer
	behind
}

func decisionsAsked(a *asked) (told decisionsTold, err error) {
	body, err := a.body()
	if err != nil {
		return told, err
	}
	member, err := a.member()
	if err != nil {
		return told, err
	}
	of := projections.DecisionsAsked{Body: body, Member: member, Outcome: a.more["outcome"], Words: a.more["words"]}
	err = firstOf(maybe("day-unreadable", "--from", a.more["from"], &of.From, domain.ParseDay), maybe("day-unreadable", "--to", a.more["to"], &of.To, domain.ParseDay))
	if err != nil {
		return told, err
	}
	if of.To > 0 && of.From > of.To {
		return told, misuse("period-reversed", of.From.String(), of.To.String())
	}
	answer := projections.Decisions(a.state, a.Question, of, a.traced())
	return decisionsTold{answer, behindAll(a, answer.Decisions, func(r *projections.DecisionRow) *[]uint64 { return &r.Why })}, nil
}

type decisionTold struct {
	projections.DecisionAnswer
	behind
}

func decisionAsked(a *asked) (told decisionTold, err error) {
	n, _ := strconv.ParseUint(a.more["number"], 10, 53)
	answer, ok := projections.DecisionOf(a.state, a.Question, n, a.traced())
	if !ok {
		return told, a.noDecision(n)
	}
	events := answer.Why
	if !a.why() {
		answer.Why = nil
	}
	return decisionTold{answer, a.behind(events)}, nil
}

// noDecision is the misuse of a number that is no decision's. Where it is an event of a vote, the decision is named.
func (a *asked) noDecision(n uint64) error {
	number := "#" + strconv.FormatUint(n, 10)
	for _, v := range projections.VotesIn(a.state.SittingsInShort(a.Pair())...) {
		if b := v.Ballot; slices.Contains([]uint64{b.Put, b.Event, b.Closed}, n) || b.Event < n && n < b.Decision {
			return misuse("decision-like", number, "#"+strconv.FormatUint(b.Decision, 10))
		}
	}
	return misuse("decision-unknown", number, "")
}

type voicesTold struct {
	projections.VoicesAnswer
	behind
}

func voicesAsked(a *asked) (told voicesTold, err error) {
	m, err := a.member()
	if err != nil {
		return told, err
	}
	var from domain.Day
	if err := maybe("day-unreadable", "--from", a.more["from"], &from, domain.ParseDay); err != nil {
		return told, err
	}
	answer, err := projections.Voices(a.state, a.Question, m, from, a.traced())
	if err != nil {
		return told, err
	}
	events := whysOf(a, answer.Bodies, func(e *projections.VoiceEntry) *[]uint64 { return &e.Why })
	events = append(events, whysOf(a, answer.Decisions, func(e *projections.VoteOfEntry) *[]uint64 { return &e.Decision.Why })...)
	for _, p := range answer.Proxies {
		events = append(events, p.Event)
	}
	return voicesTold{answer, a.behind(events)}, nil
}

// unknown is the misuse of a name that nothing of a kind has; it names those that are like it.
func unknown(kind, name string, there []string) error {
	if like := alike(name, there); len(like) > 0 {
		return misuse(kind+"-like", name, strings.Join(like, ", "))
	}
	return misuse(kind+"-unknown", name, "")
}

// alike are the names, three at most, that somebody may have meant: the nearest first.
func alike(name string, there []string) (like []string) {
	const most = 3
	far := map[string]int{}
	for _, t := range there {
		d := distance(name, t)
		if name != "" && strings.Contains(t, name) {
			d = min(d, 1)
		}
		if d <= max(2, len(name)/3) {
			far[t] = d
			like = append(like, t)
		}
	}
	slices.SortStableFunc(like, func(a, b string) int { return far[a] - far[b] })
	return like[:min(len(like), most)]
}

// distance counts the letters to change, add or take away to make one word of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
