package main

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// findings gives the findings of a group of a kind, or of all where code is "", in their order: from where they lie aside, or from an
// answer that holds them.
func (g *replayedGroup) findings(code string) iter.Seq2[*replayedFinding, error] {
	return func(yield func(*replayedFinding, error) bool) {
		if g.aside == nil {
			for i := range g.Findings {
				if f := &g.Findings[i]; (code == "" || f.Code == code) && !yield(f, nil) {
					return
				}
			}
			return
		}
		for f, err := range g.aside.each(code) {
			if err == nil && f.gone {
				continue
			}
			if !g.yieldSaid(&f, err, yield) {
				return
			}
		}
	}
}

// gone gives what was found at the checkpoint that was kept elsewhere, and is not any more.
func (g *replayedGroup) gone() iter.Seq2[*replayedFinding, error] {
	return func(yield func(*replayedFinding, error) bool) {
		if g.aside == nil {
			for i := range g.Since.Gone {
				if !yield(&g.Since.Gone[i], nil) {
					return
				}
			}
			return
		}
		for f, err := range g.aside.each("") {
			if err == nil && !f.gone {
				continue
			}
			if !g.yieldSaid(&f, err, yield) {
				return
			}
		}
	}
}

// yieldSaid gives a finding with its sentences.
func (g *replayedGroup) yieldSaid(laid *laidFinding, err error, yield func(*replayedFinding, error) bool) (more bool) {
	var f *replayedFinding
	if err == nil {
		f, err = laid.finding()
	}
	if err != nil {
		yield(nil, err)
		return false
	}
	g.say(f)
	return yield(f, nil)
}

// say gives a finding its sentences.
func (g *replayedGroup) say(f *replayedFinding) {
	f.Says = both(g.Named.cast(), func(in *app) string {
		return in.findingSays(&finding{Args: f.Args, Code: f.Code, Name: f.Name, Events: f.Events, Subject: f.Subject})
	})
	f.Settles = inBoth{FR: settlesFrench[f.Name], EN: settlesEnglish[f.Name]}
}

// firstEvents are the first events of the findings of a kind, in their order, and how many of the findings are new.
func (g *replayedGroup) firstEvents(code string) (events []uint64, fresh int, err error) {
	if g.aside == nil {
		for f := range g.findings(code) {
			if events = append(events, f.Events[0]); f.New {
				fresh++
			}
		}
		return events, fresh, nil
	}
	for f, err := range g.aside.each(code) {
		if err != nil {
			return nil, 0, err
		}
		if f.gone {
			continue
		}
		if events = append(events, f.first()); f.isNew {
			fresh++
		}
	}
	return events, fresh, nil
}

// firstOf is the first finding of a kind.
func (g *replayedGroup) firstOf(code string) (*replayedFinding, error) {
	for f, err := range g.findings(code) {
		return f, err
	}
	return nil, nil
}

// kinds are the kinds of findings that there are, by their codes.
func (g *replayedGroup) kinds() []*kindFound {
	counted := map[string]*kindFound{}
	if g.aside != nil {
		counted = g.aside.kinds
	}
	for i := range g.Findings {
		f := &g.Findings[i]
		if counted[f.Code] == nil {
			counted[f.Code] = &kindFound{}
		}
		counted[f.Code].count(f)
	}
	return slices.SortedFunc(maps.Values(counted), func(x, y *kindFound) int { return strings.Compare(x.code, y.code) })
}
