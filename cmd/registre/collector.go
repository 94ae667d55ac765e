package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// How much the heap may grow until the collector runs again: collectAt per cent of what it keeps, but no more than growRoom, or
// leastGrowth per cent where that is more. So a small heap is collected seldom, and a large one does not double. Where nearly all
// that was new in the last round is kept, as when snapshots are loaded, looking at it again is of no use: then it may grow by
// buildRoom.
const (
	collectAt   = 200
	leastGrowth = 15
	growRoom    = 320 << 20 // bytes
	buildRoom   = 960 << 20
	nearlyAll   = 75 // per cent
)

// collect sets how often the collector runs, anew after each of its rounds. GOGC, where it is set, prevails.
func collect() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(collectAt)
	watchRounds(new(round))
}

// growth is the percentage that goes with what the heap keeps, and how much it may grow by.
func growth(live, room uint64) int {
	return max(leastGrowth, int(min(collectAt, room*100/max(live, 1))))
}

// narrowRoom is what growRoom and buildRoom are cut down to; 0 but while somebody has asked for it.
var narrowRoom atomic.Int64

func narrowed(room uint64) uint64 {
	if most := uint64(narrowRoom.Load()); most > 0 {
		return min(room, most)
	}
	return room
}

// collectEarly cuts the room of a large heap down to so many bytes, until its result is called: for who makes little that is kept, and
// is to need no more memory than that. One alone can ask for it at a time. GOGC, where it is set, prevails.
func collectEarly(room int64) (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	set := func(room int64) {
		narrowRoom.Store(room)
		if live := liveHeap(); heldBack.Load() == 0 {
			debug.SetGCPercent(late(growth(live, narrowed(growRoom)), live))
		}
	}
	set(room)
	return func() { set(0) }
}

// A round of the collector left so much, and let the heap grow up to so much until the next.
type round struct{ live, until uint64 }

// leastRoom is by how much the heap may always grow, in bytes; 0 but while somebody has asked for it.
var leastRoom atomic.Int64

// smallest is the heap that the runtime takes a percentage of where less than that is kept.
const smallest = 4 << 20

// late is the percentage, at least what it would be otherwise, by which a heap that keeps so much may grow by leastRoom.
func late(percent int, live uint64) int {
	return max(percent, int(uint64(leastRoom.Load())*100/max(live, smallest)))
}

// collectLate lets the heap grow by so many bytes, however little it keeps, until its result is called: for who makes much that nobody
// holds for long. GOGC, where it is set, prevails; so does collectAtMost.
func collectLate(room int64) (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	leastRoom.Add(room)
	again := func() {
		if live := liveHeap(); heldBack.Load() == 0 {
			debug.SetGCPercent(late(growth(live, narrowed(growRoom)), live))
		}
	}
	again()
	return func() {
		leastRoom.Add(-room)
		again()
	}
}

// liveHeap is what the last round of the collector has left.
func liveHeap() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	if metrics.Read(live); live[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return live[0].Value.Uint64()
}

// next is the percentage after the round that comes next, which has left so much.
func (r *round) next(live uint64) (percent int) {
	room := uint64(growRoom)
	if r.live < live && r.live < r.until && (live-r.live)*100 >= (r.until-r.live)*nearlyAll {
		room = buildRoom
	}
	percent = growth(live, narrowed(room))
	*r = round{live, live + live*uint64(percent)/100}
	return percent
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

func watchRounds(last *round) {
	runtime.SetFinalizer(new(collected), func(c *collected) {
		if live := liveHeap(); heldBack.Load() == 0 && live > 0 {
			debug.SetGCPercent(late(last.next(live), live))
		}
		watchRounds(last)
	})
}
