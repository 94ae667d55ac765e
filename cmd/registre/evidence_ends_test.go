package main

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"registre/replay/evidence"
)

// TestEvidenceTellsOnce: what goes wrong with some rows of a table, or some events, is told once.
func TestEvidenceTellsOnce(t *testing.T) {
	f := &takenEvidence{exporting: &exporting{a: newApp(nil, io.Discard, io.Discard)}, aside: t.TempDir()}
	broken := errors.New("these rows cannot be made")
	x := &extract{columns: []string{"number"}, french: []string{"numéro"}, later: func(yield func(laterRows, error) bool) {
		for yield(func() ([][]string, error) { return nil, broken }, nil) {
		}
	}}
	err := f.putTable(t.Context(), evidence.NewWriter(io.Discard), "x", x)
	require.ErrorIs(t, err, broken)
	require.Equal(t, 1, strings.Count(err.Error(), broken.Error()), err)

	r, err := f.readEvents(t.Context())
	require.NoError(t, err)
	defer r.remove()
	for index := uint64(0); err == nil; index++ {
		err = r.add(index, []byte("no event"))
	}
	require.Equal(t, err.Error(), r.end(err).Error())
}

// TestReadingEndsBeforeItIsOver: behind an error nobody is reading events any more once that has been told.
func TestReadingEndsBeforeItIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, broken := &readEvents{next: &stretch{ends: []int{1}}}, errors.New("broken")
		require.NoError(t, r.line.Add(func() func() error { return func() error { return broken } }))
		var read atomic.Int64
		release, pieces := make(chan struct{}), 2*runtime.GOMAXPROCS(0)-1
		for range pieces {
			require.NoError(t, r.line.Add(func() func() error {
				<-release
				read.Add(1)
				return func() error { return nil }
			}))
		}
		go func() {
			synctest.Wait() // until end waits
			close(release)
		}()
		require.Equal(t, broken, r.end(nil))
		require.EqualValues(t, pieces, read.Load())
	})
}
