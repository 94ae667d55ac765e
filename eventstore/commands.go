package eventstore

import (
	"hash/maphash"

	"github.com/google/uuid"
)

// commands are those of a register, as it goes by them: in columns of 32 bytes each, and a table of their places, a third of what a map
// takes. The table is filled to three quarters at most, and probed from a place that nobody outside can foresee: who brings a command
// chooses its id. The zero commands are none.
type commands struct {
	all   []command // by their first events
	table []uint32  // places in all, counted from 1; 0 is free; as long as a power of two
	seed  maphash.Seed
}

type command struct {
	id uuid.UUID
	told
}

const leastCommands = 16 // places in a table

// newCommands has room for so many.
func newCommands(count int) commands {
	if count == 0 {
		return commands{}
	}
	return commands{all: make([]command, 0, count)}
}

// find tells what is known of a command.
func (c *commands) find(id uuid.UUID) (told, bool) {
	if len(c.table) == 0 {
		return told{}, false
	}
	at := c.table[c.place(id)]
	if at == 0 {
		return told{}, false
	}
	return c.all[at-1].told, true
}

// place is that of an id in the table, or the free one that it would have.
func (c *commands) place(id uuid.UUID) uint64 {
	last := uint64(len(c.table) - 1)
	i := maphash.Comparable(c.seed, id) & last
	for c.table[i] != 0 && c.all[c.table[i]-1].id != id {
		i = (i + 1) & last
	}
	return i
}

// add adds a command whose first event lies behind all others. One that is there already stays as it is, and added is false.
func (c *commands) add(id uuid.UUID, t told) (added bool) {
	if len(c.all) >= len(c.table)/4*3 {
		c.widen()
	}
	i := c.place(id)
	if c.table[i] != 0 {
		return false
	}
	c.all = append(c.all, command{id, t})
	c.table[i] = uint32(len(c.all))
	return true
}

// widen lays out a table that has room for as many commands as there is room for, and for one more.
func (c *commands) widen() {
	if len(c.table) == 0 {
		c.seed = maphash.MakeSeed()
	}
	size := max(leastCommands, len(c.table))
	for size/4*3 < max(cap(c.all), len(c.all)+1) {
		size *= 2
	}
	c.table = make([]uint32, size)
	for i := range c.all {
		c.table[c.place(c.all[i].id)] = uint32(i + 1)
	}
}
