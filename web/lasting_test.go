package web

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func nameOf(n int) string { return fmt.Sprint("name ", n) }

func numberedAnswer(n int) Answer { return Answer{fmt.Appendf(nil, "%04d", n), 2} }

func TestMemoryKeepsWhatWasAskedForLast(t *testing.T) {
	m := newMemory(100) // of ten, each with its name
	kept := func(n int) bool { _, ok := m.get(nameOf(n)); return ok }
	require.False(t, kept(0))
	for n := range 10 {
		m.put(nameOf(n), numberedAnswer(n), true)
		m.put(nameOf(n), numberedAnswer(n), true) // twice is once
	}
	a, ok := m.get(nameOf(0))
	require.True(t, ok)
	require.Equal(t, numberedAnswer(0), a)
	for n := 10; n < 18; n++ {
		m.put(nameOf(n), numberedAnswer(n), true)
	}
	require.True(t, kept(0), "it was asked for")
	require.False(t, kept(1))
	require.True(t, kept(17))
	require.LessOrEqual(t, m.bytes, 100)
	require.Greater(t, m.bytes, 80)
	require.Len(t, m.byName, m.order.Len())
	kinds := len(m.byName)
	m.put("long", Answer{Text: make([]byte, longLasting+1)}, true)
	_, ok = m.get("long")
	require.False(t, ok)
	require.Len(t, m.byName, kinds)
}

// TestMemoryKeepsWhatIsAskedForAgain: what is asked once leaves no more than a mark, and the marks are bounded too.
func TestMemoryKeepsWhatIsAskedForAgain(t *testing.T) {
	m := newMemory(maxLasting)
	ask := func(n int) (had bool) {
		if _, had = m.get(nameOf(n)); !had {
			m.put(nameOf(n), numberedAnswer(n), false)
		}
		return had
	}
	for round, had := range []bool{false, false, true} {
		require.Equal(t, had, ask(0), round)
	}
	for n := range 3 * seldom {
		require.False(t, ask(1+n))
	}
	require.Len(t, m.byName, 1)
	require.LessOrEqual(t, len(m.once)+len(m.late), 2*seldom)
	require.True(t, ask(0))
	require.False(t, ask(1), "it was asked for long ago")
	require.False(t, ask(3*seldom), "the second time")
	require.True(t, ask(3*seldom))
}

// TestMemoryKeepsACopy: the room that an answer was made in is used again.
func TestMemoryKeepsACopy(t *testing.T) {
	m, a := newMemory(maxLasting), numberedAnswer(7)
	m.put("m", a, true)
	a.Text[0] = 'x'
	kept, ok := m.get("m")
	require.True(t, ok)
	require.Equal(t, numberedAnswer(7), kept)
	require.Equal(t, `00"now"07`, string(kept.with([]byte(`"now"`), nil)))
}
