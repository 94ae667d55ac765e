package domain

import "slices"

// What a threshold counts.
const (
	Weights = "weights"
	Heads   = "heads"
)

// What a threshold is a part of.
const (
	Cast    = "cast"    // the votes cast: for and against, without abstentions
	Present = "present" // all who are present or represented, and take part
	Total   = "total"   // the whole roll
)

// A Threshold is what a part must come to: Share of the base, more than it where Strict, and never less than Minimum.
// It is exact: a share of 2/3 of 10 voices is reached by 20/3, and by 7 heads.
type Threshold struct {
	Base    string   // Cast, Present or Total
	Minimum Weight   // 0 where there is none; whole where heads are counted
	Of      string   // Weights or Heads
	Share   Fraction // of the base; none where only Minimum is asked for
	Strict  bool     // more than Share, not exactly it
}

// A Quorum is what must be there for an item to be put to vote: all of its thresholds, of the whole roll. None is asked
// for where there is no threshold. In a written consultation it is what must have answered.
type Quorum struct {
	Represented bool // whoever is represented counts as there
	Thresholds  []Threshold
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

// A VotingRule says how a body decides.
//
// A resolution is adopted where something is for it, all of Majority is reached by what is for it, and none of Blocking
// by what is against it. A tie is as much for as against, by the measure of the first threshold of Majority, or exactly
// half of its base where more than half is asked for. Of the latter only, the rest being reached, Tie decides: nobody's
// casting vote makes a majority of less than half.
type VotingRule struct {
	Blocking     []Threshold
	Choice       string // Plurality or TwoRounds
	Majority     []Threshold
	MayChange    bool // a vote may be changed until the vote is closed
	Notice       Notice
	Proxies      Proxies
	Quorum       Quorum
	SecondNotice *Quorum // the quorum on second notice; nil where it stays
	Secret       bool
	Split        bool // a member may divide its voices
	Tie          Tie
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
	if r.Split && slices.ContainsFunc(slices.Concat(r.Majority, r.Blocking), func(t Threshold) bool { return t.Of == Heads }) {
		f.wrong("split", "goes with weights only: a head is not divided")
	}
	if r.Secret && r.Split {
		f.wrong("split", "goes with a public vote only")
	}
	if r.Secret && r.Tie.Way == TieCasting {
		f.wrong("tie", "in a secret ballot nobody's vote is known, so none can be the casting one")
	}
	if r.Secret && r.MayChange {
		f.wrong("may_change", "goes with a public vote only: nobody finds a secret ballot again")
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

func (t *Threshold) check(f *form) {
	f.oneOf("of", t.Of, Weights, Heads)
	f.oneOf("base", t.Base, Cast, Present, Total)
	switch {
	case t.Share.IsZero() && t.Minimum.IsZero():
		f.wrong("share", "or a minimum must be given")
	case t.Strict && t.Share.IsZero():
		f.wrong("strict", "goes with a share only")
	case t.Strict && t.Share == whole:
		f.wrong("share", "nothing is more than the whole")
	case t.Of == Heads && t.Minimum.Den() != 1:
		f.wrong("minimum", "of heads is a whole number")
	}
}

var (
	whole = Fraction{1, 1}
	half  = Fraction{1, 2}
)

func (q *Quorum) check(f *form) {
	f.thresholds("thresholds", q.Thresholds)
	for i := range q.Thresholds {
		if q.Thresholds[i].Base != Total {
			f.wrong("thresholds", "a quorum is a part of the whole: base %q", Total)
		}
	}
	if q.Represented && len(q.Thresholds) == 0 {
		f.wrong("represented", "goes with a threshold only")
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
