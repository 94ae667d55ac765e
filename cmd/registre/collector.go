package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// How much the heap may grow until the collector runs again: collectAt per cent of what it keeps, but no more than growRoom, or
// leastGrowth per cent where that is more. So a small heap is collected seldom, and a large one does not double.
const (
	collectAt   = 200
	leastGrowth = 15
	growRoom    = 320 << 20 // bytes
)

// collect sets how often the collector runs, anew after each of its rounds. GOGC, where it is set, prevails.
func collect() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(collectAt)
	watchRounds()
}

// growth is the percentage that goes with what the heap keeps.
func growth(live uint64) int {
	return max(leastGrowth, int(min(collectAt, growRoom*100/max(live, 1))))
}

// heldBack is how many have set a percentage of their own for a while.
var heldBack atomic.Int32

// collectAtMost lets the heap grow by so many per cent at most until its result is called. GOGC, where it is set, prevails.
func collectAtMost(percent int) (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	heldBack.Add(1)
	was := debug.SetGCPercent(percent)
	return func() {
		debug.SetGCPercent(was)
		heldBack.Add(-1)
	}
}

// A round of the collector is over when it has found something that nobody holds.
type collected struct{ _ [16]byte }

func watchRounds() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtime.SetFinalizer(new(collected), func(c *collected) {
		if metrics.Read(live); heldBack.Load() == 0 && live[0].Value.Kind() == metrics.KindUint64 {
			debug.SetGCPercent(growth(live[0].Value.Uint64()))
		}
		watchRounds()
	})
}
