package domain

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Limits of what an act may hold.
const (
	MaxName  = 300   // bytes of a name, a title, a reference, a basis, an article
	MaxText  = 10000 // bytes of a quoted obligation or a reason
	MaxItems = 1000  // entries of one list
)

// form collects the first thing that is wrong with the form of an act.
type form struct {
	path string
	err  *Malformed
}

func (f *form) wrong(field, problem string, args ...any) {
	if f.err == nil {
		f.err = &Malformed{Field: f.path + field, Problem: fmt.Sprintf(problem, args...)}
	}
}

// within checks something that stands deeper.
func (f *form) within(field string, check func(*form)) {
	deeper := form{path: f.path + field + ".", err: f.err}
	check(&deeper)
	f.err = deeper.err
}

func (f *form) id(field, id string) {
	if !ValidID(id) {
		f.wrong(field, "%.80q is not an id: 1 to %d of a-z, 0-9 and -", id, MaxIDLength)
	}
}

func (f *form) name(field, s string) {
	if strings.TrimSpace(s) == "" {
		f.wrong(field, "must not be empty")
	}
	f.line(field, s)
}

func (f *form) line(field, s string) {
	if len(s) > MaxName {
		f.wrong(field, "has %d bytes, more than %d", len(s), MaxName)
	}
	if !isLine(s) {
		f.wrong(field, "holds a control character")
	}
}

func isLine(s string) bool {
	return isPrintable(s) || strings.IndexFunc(s, unicode.IsControl) < 0 && utf8.ValidString(s)
}

// isPrintable reports whether s is ASCII without control characters, as most of what is said is.
func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isName reports whether name has nothing to say of s.
func isName(s string) bool { return len(s) <= MaxName && strings.TrimSpace(s) != "" && isLine(s) }

// prose is text of several lines.
func (f *form) prose(field, s string) {
	if len(s) > MaxText {
		f.wrong(field, "has %d bytes, more than %d", len(s), MaxText)
	}
	if !isPrintable(s) && (strings.IndexFunc(s, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) >= 0 || !utf8.ValidString(s)) {
		f.wrong(field, "holds a control character")
	}
}

func (f *form) reason(field, s string) {
	if strings.TrimSpace(s) == "" {
		f.wrong(field, "must not be empty")
	}
	f.prose(field, s)
}

func (f *form) oneOf(field, s string, choices ...string) {
	if !slices.Contains(choices, s) {
		f.wrong(field, "%.80q is not one of %s", s, strings.Join(choices, ", "))
	}
}

func (f *form) length(field string, n, least int) {
	switch {
	case n < least:
		f.wrong(field, "must have at least %d", least)
	case n > MaxItems:
		f.wrong(field, "has %d entries, more than %d", n, MaxItems)
	}
}

// distinct checks a list of ids: valid, at least so many, none twice.
func distinct[T any, ID ~string](f *form, field string, list []T, least int, id func(T) ID) {
	f.length(field, len(list), least)
	var seen map[ID]bool // of a long list
	if len(list) > 16 {
		seen = make(map[ID]bool, len(list))
	}
	for i, v := range list {
		twice := seen[id(v)] || seen == nil && slices.ContainsFunc(list[:i], func(other T) bool { return id(other) == id(v) })
		if seen != nil {
			seen[id(v)] = true
		}
		if !twice && ValidID(string(id(v))) {
			continue // its place is named only where there is something to say
		}
		at := fmt.Sprintf("%s[%d]", field, i)
		f.id(at, string(id(v)))
		if twice {
			f.wrong(at, "%q stands there twice", string(id(v)))
		}
	}
}

func itself[T any](v T) T { return v }

// Check reports the first thing that is wrong with the form of a command, as a *Malformed; nil where nothing is.
func (c *Command) Check() error {
	f := &form{}
	if c.ID == uuid.Nil {
		f.wrong("id", "must not be empty")
	}
	f.id("group", string(c.Group))
	if c.Effective.IsZero() {
		f.wrong("effective", "the day on which it counts is missing")
	}
	f.id("actor", c.Actor)
	if c.OnBehalfOf != "" {
		f.id("on_behalf_of", string(c.OnBehalfOf))
	}
	f.length("evidence", len(c.Evidence), 0)
	for i, e := range c.Evidence {
		if isName(e.Kind) && isName(e.Reference) {
			continue
		}
		f.name(fmt.Sprintf("evidence[%d].kind", i), e.Kind)
		f.name(fmt.Sprintf("evidence[%d].reference", i), e.Reference)
	}
	f.line("illustrative", c.Illustrative)
	if c.Act == nil {
		f.wrong("data", "is missing")
	} else {
		f.path = "data."
		c.Act.check(f)
	}
	if f.err != nil {
		return f.err
	}
	return nil
}

func (f *form) changes(changes []Change) {
	f.length("changes", len(changes), 0)
	for i, c := range changes {
		var own form
		if c.check(&own); own.err == nil && c.basis() == "" {
			continue
		}
		f.within(fmt.Sprintf("changes[%d]", i), c.check)
		if c.basis() != "" {
			f.wrong(fmt.Sprintf("changes[%d].basis", i), "the text that holds the change is its basis")
		}
	}
}

func (a *GroupFounded) check(f *form) {
	f.name("name", a.Name)
	f.name("title", a.Title)
	f.changes(a.Changes)
}

func (c *MemberJoined) check(f *form) {
	f.line("basis", c.Basis)
	f.id("member", string(c.Member))
	f.name("name", c.Name)
	distinct(f, "weights", c.Weights, 0, func(w BodyWeight) BodyID { return w.Body })
}

func (c *MemberWithdrew) check(f *form) {
	f.line("basis", c.Basis)
	f.id("member", string(c.Member))
}

func (c *MembersSucceeded) check(f *form) {
	f.line("basis", c.Basis)
	distinct(f, "predecessors", c.Predecessors, 1, itself)
	distinct(f, "successors", c.Successors, 1, func(n Named) MemberID { return n.Member })
	if len(c.Predecessors) > 1 && len(c.Successors) > 1 {
		f.wrong("successors", "several succeed to one, or one to several")
	}
	for i, s := range c.Successors {
		f.name(fmt.Sprintf("successors[%d].name", i), s.Name)
	}
	distinct(f, "policies", c.Policies, 0, func(p Policy) BodyID { return p.Body })
	for i := range c.Policies {
		f.within(fmt.Sprintf("policies[%d]", i), c.Policies[i].check)
	}
}

func (p *Policy) check(f *form) {
	f.oneOf("way", p.Way, Sum, Keep, Set)
	if p.Way == Keep {
		f.id("of", string(p.Of))
	} else if p.Of != "" {
		f.wrong("of", "goes with the way %q only", Keep)
	}
	if p.Way != Set && len(p.Weights) > 0 {
		f.wrong("weights", "go with the way %q only", Set)
	}
	distinct(f, "weights", p.Weights, 0, func(w MemberWeight) MemberID { return w.Member })
}

func (c *RoleGiven) check(f *form) {
	f.line("basis", c.Basis)
	f.id("member", string(c.Member))
	f.oneOf("role", c.Role, Roles...)
}

func (c *RoleEnded) check(f *form) {
	f.line("basis", c.Basis)
	f.oneOf("role", c.Role, Roles...)
}

func (c *BodyCreated) check(f *form) { f.body(c.Basis, c.Body); f.name("name", c.Name) }
func (c *BodyRenamed) check(f *form) { f.body(c.Basis, c.Body); f.name("name", c.Name) }
func (c *BodyReplaced) check(f *form) {
	f.body(c.Basis, c.Body)
	f.id("by", string(c.By))
	if c.By == c.Body {
		f.wrong("by", "a body does not replace itself")
	}
	f.name("name", c.Name)
}
func (c *BodyDissolved) check(f *form) { f.body(c.Basis, c.Body) }

func (f *form) body(basis string, id BodyID) {
	f.line("basis", basis)
	f.id("body", string(id))
}

func (c *WeightsSet) check(f *form) {
	f.body(c.Basis, c.Body)
	distinct(f, "weights", c.Weights, 1, func(w MemberWeight) MemberID { return w.Member })
}

func (c *ObligationSet) check(f *form) {
	f.name("article", c.Article)
	f.line("basis", c.Basis)
	f.prose("text", c.Text)
}

func (c *AmendmentRuleSet) check(f *form) {
	f.line("basis", c.Basis)
	f.within("approval", c.Approval.check)
	f.within("signature", c.Signature.check)
	f.oneOf("effect", c.Effect, StatedDay, LastSignature)
}

func (q *Quota) check(f *form) {
	f.oneOf("who", q.Who, EveryMember, Listed, Share)
	if q.Who == Listed {
		distinct(f, "members", q.Members, 1, itself)
	} else if len(q.Members) > 0 {
		f.wrong("members", "go with %q only", Listed)
	}
	whole, _ := NewWeight(1, 1)
	if given := !q.Share.IsZero(); given != (q.Who == Share) || q.Share.Cmp(whole) > 0 {
		f.wrong("share", "is above 0 and at most 1, and goes with %q only", Share)
	}
}

func (a *AvenantDrafted) check(f *form) {
	f.avenant(a.Avenant)
	f.length("articles", len(a.Articles), 0)
	for i, s := range a.Articles {
		f.name(fmt.Sprintf("articles[%d]", i), s)
	}
	f.changes(a.Changes)
	f.prose("retroactive", a.Retroactive)
	if a.Retroactive != "" && a.StatedDay == 0 {
		f.wrong("retroactive", "needs the day on which the avenant takes effect")
	}
	f.name("title", a.Title)
}

func (a *MemberDeliberated) check(f *form) {
	f.id("member", string(a.Member))
	f.line("reference", a.Reference)
	f.id("text", string(a.Text))
}

func (a *DeliberationFell) check(f *form) {
	f.number("deliberation", a.Deliberation)
	f.oneOf("how", a.How, Annulled, Withdrawn)
	f.reason("reason", a.Reason)
}

func (f *form) number(field string, n uint64) {
	if n == 0 || n >= 1<<53 {
		f.wrong(field, "is the number of an event, from 1 on")
	}
}

func (a *MemberSigned) check(f *form) {
	f.id("member", string(a.Member))
	f.id("text", string(a.Text))
}

func (f *form) avenant(id TextID) {
	f.id("avenant", string(id))
	if id == Convention {
		f.wrong("avenant", "%q is the id of the convention itself", string(Convention))
	}
}

func (a *AvenantAbandoned) check(f *form) {
	f.avenant(a.Avenant)
	f.reason("reason", a.Reason)
}

func (a *AvenantEnteredIntoForce) check(f *form) { f.avenant(a.Avenant) }

func (a *EventCorrected) check(f *form) {
	f.oneOf("kind", a.Kind, Clerical, Substantive)
	f.reason("reason", a.Reason)
	f.number("target", a.Target)
	r := a.Replacement
	if r == nil {
		return
	}
	if r.Effective.IsZero() {
		f.wrong("replacement.effective", "the day on which it counts is missing")
	}
	if r.Act == nil {
		f.wrong("replacement.data", "is missing")
		return
	}
	f.within("replacement.data", r.Act.check)
}

func (c *MemberJoined) basis() string     { return c.Basis }
func (c *MemberWithdrew) basis() string   { return c.Basis }
func (c *MembersSucceeded) basis() string { return c.Basis }
func (c *RoleGiven) basis() string        { return c.Basis }
func (c *RoleEnded) basis() string        { return c.Basis }
func (c *BodyCreated) basis() string      { return c.Basis }
func (c *BodyRenamed) basis() string      { return c.Basis }
func (c *BodyReplaced) basis() string     { return c.Basis }
func (c *BodyDissolved) basis() string    { return c.Basis }
func (c *WeightsSet) basis() string       { return c.Basis }
func (c *ObligationSet) basis() string    { return c.Basis }
func (c *AmendmentRuleSet) basis() string { return c.Basis }
