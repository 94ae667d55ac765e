package domain

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
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

// The same facts make the same tree, whatever the order; and it is not deep.
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
	require.True(t, sameTree(ascending.root(1), shuffled.root(1)))
	require.LessOrEqual(t, depth(ascending.root(1)), 4*bits.Len(n))
}

func depth[V any](n *entry[V]) int {
	if n == nil {
		return 0
	}
	return 1 + max(depth(n.left), depth(n.right))
}

func sameTree[V any](a, b *entry[V]) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Place == b.Place && sameTree(a.left, b.left) && sameTree(a.right, b.right)
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
