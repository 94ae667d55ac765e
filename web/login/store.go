package login

import (
	"container/list"
	"sync"
	"time"
)

// memory keeps sessions for a time, the newest of so many. It implements scs.Store.
type memory struct {
	now  func() time.Time
	idle time.Duration // after which a session that nobody finds is over; 0 for never
	once bool          // what is found is gone
	most int

	mu    sync.Mutex
	kept  map[string]*list.Element
	order *list.List // of kept sessions, as they began, and so as they end
}

type kept struct {
	token  string
	text   []byte
	expiry time.Time
	last   time.Time
}

func newMemory(now func() time.Time, most int) *memory {
	return &memory{now: now, most: most, kept: map[string]*list.Element{}, order: list.New()}
}

func (m *memory) over(k *kept) bool {
	now := m.now()
	return !now.Before(k.expiry) || m.idle > 0 && now.Sub(k.last) >= m.idle
}

func (m *memory) drop(e *list.Element) {
	delete(m.kept, e.Value.(*kept).token)
	m.order.Remove(e)
}

// Find implements scs.Store.
func (m *memory) Find(token string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.kept[token]
	if e == nil {
		return nil, false, nil
	}
	k := e.Value.(*kept)
	over := m.over(k)
	if over || m.once {
		m.drop(e)
	}
	k.last = m.now()
	return k.text, !over, nil
}

// Commit implements scs.Store. Where there are too many, the oldest goes.
func (m *memory) Commit(token string, text []byte, expiry time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.kept[token]; e != nil {
		m.drop(e)
	}
	for e := m.order.Front(); e != nil && (m.order.Len() >= m.most || m.over(e.Value.(*kept))); e = m.order.Front() {
		m.drop(e)
	}
	m.kept[token] = m.order.PushBack(&kept{token, text, expiry, m.now()})
	return nil
}

// Delete implements scs.Store.
func (m *memory) Delete(token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.kept[token]; e != nil {
		m.drop(e)
	}
	return nil
}
