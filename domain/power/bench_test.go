package power

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

// manyVoices are n weights in halves with a total of at most 1,000 common units, as unequal as that allows.
func manyVoices(n int) (weights []domain.Weight, total domain.Weight) {
	for i := range n {
		units := int64(1)
		switch {
		case i < 30:
			units = int64(i + 1) // 465 units for 30, all different
		case i%2 == 0:
			units = 5 // and 85 of these, beside as many with 1: 975
		}
		weights = append(weights, weight(units, 2))
	}
	total, err := domain.SumWeights(weights...)
	if err != nil {
		panic(err)
	}
	return weights, total
}

// BenchmarkPower counts the power of 200 players with a total of at most 1,000 in common units.
func BenchmarkPower(b *testing.B) {
	weights, total := manyVoices(200)
	require.LessOrEqual(b, total.Num()*2/total.Den(), int64(1000))
	half, err := total.Mul(weight(1, 2))
	require.NoError(b, err)
	voices := Condition{Weights: weights, Quota: half, Strict: true}
	coarse := make([]domain.Weight, 200)
	for i := range coarse {
		coarse[i] = weight(int64(i%10/9), 1)
	}
	for name, conditions := range map[string][]Condition{
		"voices":              {voices},
		"voices-and-heads":    {voices, Heads(200, weight(100, 1), true)},
		"voices-and-20-seats": {voices, {Weights: coarse, Quota: weight(11, 1)}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g, err := New(200, conditions...)
				require.NoError(b, err)
				_, err = g.Power()
				require.NoError(b, err)
			}
		})
	}
}
