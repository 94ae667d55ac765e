package projections_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/projections"
)

// TestWeightsWritten: weights write themselves as their tags say, whatever they are.
func TestWeightsWritten(t *testing.T) {
	entry := rapid.Custom(func(t *rapid.T) (e projections.WeightEntry) {
		e.Member = domain.MemberID(rapid.String().Draw(t, "member"))
		e.Undetermined = rapid.Bool().Draw(t, "undetermined")
		if e.Weight.Given = rapid.Bool().Draw(t, "given"); e.Weight.Given {
			w, err := domain.NewWeight(rapid.Int64Range(0, 1000).Draw(t, "numerator"), rapid.SampledFrom([]int64{1, 2, 3, 8}).Draw(t, "denominator"))
			require.NoError(t, err)
			e.Weight.Weight = w
		}
		e.Why = rapid.SliceOf(rapid.Uint64Max(1<<53)).Draw(t, "why")
		return e
	})
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(entry).Draw(t, "all")
		want, err := json.Marshal(all, json.Deterministic(true))
		require.NoError(t, err)
		require.NoError(t, (*jsontext.Value)(&want).Canonicalize())
		got, err := projections.WeightEntries(all).AppendCanonical([]byte("before"))
		require.NoError(t, err)
		require.Equal(t, "before"+string(want), string(got))
	})
	_, err := projections.WeightEntries{{Member: "\xff"}}.AppendCanonical(nil)
	require.Error(t, err)
}
