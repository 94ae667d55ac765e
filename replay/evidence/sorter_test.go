package evidence

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSorter: texts come in the order of their keys, and those under one key as they were added, whatever lies aside and however often
// it was merged; what lies aside has no name, and nothing of it is left.
func TestSorter(t *testing.T) {
	type row struct{ key, text string }
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 0))
		dir := t.TempDir()
		s := NewSorter(dir)
		s.room = []int{1, 100, 1000, 10_000, 1 << 20, 60}[seed]
		var want []row
		for i := range 3000 {
			r := row{fmt.Sprintf("%0*d", random.IntN(4), random.IntN(300)), fmt.Sprint(i)}
			want = append(want, r)
			require.NoError(t, s.Add([]byte(r.key), []byte(r.text)))
		}
		slices.SortStableFunc(want, func(x, y row) int { return slices.Compare([]byte(x.key), []byte(y.key)) })
		for range 2 {
			var got []row
			for r, err := range s.All() {
				require.NoError(t, err)
				got = append(got, row{string(r.Key()), string(r.Text())})
			}
			require.Equal(t, want, got, seed)
		}
		for range s.All() {
			break
		}
		if seed == 0 {
			require.Greater(t, len(s.runs), 2, "runs of merged runs were never merged: the test sees nothing of it")
		}
		s.Remove()
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// TestSorterOfNothing: what is empty has nothing in it.
func TestSorterOfNothing(t *testing.T) {
	s := NewSorter(t.TempDir())
	defer s.Remove()
	for range s.All() {
		t.Fatal("a row of nothing")
	}
}

// TestSorterFails: where nothing can be laid aside, whoever adds is told.
func TestSorterFails(t *testing.T) {
	s := NewSorter(t.TempDir() + "/nowhere")
	defer s.Remove()
	s.room = 1
	require.NoError(t, s.Add([]byte("a"), nil))
	require.ErrorIs(t, s.Add([]byte("b"), nil), os.ErrNotExist)
}
