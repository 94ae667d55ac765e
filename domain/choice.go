package domain

// byPlurality reports whether the option with the most is elected, whatever its share.
func (c *Count) byPlurality() bool { return c.poll.SecondRound || c.poll.Rule.Choice == Plurality }

// choose is the verdict on a choice: of the options that may be elected, the one with the most, by the measure of the
// first threshold of the majority.
func (s *state) choose() verdict {
	of := s.poll.Rule.Majority[0].Of
	most, best, equal := int64(0), 0, false
	for o := 1; o <= s.poll.Options; o++ {
		a := s.columns(Option(o))
		if n := a.of(of); n > 0 && n >= most && (s.byPlurality() || s.majority(a)) {
			equal = n == most
			most, best = n, o
		}
	}
	switch {
	case best == 0 && s.byPlurality():
		return verdict{outcome: Rejected}
	case best == 0:
		return verdict{outcome: SecondRound}
	case !equal:
		return verdict{outcome: Elected, option: best}
	}
	return s.breakTie(of, most)
}

// majority reports whether an option has all of the majority.
func (s *state) majority(a amount) bool {
	for i := range s.poll.Rule.Majority {
		t := &s.poll.Rule.Majority[i]
		if reached, _ := s.holds(t, a, s.base(t.Base)); !reached {
			return false
		}
	}
	return true
}

// breakTie is the verdict where several options have the most.
func (s *state) breakTie(of string, most int64) verdict {
	switch s.poll.Rule.Tie.Way {
	case TieUnresolved:
		return verdict{outcome: Unresolved, tie: true}
	case TieCasting:
		if o := s.breaks(); o > Abstain && s.columns(o).of(of) == most {
			return verdict{outcome: Elected, option: int(o - Abstain), tie: true}
		}
	}
	return verdict{outcome: Rejected, tie: true}
}

// Settled reports whether the outcome stays whatever is still cast, or changed: in no extreme is it another. The extremes
// are that nobody votes any more, and that all who can vote in one sense.
func (c *Count) Settled() bool {
	now := state{Count: c}
	all := c.poll.Rule.Ballot == Changeable
	open := c.columns[NoVote]
	if all {
		for o := Abstain; int(o) < len(c.columns); o++ {
			open = open.plus(c.columns[o])
		}
	}
	if open.heads == 0 {
		return true
	}
	first := now.verdict()
	for o := Abstain; int(o) < len(c.columns); o++ {
		s := state{Count: c, moved: o, open: open, all: all}
		if v := s.verdict(); v.outcome != first.outcome || v.option != first.option {
			return false
		}
	}
	return true
}
