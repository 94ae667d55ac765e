package main

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"registre/domain"
	"registre/projections"
	"registre/replay"
)

// behind is what an answer follows from, beside the answer itself.
type behind struct {
	Illustrative []remark        `json:"illustrative,omitempty"` // which of its events are invented, and what of them
	Sources      []replay.Source `json:"sources,omitempty"`      // its events and documents, where they were asked for
}

// A remark says what of an event is invented.
type remark struct {
	Event uint64 `json:"event"`
	What  string `json:"what"`
}

func (a *asked) why() bool { return a.more["why"] != "" }

// behind looks up the events that an answer names. Those that follow from others stand for these too: the entry into force
// of a text for its drafting, an event for the correction that decides what it says.
func (a *asked) behind(numbers []uint64) behind {
	all := map[uint64]bool{}
	for _, n := range numbers {
		a.trace(n, all)
	}
	var b behind
	var sorted []uint64
	for n := range all {
		sorted = append(sorted, n)
	}
	slices.Sort(sorted)
	for _, n := range sorted {
		if what := a.Illustrative(n); what != "" {
			b.Illustrative = append(b.Illustrative, remark{Event: n, What: what})
		}
	}
	if a.why() {
		b.Sources = a.sources(sorted)
	}
	return b
}

// traced reports whether it matters which events an answer follows from: they are asked for, or what is invented is to be told.
func (a *asked) traced() bool { return a.why() || a.IsIllustrative(a.Known) }

func (a *asked) trace(n uint64, into map[uint64]bool) {
	if n == 0 || n > min(a.Known, a.head) || into[n] {
		return
	}
	into[n] = true
	a.trace(a.state.CorrectedBy(n, a.Known), into)
	said, _ := a.state.Said(n, a.Known)
	if entered, ok := said.Act.(*domain.AvenantEnteredIntoForce); ok {
		drafted, _, _ := a.state.Drafted(entered.Avenant, domain.Pair{At: domain.LastDay, Known: a.Known})
		a.trace(drafted, into)
	}
	if decided, ok := said.Act.(*domain.DecisionProclaimed); ok {
		a.trace(decided.Defined, into)
	}
}

// whys goes through the events that each of some entries follows from.
func whys[E any](entries []E, of func(*E) *[]uint64) iter.Seq[*[]uint64] {
	return func(yield func(*[]uint64) bool) {
		for i := range entries {
			if !yield(of(&entries[i])) {
				return
			}
		}
	}
}

// restsOn is what is behind an answer whose entries name the events that they follow from; they do no longer where that was not asked.
func (a *asked) restsOn(entries ...iter.Seq[*[]uint64]) behind {
	if !a.traced() {
		return behind{}
	}
	var events []uint64
	for _, all := range entries {
		for why := range all {
			events = append(events, *why...)
			if !a.why() {
				*why = nil
			}
		}
	}
	return a.behind(events)
}

type weightsTold struct {
	projections.WeightsAnswer
	behind
}

func weightsAsked(a *asked) (told weightsTold, err error) {
	w, err := projections.Weights(a.state, a.Question, domain.BodyID(a.more["body"]), a.traced())
	return weightsTold{w, a.restsOn(whys(w.Members, func(e *projections.WeightEntry) *[]uint64 { return &e.Why }))}, err
}

type membersTold struct {
	projections.MembersAnswer
	behind
}

func membersAsked(a *asked) (told membersTold, err error) {
	m := projections.Members(a.state, a.Question, a.traced())
	return membersTold{m, a.restsOn(whys(m.Members, func(e *projections.MemberEntry) *[]uint64 { return &e.Why }))}, nil
}

type bodiesTold struct {
	projections.BodiesAnswer
	behind
}

func bodiesAsked(a *asked) (told bodiesTold, err error) {
	b := projections.Bodies(a.state, a.Question, a.traced())
	why := func(e *projections.BodyEntry) *[]uint64 { return &e.Why }
	return bodiesTold{b, a.restsOn(whys(b.Bodies, why), whys(b.Ended, why))}, nil
}

// A part is what one member has done about one text.
type part struct {
	Approved     bool            `json:"approved"`
	Deliberation uint64          `json:"deliberation,omitzero"` // its event
	Fallen       bool            `json:"fallen,omitzero"`
	Member       domain.MemberID `json:"member"`
	MustApprove  bool            `json:"must_approve"` // by the rule
	MustSign     bool            `json:"must_sign"`
	OtherText    bool            `json:"other_text,omitzero"`
	Signature    uint64          `json:"signature,omitzero"` // its event
	Signed       bool            `json:"signed"`
}

type avenantsTold struct {
	projections.AvenantsAnswer
	Members []part `json:"members,omitempty"`
	behind
}

// avenantsAsked answers with the board of all texts, or of one with the part of every member in it.
func avenantsAsked(a *asked) (told avenantsTold, err error) {
	board := projections.Avenants(a.state, a.Question, a.traced())
	only := domain.TextID(a.more["text"])
	board.Texts = slices.DeleteFunc(board.Texts, func(e projections.TextEntry) bool { return only != "" && e.Text != only })
	return avenantsTold{board, a.parts(only), a.restsOn(whys(board.Texts, func(e *projections.TextEntry) *[]uint64 { return &e.Why }))}, nil
}

func (a *asked) parts(text domain.TextID) (parts []part) {
	row, _ := a.state.Text(text, a.Pair())
	for _, m := range row.Members {
		parts = append(parts, part{
			Approved: m.Approved, Deliberation: m.By, Fallen: m.Fallen, Member: m.Member, MustApprove: m.MustApprove,
			MustSign: m.MustSign, OtherText: m.OtherText, Signature: m.SignedBy, Signed: m.Signed,
		})
	}
	return parts
}

func obligationsAsked(a *asked) (told projections.ObligationsAnswer, err error) {
	return projections.Obligations(a.state, a.Question), nil
}

// told says of which group, and for when, an answer is that has no form of its own elsewhere.
type toldOf struct {
	At    domain.Day     `json:"at"`
	Group domain.GroupID `json:"group"`
	Known uint64         `json:"known"`
}

func (a *asked) toldOf() toldOf { return toldOf{At: a.At, Group: a.Group, Known: a.Known} }

type timelineTold struct {
	toldOf
	Events []replay.Item `json:"events"`
}

func timelineAsked(a *asked) (told timelineTold, err error) {
	items, err := replay.Story(a.book, a.Pair())
	return timelineTold{a.toldOf(), items}, err
}

type findingsTold struct {
	toldOf
	Findings []findingTold `json:"findings"`
	Named    calledBy      `json:"named"`
}

type findingTold struct {
	replay.Finding
	Illustrative bool `json:"illustrative,omitzero"`
}

// findingsAsked answers with what an audit finds, each marked where it rests on something invented.
func findingsAsked(a *asked) (told findingsTold, err error) {
	return a.findingsTold(a.audit.Findings(a.state)), nil
}

func (a *asked) findingsTold(all []replay.Finding) findingsTold {
	found, named, into := make([]findingTold, 0, len(all)), namingIn(a.state, a.Pair()), map[uint64]bool{}
	for _, f := range all {
		found = append(found, findingTold{f, a.restsOnInvented(f.Events, into)})
		named.finding(&f)
	}
	return findingsTold{a.toldOf(), found, named.calledBy}
}

// restsOnInvented reports whether something is invented of the events behind some, which are noted in into.
func (a *asked) restsOnInvented(events []uint64, into map[uint64]bool) bool {
	if !a.IsIllustrative(a.Known) {
		return false
	}
	clear(into)
	for _, n := range events {
		a.trace(n, into)
	}
	for n := range into {
		if a.Illustrative(n) != "" {
			return true
		}
	}
	return false
}

// groupsAnswer lists the registers there are.
type groupsAnswer struct {
	Groups []groupRow `json:"groups"`
}

type groupRow struct {
	Group string `json:"group"`
	Head  uint64 `json:"head"` // its last number
	Name  string `json:"name"`
}

// besides are the questions that are asked of the house, and not of a register at a pair of times.
var besides = map[string]func(l *local, ctx context.Context, q Question) (json.RawMessage, error){
	"groups":     (*local).groups,
	"checkpoint": (*local).checkpoint,
	"receipt":    (*local).receipt,
	"verify":     (*local).verify,
	"backup":     (*local).backup,
	"witnesses":  (*local).witnesses,
	"rotate-key": (*local).rotateKey,
	"lag":        (*local).lag,
	"deliveries": (*local).deliveries,
	"servers":    (*local).serversStanding,
}

// groups answers "groups".
func (l *local) groups(ctx context.Context, _ Question) (json.RawMessage, error) {
	heads, err := l.ledger.Heads(ctx)
	if err != nil {
		return nil, err
	}
	answer := groupsAnswer{Groups: []groupRow{}}
	for _, h := range heads {
		if h.Group == domain.House {
			continue // it is no group's
		}
		row := groupRow{Group: string(h.Group), Head: h.Number}
		for e, err := range l.ledger.Events(ctx, h.Group, 0) {
			if err != nil {
				return nil, err
			}
			row.Name = nameIn(&e)
			break
		}
		answer.Groups = append(answer.Groups, row)
	}
	return encode(answer)
}
