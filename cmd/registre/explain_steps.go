package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"registre/domain"
	"registre/replay"
)

// A derived is a node in the user's language: what it is of, what it comes to, notes on why, and the steps below it.
type derived struct {
	head, value, colon string
	quoted             bool // nothing is computed with it
	notes              []string
	below              []derived
}

// line is the step in one line.
func (s *derived) line() string {
	if s.value == "" {
		return s.head
	}
	return s.head + s.colon + s.value
}

// says is the value alone, or why there is none.
func (s *derived) says() string {
	if s.value == "" && len(s.notes) > 0 {
		return s.notes[0]
	}
	return s.value
}

// proseBehind prints a note, each of its lines behind the same beginning.
func (a *app) proseBehind(beginning, note string) {
	note = plain(note)
	if width := terminalWidth(a.out); width > len([]rune(beginning))+20 {
		note = ansi.Wrap(note, width-len([]rune(beginning)), "")
	}
	for line := range strings.SplitSeq(note, "\n") {
		a.printf("%s%s\n", beginning, line)
	}
}

// partsOf stands between the parts of a note.
const partsOf = " · "

// asNote are the nodes that are said in a note of their parent.
var asNote = []string{
	replay.WhatBody, replay.WhatMembership, replay.WhatTable, replay.WhatSuccession, replay.WhatGoneOn, replay.WhatFacts, replay.WhatTaken,
	replay.WhatPeriod, replay.WhatValid, replay.WhatStatedTotal,
}

// step tells of a node; in is its parent, nil where it has none.
func (a *app) step(n, in *replay.Node) derived {
	s := derived{head: a.headOf(n, in), value: a.valueOf(n), colon: a.tr(" : ", ": "), quoted: n.As == replay.Quoted}
	if n.Reason != "" {
		if says := a.reason(n); says != "" {
			s.notes = append(s.notes, says)
		}
	}
	var grounds []string
	if n.Rule == nil && n.As == replay.Term && len(n.Events) > 0 {
		s.head += " (" + numbers(n.Events) + ")"
	} else if says := a.ruleOf(n); says != "" && n.As == replay.Term {
		grounds = append(grounds, says) // all in one line
	} else if says != "" {
		s.notes = append(s.notes, says)
	}
	for i := range n.Children {
		c := &n.Children[i]
		if slices.Contains(asNote, c.What) && len(c.Children) == 0 {
			grounds = append(grounds, a.ground(c, n))
			continue
		}
		below := a.step(c, n)
		if n.What == replay.WhatSeat && len(below.below) == 0 && below.value == s.value {
			grounds = append(grounds, below.notes...) // the roll has what the register had
			continue
		}
		s.below = append(s.below, below)
	}
	if len(grounds) > 0 {
		s.notes = append(s.notes, strings.Join(grounds, partsOf))
	}
	s.share(a)
	if n.Folded > 0 {
		s.below = append(s.below, derived{head: fmt.Sprintf(a.tr("… et %d autres, comptés ci-dessus (--all les montre)", "… and %d others, counted above (--all shows them)"), n.Folded)})
	}
	return s
}

// share says once, above them, what the notes of the steps below that have one alone have in common.
func (s *derived) share(a *app) {
	var leaves []*derived
	for i := range s.below {
		if b := &s.below[i]; len(b.notes) == 1 && len(b.below) == 0 {
			leaves = append(leaves, b)
		}
	}
	if len(leaves) < 3 {
		return
	}
	var same []string
	for _, part := range strings.Split(leaves[0].notes[0], partsOf) {
		if !slices.ContainsFunc(leaves, func(b *derived) bool { return !slices.Contains(strings.Split(b.notes[0], partsOf), part) }) {
			same = append(same, part)
		}
	}
	if same == nil {
		return
	}
	each := a.tr("chacun : ", "each: ")
	if len(leaves) < len(s.below) {
		each = a.tr("chacun, sauf mention contraire : ", "each, unless said otherwise: ")
	}
	s.notes = append(s.notes, each+strings.Join(same, partsOf))
	for _, b := range leaves {
		rest := slices.DeleteFunc(strings.Split(b.notes[0], partsOf), func(part string) bool { return slices.Contains(same, part) })
		b.notes = nil
		if len(rest) > 0 {
			b.head += " (" + strings.Join(rest, partsOf) + ")"
		}
	}
}

// valueOf is what a node comes to.
func (a *app) valueOf(n *replay.Node) string {
	switch {
	case n.Value == replay.Undetermined:
		return a.tr("indéterminé", "undetermined")
	case n.As == replay.LeftOut:
		return "–"
	case n.What == replay.WhatDecision || n.What == replay.WhatProclaimed:
		return a.sayOutcomeOf(ofDecision, n.Value, "", false)
	case n.What == replay.WhatInLaw:
		return a.word(n.Value)
	case n.Reached != nil:
		return fmt.Sprintf(a.tr("%s sur %s", "%s of %s"), a.number(n.Value), a.number(n.Base))
	case n.What == replay.WhatCeiling:
		return a.spentOf(n)
	case n.Pupils != nil && n.Value == "" && n.What == replay.WhatLine:
		return a.lineOf(n)
	case n.Pupils != nil && n.Value == "":
		return a.pupilsOf(n.Pupils)
	case n.Pupils != nil:
		return a.orderedOf(n)
	case n.Heads != nil && n.What != replay.WhatSeat:
		return a.voicesAndHeads(n)
	}
	return a.number(n.Value)
}

// voicesAndHeads is a number of voices and of members.
func (a *app) voicesAndHeads(n *replay.Node) string {
	if n.Value == "" {
		return a.membersCounted(*n.Heads)
	}
	return a.number(n.Value) + " (" + a.membersCounted(*n.Heads) + ")"
}

// pupilsOf is what lines come to: distinct, and gross where that is another number.
func (a *app) pupilsOf(p *replay.Pupils) string {
	says := a.sayCounted(counted{Distinct: p.Distinct, Gross: p.Gross, Lines: p.Lines, Unknown: p.Unknown})
	if p.Gross != p.Distinct {
		says += fmt.Sprintf(a.tr(" ; brut : %d", "; gross: %d"), p.Gross)
	}
	return says
}

// lineOf is what one line comes to in an enrolment.
func (a *app) lineOf(n *replay.Node) string {
	p := n.Pupils
	switch {
	case p.Unknown > 0:
		return a.tr("inconnu", "unknown")
	case p.Gross != p.Distinct:
		return fmt.Sprintf(a.tr("0 (brut : %d)", "0 (gross: %d)"), p.Gross)
	}
	return fmt.Sprint(p.Distinct)
}

// orderedOf is what an order form, or a line of one, comes to against a ceiling.
func (a *app) orderedOf(n *replay.Node) string {
	says := a.number(n.Value)
	if !n.Price.IsZero() {
		says = fmt.Sprintf("%d × %s = %s", n.Pupils.Gross, a.number(n.Price.String()), says)
	}
	if n.Pupils.Unknown > 0 {
		says = "≥ " + says
	}
	return says
}

// spentOf is what is ordered of a ceiling.
func (a *app) spentOf(n *replay.Node) string {
	if n.Pupils == nil {
		return ""
	}
	says := known(a.number(n.Value), n.Pupils.Unknown)
	if n.Value == "" {
		says = a.tr("aucun prix connu", "no price known")
	}
	if n.Base != "" {
		says += fmt.Sprintf(a.tr(" sur %s", " of %s"), a.ceiling(n.Base))
	}
	if n.Percent != nil {
		says += fmt.Sprintf(a.tr(" (%d %%)", " (%d %%)"), *n.Percent)
	}
	return says
}

// ofWhom adds for whom a seat is, and by whom it is represented.
func (a *app) ofWhom(n *replay.Node) string {
	who := a.member(string(n.Member))
	if who == "" {
		who = a.tr("indéterminé", "undetermined")
	}
	if p, ok := presences[n.Reason]; ok && n.Holder == "" {
		return who + " (" + a.tr(p[0], p[1]) + ")"
	}
	if n.Holder != "" {
		p := presences[domain.Represented]
		return who + " (" + fmt.Sprintf(a.tr(p[0], p[1]), a.member(string(n.Holder))) + ")"
	}
	return who
}
