package web

import (
	"container/list"
	"encoding/json"
	"sync"
)

// How much of the answers that last for ever is kept, in bytes: those that were asked for last. One that is longer is made anew.
const (
	maxLasting  = 32 << 20
	longLasting = 1 << 20
)

// A memory keeps answers that last, by their tags: whatever is recorded, they stay true.
type memory struct {
	mutex sync.Mutex
	most  int
	bytes int
	order list.List // of *remembered, the one that was asked for last at the front
	byTag map[string]*list.Element
}

type remembered struct {
	tag  string
	body json.RawMessage
}

func newMemory(most int) *memory { return &memory{most: most, byTag: map[string]*list.Element{}} }

// get gives an answer that is kept, nil for none. It is not to be written to.
func (m *memory) get(tag string) json.RawMessage {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	e := m.byTag[tag]
	if e == nil {
		return nil
	}
	m.order.MoveToFront(e)
	return e.Value.(*remembered).body
}

// put keeps an answer, and lets go of those that were not asked for the longest.
func (m *memory) put(tag string, body json.RawMessage) {
	if len(body) > longLasting {
		return
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.byTag[tag] != nil {
		return
	}
	m.byTag[tag] = m.order.PushFront(&remembered{tag, body})
	for m.bytes += len(body); m.bytes > m.most; {
		last := m.order.Remove(m.order.Back()).(*remembered)
		delete(m.byTag, last.tag)
		m.bytes -= len(last.body)
	}
}
