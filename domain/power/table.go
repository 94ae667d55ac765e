package power

import (
	"fmt"
	"math/big"
	"slices"
)

// MaxCells is the most coefficients that are kept, of 32 bytes each.
const MaxCells = 1 << 21

// A TooLargeError is a game for which the table of coefficients would have more than MaxCells, and which has too many different
// players for their coalitions to be gone through.
type TooLargeError struct {
	Players int
	Units   []int64 // how many sums there are in each condition on weights: what can be spared of it, and 0
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%d players times %v units are more than the %d cells that are counted exactly", e.Players, e.Units, MaxCells)
}

// A table holds, for each number of outsiders r and all sums up to what can be spared, how many sets of r players hold at most
// these sums.
type table struct {
	spare []int
	rows  int // for r = 0, 1 … rows-1; no larger set can be spared
	size  int // cells of a row, the last condition's sums beside each other
	cells []count
}

// tableOf fills the table of a game; nil where it would be too large.
func tableOf(g *Game) *table {
	t := &table{rows: g.largest() + 1, size: 1}
	for _, s := range g.spare {
		if s >= MaxCells || t.rows*t.size*int(s+1) > MaxCells {
			return nil
		}
		t.spare, t.size = append(t.spare, int(s)), t.size*int(s+1)
	}
	t.cells = make([]count, t.rows*t.size)
	t.cells[0] = count{1}
	t.fill(g)
	for r := range t.rows {
		accumulate(t.row(r), t.spare)
	}
	return t
}

// fill multiplies the factors of all players, those with least in the first condition first: so what a row can hold there is known,
// from as many of the lightest to as many of the heaviest that are in.
func (t *table) fill(g *Game) {
	in, first, sums := 0, []int64{0}, make([]int64, len(t.spare))
	for _, c := range g.classes {
		for range c.players {
			in++
			for r := min(in, t.rows-1); r > 0; r-- {
				if len(sums) > 0 {
					sums[0] = first[in-1] - first[in-r]
				}
				t.shift(t.row(r), t.row(r-1), t.spare, c.weights, sums, first[r-1])
			}
			for j, w := range c.weights {
				sums[j] += w
			}
			first = append(first, first[in-1])
			if len(sums) > 0 {
				first[in] += c.weights[0]
			}
		}
	}
}

// largest is how many of the lightest players can be outside without any condition on weights failing, or on heads: no more can.
func (g *Game) largest() int {
	most := g.outside
	for j, spare := range g.spare {
		weights := g.weights(j)
		slices.Sort(weights)
		n := 0
		for ; n < len(weights) && weights[n] <= spare; n++ {
			spare -= weights[n]
		}
		most = min(most, n)
	}
	return most
}

// weights are those of all players in a condition, in no order that means anything.
func (g *Game) weights(condition int) (all []int64) {
	for _, c := range g.classes {
		for range c.players {
			all = append(all, c.weights[condition])
		}
	}
	return all
}

func (t *table) row(r int) []count { return t.cells[r*t.size : (r+1)*t.size] }

// shift adds src to dst, each cell by the weights further on; in src nothing lies beyond the sums, or before the least in the
// first condition.
func (t *table) shift(dst, src []count, spare []int, weights, sums []int64, least int64) {
	if len(spare) == 0 {
		add(dst, src)
		return
	}
	if weights[0] > int64(spare[0]) {
		return
	}
	w, from := int(weights[0]), int(least)
	to := int(min(int64(spare[0])-weights[0], sums[0])) + 1
	if from >= to {
		return
	}
	if len(spare) == 1 {
		add(dst[w+from:], src[from:to])
		return
	}
	inner := len(src) / (spare[0] + 1)
	for i := from; i < to; i++ {
		t.shift(dst[(i+w)*inner:(i+w+1)*inner], src[i*inner:(i+1)*inner], spare[1:], weights[1:], sums[1:], 0)
	}
}

// accumulate makes each cell the sum of those up to it, in every condition.
func accumulate(cells []count, spare []int) {
	if len(spare) == 0 {
		return
	}
	inner := len(cells) / (spare[0] + 1)
	for i := range spare[0] + 1 {
		now := cells[i*inner : (i+1)*inner]
		accumulate(now, spare[1:])
		if i > 0 {
			add(now, cells[(i-1)*inner:i*inner])
		}
	}
}

// upTo is how many sets of r players hold at most what can be spared, less times the weights.
func (t *table) upTo(r int, weights []int64, times int) *count {
	if r < 0 || r >= t.rows {
		return nil
	}
	at := 0
	for j, spare := range t.spare {
		if weights[j] > 0 && int64(times) > int64(spare)/weights[j] {
			return nil
		}
		at = at*(spare+1) + spare - times*int(weights[j])
	}
	return &t.row(r)[at]
}

// without is how many sets of r players other than one with these weights can be spared: the coefficient of the generating
// function divided by that player's factor.
func (t *table) without(weights []int64, r int) (n count) {
	for times := 0; ; times++ {
		c := t.upTo(r-times, weights, times)
		switch {
		case c == nil:
			return n
		case times%2 == 0:
			n.add(c)
		default:
			n.sub(c)
		}
	}
}

// counts are what is counted of a game.
type counts struct {
	winning  *big.Int
	swings   [][]*big.Int // of a player of each class, by how many others are outside; nil for none
	smallest int          // winning coalition
}

// counts reads them off the table. Those outside can be spared in a winning coalition's place; a player is critical where they
// can be, and not together with it.
func (t *table) counts(g *Game) counts {
	all := counts{winning: new(big.Int), swings: make([][]*big.Int, len(g.classes))}
	none := make([]int64, len(t.spare))
	for r := range t.rows {
		if n := t.upTo(r, none, 0); !n.isZero() {
			all.winning.Add(all.winning, n.big())
			all.smallest = g.players - r
		}
	}
	for i, c := range g.classes {
		all.swings[i] = make([]*big.Int, g.players)
		others := make([]count, t.rows+1)
		for r := range t.rows {
			others[r] = t.without(c.weights, r)
		}
		for r := range min(t.rows, g.players) {
			n := others[r]
			n.add(&others[r+1]) // less the sets that can be spared with the player, which are those of r+1 that it is in
			if with := t.upTo(r+1, none, 0); with != nil {
				n.sub(with)
			}
			if !n.isZero() {
				all.swings[i][r] = n.big()
			}
		}
	}
	return all
}
