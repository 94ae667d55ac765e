package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A vote corrected after the decision was proclaimed leaves it as it was; a recount tells what it would have been.
func TestARecountSeesACorrectedVote(t *testing.T) {
	g, on := &Group{}, "2023-03-20"
	tell(t, g, cogouv(moreThanHalf())...)
	tell(t, g, said{on, &ItemPutToVote{Item: "1", Sitting: "s"}}, said{on, votesOf("1", map[string][]string{SenseFor: {"region", "cea", "moselle"}})}, said{on, &VoteClosed{Item: "1", Sitting: "s"}})
	decision, vote := g.Head(), g.Head()-2
	recounted, ok := g.Recount(decision, Latest)
	require.True(t, ok)
	assert.Equal(t, Adopted, recounted.Outcome)
	other := votesOf("1", map[string][]string{SenseFor: {"region", "cea"}, SenseAgainst: {"moselle"}})
	tell(t, g, said{"2023-05-02", &EventCorrected{Kind: Clerical, Reason: "read aloud wrongly", Target: vote, Replacement: &Event{date(t, on), other}}})
	recounted, ok = g.Recount(decision, Latest)
	require.True(t, ok)
	assert.Equal(t, Rejected, recounted.Outcome)
	d, _ := g.Decision(decision, Now(dayNumber(2023, 6, 1)))
	assert.Equal(t, Adopted, d.Outcome, "as it was proclaimed")
	before, _ := g.Recount(decision, decision)
	assert.Equal(t, Adopted, before.Outcome)
	_, ok = g.Recount(vote, Latest)
	assert.False(t, ok)
}
