package replay

import (
	"registre/domain"
)

// What the nodes of a weight are.
const (
	WhatBody        = "body"         // that it exists, or does not
	WhatMembership  = "membership"   // that one is a member, or is not
	WhatStatedTotal = "stated-total" // that a document states
	WhatTable       = "table"        // that gives a member no weight
	WhatTotal       = FigureTotal
	WhatWeight      = FigureWeight
)

// RuleSum is the rule of what is the sum of its terms. The rules of a weight are domain.Tabled, Joined, Sum, Keep and Set.
const RuleSum = "total"

func (d *deriver) weight(body domain.BodyID, m domain.MemberID) (Node, error) {
	if !d.g.HeardOfBody(body, d.p.Known) || d.g.MemberName(m, d.p.Known) == "" {
		return Node{}, ErrNoFigure
	}
	o := d.g.WeightOrigin(body, m, d.p)
	return d.weightNode(body, &o, "")
}

// weightNode tells of a weight. The value of one that is summed is the sum of its terms, computed here.
func (d *deriver) weightNode(body domain.BodyID, o *domain.WeightOrigin, as string) (Node, error) {
	n := Node{As: as, Body: body, Member: o.Member, What: WhatWeight, Events: events(o.Event)}
	switch {
	case o.None && o.Event == 0:
		n.Reason = o.Way
	case o.Undetermined:
		n.Value, n.Rule = Undetermined, d.rule(o.Way, o.Event)
	default:
		n.Value, n.Rule = o.Weight.String(), d.rule(o.Way, o.Event)
	}
	var sum domain.Weight
	for i := range o.Parts {
		part, err := d.weightNode(body, &o.Parts[i], Term)
		if err != nil {
			return n, err
		}
		part.At = o.Parts[i].Day
		n.Children = append(n.Children, part)
		if part.Value != "" && part.Value != Undetermined {
			if sum, err = sum.Add(o.Parts[i].Weight); err != nil {
				return n, err
			}
		}
	}
	if o.None && o.Event != 0 { // of those whom it sums, nobody held any
		n.Value, n.Reason = "", domain.WithoutWeight
	} else if len(o.Parts) > 0 && !o.Undetermined {
		n.Value = sum.String()
	}
	n.Children = append(n.Children, grounds(
		Node{What: WhatMembership, Member: o.Member, Events: events(o.Membership)},
		Node{What: WhatBody, Body: body, Events: events(o.Body)},
		Node{What: WhatTable, Body: body, Events: events(o.Table)},
	)...)
	return n, nil
}

// grounds are those of some nodes that an event says.
func grounds(all ...Node) (some []Node) {
	for _, n := range all {
		if n.As = Ground; len(n.Events) > 0 {
			some = append(some, n)
		}
	}
	return some
}

func (d *deriver) total(body domain.BodyID) (Node, error) {
	if !d.g.HeardOfBody(body, d.p.Known) {
		return Node{}, ErrNoFigure
	}
	w, err := d.g.Weights(body, d.p)
	if err != nil {
		return Node{}, err
	}
	n := Node{Body: body, Rule: &Rule{Code: RuleSum}, What: WhatTotal}
	var sum domain.Weight
	var exists uint64
	for i := range w.Rows {
		o := d.g.WeightOrigin(body, w.Rows[i].Member, d.p)
		exists, o.Body = o.Body, 0 // it is said once
		part, err := d.weightNode(body, &o, Term)
		if err != nil {
			return n, err
		}
		n.Children = append(n.Children, part)
		if !o.Undetermined {
			if sum, err = sum.Add(o.Weight); err != nil {
				return n, err
			}
		}
	}
	switch {
	case w.Undetermined:
		n.Value = Undetermined
	case len(w.Rows) > 0:
		n.Value = sum.String()
	default:
		d.without(&n, body)
	}
	n.Children = append(n.Children, grounds(Node{What: WhatBody, Body: body, Events: events(exists)})...)
	if w.Stated != nil {
		n.Children = append(n.Children, Node{As: Quoted, Body: body, Events: events(w.StatedBy), Value: w.Stated.String(), What: WhatStatedTotal})
	}
	return n, nil
}

// without says why nobody holds a weight in a body.
func (d *deriver) without(n *Node, body domain.BodyID) {
	n.Rule, n.Reason = nil, domain.WithoutWeight
	if !d.g.HasBody(body, d.p) {
		n.Reason = domain.WithoutBody
	}
	for _, row := range d.g.Bodies(d.p) {
		if row.Body == body {
			n.Children = append(n.Children, Node{As: Ground, Body: body, Events: events(row.Event), What: WhatBody})
		}
	}
	for _, row := range d.g.Members(d.p) {
		if o := d.g.WeightOrigin(body, row.Member, d.p); o.Table > 0 {
			n.Children = append(n.Children, Node{As: Ground, Body: body, Events: events(o.Table), What: WhatTable})
			break
		}
	}
}
