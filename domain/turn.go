package domain

import (
	"cmp"
	"slices"
	"sort"
)

// maxTried is how many steps are taken to find one turn of fewMembers, at most: all changes of theirs take fewer. Of more members
// it is maxOfMany, for all options of a choice together.
const (
	maxTried   = 1 << 21
	fewMembers = 20
	maxOfMany  = 1 << 19
)

// maxWays is how many smallest changes are told.
const maxWays = 20

// A Turn is the smallest change of votes that turns a decision: by the fewest members, and of these changes one by members of
// the least weight. All who change vote in one sense then; no other change is smaller.
type Turn struct {
	Exact   bool // fewer members turn nothing
	Least   bool // so many of less weight turn nothing
	Members int
	More    bool   // there are more ways than those told
	Option  int    // elected then; 0 where none is
	Outcome string // then
	Tie     bool   // then
	To      Sense  // how they vote; NoVote: not at all
	Ways    []Way
	Weight  Weight // of those who change
}

// A Way to turn a decision: any so many of some members that count alike, for each part.
type Way []WayPart

// A WayPart is any Choose of some seats that voted alike and have the same weight.
type WayPart struct {
	Choose int
	Seats  []int // places of the roll
}

// Turns gives the smallest changes of votes that turn the decision: an adopted resolution into one that is not, any other into
// one that is; a choice into the election of another option. There are several where as many members of the same weight turn it
// in different senses; none where no change does. Whoever takes part can vote in any one sense, whatever the rule says of
// changing a vote.
//
// It is exact for up to 20 members. Beyond that the fewest members are exact for a resolution, whatever the rule: of those who
// voted alike the heaviest are the first to be changed. Their least weight, and of a choice both, are exact where Exact and
// Least say so, and otherwise bounds from above.
func (c *Count) Turns() (best []Turn) {
	goals := c.goals()
	tries := maxTried
	if len(c.seats) > fewMembers {
		tries = maxOfMany / max(c.poll.Options, 1)
	}
	for _, goal := range goals {
		t, ok := c.turn(goal, tries)
		if !ok {
			continue
		}
		order := -1
		if len(best) > 0 {
			order = cmp.Or(cmp.Compare(t.Members, best[0].Members), t.Weight.Cmp(best[0].Weight))
		}
		switch {
		case order < 0:
			best = []Turn{t}
		case order == 0:
			best = append(best, t)
		}
	}
	return best
}

// A goal is how some vote, and what is to come of it.
type goal struct {
	to   Sense
	want func(verdict) bool
}

func (c *Count) goals() (all []goal) {
	s := c.state()
	now := s.verdict()
	if c.poll.Options > 0 {
		for o := 1; o <= c.poll.Options; o++ {
			if o != now.option {
				all = append(all, goal{Option(o), func(v verdict) bool { return v.option == o }})
			}
		}
		return all
	}
	adopted := func(v verdict) bool { return v.outcome == Adopted }
	if !adopted(now) {
		return []goal{{For, adopted}}
	}
	lost := func(v verdict) bool { return !adopted(v) }
	all = []goal{{Against, lost}}
	if c.poll.Written {
		all = append(all, goal{NoVote, func(v verdict) bool { return v.outcome == NoQuorum }}) // not enough answer
	}
	return all
}

// A bloc is seats that voted alike and have the same weight. One that has divided its voices, or has the casting vote, is a
// bloc of its own.
type bloc struct {
	casting bool
	moved   int // of them, in a trial
	seats   []int
	vote    Vote
	weight  int64
}

// blocs are those who could vote in another sense than they did, the heaviest first.
func (c *Count) blocs(to Sense) (all []bloc) {
	for i := range c.seats {
		v := c.votes[i]
		if !c.takesPart(i) || v.Sense == to && len(v.Parts) == 0 {
			continue
		}
		alone, w := len(v.Parts) > 0 || i == c.casting, c.seats[i].weight
		at := slices.IndexFunc(all, func(b bloc) bool {
			return !alone && !b.casting && len(b.vote.Parts) == 0 && b.vote.Sense == v.Sense && b.weight == w
		})
		if at < 0 {
			all, at = append(all, bloc{casting: i == c.casting, vote: v, weight: w}), len(all)
		}
		all[at].seats = append(all[at].seats, i)
	}
	slices.SortStableFunc(all, func(a, b bloc) int { return cmp.Compare(b.weight, a.weight) })
	return all
}

// A trial is a count in which some vote in another sense.
type trial struct {
	count  Count
	cast   []Vote // with the casting vote changed
	goal   goal
	left   int           // how many changes can still be tried
	found  map[int][]int // by how many change, how many of each bloc do
	single []Vote
	tries  int
}

func (c *Count) try(g goal, tries int) *trial {
	t := &trial{count: *c, goal: g, left: tries, tries: tries, found: make(map[int][]int), single: c.votes}
	t.count.columns = slices.Clone(c.columns)
	if t.cast = c.votes; c.casting >= 0 {
		t.cast = slices.Clone(c.votes)
		t.cast[c.casting] = Vote{Sense: g.to}
	}
	return t
}

// move lets n members of a bloc change, or change back where n is negative.
func (t *trial) move(b *bloc, n int) {
	if n == 0 {
		return
	}
	b.moved += n
	seat, k := b.seats[0], int64(n)
	if len(b.vote.Parts) > 0 {
		t.count.add(seat, b.vote, -k)
	} else {
		from := &t.count.columns[b.vote.Sense]
		*from = from.plus(amount{-k * b.weight, -k})
	}
	to := &t.count.columns[t.goal.to]
	*to = to.plus(amount{k * b.weight, k})
	if b.casting {
		t.count.votes = t.single
		if n > 0 {
			t.count.votes = t.cast
		}
	}
}

func (t *trial) turned() bool {
	s := t.count.state()
	return t.goal.want(s.verdict())
}

// turn is the smallest change for a goal; ok is false where none reaches it.
func (c *Count) turn(g goal, tries int) (turn Turn, ok bool) {
	blocs, all := c.blocs(g.to), 0
	t := c.try(g, tries)
	for i := range blocs {
		all += len(blocs[i].seats)
		t.move(&blocs[i], len(blocs[i].seats))
	}
	if !t.turned() {
		return turn, false
	}
	t.keep(blocs, all)
	for i := range blocs {
		t.move(&blocs[i], -len(blocs[i].seats))
	}
	turn = Turn{To: g.to}
	if turn.Members, turn.Exact = t.fewest(blocs, all); !turn.Exact {
		turn.Members = t.inOrder(blocs)
	}
	w := t.lightest(blocs, turn.Members)
	turn.Least = turn.Exact && t.left > 0
	turn.Ways, turn.More = w.ways, w.more
	turn.Weight = c.shown(amount{weight: w.weight}).Weight
	for i, n := range w.first {
		t.move(&blocs[i], n)
	}
	s := t.count.state()
	v := s.verdict()
	turn.Outcome, turn.Option, turn.Tie = v.outcome, v.option, v.tie
	return turn, true
}

// fewest is how many must change. Of those who voted alike the heaviest do: in their stead lighter ones turn nothing that they
// do not. ok is false where there are too many possibilities.
func (t *trial) fewest(blocs []bloc, all int) (n int, ok bool) {
	var sides [][]*bloc // those who voted alike, the heaviest first
	for i := range blocs {
		b := &blocs[i]
		at := slices.IndexFunc(sides, func(side []*bloc) bool {
			first := side[0]
			return !b.casting && !first.casting && len(b.vote.Parts) == 0 && len(first.vote.Parts) == 0 && first.vote.Sense == b.vote.Sense
		})
		if at < 0 {
			sides = append(sides, []*bloc{b})
		} else {
			sides[at] = append(sides[at], b)
		}
	}
	room := make([]int, len(sides)+1) // seats of the sides from each on
	for i := len(sides) - 1; i >= 0; i-- {
		room[i] = room[i+1]
		for _, b := range sides[i] {
			room[i] += len(b.seats)
		}
	}
	n = 1 + sort.Search(all-1, func(i int) bool {
		turned := t.some(sides, room, i+1)
		if turned {
			t.keep(blocs, i+1)
		}
		for i := range blocs {
			t.move(&blocs[i], -blocs[i].moved)
		}
		return turned
	})
	return n, t.left > 0
}

// keep remembers who changes in a trial.
func (t *trial) keep(blocs []bloc, n int) {
	moved := make([]int, len(blocs))
	for i := range blocs {
		moved[i] = blocs[i].moved
	}
	t.found[n] = moved
}

// some reports whether some n change it, so many of each side. Where they do they stay moved.
func (t *trial) some(sides [][]*bloc, room []int, n int) bool {
	if t.left--; t.left <= 0 || room[0] < n {
		return false
	}
	if n == 0 {
		return t.turned()
	}
	if len(sides) == 1 {
		t.heaviest(sides[0], n)
		if t.turned() {
			return true
		}
	} else if t.some(sides[1:], room[1:], n) {
		return true
	}
	for _, b := range sides[0] {
		for i := 0; i < len(b.seats) && n > 0 && len(sides) > 1; i++ {
			t.move(b, 1)
			if n--; t.some(sides[1:], room[1:], n) {
				return true
			}
		}
		if n == 0 {
			break
		}
	}
	for _, b := range sides[0] {
		if b.moved == 0 {
			break // they are moved in their order
		}
		t.move(b, -b.moved)
	}
	return false
}

// heaviest lets the heaviest n of a side change.
func (t *trial) heaviest(side []*bloc, n int) {
	for _, b := range side {
		some := min(n, len(b.seats))
		t.move(b, some)
		if n -= some; n == 0 {
			return
		}
	}
}

// inOrder is how many change it if the heaviest change first, one after the other.
func (t *trial) inOrder(blocs []bloc) (n int) {
	turned := false
	for i := range blocs {
		for blocs[i].moved < len(blocs[i].seats) && !turned {
			t.move(&blocs[i], 1)
			n++
			turned = t.turned()
		}
	}
	t.keep(blocs, n)
	for i := range blocs {
		t.move(&blocs[i], -blocs[i].moved)
	}
	return n
}

// lightest are the changes of so many members that have the least weight.
type lightest struct {
	chosen, first []int // of each bloc
	more          bool
	upTo          []int // seats of the blocs up to each
	ways          []Way
	weight        int64 // -1 before one is found
}

func (t *trial) lightest(blocs []bloc, n int) *lightest {
	t.left = t.tries
	w := &lightest{chosen: make([]int, len(blocs)), weight: -1}
	for i := range blocs {
		w.upTo = append(w.upTo, len(blocs[i].seats))
		if i > 0 {
			w.upTo[i] += w.upTo[i-1]
		}
	}
	w.search(t, blocs, len(blocs)-1, n, 0)
	if w.first == nil {
		w.bound(blocs, t.found[n])
	}
	for i := range blocs {
		t.move(&blocs[i], -blocs[i].moved)
	}
	return w
}

// search goes through the blocs from the lightest on.
func (w *lightest) search(t *trial, blocs []bloc, i, n int, weight int64) {
	if t.left--; t.left <= 0 || w.weight >= 0 && weight > w.weight {
		return
	}
	if n == 0 {
		if t.turned() {
			w.take(blocs, weight)
		}
		return
	}
	if i < 0 || w.upTo[i] < n || w.weight >= 0 && weight+int64(n)*blocs[i].weight > w.weight {
		return // there are not as many, or none is light enough
	}
	b := &blocs[i]
	most := min(n, len(b.seats))
	t.move(b, most)
	for k := most; ; k-- {
		w.chosen[i] = k
		w.search(t, blocs, i-1, n-k, weight+int64(k)*b.weight)
		if k == 0 {
			return
		}
		t.move(b, -1)
	}
}

func (w *lightest) take(blocs []bloc, weight int64) {
	if w.weight < 0 || weight < w.weight {
		w.ways, w.more, w.weight = nil, false, weight
		w.first = slices.Clone(w.chosen)
	}
	if len(w.ways) == maxWays {
		w.more = true
		return
	}
	var way Way
	for i, k := range w.chosen {
		if k > 0 {
			way = append(way, WayPart{Choose: k, Seats: blocs[i].seats})
		}
	}
	w.ways = append(w.ways, way)
}

// bound takes a change that was found before, where too many would have had to be tried for the least weight.
func (w *lightest) bound(blocs []bloc, moved []int) {
	weight := int64(0)
	for i, n := range moved {
		weight += int64(n) * blocs[i].weight
	}
	w.chosen = moved
	w.take(blocs, weight)
	w.more = true
}
