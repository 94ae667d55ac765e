package replay

import (
	"errors"
	"fmt"
	"slices"

	"registre/domain"
)

// A Figure names a number, or an outcome, whose derivation is asked for. Kind says which of the fields count.
type Figure struct {
	Agreement domain.AgreementID // of FigureCeiling
	Body      domain.BodyID      // of FigureWeight and FigureTotal
	Decision  uint64             // of FigureDecision: the event that proclaims or asserts it
	Kind      string
	Member    domain.MemberID // of FigureWeight
	Where     []domain.Filter // of FigureEnrolment: which lines
}

// The kinds of figures.
const (
	FigureCeiling   = "ceiling"   // how much of a ceiling is ordered, in the period that the day is in
	FigureDecision  = "decision"  // an outcome, with its quorum and its majority
	FigureEnrolment = "enrolment" // pupils: gross, distinct, unknown
	FigureTotal     = "total"     // the weights of a body
	FigureWeight    = "weight"    // of a member in a body
)

// A Node is one step of a derivation: what it is of, what it comes to, by which rule, and from which events. What it follows
// from stands below it. For all nodes n that have children As Term:
//
//	n.Pupils, n.Heads, and n.Value where it is a number, are the sums of those of these children
//
// save that lines of which something is unknown add nothing that is known.
type Node struct {
	Agreement domain.AgreementID `json:"agreement,omitempty"`
	As        string             `json:"as,omitempty"`   // Term, Ground, Quoted or LeftOut; "" for the figure itself
	At        domain.Day         `json:"at,omitzero"`    // the day of which it tells, where that is not the one asked for
	Base      string             `json:"base,omitempty"` // of a threshold, what Value is a part of; of a ceiling, the ceiling
	Body      domain.BodyID      `json:"body,omitempty"`
	Children  []Node             `json:"children,omitempty"`
	Cycle     domain.Cycle       `json:"cycle,omitempty"`
	Events    []uint64           `json:"events,omitempty"` // that say it, ascending
	Folded    int                `json:"folded,omitzero"`  // terms that are left out of Children, and count in what it comes to
	Formerly  domain.MemberID    `json:"formerly,omitempty"`
	From      domain.Day         `json:"from,omitzero"`   // the first day of a period
	Heads     *int64             `json:"heads,omitempty"` // members, where members are counted
	Holder    domain.MemberID    `json:"holder,omitempty"`
	Known     uint64             `json:"known,omitzero"` // what it may know, where that is not what was asked
	Member    domain.MemberID    `json:"member,omitempty"`
	Order     domain.OrderNumber `json:"order,omitempty"`
	Percent   *int64             `json:"percent,omitempty"` // of a ceiling, rounded down
	Price     domain.Money       `json:"price,omitzero"`    // of a pupil
	Pupils    *Pupils            `json:"pupils,omitempty"`
	Reached   *bool              `json:"reached,omitempty"` // of a threshold
	Reason    string             `json:"reason,omitempty"`  // why there is no value, or why it is so
	Rule      *Rule              `json:"rule,omitempty"`
	School    domain.UAI         `json:"school,omitzero"`
	Title     string             `json:"title,omitempty"`
	Until     domain.Day         `json:"until,omitzero"`  // the day after the last of a period
	Value     string             `json:"value,omitempty"` // a weight, an amount, a number of pupils, an outcome; Undetermined
	What      string             `json:"what"`
}

// Pupils are what some lines come to. Of a ceiling, Unknown are the lines whose headcount or price is unknown.
type Pupils struct {
	Distinct int64 `json:"distinct"`
	Gross    int64 `json:"gross"`
	Lines    int   `json:"lines"`
	Unknown  int   `json:"unknown"`
}

func (p *Pupils) add(o *Pupils) {
	p.Distinct, p.Gross, p.Lines, p.Unknown = p.Distinct+o.Distinct, p.Gross+o.Gross, p.Lines+o.Lines, p.Unknown+o.Unknown
}

// A Rule says how a node follows, and what set it.
type Rule struct {
	Basis     string                     `json:"basis,omitempty"` // the text, or the law, that says so
	Code      string                     `json:"code"`
	Event     uint64                     `json:"event,omitzero"`     // that set it
	Sentence  map[domain.Language]string `json:"sentence,omitempty"` // of a voting rule, or a threshold of one
	Threshold string                     `json:"threshold,omitempty"`
}

// How a node stands to its parent.
const (
	Term    = "term"     // it adds up to it
	Ground  = "ground"   // it rests on it
	Quoted  = "quoted"   // a document, or the register, states it; nothing is computed with it
	LeftOut = "left-out" // it adds nothing, and Reason says why
)

// ErrNoFigure says that the register, as known, does not speak of what a figure is of: no such body, member, decision or agreement.
var ErrNoFigure = errors.New("the register speaks of no such figure")

// Derive gives the derivation of a figure at a pair. Its error matches ErrNoFigure or domain.ErrOverflow. Every number in it is
// computed anew, from what the events say.
func Derive(g *domain.Group, p domain.Pair, f Figure) (Node, error) {
	return (&deriver{g: g, p: p}).derive(f)
}

// DeriveFolded is Derive with its sums cut short: of each, no more than the first most terms are told, 0 for all. What it follows from
// it gives whole:
//
//	tree == n, folded by n.Fold(most), and behind == EventsOf(n), where n is what Derive gives
//
// The terms that are left out are added up, and not made.
func DeriveFolded(g *domain.Group, p domain.Pair, f Figure, most int) (tree Node, behind []uint64, err error) {
	d := &deriver{g: g, p: p, most: most}
	if tree, err = d.derive(f); err != nil {
		return tree, nil, err
	}
	behind = eventsOf(g, d.p.Known, &tree, d.behind)
	if most > 0 {
		tree.Fold(most)
	}
	return tree, behind, nil
}

func (d *deriver) derive(f Figure) (n Node, err error) {
	d.p.Known = min(d.p.Known, d.g.Head())
	switch f.Kind {
	case FigureWeight:
		n, err = d.weight(f.Body, f.Member)
	case FigureTotal:
		n, err = d.total(f.Body)
	case FigureDecision:
		n, err = d.decision(f.Decision)
	case FigureEnrolment:
		n = d.enrolment(f.Where)
	case FigureCeiling:
		n, err = d.ceiling(f.Agreement)
	default:
		err = ErrNoFigure
	}
	if err != nil {
		return n, fmt.Errorf("%s: %w", f.Kind, err)
	}
	return n, nil
}

// EventsOf gives the events that a derivation names, with what they carry out, ascending, each once. Corrections are not among them.
func EventsOf(g *domain.Group, known uint64, tree *Node) []uint64 {
	return eventsOf(g, known, tree, nil)
}

// eventsOf is EventsOf, with events that a tree does not name.
func eventsOf(g *domain.Group, known uint64, tree *Node, all []uint64) []uint64 {
	tree.each(func(n *Node) {
		all = append(all, n.Events...)
		if n.Rule != nil {
			all = append(all, n.Rule.Event)
		}
	})
	all = events(all...)
	for _, n := range all[:len(all):len(all)] {
		said, _ := g.Said(n, known)
		if on, _ := restsOn(g, said.Act, known); on > 0 {
			all = append(all, on)
		}
	}
	return events(all...)
}

func (n *Node) each(do func(*Node)) {
	do(n)
	for i := range n.Children {
		n.Children[i].each(do)
	}
}

type deriver struct {
	g      *domain.Group
	p      domain.Pair
	most   int      // terms of a sum that are made; 0 for all
	behind []uint64 // the events of those that are not, in whatever order
}

// folds reports whether the next term of a sum is left out, when so many stand there.
func (d *deriver) folds(terms int) bool { return d.most > 0 && terms >= d.most }

// also notes events of a term that is left out.
func (d *deriver) also(numbers ...uint64) { d.behind = append(d.behind, numbers...) }

func events(numbers ...uint64) []uint64 {
	numbers = slices.DeleteFunc(numbers, func(n uint64) bool { return n == 0 })
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// rule is one that an event set.
func (d *deriver) rule(code string, event uint64) *Rule {
	return &Rule{Basis: d.basis(event), Code: code, Event: event}
}

// basis is the text, or the law, on which an event rests; "" where it names none.
func (d *deriver) basis(event uint64) string {
	said, _ := d.g.Said(event, d.p.Known)
	switch act := said.Act.(type) {
	case *domain.GroupFounded:
		return string(domain.Convention)
	case *domain.AvenantEnteredIntoForce:
		return string(act.Avenant)
	case *domain.MemberJoined:
		return act.Basis
	case *domain.MembersSucceeded:
		return act.Basis
	case *domain.WeightsSet:
		return act.Basis
	case *domain.VotingRuleSet:
		return act.Basis
	case *domain.AgreementLaunched:
		return string(act.Agreement)
	case *domain.AgreementRenewed:
		return string(act.Agreement)
	}
	return ""
}
