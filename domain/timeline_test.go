package domain

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The oracle keeps a whole map for each known.
func TestTimelineAgainstAMapForEachKnown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		anyPlace := rapid.Custom(func(t *rapid.T) Place {
			return Place{Day(rapid.IntRange(1, 6).Draw(t, "day")), rapid.Uint32Range(0, 2).Draw(t, "rank"), rapid.Uint64Range(1, 6).Draw(t, "number")}
		})
		line, now, versions, known := Timeline[int]{}, map[Place]int{}, map[uint64]map[Place]int{0: {}}, uint64(0)
		for i := range rapid.IntRange(0, 40).Draw(t, "changes") {
			known += rapid.Uint64Range(0, 2).Draw(t, "later")
			p := anyPlace.Draw(t, "place")
			if rapid.IntRange(0, 2).Draw(t, "drop") == 0 {
				line.drop(known, p)
				delete(now, p)
			} else {
				line.set(known, p, i)
				now[p] = i
			}
			versions[known] = map[Place]int{}
			for p, v := range now {
				versions[known][p] = v
			}
		}
		then := map[Place]int{}
		for k := range known + 2 {
			if v, ok := versions[k]; ok {
				then = v
			}
			checkTimeline(t, &line, k, then)
		}
		checkTimeline(t, &line, Latest, then)
	})
}

func checkTimeline(t require.TestingT, line *Timeline[int], known uint64, want map[Place]int) {
	var places []Place
	for p := range want {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Rank, b.Rank))
	})
	require.Equal(t, len(places) == 0, line.empty(known))
	for day := range Day(8) {
		var from []Place
		for e := range line.from(day, known) {
			require.Equal(t, want[e.Place], e.Value)
			from = append(from, e.Place)
		}
		first, _ := slices.BinarySearchFunc(places, day, func(p Place, d Day) int { return cmp.Compare(p.Day, d) })
		require.Equal(t, fmt.Sprint(places[first:]), fmt.Sprint(from))
		last, _ := slices.BinarySearchFunc(places, day+1, func(p Place, d Day) int { return cmp.Compare(p.Day, d) })
		checkFloor(t, want, places[:last], line.on(day, known))
	}
	for i, p := range places {
		checkFloor(t, want, places[:i+1], line.floor(p, known))
		checkFloor(t, want, places[:i], line.floor(p.before(), known))
	}
}

func checkFloor(t require.TestingT, want map[Place]int, upTo []Place, e *entry[int]) {
	if len(upTo) == 0 {
		require.Nil(t, e)
		return
	}
	require.NotNil(t, e)
	require.Equal(t, upTo[len(upTo)-1], e.Place)
	require.Equal(t, want[e.Place], e.Value)
}

// The same with so many changes that the tree grows, its pages are followed by others, and some of them go blank.
func TestTimelineOfManyPagesAgainstMaps(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		line, now, snapshots := Timeline[int]{}, map[Place]int{}, map[uint64]map[Place]int{}
		late, from := []int{0, 3, 50, 100}[seed%4], 0
		for n := uint64(1); n <= 6000; n++ {
			p := Place{Day: Day(n / 5), Number: n}
			switch {
			case r.IntN(100) < late:
				p = Place{Day(r.IntN(1200)), uint32(r.IntN(2)), 1 + r.Uint64N(n)}
			case n%1500 > 1200 && from < 1100: // drops all that stands on some days
				for e := range line.from(Day(from), Latest) {
					p = e.Place
					break
				}
				if from = int(p.Day); r.IntN(40) == 0 {
					from = r.IntN(1200)
				}
			}
			if _, there := now[p]; there && r.IntN(4) > 0 {
				line.drop(n, p)
				delete(now, p)
			} else {
				line.set(n, p, int(n))
				now[p] = int(n)
			}
			if n%199 == 0 {
				snapshots[n] = maps.Clone(now)
			}
		}
		for known, then := range snapshots {
			checkManyPages(t, r, &line, known, then)
		}
	}
}

func checkManyPages(t *testing.T, r *rand.Rand, line *Timeline[int], known uint64, then map[Place]int) {
	order := func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Rank, b.Rank))
	}
	places := slices.SortedFunc(maps.Keys(then), order)
	for range 40 {
		day := Day(r.IntN(1210))
		i, _ := slices.BinarySearchFunc(places, Place{Day: day}, order)
		var from []Place
		for e := range line.from(day, known) {
			from = append(from, e.Place)
			if v, there := then[e.Place]; !there || v != e.Value || len(from) == 100 {
				require.True(t, there && v == e.Value)
				break
			}
		}
		require.True(t, slices.Equal(places[i:min(i+100, len(places))], from))
		checkFloor(t, then, places[:i], line.floor(Place{Day: day}, known))
		if i < len(places) {
			checkFloor(t, then, places[:i+1], line.floor(places[i], known))
		}
	}
	require.Equal(t, len(places) == 0, line.empty(known))
}

func TestBeforeIsTheLastPlaceAhead(t *testing.T) {
	for _, p := range []Place{{5, 0, 1}, {5, 1, 1}, {5, 0, 7}, {5, math.MaxUint32, 7}} {
		b := p.before()
		require.True(t, b.less(p))
		require.False(t, b.less(Place{b.Day, b.Rank, b.Number}))
		require.True(t, p.Rank > 0 && b.Rank == p.Rank-1 || b.Rank == math.MaxUint32)
	}
	require.True(t, Place{5, math.MaxUint32, math.MaxUint64 - 1}.less(endOf(5)))
	require.True(t, endOf(5).less(Place{Day: 6}))
}

// Whatever the order in which facts come, they make the same timeline; and its tree is not deep.
func TestTimelineIsShallow(t *testing.T) {
	const n = 20000
	places := make([]Place, n)
	for i := range places {
		places[i] = Place{Day: Day(700000 + i/5), Number: uint64(i + 1)}
	}
	var ascending, shuffled Timeline[struct{}]
	for _, p := range places {
		ascending.set(1, p, struct{}{})
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { places[i], places[j] = places[j], places[i] })
	for _, p := range places {
		shuffled.set(1, p, struct{}{})
	}
	require.Equal(t, placesOf(&ascending), placesOf(&shuffled))
	require.Len(t, placesOf(&ascending), n)
	require.LessOrEqual(t, depth(ascending.tree.at(1)), 3)
	require.LessOrEqual(t, depth(shuffled.tree.at(1)), 4)
}

func placesOf[V any](line *Timeline[V]) (places []Place) {
	for e := range line.from(0, 1) {
		places = append(places, e.Place)
	}
	return places
}

func depth[V any](n *page[V]) int {
	deepest := 0
	for _, b := range n.below {
		deepest = max(deepest, depth(b.Value))
	}
	return 1 + deepest
}

func TestTimelineTakesLittleRoom(t *testing.T) {
	const n = 4000
	var ascending, shuffled, descending, again, dropped Timeline[struct{}]
	for i, j := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		known := uint64(i + 1)
		ascending.set(known, Place{Number: known}, struct{}{})
		shuffled.set(known, Place{Number: uint64(j)}, struct{}{})
		descending.set(known, descend(known, n), struct{}{})
		again.set(known, Place{Number: 1}, struct{}{})
		dropped.set(known, Place{Number: known}, struct{}{})
	}
	for i := uint64(2); i <= n; i++ {
		dropped.drop(n+i, Place{Number: i})
	}
	require.LessOrEqual(t, pages(&ascending, 1, n), n/pageSize+8)
	require.LessOrEqual(t, pages(&shuffled, 1, n), 4*n/pageSize)
	require.LessOrEqual(t, pages(&descending, 1, n), 5*n/pageSize)
	require.LessOrEqual(t, pages(&again, 1, n), n/(pageSize-2)+8)
	require.LessOrEqual(t, pages(&dropped, 2*n, 2*n), 3, "blank pages are left")
}

// descend gives places that first ascend, and then descend behind these.
func descend(known, n uint64) Place {
	if known <= 2*pageSize {
		return Place{Number: known}
	}
	return Place{Day: 1, Number: n - known}
}

// pages counts the pages that hold for any of some knowns.
func pages[V any](line *Timeline[V], first, last moment) int {
	seen := map[*page[V]]bool{}
	var see func(n *page[V], k moment)
	see = func(n *page[V], k moment) {
		seen[n] = true
		for _, b := range n.below {
			if b.holds(k) {
				see(b.Value, k)
			}
		}
	}
	for k := first; k <= last; k += 7 {
		see(line.tree.at(k), k)
	}
	return len(seen)
}

func BenchmarkTimelineFloor(b *testing.B) {
	var line Timeline[int]
	for i := range 10000 {
		line.set(uint64(i+1), Place{Day: Day(1 + i*7919%5000), Number: uint64(i + 1)}, i)
	}
	r := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		line.on(Day(r.IntN(5000)), uint64(r.IntN(10000)))
	}
}

func BenchmarkTimelineSet(b *testing.B) {
	var line Timeline[int]
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		line.set(uint64(i+1), Place{Day: Day(1 + i*7919%5000), Number: uint64(i + 1)}, i)
	}
}
