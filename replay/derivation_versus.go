package replay

import (
	"cmp"
	"errors"
	"slices"

	"registre/domain"
	"registre/projections"
)

// A Versus is a figure at two pairs, and the events between.
type Versus struct {
	From    Node    // at the pair that is compared with; with the value "" and Reason Unheard where there is no such figure
	To      Node    // at the pair asked for
	Because []Cause // by how they tell them apart, then by their numbers
}

// Unheard is why there is no value: the register, as known, did not speak of such a figure.
const Unheard = "unheard"

// How an event tells two derivations apart.
const (
	Corrects   = "corrects"    // it says what another event should have said
	Voids      = "voids"       // it says that another event never was
	Uncorrects = "uncorrects"  // it says that a correction never was: the words of Of stand again
	Recorded   = "recorded"    // one side knows it, the other does not yet
	Effective  = "effective"   // it takes effect between the two days
	OnlyBefore = "only-before" // both know it, and it counts before alone: another has taken its place, or its period is over
	OnlyAfter  = "only-after"
)

// A Cause is one event between two pairs.
type Cause struct {
	Event uint64 `json:"event"`
	How   string `json:"how"`
	Of    uint64 `json:"of,omitzero"` // the event that it corrects, or voids
}

// DeriveVersus derives a figure at two pairs, and names the events between: those that one side names and the other does not, or
// that the two read as different corrections decide. Its error is that of Derive at to.
//
// Where nothing is named though the figures differ, it is the calendar alone that tells them apart: the period of an agreement has
// begun, or is over, and no event says so on its day.
func DeriveVersus(g *domain.Group, from, to domain.Pair, f Figure) (v Versus, err error) {
	from.Known, to.Known = min(from.Known, g.Head()), min(to.Known, g.Head())
	if v.To, err = Derive(g, to, f); err != nil {
		return v, err
	}
	v.From, err = Derive(g, from, f)
	if errors.Is(err, ErrNoFigure) {
		v.From, err = Node{Reason: Unheard, What: f.Kind}, nil
	}
	if err != nil {
		return v, err
	}
	w := weighing{g: g, from: from, to: to}
	before, after := w.eventsOf(from, &v.From, &v.To), w.eventsOf(to, &v.To, &v.From)
	for _, n := range union(before, after) {
		w.weigh(n, slices.Contains(before, n), slices.Contains(after, n))
	}
	slices.SortFunc(w.found, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(strength(a.How), strength(b.How)), cmp.Compare(a.Event, b.Event), cmp.Compare(a.Of, b.Of))
	})
	v.Because = slices.Compact(w.found)
	return v, nil
}

// eventsOf are the events that one side names, and those that say why who adds to the other side's total adds nothing here.
func (w *weighing) eventsOf(here domain.Pair, tree, other *Node) []uint64 {
	whole := Node{Children: []Node{*tree}}
	d := deriver{g: w.g, p: here}
	for i := range other.Children {
		c := &other.Children[i]
		if c.What != WhatWeight || other.What != WhatTotal || slices.ContainsFunc(tree.Children, func(t Node) bool { return t.What == WhatWeight && t.Member == c.Member }) {
			continue
		}
		o := w.g.WeightOrigin(c.Body, c.Member, here)
		if n, err := d.weightNode(c.Body, &o, LeftOut); err == nil {
			whole.Children = append(whole.Children, n)
		}
	}
	return EventsOf(w.g, here.Known, &whole)
}

func union(a, b []uint64) []uint64 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func strength(how string) int {
	return slices.Index([]string{Corrects, Voids, Uncorrects, Recorded, Effective, OnlyBefore, OnlyAfter}, how)
}

type weighing struct {
	g        *domain.Group
	from, to domain.Pair
	found    []Cause
}

// weigh says what an event that one side names, or both, has to do with the difference.
func (w *weighing) weigh(n uint64, before, after bool) {
	if w.rewritten(n) || before && after {
		return
	}
	day := func(known uint64) domain.Day { said, _ := said(w.g, n, known); return said.Effective.First }
	low, high := min(w.from.At, w.to.At), max(w.from.At, w.to.At)
	on := day(w.to.Known)
	if before {
		on = day(w.from.Known)
	}
	how := OnlyAfter
	switch {
	case n > min(w.from.Known, w.to.Known):
		how = Recorded
	case low < on && on <= high:
		how = Effective
	case before:
		how = OnlyBefore
	}
	w.found = append(w.found, Cause{Event: n, How: how})
}

// rewritten reports whether the two sides read an event as different corrections decide, and names what changed that.
func (w *weighing) rewritten(n uint64) bool {
	known, latest := min(w.from.Known, w.to.Known), max(w.from.Known, w.to.Known)
	older, newer := projections.Corrections(w.g, n, known), projections.Corrections(w.g, n, latest)
	if slices.Equal(older, newer) {
		return false
	}
	named := len(w.found)
	for i, c := range newer {
		if c <= known {
			continue // it stands again, since another does not
		}
		cause := Cause{Event: c, How: Corrects, Of: n}
		if i > 0 {
			cause.Of = newer[i-1]
		}
		if said, _ := w.g.Said(c, latest); isVoiding(said.Act) {
			cause.How = Voids
		}
		w.found = append(w.found, cause)
	}
	for _, c := range older {
		if by := w.g.CorrectedBy(c, latest); !slices.Contains(newer, c) && by > known {
			w.found = append(w.found, Cause{Event: by, How: Uncorrects, Of: c})
		}
	}
	if len(w.found) == named {
		w.further(n, known, latest)
	}
	return true
}

// further names what was recorded between of the corrections of an event, and of their corrections, however far from it.
func (w *weighing) further(n, after, upTo uint64) {
	of := map[uint64]bool{n: true}
	for c := n + 1; c <= upTo; c++ {
		act, is := w.g.Original(c).Act.(*domain.EventCorrected)
		if !is || !of[act.Target] {
			continue
		}
		if of[c] = true; c > after {
			how := Corrects
			if act.Replacement == nil {
				how = Voids
			}
			w.found = append(w.found, Cause{Event: c, How: how, Of: act.Target})
		}
	}
}

func isVoiding(act domain.Act) bool {
	c, ok := act.(*domain.EventCorrected)
	return ok && c.Replacement == nil
}
