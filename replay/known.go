package replay

import (
	"fmt"
	"strconv"
	"strings"

	"registre/domain"
)

// A Known says what a question may know: all there is, everything up to a number, or what was recorded by an instant.
// The zero Known is all there is.
type Known struct {
	limit   limit
	number  uint64
	instant domain.Instant
}

type limit uint8

const (
	unlimited limit = iota
	byNumber
	byInstant
)

// UpTo knows the events 1 to n. UpTo(0) knows nothing.
func UpTo(n uint64) Known { return Known{limit: byNumber, number: n} }

// By knows what was recorded at or before t.
func By(t domain.Instant) Known { return Known{limit: byInstant, instant: t} }

// Instant is the instant by which k knows; ok is false where it is not limited by one.
func (k Known) Instant() (t domain.Instant, ok bool) { return k.instant, k.limit == byInstant }

// Number is the number up to which k knows; ok is false where it is not limited by one.
func (k Known) Number() (n uint64, ok bool) { return k.number, k.limit == byNumber }

// ParseKnown reads #N, a day, which means its end in Paris, or an instant as in RFC 3339; "" is all there is. Its error is
// a *domain.TextError.
func ParseKnown(s string) (Known, error) {
	if s == "" {
		return Known{}, nil
	}
	if digits, ok := strings.CutPrefix(s, "#"); ok {
		n, err := strconv.ParseUint(digits, 10, 53)
		if err != nil || strconv.FormatUint(n, 10) != digits {
			return Known{}, &domain.TextError{What: "number", Text: s, Err: domain.ErrMalformed}
		}
		return UpTo(n), nil
	}
	if len(s) == len("2006-01-02") {
		day, err := domain.ParseDay(s)
		return By(domain.EndOfDay(day)), err
	}
	t, err := domain.ParseRFC3339(s)
	return By(t), err
}

// A BeyondError says that a question would know an event that the register does not have yet.
type BeyondError struct{ Number, Head uint64 }

func (e *BeyondError) Error() string {
	return fmt.Sprintf("event %d is beyond the register's last, %d", e.Number, e.Head)
}

// Resolve gives the number of the last event that k knows; 0 where it knows none. It fails with a *BeyondError for a number
// that the register has not reached. An instant after the last event gives the last; whether another can still be recorded
// by then, only the ledger can say.
func (b *Book) Resolve(k Known) (uint64, error) {
	switch k.limit {
	case byNumber:
		if k.number > b.Head() {
			return 0, &BeyondError{Number: k.number, Head: b.Head()}
		}
		return k.number, nil
	case byInstant:
		return b.Register.Number(k.instant), nil
	}
	return b.Head(), nil
}
