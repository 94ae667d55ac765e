package power

import (
	"math/big"
	"slices"
)

// Power is what a game gives its players.
type Power struct {
	Players          []Standing // in their order
	Coalitions       *big.Int   // all, that of nobody among them
	Winning          *big.Int   // of these
	Ties             *big.Int   // coalitions that hold exactly half of the first condition's total
	SmallestWinning  int        // how many members the smallest winning coalition has
	SmallestBlocking int        // and how many it takes to keep all others from winning
}

// Standing is the power of one player.
type Standing struct {
	Swings   *big.Int // the coalitions in which it is critical
	Banzhaf  *big.Rat // its part in all swings
	Shapley  *big.Rat // the part of all orders in which it makes the coalition win
	Veto     bool     // no coalition wins without it
	Dictator bool     // what it wants, and nothing else, wins
	Dummy    bool     // it is critical nowhere
}

// Power counts. Its error is a *TooLargeError.
func (g *Game) Power() (*Power, error) {
	all, err := g.counts()
	if err != nil {
		return nil, err
	}
	ties, err := g.ties()
	if err != nil {
		return nil, err
	}
	p := &Power{
		Players: make([]Standing, g.players), Coalitions: new(big.Int).Lsh(big.NewInt(1), uint(g.players)),
		Winning: all.winning, Ties: ties, SmallestWinning: all.smallest, SmallestBlocking: g.smallestBlocking(),
	}
	swings, sum := make([]*big.Int, len(g.classes)), new(big.Int)
	for i := range g.classes {
		swings[i] = new(big.Int)
		for _, n := range all.swings[i] {
			if n != nil {
				swings[i].Add(swings[i], n)
			}
		}
		sum.Add(sum, new(big.Int).Mul(swings[i], big.NewInt(int64(len(g.classes[i].players)))))
	}
	orders := ordersOf(g.players)
	for i := range g.classes {
		s := g.standing(&g.classes[i])
		s.Swings, s.Dummy = swings[i], swings[i].Sign() == 0
		s.Banzhaf, s.Shapley = new(big.Rat).SetFrac(s.Swings, sum), orders.shapley(all.swings[i])
		for _, player := range g.classes[i].players {
			p.Players[player] = s
		}
	}
	return p, nil
}

func (g *Game) counts() (counts, error) {
	if t := tableOf(g); t != nil {
		return t.counts(g), nil
	}
	if countable(g.classes) {
		return g.enumerated(), nil
	}
	e := &TooLargeError{Players: g.players}
	for _, s := range g.spare {
		e.Units = append(e.Units, s+1)
	}
	return counts{}, e
}

// standing tells what follows from a player's weights alone.
func (g *Game) standing(c *class) (s Standing) {
	alone, others := &sets{sums: make([]int64, len(g.spare))}, &sets{sums: make([]int64, len(g.spare))}
	alone.put(c, 1)
	for i := range g.classes {
		others.put(&g.classes[i], len(g.classes[i].players))
	}
	others.put(c, -1)
	s.Veto = !g.spared(alone, 0, nil)
	s.Dictator = s.Veto && g.spared(others, 0, nil)
	return s
}

// smallestBlocking is the fewest players that cannot be spared: the heaviest, in the condition in which they are fewest.
func (g *Game) smallestBlocking() int {
	fewest := g.outside + 1
	for j, spare := range g.spare {
		weights := g.weights(j)
		slices.Sort(weights)
		n := 0
		for ; spare >= 0; n++ {
			spare -= weights[len(weights)-1-n]
		}
		fewest = min(fewest, n)
	}
	return fewest
}

// orders are r!·(n-1-r)!, by r: the orders in which r others come after a player, and the rest before it.
type orders struct {
	of  []*big.Int
	all *big.Int // n!
}

func ordersOf(n int) orders {
	factorial := make([]*big.Int, n+1)
	factorial[0] = big.NewInt(1)
	for i := 1; i <= n; i++ {
		factorial[i] = new(big.Int).Mul(factorial[i-1], big.NewInt(int64(i)))
	}
	o := orders{all: factorial[n]}
	for r := range n {
		o.of = append(o.of, new(big.Int).Mul(factorial[r], factorial[n-1-r]))
	}
	return o
}

func (o *orders) shapley(swings []*big.Int) *big.Rat {
	sum, part := new(big.Int), new(big.Int)
	for r, n := range swings {
		if n != nil {
			sum.Add(sum, part.Mul(n, o.of[r]))
		}
	}
	return new(big.Rat).SetFrac(sum, o.all)
}

// ties counts the coalitions that hold exactly half.
func (g *Game) ties() (*big.Int, error) {
	total := g.first.total
	if total%2 != 0 {
		return new(big.Int), nil
	}
	half := total / 2
	if half < MaxCells {
		sums := make([]count, half+1)
		sums[0] = count{1}
		held := int64(0)
		weights := slices.Sorted(slices.Values(g.first.weights))
		for _, w := range weights {
			for s := min(half, held+w); s >= w && w > 0; s-- {
				sums[s].add(&sums[s-w])
			}
			held += w
		}
		n := sums[half].big()
		return n.Lsh(n, uint(count0(weights))), nil
	}
	classes := classesOf(g.players, []units{g.first})
	if !countable(classes) {
		return nil, &TooLargeError{Players: g.players, Units: []int64{half + 1}}
	}
	var n uint64
	walk(classes, 1, func(s *sets) {
		if s.sums[0] == half {
			n += s.times
		}
	})
	return new(big.Int).SetUint64(n), nil
}

// count0 is how many weights, in ascending order, are 0: each is in half of all coalitions, whatever the others do.
func count0(weights []int64) int {
	n, _ := slices.BinarySearch(weights, 1)
	return n
}
