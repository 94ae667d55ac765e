package domain

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func instant(t require.TestingT, s string) Instant {
	at, err := ParseRFC3339(s)
	require.NoError(t, err)
	return at
}

var anyInstant = rapid.Custom(func(t *rapid.T) Instant {
	return rapid.OneOf(
		rapid.Map(rapid.Int64Range(int64(FirstInstant), int64(LastInstant)), func(n int64) Instant { return Instant(n) }),
		rapid.Custom(func(t *rapid.T) Instant { // where days begin in Paris, in UTC, and between
			midnight := Instant(anyDay.Draw(t, "day")-epoch) * oneDay
			near := midnight + Instant(rapid.Int64Range(-3, 3).Draw(t, "µs")) - oneHour*Instant(rapid.IntRange(0, 3).Draw(t, "hours"))
			return min(max(near, FirstInstant), LastInstant)
		}),
	).Draw(t, "instant")
})

// everywhere runs a check on machines set to three zones.
func everywhere(t *testing.T, check func(t *testing.T)) {
	before := time.Local
	t.Cleanup(func() { time.Local = before })
	for _, local := range []*time.Location{time.FixedZone("UTC-11", -11*3600), paris(), time.FixedZone("UTC+14", 14*3600)} {
		time.Local = local
		t.Run(local.String(), check)
	}
}

func TestInstantAgainstPackageTime(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	everywhere(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			at := anyInstant.Draw(t, "at")
			std := time.UnixMicro(int64(at))
			require.Equal(t, std.UTC().Format("2006-01-02T15:04:05.000000Z"), at.String())
			require.Equal(t, std.UTC(), at.Time())
			require.Equal(t, at, InstantOf(std.In(zone)))

			read, err := ParseInstant(at.String())
			require.NoError(t, err)
			require.Equal(t, at, read)

			if year, month, dom := std.In(zone).Date(); year <= 9999 {
				require.Equal(t, fmt.Sprintf("%04d-%02d-%02d", year, month, dom), at.Day().String())
			} else {
				require.Equal(t, LastDay, at.Day())
			}
		})
	})
}

func TestDayOfInstant(t *testing.T) {
	everywhere(t, func(t *testing.T) {
		for _, c := range []struct{ at, day string }{
			// The night of 2023-03-26 lasts 23 hours.
			{"2023-03-25T22:59:59.999999Z", "2023-03-25"},
			{"2023-03-25T23:00:00Z", "2023-03-26"},
			{"2023-03-26T00:59:59.999999Z", "2023-03-26"},
			{"2023-03-26T01:00:00Z", "2023-03-26"},
			{"2023-03-26T21:59:59.999999Z", "2023-03-26"},
			{"2023-03-26T22:00:00Z", "2023-03-27"},
			// The night of 2023-10-29 lasts 25.
			{"2023-10-28T21:59:59.999999Z", "2023-10-28"},
			{"2023-10-28T22:00:00Z", "2023-10-29"},
			{"2023-10-29T00:30:00Z", "2023-10-29"},
			{"2023-10-29T01:30:00Z", "2023-10-29"},
			{"2023-10-29T22:59:59.999999Z", "2023-10-29"},
			{"2023-10-29T23:00:00Z", "2023-10-30"},
			// The ends of time.
			{"0001-01-01T00:00:00Z", "0001-01-01"},
			{"9999-12-31T22:59:59.999999Z", "9999-12-31"},
			{"9999-12-31T23:00:00Z", "9999-12-31"},
			{"9999-12-31T23:59:59.999999Z", "9999-12-31"},
		} {
			assert.Equal(t, c.day, instant(t, c.at).Day().String(), c.at)
		}
	})
}

func TestEndOfDay(t *testing.T) {
	everywhere(t, func(t *testing.T) {
		for d, want := range map[string]string{
			"2023-03-25": "2023-03-25T22:59:59.999999Z",
			"2023-03-26": "2023-03-26T21:59:59.999999Z",
			"2023-10-28": "2023-10-28T21:59:59.999999Z",
			"2023-10-29": "2023-10-29T22:59:59.999999Z",
			"1976-09-25": "1976-09-25T21:59:59.999999Z", // midnight came twice: the first one counts
			"2026-11-24": "2026-11-24T22:59:59.999999Z",
			"9999-12-30": "9999-12-30T22:59:59.999999Z",
			"9999-12-31": "9999-12-31T23:59:59.999999Z",
		} {
			assert.Equal(t, want, EndOfDay(day(t, d)).String(), d)
		}
		assert.Equal(t, LastInstant, EndOfDay(LastDay+1))
		assert.Equal(t, LastInstant, EndOfDay(math.MaxInt32))
		assert.Equal(t, FirstInstant, EndOfDay(0))
		assert.Equal(t, FirstInstant, EndOfDay(math.MinInt32))

		rapid.Check(t, func(t *rapid.T) {
			d, at := anyDay.Draw(t, "d"), anyInstant.Draw(t, "at")
			require.Equal(t, at.Day() <= d, at <= EndOfDay(d))
		})
	})
}

// TestEndOfEachDay: the years in which Paris has changed its clocks, at midnight too (1911, 1916 to 1939). On
// 1976-09-26 midnight came twice, since 01:00 became 00:00, and time.Date gives the second one.
func TestEndOfEachDay(t *testing.T) {
	for d := day(t, "1890-01-01"); d < day(t, "2050-01-01"); d++ {
		end := EndOfDay(d)
		require.Equal(t, [2]Day{d, d + 1}, [2]Day{end.Day(), (end + 1).Day()})
		year, month, dom := d.Civil()
		if year > 1976 {
			start := time.Date(year, time.Month(month), dom+1, 0, 0, 0, 0, paris())
			require.Equal(t, start.UnixMicro()-1, int64(end))
		}
	}
}

func TestInstantOf(t *testing.T) {
	assert.Equal(t, Instant(0), InstantOf(time.Unix(0, 999)))
	assert.Equal(t, Instant(-1), InstantOf(time.Unix(0, -1)), "the last one that is not after")
	assert.Equal(t, FirstInstant, InstantOf(time.Time{}))
	assert.Equal(t, FirstInstant, InstantOf(time.Time{}.Add(-1)))
	assert.Equal(t, LastInstant, InstantOf(time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)))
	assert.Equal(t, LastInstant-1, InstantOf((LastInstant - 1).Time().In(time.FixedZone("already 10000", 3600))))
	assert.Equal(t, FirstInstant+1, InstantOf((FirstInstant + 1).Time().In(time.FixedZone("still 0", -3600))))
	assert.Equal(t, LastInstant, InstantOf(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))
	assert.Equal(t, LastInstant, InstantOf(time.Date(400000, 1, 1, 0, 0, 0, 0, time.UTC)))
}

func TestParseInstantRefuses(t *testing.T) {
	for s, instead := range map[string]string{
		"2026-11-24T09:30:00Z":             "2026-11-24T09:30:00.000000Z",
		"2026-11-24T09:30:00.5Z":           "2026-11-24T09:30:00.500000Z",
		"2026-11-24T09:30:00.123456000Z":   "2026-11-24T09:30:00.123456Z",
		"2026-11-24T10:30:00.123456+01:00": "2026-11-24T09:30:00.123456Z",
		"2026-11-24T09:30:00.123456+00:00": "2026-11-24T09:30:00.123456Z",
		"2026-11-24T09:30:00.123456-00:00": "2026-11-24T09:30:00.123456Z",
	} {
		at, err := ParseInstant(s)
		assert.Zero(t, at)
		assert.Equal(t, &TextError{"instant", s, instead, ErrSpelling}, err, s)
	}
}

func TestParseRFC3339(t *testing.T) {
	for s, want := range map[string]string{
		"2026-11-24T09:30:00Z":             "2026-11-24T09:30:00.000000Z",
		"2026-11-24T09:30:00.1Z":           "2026-11-24T09:30:00.100000Z",
		"2026-11-24T09:30:00.000001000Z":   "2026-11-24T09:30:00.000001Z",
		"2026-11-24T10:30:00+01:00":        "2026-11-24T09:30:00.000000Z",
		"2026-11-23T22:00:00-11:30":        "2026-11-24T09:30:00.000000Z",
		"2024-02-29T23:59:59.999999-00:01": "2024-03-01T00:00:59.999999Z",
		"0001-01-01T23:59:00+23:59":        "0001-01-01T00:00:00.000000Z",
	} {
		at, err := ParseRFC3339(s)
		assert.NoError(t, err, s)
		assert.Equal(t, want, at.String(), s)
	}
}

func TestParseRFC3339Refuses(t *testing.T) {
	for s, why := range map[string]error{
		"": ErrMalformed, "2026-11-24": ErrMalformed, "2026-11-24T09:30Z": ErrMalformed, "2026-11-24T09:30:00": ErrMalformed,
		"2026-11-24t09:30:00Z": ErrMalformed, "2026-11-24T09:30:00z": ErrMalformed, "2026-11-24 09:30:00Z": ErrMalformed,
		"2026-11-24T9:30:00Z": ErrMalformed, "2026-11-24T0:00:00,000Z": ErrMalformed, "2026-11-24T09:30:00,5Z": ErrMalformed,
		"2026-11-24T09:30:00.Z": ErrMalformed, "2026-11-24T09:30:00.0000000000Z": ErrMalformed,
		"2026-11-24T09:30:00.5": ErrMalformed, "2026-11-24T09:30:00ZZ": ErrMalformed, "2026-11-24T09:30:00Z ": ErrMalformed,
		"2026-11-24T09:30:00+0100": ErrMalformed, "2026-11-24T09:30:00+01": ErrMalformed, "2026-11-24T09:30:00+1:00": ErrMalformed,
		"2026-11-24T09:30:00−01:00": ErrMalformed, "2026-11-24T09:30:00 01:00": ErrMalformed, "٢٠26-11-24T09:30:00Z": ErrMalformed,
		"2026-13-24T09:30:00Z": ErrNoSuchDay, "2026-11-31T09:30:00Z": ErrNoSuchDay,
		"2026-11-24T24:00:00Z": ErrNoSuchTime, "2026-11-24T09:60:00Z": ErrNoSuchTime, "2026-11-24T09:30:61Z": ErrNoSuchTime,
		"2026-11-24T09:30:00+24:00": ErrNoSuchTime, "2026-11-24T09:30:00+01:60": ErrNoSuchTime,
		"2016-12-31T23:59:60Z": ErrLeapSecond, "2017-01-01T00:59:60+01:00": ErrLeapSecond,
		"2026-11-24T09:30:00.1234567Z": ErrTooPrecise, "2026-11-24T09:30:00.000000001Z": ErrTooPrecise,
		"0000-01-01T00:00:00Z": ErrRange, "0001-01-01T00:00:00+00:01": ErrRange, "9999-12-31T23:59:59-00:01": ErrRange,
	} {
		for _, parse := range []func(string) (Instant, error){ParseRFC3339, ParseInstant} {
			at, err := parse(s)
			assert.Zero(t, at, s)
			assert.ErrorIs(t, err, why, s)
			var bad *TextError
			require.ErrorAs(t, err, &bad)
			assert.Equal(t, TextError{What: "instant", Text: s, Err: bad.Err}, *bad)
		}
	}
	_, err := ParseRFC3339("2016-12-31T23:59:60Z")
	assert.EqualError(t, err, `instant "2016-12-31T23:59:60Z": `+ErrLeapSecond.Error())
}

func TestParseRFC3339AgainstPackageTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", 60*rapid.IntRange(-1439, 1439).Draw(t, "minutes"))
		at := anyInstant.Draw(t, "at")
		local := at.Time().In(zone)
		if local.Year() < 1 || local.Year() > 9999 {
			t.Skip("not RFC 3339")
		}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.000000Z07:00", "2006-01-02T15:04:05.000000000-07:00"} {
			got, err := ParseRFC3339(local.Format(layout))
			require.NoError(t, err)
			require.Equal(t, at, got)
		}
	})
}

func TestInstantText(t *testing.T) {
	data, err := json.Marshal([]Instant{0, LastInstant})
	require.NoError(t, err)
	assert.Equal(t, `["1970-01-01T00:00:00.000000Z","9999-12-31T23:59:59.999999Z"]`, string(data))
	var back []Instant
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, []Instant{0, LastInstant}, back)
	assert.Error(t, back[1].UnmarshalText([]byte("2026-11-24T09:30:00Z")))
	assert.Equal(t, LastInstant, back[1])

	for _, at := range []Instant{FirstInstant - 1, LastInstant + 1, math.MinInt64, math.MaxInt64} {
		b, err := at.AppendText([]byte("as it was"))
		assert.ErrorIs(t, err, ErrRange)
		assert.Equal(t, "as it was", string(b))
		assert.Equal(t, fmt.Sprintf("Instant(%d)", at.Time().UnixMicro()), at.String())
	}
}

func FuzzParseInstant(f *testing.F) {
	for _, s := range []string{
		"2026-11-24T09:30:00.123456Z", "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z",
		"2026-11-24T10:30:00+01:00", "2026-11-24T10:30:00.5-11:30", "2026-11-24T0:00:00,000Z", "2016-12-31T23:59:60Z",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := ParseInstant(s); err == nil {
			require.Equal(t, s, at.String())
		}
		if at, err := ParseRFC3339(s); err == nil {
			std, err := time.Parse(time.RFC3339Nano, s)
			require.NoError(t, err)
			require.Equal(t, at.Time(), std.UTC())
		}
	})
}

func BenchmarkParseInstant(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ParseInstant("2026-11-24T09:30:00.123456Z")
	}
}

func BenchmarkInstantDay(b *testing.B) {
	at := instant(b, "2026-11-24T09:30:00Z")
	b.ReportAllocs()
	for b.Loop() {
		_ = at.Day()
	}
}

func BenchmarkEndOfDay(b *testing.B) {
	d := day(b, "2026-11-24")
	b.ReportAllocs()
	for b.Loop() {
		_ = EndOfDay(d)
	}
}
