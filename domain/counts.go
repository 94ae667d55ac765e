package domain

import (
	"iter"
	"math"
	"slices"
)

// lineCounts are the lines of all order forms of a group, in columns, and what they come to by day, in both times. A line takes
// sixteen bytes here; what it says besides stands in its block, and in the act that the block is of.
//
// Lines that begin and end together are counted together: a block counts from one day on and before another, for the
// knowns of its span. A line that an amendment takes out of its block has a span of its own.
type lineCounts struct {
	lines   []countedLine
	blocks  []countedBlock
	issues  []countedIssue
	aparts  []apart             // lines with spans of their own
	apartOf []uint32            // of each line of a loose block its place among aparts, plus 1; 0 where it has none
	spans   spans               // of blocks
	singles spans               // of lines that stand apart
	takes   spans               // of lines that do not count, since a later order form has their pupils
	instead []uint32            // of each of takes the line that counts instead
	open    map[uint32][]uint32 // of each line the takes that hold now
	taken   map[uint32]uint32   // of each line the last of its takes, plus 1

	keys     []countedKey
	schools  []countedSchool
	paths    [][]turn // of schools that become another, or change their kind
	schoolOf map[UAI]uint32
	kin      map[UAI][]UAI // schools that one another go on under, or ever did

	cycles      names[Cycle]
	kinds       names[HeadcountKind]
	schoolKinds names[SchoolKind]
	currencies  [][3]byte

	cells  []counted
	cellOf map[cellID]uint32
	folds  []fold
	foldOf map[foldID]uint32
	posts  map[post]LineSum
}

// countedLine is one line. All that it says is never changed.
type countedLine struct {
	key   uint32
	block uint32
	count Headcount
	prev  uint32 // the line before it with the same key, plus 1; 0 where there is none
}

// countedBlock is the lines of one act that share all but school and headcount, and how they count as known now.
type countedBlock struct {
	source      *LineBlock
	first, n    uint32 // its lines
	event       uint32
	cycle, kind uint16
	loose       uint32 // where those of its lines begin in apartOf, plus 1; 0 where none stands apart
	spell
	spans uint32 // its last span, plus 1
}

// A spell is how lines count: as those of an issue, on some days; and as ordered on some days.
type spell struct {
	issue        uint32 // plus 1; 0 where they do not count at all
	from, until  Day    // the days on which they count
	made, undone Day    // the days on which they stand ordered
}

func (s spell) counts() bool { return s.issue > 0 && s.from < s.until }

// endedOn is a spell that an amendment ends on a day.
func (p spell) endedOn(day Day) spell {
	p.until, p.undone = min(p.until, day), min(p.undone, day)
	return p
}

// apart is a line that has spans of its own. It counts as its block does, but not from ends on.
type apart struct {
	line  uint32
	since moment // from which on
	ends  Day    // neverEnds where no amendment ends it
	spans uint32 // its last span, plus 1
}

// neverEnds is later than every day.
const neverEnds Day = math.MaxInt32

// apart is what a line has of its own; nil where it stands in its block.
func (c *lineCounts) apart(l uint32) *apart {
	b := &c.blocks[c.lines[l].block]
	if b.loose == 0 {
		return nil
	}
	if i := c.apartOf[b.loose-1+l-b.first]; i > 0 {
		return &c.aparts[i-1]
	}
	return nil
}

// alone gives, of each line of a block, its place among aparts, plus 1, or 0; nil where none stands apart.
func (c *lineCounts) alone(b *countedBlock) []uint32 {
	if b.loose == 0 {
		return nil
	}
	return c.apartOf[b.loose-1:][:b.n]
}

// detach gives a line what is its own, from a known on.
func (c *lineCounts) detach(l uint32, since moment) *apart {
	b := &c.blocks[c.lines[l].block]
	if b.loose == 0 {
		b.loose = uint32(len(c.apartOf)) + 1
		for range b.n {
			c.apartOf = append(roomy(c.apartOf), 0)
		}
	}
	c.aparts = append(roomy(c.aparts), apart{line: l, since: since, ends: neverEnds})
	c.apartOf[b.loose-1+l-b.first] = uint32(len(c.aparts))
	return &c.aparts[len(c.aparts)-1]
}

// countedIssue is what an order form says of all its lines, as one event or a correction of it put it.
type countedIssue struct {
	order     uint32 // its place
	member    uint32
	agreement uint32
	number    uint32 // of the event
	day       Day    // of the order
	begin     Day    // on which something of it first counts
	year      uint32 // in which its school year begins
	period    Day    // the first day of the agreement's period that it counts against; 0 where there is none
}

// countedKey is one school in one cycle.
type countedKey struct {
	school    uint32
	cycle     uint16
	contested bool   // lines of several orders may meet here
	next      uint32 // the key after it of the same school, plus 1
	last      uint32 // its last line, plus 1
	end       Day    // the last on which one of its lines ever ended
}

// countedSchool is a school of which there are lines, as known now.
type countedSchool struct {
	uai   UAI
	keys  uint32 // the first of its keys, plus 1
	day   Day    // from which on it is of a kind, under its own code, unless it has a path
	kind  uint32
	path  uint32 // plus 1; 0 where it has none
	since moment // from which on it is as that says
}

// unsaidKind is the place of the kind of which nothing says it.
const unsaidKind = 0

// A turn is what a school is from a day on: under which code it goes on, and its kind there.
type turn struct {
	day  Day
	as   UAI
	kind uint32
}

// turns is how many turns a school has, one at least, and turn is one of them.
func (c *lineCounts) turns(s *countedSchool) int {
	switch {
	case s.path > 0:
		return len(c.paths[s.path-1])
	case s.day > FirstDay:
		return 2
	}
	return 1
}

func (c *lineCounts) turn(s *countedSchool, i int) turn {
	switch {
	case s.path > 0:
		return c.paths[s.path-1][i]
	case s.day > FirstDay && i == 0:
		return turn{FirstDay, s.uai, unsaidKind}
	}
	return turn{s.day, s.uai, s.kind}
}

// schoolOn is what a school is on a day.
func (c *lineCounts) schoolOn(s *countedSchool, day Day) turn {
	i := c.turns(s) - 1
	for i > 0 && c.turn(s, i).day > day {
		i--
	}
	return c.turn(s, i)
}

// goes lets a school go a path, which has one turn at least.
func (c *lineCounts) goes(s *countedSchool, path []turn) {
	last := path[len(path)-1]
	plain := last.as == s.uai && (len(path) == 1 || len(path) == 2 && path[0] == turn{FirstDay, s.uai, unsaidKind})
	switch {
	case s.path > 0:
		c.paths[s.path-1] = path
	case plain:
		s.day, s.kind = last.day, last.kind
	default:
		c.paths = append(c.paths, path)
		s.path = uint32(len(c.paths))
	}
}

// keysOf gives the keys of a school. It has few cycles.
func (c *lineCounts) keysOf(school uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for k := c.schools[school].keys; k > 0 && yield(k-1); k = c.keys[k-1].next {
		}
	}
}

// names gives texts small numbers, in order of appearance.
type names[T comparable] struct {
	of  map[T]uint32
	all []T
}

func (n *names[T]) at(v T) uint32 {
	i, ok := n.of[v]
	if !ok {
		if n.of == nil {
			n.of = make(map[T]uint32)
		}
		i = uint32(len(n.all))
		n.of[v] = i
		n.all = append(n.all, v)
	}
	return i
}

func (n *names[T]) find(v T) (uint32, bool) { i, ok := n.of[v]; return i, ok }

// roomy is s with room for one more: an eighth of what it has, where append would make a quarter.
func roomy[T any](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	return append(make([]T, 0, len(s)+len(s)/8+2), s...)
}

// A span is the days and the knowns for which a block, or a line, counts.
type span struct {
	of          uint32 // the block, or the line
	issue       uint32
	before      uint32 // the span before it of the same block or line, plus 1; 0 where there is none
	from, until Day
	since, ever moment
}

func (s *span) holds(q Pair, k moment) bool {
	return s.from <= q.At && q.At < s.until && s.since <= k && k < s.ever
}

// spans are kept by the years that they touch, those of more than longSpan years beside.
type spans struct {
	rows  []span
	years map[Day][]uint32
	long  []uint32
}

const (
	spanYear = 365 // days; near enough
	longSpan = 12
)

// add begins a span as known, and gives its place.
func (t *spans) add(s span) uint32 {
	i := uint32(len(t.rows))
	s.ever = ever
	t.rows = append(roomy(t.rows), s)
	t.file(i)
	return i
}

// file puts a span into its years.
func (t *spans) file(i uint32) {
	s := &t.rows[i]
	first, last := s.touched()
	if last-first > longSpan {
		t.long = append(t.long, i)
		return
	}
	if t.years == nil {
		t.years = make(map[Day][]uint32)
	}
	for y := first; y <= last; y++ {
		t.years[y] = append(t.years[y], i)
	}
}

// refile puts all spans into their years, which have room for no more.
func (t *spans) refile() {
	if len(t.rows) == 0 {
		return
	}
	first, last := Day(math.MaxInt32), Day(math.MinInt32)
	for i := range t.rows {
		a, b := t.rows[i].touched()
		first, last = min(first, a), max(last, b)
	}
	counts, all := make([]int, last-first+1), 0
	for i := range t.rows {
		a, b := t.rows[i].touched()
		if b-a > longSpan {
			t.long = append(t.long, uint32(i))
			continue
		}
		for y := a; y <= b; y++ {
			counts[y-first]++
			all++
		}
	}
	room, lists := make([]uint32, all), make([][]uint32, len(counts))
	for y, n := range counts {
		lists[y], room = room[:0:n], room[n:]
	}
	for i := range t.rows {
		if a, b := t.rows[i].touched(); b-a <= longSpan {
			for y := a; y <= b; y++ {
				lists[y-first] = append(lists[y-first], uint32(i))
			}
		}
	}
	for y, list := range lists {
		if len(list) > 0 {
			if t.years == nil {
				t.years = make(map[Day][]uint32)
			}
			t.years[first+Day(y)] = list
		}
	}
}

// touched are the first and the last of the years that a span touches.
func (s *span) touched() (first, last Day) { return s.from / spanYear, (s.until - 1) / spanYear }

// end ends a span for every known from the given one on.
func (t *spans) end(i uint32, known uint64) { t.rows[i].ever = momentOf(known) }

// endLast ends the last span of a block or a line, unless it has ended; last is its place, plus 1, or 0.
func (t *spans) endLast(last uint32, known uint64) {
	if last > 0 && t.rows[last-1].ever == ever {
		t.end(last-1, known)
	}
}

// on gives the spans that hold at q, with their places.
func (t *spans) on(q Pair) iter.Seq2[uint32, *span] {
	return func(yield func(uint32, *span) bool) {
		k := momentOf(q.Known)
		for _, list := range [...][]uint32{t.years[q.At/spanYear], t.long} {
			for _, i := range list {
				if s := &t.rows[i]; s.holds(q, k) && !yield(i, s) {
					return
				}
			}
		}
	}
}

// back gives the spans of one block, or of one line, from its last on.
func (t *spans) back(last uint32) iter.Seq[*span] {
	return func(yield func(*span) bool) {
		for last > 0 && yield(&t.rows[last-1]) {
			last = t.rows[last-1].before
		}
	}
}

// days adds the days, within a period, on which a span begins or ends, as known.
func (t *spans) days(p Period, known uint64, to []Day) []Day {
	k := momentOf(known)
	for i := range t.rows {
		s := &t.rows[i]
		if s.since > k || k >= s.ever {
			continue
		}
		for _, d := range [...]Day{s.from, s.until} {
			if p.Contains(d) {
				to = append(to, d)
			}
		}
	}
	return to
}

// cellID names a cell: all lines of a group; or what is ordered under an agreement within
// a period, in pupils or in a currency.
type cellID struct {
	of       Dimension
	value    uint32
	period   Day
	currency [3]byte
}

// counted is what the lines of a cell come to, and how much of that is taken away again as counted twice, which is seldom any.
type counted struct {
	gross sums
	taken *sums // nil where it never was
}

func (c *lineCounts) cell(id cellID) uint32 {
	i, ok := c.cellOf[id]
	if !ok {
		i = uint32(len(c.cells))
		c.cells = append(c.cells, counted{})
		c.nameCell(id, i)
	}
	return i
}

// nameCell says what a cell is of.
func (c *lineCounts) nameCell(id cellID, i uint32) {
	if c.cellOf == nil {
		c.cellOf = make(map[cellID]uint32)
	}
	c.cellOf[id] = i
}

// A post is a place where a lineSum is to be added.
type post struct {
	cell  uint32
	day   Day
	taken bool
}

// put notes that a lineSum comes to the cell of a value.
func (c *lineCounts) put(id cellID, from, until Day, taken bool, by LineSum) {
	c.putCell(c.cell(id), from, until, taken, by)
}

// putCell notes that a lineSum comes to a cell from one day on and before another.
func (c *lineCounts) putCell(cell uint32, from, until Day, taken bool, by LineSum) {
	if c.posts == nil {
		c.posts = make(map[post]LineSum)
	}
	a, b := post{cell, from, taken}, post{cell, until, taken}
	c.posts[a] = c.posts[a].Plus(by)
	if until <= LastDay {
		c.posts[b] = c.posts[b].Minus(by)
	}
}

// flush adds what has been noted, as known. What was taken and given back in the same stroke leaves no trace.
func (c *lineCounts) flush(known uint64) {
	for p, by := range c.posts {
		cell := &c.cells[p.cell]
		switch {
		case by.IsZero():
		case !p.taken:
			cell.gross.add(known, p.day, by)
		default:
			if cell.taken == nil {
				cell.taken = new(sums)
			}
			cell.taken.add(known, p.day, by)
		}
	}
	if len(c.posts) > postsKept {
		c.posts = nil
	}
	clear(c.posts)
}

// postsKept is how many posts a group keeps the room for.
const postsKept = 64

// times is t, taken away where sign is -1.
func (t LineSum) times(sign int) LineSum {
	if sign < 0 {
		return LineSum{}.Minus(t)
	}
	return t
}

// pupils is what a line adds to a number of pupils.
func (h Headcount) lineSum() LineSum {
	n, known := h.Pupils()
	if !known {
		return LineSum{Lines: 1, Unknown: 1}
	}
	return LineSum{Sum: int64(n), Lines: 1}
}

// school is the place of a school among those that have lines.
func (g *Group) countedSchool(u UAI) uint32 {
	c := &g.counts
	i, ok := c.schoolOf[u]
	if !ok {
		if c.schoolOf == nil {
			c.schoolOf = make(map[UAI]uint32)
		}
		i = uint32(len(c.schools))
		c.schoolOf[u] = i
		s := countedSchool{uai: u}
		c.goes(&s, g.pathOf(u))
		c.schools = append(roomy(c.schools), s)
	}
	return i
}

// pathOf is what a school is, day by day, as known now.
func (g *Group) pathOf(u UAI) []turn {
	g.counts.schoolKinds.at("") // is the first: unsaidKind
	days := []Day{FirstDay}
	for _, kin := range g.counts.kinOf(u) {
		if s := g.schools.find(kin); s != nil {
			for e := range s.life.from(FirstDay, Latest) {
				days = append(days, e.Place.Day)
			}
		}
	}
	slices.Sort(days)
	var path []turn
	for _, day := range slices.Compact(days) {
		as, kind := g.schoolAndKind(u, Now(day))
		t := turn{day, as, g.counts.schoolKinds.at(kind)}
		if n := len(path); n == 0 || path[n-1].as != t.as || path[n-1].kind != t.kind {
			path = append(path, t)
		}
	}
	return slices.Clip(path)
}

// schoolAndKind is under which code a school goes on at q, and of what kind it is there; "" where nothing says it.
func (g *Group) schoolAndKind(u UAI, q Pair) (UAI, SchoolKind) {
	as := g.SchoolAt(u, q)
	return as, g.factsOf(as, endOf(q.At), q.Known).Kind
}

func (c *lineCounts) kinOf(u UAI) []UAI {
	if kin := c.kin[u]; kin != nil {
		return kin
	}
	return []UAI{u}
}

// relate notes that one school goes on, or once went on, under the code of another.
func (c *lineCounts) relate(a, b UAI) {
	if slices.Contains(c.kin[a], b) || a == b {
		return
	}
	if c.kin == nil {
		c.kin = make(map[UAI][]UAI)
	}
	all := slices.Concat(c.kinOf(a), c.kinOf(b))
	for _, u := range all {
		c.kin[u] = all
	}
}

// key is the place of a school in a cycle.
func (g *Group) countedKey(u UAI, cycle uint16) uint32 {
	c, school := &g.counts, g.countedSchool(u)
	i, ok := c.keyOf(school, cycle)
	if !ok {
		i = uint32(len(c.keys))
		of := &c.schools[school]
		c.keys = append(roomy(c.keys), countedKey{school: school, cycle: cycle, next: of.keys})
		of.keys = i + 1
		if related := c.related(i, nil); len(related) > 1 {
			for _, k := range related {
				c.keys[k].contested = true // whichever of them is touched, all are
			}
		}
	}
	return i
}

// keyOf is the place of a counted school in a cycle; ok is false where no line has both.
func (c *lineCounts) keyOf(school uint32, cycle uint16) (key uint32, ok bool) {
	for k := range c.keysOf(school) {
		if c.keys[k].cycle == cycle {
			return k, true
		}
	}
	return 0, false
}
