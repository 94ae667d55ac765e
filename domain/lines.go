package domain

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
)

// Limits of the lines of one act.
const (
	MaxLines     = 5000          // more would not fit into an event
	MaxUnitPrice = 1_000_000_000 // hundredths: ten million

	// MaxLineAmount is the most, in hundredths, that a line can come to: its unit price for each of its pupils. As many of
	// these as a LineSum can count still fit into its sum, so no sum of money ever overflows.
	MaxLineAmount = 4_000_000_000
)

// Neither do sums of pupils: these do not compile where a limit would let 2^31-1 lines overflow.
const (
	_ uint64 = math.MaxInt64 - MaxLineAmount*math.MaxInt32
	_ uint64 = math.MaxInt64 - MaxHeadcount*math.MaxInt32
)

// Cycle is the id of a cycle of education, such as college; SchoolKind that of a kind of school. A lycée can hold pupils of
// the cycle college.
type (
	Cycle      string
	SchoolKind string
)

// HeadcountKind says where a headcount comes from.
type HeadcountKind string

// The kinds of headcount.
const (
	Forecast HeadcountKind = "forecast"
	Official HeadcountKind = "official" // the count that schools make each autumn
	Live     HeadcountKind = "live"     // counted from the accounts of the service
)

// HeadcountKinds lists the kinds of headcount there are.
var HeadcountKinds = []HeadcountKind{Forecast, Official, Live}

// A LineKey tells the lines of an order form apart.
type LineKey struct {
	School UAI
	Cycle  Cycle
}

// String is k as "0680034T college".
func (k LineKey) String() string { return k.School.String() + " " + string(k.Cycle) }

// A Line is the pupils of a school in a cycle.
type Line struct {
	LineKey
	Headcount Headcount
	Kind      HeadcountKind
	Day       Day   // to which the headcount belongs
	UnitPrice Money // of one pupil, for the whole period of the order; none where it is not said
}

// A LineBlock is lines that share all but school and headcount.
type LineBlock struct {
	Cycle      Cycle
	Day        Day
	Headcounts Headcounts
	Kind       HeadcountKind
	UnitPrice  Money
}

// compare orders blocks by cycle, day, kind of headcount and unit price: none first, then by currency and amount.
func (b *LineBlock) compare(o *LineBlock) int {
	return cmp.Or(
		cmp.Compare(b.Cycle, o.Cycle), cmp.Compare(b.Day, o.Day), cmp.Compare(b.Kind, o.Kind),
		cmp.Compare(b.UnitPrice.Currency(), o.UnitPrice.Currency()), cmp.Compare(b.UnitPrice.cents, o.UnitPrice.cents),
	)
}

// Lines are the lines of an order form, packed into about as many bytes as their text has. Their blocks ascend, in a block
// the schools do, and no key stands there twice; so the same lines always are the same Lines. The zero value is none.
type Lines struct {
	blocks []LineBlock
	count  int
}

// PackLines packs lines, in whatever order they come. Its error is a *Malformed.
func PackLines(lines []Line) (Lines, error) {
	sorted := slices.Clone(lines)
	slices.SortFunc(sorted, func(a, b Line) int {
		x, y := a.block(), b.block()
		return cmp.Or(x.compare(&y), cmp.Compare(a.School, b.School))
	})
	var blocks []LineBlock
	var text []byte
	for i := range sorted {
		block := sorted[i].block()
		if n := len(blocks); n == 0 || blocks[n-1].compare(&block) != 0 {
			blocks, text = append(blocks, block), nil
		}
		if text != nil {
			text = append(text, ',')
		}
		text, _ = sorted[i].School.AppendText(text)
		text = sorted[i].Headcount.append(append(text, ' '))
		if next := i + 1; next == len(sorted) || differ(&sorted[next], &block) {
			blocks[len(blocks)-1].Headcounts = Headcounts(text)
		}
	}
	return LinesOf(blocks)
}

func (l *Line) block() LineBlock {
	return LineBlock{Cycle: l.Cycle, Day: l.Day, Kind: l.Kind, UnitPrice: l.UnitPrice}
}

func differ(l *Line, from *LineBlock) bool {
	b := l.block()
	return b.compare(from) != 0
}

// LinesOf is the lines of some blocks, which it keeps. Its error is a *Malformed, whose field begins with the place of the
// block, as in "0.headcounts".
func LinesOf(blocks []LineBlock) (Lines, error) {
	l := Lines{blocks: blocks}
	f := &form{}
	f.length("", len(blocks), 0)
	for i := range blocks {
		b := &blocks[i]
		f.within(fmt.Sprint(i), b.check)
		if i > 0 && blocks[i-1].compare(b) >= 0 {
			f.wrong(fmt.Sprint(i), "blocks ascend by cycle, day, kind and unit price, and none stands there twice")
		}
		l.count += b.Headcounts.Len()
	}
	if l.count > MaxLines {
		f.wrong("", "has %d lines, more than %d", l.count, MaxLines)
	}
	if f.err == nil {
		f.distinctKeys(blocks)
	}
	if f.err != nil {
		return Lines{}, f.err
	}
	if len(blocks) == 0 {
		return Lines{}, nil
	}
	return l, nil
}

func (b *LineBlock) check(f *form) {
	f.id("cycle", string(b.Cycle))
	if !b.Day.exists() {
		f.wrong("day", "the day of the headcounts is missing")
	}
	if _, err := ParseHeadcounts(string(b.Headcounts)); err != nil {
		f.wrong("headcounts", "%v", err)
	}
	if !slices.Contains(HeadcountKinds, b.Kind) {
		f.wrong("kind", "%.80q is not one of forecast, official, live", b.Kind)
	}
	if b.UnitPrice.cents > MaxUnitPrice {
		f.wrong("unit_price", "is more than %d.00", MaxUnitPrice/100)
	} else if most := b.Headcounts.most(); int64(most)*b.UnitPrice.cents > MaxLineAmount {
		f.wrong("unit_price", "for %d pupils comes to more than %d.00", most, MaxLineAmount/100)
	}
}

// most is the highest headcount that is known.
func (h Headcounts) most() (most int) {
	for _, count := range h.All() {
		if n, _ := count.Pupils(); n > most {
			most = n
		}
	}
	return most
}

// distinctKeys checks that no school stands twice among the blocks of one cycle, in each of which it stands once.
func (f *form) distinctKeys(blocks []LineBlock) {
	for len(blocks) > 0 {
		n := 1
		for n < len(blocks) && blocks[n].Cycle == blocks[0].Cycle {
			n++
		}
		if twice, ok := schoolTwice(blocks[:n]); ok {
			f.wrong("", "%v stands there twice", LineKey{twice, blocks[0].Cycle})
		}
		blocks = blocks[n:]
	}
}

func schoolTwice(blocks []LineBlock) (UAI, bool) {
	if len(blocks) == 1 {
		return 0, false
	}
	var all []UAI
	for i := range blocks {
		for u := range blocks[i].Headcounts.All() {
			all = append(all, u)
		}
	}
	slices.Sort(all)
	for i := 1; i < len(all); i++ {
		if all[i-1] == all[i] {
			return all[i], true
		}
	}
	return 0, false
}

// duplicate sorts keys, and gives one that stands there twice.
func duplicate(keys []LineKey) (LineKey, bool) {
	slices.SortFunc(keys, LineKey.compare)
	for i := 1; i < len(keys); i++ {
		if keys[i-1] == keys[i] {
			return keys[i], true
		}
	}
	return LineKey{}, false
}

func (k LineKey) compare(o LineKey) int {
	return cmp.Or(cmp.Compare(k.School, o.School), strings.Compare(string(k.Cycle), string(o.Cycle)))
}

// Len is the number of lines.
func (l Lines) Len() int { return l.count }

// Blocks are the lines as they stand in an event. They are not to be changed.
func (l Lines) Blocks() []LineBlock { return l.blocks }

// All gives the lines: by cycle, day, kind of headcount and unit price, then by school. It allocates nothing.
func (l Lines) All() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for i := range l.blocks {
			b := &l.blocks[i]
			line := Line{LineKey: LineKey{Cycle: b.Cycle}, Kind: b.Kind, Day: b.Day, UnitPrice: b.UnitPrice}
			for school, count := range b.Headcounts.All() {
				line.School, line.Headcount = school, count
				if !yield(line) {
					return
				}
			}
		}
	}
}

// Keys gives the keys of the lines, in their order.
func (l Lines) Keys() iter.Seq[LineKey] {
	return func(yield func(LineKey) bool) {
		for line := range l.All() {
			if !yield(line.LineKey) {
				return
			}
		}
	}
}

// A KeyBlock is the keys of one cycle: Schools as in "0680034T,0680035U", ascending.
type KeyBlock struct {
	Cycle   Cycle
	Schools string
}

// Keys are the keys of lines, packed as Lines are. The zero value is none.
type Keys struct {
	blocks []KeyBlock
	count  int
}

// PackKeys packs keys, in whatever order they come. Its error is a *Malformed.
func PackKeys(keys []LineKey) (Keys, error) {
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, func(a, b LineKey) int {
		return cmp.Or(cmp.Compare(a.Cycle, b.Cycle), cmp.Compare(a.School, b.School))
	})
	var blocks []KeyBlock
	for _, k := range sorted {
		if n := len(blocks); n > 0 && blocks[n-1].Cycle == k.Cycle {
			blocks[n-1].Schools += "," + k.School.String()
		} else {
			blocks = append(blocks, KeyBlock{k.Cycle, k.School.String()})
		}
	}
	return KeysOf(blocks)
}

// KeysOf is the keys of some blocks, which it keeps. Its error is a *Malformed.
func KeysOf(blocks []KeyBlock) (Keys, error) {
	f, count := &form{}, 0
	f.length("", len(blocks), 0)
	for i := range blocks {
		b := &blocks[i]
		f.within(fmt.Sprint(i), b.check)
		if i > 0 && blocks[i-1].Cycle >= b.Cycle {
			f.wrong(fmt.Sprint(i), "cycles ascend, and none stands there twice")
		}
		count += strings.Count(b.Schools, ",") + 1
	}
	if count > MaxLines {
		f.wrong("", "has %d keys, more than %d", count, MaxLines)
	}
	if f.err != nil {
		return Keys{}, f.err
	}
	if len(blocks) == 0 {
		return Keys{}, nil
	}
	return Keys{blocks, count}, nil
}

func (b *KeyBlock) check(f *form) {
	f.id("cycle", string(b.Cycle))
	var last UAI
	for text := range strings.SplitSeq(b.Schools, ",") {
		school, err := ParseUAI(text)
		if err != nil {
			f.wrong("schools", "%v", err)
		} else if school <= last {
			f.wrong("schools", "%v: the schools ascend, and none stands there twice", school)
		}
		last = school
	}
}

// Len is the number of keys.
func (k Keys) Len() int { return k.count }

// Blocks are the keys as they stand in an event. They are not to be changed.
func (k Keys) Blocks() []KeyBlock { return k.blocks }

// All gives the keys, by cycle, then by school.
func (k Keys) All() iter.Seq[LineKey] {
	return func(yield func(LineKey) bool) {
		for _, b := range k.blocks {
			for text := range strings.SplitSeq(b.Schools, ",") {
				school, _ := ParseUAI(text)
				if !yield(LineKey{school, b.Cycle}) {
					return
				}
			}
		}
	}
}
