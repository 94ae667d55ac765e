package archive

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// after gives an append of one event.
func after(group domain.GroupID, number uint64, body string) eventstore.Append {
	return eventstore.Append{Group: group, After: number, Bodies: [][]byte{[]byte(body)}}
}

// written writes appends, and gives the checkpoint that was signed while the other store wrote.
func written(t *testing.T, s *Store, appends ...eventstore.Append) *foreseen {
	t.Helper()
	for _, err := range s.Write(t.Context(), appends) {
		require.NoError(t, err)
	}
	return s.ahead
}

// TestSignedAhead: what was signed ahead is what the record is closed with, to the bit, however many groups it touches.
func TestSignedAhead(t *testing.T) {
	s, _, _ := begin(t, eventstore.NewMemory(), quick())
	require.Nil(t, written(t, s, after("a", 0, "1"), after("b", 0, "1")), "groups of which nothing is known yet")
	require.NoError(t, s.Sync(t.Context()))
	several := eventstore.Append{Group: "b", After: 2, Bodies: [][]byte{[]byte("3"), []byte("4"), []byte("5")}}
	for _, appends := range [][]eventstore.Append{{after("a", 1, "2")}, {after("b", 1, "2"), after("a", 2, "3"), several, after("a", 3, "4")}} {
		ahead := written(t, s, appends...)
		require.NotNil(t, ahead)
		require.NoError(t, s.Sync(t.Context()))
		require.Equal(t, string(ahead.signed), string(s.Checkpoint()))
		require.Nil(t, s.ahead)
	}
}

// TestForeseenWrongly: what was signed ahead of something that came otherwise is never shown; the checkpoint is that of the trees.
func TestForeseenWrongly(t *testing.T) {
	memory := eventstore.NewMemory()
	s, w, _ := begin(t, memory.Handle(), quick())
	written(t, s, after("a", 0, "1"), after("b", 0, "1"))
	require.NoError(t, s.Sync(t.Context()))

	require.NoError(t, memory.Write(t.Context(), []eventstore.Append{after("b", 1, "somebody else's")})[0])
	errs := s.Write(t.Context(), []eventstore.Append{after("a", 1, "2"), after("b", 1, "2")})
	require.NoError(t, errs[0])
	require.ErrorIs(t, errs[1], eventstore.ErrOvertaken)
	requireOwnCheckpoint(t, s, w)

	first := written(t, s, after("a", 2, "3"))
	require.Nil(t, written(t, s, after("a", 3, "4")), "the record has begun with something else")
	require.NotNil(t, first)
	requireOwnCheckpoint(t, s, w)
}

// TestSignedAheadByAnother: what somebody signed ahead who does not sign any more is signed anew.
func TestSignedAheadByAnother(t *testing.T) {
	s, _, _ := begin(t, eventstore.NewMemory(), quick())
	written(t, s, after("a", 0, "1"))
	require.NoError(t, s.Sync(t.Context()))
	ahead := written(t, s, after("a", 1, "2"))
	key, err := GenerateKey(ours)
	require.NoError(t, err)
	s.heads.signer, err = key.Signer(ours)
	require.NoError(t, err)
	require.NoError(t, s.Sync(t.Context()))
	require.NotEqual(t, string(ahead.signed), string(s.Checkpoint()))
	at, _, err := OpenCheckpoint(s.Checkpoint(), ours, key.PublicKey.Ring())
	require.NoError(t, err)
	require.Equal(t, ahead.at, at)
}

// requireOwnCheckpoint syncs, and requires that the checkpoint is that of the trees, and that events have receipts under it.
func requireOwnCheckpoint(t *testing.T, s *Store, w *worker) {
	t.Helper()
	require.NoError(t, s.Sync(t.Context()))
	at, _, err := OpenCheckpoint(s.Checkpoint(), ours, s.Keys())
	require.NoError(t, err)
	require.Equal(t, s.heads.checkpoint(), at)
	number := s.groups["a"].tree.size
	r, err := s.Receipt(t.Context(), "a", number)
	require.NoError(t, err)
	_, _, err = r.Check(s.groups["a"].bodies[number-1], ours, w.key.PublicKey.Ring())
	require.NoError(t, err)
}
