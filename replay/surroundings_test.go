package replay_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/eventstore"
	"registre/replay"
)

// drawnEnvelopes are the events of one group, of which all that stands around the act is drawn.
func drawnEnvelopes(r *rapid.T) (all []eventstore.Envelope) {
	text := rapid.OneOf(rapid.Just(""), rapid.SampledFrom([]string{"a", "le maire", "é"}), rapid.StringN(0, 40, 200))
	long := rapid.Map(rapid.IntRange(0, 40_000), func(n int) string { return strings.Repeat("x", n) })
	at := domain.FirstInstant
	for n := range rapid.IntRange(1, 60).Draw(r, "events") {
		at += domain.Instant(rapid.Int64Range(1, 1e9).Draw(r, "later"))
		e := eventstore.Envelope{
			Group: "g", Number: uint64(n) + 1, ID: drawnID(r), Command: drawnID(r), Type: text.Draw(r, "type"), Version: rapid.IntRange(0, 300).Draw(r, "version"),
			Effective: domain.OnDay(domain.Day(rapid.IntRange(1, 1e6).Draw(r, "day"))), Recorded: at, Actor: text.Draw(r, "actor"),
			OnBehalfOf: domain.MemberID(text.Draw(r, "behalf")), Illustrative: text.Draw(r, "illustrative"), Act: &domain.MemberSigned{Member: "a", Text: "b"},
		}
		switch rapid.IntRange(0, 3).Draw(r, "documents") {
		case 0:
		case 1:
			e.Evidence = []domain.Evidence{}
		default:
			for range rapid.IntRange(1, 4).Draw(r, "many") {
				e.Evidence = append(e.Evidence, domain.Evidence{
					Kind: text.Draw(r, "kind"), Reference: rapid.OneOf(text, long).Draw(r, "reference"), SHA256: domain.Hash{rapid.Byte().Draw(r, "sum")},
				})
			}
		}
		all = append(all, e)
	}
	return all
}

func drawnID(r *rapid.T) (id uuid.UUID) {
	copy(id[:], rapid.SliceOfN(rapid.Byte(), len(id), len(id)).Draw(r, "id"))
	return id
}

// What stands around the acts is given as it was recorded, event by event in whatever order, and one behind the other.
func TestABookGivesWhatItWasGiven(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := drawnEnvelopes(r)
		b, err := replay.Fold(inTurn(all))
		require.NoError(r, err)
		require.Equal(r, domain.GroupID("g"), b.ID())
		require.Equal(r, uint64(len(all)), b.Head())
		for range 20 {
			n := rapid.Uint64Range(1, b.Head()).Draw(r, "number")
			e := all[n-1]
			require.Equal(r, e, b.Envelope(n))
			require.Equal(r, e.Recorded, b.Recorded(n))
			require.Equal(r, e.Illustrative, b.Illustrative(n))
			require.Equal(r, all[:n], slices.Collect(b.Envelopes(n)))
			require.Equal(r, slices.ContainsFunc(all[:n], func(e eventstore.Envelope) bool { return e.Illustrative != "" }), b.IsIllustrative(n))
		}
		require.False(r, b.IsIllustrative(0))
	})
}
