package evidence

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
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

// TestSorterLetsGo: what was merged into another run is let go at once, with the room that it takes on the disk, and not at the end.
func TestSorterLetsGo(t *testing.T) {
	s := NewSorter(t.TempDir())
	s.room = 1
	seen := map[*run]bool{}
	gone := func() (n int) {
		for r := range seen {
			if _, err := r.file.Stat(); err != nil {
				require.ErrorIs(t, err, os.ErrClosed)
				n++
			}
		}
		return n
	}
	for i := range sorterWays*sorterWays + 3 {
		require.NoError(t, s.Add([]byte{byte(i)}, nil))
		standing := 0
		for _, level := range s.runs {
			for _, r := range level {
				seen[r] = true
				standing++
			}
		}
		require.Equal(t, len(seen)-standing, gone(), i)
		require.Less(t, standing, 2*sorterWays)
	}
	require.Greater(t, gone(), sorterWays*(sorterWays-1))
	s.Remove()
	require.Equal(t, len(seen), gone())
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

// TestSorterUnder: what is under a prefix is what All gives of it, wherever it lies.
func TestSorterUnder(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 1))
	long := strings.Repeat("x", 600)
	for _, room := range []int{300, 20_000, 1 << 20} {
		s := NewSorter(t.TempDir())
		s.room = room
		for i := range 6000 {
			key := []byte{byte(random.IntN(3)), byte(random.IntN(40)), byte(random.IntN(3))}[:random.IntN(4)]
			require.NoError(t, s.Add(key, fmt.Appendf(nil, "%d %s", i, long[:random.IntN(600)])))
		}
		marks := 0
		for _, level := range s.runs {
			for _, r := range level {
				marks = max(marks, len(r.marks))
			}
		}
		if room == 300 {
			require.Greater(t, marks, 3, "no run has marks on the way: the test sees nothing of them")
		}
		for _, prefix := range []string{"", "\x00", "\x01", "\x02", "\x03", "\x01\x00", "\x01\x14", "\x02\x27", "\x02\x28", "\x01\x05\x02", "\x01\x05\x02\x00", "\x00\x00\x00"} {
			var want, got []string
			for r, err := range s.All() {
				require.NoError(t, err)
				if bytes.HasPrefix(r.Key(), []byte(prefix)) {
					want = append(want, string(r.Key())+string(r.Text()))
				}
			}
			for r, err := range s.Under([]byte(prefix)) {
				require.NoError(t, err)
				got = append(got, string(r.Key())+string(r.Text()))
			}
			require.Equal(t, want, got, "%q of runs of %d", prefix, room)
		}
		s.Remove()
	}
}

// TestSorterCutShort: what lies aside and is not as long as it was written is an error, and not the end.
func TestSorterCutShort(t *testing.T) {
	s := NewSorter(t.TempDir())
	defer s.Remove()
	s.room = 1
	for i := range 3 {
		require.NoError(t, s.Add([]byte{byte(i)}, []byte("text")))
	}
	r := s.runs[0][0]
	for short := range r.size {
		require.NoError(t, r.file.Truncate(short))
		var failed error
		for _, err := range s.Under([]byte{0}) {
			failed = err
		}
		require.ErrorIs(t, failed, io.ErrUnexpectedEOF, short)
	}
}
