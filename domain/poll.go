package domain

import (
	"errors"
	"fmt"
	"iter"
	"math/bits"
)

// What a seat is to a vote. Present and represented take part.
const (
	Represented = "represented" // by the holder of its proxy, who votes for it
	Absent      = "absent"
	Recused     = "recused" // takes no part: neither there nor voting, but in the whole roll
)

// A Seat is one member's line on a roll, as it stands when an item is put to vote.
type Seat struct {
	Holder   MemberID // of its proxy, where it is represented
	Member   MemberID
	Presence string // Present, Represented, Absent or Recused
	Weight   Weight // 0 where heads alone count
}

// A Poll is an item put to vote: to whom and under which rule. Nothing else decides, once the votes are cast.
type Poll struct {
	Casting      MemberID // whose vote breaks a tie, where the rule says so; "" where nobody is there who could
	Options      int      // to choose from; 0 for a resolution, which one is for or against
	Roll         []Seat
	Rule         *VotingRule
	SecondNotice bool // the sitting is held on second notice
	SecondRound  bool // of a choice
	Written      bool // a consultation outside a sitting: whoever answers takes part
}

// A Sense is how one votes: NoVote, Abstain, For or Against; in a choice Option(1), Option(2) …
type Sense uint16

// The senses of a vote on a resolution.
const (
	NoVote Sense = iota
	Abstain
	For
	Against
)

// Option is a vote for the n-th option of a choice, from 1 on.
func Option(n int) Sense { return Abstain + Sense(n) }

// A Vote is what one seat casts: a sense, or, where the rule lets voices be divided, parts of it that make up the whole.
type Vote struct {
	Parts []Part
	Sense Sense
}

// A Part of a seat's voices.
type Part struct {
	Sense  Sense
	Weight Weight
}

// Why a vote does not count; matched by errors.Is.
var (
	ErrNotOnRoll = errors.New("the roll has no such seat")
	ErrNoPart    = errors.New("who is absent, or recused, takes no part")
	ErrSense     = errors.New("the item is not voted on in that sense")
	ErrFinal     = errors.New("a vote cast is final under this rule")
	ErrSplit     = errors.New("voices are not divided under this rule")
	ErrParts     = errors.New("the parts do not make up the seat's weight")
)

// amount is a number of weights in common units, and of heads.
type amount struct{ weight, heads int64 }

func (a amount) plus(b amount) amount { return amount{a.weight + b.weight, a.heads + b.heads} }

func (a amount) of(measure string) int64 {
	if measure == Heads {
		return a.heads
	}
	return a.weight
}

// A Count counts the votes on a poll. At each moment it can tell the tally, in a time that does not depend on how many
// have voted. It is not safe for concurrent use.
type Count struct {
	poll    *Poll
	den     int64 // of the common units
	seats   []amount
	votes   []Vote
	columns []amount // by sense; NoVote has whoever takes part and has not voted
	roll    amount
	casting int    // the seat whose vote breaks a tie, -1 where there is none
	there   amount // for the quorum of a sitting
}

// NewCount begins the count of a poll. It fails with ErrOverflow where the weights of the roll have no common unit.
func NewCount(p *Poll) (*Count, error) {
	return newCountIn(func(yield func(Weight) bool) {
		for i := range p.Roll {
			if !yield(p.Roll[i].Weight) {
				return
			}
		}
	}, p)
}

// newCountIn begins the count of some of those on a roll, in the common unit of all its weights.
func newCountIn(all iter.Seq[Weight], p *Poll) (*Count, error) {
	c := &Count{
		poll: p, den: 1, casting: -1, seats: make([]amount, len(p.Roll)), votes: make([]Vote, len(p.Roll)),
		columns: make([]amount, max(p.Options, 2)+int(Option(1))),
	}
	for w := range all {
		if c.den%w.Den() != 0 {
			hi, lo := bits.Mul64(uint64(c.den), uint64(w.Den())/gcd(uint64(c.den), uint64(w.Den())))
			if hi != 0 || int64(lo) < 0 {
				return nil, ErrOverflow
			}
			c.den = int64(lo)
		}
	}
	for w := range all {
		units, ok := c.units(w)
		if c.roll = c.roll.plus(amount{units, 1}); !ok || c.roll.weight < 0 {
			return nil, ErrOverflow
		}
	}
	for i := range p.Roll {
		c.seat(i)
	}
	return c, nil
}

// seat takes one line of the roll.
func (c *Count) seat(i int) {
	s := &c.poll.Roll[i]
	units, _ := c.units(s.Weight)
	c.seats[i] = amount{units, 1}
	if c.takesPart(i) {
		c.columns[NoVote] = c.columns[NoVote].plus(c.seats[i])
	}
	if s.Presence == Present || s.Presence == Represented && c.quorum().Counts == Represented {
		c.there = c.there.plus(c.seats[i])
	}
	if s.Member == c.poll.Casting {
		c.casting = i
	}
}

func (c *Count) quorum() *Quorum {
	if c.poll.SecondNotice && c.poll.Rule.SecondNotice != nil {
		return c.poll.Rule.SecondNotice
	}
	return &c.poll.Rule.Quorum
}

func (c *Count) takesPart(i int) bool {
	switch c.poll.Roll[i].Presence {
	case Present, Represented:
		return true
	case Absent:
		return c.poll.Written
	}
	return false
}

// Cast takes the vote of the seat at a place of the roll. A vote that does not count changes nothing.
func (c *Count) Cast(seat int, v Vote) error {
	if err := c.counts(seat, v); err != nil {
		return err
	}
	c.add(seat, c.votes[seat], -1)
	c.votes[seat] = v
	c.add(seat, v, +1)
	return nil
}

func (c *Count) counts(seat int, v Vote) error {
	switch {
	case seat < 0 || seat >= len(c.seats):
		return ErrNotOnRoll
	case !c.takesPart(seat):
		return ErrNoPart
	case c.voted(seat) && c.poll.Rule.Ballot != Changeable:
		return ErrFinal
	case len(v.Parts) > 0:
		return c.countsParts(seat, v)
	case v.Sense == NoVote || int(v.Sense) >= len(c.columns):
		return ErrSense
	}
	return nil
}

func (c *Count) countsParts(seat int, v Vote) error {
	if c.poll.Rule.Voices != Divided {
		return ErrSplit
	}
	sum := int64(0)
	for _, p := range v.Parts {
		units, ok := c.units(p.Weight)
		switch {
		case p.Sense == NoVote || int(p.Sense) >= len(c.columns):
			return ErrSense
		case !ok:
			return fmt.Errorf("%w: %v is no multiple of 1/%d", ErrParts, p.Weight, c.den)
		case units == 0 || units > c.seats[seat].weight-sum:
			return ErrParts
		}
		sum += units
	}
	if sum != c.seats[seat].weight {
		return ErrParts
	}
	return nil
}

// units gives a weight in common units; ok is false where it is no whole number of them.
func (c *Count) units(w Weight) (units int64, ok bool) {
	if c.den%w.Den() != 0 {
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(w.Num()), uint64(c.den/w.Den()))
	return int64(lo), hi == 0 && int64(lo) >= 0
}

func (c *Count) voted(seat int) bool {
	return c.votes[seat].Sense != NoVote || len(c.votes[seat].Parts) > 0
}

// add takes a seat's vote into the columns, or out of them.
func (c *Count) add(seat int, v Vote, sign int64) {
	if len(v.Parts) == 0 {
		a := c.seats[seat]
		c.columns[v.Sense] = c.columns[v.Sense].plus(amount{sign * a.weight, sign * a.heads})
		return
	}
	for i, p := range v.Parts {
		units, _ := c.units(p.Weight)
		a := amount{weight: sign * units}
		if i == 0 {
			a.heads = sign // that it has answered; no threshold of such a rule counts heads for or against
		}
		c.columns[p.Sense] = c.columns[p.Sense].plus(a)
	}
}
