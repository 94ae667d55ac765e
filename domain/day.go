package domain

import (
	"errors"
	"fmt"
	"strings"
)

// Why a day is refused; matched by errors.Is.
var (
	// ErrNoSuchDay: the calendar has no such month, or the month no such day.
	ErrNoSuchDay = errors.New("no such day")
	// ErrRange: before 0001-01-01 or after 9999-12-31.
	ErrRange = errors.New("outside the years 1 to 9999")
)

// The first and the last day: 0001-01-01 and 9999-12-31.
const (
	FirstDay Day = 1
	LastDay  Day = 3652059
)

// A Day is a civil day of the proleptic Gregorian calendar: the number of days since the eve of 0001-01-01, from
// FirstDay to LastDay. It belongs to no zone. The zero value is no day. Days compare as numbers, and d - e is
// the number of days from e to d; to move a day use [Day.AddDays], which does not move "no day".
type Day int32

// NewDay is the day with this year, month (1 to 12) and day of the month (from 1). It fails with ErrRange when
// the year is not 1 to 9999, and with ErrNoSuchDay when that year has no such day.
//
//	NewDay(d.Civil()) == d
func NewDay(year, month, day int) (Day, error) {
	switch {
	case year < 1 || year > 9999:
		return 0, fmt.Errorf("%w: no year %d", ErrRange, year)
	case month < 1 || month > 12:
		return 0, fmt.Errorf("%w: no month %d", ErrNoSuchDay, month)
	case day < 1 || day > daysIn(year, month):
		return 0, fmt.Errorf("%w: no day %d in %04d-%02d, which has %d", ErrNoSuchDay, day, year, month, daysIn(year, month))
	}
	return dayNumber(year, month, day), nil
}

// dayNumber counts from a year that begins in March, so that the leap day is its last; month 13 is the next
// January. The 30.6 days of (153m+2)/5 spread the lengths of the months (Hinnant, chrono-compatible
// low-level date algorithms).
func dayNumber(year, month, day int) Day {
	if month < 3 {
		year, month = year-1, month+12
	}
	return Day(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 306)
}

func daysIn(year, month int) int {
	return int(dayNumber(year, month+1, 1) - dayNumber(year, month, 1))
}

// Civil is the year, the month and the day of the month of d; all 0 when d is no day.
func (d Day) Civil() (year, month, day int) {
	if !d.exists() {
		return 0, 0, 0
	}
	since := int(d) + 305 // days since 0000-03-01
	era, since := since/146097, since%146097
	year = (since - since/1460 + since/36524 - since/146096) / 365
	since -= 365*year + year/4 - year/100
	month = (5*since + 2) / 153 // 0 is March
	day = since - (153*month+2)/5 + 1
	return 400*era + year + month/10, (month+2)%12 + 1, day
}

func (d Day) exists() bool { return FirstDay <= d && d <= LastDay }

// IsZero reports whether d is no day.
func (d Day) IsZero() bool { return d == 0 }

// AddDays is the day n days after d, or before it when n < 0; no day when d is none or the result would lie
// before FirstDay or after LastDay.
func (d Day) AddDays(n int) Day {
	sum := int64(d) + int64(n) // should it wrap, it is negative
	if !d.exists() || sum < int64(FirstDay) || sum > int64(LastDay) {
		return 0
	}
	return Day(sum)
}

// ParseDay reads a day written as 2006-01-02, and nothing else. For every s that it accepts, and for every d
// from FirstDay to LastDay,
//
//	ParseDay(s).String() == s
//	ParseDay(d.String()) == d
//
// Its error is a *TextError, which matches ErrMalformed, ErrRange or ErrNoSuchDay.
func ParseDay(s string) (Day, error) {
	d, err := readDay(s)
	if err != nil {
		return 0, &TextError{What: "day", Text: s, Err: err}
	}
	return d, nil
}

func readDay(s string) (Day, error) {
	if !shaped(s, "0000-00-00") {
		return 0, fmt.Errorf("%w: want year, month and day, as in 2017-10-06", ErrMalformed)
	}
	return NewDay(int(number(s[:4])), int(number(s[5:7])), int(number(s[8:])))
}

// shaped reports whether s is like shape, where a 0 stands for any digit and all else for itself.
func shaped(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(s) {
		digit := shape[i] == '0' && '0' <= s[i] && s[i] <= '9'
		if !digit && (shape[i] == '0' || s[i] != shape[i]) {
			return false
		}
	}
	return true
}

// String is d written as 2006-01-02, and "" when d is no day.
func (d Day) String() string {
	var buf [len("2006-01-02")]byte
	b, err := d.AppendText(buf[:0])
	if err != nil {
		return fmt.Sprintf("Day(%d)", int32(d))
	}
	return string(b)
}

// AppendText appends d.String() to b. It fails with ErrRange, and appends nothing, when d is neither 0 nor
// from FirstDay to LastDay.
func (d Day) AppendText(b []byte) ([]byte, error) {
	switch {
	case d == 0:
		return b, nil
	case !d.exists():
		return b, fmt.Errorf("day number %d: %w", int32(d), ErrRange)
	}
	year, month, day := d.Civil()
	b = append(appendDigits(b, year, 4), '-')
	b = append(appendDigits(b, month, 2), '-')
	return appendDigits(b, day, 2), nil
}

// appendDigits appends the last width digits of n, 7 at most.
func appendDigits(b []byte, n, width int) []byte {
	b = append(b, "0000000"[:width]...)
	for i := len(b) - 1; width > 0; i, width = i-1, width-1 {
		b[i] += byte(n % 10)
		n /= 10
	}
	return b
}

// MarshalText is [Day.AppendText] to nothing.
func (d Day) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// UnmarshalText is [ParseDay], save that "" is no day: what MarshalText gives is always read back. It leaves d
// alone when it fails.
func (d *Day) UnmarshalText(text []byte) (err error) {
	var read Day
	if len(text) > 0 {
		read, err = ParseDay(string(text))
	}
	if err == nil {
		*d = read
	}
	return err
}

// Precision is how well a date is known.
type Precision uint8

// A date is known to the day, or only as a month, or only as a year.
const (
	PrecisionDay Precision = iota
	PrecisionMonth
	PrecisionYear
)

// unsaid is what a date of each precision leaves out of the first day it may be.
var unsaid = [...]string{PrecisionDay: "", PrecisionMonth: "-01", PrecisionYear: "-01-01"}

// String is "day", "month" or "year".
func (p Precision) String() string {
	switch p {
	case PrecisionDay:
		return "day"
	case PrecisionMonth:
		return "month"
	case PrecisionYear:
		return "year"
	}
	return fmt.Sprintf("Precision(%d)", uint8(p))
}

// A Date is a day as well as it is known: some day of [First, End()). First is the first day of its month when
// Precision is PrecisionMonth, and of its year when it is PrecisionYear; [ParseDate] and [OnDay] see to it. The
// zero value is no date.
type Date struct {
	First     Day
	Precision Precision
}

// OnDay is the date known to be d.
func OnDay(d Day) Date { return Date{First: d} }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// End is the first day after those d can be: the next day, the first of the next month, or of the next year;
// 0 when d is no date. When d can be LastDay it is LastDay + 1, which compares and counts like a day, but
// is none: Civil gives zeros and the text codec refuses it.
func (d Date) End() Day {
	year, month, day := d.First.Civil()
	switch {
	case year == 0:
		return 0
	case d.Precision == PrecisionMonth:
		return dayNumber(year, month+1, 1)
	case d.Precision == PrecisionYear:
		return dayNumber(year+1, 1, 1)
	}
	return dayNumber(year, month, day+1)
}

// Doubtful reports whether at lies in the interval that d leaves open: whether d is less precise than a day
// and at is in [First, End()).
func (d Date) Doubtful(at Day) bool {
	return d.Precision != PrecisionDay && d.First <= at && at < d.End()
}

// ParseDate reads a day, a month or a year, written as 2006-01-02, 2006-01 or 2006, and nothing else. For every
// s that it accepts, and for every d that has a text,
//
//	ParseDate(s).String() == s
//	ParseDate(d.String()) == d
//
// Its error is a *TextError, which matches ErrMalformed, ErrRange or ErrNoSuchDay.
func ParseDate(s string) (Date, error) {
	d, err := readDate(s)
	if err != nil {
		return Date{}, &TextError{What: "date", Text: s, Err: err}
	}
	return d, nil
}

func readDate(s string) (Date, error) {
	for p, rest := range unsaid {
		if shaped(s, "0000-00-00"[:len("0000-00-00")-len(rest)]) {
			first, err := readDay(s + rest)
			return Date{first, Precision(p)}, err
		}
	}
	return Date{}, fmt.Errorf("%w: want a day, a month or a year, as in 2017-10-06, 2017-10 or 2017", ErrMalformed)
}

// String is d written as [ParseDate] reads it, and "" when d is no date.
func (d Date) String() string {
	var buf [len("2006-01-02")]byte
	b, err := d.AppendText(buf[:0])
	if err != nil {
		return fmt.Sprintf("Date(%v, %v)", d.First, d.Precision)
	}
	return string(b)
}

// AppendText appends d.String() to b. It fails, and appends nothing, when d could not be read back: when First
// is not a day, or not the first one that its precision allows.
func (d Date) AppendText(b []byte) ([]byte, error) {
	day, err := d.First.AppendText(b)
	if err != nil {
		return b, err
	}
	if int(d.Precision) >= len(unsaid) || !strings.HasSuffix(string(day[len(b):]), unsaid[d.Precision]) {
		return b, fmt.Errorf("date: %q is not the first day of a %v", day[len(b):], d.Precision)
	}
	return day[:len(day)-len(unsaid[d.Precision])], nil
}

// MarshalText is [Date.AppendText] to nothing.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// UnmarshalText is [ParseDate], save that "" is no date: what MarshalText gives is always read back. It leaves
// d alone when it fails.
func (d *Date) UnmarshalText(text []byte) (err error) {
	var read Date
	if len(text) > 0 {
		read, err = ParseDate(string(text))
	}
	if err == nil {
		*d = read
	}
	return err
}

// A Period is the days of [From, To): From is its first day, To the first day after it. To = 0 leaves it open
// at the end, From = 0 at the beginning, so the zero value holds every day. When To <= From, and To is not
// 0, it holds none.
type Period struct{ From, To Day }

// Contains reports whether d is a day of p; no day is in no period.
func (p Period) Contains(d Day) bool {
	return d.exists() && p.From <= d && (p.To == 0 || d < p.To)
}

// Overlaps reports whether some day is in both p and q: if one is, the later of their first days is.
func (p Period) Overlaps(q Period) bool {
	first := max(p.From, q.From, FirstDay)
	return p.Contains(first) && q.Contains(first)
}
