package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A school merges into one that nothing was ordered for until then. An order form for it takes the pupils of the one before; that
// one is voided, and then the other: no pupil is left, and nothing is counted twice.
func TestAnOrderForASchoolThatOthersMergedIntoFirst(t *testing.T) {
	g := smallGroup(t)
	euros := Ceiling{Amount: Money{cents: 100000, currency: [3]byte{'E', 'U', 'R'}}}
	tell(
		t, g, said{"2020-04-01", &AgreementLaunched{Agreement: "open", Ceiling: euros, Contractor: editor, Title: "T", Until: april}},
		said{"2020-04-01", &SchoolOpened{facts, one}}, said{"2020-04-01", &SchoolOpened{facts, two}},
		said{"2020-07-01", ordering("O-1", "a", "open", september, april, Money{}, one)},
	)
	first := g.Head()
	tell(
		t, g, said{"2020-10-01", &SchoolsMerged{Into: two, Schools: []UAI{one}}},
		said{"2020-11-01", because(ordering("O-2", "b", "open", dayNumber(2020, 11, 1), april, Money{}, two), "r", "r")},
	)
	second := g.Head()
	pupils := func() []int64 {
		total, _ := g.Enrolment(Now(dayNumber(2020, 12, 1)), Selection{})
		return []int64{int64(total.Gross), int64(total.Distinct)}
	}
	assert.Equal(t, []int64{20, 10}, pupils())
	tell(t, g, said{"2020-12-01", void(first)})
	assert.Equal(t, []int64{10, 10}, pupils())
	tell(t, g, said{"2020-12-01", void(second)})
	assert.Equal(t, []int64{0, 0}, pupils())
}
