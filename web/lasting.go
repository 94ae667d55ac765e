package web

import (
	"bytes"
	"container/list"
	"hash/maphash"
	"sync"
)

// How much of the answers that last for ever is kept, in bytes: those that were asked for last. One that is longer is made anew.
const (
	maxLasting  = 32 << 20
	longLasting = 1 << 20
)

// A memory keeps answers that last, by their names: whatever is recorded, they stay true. One is kept when it is asked
// for again: what is asked once, of one day after the other perhaps, neither takes room nor drives out what many ask.
type memory struct {
	mutex  sync.Mutex
	most   int
	bytes  int
	order  list.List // of *remembered, the one that was asked for last at the front
	byName map[string]*list.Element

	seed       maphash.Seed
	once, late map[uint64]struct{} // which were asked for once, now and before that
}

type remembered struct {
	of     string
	answer Answer
}

// seldom is how many that were asked for once are remembered, as well as those before.
const seldom = 4096

func newMemory(most int) *memory {
	return &memory{most: most, byName: map[string]*list.Element{}, seed: maphash.MakeSeed(), once: map[uint64]struct{}{}}
}

// get gives an answer that is kept. It is not to be written to.
func (m *memory) get(of string) (Answer, bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	e := m.byName[of]
	if e == nil {
		return Answer{}, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*remembered).answer, true
}

// put keeps a copy of an answer that was asked for before, or was dear to make, and lets go of those that were not asked for the longest.
func (m *memory) put(of string, a Answer, dear bool) {
	if len(a.Text) > longLasting {
		return
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.byName[of] != nil || !dear && m.first(of) {
		return
	}
	r := &remembered{of, Answer{bytes.Clone(a.Text), a.Meta}}
	m.byName[of] = m.order.PushFront(r)
	for m.bytes += r.length(); m.bytes > m.most; {
		last := m.order.Remove(m.order.Back()).(*remembered)
		delete(m.byName, last.of)
		m.bytes -= last.length()
	}
}

func (r *remembered) length() int { return len(r.of) + len(r.answer.Text) }

// first reports whether an answer is asked for the first time, as far as is remembered. The caller holds the lock.
func (m *memory) first(of string) bool {
	mark := maphash.String(m.seed, of)
	_, now := m.once[mark]
	_, before := m.late[mark]
	if now || before {
		return false
	}
	if len(m.once) == seldom {
		m.once, m.late = map[uint64]struct{}{}, m.once
	}
	m.once[mark] = struct{}{}
	return true
}
