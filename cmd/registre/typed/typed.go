package typed

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What can be wrong with a day or an amount; the codes are stable.
const (
	BadDay       = "bad-day"
	TwoDigitYear = "two-digit-year"
	BadAmount    = "bad-amount"
)

// Wrong is why a text will not do; Hint is what might be meant, "" where nobody can tell.
type Wrong struct{ Code, Hint string }

func (w *Wrong) Error() string { return strings.TrimSpace(w.Code + " " + w.Hint) }

var ligatures = strings.NewReplacer("œ", "oe", "Œ", "oe", "nº", "n ", "N°", "n ")

// small are the words that a name says nothing by.
var small = []string{"de", "des", "d", "du", "la", "le", "les", "l", "en", "of", "the"}

// Plain is a name without accents, case, signs and small words: "N° de bon de commande" becomes "n bon commande". What
// stands in brackets is a remark.
func Plain(name string) string {
	if before, _, found := strings.Cut(name, "("); found && strings.TrimSpace(before) != "" {
		name = before
	}
	letters := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == '°' || r == 'º': // n°
			return ' '
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFD.String(ligatures.Replace(name)))
	words := strings.Fields(letters)
	if len(words) > 1 {
		words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(small, w) })
	}
	return strings.Join(words, " ")
}

// Compact takes off all white space, however thin, that stands within a number, and the apostrophes of the Swiss.
func Compact(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, text)
}

func CutDecimal(text string) (whole, part string, has bool) {
	if i := strings.LastIndexAny(text, ",."); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

func AllDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

var months = []string{"janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"}

// Day reads a day, and gives it as 2022-09-01.
func Day(text string) (string, error) {
	text = strings.TrimSpace(text)
	if rest, _, timed := strings.Cut(text, " 00:00"); timed {
		text = rest
	}
	if word := Plain(text); strings.IndexFunc(word, unicode.IsLetter) >= 0 {
		return inWords(word)
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/-. ", r) })
	if len(parts) != 3 || !AllDigits(parts[0]) || !AllDigits(parts[1]) || !AllDigits(parts[2]) {
		return "", &Wrong{Code: BadDay, Hint: serialHint(text)}
	}
	if len(parts[0]) == 4 {
		return composed(parts[0], parts[1], parts[2])
	}
	if len(parts[2]) == 2 {
		hint, _ := composed("20"+parts[2], parts[1], parts[0])
		return "", &Wrong{Code: TwoDigitYear, Hint: hint}
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
	return "", &Wrong{Code: BadDay}
}

// composed is the day of these numbers.
func composed(year, month, dayOfMonth string) (string, error) {
	y, errY := strconv.Atoi(year)
	m, errM := strconv.Atoi(month)
	d, errD := strconv.Atoi(dayOfMonth)
	if errors.Join(errY, errM, errD) != nil || len(year) != 4 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return "", &Wrong{Code: BadDay}
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d), nil
}

// Amount reads an amount in hundredths, of the euro where no other currency stands behind it. Three digits behind a comma or a point
// may be decimals, or thousands.
func Amount(text string) (cents int64, currency string, err error) {
	whole, part, currency := amountOf(text)
	if !AllDigits(whole) || part != "" && !AllDigits(part) || len(strings.TrimRight(part, "0")) > 2 {
		return 0, "", &Wrong{Code: BadAmount}
	}
	cents, err = strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil {
		return 0, "", &Wrong{Code: BadAmount}
	}
	currency = cmp.Or(currency, "EUR")
	if len(part) == 3 {
		return 0, "", &Wrong{Code: TwoReadings, Hint: fmt.Sprintf("%s.%s %s\t%s%s.00 %[3]s", whole, part[:2], currency, whole, part)}
	}
	return cents, currency, nil
}

// Money reads an amount that says its currency, and gives it as 3.20 EUR.
func Money(text string) (string, error) {
	_, _, currency := amountOf(text)
	cents, _, err := Amount(text)
	switch {
	case currency == "":
		return "", &Wrong{Code: BadAmount}
	case err != nil:
		return "", err
	}
	return fmt.Sprintf("%d.%02d %s", cents/100, cents%100, currency), nil
}

// amountOf takes an amount apart; the currency is "" where it says none.
func amountOf(text string) (whole, part, currency string) {
	text = Compact(text)
	for _, tax := range []string{"HT", "TTC"} {
		text = strings.TrimSuffix(text, tax)
	}
	for _, sign := range []string{"€", "EUR", "eur", "euros", "euro", "Euros", "Euro"} {
		if rest, said := strings.CutSuffix(text, sign); said {
			text, currency = rest, "EUR"
		}
	}
	if n := len(text) - 3; n > 0 && strings.IndexFunc(text[n:], func(r rune) bool { return r < 'A' || r > 'Z' }) < 0 {
		text, currency = text[:n], text[n:]
	}
	whole, part, _ = CutDecimal(text)
	return whole, part, currency
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// serialHint is the day that a number might mean which a spreadsheet shows where a cell is not formatted as a day.
func serialHint(text string) string {
	n, err := strconv.Atoi(Compact(text))
	if err != nil || n < 30000 || n > 70000 {
		return ""
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly)
}
