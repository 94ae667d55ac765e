package domain

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func euros(cents int64) Money { return Money{cents, [3]byte{'E', 'U', 'R'}} }

// priced is a line of pupils at a price.
func priced(u UAI, pupils int, cents int64) Line {
	h, err := NewHeadcount(pupils)
	if err != nil {
		panic(err)
	}
	return Line{LineKey: LineKey{u, "college"}, Headcount: h, Kind: Forecast, Day: march, UnitPrice: euros(cents)}
}

// A line may come to MaxLineAmount, and to nothing more; an unknown headcount comes to nothing.
func TestTheMostThatALineComesTo(t *testing.T) {
	for _, at := range []struct {
		pupils int
		cents  int64
		fits   bool
	}{
		{4, MaxUnitPrice, true},
		{5, MaxUnitPrice, false},
		{4000, MaxLineAmount / 4000, true},
		{4000, MaxLineAmount/4000 + 1, false},
		{4001, MaxLineAmount / 4000, false},
		{MaxHeadcount, MaxLineAmount / MaxHeadcount, true},
		{MaxHeadcount, MaxLineAmount/MaxHeadcount + 1, false},
		{0, MaxUnitPrice, true},
	} {
		_, err := PackLines([]Line{priced(one, at.pupils, at.cents), priced(two, 0, at.cents)})
		if at.fits {
			require.NoError(t, err, "%+v", at)
			continue
		}
		var bad *Malformed
		require.ErrorAs(t, err, &bad, "%+v", at)
		require.Equal(t, "0.unit_price", bad.Field)
	}
	unknown := priced(one, 0, MaxUnitPrice)
	unknown.Headcount = UnknownHeadcount
	_, err := PackLines([]Line{unknown})
	require.NoError(t, err)
}

// As many of the largest lines as a lineSum can count do not overflow its sum.
func TestAsManyLinesAsCanBeCounted(t *testing.T) {
	most := LineSum{Sum: MaxLineAmount * (math.MaxInt32 - 1), Lines: math.MaxInt32 - 1}
	s := sums{last: block{ahead: []level{{march, most}}}} // as if so many had been added
	s.add(1, march, LineSum{Sum: MaxLineAmount, Lines: 1})
	got := s.on(march, Latest)
	require.Equal(t, int32(math.MaxInt32), got.Lines)
	want := new(big.Int).Mul(big.NewInt(MaxLineAmount), big.NewInt(math.MaxInt32))
	require.True(t, want.IsInt64())
	require.Equal(t, want.Int64(), got.Sum)
}

// What is spent is exact up to the largest lines there can be, and so is what is left of the largest ceiling.
func TestSpendingIsExactAtItsLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		launch := &AgreementLaunched{Agreement: "ent", Ceiling: Ceiling{Amount: euros(math.MaxInt64)}, Contractor: editor, Title: "ENT", Until: dayNumber(2022, 1, 1)}
		g := &Group{}
		for _, s := range after(founded2017("moselle"), said{"2018-01-01", launch}) {
			Evolve(g, Event{date(t, s.on), s.act})
		}
		sum := new(big.Int)
		for n := range rapid.IntRange(1, 6).Draw(t, "orders") {
			var lines []Line
			for u := range rapid.IntRange(1, 20).Draw(t, "lines") {
				pupils := rapid.SampledFrom([]int{0, 1, 4, 4000, 999_000, MaxHeadcount}).Draw(t, "pupils")
				cents := int64(MaxUnitPrice)
				if pupils > 4 {
					cents = MaxLineAmount/int64(pupils) - rapid.Int64Range(0, 1).Draw(t, "less")
				}
				l := priced(UAI(1+u*uaiLetters), pupils, cents)
				lines = append(lines, l)
				sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(pupils)), big.NewInt(cents)))
			}
			packed, err := PackLines(lines)
			require.NoError(t, err)
			o := &OrderIssued{Agreement: "ent", From: dayNumber(2020, 9, 1), Lines: packed, Member: "moselle", Number: OrderNumber(fmt.Sprint("O-", n)), Until: dayNumber(2021, 9, 1)}
			e, ok := o.ordering(g, dayNumber(2020, 6, 1))
			require.True(t, ok)
			require.Equal(t, sum.String(), fmt.Sprint(e.after.Amount.Cents()), "before it is issued")
			Evolve(g, Event{date(t, "2020-06-01"), o})
			row := g.Spending(Now(dayNumber(2020, 6, 1)))[0]
			require.Equal(t, sum.String(), fmt.Sprint(row.Amount.Cents()))
			percent, ok := row.Percent()
			require.True(t, ok)
			hundredth := new(big.Int).Div(new(big.Int).Mul(sum, big.NewInt(100)), big.NewInt(math.MaxInt64))
			require.Equal(t, hundredth.String(), fmt.Sprint(percent))
			require.False(t, row.Past())
		}
	})
}
