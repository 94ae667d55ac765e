package domain_test

import (
	"math/big"

	. "registre/domain"
)

// The oracle of a vote reads the rule as a lawyer would, vote by vote, in fractions.

// heap is what is counted together: voices and members.
type heap struct {
	voices *big.Rat
	heads  int64
}

func newHeap() heap { return heap{voices: new(big.Rat)} }

func ratOf(w Weight) *big.Rat { return big.NewRat(w.Num(), w.Den()) }

func (h *heap) put(w *big.Rat, heads int64) {
	h.voices = new(big.Rat).Add(h.voices, w)
	h.heads += heads
}

func (h heap) by(measure string) *big.Rat {
	if measure == Heads {
		return big.NewRat(h.heads, 1)
	}
	return h.voices
}

// hearing is what was seen and heard in the room.
type hearing struct {
	abstained, cast, waiting, roll, there heap
	sides                                 []heap // for, against; or option by option
	casting                               Sense
}

func hear(p *Poll, votes []Vote) hearing {
	h := hearing{abstained: newHeap(), cast: newHeap(), waiting: newHeap(), roll: newHeap(), there: newHeap()}
	for range max(p.Options, 2) {
		h.sides = append(h.sides, newHeap())
	}
	quorum := quorumOf(p)
	for i, s := range p.Roll {
		h.roll.put(ratOf(s.Weight), 1)
		if s.Presence == Present || s.Presence == Represented && quorum.Counts == Represented {
			h.there.put(ratOf(s.Weight), 1)
		}
		if s.Member == p.Casting {
			h.casting = votes[i].Sense
		}
		h.hearOne(p, s, votes[i])
	}
	if p.Written {
		h.there = newHeap()
		for _, answered := range []heap{h.cast, h.abstained} {
			h.there.put(answered.voices, answered.heads)
		}
	}
	return h
}

func (h *hearing) hearOne(p *Poll, s Seat, v Vote) {
	if s.Presence == Recused || s.Presence == Absent && !p.Written {
		return
	}
	parts := v.Parts
	if len(parts) == 0 {
		parts = []Part{{Sense: v.Sense, Weight: s.Weight}}
	}
	head := int64(1)
	for _, part := range parts {
		switch part.Sense {
		case NoVote:
			h.waiting.put(ratOf(part.Weight), head)
		case Abstain:
			h.abstained.put(ratOf(part.Weight), head)
		default:
			h.cast.put(ratOf(part.Weight), head)
			h.sides[part.Sense-For].put(ratOf(part.Weight), head)
		}
		head = 0
	}
}

func quorumOf(p *Poll) Quorum {
	if p.SecondNotice && p.Rule.SecondNotice != nil {
		return *p.Rule.SecondNotice
	}
	return p.Rule.Quorum
}

// needed is what the threshold asks for, and reached whether a part comes to it.
func (h hearing) reached(p *Poll, t Threshold, part heap) bool {
	needed := new(big.Rat).Mul(big.NewRat(t.Share.Num(), t.Share.Den()), h.base(p, t.Base).by(t.Of))
	if part.by(t.Of).Cmp(ratOf(t.Minimum)) < 0 {
		return false
	}
	if t.Strict {
		return part.by(t.Of).Cmp(needed) > 0
	}
	return part.by(t.Of).Cmp(needed) >= 0
}

func (h hearing) base(p *Poll, base string) heap {
	if base == Cast {
		return h.cast
	}
	if base == Total {
		return h.roll
	}
	all := newHeap()
	for _, x := range []heap{h.cast, h.abstained, h.waiting} {
		all.put(x.voices, x.heads)
	}
	if p.Written {
		all.put(new(big.Rat).Neg(h.waiting.voices), -h.waiting.heads)
	}
	return all
}

func (h hearing) all(p *Poll, list []Threshold, part heap) bool {
	for _, t := range list {
		if !h.reached(p, t, part) {
			return false
		}
	}
	return true
}

// judged is the outcome, the option elected, and whether there was a tie.
func judged(p *Poll, votes []Vote) (outcome string, option int, tie bool) {
	h := hear(p, votes)
	if !h.all(p, quorumOf(p).Thresholds, h.there) {
		return NoQuorum, 0, false
	}
	if p.Options > 0 {
		return h.chosen(p)
	}
	first, yes, no := p.Rule.Majority[0], h.sides[0], h.sides[1]
	if yes.by(first.Of).Sign() == 0 {
		return Rejected, 0, false
	}
	lenient := first
	lenient.Strict = false
	exactlyHalf := first.Strict && first.Share.String() == "1/2" && h.reached(p, lenient, yes) && !h.reached(p, first, yes)
	tie = exactlyHalf || yes.by(first.Of).Cmp(no.by(first.Of)) == 0
	blocked := false
	for _, t := range p.Rule.Blocking {
		blocked = blocked || h.reached(p, t, no)
	}
	switch {
	case blocked, !h.all(p, p.Rule.Majority[1:], yes):
		return Rejected, 0, tie
	case h.reached(p, first, yes):
		return Adopted, 0, tie
	case !exactlyHalf:
		return Rejected, 0, tie
	case p.Rule.Tie.Way == TieUnresolved:
		return Unresolved, 0, tie
	case p.Rule.Tie.Way == TieCasting && h.casting == For:
		return Adopted, 0, tie
	}
	return Rejected, 0, tie
}

func (h hearing) chosen(p *Poll) (outcome string, option int, tie bool) {
	of := p.Rule.Majority[0].Of
	majorityNeeded := p.Rule.Choice == TwoRounds && !p.SecondRound
	var leaders []int
	for i := range p.Options {
		if h.sides[i].by(of).Sign() == 0 || majorityNeeded && !h.all(p, p.Rule.Majority, h.sides[i]) {
			continue
		}
		if len(leaders) > 0 && h.sides[i].by(of).Cmp(h.sides[leaders[0]-1].by(of)) > 0 {
			leaders = nil
		}
		if len(leaders) == 0 || h.sides[i].by(of).Cmp(h.sides[leaders[0]-1].by(of)) == 0 {
			leaders = append(leaders, i+1)
		}
	}
	switch {
	case len(leaders) == 1:
		return Elected, leaders[0], false
	case len(leaders) == 0 && majorityNeeded:
		return SecondRound, 0, false
	case len(leaders) == 0:
		return Rejected, 0, false
	case p.Rule.Tie.Way == TieUnresolved:
		return Unresolved, 0, true
	}
	if p.Rule.Tie.Way == TieCasting {
		for _, o := range leaders {
			if h.casting == Option(o) {
				return Elected, o, true
			}
		}
	}
	return Rejected, 0, true
}
