package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// serialDate gives the day that a spreadsheet counts as a number of days, since the last day of 1899 or the first of 1904.
// Before the March of 1900 Excel counts a day that never was; nobody has order forms of then, and ok is false.
func serialDate(text string, since1904 bool) (day string, ok bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || n < 61 || n >= 2958466 { // up to 9999-12-31
		return "", false
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if since1904 {
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return first.AddDate(0, 0, int(n)).Format(time.DateOnly), true
}

// isDateFormat says whether a format of numbers shows days: whether it has a day, a month or a year outside quotes,
// brackets and escapes.
func isDateFormat(code string) bool {
	code, _, _ = strings.Cut(strings.ToLower(code), ";")
	skip := byte(0)
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case skip != 0:
			if c == skip {
				skip = 0
			}
		case c == '"':
			skip = '"'
		case c == '[':
			skip = ']'
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == 'd' || c == 'y':
			return true
		case c == 'a' && strings.HasPrefix(code[i:], "aaaa"): // a year, as a French Excel may write it
			return true
		}
	}
	return false
}

// isBuiltInDate says whether a number format that needs no words is one of days (ECMA-376, part 1, 18.8.30).
func isBuiltInDate(id int) bool {
	return 14 <= id && id <= 17 || id == 22 || 27 <= id && id <= 31 || id == 36 || 50 <= id && id <= 58
}

// plainNumber writes a number of a spreadsheet, which may stand as 1.2E3 or 0.30000000000000004, in plain digits.
func plainNumber(text string) string {
	if strings.Trim(text, "0123456789") == "" {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || math.Abs(n) >= 1e15 {
		return text
	}
	return strconv.FormatFloat(roundTo15(n), 'f', -1, 64)
}

// roundTo15 keeps the fifteen digits that spreadsheets show.
func roundTo15(n float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
	if err != nil {
		return n
	}
	return r
}
