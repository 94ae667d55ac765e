package domain

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // Paris must be known on every machine
)

// Why a time of day is refused; matched by errors.Is.
var (
	// ErrNoSuchTime: no day has such an hour, minute or second, or no zone such an offset.
	ErrNoSuchTime = errors.New("no such time")
	// ErrLeapSecond: the second 60, which an Instant cannot hold.
	ErrLeapSecond = errors.New("leap seconds cannot be recorded: use second 59 or the next minute")
	// ErrTooPrecise: something other than 0 beyond the microseconds.
	ErrTooPrecise = errors.New("finer than a microsecond")
)

// The first and the last instant: 0001-01-01T00:00:00.000000Z and 9999-12-31T23:59:59.999999Z.
const (
	FirstInstant = Instant(FirstDay-epoch) * oneDay
	LastInstant  = Instant(LastDay-epoch+1)*oneDay - 1

	epoch Day = 719163 // 1970-01-01

	oneSecond Instant = 1e6
	oneMinute         = 60 * oneSecond
	oneHour           = 60 * oneMinute
	oneDay            = 24 * oneHour
)

// An Instant is a point in time: the microseconds since 1970-01-01T00:00:00Z, leap seconds not counted, from
// FirstInstant to LastInstant. The zero value is 1970-01-01T00:00:00.000000Z, not "no instant". Instants
// compare as numbers.
type Instant int64

// InstantOf is the last instant that is not after t; FirstInstant or LastInstant when t is out of their range.
func InstantOf(t time.Time) Instant {
	switch year := t.UTC().Year(); {
	case year < 1:
		return FirstInstant
	case year > 9999:
		return LastInstant
	}
	return Instant(t.UnixMicro())
}

// Time is t in UTC. InstantOf(t.Time()) == t.
func (t Instant) Time() time.Time { return time.UnixMicro(int64(t)).UTC() }

func (t Instant) exists() bool { return FirstInstant <= t && t <= LastInstant }

// paris is where the days of this package are lived. The zone database is that of $ZONEINFO or of the machine,
// and where neither has it, the one compiled in.
var paris = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err) // time/tzdata is linked in
	}
	return zone
})

// Day is the civil day in Paris in which t falls. For every day d from FirstDay to LastDay - 1,
//
//	t.Day() <= d  if and only if  t <= EndOfDay(d)
//
// When the last hour of LastInstant's day begins it is 10000-01-01 in Paris, which is no Day: that hour counts as
// LastDay.
func (t Instant) Day() Day {
	_, ahead := t.Time().In(paris()).Zone()
	local := t + Instant(ahead)*oneSecond - FirstInstant
	return min(FirstDay+Day(local/oneDay), LastDay)
}

// Hour is the time of day in Paris at t, to the minute: 14:30.
func (t Instant) Hour() string { return t.Time().In(paris()).Format("15:04") }

// EndOfDay is the last microsecond before d ends in Paris, whatever the clocks do that night: time.Date is not
// asked, as it errs by an hour where midnight comes twice (1976-09-26). It is
// LastInstant for LastDay (see [Instant.Day]), and FirstInstant for what lies before FirstDay.
func EndOfDay(d Day) Instant {
	switch {
	case d < FirstDay:
		return FirstInstant
	case d >= LastDay:
		return LastInstant
	}
	midnight := Instant(d+1-epoch) * oneDay // in Greenwich; in Paris it was up to two hours earlier
	ahead := sort.Search(int(oneDay/oneSecond), func(seconds int) bool {
		return (midnight - Instant(seconds)*oneSecond - 1).Day() <= d
	})
	return midnight - Instant(ahead)*oneSecond - 1
}

// ParseInstant reads the one spelling of an instant, as in 2026-11-24T09:30:00.123456Z: in UTC, with six decimals.
// For every s that it accepts, and for every t from FirstInstant to LastInstant,
//
//	ParseInstant(s).String() == s
//	ParseInstant(t.String()) == t
//
// Its error is a *TextError, which matches ErrSpelling (and then says the spelling to use) or what
// [ParseRFC3339] fails with.
func ParseInstant(s string) (Instant, error) {
	t, err := ParseRFC3339(s)
	if err != nil {
		return 0, err
	}
	var buf [len(instantForm)]byte
	if text, err := t.AppendText(buf[:0]); err != nil || string(text) != s {
		return 0, &TextError{What: "instant", Text: s, Instead: string(text), Err: ErrSpelling}
	}
	return t, nil
}

const instantForm = "2006-01-02T15:04:05.000000Z"

// ParseRFC3339 reads an instant as RFC 3339, section 5.6 writes it, in any offset: 2026-11-24T10:30:00+01:00.
// T and Z are upper-case; there may be up to nine decimals, those beyond the sixth 0.
//
// Its error is a *TextError, which matches ErrMalformed, ErrNoSuchDay, ErrNoSuchTime, ErrLeapSecond, ErrTooPrecise or
// ErrRange (of the day as written, or of the instant in UTC).
func ParseRFC3339(s string) (Instant, error) {
	t, err := readInstant(s)
	if err != nil {
		return 0, &TextError{What: "instant", Text: s, Err: err}
	}
	return t, nil
}

func readInstant(s string) (Instant, error) {
	const clock = "0000-00-00T00:00:00"
	if len(s) < len(clock) || !shaped(s[:len(clock)], clock) {
		return 0, fmt.Errorf("%w: want RFC 3339, as in 2026-11-24T09:30:00Z or 2026-11-24T10:30:00+01:00", ErrMalformed)
	}
	d, err := readDay(s[:10])
	if err != nil {
		return 0, err
	}
	inDay, err := readClock(s[11:19])
	if err != nil {
		return 0, err
	}
	decimals, zone := cutDecimals(s[19:])
	fraction, err := readMicroseconds(decimals)
	if err != nil {
		return 0, err
	}
	ahead, err := readOffset(zone)
	if err != nil {
		return 0, err
	}
	t := Instant(d-epoch)*oneDay + inDay + fraction - ahead
	if !t.exists() {
		return 0, fmt.Errorf("%w in UTC", ErrRange)
	}
	return t, nil
}

// readClock is the time since midnight, of an s shaped 00:00:00.
func readClock(s string) (Instant, error) {
	hour, minute, second := number(s[:2]), number(s[3:5]), number(s[6:])
	switch {
	case hour > 23:
		return 0, fmt.Errorf("%w: no hour %d", ErrNoSuchTime, hour)
	case minute > 59:
		return 0, fmt.Errorf("%w: no minute %d", ErrNoSuchTime, minute)
	case second == 60:
		return 0, ErrLeapSecond
	case second > 60:
		return 0, fmt.Errorf("%w: no second %d", ErrNoSuchTime, second)
	}
	return Instant(hour)*oneHour + Instant(minute)*oneMinute + Instant(second)*oneSecond, nil
}

// cutDecimals parts ".25Z" into ".25" and "Z".
func cutDecimals(s string) (decimals, zone string) {
	if !strings.HasPrefix(s, ".") {
		return "", s
	}
	n := 1
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

// readMicroseconds is the value of nothing, or of a point and one to nine digits.
func readMicroseconds(decimals string) (Instant, error) {
	if decimals == "" {
		return 0, nil
	}
	if len(decimals) == 1 || len(decimals) > 10 {
		return 0, fmt.Errorf("%w: want one to nine digits after the point", ErrMalformed)
	}
	nanoseconds := number(decimals[1:]) * pow10(10-len(decimals))
	if nanoseconds%1000 != 0 {
		return 0, ErrTooPrecise
	}
	return Instant(nanoseconds / 1000), nil
}

// readOffset is how far the clocks of a zone are ahead of UTC.
func readOffset(zone string) (Instant, error) {
	if zone == "Z" {
		return 0, nil
	}
	if !shaped(zone, "+00:00") && !shaped(zone, "-00:00") {
		return 0, fmt.Errorf("%w: want Z or an offset as in +01:00 at the end", ErrMalformed)
	}
	hours, minutes := number(zone[1:3]), number(zone[4:])
	if hours > 23 || minutes > 59 {
		return 0, fmt.Errorf("%w: no offset %s", ErrNoSuchTime, zone)
	}
	ahead := Instant(hours)*oneHour + Instant(minutes)*oneMinute
	if zone[0] == '-' {
		return -ahead, nil
	}
	return ahead, nil
}

// String is t in the one spelling that [ParseInstant] reads, always in UTC.
func (t Instant) String() string {
	var buf [len(instantForm)]byte
	b, err := t.AppendText(buf[:0])
	if err != nil {
		return fmt.Sprintf("Instant(%d)", int64(t))
	}
	return string(b)
}

// AppendText appends t.String() to b. It fails with ErrRange, and appends nothing, when t is not from
// FirstInstant to LastInstant.
func (t Instant) AppendText(b []byte) ([]byte, error) {
	if !t.exists() {
		return b, fmt.Errorf("%d microseconds: %w", int64(t), ErrRange)
	}
	since := t - FirstInstant
	b, err := (FirstDay + Day(since/oneDay)).AppendText(b)
	b = append(appendDigits(append(b, 'T'), int(since%oneDay/oneHour), 2), ':')
	b = append(appendDigits(b, int(since%oneHour/oneMinute), 2), ':')
	b = append(appendDigits(b, int(since%oneMinute/oneSecond), 2), '.')
	return append(appendDigits(b, int(since%oneSecond), 6), 'Z'), err
}

// MarshalText is [Instant.AppendText] to nothing.
func (t Instant) MarshalText() ([]byte, error) { return t.AppendText(nil) }

// UnmarshalText is [ParseInstant]; it leaves t alone when it fails.
func (t *Instant) UnmarshalText(text []byte) error {
	read, err := ParseInstant(string(text))
	if err == nil {
		*t = read
	}
	return err
}
