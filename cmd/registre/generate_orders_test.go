package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

func TestOrderingIsAccepted(t *testing.T) {
	g, o, again := &domain.Group{}, newOrdering(8, 3, 20_000), newOrdering(8, 3, 20_000)
	kinds := map[string]int{}
	for {
		c, ok := o.command()
		other, _ := again.command()
		if !ok {
			break
		}
		require.Equal(t, c, other, "the same seed makes the same commands")
		events, err := domain.Enact(g, c)
		require.NoError(t, err, "%d: %+v", o.made, c.Act)
		require.Len(t, events, 1)
		require.Contains(t, c.Illustrative, "inventé")
		kinds[typeName(c.Act)]++
	}
	require.Equal(t, o.events, g.Head())
	require.GreaterOrEqual(t, o.lines, 20_000)
	require.Less(t, o.lines, 20_000+2*mostLines)
	require.GreaterOrEqual(t, o.year, 2023, "ten school years, or nearly")
	for _, kind := range []string{
		"GroupFounded", "AgreementLaunched", "AgreementRenewed", "SchoolOpened", "SchoolDescribed", "SchoolMoved", "SchoolsMerged",
		"MembersSucceeded", "OrderIssued", "OrderAmended", "OrderCancelled", "EventCorrected",
	} {
		require.Positive(t, kinds[kind], kind)
	}
	var unknown, twice int64
	for year := 2015; year < 2024; year++ {
		total, _ := g.Enrolment(domain.Now(on(year, 11, 20)), domain.Selection{})
		unknown, twice = unknown+int64(total.Unknown), twice+total.Gross-total.Distinct
	}
	require.Positive(t, unknown)
	require.Positive(t, twice)
}
