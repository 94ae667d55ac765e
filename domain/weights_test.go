package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A table can name its members in any order; and a forged one a member twice, whose last weight counts.
func TestWeightsAreInTheOrderOfTheMembers(t *testing.T) {
	whole := func(n int64) Weight { return Weight{num: n} }
	table := &WeightsSet{Body: "ag", StatedTotal: &Weight{num: 6}, Weights: []MemberWeight{{"c", whole(1)}, {"a", whole(2)}, {"b", whole(3)}}}
	forged := &WeightsSet{Body: "ag", StatedTotal: &Weight{num: 6}, Weights: append(table.Weights[:3:3], MemberWeight{"a", whole(7)})}
	g := &Group{}
	for _, a := range []Act{
		&BodyCreated{Body: "ag"}, &MemberJoined{Member: "c"}, &MemberJoined{Member: "b"}, &MemberJoined{Member: "a"},
		table, forged, &MemberJoined{Member: "aa", Weights: []BodyWeight{{"ag", whole(4)}}}, &MemberWithdrew{Member: "b"},
	} {
		Evolve(g, Event{Effective: OnDay(1), Act: a})
	}
	rows := func(known uint64) BodyWeights {
		w, err := g.Weights("ag", Pair{At: 1, Known: known})
		require.NoError(t, err)
		return w
	}
	require.Equal(t, BodyWeights{
		Rows:  []WeightRow{{Member: "a", Weight: whole(2)}, {Member: "b", Weight: whole(3)}, {Member: "c", Weight: whole(1)}},
		Total: whole(6), Stated: table.StatedTotal, StatedBy: 5,
	}, rows(5))
	require.Equal(t, BodyWeights{
		Rows:  []WeightRow{{Member: "a", Weight: whole(7)}, {Member: "b", Weight: whole(3)}, {Member: "c", Weight: whole(1)}},
		Total: whole(11),
	}, rows(6))
	require.Equal(t, []WeightRow{{Member: "a", Weight: whole(7)}, {Member: "aa", Weight: whole(4)}, {Member: "c", Weight: whole(1)}}, rows(8).Rows)
	require.Equal(t, whole(12), rows(8).Total)
	require.Equal(t, []MemberWeight{{"c", whole(1)}, {"a", whole(2)}, {"b", whole(3)}}, table.Weights, "an act is never changed")
}
