package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	. "registre/domain"
	"registre/domain/domaintest"
)

// The spans of all order forms, taken on a day, are the lines that count on it.
func TestLineSpansAreTheLinesOfEachDay(t *testing.T) {
	ended, several := 0, 0
	for seed := range uint64(60) {
		pick := domaintest.Seeded(seed)
		events := domaintest.Events(pick, 80)
		g := folded(events)
		for range 6 {
			known := uint64(pick(len(events) + 1))
			for at := domaintest.First - 1; at < domaintest.First+Day(domaintest.Days)+2; at++ {
				q := Pair{At: at, Known: known}
				want := map[OrderNumber]map[LineKey]EnrolledLine{}
				for _, l := range g.EnrolledLines(q, nil) {
					if want[l.Order] == nil {
						want[l.Order] = map[LineKey]EnrolledLine{}
					}
					want[l.Order][l.LineKey] = l
				}
				for _, o := range g.Orders(Now(LastDay)) {
					keys, has := map[LineKey]int{}, 0
					for _, s := range g.LineSpans(o.Number, known) {
						require.Less(t, s.From, s.Until)
						keys[s.LineKey]++
						if s.Until < o.Until {
							ended++
						}
						if s.From > at || at >= s.Until {
							continue
						}
						line, there := want[o.Number][s.LineKey]
						require.True(t, there, "%v %v on %v", o.Number, s.LineKey, at)
						require.Equal(t, line.Line, s.Line)
						require.Equal(t, line.Event, s.Event)
						has++
					}
					require.Len(t, want[o.Number], has)
					for _, n := range keys {
						if n > 1 {
							several++
						}
					}
				}
			}
		}
	}
	require.Positive(t, ended, "some end before their order form")
	require.Positive(t, several, "some say another thing later")
}
