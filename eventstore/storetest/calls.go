package storetest

import (
	"sync"

	"registre/eventstore"
)

// Calls are calls within this process. Each is heard before Call returns, unless it is lost.
type Calls struct {
	Lost func(eventstore.Call) bool // says which calls nobody hears; nil for none

	mu   sync.Mutex
	next int
	ears map[int]func(eventstore.Call)
}

var _ eventstore.Calls = (*Calls)(nil)

// Call implements eventstore.Calls.
func (c *Calls) Call(call eventstore.Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Lost != nil && c.Lost(call) {
		return
	}
	for _, f := range c.ears {
		f(call)
	}
}

// Hear implements eventstore.Calls.
func (c *Calls) Hear(f func(eventstore.Call)) (stop func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ears == nil {
		c.ears = map[int]func(eventstore.Call){}
	}
	c.next++
	n := c.next
	c.ears[n] = f
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.ears, n)
	}, nil
}
