package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGrowth(t *testing.T) {
	for live, want := range map[uint64]int{0: 200, 1 << 20: 200, 160 << 20: 200, 320 << 20: 100, 1280 << 20: 25, 8 << 30: leastGrowth} {
		assert.Equal(t, want, growth(live, growRoom), "%d", live)
	}
}

// A heap that keeps what is new may grow further until it is looked at again; one that does not, may not.
func TestABuiltHeapIsLeftAlone(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		name  string
		lives []uint64
		want  int
	}{
		{"all that was new is kept", []uint64{100 * mb, 300 * mb, 900 * mb}, 106},
		{"three quarters of it", []uint64{100 * mb, 250 * mb}, 200},
		{"less", []uint64{100 * mb, 249 * mb}, 128},
		{"nothing of it", []uint64{1000 * mb, 1000 * mb}, 32},
		{"it shrinks", []uint64{1000 * mb, 640 * mb}, 50},
		{"it kept what was new, and does no longer", []uint64{100 * mb, 300 * mb, 900 * mb, 1000 * mb}, 32},
	} {
		var r round
		var percent int
		for _, live := range c.lives {
			percent = r.next(live)
		}
		assert.Equal(t, c.want, percent, c.name)
	}
}

// Who asks for little room has no more, whatever is kept, until he has done.
func TestLittleRoom(t *testing.T) {
	t.Setenv("GOGC", "")
	const mb = 1 << 20
	was := debug.SetGCPercent(77)
	defer debug.SetGCPercent(was)
	restore := collectEarly(48 * mb)
	assert.EqualValues(t, 48*mb, narrowed(growRoom))
	assert.EqualValues(t, 10*mb, narrowed(10*mb))
	r := round{live: 100 * mb, until: 300 * mb}
	assert.Equal(t, 16, r.next(300*mb), "also where nearly all that was new is kept")
	restore()
	assert.EqualValues(t, growRoom, narrowed(growRoom))
}

// After a round of the collector the percentage is the heap's, unless somebody has set one for a while.
func TestTheCollectorGoesByTheHeap(t *testing.T) {
	t.Setenv("GOGC", "")
	was := debug.SetGCPercent(77)
	defer debug.SetGCPercent(was)
	percent := func() int {
		now := debug.SetGCPercent(1)
		debug.SetGCPercent(now)
		return now
	}
	collect()
	held := make([]byte, 640<<20)
	require.Eventually(t, func() bool {
		runtime.GC()
		return percent() <= 50
	}, 30*time.Second, time.Millisecond)
	restore := collectAtMost(33)
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	assert.Equal(t, 33, percent())
	restore()
	runtime.KeepAlive(held)
}

// Who makes much may let a small heap grow for a while, and it is as before afterwards.
func TestASmallHeapMayGrow(t *testing.T) {
	t.Setenv("GOGC", "")
	was := debug.SetGCPercent(77)
	defer debug.SetGCPercent(was)
	runtime.GC()
	restore := collectLate(64 << 20)
	live := liveHeap()
	require.Positive(t, live)
	set := debug.SetGCPercent(1)
	assert.Equal(t, max(growth(live, growRoom), int(64<<20*100/max(live, smallest))), set)
	restore()
	assert.Equal(t, growth(live, growRoom), debug.SetGCPercent(1))
	t.Setenv("GOGC", "100")
	collectLate(64 << 20)()
	assert.Equal(t, 1, debug.SetGCPercent(1), "GOGC prevails")
}
