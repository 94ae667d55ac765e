package eventstore

import (
	"encoding/binary"
	"fmt"
	"sort"
)

// inventions say which events are illustrative, and what of them is invented. There are few such sayings, and many events each.
type inventions struct {
	of      []invention // by number, rising
	sayings []string    // each once
	index   map[string]uint32
}

type invention struct {
	number uint64
	says   uint32
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
	v.of = append(v.of, invention{n, at})
}

// upTo counts the illustrative events up to number n.
func (v *inventions) upTo(n uint64) int {
	return sort.Search(len(v.of), func(i int) bool { return v.of[i].number > n })
}

// said is what event n says of itself.
func (v *inventions) said(n uint64) string {
	if i := v.upTo(n); i > 0 && v.of[i-1].number == n {
		return v.sayings[v.of[i-1].says]
	}
	return ""
}

func (v *inventions) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(v.sayings)))
	for _, s := range v.sayings {
		dst = putText(dst, []byte(s))
	}
	dst = binary.AppendUvarint(dst, uint64(len(v.of)))
	last := uint64(0)
	for _, i := range v.of {
		dst = binary.AppendUvarint(dst, i.number-last)
		dst = binary.AppendUvarint(dst, uint64(i.says))
		last = i.number
	}
	return dst
}

// load fills empty inventions with those of a register of so many events.
func (v *inventions) load(content []byte, events int) ([]byte, error) {
	count, content, ok := cutNumber(content)
	if !ok || count > uint64(events) {
		return nil, errSnapshot
	}
	for range count {
		length, rest, ok := cutNumber(content)
		if !ok || length == 0 || length > uint64(len(rest)) {
			return nil, errSnapshot
		}
		v.sayings, content = append(v.sayings, string(rest[:length])), rest[length:]
	}
	count, content, ok = cutNumber(content)
	if !ok || count > uint64(events) {
		return nil, errSnapshot
	}
	v.of = make([]invention, count)
	last := uint64(0)
	for i := range v.of {
		after, rest, ok := cutNumber(content)
		says, rest, also := cutNumber(rest)
		if !ok || !also || after == 0 || after > uint64(events)-last || says >= uint64(len(v.sayings)) {
			return nil, errSnapshot
		}
		last += after
		v.of[i], content = invention{last, uint32(says)}, rest
	}
	v.index = make(map[string]uint32, len(v.sayings))
	for i, s := range v.sayings {
		v.index[s] = uint32(i)
	}
	if len(v.index) != len(v.sayings) {
		return nil, fmt.Errorf("%w: a saying stands in it twice", errSnapshot)
	}
	return content, nil
}
