package orderfile

import (
	"slices"
	"strconv"
	"strings"

	"registre/cmd/registre/typed"
)

// What can be wrong with a cell; the codes are stable.
const (
	BadHeadcount = "bad-headcount"
	BadDay       = typed.BadDay
	TwoDigitYear = typed.TwoDigitYear
	BadAmount    = typed.BadAmount
	TwoReadings  = typed.TwoReadings
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

// unknowns are what stands for a headcount that is not known, or not told. In statistics of schools, s is what is kept
// secret because it is small.
var unknowns = []string{"", "-", "–", "—", "s", "ns", "nd", "n.d.", "n.d", "n/d", "nc", "n.c.", "n.c", "na", "n/a", "n.a.", "?", "x", "inconnu", "nonconnu", "noncommuniqué", "noncommunique", "unknown", "secret"}

// headcount reads a number of pupils. known is false where it is not told.
func headcount(text string) (n uint32, known bool, err error) {
	text = typed.Compact(text)
	if slices.Contains(unknowns, strings.ToLower(text)) || strings.HasPrefix(text, "<") {
		return 0, false, nil
	}
	digits := text
	if whole, part, has := typed.CutDecimal(text); has && part != "" && strings.Trim(part, "0") == "" {
		digits = whole
	}
	count, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || digits[0] == '+' {
		return 0, false, &typed.Wrong{Code: BadHeadcount, Hint: nearest(text)}
	}
	return uint32(count), true, nil
}

// nearest is the whole number that a text might mean.
func nearest(text string) string {
	if whole, part, has := typed.CutDecimal(text); has && typed.AllDigits(whole) && typed.AllDigits(part) {
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
