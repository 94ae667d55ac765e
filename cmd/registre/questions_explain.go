package main

import (
	"errors"
	"slices"
	"strconv"

	"registre/domain"
	"registre/projections"
	"registre/replay"
)

// explained answers how a figure follows, and where another pair was named, why it gives another.
type explained struct {
	toldOf
	Because  []replay.Cause      `json:"because,omitempty"` // of From: the events between
	Doubtful []projections.Doubt `json:"doubtful,omitempty"`
	Figure   string              `json:"figure"`
	From     *otherPair          `json:"from,omitempty"`
	Named    calledBy            `json:"named"`
	Tree     replay.Node         `json:"tree"`
	behind
}

// An otherPair is the pair that a figure is compared with, and what it was there.
type otherPair struct {
	At    domain.Day  `json:"at"`
	Known uint64      `json:"known"`
	Tree  replay.Node `json:"tree"`
}

func explainAsked(a *asked) (answer explained, err error) {
	f, err := a.figure()
	if err != nil {
		return answer, err
	}
	answer = explained{toldOf: a.toldOf(), Figure: f.Kind, Doubtful: a.doubtfulOf(&f)}
	var events []uint64
	most, _ := strconv.Atoi(a.more["fold"])
	if a.more["from"]+a.more["from_known"] == "" {
		answer.Tree, events, err = replay.DeriveFolded(a.state, a.Pair(), f, most)
	} else {
		var v replay.Versus
		v, err = replay.DeriveVersus(a.state, a.from, a.Pair(), f)
		answer.Tree, answer.Because = v.To, v.Because
		answer.From = &otherPair{At: a.from.At, Known: a.from.Known, Tree: v.From}
		events = replay.EventsOf(a.state, a.from.Known, &v.From)
		for _, c := range v.Because {
			events = append(events, c.Event, c.Of)
		}
		events = append(events, replay.EventsOf(a.state, a.Known, &answer.Tree)...)
	}
	if errors.Is(err, replay.ErrNoFigure) {
		return answer, a.noDecision(f.Decision) // the others have been looked for
	}
	if err != nil {
		return answer, err
	}
	answer.behind = a.behindTree(events)
	if most > 0 && answer.From != nil {
		answer.Tree.Fold(most)
		answer.From.Tree.Fold(most)
	}
	answer.Named = a.calledIn(&answer)
	return answer, nil
}

// calledIn are the names in an answer, of whatever is known of them at one of its pairs, and that of the group.
func (a *asked) calledIn(answer *explained) calledBy {
	named := namingIn(a.state, domain.Pair{At: a.At, Known: max(a.Known, a.from.Known)})
	if first, ok := a.state.Said(1, a.Known); ok {
		if founded, is := first.Act.(*domain.GroupFounded); is {
			named.Group = founded.Name
		}
	}
	named.tree(&answer.Tree)
	if answer.From != nil {
		named.tree(&answer.From.Tree)
	}
	return named.calledBy
}

// behindTree is behind, always with the sources, as they are known to the later of both pairs.
func (a *asked) behindTree(events []uint64) behind {
	later := *a
	later.Known = max(a.Known, a.from.Known)
	later.more = asking("why", "yes")
	slices.Sort(events)
	b := later.behind(slices.Compact(events))
	a.lost = later.lost
	return b
}

// figure reads which figure is asked for, and looks for what it names.
func (a *asked) figure() (f replay.Figure, err error) {
	f.Kind = a.more["figure"]
	switch f.Kind {
	case replay.FigureWeight:
		f.Member, err = a.member()
		if err == nil {
			f.Body, err = a.body()
		}
	case replay.FigureTotal:
		f.Body, err = a.body()
	case replay.FigureDecision:
		f.Decision, _ = strconv.ParseUint(a.more["number"], 10, 53)
	case replay.FigureCeiling:
		f.Agreement = domain.AgreementID(a.more["agreement"])
		err = a.heardOfAgreement(f.Agreement)
	case replay.FigureEnrolment:
		var of projections.EnrolmentAsked
		if of, err = enrolmentOf(asking("where", a.more["where"])); err == nil {
			f.Where, err = of.Where, a.heardOf(of.Where)
		}
	default:
		err = misuse("unknown-question", f.Kind, "")
	}
	return f, err
}

func (a *asked) heardOfAgreement(id domain.AgreementID) error {
	var all []string
	for _, row := range a.state.Agreements(domain.Pair{At: domain.LastDay, Known: a.Known}) {
		if row.Agreement == id {
			return nil
		}
		all = append(all, string(row.Agreement))
	}
	return unknown("agreement", string(id), all)
}

// heardOf refuses filters by what the register has never heard of: an answer of nothing would say that there is nothing.
func (a *asked) heardOf(where []domain.Filter) error {
	for _, w := range where {
		var err error
		switch w.By {
		case domain.ByMember, domain.ByFormerly:
			if w.Value != "" {
				of := *a
				of.more = asking("member", w.Value)
				_, err = of.member()
			}
		case domain.ByAgreement:
			err = a.heardOfAgreement(domain.AgreementID(w.Value))
		case domain.BySchool:
			u, form := domain.ParseUAI(w.Value)
			if form != nil || !a.state.HeardOfSchool(u, a.Known) {
				err = misuse("school-unknown", w.Value, "")
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// doubtfulOf are the days that are not exactly known, and on which the figure could depend.
func (a *asked) doubtfulOf(f *replay.Figure) []projections.Doubt {
	switch f.Kind {
	case replay.FigureWeight, replay.FigureTotal:
		w, _ := projections.Weights(a.state, a.Question, f.Body, false)
		return w.Doubtful
	case replay.FigureEnrolment:
		return projections.Enrolment(a.state, a.Question, projections.EnrolmentAsked{Selection: domain.Selection{Where: f.Where}}).Doubtful
	case replay.FigureCeiling:
		return projections.Ceilings(a.state, a.Question).Doubtful
	}
	d, _ := projections.DecisionOf(a.state, a.Question, f.Decision, false)
	return d.Doubtful
}
