package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/domain/domaintest"
)

// Whatever happened, no line is told twice for knowns that follow each other.
func TestEveryLineIsToldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &domain.Group{}
		for _, e := range domaintest.Events(domaintest.Rapid(t), 200) {
			domain.Evolve(g, e)
		}
		begun := map[domain.LineEver]bool{}
		for l := range g.EveryLine() {
			l.Ended = 0
			begun[l] = true
		}
		for l := range g.EveryLine() {
			if l.Ended > 0 {
				l.Since, l.Ended = l.Ended, 0
				require.False(t, begun[l], "%+v", l)
			}
		}
	})
}

// Whatever happened, and whatever is asked: of all lines that ever counted those that hold at a pair are those in force then,
// and so are the double counts.
func TestEveryLineHoldsWhenItCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &domain.Group{}
		for _, e := range domaintest.Events(domaintest.Rapid(t), 120) {
			domain.Evolve(g, e)
		}
		for range 8 {
			q := domain.Pair{
				At:    domaintest.First + domain.Day(rapid.IntRange(-1, 3*domaintest.Days).Draw(t, "at")),
				Known: rapid.Uint64Range(0, g.Head()).Draw(t, "known"),
			}
			holds := func(l *domain.LineEver) bool {
				return l.From <= q.At && q.At < l.Until && l.Since <= q.Known && (l.Ended == 0 || q.Known < l.Ended)
			}
			type line struct {
				said  domain.Line
				order domain.OrderNumber
				event uint64
				who   domain.MemberID
				taken bool
			}
			want, got := map[line]int{}, map[line]int{}
			for _, l := range g.EnrolledLines(q, nil) {
				want[line{l.Line, l.Order, l.Event, l.Formerly, l.Taken}]++
			}
			taken := map[line]bool{}
			for d := range g.EveryDuplicate() {
				if holds(&d.LineEver) {
					key := line{d.Line, d.Order, d.Event, d.Member, false}
					require.False(t, taken[key], "at most one double count holds")
					require.NotZero(t, d.Later)
					taken[key] = true
				}
			}
			for l := range g.EveryLine() {
				if holds(&l) {
					key := line{l.Line, l.Order, l.Event, l.Member, false}
					key.taken = taken[key]
					got[key]++
				}
			}
			require.Equal(t, want, got, "%v", q)
		}
	})
}
