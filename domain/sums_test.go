package domain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// added is one step.
type added struct {
	day   Day
	since moment
	by    LineSum
}

// sumOf adds up what a list of steps comes to.
func sumOf(deltas []added, day Day, known uint64) (t LineSum) {
	for _, e := range deltas {
		if e.day <= day && uint64(e.since) <= known {
			t = t.Plus(e.by)
		}
	}
	return t
}

func TestSumsAgainstAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s sums
		var plain []added
		const days = 30
		known, n := uint64(1), rapid.SampledFrom([]int{0, 3, 40, 900}).Draw(t, "steps")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for range n {
			known += r.Uint64N(3)
			e := added{Day(1 + r.IntN(days)), moment(known), LineSum{r.Int64N(9) - 4, int32(r.IntN(3) - 1), int32(r.IntN(3) - 1)}}
			if r.IntN(20) == 0 {
				e.day = LastDay + Day(r.IntN(2))
			}
			if r.IntN(100) == 0 {
				e.by = LineSum{r.Int64N(1<<34) - 1<<33, int32(r.IntN(1<<17) - 1<<16), int32(r.IntN(1<<17) - 1<<16)}
			}
			s.add(known, e.day, e.by)
			plain = append(plain, e)
		}
		for range 30 {
			day, k := Day(r.IntN(days+2)), r.Uint64N(known+2)
			require.Equal(t, sumOf(plain, day, k), s.on(day, k), "on %d, known %d", day, k)
			p := Period{From: day, To: day + Day(1+r.IntN(days))}
			checkSteps(t, &s, plain, p, k)
		}
		require.Equal(t, sumOf(plain, LastDay, Latest), s.on(LastDay, Latest))
	})
}

func checkSteps(t *rapid.T, s *sums, plain []added, p Period, known uint64) {
	last, stepped := LineSum{}, map[Day]LineSum{}
	for day, sum := range s.steps(p, known) {
		require.True(t, len(stepped) == 0 || sum != last, "a step that is none")
		last, stepped[day] = sum, sum
	}
	require.Contains(t, stepped, p.From)
	now := LineSum{}
	for day := p.From; day < p.To; day++ {
		if sum, ok := stepped[day]; ok {
			now = sum
			delete(stepped, day)
		}
		require.Equal(t, sumOf(plain, day, known), now)
	}
	require.Empty(t, stepped)
}

// Nothing that is added later changes a sum for an earlier known, even where blocks end in the midst of one known.
func TestSumsForEarlierKnownsStay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s sums
	var asked []added // by is the sum
	for n := range 5000 {
		known := uint64(1 + n/300)
		s.add(known, Day(1+r.IntN(2000)), LineSum{1, 1, 0})
		if n%300 == 299 {
			for range 5 {
				day := Day(r.IntN(2002))
				asked = append(asked, added{day, moment(known), s.on(day, known)})
			}
		}
	}
	require.Greater(t, len(s.earlier()), 2)
	for _, a := range asked {
		require.Equal(t, a.by, s.on(a.day, uint64(a.since)))
	}
}

// steady makes sums of n deltas over ten years of days, one for each known.
func steady(n int) *sums {
	r, s := rand.New(rand.NewPCG(3, 4)), new(sums)
	for i := range n {
		s.add(uint64(i+1), Day(730000+r.IntN(3650)), LineSum{int64(r.IntN(900)), 1, 0})
	}
	return s
}

func TestSumsTakeLittleRoom(t *testing.T) {
	const n = 400_000
	before := heap()
	s := steady(n)
	took := float64(heap()-before) / n
	runtime.KeepAlive(s)
	t.Logf("%.0f bytes a delta", took)
	require.Less(t, took, 30.0)
	for _, b := range append(s.earlier(), s.last) {
		require.LessOrEqual(t, len(b.deltas), 4*3650)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// The same sum over ever more deltas; the slope is how much longer it takes for ten times as many.
func BenchmarkSums(b *testing.B) {
	var took []float64
	for _, n := range []int{1e4, 1e5, 1e6, 1e7} {
		before := heap()
		s := steady(n)
		room := float64(heap()-before) / float64(n)
		b.Run(fmt.Sprintf("deltas=%d", n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			var each []time.Duration
			for b.Loop() {
				day, known := Day(730000+r.IntN(3650)), 1+r.Uint64N(uint64(n))
				start := time.Now()
				s.on(day, known)
				each = append(each, time.Since(start))
			}
			slices.Sort(each)
			b.ReportMetric(float64(each[len(each)*99/100]), "p99-ns")
			b.ReportMetric(room, "B/delta")
			took = append(took, float64(each[len(each)/2]))
		})
	}
	if n := len(took); n > 1 {
		b.Logf("ten times as many deltas take %.2f times as long", math.Pow(took[n-1]/took[0], 1/float64(n-1)))
	}
}

func BenchmarkSumsAdd(b *testing.B) {
	r, s := rand.New(rand.NewPCG(3, 4)), new(sums)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.add(uint64(i+1), Day(730000+r.IntN(3650)), LineSum{int64(i % 900), 1, 0})
	}
}
