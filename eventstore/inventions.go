package eventstore

import (
	"encoding/binary"
	"sort"
)

// inventions say which events are illustrative, and what of them is invented. There are few such sayings, and many events each, mostly one
// behind the other.
type inventions struct {
	of      []invention // by number, rising
	sayings []string    // each once
	index   map[string]uint32
}

// An invention is some events that follow each other and say the same.
type invention struct {
	first, last uint64
	says        uint32
}

// goesOn reports whether i is one with what stands before it.
func (i invention) goesOn(before invention) bool {
	return before.says == i.says && before.last+1 == i.first
}

// add notes what event n, above all before it, says of itself; "" for nothing.
func (v *inventions) add(n uint64, says string) {
	if says == "" {
		return
	}
	at, known := v.index[says]
	if !known {
		if v.index == nil {
			v.index = map[string]uint32{}
		}
		at = uint32(len(v.sayings))
		v.index[says], v.sayings = at, append(v.sayings, says)
	}
	next := invention{n, n, at}
	if l := len(v.of); l > 0 && next.goesOn(v.of[l-1]) {
		v.of[l-1].last = n
		return
	}
	v.of = append(v.of, next)
}

// any reports whether an event up to number n is illustrative.
func (v *inventions) any(n uint64) bool { return len(v.of) > 0 && v.of[0].first <= n }

// said is what event n says of itself.
func (v *inventions) said(n uint64) string {
	i := sort.Search(len(v.of), func(i int) bool { return v.of[i].first > n })
	if i == 0 || v.of[i-1].last < n {
		return ""
	}
	return v.sayings[v.of[i-1].says]
}

func (v *inventions) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(v.sayings)))
	for _, s := range v.sayings {
		dst = putText(dst, []byte(s))
	}
	dst = binary.AppendUvarint(dst, uint64(len(v.of)))
	last := uint64(0)
	for _, i := range v.of {
		dst = binary.AppendUvarint(dst, i.first-last)
		dst = binary.AppendUvarint(dst, i.last-i.first)
		dst = binary.AppendUvarint(dst, uint64(i.says))
		last = i.last
	}
	return dst
}

// load fills empty inventions with those of a register of so many events.
func (v *inventions) load(c *snapshotReader, events int) {
	count := c.number()
	if !c.holds(count) || count > uint64(events) {
		c.fail()
		return
	}
	v.index = make(map[string]uint32, count)
	for i := range count {
		saying := c.text()
		if _, again := v.index[saying]; again || c.failed {
			c.fail()
			return
		}
		v.index[saying], v.sayings = uint32(i), append(v.sayings, saying)
	}
	v.loadRuns(c, uint64(events))
}

// loadRuns reads which events say what.
func (v *inventions) loadRuns(c *snapshotReader, events uint64) {
	count := c.number()
	if !c.holds(count) || count > events {
		c.fail()
		return
	}
	v.of = make([]invention, count)
	last := uint64(0)
	for i := range v.of {
		after, more, says := c.number(), c.number(), c.number()
		if c.failed || after == 0 || after > events-last || more > events-last-after || says >= uint64(len(v.sayings)) {
			c.fail()
			return
		}
		v.of[i] = invention{first: last + after, last: last + after + more, says: uint32(says)}
		if i > 0 && v.of[i].goesOn(v.of[i-1]) {
			c.fail() // it would have been one
			return
		}
		last = v.of[i].last
	}
}
