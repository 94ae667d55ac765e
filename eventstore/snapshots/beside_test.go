package snapshots_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/projections"
)

// What is written down is not touched: others read it meanwhile, and write it down too. The race detector sees it otherwise.
func TestAGroupIsWrittenDownBesideItsReaders(t *testing.T) {
	g := &domain.Group{}
	for _, e := range domaintest.Events(domaintest.Seeded(7), 200) {
		domain.Evolve(g, e)
	}
	first, err := g.AppendSnapshot(nil)
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			b, err := g.AppendSnapshot(nil)
			require.NoError(t, err)
			require.True(t, bytes.Equal(first, b))
		})
		all.Go(func() {
			q := projections.Question{Group: "g", At: domaintest.First + domaintest.Days, Known: domain.Latest}
			_ = projections.Members(g, q, true)
			_ = projections.Avenants(g, q, true)
			_ = projections.Orders(g, q, true)
			_ = projections.Rules(g, q, "", true)
			_ = projections.Enrolment(g, q, projections.EnrolmentAsked{Selection: domain.Selection{By: []domain.Dimension{domain.ByMember, domain.ByCycle}}, Lines: true})
		})
	}
	all.Wait()
}
