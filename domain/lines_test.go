package domain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func anyLine(t *rapid.T) Line {
	l := Line{Headcount: Headcount(rapid.Uint32Range(0, MaxHeadcount+1).Draw(t, "headcount")), Day: march + Day(rapid.IntRange(0, 1).Draw(t, "day"))}
	l.School = UAI(rapid.Uint32Range(1, 30).Draw(t, "school"))
	l.Cycle = rapid.SampledFrom([]Cycle{"college", "lycee", "segpa"}).Draw(t, "cycle")
	l.Kind = rapid.SampledFrom(HeadcountKinds).Draw(t, "kind")
	if rapid.Bool().Draw(t, "priced") {
		l.UnitPrice = rapid.SampledFrom([]Money{dollars, {cents: 0, currency: dollars.currency}, {cents: 5, currency: [3]byte{'E', 'U', 'R'}}}).Draw(t, "price")
	}
	return l
}

func keyOf(l Line) LineKey { return l.LineKey }

// The same lines are the same Lines, in whatever order they come, and come out of them as they went in.
func TestLinesArePackedInOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfNDistinct(rapid.Custom(anyLine), 0, 20, keyOf).Draw(t, "lines")
		packed, err := PackLines(lines)
		require.NoError(t, err)
		again, err := PackLines(rapid.Permutation(lines).Draw(t, "otherwise"))
		require.NoError(t, err)
		require.Equal(t, packed, again)

		same, err := LinesOf(slices.Clone(packed.Blocks()))
		require.NoError(t, err)
		require.Equal(t, packed, same)

		require.Equal(t, len(lines), packed.Len())
		require.ElementsMatch(t, lines, slices.Collect(packed.All()))
		var keys []LineKey
		for _, l := range lines {
			keys = append(keys, l.LineKey)
		}
		require.ElementsMatch(t, keys, slices.Collect(packed.Keys()))

		some, err := PackKeys(keys)
		require.NoError(t, err)
		require.Equal(t, len(keys), some.Len())
		require.ElementsMatch(t, keys, slices.Collect(some.All()))
		sameKeys, err := KeysOf(slices.Clone(some.Blocks()))
		require.NoError(t, err)
		require.Equal(t, some, sameKeys)
	})
}

func TestLinesRefuse(t *testing.T) {
	block := func(change func(*LineBlock)) []LineBlock {
		b := LineBlock{Cycle: "college", Day: march, Headcounts: "0680034T 412,0680035U ?", Kind: Forecast}
		change(&b)
		return []LineBlock{b}
	}
	_, err := LinesOf(block(func(*LineBlock) {}))
	require.NoError(t, err)
	for name, blocks := range map[string][]LineBlock{
		"0.cycle":      block(func(b *LineBlock) { b.Cycle = "" }),
		"0.day":        block(func(b *LineBlock) { b.Day = 0 }),
		"0.kind":       block(func(b *LineBlock) { b.Kind = "guess" }),
		"0.unit_price": block(func(b *LineBlock) { b.UnitPrice = Money{MaxUnitPrice + 1, [3]byte{'E', 'U', 'R'}} }),
		"1":            append(block(func(*LineBlock) {}), block(func(b *LineBlock) { b.Headcounts = "0690026D 1" })...), // the first goes on
		"":             append(block(func(*LineBlock) {}), block(func(b *LineBlock) { b.Kind = Live })...),               // the same keys
	} {
		_, err := LinesOf(blocks)
		var bad *Malformed
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, name, bad.Field, "%v", err)
	}
	for _, s := range []Headcounts{"", ",", "0680034T", "0680034T ", "0680034T 1,", "0680034T 01", "0680034T  1", "0680034T 1, 0680035U 1", "0680034T -1", "0680034t 1", "0680035U 1,0680034T 1", "0680034T 1,0680034T 2"} {
		_, err := LinesOf(block(func(b *LineBlock) { b.Headcounts = s }))
		require.ErrorContains(t, err, "0.headcounts", s)
	}
	for _, blocks := range [][]KeyBlock{
		{{"", "0680034T"}},
		{{"college", ""}},
		{{"college", "0680034T,0680034T"}},
		{{"college", "0680034T "}},
		{{"lycee", "0680034T"}, {"college", "0680034T"}},
		{{"college", "0680034T"}, {"college", "0680035U"}},
	} {
		_, err := KeysOf(blocks)
		require.Error(t, err, "%v", blocks)
	}
	_, err = PackLines([]Line{{LineKey: LineKey{one, "college"}, Kind: Forecast, Day: march}, {LineKey: LineKey{one, "college"}, Kind: Live, Day: march}})
	require.ErrorContains(t, err, "0680034A college stands there twice")
	_, err = PackLines(manyLines(MaxLines + 1))
	require.Error(t, err)
}

func manyLines(n int) (lines []Line) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		h, _ := NewHeadcount(100 + r.IntN(1500))
		if i%50 == 0 {
			h = UnknownHeadcount
		}
		lines = append(lines, Line{
			LineKey: LineKey{UAI(1 + i*26*7), []Cycle{"college", "lycee"}[i%2]}, Headcount: h, Kind: Forecast, Day: march, UnitPrice: dollars,
		})
	}
	return lines
}

// Lines cost what their text costs, and walking over them costs nothing.
func TestLinesAllocateNothing(t *testing.T) {
	packed, err := PackLines(manyLines(2000))
	require.NoError(t, err)
	text := 0
	for _, b := range packed.Blocks() {
		text += len(b.Headcounts)
	}
	require.Less(t, text, 2000*14)
	sum := 0
	require.Zero(t, testing.AllocsPerRun(10, func() {
		for l := range packed.All() {
			n, _ := l.Headcount.Pupils()
			sum += n
		}
	}))
	require.Positive(t, sum)
}

func BenchmarkLines(b *testing.B) {
	packed, err := PackLines(manyLines(2000))
	require.NoError(b, err)
	b.Run("walk", func(b *testing.B) {
		for b.Loop() {
			for range packed.All() {
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2000, "ns/line")
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if _, err := LinesOf(packed.Blocks()); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2000, "ns/line")
	})
}

// Whatever the text, what is checked comes out as it went in, and what is not does no harm.
func FuzzParseHeadcounts(f *testing.F) {
	for _, s := range []string{"0680034T 412,0680035U ?", "0680034T", "0680034T 1,", "0680034T 999999,0680034T 1", "0680034T 1,0680035"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		again := ""
		for u, h := range Headcounts(s).All() {
			if again != "" {
				again += ","
			}
			again += fmt.Sprintf("%v %v", u, h)
		}
		h, err := ParseHeadcounts(s)
		if err == nil {
			require.Equal(t, s, again)
			n := 0
			for range h.All() {
				n++
			}
			require.Equal(t, n, h.Len())
		}
	})
}
