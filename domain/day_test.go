package domain

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func day(t require.TestingT, s string) Day {
	d, err := ParseDay(s)
	require.NoError(t, err)
	return d
}

func date(t require.TestingT, s string) Date {
	d, err := ParseDate(s)
	require.NoError(t, err)
	return d
}

var (
	anyDay  = rapid.Custom(func(t *rapid.T) Day { return Day(rapid.Int32Range(1, int32(LastDay)).Draw(t, "day")) })
	someDay = rapid.Custom(func(t *rapid.T) Day { return Day(rapid.Int32Range(0, 12).Draw(t, "day")) })
)

// TestEveryDay walks through all of them beside package time.
func TestEveryDay(t *testing.T) {
	var buf, want []byte
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := FirstDay; d <= LastDay; d, at = d+1, at.Add(24*time.Hour) {
		year, month, dom := d.Civil()
		back, err := NewDay(year, month, dom)
		buf, _ = d.AppendText(buf[:0])
		want = at.AppendFormat(want[:0], time.DateOnly)
		read, errRead := ParseDay(string(buf))
		if err != nil || back != d || string(buf) != string(want) || errRead != nil || read != d {
			require.Fail(t, "day", "%d: %s, want %s; %d %v; %d %v", d, buf, want, back, err, read, errRead)
		}
	}
	assert.Equal(t, 10000, at.Year())
}

// TestNewDayRefuses compares with time.Date, which moves what does not exist to another day.
func TestNewDayRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(-1, 10001).Draw(t, "year")
		month, dom := rapid.IntRange(-1, 14).Draw(t, "month"), rapid.IntRange(-1, 33).Draw(t, "day")
		at := time.Date(year, time.Month(month), dom, 0, 0, 0, 0, time.UTC)
		exists := at.Year() == year && at.Month() == time.Month(month) && at.Day() == dom

		_, err := NewDay(year, month, dom)
		switch {
		case year < 1 || year > 9999:
			require.ErrorIs(t, err, ErrRange)
		case !exists:
			require.ErrorIs(t, err, ErrNoSuchDay)
		default:
			require.NoError(t, err)
		}
	})
}

func TestParseDayRefuses(t *testing.T) {
	for s, why := range map[string]error{
		"": ErrMalformed, "2017": ErrMalformed, "2017-10": ErrMalformed, "2017-1-6": ErrMalformed,
		"06/10/2017": ErrMalformed, "2017/10/06": ErrMalformed, " 2017-10-06": ErrMalformed, "2017-10-06 ": ErrMalformed,
		"2017-10-06T00:00:00Z": ErrMalformed, "+017-10-06": ErrMalformed, "12017-10-06": ErrMalformed,
		"2017–10–06": ErrMalformed, "٢٠١٧-10-06": ErrMalformed, "2017-10-0x": ErrMalformed,
		"0000-01-01": ErrRange,
		"2020-13-45": ErrNoSuchDay, "2020-00-01": ErrNoSuchDay, "2020-01-00": ErrNoSuchDay, "2020-04-31": ErrNoSuchDay,
		"2021-02-29": ErrNoSuchDay, "1900-02-29": ErrNoSuchDay, "2000-02-30": ErrNoSuchDay,
	} {
		d, err := ParseDay(s)
		assert.Zero(t, d, s)
		assert.ErrorIs(t, err, why, s)
		var bad *TextError
		require.ErrorAs(t, err, &bad)
		assert.Equal(t, TextError{What: "day", Text: s, Err: bad.Err}, *bad)
	}
	_, err := ParseDay("2020-13-45")
	assert.EqualError(t, err, `day "2020-13-45": no such day: no month 13`)
	_, err = ParseDay("2021-02-29")
	assert.EqualError(t, err, `day "2021-02-29": no such day: no day 29 in 2021-02, which has 28`)
}

func TestDayNumbers(t *testing.T) {
	assert.Equal(t, FirstDay, day(t, "0001-01-01"))
	assert.Equal(t, LastDay, day(t, "9999-12-31"))
	assert.EqualValues(t, 366, day(t, "2025-01-01")-day(t, "2024-01-01"))
	assert.Equal(t, "2024-02-29", day(t, "2024-03-01").AddDays(-1).String())

	for _, d := range []Day{math.MinInt32, -1, 0, LastDay + 1, math.MaxInt32} {
		year, month, dom := d.Civil()
		assert.Zero(t, [3]int{year, month, dom}, "%d", d)
		assert.Zero(t, d.AddDays(1), "%d", d)
		if _, err := d.MarshalText(); d == 0 {
			assert.NoError(t, err)
		} else {
			assert.ErrorIs(t, err, ErrRange)
		}
	}
	assert.Equal(t, "", Day(0).String())
	assert.Equal(t, "Day(-1)", Day(-1).String())
}

func TestAddDays(t *testing.T) {
	assert.Zero(t, LastDay.AddDays(1))
	assert.Zero(t, FirstDay.AddDays(-1))
	assert.Zero(t, FirstDay.AddDays(math.MaxInt64))
	assert.Zero(t, LastDay.AddDays(math.MinInt64))
	assert.Zero(t, FirstDay.AddDays(1<<32))
	rapid.Check(t, func(t *rapid.T) {
		d, e := anyDay.Draw(t, "d"), anyDay.Draw(t, "e")
		require.Equal(t, e, d.AddDays(int(e-d)))
	})
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		text, first, last string
		precision         Precision
		name              string
	}{
		{"2017-10-06", "2017-10-06", "2017-10-06", PrecisionDay, "day"},
		{"2017-10", "2017-10-01", "2017-10-31", PrecisionMonth, "month"},
		{"2024-02", "2024-02-01", "2024-02-29", PrecisionMonth, "month"},
		{"2017-12", "2017-12-01", "2017-12-31", PrecisionMonth, "month"},
		{"2017", "2017-01-01", "2017-12-31", PrecisionYear, "year"},
		{"0001", "0001-01-01", "0001-12-31", PrecisionYear, "year"},
		{"9999-12-31", "9999-12-31", "9999-12-31", PrecisionDay, "day"},
		{"9999-12", "9999-12-01", "9999-12-31", PrecisionMonth, "month"},
		{"9999", "9999-01-01", "9999-12-31", PrecisionYear, "year"},
	} {
		d := date(t, c.text)
		assert.Equal(t, Date{day(t, c.first), c.precision}, d, c.text)
		assert.Equal(t, day(t, c.last)+1, d.End(), c.text)
		assert.Equal(t, c.text, d.String())
		assert.Equal(t, c.name, d.Precision.String())
		assert.True(t, Period{d.First, d.End()}.Contains(day(t, c.last)))
		for at, want := range map[Day]bool{d.First - 1: false, d.First: true, d.End() - 1: true, d.End(): false} {
			assert.Equal(t, want && c.name != "day", d.Doubtful(at), "%s at %v", c.text, at)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for s, why := range map[string]error{
		"": ErrMalformed, "17": ErrMalformed, "2017-": ErrMalformed, "2017-1": ErrMalformed, "2017-10-": ErrMalformed,
		"2017-10-6": ErrMalformed, "2017-Q1": ErrMalformed, "10-2017": ErrMalformed, "20171006": ErrMalformed,
		"0000": ErrRange, "2017-13": ErrNoSuchDay, "2017-00": ErrNoSuchDay, "2017-02-29": ErrNoSuchDay,
	} {
		d, err := ParseDate(s)
		assert.Zero(t, d, s)
		assert.ErrorIs(t, err, why, s)
		var bad *TextError
		require.ErrorAs(t, err, &bad)
		assert.Equal(t, TextError{What: "date", Text: s, Err: bad.Err}, *bad)
	}
}

func TestDateThatCannotBeWritten(t *testing.T) {
	sixth := day(t, "2017-10-06")
	for _, d := range []Date{
		{sixth, PrecisionMonth},
		{day(t, "2017-10-01"), PrecisionYear},
		{sixth, PrecisionYear + 1},
		{0, PrecisionMonth},
		{LastDay + 1, PrecisionDay},
	} {
		b, err := d.AppendText([]byte("as it was"))
		assert.Error(t, err, "%v", d)
		assert.Equal(t, "as it was", string(b))
	}
	assert.Equal(t, "Date(2017-10-06, month)", Date{sixth, PrecisionMonth}.String())
	assert.Equal(t, "Precision(3)", (PrecisionYear + 1).String())
}

func TestNoDate(t *testing.T) {
	var none Date
	assert.True(t, none.IsZero() && none == OnDay(0))
	assert.Equal(t, "", none.String())
	assert.Zero(t, none.End())
	assert.False(t, none.Doubtful(0) || none.Doubtful(FirstDay))
	assert.False(t, OnDay(FirstDay).IsZero())
}

func TestDayAndDateInJSON(t *testing.T) {
	type both struct {
		Day  Day
		Date Date
	}
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay.Draw(t, "d")
		text := d.String()[:rapid.SampledFrom([]int{4, 7, 10}).Draw(t, "precision")]
		for _, in := range []both{{d, date(t, text)}, {}} {
			data, err := json.Marshal(in)
			require.NoError(t, err)
			out := both{1, OnDay(1)}
			require.NoError(t, json.Unmarshal(data, &out))
			require.Equal(t, in, out)
		}
	})
	kept := both{day(t, "2017-10-06"), date(t, "2017-10")}
	out := kept
	assert.Error(t, out.Day.UnmarshalText([]byte("2017-10")))
	assert.Error(t, out.Date.UnmarshalText([]byte("2017-13")))
	assert.Equal(t, kept, out)
}

// TestPeriod takes a period for the set of its days.
func TestPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Period{someDay.Draw(t, "p.From"), someDay.Draw(t, "p.To")}
		q := Period{someDay.Draw(t, "q.From"), someDay.Draw(t, "q.To")}
		var common bool
		for d := FirstDay; d < 20; d++ {
			require.Equal(t, d >= p.From && (p.To == 0 || d < p.To), p.Contains(d), "%v %d", p, d)
			common = common || p.Contains(d) && q.Contains(d)
		}
		require.Equal(t, common, p.Overlaps(q), "%v %v", p, q)
		require.Equal(t, common, q.Overlaps(p), "%v %v", p, q)
	})
	assert.False(t, Period{}.Contains(0) || Period{}.Contains(LastDay+1))
	assert.True(t, Period{}.Contains(FirstDay) && Period{}.Contains(LastDay) && Period{}.Overlaps(Period{}))
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2017-10-06", "0001-01-01", "9999-12-31", "2024-02-29", "2020-13-45", "2017-10", "0000-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDay(s)
		at, errTime := time.Parse(time.DateOnly, s)
		require.Equal(t, errTime == nil && at.Year() > 0, err == nil, "as package time says")
		if err == nil {
			require.Equal(t, s, d.String())
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2017-10-06", "2017-10", "2017", "9999", "0000", "2017-13", "2017-1", "201710"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err == nil {
			require.Equal(t, s, d.String())
			require.Less(t, d.First, d.End())
		}
	})
}

func BenchmarkParseDay(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ParseDay("2017-10-06")
	}
}

func BenchmarkDayAppendText(b *testing.B) {
	d, buf := day(b, "2017-10-06"), make([]byte, 0, 10)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = d.AppendText(buf[:0])
	}
}
