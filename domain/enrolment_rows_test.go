package domain

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Many places are sorted by their digits, a few by comparing them: both as any sort does, and equal keys as they came.
func TestPlacedAreSorted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 100, 1<<digitBits - 1, 1 << digitBits, 50_000} {
		for _, most := range []uint64{1, 1 << 5, 1 << 31, 1 << 50} {
			all := make([]placed, n)
			for i := range all {
				all[i] = placed{key: r.Uint64N(most), at: uint32(i)}
			}
			want := slices.Clone(all)
			slices.SortStableFunc(want, comparePlaced)
			sorted, _ := sortPlaced(all, nil)
			require.Equal(t, want, sorted, "%d, below %d", n, most)
		}
	}
}

// Ranks are the order of texts; a value that is nobody's comes first, as one without a text does.
func TestRanksAreTheOrderOfTexts(t *testing.T) {
	r := ranksOf([]Cycle{"lycee", "", "college"})
	var all []uint64
	for _, v := range []uint32{nobody, 1, 2, 0} {
		all = append(all, r.of(v))
	}
	assert.Equal(t, []uint64{0, 0}, all[:2])
	assert.Less(t, all[1], all[2])
	assert.Less(t, all[2], all[3])
	assert.Less(t, all[3], r.count)
}

// However rows are read, they say the same; and what stays in the room after one answer is not in the next.
func TestRowsSayTheSameHoweverTheyAreRead(t *testing.T) {
	g, _ := load(3000, 20)
	last := ByMember
	for _, by := range Dimensions() {
		for _, q := range []Pair{{dayNumber(2015, 11, 1), Latest}, {dayNumber(2016, 3, 1), g.Head() - 20}} {
			for _, by := range [][]Dimension{{by}, {by, last}} {
				total, rows := g.EnrolmentRows(q, Selection{By: by})
				same, all := g.Enrolment(q, Selection{By: by})
				require.Equal(t, total, same)
				require.NotEmpty(t, all, "%v", by)
				require.Equal(t, len(all), rows.Len())
				require.Equal(t, len(by), rows.Keys())
				var gross int64
				for i, row := range all {
					require.Equal(t, row.Figure, rows.Figure(i))
					gross += row.Gross
					for j, key := range row.Keys {
						require.Equal(t, key, string(rows.AppendKey(nil, i, j)))
						require.Equal(t, key, rows.Column(j)[i])
					}
					require.True(t, i == 0 || slices.Compare(all[i-1].Keys, row.Keys) < 0, "%v, %v", all[max(i-1, 0)].Keys, row.Keys)
				}
				require.Equal(t, total.Gross, gross)
			}
		}
		last = by
	}
}

// Rows are kept narrow as long as they fit, and are the same when one does not.
func TestRowsOfAnySize(t *testing.T) {
	figures := []Figure{{7, 7, 1, 0}, {0, 0, 1, 1}, {math.MaxUint32, math.MaxUint32 - math.MaxUint16, 255, 255}}
	for _, large := range []Figure{{math.MaxUint32 + 1, 9, 2, 0}, {70_000, 1, 2, 0}, {9, 9, 256, 0}, {9, 9, 300, 256}, {-1, -1, 1, 0}, {5, 6, 1, 0}} {
		for at := range len(figures) + 1 {
			all := slices.Insert(slices.Clone(figures), at, large)
			rows := EnrolmentRows{by: []texts{{ByCycle, func(value uint32) string { return strconv.Itoa(int(value)) }}}}
			for i, f := range all {
				rows.add([2]uint32{uint32(i)}, &summed{LineSum{f.Gross, int32(f.Lines), int32(f.Unknown)}, LineSum{Sum: f.Gross - f.Distinct}})
			}
			require.Len(t, rows.wide, len(all))
			require.Equal(t, len(all), rows.Len())
			for i, row := range rows.All() {
				require.Equal(t, EnrolmentRow{[]string{strconv.Itoa(i)}, all[i]}, row)
			}
		}
	}
}
