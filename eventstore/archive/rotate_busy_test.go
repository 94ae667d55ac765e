package archive_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

func command(group domain.GroupID, act domain.Act) domain.Command {
	return domain.Command{ID: uuid.New(), Group: group, Actor: "a", Effective: domain.OnDay(738000), Act: act}
}

// TestRotationAmongCommands replaces the key while others record, cut, verify and ask for receipts: every command is answered, and
// every receipt holds under the key that signed at its time, or the next.
func TestRotationAmongCommands(t *testing.T) {
	dir, key, memory := filepath.Join(t.TempDir(), "archive"), newKey(t), eventstore.NewMemory()
	s, err := archive.Open(t.Context(), dir, key, memory.Handle(), archive.Options{CutAfter: 1})
	require.NoError(t, err)
	l := eventstore.NewLedger(s, eventstore.LedgerOptions{})
	var stop atomic.Bool
	var busy sync.WaitGroup
	var mu sync.Mutex
	var receipts []archive.Receipt
	failed := make(chan error, 100)
	for i := range 4 {
		busy.Go(func() {
			group := domain.GroupID(fmt.Sprint("g", i))
			act := domain.Act(&domain.GroupFounded{Name: "G", Title: "T"})
			for n := 0; !stop.Load(); n++ {
				result, err := l.Do(context.Background(), command(group, act))
				if err == nil {
					var r archive.Receipt
					r, err = s.Receipt(context.Background(), group, result.Last)
					mu.Lock()
					receipts = append(receipts, r)
					mu.Unlock()
				}
				if err != nil {
					failed <- err
					return
				}
				act = &domain.ObligationSet{Article: fmt.Sprint(n), Basis: "x", Text: "t"}
			}
		})
	}
	keys := []*archive.Key{key}
	for range 3 {
		next, from := newKey(t), keys[len(keys)-1]
		_, err := l.Do(t.Context(), command(domain.House, &domain.KeyRotated{
			OldKey: domain.VerifierKey(archive.FormatPublicKey(from.PublicKey)), NewKey: domain.VerifierKey(archive.FormatPublicKey(next.PublicKey)), Reason: "r",
		}))
		require.NoError(t, err)
		require.NoError(t, s.Rotate(t.Context(), next))
		require.NoError(t, s.Rotate(t.Context(), next), "it is in force: nothing is done")
		keys = append(keys, next)
		v, err := s.Verify(t.Context(), archive.VerifyOptions{Full: true, Key: key.PublicKey})
		require.NoError(t, err)
		require.Empty(t, v.Findings)
	}
	stop.Store(true)
	busy.Wait()
	require.Empty(t, failed)
	require.NoError(t, l.Close())
	rotations, err := archive.Rotations(dir)
	require.NoError(t, err)
	require.Len(t, rotations, 3)
	chain := archive.NewKeychain(rotations, keys[3].PublicKey)
	require.Greater(t, len(receipts), 20)
	for _, r := range receipts {
		at, _, _, err := chain.Signer(r.Signed)
		require.NoError(t, err)
		require.NoError(t, archive.GoesOn(dir, keys[3].PublicKey, at))
	}
	v, err := archive.Verify(t.Context(), dir, archive.VerifyOptions{Full: true, Key: key.PublicKey})
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.NoError(t, v.Compare(t.Context(), memory, false))
	require.Empty(t, v.Findings)
}
