package power

import (
	"cmp"
	"math/big"
	"slices"
)

const (
	maxPatterns  = 1 << 20
	maxInPattern = 56 // players, so that their coalitions, times the players, fit a word
)

// A Part of a coalition is any Choose of some like players.
type Part struct {
	Choose int
	Of     []int // in their order
}

// A Pattern is the coalitions that have the same parts, those with the most weight first.
type Pattern struct {
	Parts      []Part
	Size       int    // members of such a coalition
	Coalitions uint64 // how many there are
}

// sets are those that have so many players of each class.
type sets struct {
	chosen []int
	sums   []int64
	size   int
	times  uint64 // how many sets
}

// countable reports whether the sets of these classes can be gone through.
func countable(classes []class) bool {
	players, patterns := 0, 1
	for _, c := range classes {
		players += len(c.players)
		patterns *= len(c.players) + 1
		if patterns > maxPatterns {
			return false
		}
	}
	return players <= maxInPattern
}

// walk visits all sets of players, like ones together.
func walk(classes []class, conditions int, visit func(*sets)) {
	s := &sets{chosen: make([]int, len(classes)), sums: make([]int64, conditions), times: 1}
	s.walk(classes, 0, visit)
}

func (s *sets) walk(classes []class, i int, visit func(*sets)) {
	if i == len(classes) {
		visit(s)
		return
	}
	c, times := &classes[i], s.times
	ways, of := uint64(1), uint64(len(c.players))
	for k := uint64(0); ; k++ {
		s.chosen[i], s.times = int(k), times*ways
		s.walk(classes, i+1, visit)
		if k == of {
			break
		}
		ways = ways * (of - k) / (k + 1)
		s.put(c, +1)
	}
	s.put(c, -int(of))
	s.chosen[i], s.times = 0, times
}

// put adds n players of a class to the sums.
func (s *sets) put(c *class, n int) {
	s.size += n
	for j, w := range c.weights {
		s.sums[j] += int64(n) * w
	}
}

// spared reports whether a set, and more players of a class, can be outside.
func (g *Game) spared(s *sets, more int, c *class) bool {
	if s.size+more > g.outside {
		return false
	}
	for j, spare := range g.spare {
		sum := s.sums[j]
		if more != 0 {
			sum += int64(more) * c.weights[j]
		}
		if sum > spare {
			return false
		}
	}
	return true
}

// enumerated counts by going through all coalitions, for those that are countable.
func (g *Game) enumerated() counts {
	all := counts{winning: new(big.Int), swings: make([][]*big.Int, len(g.classes)), smallest: g.players}
	swings := make([][]uint64, len(g.classes))
	for i := range swings {
		swings[i] = make([]uint64, g.players)
	}
	var winning uint64
	walk(g.classes, len(g.spare), func(s *sets) {
		if !g.spared(s, 0, nil) {
			return
		}
		winning += s.times
		all.smallest = min(all.smallest, g.players-s.size)
		for i := range g.classes {
			c := &g.classes[i]
			if in := len(c.players) - s.chosen[i]; in > 0 && !g.spared(s, 1, c) {
				swings[i][s.size] += s.times * uint64(in) / uint64(len(c.players)) // of these sets, those without one of them
			}
		}
	})
	all.winning.SetUint64(winning)
	for i := range swings {
		all.swings[i] = make([]*big.Int, g.players)
		for r, n := range swings[i] {
			if n > 0 {
				all.swings[i][r] = new(big.Int).SetUint64(n)
			}
		}
	}
	return all
}

// Minimal lists the minimal winning coalitions, which no member can leave, and the minimal blocking sets, without which no
// coalition wins, and of which every part lets one win: the smaller first. ok is false where they are too many to be gone
// through, which they never are with up to 20 players.
func (g *Game) Minimal() (winning, blocking []Pattern, ok bool) {
	if !countable(g.classes) {
		return nil, nil, false
	}
	walk(g.classes, len(g.spare), func(s *sets) {
		spared, minimal := g.spared(s, 0, nil), true
		for i := range g.classes {
			c := &g.classes[i]
			if spared {
				minimal = minimal && (s.chosen[i] == len(c.players) || !g.spared(s, +1, c))
			} else {
				minimal = minimal && (s.chosen[i] == 0 || g.spared(s, -1, c))
			}
		}
		switch {
		case minimal && spared:
			winning = append(winning, g.pattern(s, true))
		case minimal:
			blocking = append(blocking, g.pattern(s, false))
		}
	})
	smaller := func(a, b Pattern) int { return cmp.Compare(a.Size, b.Size) }
	slices.SortStableFunc(winning, smaller)
	slices.SortStableFunc(blocking, smaller)
	return winning, blocking, true
}

// pattern is that of sets, or of all others.
func (g *Game) pattern(s *sets, others bool) Pattern {
	p := Pattern{Size: s.size, Coalitions: s.times}
	if others {
		p.Size = g.players - s.size
	}
	for i := len(g.classes) - 1; i >= 0; i-- {
		of, n := g.classes[i].players, s.chosen[i]
		if others {
			n = len(of) - n
		}
		if n > 0 {
			p.Parts = append(p.Parts, Part{Choose: n, Of: of})
		}
	}
	return p
}
