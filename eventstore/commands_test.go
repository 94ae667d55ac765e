package eventstore

import (
	"encoding/binary"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestCommands: what is known of commands is what a map would know, in the order in which they came, with room and without.
func TestCommands(t *testing.T) {
	for _, count := range []int{0, 1, 11, 12, 13, 5000} {
		for _, room := range []int{0, count} {
			c, want := newCommands(room), map[uuid.UUID]told{}
			for i := range count {
				id, is := commandID(i), told{first: uint64(i + 1), by: uint64(7 * i)}
				_, known := c.find(id)
				require.False(t, known)
				require.True(t, c.add(id, is))
				require.False(t, c.add(id, told{first: 1 << 40}), "it is there already")
				want[id] = is
			}
			require.Len(t, c.all, count)
			for i, row := range c.all {
				require.Equal(t, commandID(i), row.id)
				is, known := c.find(row.id)
				require.True(t, known)
				require.Equal(t, want[row.id], is)
			}
			_, known := c.find(commandID(count))
			require.False(t, known)
			require.LessOrEqual(t, count, len(c.table)*3/4)
		}
	}
}

// commandID differs from others in few bits, as ids do that are made one after the other.
func commandID(i int) (id uuid.UUID) {
	binary.BigEndian.PutUint32(id[4:], uint32(i))
	return id
}

func BenchmarkCommands(b *testing.B) {
	const count = 100_000
	b.ReportAllocs()
	for b.Loop() {
		c := newCommands(count)
		for i := range count {
			c.add(commandID(i), told{first: uint64(i)})
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/count, "ns/command")
}
