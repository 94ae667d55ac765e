package projections

import (
	"cmp"
	"slices"
	"strconv"

	"registre/domain"
)

// A FigureChange is a figure that a correction has made another: what was answered before it for that day, the first on which it
// differs, and is answered since. Where there was, or is, no answer, it is left out.
type FigureChange struct {
	After     string             `json:"after,omitempty"`
	Agreement domain.AgreementID `json:"agreement,omitempty"`
	At        domain.Day         `json:"at,omitzero"` // left out of what does not hang on a day
	Before    string             `json:"before,omitempty"`
	Body      domain.BodyID      `json:"body,omitempty"`
	Decision  uint64             `json:"decision,omitzero"`
	Figure    string             `json:"figure"` // "weight", "total", "member", "gross", "distinct", "unknown", "lines", "ordered", or of a decision "day", "outcome", "recount", "legal" or "binds"
	Member    domain.MemberID    `json:"member,omitempty"`
}

func (f *FigureChange) compare(o *FigureChange) int {
	return cmp.Or(
		compare(f.At, o.At), cmp.Compare(f.Figure, o.Figure), cmp.Compare(f.Body, o.Body), cmp.Compare(f.Member, o.Member),
		cmp.Compare(f.Agreement, o.Agreement), cmp.Compare(f.Decision, o.Decision),
	)
}

// correction notes the figures that a correction has changed, where there are any.
func (n *noting) correction(act *domain.EventCorrected) {
	if act.Target == 0 || act.Target >= n.e.Number {
		return
	}
	after, root := n.e.Number, n.rootOf(act.Target)
	in, _ := domain.SpokenOf(n.g.Original(root).Act)
	changed := append(changes(n.decided(in, after-1), n.decided(in, after)), n.annulled()...)
	seen := map[FigureChange]bool{} // figures whose first day is found
	for _, day := range n.daysOf(root) {
		for _, f := range changes(n.figures(domain.Pair{At: day, Known: after - 1}), n.figures(domain.Pair{At: day, Known: after})) {
			figure := f
			figure.At, figure.Before, figure.After = 0, "", ""
			if !seen[figure] {
				seen[figure] = true
				changed = append(changed, f)
			}
		}
	}
	if len(changed) == 0 {
		return
	}
	slices.SortFunc(changed, func(a, b FigureChange) int { return a.compare(&b) })
	n.add(FigureCorrected, func(o *Notice) {
		o.Data.Correct = &CorrectNotice{Event: act.Target, Figures: changed, Voided: act.Replacement == nil}
		o.Data.Reason = act.Reason
		n.rests(o, root)
		for _, f := range changed {
			if f.Body != "" {
				o.Bodies = append(o.Bodies, f.Body)
			}
			if f.Member != "" {
				o.Members = append(o.Members, f.Member)
			}
		}
		slices.Sort(o.Bodies)
		slices.Sort(o.Members)
		o.Bodies, o.Members = slices.Compact(o.Bodies), slices.Compact(o.Members)
	})
}

// changes are what differs between two lists of figures, each with its answer in After.
func changes(before, after []FigureChange) (all []FigureChange) {
	was := map[FigureChange]string{}
	for _, f := range before {
		answer := f.After
		f.After = ""
		was[f] = answer
	}
	for _, f := range after {
		answer := f.After
		f.After = ""
		old, ok := was[f]
		delete(was, f)
		if !ok || old != answer {
			f.Before, f.After = old, answer
			all = append(all, f)
		}
	}
	for f, old := range was {
		f.Before = old
		all = append(all, f)
	}
	return all
}

// rootOf is the event that is corrected in the end, through however many corrections of corrections.
func (n *noting) rootOf(target uint64) uint64 {
	for {
		up, ok := n.g.Original(target).Act.(*domain.EventCorrected)
		if !ok || up.Target == 0 || up.Target >= target {
			return target
		}
		target = up.Target
	}
}

// daysOf are the days on which figures can be others than they were, ascending: those from which a corrected event counts, or
// counted, and every later one on which something that was said begins or ends. Between two of them all figures stay as they are.
func (n *noting) daysOf(root uint64) (days []domain.Day) {
	first := domain.LastDay + 1
	for _, known := range [2]uint64{n.e.Number - 1, n.e.Number} {
		if said, ok := n.g.Said(root, known); ok {
			from := n.countsFrom(root, said, known)
			first, days = min(first, slices.Min(from)), append(append(days, from...), turns(said)...)
		}
	}
	for number := uint64(1); number <= n.e.Number; number++ {
		if said, ok := n.g.Said(number, n.e.Number); ok {
			days = append(days, turns(said)...)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	return slices.DeleteFunc(days, func(d domain.Day) bool { return d < first })
}

// turns are the days on which what an event says begins or ends. What a text or a decision changes turns with the event that puts it
// into force.
func turns(said domain.Event) []domain.Day {
	days := []domain.Day{said.Effective.First}
	switch act := said.Act.(type) {
	case *domain.OrderIssued:
		days = append(days, act.From, act.Until)
	case *domain.AgreementLaunched:
		days = append(days, act.Until)
	case *domain.AgreementRenewed:
		days = append(days, act.Until)
	}
	return days
}

// countsFrom are the days from which an event's figures count: its own, that of the decision on an item that it puts on an agenda, or
// that it lets fall or stand again, and those of what counts because of it, or else would.
func (n *noting) countsFrom(number uint64, said domain.Event, known uint64) []domain.Day {
	days := append(n.hanging(said.Act, known), said.Effective.First)
	fallen := n.fallen(said.Act)
	for _, d := range n.g.Decisions(domain.Pair{At: domain.LastDay, Known: known}) {
		if d.Proclaimed != nil && (d.Proclaimed.Defined == number || d.Number == fallen) {
			days = append(days, d.Day.First)
		}
	}
	return days
}

// fallen is the decision that an act annuls, or whose annulment it lifts; 0 where it does neither.
func (n *noting) fallen(act domain.Act) uint64 {
	switch act := act.(type) {
	case *domain.DecisionAnnulled:
		return act.Decision
	case *domain.AnnulmentLifted:
		if act.Annulment == 0 || act.Annulment >= n.e.Number {
			return 0
		}
		if annulled, is := n.g.Original(act.Annulment).Act.(*domain.DecisionAnnulled); is { // no correction leads it to another
			return annulled.Decision
		}
	}
	return 0
}

// hanging are the days on which what hangs on an act begins or ends.
func (n *noting) hanging(on domain.Act, known uint64) (days []domain.Day) {
	for number := uint64(1); number <= known; number++ {
		if said, ok := n.g.Said(number, known); ok && hangs(said.Act, on) {
			days = append(days, turns(said)...)
		}
	}
	return days
}

// hangs reports whether an act counts otherwise where another does not: a text in force by its draft, an agreement's renewal by its
// launch, and of order forms of one number, where the first was void for a time, only the later one.
func hangs(act, on domain.Act) bool {
	switch on := on.(type) {
	case *domain.AvenantDrafted:
		a, is := act.(*domain.AvenantEnteredIntoForce)
		return is && a.Avenant == on.Avenant
	case *domain.AgreementLaunched:
		a, is := act.(*domain.AgreementRenewed)
		return is && a.Agreement == on.Agreement
	case *domain.OrderIssued:
		a, is := act.(*domain.OrderIssued)
		return is && a.Number == on.Number
	}
	return false
}

// figures are those that hang on a day, each with its answer in After.
func (n *noting) figures(q domain.Pair) (all []FigureChange) {
	for _, m := range n.g.Members(q) {
		all = append(all, FigureChange{At: q.At, Figure: "member", Member: m.Member, After: "true"})
	}
	for _, b := range n.g.Bodies(q) {
		all = append(all, n.weights(b.Body, q)...)
	}
	for _, s := range n.g.Spending(q) {
		if amount := ordered(&s); amount != "" {
			all = append(all, FigureChange{At: q.At, Figure: "ordered", Agreement: s.Agreement, After: amount})
		}
	}
	total, rows := n.g.EnrolmentRows(q, domain.Selection{By: []domain.Dimension{domain.ByMember}})
	all = append(all, pupils(q.At, "", total)...)
	for _, row := range rows.All() {
		if m := domain.MemberID(row.Keys[0]); m != "" { // whose pupils nobody knows yet are in the total, and no member's
			all = append(all, pupils(q.At, m, row.Figure)...)
		}
	}
	return all
}

func (n *noting) weights(body domain.BodyID, q domain.Pair) (all []FigureChange) {
	w, err := n.g.Weights(body, q)
	if err != nil {
		return nil // nobody was answered either
	}
	for _, row := range w.Rows {
		f := FigureChange{At: q.At, Body: body, Figure: "weight", Member: row.Member, After: row.Weight.String()}
		if row.Undetermined {
			f.After = "undetermined"
		}
		all = append(all, f)
	}
	if len(w.Rows) > 0 {
		f := FigureChange{At: q.At, Body: body, Figure: "total", After: w.Total.String()}
		if w.Undetermined {
			f.After = "undetermined"
		}
		all = append(all, f)
	}
	return all
}

func pupils(at domain.Day, member domain.MemberID, f domain.Figure) []FigureChange {
	if f.Lines == 0 {
		return nil
	}
	one := func(name string, n int64) FigureChange {
		return FigureChange{At: at, Figure: name, Member: member, After: strconv.FormatInt(n, 10)}
	}
	return []FigureChange{one("gross", f.Gross), one("distinct", f.Distinct), one("unknown", int64(f.Unknown)), one("lines", int64(f.Lines))}
}

// ordered is what was ordered under an agreement, in the unit of its ceiling; "" where nothing has a price.
func ordered(s *domain.SpendingRow) string {
	if s.Period.Ceiling.Pupils > 0 {
		return strconv.FormatInt(s.Pupils, 10)
	}
	return s.Amount.String()
}

// decided are what was decided, as known, and what it is in law; and what the votes of one sitting come to. Those of others rest on
// nothing but their own events.
func (n *noting) decided(in domain.SittingID, known uint64) (all []FigureChange) {
	for _, d := range n.g.Decisions(domain.Pair{At: domain.LastDay, Known: known}) {
		f := FigureChange{Body: d.Body, Decision: d.Number}
		for name, answer := range map[string]string{"day": d.Day.String(), "legal": d.Legal, "outcome": d.Outcome} {
			f.Figure, f.After = name, answer
			all = append(all, f)
		}
		if d.Binds != 0 {
			f.Figure, f.After = "binds", d.Binds.String()
			all = append(all, f)
		}
		if in == "" || d.Proclaimed == nil || d.Proclaimed.Sitting != in {
			continue
		}
		if t, ok := n.g.Recount(d.Number, known); ok {
			f.Figure, f.After = "recount", t.Outcome
			all = append(all, f)
		}
	}
	return all
}

// annulled are the decisions that a court annulled from one day on, and since the correction from another: what each is in law on
// the first of the days between.
func (n *noting) annulled() (all []FigureChange) {
	before := n.late()
	before.Known--
	for _, d := range n.g.Decisions(n.late()) {
		was, ok := n.g.Decision(d.Number, before)
		if !ok || was.Legal != d.Legal || was.Until == d.Until {
			continue
		}
		at := max(min(was.Until, d.Until), d.Day.First)
		was, _ = n.g.Decision(d.Number, domain.Pair{At: at, Known: before.Known})
		is, _ := n.g.Decision(d.Number, domain.Pair{At: at, Known: n.e.Number})
		if was.Legal != is.Legal {
			all = append(all, FigureChange{At: at, Before: was.Legal, After: is.Legal, Body: d.Body, Decision: d.Number, Figure: "legal"})
		}
	}
	return all
}
