package jetstream

import (
	"sync"

	"registre/domain"
)

// A place is where an event stands: its number in the register, and the sequence of its message in the stream.
type place struct {
	number uint64
	seq    uint64
}

// every how many numbers places remembers where one stands.
const markEvery = 64

// places remembers where the registers end and where some of their events stand. What it knows of an event is true for
// ever; what it knows of an end was true once, and is a hint that the server's guard will judge.
type places struct {
	mu     sync.Mutex
	groups map[domain.GroupID]*placesOf
}

type placesOf struct {
	end   place
	known bool     // whether end may be the end
	marks []uint64 // the sequence of the number markEvery*(i+1), 0 where it is not known
}

func newPlaces() *places { return &places{groups: map[domain.GroupID]*placesOf{}} }

func (p *places) of(group domain.GroupID) *placesOf {
	g := p.groups[group]
	if g == nil {
		g = &placesOf{}
		p.groups[group] = g
	}
	return g
}

// learn takes note of an event; the end is at least there.
func (p *places) learn(group domain.GroupID, at place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.of(group)
	if at.number >= g.end.number {
		g.end, g.known = at, true
	}
	if at.number == 0 || at.number%markEvery != 0 {
		return
	}
	index := int(at.number/markEvery) - 1
	for len(g.marks) <= index {
		g.marks = append(g.marks, 0)
	}
	g.marks[index] = at.seq
}

// end gives where a register ends, as far as is known.
func (p *places) end(group domain.GroupID) (place, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[group]
	if g == nil {
		return place{}, false
	}
	return g.end, g.known
}

// untouched says that nothing was ever noted of a register.
func (p *places) untouched(group domain.GroupID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.groups[group] == nil
}

// learnFirst takes note of a register's end, unless something was noted of it already: then something may have been
// written too.
func (p *places) learnFirst(group domain.GroupID, end place) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.groups[group] != nil {
		return false
	}
	p.groups[group] = &placesOf{end: end, known: true}
	return true
}

// settle takes note of a register's end as the server has given it.
func (p *places) settle(group domain.GroupID, end place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.of(group)
	g.end, g.known = end, true
}

// doubt forgets where a register ends.
func (p *places) doubt(group domain.GroupID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g := p.groups[group]; g != nil {
		g.end, g.known = place{}, false
	}
}

// before gives the last known place that is at or before the number; place{} is the beginning.
func (p *places) before(group domain.GroupID, number uint64) place {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[group]
	if g == nil {
		return place{}
	}
	if g.known && g.end.number > 0 && g.end.number <= number {
		return g.end
	}
	for index := min(int(number/markEvery), len(g.marks)); index > 0; index-- {
		if seq := g.marks[index-1]; seq != 0 {
			return place{number: uint64(index) * markEvery, seq: seq}
		}
	}
	return place{}
}
