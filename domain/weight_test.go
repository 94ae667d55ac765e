package domain

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func weight(t require.TestingT, s string) Weight {
	w, err := ParseWeight(s)
	require.NoError(t, err)
	return w
}

func weights(t require.TestingT, texts ...string) (ws []Weight) {
	for _, s := range texts {
		ws = append(ws, weight(t, s))
	}
	return ws
}

// edges are the places where 63 and 64 bits end, and the primes of the decimals.
var edges = []int64{
	1, 2, 3, 5, 10, 1e18, 1 << 31, 1<<31 - 1, 1 << 32, 1<<32 + 1, 1 << 61, 1 << 62, 1<<62 - 1,
	7450580596923828125, // 5^27, the largest power of 5
	math.MaxInt64 - 1, math.MaxInt64, 3037000499, 3037000500,
}

func anyWeight(t *rapid.T, label string) Weight {
	part := rapid.OneOf(rapid.SampledFrom(edges), rapid.Int64Range(1, 60), rapid.Int64Range(1, math.MaxInt64))
	num := rapid.OneOf(rapid.Just(int64(0)), part).Draw(t, label+" num")
	w, err := NewWeight(num, part.Draw(t, label+" den"))
	require.NoError(t, err)
	return w
}

func rat(w Weight) *big.Rat { return big.NewRat(w.Num(), w.Den()) }

// sameAs checks an operation against its exact result.
func sameAs(t require.TestingT, want *big.Rat, got Weight, err error) {
	if !want.Num().IsInt64() || !want.Denom().IsInt64() {
		require.ErrorIs(t, err, ErrOverflow, "%v", want)
		require.Zero(t, got)
		return
	}
	require.NoError(t, err, "%v", want)
	require.Equal(t, [2]int64{want.Num().Int64(), want.Denom().Int64()}, [2]int64{got.Num(), got.Den()})
}

func TestParseWeight(t *testing.T) {
	deep := weight(t, "1."+new(big.Rat).SetFrac64(1, 1<<62).FloatString(62)[2:]) // 1 + 2^-62
	for s, want := range map[string]Weight{
		"0": {0, 0}, "15": {15, 0}, "4.5": {9, 1}, "0.5": {1, 1}, "7.125": {57, 7}, "1/3": {1, 2}, "22/7": {22, 6},
		"9223372036854775807": {math.MaxInt64, 0}, "1/9223372036854775807": {1, math.MaxInt64 - 1},
		deep.String(): {1<<62 + 1, 1<<62 - 1},
	} {
		got, err := ParseWeight(s)
		assert.NoError(t, err, s)
		assert.Equal(t, want, got, s)
		assert.Equal(t, s, want.String())
	}
	assert.Len(t, deep.String(), MaxWeightLength)
}

func TestParseWeightRefuses(t *testing.T) {
	for _, c := range []struct {
		text, instead string
		why           error
	}{
		{"9/2", "4.5", ErrSpelling},
		{"4.50", "4.5", ErrSpelling},
		{"04", "4", ErrSpelling},
		{"00", "0", ErrSpelling},
		{"0.0", "0", ErrSpelling},
		{"-0", "0", ErrSpelling},
		{"+1", "1", ErrSpelling},
		{".5", "0.5", ErrSpelling},
		{"1.", "1", ErrSpelling},
		{" 1", "1", ErrSpelling},
		{"1\n", "1", ErrSpelling},
		{"1/1", "1", ErrSpelling},
		{"0/7", "0", ErrSpelling},
		{"2/6", "1/3", ErrSpelling},
		{"01/3", "1/3", ErrSpelling},
		{"-1", "", ErrNegative},
		{"-1/3", "", ErrNegative},
		{"1/0", "", ErrZeroDivisor},
		{"", "", ErrMalformed},
		{".", "", ErrMalformed},
		{"-", "", ErrMalformed},
		{"/", "", ErrMalformed},
		{"1/", "", ErrMalformed},
		{"/3", "", ErrMalformed},
		{"1/3/5", "", ErrMalformed},
		{"1/-3", "", ErrMalformed},
		{"1.5/3", "", ErrMalformed},
		{"1.2.3", "", ErrMalformed},
		{"1 / 3", "", ErrMalformed},
		{"1e3", "", ErrMalformed},
		{"0x10", "", ErrMalformed},
		{"1_000", "", ErrMalformed},
		{"4,5", "", ErrMalformed},
		{"--1", "", ErrMalformed},
		{"1:", "", ErrMalformed}, // : comes after 9
		{"NaN", "", ErrMalformed},
		{"½", "", ErrMalformed},
		{"٣", "", ErrMalformed},
		{"１", "", ErrMalformed},
		{"1\x00", "", ErrMalformed},
		{"9223372036854775808", "", ErrOverflow},
		{"1/9223372036854775808", "", ErrOverflow},
		{"0.1234567890123456789", "", ErrOverflow},
		{strings.Repeat("0", MaxWeightLength+1), "", ErrMalformed},
		{strings.Repeat("9", 1<<20), "", ErrMalformed},
	} {
		w, err := ParseWeight(c.text)
		assert.Zero(t, w, "%.80q", c.text)
		assert.ErrorIs(t, err, c.why, "%.80q", c.text)
		var bad *TextError
		require.ErrorAs(t, err, &bad)
		assert.Equal(t, TextError{"weight", c.text, c.instead, bad.Err}, *bad)
		assert.Less(t, len(err.Error()), 200)
	}
	_, err := ParseWeight("9/2")
	assert.EqualError(t, err, `weight "9/2": not its one spelling, which is "4.5"`)
}

func TestNewWeight(t *testing.T) {
	_, err := NewWeight(1, 0)
	assert.ErrorIs(t, err, ErrZeroDivisor)
	for _, parts := range [][2]int64{{-1, 1}, {1, -1}, {-1, -1}, {math.MinInt64, 1}, {1, math.MinInt64}} {
		_, err := NewWeight(parts[0], parts[1])
		assert.ErrorIs(t, err, ErrNegative, "%v", parts)
	}
	zero, err := NewWeight(0, 42)
	assert.NoError(t, err)
	assert.True(t, zero.IsZero() && zero == Weight{} && zero.Den() == 1)
}

func TestWeightText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWeight(t, "w")
		s := w.String()
		value, ok := new(big.Rat).SetString(s)
		require.True(t, ok)
		require.Zero(t, value.Cmp(rat(w)), "the text is exact")
		require.LessOrEqual(t, len(s), MaxWeightLength)
		require.Equal(t, w, weight(t, s))

		var back struct{ W Weight }
		data, err := json.Marshal(struct{ W Weight }{w})
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, w, back.W)
	})
}

// TestWeightTextOfEveryDecimal: 2^a 5^b, for all a and b that fit, in both directions.
func TestWeightTextOfEveryDecimal(t *testing.T) {
	for five := int64(1); ; five *= 5 {
		for den := five; ; den *= 2 {
			for _, num := range []int64{1, math.MaxInt64, math.MaxInt64 - 6, den - 1} {
				w, err := NewWeight(num, den)
				require.NoError(t, err)
				require.NotContains(t, w.String(), "/")
				require.Equal(t, w, weight(t, w.String()))
			}
			if den > math.MaxInt64/2 {
				break
			}
		}
		if five > math.MaxInt64/5 {
			return
		}
	}
}

func TestWeightUnmarshalLeavesAlone(t *testing.T) {
	w := weight(t, "4.5")
	assert.ErrorIs(t, w.UnmarshalText([]byte("9/2")), ErrSpelling)
	assert.Equal(t, "4.5", w.String())
}

func TestWeightArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, v := anyWeight(t, "w"), anyWeight(t, "v")
		a, b := rat(w), rat(v)
		require.Equal(t, a.Cmp(b), w.Cmp(v))
		require.Equal(t, w == v, w.Cmp(v) == 0)

		got, err := w.Add(v)
		sameAs(t, new(big.Rat).Add(a, b), got, err)
		if err == nil {
			back, err := got.Sub(v)
			require.NoError(t, err)
			require.Equal(t, w, back)
		}
		got, err = w.Mul(v)
		sameAs(t, new(big.Rat).Mul(a, b), got, err)

		if got, err = w.Sub(v); a.Cmp(b) < 0 {
			require.ErrorIs(t, err, ErrNegative)
		} else {
			sameAs(t, new(big.Rat).Sub(a, b), got, err)
		}
		if got, err = w.Share(v); v.IsZero() {
			require.ErrorIs(t, err, ErrZeroDivisor)
		} else {
			sameAs(t, new(big.Rat).Quo(a, b), got, err)
		}
	})
}

// TestWeightOfEdges: all pairs of fractions from edges, where the carries are.
func TestWeightOfEdges(t *testing.T) {
	var all []Weight
	for _, num := range edges {
		for _, den := range edges {
			w, err := NewWeight(num, den)
			require.NoError(t, err)
			all = append(all, w)
		}
	}
	for _, w := range all {
		for _, v := range all {
			got, err := w.Add(v)
			sameAs(t, new(big.Rat).Add(rat(w), rat(v)), got, err)
			require.Equal(t, rat(w).Cmp(rat(v)), w.Cmp(v))
		}
	}
}

func TestSumWeights(t *testing.T) {
	for _, c := range []struct {
		want string
		ws   []string
	}{
		{"0", nil},
		{"1", []string{"1/3", "1/3", "1/3"}},
		{"15", []string{"4.5", "1", "1", "1", "1", "1", "1.5", "1", "1", "1", "1"}},
		// Partial sums that do not fit, in a sum that does: p is the prime 2^61 - 1.
		{"8/7", []string{"1/2305843009213693951", "1/7", "2305843009213693950/2305843009213693951"}},
		{"1.5", []string{"1/2305843009213693951", "1/3", "1/6", "2305843009213693950/2305843009213693951"}},
	} {
		rapid.Check(t, func(t *rapid.T) {
			sum, err := SumWeights(rapid.Permutation(weights(t, c.ws...)).Draw(t, "ws")...)
			require.NoError(t, err)
			require.Equal(t, c.want, sum.String())
		})
	}
	const most = "9223372036854775807"
	for _, c := range [][]string{
		{most, "1", "0"},
		{most, most, most},               // wraps to 2^63 - 3
		{"4611686018427387904", "0.25"},  // 2^64 quarters wrap to 0
		{most, "1/9223372036854775807"},  // (2^63 - 1)^2 over the bar
		{"1/2305843009213693951", "1/7"}, // fits neither before nor after reducing
	} {
		_, err := SumWeights(weights(t, c...)...)
		assert.ErrorIs(t, err, ErrOverflow, "%v", c)
	}
}

func TestSumWeightsIsExactInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Weight { return anyWeight(t, "w") }), 0, 5).Draw(t, "ws")
		for _, w := range ws { // 1 - w, so that large denominators meet again
			if rest, err := weight(t, "1").Sub(w); err == nil {
				ws = append(ws, rest)
			}
		}
		want := new(big.Rat)
		for _, w := range ws {
			want.Add(want, rat(w))
		}
		got, err := SumWeights(rapid.Permutation(ws).Draw(t, "order")...)
		sameAs(t, want, got, err)
	})
}

func TestWeightAllocations(t *testing.T) {
	ws := weights(t, "4.5", "1", "1/3", "1/7")
	buf := make([]byte, 0, 2*MaxWeightLength)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_, _ = SumWeights(ws...)
		buf, _ = ws[0].AppendText(buf[:0])
		buf, _ = ws[2].AppendText(buf[:0])
	}))
}

func FuzzParseWeight(f *testing.F) {
	for _, s := range []string{"0", "15", "4.5", "1/3", "9/2", "4.50", "0.1234567890123456789", "1/9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWeight(s)
		if err == nil {
			require.Equal(t, s, w.String())
			return
		}
		var bad *TextError
		require.ErrorAs(t, err, &bad)
		if bad.Instead != "" {
			require.Equal(t, bad.Instead, weight(t, bad.Instead).String())
		}
	})
}

func BenchmarkSumWeights(b *testing.B) {
	for name, texts := range map[string][]string{
		"11_whole":  {"1", "1", "1", "1", "1", "1", "2", "1", "3", "1", "2"},
		"11_halves": {"4.5", "1", "1", "1", "1", "1", "1.5", "1", "1", "1", "1"},
		"11_thirds": {"1/3", "1/3", "1/3", "2/3", "1", "1/3", "1/3", "1/3", "2/3", "1", "1/3"},
	} {
		ws := weights(b, texts...)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = SumWeights(ws...)
			}
		})
	}
}

func BenchmarkWeightAppendText(b *testing.B) {
	for _, s := range []string{"15", "4.5", "1/3"} {
		w, buf := weight(b, s), make([]byte, 0, MaxWeightLength)
		b.Run(strings.ReplaceAll(s, "/", "_over_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				buf, _ = w.AppendText(buf[:0])
			}
		})
	}
}

func BenchmarkParseWeight(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ParseWeight("4.5")
	}
}
