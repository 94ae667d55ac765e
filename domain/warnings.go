package domain

import "slices"

// What is worth a warning, and no refusal.
const (
	WarnLetter  = "uai-letter"     // the letter that checks a school's code is another
	WarnOverlap = "overlap"        // another order form has the same pupils; a reason was stated
	WarnCeiling = "ceiling-near"   // 80 or 90 % of the ceiling are reached
	WarnPast    = "ceiling-passed" // the ceiling is passed; a reason was stated
)

// NearCeiling is the first percent of a ceiling at which there is a warning.
const NearCeiling = 80

// warnAt are the percents of a ceiling at which there is a warning.
var warnAt = [...]int64{90, NearCeiling}

// A Warning is something that whoever gives a command should know.
type Warning struct {
	Kind    string
	School  UAI         // of a letter, or an overlap
	Letter  string      // that its digits ask for
	Cycle   Cycle       // of an overlap
	Order   OrderNumber // that has the same pupils
	Under   AgreementID // whose ceiling it is
	Percent int64       // of the ceiling, rounded down, with what is known: 80 or more
	Unknown int         // lines of which it is not known what they come to, so that Percent is "at least"
	Body    BodyID      // of an item's kind
	Item    ItemID      // whose kind it is
	Of      ItemKind    // that has no rule of its own
	Others  []ItemKind  // that have one
}

// Warnings gives what is worth a warning in a command on a group, before it is recorded. It does not modify g, and judges
// nothing: a command with warnings is accepted or refused as Decide says.
func Warnings(g *Group, c Command) (all []Warning) {
	day := c.Effective.First
	switch a := c.Act.(type) {
	case *SchoolOpened:
		return warnLetter(a.School)
	case *SchoolMoved:
		return warnLetter(a.To)
	case *OrderIssued:
		for o := range a.overlaps(g) {
			all = append(all, Warning{Kind: WarnOverlap, School: o.Key.School, Cycle: o.Key.Cycle, Order: o.Order})
		}
		return append(all, warnCeiling(a.ordering(g, day))...)
	case *OrderAmended:
		for o := range a.overlaps(g, day) {
			all = append(all, Warning{Kind: WarnOverlap, School: o.Key.School, Cycle: o.Key.Cycle, Order: o.Order})
		}
		return append(all, warnCeiling(a.ordering(g, day))...)
	case *SittingConvened:
		return g.warnKinds(a.Body, a.Day, a.Agenda...)
	case *ItemAdded:
		return g.warnItems(a.Sitting, day, a.AgendaItem)
	case *ItemAmended:
		return g.warnItems(a.Sitting, day, a.AgendaItem)
	case *ItemDivided:
		return g.warnItems(a.Sitting, day, a.Parts...)
	case *ItemPutToVote:
		return g.warnVote(a, day)
	}
	return nil
}

func warnLetter(u UAI) []Warning {
	letter, right := u.Check()
	if right || letter == 0 {
		return nil
	}
	return []Warning{{Kind: WarnLetter, School: u, Letter: string(letter)}}
}

// warnCeiling warns where an act brings more, and that reaches a percent at which there is a warning.
func warnCeiling(e excursion, ok bool) []Warning {
	was, _ := e.before.against()
	is, _ := e.after.against()
	percent, _ := e.after.Percent()
	w := Warning{Kind: WarnCeiling, Under: e.after.Agreement, Percent: percent, Unknown: e.after.unknown()}
	switch {
	case !ok || is <= was:
		return nil
	case e.after.Past():
		w.Kind = WarnPast
	case !slices.ContainsFunc(warnAt[:], func(p int64) bool { return percent >= p }):
		return nil
	}
	return []Warning{w}
}
