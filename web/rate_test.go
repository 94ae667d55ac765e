package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestPaces: who has used up his bucket waits for as long as he is told, and nobody else does; who has too many requests open begins no
// other; and nobody is remembered who asks nothing.
func TestPaces(t *testing.T) {
	now := time.Unix(1e9, 0)
	p := newPaces(Pace{PerSecond: 2, Burst: 3, Open: 2})
	p.now = func() time.Time { return now }
	take := func(who string) (func(), time.Duration) {
		done, wait, ok := p.take(who)
		require.Equal(t, ok, done != nil)
		return done, wait
	}
	for range 3 {
		done, _ := take("a")
		require.NotNil(t, done)
		done()
	}
	done, wait := take("a")
	require.Nil(t, done)
	require.Equal(t, 500*time.Millisecond, wait)
	other, _ := take("b")
	require.NotNil(t, other, "another's requests are his own")
	now = now.Add(wait)
	done, _ = take("a")
	require.NotNil(t, done, "after as long as was said")
	done()

	now = now.Add(time.Minute)
	second, _ := take("b")
	require.NotNil(t, second)
	third, _ := take("b")
	require.Nil(t, third, "two are open")
	other()
	third, _ = take("b")
	require.NotNil(t, third)

	now = now.Add(2 * forgetAfter)
	take("c")
	require.Len(t, p.of, 2, "b has requests open, c has just asked")
	require.Contains(t, p.of, "b")
}

// TestNoPace: without bounds nobody is counted.
func TestNoPace(t *testing.T) {
	p := newPaces(Pace{})
	for range 10_000 {
		_, _, ok := p.take("a")
		require.True(t, ok)
	}
	require.Empty(t, p.of)
}
