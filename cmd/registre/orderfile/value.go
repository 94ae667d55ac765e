package orderfile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// What can be wrong with a cell; the codes are stable.
const (
	BadHeadcount = "bad-headcount"
	BadDay       = "bad-day"
	TwoDigitYear = "two-digit-year"
	BadAmount    = "bad-amount"
	TooMuch      = "too-much" // a price that for so many pupils is beyond what a line can come to
	BadUAI       = "bad-uai"
	BadKind      = "bad-kind"
	BadID        = "bad-id"
	Uncomputed   = "uncomputed" // a formula that nobody has computed
	InMerged     = "in-merged"  // a headcount in a cell that is merged with others
	Required     = "required"
	NoColumn     = "no-column"    // and nothing else says it for every row
	Contradicts  = "contradicts"  // another row says otherwise of the same order form
	Outside      = "outside"      // the line counts on days that its order form does not cover
	Twice        = "twice"        // another row has the same school and cycle in the same order form
	ColumnTwice  = "column-twice" // another column says the same
)

// wrong is why a value will not do; hint is what might be meant, "" where nobody can tell.
type wrong struct{ code, hint string }

func (w *wrong) Error() string { return strings.TrimSpace(w.code + " " + w.hint) }

// unknowns are what stands for a headcount that is not known, or not told. In statistics of schools, s is what is kept
// secret because it is small.
var unknowns = []string{"", "-", "–", "—", "s", "ns", "nd", "n.d.", "n.d", "n/d", "nc", "n.c.", "n.c", "na", "n/a", "n.a.", "?", "x", "inconnu", "nonconnu", "noncommuniqué", "noncommunique", "unknown", "secret"}

// headcount reads a number of pupils. known is false where it is not told.
func headcount(text string) (n uint32, known bool, err error) {
	text = compact(text)
	if slices.Contains(unknowns, strings.ToLower(text)) || strings.HasPrefix(text, "<") {
		return 0, false, nil
	}
	digits := text
	if whole, part, has := cutDecimal(text); has && part != "" && strings.Trim(part, "0") == "" {
		digits = whole
	}
	count, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || digits[0] == '+' {
		return 0, false, &wrong{code: BadHeadcount, hint: nearest(text)}
	}
	return uint32(count), true, nil
}

// nearest is the whole number that a text might mean.
func nearest(text string) string {
	if whole, part, has := cutDecimal(text); has && allDigits(whole) && allDigits(part) {
		if len(part) == 3 {
			return "" // of thousands, or of one and a little: nobody can tell
		}
		return whole
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// compact takes off all white space, however thin, that stands within a number, and the apostrophes of the Swiss.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u202f' || r == '\u00a0' || r == '\u2009' || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, text)
}

func cutDecimal(text string) (whole, part string, has bool) {
	if i := strings.LastIndexAny(text, ",."); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

func allDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

var months = []string{"janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"}

// day reads a day, and gives it as 2022-09-01.
func day(text string) (string, error) {
	text = strings.TrimSpace(text)
	if rest, _, timed := strings.Cut(text, " 00:00"); timed {
		text = rest
	}
	if word := Plain(text); strings.IndexFunc(word, unicode.IsLetter) >= 0 {
		return inWords(word)
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/-. ", r) })
	if len(parts) != 3 || !allDigits(parts[0]) || !allDigits(parts[1]) || !allDigits(parts[2]) {
		return "", &wrong{code: BadDay, hint: serialHint(text)}
	}
	if len(parts[0]) == 4 {
		return composed(parts[0], parts[1], parts[2])
	}
	if len(parts[2]) == 2 {
		hint, _ := composed("20"+parts[2], parts[1], parts[0])
		return "", &wrong{code: TwoDigitYear, hint: hint}
	}
	return composed(parts[2], parts[1], parts[0])
}

// inWords reads "1er septembre 2022", as Plain writes it.
func inWords(word string) (string, error) {
	parts := strings.Fields(word)
	if len(parts) == 4 { // "jeudi 1er septembre 2022"
		parts = parts[1:]
	}
	if len(parts) == 3 {
		month := slices.IndexFunc(months, func(m string) bool {
			return m == parts[1] || len(parts[1]) >= 3 && strings.HasPrefix(m, parts[1]) && parts[1] != "jui"
		})
		if month >= 0 {
			return composed(parts[2], strconv.Itoa(month+1), strings.TrimSuffix(parts[0], "er"))
		}
	}
	return "", &wrong{code: BadDay}
}

// composed is the day of these numbers.
func composed(year, month, dayOfMonth string) (string, error) {
	y, errY := strconv.Atoi(year)
	m, errM := strconv.Atoi(month)
	d, errD := strconv.Atoi(dayOfMonth)
	if errors.Join(errY, errM, errD) != nil || len(year) != 4 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return "", &wrong{code: BadDay}
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d), nil
}

// amount reads an amount in hundredths, of the euro where no other currency stands behind it.
func amount(text string) (cents int64, currency string, err error) {
	text, currency = compact(text), "EUR"
	for _, tax := range []string{"HT", "TTC"} {
		text = strings.TrimSuffix(text, tax)
	}
	for _, sign := range []string{"€", "EUR", "eur", "euros", "euro", "Euros", "Euro"} {
		text = strings.TrimSuffix(text, sign)
	}
	if n := len(text) - 3; n > 0 && strings.IndexFunc(text[n:], func(r rune) bool { return r < 'A' || r > 'Z' }) < 0 {
		text, currency = text[:n], text[n:]
	}
	whole, part, _ := cutDecimal(text)
	if !allDigits(whole) || part != "" && !allDigits(part) || len(strings.TrimRight(part, "0")) > 2 {
		return 0, "", &wrong{code: BadAmount}
	}
	cents, err = strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil {
		return 0, "", &wrong{code: BadAmount}
	}
	return cents, currency, nil
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// serialHint is the day that a number might mean which a spreadsheet shows where a cell is not formatted as a day.
func serialHint(text string) string {
	n, err := strconv.Atoi(compact(text))
	if err != nil || n < 30000 || n > 70000 {
		return ""
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly)
}
