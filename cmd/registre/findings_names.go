package main

import (
	"strings"

	"registre/domain"
	"registre/replay"
)

// calledBy are the names of the members and bodies that an answer tells of, by their ids. An answer holds them beside the ids, which
// others lean on; a sentence tells the names.
type calledBy struct {
	Bodies  map[string]string `json:"bodies,omitempty"`
	Group   string            `json:"group,omitempty"`
	Members map[string]string `json:"members,omitempty"`
}

// cast lets sentences tell these names.
func (c *calledBy) cast() *cast { return &cast{bodies: c.Bodies, members: c.Members} }

// A naming looks up what the members and bodies of a group are called at a pair of times: as on that day, and those that are no more,
// or not yet, by the last name that is known of them.
type naming struct {
	calledBy
	group *domain.Group // nil where the names of today are all that there are
	pair  domain.Pair
	today calledBy // the members and bodies of that day
}

func namingIn(g *domain.Group, p domain.Pair) *naming {
	n := &naming{calledBy: newCalledBy(), group: g, pair: p, today: newCalledBy()}
	for _, row := range g.Bodies(p) {
		n.today.Bodies[string(row.Body)] = row.Name
	}
	for _, row := range g.Members(p) {
		n.today.Members[string(row.Member)] = row.Name
	}
	return n
}

func newCalledBy() calledBy {
	return calledBy{Bodies: map[string]string{}, Members: map[string]string{}}
}

func (n *naming) member(id string) bool {
	return n.called(n.Members, id, n.today.Members, func() string { return n.group.MemberName(domain.MemberID(id), n.pair.Known) })
}

func (n *naming) body(id string) bool {
	return n.called(n.Bodies, id, n.today.Bodies, func() string { return n.group.BodyName(domain.BodyID(id), n.pair.Known) })
}

// called puts the name of an id among names, and reports whether it has one: that of the day, or the last.
func (n *naming) called(names map[string]string, id string, today map[string]string, last func() string) bool {
	if _, known := names[id]; known {
		return true
	}
	name := today[id]
	if name == "" && n.group != nil {
		name = last()
	}
	if name != "" {
		names[id] = name
	}
	return name != ""
}

// finding takes the names that the sentences of a finding and of its answers tell.
func (n *naming) finding(f *replay.Finding) {
	one := &finding{Args: f.Args, Name: f.Name, Subject: f.Subject}
	for _, key := range []string{"body", "members", "of", "subject", "weights"} {
		value := f.Args[key]
		if key == "subject" {
			value = f.Subject
		}
		kind := one.holds(key)
		if kind == something || value == "" {
			continue
		}
		for id := range strings.SplitSeq(value, ", ") {
			id, _, _ = strings.Cut(id, " ")
			switch kind {
			case aMember:
				n.member(id)
			case aBody:
				n.body(id)
			case either:
				_ = n.member(id) || n.body(id)
			}
		}
	}
	for i := range f.Answers {
		n.member(string(f.Answers[i].OnBehalfOf))
	}
}

// tree takes the names of all that a derivation tells of.
func (n *naming) tree(t *replay.Node) {
	for _, m := range []domain.MemberID{t.Member, t.Holder, t.Formerly} {
		if m != "" {
			n.member(string(m))
		}
	}
	if t.Body != "" {
		n.body(string(t.Body))
	}
	for i := range t.Children {
		n.tree(&t.Children[i])
	}
}

// What the argument of a finding holds the id of.
type idKind int

const (
	something idKind = iota // of nothing that has a name, or it is no id
	aMember
	aBody
	either
)

// subjectsOf say of what kind the subjects of findings are, by the names of these; those of contradictions by the name of the rule.
var subjectsOf = map[string]idKind{
	"stated-total-mismatch": aBody, "weights-too-fine": aBody,
	"weight-undetermined": aMember, "other-text-approved": aMember, "approval-without-hash": aMember, "approval-fell-after-force": aMember,
}

// contradicted are those of contradictions.
var contradicted = map[string]idKind{
	domain.NotMember.Name: aMember, domain.AlreadyMember.Name: aMember, domain.UnknownMember.Name: aMember, domain.MayNotOrder.Name: aMember, domain.JoinedAfter.Name: aMember,
	domain.NoBody.Name: aBody,
}

// holds says of what an argument holds the id, or the ids.
func (f *finding) holds(key string) idKind {
	switch {
	case key == "subject" && f.Name == replay.Contradiction.Name:
		return contradicted[f.Args["rule"]]
	case key == "subject":
		return subjectsOf[f.Name]
	case key == "body":
		return aBody
	case key == "members", key == "weights":
		return aMember
	case key == "of" && f.Args["rule"] != domain.QuorumMissing.Name: // which counts
		return either
	}
	return something
}

// calledAs is a member or a body by its name; by its id where nobody has told the name.
func (a *app) calledAs(id string, kind idKind) string {
	switch kind {
	case aMember:
		return a.member(id)
	case aBody:
		return a.body(id)
	case either:
		if name := a.member(id); name != id {
			return name
		}
		return a.body(id)
	}
	return id
}

// subjectOf is the subject of a finding by its name, with the id by which an answer names it.
func (a *app) subjectOf(f *finding) string {
	name := a.calledAs(f.Subject, f.holds("subject"))
	if name == f.Subject {
		return name
	}
	return introduced(name, f.Subject)
}

// named tells an argument that holds ids by the names of what they are of.
func (a *app) named(f *finding, key, value string) string {
	kind := f.holds(key)
	if kind == something {
		return value
	}
	all, between := strings.Split(value, ", "), ", "
	for i, one := range all {
		id, rest, more := strings.Cut(one, " ")
		all[i] = a.calledAs(id, kind)
		if was, is, ok := strings.Cut(rest, " → "); ok {
			all[i] += " " + a.number(was) + " → " + a.number(is)
			between = a.tr(" ; ", "; ")
		} else if more {
			all[i] += " " + rest
		}
	}
	return strings.Join(all, between)
}
