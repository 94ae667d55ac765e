package harness

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// BenchmarkTurns has one or two processes record on a cluster of three, with 16 writers each, to the same groups, until b.N commands
// are answered; all on one machine. It says what part of them the slower process had, and how long somebody waited at most.
func BenchmarkTurns(b *testing.B) {
	_, address := newCluster(b)
	awaitCluster(b, address)
	for _, processes := range []int{1, 2} {
		for _, groups := range []int{1, 4} {
			for _, called := range []bool{true, false} {
				b.Run(fmt.Sprintf("processes=%d/groups=%d/calls=%v", processes, groups, called), func(b *testing.B) {
					all := make([]*share, processes)
					for i := range all {
						all[i] = newShare(b, address, called)
					}
					race(b, all, groups)
				})
			}
		}
	}
}

// A share is what one process has of the answers.
type share struct {
	ledger   *eventstore.Ledger
	answered atomic.Int64
	longest  atomic.Int64 // nanoseconds
}

func newShare(b *testing.B, address string, called bool) *share {
	b.Helper()
	h, err := openBeside(b.Context(), b.TempDir(), address, 0)
	require.NoError(b, err)
	options := eventstore.LedgerOptions{Shared: true}
	if called {
		options.Calls = h.stream.Calls()
	}
	s := &share{ledger: eventstore.NewLedger(h.store, options)}
	b.Cleanup(func() { _ = s.ledger.Close() })
	return s
}

func race(b *testing.B, all []*share, groups int) {
	b.Helper()
	run := uuid.NewString()[:8]
	name := func(i int) domain.GroupID { return domain.GroupID(fmt.Sprintf("%s-%d", run, i%groups)) }
	for i := range groups {
		_, err := all[0].ledger.Do(b.Context(), founding(name(i)))
		require.NoError(b, err)
	}
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	var total atomic.Int64
	var writers sync.WaitGroup
	b.ResetTimer()
	for _, s := range all {
		for w := range 16 {
			writers.Go(func() {
				for i := w; ctx.Err() == nil; i++ {
					if s.record(ctx, name(i)) && total.Add(1) >= int64(b.N) {
						stop()
					}
				}
			})
		}
	}
	writers.Wait()
	b.StopTimer()
	least, longest := all[0].answered.Load(), int64(0)
	for _, s := range all {
		least, longest = min(least, s.answered.Load()), max(longest, s.longest.Load())
	}
	b.ReportMetric(float64(total.Load())/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric(float64(least)/float64(total.Load()), "least-share")
	b.ReportMetric(float64(longest)/1e6, "longest-ms")
}

// record records one command, and says whether it was answered.
func (s *share) record(ctx context.Context, group domain.GroupID) bool {
	begun := time.Now()
	_, err := s.ledger.Do(ctx, command(group, &domain.ObligationSet{Article: uuid.NewString(), Basis: "L2113-6", Text: "x"}))
	for took := int64(time.Since(begun)); ; {
		longest := s.longest.Load()
		if longest >= took || s.longest.CompareAndSwap(longest, took) {
			break
		}
	}
	if err == nil {
		s.answered.Add(1)
	}
	return err == nil
}
