package domain

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"sort"
)

// A LineSum is what some lines come to, in whole numbers. Where Unknown is above 0, Sum is "at least".
type LineSum struct {
	Sum     int64 // of what is known: pupils, or cents
	Lines   int32
	Unknown int32 // of the lines, those of which it is not known
}

// IsZero reports whether there are no lines, and nothing.
func (t LineSum) IsZero() bool { return t == LineSum{} }

// Plus is both together.
func (t LineSum) Plus(u LineSum) LineSum {
	return LineSum{t.Sum + u.Sum, t.Lines + u.Lines, t.Unknown + u.Unknown}
}

// Minus is t without u.
func (t LineSum) Minus(u LineSum) LineSum {
	return LineSum{t.Sum - u.Sum, t.Lines - u.Lines, t.Unknown - u.Unknown}
}

// sums keep, in both times, a LineSum that steps on civil days. The zero sums never step.
//
// For all d, k and every delta known from N > k: adding it leaves on(d, k) as it was.
//
// Deltas stand as they were added, in blocks. Ahead of each block stands what all before it come to, day by day. So a sum
// takes a search for the block by known, one for the day in what stands ahead of it, and a look at each delta of a single
// block. A block ends when it is four times as long as what is ahead of it: so that takes a quarter of the room, and a block
// is no longer than blockSize, or four times the days on which there was a step. Most sums have one block, so that stands here.
type sums struct {
	last   block
	before *[]block // those before the last; nil where there is none
}

// blockSize is how many steps stand in a block at least, before another begins.
const blockSize = 256

type block struct {
	ahead  []level // ascending by day
	deltas []delta // ascending by moment
}

// A delta adds to the lineSum of its day and of all behind it, for the knowns from since on. There are very many of them, and
// few are large: one that does not fit stands there as several.
type delta struct {
	day            Day
	since          moment
	sum            int32
	lines, unknown int16
}

func (d *delta) by() LineSum { return LineSum{int64(d.sum), int32(d.lines), int32(d.unknown)} }

// deltaOf is as much of a lineSum as a delta can hold.
func deltaOf(day Day, since moment, t LineSum) delta {
	return delta{
		day, since, int32(max(math.MinInt32, min(t.Sum, math.MaxInt32))),
		int16(max(math.MinInt16, min(t.Lines, math.MaxInt16))), int16(max(math.MinInt16, min(t.Unknown, math.MaxInt16))),
	}
}

// level is the lineSum from a day on.
type level struct {
	day Day
	sum LineSum
}

// add steps by a lineSum on a day, for every known from the given one on. Knowns never go back.
func (s *sums) add(known uint64, day Day, by LineSum) {
	for !by.IsZero() {
		d := deltaOf(day, momentOf(known), by)
		s.push(d)
		by = by.Minus(d.by())
	}
}

func (s *sums) push(d delta) {
	b := &s.last
	if len(b.deltas) >= max(blockSize, 4*len(b.ahead)) {
		b.deltas = slices.Clone(b.deltas) // without the room that is left
		earlier := append(s.earlier(), *b)
		s.before = &earlier
		*b = block{ahead: b.levels(present)}
	}
	if n := len(b.deltas); n == cap(b.deltas) {
		more := make([]delta, n, n+n/8+2) // most sums have few
		copy(more, b.deltas)
		b.deltas = more
	}
	b.deltas = append(b.deltas, d)
}

// earlier are the blocks before the last.
func (s *sums) earlier() []block {
	if s.before == nil {
		return nil
	}
	return *s.before
}

// at is the block that a moment falls into; nil before the first step.
func (s *sums) at(k moment) *block {
	if s == nil || len(s.last.deltas) == 0 {
		return nil
	}
	if s.last.deltas[0].since <= k {
		return &s.last
	}
	all := s.earlier()
	if i := sort.Search(len(all), func(i int) bool { return all[i].deltas[0].since > k }); i > 0 {
		return &all[i-1]
	}
	return nil
}

// on is the lineSum of a day, as known.
func (s *sums) on(day Day, known uint64) (t LineSum) {
	k := momentOf(known)
	b := s.at(k)
	if b == nil {
		return t
	}
	if i := sort.Search(len(b.ahead), func(i int) bool { return b.ahead[i].day > day }); i > 0 {
		t = b.ahead[i-1].sum
	}
	for i := range b.deltas {
		if e := &b.deltas[i]; e.since > k {
			break
		} else if e.day <= day {
			t = t.Plus(e.by())
		}
	}
	return t
}

// steps gives the days, from one to before another, from which on the lineSum is another, as known, and that lineSum; the
// first is what it is on the day from.
func (s *sums) steps(p Period, known uint64) iter.Seq2[Day, LineSum] {
	return func(yield func(Day, LineSum) bool) {
		last := s.on(p.From, known)
		if !yield(p.From, last) {
			return
		}
		b := s.at(momentOf(known))
		if b == nil {
			return
		}
		for _, l := range b.levels(momentOf(known)) {
			if l.day <= p.From || !p.Contains(l.day) || l.sum == last {
				continue
			}
			last = l.sum
			if !yield(l.day, last) {
				return
			}
		}
	}
}

// levels are what all steps known at k, up to this block's, come to day by day.
func (b *block) levels(k moment) []level {
	known := len(b.deltas)
	for known > 0 && b.deltas[known-1].since > k {
		known--
	}
	deltas := slices.Clone(b.deltas[:known])
	slices.SortFunc(deltas, func(a, b delta) int { return cmp.Compare(a.day, b.day) })
	all := make([]level, 0, len(b.ahead)+len(deltas))
	var more LineSum // of the steps so far
	ahead, was := b.ahead, LineSum{}
	for len(ahead) > 0 || len(deltas) > 0 {
		day := Day(math.MaxInt32)
		if len(ahead) > 0 {
			day = ahead[0].day
		}
		if len(deltas) > 0 {
			day = min(day, deltas[0].day)
		}
		if len(ahead) > 0 && ahead[0].day == day {
			was, ahead = ahead[0].sum, ahead[1:]
		}
		for len(deltas) > 0 && deltas[0].day == day {
			more, deltas = more.Plus(deltas[0].by()), deltas[1:]
		}
		if sum := was.Plus(more); len(all) == 0 && !sum.IsZero() || len(all) > 0 && sum != all[len(all)-1].sum {
			all = append(all, level{day, sum})
		}
	}
	return slices.Clone(all) // without the room that is left
}
