package domain

import (
	"reflect"
	"slices"
	"strings"
)

// A Quorum is what must be there for an item to be put to vote: all of its thresholds, of the whole roll. None is asked
// for where there is no threshold. In a written consultation it is what must have answered.
type Quorum struct {
	Counts     string // Present: in person; Represented: by proxy too. "" where none is asked for
	Thresholds []Threshold
}

// What becomes of a tie.
const (
	TieRejected   = "rejected"
	TieCasting    = "casting" // the casting vote of a member, or of the holder of a role, breaks it
	TieUnresolved = "unresolved"
)

// A Tie says what becomes of as much for as against.
type Tie struct {
	Member MemberID // whose vote is the casting one; "" where Role says it
	Role   string   // whose holder's vote is the casting one
	Way    string   // TieRejected, TieCasting or TieUnresolved
}

// Until when a proxy may be given in writing.
const (
	UntilSitting = "sitting" // the sitting's opening
	UntilItem    = "item"    // the putting to vote of the item
)

// Proxies says whether a member may be represented by another.
type Proxies struct {
	PerHolder int    // how many one member may hold; 0: none may be given
	Until     string // UntilSitting or UntilItem; "" where none may be given
}

// Notice says how long before a sitting its notice must have been sent, in clear days: neither the day on which it is
// sent nor that of the sitting counts.
type Notice struct {
	Days       int
	SecondDays int // of the second notice, after a lost quorum
}

// Who votes in a body.
const (
	Weighted    = "weighted"     // whoever holds a weight in it
	AllMembers  = "members"      // every member of the group
	TheseVoters = "these-voters" // those whom Members names, as long as they are members
)

// Voters says who votes.
type Voters struct {
	Members []MemberID // for TheseVoters
	Who     string     // Weighted, AllMembers or TheseVoters
}

// How one of several options is chosen.
const (
	Plurality = "plurality"  // the option with the most
	TwoRounds = "two-rounds" // one that reaches the majority; in the second round, the one with the most
)

// How votes are cast.
const (
	Final      = "final"      // in public, once and for all
	Changeable = "changeable" // in public, and another until the vote is closed
	Secret     = "secret"
)

// Whether a member must cast all its voices in one sense.
const (
	Undivided = "undivided"
	Divided   = "divided"
)

// A VotingRule says how a body decides.
//
// A resolution is adopted where something is for it, all of Majority is reached by what is for it, and none of Blocking
// by what is against it. A tie is as much for as against, by the measure of the first threshold of Majority, or exactly
// half of its base where more than half is asked for. Of the latter only, the rest being reached, Tie decides: nobody's
// casting vote makes a majority of less than half.
type VotingRule struct {
	Ballot       string // Final, Changeable or Secret
	Blocking     []Threshold
	Choice       string // Plurality or TwoRounds
	Majority     []Threshold
	Notice       Notice
	Proxies      Proxies
	Quorum       Quorum
	SecondNotice *Quorum // the quorum on second notice; nil where it stays
	Tie          Tie
	Voices       string // Undivided or Divided
	Voters       Voters
}

// VotingRuleSet sets the rule by which a body decides, for one kind of item or for all that have none of their own.
type VotingRuleSet struct {
	Basis string
	Body  BodyID
	Kind  ItemKind // "" for every item without a rule of its own kind
	Rule  VotingRule
}

// An ItemKind is a kind of item on an agenda that has its own rule: "budget", "admission" … It has the form of an id.
type ItemKind string

func (c *VotingRuleSet) basis() string { return c.Basis }

func (c *VotingRuleSet) check(f *form) {
	f.body(c.Basis, c.Body)
	if c.Kind != "" {
		f.id("kind", string(c.Kind))
	}
	f.within("rule", c.Rule.check)
}

func (r *VotingRule) check(f *form) {
	f.length("majority", len(r.Majority), 1)
	f.thresholds("majority", r.Majority)
	f.thresholds("blocking", r.Blocking)
	f.oneOf("choice", r.Choice, Plurality, TwoRounds)
	f.within("quorum", r.Quorum.check)
	if r.SecondNotice != nil {
		f.within("second_notice", r.SecondNotice.check)
	}
	f.within("tie", r.Tie.check)
	f.within("proxies", r.Proxies.check)
	f.within("notice", r.Notice.check)
	f.within("voters", r.Voters.check)
	f.oneOf("ballot", r.Ballot, Final, Changeable, Secret)
	f.oneOf("voices", r.Voices, Undivided, Divided)
	if r.Voices == Divided && slices.ContainsFunc(slices.Concat(r.Majority, r.Blocking), func(t Threshold) bool { return t.Of == Heads }) {
		f.wrong("voices", "a head is not divided: %q goes with weights only", Divided)
	}
	if r.Ballot == Secret && r.Voices == Divided {
		f.wrong("voices", "%q goes with a public vote only", Divided)
	}
	if r.Ballot == Secret && r.Tie.Way == TieCasting {
		f.wrong("tie", "in a secret ballot nobody's vote is known, so none can be the casting one")
	}
}

func (f *form) thresholds(field string, list []Threshold) {
	if len(list) > MaxThresholds {
		f.wrong(field, "has %d thresholds, more than %d", len(list), MaxThresholds)
	}
	for i := range list {
		f.within(field, list[i].check)
	}
}

// MaxThresholds bounds the thresholds of one majority, quorum or blocking minority.
const MaxThresholds = 4

func (q *Quorum) check(f *form) {
	f.thresholds("thresholds", q.Thresholds)
	for i := range q.Thresholds {
		if q.Thresholds[i].Base != Total {
			f.wrong("thresholds", "a quorum is a part of the whole: base %q", Total)
		}
	}
	if len(q.Thresholds) > 0 {
		f.oneOf("counts", q.Counts, Present, Represented)
	} else if q.Counts != "" {
		f.wrong("counts", "goes with a threshold only")
	}
}

func (t *Tie) check(f *form) {
	f.oneOf("way", t.Way, TieRejected, TieCasting, TieUnresolved)
	if t.Way != TieCasting {
		if t.Member != "" || t.Role != "" {
			f.wrong("way", "a casting vote goes with %q only", TieCasting)
		}
		return
	}
	if (t.Member == "") == (t.Role == "") {
		f.wrong("way", "a casting vote is either that of a member or that of a role's holder")
	}
	if t.Member != "" {
		f.id("member", string(t.Member))
	} else {
		f.oneOf("role", t.Role, Roles...)
	}
}

func (p *Proxies) check(f *form) {
	switch {
	case p.PerHolder < 0 || p.PerHolder > MaxItems:
		f.wrong("per_holder", "is %d, not 0 to %d", p.PerHolder, MaxItems)
	case p.PerHolder == 0 && p.Until != "":
		f.wrong("until", "goes with proxies only")
	case p.PerHolder > 0:
		f.oneOf("until", p.Until, UntilSitting, UntilItem)
	}
}

// MaxNoticeDays bounds the notice of a sitting, in clear days.
const MaxNoticeDays = 366

func (n *Notice) check(f *form) {
	f.clearDays("days", n.Days)
	f.clearDays("second_days", n.SecondDays)
}

func (f *form) clearDays(field string, n int) {
	if n < 0 || n > MaxNoticeDays {
		f.wrong(field, "is %d, not 0 to %d", n, MaxNoticeDays)
	}
}

func (v *Voters) check(f *form) {
	f.oneOf("who", v.Who, Weighted, AllMembers, TheseVoters)
	if v.Who == TheseVoters {
		distinct(f, "members", v.Members, 1, itself)
	} else if len(v.Members) > 0 {
		f.wrong("members", "go with %q only", TheseVoters)
	}
}

func (c *VotingRuleSet) judge(j *judgement) {
	j.alone(c.Basis)
	j.body(c.Body)
	for _, m := range c.Rule.names() {
		j.member(m)
	}
	j.unless(fitsRoll(c.voters(j), &c.Rule), RollTooLong, string(c.Body))
	j.unless(j.text != nil || !c.stands(j.g, j.pair()), NothingChanges, string(c.Body))
}

// voters are those who will vote under the rule, with the weights that are known.
func (c *VotingRuleSet) voters(j *judgement) (rows []WeightRow) {
	now, _ := j.g.Weights(c.Body, j.pair())
	switch c.Rule.Voters.Who {
	case AllMembers:
		rows = j.members()
	case TheseVoters:
		for _, m := range c.Rule.Voters.Members {
			rows = append(rows, WeightRow{Member: m})
		}
	default:
		return now.Rows
	}
	weights := make(map[MemberID]Weight, len(now.Rows))
	for _, row := range now.Rows {
		weights[row.Member] = row.Weight
	}
	for i := range rows {
		rows[i].Weight = weights[rows[i].Member]
	}
	return rows
}

// names gives the members that a rule names.
func (r *VotingRule) names() []MemberID {
	if r.Tie.Member == "" {
		return r.Voters.Members
	}
	return append(slices.Clip(r.Voters.Members), r.Tie.Member)
}

// stands reports whether the same rule holds for the same kind of item already.
func (c *VotingRuleSet) stands(g *Group, q Pair) bool {
	now, _ := g.votingRule(c.Body, c.Kind, q)
	return now != nil && now.Kind == c.Kind && reflect.DeepEqual(&now.Rule, &c.Rule)
}

func (c *VotingRuleSet) mark(p *pen) {
	b := p.g.bodies.get(c.Body)
	if b.voting == nil {
		b.voting = make(map[ItemKind]*Timeline[*VotingRuleSet])
	}
	t := b.voting[c.Kind]
	if t == nil {
		t = new(Timeline[*VotingRuleSet])
		b.voting[c.Kind] = t
	}
	mark(p, t, c)
	p.doubt(TouchVoting, c.Body)
}

// VotingRule is the rule by which a body decides on items of a kind at q, and the event that set it: that of the kind,
// otherwise that of all items. It is nil where the body does not exist, or no text says how it decides.
func (g *Group) VotingRule(id BodyID, kind ItemKind, q Pair) (*VotingRule, uint64) {
	if !g.HasBody(id, q) {
		return nil, 0
	}
	set, by := g.votingRule(id, kind, q)
	if set == nil {
		return nil, 0
	}
	return &set.Rule, by
}

func (g *Group) votingRule(id BodyID, kind ItemKind, q Pair) (*VotingRuleSet, uint64) {
	b := g.bodies.find(id)
	if b == nil {
		return nil, 0
	}
	for _, k := range []ItemKind{kind, ""} {
		if t := b.voting[k]; t != nil {
			if e := t.on(q.At, q.Known); e != nil {
				return e.Value, e.Place.Number
			}
		}
	}
	return nil, 0
}

// VotingRules gives the rules of a body at q, in the order of the kinds of item.
func (g *Group) VotingRules(id BodyID, q Pair) (rules []VotingRuleRow) {
	if !g.HasBody(id, q) {
		return nil
	}
	for kind, t := range g.bodies.find(id).voting {
		if e := t.on(q.At, q.Known); e != nil {
			rules = append(rules, VotingRuleRow{Kind: kind, Rule: &e.Value.Rule, Event: e.Place.Number, Since: g.dateOf(e.Place.Number, q.Known)})
		}
	}
	slices.SortFunc(rules, func(a, b VotingRuleRow) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	return rules
}

// VotingRuleRow is one rule of a body.
type VotingRuleRow struct {
	Kind  ItemKind
	Rule  *VotingRule
	Event uint64 // that set it
	Since Date
}
