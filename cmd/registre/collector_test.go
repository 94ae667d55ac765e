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
		assert.Equal(t, want, growth(live), "%d", live)
	}
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
