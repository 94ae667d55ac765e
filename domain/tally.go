package domain

import "math/bits"

// The outcomes of a vote.
const (
	Adopted     = "adopted"
	Rejected    = "rejected"
	Unresolved  = "unresolved"   // a tie that nothing breaks
	NoQuorum    = "no-quorum"    // not enough are there, or have answered
	Elected     = "elected"      // of a choice: Option says which
	SecondRound = "second-round" // of a choice: no option has the majority
)

// An Amount is a number of voices and of members.
type Amount struct {
	Heads  int64
	Weight Weight
}

// A Measure is one threshold and what it was held against.
type Measure struct {
	Base      Amount
	Just      bool // the part is exactly the share, where more was asked for
	Part      Amount
	Reached   bool // of a majority only where something is for it
	Threshold Threshold
}

// A Tally is what a count comes to: the outcome, and all that it follows from.
type Tally struct {
	Abstain  Amount
	Blocking []Measure
	Cast     Amount
	Majority []Measure
	NotVoted Amount // takes part and has not voted
	Option   int    // elected; 0 where none is
	Options  []Amount
	Outcome  string
	Present  Amount
	Quorum   []Measure
	Settled  bool // whatever is still cast or changed, the outcome stays
	Tie      bool
	Total    Amount
}

// TallyOf counts votes, by the places of the roll; whoever has not voted has the zero Vote.
func TallyOf(p *Poll, votes []Vote) (Tally, error) {
	c, err := NewCount(p)
	if err != nil {
		return Tally{}, err
	}
	for i := range votes {
		if votes[i].Sense == NoVote && len(votes[i].Parts) == 0 {
			continue
		}
		if err := c.Cast(i, votes[i]); err != nil {
			return Tally{}, err
		}
	}
	return c.Tally(), nil
}

// Tally is what the count comes to if it is closed now.
func (c *Count) Tally() Tally {
	s := c.state()
	v := s.verdict()
	t := Tally{
		Abstain: c.shown(s.columns(Abstain)), Cast: c.shown(s.cast()), NotVoted: c.shown(s.columns(NoVote)),
		Option: v.option, Outcome: v.outcome, Present: c.shown(s.present()), Settled: c.Settled(), Tie: v.tie, Total: c.shown(c.roll),
	}
	for o := For; int(o) < len(c.columns); o++ {
		t.Options = append(t.Options, c.shown(s.columns(o)))
	}
	t.Quorum = c.measures(c.quorum().Thresholds, s.there(), &s)
	if c.poll.Options > 0 {
		if t.Option != 0 && !c.byPlurality() {
			t.Majority = c.measures(c.poll.Rule.Majority, s.columns(Option(t.Option)), &s)
		}
		return t
	}
	t.Majority = c.measures(c.poll.Rule.Majority, s.columns(For), &s)
	if s.columns(For).of(c.poll.Rule.Majority[0].Of) == 0 { // nothing is for it: two thirds of nothing are no majority
		for i := range t.Majority {
			t.Majority[i].Reached = false
		}
	}
	t.Blocking = c.measures(c.poll.Rule.Blocking, s.columns(Against), &s)
	return t
}

func (c *Count) shown(a amount) Amount {
	w, _ := NewWeight(a.weight, c.den)
	return Amount{Heads: a.heads, Weight: w}
}

func (c *Count) measures(list []Threshold, part amount, s *state) (all []Measure) {
	for i := range list {
		base := s.base(list[i].Base)
		reached, just := c.holds(&list[i], part, base)
		all = append(all, Measure{Base: c.shown(base), Just: just, Part: c.shown(part), Reached: reached, Threshold: list[i]})
	}
	return all
}

// holds reports whether a part reaches a threshold, and whether it misses it by nothing but strictness.
func (c *Count) holds(t *Threshold, part, base amount) (reached, just bool) {
	p, b, unit := part.of(t.Of), base.of(t.Of), int64(1)
	if t.Of == Weights {
		unit = c.den
	}
	if crossCmp(p, t.Minimum.Den(), t.Minimum.Num(), unit) < 0 {
		return false, false
	}
	by := crossCmp(p, t.Share.Den(), t.Share.Num(), b)
	return by > 0 || by == 0 && !t.Strict, by == 0 && t.Strict
}

// crossCmp compares a*b with c*d.
func crossCmp(a, b, c, d int64) int {
	lh, ll := bits.Mul64(uint64(a), uint64(b))
	rh, rl := bits.Mul64(uint64(c), uint64(d))
	switch {
	case lh == rh && ll == rl:
		return 0
	case lh < rh || lh == rh && ll < rl:
		return -1
	}
	return +1
}

// state is a count as it stands, or as it would with all that is open in one sense.
type state struct {
	*Count
	moved Sense  // where all that is open goes
	open  amount // NoVote that moves; everything, where votes may change
	all   bool   // votes may change: what was cast is open too
}

func (c *Count) state() state { return state{Count: c} }

// columns gives what is cast in a sense.
func (s *state) columns(o Sense) amount {
	if s.moved == NoVote {
		return s.Count.columns[o]
	}
	a := s.Count.columns[o]
	if s.all || o == NoVote {
		a = amount{}
	}
	if o == s.moved {
		a = a.plus(s.open)
	}
	return a
}

func (s *state) cast() (sum amount) {
	for o := For; int(o) < len(s.Count.columns); o++ {
		sum = sum.plus(s.columns(o))
	}
	return sum
}

// present gives who takes part; in a written consultation, who has answered.
func (s *state) present() amount {
	answered := s.cast().plus(s.columns(Abstain))
	if s.poll.Written {
		return answered
	}
	return answered.plus(s.columns(NoVote))
}

// there gives what counts for the quorum.
func (s *state) there() amount {
	if s.poll.Written {
		return s.present()
	}
	return s.Count.there
}

func (s *state) base(b string) amount {
	switch b {
	case Cast:
		return s.cast()
	case Present:
		return s.present()
	}
	return s.roll
}

// verdict is the outcome alone.
type verdict struct {
	outcome string
	option  int
	tie     bool
}

func (s *state) verdict() verdict {
	for i, list := 0, s.quorum().Thresholds; i < len(list); i++ {
		if reached, _ := s.holds(&list[i], s.there(), s.roll); !reached {
			return verdict{outcome: NoQuorum}
		}
	}
	if s.poll.Options > 0 {
		return s.choose()
	}
	return s.resolve()
}

// resolve is the verdict on a resolution.
func (s *state) resolve() verdict {
	rule, yes, no := s.poll.Rule, s.columns(For), s.columns(Against)
	first := &rule.Majority[0]
	tie := yes.of(first.Of) == no.of(first.Of) && yes.of(first.Of) > 0
	if yes.of(first.Of) == 0 {
		return verdict{outcome: Rejected}
	}
	justHalf := false // missed by nothing but the strictness of more than half
	for i := range rule.Majority {
		t := &rule.Majority[i]
		reached, just := s.holds(t, yes, s.base(t.Base))
		if justHalf = justHalf || i == 0 && just && t.Share == half; !reached && (i > 0 || !justHalf) {
			return verdict{outcome: Rejected, tie: tie || justHalf}
		}
	}
	for i := range rule.Blocking {
		t := &rule.Blocking[i]
		if reached, _ := s.holds(t, no, s.base(t.Base)); reached {
			return verdict{outcome: Rejected, tie: tie || justHalf}
		}
	}
	if !justHalf {
		return verdict{outcome: Adopted, tie: tie}
	}
	switch {
	case rule.Tie.Way == TieUnresolved:
		return verdict{outcome: Unresolved, tie: true}
	case rule.Tie.Way == TieCasting && s.breaks() == For:
		return verdict{outcome: Adopted, tie: true}
	}
	return verdict{outcome: Rejected, tie: true}
}

// breaks is the sense of the casting vote; NoVote where nobody has it, or has divided it.
func (s *state) breaks() Sense {
	if s.casting < 0 {
		return NoVote
	}
	if s.moved != NoVote && s.takesPart(s.casting) && (s.all || !s.voted(s.casting)) {
		return s.moved
	}
	return s.votes[s.casting].Sense
}
