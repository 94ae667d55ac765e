package typed

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What else can be wrong.
const (
	BadHour     = "bad-hour"
	BadInstant  = "bad-instant"
	BadNumber   = "bad-number"
	TwoReadings = "two-readings" // the hint names them, a tab between
)

var hour = regexp.MustCompile(`^([0-9]{1,2}) ?(?:[hH] ?([0-9]{0,2})|:([0-9]{2}))$`)

// Hour reads a time of day, and gives it as 14:30.
func Hour(text string) (string, error) {
	parts := hour.FindStringSubmatch(spaced(text))
	if parts == nil {
		return "", &Wrong{Code: BadHour}
	}
	h, _ := strconv.Atoi(parts[1])
	minutes := parts[2] + parts[3]
	m, _ := strconv.Atoi("0" + minutes)
	switch {
	case h > 23 || m > 59:
		return "", &Wrong{Code: BadHour}
	case len(minutes) == 1 && m < 6:
		return "", &Wrong{Code: TwoReadings, Hint: fmt.Sprintf("%02d:%02d\t%02d:%02d", h, m, h, m*10)}
	case len(minutes) == 1:
		return "", &Wrong{Code: BadHour, Hint: fmt.Sprintf("%02d:%02d", h, m)}
	}
	return fmt.Sprintf("%02d:%02d", h, m), nil
}

// spaced is a text with one plain space wherever it has any, however thin, and none at its ends.
func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// Instant reads a day and a time of day by the clock in a place, and gives it as 2026-11-20T14:30:00+01:00. An hour that the
// clock passes over, or that comes twice, is none.
func Instant(text string, in *time.Location) (string, error) {
	text = spaced(text)
	i := strings.LastIndexFunc(text, func(r rune) bool { return r == ' ' })
	// the hour may have a space of its own: 14 h 30
	for ; i > 0; i = strings.LastIndexByte(text[:i], ' ') {
		of, err := Day(strings.TrimSuffix(strings.TrimSuffix(text[:i], " à"), " at"))
		if err != nil {
			continue
		}
		clock, err := Hour(text[i+1:])
		if err != nil {
			return "", err
		}
		return onClock(of+" "+clock, in)
	}
	return "", &Wrong{Code: BadInstant}
}

// onClock is the instant at which a clock shows a day and a time of day.
func onClock(shown string, in *time.Location) (string, error) {
	const form = "2006-01-02 15:04"
	t, err := time.ParseInLocation(form, shown, in)
	if err != nil || t.Format(form) != shown {
		return "", &Wrong{Code: BadInstant}
	}
	for _, other := range []time.Time{t.Add(-time.Hour), t.Add(time.Hour)} {
		if other.Format(form) == shown {
			first, last := t, other
			if last.Before(first) {
				first, last = last, first
			}
			return "", &Wrong{Code: TwoReadings, Hint: first.Format(time.RFC3339) + "\t" + last.Format(time.RFC3339)}
		}
	}
	return t.Format(time.RFC3339), nil
}

// Number reads a number of voices, and gives it with a point: 4.5. A fraction, and what has no comma, stays as it is.
func Number(text string) (string, error) {
	whole, part, comma := strings.Cut(text, ",")
	switch {
	case !comma:
		return text, nil
	case !AllDigits(whole) || !AllDigits(part):
		return "", &Wrong{Code: BadNumber}
	case len(part) == 3 && len(whole) <= 3 && whole != "0":
		return "", &Wrong{Code: TwoReadings, Hint: whole + "." + part + "\t" + whole + part}
	}
	return whole + "." + part, nil
}

var figure = regexp.MustCompile(`^[0-9]{1,15}([.][0-9]{1,15}|/[0-9]{1,15})?$`)

// Figure reads a number of a table as people write it: 4,5 or 4.50, 9/2, 12 345. It is compared, and never recorded.
func Figure(text string) (*big.Rat, bool) {
	text = strings.Replace(Compact(text), ",", ".", 1)
	if !figure.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// Apart takes a list apart whose members are separated by commas, as a=4,5,b=2: a comma before digits alone is that of the
// decimals of the number before it.
func Apart(list string) (all []string) {
	joined := false
	for s := range strings.SplitSeq(list, ",") {
		last := len(all) - 1
		if AllDigits(s) && last >= 0 && !joined && endsInNumber(all[last]) {
			all[last] += "," + s
			joined = true
			continue
		}
		all, joined = append(all, s), false
	}
	return all
}

// endsInNumber says that a text ends in a number that something names: a=4, cea=for:1.
func endsInNumber(text string) bool {
	i := strings.LastIndexAny(text, "=:")
	return i >= 0 && strings.Trim(text[i+1:], "0123456789.") == "" && i+1 < len(text)
}
