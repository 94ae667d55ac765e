package power

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"registre/domain"
)

// MaxPlayers is the most players of a game.
const MaxPlayers = 255

// Why there is no game; matched by errors.Is.
var (
	// ErrPlayers: there are none, more than MaxPlayers, or not as many weights as players.
	ErrPlayers = errors.New("a game has 1 to 255 players, and a weight for each in every condition")
	// ErrNobodyWins: the conditions ask for more than all players have.
	ErrNobodyWins = errors.New("even all together do not win")
	// ErrEverybodyWins: the conditions ask for nothing.
	ErrEverybodyWins = errors.New("nobody at all wins already")
	// ErrTooFine: weights and quota have no common unit of which 62 bits hold the total.
	ErrTooFine = errors.New("the weights have no common unit that is coarse enough")
)

// A Condition on a coalition: its members hold together at least Quota; more than it where Strict.
type Condition struct {
	Weights []domain.Weight // of all players, in their order
	Quota   domain.Weight
	Strict  bool

	casting int // the player that breaks a tie, and 1; 0 where none does
}

// BrokenBy is the condition with a casting vote: where more than Quota is asked for, exactly it is enough for a coalition that the
// player is in.
func (c Condition) BrokenBy(player int) Condition {
	c.casting = player + 1
	return c
}

// Heads is the condition that at least quota of n players are in the coalition; more where strict.
func Heads(n int, quota domain.Weight, strict bool) Condition {
	one, _ := domain.NewWeight(1, 1)
	return Condition{Weights: slices.Repeat([]domain.Weight{one}, n), Quota: quota, Strict: strict}
}

// Unblocked is the condition that those outside the coalition hold less than minority, which blocks; no more than it, where
// only more than it blocks.
func Unblocked(weights []domain.Weight, minority domain.Weight, more bool) (Condition, error) {
	total, err := domain.SumWeights(weights...)
	if err != nil {
		return Condition{}, err
	}
	if total.Cmp(minority) < 0 {
		return Condition{Weights: weights}, nil // nobody can block
	}
	quota, err := total.Sub(minority)
	return Condition{Weights: weights, Quota: quota, Strict: !more}, err
}

// A Game is who wins. It does not change, and can be asked by several at once.
type Game struct {
	players int
	outside int     // how many can be spared: so many may stay outside
	spare   []int64 // how much can be, in the units of each condition on weights
	classes []class // players with the same weights
	first   units   // of the first condition, whole
}

// A class is players with the same weights in every condition.
type class struct {
	players []int
	weights []int64 // in the units of each condition on weights
}

// units are the weights of a condition in its greatest common unit.
type units struct {
	weights []int64
	total   int64
	spare   int64 // what those outside may hold
	even    bool  // more than a whole number of units is asked for
}

// New is the game of n players in which a coalition wins where every condition holds. Its error matches one of this package.
func New(n int, conditions ...Condition) (*Game, error) {
	if n < 1 || n > MaxPlayers || len(conditions) == 0 {
		return nil, ErrPlayers
	}
	g := &Game{players: n, outside: n}
	var kept []units
	empty := true // the empty coalition wins
	for i, c := range conditions {
		if len(c.Weights) != n || c.casting > n {
			return nil, fmt.Errorf("%w: condition %d", ErrPlayers, i+1)
		}
		u, err := c.units()
		if err != nil {
			return nil, err
		}
		if i == 0 {
			g.first = u
		}
		u.breakTies(&c)
		if u.spare < 0 {
			return nil, ErrNobodyWins
		}
		if u.spare >= u.total {
			continue // always holds
		}
		empty = false
		if !slices.ContainsFunc(u.weights, func(w int64) bool { return w != 1 }) {
			g.outside = min(g.outside, int(u.spare))
		} else {
			kept = keep(kept, u)
		}
	}
	if empty {
		return nil, ErrEverybodyWins
	}
	for _, u := range kept {
		g.spare = append(g.spare, u.spare)
	}
	g.classes = classesOf(n, kept)
	return g, nil
}

// keep adds a condition. Of two on the same weights the one that spares less stands for both.
func keep(kept []units, u units) []units {
	for i := range kept {
		if slices.Equal(kept[i].weights, u.weights) {
			kept[i].spare = min(kept[i].spare, u.spare)
			return kept
		}
	}
	return append(kept, u)
}

// classesOf puts like players together, those with less before those with more.
func classesOf(n int, conditions []units) (classes []class) {
	for p := range n {
		weights := make([]int64, len(conditions))
		for j, u := range conditions {
			weights[j] = u.weights[p]
		}
		i := slices.IndexFunc(classes, func(c class) bool { return slices.Equal(c.weights, weights) })
		if i < 0 {
			classes, i = append(classes, class{weights: weights}), len(classes)
		}
		classes[i].players = append(classes[i].players, p)
	}
	slices.SortStableFunc(classes, func(a, b class) int { return slices.Compare(a.weights, b.weights) })
	return classes
}

// units brings a condition to whole numbers, as small as they can be.
func (c *Condition) units() (u units, err error) {
	scale := big.NewInt(1)
	for _, w := range c.Weights {
		den := big.NewInt(w.Den())
		scale.Mul(scale, den.Quo(den, new(big.Int).GCD(nil, nil, scale, den)))
	}
	whole, unit := make([]*big.Int, len(c.Weights)), new(big.Int)
	for i, w := range c.Weights {
		whole[i] = new(big.Int).Quo(new(big.Int).Mul(big.NewInt(w.Num()), scale), big.NewInt(w.Den()))
		unit.GCD(nil, nil, unit, whole[i])
	}
	if unit.Sign() == 0 {
		unit.SetInt64(1)
	}
	total := new(big.Int)
	for _, w := range whole {
		total.Add(total, w.Quo(w, unit))
	}
	spare := new(big.Int).Sub(total, c.takes(scale, unit))
	if total.BitLen() > 62 || spare.BitLen() > 62 {
		return u, ErrTooFine
	}
	if c.casting > 0 && total.BitLen() > 60 {
		return u, ErrTooFine // its weights are doubled
	}
	u.total, u.spare = total.Int64(), spare.Int64()
	for _, w := range whole {
		u.weights = append(u.weights, w.Int64())
	}
	u.even = c.Strict && !c.hasRest(scale, unit)
	return u, nil
}

// breakTies gives the casting vote half a unit more than the player holds. So with it exactly the quota is enough, and without
// it the next whole unit, as before.
func (u *units) breakTies(c *Condition) {
	if c.casting == 0 || !u.even {
		return // nobody can hold exactly the quota, or it is enough anyhow
	}
	quota, doubled := u.total-u.spare-1, make([]int64, len(u.weights))
	for i, w := range u.weights {
		doubled[i] = 2 * w
	}
	doubled[c.casting-1]++
	u.weights = doubled // the others are those of the ties
	u.total = 2*u.total + 1
	u.spare = u.total - (2*quota + 1)
}

// takes is the fewest units that fulfil the condition, where a weight of 1 is scale/unit of them.
func (c *Condition) takes(scale, unit *big.Int) *big.Int {
	units, rest := c.quota(scale, unit)
	if rest.Sign() > 0 || c.Strict {
		units.Add(units, big.NewInt(1))
	}
	return units
}

func (c *Condition) hasRest(scale, unit *big.Int) bool {
	_, rest := c.quota(scale, unit)
	return rest.Sign() > 0
}

// quota is the quota in whole units, and whether something is left over.
func (c *Condition) quota(scale, unit *big.Int) (units, rest *big.Int) {
	num := new(big.Int).Mul(big.NewInt(c.Quota.Num()), scale)
	den := new(big.Int).Mul(big.NewInt(c.Quota.Den()), unit)
	return new(big.Int).QuoRem(num, den, new(big.Int))
}
